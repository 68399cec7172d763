//! Tokens that a script puts something else in place of before a text is YAML: a plain scalar begins neither with `@` nor
//! with `%`, so that `image: @@IMAGE@@` and `env: %%ENV%%` cannot be read as they are.

use std::ops::Range;

use crate::model::HOLE;

/// What stands around the name of a token.
const MARKS: [&str; 3] = ["@@", "%%", "@"];

/// A text of the same length with placeholders in the place of the tokens that scalars begin with; `None` where there
/// are none.
pub(super) fn without_tokens(text: &str) -> Option<String> {
    let mut filled = text.to_owned();
    let mut at = 0;
    let mut is_any = false;
    for line in text.split_inclusive('\n') {
        for token in tokens(line) {
            let token = at + token.start..at + token.end;
            let rest = token.len() - HOLE.len() - 1;
            filled.replace_range(token, &format!("{HOLE}{})", "_".repeat(rest)));
            is_any = true;
        }
        at += line.len();
    }
    is_any.then_some(filled)
}

/// The tokens of a line at which a value begins, and which are long enough for a placeholder.
fn tokens(line: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    if !line.contains(['@', '%']) {
        return found;
    }
    for (at, _) in line.match_indices(['@', '%']) {
        let is_within = found.last().is_some_and(|last| at < last.end);
        let Some(length) = token_length(&line[at..]).filter(|_| !is_within) else {
            continue;
        };
        if begins_value(&line[..at]) && length > HOLE.len() {
            found.push(at..at + length);
        }
    }
    found
}

/// The length of the token that a text begins with.
fn token_length(text: &str) -> Option<usize> {
    let mark = MARKS.into_iter().find(|mark| text.starts_with(mark))?;
    let name = &text[mark.len()..];
    let is_part = |one: char| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_';
    let end = name.find(|one: char| !is_part(one))?;
    let is_name = name.starts_with(|one: char| one.is_ascii_uppercase());
    (is_name && name[end..].starts_with(mark)).then_some(end + 2 * mark.len())
}

/// Whether a value begins behind the part of a line: after a key, or as an item of a list.
fn begins_value(before: &str) -> bool {
    let rest = before.trim_end();
    let is_apart = rest.len() < before.len();
    let is_comment = before.trim_start().starts_with('#') || before.contains(" #");
    let is_behind = rest.ends_with(':') || rest.trim_start().trim_end_matches("- ") == "-";
    !is_comment && (is_apart && is_behind || rest.ends_with(['[', ',']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_values_begin_with_are_placeholders() {
        for (text, expected) in [
            ("a: @@NAME@@\n", Some("a: $(_____)\n")),
            ("a: %%ENV%%-ingress\n", Some("a: $(____)-ingress\n")),
            ("a: @HOST@ # b\n", Some("a: $(___) # b\n")),
            ("- @@A_1@@\n", Some("- $(____)\n")),
            ("[%%A%%, %%B%%]", Some("[$(__), $(__)]")),
            ("ä: x\nb: @@NAME@@", Some("ä: x\nb: $(_____)")),
            // These are YAML.
            ("a: \"@@NAME@@\"\n", None),
            ("a: x-%%ENV%%\n", None),
            ("# a: @@NAME@@\n", None),
            // Nobody puts anything in place of these.
            ("a: @name/package\n", None),
            ("a: @A@\n", None),
            ("%YAML 1.2\n", None),
            ("a: %%ENV\n", None),
        ] {
            assert_eq!(without_tokens(text).as_deref(), expected, "{text}");
        }
    }
}
