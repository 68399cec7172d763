//! Kustomizations: found, built by the real tool, and every value of what comes of it led back to
//! the base, patch, generator or setting that a person must change.

mod align;
mod build;
mod charts;
mod graph;
mod hints;
mod kept;
mod mark;
mod marker;
mod origin;
mod pieces;
mod refusal;
mod renaming;
mod settings;
mod sheet;
mod unread;
mod users;
mod window;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;

use self::build::{Builder, Copy};
use self::charts::Inflated;
use self::graph::{Graph, Kustomization, Reference, Use};
use self::mark::{Extent, Marked};
use self::pieces::Known;
use self::sheet::{Library, View, words};
pub(super) use self::unread::unread;
use super::given::{are_own_values, lies_in_charts};
use super::{Outcome, Request};
use crate::model::{Artifact, Notice, Provenance, Rendering, Role, Span, VALUES_KIND};
use crate::source::{ChartFolder, Placed, Sources, normalized, rendered_location};

/// The folder of a copy without marks.
const PLAIN: &str = "plain";

/// Builds what the sources hold, and takes out of them what was built instead. A kustomization
/// that cannot be built is a failure; of its bases are built those that can be, and what else it uses is
/// checked as it is.
pub(super) fn render(sources: &mut Sources, request: &Request) -> Vec<Outcome> {
    let base = std::env::current_dir().unwrap_or_default();
    let library = Library::new(base, &request.paths);
    let named: BTreeSet<PathBuf> = request.paths.iter().map(|path| normalized(path)).collect();
    let files = sources
        .summary
        .kustomizations
        .iter()
        .map(|file| normalized(Path::new(file)));
    let walked = files.filter(|file| !named.contains(file));
    let mut folders: BTreeSet<PathBuf> = walked
        .filter_map(|file| Some(words(library.base(), file.parent()?)))
        .collect();
    folders.extend(users::roots(&request.paths, &library));
    if folders.is_empty() {
        return Vec::new();
    }
    let graph = Graph::of(folders, &library);
    let roots: Vec<&Path> = graph.roots().into_iter().collect();
    let builder = Builder::find();
    let forest = Forest {
        graph: &graph,
        library: &library,
        builder: builder.as_ref(),
        families: graph.families(&roots),
        kube_version: &request.kube_version,
    };
    let mut outcomes = forest.outcomes_of(&roots);
    let of_bases = forest.outcomes_of_bases(&outcomes);
    outcomes.extend(of_bases);
    let built: Vec<&Path> = built(&outcomes).collect();
    take_out(sources, &graph, &built, library.base());
    take_out_charts(sources, &graph, &built, &library);
    take_out_failures(sources, &graph, &built, library.base());
    let reached = forest.reached(built.iter().copied());
    sources.summary.kustomizations.retain(|file| {
        let folder = Path::new(file)
            .parent()
            .map(|folder| words(library.base(), folder));
        folder.is_none_or(|folder| !reached.contains(folder.as_path()))
    });
    let mut all: Vec<Outcome> = Vec::new();
    let mut seen = BTreeSet::new();
    for outcome in outcomes.into_iter().flat_map(|(_, outcomes)| outcomes) {
        // A fault of a base is told once, whoever uses it.
        let is_new = match &outcome {
            Outcome::Failure(notice) | Outcome::Warning(notice) => seen.insert(notice.clone()),
            Outcome::Text(..)
            | Outcome::Unrendered(_)
            | Outcome::Rendered(_)
            | Outcome::Part(..) => true,
        };
        if is_new {
            all.push(outcome);
        }
    }
    all.extend(unread(sources, request).into_iter().map(Outcome::Warning));
    all
}

/// Removes the resources that were built into others, save for kustomizations that name images anew.
fn take_out(sources: &mut Sources, graph: &Graph, built: &[&Path], base: &Path) {
    let (mut used, mut texts) = (BTreeSet::new(), BTreeSet::new());
    for kustomization in built.iter().flat_map(|root| graph.closure(root)) {
        for reference in &kustomization.references {
            let path = reference.path.as_path();
            match reference.used {
                Use::Resource | Use::Patch | Use::Other => used.insert(path),
                Use::File | Use::Env => texts.insert(path),
                Use::Base | Use::Component | Use::Chart => false,
            };
        }
        used.insert(&kustomization.sheet.path);
    }
    renaming::keep(&mut sources.resources, |resource| {
        let path = words(base, Path::new(&*resource.artifact.display));
        if resource.role == Role::Values && resource.gvk.kind == VALUES_KIND {
            if used.contains(path.as_path()) {
                resource.role = Role::Given;
            }
            return false;
        }
        // What is handed to a chart is told nowhere else.
        let is_text = resource.role == Role::Values
            && resource.gvk.kind != VALUES_KIND
            && texts.contains(path.as_path());
        resource.role != Role::Package && (is_text || used.contains(path.as_path()))
    });
}

