//! `keyaki check`

use super::super::engines;
use super::{
    AnswerArgs, DecisionArgs, Format, ProjectArgs, ReadArgs, VacuousArgs, WorkArgs, WorldArgs,
};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

/// `keyaki check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Claims files, or folders of them (*.toml)
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How policies decide.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// Check only claims whose name contains this text
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// How it is answered.
    #[command(flatten)]
    pub answer: AnswerArgs,
    /// The project's file.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// What exists.
    #[command(flatten)]
    pub world: WorldArgs,
    /// Who decides: auto (finite, then z3 for what is left, if it is installed), finite, z3,
    /// z3-finite, smtlib:COMMAND, or cross-check
    #[arg(long, value_name = "ENGINE", default_value = "auto")]
    pub engine: String,
    /// Seconds that one query may take. After that the verdict is unknown
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = engines::timeout, allow_hyphen_values = true)]
    pub timeout: Duration,
    /// Show on standard error what each engine did, and how long it took
    #[arg(long)]
    pub stats: bool,
    /// How it works.
    #[command(flatten)]
    pub work: WorkArgs,
    /// How to print the verdicts
    #[arg(long, short, value_enum, default_value_t)]
    pub format: Format,
    /// What becomes of questions that say nothing.
    #[command(flatten)]
    pub vacuous: VacuousArgs,
}
