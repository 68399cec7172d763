//! The build of one root: the true one, marked ones beside it, and what both together say of where
//! each value comes from.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::Builder;
use super::charts::{self, Inflated};
use super::copy::Copy;
use super::graph::Graph;
use super::kustomization::Kustomization;
use super::lacking::{Dropped, Lacking};
use super::mark::{Extent, Marked};
use super::marker::Marker;
use super::notice::notice;
use super::origin::Origins;
use super::pieces::Known;
use super::refusal;
use super::sheet::{Library, View};
use crate::model::{Artifact, Notice, Provenance, Rendering};
use crate::render::cache::Key;
use crate::render::scratch;

/// The folder of a copy without marks.
const PLAIN: &str = "plain";

/// How often a build is tried again without a patch that finds nothing.
const MOST_DROPPED: usize = 24;

/// A reason and a help.
type Told = (String, String);

/// What came of a root.
pub(super) struct Grown {
    pub artifact: Artifact,
    /// The patches that it was built without.
    pub dropped: Vec<Dropped>,
}

/// Why the tool made nothing.
struct Refusal {
    told: Told,
    /// The tool's own words, which may quote secrets.
    words: String,
}

impl From<Told> for Refusal {
    fn from(told: Told) -> Self {
        let words = String::new();
        Self { told, words }
    }
}

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
    /// Builds the root, without what leads to nothing. Fails where the tool refuses it, and where there is no room
    /// for copies.
    pub(super) fn build(&self) -> Result<Grown, Box<Notice>> {
        let failed = |(reason, help)| Box::new(notice(self.kustomization, None, reason, help));
        let scratch = scratch::folder().map_err(|error| failed(no_room(&error)))?;
        let bench = Bench {
            trial: self,
            options: self.options(),
            home: scratch.path(),
        };
        let mut lacking = Lacking::of(&self.closure);
        let (built, charts) = rayon::join(
            || bench.built(&mut lacking),
            || charts::of(&self.closure, self.kube_version),
        );
        let (truth, copy) = built.map_err(failed)?;
        let copy = copy
            .or_else(|| bench.marked(&lacking, Extent::Least, "least"))
            .or_else(|| bench.marked(&lacking, Extent::Nothing, "nothing"));
        let known = self.known(&truth, copy.as_ref(), &charts);
        Ok(Grown {
            artifact: self.artifact(truth, known, &bench.options),
            dropped: lacking.dropped,
        })
    }

    /// Whether something that it uses leads to nothing.
    pub(super) fn lacks(&self) -> bool {
        self.closure.iter().any(|used| !used.absent.is_empty())
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
    /// What the tool makes of the root, and of a marked copy. Patches of what is lacking are dropped, one after the
    /// other as the tool names them.
    fn built(&self, lacking: &mut Lacking) -> Result<(String, Option<(Marked, String)>), Told> {
        let (closure, library) = (&self.trial.closure, self.trial.library);
        loop {
            let (truth, copy) = rayon::join(
                || self.truth(lacking),
                || self.marked(lacking, Extent::Most, "most"),
            );
            let refusal = match truth {
                Ok(truth) if lacking.drop_idle(closure, &View::of_text(&truth)) => {
                    return Ok((truth, copy));
                }
                Ok(_) => return Err(inline_patch()),
                Err(refusal) => refusal,
            };
            let is_last = lacking.dropped.len() >= MOST_DROPPED;
            if is_last || !lacking.drop_refused(closure, library, &refusal.words) {
                return Err(refusal.told);
            }
        }
    }

    /// Where the root is built as it is. A build that renders charts writes beside them, and what is not there has a
    /// stand-in or is left out: these are built in a copy.
    fn place(&self, lacking: &Lacking) -> io::Result<PathBuf> {
        let needs_copy = |used: &&Arc<Kustomization>| used.has_charts || !used.left_out.is_empty();
        if !lacking.is_empty() || self.trial.closure.iter().any(needs_copy) {
            self.copy(lacking, None).write(&self.home.join(PLAIN))
        } else {
            Ok(self.trial.library.absolute(self.trial.root()))
        }
    }

    /// All that the root uses and that is there.
    fn copy<'m>(&'m self, lacking: &'m Lacking, marked: Option<&'m Marked>) -> Copy<'m> {
        Copy {
            graph: self.trial.graph,
            root: self.trial.root(),
            library: self.trial.library,
            lacking,
            marked,
        }
    }

    /// What names what the tool makes of a copy, or of what was copied.
    fn key(&self, copy: &Copy<'_>) -> Option<Key> {
        let builder = self.trial.builder;
        let content = || copy.content();
        builder.key(builder.keeps().then(content)?, &self.options)
    }

    /// What the tool makes of the root.
    fn truth(&self, lacking: &Lacking) -> Result<String, Refusal> {
        let builder = self.trial.builder;
        let key = self.key(&self.copy(lacking, None));
        if let Some(known) = builder.known(key.as_ref()) {
            return Ok(known);
        }
        let (shown, _) = self.trial.library.names(self.trial.root());
        let place = self.place(lacking).map_err(|error| no_room(&error))?;
        let printed = builder.build(&place, &self.options, self.home);
        let printed = printed.map_err(|error| {
            let help = format!("see what `kustomize build {shown}` does");
            (format!("cannot be built: `{}` {error}", builder.name), help)
        })?;
        if printed.is_success {
            builder.keep(key.as_ref(), &printed.stdout);
            Ok(printed.stdout)
        } else {
            let words = self.in_own_paths(&printed.stderr, &self.home.join(PLAIN));
            let told = refusal::told(&words, &shown);
            Err(Refusal { told, words })
        }
    }

    /// What the tool makes of a marked copy, if it takes the marks.
    fn marked(&self, lacking: &Lacking, extent: Extent, name: &str) -> Option<(Marked, String)> {
        let marked = Marker::marked(
            self.trial.graph,
            self.trial.root(),
            self.trial.library,
            lacking,
            extent,
        );
        let (builder, copy) = (self.trial.builder, self.copy(lacking, Some(&marked)));
        let key = self.key(&copy);
        if let Some(known) = builder.known(key.as_ref()) {
            return Some((marked, known));
        }
        let place = copy.write(&self.home.join(name)).ok()?;
        let printed = builder.build(&place, &self.options, self.home).ok()?;
        if !printed.is_success {
            return None;
        }
        builder.keep(key.as_ref(), &printed.stdout);
        Some((marked, printed.stdout))
    }

    /// What the tool says of a copy, as if it had built the files themselves.
    fn in_own_paths(&self, words: &str, copy: &Path) -> String {
        let copy = copy.canonicalize().unwrap_or_else(|_| copy.to_owned());
        let words = words.replace(&*copy.to_string_lossy(), "");
        words.replace(&format!("{}/", self.trial.library.base().display()), "")
    }
}

/// What the root says itself of an object that is not there is checked where the root is not built.
fn inline_patch() -> Told {
    let reason = "cannot be built: a patch in it is of what is not there".to_owned();
    (reason, "add what it is for, or remove it".to_owned())
}

fn no_room(error: &io::Error) -> Told {
    let help = "make room in the folder for temporary files".to_owned();
    (format!("cannot be built: {error}"), help)
}
