//! What templates do with values, as far as the text of their actions shows: which are named
//! outright, which are compared, and which are asked whether they are there.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use regex::Regex;

use super::chart::Chart;
use super::marked::Templates;
use super::reference::{LETTER, Reference, Variables, references};
use super::values::{Layer, ORIGINAL, Uses};
use crate::source::template::{Kind, Part, Piece, pieces};

/// Functions that compare: a mark would change what a condition decides.
const COMPARING: &str = "eq|ne|has|contains|hasPrefix|hasSuffix|deepEqual|regexMatch|mustRegexMatch|kindIs|kindOf|typeIs|typeOf|int|int64|float64|atoi|len";

/// Functions that refuse what is no number, no truth value, no version, no key that they know.
const STRICT: &str = "lt|le|gt|ge|ternary|semver[A-Za-z]*|until|untilStep|seq|index|dig|get|pluck|lookup|repeat|eq|ne|mustRegex[A-Za-z]*|b64dec|toDate|mustToDate|fromJson|mustFromJson|gen[A-Z][A-Za-z]+|buildCustomCert|htpasswd";

/// Functions that choose by what a value is, as a preset is chosen by its name.
const CHOOSING: &str = "eq|ne|has|hasKey|index|get|dig|pluck";

/// Functions that ask whether a value is there.
const TESTING: &str = "and|or|not|default|empty|coalesce|ternary|all|any|required";

/// Whether one of some words stands in a text. The words are ASCII, so that their ends are, too: that costs
/// much less to compile.
fn has_word(cell: &'static OnceLock<Option<Regex>>, words: &str, text: &str) -> bool {
    let compile = || Regex::new(&format!(r"(?-u:\b(?:{words})\b)")).ok();
    let regex = cell.get_or_init(compile).as_ref();
    regex.is_none_or(|regex| regex.is_match(text))
}

fn compares(inner: &str) -> bool {
    static COMPARES: OnceLock<Option<Regex>> = OnceLock::new();
    has_word(&COMPARES, COMPARING, inner) || is_strict(inner)
}

fn is_strict(inner: &str) -> bool {
    static STRICTLY: OnceLock<Option<Regex>> = OnceLock::new();
    has_word(&STRICTLY, STRICT, inner)
}

fn chooses(inner: &str) -> bool {
    static CHOOSES: OnceLock<Option<Regex>> = OnceLock::new();
    has_word(&CHOOSES, CHOOSING, inner)
}

fn tests(inner: &str) -> bool {
    static TESTS: OnceLock<Option<Regex>> = OnceLock::new();
    has_word(&TESTS, TESTING, inner)
}

