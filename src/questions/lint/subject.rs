//! A statement as the subject of questions: whose requests it is about.

use super::variant;
use keyaki_iam::layers::NamedPolicy;
use keyaki_iam::policy::parameter;
use keyaki_iam::policy::{
    ContextKey, Effect, Kind, Piece, PrincipalElement, PrincipalEntry, ResourcePattern, Statement,
};
use keyaki_iam::request::arn_fields;
use keyaki_iam::shape::{CallerPattern, Scope, Shape};

/// A statement of the policy that is examined.
#[derive(Debug, Clone)]
pub(super) struct Subject<'a> {
    pub index: usize,
    pub statement: &'a Statement,
    kind: Kind,
    callers: Option<Vec<CallerPattern>>,
    account: Option<String>,
}

impl<'a> Subject<'a> {
    /// Every statement of a policy. `account` is that of the principals it is attached to, where it
    /// is attached to principals.
    pub(super) fn all(policy: &'a NamedPolicy, account: Option<&str>) -> Vec<Self> {
        let kind = policy.policy.kind;
        let account = account.filter(|_| is_attached_to_principals(kind));
        let subject = |(index, statement): (usize, &'a Statement)| Self {
            index,
            statement,
            kind,
            callers: callers(kind, statement.principal.as_ref()),
            account: account.map(str::to_owned),
        };
        policy.policy.statements().enumerate().map(subject).collect()
    }

    /// The requests to which the statement applies.
    pub(super) fn shape(&self) -> Shape {
        self.shape_of(self.statement.clone())
    }

    /// The requests to which a variant of the statement applies.
    pub(super) fn shape_of(&self, variant: Statement) -> Shape {
        let anybodys = self.shape_of_anybody(variant);
        let statement = match &self.account {
            Some(account) => variant::and(
                &anybodys.statement,
                variant::equals(&ContextKey::new("aws:PrincipalAccount"), account),
            ),
            None => anybodys.statement,
        };
        Shape {
            statement,
            principals: self.callers.clone(),
            not_principals: Vec::new(),
            scope: Scope::default(),
        }
    }

    /// The requests of anybody that match a variant of the statement, its principal apart.
    pub(super) fn shape_of_anybody(&self, mut variant: Statement) -> Shape {
        // A shape is read as an identity-based policy is, which completes short ARNs; elsewhere one
        // without wildcards matches nothing.
        if !matches!(self.kind, Kind::Identity | Kind::Boundary)
            && let Some(element) = &mut variant.resource
        {
            element.patterns.retain(|pattern| !is_short(pattern));
        }
        Shape {
            statement: variant,
            principals: None,
            not_principals: Vec::new(),
            scope: Scope::default(),
        }
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
        if self.statement.resource.as_ref().is_some_and(|element| element.negated) {
            "NotResource"
        } else {
            "Resource"
        }
    }
}

/// Whether an entry is an ARN of less than six fields without wildcards.
fn is_short(pattern: &ResourcePattern) -> bool {
    let ResourcePattern::Arn { fields, .. } = pattern else { return false };
    let wildcard = |piece: &Piece| matches!(piece, Piece::AnyChar | Piece::AnyString);
    fields.len() < 6 && !fields.iter().flat_map(|field| &field.pieces).any(wildcard)
}

fn is_attached_to_principals(kind: Kind) -> bool {
    match kind {
        Kind::Identity | Kind::Boundary | Kind::Session | Kind::Scp => true,
        Kind::Trust | Kind::Resource | Kind::Rcp | Kind::Endpoint => false,
    }
}

/// Whose requests a statement can be about; `None`: anybody's. Where patterns of callers cannot say
/// exactly whom the principal element matches, they say more, so that no statement seems dead for
/// it.
fn callers(kind: Kind, principal: Option<&PrincipalElement>) -> Option<Vec<CallerPattern>> {
    if is_attached_to_principals(kind) {
        return Some(vec![CallerPattern::Arn(["arn", "*", "*", "*", "*", "*"].map(str::to_owned))]);
    }
    let element = principal.filter(|element| !element.negated)?;
    element.entries.iter().map(caller).collect()
}

fn caller(entry: &PrincipalEntry) -> Option<CallerPattern> {
    match entry {
        // A pattern of callers has no parameters.
        PrincipalEntry::Aws(text) | PrincipalEntry::Service(text) if parameter::is_in(text) => None,
        PrincipalEntry::Aws(text) if !entry.is_unique_id() => match arn_fields(text) {
            Some([.., account, "root"]) => CallerPattern::parse(account).ok(),
            _ => CallerPattern::parse(text).ok(),
        },
        PrincipalEntry::Service(name) => CallerPattern::parse(name)
            .ok()
            .filter(|pattern| matches!(pattern, CallerPattern::Name(_))),
        PrincipalEntry::Anyone
        | PrincipalEntry::Aws(_)
        | PrincipalEntry::Federated(_)
        | PrincipalEntry::AnyProvider
        | PrincipalEntry::CanonicalUser(_) => None,
    }
}