/// Removes what was wrong with files as manifests of which generators made values: these are checked.
fn take_out_failures(sources: &mut Sources, graph: &Graph, built: &[&Path], base: &Path) {
    let references: Vec<&Reference> = built
        .iter()
        .flat_map(|root| graph.closure(root))
        .flat_map(|kustomization| &kustomization.references)
        .collect();
    let is_value = |used| matches!(used, Use::File | Use::Env);
    let (values, others): (Vec<&Reference>, Vec<&Reference>) = references
        .into_iter()
        .partition(|reference| is_value(reference.used));
    let others: BTreeSet<&Path> = others.iter().map(|other| other.path.as_path()).collect();
    let values: BTreeSet<&Path> = values.iter().map(|value| value.path.as_path()).collect();
    let mut gone = BTreeSet::new();
    sources.failures.retain(|failure| {
        let Some(display) = &failure.display else {
            return true;
        };
        let path = words(base, Path::new(&**display));
        let is_gone = values.contains(path.as_path()) && !others.contains(path.as_path());
        if is_gone {
            gone.insert(path);
        }
        !is_gone
    });
    let failed = &mut sources.summary.files.failed;
    *failed = failed.saturating_sub(gone.len());
}

/// Removes the charts that were rendered as a part of a kustomization, and sets their values apart, as
/// [`super::given`] does: they are told through what the kustomization makes of them.
fn take_out_charts(sources: &mut Sources, graph: &Graph, built: &[&Path], library: &Library) {
    let references = built
        .iter()
        .flat_map(|root| graph.closure(root))
        .flat_map(|kustomization| &kustomization.references);
    let folders = references.filter(|reference| reference.used == Use::Chart);
    let used: BTreeSet<PathBuf> = folders
        .map(|reference| library.absolute(&reference.path))
        .collect();
    if used.is_empty() {
        return;
    }
    let charts = std::mem::take(&mut sources.charts);
    let (rendered, others) = charts
        .into_iter()
        .partition(|chart| used.contains(&library.absolute(&chart.path)));
    sources.charts = others;
    let rendered: Vec<ChartFolder> = rendered;
    let not_rendered = &mut sources.summary.charts_not_rendered;
    not_rendered.retain(|shown| rendered.iter().all(|chart| chart.display != *shown));
    let folders: Vec<PathBuf> = rendered
        .iter()
        .map(|chart| library.absolute(&chart.path))
        .collect();
    let resources = sources.resources.iter_mut();
    for resource in resources.filter(|one| one.role == Role::Values) {
        let path = library.absolute(Path::new(&*resource.artifact.display));
        if folders.iter().any(|folder| are_own_values(&path, folder)) {
            resource.role = Role::Given;
        } else if folders.iter().any(|folder| lies_in_charts(&path, folder)) {
            resource.role = Role::Inner;
        }
    }
}

/// Folders of kustomizations, each with what came of it.
type Built<'a> = Vec<(&'a Path, Vec<Outcome>)>;

/// The folders of those that were built.
fn built<'a>(outcomes: &Built<'a>) -> impl Iterator<Item = &'a Path> {
    let is_text = |outcome: &Outcome| matches!(outcome, Outcome::Text(..));
    let built = outcomes
        .iter()
        .filter(move |(_, own)| own.iter().any(is_text));
    built.map(|(folder, _)| *folder)
}

/// All kustomizations of a scan, and who builds them.
struct Forest<'a> {
    graph: &'a Graph,
    library: &'a Library,
    builder: Option<&'a Builder>,
    families: BTreeMap<&'a Path, &'a Path>,
    kube_version: &'a str,
}

