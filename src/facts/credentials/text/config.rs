//! Settings in configuration texts and scripts: properties, ini, YAML, JSON, TOML, XML, SQL, and
//! the syntaxes of Redis, PostgreSQL and others that have no separator. `named` reads the settings of a line that
//! have a name, `unseparated` those without a separator, `switch` what lets everyone in.

use std::ops::Range;

use super::above::{is_in_item, keys_above};
use super::account_section::accounts_of_section;
use super::below;
use super::called::is_called_script;
use super::command::arguments;
use super::crypt::crypt_key;
use super::directive::{hands_statement, has_sql, is_data_source, is_pass_file, is_statement};
use super::fallback::of_variable;
use super::found::Found;
use super::insert::{Inserted, inserted};
use super::key_pair::is_id_in;
use super::list::{Lists, is_no_secrets_name};
use super::nested::{accounts_of_machine, nested_keys, own_key, sent_credentials};
use super::open_line::may_be_open;
use super::radius::is_user_alone;
use super::secret_name::{is_file_of_secret, names_secret};
use super::setting_path::Switched;
use super::spaced::{has_plugins, is_directive_alone, may_be_spaced};
use super::subject::accounts_of_sureness;
use super::syntax::Syntax;
use super::users::all_users;
use crate::facts::credentials::key::words::contains_ignoring_case;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::line::{is_comment, lines, place};
use crate::facts::credentials::text::{self};
use crate::facts::credentials::value::around::Around;
use crate::facts::credentials::value::guessed::of_literal;
use crate::facts::credentials::value::known::Known;
use crate::facts::credentials::value::label::{
    holds_wording, is_file_of_wording, is_label, is_wording,
};
use crate::facts::credentials::{Kind, Verdict};
use crate::model::fallback_of_hole;
use crate::shell::{here_documents, line_of};

/// The key of a kustomization's patch that is written out in it.
pub(super) const PATCH: &str = "patch";

/// Everything that the lines of a text set.
pub(super) fn configured(
    known: &Known,
    text: &str,
    syntax: Syntax,
    kind: Kind,
    around: Around<'_>,
    found: &mut Vec<Found>,
) {
    // A chart's values name Secrets and their keys, in a text as in a file.
    let is_of_values = text.contains('\n') && contains_ignoring_case(around.key, "values");
    let mut reader = Reader {
        known,
        text,
        syntax,
        kind,
        around: Around {
            may_be_name: is_of_values,
            ..around
        },
        users: None,
        name: None,
        property: None,
        header: None,
        has_plugins: syntax != Syntax::Inline && (may_be_spaced(around.key) || has_plugins(text)),
        has_modules: text.contains("LoginModule"),
        may_be_open: syntax == Syntax::Config && may_be_open(text),
        has_public_half: None,
        found,
    };
    let mut switches = Switched::of(text, syntax);
    let mut lists = Lists::default();
    let is_handed = || hands_statement(text) && has_sql(text);
    let is_statement = syntax == Syntax::Inline && (is_statement(text) || is_handed());
    let has_sql = (syntax != Syntax::Inline || is_statement) && has_sql(text);
    let mut open = None;
    let mut all = lines(text).peekable();
    while let Some((offset, line)) = all.next() {
        if let Some(open) = open.take() {
            reader.below(offset, line, open, all.peek().map(|(_, next)| *next));
        }
        if line.is_empty() || (syntax != Syntax::Inline && is_comment(line)) {
            continue;
        }
        reader.named_settings(offset, line);
        let is_set_apart = is_statement
            || is_data_source(line)
            || is_pass_file(around.key)
            || is_directive_alone(line)
            || is_user_alone(around.key, line);
        if syntax != Syntax::Inline || is_set_apart {
            reader.directives(offset, line, has_sql);
        }
        if syntax == Syntax::Config {
            reader.list(offset, line, &mut lists);
            open = below::opened(line).filter(|open| meaning(open.key).is_credential());
        }
        if let Some(switches) = &mut switches {
            reader.switches(offset, line, switches);
        }
    }
    if syntax != Syntax::Inline && (text.contains("VALUES") || text.contains("values")) {
        reader.inserted();
    }
    if syntax == Syntax::Code
        && let Some(range) = crypt_key(text)
    {
        reader.add(0, range, "crypt/key", kind, Meaning::SureToken);
    }
    if syntax == Syntax::Config {
        for (object, range) in nested_keys(text) {
            reader.add(0, range, object.label(), kind, object.meaning());
        }
        for range in sent_credentials(text) {
            reader.add(0, range, "credentials", kind, Meaning::SureToken);
        }
        for login in accounts_of_machine(text) {
            reader.login_with("chpasswd", (0, text), login);
        }
        for login in accounts_of_section(around.key, text) {
            reader.login_with("password", (0, text), login);
        }
        for login in accounts_of_sureness(text) {
            reader.login_with("credential", (0, text), login);
        }
    }
    // Hasura: `HASURA_GRAPHQL_JWT_SECRET: '{"type": "HS256", "key": "x"}'`.
    if contains_ignoring_case(around.key, "jwt")
        && let Some(range) = own_key(text)
    {
        reader.add(0, range, around.key, kind, Meaning::Secret);
    }
    if is_script(text, around.key) {
        reader.script(0..text.len());
    } else if text.starts_with("#cloud-config") {
        reader.commands_of_machine();
    }
}

