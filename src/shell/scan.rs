//! The grammar of shells, sign by sign: strings, levels of commands within others, comments and here-documents.

use std::ops::Range;

use super::Command;
use super::wrapper::{begins_with_script, runs_given};

/// Words after which another command begins.
const PREFIXES: [&str; 22] = [
    "!", "{", "builtin", "call", "command", "do", "elif", "else", "env", "eval", "exec", "if",
    "nohup", "retry", "sudo", "then", "time", "timeout", "until", "watch", "while", "xargs",
];

/// Shells, which run what a here-document holds.
const SHELLS: [&str; 5] = ["bash", "sh", "ssh", "zsh", "ksh"];

/// What ends a level of commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum End {
    #[default]
    Text,
    Parenthesis,
    Backtick,
    /// The quote of a string that is a script itself (`sh -c "…"`).
    Quote(u8),
}

/// A level of commands that is open.
#[derive(Debug, Default)]
struct Open {
    end: End,
    command: Command,
    /// Where the word under way began.
    word: Option<usize>,
    /// Whether the level stands in a string in double quotes, which goes on after it.
    in_string: bool,
    /// Words in front that are no part of the command, the last of them.
    before: Option<Range<usize>>,
}

/// The way through a text, as far as it has come.
pub(super) struct Scan<'t> {
    text: &'t str,
    at: usize,
    end: usize,
    /// The levels that are open, the innermost last.
    open: Vec<Open>,
    found: Vec<Command>,
    /// The here-documents that begin behind this line: what ends each, and whether a shell runs it.
    here_docs: Vec<(String, bool)>,
}

