//! Passwords that are guessed by what stands around them: they repeat their own name, or the user's.

use std::ops::Range;

use super::around::Around;
use super::characters::letters;
use super::key_name::is_beside_name;
use super::salted::{is_digest, stands_beside_salt};
use super::sample::is_value_of_any;
use crate::facts::credentials::Verdict;
use crate::facts::credentials::key::words::{contains_ignoring_case, words};
use crate::facts::credentials::key::{Meaning, meaning};

/// Words behind a user's name that make a password of it: `rootpw`.
const ENDINGS: [&str; 5] = ["pw", "pwd", "pass", "passwd", "password"];

/// What people put between a word and a number, or behind both.
const SIGNS: [char; 8] = ['@', '_', '-', '.', '!', '#', '$', '*'];

/// Users that need not stand beside.
const COMMON_USERS: [&str; 7] = ["root", "admin", "test", "demo", "user", "db", "dev"];

/// Whether a password says no more than its key, its key and the one above, the one above alone, what the object
/// around or its product is called, or a user with a word behind: `mqtt: {password: mqtt-password}`, `user: shop` beside
/// `password: shop_pass`. With signs or numbers in it, it says more.
pub(super) fn is_guessed(value: &str, around: Around<'_>) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if value.len() > 64 || !value.bytes().all(is_plain) {
        return false;
    }
    let own = letters(value);
    let key = letters(around.key);
    let above = letters(around.parent);
    own == key
        || is_word_of_key(around.key, value)
        || around.users.iter().any(|user| is_local_part(user, value))
        || own.strip_prefix(above.as_str()) == Some(key.as_str())
        || (own.len() >= 3 && own == above)
        || around
            .name
            .is_some_and(|name| name.eq_ignore_ascii_case(value))
        || is_password_of(value, &COMMON_USERS)
        || is_password_of(value, around.users)
        || (own.len() >= 4 && is_word_of(around.surroundings, &own))
        || (own.len() >= 6 && begins_word_of(around.surroundings, &own))
        || (key.ends_with(&own) && ENDINGS.iter().any(|ending| own.ends_with(ending)))
        || is_administrator_of(around.surroundings, &own)
}

/// Whether a word is that of a product around with its administrator's behind: `grafanaadmin`, `grafanarootpass`.
fn is_administrator_of(names: &str, word: &str) -> bool {
    let ending = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending));
    let name = ending.unwrap_or(word);
    let product = ["admin", "root"]
        .iter()
        .find_map(|user| name.strip_suffix(user));
    product.is_some_and(|product| product.len() >= 4 && is_word_of(names, product))
}

/// Whether a value is the name of one of these users with a word behind, or what the name has before `user`:
/// `shop_pass` of `shop` and `shop_user`, `rootpw`.
pub(super) fn is_password_of(value: &str, users: &[&str]) -> bool {
    let own = letters(value);
    let mut names = users.iter().filter(|user| user.len() > 1);
    names.any(|user| {
        let name = letters(user);
        let stem = name.strip_suffix("user").filter(|stem| stem.len() > 1);
        let mut names = [Some(name.as_str()), stem].into_iter().flatten();
        names.any(|name| {
            let rest = own.strip_prefix(name);
            rest.is_some_and(|rest| ENDINGS.contains(&rest))
        })
    })
}

/// Whether a key has a word, mostly the product's that it is for: `WORDPRESS_DB_PASSWORD: wordpress`.
fn is_word_of_key(key: &str, word: &str) -> bool {
    let is_word = |one: &str| one.eq_ignore_ascii_case(word);
    word.len() >= 3
        && contains_ignoring_case(key, &word.to_ascii_lowercase())
        && (key
            .split(|one: char| !one.is_ascii_alphanumeric())
            .any(is_word)
            || words(key).iter().any(|one| is_word(one)))
}

/// Whether a user is an address of mail whose part before the `@` is the word.
fn is_local_part(user: &str, word: &str) -> bool {
    let local = user.split_once('@').map(|(local, _)| local);
    word.len() >= 3 && local.is_some_and(|local| local.eq_ignore_ascii_case(word))
}

/// Whether names around, in lower case, have a word: of a product, of an object.
fn is_word_of(names: &str, word: &str) -> bool {
    let mut words = names.split(|one: char| !one.is_ascii_alphanumeric());
    words.any(|one| one == word)
}

