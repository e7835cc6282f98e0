//! `keyaki again`

use super::Format;
use clap::Args;
use std::path::PathBuf;

/// `keyaki again`
#[derive(Debug, Args)]
pub struct AgainArgs {
    /// Answers, as `--format json` and `--batch` print them (- is standard input). Paths in them
    /// count from the current folder
    #[arg(value_name = "ANSWER")]
    pub file: PathBuf,
    /// Compare the answers even if policies, or something else in the question, changed since.
    /// Without this flag that ends with exit code 2
    #[arg(long)]
    pub changed: bool,
    /// How to print the comparison
    #[arg(long, short, value_enum, default_value_t)]
    pub format: Format,
}
