//! What a command keeps in a vault, of Azure or of Conjur: `az keyvault secret set --name db-password --value x`.

use super::argument::{Argument, part};
use super::shell::without_quotes;
use super::word::Word;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::value::public::is_benign;

/// A command that keeps one value in a vault.
struct Keeper {
    program: &'static str,
    /// Its words behind the program's name.
    words: &'static [&'static str],
    names: [&'static str; 2],
    values: [&'static str; 2],
    /// What it is called where the value has no name.
    key: &'static str,
}

const KEEPERS: [Keeper; 2] = [
    Keeper {
        program: "az",
        words: &["keyvault", "secret", "set"],
        names: ["--name", "-n"],
        values: ["--value", "--value"],
        key: "az --value",
    },
    Keeper {
        program: "conjur",
        words: &["variable", "set"],
        names: ["--id", "-i"],
        values: ["--value", "-v"],
        key: "conjur --value",
    },
];

/// Below this name Conjur keeps how others log in to it: issuers, public keys, names of services.
const CONJUR_SETTINGS: &str = "conjur/";

/// The value of a secret that a command keeps, by the name that it keeps it under, of a path by its last part: a vault
/// has names of users and of hosts in it, too. Without a name of which something is known, whatever is kept is secret.
pub(super) fn kept(program: &str, words: &[Word<'_>]) -> Option<Argument> {
    let is_it = |keeper: &&Keeper| {
        let mut own = words.windows(keeper.words.len());
        let is_called = |some: &[Word<'_>]| {
            some.iter()
                .map(|one| one.text)
                .eq(keeper.words.iter().copied())
        };
        program == keeper.program && own.any(is_called)
    };
    let keeper = KEEPERS.iter().find(is_it)?;
    let value = option(words, &keeper.values)?;
    let path = option(words, &keeper.names).map_or("", |name| name.text);
    let name = path.rsplit('/').next().unwrap_or_default();
    let meaning = match meaning(name) {
        Meaning::User => return None,
        Meaning::Token | Meaning::SureToken | Meaning::Key => Meaning::Kept,
        meaning if meaning.is_credential() => meaning,
        _ if path.starts_with(CONJUR_SETTINGS) || is_benign(name, value.text) => return None,
        _ => Meaning::Password,
    };
    let key = if name.is_empty() { keeper.key } else { name };
    Some(part(meaning, key, &value, 0..value.text.len()))
}

/// The value of an option, behind it or behind `=`, without quotes.
fn option<'a>(words: &[Word<'a>], names: &[&str]) -> Option<Word<'a>> {
    words.iter().enumerate().find_map(|(at, word)| {
        if names.contains(&word.text) {
            let next = words.get(at + 1);
            return next.filter(|next| !next.text.starts_with("--")).copied();
        }
        let (name, value) = word.text.split_once('=')?;
        let range = without_quotes(value.as_bytes(), 0..value.len());
        names.contains(&name).then(|| Word {
            text: &value[range.clone()],
            offset: word.offset + name.len() + 1 + range.start,
            ..*word
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::command::arguments;

    #[test]
    fn a_secret_is_told_by_the_name_that_it_is_kept_under() {
        let told = |rest: &str| {
            let line = format!("az keyvault secret set --vault-name shop {rest}");
            let found = arguments(&[&line], None);
            let told = found.iter().map(|one| line[one.value.clone()].to_owned());
            told.collect::<Vec<_>>()
        };
        for rest in [
            "--name db-password --value hQ7tr99x",
            "-n db-password --value='hQ7tr99x' &> /dev/null",
            "--name shop --value \"hQ7tr99x\"",
            "--value hQ7tr99x",
        ] {
            assert_eq!(told(rest), ["hQ7tr99x"], "{rest}");
        }
        for rest in [
            "--name db-username --value shop",
            "--name smtp-host --value mail.example.com",
            "--name db-password --file ./x",
            "--name db-password --value",
        ] {
            assert!(told(rest).is_empty(), "{rest}");
        }
        let shown = ["az keyvault secret show --name db-password --query value"];
        assert!(arguments(&shown, None).is_empty());
    }

    #[test]
    fn a_variable_of_conjur_is_told_by_the_last_part_of_its_name() {
        let told = |rest: &str| {
            let line = format!("conjur variable set {rest}");
            let found = arguments(&[&line], None);
            let told = found.iter().map(|one| line[one.value.clone()].to_owned());
            told.collect::<Vec<_>>()
        };
        for rest in [
            "-i shop/db/password -v hQ7tr99x",
            "--id=shop/stripe --value 'hQ7tr99x'",
            "-i conjur/authn-k8s/dev/service-account-token -v hQ7tr99x",
        ] {
            assert_eq!(told(rest), ["hQ7tr99x"], "{rest}");
        }
        for rest in [
            "-i shop/db/username -v shop",
            "-i shop/db/url -v db.example.com",
            "-i conjur/authn-jwt/dev/token-app-property -v namespace",
            "-i conjur/authn-jwt/dev/identity-path -v apps/shop",
            "-i shop/db/password",
        ] {
            assert!(told(rest).is_empty(), "{rest}: {:?}", told(rest));
        }
    }
}
