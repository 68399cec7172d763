//! Keys of settings that hold a header of HTTP in two parts: `header_key: X-Api-Key` beside `header_value: x`.

use super::words::words;

/// Whether the value of a key is what a header is called.
pub(in crate::facts::credentials) fn names_header(key: &str) -> bool {
    key.starts_with("httpHeaderName") || is_part_of_header(key, &["name", "key"])
}

/// Whether the value of a key is what a header says whose name another key has.
pub(in crate::facts::credentials) fn says_header(key: &str) -> bool {
    key.starts_with("httpHeaderValue") || is_part_of_header(key, &["value"])
}

fn is_part_of_header(key: &str, parts: &[&str]) -> bool {
    let may_be = key.len() < 40 && (key.contains("eader") || key.contains("EADER"));
    may_be
        && matches!(words(key).as_slice(), [.., header, part]
            if header == "header" && parts.contains(&part.as_str()))
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
        for key in [
            "header",
            "headers",
            "value",
            "headerKeyPrefix",
            "tokenHeader",
        ] {
            assert!(!says_header(key) && !names_header(key), "{key}");
        }
    }
}
