//! A text that was read, under the names it is known by. Its provenance is a part of it: the places that this leads to
//! are in artifacts again.

mod provenance;

use std::sync::{Arc, OnceLock};

pub use self::provenance::{Fit, Piece, Place, Provenance, SourceName, Supply, Trace};

/// A text that was read: a file, standard input, or what a tool rendered.
#[derive(Debug)]
pub struct Artifact {
    /// The path as the user named it, for people.
    pub display: Arc<str>,
    /// The path relative to the scan's base, with `/`, not yet percent-encoded.
    pub uri: Arc<str>,
    /// The text, a byte-order mark included.
    pub text: String,
    /// Where its characters come from, if a tool rendered it from other sources.
    pub provenance: Option<Provenance>,
    line_starts: OnceLock<Vec<u32>>,
}

impl Artifact {
    /// An artifact under its two names.
    #[must_use]
    pub fn new(display: &str, uri: &str, text: String) -> Self {
        Self {
            display: display.into(),
            uri: uri.into(),
            text,
            provenance: None,
            line_starts: OnceLock::new(),
        }
    }

    /// Whether it is a file in which Argo CD's Image Updater gives an Application parameters.
    #[must_use]
    pub fn is_argo_source(&self) -> bool {
        let name = self.uri.rsplit('/').next().unwrap_or_default();
        name.starts_with(".argocd-source") && name.ends_with(".yaml")
    }

    /// Whether it was built from manifests, as kustomize does.
    #[must_use]
    pub fn is_built(&self) -> bool {
        let provenance = self.provenance.as_ref();
        provenance.is_some_and(Provenance::is_of_manifests)
    }

    /// Whether both texts can be deployed together: not if they are two variants of one root.
    #[must_use]
    pub fn coexists_with(&self, other: &Self) -> bool {
        let renderings = self.provenance.as_ref().zip(other.provenance.as_ref());
        renderings.is_none_or(|(own, other)| {
            let (own, other) = (&own.rendering, &other.rendering);
            let are_variants = own.is_variant && other.is_variant;
            own.root != other.root || own.name == other.name || !are_variants
        })
    }

    /// Byte offsets at which lines start. A line ends with `\n` or `\r\n`, as SARIF's default has
    /// it; computed at the first call, so that texts without findings cost nothing.
    pub fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = self
                .text
                .bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n');
            let after = breaks.map(|(offset, _)| u32::try_from(offset + 1).unwrap_or(u32::MAX));
            std::iter::once(0).chain(after).collect()
        })
    }
}