/// Whether a word of names around, in lower case, begins with another one: that of a product, `shopfront` of
/// `shopfronthub-db`.
fn begins_word_of(names: &str, word: &str) -> bool {
    let mut words = names.split(|one: char| !one.is_ascii_alphanumeric());
    words.any(|one| one.starts_with(word))
}

/// Whether a password is a word that stands around with a number behind that everyone tries first:
/// `shop123` of the user `shop`, `minioadmin123`, `Turbo@2024` beside Turbo's image.
pub(super) fn is_numbered(
    value: &str,
    around: Around<'_>,
    is_listed: impl Fn(&str) -> bool,
) -> bool {
    let Some(word) = numbered_word(value) else {
        return false;
    };
    let is_same = |name: &str| name.eq_ignore_ascii_case(&word);
    let is_one_word = word.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_one_word && is_listed(&word))
        || around
            .users
            .iter()
            .any(|user| is_same(without_number(user)))
        || around.users.iter().copied().chain(around.name).any(is_same)
        || is_same(around.parent)
        || (is_one_word && word.len() >= 4 && around.surroundings.contains(&word))
}

/// What a user is called without the domain of an address of mail and without a number: `shop1@example.com`.
fn without_number(user: &str) -> &str {
    let local = user.split('@').next().unwrap_or(user);
    local.trim_end_matches(|one: char| one.is_ascii_digit())
}

/// The word in lower case before a number that everyone tries first, a sign between or behind.
pub(super) fn numbered_word(value: &str) -> Option<String> {
    let plain = value.trim_end_matches(SIGNS);
    let head = plain.trim_end_matches(|one: char| one.is_ascii_digit());
    let (word, number) = (head.trim_end_matches(SIGNS), &plain[head.len()..]);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_word = (3..=20).contains(&word.len()) && word.bytes().all(is_part);
    let is_short = value.len() <= word.len() + number.len() + 3;
    (is_word && is_short && is_first_tried(number)).then(|| word.to_ascii_lowercase())
}

/// Whether a value is the word itself with a number behind, `password01`, `Passw0rd-2024`, as nothing else is called.
pub(super) fn is_numbered_password(value: &str) -> bool {
    const WORDS: [&str; 4] = ["password", "passw0rd", "p@ssword", "p@ssw0rd"];
    let plain = value.trim_end_matches(SIGNS);
    let head = plain.trim_end_matches(|one: char| one.is_ascii_digit());
    let word = head.trim_end_matches(SIGNS);
    head.len() < plain.len() && WORDS.iter().any(|one| one.eq_ignore_ascii_case(word))
}

/// Whether a number is one that people put behind a word: it counts, is short, a year or one digit.
fn is_first_tried(number: &str) -> bool {
    let is_year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    let is_one = |first: char| number.chars().all(|one| one == first);
    !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && (number.len() <= 2
            || is_year
            || "01234567890".contains(number)
            || "9876543210".contains(number)
            || number.chars().next().is_some_and(is_one))
}

/// What a literal value under a key is by the text that it stands in.
pub(in crate::facts::credentials) fn of_literal(
    text: &str,
    range: Range<usize>,
    key: &str,
) -> Verdict {
    let value = &text[range.clone()];
    let is_password = meaning(key) == Meaning::Password;
    if is_value_of_any(value) && is_beside_itself(text, &range) {
        Verdict::Placeholder
    } else if is_digest(value) && stands_beside_salt(text, range.start) {
        Verdict::Reference
    } else if !is_password && (is_beside_name(text, value, key) || is_of_sample_line(text, &range))
    {
        Verdict::Placeholder
    } else if is_password
        && (is_name_in(text, value) || is_said_before(text, &range) || is_numbered_in(text, &range))
    {
        Verdict::Weak
    } else {
        Verdict::Literal
    }
}

/// Whether a key is whose it would be, in one word, on a line whose address is so, too, as documentation has it:
/// `URL=https://myserver:6443 TOKEN=mynodetoken`.
fn is_of_sample_line(text: &str, range: &Range<usize>) -> bool {
    let value = &text[range.clone()];
    let end = text[range.end..].find('\n');
    let behind = &text[range.end..end.map_or(text.len(), |end| range.end + end)];
    value.starts_with("my")
        && value.bytes().all(|byte| byte.is_ascii_lowercase())
        && [line_before(text, range), behind]
            .iter()
            .any(|part| part.contains("://my"))
}

