//! Where a script stands when it comes to a command: in which folder, and with which namespace of kubectl's context.

use std::collections::BTreeSet;
use std::ops::Range;

use super::called::open_at;
use super::command::{after, is_program, option, unquoted, without_continuation};
use super::variable::{Named, named_at, resolved, resolved_at, with_gaps};

/// How long a change of the folder lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shell {
    /// To the end of the text.
    One,
    /// To the end of a line, as in a Makefile.
    OfLine,
    /// To the end of a step of a pipeline.
    OfStep,
}

/// What the commands of a text have set so far.
#[derive(Clone, Debug)]
pub(super) struct Session<'t> {
    text: &'t str,
    /// The line that it came to, where the lines are those of the text.
    line: Option<Range<usize>>,
    shell: Shell,
    /// The folder that they went to, from the one that the text is run in; `None` for one that is elsewhere.
    folder: Option<String>,
    /// Those that they are to come back to.
    before: Vec<Option<String>>,
    /// The one namespace that the text gives kubectl's context.
    given: Option<String>,
    is_given: bool,
}

impl<'t> Session<'t> {
    /// The beginning of the text of a file.
    pub(super) fn of(path: &str, text: &'t str) -> Self {
        let name = path.rsplit('/').next().unwrap_or_default();
        let end = name.rsplit_once('.').map_or("", |(_, end)| end);
        let is_of_lines = name.to_ascii_lowercase().ends_with("makefile") || end == "mk";
        let shell = match end {
            _ if is_of_lines || name.eq_ignore_ascii_case("justfile") => Shell::OfLine,
            "yml" | "yaml" => Shell::OfStep,
            _ if name.starts_with("Jenkinsfile") => Shell::OfStep,
            _ => Shell::One,
        };
        Self {
            text,
            line: Some(0..0),
            shell,
            folder: Some(String::new()),
            before: Vec::new(),
            given: given_namespace(text),
            is_given: false,
        }
    }

    /// The same for commands in a folder, which stand somewhere in the text.
    pub(super) fn within(mut self, folder: &str) -> Self {
        self.folder = Some(folder.to_owned());
        self.line = None;
        self
    }

    /// The text.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Begins a line.
    pub(super) fn begin(&mut self, line: &str) {
        let last = self.line.take();
        self.line = last.and_then(|last| line_of(line, self.text, last.end));
        let begins_shell = match self.shell {
            Shell::One => false,
            Shell::OfLine => true,
            Shell::OfStep => begins_step(line),
        };
        if begins_shell {
            self.folder = Some(String::new());
            self.before.clear();
        }
        if line.starts_with('(') {
            self.before.push(self.folder.clone());
        }
    }

    /// Follows a line that is not done, such as a comment: it only passes.
    pub(super) fn aside<T>(&mut self, follow: impl FnOnce(&mut Self) -> T) -> T {
        let mut aside = self.clone();
        let found = follow(&mut aside);
        self.line = aside.line.or(self.line.take());
        found
    }

    /// The name that a word of the line stands for, where that is one.
    pub(super) fn resolved(&self, word: &str) -> Option<String> {
        resolved_at(word, self.text, self.begin_of_line())
    }

    /// The paths that a word of the line stands for.
    pub(super) fn named(&self, word: &str) -> Vec<Named> {
        named_at(word, self.text, self.begin_of_line())
    }

    /// What the line calls a namespace that nobody knows: a name with variables, each as `${NAME}`.
    pub(super) fn open(&self, word: &str) -> Option<String> {
        open_at(word, self.text, self.begin_of_line())
    }

    /// A word of the line with a `*` for each variable of which nobody knows the value.
    pub(super) fn with_gaps(&self, word: &str) -> String {
        with_gaps(word, self.text, self.begin_of_line())
    }

    fn begin_of_line(&self) -> usize {
        self.line.as_ref().map_or(0, |line| line.start)
    }

    /// Whether a line may hold a command that is to be followed.
    pub(super) fn may_be_moved(&self, line: &str) -> bool {
        let is_left = || self.given.is_some() && !self.is_given;
        ["cd", "popd", "pushd"]
            .iter()
            .any(|word| line.contains(word))
            || is_left()
    }

