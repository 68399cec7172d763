//! What templates do with values, as far as the text of their actions shows: which are named
//! outright, which are compared, and which are asked whether they are there.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::chart::Chart;
use super::marked::Templates;
use super::template::{Kind, Part, Piece};
use super::values::{ORIGINAL, Uses};

/// Functions that compare: a mark would change what a condition decides.
const COMPARING: &str = r"\b(eq|ne|has|contains|hasPrefix|hasSuffix|deepEqual|regexMatch|mustRegexMatch|kindIs|kindOf|typeIs|typeOf|int|int64|float64|atoi|len)\b";

/// Functions that refuse what is no number, no truth value, no version, no key that they know.
const STRICT: &str = r"\b(lt|le|gt|ge|ternary|semver\w*|until|untilStep|seq|index|dig|get|pluck|lookup|repeat|eq|ne|mustRegex\w*|b64dec|toDate|mustToDate|fromJson|mustFromJson|gen[A-Z]\w+|buildCustomCert|htpasswd)\b";

/// Functions that ask whether a value is there.
const TESTING: &str = r"\b(and|or|not|default|empty|coalesce|ternary|all|any|required)\b";

/// What is no value of the user's.
const BUILT_IN: [&str; 6] = [
    "Values",
    "Release",
    "Chart",
    "Capabilities",
    "Files",
    "Template",
];

fn compiled(cell: &'static OnceLock<Option<Regex>>, pattern: &str) -> Option<&'static Regex> {
    cell.get_or_init(|| Regex::new(pattern).ok()).as_ref()
}

fn is_match(cell: &'static OnceLock<Option<Regex>>, pattern: &str, text: &str) -> bool {
    compiled(cell, pattern).is_none_or(|regex| regex.is_match(text))
}

fn compares(inner: &str) -> bool {
    static COMPARES: OnceLock<Option<Regex>> = OnceLock::new();
    is_match(&COMPARES, COMPARING, inner) || is_strict(inner)
}

fn is_strict(inner: &str) -> bool {
    static STRICTLY: OnceLock<Option<Regex>> = OnceLock::new();
    is_match(&STRICTLY, STRICT, inner)
}

fn tests(inner: &str) -> bool {
    static TESTS: OnceLock<Option<Regex>> = OnceLock::new();
    is_match(&TESTS, TESTING, inner)
}

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

/// The values that an action names, in order.
pub(super) fn references(inner: &str) -> Vec<Reference> {
    static CHAIN: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern = r#"(?:"(?:[^"\\]|\\.)*"|`[^`]*`|\$\w*((?:\.\w+)+)|((?:\.\w+)+))"#;
    let Some(regex) = compiled(&CHAIN, pattern) else {
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

/// The variables of a template, and the values that an assignment to them names outright.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables(HashMap<String, Vec<Reference>>);

impl Variables {
    /// Reads the assignments of a template.
    pub(super) fn new(text: &str, pieces: &[Piece]) -> Self {
        let mut variables: HashMap<String, Vec<Reference>> = HashMap::new();
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
                variables.entry(name).or_default().extend(references(value));
            }
        }
        Self(variables)
    }

    /// The values behind the variables that an action names.
    pub(super) fn behind(&self, inner: &str) -> impl Iterator<Item = &Reference> {
        let named = inner.match_indices('$').map(|(at, _)| {
            let rest = &inner[at + 1..];
            let is_name = |one: char| one.is_alphanumeric() || one == '_';
            let end = rest.find(|one| !is_name(one)).unwrap_or(rest.len());
            &inner[at..at + 1 + end]
        });
        let known: BTreeSet<&str> = named.collect();
        known
            .into_iter()
            .filter_map(|name| self.0.get(name))
            .flatten()
    }
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
            let named = named.chain(variables.behind(inner).cloned());
            names.extend(named.filter_map(|found| found.keys.last().cloned()));
        }
    }
    names
}

/// What the templates of a chart do with values.
pub(super) fn uses(templates: &Templates<'_>, chart: &Chart) -> Uses {
    let mut uses = Uses::default();
    for (file, pieces) in templates.files() {
        let text = &file.artifact.text;
        let variables = Variables::new(text, pieces);
        for piece in pieces {
            if let Part::Action(action) = &piece.part {
                let inner = &text[action.inner.clone()];
                add_uses(action.kind, inner, &variables, &mut uses);
            }
        }
    }
    let dependencies = chart.units.iter().flat_map(|unit| &unit.about.dependencies);
    for condition in dependencies.filter_map(|dependency| dependency.condition.as_ref()) {
        for path in condition.split(',') {
            uses.tested.add_path(path.trim());
        }
    }
    uses
}

fn add_uses(kind: Kind, inner: &str, variables: &Variables, uses: &mut Uses) {
    let is_condition = kind == Kind::Condition;
    let is_compared = match kind {
        Kind::Condition | Kind::Silent => compares(inner),
        Kind::Print | Kind::Block | Kind::Scope => is_strict(inner),
        Kind::Define | Kind::Else | Kind::End => false,
    };
    let is_tested = is_condition || kind == Kind::Scope || tests(inner);
    if !is_compared && !is_tested {
        return;
    }
    let named = references(inner);
    // Conditions see the values as they are, where they name them outright.
    let named = named
        .iter()
        .filter(|found| !(is_condition && is_outright(found)));
    for reference in named.chain(variables.behind(inner)) {
        if is_compared {
            uses.compared.add(reference);
        }
        if is_tested {
            uses.tested.add(reference);
        }
    }
}

fn is_outright(reference: &Reference) -> bool {
    reference.is_rooted && reference.keys.first().is_some_and(|key| key != "global")
}

/// A template whose conditions look at the values as they are, beside those that bear marks.
pub(super) fn with_original_conditions(text: &str, pieces: &[Piece]) -> String {
    let mut changed = String::with_capacity(text.len() + 256);
    for piece in pieces {
        let action = match &piece.part {
            Part::Literal(range) => {
                changed.push_str(&text[range.clone()]);
                continue;
            }
            Part::Action(action) => action,
        };
        if action.kind != Kind::Condition {
            changed.push_str(&text[action.span.clone()]);
            continue;
        }
        let inner = &text[action.inner.clone()];
        changed.push_str(&text[action.span.start..action.inner.start]);
        let mut at = 0;
        for reference in references(inner).iter().filter(|found| is_outright(found)) {
            let after = reference.span.start + ".Values".len();
            changed.push_str(&inner[at..after]);
            changed.push('.');
            changed.push_str(ORIGINAL);
            at = after;
        }
        changed.push_str(&inner[at..]);
        changed.push_str(&text[action.inner.end..action.span.end]);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::super::template::pieces;
    use super::*;

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
    fn conditions_look_at_the_values_as_they_are() {
        let text = "{{- if and .Values.a (eq $.Values.b \".Values.c\") .Values.global.d }}{{ .Values.a }}{{ end }}";
        let changed = with_original_conditions(text, &pieces(text).expect("is closed"));
        let expected = format!(
            "{{{{- if and .Values.{ORIGINAL}.a (eq $.Values.{ORIGINAL}.b \".Values.c\") .Values.global.d }}}}{{{{ .Values.a }}}}{{{{ end }}}}"
        );
        assert_eq!(changed, expected);
    }
}
