//! Views of a report: each format in its own file, none computing what another needs too.

pub(crate) mod connections;
#[cfg(test)]
mod example;
pub mod json;
pub(crate) mod printable;
pub mod sarif;
pub(crate) mod suggestion;
pub mod text;
