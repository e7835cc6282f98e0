//! From the layers to a decision (SEMANTICS 6.1, 6.3 and 6.4).

use super::asked::Asked;
use super::grant::{self, Basis, Grant};
use super::layers::{self, LayerOutcome, Placed, Tallies};
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
    Decided::of(policies, &Asked::about(request), layers::placed(policies)).evaluation()
}

/// Whether a request is allowed: what [`decide`] says, and nothing about why.
pub fn allows(policies: &Policies, request: &Request) -> bool {
    Asked::about(request).is_allowed(policies)
}

impl Asked<'_> {
    /// As [`allows`]: for one request and few questions about each set of policies. Where there are
    /// many, [`Prepared`](super::Prepared) answers faster.
    pub fn is_allowed(&self, policies: &Policies) -> bool {
        Decided::of(policies, self, layers::placed(policies)).decision == Decision::Allowed
    }
}

/// A decision with what it rests on.
pub(super) struct Decided {
    pub(super) decision: Decision,
    tallies: Tallies,
    basis: Basis,
}

impl Decided {
    /// Decides by the statements, which are all of the policies that may apply to the request, in
    /// any order.
    pub(super) fn of<'p>(
        policies: &Policies,
        asked: &Asked<'_>,
        statements: impl Iterator<Item = Placed<'p>>,
    ) -> Self {
        let tallies = Tallies::of(policies, asked, statements);
        let basis = grant::basis(policies, asked, &tallies);
        let decision = match basis.grant {
            Some(Grant::CallerIdentity) => Decision::Allowed,
            _ if tallies.denies().next().is_some() => Decision::ExplicitDeny,
            Some(_) if basis.missing.is_empty() => Decision::Allowed,
            _ => Decision::ImplicitDeny,
        };
        Self { decision, tallies, basis }
    }

    /// Everything that is told about it.
    pub(super) fn evaluation(self) -> Evaluation {
        let Self { decision, tallies, basis } = self;
        let deciding = match (decision, basis.grant) {
            (Decision::ExplicitDeny, _) => tallies.denies().collect(),
            (Decision::Allowed, Some(granted)) => grant::granting(granted, &basis, &tallies),
            _ => Vec::new(),
        };
        let (applying, layers) = (tallies.applying(), tallies.outcomes());
        Evaluation { decision, deciding, applying, layers, basis }
    }
}