    /// Ends a line, and with it what stands in parentheses.
    pub(super) fn end(&mut self, line: &str) {
        let ends = line.starts_with(')') || line.starts_with('(') && line.contains(')');
        if let Some(before) = self.before.pop_if(|_| ends) {
            self.folder = before;
        }
    }

    /// Does what a command says of the folder and of the context.
    pub(super) fn follow(&mut self, words: &[&str]) {
        const BEFORE: [&str; 8] = ["-", "@", "do", "else", "sh", "sudo", "then", "{"];
        let is_before = |word: &&&str| BEFORE.contains(word) || word.ends_with(':');
        let start = words.iter().take_while(is_before).count();
        let first = words
            .get(start)
            .map(|word| word.trim_start_matches(['(', '@']));
        let place = words.get(start + 1).map(|word| word.trim_end_matches(')'));
        match (first, place) {
            (Some("cd"), place) => self.folder = self.gone_to(place.unwrap_or("~")),
            (Some("pushd"), Some(place)) => {
                self.before.push(self.folder.clone());
                self.folder = self.gone_to(place);
            }
            (Some("popd"), _) => self.folder = self.before.pop().flatten(),
            _ if self.is_given || self.given.is_none() => {}
            _ => self.is_given = sets(words, self.text).is_some(),
        }
    }

    /// A path as it is named here, from the folder in which the text is run; `None` where that is elsewhere.
    pub(super) fn path(&self, named: &Named) -> Option<String> {
        match (named.is_anchored, &self.folder) {
            (true, _) => Some(named.path.clone()),
            (false, Some(folder)) if folder.is_empty() => Some(named.path.clone()),
            (false, folder) => Some(format!("{}/{}", folder.as_deref()?, named.path)),
        }
    }

    /// The namespace of kubectl's context.
    pub(super) fn namespace(&self) -> Option<&str> {
        self.given.as_deref().filter(|_| self.is_given)
    }

    fn gone_to(&self, place: &str) -> Option<String> {
        let mut places = self.named(place).into_iter();
        let first = places
            .next()
            .filter(|one| !one.path.starts_with(['/', '~', '-']));
        self.path(&first.filter(|_| places.next().is_none())?)
    }
}

/// Where a line to which others may have been joined stands in a text, from a byte on.
fn line_of(joined: &str, text: &str, from: usize) -> Option<Range<usize>> {
    let joined = joined.trim_start();
    let mut start = from;
    let begins = |line: &str| {
        let line = line.trim().trim_start_matches('#').trim_start();
        let line = without_continuation(line);
        joined.starts_with(line) && (!line.is_empty() || joined.is_empty())
    };
    for line in text[from..].split_inclusive('\n') {
        let end = start + line.len();
        if begins(line) {
            return Some(start..end);
        }
        start = end;
    }
    None
}

/// Whether a line of a pipeline begins a step: a key, or a call of Jenkins' `sh`.
fn begins_step(line: &str) -> bool {
    let first = line.trim_start_matches("- ").split_whitespace().next();
    first.is_some_and(|first| {
        let key = first.strip_suffix(':');
        first == "sh"
            || key.is_some_and(|key| {
                key.chars()
                    .all(|one| one.is_alphanumeric() || "-_".contains(one))
            })
    })
}

/// The namespace that a text gives kubectl's context, where it is always the same one.
fn given_namespace(text: &str) -> Option<String> {
    const SIGNS: [&str; 4] = ["set-context", "kubens", "project ", "kubectl ns "];
    if !SIGNS.iter().any(|sign| text.contains(sign)) {
        return None;
    }
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'));
    let commands = lines.flat_map(|line| line.split([';', '&', '|']));
    let given = commands.filter_map(|command| {
        let words: Vec<&str> = command.split_whitespace().map(unquoted).collect();
        sets(&words, text)
    });
    let mut given: BTreeSet<Option<String>> = given.collect();
    given.pop_first().flatten().filter(|_| given.is_empty())
}

