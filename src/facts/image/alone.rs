//! Parts of a reference that stand alone, since a chart or an operator adds the rest: the registry that
//! it is to pull from, or a tag.

use super::form::{is_group, is_registry, is_registry_host};
use super::ground::{Ground, Owner};
use super::key::{is_image_key, is_of_sources, words_of};
use super::map::{ADDRESSES, NAMES, OTHER_REPOSITORIES};
use super::named::REST;
use super::reference::Reference;
use super::{At, Image, Place, written};
use crate::model::{Node, Part, Resource, Step, ValuePath};

/// The tag that images have, and hardly anything else.
const LATEST: &str = "latest";

/// Words in the key of what is got from a forge, whose newest release is called so, too.
const OF_RELEASES: [&str; 6] = ["binary", "cli", "download", "git", "github", "release"];

/// Words in the key of what builds push, or keep between two of them.
const OF_BUILDS: [&str; 7] = [
    "build", "builder", "cache", "kaniko", "push", "pushed", "target",
];

/// The setting of Elastic's operator for the registry of all its images.
const SETTING: &str = "container-registry:";

/// The registry that the settings of Elastic's operator name, in an entry of a ConfigMap.
pub(super) fn of_config_map(resource: &Resource, found: &mut Vec<Image>) {
    let data = resource.node().get("data").into_iter();
    for (key, value) in data.flat_map(Node::entries) {
        let (Some(key), Some(text)) = (key.as_str(), value.as_str()) else {
            continue;
        };
        let given = text.lines().find_map(|line| line.strip_prefix(SETTING));
        let host = given.map(|given| given.trim().trim_matches(['"', '\'']));
        if let Some(host) = host.filter(|host| is_registry(host)) {
            let part = Part::within(text, host);
            let at = At {
                path: ValuePath::from_iter(["data", key]),
                part: Some(part),
            };
            let mut image = below(&format!("{}/", host.trim_end_matches('/')), at, None);
            image.place = Place::Config;
            image.subject = format!("the entry `{key}` names");
            found.push(image);
        }
    }
}

/// What a map says of registry or tag while it names no repository.
pub(super) fn of_map(
    node: Node<'_>,
    key: &str,
    ground: &Ground<'_>,
    path: &ValuePath,
    owner: Owner,
) -> Option<Image> {
    let field = |key: &'static str| {
        let value = node.get(key)?;
        let text = written(value, ground.source).filter(|text| !text.trim().is_empty())?;
        Some((key, value, text))
    };
    let tags = ["tag", "imageTag", "image_tag"];
    let tag = tags.into_iter().find_map(field);
    let space = field("organization").or_else(|| field("org"));
    let registry = field("registry").or_else(|| field("imageRegistry"));
    // Some write a host alone where others write the repository, or what a host keeps images below.
    let host = field("repository")
        .filter(|(_, _, text)| is_host(text) || is_group_of_images(text, (key, node)));
    let is_host = |name: &str| host.is_some_and(|(key, ..)| key == name);
    let has = |name: &str| node.get(name).is_some_and(|node| node.scalar().is_some());
    // A chart's image itself has a name of the chart's where the values give none.
    let is_left = |name: &str| {
        let is_empty = |value: Node<'_>| value.as_str().is_some_and(str::is_empty);
        key == "image" && path.steps().len() == 1 && node.get(name).is_some_and(is_empty)
    };
    let is_named = |name: &&str| has(name) && !is_host(name) && !is_left(name);
    if NAMES.iter().chain(&ADDRESSES).any(is_named) {
        return None;
    }
    let registry = host.or(registry).filter(|(_, _, text)| is_registry(text));
    let says_image = |step: &Step| matches!(step, Step::Key(key) if is_image_key(key));
    let is_host_alone = host.is_some_and(|(_, _, text)| is_host(text));
    let is_told = match (owner, registry) {
        (Owner::Values, Some((key, ..))) => {
            key == "imageRegistry"
                || (key == "repository" && !is_host_alone)
                || path.steps().iter().any(says_image)
        }
        (Owner::CustomResource, Some(_)) => tag.is_some() && space.is_some(),
        (_, None) => false,
    };
    let at = |(key, node, _)| ground.at(&path.clone().key(key), node);
    let mut image = match registry.filter(|_| is_told) {
        Some((key, node, host)) => {
            let space = space.map_or_else(String::new, |(_, _, space)| format!("{space}/"));
            let start = format!("{}/{space}", host.trim_end_matches('/'));
            below(&start, at((key, node, host)), tag.map(|(_, _, tag)| tag))
        }
        None => {
            // A word alone may be a tag that moves: a version has digits.
            let word = tag.filter(|(_, _, tag)| is_word(tag));
            // Elsewhere a tag may be that of sources or of lines in a log, and `latest` is none of these; beside
            // a registry it may be what a build gives.
            let is_latest = |tag: &str| tag == LATEST && registry.is_none() && !is_of_release(key);
            let is_of_image = |(name, _, tag): &(&str, _, &str)| {
                is_image_key(key) || *name != "tag" || is_latest(tag)
            };
            let word = word.filter(|word| owner == Owner::Values && is_of_image(word))?;
            below("", at(word), Some(word.2))
        }
    };
    image.tag_at = tag.map(at);
    Some(image)
}

