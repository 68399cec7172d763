//! Values that look drawn at random.

use super::characters::is_base64;
use super::characters::{distinct, is_uuid};
use super::name::is_name;
use super::shuffled::is_shuffled;

/// Whether the value looks drawn at random: long, letters and digits mixed, no name, no UUID.
pub(in crate::facts::credentials) fn is_random(value: &str, length: usize) -> bool {
    let has = |what: fn(&u8) -> bool| value.as_bytes().iter().any(what);
    // Words without blanks, such as `base64encodedkey`, have few digits and one case.
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let is_of_token = value
        .bytes()
        .all(|byte| is_base64(byte) || byte == b'.' || byte == b'~');
    value.len() >= length
        && value.len() <= 4096
        && is_of_token
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && (is_mixed || value.bytes().filter(u8::is_ascii_digit).count() >= 4)
        && distinct(value) >= 8
        && !is_uuid(value)
        && !is_name(value)
        && (!value.contains('.') || value.starts_with("eyJ") || value.starts_with("hvs."))
}

/// Whether twelve characters or more look drawn at random: letters of both cases and digits among
/// them, since a word may have one capital and a number at its end.
pub(super) fn is_short_random(value: &str) -> bool {
    let word = value.trim_end_matches(|one: char| one.is_ascii_digit());
    value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().filter(u8::is_ascii_digit).count() >= 2
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_uppercase())
        && value.bytes().any(|byte| byte.is_ascii_lowercase())
        && is_random(value, 12)
}

/// Whether sixteen letters or more look drawn at random: both cases in short runs, as in no words
/// with capitals.
pub(super) fn is_drawn_letters(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_upper = |byte: &u8| byte.is_ascii_uppercase();
    let runs = bytes.chunk_by(|one, next| is_upper(one) == is_upper(next));
    let (mut count, mut long_upper, mut short_lower) = (0, 0, 0);
    for run in runs {
        count += 1;
        long_upper += usize::from(run.len() > 1 && is_upper(&run[0]));
        short_lower += usize::from(run.len() == 1 && !is_upper(&run[0]));
    }
    value.len() >= 16
        && bytes.iter().all(u8::is_ascii_alphabetic)
        && count * 3 >= value.len()
        && ((long_upper >= 1 && short_lower >= 2) || (long_upper >= 3 && short_lower >= 1))
}

/// Whether thirty-two characters or more look drawn at random from all that a keyboard has, in which
/// no words stand, as in JSON or a pattern.
pub(super) fn is_drawn_with_signs(value: &str) -> bool {
    let mut words = value.split(|one: char| !one.is_ascii_lowercase());
    let signs = value.bytes().filter(u8::is_ascii_punctuation).count();
    // WordPress draws blanks, too, into what has sixty-four characters.
    let blanks = value.bytes().filter(|byte| *byte == b' ').count();
    let allowed = if value.len() >= 60 { 4 } else { 0 };
    value.len() >= 32
        && is_complex(value)
        && value
            .bytes()
            .all(|byte| byte.is_ascii_graphic() || byte == b' ')
        && blanks <= allowed
        && !value.contains("://")
        && (4..=value.len() / 2).contains(&signs)
        && distinct(value) >= 20
        && words.all(|word| word.len() <= 5)
}

/// Whether one of the parts between dots looks drawn at random, in which no host, version or package
/// has letters of both cases and digits mixed: `shop.Qx9vLm2ZtR7yKpWe.live`.
pub(super) fn is_drawn_in_parts(value: &str) -> bool {
    let is_ending = |part: &str| {
        (2..=5).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| is_base64(byte) && byte != b'/');
    let count = value.split('.').count();
    let is_file = count == 2 && value.rsplit('.').next().is_some_and(is_ending);
    (2..=4).contains(&count)
        && !is_file
        && value.split('.').all(is_part)
        && (value
            .split('.')
            .any(|part| is_short_random(part) || (part.len() >= 20 && is_shuffled(part)))
            || are_all_drawn(value))
}

