//! Rules to violations: this module alone knows regorus. `program` makes what it runs, `input` gives it
//! objects, `violation` reads what it gave.
//!
//! Rules that apply to the same resources and need the same things form a unit. A unit is one
//! program that each thread loads when the first resource needs it there, and one evaluation of it
//! serves all its rules, so that what they share is computed once. When a unit fails on a resource, its
//! rules are run one by one, so that the others' violations stay and the culprit is named. A unit that looks at
//! facts alone is given those that it names and no others; `memory` keeps what the machine said of them.
//!
//! Threads share no value of regorus: its values count who holds them, and cores that count the same
//! ones wait for each other (two of them for a quarter of the time).

mod input;
mod memory;
mod program;
mod violation;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use regorus::rvm::RegoVM;
use regorus::rvm::program::Program;
use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, Value};
use serde_json::{Map, Value as Fact};
use thread_local::ThreadLocal;

use crate::model::{AppliesTo, Data, Need, Rule};
use memory::Memory;
use program::{ENTRY, add, are_related, compile, last_line, mentioned, unpack};
use violation::verdict;

pub use input::Input;
pub(super) use program::{Module, Parts};
pub use violation::Verdict;

/// How long one evaluation may take. Bundled rules take well under a millisecond.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// Who evaluates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Evaluator {
    /// regorus' register machine: fast, and shown to agree with the interpreter on the bundled
    /// rules. Used for those only.
    #[default]
    Machine,
    /// regorus' interpreter, the reference: used for users' rules always.
    Interpreter,
}

/// What a unit is made of.
#[derive(Debug)]
pub(super) struct Recipe {
    /// The rules, which all apply to the same resources and need the same things.
    pub rules: Vec<Arc<Rule>>,
    /// What their program is made of.
    pub parts: Parts,
    /// The program, if the build made it.
    pub packed: Option<&'static [u8]>,
    /// Who evaluates.
    pub evaluator: Evaluator,
}

/// Rules that are evaluated together.
pub(crate) struct Unit {
    recipe: Recipe,
    data: Arc<Data>,
    prepared: ThreadLocal<Result<Prepared, String>>,
    memory: ThreadLocal<Memory>,
    /// The facts that it names, if it looks at nothing else of its input.
    facts: Option<BTreeSet<String>>,
}

/// A unit that is ready to run on one thread.
#[derive(Default)]
struct Prepared {
    machine: Option<Machine>,
    /// The interpreter, or why there is none. Where the machine runs, it waits for the first failure.
    interpreter: OnceCell<Result<Engine, String>>,
}

/// A program with its data.
struct Machine {
    program: Arc<Program>,
    data: Value,
    /// What runs it, unless it failed the last time.
    ready: RefCell<Option<RegoVM>>,
}

impl Unit {
    pub(super) fn new(recipe: Recipe, data: Arc<Data>) -> Self {
        Self {
            facts: recipe.facts(),
            recipe,
            data,
            prepared: ThreadLocal::new(),
            memory: ThreadLocal::new(),
        }
    }

    /// The rules of the unit, in the order of the verdicts.
    pub(crate) fn rules(&self) -> &[Arc<Rule>] {
        &self.recipe.rules
    }

    /// Which resources the rules are about.
    pub(crate) fn applies_to(&self) -> &AppliesTo {
        self.recipe
            .rules
            .first()
            .map_or(&AppliesTo::Any, |rule| &rule.applies_to)
    }

    /// What a resource must have; one of several is enough, none means nothing.
    pub(crate) fn needs(&self) -> &[Need] {
        self.recipe.rules.first().map_or(&[], |rule| &rule.needs)
    }

    /// Whether the build made the unit's program, and it can be loaded.
    #[cfg(test)]
    pub(super) fn is_made(&self) -> bool {
        self.recipe.packed.and_then(unpack).is_some()
    }

