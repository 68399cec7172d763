//! Private keys as bytes: DER and OpenSSH's own, also as base64 without the lines of PEM around it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How a private key in DER begins behind the length of its sequence: the version of RSA's and of
/// PKCS #8's, and of elliptic curves'.
const VERSIONS: [&[u8]; 3] = [
    &[0x02, 0x01, 0x00, 0x02],
    &[0x02, 0x01, 0x00, 0x30],
    &[0x02, 0x01, 0x01, 0x04],
];

/// How a file of OpenSSH begins that holds private keys.
const OPENSSH: &[u8] = b"openssh-key-v1\0";

/// Whether bytes are a private key of OpenSSH, or one in DER, neither cut off nor followed by anything.
pub(in crate::facts::credentials) fn is_private_key(bytes: &[u8]) -> bool {
    if bytes.starts_with(OPENSSH) {
        return bytes.len() >= 100;
    }
    let (length, body) = match bytes {
        [0x30, 0x82, high, low, body @ ..] => (usize::from(*high) << 8 | usize::from(*low), body),
        [0x30, 0x81, length, body @ ..] => (usize::from(*length), body),
        [0x30, length, body @ ..] if *length < 0x80 => (usize::from(*length), body),
        _ => return false,
    };
    body.len() >= 40
        && length == body.len()
        && VERSIONS.iter().any(|version| body.starts_with(version))
}

/// Whether a value is a private key as base64, without the lines of PEM around it.
pub(super) fn is_bare_private_key(value: &str) -> bool {
    value.len() >= 60
        && value.starts_with(['M', 'b'])
        && STANDARD
            .decode(value)
            .is_ok_and(|bytes| is_private_key(&bytes))
}

/// Whether a value is a certificate as base64, without the lines of PEM around it.
pub(super) fn is_bare_certificate(value: &str) -> bool {
    let is_line = |byte: u8| byte.is_ascii_whitespace();
    value.len() >= 200 && value.starts_with("MII") && {
        let value: Vec<u8> = value.bytes().filter(|byte| !is_line(*byte)).collect();
        STANDARD
            .decode(value)
            .is_ok_and(|bytes| is_certificate(&bytes))
    }
}

/// Whether bytes are a certificate of X.509 in DER: what is signed is a sequence that begins with its version.
fn is_certificate(bytes: &[u8]) -> bool {
    const VERSION: &[u8] = &[0xa0, 0x03, 0x02, 0x01];
    let [0x30, 0x82, high, low, body @ ..] = bytes else {
        return false;
    };
    let length = usize::from(*high) << 8 | usize::from(*low);
    length == body.len()
        && body.starts_with(&[0x30, 0x82])
        && body.get(4..8).is_some_and(|version| version == VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_der_are_whole() {
        let key = |head: &[u8]| {
            let mut bytes = head.to_vec();
            bytes.resize(2 + usize::from(head[1]), 7);
            bytes
        };
        let rsa = key(&[0x30, 0x50, 0x02, 0x01, 0x00, 0x02, 0x20]);
        let curve = key(&[0x30, 0x50, 0x02, 0x01, 0x01, 0x04, 0x20]);
        assert!(is_bare_private_key(&STANDARD.encode(&rsa)));
        assert!(is_private_key(&curve));
        let openssh = [OPENSSH, &[7; 100]].concat();
        assert!(is_bare_private_key(&STANDARD.encode(openssh)));
        assert!(!is_private_key(OPENSSH));
        let certificate = key(&[0x30, 0x50, 0x30, 0x20]);
        let key_store = key(&[0x30, 0x50, 0x02, 0x01, 0x03, 0x30]);
        for other in [&certificate, &key_store, &rsa[..60].to_vec()] {
            assert!(!is_private_key(other));
        }
        assert!(!is_bare_private_key("MIIEpQIBAAKCAQEA..."));
    }

    #[test]
    fn a_certificate_says_its_version_first() {
        let made = |begin: &[u8]| {
            let mut bytes = [&[0x30, 0x82, 0x01, 0x04], begin].concat();
            bytes.resize(4 + 0x104, 7);
            STANDARD.encode(bytes)
        };
        let certificate = made(&[0x30, 0x82, 0x01, 0x00, 0xa0, 0x03, 0x02, 0x01, 0x02]);
        let lines = format!("{}\n{}\n", &certificate[..64], &certificate[64..]);
        assert!(is_bare_certificate(&certificate) && is_bare_certificate(&lines));
        assert!(!is_bare_certificate(&certificate[..240]));
        let key = made(&[0x02, 0x01, 0x00, 0x02, 0x82, 0x01, 0x01]);
        assert!(!is_bare_certificate(&key) && !is_bare_certificate("MIIhQ7tr99x"));
    }
}
