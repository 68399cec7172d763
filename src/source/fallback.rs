//! The literals that actions of templates print where the value is not given that they ask for, in the words of Go's
//! templates, of Jinja, helmfile and gomplate.

use std::ops::Range;

use super::template::{Kind, Part, Piece, named_manifests, pieces};

/// The text in quotes that an action prints where nothing else is given, in the words of Go's templates, of Jinja
/// or of gomplate.
pub(super) fn stand_in(text: &str, inner: Range<usize>) -> Option<Range<usize>> {
    fallback(text, inner.clone())
        .or_else(|| fallback_of_jinja(text, inner.clone()))
        .or_else(|| fallback_of_call(text, inner))
        .filter(|literal| is_plain(&text[literal.clone()]))
}

/// The bytes of a value's own name and of the literal that stands in for it, of each such action in a
/// named template that is no manifest: `{{ .Values.db.password | default "x" }}`.
pub(super) fn named_fallbacks(text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let is_named = text.contains("define \"") && text.contains("default \"");
    let pieces = Some(text).filter(|_| is_named).and_then(pieces);
    let pieces = pieces.unwrap_or_default();
    let manifests = named_manifests(text, &pieces);
    let found = pieces.into_iter().filter_map(|Piece { part, define }| {
        define.filter(|name| !manifests.contains(name))?;
        let Part::Action(action) = part else {
            return None;
        };
        let is_printed = action.kind == Kind::Print;
        let literal = fallback(text, action.inner.clone()).filter(|_| is_printed)?;
        Some((name_of_value(text, action.inner)?, literal))
    });
    found.collect()
}

/// The text in quotes that an action prints where its value is not given: `.Values.x | default "y"`,
/// `default "y" .Values.x`, `env "X" | default "y"`, with nothing behind it but other writings of the same.
fn fallback(text: &str, inner: Range<usize>) -> Option<Range<usize>> {
    const WRITINGS: [&str; 5] = ["quote", "squote", "b64enc", "toString", "trim"];
    // `(.Values.a).b` is `.Values.a.b`, whether there is an `a` or not.
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._$()".contains(&byte);
    let is_value = |stage: &str| {
        stage.trim_start_matches('(').starts_with(['.', '$']) && stage.bytes().all(is_name)
    };
    let (mut literal, mut end) = (None, inner.start);
    for stage in text[inner].split('|') {
        end += stage.len();
        if let Some(rest) = stage.trim_start().strip_prefix("default \"") {
            let (quoted, value) = rest.split_once('"')?;
            let is_alone = value.trim().is_empty() || is_value(value.trim());
            let start = end - rest.len();
            if !is_alone || literal.replace(start..start + quoted.len()).is_some() {
                return None;
            }
        } else if !(is_value(stage.trim()) || is_asked(stage) || WRITINGS.contains(&stage.trim())) {
            return None;
        }
        end += 1;
    }
    literal.filter(|literal| is_plain(&text[literal.clone()]))
}

/// Jinja's `db_password | default('x')`, also where `true` behind it counts what is empty.
fn fallback_of_jinja(text: &str, inner: Range<usize>) -> Option<Range<usize>> {
    const WRITINGS: [&str; 5] = ["b64encode", "quote", "string", "to_json", "trim"];
    let own = &text[inner.clone()];
    let call = ["default(", "d("].iter().find_map(|call| {
        let at = own.find(call)?;
        own[..at]
            .trim_end()
            .ends_with('|')
            .then_some(at + call.len())
    })?;
    let quote = own[call..]
        .chars()
        .next()
        .filter(|one| matches!(one, '\'' | '"'))?;
    let (literal, rest) = own[call + 1..].split_once(quote)?;
    let (option, rest) = rest.split_once(')')?;
    let is_known = matches!(
        option.trim_start_matches(',').trim(),
        "" | "true" | "True" | "boolean=True"
    );
    let mut stages = rest
        .split('|')
        .map(str::trim)
        .filter(|stage| !stage.is_empty());
    let start = inner.start + call + 1;
    (is_known && stages.all(|stage| WRITINGS.contains(&stage)))
        .then_some(start..start + literal.len())
}

