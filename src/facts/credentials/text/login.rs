//! Logins in one word, user and password, under a name that says so.

use std::ops::Range;

use crate::facts::credentials::key::words::{ends_ignoring_case, words};

/// The bytes of user and password in a setting whose name says that it holds a login:
/// `SHOP_AUTH: admin:x`. How to log in, or where, is none.
pub(in crate::facts::credentials) fn login(
    key: &str,
    text: &str,
) -> Option<(Range<usize>, Range<usize>)> {
    const METHODS: [&str; 33] = [
        // Where an updater of images has it: `secret:shop/registry#login`, `env:REGISTRY_LOGIN`.
        "secret",
        "pullsecret",
        "env",
        "ext",
        "arn",
        "basic",
        "bearer",
        "digest",
        "token",
        "oauth",
        "oidc",
        "ldap",
        "saml",
        "jwt",
        "method",
        "type",
        "http",
        "https",
        "header",
        "plain",
        "localhost",
        "vault",
        "kubernetes",
        "k8s",
        "iam",
        "aws",
        "gcp",
        "azure",
        "google",
        "github",
        "gitlab",
        "file",
        "none",
    ];
    let (user, password) = text.trim_end().split_once(':')?;
    // ProxySQL: `admin:x;monitor:y`, of which the first is told.
    let password = match password.split_once(';') {
        Some((first, rest)) if rest.contains(':') => first,
        _ => password,
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.@+-".contains(&byte);
    let is_login = !user.is_empty()
        && user.bytes().all(is_name)
        && !METHODS.contains(&user.to_ascii_lowercase().as_str())
        && !password.starts_with([' ', '/', ':'])
        && !password.contains(char::is_whitespace)
        && !is_port_of(user, password);
    (is_login && names_login(key)).then(|| {
        let start = user.len() + 1;
        (0..user.len(), start..start + password.len())
    })
}

/// Whether a setting's name says that it holds a login.
pub(super) fn names_login(key: &str) -> bool {
    let may_end = [
        "auth",
        "credentials",
        "creds",
        "string",
        "basic",
        "users",
        "user",
    ];
    if !may_end.iter().any(|end| ends_ignoring_case(key, end)) {
        return false;
    }
    let words = words(key);
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    let previous = before.last().map_or("", String::as_str);
    match (last.as_str(), previous) {
        ("credentials" | "creds", _) => true,
        ("auth" | "basicauth", previous) => !previous.is_empty(),
        // `AUTH_STRING`, `HTTP_BASIC`, Postfix' `SASL_USERS`, Concourse's `ADD_LOCAL_USER`.
        ("string", "auth") | ("basic", "http") | ("users", "sasl") | ("user", "local") => true,
        _ => false,
    }
}

/// Whether what stands behind a name is the port of a host: those who may do everything are called so.
fn is_port_of(user: &str, password: &str) -> bool {
    let digits = password.bytes().take_while(u8::is_ascii_digit).count();
    let is_port = (2..=5).contains(&digits)
        && (digits == password.len() || password[digits..].starts_with('/'));
    is_port && !matches!(user, "admin" | "root" | "user")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_stands_under_a_name_that_says_so() {
        let told = |key, text: &'static str| login(key, text).map(|(_, password)| &text[password]);
        for key in [
            "SHOP_AUTH",
            "basic-auth",
            "ADMIN_CREDENTIALS",
            "CREDENTIALS",
            "authString",
            "HTTP_BASIC",
            "SMTPD_SASL_USERS",
        ] {
            assert_eq!(told(key, "admin:hQ7tr99x$"), Some("hQ7tr99x$"), "{key}");
        }
        assert_eq!(told("SHOP_AUTH", "admin:1234"), Some("1234"));
        assert_eq!(told("admin_credentials", "a:x1;b:x2"), Some("x1"));
        for (key, text) in [
            ("AUTH", "admin:hQ7tr99x"),
            ("SHOP_NAME", "admin:hQ7tr99x"),
            ("SHOP_AUTH", "basic:on"),
            ("credentials", "secret:shop/registry#login"),
            ("credentials", "env:REGISTRY_LOGIN"),
            ("credentials", "pullsecret:shop/registry"),
            ("SHOP_AUTH", "auth.example.com:8080"),
            ("SHOP_AUTH", "keycloak:8080/auth"),
            ("SHOP_AUTH", "https://auth.example.com"),
            ("SHOP_AUTH", "Basic realm: shop"),
            ("SHOP_AUTH", "{\"a\":1}"),
            ("SHOP_AUTH", "true"),
        ] {
            assert_eq!(told(key, text), None, "{text}");
        }
    }
}
