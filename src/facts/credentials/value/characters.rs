//! What characters a value is made of.

/// Whether the value is one character again and again, one of `characters`.
pub(super) fn is_only_one(value: &str, characters: &str) -> bool {
    let first = value.chars().next();
    first.is_some_and(|first| characters.contains(first) && value.chars().all(|one| one == first))
}

/// Whether a value begins with one of these, whatever its case.
pub(super) fn starts_with_any(value: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| {
        value
            .as_bytes()
            .get(..beginning.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(beginning.as_bytes()))
    })
}

/// Whether a byte is one of those that Base64 writes, in either alphabet.
pub(in crate::facts::credentials) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte)
}

/// The letters and digits of a value in lower case.
pub(in crate::facts::credentials) fn letters(value: &str) -> String {
    value
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|one| one.to_ascii_lowercase())
        .collect()
}

/// How many different characters a value has.
pub(in crate::facts::credentials) fn distinct(value: &str) -> usize {
    let seen = value
        .bytes()
        .fold(0_u128, |seen, byte| seen | 1 << (byte & 127));
    seen.count_ones() as usize
}

/// Whether the value is a UUID.
pub(super) fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
