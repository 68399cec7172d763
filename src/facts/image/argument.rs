//! Arguments of commands that hand images on: flags that take one, labels of runners, and commands that pull.

use super::form::{is_image, is_in_full};
use super::key::is_pushed;
use super::runner;
use crate::model::{Node, Part};

/// Words before `pull` with which a command brings an image onto a node.
const PULLERS: [&str; 6] = ["crictl", "docker", "image", "images", "nerdctl", "podman"];

/// Flags that take an image and do not say so.
const FLAGS: [&str; 2] = ["prometheus-config-reloader", "config-reloader"];

/// An argument of a command that hands an image on.
pub(super) struct Argument<'a> {
    /// Which of the command's strings it is in.
    pub(super) index: usize,
    /// The part of the string.
    pub(super) part: Part,
    /// What a message calls it, with a verb.
    pub(super) subject: String,
    /// The flag that takes the image, unless its program is known to add the version.
    pub(super) flag: Option<&'a str>,
}

/// The arguments of a command that hand an image on.
pub(super) fn arguments<'a>(list: Node<'a>) -> Vec<Argument<'a>> {
    let mut found = Vec::new();
    let mut before: Option<&str> = None;
    for (index, item) in list.items().enumerate() {
        let Some(text) = item.as_str() else {
            before = None;
            continue;
        };
        let flag = before.and_then(bare_flag);
        if let Some(flag) = flag.filter(|_| is_image(text, false)) {
            found.push(of_flag(index, Part::within(text, text), flag));
        }
        for (label, part) in runner::labels(text) {
            found.push(without_flag(index, part, runner::names_label(label)));
        }
        for word in text.split_whitespace() {
            if let Some((flag, value)) = assignment(word) {
                found.push(of_flag(index, Part::within(text, value), flag));
            }
        }
        let pulled = pulled(text).into_iter();
        found.extend(pulled.map(|part| without_flag(index, part, "the script pulls".to_owned())));
        before = Some(text);
    }
    found
}

fn of_flag(index: usize, part: Part, flag: &str) -> Argument<'_> {
    Argument {
        flag: (takes_image(flag) == Some(false)).then_some(flag),
        ..without_flag(index, part, names_argument(flag))
    }
}

fn without_flag<'a>(index: usize, part: Part, subject: String) -> Argument<'a> {
    Argument {
        index,
        part,
        subject,
        flag: None,
    }
}

/// The images that the commands of a script pull onto the node: `docker pull ghcr.io/shop/web:1`.
fn pulled(script: &str) -> Vec<Part> {
    if !script.contains(" pull ") {
        return Vec::new();
    }
    let words: Vec<&str> = script.split([' ', '\n', ';']).collect();
    let pulls = words
        .windows(3)
        .filter(|words| PULLERS.contains(&words[0]) && words[1] == "pull" && is_in_full(words[2]));
    pulls.map(|words| Part::within(script, words[2])).collect()
}

/// What a message calls an argument.
pub(super) fn names_argument(flag: &str) -> String {
    format!("the argument `{flag}` names")
}

/// `--sidecar-image=quay.io/a/b:1`: the flag, and the image.
pub(super) fn assignment(word: &str) -> Option<(&str, &str)> {
    let (flag, value) = word.split_once('=')?;
    let value = value.trim_matches(['"', '\'']);
    let is_known = takes_image(flag)?;
    is_image(value, is_known).then_some((flag, value))
}

/// A flag whose value is the next argument.
fn bare_flag(text: &str) -> Option<&str> {
    (!text.contains(['=', ' ']))
        .then_some(text)
        .filter(|flag| takes_image(flag).is_some())
}

/// Whether a flag takes an image; inside, whether it is known to, by a program that knows its versions.
fn takes_image(flag: &str) -> Option<bool> {
    let name = flag.strip_prefix('-')?.trim_start_matches('-');
    if FLAGS.contains(&name) {
        return Some(true);
    }
    let is_taken = name.to_ascii_lowercase().ends_with("image") && !is_pushed(name);
    is_taken.then_some(name.ends_with("base-image"))
}
