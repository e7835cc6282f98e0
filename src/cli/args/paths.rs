//! `keyaki paths`

use super::{
    DecisionArgs, EngineArgs, EstateArgs, Format, ProjectArgs, ReadArgs, ShapeArgs, VacuousArgs,
    WorkArgs,
};
use clap::Args;

/// `keyaki paths`
#[derive(Debug, Args)]
pub struct PathsArgs {
    /// The estate.
    #[command(flatten)]
    pub estate: EstateArgs,
    /// From whom: the ARN of a user, a role or a root user; an account whose principals are not
    /// known; or anyAccount, services, identities, anonymous
    #[arg(long, value_name = "WHO")]
    pub from: String,
    /// To the role with this ARN
    #[arg(long, value_name = "ARN", conflicts_with_all = ["to_action", "ShapeArgs"])]
    pub to: Option<String>,
    /// To a request with this action (wildcards allowed); -r, -c and the others say more about it.
    /// Or the whole shape as a statement: '{"Action": ..., "Resource": ...}', or @FILE
    #[arg(long, value_name = "SHAPE", conflicts_with_all = ["action", "not_action", "statement"])]
    pub to_action: Vec<String>,
    /// The shape of the request at the end.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Every chain, the shortest first, and not only the shortest. None comes back to a role, but
    /// for tags, MFA or a source identity that it could not have before
    #[arg(long = "all", id = "all_chains")]
    pub all: bool,
    /// The most chains that are told
    #[arg(long, value_name = "N", default_value_t = 100, requires = "all_chains", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
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

impl PathsArgs {
    /// The shape of the request at the end, as one set of flags; its actions may stand in a flag of
    /// their own, which may hold all of it.
    pub fn shape(&mut self) -> &ShapeArgs {
        match &self.to_action[..] {
            [whole] if whole.trim_start().starts_with(['{', '@']) => {
                self.shape.statement = Some(whole.clone());
            }
            actions => self.shape.action.extend(actions.iter().cloned()),
        }
        self.to_action.clear();
        &self.shape
    }
}
