//! `keyaki lint`

use super::{
    BaselineArgs, EngineArgs, FailOnArgs, KindArg, ProjectArgs, ReadArgs, ReviewFormat, WorkArgs,
};
use clap::Args;
use keyaki_questions::lint;
use std::path::PathBuf;

/// `keyaki lint`
#[derive(Debug, Args)]
pub struct LintArgs {
    /// The policies, or folders of them (*.json), of any kinds (- is standard input). Of a template
    /// of CloudFormation, a plan or a state of Terraform every policy; FILE#ADDRESS is one of them.
    /// Templates in a folder are read, too
    #[arg(value_name = "POLICY|DIR", required_unless_present = "explain")]
    pub files: Vec<PathBuf>,
    /// What they are attached to. Without it, each document shows whether it is identity-based,
    /// resource-based or the trust policy of a role; no document shows more
    #[arg(long, short, value_enum)]
    pub kind: Option<KindArg>,
    /// Apply this rule only; repeat the flag for several rules
    #[arg(long, value_name = "NAME")]
    pub rule: Vec<String>,
    /// Explain a rule: what it finds, why that matters, and how it is decided. `all` lists the
    /// rules
    #[arg(long, value_name = "RULE", conflicts_with_all = ["files", "rule"])]
    pub explain: Option<String>,
    /// The account of the principals that the policies are attached to
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// The identity-based policies belong to one principal: also find a Deny that takes nothing
    /// away
    #[arg(long)]
    pub together: bool,
    /// The project's file.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// The engine.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// Number of queries that one policy may take. What is left after that is undecided
    #[arg(long, value_name = "COUNT", default_value_t = lint::MOST_QUERIES)]
    pub most_queries: usize,
    /// How it works.
    #[command(flatten)]
    pub work: WorkArgs,
    /// How to print the findings
    #[arg(long, short, value_enum, default_value_t)]
    pub format: ReviewFormat,
    /// What counts as found.
    #[command(flatten)]
    pub fail_on: FailOnArgs,
    /// What was found before.
    #[command(flatten)]
    pub baseline: BaselineArgs,
}
