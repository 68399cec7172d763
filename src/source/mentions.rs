//! What a file says of the values files that charts are handed, and of the files of objects that kubectl is:
//! paths as they are written.

use super::chart::is_values_file;
use crate::model::Node;

/// Keys that name values files, one or a list.
const KEYS: [&str; 4] = [
    "valueFiles",
    "valuesFile",
    "valuesFiles",
    "additionalValuesFiles",
];

/// What the documents of a file say of values files.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// Paths from the root of a repository, or from a folder in it.
    pub(super) paths: Vec<String>,
    /// Paths from the file's own folder.
    pub(super) beside: Vec<String>,
    /// Files of generators, each with the name of the object that it becomes a part of.
    pub(super) generated: Vec<(String, String)>,
    /// Names of the objects that releases take values from.
    pub(super) taken: Vec<String>,
    /// Files of objects that kubectl is handed.
    pub(super) applied: Vec<String>,
}

impl Mentions {
    /// Adds what a document says, save what a helmfile does.
    pub(super) fn add(&mut self, root: Node<'_>) {
        let text = root.text();
        if KEYS.iter().any(|key| text.contains(key)) {
            self.visit(root, None);
        }
        self.add_generators(root);
        if root.string("kind") == Some("HelmRelease") {
            let from = root.find(&["spec", "valuesFrom"]).into_iter();
            let names = from.flat_map(Node::items).filter_map(|one| one.get("name"));
            self.taken.extend(names.filter_map(text_of));
        }
    }

    /// Looks for the keys in a value; `source` is the folder of the chart that Argo CD's sources
    /// name beside what they hand to helm.
    fn visit(&mut self, node: Node<'_>, source: Option<&str>) {
        let source = match (node.get("helm"), node.string("path")) {
            (Some(_), Some(path)) => Some(path),
            _ => source,
        };
        for (key, value) in node.entries() {
            if !key.as_str().is_some_and(|key| KEYS.contains(&key)) {
                self.visit(value, source);
                continue;
            }
            let files = value.as_str().into_iter();
            for file in files.chain(value.items().filter_map(Node::as_str)) {
                self.add_file(file, source);
            }
        }
        node.items().for_each(|item| self.visit(item, source));
    }

    /// Whether nothing is said.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.beside.is_empty()
    }

    /// Adds a file, which may lie beside the one that names it, below the root of a repository, or below
    /// the folder `source`.
    pub(super) fn add_file(&mut self, file: &str, source: Option<&str>) {
        // `$values/prod.yaml` lies in the repository that another source calls `values`.
        let in_other = file.strip_prefix('$').and_then(|rest| rest.split_once('/'));
        if let Some((_, file)) = in_other {
            self.paths.push(file.to_owned());
            return;
        }
        self.paths.push(file.to_owned());
        self.beside.push(file.to_owned());
        if let Some(source) = source {
            self.paths.push(format!("{source}/{file}"));
        }
    }

    /// Adds a file of objects, which lies beside the one that names it, or below the root of a repository.
    pub(super) fn add_applied(&mut self, file: &str) {
        self.applied.push(file.to_owned());
    }

    /// Adds a file of values by its path from the folder of the one that names it.
    pub(super) fn add_beside(&mut self, file: &str) {
        self.beside.push(file.to_owned());
    }

    /// The generators of a kustomization: `files: [values.yaml=prod.yaml]`.
    fn add_generators(&mut self, root: Node<'_>) {
        let list = |key| root.get(key).into_iter().flat_map(Node::items);
        for generator in list("configMapGenerator").chain(list("secretGenerator")) {
            let name = generator.string("name");
            let files = generator.get("files").into_iter().flat_map(Node::items);
            for entry in files.filter_map(Node::as_str) {
                let (key, file) = entry.split_once('=').unwrap_or((entry, entry));
                if is_values_file(key) {
                    self.beside.push(file.to_owned());
                } else if let Some(name) = name {
                    self.generated.push((name.to_owned(), file.to_owned()));
                }
            }
        }
    }
}

fn text_of(node: Node<'_>) -> Option<String> {
    node.as_str().map(str::to_owned)
}
