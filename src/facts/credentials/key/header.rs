//! Keys of settings that hold a header of HTTP in two parts: `header_key: X-Api-Key` beside `header_value: x`.

use super::words::words;

/// Whether the value of a key is what a header is called: `header_key`, `auth_header`.
pub(in crate::facts::credentials) fn names_header(key: &str) -> bool {
    key.starts_with("httpHeaderName") || {
        let may_be = key.len() < 40 && (key.contains("eader") || key.contains("EADER"));
        may_be && !stem_of_name(key).is_empty()
    }
}

/// Whether the value of a key may be what a header says whose name another key has.
pub(in crate::facts::credentials) fn says_header(key: &str) -> bool {
    let may_be = key.len() < 40 && (key.ends_with("alue") || key.ends_with("ALUE"));
    key.starts_with("httpHeaderValue") || (may_be && !stem_of_value(key).is_empty())
}

/// Whether one key has the value of the header whose name the other one has: `auth_value` beside `auth_header`, and
/// what is called a header's value beside any.
pub(in crate::facts::credentials) fn is_value_of(key: &str, name: &str) -> bool {
    let of_value = stem_of_value(key);
    let of_name = stem_of_name(name);
    key.starts_with("httpHeaderValue")
        || of_value.last().is_some_and(|last| last == "header")
        || (!of_value.is_empty() && of_name.strip_suffix(&["header".to_owned()]) == Some(&of_value))
}

/// The words of a key that names a header, up to that word: of `auth_header_name` and of `auth_header`.
fn stem_of_name(key: &str) -> Vec<String> {
    let mut words = words(key);
    let is_part = |word: &String| matches!(word.as_str(), "name" | "key");
    let has_part = words.last().is_some_and(is_part);
    words.truncate(words.len() - usize::from(has_part));
    let is_header = words.last().is_some_and(|last| last == "header");
    // What is called a header and no more is all of it.
    match is_header && (has_part || words.len() > 1) {
        true => words,
        false => Vec::new(),
    }
}

/// The words of a key before `value`.
fn stem_of_value(key: &str) -> Vec<String> {
    let mut words = words(key);
    match words.pop().is_some_and(|last| last == "value") {
        true => words,
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_a_name_and_a_value() {
        for key in [
            "header_key",
            "headerName",
            "authHeaderName",
            "httpHeaderName1",
        ] {
            assert!(names_header(key) && !says_header(key), "{key}");
        }
        for key in [
            "header_value",
            "headerValue",
            "AUTH_HEADER_VALUE",
            "httpHeaderValue1",
        ] {
            assert!(says_header(key) && !names_header(key), "{key}");
        }
        for key in ["header", "headers", "value", "headerKeyPrefix"] {
            assert!(!says_header(key) && !names_header(key), "{key}");
        }
    }

    #[test]
    fn both_halves_say_what_they_are_of() {
        for (value, name) in [
            ("auth_value", "auth_header"),
            ("authValue", "authHeaderName"),
            ("AUTH_HEADER_VALUE", "AUTH_HEADER_NAME"),
            ("header_value", "authHeaderName"),
            ("httpHeaderValue1", "httpHeaderName1"),
        ] {
            assert!(says_header(value) && names_header(name), "{value} {name}");
            assert!(is_value_of(value, name), "{value} {name}");
        }
        for (value, name) in [
            ("cache_value", "auth_header"),
            ("default_value", "header_name"),
            ("value", "auth_header"),
        ] {
            assert!(!is_value_of(value, name), "{value} {name}");
        }
    }
}
