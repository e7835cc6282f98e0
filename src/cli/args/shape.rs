//! What a question is about.

use clap::{Args, ValueEnum};
use std::path::Path;

/// A request shape in the policy language.
#[derive(Debug, Default, Args)]
pub struct ShapeArgs {
    /// Only these actions (wildcards allowed)
    #[arg(long, short, value_name = "PATTERN")]
    pub action: Vec<String>,
    /// Not these actions
    #[arg(long, value_name = "PATTERN", conflicts_with = "action")]
    pub not_action: Vec<String>,
    /// Only these resources (wildcards and variables allowed)
    #[arg(long, short, value_name = "ARN")]
    pub resource: Vec<String>,
    /// Not these resources
    #[arg(long, value_name = "ARN", conflicts_with = "resource")]
    pub not_resource: Vec<String>,
    /// Only these callers: ARNs (wildcards allowed), accounts of 12 digits, service principals,
    /// anonymous, or *
    #[arg(long, short, value_name = "PRINCIPAL")]
    pub principal: Vec<String>,
    /// Not these callers
    #[arg(long, value_name = "PRINCIPAL")]
    pub not_principal: Vec<String>,
    /// Only requests for which this holds: 'OPERATOR KEY VALUE...'. Quote a value that has blanks
    #[arg(long, short, value_name = "CONDITION")]
    pub condition: Vec<String>,
    /// The shape as a statement: '{"Action": ..., "NotResource": ..., "Condition": {...}}', or
    /// @FILE
    #[arg(long, value_name = "JSON", conflicts_with_all = ["action", "not_action", "resource", "not_resource", "principal", "not_principal", "condition"])]
    pub statement: Option<String>,
}

impl ShapeArgs {
    /// The file that holds the shape, where one does.
    pub fn file(&self) -> Option<&Path> {
        self.statement.as_deref()?.strip_prefix('@').map(Path::new)
    }

    /// Whether there is none.
    pub fn is_absent(&self) -> bool {
        let Self {
            action,
            not_action,
            resource,
            not_resource,
            principal,
            not_principal,
            condition,
            statement,
        } = self;
        let lists =
            [action, not_action, resource, not_resource, principal, not_principal, condition];
        statement.is_none() && lists.into_iter().all(Vec::is_empty)
    }
}

/// What a question says of its requests beyond the policy language. Members of a batch line with
/// the same names go before.
#[derive(Debug, Args)]
pub struct ScopeArgs {
    /// Only requests of users, sessions and the root user of this account; repeat the flag for
    /// several accounts
    #[arg(long, value_name = "ID")]
    pub account: Vec<String>,
    /// Only requests on resources of this account; repeat the flag for several accounts
    #[arg(long, value_name = "ID")]
    pub resource_account: Vec<String>,
    /// Only requests that come through the VPC endpoint, only those that do not, or both. Without
    /// it: both for policies that are compared, else through it. It needs an endpoint policy;
    /// without one it changes nothing, and the answer says so
    #[arg(long, value_enum, value_name = "WAY")]
    pub through: Option<ThroughArg>,
}

/// By which way the requests come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThroughArg {
    /// Through the VPC endpoint.
    Endpoint,
    /// Not through it.
    Past,
    /// Either way.
    Both,
}