/// Whether the line above or below ends with the same value: `clientId: other-value`, `clientSecret: other-value`.
fn is_beside_itself(text: &str, range: &Range<usize>) -> bool {
    let value = &text[range.clone()];
    let start = text[..range.start].rfind('\n').unwrap_or(0);
    let above = text[..start].lines().next_back();
    let below = text[range.end..].lines().nth(1);
    let is_same = |line: &str| {
        let head = line
            .trim_end_matches([' ', '"', '\'', ','])
            .strip_suffix(value);
        head.is_some_and(|head| {
            head.trim_end_matches(['"', '\''])
                .ends_with([' ', '=', ':'])
        })
    };
    above.is_some_and(is_same) || below.is_some_and(is_same)
}

/// Whether the line has the password as a word before it: `CREATE USER shop WITH PASSWORD 'shop'`. Where that is
/// another password, it says nothing: `-storepass x -keypass x`.
fn is_said_before(text: &str, range: &Range<usize>) -> bool {
    const ACCOUNTS: [&str; 3] = ["USER", "ROLE", "LOGIN"];
    let value = &text[range.clone()];
    let is_sign = |one: char| !one.is_ascii_alphanumeric() && !"_-.".contains(one);
    let words: Vec<&str> = line_before(text, range)
        .split(is_sign)
        .filter(|word| !word.is_empty())
        .collect();
    let is_same = |word: &str| word.eq_ignore_ascii_case(value) || is_password_of(value, &[word]);
    let is_account = |word: &str| ACCOUNTS.iter().any(|kind| word.eq_ignore_ascii_case(kind));
    let is_of_password = |at: usize| {
        let before = at.checked_sub(1).map(|before| words[before]);
        before.is_some_and(|key| meaning(key.trim_start_matches('-')) == Meaning::Password)
    };
    let mut same = (0..words.len()).filter(|at| is_same(words[*at]));
    // Two letters may be a word of the statement.
    (value.len() >= 3 && same.any(|at| !is_of_password(at)))
        || (value.len() == 2
            && words
                .windows(2)
                .any(|pair| is_account(pair[0]) && is_same(pair[1])))
}

/// Whether the line has the word that a number is put behind: `CREATE USER shop WITH PASSWORD 'shop123'`.
fn is_numbered_in(text: &str, range: &Range<usize>) -> bool {
    numbered_word(&text[range.clone()]).is_some_and(|word| {
        let mut words = line_before(text, range).split(|one: char| !one.is_ascii_alphanumeric());
        words.any(|one| without_number(one).eq_ignore_ascii_case(&word))
    })
}

/// What stands before a value on its line.
fn line_before<'t>(text: &'t str, range: &Range<usize>) -> &'t str {
    let start = text[..range.start].rfind('\n').map_or(0, |end| end + 1);
    &text[start..range.start]
}

