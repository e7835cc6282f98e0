//! Questions that say nothing: a "no" that would be one whatever else the policies say.

use crate::names;
use crate::query::{Answer, CallAnswer, CallQuery, Query, QueryError, Requests, RestsOn, Solver};
use keyaki_engines::engine::Limits;
use keyaki_iam::finding::Code;
use keyaki_iam::layers::{Layer, NamedPolicy, Policies};
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::{
    ActionElement, ActionPattern, Effect, Kind, Policy, ResourceElement, ResourcePattern,
    Statement, Version,
};
use keyaki_iam::shape::{Scope, Shape};
use keyaki_iam::source::Span;
use keyaki_iam::world::World;
use std::fmt;

/// Why a question says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Vacuous {
    /// `no-such-request`: no request has the shape, policies left out.
    NoSuchRequest {
        /// The model choices without which there might be one.
        rests_on: RestsOn,
    },
    /// `allows-nothing`: no policy that could grant something has an Allow.
    AllowsNothing,
    /// `level-allows-nothing`: a layer of which some policy has to allow has no Allow.
    LevelAllowsNothing {
        /// The layer.
        layer: Layer,
    },
}

impl Vacuous {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchRequest { .. } => "no-such-request",
            Self::AllowsNothing => "allows-nothing",
            Self::LevelAllowsNothing { .. } => "level-allows-nothing",
        }
    }

    /// The model choices that it rests on, where it is about requests.
    pub fn rests_on(&self) -> Option<&RestsOn> {
        match self {
            Self::NoSuchRequest { rests_on } => Some(rests_on),
            Self::AllowsNothing | Self::LevelAllowsNothing { .. } => None,
        }
    }
}

/// What is the matter, as a clause in lower case.
impl fmt::Display for Vacuous {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchRequest { .. } => f.write_str(
                "no request has this shape, whatever the policies say; check action, resource, principal and conditions",
            ),
            Self::AllowsNothing => f.write_str(
                "the policies have no Allow statement that could grant anything, so every question gets this answer",
            ),
            Self::LevelAllowsNothing { layer } => write!(
                f,
                "{layer}: there is no Allow statement, so everything is refused and every question gets this answer"
            ),
        }
    }
}

/// Every code with what it means, in the order of the search.
pub const CODES: &[Code] = &[
    Code {
        code: "allows-nothing",
        meaning: "no policy of the question that could grant something has an Allow statement: the answer is the same whatever is asked",
    },
    Code {
        code: "level-allows-nothing",
        meaning: "a layer of which some policy has to allow a request, a level of SCPs or a boundary for example, has no Allow statement",
    },
    Code {
        code: "no-such-request",
        meaning: "no request of the world has the shape of the question, policies left out: the answer says nothing about the policies",
    },
];

/// Whether a question whose answer is that there is no such request says something about its
/// policies: `None` if it does, or if no engine could tell. Of several sets, as in a comparison, all
/// have to allow nothing.
///
/// # Errors
/// As [`Query::ask`].
pub fn question(
    sets: &[&Policies],
    shape: Option<&Shape>,
    requests: Requests<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Option<Vacuous>, QueryError> {
    if let Some(found) = of_policies(sets, shape) {
        return Ok(Some(found));
    }
    if shape.is_none_or(|shape| exists(shape, requests)) {
        return Ok(None);
    }
    let query =
        Query { shape, unlike: None, allowed_by: Vec::new(), refused_by: Vec::new(), requests };
    let verdict = query.ask(solver, limits)?;
    Ok(matches!(verdict.answer, Answer::No)
        .then_some(Vacuous::NoSuchRequest { rests_on: verdict.rests_on }))
}

/// Whether a request of the shape exists for sure: it says no more than which actions, of which the
/// catalogue has some, and every action of the catalogue is asked for in the partition `aws` (a test
/// of the encoder asks each).
fn exists(shape: &Shape, requests: Requests<'_>) -> bool {
    let Shape { statement, principals, not_principals, scope } = shape;
    let anything = statement.resource.as_ref().is_none_or(|element| {
        !element.negated
            && element.patterns.iter().any(|pattern| matches!(pattern, ResourcePattern::Any))
    });
    let usual = |world: World<'_>| {
        world.partitions.is_none_or(|partitions| Partitions::usual().are_within(partitions))
    };
    let some = |world: World<'_>| {
        statement.action.patterns.iter().any(|pattern| {
            names::action(world.catalogue, pattern).is_ok_and(|unlisted| unlisted.is_none())
        })
    };
    !statement.action.negated
        && anything
        && statement.conditions.is_empty()
        && principals.is_none()
        && not_principals.is_empty()
        && *scope == Scope { own: scope.own.clone(), ..Scope::default() }
        && requests.world().is_none_or(|world| usual(world) && some(world))
}

