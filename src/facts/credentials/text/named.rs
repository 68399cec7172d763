//! Settings of a line that say what they are by a name: `key=value`, `<key>value</key>`, or the name in one
//! setting and the value in another.

use std::ops::Range;

use super::block::is_key_in_block;
use super::command::arguments;
use super::config::{PATCH, Reader};
use super::directive::{attribute, elements, is_behind_where};
use super::found::Found;
use super::key_pair::{
    has_public_half, is_id_of_client, is_key_beside_name, is_name_beside_name, names_secret_half,
};
use super::literal::{has_sections, is_property, is_variable, literal};
use super::login::{login, names_login};
use super::object::is_variable_in_call;
use super::refused::is_refused;
use super::replaced::is_replaced;
use super::secret_name::names_secret;
use super::shown::is_shown;
use super::subject::{may_have_subject, meaning_in};
use super::syntax::Syntax;
use super::{Setting, is_shell_reference, settings};
use crate::facts::credentials::key::header::{is_value_of, names_header, says_header};
use crate::facts::credentials::key::words::contains_ignoring_case;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::value::key_name::names_key_of_secret;
use crate::facts::credentials::value::name::{is_object_name, repeats_its_key};
use crate::facts::credentials::{Kind, Verdict};

/// A line and where it begins in its text.
#[derive(Clone, Copy)]
struct Line<'a> {
    offset: usize,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn at(self, range: &Range<usize>) -> &'a str {
        &self.text[range.clone()]
    }
}

/// The names of which the value is still to come.
struct Names<'a> {
    /// That of the line before.
    before: Option<&'a str>,
    /// That of the line itself.
    own: Option<&'a str>,
}

impl<'a> Names<'a> {
    /// The one that stands nearest.
    fn nearest(&self) -> Option<&'a str> {
        self.own.or(self.before)
    }
}

