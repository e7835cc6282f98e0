//! Why nothing of a shape is allowed: which layer stands in the way, shown on a request that it
//! alone refuses.

use super::{Account, Answer, Found, Query, QueryError, Solver};
use crate::unknown::Unknown;
use keyaki_engines::engine::Limits;
use keyaki_evaluator::semantics::{self, Decision};
use keyaki_iam::layers::{Layer, NamedPolicy, Policies};
use keyaki_iam::policy::{
    ActionElement, ActionPattern, Effect, Kind, Policy, PrincipalElement, PrincipalEntry,
    ResourceElement, ResourcePattern, Statement, Version,
};
use keyaki_iam::request::Request;
use keyaki_iam::source::Span;

/// A layer without which the answer would be yes.
#[derive(Debug)]
pub struct Obstacle {
    /// The layer.
    pub layer: Layer,
    /// A request that would be allowed if the layer allowed everything and denied nothing,
    /// confirmed as such; the policies as they are refuse it.
    pub request: Request,
    /// What the policies, as they are, say about that request.
    pub account: Account,
}

/// Which layers stand in the way, each alone.
#[derive(Debug, Default)]
pub struct Obstacles {
    /// Those that do.
    pub found: Vec<Obstacle>,
    /// Those of which no engine could tell.
    pub unknown: Vec<Layer>,
    /// Whether the set gives one layer only, so that without found ones the policies are not what
    /// stands in the way.
    pub single: bool,
}

impl Query<'_> {
    /// The layers of the last policy set in `allowed_by` that refuse, each alone, what would
    /// otherwise be allowed: for each, whether the answer is yes once it allows everything. For a
    /// question whose answer is no. None when it takes several layers together.
    ///
    /// Layers that only limit come first; where one of these is found, those that grant are not
    /// asked: a grant can go round a limit.
    ///
    /// # Errors
    /// As [`Query::ask`].
    pub fn obstacles(&self, solver: &Solver, limits: &Limits) -> Result<Obstacles, QueryError> {
        let mut obstacles = Obstacles::default();
        let Some((set, others)) = self.allowed_by.split_last() else { return Ok(obstacles) };
        obstacles.single = given(set).iter().map(Vec::len).sum::<usize>() == 1;
        for group in given(set) {
            for layer in group {
                let relaxed = without(set, layer);
                let allowed_by = others.iter().copied().chain([&relaxed]).collect();
                let query = Query { allowed_by, ..self.placed() };
                match query.refused_by_all(set, solver, limits)? {
                    Found::Request(request) => {
                        let account = Account::of(set, &request);
                        obstacles.found.push(Obstacle { layer, request, account });
                    }
                    Found::Nothing => {}
                    Found::Unknown(_) => obstacles.unknown.push(layer),
                }
            }
            if !obstacles.found.is_empty() {
                break;
            }
        }
        Ok(obstacles)
    }
}

impl Query<'_> {
    /// A request that answers this query, and that the set with all its layers refuses. Of what
    /// only the layer that was relaxed looks at, a request need not say anything, and then that
    /// layer may let it pass: another is asked for, which says it.
    fn refused_by_all(
        &self,
        set: &Policies,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Found, QueryError> {
        let refused =
            |request: &Request| semantics::decide(set, request).decision != Decision::Allowed;
        let told = match self.answer(solver, limits)? {
            Answer::Yes(witness) if refused(&witness.request) => {
                return Ok(Found::Request(witness.request));
            }
            Answer::Yes(_) => {
                Query { refused_by: vec![set], ..self.clone() }.answer(solver, limits)?
            }
            other @ (Answer::No | Answer::Unknown(_)) => other,
        };
        Ok(match told {
            Answer::Yes(witness) if self.holds(&witness.request) && refused(&witness.request) => {
                Found::Request(witness.request)
            }
            Answer::Yes(_) => Found::Unknown(Unknown::OtherRequests),
            Answer::No => Found::Nothing,
            Answer::Unknown(reason) => Found::Unknown(reason),
        })
    }
}

/// The layers that a set gives: those that only limit, the resource's policy, the identity-based
/// policies.
fn given(set: &Policies) -> [Vec<Layer>; 3] {
    let Policies { identity, boundary, session, resource, scp, rcp, endpoint, not_principal: _ } =
        set;
    let single = |layer: Layer, given: bool| given.then_some(layer);
    let own =
        [single(Layer::Boundary, boundary.is_some()), single(Layer::Session, !session.is_empty())]
            .into_iter()
            .flatten();
    let levels = (0..scp.len()).map(Layer::Scp).chain((0..rcp.len()).map(Layer::Rcp));
    let limits = own.chain(levels).chain(single(Layer::Endpoint, !endpoint.is_empty())).collect();
    let resource = single(Layer::Resource, resource.is_some()).into_iter().collect();
    [limits, resource, single(Layer::Identity, identity.is_some()).into_iter().collect()]
}

/// The set with a layer that allows everything.
fn without(set: &Policies, layer: Layer) -> Policies {
    let mut relaxed = set.clone();
    match layer {
        Layer::Identity => relaxed.identity = Some(vec![everything(Kind::Identity)]),
        Layer::Boundary => relaxed.boundary = Some(everything(Kind::Boundary)),
        Layer::Session => relaxed.session = vec![everything(Kind::Session)],
        Layer::Resource => relaxed.resource = Some(everything(Kind::Resource)),
        Layer::Scp(level) => relaxed
            .scp
            .iter_mut()
            .skip(level)
            .take(1)
            .for_each(|policies| *policies = vec![everything(Kind::Scp)]),
        Layer::Rcp(level) => relaxed.rcp.iter_mut().skip(level).take(1).for_each(Vec::clear),
        Layer::Endpoint => relaxed.endpoint = vec![everything(Kind::Endpoint)],
    }
    relaxed
}

/// A policy that allows everything to everybody.
fn everything(kind: Kind) -> NamedPolicy {
    let principal = match kind {
        Kind::Trust | Kind::Resource | Kind::Rcp | Kind::Endpoint => true,
        Kind::Identity | Kind::Boundary | Kind::Session | Kind::Scp => false,
    };
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principal: principal
            .then(|| PrincipalElement { negated: false, entries: vec![PrincipalEntry::Anyone] }),
        action: ActionElement { negated: false, patterns: vec![ActionPattern::Any] },
        resource: Some(ResourceElement { negated: false, patterns: vec![ResourcePattern::Any] }),
        conditions: Vec::new(),
        span: Span::default(),
    };
    NamedPolicy::new(
        "everything",
        Policy { kind, version: Version::V2012, id: None, statements: vec![statement] },
    )
}
