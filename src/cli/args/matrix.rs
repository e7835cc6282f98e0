//! `keyaki matrix`

use super::{EngineArgs, Format, PairKind, ReadArgs, WorkArgs};
use clap::Args;
use std::path::PathBuf;

/// `keyaki matrix`
#[derive(Debug, Args)]
pub struct MatrixArgs {
    /// The library: folders of documents (*.json), documents, and files with one JSON object on
    /// each line (*.jsonl; - is standard input): {"id", "policy"}
    #[arg(value_name = "DIR|FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What the documents are
    #[arg(long, short, value_enum, default_value = "identity")]
    pub kind: PairKind,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// The engine.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// How it works.
    #[command(flatten)]
    pub work: WorkArgs,
    /// How to print the answer
    #[arg(long, short, value_enum, default_value_t)]
    pub format: Format,
}
