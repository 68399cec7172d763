//! What stands in a reference for something that a person or a tool is to fill in.

/// Where a placeholder begins, and where it ends.
const PLACEHOLDERS: [(&str, &str); 10] = [
    ("[[", "]]"),
    ("${{", "}}"),
    ("{{", "}}"),
    ("${", "}"),
    ("$(", ")"),
    ("#{", "}#"),
    ("((", "))"),
    ("<", ">"),
    ("%", "%"),
    ("{", "}"),
];
/// What begins the name of a program or a task that a build tool puts an image in the place of:
/// import paths, also relative ones, of Go programs, and tasks that a pipeline takes in.
const BUILT: [&str; 4] = ["ko://", "./", "../", "uses:"];
/// What readers have of their own, in texts that are an example: `yourcompany`.
const THINGS: [&str; 14] = [
    "account",
    "company",
    "dockerhub",
    "name",
    "namespace",
    "org",
    "organization",
    "project",
    "registry",
    "repo",
    "team",
    "user",
    "username",
    "workspace",
];
/// Words in capitals that stand for what somebody is to fill in; so does one with an underscore.
const STAND_INS: [&str; 9] = [
    "IMAGE",
    "TAG",
    "VERSION",
    "REGISTRY",
    "PLACEHOLDER",
    "CHANGEME",
    "REPLACEME",
    "TODO",
    "XXX",
];

/// Words in small letters that ask for something to be filled in, however they are set apart: `change_me`.
const REQUESTS: [&str; 3] = ["changeme", "fillmein", "replaceme"];

/// Whether a text holds what somebody, or some tool, is to fill in; so does what begins as the reader's
/// own.
pub(crate) fn holds_placeholder(text: &str) -> bool {
    let is_enclosed = |(open, close): &(&str, &str)| {
        let after = text.find(open).map(|at| &text[at + open.len()..]);
        after.is_some_and(|after| after.contains(close))
    };
    let has_sign = text.bytes().any(|byte| b"[${(#<%".contains(&byte));
    (has_sign && PLACEHOLDERS.iter().any(is_enclosed))
        || text.contains('$')
        || ["your-", "your_"].iter().any(|word| text.starts_with(word))
        || is_of_reader(text)
        || is_built(text)
        || text.split(['/', ':', '@']).any(is_stand_in)
        || is_in_capitals(text)
        || is_digest_of_words(text)
}

/// `yourcompany/web`: what a reader has, as the first folder, or behind the host of a registry.
fn is_of_reader(text: &str) -> bool {
    let is_thing = |folder: &str| {
        let thing = folder.strip_prefix("your");
        thing.is_some_and(|thing| THINGS.contains(&thing))
    };
    let folders = text.rsplit_once('/').map_or(text, |(folders, _)| folders);
    folders.split('/').any(is_thing)
}

/// `host:5000/PROJECT/app`: a folder or a name in capitals is none that a registry takes.
fn is_in_capitals(text: &str) -> bool {
    let name = text.split('@').next().unwrap_or_default();
    let path = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    };
    let is_capital =
        |part: &str| part.len() > 2 && part.bytes().all(|byte| byte.is_ascii_uppercase());
    // A registry may have any letters.
    path.split('/').skip(1).any(is_capital)
}

/// `@sha256:resolved`: a word where a digest has its digits.
fn is_digest_of_words(text: &str) -> bool {
    let digest = text.rsplit_once("@sha256:").map(|(_, digits)| digits);
    digest.is_some_and(|digits| {
        digits.bytes().any(|byte| matches!(byte, b'g'..=b'z'))
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'))
    })
}

/// Whether a build tool puts an image in the place of the text.
pub(super) fn is_built(text: &str) -> bool {
    text.contains('/') && BUILT.iter().any(|start| text.starts_with(start))
}

/// `IMAGE_TAG`, `CHANGEME`, `_tag_`, `image-placeholder` or `xxx` in the place of a name or a
/// version.
fn is_stand_in(word: &str) -> bool {
    let is_capital = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    let is_shouted = word.bytes().any(|byte| byte.is_ascii_uppercase())
        && word.bytes().all(is_capital)
        && (word.contains('_') || STAND_INS.contains(&word));
    let is_framed = word.len() > 2 && word.starts_with('_') && word.ends_with('_');
    is_shouted
        || is_framed
        || is_request(word)
        || word.ends_with("placeholder")
        || (word.len() > 2 && word.bytes().all(|byte| byte == b'x'))
}

/// Whether a word as a whole asks for something to be filled in.
fn is_request(word: &str) -> bool {
    word.ends_with(['e', 'n']) && {
        let word = word.replace(['-', '_'], "");
        REQUESTS.contains(&word.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_to_be_changed_is_a_placeholder_as_a_whole() {
        for text in ["change_me", "quay.io/shop/web:changeme", "replace-me/web"] {
            assert!(holds_placeholder(text), "{text}");
        }
        for text in ["quay.io/shop/change-me-not", "todo", "shop/exchange_me:1"] {
            assert!(!holds_placeholder(text), "{text}");
        }
    }
}