    /// Evaluates the unit's rules on a resource: one verdict for each rule. `whole` gives the object with its
    /// facts, for rules that look at more than these.
    pub(crate) fn evaluate(
        &self,
        facts: &Map<String, Fact>,
        whole: impl FnOnce() -> Input,
    ) -> Vec<Verdict> {
        let Some(named) = &self.facts else {
            return self.ask(&whole());
        };
        let found = |name| {
            facts
                .get_key_value(name)
                .map(|(name, fact)| (name.as_str(), fact))
        };
        let named: Vec<(&str, &Fact)> = named.iter().filter_map(found).collect();
        let ask = || self.ask(&Input::of_facts(&named));
        match self.recipe.evaluator {
            Evaluator::Machine => self.memory.get_or_default().recall(&named, ask),
            // Rules of users may ask for the time.
            Evaluator::Interpreter => ask(),
        }
    }

    fn ask(&self, input: &Input) -> Vec<Verdict> {
        let prepared = match self
            .prepared
            .get_or(|| Prepared::new(&self.recipe, &self.data))
        {
            Ok(prepared) => prepared,
            Err(error) => return self.rules().iter().map(|_| Err(error.clone())).collect(),
        };
        let together = match &prepared.machine {
            Some(machine) => machine.run(input),
            None => self.interpret(prepared, ENTRY, input),
        };
        match together {
            Ok(findings) => self
                .rules()
                .iter()
                .map(|rule| verdict(findings.get(rule)))
                .collect(),
            Err(_) => self
                .rules()
                .iter()
                .map(|rule| self.run_alone(prepared, rule, input))
                .collect(),
        }
    }

    fn run_alone(&self, prepared: &Prepared, rule: &Rule, input: &Input) -> Verdict {
        let path = format!("data.{}.deny", rule.package);
        verdict(Some(&self.interpret(prepared, &path, input)?))
    }

    fn interpret(&self, prepared: &Prepared, path: &str, input: &Input) -> Result<Value, String> {
        let interpreter = || self.recipe.interpreter(&self.data);
        let mut engine = prepared.interpreter.get_or_init(interpreter).clone()?;
        engine.set_input(input.0.clone());
        engine
            .eval_rule(path.to_owned())
            .map_err(|error| last_line(&error.to_string()))
    }

    /// Whether the unit's modules parse and name only functions and variables that exist; the
    /// reason if not. The interpreter notices the latter only when it gets there, the compiler at
    /// once; that the compiler knows no `with`, `walk` and `print` is no fault of the module.
    pub(super) fn check(&self) -> Result<(), String> {
        match compile(&mut self.recipe.interpreter(&self.data)?) {
            Err(reason) if is_fault(&reason) => Err(reason),
            _ => Ok(()),
        }
    }
}

/// Looks a rule's set up in the entry's object.
trait Findings {
    fn get(&self, rule: &Rule) -> Option<&Value>;
}

impl Findings for Value {
    fn get(&self, rule: &Rule) -> Option<&Value> {
        self.as_object().ok()?.get(&Value::from(rule.id.as_str()))
    }
}

impl Recipe {
    /// The program, from the build or made now.
    fn program(&self) -> Result<Arc<Program>, String> {
        match self.packed.and_then(unpack) {
            Some(program) => Ok(program),
            None => compile(&mut self.parts.engine()?),
        }
    }

    /// The modules and the data for the interpreter.
    fn interpreter(&self, data: &Data) -> Result<Engine, String> {
        let mut engine = self.parts.engine()?;
        engine
            .add_data(self.data_of(data))
            .map_err(|error| error.to_string())?;
        engine.set_execution_timer_config(timer());
        Ok(engine)
    }

    /// The data that the modules speak of; the rest stays unparsed.
    fn data_of(&self, data: &Data) -> Value {
        let modules = self.parts.modules.iter();
        let mentioned: BTreeSet<&str> = modules
            .flat_map(|module| mentioned(&module.source))
            .collect();
        Value::from(data.select(|path| mentioned.iter().any(|other| are_related(other, path))))
    }

    /// The facts that the modules name; `None` where one names its input otherwise.
    fn facts(&self) -> Option<BTreeSet<String>> {
        let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let named = |rest: &str| {
            let rest = rest.strip_prefix('.')?.strip_prefix(input::FACTS)?;
            let rest = rest.strip_prefix('.')?;
            let end = rest.find(|character| !is_part(character));
            let name = &rest[..end.unwrap_or(rest.len())];
            (!name.is_empty()).then(|| name.to_owned())
        };
        let sources = self.parts.modules.iter().map(|module| &module.source);
        let mentions = sources.flat_map(|source| source.split("input").skip(1));
        mentions.map(named).collect()
    }
}

