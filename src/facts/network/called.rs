//! What the namespaces are called that nobody knows: names with variables that whoever runs a script gives it.

use super::flow::values_at_end;
use super::variable::{MOST_VARIABLES, Variable, is_of_name, is_of_variable, variable_in};

/// A word of a line with what its variables stand for, and `${NAME}` for those of which the text does not say it; `None`
/// where a command, or nobody knows what, gives some of it.
pub(super) fn open_at(word: &str, text: &str, line: usize) -> Option<String> {
    let mut open = word.to_owned();
    let mut start = 0;
    for _ in 0..MOST_VARIABLES {
        let Some(variable) = variable_in(&open[start..]) else {
            break;
        };
        let is_name = |name: &str| !name.is_empty() && !name.contains(|one| !is_of_variable(one));
        if variable.default.is_some() || !is_name(variable.name) {
            return None;
        }
        let mut before = values_at_end(variable.name, &text[..line]);
        let value = before.pop().filter(|_| before.is_empty());
        let range = start + variable.range.start..start + variable.range.end;
        let own = format!("${{{}}}", variable.name);
        let is_plain = |value: &&str| {
            let is_part = |one| is_of_name(one) || is_of_variable(one) || "${}".contains(one);
            // What one variable has of another one as it is, both are called by.
            let is_more = |inner: Variable<'_>| {
                inner.name != variable.name && inner.range != (0..value.len())
            };
            !value.is_empty()
                && value.chars().all(is_part)
                && variable_in(value).is_none_or(is_more)
        };
        match value.filter(is_plain) {
            Some(value) => open.replace_range(range, value),
            None => {
                start = range.start + own.len();
                open.replace_range(range, &own);
            }
        }
    }
    let is_left = variable_in(&open[start..]).is_some();
    (!is_left && open.contains("${") && !open.contains(['(', '`', ' '])).then_some(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_knows_of_a_name_stays_a_variable() {
        for (word, text, expected) in [
            ("$NS", "", Some("${NS}")),
            ("$1", "", Some("${1}")),
            ("shop-${ID}", "", Some("shop-${ID}")),
            ("$NS", "NS=shop-$1", Some("shop-${1}")),
            ("$NS", "ID=$1\nNS=\"shop-${ID}\"", Some("shop-${ID}")),
            ("$NS", "NS=$1", Some("${NS}")),
            ("$NS", "if x; then NS=a; else NS=b; fi", Some("${NS}")),
            ("$NS", "NS=$NS", Some("${NS}")),
            ("$NS", "NS=$(cat name)", Some("${NS}")),
            ("$(cat name)", "", None),
            ("$@", "", None),
            ("shop", "", None),
        ] {
            let found = open_at(word, text, text.len());
            assert_eq!(found.as_deref(), expected, "{word} {text}");
        }
    }
}
