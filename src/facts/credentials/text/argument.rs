//! A credential on a command line.

use std::ops::Range;

use super::word::Word;
use crate::facts::credentials::key::Meaning;

/// A value on a command line that its flag or program makes a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::facts::credentials) struct Argument {
    /// What the flag or variable means.
    pub meaning: Meaning,
    /// The flag or variable.
    pub key: String,
    /// Which item of the list.
    pub item: usize,
    /// The value's bytes in the item.
    pub value: Range<usize>,
    /// The user that the command names beside it: an item and bytes in it.
    pub user: Option<(usize, Range<usize>)>,
}

impl Argument {
    /// Of `user:password` the password alone is the credential.
    pub(super) fn pass_over_user(&mut self, item: &str) {
        let value = item.get(self.value.clone()).unwrap_or_default();
        if self.meaning == Meaning::Login
            && let Some((user, _)) = value.split_once(':')
        {
            self.value.start += user.len() + 1;
            self.meaning = Meaning::Password;
        }
    }
}

/// The whole of a word, which a flag or variable makes a credential.
pub(super) fn argument(meaning: Meaning, key: &str, word: &Word<'_>) -> Argument {
    let value = word.offset..word.offset + word.text.len();
    Argument {
        meaning,
        key: key.to_owned(),
        item: word.item,
        value,
        user: None,
    }
}

/// A part of a word, which a flag or program makes a credential.
pub(super) fn part(meaning: Meaning, key: &str, word: &Word<'_>, range: Range<usize>) -> Argument {
    Argument {
        user: None,
        meaning,
        key: key.to_owned(),
        item: word.item,
        value: word.offset + range.start..word.offset + range.end,
    }
}
