//! Names in brackets that a product puts a value for when it starts.

use super::random::is_short_random;
use super::shuffled::is_shuffled;

/// Whether all of a value is a name in brackets behind a sign, which a product looks up where it keeps such things:
/// `$secret{db_password}`, `@{vault:db}`, `$[variables.dbPass]`, `@@PROP:DB_PASSWORD@@`.
pub(super) fn is_looked_up(value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.bytes().all(is_part)
            && !is_short_random(name)
            && !is_shuffled(name)
    };
    let behind_word = |rest: &str| {
        let word = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let inner = rest[word..].strip_prefix('{')?;
        inner.strip_suffix('}').map(is_name)
    };
    let between = |open: &str, close: &str| {
        let inner = value.strip_prefix(open)?.strip_suffix(close)?;
        Some(is_name(inner))
    };
    let behind_sign = value
        .strip_prefix(['$', '@', '&', '~'])
        .and_then(behind_word);
    let in_brackets = || between("$[", "]").or_else(|| between("@@", "@@"));
    behind_sign.or_else(in_brackets).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_brackets_is_looked_up() {
        for value in [
            "$ref{super_admin.password}",
            "$secret{db_password}",
            "@{vault:db}",
            "&{db.password}",
            "~{db.password}",
            "$[variables.dbPass]",
            "@@PROP:ADMIN_USER_PASS@@",
        ] {
            assert!(is_looked_up(value), "{value}");
        }
        for value in [
            "p{4}ss",
            "plain:hQ7tr99x",
            "@{hQ7tr99xKq}",
            "$x{y}z",
            "@@@@",
        ] {
            assert!(!is_looked_up(value), "{value}");
        }
    }
}
