//! Files of a RADIUS server: the secrets that its clients share with it, and the passwords of its users.

use std::ops::Range;

use crate::facts::credentials::line::place;

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

/// User and password of a line of `users`: `shop Cleartext-Password := "x"`.
pub(super) fn account_of_users(line: &str) -> Option<(Range<usize>, Range<usize>)> {
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
