//! Maps that name an image in parts: registry, repository, tag and digest; and what stands beside
//! the name of one.

use super::form::{is_group, is_repository};
use super::ground::Ground;
use super::placeholder::holds_placeholder;
use super::reference::Reference;
use super::{At, Image, Place, written};
use crate::model::{Node, ValuePath};

/// Keys of maps that tell where source code or a chart lies, not an image.
const OTHER_REPOSITORIES: [&str; 9] = [
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

/// What the values of a chart say for all its images.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Registries<'a> {
    /// Takes the place of the registries that maps name.
    pub(super) instead: Option<&'a str>,
    /// Counts for maps that name none.
    pub(super) without: Option<&'a str>,
    /// Istio's: stands before names of one component.
    pub(super) hub: Option<&'a str>,
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
    let text = |key: &str| {
        let value = node.get(key)?;
        written(value, ground.source)
            .filter(|text| !text.trim().is_empty())
            .map(|text| (value, text))
    };
    let first = |keys: &[&'static str]| keys.iter().find_map(|key| Some((*key, text(key)?)));
    let tag = first(&["tag", "imageTag"])
        .or(first(&["version"]).filter(|_| is_image || text("image").is_some()));
    let digest = first(&["digest", "sha", "imageDigest"]);
    let registry = first(&["registry", "imageRegistry"]);
    let has_evidence = tag.is_some()
        || (text("image").is_some() && text("repository").is_some())
        || digest.is_some()
        || ["tag", "digest", "pullPolicy", "imagePullPolicy", "registry"]
            .iter()
            .any(|key| node.get(key).is_some_and(|value| value.scalar().is_some()));
    let names: &[&'static str] = if is_image {
        &[
            "repository",
            "repo",
            "imageRepository",
            "name",
            "image",
            "imageName",
        ]
    } else {
        &["repository", "repo", "imageRepository"]
    };
    let (name_key, (name_node, name)) = first(names)?;
    let is_certain =
        has_evidence || (is_image && name_key == "repository") || name_key == "imageRepository";
    let is_other = OTHER_REPOSITORIES.iter().any(|key| node.get(key).is_some());
    if !is_certain || is_other || !is_repository(name) {
        return None;
    }
    let registry_text = registry.map(|(_, (_, text))| text);
    let registry_text = match registries.instead {
        Some(instead) if node.get("registry").is_some() => Some(instead),
        _ => registry_text.or(registries.without),
    };
    let mut reference = registry_text.map_or_else(String::new, |registry| {
        format!("{}/", registry.trim_end_matches('/'))
    });
    reference.push_str(name);
    // A repository below which the image's own name stands apart.
    if let Some((_, own)) = text("image").filter(|_| name_key != "image") {
        reference = format!("{reference}/{own}");
    }
    if let Some((_, (_, tag))) = tag {
        // NVIDIA's operator: `version` is a digest, too.
        let joint = if tag.contains(':') { '@' } else { ':' };
        reference = format!("{reference}{joint}{tag}");
    }
    if let Some((_, (_, digest))) = digest {
        let algorithm = if digest.contains(':') { "" } else { "sha256:" };
        reference = format!("{reference}@{algorithm}{digest}");
    }
    let parsed = Reference::parse(&reference);
    let is_none = !parsed.is_valid() && !parsed.is_placeholder && !is_image;
    if is_none || is_group(&parsed) {
        return None;
    }
    let key_at = |key: &str, node| ground.at(&path.clone().key(key), node);
    let at = match registry {
        Some((key, (node, _))) => key_at(key, node),
        None => key_at(name_key, name_node),
    };
    let mut image = Image::new(at, Place::CustomResource, String::new(), reference);
    image.is_complete = image.reference.is_versioned();
    image.tag_at = tag.map(|(key, (node, _))| key_at(key, node));
    image.policy = policy(node, ground, path);
    Some(image)
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

/// The tag beside a string that names an image: `image` and `tag`, `webImage` and `webImageTag`,
/// `web_image` and `web_image_version`.
pub(super) fn sibling_tag<'a>(
    around: Node<'a>,
    key: &str,
    source: &'a str,
) -> Option<(String, &'a str, Node<'a>)> {
    let own = ["Tag", "_tag", "Version", "_version"].map(|end| format!("{key}{end}"));
    let bare = (key == "image").then(|| "tag".to_owned());
    own.into_iter().chain(bare).find_map(|name| {
        let node = around.get(&name)?;
        let text = written(node, source).filter(|text| !text.trim().is_empty())?;
        Some((name, text, node))
    })
}
