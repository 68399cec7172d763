//! Credentials in a resource: where they stand and how bad they are, never what they are; and
//! what to hide when a source line is shown. `walk` goes through a resource and asks of each value
//! what its name says (`key`), what it says of itself (`value`) and what stands inside it (`text`);
//! `ledger` keeps what a scan found, and `mask` hides it. Each knows only those below it: `line`,
//! `key`, `value`, `text`, `walk`.
//! What a finding is called and how severe it is belongs to the rules.

mod key;
mod ledger;
mod line;
mod mask;
mod text;
mod value;
mod walk;

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

pub(crate) use ledger::Ledger;
pub(crate) use mask::{mask_line, mask_text};
pub(crate) use text::connection::{Opens, connections};
pub(crate) use value::known::Defaults;

use super::ReadYaml;
use super::gate::Topic;
use super::short_lived::{job_around, makes_cluster};
use crate::model::{Part, Resource, Role, Span, Step, ValuePath};
use crate::shell::is_script;
use value::known::Known;
use walk::candidate::Candidate;

/// What a credential stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// An environment variable.
    Environment,
    /// A flag, option or assignment on a command line.
    Argument,
    /// A value of a ConfigMap, or a setting in a text.
    Config,
    /// A field of an object.
    Field,
    /// An entry of a Secret.
    Secret,
    /// The user information of a URL.
    Url,
    /// An entry of a connection string.
    ConnectionString,
}

impl Kind {
    /// The name, as facts have it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Argument => "argument",
            Self::Config => "config",
            Self::Field => "field",
            Self::Secret => "secret",
            Self::Url => "url",
            Self::ConnectionString => "connection-string",
        }
    }
}

/// What a value that may be a credential turned out to be. The order of the first five is the
/// order of precedence: one credential is one of them, and the first that fits speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The known default of a product.
    Default {
        /// The product's name.
        product: String,
        /// The account that it is the default of, where the product has only one.
        user: Option<String>,
    },
    /// A word that everyone guesses.
    Weak,
    /// A private key.
    PrivateKey,
    /// A key or token that tells by its shape whose it is.
    AccessToken,
    /// Any other literal credential.
    Literal,
    /// Data of a Secret in which nothing of the above is found.
    Stored {
        /// How many entries hold some.
        entries: usize,
        /// Whether it is no text, and its length counts bytes.
        is_binary: bool,
    },
    /// No credential at all: a switch that lets everyone in.
    Off {
        /// What it switches off, in words.
        product: String,
    },
    /// It is kept elsewhere, encrypted or hashed.
    Reference,
    /// Somebody was meant to replace it.
    Placeholder,
    /// Nothing, or a switch.
    Empty,
    /// Perhaps a credential: not reported, but hidden.
    Unsure,
}

impl Verdict {
    /// The name, as facts have it; `None` for what is not reported.
    pub(crate) fn as_str(&self) -> Option<&'static str> {
        match self {
            Self::Default { .. } => Some("default"),
            Self::Weak => Some("weak"),
            Self::PrivateKey => Some("private-key"),
            Self::AccessToken => Some("access-token"),
            Self::Literal => Some("literal"),
            Self::Stored { .. } => Some("stored"),
            Self::Off { .. } => Some("off"),
            Self::Reference | Self::Placeholder | Self::Empty | Self::Unsure => None,
        }
    }

    fn is_reported(&self) -> bool {
        self.as_str().is_some()
    }

    /// Whether it says something of whatever runs with it, and nothing of somebody's secret in the file.
    fn is_anybodys(&self) -> bool {
        matches!(self, Self::Default { .. } | Self::Weak | Self::Off { .. })
    }

    /// Whether the value says itself what it is, wherever it stands.
    fn is_told_by_shape(&self) -> bool {
        matches!(self, Self::PrivateKey | Self::AccessToken)
    }

    /// Which of two that are found on the same characters speaks: the lower one.
    fn rank(&self) -> u8 {
        match self {
            Self::Default { .. } => 0,
            Self::Weak => 1,
            Self::PrivateKey => 2,
            Self::AccessToken => 3,
            Self::Literal => 4,
            Self::Stored { .. } => 5,
            Self::Off { .. } => 6,
            // Known to be none: nothing else may call it one.
            Self::Reference | Self::Placeholder | Self::Empty => 7,
            Self::Unsure => 8,
        }
    }

    /// Whether this verdict takes the place of another one on the same characters.
    fn beats(&self, other: &Self) -> bool {
        // An empty token is no credential, but may be what lets everyone in.
        let is_open = matches!(self, Self::Off { .. }) && *other == Self::Empty;
        self.is_reported()
            && (*other == Self::Unsure || other.is_reported() || is_open)
            && self.rank() < other.rank()
    }
}

