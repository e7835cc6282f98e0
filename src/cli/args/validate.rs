//! `keyaki validate`

use super::{FailOnArgs, KindArg, ReadArgs, ReviewFormat};
use clap::Args;
use std::path::PathBuf;

/// `keyaki validate`
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// The documents, or folders of them (*.json), of any kinds (- is standard input). Of a template
    /// of CloudFormation, a plan or a state of Terraform every policy; FILE#ADDRESS is one of them.
    /// Templates in a folder are read, too
    #[arg(value_name = "FILE|DIR", required = true)]
    pub files: Vec<PathBuf>,
    /// What the documents are attached to. Without it, each document shows whether it is
    /// identity-based, resource-based or the trust policy of a role; no document shows more
    #[arg(long, short, value_enum)]
    pub kind: Option<KindArg>,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How to print the findings
    #[arg(long, short, value_enum, default_value_t)]
    pub format: ReviewFormat,
    /// What counts as found.
    #[command(flatten)]
    pub fail_on: FailOnArgs,
}
