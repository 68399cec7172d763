//! Tokens of Cloudflare's tunnels: JSON in base64 with the account, the tunnel and its secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::token_place::{Token, is_inside};
use crate::facts::credentials::Verdict;

/// How such a token begins: `{"a":`.
pub(super) const BEGINNING: &str = "eyJhIjoi";

/// What such a token holds.
#[derive(Deserialize)]
struct Tunnel {
    #[serde(rename = "a")]
    account: String,
    #[serde(rename = "t")]
    tunnel: String,
    #[serde(rename = "s")]
    secret: String,
}

/// A token that begins here.
pub(super) fn tunnel_token(text: &str, start: usize) -> Option<Token> {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let rest = text.as_bytes()[start..].iter().copied();
    let end = start + rest.take_while(is_base64).count();
    if is_inside(text, start) || !is_tunnel(&text[start..end]) {
        return None;
    }
    Some(Token {
        range: start..end,
        verdict: Verdict::AccessToken,
    })
}

/// Whether this encodes an account's hexadecimal id, a tunnel's UUID and what opens it.
fn is_tunnel(token: &str) -> bool {
    let Ok(bytes) = STANDARD.decode(token) else {
        return false;
    };
    serde_json::from_slice::<Tunnel>(&bytes).is_ok_and(|one| {
        one.account.len() == 32
            && one.account.bytes().all(|byte| byte.is_ascii_hexdigit())
            && super::characters::is_uuid(&one.tunnel)
            && one.secret.len() >= 24
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(secret: &str) -> String {
        STANDARD.encode(format!(
            r#"{{"a":"9f86d081884c7d659a2feaa0c55ad015","t":"3f2a1b4c-5d6e-4f70-8192-a3b4c5d6e7f8","s":"{secret}"}}"#
        ))
    }

    #[test]
    fn a_tunnels_token_names_account_tunnel_and_secret() {
        let own = token("TmpSaE9UVTNZamMwTkdFeA==");
        let text = format!("tunnel --token {own} run");
        let found = tunnel_token(&text, 15).expect("is one");
        assert_eq!(&text[found.range], own);
        assert_eq!(found.verdict, Verdict::AccessToken);
    }

    #[test]
    fn other_json_in_base64_is_none() {
        for text in [
            token("short"),
            STANDARD.encode(r#"{"a":"shop","t":"orders","s":"TmpSaE9UVTNZamMwTkdFeA=="}"#),
            BEGINNING.to_owned(),
        ] {
            assert!(tunnel_token(&text, 0).is_none(), "{text}");
        }
    }
}
