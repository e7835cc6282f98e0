//! `keyaki can`

use super::{
    AsArgs, DecisionArgs, EngineArgs, Format, PolicyArgs, ProjectArgs, ReadArgs, ScopeArgs,
    ShapeArgs, VacuousArgs, ValuesArgs, WorkArgs,
};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `keyaki can`
#[derive(Debug, Args)]
pub struct CanArgs {
    /// The policies.
    #[command(flatten)]
    pub policies: PolicyArgs,
    /// One of an estate, in place of policies.
    #[command(flatten)]
    pub estate: AsArgs,
    /// The shape.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Accounts, and the way.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// The call, in place of a shape.
    #[command(flatten)]
    pub call: CallArgs,
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
    /// If the answer is no: name the statements and layers that stand in the way, each time with a
    /// request that nothing else refuses, and show a request that cannot exist but would be allowed.
    /// With --call: for each path, the first authorization that is refused whatever the others get
    #[arg(long)]
    pub why: bool,
    /// Over which values of parameters.
    #[command(flatten)]
    pub values: ValuesArgs,
    /// How it works.
    #[command(flatten)]
    pub work: WorkArgs,
    /// Questions, one JSON object on each line (- is standard input): {"id", "policies",
    /// "statement"}; a line may also have "account", "resourceAccount", "through",
    /// "unknownActions" and "unknownKeys"
    #[arg(long, value_name = "FILE", conflicts_with_all = ["PolicyArgs", "LayerArgs", "ShapeArgs", "estate"])]
    pub batch: Option<PathBuf>,
    /// How to print the answer; with --batch always json [default: human]
    #[arg(long, short, value_enum)]
    pub format: Option<Format>,
    /// What becomes of questions that say nothing.
    #[command(flatten)]
    pub vacuous: VacuousArgs,
}

/// An API call, which may need several authorizations.
#[derive(Debug, Args)]
pub struct CallArgs {
    /// Ask about an API call: every authorization that it needs, by any path (for example
    /// bedrock:InvokeModel, bedrock:Converse, s3:CopyObject). `list` shows the calls
    #[arg(long, value_name = "CALL", conflicts_with_all = ["batch", "estate", "values"])]
    pub call: Option<String>,
    /// How it is made.
    #[command(flatten)]
    pub way: CallWayArgs,
}

/// What is asked about a call by a caller whose policies are given.
#[derive(Debug, Args)]
pub struct CallWayArgs {
    /// Which calls.
    #[command(flatten)]
    pub which: WhichCallArgs,
    /// An identity-based policy of the role that the service uses for its part of the call
    #[arg(long, value_name = "FILE", requires = "call")]
    pub service_role: Vec<PathBuf>,
    /// Whether to ask about further paths once one is allowed
    #[arg(long, value_name = "WHICH", requires = "call")]
    pub paths: Option<PathsArg>,
}

/// Which calls of an API operation are asked about, and which operations there are.
#[derive(Debug, Args)]
pub struct WhichCallArgs {
    /// Only calls on these models (wildcards allowed). The same as --where 'Model=PATTERN'
    #[arg(long, value_name = "PATTERN", requires = "call")]
    pub model_like: Vec<String>,
    /// No calls on these models. The same as --where 'Model!=PATTERN'
    #[arg(long, value_name = "PATTERN", requires = "call")]
    pub model_not_like: Vec<String>,
    /// Only calls for which this holds: 'VARIABLE=PATTERN' or 'VARIABLE!=PATTERN'. --call list
    /// shows the variables; so are Path (a name or an id), Guardrail, Tier, Project, ProfileTag/KEY
    /// and Destination. `absent` means that there is none
    #[arg(long = "where", value_name = "FILTER", requires = "call")]
    pub filter: Vec<String>,
    /// Inference profiles, as `aws bedrock get-inference-profile` or `list-inference-profiles`
    /// prints them. Calls go through these profiles only, to the Regions of their models
    #[arg(long, value_name = "FILE", requires = "call")]
    pub profile: Vec<PathBuf>,
    /// More calls and geographies, in the form of calls.toml. A call replaces a known one of the
    /// same name
    #[arg(long, value_name = "FILE", requires = "call")]
    pub calls: Vec<PathBuf>,
}

/// Which paths of a call are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PathsArg {
    /// One after the other, until one is allowed
    First,
    /// Every path, with a verdict of its own
    All,
}
