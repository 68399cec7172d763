//! What can be wrong with policies, and what to do then.

use std::path::PathBuf;

/// What can be wrong with policies. All but the last two are the fault of who wrote the policy.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// A module or data file cannot be read: usually a wrong path.
    #[error("cannot read the policies at `{}`: {reason}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the operating system says.
        reason: String,
    },
    /// A folder without a module: usually a wrong path.
    #[error("no Rego module at `{}`", path.display())]
    NoModules {
        /// The folder.
        path: PathBuf,
    },
    /// Folders in which no module is a rule: what they say would go unheard.
    #[error("no rule at `{}`: no module there is in a package below `landfall.rules`", path.display())]
    NoRules {
        /// The first of the folders.
        path: PathBuf,
    },
    /// A data file that is no mapping.
    #[error("{}:{line}: the data file {reason}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is the matter.
        reason: String,
    },
    /// A user's data that does not fit the bundled table it is laid over.
    #[error("the data at `{table}` does not fit: {reason}")]
    Table {
        /// The table's path below `data`.
        table: String,
        /// What is the matter.
        reason: String,
    },
    /// METADATA that breaks the contract.
    #[error("{path}:{line}: METADATA: {reason}")]
    Annotation {
        /// The module.
        path: String,
        /// Line, from 1.
        line: usize,
        /// What is the matter.
        reason: String,
    },
    /// A module in a rule's package that is no rule.
    #[error("{path}:1: a rule without METADATA")]
    NoAnnotation {
        /// The module.
        path: String,
    },
    /// Two rules of one id.
    #[error("{path}: the rule id `{id}` is taken by {first}")]
    Duplicate {
        /// The id.
        id: String,
        /// The second module.
        path: String,
        /// The first module.
        first: String,
    },
    /// A control that no framework has.
    #[error("{path}:{line}: the control `{control}` is in no framework")]
    UnknownControl {
        /// The module.
        path: String,
        /// Line, from 1.
        line: usize,
        /// The control.
        control: String,
    },
    /// A module that is no Rego.
    #[error("{reason}")]
    Module {
        /// What the parser says, with its place.
        reason: String,
    },
    /// A rule that does not exist.
    #[error("there is no rule `{name}`")]
    UnknownRule {
        /// What was asked for.
        name: String,
        /// Rules with a similar id.
        similar: Vec<String>,
    },
    /// A family that does not exist.
    #[error("there is no family `{name}`")]
    UnknownFamily {
        /// What was asked for.
        name: String,
        /// All families.
        known: Vec<String>,
    },
}

impl PolicyError {
    /// The error of a table that does not parse.
    pub(crate) fn table(table: &str, error: &serde_json::Error) -> Self {
        Self::Table {
            table: table.to_owned(),
            reason: error.to_string(),
        }
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Unreadable { .. } | Self::NoModules { .. } => {
                "name a folder with `.rego` files, or a data file".to_owned()
            }
            Self::Table { .. } => "write it as the bundled table has it".to_owned(),
            Self::Data { .. } => {
                "write a mapping, as in `settings: {registries: [...]}`".to_owned()
            }
            Self::Annotation { .. } | Self::NoAnnotation { .. } | Self::NoRules { .. } => {
                "compare with a bundled rule's METADATA: `landfall explain image-tag`".to_owned()
            }
            Self::Duplicate { .. } => "give the rule another id".to_owned(),
            Self::UnknownControl { .. } => {
                "use a control of a bundled framework, or add yours with --data".to_owned()
            }
            Self::Module { .. } => "check the module with `opa check --strict`".to_owned(),
            Self::UnknownRule { similar, .. } if similar.is_empty() => {
                "`landfall rules` lists them".to_owned()
            }
            Self::UnknownRule { similar, .. } => format!("similar: {}", similar.join(", ")),
            Self::UnknownFamily { known, .. } => format!("there are {}", known.join(", ")),
        }
    }
}
