//! Runs the tests of policies, as `opa test` does.

use std::path::PathBuf;

use super::bundle::Bundle;
use super::engine::{Module, Tester};
use super::error::PolicyError;
use super::files::read_modules;

/// How one test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestResult {
    /// The module.
    pub path: String,
    /// `package.test_name`.
    pub name: String,
    /// Whether it holds; the reason if not.
    pub outcome: Result<(), String>,
}

/// Runs every rule whose name begins with `test_` in the modules below some paths, together with
/// the bundled libraries and data. A test that is undefined has failed: regorus leaves it out of
/// its package, so the names are taken from the source.
///
/// # Errors
///
/// When a module cannot be read or parsed.
pub fn run_tests(paths: &[PathBuf], bundle: &Bundle) -> Result<Vec<TestResult>, PolicyError> {
    let mut modules: Vec<Module> = Vec::new();
    for path in paths {
        modules.extend(read_modules(path)?);
    }
    let declared: Vec<String> = modules
        .iter()
        .filter_map(|module| module.package().map(str::to_owned))
        .collect();
    let missing = |module: &&Module| {
        module
            .package()
            .is_none_or(|package| !declared.iter().any(|one| one == package))
    };
    let libraries: Vec<Module> = bundle.libraries().filter(missing).cloned().collect();
    modules.extend(libraries);
    let tester =
        Tester::new(&modules, bundle.data()).map_err(|reason| PolicyError::Module { reason })?;
    Ok(modules
        .iter()
        .flat_map(|module| run_module(&tester, module))
        .collect())
}

fn run_module(tester: &Tester, module: &Module) -> Vec<TestResult> {
    let Some(package) = module.package() else {
        return Vec::new();
    };
    let mut names: Vec<&str> = module.source.lines().filter_map(test_name).collect();
    names.dedup();
    let run = |name: &str| {
        let outcome = match tester.holds(&format!("data.{package}.{name}")) {
            Ok(true) => Ok(()),
            Ok(false) => Err("is not true".to_owned()),
            Err(reason) => Err(reason),
        };
        TestResult {
            path: module.path.clone(),
            name: format!("{package}.{name}"),
            outcome,
        }
    };
    names.into_iter().map(run).collect()
}

/// The name of the test that a line of source begins.
fn test_name(line: &str) -> Option<&str> {
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    line.starts_with("test_")
        .then(|| line.split(|character| !is_name(character)).next())
        .flatten()
}
