//! Parameters of pipelines, workflows and templates: a container whose image is a parameter runs
//! what the parameter is given, and what a run hands on by such a name is an image, too.

use std::collections::{BTreeSet, HashSet};

use super::form::{is_file, is_listed, is_registry_host};
use super::key::words_of;
use super::keyed::visit_keyed;
use super::placeholder::holds_placeholder;
use super::reference::Reference;
use super::style::Style;
use super::task::is_of_task;
use super::{At, Image, Place};
use crate::model::{Node, Part, Resource, ValuePath};

/// Words in the name of a parameter for an image that a build pushes.
const PUSHED: [&str; 7] = [
    "output",
    "target",
    "dest",
    "destination",
    "push",
    "result",
    "new",
];

/// Words in the name of one that nothing runs, such as what a scan looks at, or a build keeps its layers in.
const LOOKED_AT: [&str; 3] = ["cache", "url", "scan"];

/// What tools that copy images put before the name of one in a registry.
const SCHEME: &str = "docker://";

/// What stands between the words of a name.
const SEPARATORS: [char; 3] = ['-', '_', '.'];

/// Words for the address of an image.
const ADDRESSES: [&str; 3] = ["image-url", "image-name", "image-ref"];

/// A parameter and what it is given.
struct Given<'a> {
    name: &'a str,
    value: &'a str,
    path: ValuePath,
}

/// Adds what the parameters are given that an image of the same resource refers to, or that say by
/// their name that they are images to run.
///
/// `run` holds where a value is given to what runs it as an image.
pub(super) fn images(
    resource: &Resource,
    style: &Style,
    run: &HashSet<ValuePath>,
    found: &mut Vec<Image>,
) {
    let parameters = given(resource, style);
    fill_tags(&parameters, style, found);
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let (slots, others): (Vec<&Image>, Vec<&Image>) =
        found.iter().partition(|image| image.is_slot());
    let texts = |images: Vec<&Image>| -> Vec<String> {
        images.into_iter().map(|image| image.text.clone()).collect()
    };
    let (slots, written) = (texts(slots), texts(others));
    names.extend(written.iter().filter_map(|text| style.named_by(text)));
    let of_slots: BTreeSet<&str> = slots
        .iter()
        .filter_map(|text| style.parameter(text))
        .collect();
    // What runs in a slot comes from elsewhere, unless the parameter says where it lies.
    let in_path = parameters
        .iter()
        .filter(|given| of_slots.contains(given.name) && given.value.contains('/'));
    names.extend(in_path.map(|given| given.name));
    // A parameter may be handed on by another name.
    loop {
        let handed_on = parameters
            .iter()
            .filter(|given| names.contains(given.name))
            .filter_map(|given| style.parameter(given.value));
        let handed_on: Vec<&str> = handed_on.filter(|name| !names.contains(name)).collect();
        if handed_on.is_empty() {
            break;
        }
        names.extend(handed_on);
    }
    let run_elsewhere = parameters.iter().filter(|given| run.contains(&given.path));
    let handed_on: BTreeSet<&str> = run_elsewhere
        .filter_map(|given| style.parameter(given.value))
        .collect();
    let is_run = |given: &Given<'_>| {
        run.contains(&given.path) || (handed_on.contains(given.name) && !is_of_task(&given.path))
    };
    let text = resource.node().text();
    let before = found.len();
    for given in &parameters {
        let is_literal = style.parameter(given.value).is_none();
        let is_used = is_literal && (names.contains(given.name) || is_run(given));
        if is_used || given.says_image() {
            let mut image = given.image(is_used, text, style);
            let users = || found[..before].iter().filter(|one| !one.is_slot());
            let mut tags = users().filter_map(|user| style.tag_beside(&user.text, given.name));
            if let Some(tag) = tags.find_map(|tag| value_of(tag, &parameters, style)) {
                image.add_tag(tag.value, At::whole(tag.path.clone()));
            }
            let runs_it = |user: &&Image| style.named_by(&user.text) == Some(given.name);
            let mut own = users().filter(runs_it).peekable();
            image.is_registry_elsewhere =
                own.peek().is_some() && own.all(|user| user.is_registry_elsewhere);
            let mut policies = users()
                .filter(runs_it)
                .filter_map(|user| user.policy.clone());
            image.policy = policies.next();
            image.other_policies = policies.collect();
            found.push(image);
        }
    }
}

/// Puts in the tags that parameters give to references of which everything else is written.
fn fill_tags(parameters: &[Given<'_>], style: &Style, found: &mut [Image]) {
    for image in found.iter_mut().filter(|image| !image.is_slot()) {
        let Some((name, tag)) = image.text.rsplit_once(':') else {
            continue;
        };
        let tag = style.parameter(tag).filter(|_| !holds_placeholder(name));
        let end = name.len();
        if let Some(tag) = tag.and_then(|tag| value_of(tag, parameters, style)) {
            image.text.truncate(end);
            image.add_tag(tag.value, At::whole(tag.path.clone()));
        }
    }
}

/// The one value that is given to a parameter; none where several are.
fn value_of<'g, 'a>(name: &str, all: &'g [Given<'a>], style: &Style) -> Option<&'g Given<'a>> {
    let is_told = |given: &&Given<'_>| given.name == name && style.parameter(given.value).is_none();
    let mut told = all.iter().filter(is_told);
    let first = told.next()?;
    told.next().is_none().then_some(first)
}

