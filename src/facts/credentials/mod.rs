//! Credentials in a resource: where they stand and how bad they are, never what they are; and
//! what to hide when a source line is shown. `walk` goes through the resource, `embedded` and
//! `command` look into its strings, `key`, `shape` and `known` judge names and values. What a
//! finding is called and how severe it is belongs to the rules.

mod command;
mod embedded;
mod key;
mod known;
mod mask;
mod shape;
mod text;
mod walk;

use std::sync::LazyLock;

pub(crate) use known::Defaults;
pub(crate) use mask::mask_line;

use super::gate::Gate;
use crate::model::{Part, Resource, Span, ValuePath};
use known::Known;

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
    /// A private key.
    PrivateKey,
    /// A token that tells by its shape whose it is.
    Token,
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
            Self::PrivateKey => "private-key",
            Self::Token => "token",
        }
    }
}

/// What a value under a credential's key turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The known default of a product.
    Default {
        /// The product's name.
        product: String,
    },
    /// A word that everyone guesses.
    Weak,
    /// A literal credential.
    Literal,
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
            Self::Literal => Some("literal"),
            Self::Reference | Self::Placeholder | Self::Empty | Self::Unsure => None,
        }
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
}

/// Finds credentials. Nothing is prepared before the first value that may be one.
pub(crate) struct Detector {
    known: LazyLock<Known, Box<dyn FnOnce() -> Known + Send>>,
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Detector").finish_non_exhaustive()
    }
}

impl Detector {
    /// A detector that loads what it knows when it first needs it.
    pub(crate) fn lazy(load: impl FnOnce() -> Defaults + Send + 'static) -> Self {
        Self {
            known: LazyLock::new(Box::new(|| Known::new(load()))),
        }
    }

    /// The credentials to report, in the order of the source where one value holds several.
    pub(crate) fn credentials(&self, resource: &Resource) -> Vec<Credential> {
        if !may_hold_credentials(resource.node().text()) {
            return Vec::new();
        }
        let candidates = walk::candidates(self, resource);
        let reported = candidates
            .into_iter()
            .filter(|one| one.credential.verdict.as_str().is_some());
        reported.map(|one| one.credential).collect()
    }

    /// Source bytes to hide when the resource's lines are shown: everything that may be a
    /// credential, also what is not reported. Ordered; spans do not overlap.
    pub(crate) fn sensitive_spans(&self, resource: &Resource) -> Vec<Span> {
        let is_secret = resource.gvk.kind == "Secret";
        if !is_secret && !mask::may_name_credential(resource.node().text()) {
            return Vec::new();
        }
        mask::sensitive_spans(resource, &walk::candidates(self, resource))
    }

    fn known(&self) -> &Known {
        &self.known
    }
}

/// Words, and beginnings of shapes, without which no text holds a credential that
/// [`Detector::credentials`] finds.
#[rustfmt::skip]
static WORDS: [&str; 63] = [
    "pass", "pwd", "secret", "token", "apikey", "_key", "-key", ".key", "api key", "accesskey",
    "accountkey", "sharedkey", "storagekey", "privatekey", "signingkey", "encryptionkey",
    "masterkey", "adminkey", "authkey", "clientkey", "appkey", "hostkey", "functionkey",
    "subscriptionkey", "sessionkey", "integrationkey", "masterauth", "://", "authorization",
    "_pw", "-pw", "rootpw", "adminpw", "psw", "neo4j_auth", "mysql", "mariadb", "redis-cli",
    "curl", "valkey-cli", "private key-----", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
    "github_pat_", "glpat-", "gldt-", "xoxb-", "xoxp-", "xoxa-", "xoxs-", "sk_live_", "rk_live_",
    "dckr_pat_", "npm_", "hvs.", "sg.", "keydb-cli", "ldap", "mongo", "dockerconfig",
];

/// Whether a text has a word without which it holds no credential: one pass over the text.
pub(crate) fn may_hold_credentials(text: &str) -> bool {
    static GATE: Gate = Gate::new(&WORDS);
    GATE.is_open(text)
}

#[cfg(test)]
mod tests;