fn is_script(text: &str, key: &str) -> bool {
    let interpreter = text.lines().next().and_then(|line| line.strip_prefix("#!"));
    let is_shell = interpreter.is_some_and(|interpreter| interpreter.contains("sh"));
    (text.contains('\n') && (is_shell || key.ends_with(".sh"))) || is_called_script(text, key)
}

/// What is the same for every line of a text.
pub(super) struct Reader<'a, 'k> {
    pub(in crate::facts::credentials) known: &'k Known,
    pub(in crate::facts::credentials) text: &'a str,
    pub(in crate::facts::credentials) syntax: Syntax,
    pub(in crate::facts::credentials) kind: Kind,
    pub(in crate::facts::credentials) around: Around<'a>,
    /// The user names of the whole text, looked for when the first value asks.
    pub(in crate::facts::credentials) users: Option<Vec<&'a str>>,
    /// The value of the line before, if its key was `name`.
    pub(in crate::facts::credentials) name: Option<&'a str>,
    /// The name of the element of XML that is open: between it and its value may stand what describes it.
    pub(in crate::facts::credentials) property: Option<&'a str>,
    /// The key that names a header whose value another setting holds, and the header.
    pub(in crate::facts::credentials) header: Option<(&'a str, &'a str)>,
    /// Whether a blank may stand alone between key and value, as Fluentd and Fluent Bit have it.
    pub(super) has_plugins: bool,
    /// Whether it configures login modules of Java.
    pub(super) has_modules: bool,
    /// Whether a line of it may let everyone in.
    pub(super) may_be_open: bool,
    /// Whether the text sets an access key, looked for when a secret key asks.
    pub(in crate::facts::credentials) has_public_half: Option<bool>,
    pub(in crate::facts::credentials) found: &'k mut Vec<Found>,
}

