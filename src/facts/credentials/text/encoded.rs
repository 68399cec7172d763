//! Logins that are encoded in a text: the `Basic` scheme of HTTP, a registry's `auth`, and hashes
//! of passwords.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::facts::credentials::key::words::{ends_ignoring_case, find_ignoring_case};

/// A user name and password in base64.
pub(in crate::facts::credentials) struct Login {
    /// The bytes of the base64.
    pub range: Range<usize>,
    /// What makes it one.
    pub key: &'static str,
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

/// The logins in a text.
pub(super) fn logins(text: &str) -> Vec<Login> {
    let mut found = Vec::new();
    let is_header = text.starts_with("Basic ");
    if is_header || find_ignoring_case(text, "authorization").is_some() {
        found.extend(after(text, "basic ", "Authorization"));
    }
    if text.contains("\"auth\"") {
        found.extend(after(text, "\"auth\"", "auth"));
    }
    // npm: `//registry.example.com/:_auth=x`.
    if text.contains("/:_auth") {
        found.extend(after(text, "/:_auth=", "_auth"));
        found.extend(after(text, "/:_auth =", "_auth"));
    }
    found
}

fn after(text: &str, mark: &str, key: &'static str) -> Vec<Login> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = find_ignoring_case(&text[from..], mark) {
        let end = from + at + mark.len();
        from = end;
        let value = text[end..].trim_start_matches([' ', ':', '"', '\'', '\n']);
        let start = text.len() - value.len();
        let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        let length = value.bytes().take_while(is_base64).count();
        if let Some((user, password)) = login(&value[..length]) {
            found.push(Login {
                range: start..start + length,
                key,
                user,
                password,
            });
        }
    }
    found
}

/// The login that the value of HTTP's header `Authorization` is, and where its base64 begins.
pub(in crate::facts::credentials) fn basic(key: &str, value: &str) -> Option<Login> {
    let is_header = ends_ignoring_case(key, "authorization");
    let rest = ["Basic ", "basic "]
        .iter()
        .find_map(|scheme| value.strip_prefix(scheme))?;
    let base64 = rest.trim();
    let start = value.len() - rest.trim_start().len();
    let (user, password) = login(base64).filter(|_| is_header)?;
    Some(Login {
        range: start..start + base64.len(),
        key: "Authorization",
        user,
        password,
    })
}

fn login(base64: &str) -> Option<(String, String)> {
    let decoded = String::from_utf8(STANDARD.decode(base64).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    let is_text = !password.is_empty() && !decoded.contains(char::is_control);
    is_text.then(|| (user.to_owned(), password.to_owned()))
}

/// The password hashes of `htpasswd` and of bcrypt in a text.
pub(in crate::facts::credentials) fn hashes(text: &str) -> Vec<Range<usize>> {
    let marks = ["$2a$", "$2b$", "$2y$", "$apr1$", "{SHA}"];
    let found = marks.iter().flat_map(|mark| text.match_indices(mark));
    let is_end = |one: char| one.is_whitespace() || "\"',:;<>`)]}".contains(one);
    found
        .map(|(at, mark)| {
            let rest = &text[at + mark.len()..];
            at..at + mark.len() + rest.find(is_end).unwrap_or(rest.len())
        })
        .collect()
}

/// Where a file of PEM in base64 begins.
const FILE: &str = "LS0tLS1CRUdJTi";

/// The files of PEM that stand in a text in base64, with their bytes there, certificates left out.
pub(super) fn key_files(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices(FILE) {
        let rest = &text[start..];
        let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        // What is folded fills the rest of its text.
        let is_folded = rest
            .bytes()
            .all(|byte| is_base64(&byte) || byte.is_ascii_whitespace());
        let length = if is_folded {
            rest.trim_end().len()
        } else {
            rest.bytes().take_while(is_base64).count()
        };
        // `BEGIN C` of a certificate.
        if rest[FILE.len()..].starts_with("BD") {
            continue;
        }
        let encoded: String = rest[..length].split_whitespace().collect();
        let decoded = STANDARD.decode(encoded).ok();
        if let Some(file) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) {
            found.push((start..start + length, file));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_may_be_a_login() {
        let told =
            |key, value| basic(key, value).map(|login| (login.range, login.user, login.password));
        let login = (6..22, "admin".to_owned(), "102030".to_owned());
        assert_eq!(told("Authorization", "Basic YWRtaW46MTAyMDMw"), Some(login));
        assert_eq!(told("X-Auth", "Basic YWRtaW46MTAyMDMw"), None);
        assert_eq!(told("Authorization", "Basic {{ .auth }}"), None);
        assert_eq!(told("Authorization", "Bearer YWRtaW46MTAyMDMw"), None);
    }

    #[test]
    fn logins_are_decoded() {
        let header = "headers:\n  Authorization: Basic c2hvcDpoUTd0cjk5eA== # why";
        let found = logins(header);
        assert_eq!(&header[found[0].range.clone()], "c2hvcDpoUTd0cjk5eA==");
        assert_eq!(
            (found[0].user.as_str(), found[0].password.as_str()),
            ("shop", "hQ7tr99x")
        );
        let docker = "{\"auths\": {\"r.example.com\": {\"auth\": \"c2hvcDpoUTd0cjk5eA==\"}}}";
        assert_eq!(logins(docker).len(), 1);
        assert_eq!(logins("Basic c2hvcDpoUTd0cjk5eA==").len(), 1);
        for text in [
            "Authorization: Basic realm",
            "Basic authentication",
            "a Basic c2hvcDpoUTd0cjk5eA==",
            "{\"auth\": \"\"}",
        ] {
            assert!(logins(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn files_of_keys_are_decoded() {
        let key = STANDARD.encode("-----BEGIN EC PRIVATE KEY-----\nab\n");
        let certificate = STANDARD.encode("-----BEGIN CERTIFICATE-----\nab\n");
        let text =
            format!("certificate-authority-data: {certificate}\nclient-key-data: {key}\nx: y");
        let found = key_files(&text);
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].0.clone()], key);
        let folded = format!("{}\n  {}\n", &key[..20], &key[20..]);
        assert_eq!(key_files(&folded)[0].1, found[0].1);
        assert!(key_files("LS0tLS1CRUdJTi").is_empty());
    }

    #[test]
    fn hashes_end_where_their_word_ends() {
        let text = "admin:$apr1$ab$cd/e, x \"$2y$10$abc.D\"";
        let found: Vec<&str> = hashes(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["$2y$10$abc.D", "$apr1$ab$cd/e"]);
    }
}
