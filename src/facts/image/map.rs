//! Maps that name an image in parts: registry, repository, tag and digest; and what stands beside
//! the name of one.

use super::alone::is_registry;
use super::form::{
    WELL_KNOWN, is_below_group, is_group, is_hosted_well_known, is_image_key, is_in_full,
    is_public_registry, is_registry_host, is_repository,
};
use super::ground::Ground;
use super::key::is_of_sources;
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

/// Keys beside one that is `image` alone whose value is its tag. KServe has the one that counts where
/// its user names none.
const BARE_TAGS: [&str; 2] = ["tag", "defaultImageVersion"];

/// The key of an image's name beside `imageRegistry` and `imageTag`.
const IMAGE_NAME: &str = "imageName";

/// What the values of a chart say for all its images.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Registries<'a> {
    /// Takes the place of the registries that maps name, or leave to the chart.
    pub(super) instead: Option<&'a str>,
    /// Counts for maps that name none.
    pub(super) without: Option<&'a str>,
    /// Of a group of charts, `global.….imageRegistry`: counts for names beside an empty `imageRegistry`.
    pub(super) of_group: Option<&'a str>,
    /// Istio's: stands before names of one component.
    pub(super) hub: Option<&'a str>,
    /// Strimzi's: registry and repository of names that stand alone.
    pub(super) defaults: Option<(&'a str, &'a str)>,
}

impl Registries<'_> {
    fn default_hub(self) -> Option<String> {
        let (registry, repository) = self.defaults?;
        Some(format!("{registry}/{repository}"))
    }
}

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
                    || (is_image && self.has_scalar("tag") && !WELL_KNOWN.contains(&repository))
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
    tag: Option<Field<'a>>,
    digest: Option<Field<'a>>,
}