/// A credential in a resource. It does not hold the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credential {
    /// The value it stands in.
    pub path: ValuePath,
    /// Its bytes in the decoded string; `None` means the whole value.
    pub part: Option<Part>,
    /// The variable, key, flag or URL scheme that makes it a credential.
    pub key: String,
    /// What it stands in.
    pub kind: Kind,
    /// What it turned out to be.
    pub verdict: Verdict,
    /// How many characters it has, decoded where it is encoded.
    pub length: usize,
    /// Tells equal values within one run: hashed with a salt that no other run has, so that it
    /// says nothing about the value itself.
    pub same: u64,
}

impl Credential {
    /// Whether it is a secret in the file, not a switch that counts only where what has it runs.
    fn is_written(&self) -> bool {
        !matches!(self.verdict, Verdict::Off { .. })
    }
}

/// What a resource holds.
#[derive(Debug)]
pub(crate) struct Held {
    /// The credentials to report, in the order of the source where one value holds several.
    pub reported: Vec<Credential>,
    suspects: Vec<Suspect>,
}

/// Where something stands that may be a credential, reported or not.
#[derive(Debug)]
struct Suspect {
    node: u32,
    part: Option<Part>,
}

impl Suspect {
    fn of(candidate: &Candidate) -> Self {
        Self {
            node: candidate.node,
            part: candidate.credential.part,
        }
    }
}

/// Finds credentials. Nothing is prepared before the first value that may be one.
pub(crate) struct Detector {
    known: LazyLock<Known, Box<dyn FnOnce() -> Known + Send>>,
    salt: RandomState,
    read_yaml: ReadYaml,
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Detector").finish_non_exhaustive()
    }
}

/// Whether a job of a pipeline puts a value into a cluster that it makes itself and that is gone with it.
fn is_of_short_lived_cluster(resource: &Resource, path: &ValuePath) -> bool {
    let artifact = &resource.artifact;
    let value = resource.at(path).filter(|_| resource.role == Role::Applied);
    value.is_some_and(|value| {
        let at = value.span().start as usize;
        !is_script(&artifact.uri, &artifact.text) && makes_cluster(job_around(&artifact.text, at))
    })
}

/// Whether a place says how an image is made: whoever runs that decides who is let in, save by its own command.
fn is_left_to_who_runs(resource: &Resource, path: &ValuePath) -> bool {
    let is_command = || {
        let mut steps = path.steps().iter();
        steps.any(|step| matches!(step, Step::Key(key) if key == "run"))
    };
    resource.role == Role::Built || (resource.gvk.kind == "Dockerfile" && !is_command())
}

impl Detector {
    /// A detector that loads what it knows when it first needs it.
    pub(crate) fn lazy(
        load: impl FnOnce() -> Defaults + Send + 'static,
        read_yaml: ReadYaml,
    ) -> Self {
        Self {
            known: LazyLock::new(Box::new(|| Known::new(load()))),
            salt: RandomState::new(),
            read_yaml,
        }
    }

    /// What a resource holds. One in which [`Topic::Credentials`] is not has nothing to report, nor has
    /// what only tries a chart.
    pub(crate) fn held(&self, resource: &Resource) -> Held {
        let candidates = walk::candidates(self, resource);
        let suspects = candidates.iter().map(Suspect::of).collect();
        let reported = candidates
            .into_iter()
            .filter(|one| !resource.is_tried && one.credential.verdict.is_reported())
            .filter(|one| !resource.is_comment() || one.credential.verdict.is_told_by_shape())
            .filter(|one| !(resource.is_copy && one.credential.verdict.is_anybodys()))
            .filter(|one| !walk::momentary::is_momentary(resource, one))
            .filter(|one| {
                let credential = &one.credential;
                credential.is_written() || !is_left_to_who_runs(resource, &credential.path)
            })
            .filter(|one| !is_of_short_lived_cluster(resource, &one.credential.path));
        Held {
            reported: reported.map(|one| one.credential).collect(),
            suspects,
        }
    }

    /// Source bytes to hide when the resource's lines are shown: everything that may be a
    /// credential, also what is not reported. Ordered; spans do not overlap. What the resource holds is
    /// looked for where it is not known.
    pub(crate) fn sensitive_spans(&self, resource: &Resource, held: Option<&Held>) -> Vec<Span> {
        if let Some(held) = held {
            return mask::sensitive_spans(resource, &held.suspects);
        }
        let is_secret = resource.gvk.kind == "Secret";
        if !is_secret && !may_hold_credentials(resource.node().text()) {
            return Vec::new();
        }
        mask::sensitive_spans(resource, &self.held(resource).suspects)
    }

    fn known(&self) -> &Known {
        &self.known
    }

    fn same(&self, value: &str) -> u64 {
        self.salt.hash_one(value.trim())
    }
}

/// Whether a text has a word without which it holds no credential: one pass over the text.
pub(crate) fn may_hold_credentials(text: &str) -> bool {
    Topic::Credentials.is_in(text)
}

#[cfg(test)]
mod tests;
