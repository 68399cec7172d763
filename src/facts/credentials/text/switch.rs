//! Settings of a text that let everyone in: by the table of switches, and by lines of their own syntax.

use std::ops::Range;

use super::config::{Reader, all_users};
use super::embedded::Found;
use super::fallback::of_variable;
use super::listener::is_loopback;
use super::open_line::open_line;
use super::setting_path::Switched;
use crate::facts::credentials::Verdict;
use crate::facts::credentials::value::off::{self, Place};

impl<'a> Reader<'a, '_> {
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
        self.found.extend(verdict.map(|verdict| Found {
            range,
            key: name.to_owned(),
            kind: self.kind,
            verdict,
        }));
    }

    /// A setting that lets everyone in.
    pub(super) fn switches(&mut self, offset: usize, line: &'a str, switches: &mut Switched) {
        if let Some(range) = off::trusted_hosts(line).filter(|_| switches.has_hosts) {
            let range = offset + range.start..offset + range.end;
            self.found.push(Found {
                range,
                key: "pg_hba.conf".to_owned(),
                kind: self.kind,
                verdict: Verdict::Off {
                    product: "PostgreSQL".to_owned(),
                },
            });
        }
        let flag = switches.flag(line);
        let flag = flag.map(|range| (line[range.clone()].to_owned(), range, false));
        let settings = switches.settings(line).into_iter();
        for (path, range, is_set) in settings
            .map(|(path, range)| (path, range, true))
            .chain(flag)
        {
            if self.known.switches().may_be(&path) {
                self.switch((offset, line), path, range, is_set);
            }
        }
    }

    /// A setting that may let everyone in; what is not set to a value is a flag alone.
    fn switch(
        &mut self,
        (offset, line): (usize, &'a str),
        path: String,
        range: Range<usize>,
        is_set: bool,
    ) {
        let range = of_variable(line, range.clone()).unwrap_or(range);
        let value = Some(&line[range.clone()]).filter(|_| is_set);
        let users = (self.users).get_or_insert_with(|| all_users(self.text, self.around.users));
        let place = Place {
            surroundings: self.around.surroundings,
            text: self.text,
            users,
            ..Place::default()
        };
        let verdict = self.known.switches().judge(&path, value, place);
        let at = offset + range.start;
        let verdict = verdict.filter(|_| path != "allow_anonymous" || !is_loopback(self.text, at));
        self.found.extend(verdict.map(|verdict| Found {
            range: offset + range.start..offset + range.end,
            key: path,
            kind: self.kind,
            verdict,
        }));
    }

    /// A line that lets everyone in.
    pub(super) fn open(&mut self, offset: usize, line: &str) {
        let open = self.may_be_open.then(|| open_line(line, self.text));
        self.found.extend(open.flatten().map(|open| Found {
            key: open.key.to_owned(),
            kind: self.kind,
            verdict: Verdict::Off {
                product: open.product.to_owned(),
            },
            range: offset + open.range.start..offset + open.range.end,
        }));
    }
}