impl<'a> Reader<'a, '_> {
    /// `key=value` and its like; `<key>value</key>`; a name and its value in two settings.
    pub(super) fn named_settings(&mut self, offset: usize, text: &'a str) {
        let line = Line { offset, text };
        let mut names = Names {
            before: self.name.take(),
            own: None,
        };
        for setting in self.wanted(text) {
            self.named_setting(line, &setting, &mut names);
        }
        if self.syntax != Syntax::Inline && text.contains("</") {
            for (key, value) in elements(text) {
                self.element(line, &key, value, &mut names);
            }
        }
        if text.contains("</property") {
            self.property = None;
        }
        self.name = names.own;
    }

    /// The settings of a line that hold a credential or say what another one holds.
    fn wanted(&self, line: &str) -> Vec<Setting> {
        let is_inline = self.syntax == Syntax::Inline;
        let may_log_in = self.syntax == Syntax::Config;
        let is_patch = self.around.key == PATCH;
        settings(line, |key| {
            meaning(key).is_credential()
                || (may_log_in && names_login(key))
                || may_have_subject(key)
                || (!is_inline
                    && (matches!(in_lower_case(key), "name" | "value" | "key" | "type")
                        || (matches!(key, "path" | "args" | "command") && is_patch)
                        || names_header(key)
                        || says_header(key)))
        })
    }

    /// One setting of a line: a name for another one, or a value with its own name or that of another.
    fn named_setting(&mut self, line: Line<'a>, setting: &Setting, names: &mut Names<'a>) {
        let own = in_lower_case(line.at(&setting.key));
        let value = line.at(&setting.value);
        if names_header(own) {
            self.header = Some((own, value));
        }
        if own == "type" {
            names.own = names.own.filter(|name| *name != "password");
        }
        let Some((key, meaning)) = self.role(own, value, names.nearest()) else {
            names.own = Some(value);
            return;
        };
        if own == "value" && key != own {
            self.named_switch(key, line.offset, setting.value.clone());
        }
        if meaning.is_credential() {
            self.named_credential(line, setting, key, meaning);
        } else {
            self.named_login(line, setting, key);
            if self.around.key == PATCH && matches!(own, "value" | "args" | "command") {
                self.flags_of_patch(line.offset + setting.value.start, value);
            }
            self.quoted_object(line, setting);
        }
    }

    /// A setting whose name says that its value is a credential.
    fn named_credential(
        &mut self,
        line: Line<'a>,
        setting: &Setting,
        key: &'a str,
        meaning: Meaning,
    ) {
        let own = line.at(&setting.key);
        let meaning = self.quoted_meaning(setting, key, meaning);
        let Some(range) = literal(line.text, setting, own, self.syntax) else {
            return;
        };
        let value = line.at(&range);
        if is_replaced(key, line.text) || is_refused(value, &line.text[range.end..]) {
            self.found.push(Found {
                range: line.offset + range.start..line.offset + range.end,
                key: key.to_owned(),
                kind: self.kind_of(setting, own),
                verdict: Verdict::Unsure,
            });
            return;
        }
        if self.is_name(line.offset, key, value, meaning)
            || is_compared(line.text, setting)
            || is_shown(line.text, setting, self.text)
            || names_secret(self.text, key, value)
            || self.is_word(setting, value, meaning)
            || self.is_variable_of_script(line.offset, setting, value)
        {
            return;
        }
        let meaning = match self.is_secret_itself(setting, key, value) {
            true => Meaning::Secret,
            false => self.half_meaning(key, value, meaning),
        };
        self.add(line.offset, range, key, self.kind_of(setting, own), meaning);
    }

    /// Whether a value is the name of a key in a Secret, or of the Secret.
    fn is_name(&self, offset: usize, key: &str, value: &str, meaning: Meaning) -> bool {
        let has = |name: &str| self.text.contains(name);
        is_key_beside_name(key, has)
            || is_id_of_client(key, has)
            || is_name_beside_name(key, value, has)
            || names_key_of_secret(key, value)
            || (self.around.may_be_name
                && meaning == Meaning::Password
                && is_key_in_block(self.text, offset, key, value))
    }

    /// Whether a value is a variable of the program that the text is.
    fn is_word(&self, setting: &Setting, value: &str, meaning: Meaning) -> bool {
        matches!(meaning, Meaning::Secret | Meaning::SureToken)
            && is_variable(setting, value)
            && !has_sections(self.text)
    }

    /// Whether a value is a variable of a script that stands in the text.
    fn is_variable_of_script(&self, offset: usize, setting: &Setting, value: &str) -> bool {
        setting.separator == b':'
            && !(setting.key_is_quoted || setting.value_is_quoted)
            && is_variable_in_call(self.text, offset + setting.key.start, value)
    }

    /// Whether what is only called `secret` is the secret itself.
    fn is_secret_itself(&self, setting: &Setting, key: &str, value: &str) -> bool {
        key == "secret"
            && self.syntax != Syntax::Inline
            && ((setting.key.start == 0 && is_short_word(value)) || self.is_kept(value))
    }

    /// What a setting stands in by the way it is written.
    fn kind_of(&self, setting: &Setting, own: &str) -> Kind {
        if is_property(own) {
            Kind::Argument
        } else if self.syntax == Syntax::Inline && setting.separator == b'=' {
            Kind::ConnectionString
        } else {
            self.kind
        }
    }

    /// The flags that a patch hands to a program: `value: --password=x`, `args: ["--password", "x"]`.
    fn flags_of_patch(&mut self, start: usize, value: &str) {
        if !value.contains("--") {
            return;
        }
        // Each sign is one byte, so that the places stay.
        let bare = value.replace(['[', ']', ',', '"', '\''], " ");
        for argument in arguments(&[bare.trim_end()], None) {
            let kind = Kind::Argument;
            if !is_shell_reference(&value[argument.value.clone()]) {
                self.add(start, argument.value, &argument.key, kind, argument.meaning);
            }
        }
    }

    /// JSON in the value of a variable: `value: '{"password": "x"}'`.
    fn quoted_object(&mut self, line: Line<'a>, setting: &Setting) {
        let value = line.at(&setting.value);
        if setting.value_is_quoted && value.starts_with('{') {
            self.named_settings(line.offset + setting.value.start, value);
        }
    }

    /// The text of an element of XML: a name for another one, or a value.
    fn element(
        &mut self,
        line: Line<'a>,
        key: &Range<usize>,
        value: Range<usize>,
        names: &mut Names<'a>,
    ) {
        // `<entry key="password">x</entry>`, `<param name="password">x</param>`.
        let attribute = attribute(line.text, value.start);
        let named = attribute.or(names.nearest()).or(self.property);
        let key = attribute.map_or_else(|| line.at(key), |_| "value");
        let text = line.at(&value);
        match self.role(key, text, named) {
            None => {
                names.own = Some(text);
                self.property = names.own;
                return;
            }
            Some((key, meaning)) if meaning.is_credential() && !value.is_empty() => {
                let meaning = self.half_meaning(key, text, meaning);
                self.add(line.offset, value, key, self.kind, meaning);
            }
            Some((key, _)) => self.named_switch(key, line.offset, value),
        }
        names.own = None;
    }

    /// A setting whose name says that it holds a login: `SHOP_AUTH=admin:x`.
    fn named_login(&mut self, line: Line<'a>, setting: &Setting, key: &str) {
        if self.syntax != Syntax::Config || !names_login(key) {
            return;
        }
        let Some(value) = literal(line.text, setting, key, self.syntax) else {
            return;
        };
        let text = line.at(&value);
        if let Some((user, password)) = login(key, text)
            && !text[password.clone()].contains(':')
        {
            let of_line = |range: Range<usize>| value.start + range.start..value.start + range.end;
            let place = (line.offset, line.text);
            self.login_with(key, place, (of_line(user), of_line(password)));
        }
    }

    /// Whether a value of a text within a Secret is what the Secret keeps: few name another one there, save
    /// values of charts.
    fn is_kept(&self, value: &str) -> bool {
        self.kind == Kind::Secret
            && !is_object_name(value)
            && !contains_ignoring_case(self.around.key, "values")
    }

    /// Beside its access key a secret key is the secret itself.
    pub(super) fn half_meaning(&mut self, key: &str, value: &str, meaning: Meaning) -> Meaning {
        if meaning != Meaning::SureToken || !names_secret_half(key) || repeats_its_key(value, key) {
            return meaning;
        }
        let text = self.text;
        if *self
            .has_public_half
            .get_or_insert_with(|| has_public_half(text))
        {
            Meaning::Secret
        } else {
            meaning
        }
    }

    /// In a file of JSON a client's secret is the secret itself: no Kubernetes Secret is named there.
    fn quoted_meaning(&self, setting: &Setting, key: &str, meaning: Meaning) -> Meaning {
        let is_file = self.syntax != Syntax::Inline;
        let is_quoted = is_file && setting.key_is_quoted && setting.value_is_quoted;
        let is_secret =
            meaning == Meaning::Secret || (key == "secret" && self.syntax == Syntax::Config);
        if is_quoted && is_secret {
            Meaning::Password
        } else {
            meaning
        }
    }

    /// The header whose value a key has, where its name stands above.
    fn header_of(&self, key: &str) -> Option<&'a str> {
        let (name, header) = self.header?;
        (says_header(key) && is_value_of(key, name)).then_some(header)
    }

    /// What a setting is by its key; `None` where its value is the name of another setting.
    fn role(
        &self,
        key: &'a str,
        value: &'a str,
        named: Option<&'a str>,
    ) -> Option<(&'a str, Meaning)> {
        match key {
            // APISIX: `admin_key: [{name: admin, key: x}]`.
            "key" if self.known.is_published(value) => Some((key, Meaning::Named)),
            "name" | "key" => None,
            // An operation of a JSON patch: `path: /spec/adminPassword`, below it `value: x`.
            "path" if self.around.key == PATCH => None,
            // Keycloak: `{"type": "password", "value": "x"}`.
            "type" if value == "password" => None,
            // Grafana: `httpHeaderName1: X-Api-Key`, further down `httpHeaderValue1: x`.
            _ if self.header_of(key).is_some() => {
                self.header_of(key).map(|header| (header, meaning(header)))
            }
            // Its name may stand further down.
            _ if key.starts_with("httpHeaderValue") => {
                let is_below = self.text.contains("httpHeaderName");
                let meaning = if is_below {
                    Meaning::Other
                } else {
                    Meaning::SureToken
                };
                Some((key, meaning))
            }
            "value" => Some(named.map_or((key, Meaning::Other), |named| {
                let own = named.rsplit('/').next().unwrap_or(named);
                let named = if self.around.key == PATCH { own } else { named };
                (named, meaning(named))
            })),
            _ if may_have_subject(key) => {
                let of_subject = meaning_in(key, value, (self.around.key, self.text));
                Some((key, of_subject.unwrap_or_else(|| meaning(key))))
            }
            _ => Some((key, meaning(key))),
        }
    }
}

/// A name of a pair as most write it; .NET and AWS have `{"Name": "password", "Value": "x"}`.
fn in_lower_case(key: &str) -> &str {
    match key {
        "Name" => "name",
        "Value" => "value",
        _ => key,
    }
}

/// Whether a setting is a condition of a query.
fn is_compared(line: &str, setting: &Setting) -> bool {
    setting.separator == b'=' && is_behind_where(&line[..setting.key.start])
}

/// Whether a value has less than eight letters and digits: at the top of a program's own settings
/// somebody made up a secret so, where few call a Secret by it.
fn is_short_word(value: &str) -> bool {
    value.len() < 8 && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
