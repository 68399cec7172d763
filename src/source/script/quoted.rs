//! Objects in quotes that a script prints for kubectl, or hands it as a string: `echo '{…}' | kubectl apply -f -`,
//! `kubectl apply -f - <<< '{…}'`.

use std::ops::Range;

use crate::shell::commands;

/// What takes objects from its input.
const TAKERS: [&str; 2] = ["kubectl", "oc "];

/// The bytes of such objects, without their quotes: of those that can be read where they stand, which are JSON or
/// begin on a line of their own.
pub(super) fn objects(text: &str) -> Vec<Range<usize>> {
    if !text.contains("apiVersion") {
        return Vec::new();
    }
    let printed = commands(text).into_iter().flat_map(|command| {
        let program = command.words.first().map(|word| &text[word.clone()]);
        let is_printed = matches!(program, Some("echo" | "printf" | "@echo" | "@printf"));
        let words = command.words.into_iter().skip(1);
        words.filter(move |word| is_printed && is_piped(&text[word.end..]))
    });
    let handed = text.match_indices("<<<").filter_map(|(at, mark)| {
        let line = text[..at].rsplit('\n').next().unwrap_or_default();
        let rest = text[at + mark.len()..].trim_start_matches(' ');
        let start = text.len() - rest.len();
        let quote = rest
            .chars()
            .next()
            .filter(|one| matches!(one, '\'' | '"'))?;
        let length = rest[1..].find(quote)? + 2;
        takes(line).then_some(start..start + length)
    });
    let found = printed.chain(handed).filter_map(|word| inner(text, word));
    found.collect()
}

/// Whether what comes behind a word on its line hands it to kubectl.
fn is_piped(rest: &str) -> bool {
    let line = rest.split('\n').next().unwrap_or_default();
    let piped = line.trim_start().strip_prefix('|');
    piped.is_some_and(takes)
}

fn takes(line: &str) -> bool {
    TAKERS.iter().any(|taker| line.contains(taker))
}

/// What stands between a word's quotes, where it is an object.
fn inner(text: &str, word: Range<usize>) -> Option<Range<usize>> {
    let written = &text[word.clone()];
    let quote = written
        .chars()
        .next()
        .filter(|one| matches!(one, '\'' | '"'))?;
    let own = written[1..].strip_suffix(quote)?;
    let is_object = own.contains("apiVersion") && own.contains("kind");
    (is_object && own.starts_with(['{', '\n'])).then_some(word.start + 1..word.end - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubectl_is_handed_in_quotes_is_an_object() {
        let object = "{\"apiVersion\": \"v1\", \"kind\": \"Secret\"}";
        let told = |text: &str| {
            let text = text.replace('@', object);
            let found = objects(&text).into_iter();
            found
                .map(|range| text[range].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(told("kubectl apply -f - <<< '@'"), [object]);
        assert_eq!(told("echo '@' | kubectl apply -f -"), [object]);
        let lines = "\napiVersion: v1\nkind: Secret\n";
        assert_eq!(told(&format!("echo \"{lines}\" | oc apply -f -")), [lines]);
        for text in [
            "echo '@'",
            "echo '@' > a.json; kubectl get a",
            "cat <<< '@'",
            "echo 'apiVersion: v1\nkind: Secret' | kubectl apply -f -",
        ] {
            assert!(told(text).is_empty(), "{text}");
        }
    }
}
