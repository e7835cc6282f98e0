//! Which requests are considered, and how a question is decided.

use super::super::engines;
use super::AnswerArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// How a question is decided.
#[derive(Debug, Args)]
pub struct EngineArgs {
    /// Which requests are considered
    #[arg(long, value_enum, default_value_t)]
    pub requests: RequestsArg,
    /// What exists.
    #[command(flatten)]
    pub world: WorldArgs,
    /// Who decides.
    #[command(flatten)]
    pub solver: SolverArgs,
    /// How it is answered.
    #[command(flatten)]
    pub answer: AnswerArgs,
}

/// Who decides a question, and how long that may take.
#[derive(Debug, Args)]
pub struct SolverArgs {
    /// Who decides: auto (requests that stand in the texts, if the evaluator confirms one, then
    /// finite, then z3 for what is left, if it is installed), finite, z3
    /// (through the program keyaki-z3), z3-finite (finite with Z3 as its propositional solver),
    /// smtlib:COMMAND (any SMT-LIB 2.6 solver on a pipe), or cross-check (z3 and every other engine
    /// there is)
    #[arg(long, value_name = "ENGINE", default_value = "auto")]
    pub engine: String,
    /// Seconds that one query may take. After that the answer is unknown
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = engines::timeout, allow_hyphen_values = true)]
    pub timeout: Duration,
    /// Show on standard error what each engine did, and how long it took
    #[arg(long)]
    pub stats: bool,
}

/// Which requests are considered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum RequestsArg {
    /// Requests that can exist.
    #[default]
    Feasible,
    /// Every string is an action and a resource. Only types count.
    Any,
}

/// What is taken to exist, where the requests considered are those that can exist.
#[derive(Debug, Args)]
pub struct WorldArgs {
    /// Do not assume this model choice, for example F24; `all` is every choice. An answer of "no"
    /// names the choices that it rests on
    #[arg(long, value_name = "CHOICE")]
    pub no_assume: Vec<String>,
    /// Assume this model choice, although --no-assume all is given
    #[arg(long, value_name = "CHOICE")]
    pub assume: Vec<String>,
    /// Also consider actions of known services that the catalogue does not list, such as actions
    /// that AWS may add. A question may then name services as callers and Regions that nobody knows,
    /// too
    #[arg(long)]
    pub unknown_actions: bool,
    /// Also consider condition keys that neither Keyaki nor the catalogue knows, such as misspelled
    /// keys and keys that AWS may add
    #[arg(long)]
    pub unknown_keys: bool,
    /// Ask in this partition only, for example aws-cn; repeat the flag for several. Without it, the
    /// partitions are those that the policies and the question name, or aws
    #[arg(long, value_name = "PARTITION", value_delimiter = ',')]
    pub partition: Vec<String>,
    /// Use this service catalogue in place of the one that Keyaki carries
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
}

/// The project's file.
#[derive(Debug, Args)]
pub struct ProjectArgs {
    /// Ignore keyaki.toml. It is looked for in the current folder and, in a git repository, in the
    /// folders above it
    #[arg(long)]
    pub no_project: bool,
}
