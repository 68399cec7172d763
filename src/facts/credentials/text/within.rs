//! Commands that another program runs: `timeout 5 curl`, `kubectl exec db -- mysql`, `sh -c "…"`.

use super::word::{Word, program};
use crate::shell::{is_before_given, runs_given};

/// Programs that run what the words behind them say.
struct Runner {
    /// The program, and the word behind which its options stand.
    words: &'static [&'static str],
    /// Options whose next word is their value.
    valued: &'static [&'static str],
    /// How many words stand between the options and the command.
    operands: usize,
}

const OF_CONTAINER: &[&str] = &[
    "-e",
    "--env",
    "--env-file",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "--detach-keys",
    "--index",
];

const RUNNERS: [Runner; 11] = [
    Runner::in_container(&["docker", "exec"]),
    Runner::in_container(&["podman", "exec"]),
    Runner::in_container(&["nerdctl", "exec"]),
    Runner::in_container(&["docker-compose", "exec"]),
    Runner::in_container(&["docker", "compose", "exec"]),
    Runner::new(&["timeout"], &["-k", "--kill-after", "-s", "--signal"], 1),
    Runner::new(&["nice"], &["-n", "--adjustment"], 0),
    Runner::new(&["gosu"], &[], 1),
    Runner::new(&["su-exec"], &[], 1),
    Runner::new(&["chroot"], &[], 1),
    Runner::new(&["watch"], &["-n", "--interval"], 0),
];

/// Programs that run what stands behind `--` in a container.
const CLIENTS: [&str; 2] = ["kubectl", "oc"];

/// Their commands that do.
const VERBS: [&str; 3] = ["exec", "run", "debug"];

/// Shells, which read a word as a script.
const SHELLS: [&str; 5] = ["sh", "bash", "ash", "dash", "zsh"];

/// The words of the command that a command runs, which may run another one in its turn.
pub(super) fn within<'w, 'a>(words: &'w [Word<'a>]) -> Option<&'w [Word<'a>]> {
    let program = program(words, None);
    let at = words.iter().position(|word| is_named(word.text, program))?;
    let own = &words[at..];
    let start = if CLIENTS.contains(&program) {
        behind_dashes(own)
    } else if runs_given(program) {
        // What is one word of several is said of the command, or is the script itself.
        let is_before = |word: &&Word<'_>| is_before_given(word.text) || word.text.contains(' ');
        Some(1 + own[1..].iter().take_while(is_before).count())
    } else {
        let runner = RUNNERS.iter().find(|runner| runner.begins(program, own));
        runner.map(|runner| runner.start(own))
    };
    own.get(start?..).filter(|within| !within.is_empty())
}

/// The word of a command that a shell reads as a script: `sh -c "…"`, `ssh a@b "…"`, `run_command "…"`. One with quotes in
/// quotes is left alone, since its words do not stand there as the shell reads them.
pub(super) fn script<'a>(words: &[Word<'a>]) -> Option<Word<'a>> {
    let is_asked = |word: &str| word.len() <= 5 && word.starts_with('-') && word.ends_with('c');
    let program = program(words, None);
    let is_remote = program == "ssh" || program == "sshpass";
    let remote = || {
        let ssh = words.iter().position(|word| is_named(word.text, "ssh"))?;
        words[ssh + 1..].last()
    };
    let own = || {
        let at = words
            .iter()
            .position(|word| is_asked(word.text))
            .filter(|_| SHELLS.contains(&program))?;
        words.get(at + 1)
    };
    let script = if is_remote { remote() } else { own() };
    // The name itself may be a text that nothing closes.
    let given = || words.get(1..)?.last().filter(|_| runs_given(program));
    let script = script.or_else(given)?;
    (script.text.contains(' ') && !script.text.contains("\\\"")).then_some(*script)
}

/// Whether a word is the program of a name, perhaps with its path.
fn is_named(word: &str, program: &str) -> bool {
    !program.is_empty() && word.rsplit('/').next() == Some(program)
}

