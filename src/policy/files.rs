//! A user's folders of modules and files of data.

use std::path::Path;

use serde_json::Value;
use walkdir::WalkDir;

use super::engine::Module;
use super::error::PolicyError;

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
