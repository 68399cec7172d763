//! One kustomization: what it uses, and what keeps it from being built here.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::sheet::{Library, Sheet, View, words};
use crate::model::{Node, Span};
use crate::source::normalized;

/// Under these names a folder's kustomization lies, the first of them counts.
pub(super) const FILE_NAMES: [&str; 3] =
    ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What a kustomization uses a path for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    /// A kustomization that gives resources.
    Base,
    /// A kustomization that changes what is there.
    Component,
    /// A file of resources.
    Resource,
    /// A file that is laid over resources.
    Patch,
    /// A file that becomes a value.
    File,
    /// A file whose lines become values.
    Env,
    /// The folder of a chart.
    Chart,
    /// A file or folder that the build reads, of another kind.
    Other,
}

/// A path that a kustomization uses.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    pub used: Use,
    /// Where it lies, in the user's words.
    pub path: PathBuf,
    /// Where it is written in the kustomization.
    pub span: Span,
}

impl Reference {
    /// What keeps the build from reading a file that lies in no folder of the scan.
    pub(super) fn is_outside(&self) -> Fault {
        Fault {
            span: self.span,
            reason: "uses a file outside of the repository".to_owned(),
            help: "move the file beside the kustomization".to_owned(),
        }
    }
}

/// What keeps a kustomization from being built.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// Where in the kustomization.
    pub span: Span,
    pub reason: String,
    pub help: String,
}

/// An item of a list that leads to nothing here, and without which the rest can be built.
#[derive(Clone, Debug)]
pub(super) struct Absent {
    pub fault: Fault,
    /// The bytes of the kustomization that are the item.
    pub cut: Range<usize>,
}

/// One kustomization.
#[derive(Debug)]
pub(super) struct Kustomization {
    pub folder: PathBuf,
    /// What relative paths count from.
    base: PathBuf,
    pub sheet: Arc<Sheet>,
    pub is_component: bool,
    pub has_charts: bool,
    pub references: Vec<Reference>,
    pub faults: Vec<Fault>,
    pub absent: Vec<Absent>,
    /// Files of generators that are not there: often what no repository holds, such as passwords. All but
    /// the values is known without them.
    pub left_out: Vec<Fault>,
}

impl Kustomization {
    /// The kustomization of a folder; `None` where there is none.
    pub(super) fn read(folder: &Path, library: &Library) -> Option<Self> {
        let mut paths = FILE_NAMES.iter().map(|name| folder.join(name));
        let sheet = library.sheet(&normalized(&paths.find(|path| path.is_file())?))?;
        let view = sheet.documents.first().cloned();
        let root = view.as_ref().and_then(|view| view.root());
        let text = |key| root.and_then(|root| root.get(key)).and_then(Node::as_str);
        let api_version = text("apiVersion").unwrap_or("kustomize.config.k8s.io/v1beta1");
        if !api_version.starts_with("kustomize.config.k8s.io/") {
            return None;
        }
        let mut own = Self {
            folder: folder.to_owned(),
            base: library.base().to_owned(),
            is_component: text("kind") == Some("Component"),
            has_charts: false,
            references: Vec::new(),
            faults: Vec::new(),
            absent: Vec::new(),
            left_out: Vec::new(),
            sheet: Arc::clone(&sheet),
        };
        if let Some(root) = root {
            own.collect(root, library);
        }
        Some(own)
    }

    /// Its values.
    pub(super) fn view(&self) -> Option<&Arc<View>> {
        self.sheet.documents.first()
    }

    /// Whether it reads a file, its own one included.
    pub(super) fn uses(&self, file: &Path) -> bool {
        let mut paths = self
            .references
            .iter()
            .map(|reference| reference.path.as_path());
        self.sheet.path == file || paths.any(|path| path == file)
    }

    /// The files, and the charts with theirs, that it uses and that lie outside of its folder, which the tool
    /// refuses unless it is told otherwise.
    pub(super) fn reaching_out(&self) -> impl Iterator<Item = &Reference> {
        let is_outside = |reference: &&Reference| {
            let is_read = reference.used == Use::Chart || reference.path.is_file();
            is_read && !reference.path.starts_with(&self.folder)
        };
        self.references.iter().filter(is_outside)
    }