impl Given<'_> {
    /// Whether name and value say together that it is an image to run.
    fn says_image(&self) -> bool {
        let value = self.reference();
        let is_hosted = || {
            let reference = Reference::parse(value);
            reference.is_valid()
                && !reference.is_placeholder
                && Reference::names_registry(value)
                && (reference.is_versioned() || is_registry_host(&reference.registry))
                && !is_file(value)
        };
        match says_image(self.name) {
            true => is_listed(value) || is_hosted(),
            false if holds_image(self.name) && is_listed(value) => true,
            false => (self.is_copied() || self.is_address()) && is_hosted(),
        }
    }

    /// Whether it says itself that a tool gets it from a registry.
    fn is_copied(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        let is_pushed = name.split(SEPARATORS).any(|word| PUSHED.contains(&word));
        self.value.starts_with(SCHEME) && !is_pushed
    }

    /// Whether it is called an image's address, where a run or a pipeline has it. What a pipeline hands
    /// to one of its tasks by such a name is what the task looks at.
    fn is_address(&self) -> bool {
        says_address(self.name) && !is_of_task(&self.path)
    }

    /// What is given, without the word that tools for registries put before it.
    fn reference(&self) -> &str {
        self.value.strip_prefix(SCHEME).unwrap_or(self.value)
    }

    /// The image; what runs in it may have its tag from another parameter.
    fn image(&self, is_used: bool, resource: &str, style: &Style) -> Image {
        let is_tagged = resource.contains(&format!("{}{}:", self.name, style.close));
        let subject = format!("the parameter `{}` names", self.name);
        let reference = self.reference();
        let part = Part {
            start: self.value.len() - reference.len(),
            length: reference.len(),
        };
        let at = At {
            part: (part.start > 0).then_some(part),
            path: self.path.clone(),
        };
        let mut image = Image::new(at, Place::CustomResource, subject, reference.to_owned());
        image.is_complete = image.reference.is_versioned() || !is_tagged;
        image.is_known_field = is_used || says_image(self.name) || holds_image(self.name);
        image
    }
}

fn given<'a>(resource: &'a Resource, style: &Style) -> Vec<Given<'a>> {
    let mut found = Vec::new();
    let mut path = ValuePath::default();
    visit_keyed(
        resource.node(),
        style.list,
        Node::is_sequence,
        &mut path,
        &mut |list, path| {
            for (index, parameter) in list.items().enumerate() {
                let text = |key| parameter.string(key);
                for key in ["default", "value"] {
                    let value = text(key).filter(|text| !text.trim().is_empty());
                    if let (Some(name), Some(value)) = (text("name"), value) {
                        let path = path.clone().index(index).key(key);
                        found.push(Given { name, value, path });
                    }
                }
            }
        },
    );
    found
}

/// Whether a name says which image it is: `builder-image`, `DB_IMAGE`. Tasks that build call what
/// they push `IMAGE` alone.
fn says_image(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let qualifier = lower.strip_suffix("image").map(qualifier);
    qualifier.is_some_and(|qualifier| !qualifier.is_empty() && is_run(qualifier))
}

/// Whether a name says behind the word image which one it is: `compile-image-npm`. A value has to show it.
fn holds_image(name: &str) -> bool {
    const OTHERS: [&str; 9] = [
        "digest",
        "name",
        "ref",
        "reference",
        "registry",
        "repo",
        "repository",
        "stream",
        "to",
    ];
    let words = words_of(name);
    let Some(at) = words.iter().position(|word| word == "image") else {
        return false;
    };
    let (before, after) = (&words[..at], &words[at + 1..]);
    let is_other = |word: &String| OTHERS.contains(&word.as_str());
    !after.is_empty()
        && !after.iter().any(is_other)
        && is_run(&before.join("-"))
        && after.iter().all(|word| is_run(word) || word == "app")
}

/// Whether a name says that it is an image's address: `image-url`, `base-image-name`,
/// `image-url-of-builder`. What a build pushes is called so as well, in a pipeline of its own.
fn says_address(name: &str) -> bool {
    let lower = name.to_ascii_lowercase().replace('_', "-");
    let found = ADDRESSES.iter().find_map(|end| lower.split_once(end));
    found.is_some_and(|(before, after)| {
        is_run(qualifier(before)) && (after.is_empty() || after.starts_with('-')) && is_run(after)
    })
}

fn qualifier(before: &str) -> &str {
    before.trim_end_matches(SEPARATORS)
}

/// Whether words beside `image` leave it one that runs: `app-image` is pushed, and `app-base-image` is
/// what it is made from.
fn is_run(words: &str) -> bool {
    let mut words = words.rsplit(SEPARATORS);
    let is_app = words.clone().next() == Some("app");
    !is_app && !words.any(|word| PUSHED.contains(&word) || LOOKED_AT.contains(&word))
}
