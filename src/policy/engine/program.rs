//! Modules of Rego to programs of regorus' register machine. The build uses it too: it makes the programs
//! of the rules that run unless somebody chooses, so that a run only loads them.

use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::program::{DeserializationResult, Program};
use regorus::{Engine, Rc};

/// The package and rule that collect what the rules of a program say.
pub(crate) const ENTRY: &str = "data.landfall.entry.findings";

/// A module of Rego.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    /// Its path, for messages.
    pub path: String,
    /// Its source.
    pub source: String,
}

impl Module {
    /// The package that it declares.
    pub(crate) fn package(&self) -> Option<&str> {
        let mut lines = self.source.lines();
        let line = lines.find_map(|line| line.strip_prefix("package "))?;
        line.split(['#', ' ']).next().map(str::trim)
    }
}

/// What one program is made of.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// Id and package of each rule, in the order of the verdicts.
    pub rules: Vec<(String, String)>,
    /// Their modules, and the libraries.
    pub modules: Vec<Arc<Module>>,
}

impl Parts {
    /// The rules' modules with those of the libraries that they need.
    pub(crate) fn new(
        rules: Vec<(String, String)>,
        mut open: Vec<Arc<Module>>,
        libraries: &[Arc<Module>],
    ) -> Self {
        let libraries = libraries.iter();
        let libraries: Vec<(&str, &Arc<Module>)> = libraries
            .filter_map(|library| Some((library.package()?, library)))
            .collect();
        let mut modules: Vec<Arc<Module>> = Vec::new();
        while let Some(module) = open.pop() {
            if modules.iter().any(|known| Arc::ptr_eq(known, &module)) {
                continue;
            }
            let paths: Vec<&str> = mentioned(&module.source).collect();
            let is_imported = |package: &str| paths.iter().any(|path| are_related(path, package));
            let imported = libraries.iter().filter(|(package, _)| is_imported(package));
            open.extend(imported.map(|(_, library)| Arc::clone(library)));
            modules.push(module);
        }
        Self { rules, modules }
    }

    /// What tells the program from others: the rules and the modules, since a user may add to a library.
    pub(crate) fn name(&self) -> String {
        let ids = self.rules.iter().map(|(id, _)| id.as_str());
        let paths = self.modules.iter().map(|module| module.path.as_str());
        ids.chain(paths).collect::<Vec<_>>().join(" ")
    }

    /// An interpreter that knows the modules; their place and the reason if one is no Rego.
    pub(crate) fn engine(&self) -> Result<Engine, String> {
        let mut engine = Engine::new();
        engine.set_strict_builtin_errors(true);
        for module in &self.modules {
            add(&mut engine, &module.path, &module.source)?;
        }
        add(&mut engine, "entry", &self.entry())?;
        Ok(engine)
    }

    /// The module that collects what the rules say, by rule id.
    fn entry(&self) -> String {
        let pairs = self
            .rules
            .iter()
            .map(|(id, package)| format!("\"{id}\": data.{package}.deny"));
        let pairs: Vec<String> = pairs.collect();
        format!(
            "package landfall.entry\n\nfindings := {{{}}}\n",
            pairs.join(",\n")
        )
    }
}

/// The program of an interpreter's modules; the place and the reason if the compiler refuses one.
pub(crate) fn compile(engine: &mut Engine) -> Result<Arc<Program>, String> {
    let entry: Rc<str> = ENTRY.into();
    let policy = engine
        .compile_with_entrypoint(&entry)
        .map_err(|error| placed(&error.to_string()))?;
    Compiler::compile_from_policy(&policy, &[ENTRY]).map_err(|error| placed(&error.to_string()))
}

/// A program as the build keeps it, without the sources, which only messages would show.
#[allow(dead_code, reason = "the build alone packs")]
pub(crate) fn pack(program: &Program) -> Result<Vec<u8>, String> {
    let mut program = program.clone();
    program.sources.clear();
    program.serialize_binary()
}

/// The program that was packed; `None` for what another version of regorus made.
#[allow(dead_code, reason = "a run alone unpacks")]
pub(crate) fn unpack(packed: &[u8]) -> Option<Arc<Program>> {
    match Program::deserialize_binary(packed) {
        Ok(DeserializationResult::Complete(program)) => Some(Arc::new(program)),
        _ => None,
    }
}

/// Adds a module to an interpreter; the place and the reason if it is no Rego.
pub(crate) fn add(engine: &mut Engine, path: &str, source: &str) -> Result<(), String> {
    engine
        .add_policy(path.to_owned(), source.to_owned())
        .map(|_| ())
        .map_err(|error| placed(&error.to_string()))
}

/// What a module speaks of under `data`, as dotted paths.
pub(crate) fn mentioned(source: &str) -> impl Iterator<Item = &str> {
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
pub(crate) fn are_related(left: &str, right: &str) -> bool {
    let lies_in = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    lies_in(left, right) || lies_in(right, left)
}

/// regorus draws the source around an error; the last line says what is wrong.
pub(crate) fn last_line(error: &str) -> String {
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
