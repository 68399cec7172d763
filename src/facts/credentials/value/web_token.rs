//! JSON Web Tokens: where one stands in a text, and what its claims say.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::token_place::{Token, is_inside, is_part};
use crate::facts::credentials::Verdict;

/// A JSON Web Token: a header that decodes, claims and a signature. What only begins like one is
/// hidden and not reported.
pub(super) fn web_token(text: &str, start: usize) -> Option<Token> {
    let rest = text.as_bytes()[start..].iter();
    let count = rest
        .take_while(|byte| is_part(**byte) || **byte == b'.')
        .count();
    let token = &text[start..start + count];
    let parts: Vec<&str> = token.split('.').collect();
    let is_long = parts.iter().filter(|part| part.len() > 8).count() >= 2;
    let is_later_part = text[..start].ends_with('.');
    if is_inside(text, start) || is_later_part || count < 40 || !is_long {
        return None;
    }
    Some(Token {
        range: start..start + count,
        verdict: judge_web_token(&parts),
    })
}

fn judge_web_token(parts: &[&str]) -> Verdict {
    let decode = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
        serde_json::from_slice::<serde_json::Value>(&bytes).ok()
    };
    let [header, claims, signature] = parts else {
        return Verdict::Unsure;
    };
    let (Some(header), Some(claims)) = (decode(header), decode(claims)) else {
        return Verdict::Unsure;
    };
    if header.get("alg").is_none() || signature.len() < 20 {
        return Verdict::Unsure;
    }
    match (&claims["iss"], &claims["name"]) {
        (iss, _) if iss == "supabase-demo" => Verdict::Default {
            product: "Supabase".to_owned(),
            user: None,
        },
        // The sample that the token's own web site shows.
        (_, name) if name == "John Doe" && claims["sub"] == "1234567890" => Verdict::Placeholder,
        // Supabase's key of whoever is not logged in, which pages have; `service_role` opens everything.
        _ if claims["role"] == "anon" => Verdict::Reference,
        _ => Verdict::AccessToken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(&str, Verdict)> {
        let found = text.match_indices("eyJ");
        let found = found.filter_map(|(start, _)| web_token(text, start));
        found.map(|one| (&text[one.range], one.verdict)).collect()
    }

    #[test]
    fn a_web_token_has_a_header_claims_and_a_signature() {
        let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let header = part(r#"{"alg":"HS256","typ":"JWT"}"#);
        let signature = "c2lnbmF0dXJlLW9mLWEtdGVzdA";
        let token = |claims: &str| format!("{header}.{}.{signature}", part(claims));
        let own = token(r#"{"iss":"shop","role":"service"}"#);
        assert_eq!(told(&own), [(own.as_str(), Verdict::AccessToken)]);
        let sample = token(r#"{"sub":"1234567890","name":"John Doe"}"#);
        assert_eq!(told(&sample)[0].1, Verdict::Placeholder);
        let demo = token(r#"{"iss":"supabase-demo","role":"anon"}"#);
        assert!(matches!(told(&demo)[0].1, Verdict::Default { .. }));
        let anyone = token(r#"{"iss":"supabase","role":"anon"}"#);
        assert_eq!(told(&anyone)[0].1, Verdict::Reference);
        let everything = token(r#"{"iss":"supabase","role":"service_role"}"#);
        assert_eq!(told(&everything)[0].1, Verdict::AccessToken);
        let broken = format!("{header}.bm9wZW5vcGVub3Bl.{signature}");
        assert_eq!(told(&broken)[0].1, Verdict::Unsure);
    }
}
