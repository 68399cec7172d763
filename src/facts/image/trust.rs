//! What the settings say of images: whose registries are trusted, by our test and by the
//! platform's, where images are to be pushed to, and which projects are public.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::reference::{Reference, end_of_cloud};
use super::tag::words;

/// What names begin with that are trusted while no registry is set: the host's first label is
/// `harbor`, with or without more labels or a port.
const DEFAULT_TRUST: [&str; 3] = ["harbor.", "harbor:", "harbor/"];

/// Where images are to be pushed while nothing tells the host and the project.
const DEFAULT_TARGET: &str = "harbor.<domain>/<project>";

/// Settings about images, from `policies/settings.yaml` and what a user lays over it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    registries: Vec<String>,
    platform_prefixes: Vec<String>,
    image_target: String,
    proxy_projects: BTreeMap<String, String>,
    public_projects: Vec<String>,
    /// As it is written: the rules read it.
    disallowed_tags: Value,
}

/// What images mean for a user's settings.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    /// Prefixes of full names, in lower case, that end on a boundary.
    prefixes: Vec<String>,
    /// Prefixes of references as the platform compares them: text with text.
    platform: Vec<String>,
    /// Whether the platform's prefixes are the user's words, not derived from trusted hosts.
    is_platform_told: bool,
    target: String,
    proxy_projects: BTreeMap<String, String>,
    public_projects: Vec<String>,
    disallowed_tags: Value,
}

/// What the two tests of a registry say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrustVerdict {
    /// Both trust it, as far as the platform's test is known.
    Trusted,
    /// It is trusted, but the platform compares texts and refuses how it is written.
    Refused,
    /// It is not trusted.
    Untrusted,
    /// It is not trusted, but the platform's prefix admits it.
    Admitted,
}

impl TrustVerdict {
    /// The name, as facts have it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Refused => "refused",
            Self::Untrusted => "untrusted",
            Self::Admitted => "admitted",
        }
    }
}

impl Trust {
    /// What some settings mean.
    pub(crate) fn new(settings: Settings) -> Self {
        let bounded = |prefix: &String| format!("{}/", prefix.trim_end_matches('/').to_lowercase());
        let prefixes: Vec<String> = settings.registries.iter().map(bounded).collect();
        let hosts = prefixes
            .iter()
            .filter_map(|prefix| prefix.split('/').next());
        let is_platform_told = !settings.platform_prefixes.is_empty();
        let target = settings.image_target.trim_end_matches('/');
        let target = match (target, prefixes.first()) {
            ("", Some(first)) if first.trim_end_matches('/').contains('/') => {
                first.trim_end_matches('/').to_owned()
            }
            ("", Some(first)) => format!("{first}<project>"),
            ("", None) => DEFAULT_TARGET.to_owned(),
            (target, _) => target.to_owned(),
        };
        Self {
            platform: if is_platform_told {
                settings.platform_prefixes
            } else {
                hosts.map(str::to_owned).collect()
            },
            is_platform_told,
            prefixes,
            target,
            proxy_projects: settings.proxy_projects,
            public_projects: settings.public_projects,
            disallowed_tags: settings.disallowed_tags,
        }
    }

    /// Whether rules may say of a tag that it moves: of a version, which begins with a digit, only where the
    /// settings name it.
    pub(super) fn may_move(&self, tag: &str) -> bool {
        let is_named = |word: &str| match self.disallowed_tags.as_array() {
            Some(tags) => tags.iter().any(|named| named == word),
            None => true,
        };
        !tag.starts_with(|first: char| first.is_ascii_digit())
            || words(tag).into_iter().any(is_named)
    }

    /// What our test and the platform's say of a reference.
    pub(crate) fn verdict(&self, reference: &Reference, text: &str) -> TrustVerdict {
        let is_trusted = self.is_trusted(reference);
        match (is_trusted, self.platform_admits(reference, text)) {
            (true, true) => TrustVerdict::Trusted,
            (true, false) => TrustVerdict::Refused,
            (false, true) => TrustVerdict::Admitted,
            (false, false) => TrustVerdict::Untrusted,
        }
    }

    /// Whether our test trusts a reference's registry, on the boundaries of host and path.
    pub(crate) fn is_trusted(&self, reference: &Reference) -> bool {
        // The name as if it ended on a boundary.
        let begins_with = |prefix: &str| match prefix.strip_suffix('/') {
            Some(whole) if whole.len() == reference.name.len() => reference.name == whole,
            _ => reference.name.starts_with(prefix),
        };
        match self.prefixes.is_empty() {
            true => DEFAULT_TRUST.into_iter().any(begins_with),
            false => self.prefixes.iter().any(|prefix| begins_with(prefix)),
        }
    }

