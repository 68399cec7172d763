//! Hosts that command lines name as bare words: behind an option of a program that takes one there,
//! or as the program's first word.

use super::settings::Client;

/// A word of a command line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'t> {
    /// The string it stands in, among several.
    pub(super) string: usize,
    /// Where it begins in that string.
    pub(super) start: usize,
    /// The word, without quotes around it.
    pub(super) text: &'t str,
}

/// A host that a program is told to call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Called<'t> {
    /// Its name.
    pub(super) host: Word<'t>,
    /// The port that the command line names.
    pub(super) port: Option<u16>,
    /// The port that the program calls else.
    pub(super) default_port: Option<u16>,
}

impl<'t> Word<'t> {
    /// A word as it is written, in quotes or not.
    pub(super) fn written(string: usize, start: usize, text: &'t str) -> Self {
        let bare = text.trim_start_matches(['"', '\'']);
        Self {
            string,
            start: start + text.len() - bare.len(),
            text: bare.trim_end_matches(['"', '\'']),
        }
    }

    /// What is left behind some bytes at its beginning.
    fn behind(self, length: usize) -> Self {
        Self::written(self.string, self.start + length, &self.text[length..])
    }
}

/// The hosts that a command's words name, the program first.
pub(super) fn called<'t>(clients: &[Client], words: &[Word<'t>]) -> Vec<Called<'t>> {
    let name = name(words);
    let known = clients.iter().find_map(|client| {
        let mut programs = client.programs.iter();
        let skipped = programs.find_map(|program| behind_program(program, name, words))?;
        Some((client, &words[skipped..]))
    });
    let Some((client, arguments)) = known else {
        return Vec::new();
    };
    let mut hosts = optional(&client.host_options, arguments);
    let ports = optional(&client.port_options, arguments);
    let mut port = ports.last().and_then(|word| word.text.parse().ok());
    if client.is_first && hosts.is_empty() {
        let is_number = |word: &Word<'_>| word.text.bytes().all(|byte| byte.is_ascii_digit());
        let mut plain = arguments.iter().filter(|word| !word.text.starts_with('-'));
        hosts.extend(plain.find(|word| !is_number(word)));
        let next = plain.next().and_then(|word| word.text.parse().ok());
        port = port.or(next);
    }
    let told = hosts.into_iter().map(|host| Called {
        host,
        port,
        default_port: client.port,
    });
    told.collect()
}

/// Whether a command's words, the program first, run one that calls a host.
pub(super) fn runs(clients: &[Client], words: &[Word<'_>]) -> bool {
    let name = name(words);
    let mut programs = clients.iter().flat_map(|client| &client.programs);
    programs.any(|program| behind_program(program, name, words).is_some())
}

/// The name of what a command runs, without the folder that it is in.
fn name<'t>(words: &[Word<'t>]) -> &'t str {
    let first = words.first().map_or("", |word| word.text);
    first.rsplit('/').next().unwrap_or(first)
}

/// How many words name the program, which may be one with a subcommand, if they do.
fn behind_program(program: &str, name: &str, words: &[Word<'_>]) -> Option<usize> {
    let behind = program.strip_prefix(name)?;
    if behind.is_empty() {
        return Some(1);
    }
    let mut count = 1;
    for part in behind.strip_prefix(' ')?.split(' ') {
        if words.get(count)?.text != part {
            return None;
        }
        count += 1;
    }
    Some(count)
}

/// The values of options: the next word, what stands behind `=`, or behind the letter of a short one.
fn optional<'t>(options: &[String], words: &[Word<'t>]) -> Vec<Word<'t>> {
    let value = |(at, word): (usize, &Word<'t>)| {
        options.iter().find_map(|option| {
            let rest = word.text.strip_prefix(option.as_str())?;
            if rest.is_empty() {
                return words.get(at + 1).copied();
            }
            if rest.starts_with('=') {
                return Some(word.behind(option.len() + 1));
            }
            (option.len() == 2).then(|| word.behind(option.len()))
        })
    };
    words.iter().enumerate().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Vec<String> {
        let client = |programs: &[&str], port, is_first| Client {
            programs: programs.iter().map(|name| (*name).to_owned()).collect(),
            host_options: ["-h", "--host"].map(str::to_owned).to_vec(),
            port_options: ["-p", "--port"].map(str::to_owned).to_vec(),
            is_first,
            port,
        };
        let clients = [
            client(&["pg_dump"], Some(5432), false),
            client(&["nc", "getent hosts"], None, true),
        ];
        let words = line.split(' ').map(|word| Word::written(0, 0, word));
        let words: Vec<Word<'_>> = words.collect();
        let told = called(&clients, &words).into_iter().map(|called| {
            let port = called.port.or(called.default_port);
            format!("{} {port:?}", called.host.text)
        });
        told.collect()
    }

    #[test]
    fn hosts_stand_behind_options_and_as_first_words() {
        for (line, expected) in [
            ("pg_dump -h db -d shop", "db Some(5432)"),
            ("/usr/bin/pg_dump --host=db --port=5433", "db Some(5433)"),
            ("pg_dump -hdb -p 5433", "db Some(5433)"),
            ("pg_dump --host \"db\"", "db Some(5432)"),
            ("nc -z -w 3 db 5432", "db Some(5432)"),
            ("nc db", "db None"),
            ("getent hosts db", "db None"),
        ] {
            assert_eq!(told(line), [expected], "{line}");
        }
    }

    #[test]
    fn other_words_are_no_hosts() {
        for line in [
            "pg_dump -d db",
            "echo -h db",
            "getent passwd db",
            "my-nc db 80",
            "nc -l 80",
            "pg_dump -h",
        ] {
            assert_eq!(told(line), [""; 0], "{line}");
        }
    }
}
