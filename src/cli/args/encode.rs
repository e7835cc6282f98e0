//! `keyaki encode`

use super::{
    DecisionArgs, LayerArgs, Only, PairKind, PolicyArgs, ReadArgs, RequestsArg, ScopeArgs,
    ShapeArgs, WorldArgs,
};
use clap::Subcommand;
use std::path::PathBuf;

/// `keyaki encode`
#[derive(Debug, Subcommand)]
pub enum EncodeCommand {
    /// The script of a `can` question
    Can {
        /// The policies.
        #[command(flatten)]
        policies: Box<PolicyArgs>,
        /// The shape.
        #[command(flatten)]
        shape: ShapeArgs,
        /// Accounts, and the way.
        #[command(flatten)]
        scope: ScopeArgs,
        /// How documents are read.
        #[command(flatten)]
        read: ReadArgs,
        /// How policies decide.
        #[command(flatten)]
        decision: DecisionArgs,
        /// Which requests are considered
        #[arg(long, value_enum, default_value_t)]
        requests: RequestsArg,
        /// What exists.
        #[command(flatten)]
        world: WorldArgs,
    },
    /// The script of one direction of a `compare` question
    Compare {
        /// The old policy
        old: PathBuf,
        /// The new policy
        new: PathBuf,
        /// What OLD and NEW are, if they are single documents
        #[arg(long, short, value_enum, default_value = "identity")]
        kind: PairKind,
        /// Policies that stand beside both, old and new.
        #[command(flatten)]
        layers: LayerArgs,
        /// Only requests of this shape count.
        #[command(flatten)]
        shape: Box<ShapeArgs>,
        /// Accounts, and the way.
        #[command(flatten)]
        scope: ScopeArgs,
        /// Which direction
        #[arg(long, value_enum, default_value = "added")]
        only: Only,
        /// How documents are read.
        #[command(flatten)]
        read: ReadArgs,
        /// How policies decide.
        #[command(flatten)]
        decision: DecisionArgs,
        /// Which requests are considered
        #[arg(long, value_enum, default_value_t)]
        requests: RequestsArg,
        /// What exists.
        #[command(flatten)]
        world: WorldArgs,
    },
}
