//! Rules to violations: this module alone knows regorus. `input` gives it objects, `violation` reads
//! what it gave.
//!
//! Rules that apply to the same resources and need the same things form a unit. A unit is one
//! program that each thread prepares when the first resource needs it there, and one evaluation of it
//! serves all its rules, so that what they share is computed once. When a unit fails on a resource, its
//! rules are run one by one, so that the others' violations stay and the culprit is named.
//!
//! Threads share no value of regorus: its values count who holds them, and cores that count the same
//! ones wait for each other (two of them for a quarter of the time).

mod input;
mod violation;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use regorus::rvm::program::Program;
use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, Rc, Value};
use thread_local::ThreadLocal;

use crate::model::{AppliesTo, Data, Need, Rule, Violation};
use violation::verdict;

pub use input::Input;

/// How long one evaluation may take. Bundled rules take well under a millisecond.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// The package and rule that collect what a unit's rules say.
const ENTRY: &str = "data.landfall.entry.findings";

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

/// A module of Rego.
#[derive(Clone, Debug)]
pub(super) struct Module {
    /// Its path, for messages.
    pub path: String,
    /// Its source.
    pub source: String,
}

/// What a unit is made of.
#[derive(Debug)]
pub(super) struct Recipe {
    /// The rules, which all apply to the same resources and need the same things.
    pub rules: Vec<Arc<Rule>>,
    /// Their modules, and the libraries.
    pub modules: Vec<Arc<Module>>,
    /// Who evaluates.
    pub evaluator: Evaluator,
}

/// Rules that are evaluated together.
pub(crate) struct Unit {
    recipe: Recipe,
    data: Arc<Data>,
    prepared: ThreadLocal<Result<Prepared, String>>,
    reads_objects: bool,
}

/// A unit that is ready to run on one thread.
struct Prepared {
    engine: Engine,
    machine: Option<Machine>,
}

/// A program with its data.
struct Machine {
    program: Arc<Program>,
    data: Value,
    /// What runs it, unless it failed the last time.
    ready: RefCell<Option<RegoVM>>,
}

/// What a rule gave, or why it could not be evaluated.
pub type Verdict = Result<Vec<Violation>, String>;

