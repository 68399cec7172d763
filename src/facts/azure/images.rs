//! Images that tell of Azure: those of a registry of Azure's, and agents and runtimes of its
//! services wherever they come from.

use std::ops::Range;

use serde::Deserialize;

use super::sign::{Certainty, Effect};

/// The endings of Azure Container Registry's hosts.
const REGISTRIES: [&str; 3] = [".azurecr.io", ".azurecr.us", ".azurecr.cn"];

/// The service of those registries.
pub(super) const REGISTRY_SERVICE: &str = "container-registry";

/// The default registry, which references may name or leave out.
const DEFAULT_REGISTRY: &str = "docker.io/";

/// A row of the table of images.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ImageRow {
    prefix: String,
    service: String,
    effect: Option<Effect>,
    certainty: Option<Certainty>,
}

/// An image of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pulled<'t> {
    /// The reference's bytes in the text.
    pub(super) range: Range<usize>,
    pub(super) service: &'t str,
    pub(super) effect: Effect,
    pub(super) certainty: Certainty,
}

/// Images by the beginning of their name, the longest first.
#[derive(Debug)]
pub(super) struct Images(Vec<ImageRow>);

impl Images {
    pub(super) fn new(mut rows: Vec<ImageRow>) -> Self {
        rows.sort_by_key(|row| std::cmp::Reverse(row.prefix.len()));
        Self(rows)
    }

    /// The image that a whole string names, with what stands around it left out.
    pub(super) fn whole<'t>(&'t self, text: &str) -> Option<Pulled<'t>> {
        let reference = text.trim();
        let start = text.len() - text.trim_start().len();
        let name = reference.strip_prefix("oci://").unwrap_or(reference);
        // `--sidecar-image=example.azurecr.io/web`: no reference has such a sign.
        let name = name.rsplit('=').next().unwrap_or(name);
        let is_plain = !reference.is_empty() && !reference.contains(char::is_whitespace);
        let (service, effect, certainty) = if is_plain {
            self.told(name)?
        } else {
            return None;
        };
        let start = start + reference.len() - name.len();
        Some(Pulled {
            range: start..start + name.len(),
            service,
            effect,
            certainty,
        })
    }

    fn told(&self, name: &str) -> Option<(&str, Effect, Certainty)> {
        if is_azure_registry(name) {
            return Some((REGISTRY_SERVICE, Effect::Stops, Certainty::Depends));
        }
        let name = name.strip_prefix(DEFAULT_REGISTRY).unwrap_or(name);
        let begins = |row: &&ImageRow| {
            name.strip_prefix(row.prefix.as_str()).is_some_and(|rest| {
                rest.is_empty()
                    || rest.starts_with(['/', ':', '@', '-'])
                    || row.prefix.ends_with('-')
            })
        };
        let row = self.0.iter().find(begins).or_else(|| self.mirrored(name))?;
        Some((
            &row.service,
            row.effect.unwrap_or(Effect::Stops),
            row.certainty.unwrap_or_default(),
        ))
    }

    /// The row of an image that another registry mirrors under its own path.
    fn mirrored(&self, name: &str) -> Option<&ImageRow> {
        let (registry, path) = name.split_once('/')?;
        let is_registry = registry.contains(['.', ':', '$', '{']);
        let has_no_registry = |row: &&ImageRow| {
            let first = row.prefix.split('/').next().unwrap_or_default();
            row.prefix.contains('/') && !first.contains('.')
        };
        let mut own = self.0.iter().filter(has_no_registry);
        own.find(|row| {
            let rest = path.strip_prefix(row.prefix.as_str());
            is_registry && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '@']))
        })
    }
}

/// Whether a text speaks of an Azure Container Registry's host, in lower case.
pub(super) fn names_registry(text: &str) -> bool {
    REGISTRIES.iter().any(|ending| text.contains(ending))
}

/// Whether a reference begins with the host of an Azure Container Registry.
pub(super) fn is_azure_registry(reference: &str) -> bool {
    let host = reference.split(['/', ':']).next().unwrap_or_default();
    let host = host.to_ascii_lowercase();
    REGISTRIES.iter().any(|ending| host.ends_with(ending))
}
