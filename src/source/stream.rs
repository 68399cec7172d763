//! The documents of a text, YAML or JSON, as its name and its first sign say.

use std::path::Path;

use super::document::{Document, Stream, read_yaml};
use super::json::read_json;
use super::mend::{first_of_each, other_branches, without_broken_lines};
use super::token::without_tokens;

/// As kubectl does: what begins with a brace is JSON, or else YAML in flow style.
pub(super) fn documents(text: &str, name: &str) -> Stream {
    let is_json_file = is_json(name);
    let first = text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .chars()
        .next();
    if !is_json_file && first != Some('{') {
        return read_with_tokens(text);
    }
    let json = read_json(text);
    if json.broken.is_empty() || is_json_file {
        json
    } else {
        read_yaml(text)
    }
}

/// Reads the documents of a text, with placeholders in the place of tokens without which more of them are YAML.
fn read_with_tokens(text: &str) -> Stream {
    let stream = read_yaml(text);
    let filled = match stream.broken.is_empty() {
        true => None,
        false => without_tokens(text),
    };
    let filled = filled.map(|text| read_yaml(&text));
    let better = filled.filter(|filled| filled.broken.len() < stream.broken.len());
    better.unwrap_or(stream)
}

/// The documents of a text; where its lines do not fit together, as far as they do.
pub(super) fn readable_documents(text: &str, name: &str) -> Vec<Document> {
    mended_documents(text, documents(text, name))
}

/// What was read of a text, and of its broken documents what they hold beside the lines that break them.
pub(super) fn mended_documents(text: &str, stream: Stream) -> Vec<Document> {
    let broken = first_of_each(text, &stream.broken);
    let mended = broken.flat_map(|broken| without_broken_lines(text, broken).0);
    stream.documents.into_iter().chain(mended).collect()
}

/// Some documents of a text, with those that the other branches of its template make of them.
pub(super) fn with_other_branches(text: &str, mut documents: Vec<Document>) -> Vec<Document> {
    let others = documents.iter().flat_map(|one| other_branches(text, one));
    let others: Vec<Document> = others.collect();
    documents.extend(others);
    documents
}

/// Whether a file is JSON by its name.
pub(super) fn is_json(name: &str) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}
