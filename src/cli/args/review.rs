//! `keyaki review`

use super::{
    BaselineArgs, DecisionArgs, EngineArgs, FailOnArgs, ProjectArgs, ReadArgs, ReviewFormat,
    VacuousArgs, WorkArgs,
};
use clap::Args;
use std::path::PathBuf;

/// `keyaki review`
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// What there was: a folder, a policy, a template, a plan or an estate
    #[arg(value_name = "BASE", required_unless_present = "git")]
    pub base: Option<PathBuf>,
    /// What there is now, of the same sort. Alone, with --git: what is compared with the revision
    #[arg(value_name = "HEAD")]
    pub head: Option<PathBuf>,
    /// What there was is what BASE was in this revision of its Git repository
    #[arg(long, value_name = "REV", conflicts_with = "head")]
    pub git: Option<String>,
    /// The managed policies of AWS, which templates, plans and estates name and do not have
    #[arg(long, value_name = "FILE")]
    pub managed: Option<PathBuf>,
    /// Claims about the new side (a file, or a folder of *.toml). Where the old side has the same
    /// file, it is told which of them the change breaks
    #[arg(long, value_name = "FILE|DIR")]
    pub claims: Vec<PathBuf>,
    /// The project's file.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How policies decide.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The engine.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// How it works.
    #[command(flatten)]
    pub work: WorkArgs,
    /// How to print the answer
    #[arg(long, short, value_enum, default_value_t)]
    pub format: ReviewFormat,
    /// What counts as found.
    #[command(flatten)]
    pub fail_on: FailOnArgs,
    /// What was found before.
    #[command(flatten)]
    pub baseline: BaselineArgs,
    /// What becomes of claims that say nothing.
    #[command(flatten)]
    pub vacuous: VacuousArgs,
}
