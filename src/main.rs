//! The `keyaki` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    keyaki::cli::main()
}
