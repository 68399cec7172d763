//! Maps that name an image in parts: registry, repository, tag and digest. What stands beside a string that names
//! one belongs to `beside`.

use super::form::{
    WELL_KNOWN, is_below_group, is_group, is_hosted, is_hosted_well_known, is_in_full,
    is_public_registry, is_registry, is_registry_host, is_repository,
};
use super::global::Registries;
use super::ground::Ground;
use super::placeholder::holds_placeholder;
use super::reference::Reference;
use super::{At, Image, Place, written};
use crate::model::{Node, ValuePath, fallback_of_hole};

/// Keys of maps that tell where source code or a chart lies, not an image.
pub(super) const OTHER_REPOSITORIES: [&str; 9] = [
    "branch",
    "url",
    "revision",
    "targetRevision",
    "ref",
    "chart",
    "chartName",
    "commit",
    "git",
];

/// Keys beside a repository of sources, outside of an image, of whose releases one is taken.
const OF_RELEASES: [&str; 2] = ["assetName", "owner"];

/// Keys of maps that tell where a release of sources lies, by what keeps these.
const HOSTS_OF_SOURCES: [&str; 4] = ["bitbucket", "git", "github", "gitlab"];

/// The key of an image's name beside `imageRegistry` and `imageTag`.
const IMAGE_NAME: &str = "imageName";

/// Keys under which an image's repository may stand.
pub(super) const NAMES: [&str; 8] = [
    "repository",
    "repo",
    "imageRepository",
    "name",
    "image",
    "imageName",
    "defaultRepository",
    "default_repository",
];

/// Keys that elsewhere tell what is no image.
pub(super) const ADDRESSES: [&str; 4] = ["url", "uri", "path", "server"];

/// A key of a map, with what is written there.
type Field<'a> = (&'static str, Node<'a>, &'a str);

/// A map, read by keys of which the first that says something counts.
#[derive(Clone, Copy)]
struct Map<'a> {
    node: Node<'a>,
    source: &'a str,
}

impl<'a> Map<'a> {
    fn first(self, keys: &[&'static str]) -> Option<Field<'a>> {
        keys.iter().find_map(|key| {
            let value = self.node.get(key)?;
            let text = written(value, self.source)?;
            (!text.trim().is_empty()).then_some((*key, value, text))
        })
    }

    fn has_scalar(self, key: &str) -> bool {
        let value = self.node.get(key);
        value.is_some_and(|value| value.scalar().is_some())
    }

    /// What names the image, or all of it but the tag.
    fn name(self, is_image: bool) -> Option<Field<'a>> {
        if is_image {
            self.first(&NAMES)
        } else {
            let own = self.first(&["repository", "repo", "imageRepository"]);
            own.or_else(|| self.first(&[IMAGE_NAME]).filter(|_| self.is_in_parts()))
                .or_else(|| self.first(&["image"]).filter(|name| self.is_below(name.2)))
        }
    }

    /// Whether the registry of a name that has none stands beside it.
    fn is_below(self, name: &str) -> bool {
        let registry = self.first(&["registry", "imageRegistry"]);
        !Reference::names_registry(name) && registry.is_some_and(|(.., host)| is_registry(host))
    }

    /// Whether its keys are those of an image in parts, `imageRegistry` or `imageTag`, perhaps left empty.
    fn is_in_parts(self) -> bool {
        self.has_scalar("imageRegistry") || self.has_scalar("imageTag")
    }

    /// Whether it has a tag, or the end of one to which an operator adds the version.
    fn is_versioned(self) -> bool {
        self.has_scalar("tag") || self.has_scalar("suffix")
    }

    /// Whether it says of what lies in a registry how many run, so that a version is not that of a chart.
    fn is_of_pods(self) -> bool {
        const COUNTS: [&str; 3] = ["instances", "replicas", "size"];
        let is_image = |(.., text): Field<'_>| is_hosted(text) && !names_chart(self.node, text);
        COUNTS.iter().any(|key| self.has_scalar(key))
            && self.first(&["repository"]).is_some_and(is_image)
    }

    /// A name under a key that elsewhere tells what is no image: only one in full, or one with its
    /// tag beside it, is one.
    fn address(self) -> Option<Field<'a>> {
        let has_tag = self
            .first(&["tag", "imageTag", "version", "digest"])
            .is_some();
        self.first(&ADDRESSES).filter(|(_, _, text)| {
            is_in_full(text) || (has_tag && text.contains('/') && Reference::parse(text).is_valid())
        })
    }

