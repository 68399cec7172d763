//! A copy of what a kustomization uses in which values bear marks: short words, one for each value,
//! that a build carries along, so that its output tells which value came where.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::sheet::{Spot, View};
use super::window::Window;
use crate::model::Span;

/// How many characters tell a mark from others.
const DIGITS: usize = 5;
/// Numbers that stand for marks where only a number may stand.
const FIRST_NUMBER: i64 = 900_000_000_000;
/// How much is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All that usually does no harm.
    Most,
    /// Only what cannot be a name or a label by which something else is found.
    Least,
    /// Nothing, so that no more than the files of the objects is told.
    Nothing,
}

/// What wrote a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// A resource's own file.
    Base,
    /// What is laid over it.
    Patch,
    /// A setting of a kustomization, or what a generator reads.
    Setting,
}

/// A marked value.
#[derive(Debug)]
pub(super) struct Mark {
    pub role: Role,
    /// The value's bytes in its file.
    pub spot: Spot,
    /// How the value stands there.
    pub window: Option<Window>,
    /// The value as it is without the mark.
    pub original: String,
    /// How many of its last bytes follow the mark.
    pub tail: usize,
    /// The value in its document, and the value up to which ways in the document are ways in the resource.
    pub leaf: Option<Leaf>,
    /// The key under which a setting gives the value.
    pub key: Option<Span>,
    /// Whether it stands for an image's name alone, within what has a mark as a whole.
    pub is_name: bool,
}

/// A value in a document.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub view: Arc<View>,
    pub node: u32,
    pub top: u32,
}

/// A value by which a patch finds an item of a list, or makes one where it finds none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finder {
    /// The kind of the object, if the patch tells it.
    pub kind: Option<String>,
    /// The object's name before others change it, if the patch tells it.
    pub name: Option<String>,
    pub key: String,
    pub text: String,
}

impl Finder {
    /// Whether it may be about an object of this kind and name.
    pub(super) fn is_about(&self, kind: &str, name: &str) -> bool {
        let is_kind = self.kind.as_deref().is_none_or(|own| own == kind);
        is_kind && self.name.as_deref().is_none_or(|own| name.contains(own))
    }
}

/// The marked copy.
#[derive(Debug, Default)]
pub(super) struct Marked {
    /// The texts that differ from the user's files.
    pub texts: BTreeMap<PathBuf, String>,
    pub marks: Vec<Mark>,
    /// Settings that bear no mark, since other things are found by what they make.
    pub unmarked: BTreeSet<String>,
    /// What patches find items of lists by.
    pub finders: BTreeSet<Finder>,
    word: String,
}

impl Marked {
    /// A copy without marks; no text may hold the word that they begin with.
    pub(super) fn new(word: String) -> Self {
        Self {
            word,
            ..Self::default()
        }
    }

    /// The word of the mark that comes next; `None` if there are too many.
    pub(super) fn next_word(&self) -> Option<String> {
        let id = self.marks.len();
        (id < 36_usize.pow(5)).then(|| format!("{}{}", self.word, in_base_36(id)))
    }

    /// A pattern for what a mark may add to a text.
    pub(super) fn pattern(&self) -> String {
        format!("({}{}|)", self.word, ".".repeat(DIGITS))
    }

    /// The number of the mark that comes next.
    pub(super) fn next_number(&self) -> i64 {
        FIRST_NUMBER + i64::try_from(self.marks.len()).unwrap_or_default()
    }

    /// Whether anything is marked.
    pub(super) fn has_marks(&self) -> bool {
        !self.marks.is_empty()
    }

    /// A marked text without its marks, and where in it each of them stood.
    pub(super) fn strip(&self, text: &str) -> (String, Vec<(usize, &Mark)>) {
        let (mut clean, mut found) = (String::new(), Vec::new());
        let mut rest = text;
        while let Some(at) = rest.find(&self.word) {
            let (before, after) = (&rest[..at], &rest[at + self.word.len()..]);
            clean.push_str(before);
            let digits = after.get(..DIGITS).unwrap_or_default();
            let mark = usize::from_str_radix(digits, 36);
            if let Some(mark) = mark.ok().and_then(|id| self.marks.get(id)) {
                found.push((clean.len(), mark));
            }
            rest = after.get(DIGITS..).unwrap_or_default();
        }
        clean.push_str(rest);
        (clean, found)
    }

    /// The mark that a number stands for.
    pub(super) fn of_number(&self, number: i64) -> Option<&Mark> {
        let id = usize::try_from(number.checked_sub(FIRST_NUMBER)?).ok()?;
        self.marks.get(id)
    }
}

fn in_base_36(mut number: usize) -> String {
    let mut digits = [b'0'; DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
        number /= 36;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// An image without tag and digest.
pub(super) fn image_name(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    match image.rfind(':') {
        Some(colon) if !image[colon..].contains('/') => &image[..colon],
        _ => image,
    }
}
