//! Rows: tokens of documentation, whose characters follow each other.

/// Whether all of a token counts on or follows the alphabet, as documentation has it: `123456789-abcdefghijkl`.
pub(in crate::facts::credentials) fn is_row(body: &str) -> bool {
    let follows = |one: u8, next: u8| match one {
        b'9' => matches!(next, b'0' | b'1'),
        _ => next == one + 1,
    };
    let is_first = |byte: u8| matches!(byte, b'0' | b'1' | b'a' | b'A');
    let is_part = |part: &str| {
        let (bytes, mut length) = (part.as_bytes(), 1);
        bytes.windows(2).all(|pair| {
            let goes_on = follows(pair[0], pair[1]);
            let begins = is_first(pair[1]) && length >= 3;
            length = if goes_on { length + 1 } else { 1 };
            goes_on || begins
        })
    };
    let mut parts = body.split(['-', '_']);
    parts.clone().any(|part| part.len() >= 8) && parts.all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_nothing_else() {
        for body in [
            "123456789-123456789-123456789",
            "1234567890-1234567890123-abcdefghijklmnopqrstuvwx",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "12345678901234567890",
        ] {
            assert!(is_row(body), "{body}");
        }
        for body in [
            "123456789-123456789-hQ7tr99xKq7xv2Lm9",
            "abcdefghijklmnopqrstuvwxyz0198765432",
            "12-34-56-78",
            "1928374655",
        ] {
            assert!(!is_row(body), "{body}");
        }
    }
}