    /// The image's own name where the repository is what it stands below.
    fn own_name(self, name: Field<'a>, is_image: bool) -> Option<&'a str> {
        let (key, _, repository) = name;
        let own = |other| self.first(&[other]).map(|(_, _, text)| text);
        let is_space = match repository.contains('/') {
            true if repository.ends_with('/') => true,
            true => is_group(&Reference::parse(repository)),
            false => {
                repository.contains(['.', ':'])
                    || self.has_scalar("registry")
                    || (is_image && self.is_versioned() && !WELL_KNOWN.contains(&repository))
            }
        };
        let is_below = key == "repository" && is_space;
        let named = || own("name").filter(|name| is_below && *name != repository);
        own("image").filter(|_| key != "image").or_else(named)
    }
}

/// The parts of an image that a map names.
struct Parts<'a> {
    map: Map<'a>,
    /// Whether the key of the map already tells that it is one.
    is_image: bool,
    /// What names it, or where that lacks the registry, which then has all but the tag.
    name: Field<'a>,
    has_name: bool,
    registry: Option<Field<'a>>,
    /// What stands before the name and names no registry: `prefix: shop`.
    group: Option<Field<'a>>,
    tag: Option<Field<'a>>,
    digest: Option<Field<'a>>,
}

impl<'a> Parts<'a> {
    fn of(map: Map<'a>, is_image: bool) -> Option<Self> {
        let tag = map.first(&["tag", "imageTag"]).or_else(|| {
            map.first(&["version", "defaultTag", "default_tag"])
                .filter(|_| is_image || map.first(&["image"]).is_some() || map.is_of_pods())
        });
        // Of a tag that a template fills in, what stands in for it.
        let tag = tag.map(|(key, node, text)| {
            let fallback = fallback_of_hole(text).map(|fallback| &text[fallback]);
            (key, node, fallback.unwrap_or(text))
        });
        let host = map.first(&["host"]).filter(|(_, _, text)| {
            is_image && tag.is_some() && text.contains('.') && !text.contains("://")
        });
        let start = map.first(&["hub", "prefix"]).filter(|_| is_image);
        let (hub, group) = match start {
            Some((.., text)) if Reference::names_registry(&format!("{text}/")) => (start, None),
            _ => (None, start),
        };
        let registry = map.first(&["registry", "imageRegistry"]).or(host).or(hub);
        let is_whole = |text: &str| {
            is_image && tag.is_some() && (is_below_group(text) || is_hosted_well_known(text))
        };
        let address = || map.address().filter(|_| is_image);
        let named = map.name(is_image).or_else(address);
        let whole = registry.filter(|(_, _, text)| is_whole(text));
        let name = named.or(whole)?;
        Some(Self {
            map,
            is_image,
            name,
            has_name: named.is_some(),
            registry,
            group: group.filter(|(.., text)| is_group_of(text, name.2)),
            tag,
            digest: map.first(&["digest", "sha", "imageDigest"]),
        })
    }

    /// Whether the map names an image for sure, and nothing else that has a repository.
    fn are_of_image(&self) -> bool {
        let (key, _, text) = self.name;
        let names_host = || {
            let host = Reference::parse(text).registry;
            self.is_image && Reference::names_registry(text) && is_registry_host(&host)
        };
        let is_certain = self.are_evident()
            || (key == "repository" && names_only_an_image(self.map.node, text))
            || (self.is_image && key == "repository")
            || key == "imageRepository"
            || names_host();
        is_certain && !self.are_of_sources() && !self.are_of_system() && is_repository(text)
    }

