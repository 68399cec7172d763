//! What helm prints, in documents: each with the template that it comes from.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::encoded::unsealed;
use super::marker::{Stripped, strip};

/// How helm introduces each document.
const HEADER: &str = "---\n# Source: ";

/// A document of helm's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rendered {
    /// The template, such as `web/templates/service.yaml`.
    pub template: String,
    /// Its text, without what introduces it.
    pub span: Range<usize>,
}

/// The documents of an output, in order.
pub(super) fn documents(output: &str) -> Vec<Rendered> {
    let mut starts: Vec<usize> = output
        .match_indices(HEADER)
        .map(|(at, _)| at)
        .filter(|at| *at == 0 || output.as_bytes()[at - 1] == b'\n')
        .collect();
    starts.push(output.len());
    let document = |pair: &[usize]| {
        let head = pair[0] + HEADER.len();
        let end_of_head = output[head..pair[1]].find('\n').map(|end| head + end)?;
        let text = output[end_of_head + 1..pair[1]].trim_end();
        Some(Rendered {
            template: output[head..end_of_head].trim().to_owned(),
            span: end_of_head + 1..end_of_head + 1 + text.len(),
        })
    };
    starts.windows(2).filter_map(document).collect()
}

/// The text that each template printed in a run that helm was made to end with the plain texts, by
/// the template's name, with the marks taken out.
pub(super) fn plain_texts(output: &str) -> HashMap<String, Stripped> {
    let text = |document: Rendered| {
        let marked = unsealed(&output[document.span]);
        (document.template, strip(&marked))
    };
    documents(output).into_par_iter().map(text).collect()
}

/// Where helm divides the text of a template into documents.
pub(super) fn divided(text: &str) -> Vec<Range<usize>> {
    let mut documents = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") {
            documents.push(start..at);
            start = at + 3;
        }
        at += line.len();
    }
    documents.push(start..text.len());
    let trimmed = |range: Range<usize>| {
        let inner = &text[range.clone()];
        let start = range.start + inner.len() - inner.trim_start().len();
        start..start + inner.trim().len()
    };
    let documents = documents.into_iter().map(trimmed);
    documents.filter(|range| !range.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_know_their_template() {
        let output = "---\n# Source: a/templates/b.yaml\nx: 1\n---\n# Source: a/templates/c.yaml\n\ny: |\n  ---\n  z\n\n";
        let found: Vec<(String, &str)> = documents(output)
            .into_iter()
            .map(|document| (document.template, &output[document.span]))
            .collect();
        assert_eq!(
            found,
            [
                ("a/templates/b.yaml".to_owned(), "x: 1"),
                ("a/templates/c.yaml".to_owned(), "\ny: |\n  ---\n  z")
            ]
        );
    }

    #[test]
    fn a_template_is_divided_as_helm_does() {
        let text = "\n# c\na: 1\n\n---\n\n--- \nb: 2\n  ---\n";
        let parts: Vec<&str> = divided(text)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(parts, ["# c\na: 1", "b: 2\n  ---"]);
    }
}
