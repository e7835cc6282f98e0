//! From statements to a decision (SEMANTICS 6.1 and 6.3).

use super::applies;
use crate::environment::Policies;
use crate::policy::Effect;
use crate::request::{PrincipalKind, Request};
use std::fmt;

/// What a request gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Granted, and refused by nothing.
    Allowed,
    /// Some Deny statement applies.
    ExplicitDeny,
    /// No Deny statement applies, and nothing grants.
    ImplicitDeny,
}

impl Decision {
    /// The word of the IAM policy simulator: `allowed`, `explicitDeny` or `implicitDeny`.
    pub fn word(self) -> &'static str {
        match self {
            Decision::Allowed => "allowed",
            Decision::ExplicitDeny => "explicitDeny",
            Decision::ImplicitDeny => "implicitDeny",
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A statement of a set of policies. The order is that of the policies' numbers, then of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementRef {
    /// The number of the policy, as [`Policies::policy`] counts.
    pub policy: usize,
    /// The statement's place in its document, from 0.
    pub index: usize,
}

/// A decision and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// What the request gets.
    pub decision: Decision,
    /// The statements that decided, in order: the Deny statements that apply if any does, the Allow statements that apply if the
    /// request is allowed, none otherwise. A root user may be allowed by no statement at all.
    pub deciding: Vec<StatementRef>,
    /// Every statement that applies, in order, whether or not it decided.
    pub applying: Vec<StatementRef>,
}

/// Decides a request by identity-based policies alone: nothing else is attached anywhere, and no resource-based policy is asked, also
/// where SEMANTICS 6.3 needs one (KMS keys, role trust). `sts:GetCallerIdentity`, which AWS never refuses to a signed caller, is decided
/// like any other action.
///
/// An applicable Deny refuses whoever asks. Otherwise a user or a role session needs an applicable Allow, the root user nothing; a
/// federated-user session without a session policy, a service principal, an anonymous requester and a text that is no principal get
/// nothing from identity-based policies.
pub fn decide(policies: &Policies, request: &Request) -> Evaluation {
    let (mut allows, mut denies) = (Vec::new(), Vec::new());
    let mut applying = Vec::new();
    for (number, named) in policies.all().enumerate() {
        for (index, statement) in named.policy.statements.iter().enumerate() {
            if applies(statement, named.policy.kind, request) {
                let reference = StatementRef { policy: number, index };
                applying.push(reference);
                match statement.effect {
                    Effect::Allow => allows.push(reference),
                    Effect::Deny => denies.push(reference),
                }
            }
        }
    }
    let (decision, deciding) = if !denies.is_empty() {
        (Decision::ExplicitDeny, denies)
    } else if is_granted(request, !allows.is_empty()) {
        (Decision::Allowed, allows)
    } else {
        (Decision::ImplicitDeny, Vec::new())
    };
    Evaluation { decision, deciding, applying }
}

/// The core grant of SEMANTICS 6.3 when there are only identity-based policies; `identity` is whether one of them allows.
fn is_granted(request: &Request, identity: bool) -> bool {
    match request.principal.kind() {
        Some(PrincipalKind::User | PrincipalKind::RoleSession) => identity,
        Some(PrincipalKind::Root) => true,
        Some(PrincipalKind::FederatedUser | PrincipalKind::Service | PrincipalKind::FederatedIdentity | PrincipalKind::Anonymous)
        | None => false,
    }
}
