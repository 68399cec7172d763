//! What a command keeps in a vault of Azure: `az keyvault secret set --name db-password --value x`.

use super::argument::{Argument, part};
use super::shell::without_quotes;
use super::word::Word;
use crate::facts::credentials::key::{Meaning, meaning};
use crate::facts::credentials::value::public::is_benign;

/// The words of the command, behind the program's name.
const COMMAND: [&str; 3] = ["keyvault", "secret", "set"];

/// The value of a secret that a command keeps, by the name that it keeps it under: a vault has names of users and of
/// hosts in it, too. Without a name of which something is known, whatever is kept is secret.
pub(super) fn kept(program: &str, words: &[Word<'_>]) -> Option<Argument> {
    let mut own = words.windows(COMMAND.len());
    let is_it = |some: &[Word<'_>]| some.iter().zip(COMMAND).all(|(one, word)| one.text == word);
    if program != "az" || !own.any(is_it) {
        return None;
    }
    let value = option(words, &["--value"])?;
    let name = option(words, &["--name", "-n"]);
    let name = name.map_or("", |name| name.text);
    let meaning = match meaning(name) {
        Meaning::User => return None,
        Meaning::Token | Meaning::SureToken | Meaning::Key => Meaning::Kept,
        meaning if meaning.is_credential() => meaning,
        _ if is_benign(name, value.text) => return None,
        _ => Meaning::Password,
    };
    let key = if name.is_empty() { "az --value" } else { name };
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
}