/// The namespace that a command gives the context, if it gives it any: `None` within for one that is not known.
fn sets(words: &[&str], text: &str) -> Option<Option<String>> {
    let name = if let Some(at) = words.iter().position(|word| is_program(word, "kubens")) {
        words
            .get(at + 1)
            .copied()
            .filter(|word| !word.starts_with('-'))
    } else if let Some(rest) = after(words, "oc").filter(|rest| !rest.contains(&"set-context")) {
        let mut rest = rest.iter().copied().filter(|word| !word.starts_with('-'));
        rest.next()
            .filter(|verb| matches!(*verb, "project" | "new-project"))?;
        rest.next().filter(|name| !name.starts_with('>'))
    } else if words.contains(&"set-context") {
        let is_current = |word: &&str| *word == "--current" || word.starts_with("current-context");
        option(words, &["--namespace"]).filter(|_| words.iter().any(is_current))
    } else {
        let rest = after(words, "kubectl").filter(|rest| rest.first() == Some(&"ns"))?;
        rest.get(1).copied()
    };
    name.map(|name| resolved(name, text))
}

#[cfg(test)]
mod tests {
    use super::super::command::joined_lines;
    use super::*;

    /// Where the last line of a text stands: its folder and its namespace.
    fn at_end(path: &str, text: &str) -> (Option<String>, Option<String>) {
        let mut session = Session::of(path, text);
        let lines = joined_lines(text);
        for (at, (line, _)) in lines.iter().enumerate() {
            session.begin(line);
            if at + 1 < lines.len() {
                line.split([';', '&']).for_each(|command| {
                    let words: Vec<&str> = command.split_whitespace().map(unquoted).collect();
                    session.follow(&words);
                });
                session.end(line);
            }
        }
        let here = Named {
            path: "x".to_owned(),
            is_anchored: false,
        };
        (session.path(&here), session.namespace().map(str::to_owned))
    }

    #[test]
    fn folders_last_as_long_as_their_shell() {
        for (path, text, expected) in [
            ("a.sh", "cd apps\ncd web && ls", Some("apps/x")),
            ("a.sh", "cd apps/web\ncd ..\nls", Some("apps/web/../x")),
            ("a.sh", "DIR=apps\ncd $DIR\nls", Some("apps/x")),
            ("a.sh", "cd \"$ROOT/apps\"\nls", Some("apps/x")),
            ("a.sh", "pushd apps\npopd\nls", Some("x")),
            ("a.sh", "(cd apps && ls)\nls", Some("x")),
            ("a.sh", "(\ncd apps\nls", Some("apps/x")),
            ("a.sh", "cd /tmp\nls", None),
            ("a.sh", "cd\nls", None),
            ("a.sh", "echo cd apps\nls", Some("x")),
            ("Makefile", "\tcd apps\n\tls", Some("x")),
            ("a.yml", "- cd apps\n- ls", Some("apps/x")),
            ("a.yml", "- run: cd apps\n- run: ls", Some("x")),
            ("Jenkinsfile", "sh 'cd apps'\nsh 'ls'", Some("x")),
        ] {
            assert_eq!(at_end(path, text).0.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_context_s_namespace_counts_from_where_it_is_given() {
        for (text, expected) in [
            (
                "kubectl config set-context --current --namespace=shop\nls",
                Some("shop"),
            ),
            (
                "kubectl config set-context $(kubectl config current-context) --namespace shop\nls",
                Some("shop"),
            ),
            ("NS=shop\nkubens $NS\nls", Some("shop")),
            ("oc project shop >/dev/null\nls", Some("shop")),
            ("oc new-project shop || oc project shop\nls", Some("shop")),
            ("oc get project shop\nls", None),
            ("ls\noc project shop", None),
            ("kubens $1\nls", None),
            ("kubens shop\nkubens other\nls", None),
            ("# kubens shop\nls", None),
            (
                "kubectl config set-context other --namespace=shop\nls",
                None,
            ),
            ("oc project\nls", None),
        ] {
            assert_eq!(at_end("a.sh", text).1.as_deref(), expected, "{text}");
        }
    }
}
