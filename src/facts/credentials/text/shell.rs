//! The words of shell scripts and of lists of arguments, command by command.

use std::ops::Range;

use super::within::{script, within};
use super::word::Word;

/// What stands before commands whose output takes their place.
const OPEN: &str = "$(";

/// The commands in the items: those of each item that is a script, then the items as one. What a command runs
/// stands behind it.
pub(super) fn commands<'a>(items: &[&'a str]) -> Vec<Vec<Word<'a>>> {
    let mut commands: Vec<Vec<Word<'a>>> = Vec::new();
    let mut own: Vec<Word<'a>> = Vec::new();
    for (item, text) in items.iter().enumerate() {
        let whole = Word {
            text,
            item,
            offset: 0,
        };
        if text.split_whitespace().nth(1).is_some() {
            scripts(whole, &mut commands);
        }
        own.push(whole);
    }
    if let Some(within) = within(&own) {
        add(within.to_vec(), &mut commands);
    }
    commands.push(own);
    commands
}

/// The commands of a word that is a script, with what they run.
pub(in crate::facts::credentials) fn commands_in(script: Word<'_>) -> Vec<Vec<Word<'_>>> {
    let mut commands = Vec::new();
    scripts(script, &mut commands);
    commands
}

/// Reads a word as a shell script, command by command.
fn scripts<'a>(script: Word<'a>, commands: &mut Vec<Vec<Word<'a>>>) {
    let mut words: Vec<Word<'a>> = Vec::new();
    for token in shell(script.text) {
        match token {
            Some(range) => {
                let word = part(script, range.clone());
                let is_literal = script.text[..range.start].ends_with('\'');
                if !is_literal && let Some(inner) = substitution(word.text) {
                    scripts(part(word, inner), commands);
                }
                words.push(word);
            }
            None => add(std::mem::take(&mut words), commands),
        }
    }
    add(words, commands);
}

fn part(word: Word<'_>, range: Range<usize>) -> Word<'_> {
    Word {
        text: &word.text[range.clone()],
        offset: word.offset + range.start,
        ..word
    }
}

/// The commands whose output stands first in a quoted word: `"$(curl -u a:b http://c)"`.
fn substitution(word: &str) -> Option<Range<usize>> {
    let start = word.find(OPEN)? + OPEN.len();
    Some(start..closing(word.as_bytes(), start)?)
}

/// Where the parenthesis is closed that is open before a byte.
fn closing(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, &byte) in bytes.iter().enumerate().skip(start) {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') if depth == 0 => return Some(at),
            (None, b')') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Adds a command and what it runs.
fn add<'a>(words: Vec<Word<'a>>, commands: &mut Vec<Vec<Word<'a>>>) {
    let within = within(&words).map(<[_]>::to_vec);
    let script = script(&words);
    commands.push(words);
    if let Some(within) = within {
        add(within, commands);
    } else if let Some(script) = script {
        scripts(script, commands);
    }
}

/// The words of a script without quotes around them; `None` where a command ends.
fn shell(text: &str) -> Vec<Option<Range<usize>>> {
    let bytes = text.as_bytes();
    let mut words = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' | b';' | b'|' | b'&' | b'(' | b')' => {
                words.push(None);
                at += 1;
            }
            b'\\' if bytes.get(at + 1) == Some(&b'\n') => at += 2,
            byte if byte.is_ascii_whitespace() => at += 1,
            b'#' => {
                at += bytes[at..]
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .unwrap_or(bytes.len() - at)
            }
            _ => {
                let end = word_end(bytes, at);
                words.push(Some(without_quotes(bytes, at..end)));
                at = end;
            }
        }
    }
    words
}

fn word_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut quote) = (start, None);
    while let Some(&byte) = bytes.get(at) {
        match quote {
            // Quotes within are those of the command.
            Some(b'"') if bytes[at..].starts_with(OPEN.as_bytes()) => {
                at = closing(bytes, at + OPEN.len()).unwrap_or(at);
            }
            Some(open) if byte == open => quote = None,
            Some(b'"') | None if byte == b'\\' => at += 1,
            Some(_) => {}
            None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None if byte.is_ascii_whitespace() || b";|&()".contains(&byte) => break,
            None => {}
        }
        at += 1;
    }
    at.min(bytes.len())
}

pub(in crate::facts::credentials) fn without_quotes(
    bytes: &[u8],
    range: Range<usize>,
) -> Range<usize> {
    let word = &bytes[range.clone()];
    match (word.first(), word.last()) {
        (Some(first @ (b'"' | b'\'')), Some(last)) if first == last && word.len() >= 2 => {
            range.start + 1..range.end - 1
        }
        _ => range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let whole = Word {
            text,
            item: 0,
            offset: 0,
        };
        let commands = commands_in(whole).into_iter();
        let joined = commands.map(|words| {
            for word in &words {
                assert_eq!(&text[word.offset..][..word.text.len()], word.text);
            }
            let words: Vec<&str> = words.iter().map(|word| word.text).collect();
            words.join(" ")
        });
        joined.filter(|one| !one.is_empty()).collect()
    }

    #[test]
    fn what_stands_in_quotes_for_its_output_is_a_command() {
        let curl = "curl -u a:b c";
        for (text, expected) in [
            ("[[ \"$(curl -u a:b c)\" != 200 ]]", true),
            ("test \"x $(curl -u a:b c)\" = 200", true),
            ("echo \"$(curl -H \"a: (b)\" -u a:b c)\"", false),
            ("echo '$(curl -u a:b c)'", false),
            ("echo \"$(curl -u a:b c\"", false),
        ] {
            let found = read(text);
            assert_eq!(found.iter().any(|one| one == curl), expected, "{found:?}");
        }
        assert_eq!(
            read("echo \"$(curl -H \"a: (b)\" -u a:b c)\" d"),
            [
                "curl -H a: (b) -u a:b c",
                "echo $(curl -H \"a: (b)\" -u a:b c) d"
            ]
        );
    }
}