/// gomplate's `getenv "DB_PASSWORD" "x"`, helmfile's `.Values | get "db.password" "x"`.
fn fallback_of_call(text: &str, inner: Range<usize>) -> Option<Range<usize>> {
    const FUNCTIONS: [&str; 3] = ["getenv", "env.Getenv", "get"];
    let own = &text[inner.clone()];
    let last = own.rsplit('|').next()?.trim_start();
    let (function, rest) = last.split_once(' ')?;
    let (_, rest) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
    let rest = rest.trim_start().strip_prefix('"')?;
    let (literal, behind) = rest.split_once('"')?;
    let start = inner.end - rest.len();
    (FUNCTIONS.contains(&function) && behind.trim().is_empty())
        .then_some(start..start + literal.len())
}

/// Whether a literal stands for itself.
fn is_plain(literal: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!@$".contains(&byte);
    !literal.is_empty() && literal.bytes().all(is_plain)
}

/// Whether a stage of an action asks for a value by its name, as helmfile's functions do: `env "X"`,
/// `getOrNil "db.password"`.
fn is_asked(stage: &str) -> bool {
    const FUNCTIONS: [&str; 2] = ["env", "getOrNil"];
    let is_function = |(function, name): (&str, &str)| {
        let name = name.trim().strip_prefix('"');
        let name = name.and_then(|name| name.strip_suffix('"'));
        FUNCTIONS.contains(&function) && name.is_some_and(|name| !name.contains('"'))
    };
    stage.trim().split_once(' ').is_some_and(is_function)
}

/// The last name of the value that an action reads: `password` of `.Values.db.password`.
fn name_of_value(text: &str, inner: Range<usize>) -> Option<Range<usize>> {
    const VALUES: &str = ".Values.";
    let start = inner.start + text[inner.clone()].find(VALUES)? + VALUES.len();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._".contains(byte);
    let length = text[start..inner.end].bytes().take_while(is_name).count();
    let last = text[start..start + length]
        .rfind('.')
        .map_or(0, |dot| dot + 1);
    (last < length).then_some(start + last..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_tools_have_words_of_their_own_for_what_stands_in() {
        let told =
            |inner: &str| stand_in(inner, 0..inner.len()).map(|range| inner[range].to_owned());
        for inner in [
            " db_password | default('hQ7tr') ",
            " db_password|default(\"hQ7tr\", true) | b64encode ",
            " lookup('env', 'PW') | d('hQ7tr', True)",
            " getenv \"PW\" \"hQ7tr\" ",
            " env.Getenv \"PW\" \"hQ7tr\"",
            " .Values | get \"db.password\" \"hQ7tr\" ",
        ] {
            assert_eq!(told(inner).as_deref(), Some("hQ7tr"), "{inner}");
        }
        for inner in [
            " db_password | default('') ",
            " db_password | default(omit) ",
            " db_password | default(other) ",
            " db_password | default('a' ~ b) ",
            " db_password | default('hQ7tr') | hash('sha1') ",
            " bad('hQ7tr') ",
            " getenv \"PW\" ",
            " index \"PW\" \"hQ7tr\" ",
        ] {
            assert_eq!(told(inner), None, "{inner}");
        }
    }

    #[test]
    fn named_templates_fall_back_on_literals() {
        let told = |text: &'static str| {
            let found = named_fallbacks(text).into_iter();
            let shown = found.map(|(name, value)| (&text[name], &text[value]));
            shown.collect::<Vec<_>>()
        };
        for text in [
            "{{ define \"a\" }}{{ .Values.db.password | default \"x1\" }}{{ end }}",
            "{{ define \"a\" }}{{- default \"x1\" .Values.password | quote -}}{{ end }}",
        ] {
            assert_eq!(told(text), [("password", "x1")], "{text}");
        }
        for text in [
            "{{ .Values.password | default \"x1\" }}",
            "{{ define \"a\" }}{{ .Values.password | default .Values.other }}{{ end }}",
            "{{ define \"a\" }}{{ $x := .Values.password | default \"x1\" }}{{ end }}",
            "{{ define \"a\" }}{{ .Values.password | default \"\" }}{{ end }}",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }
}
