//! Tokens that a script puts something else in place of before a text is YAML: a plain scalar begins neither with `@` nor
//! with `%`, so that `image: @@IMAGE@@` and `env: %%ENV%%` cannot be read as they are, and `image: {{IMAGE}}` is a mapping
//! as the key of another one.

use std::ops::Range;

use crate::model::HOLE;

/// What stands around the name of a token.
const MARKS: [&str; 3] = ["@@", "%%", "@"];

/// The signs that tokens begin with.
const BEGINS: [char; 3] = ['@', '%', '{'];

/// How the names of tokens begin and end that may have spaces around them, and small letters.
const BRACES: (&str, &str) = ("{{", "}}");

/// A text of the same length with placeholders in the place of the tokens that scalars begin with; `None` where there
/// are none.
pub(super) fn without_tokens(text: &str) -> Option<String> {
    if !may_begin(text) {
        return None;
    }
    let mut filled: Option<String> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        for token in tokens(line) {
            let token = at + token.start..at + token.end;
            let rest = token.len() - HOLE.len() - 1;
            let filled = filled.get_or_insert_with(|| text.to_owned());
            filled.replace_range(token, &format!("{HOLE}{})", "_".repeat(rest)));
        }
        at += line.len();
    }
    filled
}

/// Whether a text has tokens with which no value of YAML begins, so that nothing can read it before they are replaced.
pub(crate) fn holds_tokens(text: &str) -> bool {
    text.lines().any(|line| !tokens(line).is_empty())
}

/// Whether a text has a sign that a token begins with: each is looked for by itself, which is quickest.
fn may_begin(text: &str) -> bool {
    BEGINS.iter().any(|begin| text.contains(*begin))
}

/// The tokens of a line at which a value begins, and which are long enough for a placeholder.
fn tokens(line: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    if !may_begin(line) {
        return found;
    }
    for (at, _) in line.match_indices(BEGINS) {
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
    if let Some(rest) = text.strip_prefix(BRACES.0) {
        let (name, _) = rest.split_once(BRACES.1)?;
        return is_plain_name(name.trim()).then_some(name.len() + BRACES.0.len() + BRACES.1.len());
    }
    let mark = MARKS.into_iter().find(|mark| text.starts_with(mark))?;
    let name = &text[mark.len()..];
    let is_part = |one: char| one.is_ascii_uppercase() || one.is_ascii_digit() || one == '_';
    let end = name.find(|one: char| !is_part(one))?;
    let is_name = name.starts_with(|one: char| one.is_ascii_uppercase());
    (is_name && name[end..].starts_with(mark)).then_some(end + 2 * mark.len())
}

/// Whether what stands in braces is a name, and no action of a template: `.Values.x`, `end`.
fn is_plain_name(name: &str) -> bool {
    const ACTIONS: [&str; 4] = ["break", "continue", "else", "end"];
    let is_part = |one: char| one.is_ascii_alphanumeric() || "_-".contains(one);
    name.starts_with(|one: char| one.is_ascii_alphabetic())
        && name.chars().all(is_part)
        && !ACTIONS.contains(&name)
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
            ("a: {{NAME}}\n", Some("a: $(_____)\n")),
            ("- {{ app-name }}\n", Some("- $(___________)\n")),
            (
                "a: {{HOST}}/web:{{TAG}}\n",
                Some("a: $(_____)/web:{{TAG}}\n"),
            ),
            // These are YAML.
            ("a: \"@@NAME@@\"\n", None),
            ("a: x-%%ENV%%\n", None),
            ("# a: @@NAME@@\n", None),
            // Nobody puts anything in place of these.
            ("a: @name/package\n", None),
            ("a: @A@\n", None),
            ("%YAML 1.2\n", None),
            ("a: %%ENV\n", None),
            // What makes something of these is a template's language.
            ("a: {{ .Values.name }}\n", None),
            ("a: {{- name }}\n", None),
            ("a: {{ include \"x\" . }}\n", None),
            ("{{ end }}\n", None),
            ("a: {{ end }}\n", None),
            ("a: {b: c}\n", None),
        ] {
            assert_eq!(without_tokens(text).as_deref(), expected, "{text}");
        }
    }
}
