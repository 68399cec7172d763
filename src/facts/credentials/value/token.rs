//! Tokens that tell by their shape whose they are: what services hand out, addresses of web
//! hooks; those of the web are read by `web_token`. Hand-written: no regular expression stands in the way of a scan.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Match};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::characters::distinct;
use super::random::is_random;
use super::row::is_row;
use super::sendgrid::is_of_sendgrid;
use super::token_place::{Token, is_inside, is_part};
use super::tunnel_token::{self, tunnel_token};
use super::web_token::web_token;
use crate::facts::credentials::Verdict;

/// Beginnings of tokens that services hand out, with how many characters follow at least.
pub(in crate::facts::credentials) const TOKENS: [(&str, usize); 53] = [
    ("ghp_", 36),
    ("gho_", 36),
    ("ghu_", 36),
    ("ghs_", 36),
    ("ghr_", 36),
    ("github_pat_", 22),
    ("glpat-", 20),
    ("gldt-", 20),
    ("glrt-", 20),
    ("glsa_", 32),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("xoxa-", 20),
    ("xoxs-", 20),
    ("xapp-", 20),
    ("sk_live_", 20),
    ("rk_live_", 20),
    ("sk_test_", 20),
    // Toss Payments: of a shop, and of its widget.
    ("live_sk_", 20),
    ("live_gsk_", 20),
    ("dckr_pat_", 20),
    ("npm_", 36),
    ("hvs.", 24),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 35),
    ("SG.", 40),
    ("GOCSPX-", 24),
    ("dop_v1_", 60),
    ("hf_", 30),
    ("sk-proj-", 20),
    ("sk-ant-", 20),
    ("shpat_", 30),
    ("pypi-AgE", 50),
    ("AGE-SECRET-KEY-1", 40),
    ("NRAK-", 24),
    ("sntrys_", 40),
    ("xkeysib-", 60),
    ("ATATT3", 60),
    // Dynatrace: what it is for, its id, the secret.
    ("dt0c01.", 80),
    ("dt0s01.", 80),
    ("pscale_pw_", 32),
    // Elasticsearch's accounts of services: `elastic/…` behind four bytes, in base64.
    ("AAEAAWVsYXN0aWMv", 20),
    // Extended private keys of wallets.
    ("xprv9", 100),
    ("tprv8", 100),
    ("hooks.slack.com/services/T", 30),
    ("discord.com/api/webhooks/", 60),
    ("discordapp.com/api/webhooks/", 60),
    ("webhook.office.com/webhookb2/", 60),
    ("oapi.dingtalk.com/robot/send?access_token=", 60),
    ("open.feishu.cn/open-apis/bot/v2/hook/", 32),
    ("open.larksuite.com/open-apis/bot/v2/hook/", 32),
    ("qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", 32),
];

/// Those of them that private keys begin with: of age, and the extended ones of wallets.
const PRIVATE: [&str; 3] = ["AGE-SECRET-KEY-1", "xprv9", "tprv8"];

/// Reads a token that has a mark at a byte of a text.
type Read = fn(&str, usize) -> Option<Token>;

/// What such tokens have in them whose shape says more than a beginning and a length.
const MARKS: [(&str, Read); 7] = [
    ("sk-", model_key),
    ("eyJ", web_token),
    (tunnel_token::BEGINNING, tunnel_token),
    ("Q~", client_secret),
    ("NRAL", licence_key),
    (":AA", bot_token),
    ("AQ", ceph_key),
];

/// All beginnings, and behind them the marks.
static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let beginnings = TOKENS.iter().map(|(beginning, _)| beginning);
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(beginnings.chain(MARKS.iter().map(|(mark, _)| mark)))
        .expect("a few short words make a small automaton")
});

/// The tokens of services in a text, in no special order.
pub(in crate::facts::credentials) fn tokens(text: &str) -> Vec<Token> {
    let words = WORDS.find_overlapping_iter(text);
    let token = |word: Match| {
        let (start, number) = (word.start(), word.pattern().as_usize());
        match TOKENS.get(number) {
            Some((beginning, length)) => of_service(text, start, beginning, *length),
            None => MARKS[number - TOKENS.len()].1(text, start),
        }
    };
    words.filter_map(token).collect()
}

/// Whether a token is the public half of a key pair of AWS.
pub(in crate::facts::credentials) fn is_key_id(token: &str) -> bool {
    token.starts_with("AKIA") || token.starts_with("ASIA")
}

