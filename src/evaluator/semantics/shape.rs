//! Whether a request has the shape that a question is about.

use super::asked::{Asked, Caller};
use super::glob::{self, Case};
use keyaki_iam::policy::Kind;
use keyaki_iam::request::{PrincipalKind, Request, arn_fields};
use keyaki_iam::shape::{CallerPattern, Scope, Shape};
use std::borrow::Cow;

/// Whether the request has the shape: the statement matches it as one of an identity-based policy
/// would, its caller is one of the shape's principals, where the shape names any, and none of those
/// that it excludes; caller and resource are of the accounts that the shape names. By which way the
/// request came is not the shape's: see `query`, which knows whether there is an endpoint policy.
pub fn matches_shape(shape: &Shape, request: &Request) -> bool {
    Asked::about(request).has_shape(shape)
}

impl Asked<'_> {
    /// As [`matches_shape`].
    pub fn has_shape(&self, shape: &Shape) -> bool {
        let one_of =
            |patterns: &[CallerPattern]| patterns.iter().any(|pattern| self.is_caller(pattern));
        let Scope { accounts, resource_accounts, through: _, own: _, management } = &shape.scope;
        let among = |accounts: &[String], account: Option<&str>| {
            accounts.is_empty()
                || account.is_some_and(|account| accounts.iter().any(|one| one == account))
        };
        self.meets(&shape.statement, Kind::Identity)
            && shape.principals.as_deref().is_none_or(one_of)
            && !one_of(&shape.not_principals)
            && among(accounts, self.caller().account)
            && among(resource_accounts, self.caller().owner)
            && management.is_none_or(|told| told == self.request.principal_in_management_account)
    }

    fn is_caller(&self, pattern: &CallerPattern) -> bool {
        let Caller { kind, account, .. } = self.caller();
        let caller = &self.request.principal;
        match pattern {
            CallerPattern::Anyone => true,
            CallerPattern::Account(wanted) => account == Some(wanted),
            CallerPattern::Anonymous => kind == Some(PrincipalKind::Anonymous),
            CallerPattern::Arn(fields) => {
                let issuer = self.issuer().map(|issuer| match pattern.role_name() {
                    Some(_) => Cow::Owned(without_path(issuer)),
                    None => Cow::Borrowed(issuer),
                });
                kind.is_some()
                    && (matches_arn(fields, &caller.arn)
                        || issuer.is_some_and(|issuer| matches_arn(fields, &issuer)))
            }
            CallerPattern::Entity(entity) => match kind {
                Some(PrincipalKind::User) => !entity.is_role && caller.arn == entity.arn(),
                Some(PrincipalKind::RoleSession) => {
                    entity.is_role && self.issuer().is_some_and(|issuer| issuer == entity.arn())
                }
                Some(
                    PrincipalKind::FederatedUser
                    | PrincipalKind::Root
                    | PrincipalKind::Service
                    | PrincipalKind::FederatedIdentity
                    | PrincipalKind::Anonymous,
                )
                | None => false,
            },
            CallerPattern::Name(name) => {
                matches!(kind, Some(PrincipalKind::Service | PrincipalKind::FederatedIdentity))
                    && arn_fields(&caller.arn).is_none()
                    && is_like(name, &caller.arn)
            }
        }
    }
}

/// The ARN of a role of that name without a path; names are unique in an account.
fn without_path(role: &str) -> String {
    match role.split_once(":role/") {
        Some((home, path)) => {
            format!("{home}:role/{}", path.rsplit('/').next().unwrap_or_default())
        }
        None => role.to_owned(),
    }
}

/// Field by field; a wildcard does not cross a colon that separates fields.
fn matches_arn(pattern: &[String; 6], arn: &str) -> bool {
    arn_fields(arn).is_some_and(|values| {
        pattern.iter().zip(values).all(|(field, value)| is_like(field, value))
    })
}

/// Whether the whole text matches the pattern, with regard to case; `*` and `?` are wildcards.
pub fn is_like(pattern: &str, text: &str) -> bool {
    glob::matches(glob::atoms(pattern), text, Case::Exact)
}
