//! The evaluator's word on a request.

use super::{Account, Query, Requests};
use keyaki_evaluator::feasibility;
use keyaki_evaluator::semantics::{self, Asked, StatementRef};
use keyaki_iam::layers::{Layer, NamedPolicy, Policies};
use keyaki_iam::policy::{ContextKey, Effect, Policy};
use keyaki_iam::request::Request;
use keyaki_iam::shape::Shape;
use keyaki_iam::source::Place;
use keyaki_iam::world::World;
use std::collections::BTreeSet;

/// A request that the evaluator confirmed, and what allowed it.
#[derive(Debug, Clone)]
pub struct Witness {
    /// The request.
    pub request: Request,
    /// Why it is allowed by the last policy set in `allowed_by`, the policies that the question is
    /// about: the Allow statements that the grant needed, and what each layer says.
    pub account: Account,
    /// Whether the action is one that the service catalogue does not list, so that nobody can ask
    /// for it today. Never under [`Requests::Any`].
    pub unlisted_action: bool,
}

/// Names one statement of a policy set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementName {
    /// The policy: its file, or its place in the set.
    pub policy: String,
    /// The policy's layer.
    pub layer: Layer,
    /// Index in the document, from 0.
    pub index: usize,
    /// The `Sid`, if it has one.
    pub sid: Option<String>,
    /// Allow or Deny.
    pub effect: Effect,
    /// Where it stands, if its policy was read from a text.
    pub place: Option<Place>,
}

impl Query<'_> {
    /// Whether the evaluator agrees that the request answers the query with yes.
    pub fn holds(&self, request: &Request) -> bool {
        self.holds_with(request, &self.keys())
    }

    /// The same, of a query that names these keys.
    pub(super) fn holds_with(&self, request: &Request, keys: &BTreeSet<&ContextKey>) -> bool {
        self.allows(request) && self.considers(request, keys)
    }

    /// Whether the request has the shape, and the policies allow and refuse it as the query asks.
    pub(super) fn allows(&self, request: &Request) -> bool {
        let asked = Asked::about(request);
        self.has_shapes(&asked)
            && self.allowed_by.iter().all(|set| asked.is_allowed(set))
            && !self.refused_by.iter().any(|set| asked.is_allowed(set))
    }

    /// Whether the request has the shapes that the query wants, and none of the others.
    pub(super) fn has_shapes(&self, asked: &Asked<'_>) -> bool {
        self.wanted().all(|shape| asked.has_shape(shape))
            && !self.unlike.iter().any(|shape| asked.has_shape(shape))
    }

    /// Whether the request is one of those that the query is about, which names these keys.
    pub(super) fn considers(&self, request: &Request, keys: &BTreeSet<&ContextKey>) -> bool {
        let exists = match self.requests {
            Requests::Any => feasibility::ill_typed(request).is_empty(),
            Requests::Feasible(world) => feasibility::can_exist(request, keys, &world),
        };
        exists
            && semantics::gives_parameters(request, keys)
            && self.within_limits(request, keys)
            && semantics::is_at_home(&self.home(), request, keys)
    }

    /// Every context key that the policies or the shapes name.
    pub(super) fn keys(&self) -> BTreeSet<&ContextKey> {
        self.named_keys().collect()
    }

    /// The same; a key may come more than once.
    pub(super) fn named_keys(&self) -> impl Iterator<Item = &ContextKey> {
        self.policies().flat_map(Policy::keys).chain(self.shapes().flat_map(Shape::keys))
    }
}

impl Witness {
    pub(super) fn of(query: &Query<'_>, request: Request) -> Self {
        let nothing = Policies::default();
        let set = query.allowed_by.last().copied().unwrap_or(&nothing);
        let unlisted =
            |world: World<'_>| matches!(world.catalogue.action(&request.action), Ok(None));
        let unlisted_action =
            matches!(query.requests, Requests::Feasible(world) if unlisted(world));
        Self { account: Account::of(set, &request), request, unlisted_action }
    }
}

impl StatementName {
    /// The name of a statement of a set, given the set's policies in the order of their numbers;
    /// `None` when it has no such statement.
    pub(super) fn of(policies: &[(Layer, &NamedPolicy)], reference: &StatementRef) -> Option<Self> {
        let &(layer, named) = policies.get(reference.policy)?;
        let statement = named.policy.statements.get(reference.index)?;
        let (sid, effect) = (statement.sid.clone(), statement.effect);
        let place = named.place(statement.place(statement.span));
        Some(Self { policy: named.name.clone(), layer, index: reference.index, sid, effect, place })
    }
}
