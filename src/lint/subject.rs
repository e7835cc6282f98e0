//! A statement as the subject of questions: whose requests it is about.

use super::{catalogue, variant};
use crate::environment::NamedPolicy;
use crate::policy::{ActionPattern, ContextKey, Effect, Kind, PrincipalElement, PrincipalEntry, Statement};
use crate::request::arn_fields;
use crate::semantics::IDENTITY_CALL;
use crate::shape::{CallerPattern, Shape};

/// A statement of the policy that is examined.
#[derive(Debug, Clone)]
pub(super) struct Subject<'a> {
    pub index: usize,
    pub statement: &'a Statement,
    callers: Option<Vec<CallerPattern>>,
    account: Option<String>,
}

impl<'a> Subject<'a> {
    /// Every statement of a policy. `account` is that of the principals it is attached to, where it is attached to principals.
    pub(super) fn all(policy: &'a NamedPolicy, account: Option<&str>) -> Vec<Self> {
        let kind = policy.policy.kind;
        let account = account.filter(|_| is_attached_to_principals(kind));
        let subject = |(index, statement): (usize, &'a Statement)| Self {
            index,
            statement,
            callers: callers(kind, statement.principal.as_ref()),
            account: account.map(str::to_owned),
        };
        policy.policy.statements.iter().enumerate().map(subject).collect()
    }

    /// The requests to which the statement applies.
    pub(super) fn shape(&self) -> Shape {
        self.shape_of(self.statement.clone())
    }

    /// The requests to which a variant of the statement applies.
    pub(super) fn shape_of(&self, variant: Statement) -> Shape {
        let variant = with_identity_call(variant);
        let statement = match &self.account {
            Some(account) => variant::and(&variant, variant::equals(&ContextKey::new("aws:PrincipalAccount"), account)),
            None => variant,
        };
        Shape { statement, principals: self.callers.clone(), not_principals: Vec::new() }
    }

    pub(super) fn allows(&self) -> bool {
        self.statement.effect == Effect::Allow
    }

    /// `Action` or `NotAction`.
    pub(super) fn action_name(&self) -> &'static str {
        if self.statement.action.negated { "NotAction" } else { "Action" }
    }

    /// `Resource` or `NotResource`.
    pub(super) fn resource_name(&self) -> &'static str {
        if self.statement.resource.as_ref().is_some_and(|element| element.negated) { "NotResource" } else { "Resource" }
    }
}

/// `sts:GetCallerIdentity` needs no grant, so that questions leave it out unless it is named: a pattern that matches it stays the same with
/// the name beside it.
fn with_identity_call(mut statement: Statement) -> Statement {
    let Some((service, name)) = IDENTITY_CALL.split_once(':') else { return statement };
    let element = &mut statement.action;
    let near =
        |pattern: &ActionPattern| matches!(pattern, ActionPattern::Name { service: prefix, .. } if prefix.eq_ignore_ascii_case(service));
    if !element.negated && element.patterns.iter().any(|pattern| near(pattern) && catalogue::matches(pattern, service, name)) {
        element.patterns.push(ActionPattern::Name { service: service.to_owned(), name: name.to_owned() });
    }
    statement
}

fn is_attached_to_principals(kind: Kind) -> bool {
    matches!(kind, Kind::Identity | Kind::Boundary | Kind::Session | Kind::Scp)
}

/// Whose requests a statement can be about; `None`: anybody's. Where patterns of callers cannot say exactly whom the principal element
/// matches, they say more, so that no statement seems dead for it.
fn callers(kind: Kind, principal: Option<&PrincipalElement>) -> Option<Vec<CallerPattern>> {
    if is_attached_to_principals(kind) {
        return Some(vec![CallerPattern::Arn(["arn", "*", "*", "*", "*", "*"].map(str::to_owned))]);
    }
    let element = principal.filter(|element| !element.negated)?;
    element.entries.iter().map(caller).collect()
}

fn caller(entry: &PrincipalEntry) -> Option<CallerPattern> {
    match entry {
        PrincipalEntry::Aws(text) if !entry.is_unique_id() => match arn_fields(text) {
            Some([.., account, "root"]) => CallerPattern::parse(account).ok(),
            _ => CallerPattern::parse(text).ok(),
        },
        PrincipalEntry::Service(name) => CallerPattern::parse(name).ok().filter(|pattern| matches!(pattern, CallerPattern::Name(_))),
        PrincipalEntry::Anyone | PrincipalEntry::Aws(_) | PrincipalEntry::Federated(_) | PrincipalEntry::CanonicalUser(_) => None,
    }
}
