//! Keys in JSON as RFC 7517 has them: their private parts.

use std::ops::Range;

/// What every such key has.
const MARK: &str = "\"kty\"";

/// The bytes of the private part of each key in a text, and whether it is of a pair. A public key has none.
pub(super) fn private_parts(text: &str) -> Vec<(Range<usize>, bool)> {
    let found = text.match_indices(MARK).filter_map(|(at, _)| {
        let start = text[..at].rfind('{')?;
        let end = at + text[at..].find('}')?;
        let object = &text[start..end];
        let is_of_pair = value(object, "kty").is_some_and(|kind| &object[kind] != "oct");
        let part = value(object, if is_of_pair { "d" } else { "k" })?;
        let is_key = part.len() >= 40 && object[part.clone()].bytes().all(is_base64);
        is_key.then_some((start + part.start..start + part.end, is_of_pair))
    });
    found.collect()
}

/// The bytes of a field's text in an object.
fn value(object: &str, name: &str) -> Option<Range<usize>> {
    let name = format!("\"{name}\"");
    let start = object.find(&name)? + name.len();
    let rest = object[start..].trim_start().strip_prefix(':')?;
    let rest = rest.trim_start().strip_prefix('"')?;
    let start = object.len() - rest.len();
    Some(start..start + rest.find('"')?)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_key_has_a_part_that_a_public_one_has_not() {
        let part = "hQ7tr99xKq7xv2Lm9hQ7tr99xKq7xv2Lm9hQ7tr99xK";
        let told = |fields: &str| {
            let text = format!("{{\"keys\": [{{{fields}}}]}}").replace('P', part);
            let found = private_parts(&text);
            let is_it = found.iter().all(|(range, _)| &text[range.clone()] == part);
            assert!(is_it, "{fields}");
            found.first().map(|(_, is_of_pair)| *is_of_pair)
        };
        assert_eq!(
            told(r#""kty":"RSA","e":"AQAB","n":"x","d":"P""#),
            Some(true)
        );
        assert_eq!(told(r#""d": "P", "crv": "x", "kty": "EC""#), Some(true));
        assert_eq!(told(r#""kty":"oct","k":"P""#), Some(false));
        assert_eq!(told(r#""kty":"RSA","e":"AQAB","n":"P""#), None);
        assert_eq!(told(r#""kty":"RSA","d":"x""#), None);
    }
}
