//! Private keys between marks: of PEM, of GnuPG's armour, of OpenVPN and of NATS.

use std::ops::Range;

const BEGIN: &str = "-----BEGIN ";

/// How the marks of private keys end that begin with [`BEGIN`], and how long one line of such a key is at least.
const ENDS: [(&str, usize); 4] = [
    ("PRIVATE KEY-----", 40),
    ("PRIVATE KEY BLOCK-----", 40),
    ("OpenVPN Static key V1-----", 32),
    ("NKEY SEED-----", 40),
];

/// A private key in a text.
pub(in crate::facts::credentials) struct Key {
    /// The bytes of all of it, marks included.
    pub whole: Range<usize>,
    /// The bytes between its marks.
    pub body: Range<usize>,
    /// Whether it is one, and no form to be filled in.
    pub is_real: bool,
}

/// The private keys of a text.
pub(in crate::facts::credentials) fn keys(text: &str) -> Vec<Key> {
    let begun = text.match_indices(BEGIN);
    begun.filter_map(|(at, _)| key(text, at)).collect()
}

fn key(text: &str, at: usize) -> Option<Key> {
    let is_kind = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
    let head = &text[at + BEGIN.len()..];
    // A pattern that looks for keys has other characters between the words.
    let (kind, end, least) = ENDS.iter().find_map(|(end, least)| {
        let kind = &head[..head.find(end)?];
        (kind.len() <= 16 && kind.bytes().all(is_kind)).then_some((kind, *end, *least))
    })?;
    let start = at + BEGIN.len() + kind.len() + end.len();
    let body = body(&text[start..]);
    let rest = &text[start + body.len()..];
    let closing = rest.find(end).map(|at| at + end.len());
    let closing = closing.filter(|end| rest.starts_with("-----END ") && *end <= 48);
    let end = match closing {
        Some(closing) => start + body.len() + closing,
        None => start + body.trim_end().len(),
    };
    Some(Key {
        whole: at..end,
        body: start..start + body.len(),
        is_real: is_key(body, least),
    })
}

/// What stands between the marks of a key: base64 in lines, also in quotes or with `\n` or `|` between
/// them, and the headers of an encrypted key.
fn body(text: &str) -> &str {
    let is_part = |one: char| {
        one.is_ascii_alphanumeric() || one.is_whitespace() || "+/=\\\"',:-.()<>@|".contains(one)
    };
    let end = text.find(|one| !is_part(one)).unwrap_or(text.len());
    let end = text.find("-----").unwrap_or(end).min(end);
    &text[..end]
}

/// Whether a body holds a key, as far as its length tells.
fn is_key(body: &str, least: usize) -> bool {
    let is_base64 = |one: char| one.is_ascii_alphanumeric() || "+/=".contains(one);
    let is_masked = ["...", "xxxxxx", "XXXXXX"]
        .iter()
        .any(|mark| body.contains(mark));
    let mut words = body.split(|one| !is_base64(one));
    !is_masked && words.any(|word| word.len() >= least)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(mark: &str, line: &str) -> Vec<bool> {
        let text = format!("a: |\n-----BEGIN {mark}-----\n\n{line}\n-----END {mark}-----\nb");
        let found = keys(&text);
        for key in &found {
            assert!(text[key.whole.clone()].ends_with(&format!("-----END {mark}-----")));
            assert!(text[key.body.clone()].contains(line));
        }
        found.into_iter().map(|key| key.is_real).collect()
    }

    #[test]
    fn a_sign_may_stand_for_the_end_of_a_line() {
        let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ";
        for end in ["\\n", "|", " "] {
            let marks = [
                "-----BEGIN PRIVATE KEY-----",
                line,
                "-----END PRIVATE KEY-----",
            ];
            let text = format!("key: \"{}{end}\"", marks.join(end));
            let found = keys(&text);
            assert!(found.len() == 1 && found[0].is_real, "{text}");
            assert!(text[found[0].whole.clone()].ends_with("KEY-----"), "{text}");
        }
    }

    #[test]
    fn private_keys_have_marks_of_several_kinds() {
        let line = "lQOYBGh1Qm4BCADJ7tr99xKq7xv2Lm9hQ7tr99xKq7xv2Lm9";
        for mark in [
            "PRIVATE KEY",
            "EC PRIVATE KEY",
            "PGP PRIVATE KEY BLOCK",
            "USER NKEY SEED",
        ] {
            assert_eq!(told(mark, line), [true], "{mark}");
            assert_eq!(told(mark, "put the key here"), [false], "{mark}");
        }
        let of_openvpn = "8a7c0f1e2d3b4c5a69788796a5b4c3d2";
        assert_eq!(told("OpenVPN Static key V1", of_openvpn), [true]);
        for mark in [
            "CERTIFICATE",
            "PUBLIC KEY",
            "PGP PUBLIC KEY BLOCK",
            "PGP MESSAGE",
            "USER JWT",
        ] {
            assert!(told(mark, line).is_empty(), "{mark}");
        }
    }
}
