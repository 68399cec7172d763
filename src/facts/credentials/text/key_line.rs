//! Private keys that are lines of their own formats: of PuTTY, of Synapse.

use std::ops::Range;

use crate::facts::credentials::line::{lines, place};

/// The bytes of each such key that nothing encrypts.
pub(super) fn key_lines(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<_> = key_of_putty(text).into_iter().collect();
    if text.contains("ed25519 ") {
        found.extend(lines(text).filter_map(|(offset, line)| {
            let key = signing_key(line)?;
            Some(offset + key.start..offset + key.end)
        }));
    }
    found
}

/// The lines behind `Private-Lines: 1` of PuTTY's file.
fn key_of_putty(text: &str) -> Option<Range<usize>> {
    const MARK: &str = "Private-Lines: ";
    let start = text.find("PuTTY-User-Key-File-")?;
    let head = start + text[start..].find(MARK)?;
    let is_open = text[start..head].contains("Encryption: none");
    let mut own = lines(&text[head..]);
    let count: usize = own.next()?.1[MARK.len()..].trim().parse().ok()?;
    let (offset, last) = own.take(count).last()?;
    let is_key = last.trim().bytes().all(is_base64) && !last.trim().is_empty();
    (is_open && is_key).then(|| head..head + offset + last.len())
}

/// What Synapse signs with: `ed25519 a_AbCd KEY`.
fn signing_key(line: &str) -> Option<Range<usize>> {
    let mut words = line.split_whitespace();
    let is_signing = words.next() == Some("ed25519");
    let version = words.next()?;
    let key = words.next()?;
    let is_key = key.len() == 43 && key.bytes().all(is_base64);
    let is_whole = version.starts_with("a_") && words.next().is_none();
    (is_signing && is_key && is_whole).then(|| place(line, key))
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<&str> {
        key_lines(text).into_iter().map(|at| &text[at]).collect()
    }

    #[test]
    fn putty_has_lines_of_its_key() {
        let file = |method: &str| {
            format!(
                "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: {method}\nPublic-Lines: 1\nAAAAC3Nz\n\
                 Private-Lines: 2\nhQ7tr99x\nhQ7tr99y\nPrivate-MAC: aa\n"
            )
        };
        let own = "Private-Lines: 2\nhQ7tr99x\nhQ7tr99y";
        assert_eq!(told(&file("none")), [own]);
        assert_eq!(told(&file("aes256-cbc")), [""; 0]);
        assert_eq!(told("PuTTY-User-Key-File-3: ssh-rsa"), [""; 0]);
    }

    #[test]
    fn synapse_signs_with_a_line() {
        let key = "hQ7tr99xKq7xv2Lm9hQ7tr99xKq7xv2Lm9hQ7tr99xK";
        assert_eq!(told(&format!("ed25519 a_AbCd {key}\n")), [key]);
        for line in [
            format!("ssh-ed25519 a_AbCd {key}"),
            format!("ed25519 a_AbCd {key} # why"),
            format!("ed25519 auto {key}"),
            "ed25519 a_AbCd key".to_owned(),
        ] {
            assert_eq!(told(&line), [""; 0], "{line}");
        }
    }
}