impl<'a> Forest<'a> {
    fn outcomes_of(&self, folders: &[&'a Path]) -> Built<'a> {
        let all = folders.par_iter();
        all.map(|folder| (*folder, self.outcomes(folder))).collect()
    }

    /// Of roots that cannot be built the bases that can, where nothing else that is built has them. What keeps
    /// others from being built is told of the roots. Where policies of the network are among them, all stay what
    /// the root has: it may label the pods that these select, and what they let through lies beside them.
    fn outcomes_of_bases(&self, of_roots: &Built<'a>) -> Built<'a> {
        let mut reached = self.reached(built(of_roots));
        let mut open: Vec<&Path> = of_roots.iter().map(|(root, _)| *root).collect();
        open.retain(|root| !reached.contains(root));
        let mut tried: BTreeSet<&Path> = open.iter().copied().collect();
        let mut found: Built<'a> = Vec::new();
        while !open.is_empty() {
            let bases = open.iter().flat_map(|user| self.graph.own_bases(user));
            let bases: BTreeSet<&Path> = bases.filter(|base| !reached.contains(base)).collect();
            open = bases
                .into_iter()
                .filter(|base| tried.insert(base))
                .collect();
            let outcomes = self.outcomes_of(&open);
            reached.extend(self.reached(built(&outcomes)));
            open.retain(|base| !reached.contains(base));
            found.extend(outcomes);
        }
        let built: Vec<&Path> = built(&found).collect();
        let is_within = |base: &Path| {
            let mut others = built.iter().filter(|other| **other != base);
            others.any(|other| self.reached(std::iter::once(*other)).contains(base))
        };
        let together = self.together(of_roots, &found);
        found.retain(|(base, _)| {
            built.contains(base) && !is_within(base) && !together.contains(base)
        });
        found
    }

    /// The bases that only mean something as parts of their root.
    fn together(&self, of_roots: &Built<'a>, bases: &Built<'a>) -> BTreeSet<&'a Path> {
        let has_policies = |outcome: &Outcome| matches!(outcome, Outcome::Text(text, _) if text.text.contains("NetworkPolicy"));
        let mut found = BTreeSet::new();
        for (root, _) in of_roots {
            let used = self.reached(std::iter::once(*root));
            let own = || bases.iter().filter(|(base, _)| used.contains(base));
            if own().flat_map(|(_, told)| told).any(has_policies) {
                found.extend(own().map(|(base, _)| *base));
            }
        }
        found
    }

    /// Some kustomizations and all that they use.
    fn reached(&self, folders: impl Iterator<Item = &'a Path>) -> BTreeSet<&'a Path> {
        let all = folders.flat_map(|folder| self.graph.closure(folder));
        all.map(|used| used.folder.as_path()).collect()
    }

    fn outcomes(&self, root: &Path) -> Vec<Outcome> {
        let Some(kustomization) = self.graph.kustomizations.get(root) else {
            return Vec::new();
        };
        let Some(builder) = self.builder else {
            let reason =
                "cannot be built: neither `kustomize` nor `kubectl` is installed".to_owned();
            let help = "install one of them, or scan with --no-render".to_owned();
            return vec![Outcome::Failure(notice(kustomization, None, reason, help))];
        };
        let faults = self.faults(root, builder);
        if faults.is_empty() {
            match self.build(root, kustomization, builder) {
                Ok(artifact) => {
                    let text = Outcome::Text(Box::new(artifact), Vec::new());
                    let left_out = self.left_out(root).into_iter().map(Outcome::Warning);
                    std::iter::once(text).chain(left_out).collect()
                }
                Err(failure) => vec![Outcome::Failure(*failure)],
            }
        } else {
            faults.into_iter().map(Outcome::Failure).collect()
        }
    }

    /// What keeps a root from being built, in it and in all that it uses.
    fn faults(&self, root: &Path, builder: &Builder) -> Vec<Notice> {
        let mut found = Vec::new();
        for kustomization in self.graph.closure(root) {
            let outside = kustomization
                .reaching_out()
                .filter(|used| !self.library.holds(&used.path));
            for fault in kustomization
                .faults
                .iter()
                .chain(&outside.map(Reference::is_outside).collect::<Vec<_>>())
            {
                let reason = format!("cannot be built: {}", fault.reason);
                found.push(notice(
                    kustomization,
                    Some(fault.span),
                    reason,
                    fault.help.clone(),
                ));
            }
            if kustomization.has_charts && !builder.has_helm() {
                let reason =
                    "cannot be built: it renders charts, and `helm` is not installed".to_owned();
                let help = "install helm, or scan with --no-render".to_owned();
                found.push(notice(kustomization, None, reason, help));
            }
        }
        found
    }

    /// What a root is built without, in it and in all that it uses.
    fn left_out(&self, root: &Path) -> Vec<Notice> {
        let closure = self.graph.closure(root).into_iter();
        let told = closure.flat_map(|used| {
            let files = used.left_out.iter();
            files.map(|one| notice(used, Some(one.span), one.reason.clone(), one.help.clone()))
        });
        told.collect()
    }

    fn build(
        &self,
        root: &Path,
        kustomization: &Kustomization,
        builder: &Builder,
    ) -> Result<Artifact, Box<Notice>> {
        let (shown, uri) = self.library.names(root);
        let failed =
            |reason: String, help: String| Box::new(notice(kustomization, None, reason, help));
        let no_room = |error: std::io::Error| {
            let help = "make room in the folder for temporary files".to_owned();
            failed(format!("cannot be built: {error}"), help)
        };
        let closure = self.graph.closure(root);
        let has_charts = closure.iter().any(|used| used.has_charts);
        let is_whole = closure.iter().all(|used| used.left_out.is_empty());
        let is_unrestricted = closure
            .iter()
            .any(|used| used.reaching_out().next().is_some());
        let options = builder.options(has_charts, is_unrestricted);
        let copy = Copy {
            graph: self.graph,
            root,
            library: self.library,
        };
        let folder = super::scratch::folder().map_err(no_room)?;
        let make = |name: &str, marked: Option<&Marked>| {
            let own = folder.path().join(name);
            copy.write(&own, marked)
        };
        let home = folder.path();
        // A build that renders charts writes beside them, and files that are not there have stand-ins.
        let place = if has_charts || !is_whole {
            make(PLAIN, None).map_err(no_room)?
        } else {
            self.library.absolute(root)
        };
        let marked = |extent, name| {
            let marked = Marked::of(self.graph, root, self.library, extent);
            let place = make(name, Some(&marked)).ok()?;
            let printed = builder.build(&place, &options, home).ok()?;
            printed.is_success.then_some((marked, printed.stdout))
        };
        let ((truth, copy), charts) = rayon::join(
            || {
                rayon::join(
                    || builder.build(&place, &options, home),
                    || marked(Extent::Most, "most"),
                )
            },
            || charts::of(&closure, self.kube_version),
        );
        let truth = truth.map_err(|error| {
            let help = format!("see what `kustomize build {shown}` does");
            failed(format!("cannot be built: `{}` {error}", builder.name), help)
        })?;
        if !truth.is_success {
            let words = self.in_own_paths(&truth.stderr, &home.join(PLAIN));
            let (reason, help) = refusal::told(&words, &shown);
            return Err(failed(reason, help));
        }
        let copy = copy
            .or_else(|| marked(Extent::Least, "least"))
            .or_else(|| marked(Extent::Nothing, "nothing"));
        let known = self.known(root, &truth.stdout, copy.as_ref(), &charts);
        let rendering = Rendering {
            root: self
                .library
                .names(self.families.get(root).copied().unwrap_or(root))
                .0,
            name: shown.clone(),
            tool: builder.name.clone(),
            arguments: builder.arguments(&shown, &options),
            ..Rendering::default()
        };
        let mut artifact = Artifact::new(
            &format!("{shown}/rendered.yaml"),
            &format!("{uri}/rendered.yaml"),
            truth.stdout,
        );
        artifact.provenance = Some(
            Provenance::new(Arc::new(rendering), known.pieces)
                .with_structure(known.items, known.objects),
        );
        Ok(artifact)
    }

    /// What a tool says of a copy, as if it had built the files themselves.
    fn in_own_paths(&self, words: &str, copy: &Path) -> String {
        let copy = copy.canonicalize().unwrap_or_else(|_| copy.to_owned());
        let words = words.replace(&*copy.to_string_lossy(), "");
        words.replace(&format!("{}/", self.library.base().display()), "")
    }

    fn known(
        &self,
        root: &Path,
        truth: &str,
        copy: Option<&(Marked, String)>,
        charts: &Inflated,
    ) -> Known {
        let objects = View::of_text(truth);
        let (marked, copies) = match copy {
            Some((marked, text)) => (Some(marked), View::of_text(text)),
            None => (None, Vec::new()),
        };
        let origins = origin::Origins {
            root,
            library: self.library,
            charts,
        };
        let mut known = origins.known(&objects, marked, &copies);
        charts::lead_on(&mut known);
        known
    }
}

fn notice(
    kustomization: &Kustomization,
    span: Option<Span>,
    reason: String,
    help: String,
) -> Notice {
    let artifact = &kustomization.sheet.artifact;
    let placed = Placed {
        span: span.unwrap_or_default(),
        approximate: false,
        item: None,
    };
    Notice {
        display: Some(Arc::clone(&artifact.display)),
        uri: Some(Arc::clone(&artifact.uri)),
        region: span.map(|_| rendered_location(artifact, placed).region),
        rule: None,
        resource: None,
        reason,
        help: Some(help),
    }
}

/// What an encoded value holds, if that is a text.
fn base64_text(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect();
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}
