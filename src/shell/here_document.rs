//! Texts that a shell's text holds for a command to read.

use std::ops::Range;

/// The texts between `<<EOF` and the line that is `EOF` alone.
pub(crate) fn here_documents(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut open): (_, Option<(&str, usize)>) = (Vec::new(), None);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        match open {
            Some((end, start)) if line.trim() == end => {
                found.push(start..at);
                open = None;
            }
            None => open = delimiter(line).map(|end| (end, at + line.len())),
            Some(_) => {}
        }
        at += line.len();
    }
    found
}

/// The line that begins a here-document, which begins behind it.
pub(crate) fn line_of<'t>(text: &'t str, document: &Range<usize>) -> &'t str {
    let before = text[..document.start].trim_end_matches('\n');
    before.rsplit('\n').next().unwrap_or_default()
}

/// The word that ends the here-document that a line begins.
fn delimiter(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("<<")?;
    let word = rest.trim_start_matches(['-', '~', ' ', '\'', '"', '\\']);
    let end = word.find(|it: char| !(it.is_ascii_alphanumeric() || it == '_'));
    let word = &word[..end.unwrap_or(word.len())];
    (!word.is_empty() && !rest.starts_with('<')).then_some(word)
}
