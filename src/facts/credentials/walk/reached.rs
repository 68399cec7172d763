//! Which machines a command of a pipeline logs in to, by its own words.

use crate::facts::credentials::text::shell::commands_in;
use crate::facts::credentials::text::word::{Word, program};

/// Names of the machine that a job runs on.
const THIS_MACHINE: [&str; 4] = ["localhost", "127.0.0.1", "::1", "0.0.0.0"];

/// Options with a server behind them.
const OPTIONS: [&str; 6] = ["-h", "-H", "-S", "--host", "--hostname", "--server"];

/// Programs that run containers on the machine of the job, and log in to registries.
const CONTAINERS: [&str; 4] = ["docker", "docker-compose", "nerdctl", "podman"];

/// Other programs that log in to registries.
const REGISTRIES: [&str; 5] = ["buildah", "crane", "helm", "oras", "skopeo"];

/// Programs that run a command elsewhere, where `localhost` is another machine.
const ELSEWHERE: [&str; 3] = ["kubectl", "oc", "ssh"];

/// What a registry is where none is named.
const DOCKER_HUB: &str = "docker.io";

/// The machines that the command of a script names in which a byte stands: those that it logs in to, or the job's own
/// where it runs a container there.
pub(super) fn servers_of_command(script: &str, at: usize) -> Vec<&str> {
    let whole = Word {
        text: script,
        item: 0,
        offset: 0,
    };
    let commands = commands_in(whole);
    let holds = |word: &Word<'_>| (word.offset..=word.offset + word.text.len()).contains(&at);
    let Some(own) = commands.iter().position(|words| words.iter().any(holds)) else {
        return Vec::new();
    };
    // What is printed, the next command takes: `echo x | docker login --password-stdin`.
    let is_printed = matches!(program(&commands[own], None), "echo" | "printf");
    let words = commands.get(own + 1).filter(|_| is_printed);
    servers(words.unwrap_or(&commands[own]))
}

fn servers<'a>(words: &[Word<'a>]) -> Vec<&'a str> {
    let program = program(words, None);
    let has = |text: &str| words.iter().any(|word| word.text == text);
    if ELSEWHERE.contains(&program) {
        return Vec::new();
    }
    let is_container = CONTAINERS.contains(&program);
    if is_container && (has("run") || has("exec") || has("create")) {
        return vec![THIS_MACHINE[0]];
    }
    let named = words.iter().enumerate();
    let mut found: Vec<&str> = named
        .filter_map(|(at, word)| server(words, at, word))
        .collect();
    if has("login") && (is_container || REGISTRIES.contains(&program)) {
        let is_host = |word: &&Word<'_>| word.text.contains('.') && !word.text.starts_with('-');
        let last = words.last().filter(is_host);
        found.extend(last.map(|word| word.text));
        if found.is_empty() {
            found.push(DOCKER_HUB);
        }
    }
    found
}

/// The server that a word names: in an address, behind a user or an option, or as the job's own machine.
fn server<'a>(words: &[Word<'a>], at: usize, word: &Word<'a>) -> Option<&'a str> {
    let text = word.text;
    if let Some((_, address)) = text.split_once("://") {
        let host = address.split(['/', '?']).next().unwrap_or_default();
        return Some(host.rsplit('@').next().unwrap_or(host));
    }
    let before = at.checked_sub(1).map_or("", |before| words[before].text);
    let is_behind = OPTIONS.contains(&before) && !text.starts_with('-');
    if is_behind || is_this_machine(text) {
        return Some(text);
    }
    let mut options = OPTIONS.iter();
    let joined = options.find_map(|option| text.strip_prefix(option));
    let joined = joined.map(|rest| rest.strip_prefix('=').unwrap_or(rest));
    let is_address = |text: &str| text.contains('.') || is_this_machine(text);
    if joined.is_some() {
        return joined.filter(|host| is_address(host));
    }
    let (user, host) = text.split_once('@')?;
    let is_user = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (!user.is_empty() && user.bytes().all(is_user)).then_some(host)
}

/// Whether an address begins with the job's own machine.
pub(super) fn is_this_machine(address: &str) -> bool {
    let address = address.trim_start_matches("tcp:").trim_start_matches('[');
    THIS_MACHINE.iter().any(|name| {
        let rest = address.strip_prefix(name);
        rest.is_some_and(|rest| {
            !rest.starts_with(|next: char| next.is_alphanumeric() || "-.".contains(next))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_where_it_logs_in() {
        for (script, expected) in [
            (
                "docker login -u a -p hQ7 registry.example.com",
                "registry.example.com",
            ),
            ("docker login -u a -p hQ7", "docker.io"),
            ("docker login -u a -p hQ7 localhost:5000", "localhost:5000"),
            (
                "echo hQ7 | docker login -u a --password-stdin r.example.com",
                "r.example.com",
            ),
            ("docker run -e A_PASSWORD=hQ7 postgres", "localhost"),
            ("curl -u a:hQ7 https://example.com/x", "example.com"),
            ("curl -u a:hQ7 http://127.0.0.1:9200/x", "127.0.0.1:9200"),
            ("curl -u a:hQ7 localhost:9200/x", "localhost:9200/x"),
            ("curl -u a:hQ7 $URL", ""),
            ("A_PASSWORD=hQ7 psql -h db.example.com", "db.example.com"),
            ("mysql -h127.0.0.1 -uroot -phQ7", "127.0.0.1"),
            ("mysql --host=db.example.com -phQ7", "db.example.com"),
            ("mysql -uroot -phQ7 shop < x.sql", ""),
            ("sshpass -p hQ7 ssh deploy@example.com", "example.com"),
            ("kubectl exec db -- mysql -h localhost -phQ7", ""),
            ("make; psql -h db.example.com; mysql -phQ7", ""),
        ] {
            let at = script.find("hQ7").unwrap_or_default();
            assert_eq!(
                servers_of_command(script, at).join(" "),
                expected,
                "{script}"
            );
        }
    }
}
