//! The words of `command` and `args`: what is a credential on a command line, and what lets
//! everyone in.

use super::context::Context;
use super::step::is_of_shell;
use super::{Visited, Walk};
use crate::facts::credentials::key::Meaning;
use crate::facts::credentials::text::argument::Argument;
use crate::facts::credentials::text::command::arguments;
use crate::facts::credentials::text::flag::flags;
use crate::facts::credentials::text::is_shell_reference;
use crate::facts::credentials::text::key_pair::{names_public_half, names_secret_half};
use crate::facts::credentials::text::option::is_password_option;
use crate::facts::credentials::text::secret_name::names_secret;
use crate::facts::credentials::text::syntax::Syntax;
use crate::facts::credentials::value::around::Around;
use crate::facts::credentials::value::off::Place;
use crate::facts::credentials::{Credential, Kind};
use crate::model::{Node, Part};

/// A word of a command, and what its path ends with below what is visited.
pub(super) type Item<'r> = (Node<'r>, Option<&'r str>, Option<usize>);

impl<'r> Walk<'_, 'r> {
    /// The words of `command` and `args` together: what a flag means may depend on the program;
    /// and those of each list of arguments that a chart hands on, such as `extraArgs`.
    pub(super) fn command(&mut self, node: Node<'r>, context: Context<'_>) {
        self.command_words(node, &["command", "args"], context);
        self.script(node, context);
        for (key, value) in node.entries() {
            let key = key.as_str().filter(|key| names_arguments(key));
            if let Some(key) = key.filter(|_| value.is_sequence()) {
                self.command_words(node, &[key], context);
            }
        }
    }

    /// A script that a step of a workflow runs with a shell.
    fn script(&mut self, node: Node<'r>, context: Context<'_>) {
        if let Some(key) = shell_script(node) {
            self.command_words(node, &[key], context);
        }
    }

    fn command_words(&mut self, node: Node<'r>, keys: &[&'r str], context: Context<'_>) {
        let mut items: Vec<Item<'r>> = Vec::new();
        for key in keys.iter().copied() {
            let Some(value) = node.get(key) else { continue };
            if value.scalar().is_some() {
                items.push((value, Some(key), None));
            }
            let list = value.items().enumerate();
            items.extend(list.map(|(index, item)| (item, Some(key), Some(index))));
        }
        self.words(&items, context);
    }

    /// A text that a step of a pipeline hands to a shell. What it switches off is of what ends with the job.
    pub(super) fn step(&mut self, node: Node<'r>, text: &str, context: Context<'_>) {
        // An action's own input may be a program in another language.
        let is_input = matches!(
            self.path.as_slice(),
            [.., Visited::Key("with"), Visited::Key("script")]
        );
        if !is_input && is_of_shell(context.parent, text, context.holder) {
            let context = Context {
                image: None,
                ..context
            };
            self.given(&[(node, None, None)], &[text], context);
        }
    }

    /// The words of one command, or a script in each.
    pub(super) fn words(&mut self, items: &[Item<'r>], context: Context<'_>) {
        let texts: Vec<&str> = items
            .iter()
            .map(|(item, ..)| item.as_str().unwrap_or_default())
            .collect();
        let image = context.image.filter(|_| !items.is_empty());
        if image.is_some_and(|image| image.contains("sftp")) {
            self.sftp_arguments(items, context);
        }
        if image.is_some_and(|image| image.contains("samba")) {
            self.samba_arguments(items, context);
        }
        if self.given(items, &texts, context) {
            self.switched(items, &texts, context);
        }
    }

    /// What the words of a command, or of scripts, give to programs that is secret. Whether they may hold some.
    fn given(&mut self, items: &[Item<'r>], texts: &[&str], context: Context<'_>) -> bool {
        let may_hold = |text: &&str| {
            crate::facts::credentials::may_hold_credentials(text) || is_password_option(text)
        };
        if !texts.iter().any(may_hold) {
            return false;
        }
        let mut all = arguments(texts, context.image);
        let has_public_half = all.iter().any(|one| names_public_half(&one.key));
        for found in &mut all {
            if has_public_half && names_secret_half(&found.key) {
                found.meaning = Meaning::Secret;
            }
            let text = texts[found.item];
            let value = text.get(found.value.clone());
            let is_written =
                |value: &&str| !is_shell_reference(value) && !names_secret(text, &found.key, value);
            if let Some(value) = value.filter(is_written) {
                let mut users = context.users.to_vec();
                let user = found.user.as_ref();
                users.extend(user.and_then(|(item, user)| texts[*item].get(user.clone())));
                let context = Context {
                    users: &users,
                    ..context
                };
                self.argument(items[found.item], value, found, context);
            }
        }
        true
    }

    /// What the flags of a command switch off.
    fn switched(&mut self, items: &[Item<'r>], texts: &[&str], context: Context<'_>) {
        let surroundings = format!("{} {}", context.surroundings, texts.join(" "));
        let surroundings = surroundings.to_ascii_lowercase();
        for flag in flags(texts) {
            let value = flag.value.clone().map(|(item, range)| &texts[item][range]);
            let switches = self.detector.known().switches();
            let place = Place {
                surroundings: &surroundings,
                text: &surroundings,
                users: context.users,
                form: flag.form(),
                ..Place::default()
            };
            let judge = |value| switches.judge(flag.key, value, place);
            let is_answer = value.is_some_and(|value| matches!(value, "true" | "false"));
            let stands_alone = !flag.is_joined && !is_answer;
            let mut verdict = value.and_then(|value| judge(Some(value)));
            let is_alone = verdict.is_none() && stands_alone;
            if is_alone {
                verdict = judge(None);
            }
            if let Some(verdict) = verdict {
                let value = flag
                    .value
                    .filter(|(_, range)| !is_alone && !range.is_empty());
                let (item, range) = value.unwrap_or((flag.item, flag.whole));
                let found = Argument {
                    meaning: Meaning::Other,
                    key: flag.key.to_owned(),
                    item,
                    value: range.clone(),
                    user: None,
                };
                let credential =
                    self.credential(flag.key, Kind::Argument, verdict, &texts[item][range]);
                self.at_argument(items[item], &found, credential);
            }
        }
    }

    /// An image of sftp takes its accounts as arguments.
    fn sftp_arguments(&mut self, items: &[Item<'r>], context: Context<'_>) {
        for item in items {
            self.at_item(*item, |walk, text| {
                walk.sftp_accounts(item.0, text, "sftp", context);
            });
        }
    }

    /// An image of Samba takes each account behind `-u`.
    fn samba_arguments(&mut self, items: &[Item<'r>], context: Context<'_>) {
        let mut before = "";
        for item in items {
            self.at_item(*item, |walk, text| {
                walk.samba_account(item.0, text, before, context);
                before = text;
            });
        }
    }

    /// Does something with the text of a word of a command, at its path.
    fn at_item(&mut self, (node, key, index): Item<'r>, act: impl FnOnce(&mut Self, &'r str)) {
        let before = self.path.len();
        self.path.extend(key.map(Visited::Key));
        self.path.extend(index.map(Visited::Index));
        if let Some(text) = node.as_str() {
            act(self, text);
        }
        self.path.truncate(before);
    }

    pub(super) fn argument(
        &mut self,
        item: Item<'r>,
        value: &str,
        found: &Argument,
        context: Context<'_>,
    ) {
        let around = Around {
            is_handed: true,
            ..context.around(&found.key)
        };
        let verdict = self.detector.known().judge(found.meaning, value, around);
        let credential = self.credential(&found.key, Kind::Argument, verdict, value);
        self.at_argument(item, found, credential);
    }

    pub(super) fn at_argument(
        &mut self,
        (node, key, index): Item<'r>,
        found: &Argument,
        credential: Credential,
    ) {
        let length = node.as_str().map_or(0, str::len);
        let part = Part {
            start: found.value.start,
            length: found.value.len(),
        };
        let before = self.path.len();
        self.path.extend(key.map(Visited::Key));
        self.path.extend(index.map(Visited::Index));
        self.push(
            node,
            Some(part).filter(|part| part.length < length),
            credential,
        );
        self.path.truncate(before);
    }

    pub(super) fn command_strings(&mut self, list: Node<'r>, context: Context<'_>) {
        let syntax = |text: &str| {
            if text.trim_end().contains('\n') {
                Syntax::Config
            } else {
                Syntax::Inline
            }
        };
        if let Some(text) = list.as_str() {
            self.string(list, text, syntax(text), Kind::Argument, context);
        }
        for (index, item) in list.items().enumerate() {
            if let Some(text) = item.as_str() {
                self.path.push(Visited::Index(index));
                self.string(item, text, syntax(text), Kind::Argument, context);
                self.path.pop();
            }
        }
    }
}

/// Whether a list under a key holds arguments of a program.
fn names_arguments(key: &str) -> bool {
    key == "arguments"
        || ["Args", "Arguments", "Flags"]
            .iter()
            .any(|end| key.ends_with(end))
}

/// The field of a step that holds a script of a shell: Tekton's `script`, run by `sh` where it does not say
/// otherwise, and the `source` of Argo's, whose command is a shell. One that names its shell is told by that.
fn shell_script(node: Node<'_>) -> Option<&'static str> {
    node.get("image")?;
    let text = |key| node.get(key).and_then(Node::as_str);
    let is_unnamed = |text: &str| text.contains(' ') && !text.starts_with("#!");
    let mut words = node.get("command").into_iter().flat_map(Node::items);
    let first = words.next().and_then(Node::as_str).unwrap_or_default();
    let is_shell = matches!(first.rsplit('/').next(), Some("sh" | "bash" | "ash"));
    if text("source").is_some_and(is_unnamed) && is_shell {
        Some("source")
    } else {
        text("script")
            .filter(|text| is_unnamed(text))
            .map(|_| "script")
    }
}