/// The same of a question about a call.
///
/// # Errors
/// As [`CallQuery::ask`].
pub fn call(
    query: &CallQuery<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Option<Vacuous>, QueryError> {
    let sets: Vec<&Policies> = [query.policies].into_iter().chain(query.role).collect();
    if let Some(found) = sets.iter().find_map(|set| of_policies(&[set], query.shape)) {
        return Ok(Some(found));
    }
    let everything = Policies::identity(vec![everything()]);
    let query = CallQuery {
        policies: &everything,
        role: query.role.map(|_| &everything),
        requests: query.requests.asked_in(query.partitions()),
        ..query.clone()
    };
    let verdict = query.ask(solver, limits)?;
    Ok(matches!(verdict.answer, CallAnswer::No)
        .then_some(Vacuous::NoSuchRequest { rests_on: verdict.rests_on }))
}

/// What the policies alone tell, where all sets allow nothing. Root users need no Allow of their
/// own account's policies.
fn of_policies(sets: &[&Policies], shape: Option<&Shape>) -> Option<Vacuous> {
    let root = shape
        .is_some_and(|shape| shape.principals.iter().flatten().any(|pattern| pattern.names_root()));
    let found: Vec<Vacuous> =
        sets.iter().map(|set| allows_nothing(set, root)).collect::<Option<_>>()?;
    found.into_iter().next()
}

fn allows_nothing(set: &Policies, root: bool) -> Option<Vacuous> {
    let Policies { identity, boundary, session, resource, scp, rcp: _, endpoint, not_principal: _ } =
        set;
    let grants = identity.iter().flatten().chain(resource).any(allows);
    if !grants && !root {
        return Some(Vacuous::AllowsNothing);
    }
    let levels = scp.iter().enumerate().map(|(at, level)| (Layer::Scp(at), Some(level.as_slice())));
    let layers = [
        (Layer::Boundary, boundary.as_ref().map(std::slice::from_ref)),
        (Layer::Session, Some(session.as_slice()).filter(|policies| !policies.is_empty())),
    ];
    let endpoint = (Layer::Endpoint, Some(endpoint.as_slice()).filter(|all| !all.is_empty()));
    let mut given = layers.into_iter().chain(levels).chain([endpoint]);
    given
        .find(|(_, policies)| policies.is_some_and(|policies| !policies.iter().any(allows)))
        .map(|(layer, _)| Vacuous::LevelAllowsNothing { layer })
}

fn allows(policy: &NamedPolicy) -> bool {
    policy.policy.statements.iter().any(|statement| statement.effect == Effect::Allow)
}

/// An identity-based policy that allows everything.
fn everything() -> NamedPolicy {
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: ActionElement { negated: false, patterns: vec![ActionPattern::Any] },
        resource: Some(ResourceElement { negated: false, patterns: vec![ResourcePattern::Any] }),
        conditions: Vec::new(),
        span: Span::default(),
    };
    let policy = Policy {
        kind: Kind::Identity,
        version: Version::V2012,
        id: None,
        statements: vec![statement],
    };
    NamedPolicy::new("everything", policy)
}
