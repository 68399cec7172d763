//! The policies of a run: the bundled ones and the user's, checked against their contract,
//! chosen and arranged into units.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use walkdir::WalkDir;

use super::PolicyError;
use super::annotation;
use super::engine::{Evaluator, Module, Recipe, Unit};
use crate::model::{AppliesTo, Data, Need, Rule, Severity};

include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// Where rules live: a module of such a package must be a rule.
const RULE_PACKAGE: &str = "landfall.rules.";

/// The policies of a run.
#[derive(Debug)]
pub struct Bundle {
    rules: Vec<Arc<Rule>>,
    /// Each rule's module and whether it is bundled, in the order of `rules`.
    modules: Vec<(Arc<Module>, Origin)>,
    libraries: Vec<Arc<Module>>,
    data: Data,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Bundled,
    User,
}

/// Which rules a user wants; nothing chosen means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Ids, also former ones.
    pub rules: Vec<String>,
    /// Families.
    pub families: Vec<String>,
    /// The least severity.
    pub severity: Option<Severity>,
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
        for (path, source) in MODULES
            .iter()
            .filter(|(path, _)| !path.ends_with("_test.rego"))
        {
            let module = Module {
                path: (*path).to_owned(),
                source: (*source).to_owned(),
            };
            bundle.add(module, Origin::Bundled)?;
        }
        Ok(bundle)
    }

    fn add_folder(&mut self, folder: &Path) -> Result<(), PolicyError> {
        for module in read_modules(folder)? {
            if !module.path.ends_with("_test.rego") {
                self.add(module, Origin::User)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, module: Module, origin: Origin) -> Result<(), PolicyError> {
        let package = annotation::package(&module.source)
            .unwrap_or_default()
            .to_owned();
        let rule = annotation::rule(&module.source, &package).map_err(|refused| {
            PolicyError::Annotation {
                path: module.path.clone(),
                line: refused.line,
                reason: refused.reason,
            }
        })?;
        let module = Arc::new(module);
        match rule {
            Some(rule) => self.add_rule(rule, module, origin),
            None if package.starts_with(RULE_PACKAGE) => Err(PolicyError::NoAnnotation {
                path: module.path.clone(),
            }),
            None => {
                self.libraries.push(module);
                Ok(())
            }
        }
    }

    fn add_rule(
        &mut self,
        rule: Rule,
        module: Arc<Module>,
        origin: Origin,
    ) -> Result<(), PolicyError> {
        if let Some(position) = self.rules.iter().position(|other| other.id == rule.id) {
            let first = self.modules[position].0.path.clone();
            return Err(PolicyError::Duplicate {
                id: rule.id,
                path: module.path.clone(),
                first,
            });
        }
        let position = self.rules.partition_point(|other| other.id < rule.id);
        self.rules.insert(position, Arc::new(rule));
        self.modules.insert(position, (module, origin));
        Ok(())
    }

    /// What the tests check for the bundled rules is checked for a user's when they are loaded.
    fn check_user_rules(&self) -> Result<(), PolicyError> {
        let is_user =
            |(_, (_, origin)): &(&Arc<Rule>, &(Arc<Module>, Origin))| *origin == Origin::User;
        let user: Vec<_> = self
            .rules
            .iter()
            .zip(&self.modules)
            .filter(is_user)
            .collect();
        if user.is_empty() {
            return Ok(());
        }
        let controls = self.controls();
        for (rule, (module, _)) in user {
            check_controls(rule, module, &controls)?;
            let unit = Unit::new(
                self.recipe(&[rule], Evaluator::Interpreter),
                Arc::new(self.data.clone()),
            );
            unit.check()
                .map_err(|reason| PolicyError::Module { reason })?;
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
        rules.try_for_each(|(rule, (module, _))| check_controls(rule, module, &controls))
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
            for (rule, (module, origin)) in self.rules.iter().zip(&self.modules) {
                let id = format!("{}-copy{copy}", rule.id);
                let package = format!("{}_copy{copy}", rule.package);
                let source = module.source.replace(
                    &format!("package {}", rule.package),
                    &format!("package {package}"),
                );
                let source =
                    source.replace(&format!("#   id: {}", rule.id), &format!("#   id: {id}"));
                bundle.add(
                    Module {
                        path: format!("{}#{copy}", module.path),
                        source,
                    },
                    *origin,
                )?;
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
        let frameworks = self.data.select(|path| path.starts_with("frameworks."));
        let frameworks = frameworks
            .get("frameworks")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        let controls = frameworks.flat_map(|(framework, body)| {
            let controls = body
                .get("controls")
                .and_then(Value::as_object)
                .into_iter()
                .flatten();
            controls.map(move |(id, title)| {
                (
                    format!("{framework}/{id}"),
                    title.as_str().unwrap_or_default().to_owned(),
                )
            })
        });
        controls.collect()
    }

    /// The rules that a selection means, by id.
    ///
    /// # Errors
    ///
    /// When it names a rule or family that does not exist.
    pub fn select(&self, selection: &Selection) -> Result<Vec<Arc<Rule>>, PolicyError> {
        for name in &selection.rules {
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
            .filter(|rule| is_selected(rule, selection))
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
        let is_similar = |rule: &&Arc<Rule>| words.iter().any(|word| rule.id.contains(word));
        self.rules
            .iter()
            .filter(is_similar)
            .take(3)
            .map(|rule| rule.id.clone())
            .collect()
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
            let is_user = self.module(rule).1 == Origin::User;
            groups
                .entry((&rule.applies_to, &rule.needs, is_user))
                .or_default()
                .push(rule);
        }
        let data = Arc::new(self.data.clone());
        let unit = |((_, _, is_user), rules): (Key<'_>, Vec<&Arc<Rule>>)| {
            let evaluator = if is_user {
                Evaluator::Interpreter
            } else {
                evaluator
            };
            Unit::new(self.recipe(&rules, evaluator), Arc::clone(&data))
        };
        groups.into_iter().map(unit).collect()
    }

    fn recipe(&self, rules: &[&Arc<Rule>], evaluator: Evaluator) -> Recipe {
        let own = rules.iter().map(|rule| Arc::clone(&self.module(rule).0));
        let modules = own.chain(self.libraries.iter().cloned()).collect();
        Recipe {
            rules: rules.iter().map(|rule| Arc::clone(rule)).collect(),
            modules,
            evaluator,
        }
    }

    fn module(&self, rule: &Rule) -> &(Arc<Module>, Origin) {
        &self.modules[self.rules.partition_point(|other| other.id < rule.id)]
    }
}

fn check_controls(
    rule: &Rule,
    module: &Module,
    controls: &BTreeMap<String, String>,
) -> Result<(), PolicyError> {
    match rule
        .controls
        .iter()
        .find(|control| !controls.contains_key(*control))
    {
        None => Ok(()),
        Some(control) => {
            let line = module
                .source
                .lines()
                .position(|line| line.contains(control.as_str()));
            Err(PolicyError::UnknownControl {
                path: module.path.clone(),
                line: line.map_or(1, |line| line + 1),
                control: control.clone(),
            })
        }
    }
}

fn is_called(rule: &Rule, name: &str) -> bool {
    rule.id == name || rule.formerly.iter().any(|former| former == name)
}

fn is_selected(rule: &Rule, selection: &Selection) -> bool {
    let by_name =
        selection.rules.is_empty() || selection.rules.iter().any(|name| is_called(rule, name));
    let by_family = selection.families.is_empty() || selection.families.contains(&rule.family);
    by_name
        && by_family
        && selection
            .severity
            .is_none_or(|least| rule.severity >= least)
}

/// All modules below a path, tests included, by path.
pub(super) fn read_modules(path: &Path) -> Result<Vec<Module>, PolicyError> {
    let unreadable = |path: &Path, reason: String| PolicyError::Unreadable {
        path: path.into(),
        reason,
    };
    let mut modules = Vec::new();
    for entry in WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(|error| unreadable(path, error.to_string()))?;
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "rego")
        {
            let source = std::fs::read_to_string(entry.path());
            let source = source.map_err(|error| unreadable(entry.path(), error.to_string()))?;
            modules.push(Module {
                path: entry.path().display().to_string(),
                source,
            });
        }
    }
    if modules.is_empty() {
        return Err(PolicyError::NoModules { path: path.into() });
    }
    Ok(modules)
}

/// A data file, YAML or JSON.
pub(super) fn read_data(path: &Path) -> Result<Value, PolicyError> {
    let unreadable = |reason: String| PolicyError::Unreadable {
        path: path.into(),
        reason,
    };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let value: Value = serde_yaml::from_str(&text).map_err(|error| PolicyError::Data {
        path: path.into(),
        line: error.location().map_or(1, |location| location.line()),
        reason: "is neither YAML nor JSON".to_owned(),
    })?;
    if value.is_object() {
        return Ok(value);
    }
    Err(PolicyError::Data {
        path: path.into(),
        line: 1,
        reason: "is no mapping".to_owned(),
    })
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