    /// Whether no trusted host may be made of one that is to be filled in: it ends as those of a cloud do, and
    /// none of the trusted ones does.
    pub(super) fn excludes(&self, reference: &Reference) -> bool {
        let host = |prefix: &String| prefix.split('/').next().unwrap_or_default().to_owned();
        let end = end_of_cloud(&reference.registry).filter(|_| reference.is_placeholder);
        end.is_some_and(|end| {
            !self
                .prefixes
                .iter()
                .any(|prefix| host(prefix).ends_with(end))
        })
    }

    /// Whether a text may hold a reference that is trusted.
    pub(super) fn may_trust(&self, text: &str) -> bool {
        let host = |prefix: &String| text.contains(prefix.split('/').next().unwrap_or_default());
        match self.prefixes.is_empty() {
            true => DEFAULT_TRUST.iter().any(|prefix| text.contains(prefix)),
            false => self.prefixes.iter().any(host),
        }
    }

    /// The platform compares what is written, letter by letter, with the beginning of it. Where its
    /// prefixes are not told, they are taken to be the trusted hosts: a bare host admits longer
    /// ones. Of projects below a host nothing is known then.
    fn platform_admits(&self, reference: &Reference, text: &str) -> bool {
        let begins = |prefix: &String| text.starts_with(prefix.as_str());
        if self.is_platform_told {
            return self.platform.iter().any(begins);
        }
        if self.is_trusted(reference) {
            return text.starts_with(&reference.registry);
        }
        let is_longer = |prefix: &String| {
            begins(prefix) && reference.registry.len() > prefix.len() && !prefix.is_empty()
        };
        self.platform.iter().any(is_longer)
    }

    /// Where an image is to go; nowhere, if it is trusted already or is none.
    pub(crate) fn targets(&self, reference: &Reference) -> Targets {
        if self.is_trusted(reference) || !reference.is_valid() || reference.is_placeholder {
            return Targets::default();
        }
        let (name, version) = (reference.name.rsplit('/').next(), version(reference));
        let proxied = self.proxy_projects.get(&reference.registry).map(|project| {
            let host = self.target.split('/').next().unwrap_or_default();
            let repository = repository(reference);
            format!("{host}/{project}/{repository}{version}")
        });
        Targets {
            push_to: name.map(|name| format!("{}/{name}{version}", self.target)),
            proxy: proxied,
        }
    }

    /// The project of a trusted registry that an image lies in, unless the settings call it public.
    pub(crate) fn private_project(&self, reference: &Reference) -> Option<String> {
        let is_public_registry = self.proxy_projects.contains_key(&reference.registry);
        if is_public_registry || !self.is_trusted(reference) || !reference.is_registry_known {
            return None;
        }
        let (project, _) = repository(reference).split_once('/')?;
        let full = format!("{}/{project}", reference.registry);
        let is_public = |public: &String| {
            let public = public.trim_end_matches('/');
            public == project || public == full
        };
        (!self.public_projects.iter().any(is_public)).then_some(full)
    }

    /// Host and project that images are to be pushed to.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }
}

/// Where an image from elsewhere is to go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Targets {
    /// The reference to push it to.
    pub(crate) push_to: Option<String>,
    /// The reference through which a proxy cache serves an image of a public registry.
    pub(crate) proxy: Option<String>,
}

impl Targets {
    /// What to do, to be put behind a sentence.
    pub(crate) fn advice(&self) -> String {
        match (&self.push_to, &self.proxy) {
            (None, _) => String::new(),
            (Some(target), None) => format!("; push it to `{target}`"),
            (Some(target), Some(proxy)) => {
                format!("; push it to `{target}`, or pull it through a proxy cache as `{proxy}`")
            }
        }
    }
}

/// The reference of an image below another host and project: its name, or more of its repository.
pub(crate) fn target_of(target: &str, reference: &Reference, is_whole: bool) -> String {
    let target = target.trim_end_matches('/');
    let path = if is_whole {
        repository(reference)
    } else {
        reference.name.rsplit('/').next().unwrap_or_default()
    };
    format!("{target}/{path}")
}

fn repository(reference: &Reference) -> &str {
    let rest = &reference.name[reference.registry.len().min(reference.name.len())..];
    rest.trim_start_matches('/')
}

/// Tag and digest, as they follow a name.
fn version(reference: &Reference) -> String {
    let part = |sign, text: &Option<String>| {
        let text = text.as_ref();
        text.map_or_else(String::new, |text| format!("{sign}{text}"))
    };
    part(':', &reference.tag) + &part('@', &reference.digest)
}