    /// The folders of the kustomizations that it uses.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        let is_folder = |reference: &&Reference| {
            matches!(reference.used, Use::Base | Use::Component)
                || (reference.used == Use::Other && reference.path.is_dir())
        };
        self.references
            .iter()
            .filter(is_folder)
            .map(|reference| reference.path.as_path())
    }

    fn collect(&mut self, root: Node<'_>, library: &Library) {
        let list = |key| root.get(key).into_iter().flat_map(Node::items);
        for entry in list("resources").chain(list("bases")) {
            self.resource(entry, Use::Base);
        }
        for entry in list("components") {
            self.resource(entry, Use::Component);
        }
        for key in ["generators", "transformers", "validators"] {
            list(key).for_each(|entry| self.plugin(entry, library));
        }
        for key in ["crds", "configurations"] {
            list(key).for_each(|entry| self.file(entry, Use::Other, Some(entry)));
        }
        for entry in list("patchesStrategicMerge") {
            self.file_unless_inline(entry, Use::Patch);
        }
        for patch in list("patches").chain(list("patchesJson6902")) {
            patch
                .get("path")
                .into_iter()
                .for_each(|path| self.file(path, Use::Patch, Some(patch)));
        }
        let paths = list("replacements").filter_map(|entry| entry.get("path"));
        for path in paths.chain(root.find(&["openapi", "path"])) {
            self.file(path, Use::Other, None);
        }
        list("configMapGenerator").for_each(|generator| self.generator(generator, false));
        list("secretGenerator").for_each(|generator| self.generator(generator, true));
        self.charts(root);
    }

    fn resource(&mut self, entry: Node<'_>, used: Use) {
        let Some(text) = entry.as_str() else { return };
        let path = self.path(text);
        // Kustomize takes no folder that the kustomization lies in: the resources would be its own.
        let below = self.folder.strip_prefix(&path);
        if below.is_ok_and(|below| !below.starts_with("..")) {
            self.faults.push(Fault {
                span: entry.span(),
                reason: format!("takes `{text}`, the folder that it lies in, as its resources"),
                help: "move what both are to have into a folder beside, and take that".to_owned(),
            });
        // The folder that a scan runs in has an empty name.
        } else if path.is_dir() || path.as_os_str().is_empty() {
            self.refer(used, path, entry);
        } else if path.is_file() {
            self.refer(Use::Resource, path, entry);
        } else {
            self.lack(entry, text, Some(entry));
        }
    }

    /// A file that is read; the item of a list that asks for it, if the rest can be built without.
    fn file(&mut self, entry: Node<'_>, used: Use, item: Option<Node<'_>>) {
        let Some(text) = entry.as_str() else { return };
        let path = self.path(text);
        if path.exists() {
            self.refer(used, path, entry);
        } else {
            self.lack(entry, text, item);
        }
    }

    /// What may stand in place of a file's name is YAML or JSON.
    fn file_unless_inline(&mut self, entry: Node<'_>, used: Use) {
        if !entry.as_str().is_some_and(is_inline) {
            self.file(entry, used, Some(entry));
        }
    }

    fn generator(&mut self, generator: Node<'_>, is_secret: bool) {
        let list = |key| generator.get(key).into_iter().flat_map(Node::items);
        for entry in list("files") {
            self.value(entry, Use::File, is_secret, Some(entry));
        }
        for entry in list("envs") {
            self.value(entry, Use::Env, true, Some(entry));
        }
        if let Some(entry) = generator.get("env") {
            self.value(entry, Use::Env, true, None);
        }
    }

    /// A file that becomes values; without some, there is no more to miss than these.
    fn value(&mut self, entry: Node<'_>, used: Use, may_miss: bool, item: Option<Node<'_>>) {
        let Some(text) = entry.as_str() else { return };
        let path = self.path(match used {
            Use::File => text.split_once('=').map_or(text, |(_, path)| path),
            _ => text,
        });
        if path.is_file() {
            self.refer(used, path, entry);
        } else if may_miss && !is_remote(text) && !path.exists() {
            self.refer(used, path, entry);
            self.left_out.push(Fault {
                span: entry.span(),
                reason: format!("is built without the values of `{text}`, which is not there"),
                help: "scan where the file is, or what was built with it".to_owned(),
            });
        } else {
            self.lack(entry, text, item);
        }
    }

    /// Configurations of what changes or makes resources: only what is built in runs without code
    /// of the user's.
    fn plugin(&mut self, entry: Node<'_>, library: &Library) {
        let Some(text) = entry.as_str() else { return };
        if !is_inline(text) {
            self.file(entry, Use::Other, None);
        }
        let views = if is_inline(text) {
            View::within(&self.sheet.artifact, entry)
        } else {
            let sheet = library.sheet(&self.path(text));
            sheet
                .map(|sheet| sheet.documents.clone())
                .unwrap_or_default()
        };
        if views.iter().any(|view| is_plugin(view)) {
            self.faults.push(plugin_fault(entry.span()));
        }
    }

    fn charts(&mut self, root: Node<'_>) {
        let home = root.find(&["helmGlobals", "chartHome"]);
        let home = home.and_then(Node::as_str).unwrap_or("charts").to_owned();
        let list = |key| root.get(key).into_iter().flat_map(Node::items);
        for chart in list("helmCharts").chain(list("helmChartInflationGenerator")) {
            let text = |key| chart.string(key);
            let name = text("name").or(text("chartName")).unwrap_or_default();
            let home = text("chartHome").unwrap_or(&home).to_owned();
            let versioned = format!("{home}/{name}-{}", text("version").unwrap_or_default());
            let folders = [format!("{versioned}/{name}"), format!("{home}/{name}")];
            let place = chart.get("name").unwrap_or(chart);
            let mut local = folders.iter().map(|folder| self.path(folder));
            match local.find(|path| path.join("Chart.yaml").is_file()) {
                Some(path) => {
                    self.has_charts = true;
                    self.refer(Use::Chart, path, place);
                }
                None => {
                    let fault = Fault {
                        span: place.span(),
                        reason: format!(
                            "the chart `{name}` does not lie in `{home}`, and nothing is fetched"
                        ),
                        help: format!(
                            "fetch it with `helm pull --untar --untardir {home}` and scan again"
                        ),
                    };
                    // Values that stand here are checked only where nothing is built of the rest.
                    let is_rest_built = chart.get("valuesInline").is_none();
                    self.leave_out(fault, is_rest_built.then_some(chart));
                    continue;
                }
            }
            let files = chart.get("valuesFile").into_iter();
            let more = chart.get("additionalValuesFiles").into_iter();
            files
                .chain(more.flat_map(Node::items))
                .for_each(|file| self.file(file, Use::Other, None));
        }
    }

    pub(super) fn path(&self, text: &str) -> PathBuf {
        words(&self.base, &self.folder.join(text))
    }

    fn refer(&mut self, used: Use, path: PathBuf, entry: Node<'_>) {
        self.references.push(Reference {
            used,
            path,
            span: entry.span(),
        });
    }

    /// Notes an entry that leads to nothing here.
    fn lack(&mut self, entry: Node<'_>, text: &str, item: Option<Node<'_>>) {
        let (reason, help) = if is_remote(text) {
            (
                "refers to what lies elsewhere, and nothing is fetched".to_owned(),
                "keep a copy beside the kustomization, as with `kustomize localize`".to_owned(),
            )
        } else {
            (
                format!("refers to `{text}`, which is not there"),
                "add the file, or remove the entry".to_owned(),
            )
        };
        let fault = Fault {
            span: entry.span(),
            reason,
            help,
        };
        self.leave_out(fault, item);
    }

    /// Notes what keeps the build from an item of a list, or from all if there is none.
    fn leave_out(&mut self, fault: Fault, item: Option<Node<'_>>) {
        match item {
            Some(item) => {
                let cut = item_cut(&self.sheet.artifact.text, item.span().range());
                self.absent.push(Absent { fault, cut });
            }
            None => self.faults.push(fault),
        }
    }
}

