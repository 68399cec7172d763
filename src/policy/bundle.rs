//! The policies of a run: the bundled ones and the user's, checked against their contract,
//! chosen and arranged into units.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::annotation;
use super::control;
use super::engine::{Evaluator, Module, Parts, Recipe, Unit, check_syntax};
use super::error::PolicyError;
use super::files::{read_data, read_modules};
use super::selection::{Selection, is_called};
use crate::model::{AppliesTo, Data, Need, Rule};

include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// Where rules live: a module of such a package must be a rule.
const RULE_PACKAGE: &str = "landfall.rules.";

/// The policies of a run.
#[derive(Debug)]
pub struct Bundle {
    rules: Vec<Arc<Rule>>,
    /// Each rule's module, in the order of `rules`.
    modules: Vec<Arc<Module>>,
    libraries: Vec<Arc<Module>>,
    data: Data,
}

/// An example of what a rule finds, or leaves alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The file's path below `policies/`.
    pub path: String,
    /// The file's text.
    pub text: String,
}

impl Bundle {
    /// The bundled policies, and those in a user's folders with the data in a user's files.
    ///
    /// # Errors
    ///
    /// When a module or data file cannot be read, or breaks the contract.
    pub fn load(folders: &[PathBuf], data_files: &[PathBuf]) -> Result<Self, PolicyError> {
        let mut bundle = Self::bundled()?;
        for file in data_files {
            bundle.data.lay_over(read_data(file)?);
        }
        for folder in folders {
            bundle.add_folder(folder)?;
        }
        if let Some(path) = folders.first()
            && bundle.rules.iter().all(|rule| rule.is_bundled)
        {
            return Err(PolicyError::NoRules { path: path.clone() });
        }
        bundle.check_user_rules()?;
        Ok(bundle)
    }

    fn bundled() -> Result<Self, PolicyError> {
        let data = Data::new(DATA.iter().copied());
        let mut bundle = Self {
            rules: Vec::new(),
            modules: Vec::new(),
            libraries: Vec::new(),
            data,
        };
        for (path, source, metadata) in MODULES
            .iter()
            .filter(|(path, ..)| !path.ends_with("_test.rego"))
        {
            let module = Module {
                path: (*path).to_owned(),
                source: (*source).to_owned(),
            };
            let package = module.package().unwrap_or_default();
            let rule = annotation::bundled_rule(metadata, package);
            bundle.add(module, rule, true)?;
        }
        Ok(bundle)
    }