/// Whether a value is a token of Vault as it was until 1.10: `s.` or, for one of a batch, `b.`. Such
/// beginnings stand in any text, so that they tell nothing without a token's name.
pub(super) fn is_of_vault(value: &str) -> bool {
    let body = |beginning| value.strip_prefix(beginning);
    let has = |what: fn(&u8) -> bool| value.as_bytes()[2..].iter().any(what);
    body("s.").or_else(|| body("b.")).is_some_and(|body| {
        body.len() >= 24
            && body.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && distinct(body) >= 8
    })
}

/// Whether a value is a token with which a node joins a cluster: `abcdef.0123456789abcdef`.
pub(super) fn is_of_kubeadm(value: &str) -> bool {
    let is_part = |part: &str, length| {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        part.len() == length && part.bytes().all(is_letter)
    };
    let parts = value.split_once('.');
    parts.is_some_and(|(id, secret)| {
        is_part(id, 6) && is_part(secret, 16) && secret.bytes().any(|byte| byte.is_ascii_digit())
    })
}

/// Whether a value under a token's name has the shape of a service's tokens.
pub(in crate::facts::credentials) fn is_of_service(value: &str) -> bool {
    is_of_vault(value) || is_of_kubeadm(value) || is_of_sendgrid(value)
}

/// Unleash: `project:environment.secret`.
pub(super) fn is_unleash(value: &str) -> bool {
    let secret = value
        .split_once(':')
        .and_then(|(_, rest)| rest.split_once('.'))
        .map(|(_, secret)| secret);
    secret.is_some_and(|secret| is_random(secret, 16) || secret.starts_with("unleash-insecure-"))
}

/// A row that counts, as examples have it.
const ROW: &str = "1234567890abcdef";

/// The key in Stripe's documentation, which only tries things.
const STRIPES: &str = "4eC39HqLyjWDarjt";

fn of_service(text: &str, start: usize, beginning: &str, length: usize) -> Option<Token> {
    let is_address = beginning.contains('/');
    let after = start + beginning.len();
    let has_more = |byte: u8| match beginning {
        "SG." | "dt0c01." | "dt0s01." => byte == b'.',
        _ => is_address && b"/@".contains(&byte),
    };
    let rest = text.as_bytes()[after..].iter();
    let count = rest
        .take_while(|byte| is_part(**byte) || has_more(**byte))
        .count();
    let body = &text[after..after + count];
    if count < length || distinct(body) < 8 || (!is_address && is_inside(text, start)) {
        return None;
    }
    // The last part of the address is what opens it.
    let start = if is_address {
        after + body.rfind('/').map_or(0, |slash| slash + 1)
    } else {
        start
    };
    let is_key_id = matches!(beginning, "AKIA" | "ASIA");
    let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let is_no_key_id = is_key_id && (count != 16 || !body.bytes().all(is_upper));
    let row = body.find(ROW);
    // Behind characters of its own, the key before a value says what it is.
    if row.is_some_and(|at| at > 0) && count + after == text.len() && start == 0 {
        return None;
    }
    let is_example = [
        "EXAMPLE", "example", "xxxx", "XXXX", ROW, STRIPES, "your", "YOUR",
    ]
    .iter()
    .any(|word| body.contains(word))
        || is_row(body)
        || ["-XXX", "-xxx"].iter().any(|end| body.ends_with(end));
    let verdict = if is_no_key_id {
        Verdict::Unsure
    } else if is_example {
        Verdict::Placeholder
    } else if PRIVATE.contains(&beginning) {
        Verdict::PrivateKey
    } else {
        Verdict::AccessToken
    };
    Some(Token {
        range: start..after + count,
        verdict,
    })
}

/// A key of a language model's interface: `sk-` and thirty-two letters and digits or more, nothing
/// else. Not in the gate: such a key stands under a name that is.
fn model_key(text: &str, start: usize) -> Option<Token> {
    let after = start + "sk-".len();
    let rest = text.as_bytes()[after..].iter();
    let body = &text[after..after + rest.take_while(|byte| is_part(**byte)).count()];
    let digits = body.bytes().filter(u8::is_ascii_digit).count();
    let is_key = body.len() >= 32
        && body.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && digits >= 4
        && digits < body.len()
        && distinct(body) >= 8
        && !body.contains("1234567890")
        && !is_inside(text, start);
    is_key.then_some(Token {
        range: start..after + body.len(),
        verdict: Verdict::AccessToken,
    })
}

