//! Names of credentials that are said of something else: of a column, a field of a form, a limit, a word that a
//! page shows.

use super::placeholder::is_to_be_changed;

/// Keys below which each value is the name of what its key is about.
const NAMING: [&str; 28] = [
    "fields",
    "columns",
    "mapping",
    "mappings",
    "attributes",
    "attrs",
    "form",
    "paths",
    "routes",
    "topics",
    "queues",
    "services",
    "templates",
    "emailtemplates",
    "strategies",
    "methods",
    "filters",
    "redact",
    "mask",
    "sensitive",
    "rename",
    "replace",
    "labels",
    "renamebyname",
    "excludebyname",
    "includebyname",
    "placeholders",
    "titles",
];

/// Keys of these below which a list has things with settings of their own, not names.
const THINGS: [&str; 7] = [
    "routes",
    "topics",
    "queues",
    "services",
    "strategies",
    "methods",
    "filters",
];

/// Keys below which each value is a number of characters, seconds or places.
const MEASURING: [&str; 12] = [
    "limits",
    "lengths",
    "length",
    "ttl",
    "ttls",
    "timeouts",
    "retention",
    "expiry",
    "max",
    "min",
    "index",
    "indexbyname",
];

/// Keys below which texts for people stand, in one language or in several.
const WORDING: [&str; 7] = [
    "i18n",
    "l10n",
    "translation",
    "translations",
    "locale",
    "locales",
    "messages",
];

/// Languages by the letters that files are called after.
const LANGUAGES: [&str; 24] = [
    "ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hu", "it", "ja", "ko", "nb", "nl",
    "no", "pl", "pt", "ro", "ru", "sv", "tr", "zh",
];

/// Whether a value says something about its key by what both stand below, as an object's or as one's in a list;
/// `None` is no text, as a number.
pub(in crate::facts::credentials) fn is_label(
    parent: &str,
    is_in_item: bool,
    value: Option<&str>,
) -> bool {
    let is_one = |names: &[&str]| names.iter().any(|name| parent.eq_ignore_ascii_case(name));
    let is_number = |value: &str| value.bytes().all(|byte| byte.is_ascii_digit());
    let is_of_thing = || is_in_item && is_one(&THINGS);
    (is_one(&NAMING) && value.is_some_and(is_name) && !is_of_thing())
        || (is_one(&MEASURING) && value.is_none_or(is_number))
}

/// Whether what stands below a key is shown to people.
pub(in crate::facts::credentials) fn holds_wording(key: &str) -> bool {
    WORDING.iter().any(|name| key.eq_ignore_ascii_case(name))
}

/// Whether a file holds what is shown to people, by its name: `messages_de.properties`, `en.json`.
pub(in crate::facts::credentials) fn is_file_of_wording(name: &str) -> bool {
    let Some((stem, end)) = name.rsplit_once('.') else {
        return false;
    };
    let language = stem.split(['-', '_']).next().unwrap_or(stem);
    let is_of_language = LANGUAGES.contains(&language) && stem.len() <= 5;
    matches!(end, "properties" | "json" | "yaml" | "yml")
        && (stem == "messages" || stem.starts_with("messages_") || is_of_language)
}

/// Whether a value may be a word that is shown: no digits, and nothing that asks for a change.
pub(in crate::facts::credentials) fn is_wording(value: &str) -> bool {
    let is_word = |one: char| one.is_alphabetic() || " -'’.:?!".contains(one);
    value.chars().all(is_word) && !is_to_be_changed(value)
}

/// Whether a value may be the name of a thing: `user_password`, `password-events`, SendGrid's of a template.
fn is_name(value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphabetic() || b"-_.".contains(&byte);
    let is_of_template =
        |id: &str| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (value.bytes().all(is_part) && !is_to_be_changed(value))
        || value.strip_prefix("d-").is_some_and(is_of_template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_told_by_what_it_stands_below() {
        for (parent, value) in [
            ("columns", Some("passwd")),
            ("topics", Some("password-events")),
            ("renameByName", Some("Password")),
            ("emailTemplates", Some("d-3f2a1b4c5d6e4f708192a3b4c5d6e7f8")),
            ("limits", Some("72")),
            ("ttl", None),
        ] {
            assert!(is_label(parent, false, value), "{parent} {value:?}");
        }
        for (parent, value) in [
            ("columns", Some("hQ7tr99xKq")),
            ("form", Some("change-me")),
            ("limits", Some("hQ7tr99xKq")),
            ("database", Some("user_password")),
            ("users", None),
        ] {
            assert!(!is_label(parent, false, value), "{parent} {value:?}");
        }
        assert!(is_label("services", false, Some("token-service")));
        assert!(!is_label("services", true, Some("token-service")));
        assert!(is_label("columns", true, Some("passwd")));
    }

    #[test]
    fn wording_is_told_by_its_file() {
        for name in [
            "messages_en.properties",
            "messages.properties",
            "en.json",
            "pt_BR.yaml",
            "de-DE.json",
        ] {
            assert!(is_file_of_wording(name), "{name}");
        }
        for name in [
            "db.json",
            "application.properties",
            "en.sh",
            "en",
            "pt-application.yaml",
        ] {
            assert!(!is_file_of_wording(name), "{name}");
        }
        assert!(is_wording("Contraseña") && is_wording("New password:"));
        assert!(!is_wording("Password1") && !is_wording("change-me"));
    }
}