    fn add_folder(&mut self, folder: &Path) -> Result<(), PolicyError> {
        for module in read_modules(folder)? {
            if !module.path.ends_with("_test.rego") {
                let package = module.package().unwrap_or_default();
                let rule = annotation::rule(&module.source, package);
                self.add(module, rule, false)?;
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        module: Module,
        rule: Result<Option<Rule>, annotation::Refused>,
        is_bundled: bool,
    ) -> Result<(), PolicyError> {
        let rule = rule.map_err(|refused| PolicyError::Annotation {
            path: module.path.clone(),
            line: refused.line,
            reason: refused.reason,
        })?;
        let package = module.package().unwrap_or_default();
        let is_in_rules = package.starts_with(RULE_PACKAGE);
        let module = Arc::new(module);
        match rule {
            Some(rule) => self.add_rule(Rule { is_bundled, ..rule }, module),
            None if is_in_rules => Err(PolicyError::NoAnnotation {
                path: module.path.clone(),
            }),
            None => {
                // A rule is checked with all it imports; a library may be imported by none.
                if !is_bundled {
                    check_syntax(&module).map_err(|reason| PolicyError::Module { reason })?;
                }
                self.libraries.push(module);
                Ok(())
            }
        }
    }

    fn add_rule(&mut self, rule: Rule, module: Arc<Module>) -> Result<(), PolicyError> {
        if let Some(position) = self.rules.iter().position(|other| other.id == rule.id) {
            let first = self.modules[position].path.clone();
            return Err(PolicyError::Duplicate {
                id: rule.id,
                path: module.path.clone(),
                first,
            });
        }
        let position = self.rules.partition_point(|other| other.id < rule.id);
        self.rules.insert(position, Arc::new(rule));
        self.modules.insert(position, module);
        Ok(())
    }

    /// What the tests check for the bundled rules is checked for a user's when they are loaded.
    fn check_user_rules(&self) -> Result<(), PolicyError> {
        if self.rules.iter().all(|rule| rule.is_bundled) {
            return Ok(());
        }
        let controls = self.controls();
        let data = Arc::new(self.data.clone());
        for rule in self.rules.iter().filter(|rule| !rule.is_bundled) {
            control::check(rule, self.module(rule), &controls)?;
            for other in &rule.yields_to {
                self.rule(other)?;
            }
            let recipe = self.recipe(&[rule], Evaluator::Interpreter);
            let checked = Unit::new(recipe, Arc::clone(&data)).check();
            checked.map_err(|reason| PolicyError::Module { reason })?;
        }
        Ok(())
    }

    /// Whether every control of every rule, the bundled ones too, exists in a framework.
    ///
    /// # Errors
    ///
    /// For the first control that does not.
    pub fn check_controls(&self) -> Result<(), PolicyError> {
        let controls = self.controls();
        let mut rules = self.rules.iter().zip(&self.modules);
        rules.try_for_each(|(rule, module)| control::check(rule, module, &controls))
    }

    /// All rules, by id.
    #[must_use]
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// The data that rules read.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The same policies with every rule so many times over, each copy under an id of its own:
    /// shows what a rule costs.
    ///
    /// # Errors
    ///
    /// As [`Bundle::load`].
    pub fn repeated(&self, times: usize) -> Result<Self, PolicyError> {
        let mut bundle = Self {
            rules: self.rules.clone(),
            modules: self.modules.clone(),
            libraries: self.libraries.clone(),
            data: self.data.clone(),
        };
        for copy in 2..=times {
            for (rule, module) in self.rules.iter().zip(&self.modules) {
                let module = copied(rule, module, copy);
                let package = module.package().unwrap_or_default();
                let copy = annotation::rule(&module.source, package);
                bundle.add(module, copy, rule.is_bundled)?;
            }
        }
        Ok(bundle)
    }

    /// Lays data over all that was loaded, such as settings from the command line.
    pub fn lay_over(&mut self, document: Value) {
        self.data.lay_over(document);
    }

    /// Titles of all controls, by `framework/control`.
    #[must_use]
    pub fn controls(&self) -> BTreeMap<String, String> {
        control::titles(&self.data)
    }

    /// The rules that a selection means, by id.
    ///
    /// # Errors
    ///
    /// When it names a rule or family that does not exist.
    pub fn select(&self, selection: &Selection) -> Result<Vec<Arc<Rule>>, PolicyError> {
        for name in selection.rules.iter().chain(&selection.enabled) {
            if !self.rules.iter().any(|rule| is_called(rule, name)) {
                return Err(PolicyError::UnknownRule {
                    name: name.clone(),
                    similar: self.similar(name),
                });
            }
        }
        let families: HashSet<&str> = self.rules.iter().map(|rule| rule.family.as_str()).collect();
        if let Some(name) = selection
            .families
            .iter()
            .find(|name| !families.contains(name.as_str()))
        {
            let mut known: Vec<String> = families.into_iter().map(str::to_owned).collect();
            known.sort();
            return Err(PolicyError::UnknownFamily {
                name: name.clone(),
                known,
            });
        }
        Ok(self
            .rules
            .iter()
            .filter(|rule| selection.holds(rule))
            .cloned()
            .collect())
    }

    /// The rule of an id, also a former one.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn rule(&self, name: &str) -> Result<Arc<Rule>, PolicyError> {
        let found = self
            .rules
            .iter()
            .find(|rule| is_called(rule, name))
            .cloned();
        found.ok_or_else(|| PolicyError::UnknownRule {
            name: name.to_owned(),
            similar: self.similar(name),
        })
    }

    fn similar(&self, name: &str) -> Vec<String> {
        let words: Vec<&str> = name.split('-').filter(|word| word.len() > 2).collect();
        let is_similar = |id: &String| words.iter().any(|word| id.contains(word));
        let ids = self.rules.iter().map(|rule| rule.id.clone());
        let mut similar: Vec<String> = ids.filter(is_similar).collect();
        let shared = |id: &String| {
            let pairs = id.bytes().zip(name.bytes());
            pairs.take_while(|(left, right)| left == right).count()
        };
        similar.sort_by_key(|id| std::cmp::Reverse(shared(id)));
        similar.truncate(3);
        similar
    }

    /// The modules that rules share.
    pub(super) fn libraries(&self) -> impl Iterator<Item = &Module> {
        self.libraries.iter().map(Arc::as_ref)
    }

    /// A bundled rule's examples: files in its folder that are not Rego, by path.
    #[must_use]
    pub fn examples(&self, rule: &Rule) -> Vec<Example> {
        let folder = rule
            .package
            .trim_start_matches("landfall.")
            .replace('.', "/")
            + "/";
        let own = EXAMPLES
            .iter()
            .filter(|(path, _)| path.starts_with(&folder));
        own.map(|(path, text)| Example {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        })
        .collect()
    }

    /// Arranges rules into units: those that apply to the same resources and need the same
    /// things. A user's rules are evaluated by the interpreter whatever is asked for.
    pub(crate) fn units(&self, rules: &[Arc<Rule>], evaluator: Evaluator) -> Vec<Unit> {
        type Key<'a> = (&'a AppliesTo, &'a [Need], bool);
        let mut groups: BTreeMap<Key<'_>, Vec<&Arc<Rule>>> = BTreeMap::new();
        for rule in rules {
            let key = (&rule.applies_to, rule.needs.as_slice(), rule.is_bundled);
            groups.entry(key).or_default().push(rule);
        }
        let data = Arc::new(self.data.clone());
        let unit = |((_, _, is_bundled), rules): (Key<'_>, Vec<&Arc<Rule>>)| {
            let evaluator = if is_bundled {
                evaluator
            } else {
                Evaluator::Interpreter
            };
            Unit::new(self.recipe(&rules, evaluator), Arc::clone(&data))
        };
        groups.into_iter().map(unit).collect()
    }

    fn recipe(&self, rules: &[&Arc<Rule>], evaluator: Evaluator) -> Recipe {
        let modules = rules.iter().map(|rule| Arc::clone(self.module(rule)));
        let named = rules
            .iter()
            .map(|rule| (rule.id.clone(), rule.package.clone()));
        let parts = Parts::new(named.collect(), modules.collect(), &self.libraries);
        let name = parts.name();
        let made = PROGRAMS.iter().find(|(made, _)| *made == name);
        Recipe {
            rules: rules.iter().map(|rule| Arc::clone(rule)).collect(),
            parts,
            packed: made.map(|(_, packed)| *packed),
            evaluator,
        }
    }

    fn module(&self, rule: &Rule) -> &Arc<Module> {
        &self.modules[self.rules.partition_point(|other| other.id < rule.id)]
    }
}

/// A rule's module under an id and a package of its own.
fn copied(rule: &Rule, module: &Module, copy: usize) -> Module {
    let renamed = [
        (
            format!("package {}", rule.package),
            format!("package {}_copy{copy}", rule.package),
        ),
        (
            format!("#   id: {}", rule.id),
            format!("#   id: {}-copy{copy}", rule.id),
        ),
    ];
    let source = renamed
        .iter()
        .fold(module.source.clone(), |source, (old, new)| {
            source.replace(old, new)
        });
    Module {
        path: format!("{}#{copy}", module.path),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundled_rules_keep_the_contract() {
        let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
        bundle.check_controls().expect("every control exists");
        assert!(bundle.rules().len() >= 9);
        for rule in bundle.rules() {
            let examples = bundle.examples(rule);
            for kind in ["/bad", "/good"] {
                assert!(
                    examples.iter().any(|example| example.path.contains(kind)),
                    "{}: {kind}",
                    rule.id
                );
            }
        }
    }

    #[test]
    fn the_build_made_the_programs_of_what_runs_unless_somebody_chooses() {
        let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
        let rules = bundle.select(&Selection::default());
        for unit in bundle.units(&rules.expect("nothing is named"), Evaluator::Machine) {
            let ids: Vec<&str> = unit.rules().iter().map(|rule| rule.id.as_str()).collect();
            assert!(unit.is_made(), "{ids:?}");
        }
    }

    #[test]
    fn unknown_names_are_refused_with_what_is_known() {
        let bundle = Bundle::load(&[], &[]).expect("the bundled policies are right");
        let selection = Selection {
            rules: vec!["image-tags".to_owned()],
            ..Selection::default()
        };
        let error = bundle
            .select(&selection)
            .expect_err("there is no such rule");
        assert!(error.help().contains("image-tag"), "{}", error.help());
    }
}