impl Unit {
    pub(super) fn new(recipe: Recipe, data: Arc<Data>) -> Self {
        let reads_objects = reads_objects(&recipe);
        Self {
            reads_objects,
            recipe,
            data,
            prepared: ThreadLocal::new(),
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

    /// Whether the unit looks at more of its input than the facts.
    pub(crate) fn reads_objects(&self) -> bool {
        self.reads_objects
    }

    /// Evaluates the unit's rules on one input: one verdict for each rule.
    pub(crate) fn evaluate(&self, input: &Input) -> Vec<Verdict> {
        let prepared = match self
            .prepared
            .get_or(|| Prepared::new(&self.recipe, &self.data))
        {
            Ok(prepared) => prepared,
            Err(error) => return self.rules().iter().map(|_| Err(error.clone())).collect(),
        };
        let together = match &prepared.machine {
            Some(machine) => machine.run(input),
            None => prepared.run_rule(ENTRY, input),
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
                .map(|rule| prepared.run_alone(rule, input))
                .collect(),
        }
    }

    /// Whether the unit's modules parse and name only functions and variables that exist; the
    /// reason if not. The interpreter notices the latter only when it gets there, the compiler at
    /// once; that the compiler knows no `with`, `walk` and `print` is no fault of the module.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut prepared = Prepared::new(&self.recipe, &self.data)?;
        match compile(&mut prepared.engine) {
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

impl Prepared {
    fn new(recipe: &Recipe, data: &Data) -> Result<Self, String> {
        let mut engine = Engine::new();
        engine.set_strict_builtin_errors(true);
        for module in &recipe.modules {
            add(&mut engine, &module.path, module.source.clone())?;
        }
        add(&mut engine, "entry", entry(&recipe.rules))?;
        let data = data_of(recipe, data);
        engine
            .add_data(data.clone())
            .map_err(|error| error.to_string())?;
        engine.set_execution_timer_config(timer());
        let machine = match recipe.evaluator {
            Evaluator::Interpreter => None,
            Evaluator::Machine => Some(Machine {
                program: compile(&mut engine)?,
                data,
                ready: RefCell::default(),
            }),
        };
        Ok(Self { engine, machine })
    }

    fn run_rule(&self, path: &str, input: &Input) -> Result<Value, String> {
        let mut engine = self.engine.clone();
        engine.set_input(input.0.clone());
        engine
            .eval_rule(path.to_owned())
            .map_err(|error| last_line(&error.to_string()))
    }

    fn run_alone(&self, rule: &Rule, input: &Input) -> Verdict {
        let found = self.run_rule(&format!("data.{}.deny", rule.package), input)?;
        verdict(Some(&found))
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
    add(&mut Engine::new(), &module.path, module.source.clone())
}

fn add(engine: &mut Engine, path: &str, source: String) -> Result<(), String> {
    engine
        .add_policy(path.to_owned(), source)
        .map(|_| ())
        .map_err(|error| placed(&error.to_string()))
}

/// The module that collects what the unit's rules say, by rule id.
fn entry(rules: &[Arc<Rule>]) -> String {
    let pairs: Vec<String> = rules
        .iter()
        .map(|rule| format!("\"{}\": data.{}.deny", rule.id, rule.package))
        .collect();
    format!(
        "package landfall.entry\n\nfindings := {{{}}}\n",
        pairs.join(",\n")
    )
}

/// The data that the unit's modules speak of; the rest stays unparsed.
fn data_of(recipe: &Recipe, data: &Data) -> Value {
    let mentioned: BTreeSet<&str> = recipe
        .modules
        .iter()
        .flat_map(|module| mentioned(&module.source))
        .collect();
    Value::from(data.select(|path| mentioned.iter().any(|other| are_related(other, path))))
}

/// Whether a module of a unit names its input otherwise than to look up a fact.
fn reads_objects(recipe: &Recipe) -> bool {
    let is_of_facts = |rest: &str| {
        let rest = rest
            .strip_prefix('.')
            .and_then(|rest| rest.strip_prefix(input::FACTS));
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    let mut sources = recipe.modules.iter().map(|module| &module.source);
    sources.any(|source| !source.split("input").skip(1).all(is_of_facts))
}

/// What a module speaks of under `data`, as dotted paths.
pub(super) fn mentioned(source: &str) -> impl Iterator<Item = &str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_.".contains(character);
    let path = move |rest: &'_ str| {
        rest.find(|character| !is_part(character))
            .unwrap_or(rest.len())
    };
    source
        .split("data.")
        .skip(1)
        .map(move |rest| rest[..path(rest)].trim_end_matches('.'))
}

/// Whether two dotted paths are the same, or one lies in the other.
pub(super) fn are_related(left: &str, right: &str) -> bool {
    let lies_in = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    lies_in(left, right) || lies_in(right, left)
}

fn timer() -> ExecutionTimerConfig {
    ExecutionTimerConfig {
        limit: TIME_LIMIT,
        check_interval: NonZeroU32::new(1024).unwrap_or(NonZeroU32::MIN),
    }
}

fn compile(engine: &mut Engine) -> Result<Arc<Program>, String> {
    let entry: Rc<str> = ENTRY.into();
    let policy = engine
        .compile_with_entrypoint(&entry)
        .map_err(|error| placed(&error.to_string()))?;
    Compiler::compile_from_policy(&policy, &[ENTRY]).map_err(|error| placed(&error.to_string()))
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

/// regorus draws the source around an error; the last line says what is wrong.
fn last_line(error: &str) -> String {
    let last = error
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or(error);
    last.trim().trim_start_matches("error: ").to_owned()
}

/// An error in a module as `path:line:column: reason`, without the drawing.
fn placed(error: &str) -> String {
    let place = error
        .lines()
        .find_map(|line| line.trim().strip_prefix("--> "));
    place.map_or_else(
        || last_line(error),
        |place| format!("{place}: {}", last_line(error)),
    )
}

/// Runs one rule of some modules by the interpreter; used for tests of policies.
pub(super) struct Tester(Engine);

impl Tester {
    /// All modules with the data, tests included.
    pub(super) fn new(modules: &[Module], data: &Data) -> Result<Self, String> {
        let mut engine = Engine::new();
        engine.set_strict_builtin_errors(true);
        for module in modules {
            add(&mut engine, &module.path, module.source.clone())?;
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
