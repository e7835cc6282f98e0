//! `keyaki compare`

use super::{
    AsArgs, DecisionArgs, EngineArgs, Format, LayerArgs, PairKind, ProjectArgs, ReadArgs,
    ScopeArgs, ShapeArgs, VacuousArgs, ValuesArgs, WorkArgs,
};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `keyaki compare`
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The old policy
    #[arg(value_name = "OLD", required_unless_present = "batch")]
    pub old: Option<PathBuf>,
    /// The new policy
    #[arg(value_name = "NEW", required_unless_present = "batch")]
    pub new: Option<PathBuf>,
    /// Ask one direction only
    #[arg(long, value_enum)]
    pub only: Option<Only>,
    /// What OLD and NEW are, if they are single documents
    #[arg(long, short, value_enum, default_value = "identity")]
    pub kind: PairKind,
    /// Policies that stand beside both, old and new.
    #[command(flatten)]
    pub layers: LayerArgs,
    /// One of an estate, whose policies stand beside both.
    #[command(flatten)]
    pub estate: AsArgs,
    /// Only requests of this shape count.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Accounts, and the way.
    #[command(flatten)]
    pub scope: ScopeArgs,
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
    /// If one side allows something that the other does not: name the statements and layers that
    /// refuse it there. If it allows nothing more: show a request that cannot exist but that it would
    /// allow
    #[arg(long)]
    pub why: bool,
    /// Over which values of parameters.
    #[command(flatten)]
    pub values: ValuesArgs,
    /// How it works.
    #[command(flatten)]
    pub work: WorkArgs,
    /// Pairs, one JSON object on each line (- is standard input): {"id", "old", "new", "kind",
    /// "statement"}; a line may also have "account", "resourceAccount", "through",
    /// "unknownActions" and "unknownKeys"
    #[arg(long, value_name = "FILE", conflicts_with_all = ["old", "new", "kind", "LayerArgs", "ShapeArgs", "estate"])]
    pub batch: Option<PathBuf>,
    /// How to print the answer; with --batch always json [default: human]
    #[arg(long, short, value_enum)]
    pub format: Option<Format>,
    /// What becomes of questions that say nothing.
    #[command(flatten)]
    pub vacuous: VacuousArgs,
}

/// One direction of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Only {
    /// What NEW allows and OLD does not.
    Added,
    /// What OLD allows and NEW does not.
    Removed,
}