/// A registry that all images get, and where it stands: in the values, and in the resource.
pub(super) struct Shared<'a> {
    pub(super) host: &'a str,
    pub(super) path: ValuePath,
    pub(super) at: At,
}

/// Those of a map `global`: `imageRegistry`, `image.registry`, Istio's `hub`.
pub(super) fn of_all<'a>(node: Node<'a>, ground: &Ground<'_>, path: &ValuePath) -> Vec<Shared<'a>> {
    const KEYS: [&[&str]; 4] = [
        &["imageRegistry"],
        &["image", "registry"],
        &["registry"],
        &["hub"],
    ];
    let found = KEYS.iter().filter_map(|keys| {
        let mut path = path.clone();
        path.0
            .extend(keys.iter().map(|key| Step::Key((*key).to_owned())));
        shared(node.find(keys)?, ground, path)
    });
    found.collect()
}

/// The registry in a value that stands before the names of all images.
pub(super) fn shared<'a>(
    value: Node<'a>,
    ground: &Ground<'_>,
    path: ValuePath,
) -> Option<Shared<'a>> {
    let host = value.as_str().filter(|text| is_registry(text))?;
    let at = ground.at(&path, value);
    Some(Shared { host, path, at })
}

/// An image of which what it begins with is known, and perhaps its tag.
pub(super) fn below(start: &str, at: At, tag: Option<&str>) -> Image {
    let mut text = format!("{start}{REST}");
    if let Some(tag) = tag {
        text = format!("{text}:{tag}");
    }
    let mut image = Image::new(at, Place::Values, String::new(), text);
    image.is_known_field = false;
    image.is_complete = false;
    image
}

/// Whether a key is that of a release of a program, and not of an image.
fn is_of_release(key: &str) -> bool {
    let mut words = words_of(key).into_iter();
    words.any(|word| OF_RELEASES.contains(&word.as_str()))
}

/// Whether a tag is a word of letters alone, or several: `latest`, `main-latest`.
pub(super) fn is_word(tag: &str) -> bool {
    let is_letters =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    tag.split('-').all(is_letters)
}

/// Whether a text is the host of a registry alone.
fn is_host(text: &str) -> bool {
    !text.contains('/') && text.contains('.') && is_registry_host(text)
}

/// Whether a repository is what a public registry keeps images below, and the map that has it, with its key, is
/// not that of a chart, of sources or of what a build pushes.
fn is_group_of_images(text: &str, (key, around): (&str, Node<'_>)) -> bool {
    // Of these alone nothing tells an image from a chart.
    const OF_CHARTS: [&str; 3] = ["name", "type", "version"];
    const OF_IMAGES: [&str; 4] = ["tag", "imageTag", "pullPolicy", "imagePullPolicy"];
    let has = |keys: &[&str]| keys.iter().any(|key| around.get(key).is_some());
    let is_of_other = || has(&OTHER_REPOSITORIES) || (has(&OF_CHARTS) && !has(&OF_IMAGES));
    let is_of_build = || {
        words_of(key)
            .iter()
            .any(|word| OF_BUILDS.contains(&word.as_str()))
    };
    text.contains('/')
        && is_group(&Reference::parse(text))
        && !text.contains("chart")
        && !is_of_sources(text)
        && !is_of_sources(key)
        && !is_of_build()
        && !is_of_other()
}
