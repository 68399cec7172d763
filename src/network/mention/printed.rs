//! What calls nobody: the words of a message that a script only prints or writes down, texts that it hands to a cluster
//! for others, and comments.

use std::ops::Range;

use super::purpose::{only_resolves, only_writes};
use crate::shell::{Command, commands, here_documents, line_of};

/// Commands, and functions that many scripts define, which print their words.
const PRINTING: [&str; 9] = [
    "Write-Host",
    "echo",
    "err",
    "error",
    "info",
    "log",
    "printf",
    "warn",
    "logger",
];

/// Whether some characters of a script are only printed: they stand in a command that does nothing else,
/// and whose output goes neither into a file nor to another command; or in one that makes a certificate for them, or
/// asks for their address, which nothing takes.
pub(super) fn is_printed(script: &str, at: usize) -> bool {
    let span = |command: &Command| -> Range<usize> {
        let last = command.words.last().map_or(0, |word| word.end);
        command.words.first().map_or(last, |word| word.start)..last
    };
    let found = commands(script);
    // Of commands in each other the inner one begins later.
    let inner = found.iter().rfind(|one| span(one).contains(&at));
    inner.is_some_and(|command| {
        let name = script[command.words[0].clone()].trim_start_matches("log_");
        let rest = script[span(command).end..].trim_start_matches([' ', '\t']);
        let words = command.words.iter().map(|word| &script[word.clone()]);
        PRINTING.contains(&name) && !is_kept(script, command, rest)
            || only_writes(words)
            || only_resolves(name) && !is_server(script, at) && !is_taken(script, command)
    })
}

/// Whether some characters stand on a line of a text of several that is a comment.
pub(super) fn is_commented(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let is_comment = before[start..].trim_start().starts_with(['#', ';'])
        || before[start..].trim_start().starts_with("//");
    is_comment && text.trim_end().contains('\n')
}

/// Whether some characters stand in a here-document of which kubectl makes an object: what it says is for the pods that
/// take this one.
pub(super) fn is_for_others(script: &str, at: usize) -> bool {
    let mut documents = here_documents(script).into_iter();
    let Some(document) = documents.find(|document| document.contains(&at)) else {
        return false;
    };
    let command = line_of(script, &document);
    let file = command.split_once('>').map(|(_, rest)| rest);
    let file = file.and_then(|rest| rest.trim_start_matches('>').split_whitespace().next());
    let mut behind = script[document.end..].lines();
    let is_handed = |file: &str| behind.any(|line| line.contains("kubectl") && line.contains(file));
    command.contains("kubectl") || file.is_some_and(is_handed)
}

/// Whether some characters name the server that a resolver asks: `dig @server name`.
fn is_server(script: &str, at: usize) -> bool {
    script[..at].ends_with('@')
}

/// Whether the shell puts what a command's pipe prints in its place, so that something may call it.
fn is_taken(script: &str, command: &Command) -> bool {
    let before = &script[..command.words[0].start];
    let line = before.rsplit('\n').next().unwrap_or_default();
    let open = line.rfind("$(");
    open.is_some_and(|open| !line[open..].contains(')')) || line.matches('`').count() % 2 == 1
}

/// Whether something takes what a command prints.
fn is_kept(script: &str, command: &Command, rest: &str) -> bool {
    let is_passed =
        rest.starts_with([')', '`']) || rest.starts_with('|') && !rest.starts_with("||");
    let mut words = command.words.iter().map(|word| &script[word.clone()]);
    let is_redirected = words.any(|word| word.starts_with(['>', '1']) && word.contains('>'));
    let is_for_eyes = script[..script.len() - rest.len()].ends_with('>') && rest.starts_with("&2");
    is_passed || is_redirected && !is_for_eyes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_call_nobody() {
        for (text, expected) in [
            ("a: 1\n  # url: http://db:80\n", true),
            ("; url = http://db:80\nport = 1", true),
            ("{\n  // \"http://db:80\"\n}", true),
            ("url: http://db:80 # here\nport: 1\n", false),
            ("a: 1 # no\nurl: http://db:80\n", false),
            ("//db:80/path", false),
        ] {
            let at = text.find("db").expect("is there");
            assert_eq!(is_commented(text, at), expected, "{text}");
        }
    }

    #[test]
    fn what_is_written_for_other_pods_calls_nobody() {
        let written = |command: &str, then: &str| {
            let script = format!("{command}\nurl = \"http://db:80\"\nEOF\n{then}\n");
            is_for_others(&script, script.find("db").expect("is there"))
        };
        let secret = "kubectl create secret generic x --from-file=/tmp/a.toml";
        assert!(written("cat > /tmp/a.toml << EOF", secret));
        assert!(written("cat <<EOF >/tmp/a.toml", secret));
        assert!(written("kubectl apply -f - <<EOF", ""));
        assert!(written("cat <<EOF | kubectl apply -f -", ""));
        assert!(!written("cat > /tmp/b.toml << EOF", secret));
        assert!(!written(
            "cat > /tmp/a.toml << EOF",
            "app --config /tmp/a.toml"
        ));
        assert!(!is_for_others("curl http://db:80", 14));
    }

    #[test]
    fn messages_call_nobody() {
        for (script, expected) in [
            ("echo \"waiting for http://db:80\"", true),
            ("until nc -z x 1; do echo 'db is away'; done", true),
            ("curl -f http://x || { log_error \"no db\"; exit 1; }", true),
            ("echo \"db\" >&2", true),
            ("printf 'db\\n'; curl http://x", true),
            ("openssl req -subj /CN=db -out /c; app", true),
            ("nslookup db.shop", true),
            ("until nslookup db.shop; do sleep 1; done", true),
            ("echo x; /usr/bin/getent hosts db.shop | cat", true),
            ("a=$(date); host db.shop && curl x", true),
            ("dig +short A db.shop", true),
            ("dig @db.shop x", false),
            ("IP=$(getent hosts db.shop | cut -f1)", false),
            ("curl `dig db.shop`", false),
            ("openssl s_client -connect db:80", false),
            ("curl http://db:80", false),
            ("echo \"$(curl http://db:80)\"", false),
            ("echo > /dev/tcp/db/80 && x", false),
            ("echo url=http://db:80 > /etc/x", false),
            ("echo url=http://db:80 >> /etc/x", false),
            ("echo http://db:80 | xargs curl", false),
            ("URL=$(echo http://db:80)", false),
            ("echo start; curl http://db:80", false),
        ] {
            let at = script.find("db").expect("is there");
            assert_eq!(is_printed(script, at), expected, "{script}");
        }
    }
}