/// A client secret of Entra ID: three characters, a digit, `Q~`, and more than thirty.
fn client_secret(text: &str, at: usize) -> Option<Token> {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_~.-".contains(&byte);
    let bytes = text.as_bytes();
    let start = at.checked_sub(4)?;
    let count = bytes[at + 2..]
        .iter()
        .take_while(|byte| is_letter(**byte))
        .count();
    let end = at + 2 + count;
    let is_secret = bytes[start..at - 1].iter().all(|byte| is_letter(*byte))
        && bytes[at - 1].is_ascii_digit()
        && (31..=34).contains(&count)
        && (start == 0 || !is_letter(bytes[start - 1]))
        && distinct(&text[start..end]) >= 12;
    is_secret.then_some(Token {
        range: start..end,
        verdict: Verdict::AccessToken,
    })
}

/// A licence key of New Relic: thirty-six characters, hexadecimal but for a region before them, and `NRAL`.
fn licence_key(text: &str, at: usize) -> Option<Token> {
    let (start, end) = (at.checked_sub(36)?, at + "NRAL".len());
    let body = text.get(start..at)?;
    // `eu01xx`, filled up with `x`.
    let digits = body
        .strip_prefix("eu")
        .map_or(body, |rest| rest.trim_start_matches(['0', '1', 'x']));
    let is_key = digits.len() >= 28
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && distinct(digits) >= 8
        && !is_inside(text, start)
        && !text.as_bytes().get(end).is_some_and(|byte| is_part(*byte));
    is_key.then_some(Token {
        range: start..end,
        verdict: Verdict::AccessToken,
    })
}

/// A token of a bot of Telegram: its id, a colon, and thirty-five characters that begin with `AA`.
fn bot_token(text: &str, colon: usize) -> Option<Token> {
    let before = text[..colon].bytes().rev();
    let digits = before.take_while(u8::is_ascii_digit).count();
    let start = colon - digits;
    let body = &text[colon + 1..];
    let length = body.bytes().take_while(|byte| is_part(*byte)).count();
    // In an address stands `bot` before it.
    let is_alone = !is_inside(text, start) || text[..start].ends_with("/bot");
    let is_token =
        (8..=10).contains(&digits) && length == 35 && is_alone && distinct(&body[..length]) >= 8;
    is_token.then_some(Token {
        range: start..colon + 1 + length,
        verdict: Verdict::AccessToken,
    })
}

