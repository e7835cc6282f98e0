//! From the layers to a decision (SEMANTICS 6.1, 6.3 and 6.4).

use super::grant::{self, Basis, Grant};
use super::layers::{LayerOutcome, Tallies};
use super::statement::StatementRef;
use keyaki_iam::layers::Policies;
use keyaki_iam::request::Request;
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

/// A decision and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// What the request gets.
    pub decision: Decision,
    /// The statements that decided, in order: the Deny statements that count and apply if any does;
    /// if the request is allowed the Allow statements that apply of every layer that the grant
    /// needed; none otherwise. A root user may be allowed by no statement at all.
    pub deciding: Vec<StatementRef>,
    /// Every statement that applies, its principals included, and counts for this caller, in order,
    /// whether or not it decided.
    pub applying: Vec<StatementRef>,
    /// What became of each layer that the set gives, in the order of the layers.
    pub layers: Vec<LayerOutcome>,
    /// The core grant, or what it lacks. It is told also where a Deny decided.
    pub basis: Basis,
}

/// Decides a request by all policies that apply to it (SEMANTICS 6).
///
/// What `policies` does not give does not exist: no boundary limits, no SCP restricts. There are
/// two exceptions. A resource-based policy alone is asked what it grants, to principals of any
/// class. And a KMS key or a role to assume, which always has a policy, is taken to delegate to its
/// account where none is given.
///
/// `sts:GetCallerIdentity` is never refused to a signed caller, and no statement decides it.
pub fn decide(policies: &Policies, request: &Request) -> Evaluation {
    let tallies = Tallies::of(policies, request);
    let basis = grant::basis(policies, request, &tallies);
    let denies = tallies.denies();
    let (decision, deciding) = match basis.grant {
        Some(Grant::CallerIdentity) => (Decision::Allowed, Vec::new()),
        _ if !denies.is_empty() => (Decision::ExplicitDeny, denies),
        Some(granted) if basis.missing.is_empty() => {
            (Decision::Allowed, grant::granting(granted, &basis, &tallies))
        }
        _ => (Decision::ImplicitDeny, Vec::new()),
    };
    Evaluation {
        decision,
        deciding,
        applying: tallies.applying(),
        layers: tallies.outcomes(),
        basis,
    }
}
