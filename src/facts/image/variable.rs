//! Variables that hand images on, by their names and values, and what the others of a container say of such an image:
//! its version, its registry.

use super::form::{is_file, is_image, is_listed, is_official, is_path, is_well_known};
use super::key::{is_of_sources, is_pushed, lists_images, words_of};
use super::named::Image;
use super::placeholder::holds_placeholder;
use super::reference::{DEFAULT_REGISTRY, Reference};
use crate::model::{Node, Part};

/// What a variable begins with that operators of the Operator Lifecycle Manager are given.
const RELATED: &str = "RELATED_IMAGE_";

/// What variables of Strimzi's operator begin with that hold an image and need not say so.
const DEFAULT: &str = "STRIMZI_DEFAULT_";

/// How the name of a variable ends that is an image, so that its value may be a path alone.
const IMAGE: &str = "IMAGE";

/// Other ends of the names of variables that hold one.
const VARIABLES: [&str; 5] = [
    "_IMG",
    "_IMAGE_NAME",
    "_IMAGE_REF",
    "_IMAGE_URI",
    "_IMAGE_URL",
];

/// Ends of the names of variables that are an image and nothing else, so that a name alone is one of Docker Hub.
const CERTAIN: [&str; 3] = ["BASE_IMAGE", "CONTAINER_IMAGE", "DOCKER_IMAGE"];

/// Words that say that there is no image, or that a program chooses one.
const NO_NAMES: [&str; 9] = [
    "auto", "default", "disabled", "false", "image", "latest", "none", "null", "true",
];

/// What KServe has an address of a model in, which may be an image.
const MODEL: (&str, &str) = ("STORAGE_URI", "oci://");

/// Words with which a variable says that it holds a version.
const VERSIONS: [&str; 4] = ["tag", "tags", "version", "versions"];

/// Words with which it says that it holds a registry, or what names in one begin with.
const REGISTRIES: [&str; 5] = ["hub", "registry", "repo", "repository", "repositories"];

/// More words that say what of an image a variable holds, not of which.
const OF_ANY: [&str; 13] = [
    "all", "default", "docker", "host", "image", "images", "img", "name", "ref", "related",
    "server", "uri", "url",
];

/// The variables of a container.
pub(super) struct Variables<'a> {
    /// Each with its value, if that is written.
    all: Vec<(&'a str, Option<&'a str>)>,
}

impl<'a> Variables<'a> {
    pub(super) fn of(container: Node<'a>) -> Self {
        let entries = container.get("env").into_iter().flat_map(Node::items);
        let variable = |entry: Node<'a>| {
            let name = entry.get("name")?.as_str()?;
            Some((name, entry.string("value")))
        };
        Self {
            all: entries.filter_map(variable).collect(),
        }
    }

    /// Those and the flags of its command, which are named in the same words.
    pub(super) fn with_flags(container: Node<'a>) -> Self {
        let lists = ["command", "args"].map(|key| container.get(key));
        let texts = lists.into_iter().flatten().flat_map(Node::items);
        let words = texts
            .filter_map(Node::as_str)
            .flat_map(str::split_whitespace);
        let flags = words.filter(|word| word.starts_with('-'));
        let named = flags.map(|flag| match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag, None),
        });
        let mut variables = Self::of(container);
        variables.all.extend(named);
        variables
    }

    /// Whether one of them is, by its name, the version of the image that a variable hands on.
    pub(super) fn version(&self, name: &str, image: &str) -> bool {
        let mut names = self.all.iter().map(|(other, _)| *other);
        names.any(|other| belongs(other, &VERSIONS, (name, image)))
    }

    /// Whether one of them is, by its name, the registry of the image that a variable hands on without one, and may be
    /// another than what is meant without it.
    pub(super) fn registry(&self, name: &str, image: &str) -> bool {
        !Reference::names_registry(image)
            && self.all.iter().any(|(other, value)| {
                belongs(other, &REGISTRIES, (name, image)) && names_other_registry(*value)
            })
    }
}

/// Whether a value may be the host of another registry than that of references that name none.
fn names_other_registry(value: Option<&str>) -> bool {
    let Some(value) = value.filter(|value| !holds_placeholder(value)) else {
        return true;
    };
    let start = value.rsplit("://").next().unwrap_or_default();
    let below = format!("{}/x", start.trim_end_matches('/'));
    let is_hosted = Reference::names_registry(&below);
    is_hosted && Reference::parse(&below).registry != DEFAULT_REGISTRY && !is_of_sources(value)
}

/// Whether a variable holds a part of the image that another one names: `WEB_TAG` of `WEB_IMAGE`, `NGINX_VERSION` of
/// `WEB_IMAGE` with `quay.io/shop/nginx`, `IMAGE_TAG` of all. A bare `VERSION` is the program's own where images have
/// names.
fn belongs(other: &str, parts: &[&str], (name, image): (&str, &str)) -> bool {
    let words = words_of(other);
    if other == name || !words.iter().any(|word| parts.contains(&word.as_str())) {
        return false;
    }
    let (about, of) = (subject(&words), subject(&words_of(name)));
    if about.is_empty() {
        return of.is_empty() || words != ["version"];
    }
    let reference = Reference::parse(image).name;
    let own = words_of(reference.rsplit('/').next().unwrap_or_default());
    let is_within = |some: &[String], all: &[String]| some.iter().all(|word| all.contains(word));
    is_within(&about, &of) || (!of.is_empty() && is_within(&of, &about)) || is_within(&about, &own)
}

