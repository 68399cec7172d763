//! Whether pods only touch files: all that they run are programs that call nobody.

use std::ops::Range;

use super::Mentions;
use super::told::{command_line, containers};
use crate::model::{Node, Resource, ValuePath};
use crate::shell::commands;

/// Shells, which run a text behind `-c`.
const SHELLS: [&str; 5] = ["ash", "bash", "dash", "sh", "zsh"];
/// Behind these, `find` runs a program.
const RUNNING: [&str; 4] = ["-exec", "-execdir", "-ok", "-okdir"];

impl Mentions<'_> {
    /// Whether each container of the pods says what it runs, and that is nothing but local programs.
    pub(crate) fn only_touches_files(&self, resource: &Resource, template: &ValuePath) -> bool {
        let containers = containers(resource, template);
        !containers.is_empty() && containers.into_iter().all(|one| self.is_local(one))
    }

    fn is_local(&self, container: Node<'_>) -> bool {
        let strings: Vec<&str> = command_line(container).collect();
        let is_said = container.get("command").is_some();
        match strings.split_first() {
            Some((program, arguments)) if is_said && SHELLS.contains(&name(program)) => {
                let mut options = arguments.iter().peekable();
                while options.next_if(|word| !is_script_next(word)).is_some() {}
                options
                    .nth(1)
                    .is_some_and(|text| self.is_local_script(text))
            }
            Some(_) if is_said => self.is_local_command(&strings),
            _ => false,
        }
    }

    fn is_local_script(&self, text: &str) -> bool {
        let commands = commands(text);
        let written = |word: &Range<usize>| text[word.clone()].trim_matches(['"', '\'']);
        !commands.is_empty()
            && commands.iter().all(|command| {
                let words: Vec<&str> = command.words.iter().map(written).collect();
                self.is_local_command(&words)
            })
    }

    fn is_local_command(&self, words: &[&str]) -> bool {
        let runs = |pair: &[&str]| RUNNING.contains(&pair[0]).then(|| pair[1].to_owned());
        let inner: Vec<String> = words.windows(2).filter_map(runs).collect();
        let mut programs = words
            .iter()
            .take(1)
            .copied()
            .chain(inner.iter().map(String::as_str));
        let known = &self.settings.local_programs;
        programs.all(|program| known.iter().any(|own| own == name(program)))
    }
}

/// Whether the script follows an option of a shell: `-c`, also with others, such as `-ec`.
fn is_script_next(option: &str) -> bool {
    option.starts_with('-') && !option.starts_with("--") && option.ends_with('c')
}

/// The name of a program, without its path.
fn name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or_default()
}
