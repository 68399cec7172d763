//! Logins of a script with what it has just made an account with: the account is told, what logs in with it says
//! nothing more.

use std::ops::Range;

use super::found::Found;
use crate::facts::credentials::Verdict;

/// The program whose requests are looked at.
const CLIENT: &str = "curl";

/// What the address ends with where somebody logs in.
const LOGINS: [&str; 8] = [
    "login",
    "signin",
    "sign-in",
    "authenticate",
    "auth",
    "session",
    "sessions",
    "token",
];

/// Passes over what a request logs in with where the same password stands in a text for anything else.
pub(super) fn leave_logins(text: &str, found: &mut [Found]) {
    if found.len() < 2 || !text.contains(CLIENT) {
        return;
    }
    let logs_in: Vec<bool> = found
        .iter()
        .map(|one| one.verdict.is_reported() && logs_in(command_around(text, one.range.start)))
        .collect();
    let value = |range: &Range<usize>| &text[range.clone()];
    let is_printed = |one: &Found| only_prints(command_around(text, one.range.start));
    for at in 0..found.len() {
        let is_told = |(other, one): (usize, &Found)| {
            !logs_in[other]
                && one.verdict.is_reported()
                && one.range != found[at].range
                && value(&one.range) == value(&found[at].range)
                && !is_printed(one)
        };
        if logs_in[at] && found.iter().enumerate().any(is_told) {
            found[at].verdict = Verdict::Unsure;
        }
    }
}

/// The command that a byte stands in, with all the lines that it goes on over.
fn command_around(text: &str, at: usize) -> &str {
    let mut start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    while start > 0 && text[..start - 1].ends_with('\\') {
        start = text[..start - 1].rfind('\n').map_or(0, |end| end + 1);
    }
    let mut end = text[at..].find('\n').map_or(text.len(), |next| at + next);
    while end < text.len() && text[..end].ends_with('\\') {
        let next = text[end + 1..].find('\n');
        end = next.map_or(text.len(), |next| end + 1 + next);
    }
    &text[start..end]
}

/// Whether a line prints for whoever reads it, and hands nothing on.
fn only_prints(line: &str) -> bool {
    let line = line.trim_start();
    let mut programs = ["echo ", "printf "].iter();
    programs.any(|program| line.starts_with(program))
        && !line.replace(">&2", "").contains(['>', '|'])
}

/// Whether a command asks an address for a login.
fn logs_in(command: &str) -> bool {
    let mut words = command.split(|one: char| one.is_whitespace() || "\"'`".contains(one));
    command.contains(CLIENT)
        && words.any(|word| {
            let path = word.split('?').next().unwrap_or(word);
            let last = path.trim_end_matches('/').rsplit_once('/');
            last.is_some_and(|(_, last)| LOGINS.contains(&last))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_printed_is_no_account() {
        for (line, expected) in [
            ("  echo \"password: x\"", true),
            ("printf 'password: x\\n' >&2", true),
            ("echo \"password: x\" > /etc/x", false),
            ("echo x | docker login --password-stdin r", false),
            (
                "kubectl create secret generic a --from-literal=password=x",
                false,
            ),
        ] {
            assert_eq!(only_prints(line), expected, "{line}");
        }
    }

    #[test]
    fn a_command_goes_on_behind_a_backslash() {
        let text =
            "a\ncurl -X POST \"$URL:80/api/login\" \\\n  -d x \\\n  -s\ncurl http://h/users -d y\n";
        let at = |word: &str| text.find(word).expect("is there");
        assert!(command_around(text, at("x \\")).starts_with("curl -X"));
        assert!(command_around(text, at("-X")).ends_with("-s"));
        assert!(logs_in(command_around(text, at("x \\"))));
        assert!(!logs_in(command_around(text, at("y\n"))));
        assert!(!logs_in("wget http://h/login") && !logs_in("curl http://h/login/users"));
    }
}
