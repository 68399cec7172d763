//! What actions name: values, and variables with what was assigned to them.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

use crate::source::template::{Kind, Part, Piece};
use regex::Regex;

/// What is no value of the user's.
const BUILT_IN: [&str; 6] = [
    "Values",
    "Release",
    "Chart",
    "Capabilities",
    "Files",
    "Template",
];

/// A value that an action names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// The keys below `.Values`, or below whatever the dot or a variable is.
    pub keys: Vec<String>,
    /// Whether it begins with `.Values`.
    pub is_rooted: bool,
    /// Where it stands in the action's text.
    pub span: Range<usize>,
}

/// A character of a name, as an expression that costs little to compile: beyond ASCII there is nothing else
/// in names that templates write.
pub(super) const LETTER: &str = r"[0-9A-Za-z_\x{80}-\x{10FFFF}]";

/// The values that an action names, in order.
pub(super) fn references(inner: &str) -> Vec<Reference> {
    static CHAIN: OnceLock<Option<Regex>> = OnceLock::new();
    let compile = || {
        let chain = format!(r"((?:\.{LETTER}+)+)");
        let texts = r#""(?:[^"\\]|\\.)*"|`[^`]*`"#;
        Regex::new(&format!(r"(?:{texts}|\${LETTER}*{chain}|{chain})")).ok()
    };
    let Some(regex) = CHAIN.get_or_init(compile) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for captures in regex.captures_iter(inner) {
        let Some(chain) = captures.get(1).or_else(|| captures.get(2)) else {
            continue;
        };
        let before = inner[..captures.get(0).map_or(0, |all| all.start())]
            .chars()
            .next_back();
        // `(…).field` and `a.b` of a name are no fields of the dot.
        if before.is_some_and(|one| one == ')' || one.is_alphanumeric()) {
            continue;
        }
        let mut keys: Vec<String> = chain
            .as_str()
            .split('.')
            .skip(1)
            .map(str::to_owned)
            .collect();
        let is_rooted = keys.first().is_some_and(|key| key == "Values");
        if is_rooted {
            keys.remove(0);
            keys.extend(indexed(inner, chain.range()));
        } else if keys
            .first()
            .is_some_and(|key| BUILT_IN.contains(&key.as_str()))
        {
            continue;
        }
        found.push(Reference {
            keys,
            is_rooted,
            span: chain.range(),
        });
    }
    found
}

/// The keys that `index .Values "a" "b"` adds to what it begins with.
fn indexed(inner: &str, chain: Range<usize>) -> Vec<String> {
    let before = inner[..chain.start]
        .trim_end()
        .trim_end_matches('$')
        .trim_end();
    if !before.ends_with("index") {
        return Vec::new();
    }
    let mut keys = Vec::new();
    let mut rest = inner[chain.end..].trim_start();
    while let Some(quoted) = rest.strip_prefix('"') {
        let Some(end) = quoted.find('"') else { break };
        keys.push(quoted[..end].to_owned());
        rest = quoted[end + 1..].trim_start();
    }
    keys
}

/// The variables of a template, and what assignments to them name.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables(HashMap<String, Assigned>);

/// What the assignments to a variable name.
#[derive(Clone, Debug, Default)]
struct Assigned {
    references: Vec<Reference>,
    /// Other variables, with their `$`.
    others: Vec<String>,
}

impl Variables {
    /// Reads the assignments of a template.
    pub(super) fn new(text: &str, pieces: &[Piece]) -> Self {
        let mut variables: HashMap<String, Assigned> = HashMap::new();
        for piece in pieces {
            let Part::Action(action) = &piece.part else {
                continue;
            };
            let inner = &text[action.inner.clone()];
            let assigned = inner
                .split_once('=')
                .filter(|_| action.kind == Kind::Silent);
            if let Some((name, value)) = assigned
                && inner.trim_start().starts_with('$')
            {
                let name = name.trim().trim_end_matches(':').trim().to_owned();
                let assigned = variables.entry(name).or_default();
                assigned.references.extend(references(value));
                let others = named_variables(value).map(str::to_owned);
                assigned.others.extend(others);
            }
        }
        Self(variables)
    }

    /// The values that assignments to the variables of an action name outright.
    pub(super) fn behind(&self, inner: &str) -> impl Iterator<Item = &Reference> {
        let known: BTreeSet<&str> = named_variables(inner).collect();
        let assigned: Vec<_> = known.iter().filter_map(|name| self.0.get(*name)).collect();
        assigned.into_iter().flat_map(|value| &value.references)
    }

    /// All values that come into the variables of an action, also by way of other variables.
    pub(super) fn reached(&self, inner: &str) -> impl Iterator<Item = &Reference> {
        let mut next: Vec<String> = named_variables(inner).map(str::to_owned).collect();
        let mut known = BTreeSet::new();
        let mut references = Vec::new();
        while let Some(name) = next.pop() {
            if let Some(assigned) = self.0.get(&name)
                && known.insert(name)
            {
                references.extend(&assigned.references);
                next.extend(assigned.others.iter().cloned());
            }
        }
        references.into_iter()
    }
}

/// The variables that an action names, with their `$`.
fn named_variables(inner: &str) -> impl Iterator<Item = &str> {
    inner.match_indices('$').map(|(at, _)| {
        let rest = &inner[at + 1..];
        let is_name = |one: char| one.is_alphanumeric() || one == '_';
        let end = rest.find(|one| !is_name(one)).unwrap_or(rest.len());
        &inner[at..at + 1 + end]
    })
}

/// The names of the fields that the actions on a line of a template name.
pub(super) fn fields_on_line(text: &str, pieces: &[Piece], line: u32) -> Vec<String> {
    let variables = Variables::new(text, pieces);
    let lines = |offset: usize| text[..offset].matches('\n').count() + 1;
    let mut names = Vec::new();
    for piece in pieces {
        if let Part::Action(action) = &piece.part
            && (lines(action.span.start)..=lines(action.span.end)).contains(&(line as usize))
        {
            let inner = &text[action.inner.clone()];
            let named = references(inner).into_iter();
            let named = named.chain(variables.reached(inner).cloned());
            names.extend(named.filter_map(|found| found.keys.last().cloned()));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::template::pieces;

    #[test]
    fn references_are_told_from_strings_and_names() {
        let shown = |inner: &str| -> Vec<String> {
            let found = references(inner).into_iter();
            found
                .map(|found| format!("{}:{}", found.is_rooted, found.keys.join(".")))
                .collect()
        };
        assert_eq!(
            shown("include \"a.b\" (dict \"x\" .Values.a.b) | default $.Values.c | .d $v.e"),
            ["true:a.b", "true:c", "false:d", "false:e"]
        );
        assert_eq!(shown("index .Values \"a-b\" \"c\""), ["true:a-b.c"]);
        assert_eq!(shown(".Release.Name (foo).bar"), [""; 0]);
    }

    #[test]
    fn a_variable_leads_to_the_values_of_others() {
        let text = "{{ $a := .Values.a }}{{ $b := printf \"%s\" $a }}{{ $a = $b }}";
        let variables = Variables::new(text, &pieces(text).expect("is closed"));
        let shown = |references: Vec<&Reference>| -> Vec<String> {
            references.iter().map(|one| one.keys.join(".")).collect()
        };
        assert_eq!(
            shown(variables.reached("include \"x\" $b").collect()),
            ["a"]
        );
        assert_eq!(shown(variables.behind("$b").collect()), [""; 0]);
    }
}
