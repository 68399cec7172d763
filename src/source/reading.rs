//! What reading a file gives, and as what it is read.

use std::sync::Arc;

use super::dependency::Format;
use super::generated::Generated;
use super::listing::Helmfile;
use super::mentions::Mentions;
use crate::model::{Artifact, Notice, Resource};

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Class {
    Manifest,
    DependencyFile,
    Values,
    BuildFile,
    /// A script, of which the files alone are read that it names.
    Script,
    /// Nothing but a text with keys in it, unless it turns out to hold values.
    KeyFile,
    #[default]
    NoManifest,
}

/// What reading a file gave.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub class: Class,
    pub resources: Vec<Resource>,
    pub failures: Vec<Notice>,
    /// Its text, if not all of it could be read as manifests.
    pub unread: Option<Arc<Artifact>>,
    pub warnings: Vec<Notice>,
    /// The path, if it is a kustomization.
    pub kustomization: Option<String>,
    /// What of it lists releases of charts.
    pub helmfiles: Vec<Helmfile>,
    /// Files that it includes and that are to be read as what they are included as.
    pub includes: Vec<Included>,
    /// Files of objects that it names if it is a test.
    pub tested: Vec<String>,
    /// What it says of values files.
    pub mentions: Mentions,
}

/// A file that another one includes.
#[derive(Debug)]
pub(super) struct Included {
    /// As the including file writes it.
    pub path: String,
    /// As what it is to be read.
    pub wanted: As,
    /// What to say where it cannot be read: the including file and the place of the path in it.
    pub missing: Option<Notice>,
    /// Where the path starts.
    pub starts: Start,
}

/// Where the path of an included file starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// In the folder of the including file.
    Beside,
    /// There, or in one above, from which a script may be run.
    Above,
}

/// As what a file is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum As {
    /// As what its name and its content say.
    Itself,
    Dependencies(Format),
    Values,
    /// As a text of which a generator makes an object.
    Settings(Generated),
}
