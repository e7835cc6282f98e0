//! `keyaki check`

use super::{
    AnswerArgs, BaselineArgs, DecisionArgs, FailOnArgs, ProjectArgs, ReadArgs, ReviewFormat,
    SolverArgs, VacuousArgs, WorkArgs, WorldArgs,
};
use clap::Args;
use std::path::PathBuf;

/// `keyaki check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Claims files, or folders of them (*.toml)
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The managed policies of AWS, for estates that name them and do not have them
    #[arg(long, value_name = "FILE")]
    pub managed: Option<PathBuf>,
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
    /// Who decides.
    #[command(flatten)]
    pub solver: SolverArgs,
    /// How it works.
    #[command(flatten)]
    pub work: WorkArgs,
    /// How to print the verdicts
    #[arg(long, short, value_enum, default_value_t)]
    pub format: ReviewFormat,
    /// What counts as found.
    #[command(flatten)]
    pub fail_on: FailOnArgs,
    /// What was found before.
    #[command(flatten)]
    pub baseline: BaselineArgs,
    /// What becomes of questions that say nothing.
    #[command(flatten)]
    pub vacuous: VacuousArgs,
}