    /// Whether what stands beside the name is what an image has.
    fn are_evident(&self) -> bool {
        let keys = ["tag", "digest", "pullPolicy", "imagePullPolicy", "registry"];
        self.tag.is_some()
            || self.digest.is_some()
            || (self.map.first(&["image"]).is_some() && self.map.first(&["repository"]).is_some())
            || (self.name.0 == IMAGE_NAME && self.map.is_in_parts())
            || keys.iter().any(|key| self.map.has_scalar(key))
    }

    /// Sources, a chart, or a runner of GitHub's, where `image` is whole and `repository` is that of the
    /// sources for which it works.
    fn are_of_sources(&self) -> bool {
        let (name, _, text) = self.name;
        let is_beside = |key: &&str| *key != name && self.map.node.get(key).is_some();
        let has_whole = || {
            self.map
                .first(&["image"])
                .is_some_and(|(.., image)| image.contains('/'))
        };
        let is_of_runner = !self.is_image
            && name == "repository"
            && text.matches('/').count() == 1
            && !Reference::names_registry(text)
            && has_whole();
        let has = |key: &&str| self.map.node.get(key).is_some();
        let is_of_release =
            !self.is_image && self.registry.is_none() && OF_RELEASES.iter().any(has);
        is_of_runner || is_of_release || OTHER_REPOSITORIES.iter().any(is_beside)
    }

    /// A bare name and a version are those of a system that a machine starts from.
    fn are_of_system(&self) -> bool {
        self.name.0 == "name"
            && self.registry.is_none()
            && self.group.is_none()
            && !self.name.2.contains('/')
            && self.tag.is_some_and(|(key, ..)| key == "version")
    }

    /// Charts that keep the parts of an image apart have the registry of a bare name for all of them.
    fn is_left_empty(&self) -> bool {
        self.name.0 == IMAGE_NAME && self.map.has_scalar("imageRegistry")
    }

    /// The registry that stands before the name, if any does; `None` where it is not known.
    fn hub(&self, registries: Registries<'_>) -> Option<Option<String>> {
        let (key, _, text) = self.name;
        // Strimzi's charts have the rest of a bare name in one place for all.
        let is_bare = key == "name" && self.map.has_scalar("repository") && !text.contains('/');
        let has_instead = registries.instead.is_some() && self.map.has_scalar("registry");
        Some(match self.registry {
            _ if !self.has_name => None,
            _ if is_bare => Some(registries.default_hub()?),
            _ if has_instead => registries.instead.map(str::to_owned),
            Some((_, _, registry)) => Some(registry.to_owned()),
            None if self.is_left_empty() => registries.of_group.map(str::to_owned),
            // What names its host in the repository has no registry apart.
            None if Reference::names_registry(text) => None,
            None => registries.instead.or(registries.without).map(str::to_owned),
        })
    }

    /// The group of repositories that the name stands below.
    fn space(&self) -> Option<String> {
        let keys: &[&str] = match self.is_image {
            true => &["organization", "org", "namespace", "project"],
            false => &["organization"],
        };
        let space = self.map.first(keys).filter(|_| !self.name.2.contains('/'));
        space.map(|(_, _, text)| text.to_owned())
    }

    /// All of them together, as a runtime would be told; `None` where the registry is not known.
    fn reference(&self, registries: Registries<'_>) -> Option<String> {
        let group = self.group.map(|(.., text)| text.to_owned());
        let before = [self.hub(registries)?, group, self.space()];
        let before = before.into_iter().flatten();
        let mut reference: String = before
            .map(|part| format!("{}/", part.trim_end_matches('/')))
            .collect();
        reference.push_str(self.name.2);
        if let Some(own) = self.map.own_name(self.name, self.is_image) {
            reference = format!("{}/{own}", reference.trim_end_matches('/'));
        }
        if let Some((_, _, tag)) = self.tag {
            reference = format!("{reference}{}{tag}", joint(tag));
        }
        if let Some((_, _, digest)) = self.digest {
            let algorithm = if digest.contains(':') { "" } else { "sha256:" };
            reference = format!("{reference}@{algorithm}{digest}");
        }
        Some(reference)
    }
}