impl<'a> Parts<'a> {
    fn of(map: Map<'a>, is_image: bool) -> Option<Self> {
        let tag = map.first(&["tag", "imageTag"]).or_else(|| {
            map.first(&["version", "defaultTag", "default_tag"])
                .filter(|_| is_image || map.first(&["image"]).is_some())
        });
        // Of a tag that a template fills in, what stands in for it.
        let tag = tag.map(|(key, node, text)| {
            let fallback = fallback_of_hole(text).map(|fallback| &text[fallback]);
            (key, node, fallback.unwrap_or(text))
        });
        let host = map.first(&["host"]).filter(|(_, _, text)| {
            is_image && tag.is_some() && text.contains('.') && !text.contains("://")
        });
        let start = map
            .first(&["hub", "prefix"])
            .filter(|(_, _, text)| is_image && Reference::names_registry(&format!("{text}/")));
        let registry = map.first(&["registry", "imageRegistry"]).or(host).or(start);
        let is_whole = |text: &str| {
            is_image && tag.is_some() && (is_below_group(text) || is_hosted_well_known(text))
        };
        let address = || map.address().filter(|_| is_image);
        let named = map.name(is_image).or_else(address);
        let whole = registry.filter(|(_, _, text)| is_whole(text));
        Some(Self {
            map,
            is_image,
            name: named.or(whole)?,
            has_name: named.is_some(),
            registry,
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
        is_of_runner || OTHER_REPOSITORIES.iter().any(is_beside)
    }

    /// A bare name and a version are those of a system that a machine starts from.
    fn are_of_system(&self) -> bool {
        self.name.0 == "name"
            && self.registry.is_none()
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
        let before = [self.hub(registries)?, self.space()].into_iter().flatten();
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
    let written = at(parts.registry.unwrap_or(parts.name));
    let mut image = Image::new(written, Place::CustomResource, String::new(), reference);
    image.is_complete = image.reference.is_versioned();
    image.is_registry_elsewhere = parts.is_left_empty() && !image.text.contains('/');
    image.tag_at = parts.tag.map(at);
    image.policy = policy(node, ground, path);
    Some(image)
}

/// Whether a repository is an image's by its host alone: that of a public registry, which has charts as well,
/// but these have a name or a version beside.
fn names_only_an_image(around: Node<'_>, repository: &str) -> bool {
    const OF_CHARTS: [&str; 3] = ["name", "version", "type"];
    let is_of_chart = || OF_CHARTS.iter().any(|key| around.get(key).is_some());
    is_public_registry(repository) && !repository.contains("chart") && !is_of_chart()
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

/// What a key calls an image without saying that it is the name of one: `webImage` of
/// `webImageRepository`.
fn stem(key: &str) -> &str {
    let ends = [
        "Repository",
        "_repository",
        "-repository",
        "Repo",
        "_repo",
        "-repo",
        "Name",
        "_name",
        "-name",
    ];
    ends.iter()
        .find_map(|end| key.strip_suffix(end))
        .unwrap_or(key)
}

/// Whether a key names an image's repository, so that a tag beside it has to show it; defaults are
/// what names of several images begin with.
pub(super) fn is_repository_key(key: &str) -> bool {
    let stem = stem(key);
    !key.starts_with("default")
        && stem.len() < key.len()
        && key != "imageRepository"
        && is_image_key(stem)
}

/// Whether a key names an image's repository by the tag under the same name beside it: `webRepository` and `webTag`,
/// `worker_repository` and `worker_tag`.
pub(super) fn has_own_tag(around: Node<'_>, key: &str) -> bool {
    const PAIRS: [(&str, &str); 3] = [
        ("Repository", "Tag"),
        ("_repository", "_tag"),
        ("-repository", "-tag"),
    ];
    let mut pairs = PAIRS.iter();
    let stem = pairs.find_map(|(end, tag)| Some((key.strip_suffix(end)?, *tag)));
    // A name that ends with `image` says itself what it is, also of what others begin with.
    let is_free = |stem: &str| !stem.is_empty() && !is_image_key(stem) && !is_of_sources(stem);
    let tag = stem.filter(|(stem, _)| is_free(stem));
    let tag = tag.and_then(|(stem, tag)| around.get(&format!("{stem}{tag}")));
    tag.is_some_and(|tag| tag.scalar().is_some())
}

/// Whether a key of a map is a version, whatever its case.
pub(super) fn has_version(around: Node<'_>) -> bool {
    let mut keys = around.entries().filter_map(|(key, _)| key.as_str());
    keys.any(|key| key.eq_ignore_ascii_case("version"))
}

/// Whether a key of a map says by its end that it is a version, perhaps that of all that it names.
pub(super) fn has_some_version(around: Node<'_>) -> bool {
    let mut keys = around.entries().filter_map(|(key, _)| key.as_str());
    keys.any(|key| key != "apiVersion" && key.to_ascii_lowercase().ends_with("version"))
}

/// Whether a key of a map says by its end that it is a tag or a version, perhaps that of an image
/// beside it.
pub(super) fn speaks_of_version(around: Node<'_>) -> bool {
    let mut keys = around.entries().filter_map(|(key, _)| key.as_str());
    keys.any(|key| {
        let lower = key.to_ascii_lowercase();
        lower.ends_with("tag") || lower.ends_with("version")
    })
}

/// The tag beside a string that names an image: `image` and `tag`, `webImage` and `webImageTag`,
/// `web_image` and `web_image_version`, `webImageRepository` and `webImageTag`, `webImage` and
/// `webTag`, `WEB_IMAGE` and `WEB_VERSION`.
pub(super) fn sibling_tag<'a>(
    around: Node<'a>,
    key: &str,
    source: &'a str,
) -> Option<(String, &'a str, Node<'a>)> {
    let ends = [
        "Tag", "_tag", "-tag", "_TAG", "Version", "_version", "_VERSION",
    ];
    let of = |key: &str| ends.map(|end| format!("{key}{end}"));
    let own = of(key).into_iter().chain(of(stem(key)));
    let bare = BARE_TAGS.iter().filter(|_| key == "image");
    let bare = bare.map(|name| (*name).to_owned());
    let named = ["Image", "_image", "-image", "_IMAGE"];
    let base = named.iter().find_map(|end| key.strip_suffix(end));
    let of_base = base.filter(|base| !base.is_empty()).map(of);
    let of_base = of_base.into_iter().flatten();
    own.chain(bare).chain(of_base).find_map(|name| {
        let node = around.get(&name)?;
        let text = written(node, source).filter(|text| !text.trim().is_empty())?;
        Some((name, text, node))
    })
}
