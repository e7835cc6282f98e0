//! `keyaki who-can`

use super::{
    DecisionArgs, EngineArgs, EstateArgs, Format, ProjectArgs, ReadArgs, ShapeArgs, VacuousArgs,
    WhichCallArgs, WorkArgs,
};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `keyaki who-can`
#[derive(Debug, Args)]
pub struct WhoCanArgs {
    /// The estate.
    #[command(flatten)]
    pub estate: EstateArgs,
    /// The shape.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Ask about an API call in place of a request: who gets every authorization that it needs, by
    /// any path (for example bedrock:InvokeModel, s3:CopyObject). What a service role needs is not
    /// asked; `keyaki can --call list` shows the calls
    #[arg(long, value_name = "CALL", conflicts_with = "questions")]
    pub call: Option<String>,
    /// Which calls.
    #[command(flatten)]
    pub which: WhichCallArgs,
    /// Only requests of users, sessions and the root user of this account; repeat the flag for
    /// several accounts
    #[arg(long, value_name = "ID")]
    pub account: Vec<String>,
    /// Only requests on resources of this account; repeat the flag for several accounts
    #[arg(long, value_name = "ID")]
    pub resource_account: Vec<String>,
    /// Several questions, one JSON object on each line (- is standard input): {"id", "statement"}.
    /// The estate is read once
    #[arg(long, value_name = "FILE", conflicts_with = "ShapeArgs")]
    pub questions: Option<PathBuf>,
    /// What a line of the answer is about: somebody, or a resource of the estate with everybody who
    /// can there
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub by: ByArg,
    /// Tell of those, too, who cannot
    #[arg(long)]
    pub all: bool,
    /// Tell of each role that can who reaches it by assuming one role after the other
    #[arg(long)]
    pub through_roles: bool,
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
    pub format: Format,
    /// What becomes of questions that say nothing.
    #[command(flatten)]
    pub vacuous: VacuousArgs,
}

/// What a line of an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ByArg {
    /// Somebody who can
    #[default]
    Principal,
    /// A resource of the estate
    Resource,
}
