//! What differs from run to run although somebody wrote it: passwords that a template salts.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::functions::{makes, salts};
use super::marked::Templates;
use crate::source::template::{Kind, Part};

/// What differs from run to run although somebody wrote it: what is salted, unless what is salted is made
/// up itself.
#[derive(Debug)]
pub(super) struct Salted {
    salting: Reach,
    making: Reach,
}

impl Salted {
    pub(super) fn new(templates: &Templates<'_>) -> Self {
        Self {
            salting: Reach::new(templates, salts),
            making: Reach::new(templates, makes),
        }
    }

    /// Whether an action of a template prints what somebody wrote, salted.
    pub(super) fn holds(&self, inner: &str, template: &Arc<str>) -> bool {
        self.salting.holds(inner, template) && !self.making.holds(inner, template)
    }
}

/// Named templates and variables that call some functions, or get what these return from others.
#[derive(Debug)]
struct Reach {
    calls: fn(&str) -> bool,
    /// Names of templates, with their quotes.
    templates: BTreeSet<String>,
    /// Variables with their `$`, by the template's path for people.
    variables: BTreeSet<(Arc<str>, String)>,
}

impl Reach {
    /// Reads the actions of all templates, until none of them adds anything.
    fn new(templates: &Templates<'_>, calls: fn(&str) -> bool) -> Self {
        let mut reach = Self {
            calls,
            templates: BTreeSet::new(),
            variables: BTreeSet::new(),
        };
        while reach.grows(templates) {}
        reach
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

    /// Whether an action of a template calls the functions, or gets what they return.
    fn holds(&self, inner: &str, template: &Arc<str>) -> bool {
        let is_variable = |word: &str| {
            let of_template = (Arc::clone(template), word.to_owned());
            word.starts_with('$') && self.variables.contains(&of_template)
        };
        let is_part = |one: char| one.is_alphanumeric() || matches!(one, '_' | '$');
        (self.calls)(inner)
            || self
                .templates
                .iter()
                .any(|name| inner.contains(name.as_str()))
            || (!self.variables.is_empty() && inner.split(|one| !is_part(one)).any(is_variable))
    }
}
