//! Accounts that an image takes in one word: name, password and what follows.

use std::ops::Range;

use super::context::Context;
use super::{Visited, Walk};
use crate::facts::credentials::Kind;
use crate::facts::credentials::key::Meaning;
use crate::facts::credentials::text::login::login;
use crate::facts::credentials::value::around::Around;
use crate::facts::credentials::value::name::is_object_name;
use crate::model::Node;

impl<'r> Walk<'_, 'r> {
    /// The accounts in a variable, where its name says that it holds some.
    pub(super) fn accounts(
        &mut self,
        node: Node<'r>,
        text: &'r str,
        key: &str,
        context: Context<'_>,
    ) {
        match key {
            "NEO4J_AUTH" => {
                if let Some((user, password)) = text.split_once('/') {
                    let password = text.len() - password.len()..text.len();
                    self.account(node, text, (0..user.len(), password), key, context);
                }
            }
            "RADIUS_CLIENTS" => self.secrets_of_clients(node, text, key, context),
            "SFTP_USERS" => self.sftp_accounts(node, text, key, context),
            _ => {
                if let Some((user, password)) = login(key, text) {
                    self.account(node, text, (user, password), key, context);
                }
            }
        }
    }

    /// The login that values of a chart have in one word: `credentials: root:x`. What is called like an object may be
    /// one with its key, `shop:db-password`, unless the account is one that everyone has.
    pub(super) fn login_of_values(
        &mut self,
        key: &str,
        node: Node<'r>,
        text: &'r str,
        context: Context<'_>,
    ) {
        const KEYS: [&str; 4] = ["credentials", "creds", "basicAuth", "basic-auth"];
        const ACCOUNTS: [&str; 2] = ["admin", "root"];
        let found = KEYS.contains(&key).then(|| login(key, text)).flatten();
        let Some((user, password)) = found else {
            return;
        };
        if ACCOUNTS.contains(&&text[user.clone()]) || !is_object_name(&text[password.clone()]) {
            self.account(node, text, (user, password), key, context);
        }
    }

    /// The password of an account of Confluent's, in whose map the roles stand behind it:
    /// `basic: {property: {shop: "x,Administrators"}}`.
    pub(super) fn account_with_roles(
        &mut self,
        user: &str,
        node: Node<'r>,
        text: &'r str,
        context: Context<'_>,
    ) {
        let above = self.path.len().checked_sub(3).map(|at| &self.path[at..]);
        let is_map = matches!(
            above,
            Some([Visited::Key("basic"), Visited::Key("property"), _])
        );
        let Some((password, _)) = text.split_once(',').filter(|_| is_map) else {
            return;
        };
        let users = [user];
        let around = Around {
            users: &users,
            ..context.around(user)
        };
        let part = Some(0..password.len());
        self.add(node, part, password, Meaning::Password, Kind::Field, around);
    }

    /// `user:password:1001 other:hash:e:1002`: what is marked by `e` is hashed.
    pub(super) fn sftp_accounts(
        &mut self,
        node: Node<'r>,
        text: &'r str,
        key: &str,
        context: Context<'_>,
    ) {
        for word in text.split_whitespace() {
            let start = word.as_ptr().addr() - text.as_ptr().addr();
            if let Some((user, password)) = sftp_account(word) {
                let moved = |range: Range<usize>| start + range.start..start + range.end;
                self.account(node, text, (moved(user), moved(password)), key, context);
            }
        }
    }

    /// `x@10.0.0.0/8,y@192.0.2.1`: the secret of each network that may ask.
    fn secrets_of_clients(
        &mut self,
        node: Node<'r>,
        text: &'r str,
        key: &str,
        context: Context<'_>,
    ) {
        let around = Around {
            key,
            image: context.image,
            surroundings: context.surroundings,
            ..Around::default()
        };
        for client in text.split(',') {
            let Some((secret, _)) = client.rsplit_once('@') else {
                continue;
            };
            let start = secret.as_ptr().addr() - text.as_ptr().addr();
            let part = Some(start..start + secret.len());
            let kind = Kind::Environment;
            self.add(node, part, secret, Meaning::Password, kind, around);
        }
    }

    /// `-u shop;x;1001`, in one word or in two.
    pub(super) fn samba_account(
        &mut self,
        node: Node<'r>,
        text: &'r str,
        before: &str,
        context: Context<'_>,
    ) {
        let own = match before {
            "-u" => Some(text),
            _ => text.strip_prefix("-u").map(str::trim_start),
        };
        let Some((own, (user, password))) = own.and_then(|own| Some((own, samba_account(own)?)))
        else {
            return;
        };
        let start = text.len() - own.len();
        let moved = |range: Range<usize>| start + range.start..start + range.end;
        let key = "samba -u";
        self.account(node, text, (moved(user), moved(password)), key, context);
    }

    fn account(
        &mut self,
        node: Node<'r>,
        text: &'r str,
        (user, password): (Range<usize>, Range<usize>),
        key: &str,
        context: Context<'_>,
    ) {
        let users = [&text[user]];
        let around = Around {
            key,
            users: &users,
            image: context.image,
            surroundings: context.surroundings,
            ..Around::default()
        };
        let value = &text[password.clone()];
        let kind = Kind::Environment;
        self.add(node, Some(password), value, Meaning::Password, kind, around);
    }
}

/// The bytes of user and password in `user:password[:e][:uid[:gid[:folders]]]`.
fn sftp_account(word: &str) -> Option<(Range<usize>, Range<usize>)> {
    let mut fields = word.split(':');
    let (user, password) = (fields.next()?, fields.next()?);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_account = !user.is_empty()
        && user.bytes().all(is_name)
        && !password.is_empty()
        && fields
            .next()
            .is_none_or(|next| next != "e" && next.bytes().all(|byte| byte.is_ascii_digit()));
    let start = user.len() + 1;
    is_account.then_some((0..user.len(), start..start + password.len()))
}

/// The bytes of user and password in `user;password[;id;group;gid]`.
fn samba_account(word: &str) -> Option<(Range<usize>, Range<usize>)> {
    let mut fields = word.split(';');
    let (user, password) = (fields.next()?, fields.next()?);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let start = user.len() + 1;
    (!user.is_empty() && user.bytes().all(is_name) && !password.is_empty())
        .then_some((0..user.len(), start..start + password.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_of_sftp_have_a_password_behind_the_name() {
        for (word, password) in [
            ("shop:hQ7tr99x:1001", Some("hQ7tr99x")),
            ("shop:hQ7tr99x", Some("hQ7tr99x")),
            ("shop:hQ7tr99x::100:upload", Some("hQ7tr99x")),
            ("shop::1001", None),
            ("shop:$6$ab$cdef:e:1001", None),
            ("shop", None),
            ("--x=a:b", None),
            ("/host:/data:ro", None),
        ] {
            let found = sftp_account(word).map(|(_, password)| &word[password]);
            assert_eq!(found, password, "{word}");
        }
    }
}
