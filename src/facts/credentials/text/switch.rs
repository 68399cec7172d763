//! Settings of a text that let everyone in.

use std::ops::Range;

use super::config::Reader;
use super::embedded::Found;
use super::fallback::of_variable;
use super::listener::is_loopback;
use super::setting_path::Switched;
use super::users::all_users;
use crate::facts::credentials::Verdict;
use crate::facts::credentials::value::off::{self, Place};

impl<'a> Reader<'a, '_> {
    /// A setting that lets everyone in.
    pub(super) fn switches(&mut self, offset: usize, line: &'a str, switches: &mut Switched) {
        if switches.has_hosts {
            self.trusted_hosts(offset, line);
        }
        let Some((path, range)) = switches.setting(line) else {
            return;
        };
        if !self.known.switches().may_be(&path) {
            return;
        }
        let range = of_variable(line, range.clone()).unwrap_or(range);
        let value = &line[range.clone()];
        let range = offset + range.start..offset + range.end;
        let users = (self.users).get_or_insert_with(|| all_users(self.text, self.around.users));
        let place = Place {
            surroundings: self.around.surroundings,
            text: self.text,
            users,
            ..Place::default()
        };
        let verdict = self.known.switches().judge(&path, Some(value), place);
        let is_near = || path == "allow_anonymous" && is_loopback(self.text, range.start);
        let verdict = verdict.filter(|_| !is_near());
        self.switched(path, range, verdict);
    }

    /// A line of `pg_hba.conf` that asks nobody.
    fn trusted_hosts(&mut self, offset: usize, line: &str) {
        let Some(range) = off::trusted_hosts(line) else {
            return;
        };
        let verdict = Verdict::Off {
            product: "PostgreSQL".to_owned(),
        };
        let range = offset + range.start..offset + range.end;
        self.switched("pg_hba.conf".to_owned(), range, Some(verdict));
    }

    /// A switch whose name and value stand in two settings, as variables do in an object's text.
    pub(super) fn named_switch(&mut self, name: &str, offset: usize, value: Range<usize>) {
        let switches = self.known.switches();
        if !switches.may_be(name) {
            return;
        }
        let range = offset + value.start..offset + value.end;
        let place = Place {
            surroundings: self.around.surroundings,
            text: self.text,
            ..Place::default()
        };
        let verdict = switches.judge(name, Some(&self.text[range.clone()]), place);
        self.switched(name.to_owned(), range, verdict);
    }

    fn switched(&mut self, key: String, range: Range<usize>, verdict: Option<Verdict>) {
        self.found.extend(verdict.map(|verdict| Found {
            range,
            key,
            kind: self.kind,
            verdict,
        }));
    }
}
