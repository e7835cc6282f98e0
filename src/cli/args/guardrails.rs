//! `keyaki guardrails`

use super::{DecisionArgs, EngineArgs, Format, PolicyArgs, ProjectArgs, ReadArgs, ScopeArgs};
use clap::Args;
use std::path::PathBuf;

/// `keyaki guardrails`
#[derive(Debug, Args)]
pub struct GuardrailsArgs {
    /// The effective policy, as `aws organizations describe-effective-policy --policy-type
    /// BEDROCK_POLICY` prints it (- is standard input)
    #[arg(value_name = "EFFECTIVE")]
    pub effective: PathBuf,
    /// The policies of the principal.
    #[command(flatten)]
    pub policies: PolicyArgs,
    /// The resource-based policy of the guardrail. Without one, no other account may apply the
    /// guardrail
    #[arg(long, value_name = "FILE")]
    pub guardrail_policy: Option<PathBuf>,
    /// Whom the questions are about.
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
    /// How to print the answer
    #[arg(long, short, value_enum, default_value_t)]
    pub format: Format,
}
