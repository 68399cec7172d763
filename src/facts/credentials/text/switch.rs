//! Settings of a text that let everyone in: by the table of switches, and by lines of their own syntax.

use std::ops::Range;

use super::config::Reader;
use super::fallback::of_variable;
use super::found::Found;
use super::listener::is_loopback;
use super::open_line::open_line;
use super::setting_path::Switched;
use super::trust::trusted_hosts;
use super::users::all_users;
use crate::facts::credentials::Verdict;
use crate::facts::credentials::value::off::Place;

impl<'a> Reader<'a, '_> {
    /// A setting that lets everyone in.
    pub(super) fn switches(&mut self, offset: usize, line: &'a str, switches: &mut Switched) {
        if switches.has_hosts {
            self.trusted_hosts(offset, line);
        }
        let flag = switches.flag(line);
        let flag = flag.map(|range| (line[range.clone()].to_owned(), range, false));
        let settings = switches.settings(line).into_iter();
        let settings = settings.map(|(path, range)| (path, range, true));
        for (path, range, is_set) in settings.chain(flag) {
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
        let range = offset + range.start..offset + range.end;
        let users = (self.users).get_or_insert_with(|| all_users(self.text, self.around.users));
        let place = Place {
            surroundings: self.around.surroundings,
            text: self.text,
            users,
            ..Place::default()
        };
        let verdict = self.known.switches().judge(&path, value, place);
        let is_near = || path == "allow_anonymous" && is_loopback(self.text, range.start);
        let verdict = verdict.filter(|_| !is_near());
        self.switched(path, range, verdict);
    }

    /// A line that lets everyone in.
    pub(super) fn open(&mut self, offset: usize, line: &str) {
        let open = self.may_be_open.then(|| open_line(line, self.text));
        let Some(open) = open.flatten() else { return };
        let verdict = Verdict::Off {
            product: open.product.to_owned(),
        };
        let range = offset + open.range.start..offset + open.range.end;
        self.switched(open.key.to_owned(), range, Some(verdict));
    }

    /// A line of `pg_hba.conf` that asks nobody.
    fn trusted_hosts(&mut self, offset: usize, line: &str) {
        let Some(range) = trusted_hosts(line) else {
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
