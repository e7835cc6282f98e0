//! The evaluator's word on a request.

use super::{Query, Requests};
use crate::environment::Policies;
use crate::feasibility;
use crate::policy::{Effect, Kind};
use crate::request::Request;
use crate::semantics::{self, Decision};
use crate::shape::Shape;
use std::collections::BTreeSet;

/// A request that the evaluator confirmed, and what allowed it.
#[derive(Debug, Clone)]
pub struct Witness {
    /// The request.
    pub request: Request,
    /// The Allow statements that applied, of the last policy set in `allowed_by`: the policies that the question is about.
    pub statements: Vec<StatementName>,
}

/// Names one statement of a policy set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementName {
    /// The policy: its file, or its place in the set.
    pub policy: String,
    /// Index in the document, from 0.
    pub index: usize,
    /// The `Sid`, if it has one.
    pub sid: Option<String>,
    /// Allow or Deny.
    pub effect: Effect,
}

impl Query<'_> {
    /// Whether the evaluator agrees that the request answers the query with yes.
    pub fn holds(&self, request: &Request) -> bool {
        let allowed = |set: &Policies| semantics::decide(set, request).decision == Decision::Allowed;
        let shaped = self.shape.is_none_or(|shape| semantics::applies(&shape.statement, Kind::Identity, request));
        shaped
            && self.allowed_by.iter().all(|set| allowed(set))
            && !self.refused_by.iter().any(|set| allowed(set))
            && self.considered(request)
    }

    /// Whether the request is one of those that the query is about.
    fn considered(&self, request: &Request) -> bool {
        let named = self.policies().flat_map(crate::policy::Policy::keys);
        let keys: BTreeSet<_> = named.chain(self.shape.into_iter().flat_map(Shape::keys)).collect();
        match self.requests {
            Requests::Any => feasibility::ill_typed(request).is_empty(),
            Requests::Feasible => feasibility::violations(request, &keys).is_empty(),
        }
    }
}

impl Witness {
    pub(super) fn of(query: &Query<'_>, request: Request) -> Self {
        let statements = query.allowed_by.last().map(|set| deciding_statements(set, &request)).unwrap_or_default();
        Self { request, statements }
    }
}

/// The statements that decided a request under a policy set.
pub fn deciding_statements(policies: &Policies, request: &Request) -> Vec<StatementName> {
    let evaluation = semantics::decide(policies, request);
    let name = |reference: &semantics::StatementRef| {
        let named = policies.policy(reference.policy)?;
        let statement = named.policy.statements.get(reference.index)?;
        Some(StatementName { policy: named.name.clone(), index: reference.index, sid: statement.sid.clone(), effect: statement.effect })
    };
    evaluation.deciding.iter().filter_map(name).collect()
}