impl<'a> Reader<'a, '_> {
    pub(in crate::facts::credentials) fn add(
        &mut self,
        offset: usize,
        range: Range<usize>,
        key: &str,
        kind: Kind,
        meaning: Meaning,
    ) {
        let mut range = offset + range.start..offset + range.end;
        let value = &self.text[range.clone()];
        let of_variable = || of_variable(value, 0..value.len());
        if let Some(fallback) = fallback_of_hole(value).or_else(of_variable) {
            range = range.start + fallback.start..range.start + fallback.end;
        }
        if meaning == Meaning::Login {
            return self.login(range, key, kind);
        }
        // Java: `-Djavax.net.ssl.trustStorePassword=x`.
        let key = match key.strip_prefix("-D") {
            Some(property) if property.contains('.') => property,
            _ => key.trim_start_matches('-'),
        };
        let users = (self.users).get_or_insert_with(|| all_users(self.text, self.around.users));
        let around = Around {
            key,
            // A key pair's public half is no name of itself.
            users: if meaning == Meaning::AccessKey {
                self.around.users
            } else {
                users
            },
            may_be_name: self.around.may_be_name
                && matches!(meaning, Meaning::Token | Meaning::SureToken),
            ..self.around
        };
        let value = &self.text[range.clone()];
        let verdict = match self.known.judge(meaning, value, around) {
            Verdict::Weak | Verdict::Literal if self.is_said_of_other(range.start, value) => {
                Verdict::Unsure
            }
            Verdict::Literal if meaning == Meaning::AccessKey && is_id_in(self.text, key) => {
                Verdict::Unsure
            }
            Verdict::Literal => of_literal(self.text, range.clone(), key),
            verdict => verdict,
        };
        self.found.push(Found {
            key: key.to_owned(),
            kind,
            verdict,
            range,
        });
    }

    /// Whether a value is the name of a column, a word for people, or of an example in the description of an interface.
    fn is_said_of_other(&self, at: usize, value: &str) -> bool {
        if is_file_of_wording(self.around.key) && is_wording(value) {
            return true;
        }
        let above = keys_above(self.text, at);
        let is_described = || self.text.contains("openapi") || self.text.contains("swagger");
        let is_example = |key: &&str| matches!(*key, "example" | "examples");
        let is_item = || is_in_item(self.text, at);
        above
            .first()
            .is_some_and(|key| is_label(key, is_item(), Some(value)))
            || (is_wording(value) && above.iter().any(|key| holds_wording(key)))
            || (above.iter().any(is_example) && is_described())
    }

    /// A value on the line below its key.
    fn below(&mut self, offset: usize, line: &str, open: below::Open<'_>, next: Option<&str>) {
        if let Some(range) = below::value(open, line, next) {
            self.add(offset, range, open.key, self.kind, meaning(open.key));
        }
    }

    /// `user:password`.
    fn login(&mut self, range: Range<usize>, key: &str, kind: Kind) {
        let text = self.text;
        if let Some((user, password)) = text[range.clone()].split_once(':') {
            let start = range.start + user.len() + 1;
            let users = [user];
            let around = Around {
                key,
                users: &users,
                ..self.around
            };
            self.found.push(Found {
                key: key.to_owned(),
                kind,
                verdict: self.known.judge(Meaning::Password, password, around),
                range: start..range.end,
            });
        }
    }

    /// Items of a list of credentials; under `secrets` they are mostly names.
    fn list(&mut self, offset: usize, line: &'a str, lists: &mut Lists<'a>) {
        let Some((key, meaning, items)) = lists.items(line) else {
            return;
        };
        let may_be_names = key.to_ascii_lowercase().ends_with("secrets");
        if may_be_names
            && !items
                .iter()
                .any(|item| is_no_secrets_name(&line[item.clone()]))
        {
            return;
        }
        let meaning = if may_be_names {
            Meaning::Secret
        } else {
            meaning
        };
        for item in items {
            self.add(offset, item, key, self.kind, meaning);
        }
    }

    /// Credentials in rows that SQL puts into a table.
    fn inserted(&mut self) {
        for Inserted { name, value } in inserted(self.text) {
            let key = &self.text[name];
            self.add(0, value, key, self.kind, meaning(key));
        }
    }

    /// Adds the user that a command names to those of the text.
    fn name_user(&mut self, user: Option<Range<usize>>) {
        let Some(user) = user.and_then(|user| self.text.get(user)) else {
            return;
        };
        let known = self.around.users;
        let users = (self.users).get_or_insert_with(|| all_users(self.text, known));
        if !users.contains(&user) {
            users.push(user);
        }
    }

    /// The commands that cloud-init runs, each an item of a list.
    fn commands_of_machine(&mut self) {
        for (_, line) in lines(self.text) {
            if let Some(command) = line.trim_start().strip_prefix("- ") {
                self.script(place(self.text, command));
            }
        }
    }

    /// A shell script, or one in a text: flags and options of the programs it runs.
    fn script(&mut self, script: Range<usize>) {
        for mut argument in arguments(&[&self.text[script.clone()]], None) {
            let move_to_text = |range: &mut Range<usize>| {
                range.start += script.start;
                range.end += script.start;
            };
            move_to_text(&mut argument.value);
            if let Some((_, user)) = &mut argument.user {
                move_to_text(user);
            }
            let Some(value) = self.text.get(argument.value.clone()) else {
                continue;
            };
            let is_known = self.found.iter().any(|found| {
                found.range.start < argument.value.end && argument.value.start < found.range.end
            });
            let at = argument.value.start;
            let is_name = || {
                names_secret(self.text, &argument.key, value)
                    || is_file_of_secret(self.text, at)
                    || is_shown(self.text, at)
            };
            if !is_known && !text::is_shell_reference(value) && !is_name() {
                let meaning = self.half_meaning(&argument.key, value, argument.meaning);
                self.name_user(argument.user.map(|(_, user)| user));
                self.add(0, argument.value, &argument.key, self.kind, meaning);
            }
        }
    }
}

/// Whether some characters of a script stand in a here-document that is only shown, as what explains its options.
fn is_shown(text: &str, at: usize) -> bool {
    let mut documents = here_documents(text).into_iter();
    documents.any(|document| {
        let command = line_of(text, &document).trim();
        document.contains(&at) && command.starts_with("cat ") && !command.contains(['>', '|'])
    })
}
