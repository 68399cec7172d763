//! Parses, runs and exits.

use std::process::ExitCode;

fn main() -> ExitCode {
    landfall::command::main()
}
