//! `keyaki validate`

use super::{Format, KindArg, ReadArgs};
use clap::Args;
use std::path::PathBuf;

/// `keyaki validate`
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// The documents (- is standard input)
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What the documents are attached to
    #[arg(long, short, value_enum, default_value = "identity")]
    pub kind: KindArg,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How to print the findings
    #[arg(long, short, value_enum, default_value_t)]
    pub format: Format,
}