/// What a `dict` gives a named template under a name: `"type" .Values.preset`.
fn passed(inner: &str) -> impl Iterator<Item = (String, Reference)> {
    static PASSED: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern = || format!(r#""({LETTER}+)"[ \t\r\n]+((?:\${LETTER}*)?(?:\.{LETTER}+)+)"#);
    let regex = PASSED.get_or_init(|| Regex::new(&pattern()).ok()).as_ref();
    let pairs = regex.map(|regex| regex.captures_iter(inner));
    pairs.into_iter().flatten().filter_map(|pair| {
        let name = pair.get(1)?.as_str().to_owned();
        let reference = references(pair.get(2)?.as_str()).pop()?;
        Some((name, reference))
    })
}

/// What the templates of a chart do with values, and the templates that stand in these.
pub(super) fn uses(
    templates: &Templates<'_>,
    variables: &HashMap<Arc<str>, Variables>,
    chart: &Chart,
    layers: &[Layer],
) -> Uses {
    let mut reader = Reader::default();
    for (file, pieces) in templates.files() {
        if let Some(variables) = variables.get(&file.artifact.display) {
            reader.read(&file.artifact.text, pieces, variables, true);
        }
    }
    for text in layers.iter().flat_map(Layer::templates) {
        if let Some(pieces) = pieces(text) {
            reader.read(text, &pieces, &Variables::new(text, &pieces), false);
        }
    }
    let mut uses = reader.uses();
    let dependencies = chart.units.iter().flat_map(|unit| &unit.about.dependencies);
    for condition in dependencies.filter_map(|dependency| dependency.condition.as_ref()) {
        for path in condition.split(',') {
            uses.tested.add_path(path.trim());
        }
    }
    uses
}

/// Reads what templates do with values.
#[derive(Default)]
struct Reader {
    uses: Uses,
    /// What named templates are given, by name.
    passed: Vec<(String, Reference)>,
    /// The names by which named templates choose something.
    choosers: BTreeSet<String>,
}

impl Reader {
    /// Reads a template. `sees_originals` says whether its conditions will look at the values as they are.
    fn read(&mut self, text: &str, pieces: &[Piece], variables: &Variables, sees_originals: bool) {
        for piece in pieces {
            let Part::Action(action) = &piece.part else {
                continue;
            };
            let inner = &text[action.inner.clone()];
            self.add(action.kind, inner, variables, sees_originals);
            self.passed.extend(passed(inner));
            if chooses(inner) {
                self.choosers.extend(parameters(inner, variables));
            }
        }
    }

    fn add(&mut self, kind: Kind, inner: &str, variables: &Variables, sees_originals: bool) {
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
            .filter(|found| !(sees_originals && is_condition && is_outright(found)));
        for reference in named.chain(variables.reached(inner)) {
            if is_compared {
                self.uses.compared.add(reference);
            }
            if is_tested {
                self.uses.tested.add(reference);
            }
        }
    }

    /// What was read, with the values that named templates choose by, also those that come to them by way
    /// of others.
    fn uses(mut self) -> Uses {
        let mut known = 0;
        while known < self.choosers.len() {
            known = self.choosers.len();
            for (name, reference) in &self.passed {
                if self.choosers.contains(name) {
                    self.uses.compared.add(reference);
                    let name = reference.keys.last().filter(|_| !reference.is_rooted);
                    self.choosers.extend(name.cloned());
                }
            }
        }
        self.uses
    }
}

/// The names of fields of whatever the dot is that an action names: what a named template was given.
fn parameters(inner: &str, variables: &Variables) -> Vec<String> {
    let named = references(inner).into_iter();
    let named = named.chain(variables.reached(inner).cloned());
    let fields = named.filter(|found| !found.is_rooted);
    fields
        .filter_map(|found| found.keys.last().cloned())
        .collect()
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
    use super::*;
    use crate::source::template::pieces;

    #[test]
    fn conditions_look_at_the_values_as_they_are() {
        let text = "{{- if and .Values.a (eq $.Values.b \".Values.c\") .Values.global.d }}{{ .Values.a }}{{ end }}";
        let changed = with_original_conditions(text, &pieces(text).expect("is closed"));
        let expected = format!(
            "{{{{- if and .Values.{ORIGINAL}.a (eq $.Values.{ORIGINAL}.b \".Values.c\") .Values.global.d }}}}{{{{ .Values.a }}}}{{{{ end }}}}"
        );
        assert_eq!(changed, expected);
    }

    fn compared(template: &str, values: &str) -> Uses {
        let mut reader = Reader::default();
        for (text, sees_originals) in [(template, true), (values, false)] {
            let pieces = pieces(text).expect("is closed");
            let variables = Variables::new(text, &pieces);
            reader.read(text, &pieces, &variables, sees_originals);
        }
        reader.uses()
    }

    #[test]
    fn what_a_named_template_chooses_by_is_compared() {
        let template = "{{ define \"preset\" }}{{ if hasKey $all .type }}{{ index $all .type }}{{ end }}{{ .note }}{{ end }}\
            {{ define \"outer\" }}{{ include \"preset\" (dict \"type\" .size \"note\" .text) }}{{ end }}\
            {{ include \"preset\" (dict \"type\" .Values.web.preset \"note\" .Values.web.note) }}\
            {{ include \"outer\" (dict \"size\" $.Values.db.preset \"text\" .Values.db.text) }}";
        let uses = compared(template, "");
        let is_held = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
            uses.compared.hold(&path)
        };
        assert!(is_held(&["web", "preset"]) && is_held(&["db", "preset"]));
        assert!(!is_held(&["web", "note"]) && !is_held(&["db", "text"]));
    }

    #[test]
    fn templates_in_values_count() {
        let uses = compared(
            "",
            "{{ ternary 1 0 .Values.isOn }}{{ if .Values.isThere }}x{{ end }}",
        );
        assert!(uses.compared.hold(&["isOn".to_owned()]));
        assert!(uses.tested.hold(&["isThere".to_owned()]));
    }
}