/// Whether a text has the value as a name, too, as that of an account: `- name: suse`.
fn is_name_in(text: &str, value: &str) -> bool {
    text.contains("name:")
        && text.lines().any(|line| {
            let line = line.trim_start().trim_start_matches("- ").trim();
            let name = line.strip_prefix("name:").map(str::trim);
            name.is_some_and(|name| name.trim_matches(['"', '\'']) == value)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_tells_a_password_by_the_name_in_it() {
        let told = |text: &str| {
            let at = text.find("plain_text_passwd: ").expect("is there") + 19;
            of_literal(text, at..text.trim_end().len(), "plain_text_passwd")
        };
        assert_eq!(
            told("- id: other-value\n  plain_text_passwd: other-value\n"),
            Verdict::Placeholder
        );
        assert_eq!(
            told("- id: some-other-value\n  plain_text_passwd: other-value\n"),
            Verdict::Literal
        );
        assert_eq!(
            told("- name: suse\n  plain_text_passwd: suse\n"),
            Verdict::Weak
        );
        assert_eq!(
            told("- name: shop\n  plain_text_passwd: suse\n"),
            Verdict::Literal
        );
        let join = |url: &str| {
            let line = format!("a\nURL={url} JOIN_TOKEN=mynodetoken sh -\n");
            let at = line.find("mynode").expect("is there");
            of_literal(&line, at..at + 11, "JOIN_TOKEN")
        };
        assert_eq!(join("https://myserver:6443"), Verdict::Placeholder);
        assert_eq!(join("https://shop:6443"), Verdict::Literal);
        let of_statement = |password: &str| {
            let statement = format!("a\nCREATE USER shop WITH PASSWORD '{password}';");
            let at = statement.rfind(password).expect("is there");
            of_literal(&statement, at..at + password.len(), "PASSWORD")
        };
        assert_eq!(of_statement("shop123"), Verdict::Weak);
        assert_eq!(of_statement("shop-pass"), Verdict::Weak);
        let mail = r#"{"email":"seller1@example.com","password":"seller123"}"#;
        assert_eq!(of_literal(mail, 43..52, "password"), Verdict::Weak);
        assert_eq!(of_statement("shop"), Verdict::Weak);
        assert_eq!(of_statement("shophQ7tr"), Verdict::Literal);
        assert_eq!(of_statement("by"), Verdict::Literal);
        let short = "CREATE USER ih WITH PASSWORD 'ih'";
        assert_eq!(of_literal(short, 30..32, "PASSWORD"), Verdict::Weak);
        let last = |line: &str, key: &str| {
            let start = line.rfind(' ').map_or(0, |space| space + 1);
            let at = line.rfind('=').map_or(start, |sign| sign + 1);
            of_literal(line, at..line.len(), key)
        };
        for keys in [
            "-storepass hQ7tr99x -keypass",
            "--password hQ7tr99x --keypass",
        ] {
            let line = format!("keytool {keys} hQ7tr99x");
            assert_eq!(last(&line, "keypass"), Verdict::Literal, "{line}");
        }
        let two = "create secret db --from-literal=db-password=hQ7tr99x --from-literal=root-password=hQ7tr99x";
        assert_eq!(last(two, "root-password"), Verdict::Literal);
        assert_eq!(
            last("run --db-user shop --password shop", "password"),
            Verdict::Weak
        );
    }

    #[test]
    fn a_word_around_with_a_number_is_tried_first() {
        let around = Around {
            users: &["shop", "schema_registry", "seller1", "buyer2@example.com"],
            parent: "orders",
            surroundings: "deployment turbo-web example.com/turbonomic:1",
            ..Around::default()
        };
        let told = |value| is_numbered(value, around, |word| word == "minioadmin");
        for value in [
            "shop123",
            "Shop@2024",
            "shop1234!",
            "shop_1",
            "orders777",
            "turbo123",
            "minioadmin123",
            "shop1234567890",
            "shop321",
            "schema_registry123",
            "seller123",
            "buyer123",
        ] {
            assert!(told(value), "{value}");
        }
        for value in [
            "shop",
            "shop4821",
            "store123",
            "shop123hQ7",
            "shop-web-123",
            "hQ7tr99",
        ] {
            assert!(!told(value), "{value}");
        }
    }

    #[test]
    fn what_stands_around_tells_a_password() {
        let around = |key, parent| Around {
            key,
            parent,
            users: &["shop", "orders@example.com", "obpuser"],
            name: Some("suse"),
            surroundings: "secret mlflow-db shopfronthub",
            ..Around::default()
        };
        for (value, key, parent) in [
            ("rootpw", "MARIADB_ROOT_PASSWORD", ""),
            ("adminpass", "password", ""),
            ("shop_pass", "password", ""),
            ("db_password", "DB_PASSWORD", ""),
            ("mqtt-password", "password", "mqtt"),
            ("tracer", "password", "tracer"),
            ("devpassword", "password", ""),
            ("suse", "plain_text_passwd", ""),
            ("mlflow", "password", ""),
            ("wordpress", "WORDPRESS_DB_PASSWORD", ""),
            ("n8n", "N8N_BASIC_AUTH_PASSWORD", ""),
            ("sonar", "sonarDbPassword", ""),
            ("orders", "smtp_password", ""),
            ("obppassword", "password", ""),
            ("readonly_password", "DB_READONLY_PASSWORD", ""),
            ("mlflowadmin", "password", ""),
            ("mlflowrootpass", "password", ""),
            ("testpass", "password", ""),
            ("shopfront", "password", ""),
        ] {
            assert!(is_guessed(value, around(key, parent)), "{value}");
        }
        for (value, key, parent) in [
            ("rootpw7", "password", ""),
            ("press", "WORDPRESS_DB_PASSWORD", ""),
            ("example", "smtp_secret_pass", ""),
            ("invoices-pass", "password", ""),
            ("mqtt-password", "password", "orders"),
            ("db@password", "DB_PASSWORD", ""),
            ("obpuserhQ7", "password", ""),
            ("storeadmin", "password", ""),
            ("fronthub", "password", ""),
            ("storerootpass", "password", ""),
            ("testpasshQ7", "password", ""),
        ] {
            assert!(!is_guessed(value, around(key, parent)), "{value}");
        }
    }
}
