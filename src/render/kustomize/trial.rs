//! The build of one root: the true one, marked ones beside it, and what both together say of where
//! each value comes from.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::{Builder, Copy};
use super::charts::{self, Inflated};
use super::graph::Graph;
use super::kustomization::Kustomization;
use super::mark::{Extent, Marked};
use super::marker::Marker;
use super::notice::notice;
use super::origin::Origins;
use super::pieces::Known;
use super::refusal;
use super::sheet::{Library, View};
use crate::model::{Artifact, Notice, Provenance, Rendering};
use crate::render::scratch;

/// The folder of a copy without marks.
const PLAIN: &str = "plain";

/// A reason and a help.
type Told = (String, String);

/// One root, of which nothing is known to be wrong, and what is needed to build it.
pub(super) struct Trial<'a> {
    pub graph: &'a Graph,
    pub library: &'a Library,
    pub builder: &'a Builder,
    pub kustomization: &'a Kustomization,
    /// The root and all that it uses.
    pub closure: Vec<&'a Arc<Kustomization>>,
    /// The folder by whose name the rendering goes together with others.
    pub family: &'a Path,
    pub kube_version: &'a str,
}

impl Trial<'_> {
    /// Builds the root. Fails where the tool refuses it, and where there is no room for copies.
    pub(super) fn build(&self) -> Result<Artifact, Box<Notice>> {
        let failed = |(reason, help)| Box::new(notice(self.kustomization, None, reason, help));
        let no_room = |error: io::Error| {
            let help = "make room in the folder for temporary files".to_owned();
            failed((format!("cannot be built: {error}"), help))
        };
        let scratch = scratch::folder().map_err(no_room)?;
        let bench = Bench {
            trial: self,
            options: self.options(),
            home: scratch.path(),
        };
        let place = bench.place().map_err(no_room)?;
        let ((truth, copy), charts) = rayon::join(
            || {
                rayon::join(
                    || bench.truth(&place),
                    || bench.marked(Extent::Most, "most"),
                )
            },
            || charts::of(&self.closure, self.kube_version),
        );
        let truth = truth.map_err(failed)?;
        let copy = copy
            .or_else(|| bench.marked(Extent::Least, "least"))
            .or_else(|| bench.marked(Extent::Nothing, "nothing"));
        let known = self.known(&truth, copy.as_ref(), &charts);
        Ok(self.artifact(truth, known, &bench.options))
    }

    fn root(&self) -> &Path {
        &self.kustomization.folder
    }

    fn options(&self) -> Vec<OsString> {
        let has_charts = self.closure.iter().any(|used| used.has_charts);
        let mut outside = self.closure.iter().flat_map(|used| used.reaching_out());
        self.builder.options(has_charts, outside.next().is_some())
    }

    fn known(&self, truth: &str, copy: Option<&(Marked, String)>, charts: &Inflated) -> Known {
        let objects = View::of_text(truth);
        let (marked, copies) = match copy {
            Some((marked, text)) => (Some(marked), View::of_text(text)),
            None => (None, Vec::new()),
        };
        let origins = Origins {
            root: self.root(),
            library: self.library,
            charts,
        };
        let mut known = origins.known(&objects, marked, &copies);
        charts::lead_on(&mut known);
        known
    }

    fn artifact(&self, text: String, known: Known, options: &[OsString]) -> Artifact {
        let library = self.library;
        let (shown, uri) = library.names(self.root());
        let rendering = Rendering {
            root: library.names(self.family).0,
            name: shown.clone(),
            tool: self.builder.name.clone(),
            arguments: self.builder.arguments(&shown, options),
            ..Rendering::default()
        };
        let mut artifact = Artifact::new(
            &format!("{shown}/rendered.yaml"),
            &format!("{uri}/rendered.yaml"),
            text,
        );
        artifact.provenance = Some(
            Provenance::new(Arc::new(rendering), known.pieces)
                .with_structure(known.items, known.objects),
        );
        artifact
    }
}

/// Where one root is built: its folder for copies, which is gone with it.
struct Bench<'a> {
    trial: &'a Trial<'a>,
    options: Vec<OsString>,
    home: &'a Path,
}

impl Bench<'_> {
    /// Where the root is built as it is. A build that renders charts writes beside them, and files that are not
    /// there have stand-ins: these are built in a copy.
    fn place(&self) -> io::Result<PathBuf> {
        let needs_copy = |used: &&Arc<Kustomization>| used.has_charts || !used.left_out.is_empty();
        if self.trial.closure.iter().any(needs_copy) {
            self.copy(PLAIN, None)
        } else {
            Ok(self.trial.library.absolute(self.trial.root()))
        }
    }

    /// Copies all that the root uses; gives the root's folder in the copy.
    fn copy(&self, name: &str, marked: Option<&Marked>) -> io::Result<PathBuf> {
        let copy = Copy {
            graph: self.trial.graph,
            root: self.trial.root(),
            library: self.trial.library,
        };
        copy.write(&self.home.join(name), marked)
    }

    /// What the tool makes of the root.
    fn truth(&self, place: &Path) -> Result<String, Told> {
        let (shown, _) = self.trial.library.names(self.trial.root());
        let printed = self.trial.builder.build(place, &self.options, self.home);
        let printed = printed.map_err(|error| {
            let help = format!("see what `kustomize build {shown}` does");
            (
                format!("cannot be built: `{}` {error}", self.trial.builder.name),
                help,
            )
        })?;
        if printed.is_success {
            Ok(printed.stdout)
        } else {
            let words = self.in_own_paths(&printed.stderr, &self.home.join(PLAIN));
            Err(refusal::told(&words, &shown))
        }
    }

    /// What the tool makes of a marked copy, if it takes the marks.
    fn marked(&self, extent: Extent, name: &str) -> Option<(Marked, String)> {
        let marked = Marker::marked(
            self.trial.graph,
            self.trial.root(),
            self.trial.library,
            extent,
        );
        let place = self.copy(name, Some(&marked)).ok()?;
        let printed = self
            .trial
            .builder
            .build(&place, &self.options, self.home)
            .ok()?;
        printed.is_success.then_some((marked, printed.stdout))
    }

    /// What the tool says of a copy, as if it had built the files themselves.
    fn in_own_paths(&self, words: &str, copy: &Path) -> String {
        let copy = copy.canonicalize().unwrap_or_else(|_| copy.to_owned());
        let words = words.replace(&*copy.to_string_lossy(), "");
        words.replace(&format!("{}/", self.trial.library.base().display()), "")
    }
}
