//! What a scalar means to Kubernetes: the YAML 1.1 types as kubectl's decoder resolves them.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::Scalar;

/// The namespace of YAML's own tags.
const CORE_TAGS: &str = "tag:yaml.org,2002:";

/// Resolves a scalar by its tag; without one, a plain scalar by its text, any other is a string.
/// `Err` gives the reason why Kubernetes refuses the value.
pub(super) fn resolve<'a>(
    text: &'a str,
    is_plain: bool,
    tag: Option<(&str, &str)>,
) -> Result<Resolved<'a>, &'static str> {
    match tag {
        None if is_plain => plain(text).map(Resolved::Borrowed),
        None => Ok(Resolved::Borrowed(Scalar::String(text))),
        Some((CORE_TAGS, suffix)) => tagged(text, suffix),
        Some(_) => Ok(Resolved::Borrowed(Scalar::String(text))),
    }
}

/// A scalar that borrows its text, or had to decode it.
pub(super) enum Resolved<'a> {
    Borrowed(Scalar<'a>),
    Decoded(String),
}

impl Resolved<'_> {
    pub(super) fn scalar(&self) -> Scalar<'_> {
        match self {
            Self::Borrowed(scalar) => *scalar,
            Self::Decoded(text) => Scalar::String(text),
        }
    }
}

/// The text that a mapping's key has in JSON: booleans and numbers in their canonical form.
pub(super) fn key_text<'a>(
    text: &'a str,
    scalar: Scalar<'a>,
) -> Result<Cow<'a, str>, &'static str> {
    Ok(match scalar {
        Scalar::String(text) => Cow::Borrowed(text),
        Scalar::Bool(value) => Cow::Borrowed(if value { "true" } else { "false" }),
        Scalar::Signed(value) => Cow::Owned(value.to_string()),
        Scalar::Unsigned(value) => Cow::Owned(value.to_string()),
        Scalar::Float(value) => Cow::Owned(value.to_string()),
        Scalar::Null if text.is_empty() => return Err("a mapping's key is missing"),
        Scalar::Null => return Err("a mapping's key is `null`"),
    })
}

fn tagged<'a>(text: &'a str, suffix: &str) -> Result<Resolved<'a>, &'static str> {
    let resolved = plain(text);
    let scalar = match (suffix, resolved) {
        ("binary", _) => return decode_binary(text).map(Resolved::Decoded),
        ("bool", Ok(scalar @ Scalar::Bool(_)))
        | ("int", Ok(scalar @ (Scalar::Signed(_) | Scalar::Unsigned(_))))
        | ("float", Ok(scalar @ (Scalar::Float(_) | Scalar::Signed(_) | Scalar::Unsigned(_))))
        | ("null", Ok(scalar @ Scalar::Null)) => scalar,
        ("float", Err(reason)) => return Err(reason),
        ("bool" | "int" | "float" | "null", _) => return Err("a value does not fit its tag"),
        _ => Scalar::String(text),
    };
    Ok(Resolved::Borrowed(scalar))
}

fn decode_binary(text: &str) -> Result<String, &'static str> {
    let compact: String = text.split_whitespace().collect();
    let bytes = STANDARD
        .decode(compact)
        .map_err(|_| "a `!!binary` value is no base64")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn plain(text: &str) -> Result<Scalar<'_>, &'static str> {
    let scalar = match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "true" | "True" | "TRUE" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "false" | "False" | "FALSE" => {
            Scalar::Bool(false)
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF"
        | ".nan" | ".NaN" | ".NAN" => return Err("infinity and NaN have no form in JSON"),
        _ if text.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) => {
            number(text).unwrap_or(Scalar::String(text))
        }
        _ => Scalar::String(text),
    };
    Ok(scalar)
}

fn number(text: &str) -> Option<Scalar<'_>> {
    let digits: Cow<'_, str> = if text.contains('_') {
        text.replace('_', "").into()
    } else {
        text.into()
    };
    integer(&digits).or_else(|| float(&digits))
}

/// Integers in the bases that a prefix names; a leading zero means octal.
fn integer(text: &str) -> Option<Scalar<'static>> {
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.starts_with(|first: char| first.is_ascii_hexdigit()) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    match (is_negative, i64::try_from(magnitude)) {
        (false, Ok(value)) => Some(Scalar::Signed(value)),
        (false, Err(_)) => Some(Scalar::Unsigned(magnitude)),
        (true, Ok(value)) => Some(Scalar::Signed(-value)),
        (true, Err(_)) => {
            (magnitude == i64::MIN.unsigned_abs()).then_some(Scalar::Signed(i64::MIN))
        }
    }
}

/// Decimal fractions, with or without an exponent. A number too large for 64 bits stays a string.
fn float(text: &str) -> Option<Scalar<'static>> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_mantissa = is_digits(whole) && is_digits(fraction) && whole.len() + fraction.len() > 0;
    let has_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    if !has_mantissa || !has_exponent {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(Scalar::Float(value))
}