/// A key of Ceph: twenty-eight bytes, of which the first say the kind, 1, and those behind the time of its
/// making the length of the sixteen that follow.
fn ceph_key(text: &str, start: usize) -> Option<Token> {
    const LENGTH: usize = 40;
    let key = text.get(start..start + LENGTH)?;
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let bytes = text.as_bytes();
    let is_alone = start == 0 || !is_base64(&bytes[start - 1]);
    if !key.ends_with("==") || !is_alone {
        return None;
    }
    let decoded = STANDARD.decode(key).ok()?;
    let is_key = decoded.starts_with(&[1, 0]) && decoded[10..12] == [16, 0];
    (is_key && distinct(key) >= 12).then_some(Token {
        range: start..start + LENGTH,
        verdict: Verdict::AccessToken,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(&str, Verdict)> {
        let found = tokens(text);
        found
            .into_iter()
            .map(|one| (&text[one.range], one.verdict))
            .collect()
    }

    #[test]
    fn tokens_of_services_are_told_from_masked_ones() {
        let token = ["gh", "p_0123456789abcdefghijABCDEFGHIJ456789"].concat();
        let text = format!("x {token} y");
        assert_eq!(told(&text), [(token.as_str(), Verdict::AccessToken)]);
        assert_eq!(told("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), []);
        let example = told("AKIAIOSFODNN7EXAMPLE");
        assert_eq!(example, [("AKIAIOSFODNN7EXAMPLE", Verdict::Placeholder)]);
        assert_eq!(told("ASIAPACIFIC-REGION-1-EUROPE")[0].1, Verdict::Unsure);
    }

    #[test]
    fn addresses_of_robots_end_with_their_token() {
        let id = "3f2a1b4c-5d6e-4f70-8192-a3b4c5d6e7f8";
        for address in [
            "https://open.feishu.cn/open-apis/bot/v2/hook/",
            "https://open.larksuite.com/open-apis/bot/v2/hook/",
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
        ] {
            let text = format!("{address}{id}&x");
            assert_eq!(told(&text), [(id, Verdict::AccessToken)], "{address}");
            assert_eq!(told(&format!("{address}xxxxxxxx-xxxx")), []);
        }
        let token = ["81724", "06539:AAEhBOweik6ad6PsWZRcXKe5d6e7f80819a"].concat();
        for text in [
            format!("https://api.telegram.org/bot{token}/sendMessage"),
            format!("token: '{token}'"),
        ] {
            let expected = [(token.as_str(), Verdict::AccessToken)];
            assert_eq!(told(&text), expected, "{text}");
        }
        assert_eq!(told("12:30:AAEhBOweik6ad6PsWZRcXKe5d6e7f80819a"), []);
    }

    #[test]
    fn keys_of_ceph_say_their_length() {
        let key = ["AQBvL2Bk", "AAAAABAAkuN3NKYHS1lUN2mM2IZ0fg=="].concat();
        let text = format!("[client.admin]\n  key = {key}\n");
        assert_eq!(told(&text), [(key.as_str(), Verdict::AccessToken)]);
        for text in [
            format!("x{key}"),
            "AQBvL2BkkuN3NKYHS1lUAAAAABAAN2mM2IZ0fg==".to_owned(),
            "AQ==".to_owned(),
        ] {
            assert_eq!(told(&text), [], "{text}");
        }
    }

    #[test]
    fn keys_of_language_models_have_no_other_mark() {
        let key = ["sk-", "9f86d081884c7d659a2feaa0c55ad015"].concat();
        let text = format!("api_key: \"{key}\"");
        assert_eq!(told(&text), [(key.as_str(), Verdict::AccessToken)]);
        for text in [
            "task-9f86d081884c7d659a2feaa0c55ad015",
            "sk-no-key-required-9f86d081884c7d659a2feaa0",
            "sk-1234567890abcdef1234567890abcdef",
            "sk-9f86d081884c",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }

    #[test]
    fn licences_of_new_relic_end_with_their_mark() {
        let own = ["9f86d081884c7d659a2feaa0c55ad0159f86", "NRAL"].concat();
        let european = ["eu01xx9f86d081884c7d659a2feaa0c55ad0", "NRAL"].concat();
        for key in [own, european] {
            let text = format!("licenseKey: {key}\n");
            assert_eq!(told(&text), [(key.as_str(), Verdict::AccessToken)]);
        }
        for text in [
            "licenseKey: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxNRAL",
            "NRAL",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }

    #[test]
    fn older_tokens_of_vault_are_told_by_their_length() {
        assert!(is_of_vault(&["s.", "aB3dE5gH7jK9mN1pQ3sT5uV7"].concat()));
        assert!(!is_of_vault("s.shop"));
        assert!(!is_of_vault("s.settingsofthemainshopservice"));
        assert!(!is_of_vault("x.aB3dE5gH7jK9mN1pQ3sT5uV7"));
    }

    #[test]
    fn tokens_of_kubeadm_have_six_characters_and_sixteen() {
        assert!(is_of_kubeadm(&["q7zrx8", ".1kfwmpv12345aa9k"].concat()));
        for value in [
            "shop.com",
            "orders.internalservices",
            "q7zrx8.1KFWMPV12345AA9K",
        ] {
            assert!(!is_of_kubeadm(value), "{value}");
        }
    }

    #[test]
    fn of_an_address_the_last_part_is_the_token() {
        let hook = [
            "https://hooks.slack",
            ".com/services/T0A1B2C3D/B4E5F6G7H/aB3dE5gH7jK9mN1pQ3sT5uV7",
        ]
        .concat();
        let expected = [("aB3dE5gH7jK9mN1pQ3sT5uV7", Verdict::AccessToken)];
        assert_eq!(told(&hook), expected);
    }

    #[test]
    fn client_secrets_have_their_mark_in_the_fifth_place() {
        let secret = ["aB1", "8Q", "~cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2y"].concat();
        assert_eq!(told(&secret), [(secret.as_str(), Verdict::AccessToken)]);
        assert_eq!(told("sum8Q~short"), []);
    }
}
