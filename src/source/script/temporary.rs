//! Files that a script has made for itself and does not name: `F=$(mktemp)`.

use std::ops::Range;

use super::command::is_program;
use super::variable::{begins_statement, is_of_name};
use crate::shell::commands;

/// What makes such a file.
const MAKER: &str = "mktemp";

/// Options of helm that take a file of values.
const TAKES_VALUES: [&str; 2] = ["-f", "--values"];

/// What the file is called that a variable holds: by the pattern that it is made after, where that ends as a file of
/// YAML does, else `values` where helm takes it. `None` where no such file is made, or nobody says what it is.
pub(super) fn name<'t>(text: &'t str, variable: &str, values: &'static str) -> Option<&'t str> {
    let made = made(text, bare_name(variable))?;
    let words = text[made].split_whitespace();
    let mut words = words.map(|word| word.trim_matches(['"', '\'']));
    let is_yaml = |word: &&str| word.ends_with(".yaml") || word.ends_with(".yml");
    words
        .find(is_yaml)
        .or_else(|| takes_values(text, bare_name(variable)).then_some(values))
}

/// The words of the command that makes the file of a variable.
fn made(text: &str, name: &str) -> Option<Range<usize>> {
    let mut places = text.match_indices(name).filter(|_| !name.is_empty());
    places.find_map(|(at, _)| {
        let value = text[at + name.len()..].strip_prefix('=')?;
        let value = value.trim_start_matches('"');
        let command = value.strip_prefix("$(").or(value.strip_prefix('`'))?;
        let own = command.strip_prefix(MAKER)?;
        let start = text.len() - own.len();
        let length = own.find([')', '`', '\n'])?;
        begins_statement(text, at).then_some(start..start + length)
    })
}

/// Whether helm takes the file of a variable as values.
fn takes_values(text: &str, name: &str) -> bool {
    commands(text).iter().any(|one| {
        let words: Vec<&str> = one.words.iter().map(|word| &text[word.clone()]).collect();
        let is_it = |word: &str| word.contains('$') && bare_name(word) == name;
        is_program(words[0], "helm")
            && words.iter().enumerate().any(|(at, word)| {
                let joined = word.split_once('=').unwrap_or((word, ""));
                TAKES_VALUES.contains(&joined.0)
                    && (is_it(joined.1) || words.get(at + 1).is_some_and(|next| is_it(next)))
            })
    })
}

/// The name of a variable without the signs around it: `"${F}"`.
fn bare_name(word: &str) -> &str {
    word.trim_matches(|one| !is_of_name(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_name_is_what_takes_it_in() {
        let told = |text: &str| name(text, "\"${F}\"", "values.yaml").map(str::to_owned);
        for (text, expected) in [
            ("F=\"$(mktemp -t x.XXXXXX.yaml)\"\n", Some("x.XXXXXX.yaml")),
            ("F=$(mktemp --suffix .yml)\n", Some(".yml")),
            ("F=`mktemp`\nhelm install a b -f $F", Some("values.yaml")),
            (
                "F=$(mktemp)\nhelm install a b --values=\"${F}\"",
                Some("values.yaml"),
            ),
            ("F=$(mktemp)\nkubectl apply -f $F", None),
            ("F=$(mktemp)\nhelm install a b -f $FILE", None),
            ("F=$(date).yaml\nhelm install a b -f $F", None),
            ("echo F=$(mktemp)\nhelm install a b -f $F", None),
        ] {
            assert_eq!(told(text).as_deref(), expected, "{text}");
        }
    }
}
