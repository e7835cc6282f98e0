//! `keyaki eval`

use super::{DecisionArgs, Format, OneArgs, PolicyArgs, ReadArgs, WorkArgs};
use clap::Args;
use std::path::PathBuf;

/// `keyaki eval`
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// The policies.
    #[command(flatten)]
    pub policies: PolicyArgs,
    /// An estate, in place of policies: those that apply to the request are taken from it.
    #[command(flatten)]
    pub estate: OneArgs,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How policies decide.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The request, a JSON file (- is standard input): {"principal", "action", "resource"}, and
    /// where needed "resourceAccount", "principalInManagementAccount" and "context". --example
    /// prints one
    #[arg(long, value_name = "FILE", required_unless_present_any = ["batch", "example"])]
    pub request: Option<PathBuf>,
    /// Print a request file, to be edited and given to --request
    #[arg(long, conflicts_with_all = ["request", "batch", "PolicyArgs", "LayerArgs", "estate"])]
    pub example: bool,
    /// How it works.
    #[command(flatten)]
    pub work: WorkArgs,
    /// Cases, one JSON object on each line (- is standard input): {"id", "policies", "request"}
    #[arg(long, value_name = "FILE", conflicts_with_all = ["request", "PolicyArgs", "LayerArgs", "estate"])]
    pub batch: Option<PathBuf>,
    /// How to print the answer; with --batch always json [default: human]
    #[arg(long, short, value_enum)]
    pub format: Option<Format>,
}