/// What the name of a variable says that it is about.
fn subject(words: &[String]) -> Vec<String> {
    let is_of_any = |word: &&String| {
        let lists: [&[&str]; 3] = [&VERSIONS, &REGISTRIES, &OF_ANY];
        lists.iter().any(|list| list.contains(&word.as_str()))
    };
    words
        .iter()
        .filter(|word| !is_of_any(word))
        .cloned()
        .collect()
}

/// Marks what a variable of the Operator Lifecycle Manager has added, whose value is a reference in
/// full: nothing adds a tag.
pub(super) fn mark_whole(name: &str, found: &mut [Image]) {
    if let Some(image) = found.last_mut().filter(|_| name.starts_with(RELATED)) {
        image.is_complete = true;
    }
}

/// The images that a `{name, value}` pair hands on: the value, the part of its text, and the name.
/// A variable in the plural lists several.
pub(super) fn variables<'a>(node: Node<'a>) -> Vec<(Node<'a>, Part, &'a str)> {
    let text = |key| node.string(key);
    let (Some(value), Some(name), Some(all)) = (node.get("value"), text("name"), text("value"))
    else {
        return Vec::new();
    };
    if lists_images(name) {
        let parts = listed(all).into_iter();
        return parts.map(|part| (value, part, name)).collect();
    }
    let image = match name == MODEL.0 {
        true => all.strip_prefix(MODEL.1),
        false => hands_on(name, all).then_some(all),
    };
    let image = image.map(|image| (value, Part::within(all, image), name));
    image.into_iter().collect()
}

/// The images that a text lists, each perhaps behind a version and `=`, as far as they name a registry or a
/// version.
pub(super) fn listed(all: &str) -> Vec<Part> {
    let words = all.split([' ', '\n', ',', ';']);
    let references = words.map(|word| word.split_once('=').map_or(word, |(_, image)| image));
    let images = references.filter(|text| text.contains('/') && is_image(text, false));
    images.map(|text| Part::within(all, text)).collect()
}

/// Whether a variable of this name hands on the image that its value is.
pub(super) fn hands_on(name: &str, value: &str) -> bool {
    let is_related = name.starts_with(RELATED);
    let is_named = is_related
        || [IMAGE, "Image"].iter().any(|end| name.ends_with(end))
        || VARIABLES.iter().any(|end| name.ends_with(end));
    let is_default = name.starts_with(DEFAULT) && is_listed(value);
    let is_run = is_related || !is_pushed(name);
    is_default
        || (is_named && is_run && (is_image(value, is_related) || hands_on_path(name, value)))
        || (is_called_image(name) && is_known_name(value))
        || is_certain_name(name, value)
}

/// Whether a variable that can be nothing but an image holds a name alone.
pub(super) fn is_certain_name(name: &str, value: &str) -> bool {
    let is_certain = || {
        let mut starts = CERTAIN.iter().filter_map(|end| name.strip_suffix(end));
        starts.any(|start| !is_pushed(&format!("{start}{IMAGE}")))
    };
    let is_letter = |byte: u8| byte.is_ascii_lowercase();
    !value.contains(['/', ':', '@'])
        && is_certain()
        && value.bytes().any(is_letter)
        && !NO_NAMES.contains(&value)
        && !is_file(value)
        && !holds_placeholder(value)
        && Reference::parse(value).is_valid()
}

/// Whether a variable of this name hands on an image whose registry and version its program knows.
pub(super) fn hands_on_path(name: &str, value: &str) -> bool {
    is_called_image(name) && is_path(value)
}

/// Whether a variable says which image it is. What is called image alone is mostly what a script builds.
fn is_called_image(name: &str) -> bool {
    name.len() > IMAGE.len() && name.ends_with(IMAGE) && !is_pushed(name)
}

/// Whether a text is the name alone of an image that nobody builds under that name.
fn is_known_name(text: &str) -> bool {
    !text.contains(['/', ':', '@']) && (is_well_known(text) || is_official(text))
}

/// What a message calls a variable.
pub(super) fn names_variable(name: &str) -> String {
    format!("the variable `{name}` names")
}

/// Whether an entry is called as variables are: `SHOP_IMAGE`.
pub(super) fn is_variable(key: &str) -> bool {
    key.contains('_') && !key.bytes().any(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_of_the_image_that_has_its_name() {
        let image = ("WEB_SHOP_IMAGE", "quay.io/a/nginx");
        for name in [
            "WEB_SHOP_VERSION",
            "WEB_TAG",
            "WEB_SHOP_IMAGE_TAG",
            "WEB_SHOP_DEMO_VERSION",
            "NGINX_VERSION",
            "IMAGE_TAG",
            "TAG",
            "DEFAULT_IMAGE_VERSION",
        ] {
            assert!(belongs(name, &VERSIONS, image), "{name}");
        }
        for name in [
            "VERSION",
            "OPERATOR_VERSION",
            "WEB_OTHER_TAG",
            "STAGE",
            "WEB_SHOP_PORT",
            "WEB_SHOP_IMAGE",
        ] {
            assert!(!belongs(name, &VERSIONS, image), "{name}");
        }
        assert!(belongs("VERSION", &VERSIONS, ("IMAGE", "quay.io/a/b")));
    }
}
