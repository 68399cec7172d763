//! What the lines of a text set that have no separator: directives, data sources, accounts.

use std::ops::Range;

use super::account_line::{password_of_line, user_of_properties};
use super::call::{defined, given_password, login_of_program, opened_database};
use super::config::Reader;
use super::directive::{
    account_of_list, account_of_machine, account_of_module, account_of_redis, checked_password,
    data_source, in_statement, login_of_relay, login_of_statistics, open_account, pass_file,
    password_of_server, statement,
};
use super::found::Found;
use super::radius::{account_of_users, secret_of_client, shared_secret};
use super::replica::password_of_replica;
use super::spaced::{directive, named_value, of_plugin};
use crate::facts::credentials::Verdict;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::value::around::Around;

impl<'a> Reader<'a, '_> {
    /// Lines whose syntax has no separator.
    pub(super) fn directives(&mut self, offset: usize, line: &'a str, has_sql: bool) {
        if let Some((key, range)) = directive(line) {
            self.add(offset, range, key, self.kind, Meaning::Password);
        }
        // Most lines call nothing.
        let call = Some(line).filter(|line| line.contains('('));
        if let Some(range) = call.and_then(opened_database) {
            self.add(offset, range, "PDO", self.kind, Meaning::Password);
        }
        if let Some(range) = call.and_then(given_password) {
            self.add(offset, range, "setPassword", self.kind, Meaning::Password);
        }
        if let Some((key, range)) = statement(line) {
            self.add(offset, range, &line[key], self.kind, Meaning::Password);
        }
        if let Some((user, range)) = call.and_then(login_of_program) {
            self.login_with("auth", (offset, line), (user, range));
        }
        self.accounts(offset, line);
        let plugin = self.has_plugins.then(|| of_plugin(line)).flatten();
        if let Some((key, range)) = plugin
            .or_else(|| call.and_then(defined))
            .or_else(|| named_value(line))
        {
            let key = &line[key];
            let meaning = meaning(key);
            if meaning.is_credential() {
                self.add(offset, range, key, self.kind, meaning);
            }
        }
        if let Some((user, range)) = call.and_then(data_source) {
            self.login_with("DSN", (offset, line), (user, range));
        }
        if let Some((user, range)) = login_of_relay(self.around.key, line) {
            self.login_with("sasl_passwd", (offset, line), (user, range));
        }
        if let Some(range) = open_account(line) {
            self.found.push(Found {
                key: "nopass".to_owned(),
                kind: self.kind,
                verdict: Verdict::Off {
                    product: "Redis".to_owned(),
                },
                range: offset + range.start..offset + range.end,
            });
        }
        self.open(offset, line);
        if has_sql && let Some(range) = in_statement(line) {
            self.add(offset, range, "PASSWORD", self.kind, Meaning::Password);
        }
        if let Some(at) = pass_file(self.around.key, line) {
            self.add(
                offset,
                at + 1..line.trim_end().len(),
                "pgpass",
                self.kind,
                Meaning::Password,
            );
        }
    }

    /// The password of a user that a line names, both by their bytes.
    pub(super) fn login_with(
        &mut self,
        key: &str,
        (offset, line): (usize, &str),
        (user, password): (Range<usize>, Range<usize>),
    ) {
        let around = Around {
            key,
            users: &[&line[user]],
            ..self.around
        };
        let value = &line[password.clone()];
        self.found.push(Found {
            key: key.to_owned(),
            kind: self.kind,
            verdict: self.known.judge(Meaning::Password, value, around),
            range: offset + password.start..offset + password.end,
        });
    }

    /// Passwords that products keep with the name of an account.
    fn accounts(&mut self, offset: usize, line: &'a str) {
        let redis = account_of_redis(line).map(|range| ("ACL user", range));
        let list = account_of_list(self.around.key, line).map(|range| ("userlist", range));
        let kafka = checked_password(line).map(|range| ("password", range));
        let module = account_of_module(line).filter(|_| self.has_modules);
        let module = module.map(|(key, range)| (&line[key], range));
        let machine = account_of_machine(line).map(|range| ("password", range));
        let server = password_of_server(line).map(|range| ("password of redis", range));
        let own = password_of_line(line);
        let replica = password_of_replica(line, self.text).map(|range| ("credentials", range));
        let all = [redis, list, kafka, module, machine, server, own, replica];
        for (key, range) in all.into_iter().flatten() {
            self.add(offset, range, key, self.kind, Meaning::Password);
        }
        if let Some(login) = user_of_properties(self.around.key, line) {
            self.login_with("password", (offset, line), login);
        }
        let shared = shared_secret(self.text, offset, line);
        if let Some(range) = shared.or_else(|| secret_of_client(self.text, line)) {
            self.add(offset, range, "RADIUS secret", self.kind, Meaning::Password);
        }
        if let Some(login) = account_of_users(line) {
            self.login_with("Cleartext-Password", (offset, line), login);
        }
        if let Some(range) = login_of_statistics(line) {
            self.add(offset, range, "stats auth", self.kind, Meaning::Login);
        }
    }
}
