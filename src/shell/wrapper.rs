//! Functions and programs that run the command which they are given, told by their names: what others define is
//! mostly not there to be read.

/// Words of a name that say that the command behind it is run: `run_command`, `with_retry`, `dry-run`.
const RUNS: [&str; 17] = [
    "attempt", "cmd", "command", "do", "dry", "eval", "exec", "execute", "invoke", "quiet",
    "quietly", "repeat", "retry", "run", "silently", "try", "with",
];

/// Words of a name that say that a person is shown what stands behind it.
const SHOWS: [&str; 20] = [
    "ask", "debug", "die", "echo", "err", "error", "fail", "hint", "info", "log", "msg", "note",
    "ok", "print", "printf", "say", "show", "usage", "warn", "warning",
];

/// Whether a name says that what is called so runs the words behind it: also where it logs them, `log_command`, but
/// not where it prints them, `print_command`.
pub(crate) fn runs_given(name: &str) -> bool {
    let words = words(name);
    let has = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
    is_name(name) && has(&RUNS) && !has(&["echo", "print", "printf", "say", "show"])
}

/// Whether a name may be of what runs the words behind it: it is a name, and none that says that it only shows them.
pub(crate) fn may_run_given(name: &str) -> bool {
    let shows = |word: &String| SHOWS.contains(&word.as_str());
    is_name(name) && (runs_given(name) || !words(name).iter().any(shows))
}

fn is_name(name: &str) -> bool {
    let is_of_name = |one: char| one.is_ascii_alphanumeric() || "_-.:".contains(one);
    name.starts_with(|one: char| one.is_ascii_alphabetic()) && name.chars().all(is_of_name)
}

/// Whether a word stands between such a name and the command: an option, how often or how long, or what is said of
/// it, in quotes.
pub(crate) fn is_before_given(word: &str) -> bool {
    let is_text = || word.starts_with(['"', '\'']) && word.contains(' ');
    word.starts_with('-') || word.starts_with(|one: char| one.is_ascii_digit()) || is_text()
}

/// Whether the string that a text begins with may be a script: words behind the name of a program, with nothing open at
/// its end, as an apostrophe in a text for people.
pub(super) fn begins_with_script(text: &str) -> bool {
    let quote = text.chars().next().unwrap_or_default();
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, one)| {
        let is_end = *one == quote && !is_escaped;
        is_escaped = *one == '\\' && !is_escaped;
        is_end
    });
    let own = end.map_or("", |(end, _)| &text[quote.len_utf8()..end]);
    let is_part = |byte: u8| byte.is_ascii_lowercase() || b"-_./0123456789".contains(&byte);
    let count = |sign: char| own.matches(sign).count();
    own.split_once(' ')
        .is_some_and(|(first, _)| !first.is_empty() && first.bytes().all(is_part))
        && count('\'').is_multiple_of(2)
        && count('`').is_multiple_of(2)
        && count('(') == count(')')
}

/// The words of a name in lower case: `runCommand`, `run_command`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for one in name.chars() {
        if !one.is_ascii_alphabetic() || (was_lower && one.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if one.is_ascii_alphabetic() {
            let last = words.len() - 1;
            words[last].push(one.to_ascii_lowercase());
        }
        was_lower = one.is_ascii_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_whether_it_runs_what_it_is_given() {
        for name in [
            "run",
            "run_command",
            "runCommand",
            "log_command",
            "execute",
            "with_retry",
            "retry5",
            "dry_run",
            "Invoke-Command",
            "quiet",
        ] {
            assert!(runs_given(name) && may_run_given(name), "{name}");
        }
        for name in ["k", "kube", "as_admin", "in_vm"] {
            assert!(!runs_given(name) && may_run_given(name), "{name}");
        }
        for name in [
            "echo",
            "log",
            "log_info",
            "print_command",
            "do it",
            "die",
            "$X",
            "\"a b\"",
            "",
        ] {
            assert!(!runs_given(name) && !may_run_given(name), "{name}");
        }
    }
}
