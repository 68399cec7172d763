//! Accounts below a section of their own, each a line with its password: CouchDB's `[admins]`, the `[users]` of Shiro
//! and of Subversion.

use std::ops::Range;

use crate::facts::credentials::line::{is_comment, lines, place};

/// User and password of each such account, by their bytes; `file` is what the text stands under.
pub(super) fn accounts_of_section(file: &str, text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let Some(section) = section(file, text) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut is_open = false;
    for (_, line) in lines(text).filter(|(_, line)| !is_comment(line)) {
        let bare = line.trim();
        if bare.starts_with('[') {
            is_open = bare == section;
        } else if is_open && let Some((user, password)) = account(bare) {
            found.push((place(text, user), place(text, password)));
        }
    }
    found
}

/// The section that lists accounts. Others have users, too, and settings for them there.
fn section(file: &str, text: &str) -> Option<&'static str> {
    if text.contains("[admins]") {
        return Some("[admins]");
    }
    let is_of_shiro = text.contains("[urls]") || file.contains("shiro") || file == "passwd";
    (is_of_shiro && text.contains("[users]")).then_some("[users]")
}

/// `shop = x, role`; what is hashed has its method before it.
fn account(line: &str) -> Option<(&str, &str)> {
    let (user, value) = line.split_once('=')?;
    let password = value.split(',').next().unwrap_or(value).trim();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.@-".contains(&byte);
    let user = user.trim();
    let is_account = !user.is_empty() && user.bytes().all(is_name) && !password.is_empty();
    (is_account && !password.starts_with(['-', '$', '{', ' '])).then_some((user, password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_lists_accounts() {
        let told = |file, text: &'static str| {
            let found = accounts_of_section(file, text).into_iter();
            found
                .map(|(user, at)| (&text[user], &text[at]))
                .collect::<Vec<_>>()
        };
        let of_couch = "[admins]\nshop = x1\nweb = -pbkdf2-a,b,10\n[log]\nlevel = info\n";
        assert_eq!(told("local.ini", of_couch), [("shop", "x1")]);
        let of_shiro = "[users]\nshop = x1, admin\nweb = $shiro1$a\n[urls]\n/** = authc\n";
        assert_eq!(told("shiro.ini", of_shiro), [("shop", "x1")]);
        let of_grafana = "[users]\nallow_sign_up = false\n";
        assert_eq!(told("grafana.ini", of_grafana), []);
        assert_eq!(told("passwd", "[users]\nshop = x1\n"), [("shop", "x1")]);
    }
}
