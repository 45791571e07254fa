//! The program `otinish`.

use std::process::ExitCode;

fn main() -> ExitCode {
    otinish::cli::main()
}
