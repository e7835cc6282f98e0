//! A concrete authorization request.

mod check;
mod principal;
mod read;
mod write;

pub use check::{Warning, check_request, is_placeholder_account};
pub use principal::{IDENTITY_PROVIDERS, PrincipalKind, is_origin_access_identity};
pub use read::{MISSING_MEMBER, ReadOutcome, UNKNOWN_MEMBER, read, read_value};

use crate::policy::ContextKey;
use std::collections::BTreeMap;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// An ARN (user, role session, federated-user session, root), a service principal such as
    /// `bedrock.amazonaws.com`, or `anonymous`.
    pub arn: String,
    /// For a role session whose role has a path: the ARN of the role.
    pub role_arn: Option<String>,
    /// For a federated-user session: the ARN of the IAM user that made it, where it is known.
    pub user_arn: Option<String>,
}

/// What a request carries for one context key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue {
    /// The value of a single-valued key.
    Single(String),
    /// The values of a multivalued key. An empty list means what an absent key means.
    List(Vec<String>),
}

/// One authorization: one principal, one action, one resource, and a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// `prefix:Name`, compared without case.
    pub action: String,
    /// An ARN of six colon-separated fields, or `*`.
    pub resource: String,
    /// The owner of the resource, where the request says so.
    pub resource_account: Option<String>,
    /// Whether the principal belongs to the organization's management account.
    pub principal_in_management_account: bool,
    /// The context: a key that is not here is absent.
    pub context: BTreeMap<ContextKey, ContextValue>,
}

impl Request {
    /// The account that owns the resource: `resource_account`; else the account field of the
    /// resource's ARN, unless that is empty or `aws`; else the principal's account. `None` when
    /// none of them says.
    pub fn owner(&self) -> Option<&str> {
        let field = || {
            arn_fields(&self.resource)
                .map(|fields| fields[4])
                .filter(|account| !matches!(*account, "" | "aws"))
        };
        self.resource_account.as_deref().or_else(field).or_else(|| self.principal.account())
    }
}

/// The six fields of an ARN: `text` split at its first five colons. `None` when it has fewer.
///
/// Only the number of fields is looked at; what they hold is the caller's business.
pub fn arn_fields(text: &str) -> Option<[&str; 6]> {
    let mut rest = text;
    // A field is short: to look at byte after byte takes less time than to search for a colon.
    let mut next = || {
        let colon = rest.bytes().position(|byte| byte == b':')?;
        let (field, after) = (rest.get(..colon)?, rest.get(colon + 1..)?);
        rest = after;
        Some(field)
    };
    Some([next()?, next()?, next()?, next()?, next()?, rest])
}
