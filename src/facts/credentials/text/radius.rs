//! Files of a RADIUS server: the secrets that its clients share with it, and the passwords of its users.

use std::ops::Range;

use crate::facts::credentials::line::{is_comment, place};

/// The secret that a client, or another server, shares: `secret = x` in a block that names it.
///
/// `line` stands in `text` behind the byte `offset`; the range is one of the line.
pub(super) fn shared_secret(text: &str, offset: usize, line: &str) -> Option<Range<usize>> {
    const BLOCKS: [&str; 2] = ["client", "home_server"];
    let rest = line.trim_start().strip_prefix("secret")?;
    let value = rest.trim_start().strip_prefix('=')?;
    let above = text[..offset].lines().rev();
    let open = above
        .map(str::trim)
        .take_while(|line| !line.starts_with('}'))
        .find(|line| line.ends_with('{'))?;
    let mut words = open.trim_end_matches('{').split_whitespace();
    let is_block = words.next().is_some_and(|word| BLOCKS.contains(&word));
    // A block without a name may be of any program.
    let is_named = words.next().is_some() && words.next().is_none();
    (is_block && is_named).then(|| written(line, value))?
}

/// The secret that a proxy shares with the server which it asks: `secret x` below `server shop`, in a file that has
/// settings of such a client alone, as Squid's `basic_radius_auth` reads it.
pub(super) fn secret_of_client(text: &str, line: &str) -> Option<Range<usize>> {
    const SETTINGS: [&str; 6] = [
        "server",
        "secret",
        "port",
        "identifier",
        "service",
        "timeout",
    ];
    let value = line.trim().strip_prefix("secret")?;
    let is_value = value.starts_with([' ', '\t']) && value.split_whitespace().count() == 1;
    let value = Some(value.trim_start()).filter(|_| is_value)?;
    let words = |line: &str| line.split_whitespace().count();
    let name = |line: &'_ str| {
        line.split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let mut settings = text
        .lines()
        .filter(|line| words(line) > 0 && !is_comment(line));
    let is_client = settings
        .clone()
        .all(|line| words(line) == 2 && SETTINGS.contains(&name(line).as_str()));
    let has_server = settings.any(|line| name(line) == "server");
    (is_client && has_server).then(|| written(line, value))?
}

/// User and password of a line of `users`: `shop Cleartext-Password := "x"`.
pub(super) fn account_of_users(line: &str) -> Option<(Range<usize>, Range<usize>)> {
    if !line.contains("-Password") {
        return None;
    }
    let (user, rest) = ["Cleartext-Password", "User-Password"]
        .iter()
        .find_map(|attribute| line.split_once(attribute))?;
    let rest = rest.trim_start();
    let value = [":=", "=="]
        .iter()
        .find_map(|sign| rest.strip_prefix(sign))?;
    let user = user.trim().trim_matches('"');
    // What has a list or a call before it is a statement of a policy.
    let is_user = !user.is_empty() && !user.contains(['&', ':', '(', '{', '=', '\'']);
    is_user.then(|| Some((place(line, user), written(line, value)?)))?
}

/// Whether a value is the one line of a server's `users`.
pub(super) fn is_user_alone(file: &str, text: &str) -> bool {
    matches!(file, "users" | "authorize") && account_of_users(text).is_some()
}

/// What is written out at the start of a text, in quotes or up to a blank; another attribute, or what is filled in
/// when somebody asks, is not.
fn written(line: &str, value: &str) -> Option<Range<usize>> {
    let value = value.trim_start();
    let own = match value.strip_prefix(['"', '\'']) {
        Some(quoted) => &quoted[..quoted.find(['"', '\''])?],
        None => value.split([' ', '\t', ',', '#']).next()?,
    };
    let is_written = !own.is_empty() && !own.starts_with(['%', '&', '$']);
    is_written.then(|| place(line, own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_shares_a_secret() {
        let told = |text: &'static str| {
            let at = text.rfind("secret").expect("is there");
            let offset = text[..at].rfind('\n').map_or(0, |end| end + 1);
            let line = text[offset..].lines().next().expect("is there");
            shared_secret(text, offset, line).map(|range| &line[range])
        };
        for text in [
            "client 10.0.0.0/8 {\n  secret = hQ7tr99x # own\n}",
            "client shop {\nipaddr = *\nsecret = \"hQ7tr99x\"\n}",
            "home_server shop {\n\tsecret\t= hQ7tr99x\n}",
        ] {
            assert_eq!(told(text), Some("hQ7tr99x"), "{text}");
        }
        for text in [
            "client {\n  secret = hQ7tr99x\n}",
            "client shop {\n}\nsecret = hQ7tr99x",
            "volume shop {\n  secret = hQ7tr99x\n}",
            "client shop {\n  secret = $ENV{SECRET}\n}",
            "client shop {\n  secret_name = hQ7tr99x\n}",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn a_proxy_shares_a_secret_with_its_server() {
        let told = |text: &'static str| {
            let line = text
                .lines()
                .find(|line| line.contains("secret"))
                .expect("is there");
            secret_of_client(text, line).map(|range| &line[range])
        };
        let text = "# of the proxy\nserver radius.shop\nsecret  hQ7tr99x\nport 1812\n";
        assert_eq!(told(text), Some("hQ7tr99x"));
        for text in [
            "secret hQ7tr99x\nport 1812\n",
            "server shop\nsecret hQ7tr99x\nvolume x\n",
            "server shop\nsecret = hQ7tr99x\n",
            "server shop\nsecretName hQ7tr99x\n",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn a_user_has_a_password_in_clear() {
        let told = |line: &'static str| {
            account_of_users(line).map(|(user, value)| (&line[user], &line[value]))
        };
        for line in [
            "shop Cleartext-Password := \"hQ7tr99x\", MS-CHAP-Use-NTLM-Auth := 0",
            "\"shop\"\tCleartext-Password:=hQ7tr99x",
            "shop User-Password == 'hQ7tr99x'",
        ] {
            assert_eq!(told(line), Some(("shop", "hQ7tr99x")), "{line}");
        }
        for line in [
            "shop Cleartext-Password := \"%{User-Name}\"",
            "&control:Cleartext-Password := \"hQ7tr99x\"",
            "if (&User-Password == \"hQ7tr99x\") {",
            "  Cleartext-Password := &User-Password",
            "shop Cleartext-Password",
        ] {
            assert_eq!(told(line), None, "{line}");
        }
    }
}
