//! What differs from run to run although somebody wrote it: passwords that a template salts.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use regex::Regex;

use super::marked::Templates;
use crate::source::template::{Kind, Part};

/// Functions that give another result at each run for what somebody wrote.
const SALTING: &str = r"(?-u:\b(?:bcrypt|htpasswd|encryptAES)\b)";

fn salts(text: &str) -> bool {
    static SALTS: OnceLock<Option<Regex>> = OnceLock::new();
    let regex = SALTS.get_or_init(|| Regex::new(SALTING).ok());
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// Named templates and variables that salt, or get what is salted from others.
#[derive(Debug, Default)]
pub(super) struct Salted {
    /// Names of templates, with their quotes.
    templates: BTreeSet<String>,
    /// Variables with their `$`, by the template's path for people.
    variables: BTreeSet<(Arc<str>, String)>,
}

impl Salted {
    /// Reads the actions of all templates, until none of them adds anything.
    pub(super) fn new(templates: &Templates<'_>) -> Self {
        let mut salted = Self::default();
        while salted.grows(templates) {}
        salted
    }

    fn grows(&mut self, templates: &Templates<'_>) -> bool {
        let mut has_grown = false;
        for (file, pieces) in templates.files() {
            let display = &file.artifact.display;
            for piece in pieces {
                let Part::Action(action) = &piece.part else {
                    continue;
                };
                let inner = &file.artifact.text[action.inner.clone()];
                if !self.holds(inner, display) {
                    continue;
                }
                if let Some(name) = &piece.define {
                    has_grown |= self.templates.insert(format!("\"{name}\""));
                }
                if let Some((name, _)) = inner
                    .split_once('=')
                    .filter(|_| action.kind == Kind::Silent)
                {
                    let name = name.trim_end_matches(':').trim().to_owned();
                    has_grown |= self.variables.insert((Arc::clone(display), name));
                }
            }
        }
        has_grown
    }

    /// Whether an action of a template prints what is salted.
    pub(super) fn holds(&self, inner: &str, template: &Arc<str>) -> bool {
        let is_variable = |word: &str| {
            let of_template = (Arc::clone(template), word.to_owned());
            word.starts_with('$') && self.variables.contains(&of_template)
        };
        let is_part = |one: char| one.is_alphanumeric() || matches!(one, '_' | '$');
        salts(inner)
            || self
                .templates
                .iter()
                .any(|name| inner.contains(name.as_str()))
            || (!self.variables.is_empty() && inner.split(|one| !is_part(one)).any(is_variable))
    }
}