impl Prepared {
    /// Fails where the machine's program cannot be made; the interpreter is asked for when it is needed.
    fn new(recipe: &Recipe, data: &Data) -> Result<Self, String> {
        let mut prepared = Self::default();
        if recipe.evaluator == Evaluator::Machine {
            prepared.machine = Some(Machine {
                program: recipe.program()?,
                data: recipe.data_of(data),
                ready: RefCell::default(),
            });
        }
        Ok(prepared)
    }
}

impl Machine {
    fn run(&self, input: &Input) -> Result<Value, String> {
        let ready = self.ready.take();
        let mut machine = ready.map_or_else(|| self.start(), Ok)?;
        machine.set_input(input.0.clone());
        let result = machine
            .execute_entry_point_by_index(0)
            .map_err(|error| error.to_string());
        if result.is_ok() {
            self.ready.replace(Some(machine));
        }
        result
    }

    fn start(&self) -> Result<RegoVM, String> {
        let mut machine = RegoVM::new();
        machine.load_program(Arc::clone(&self.program));
        machine
            .set_data(self.data.clone())
            .map_err(|error| error.to_string())?;
        machine.set_max_instructions(usize::MAX);
        machine.set_strict_builtin_errors(true);
        machine.set_execution_timer_config(Some(timer()));
        Ok(machine)
    }
}

/// Whether a module can be parsed; its place and the reason if not.
pub(super) fn check_syntax(module: &Module) -> Result<(), String> {
    add(&mut Engine::new(), &module.path, &module.source)
}

fn timer() -> ExecutionTimerConfig {
    ExecutionTimerConfig {
        limit: TIME_LIMIT,
        check_interval: NonZeroU32::new(1024).unwrap_or(NonZeroU32::MIN),
    }
}

fn is_fault(reason: &str) -> bool {
    let is_unknown = ["Unknown", "Not a builtin", "Undefined variable"]
        .iter()
        .any(|word| reason.contains(word));
    is_unknown
        && !["walk", "print"]
            .iter()
            .any(|name| reason.contains(&format!("{name}'")))
}

/// Runs one rule of some modules by the interpreter; used for tests of policies.
pub(super) struct Tester(Engine);

impl Tester {
    /// All modules with the data, tests included.
    pub(super) fn new(modules: &[Module], data: &Data) -> Result<Self, String> {
        let mut engine = Engine::new();
        engine.set_strict_builtin_errors(true);
        for module in modules {
            add(&mut engine, &module.path, &module.source)?;
        }
        engine
            .add_data(Value::from(data.select(|_| true)))
            .map_err(|error| error.to_string())?;
        engine.set_execution_timer_config(timer());
        Ok(Self(engine))
    }

    /// Whether the rule at a path is `true`; the error if it cannot be evaluated.
    pub(super) fn holds(&self, path: &str) -> Result<bool, String> {
        let mut engine = self.0.clone();
        let result = engine
            .eval_rule(path.to_owned())
            .map_err(|error| error.to_string())?;
        Ok(result == Value::Bool(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_looks_at_facts_alone_names_them() {
        let facts = |source: &str| {
            let module = Module {
                path: "a.rego".to_owned(),
                source: source.to_owned(),
            };
            let recipe = Recipe {
                rules: Vec::new(),
                parts: Parts {
                    rules: Vec::new(),
                    modules: vec![Arc::new(module)],
                },
                packed: None,
                evaluator: Evaluator::Machine,
            };
            recipe.facts()
        };
        let named = facts("some one in input.landfall.images\nother := input.landfall.azure[0]\n");
        let expected = ["azure", "images"].map(str::to_owned);
        assert_eq!(named, Some(BTreeSet::from(expected)));
        assert_eq!(facts("deny := set()\n"), Some(BTreeSet::new()));
        for whole in [
            "input.kind == input.landfall.images[0].name",
            "object.get(input, \"spec\", {})",
            "input.landfall",
            "input.landfall[name]",
            "input[\"landfall\"].images",
            "input.landfalls.images",
        ] {
            assert_eq!(facts(whole), None, "{whole}");
        }
    }
}