impl<'t> Scan<'t> {
    /// At the beginning of a text.
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            end: text.len(),
            open: vec![Open::default()],
            found: Vec::new(),
            here_docs: Vec::new(),
        }
    }

    /// The commands to the end, in the order in which they end; none is without words.
    pub(super) fn commands(mut self) -> Vec<Command> {
        self.run();
        self.found
    }

    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        while self.at < self.end {
            let byte = bytes[self.at];
            match byte {
                b'\\' => self.escape(bytes),
                b'\'' | b'"' => self.quote(byte, bytes),
                b'$' if bytes.get(self.at + 1) == Some(&b'(') => {
                    self.start_word();
                    self.at += 2;
                    self.push(End::Parenthesis, false);
                }
                // What a pipeline puts in before a shell reads the text.
                b'$' if bytes[self.at..].starts_with(b"${{") => {
                    self.start_word();
                    let rest = &self.text[self.at..self.end];
                    self.at += rest.find("}}").map_or(3, |at| at + 2);
                }
                b'`' => self.backtick(bytes),
                b'(' => {
                    self.end_word();
                    self.at += 1;
                    self.push(End::Parenthesis, false);
                }
                b')' => self.close(),
                b'#' if self.top().word.is_none() => self.skip_line(bytes),
                b'<' if bytes[self.at..].starts_with(b"<<") => self.here_doc(bytes),
                b'\n' => {
                    self.end_command();
                    self.at += 1;
                    self.skip_here_docs();
                }
                b';' | b'|' | b'&' => {
                    self.end_command();
                    self.at += 1;
                }
                b' ' | b'\t' | b'\r' => {
                    self.end_word();
                    self.at += 1;
                }
                _ => {
                    self.start_word();
                    self.at += 1;
                }
            }
        }
        while !self.open.is_empty() {
            self.end_command();
            self.open.pop();
        }
    }

    fn top(&mut self) -> &mut Open {
        if self.open.is_empty() {
            self.open.push(Open::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn push(&mut self, end: End, in_string: bool) {
        self.open.push(Open {
            end,
            in_string,
            ..Open::default()
        });
    }

    fn start_word(&mut self) {
        let at = self.at;
        self.top().word.get_or_insert(at);
    }

    fn end_word(&mut self) {
        let (at, text) = (self.at, self.text);
        let top = self.top();
        let Some(start) = top.word.take() else { return };
        let word = start..at;
        let written = &text[word.clone()];
        if top.command.words.is_empty()
            && is_in_front(written, top.before.clone().map(|one| &text[one]))
        {
            top.before = Some(word);
            return;
        }
        // `$name = command` of PowerShell.
        let is_assignment = written == "="
            && top.command.words.len() == 1
            && text[top.command.words[0].clone()].starts_with('$');
        if is_assignment {
            top.command.words.clear();
            return;
        }
        top.command.words.push(word);
    }

    fn end_command(&mut self) {
        self.end_word();
        let top = self.top();
        top.before = None;
        let command = std::mem::take(&mut top.command);
        if !command.words.is_empty() {
            self.found.push(command);
        }
    }

    /// A line that goes on, or a character without its meaning.
    fn escape(&mut self, bytes: &[u8]) {
        let next = bytes.get(self.at + 1);
        if next == Some(&b'\n') || bytes[self.at + 1..].starts_with(b"\r\n") {
            self.end_word();
            self.at += if next == Some(&b'\n') { 2 } else { 3 };
            // Comments may stand between the lines of a Dockerfile's instruction.
            while self.text[self.at.min(self.end)..self.end]
                .trim_start_matches([' ', '\t'])
                .starts_with('#')
            {
                self.skip_line(bytes);
                self.at = (self.at + 1).min(self.end);
            }
            return;
        }
        self.start_word();
        self.at = (self.at + 2).min(self.end);
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    /// A string: passed over, save for the commands in it, or read if it is a script.
    fn quote(&mut self, quote: u8, bytes: &[u8]) {
        if self.top().end == End::Quote(quote) {
            self.end_command();
            self.open.pop();
            self.at += 1;
            return;
        }
        if self.is_script_next() {
            self.end_word();
            self.at += 1;
            self.push(End::Quote(quote), false);
            return;
        }
        self.start_word();
        self.at += 1;
        if quote == b'"' {
            self.string(bytes);
        } else {
            let rest = &bytes[self.at..self.end];
            self.at += rest
                .iter()
                .position(|byte| *byte == quote)
                .map_or(rest.len(), |end| end + 1);
        }
    }

    /// Goes on in a string in double quotes, to its end or to a command in it.
    fn string(&mut self, bytes: &[u8]) {
        while self.at < self.end {
            match bytes[self.at] {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' => self.at = (self.at + 2).min(self.end),
                b'$' if bytes.get(self.at + 1) == Some(&b'(') => {
                    self.at += 2;
                    return self.push(End::Parenthesis, true);
                }
                _ => self.at += 1,
            }
        }
    }

    /// Whether the string that comes is a script: behind `-c` of a shell, behind `eval`, the host of `ssh` or a name
    /// that says so.
    fn is_script_next(&mut self) -> bool {
        let text = self.text;
        let top = self.top();
        if top.word.is_some() {
            return false;
        }
        let first = top.command.words.first().map(|word| &text[word.clone()]);
        let name = first.map(|first| first.rsplit('/').next().unwrap_or(first));
        let last = top.command.words.last().map(|word| &text[word.clone()]);
        let is_option = last.is_some_and(|last| {
            last.starts_with('-') && !last.starts_with("--") && last.ends_with('c')
        });
        let is_evaluated = top.command.words.is_empty()
            && top
                .before
                .clone()
                .is_some_and(|before| &text[before] == "eval");
        let has_host =
            top.command.words.len() > 1 && !last.is_some_and(|last| last.starts_with('-'));
        let is_remote = name == Some("ssh") && has_host;
        // `run_command "kubectl apply"`.
        let is_handed = top.command.words.len() == 1
            && name.is_some_and(runs_given)
            && begins_with_script(&text[self.at..self.end]);
        is_evaluated
            || is_remote
            || is_handed
            || (is_option && name.is_some_and(|name| SHELLS.contains(&name)))
    }

    fn backtick(&mut self, bytes: &[u8]) {
        let rest = &bytes[self.at + 1..self.end];
        if self.top().end == End::Backtick {
            self.end_command();
            self.open.pop();
            self.at += 1;
        } else if rest
            .first()
            .is_none_or(|byte| matches!(byte, b'\n' | b'\r'))
        {
            // PowerShell continues a line with it.
            self.end_word();
            let line = rest.iter().position(|byte| *byte == b'\n');
            self.at += 1 + line.map_or(0, |end| end + 1);
        } else {
            self.start_word();
            self.at += 1;
            self.push(End::Backtick, false);
        }
    }

    fn close(&mut self) {
        if self.top().end != End::Parenthesis {
            // The pattern of a `case`: a command follows.
            self.top().word = None;
            self.top().command.words.clear();
            self.at += 1;
            return;
        }
        self.end_command();
        let closed = self.open.pop();
        self.at += 1;
        if closed.is_some_and(|closed| closed.in_string) {
            let bytes = self.text.as_bytes();
            self.string(bytes);
        }
    }

    fn skip_line(&mut self, bytes: &[u8]) {
        let rest = &bytes[self.at..self.end];
        self.at += rest
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(rest.len());
    }

    /// `<<EOF`, whose text comes behind the line.
    fn here_doc(&mut self, bytes: &[u8]) {
        self.end_word();
        self.at += 2;
        if bytes.get(self.at) == Some(&b'<') {
            self.at += 1;
            return;
        }
        let rest = self.text[self.at..self.end].trim_start_matches(['-', '~', ' ']);
        let name = rest.trim_start_matches(['\'', '"', '\\']);
        let length = name
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(name.len());
        let delimiter = name[..length].to_owned();
        let text = self.text;
        let first = self
            .top()
            .command
            .words
            .first()
            .map(|word| &text[word.clone()]);
        let is_run =
            first.is_some_and(|first| SHELLS.contains(&first.rsplit('/').next().unwrap_or(first)));
        if !delimiter.is_empty() {
            self.at = self.end - name.len() + length;
            let closing = bytes
                .get(self.at)
                .filter(|byte| matches!(byte, b'\'' | b'"'));
            self.at += usize::from(closing.is_some() && self.at < self.end);
            self.here_docs.push((delimiter, is_run));
        }
    }

    /// Passes over the here-documents of the line that ended, save those that a shell runs.
    fn skip_here_docs(&mut self) {
        for (delimiter, is_run) in std::mem::take(&mut self.here_docs) {
            if is_run {
                continue;
            }
            while self.at < self.end {
                let rest = &self.text[self.at..self.end];
                let line = rest.split_inclusive('\n').next().unwrap_or(rest);
                self.at += line.len();
                if line.trim() == delimiter {
                    break;
                }
            }
        }
    }
}

/// Whether a word leaves the command to come: an assignment, or a prefix with its options.
fn is_in_front(word: &str, before: Option<&str>) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let is_assignment = word.split_once('=').is_some_and(|(name, _)| is_name(name));
    let is_option = before
        .is_some_and(|before| PREFIXES.contains(&before) || before.starts_with('-'))
        && (word.starts_with('-') || word.starts_with(|c: char| c.is_ascii_digit()));
    is_assignment || is_option || PREFIXES.contains(&word) || word == "@" || word == "-"
}
