//! Flags and assignments on command lines, whatever they mean.

use std::ops::Range;

use super::shell::commands;
use super::word::Word;
use crate::facts::credentials::value::off::Form;

/// A flag on a command line.
pub(in crate::facts::credentials) struct Flag<'a> {
    /// Its name without dashes.
    pub key: &'a str,
    /// Which item of the list it stands in.
    pub item: usize,
    /// Its bytes in the item.
    pub whole: Range<usize>,
    /// Item and bytes of its value: behind `=`, or the next word.
    pub value: Option<(usize, Range<usize>)>,
    /// Whether the value stands behind `=`.
    pub is_joined: bool,
    /// Whether it is written as one: else it is an assignment.
    pub has_dashes: bool,
    /// Whether Java's machine reads it: `-Dkey=value`.
    pub is_property: bool,
}

impl Flag<'_> {
    /// How it is written.
    pub(in crate::facts::credentials) fn form(&self) -> Form {
        match (self.is_property, self.has_dashes) {
            (true, _) => Form::Property,
            (false, true) => Form::Flag,
            (false, false) => Form::Setting,
        }
    }
}

/// The flags and assignments in the items of a command, whatever they mean.
pub(in crate::facts::credentials) fn flags<'a>(items: &[&'a str]) -> Vec<Flag<'a>> {
    let mut found = Vec::new();
    for words in commands(items) {
        for (at, word) in words.iter().enumerate() {
            found.extend(flag(*word, words.get(at + 1)));
        }
    }
    found
}

/// The flag or assignment that a word is; the value of a flag may be the next one.
fn flag<'a>(word: Word<'a>, next: Option<&Word<'a>>) -> Option<Flag<'a>> {
    let name = word.text.trim_start_matches('-');
    let has_dashes = name.len() < word.text.len();
    let end = word.offset + word.text.len();
    let joined = name.split_once('=');
    if joined.is_none() && (!has_dashes || name.is_empty()) {
        return None;
    }
    let next = next.filter(|next| !next.text.starts_with('-'));
    let behind = next.map(|next| (next.item, next.offset..next.offset + next.text.len()));
    let (key, value) = match joined {
        Some((key, value)) => {
            let range = end - value.len()..end;
            (own_key(key, has_dashes), Some((word.item, range)))
        }
        None => (name, behind),
    };
    Some(Flag {
        key,
        item: word.item,
        whole: word.offset..end,
        value,
        is_joined: joined.is_some(),
        has_dashes,
        is_property: word.text.starts_with("-D"),
    })
}

/// A key without what marks a property of Java or Elasticsearch: `-Dkey=value`, `-Ekey=value`.
fn own_key(key: &str, has_dashes: bool) -> &str {
    match key.strip_prefix(['D', 'E']) {
        Some(rest) if has_dashes && rest.contains('.') => rest,
        _ => key,
    }
}