/// Whether all parts between dots look drawn at random, whatever their case, as those of no host are; a
/// short one before them says whose they are.
fn are_all_drawn(value: &str) -> bool {
    let parts = value
        .split_once('.')
        .filter(|(first, _)| first.len() <= 6)
        .map_or(value, |(_, rest)| rest);
    parts.contains('.') && parts.split('.').all(|part| is_random(part, 20))
}

/// Whether a password meets what most products ask of one: letters of both cases, digits and
/// something else.
pub(super) fn is_complex(value: &str) -> bool {
    let has = |what: fn(&u8) -> bool| value.as_bytes().iter().any(what);
    has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_punctuation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_not_random() {
        for value in [
            "my-client-secret",
            "keycloak-client1-secret",
            "11111111-2222-3333-4444-555555555555",
            "registry.example.com",
            "oauth2_proxy_cookie",
            "base64encodedaccountkey",
        ] {
            assert!(!is_random(value, 16), "{value}");
        }
        assert!(is_random("9f86d081884c7d659a2feaa0c55ad015", 16));
        assert!(is_random("aB3dE5gH7jK9mN1pQ3sT", 16));
        assert!(is_random("sk-9f86d081884c7d659a2feaa0c55ad015", 16));
        assert!(is_short_random("1kQfbvtTb2iY"));
        assert!(is_drawn_letters("aQbTxYKmzWcRvLPfgHsN"));
        assert!(is_drawn_letters("ZQwoqSZtRrueflUhqAXK"));
        for value in [
            "shop.Qx9vLm2ZtR7yKpWe.live",
            "Es2r7St3.3KHSrtEeXurtxwLfijqAWjXpeCCxLFCd",
            "9f86d081884c7d659a2f.eaa0c55ad0159f86d081",
            "st.9f86d081884c7d659a2f.eaa0c55ad0159f86d081",
        ] {
            assert!(is_drawn_in_parts(value), "{value}");
        }
        assert!(is_drawn_with_signs(
            "q:7[[@=Xv?TR`W2mKy:eZ]LoJ&bx3^/KaV4iS?Y[N"
        ));
        let with_blanks = "x|)8K!#s]`%kP*q6-ld{v>A+9Z tN(uB@w$7^Ym~2L4&p;oW?}/x[eQ<3rT=:gH6";
        assert!(is_drawn_with_signs(with_blanks));
        for value in [
            "if (a[0] == 'X1') { b = c || D; e(f); } // 64 characters of it, G-7",
            "q:7[[@=Xv?TR`W2mKy:eZ]Lo &bx3^/KaV4iS?Y[N",
            "^[A-Z0-9]{3,5}-[a-z]+(?:Orders|Shops)[0-9]*$",
            "Server=db,1;Password=x7;User=A;Db=Orders",
            "q:7[[@=Xv?TR`W2mKy",
        ] {
            assert!(!is_drawn_with_signs(value), "{value}");
        }
        for value in [
            "db.example.com",
            "a1b2c3d4e5.eu-central-1.aws.example.com",
            "9f86d081884c7d659a2feaa0c55ad015.example.com",
            "com.example.shop.OrderKeyFactory2024",
            "v1.2.3-beta4",
            "Qx9vLm2ZtR7yKpWe.pem",
            "Qx9vLm2ZtR7yKpWe",
        ] {
            assert!(!is_drawn_in_parts(value), "{value}");
        }
        for value in [
            "myVerySecretTokenForShop",
            "SHOPTOKENFORSHOPS",
            "HTTPSTokenOfTheShop",
        ] {
            assert!(!is_drawn_letters(value), "{value}");
        }
        for value in [
            "MyServiceKey12",
            "accountKey2022",
            "Authorization",
            "shop-Key-1-2x",
        ] {
            assert!(!is_short_random(value), "{value}");
        }
    }
}
