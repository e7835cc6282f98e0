//! Policies: where they stand, and how they are read.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How documents are read.
#[derive(Debug, Clone, Copy, Args)]
pub struct ReadArgs {
    /// Accept duplicate members, as old documents may have them: the last Effect counts, and the
    /// values of Action and Resource are merged
    #[arg(long)]
    pub legacy_duplicates: bool,
    /// Take place-holders that people left in the policies, such as REPLACE_ME or ${AWS::Region}, for
    /// texts that nobody knows yet, and answer for every value. --parameter gives a value
    #[arg(long)]
    pub placeholders: bool,
}

/// How policies decide.
#[derive(Debug, Clone, Copy, Args)]
pub struct DecisionArgs {
    /// A Deny with NotPrincipal exempts a caller only if every level is listed: the session, its
    /// role and the account
    #[arg(long)]
    pub strict_not_principal: bool,
}

/// The policies that apply.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// Identity-based policies. A file may also hold a set, as for --policies
    #[arg(value_name = "POLICY")]
    pub files: Vec<PathBuf>,
    /// Another identity-based policy
    #[arg(long, value_name = "FILE")]
    pub identity: Vec<PathBuf>,
    /// All policies that apply, in one JSON file: {"identity": [...], "boundary": ..., "session":
    /// [...], "resource": ..., "scp": [[...]], "rcp": [[...]], "endpoint": [...]}
    #[arg(long, value_name = "FILE")]
    pub policies: Option<PathBuf>,
    /// The other layers.
    #[command(flatten)]
    pub layers: LayerArgs,
}

impl PolicyArgs {
    /// Every file that is named.
    pub fn all(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.iter().chain(&self.identity).chain(&self.policies).chain(self.layers.all())
    }
}

/// The policies of the other layers.
#[derive(Debug, Args)]
pub struct LayerArgs {
    /// The permissions boundary
    #[arg(long, value_name = "FILE")]
    pub boundary: Option<PathBuf>,
    /// A session policy
    #[arg(long, value_name = "FILE")]
    pub session: Vec<PathBuf>,
    /// The resource-based policy: a bucket policy, a key policy, a role trust policy
    #[arg(long, value_name = "FILE")]
    pub resource_policy: Option<PathBuf>,
    /// The service control policies of one level: a file, several files with commas between them,
    /// or a folder (*.json). Repeat the flag for each level, from the root of the organization down
    #[arg(long, value_name = "FILE,...|DIR")]
    pub scp: Vec<PathBuf>,
    /// The resource control policies of one level, in the same way
    #[arg(long, value_name = "FILE,...|DIR")]
    pub rcp: Vec<PathBuf>,
    /// A VPC endpoint policy
    #[arg(long, value_name = "FILE")]
    pub endpoint: Vec<PathBuf>,
}

impl LayerArgs {
    /// Every file that is named.
    pub fn all(&self) -> impl Iterator<Item = &PathBuf> {
        let LayerArgs { boundary, session, resource_policy, scp, rcp, endpoint } = self;
        boundary.iter().chain(session).chain(resource_policy).chain(scp).chain(rcp).chain(endpoint)
    }
}

/// What the documents of a comparison are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PairKind {
    /// Identity-based policies.
    Identity,
    /// Resource-based policies, role trust policies among them.
    Resource,
}

/// What a document is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// An identity-based policy.
    Identity,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// A role trust policy.
    Trust,
    /// Any other resource-based policy.
    Resource,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// A VPC endpoint policy.
    Endpoint,
}
