//! landfall.

pub mod cli;
pub mod command;
pub mod config;
mod facts;
pub mod model;
mod network;
pub mod output;
pub mod policy;
pub mod render;
pub mod scan;
mod shell;
pub mod source;