/// The bytes of a list's item with what makes it one: the dash before it, or the comma behind it.
pub(super) fn item_cut(text: &str, item: Range<usize>) -> Range<usize> {
    // The last line break of a block scalar is none of the item's.
    let item = item.start..item.start + text[item.clone()].trim_end().len();
    let before = text[..item.start].trim_end();
    if let Some(above) = before.strip_suffix('-') {
        return above.len()..item.end;
    }
    let behind = &text[item.end..];
    let comma = behind.trim_start().starts_with(',');
    let gap = behind.len() - behind.trim_start().len();
    let end = item.end + if comma { gap + 1 } else { 0 };
    item.start..end
}

/// Whether what stands in place of a file's name is what the file would hold.
pub(super) fn is_inline(text: &str) -> bool {
    text.contains('\n') || text.trim_start().starts_with('{')
}

fn is_plugin(view: &View) -> bool {
    let api_version = view.root().and_then(|root| root.get("apiVersion"));
    api_version.and_then(Node::as_str) != Some("builtin")
}

fn plugin_fault(span: Span) -> Fault {
    Fault {
        span,
        reason: "needs a plugin, and none is run".to_owned(),
        help: "build it where its plugins may run, and scan the result".to_owned(),
    }
}

fn is_remote(text: &str) -> bool {
    let first = text.split('/').next().unwrap_or_default();
    text.contains("://")
        || text.contains("?ref=")
        || text.starts_with("git@")
        || text.starts_with("git::")
        || (first.contains('.') && !first.starts_with('.') && text.matches('/').count() > 1)
}

#[cfg(test)]
mod tests {
    use super::item_cut;

    #[test]
    fn an_item_is_cut_with_what_makes_it_one() {
        for (text, item, expected) in [
            ("a:\n- b\n- c\n", "b", "a:\n\n- c\n"),
            ("a:\n  -   b # why\n  - c\n", "b", "a:\n   # why\n  - c\n"),
            ("a: [b, c]\n", "b", "a: [ c]\n"),
            ("a: [b, c]\n", "c", "a: [b, ]\n"),
            ("a: [b ,c]\n", "b", "a: [c]\n"),
            ("a:\n- p: |\n    x\n- q\n", "p: |\n    x\n", "a:\n\n- q\n"),
        ] {
            let start = text.find(item).expect("it is there");
            let mut left = text.to_owned();
            left.replace_range(item_cut(text, start..start + item.len()), "");
            assert_eq!(left, expected, "{text}");
        }
    }
}
