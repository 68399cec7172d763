//! Policies: reads, checks, chooses and evaluates rules. Knows Rego and the data that rules read;
//! knows nothing of files' places or of how findings are shown.

mod annotation;
mod bundle;
mod catalogue;
mod control;
mod engine;
mod error;
mod files;
mod selection;
mod testing;

pub use bundle::{Bundle, Example};
pub use catalogue::{
    Compatibility, Counterpart, Effort, Origin, Service, Signals, services, signals,
};
pub use engine::{Evaluator, Input, Verdict};
pub use error::PolicyError;
pub use selection::Selection;
pub use testing::{TestResult, run_tests};

pub(crate) use engine::Unit;
