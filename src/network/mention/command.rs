//! Hosts in the command lines of a container: of its program, and of those that the kubelet runs beside it.

use super::super::client::{Called, Word, called};
use super::super::field::items;
use super::super::host_name::HostName;
use super::purpose::{may_be_host, only_resolves, only_speaks};
use super::reader::{Place, Reader};
use super::variables::{Expanded, Variables};
use crate::model::{Node, ValuePath};
use crate::shell::commands;

/// Where a container says what else is run in it.
const HOOKS: [(&str, &str); 5] = [
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
    ("livenessProbe", ""),
    ("readinessProbe", ""),
    ("startupProbe", ""),
];

/// The strings of a command line, each with its place.
type Strings<'t> = Vec<(ValuePath, Expanded<'t>)>;

impl Reader<'_, '_> {
    pub(super) fn read_commands(
        &mut self,
        container: Node<'_>,
        path: &ValuePath,
        variables: &Variables,
    ) {
        let lists = ["command", "args"].into_iter();
        let all = lists.flat_map(|list| items(container, list, path));
        self.read_strings(&expanded(all, variables));
        // In these nothing is replaced.
        let none = Variables::default();
        for (field, hook) in HOOKS {
            let mut found = container.get(field);
            let mut path = path.clone().key(field);
            if !hook.is_empty() {
                found = found.and_then(|found| found.get(hook));
                path = path.key(hook);
            }
            if let Some(exec) = found.and_then(|found| found.get("exec")) {
                let all = items(exec, "command", &path.key("exec"));
                self.read_strings(&expanded(all, &none));
            }
        }
    }

    fn read_strings(&mut self, strings: &Strings<'_>) {
        let words = strings.iter().enumerate();
        let words: Vec<Word<'_>> = words
            .map(|(at, (_, string))| Word::written(at, 0, &string.text))
            .collect();
        if words.first().is_some_and(|word| only_resolves(word.text)) {
            return;
        }
        for host in called(&self.asker.mentions.settings.clients, &words) {
            let (path, string) = &strings[host.host.string];
            let place = Place::own(path, &string.pieces);
            self.read_called(&string.text, &host, &place);
        }
        let mut before = "";
        for (path, string) in strings {
            let text: &str = &string.text;
            let place = Place {
                is_script: true,
                ..Place::own(path, &string.pieces)
            };
            self.read_script(text, &place);
            // The value stands behind `=`, or is the next argument.
            let flag = text.split_once('=').map_or(before, |(flag, _)| flag);
            let is_flag = flag.starts_with('-') && !flag.contains(char::is_whitespace);
            if !(is_flag && only_speaks(flag)) {
                self.read_text(text, may_be_host(flag, text), &place);
            }
            before = if text.starts_with('-') { text } else { "" };
        }
    }

    /// Finds the hosts that commands of a shell's text call.
    pub(super) fn read_script(&mut self, text: &str, place: &Place<'_>) {
        if !text.contains(char::is_whitespace) {
            return;
        }
        for command in commands(text) {
            let words = command.words.into_iter();
            let words: Vec<Word<'_>> = words
                .map(|word| Word::written(0, word.start, &text[word]))
                .collect();
            for host in called(&self.asker.mentions.settings.clients, &words) {
                self.read_called(text, &host, place);
            }
        }
    }

    /// A host that a program is told to call: what stands there is one, whatever it looks like.
    fn read_called(&mut self, text: &str, called: &Called<'_>, place: &Place<'_>) {
        let host = HostName {
            start: called.host.start,
            word: called.host.text,
            port: called.port,
            default_port: called.default_port,
            is_named: true,
            is_whole: false,
        };
        self.read_host(text, &host, false, place);
    }
}

fn expanded<'t>(
    strings: impl Iterator<Item = (ValuePath, Node<'t>)>,
    variables: &Variables,
) -> Strings<'t> {
    let texts = strings.filter_map(|(path, string)| Some((path, string.as_str()?)));
    texts
        .map(|(path, text)| (path, variables.expand(text)))
        .collect()
}
