//! Commands of Redis on the command line of its client: `redis-cli AUTH x`, `redis-cli ACL SETUSER shop on '>x'`.

use super::argument::{Argument, argument, part};
use super::word::Word;
use crate::facts::credentials::key::Meaning;

/// The clients.
const CLIENTS: [&str; 3] = ["keydb-cli", "redis-cli", "valkey-cli"];

/// The passwords in the command that a client is given.
pub(super) fn passwords(program: &str, words: &[Word<'_>]) -> Vec<Argument> {
    if !CLIENTS.contains(&program) {
        return Vec::new();
    }
    let behind = |name: &str| {
        let at = words
            .iter()
            .position(|word| word.text.eq_ignore_ascii_case(name));
        at.map_or(&[][..], |at| &words[at + 1..])
    };
    let is_given = |word: &&Word<'_>| !word.text.contains(['<', '>']);
    // A user may stand in front.
    let login = behind("auth").iter().take_while(is_given).take(2).last();
    let login = login.map(|word| argument(Meaning::Password, "redis-cli AUTH", word));
    let of_users = behind("setuser").iter().filter_map(|word| {
        let password = word.text.strip_prefix('>')?;
        let is_one = !password.is_empty() && !password.starts_with(['>', '/', '&']);
        is_one.then(|| {
            part(
                Meaning::Password,
                "redis-cli ACL SETUSER",
                word,
                1..word.text.len(),
            )
        })
    });
    login.into_iter().chain(of_users).collect()
}

#[cfg(test)]
mod tests {
    use super::super::command::arguments;

    #[test]
    fn a_client_is_given_commands_with_passwords() {
        for (script, expected) in [
            ("redis-cli -h db AUTH hQ7tr99x", vec!["hQ7tr99x"]),
            ("redis-cli auth shop hQ7tr99x > /dev/null", vec!["hQ7tr99x"]),
            (
                "valkey-cli acl setuser shop on '>hQ7tr99x' allkeys",
                vec!["hQ7tr99x"],
            ),
            ("redis-cli CONFIG SET requirepass", vec![]),
            ("redis-cli AUTH > /dev/null", vec![]),
            ("redis-cli acl setuser shop on nopass >/dev/null", vec![]),
            ("redis-server auth shop hQ7tr99x", vec![]),
        ] {
            let found = arguments(&[script], None);
            let values: Vec<&str> = found.iter().map(|one| &script[one.value.clone()]).collect();
            assert_eq!(values, expected, "{script}");
        }
    }
}