/// What stands between a name and its tag.
fn joint(tag: &str) -> &'static str {
    // NVIDIA's operator: `version` is a digest, too. A tag with its digest stays a tag.
    let is_digest = tag.split('@').next().is_some_and(|tag| tag.contains(':'));
    match tag.starts_with('@') {
        // Charts add no colon to a digest that brings its sign.
        true => "",
        false if is_digest => "@",
        false => ":",
    }
}

/// Whether a map at a key tells where sources lie, with the tag of a release: a registry of images may be called
/// so as well.
pub(super) fn is_of_sources(key: &str, node: Node<'_>) -> bool {
    let repository = || node.string("repository");
    let is_elsewhere = |text: &str| !is_hosted(text) && node.get("registry").is_none();
    HOSTS_OF_SOURCES.contains(&key) && repository().is_some_and(is_elsewhere)
}

/// The image that a map of registry, repository, tag and digest names. `is_image` says that the
/// key of the map already tells what it is.
pub(super) fn map_image(
    node: Node<'_>,
    ground: &Ground<'_>,
    path: &ValuePath,
    registries: Registries<'_>,
    is_image: bool,
) -> Option<Image> {
    let source = ground.source;
    let parts = Parts::of(Map { node, source }, is_image)?;
    let reference = parts
        .are_of_image()
        .then(|| parts.reference(registries))??;
    let parsed = Reference::parse(&reference);
    let is_none = !parsed.is_valid() && !parsed.is_placeholder && !is_image;
    if is_none || is_group(&parsed) {
        return None;
    }
    let at = |(key, node, _): Field<'_>| ground.at(&path.clone().key(key), node);
    let written = at(parts.registry.or(parts.group).unwrap_or(parts.name));
    let mut image = Image::new(written, Place::CustomResource, String::new(), reference);
    image.is_complete = image.reference.is_versioned();
    image.is_registry_elsewhere = parts.is_left_empty() && !image.text.contains('/');
    image.tag_at = parts.tag.map(at);
    image.policy = policy(node, ground, path);
    Some(image)
}

/// Whether a text names folders of a registry that a name may stand below; what is to be filled in may bring the
/// registry as well. What ends with a dash is the beginning of a name.
fn is_group_of(text: &str, name: &str) -> bool {
    let below = Reference::parse(&format!("{}/{name}", text.trim_end_matches('/')));
    !name.contains('/') && (below.is_valid() || below.is_placeholder)
}

/// Whether a repository is an image's by its host alone: that of a public registry, which has charts as well,
/// but these have a name or a version beside.
fn names_only_an_image(around: Node<'_>, repository: &str) -> bool {
    is_public_registry(repository)
        && around.get("version").is_none()
        && !names_chart(around, repository)
}

/// Whether a repository may be a chart's, by its own name or by what a chart has beside it.
fn names_chart(around: Node<'_>, repository: &str) -> bool {
    const OF_CHARTS: [&str; 2] = ["name", "type"];
    let is_of_chart = || OF_CHARTS.iter().any(|key| around.get(key).is_some());
    repository.contains("chart") || is_of_chart()
}

/// The pull policy that a map gives.
pub(super) fn policy(
    around: Node<'_>,
    ground: &Ground<'_>,
    path: &ValuePath,
) -> Option<(String, At)> {
    let keys = ["imagePullPolicy", "pullPolicy"];
    let (key, node) = keys.iter().find_map(|key| Some((*key, around.get(key)?)))?;
    let text = node.as_str().filter(|text| !text.is_empty())?;
    let is_placeholder = holds_placeholder(text);
    (!is_placeholder).then(|| (text.to_owned(), ground.at(&path.clone().key(key), node)))
}
