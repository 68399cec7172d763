//! Hashes of passwords that stand under a password's own name, beside the salt that they were made with:
//! `{"password": "6837ea9b…", "salt": ""}`.

use crate::facts::credentials::key::words::contains_ignoring_case;
use crate::model::Node;

/// Whether a value has the length and the digits of what MD5 or one of the SHA functions make.
pub(in crate::facts::credentials) fn is_digest(value: &str) -> bool {
    matches!(value.len(), 32 | 40 | 56 | 64 | 96 | 128)
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a value is a hash that says so by what stands before it: of PostgreSQL's and MySQL's accounts.
pub(super) fn is_marked_digest(value: &str) -> bool {
    let is_hex = |rest: &str, length| rest.len() == length && is_digest(rest);
    let is_of_postgres = value
        .strip_prefix("md5")
        .is_some_and(|rest| is_hex(rest, 32));
    let is_of_mysql = value.strip_prefix('*').is_some_and(|rest| is_hex(rest, 40));
    is_of_postgres || (is_of_mysql && !value.bytes().any(|byte| byte.is_ascii_lowercase()))
}

/// Whether an object says of a value in it that it is hashed: by its salt, or by the name of what made it.
pub(in crate::facts::credentials) fn is_hashed_in(holder: Node<'_>) -> bool {
    const MADE_BY: [&str; 5] = ["md5", "sha1", "sha256", "sha512", "sha-256"];
    let names = ["encoding", "algorithm", "hash", "hashAlgorithm"];
    let mut named = names.iter().filter_map(|key| holder.get(key)?.as_str());
    holder.get("salt").is_some()
        || named.any(|name| MADE_BY.iter().any(|one| one.eq_ignore_ascii_case(name)))
}

/// Whether the innermost object of JSON around a byte of a text, or else its line, sets a salt.
pub(super) fn stands_beside_salt(text: &str, at: usize) -> bool {
    if !contains_ignoring_case(text, "salt") {
        return false;
    }
    let line = |side: &str, is_before: bool| match is_before {
        true => side.rfind('\n').map_or(0, |end| end + 1),
        false => side.find('\n').unwrap_or(side.len()),
    };
    let (before, after) = text.split_at(at);
    let start = before
        .rfind(['{', '}'])
        .filter(|at| before[*at..].starts_with('{'));
    let end = after
        .find(['{', '}'])
        .filter(|at| after[*at..].starts_with('}'));
    let (start, end) = match (start, end) {
        (Some(start), Some(end)) => (start, end),
        _ => (line(before, true), line(after, false)),
    };
    ["\"salt\"", "'salt'", "salt:", "salt="]
        .iter()
        .any(|name| contains_ignoring_case(&text[start..before.len() + end], name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "6837ea9b06409112a824d113927ad74fabc5c76e";

    #[test]
    fn a_hash_stands_beside_its_salt() {
        let told = |text: &str| {
            let text = text.replace("HASH", HASH);
            stands_beside_salt(&text, text.find(HASH).expect("is there"))
        };
        for text in [
            "{\"user\":\"a\",\"password\":\"HASH\",\"salt\":\"\"}",
            "[{\n  \"Salt\": \"x\",\n  \"password\": \"HASH\"\n}]",
            "password: HASH, salt: x",
        ] {
            assert!(told(text), "{text}");
        }
        for text in [
            "[{\"salt\": \"x\"}, {\"password\": \"HASH\"}]",
            "salt: x\npassword: HASH",
            "{\"password\": \"HASH\", \"name\": \"salty\"}",
        ] {
            assert!(!told(text), "{text}");
        }
        assert!(is_marked_digest("md53f2a1b4c5d6e4f708192a3b4c5d6e7f8"));
        assert!(is_marked_digest(
            "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"
        ));
        assert!(!is_marked_digest("md5hQ7tr99x") && !is_marked_digest(HASH));
        assert!(is_digest(HASH) && !is_digest("hQ7tr99x") && !is_digest(&HASH[1..]));
    }
}