/// Where in the words of a client the command for a container begins.
fn behind_dashes(words: &[Word<'_>]) -> Option<usize> {
    let dashes = words.iter().position(|word| word.text == "--")?;
    let is_verb = |word: &Word<'_>| VERBS.contains(&word.text);
    words[..dashes].iter().any(is_verb).then_some(dashes + 1)
}

type Words = &'static [&'static str];

impl Runner {
    const fn new(words: Words, valued: Words, operands: usize) -> Self {
        Self {
            words,
            valued,
            operands,
        }
    }

    const fn in_container(words: Words) -> Self {
        Self::new(words, OF_CONTAINER, 1)
    }

    /// Whether a command begins with its words.
    fn begins(&self, program: &str, words: &[Word<'_>]) -> bool {
        let rest = self.words[1..].iter().zip(&words[1..]);
        self.words[0] == program
            && words.len() > self.words.len()
            && rest.into_iter().all(|(own, word)| *own == word.text)
    }

    /// Where the command begins, behind the options and what stands between.
    fn start(&self, words: &[Word<'_>]) -> usize {
        let mut at = self.words.len();
        while let Some(option) = words.get(at).filter(|word| word.text.starts_with('-')) {
            at += 1 + usize::from(self.valued.contains(&option.text));
        }
        at + self.operands
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::arguments;

    fn passwords(script: &str) -> Vec<&str> {
        let found = arguments(&[script], None);
        found.iter().map(|one| &script[one.value.clone()]).collect()
    }

    #[test]
    fn what_a_command_runs_is_read_as_any_other() {
        for script in [
            "kubectl exec db-0 -- curl -u shop:hQ7tr99x http://h",
            "kubectl -n shop exec ${pod##pod/} -c db -- \\\n  mysql -uroot -phQ7tr99x",
            "oc exec db-0 -- redis-cli -a hQ7tr99x ping",
            "kubectl run tool --rm -it --image=x -- curl -u shop:hQ7tr99x http://h",
            "kubectl exec db-0 -- sh -c 'mysql -uroot -phQ7tr99x'",
            "kubectl exec db-0 -- timeout 5 redis-cli -a hQ7tr99x ping",
            "docker exec -it -e A=b db mysql -uroot -phQ7tr99x",
            "docker compose exec -T db mysql -uroot -phQ7tr99x",
            "timeout -s KILL 5 curl -u shop:hQ7tr99x http://h",
            "timeout 5 /usr/bin/curl -u shop:hQ7tr99x http://h",
            "sudo docker exec db mysql -uroot -phQ7tr99x",
            "gosu mysql mysqladmin -phQ7tr99x ping",
            "bash -ec \"redis-cli -a hQ7tr99x ping\"",
            "ssh -p 22 a@example.com \"docker login -u shop -p hQ7tr99x r.io\"",
            "sshpass -e ssh a@example.com 'mysql -uroot -phQ7tr99x'",
            "run_command mysql -uroot -phQ7tr99x",
            "with_retry 5 docker exec db mysql -uroot -phQ7tr99x",
            "execute \"mysql -uroot -phQ7tr99x\"",
            "run \"Log in\" docker login -u shop -p hQ7tr99x r.io",
        ] {
            assert_eq!(passwords(script), ["hQ7tr99x"], "{script}");
        }
        for script in [
            "kubectl exec db-0 -- mkdir -p /data",
            "kubectl patch deploy shop -p '{}' -- curl -u shop:hQ7tr99x",
            "docker exec -u shop:shop db ls",
            "docker exec db",
            "ssh -p 22 a@example.com",
            "ssh a@example.com \"mkdir -p /data\"",
            "timeout 5",
            "sh -c",
            "sh -c \"echo \\\"mysql -uroot -phQ7tr99x\\\"\"",
            "echo timeout 5 curl -u shop:hQ7tr99x",
            "print_command mysql -uroot -phQ7tr99x",
            "log \"mysql -uroot -phQ7tr99x\"",
            "run_command mkdir -p /data",
            "\"run it -phQ7tr99x",
        ] {
            assert_eq!(passwords(script), [""; 0], "{script}");
        }
    }
}
