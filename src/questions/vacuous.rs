//! Questions that say nothing: a "no" that would be one whatever else the policies say.

use crate::names::{self, Targets};
use crate::query::{
    Answer, CallAnswer, CallQuery, CallSpot, Query, QueryError, Requests, RestsOn, Solver,
    everything,
};
use keyaki_engines::engine::Limits;
use keyaki_iam::catalogue::Catalogue;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::finding::Code;
use keyaki_iam::layers::{Layer, NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::{ActionElement, ActionPattern, Effect, Kind, ResourcePattern, Statement};
use keyaki_iam::shape::{Scope, Shape};
use keyaki_iam::world::{Assumptions, World};
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Why a question says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Vacuous {
    /// `no-such-request`: no request has the shape, policies left out.
    NoSuchRequest {
        /// The model choices without which there might be one.
        rests_on: RestsOn,
        /// Where it is because of the resource: what the actions are about, as a clause.
        about: Option<String>,
    },
    /// `out-of-reach`: requests have the shape, and no policies of the layers that are given could
    /// allow one, whatever they say.
    OutOfReach {
        /// The model choices without which they might.
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
            Self::OutOfReach { .. } => "out-of-reach",
            Self::AllowsNothing => "allows-nothing",
            Self::LevelAllowsNothing { .. } => "level-allows-nothing",
        }
    }

    /// The model choices that it rests on, where it is about requests.
    pub fn rests_on(&self) -> Option<&RestsOn> {
        match self {
            Self::NoSuchRequest { rests_on, about: _ } | Self::OutOfReach { rests_on } => {
                Some(rests_on)
            }
            Self::AllowsNothing | Self::LevelAllowsNothing { .. } => None,
        }
    }
}

/// What is the matter, as a clause in lower case.
impl fmt::Display for Vacuous {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchRequest { about: Some(about), .. } => {
                write!(f, "no request has this shape, whatever the policies say: {about}")
            }
            Self::NoSuchRequest { about: None, .. } => f.write_str(
                "no request has this shape, whatever the policies say; check action, resource, principal and conditions",
            ),
            Self::OutOfReach { .. } => f.write_str(
                "no policies of these layers could allow such a request, whatever they say; a service, another account or a resource of one needs a resource policy, for example",
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
        code: "out-of-reach",
        meaning: "requests have the shape of the question, and no policies of the layers that are given could allow one, whatever they say: a service, another account or a resource of one needs a resource policy, for example",
    },
    Code {
        code: "no-such-request",
        meaning: "no request of the world has the shape of the question, policies left out: the answer says nothing about the policies",
    },
];

/// What was found out about a question whose answer is that there is no such request.
#[derive(Debug, Clone, Default)]
pub struct Vacuity {
    /// Why it says nothing about its policies, if so.
    pub vacuous: Option<Vacuous>,
    /// What it says nothing about, if only about a part, and that no engine could tell whether it
    /// says something.
    pub caveats: Vec<Caveat>,
}

impl Vacuity {
    fn of(vacuous: Vacuous) -> Self {
        Self { vacuous: Some(vacuous), caveats: Vec::new() }
    }

    fn undecided() -> Self {
        Self { vacuous: None, caveats: vec![Caveat::VacuityUndecided] }
    }

    /// Whether an engine told all of it.
    fn is_decided(&self) -> bool {
        let told = self.vacuous.as_ref().and_then(Vacuous::rests_on);
        !self.caveats.contains(&Caveat::VacuityUndecided)
            && told.is_none_or(|rests_on| !rests_on.undecided)
    }
}

/// What was found out about questions: those about many principals differ in their policies alone,
/// which matter little here. Threads may share it.
#[derive(Debug, Default)]
pub struct Known<'a> {
    found: Mutex<HashMap<Key, Vacuity>>,
    /// The catalogues of the questions are told apart by where they are: each lives as long as this.
    catalogues: PhantomData<fn(&'a Catalogue) -> &'a Catalogue>,
}

/// All that it depends on whether a question says something, beyond its policies alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    /// Which policies there are of each set.
    sets: Vec<(bool, Option<Kind>, Vec<Kind>, NotPrincipalReading)>,
    /// The shape in all that it says.
    shape: String,
    world: Option<(usize, Assumptions, bool, bool, Option<Partitions>)>,
}

impl Key {
    fn of(relaxed: &[Policies], shape: &Shape, requests: Requests<'_>) -> Self {
        let kind = |named: &NamedPolicy| named.policy.kind;
        let set = |set: &Policies| {
            (
                set.identity.is_some(),
                set.resource.as_ref().map(kind),
                set.endpoint.iter().map(kind).collect(),
                set.not_principal,
            )
        };
        let world =
            |World { catalogue, assumptions, unknown_actions, unknown_keys, partitions }| {
                let place = std::ptr::from_ref::<Catalogue>(catalogue).addr();
                (place, assumptions, unknown_actions, unknown_keys, partitions)
            };
        let statement = shape.statement.clone().without_places();
        let shape = format!("{:?}", Shape { statement, ..shape.clone() });
        Self { sets: relaxed.iter().map(set).collect(), shape, world: requests.world().map(world) }
    }
}

impl Known<'_> {
    /// How many questions are known; with more, all are forgotten.
    const MOST: usize = 256;
    /// How long the shape of one is at most, in bytes.
    const LONGEST: usize = 1 << 14;

    fn find(&self, key: &Key) -> Option<Vacuity> {
        self.lock().get(key).cloned()
    }

    fn keep(&self, key: Key, vacuity: Vacuity) {
        if key.shape.len() > Self::LONGEST {
            return;
        }
        let mut found = self.lock();
        if found.len() >= Self::MOST {
            found.clear();
        }
        found.insert(key, vacuity);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Vacuity>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a question whose answer is that there is no such request says something about its
/// policies. Of several sets, as in a comparison, all have to allow nothing.
///
/// # Errors
/// As [`Query::ask`].
pub fn question(
    sets: &[&Policies],
    shape: Option<&Shape>,
    requests: Requests<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Vacuity, QueryError> {
    question_known(sets, shape, requests, &Known::default(), solver, limits)
}

/// The same, where what was found out about other questions is known.
///
/// # Errors
/// As [`question`].
pub fn question_known<'a>(
    sets: &[&Policies],
    shape: Option<&Shape>,
    requests: Requests<'a>,
    known: &Known<'a>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Vacuity, QueryError> {
    if let Some(found) = of_policies(sets, shape) {
        return Ok(Vacuity::of(found));
    }
    let relaxed: Vec<Policies> = sets.iter().map(|set| relaxed(set, sets.len() > 1)).collect();
    let query = Query {
        shape,
        within: &[],
        unlike: &[],
        allowed_by: sets.to_vec(),
        refused_by: Vec::new(),
        requests,
    };
    // In the partitions of the question itself, which its policies may name.
    let requests = requests.asked_in(query.partitions());
    let Some(shape) = shape.filter(|shape| !exists(shape, requests)) else {
        return Ok(Vacuity::default());
    };
    let key = Key::of(&relaxed, shape, requests);
    if let Some(vacuity) = known.find(&key) {
        return Ok(vacuity);
    }
    let vacuity = of_relaxed(&relaxed, shape, requests, &solver.unrecorded(), limits)?;
    if vacuity.is_decided() {
        known.keep(key, vacuity.clone());
    }
    Ok(vacuity)
}

/// Of what policies may say that are there as these are, which allow everything.
fn of_relaxed(
    relaxed: &[Policies],
    shape: &Shape,
    requests: Requests<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Vacuity, QueryError> {
    let query = |allowed_by| Query {
        shape: Some(shape),
        within: &[],
        unlike: &[],
        allowed_by,
        refused_by: Vec::new(),
        requests,
    };
    let ask = |allowed_by| query(allowed_by).ask(solver, limits);
    let asker = Asker { requests, solver, limits };
    let mut out_of_reach = None;
    for set in relaxed {
        let verdict = ask(vec![set])?;
        match verdict.answer {
            Answer::No => out_of_reach = out_of_reach.or(Some(verdict.rests_on)),
            Answer::Yes(_) => {
                return Ok(Vacuity { vacuous: None, caveats: asker.impossible_actions(shape)? });
            }
            Answer::Unknown(_) => return Ok(Vacuity::undecided()),
        }
    }
    // Nobody can be allowed what nobody can ask for.
    let verdict = ask(Vec::new())?;
    Ok(match (verdict.answer, out_of_reach) {
        (Answer::No, _) => Vacuity::of(Vacuous::NoSuchRequest {
            rests_on: verdict.rests_on,
            about: asker.about(&shape.statement)?,
        }),
        (Answer::Yes(_) | Answer::Unknown(_), Some(rests_on)) => {
            Vacuity::of(Vacuous::OutOfReach { rests_on })
        }
        (Answer::Yes(_), None) => Vacuity::default(),
        (Answer::Unknown(_), None) => Vacuity::undecided(),
    })
}

/// Whoever asks whether there are requests at all.
struct Asker<'a> {
    requests: Requests<'a>,
    solver: &'a Solver,
    limits: &'a Limits,
}

impl Asker<'_> {
    /// How many actions of one question are asked about.
    const ACTIONS: usize = 8;

    /// Whether no request has the shape; false where no engine can tell.
    fn is_impossible(&self, shape: &Shape) -> Result<bool, QueryError> {
        let query = Query {
            shape: Some(shape),
            within: &[],
            unlike: &[],
            allowed_by: Vec::new(),
            refused_by: Vec::new(),
            requests: self.requests,
        };
        Ok(matches!(query.answer(self.solver, self.limits)?, Answer::No))
    }

    /// Of a shape that some request has: its actions without wildcards of which no request has it.
    fn impossible_actions(&self, shape: &Shape) -> Result<Vec<Caveat>, QueryError> {
        let element = &shape.statement.action;
        if element.negated || element.patterns.len() < 2 || self.requests.world().is_none() {
            return Ok(Vec::new());
        }
        let mut caveats = Vec::new();
        let named = element.patterns.iter().filter_map(|pattern| match pattern {
            ActionPattern::Name { service, name } if !name.contains(['*', '?']) => {
                Some((pattern, format!("{service}:{name}")))
            }
            ActionPattern::Name { .. } | ActionPattern::Any => None,
        });
        for (pattern, action) in named.take(Self::ACTIONS) {
            let alone = ActionElement { negated: false, patterns: vec![pattern.clone()] };
            let shape = Shape { statement: shape.statement.with_action(alone), ..shape.clone() };
            if self.is_impossible(&shape)? {
                let about = self.about(&shape.statement)?;
                caveats.push(Caveat::ActionOutOfReach { action, about });
            }
        }
        Ok(caveats)
    }

    /// What the actions of a statement are about, as a clause, where none of them is about a
    /// resource of the statement.
    fn about(&self, statement: &Statement) -> Result<Option<String>, QueryError> {
        let (Some(world), Some(element)) = (self.requests.world(), &statement.resource) else {
            return Ok(None);
        };
        let arn = element.patterns.iter().find_map(|pattern| match pattern {
            ResourcePattern::Arn { text, .. } => Some(&**text),
            ResourcePattern::Any => None,
        });
        let Some(arn) = arn.filter(|_| !element.negated && !statement.action.negated) else {
            return Ok(None);
        };
        let targets = Targets::of(world.catalogue, &statement.action, arn)?;
        let alone = Shape {
            statement: Statement { conditions: Vec::new(), ..statement.clone() },
            principals: None,
            not_principals: Vec::new(),
            scope: Scope::default(),
        };
        if !self.is_impossible(&alone)? {
            return Ok(None);
        }
        let (actions, are, own) = match statement.action.patterns.as_slice() {
            [ActionPattern::Name { service, name }] if !name.contains(['*', '?']) => {
                (format!("`{service}:{name}`"), "is", "its")
            }
            _ => ("its actions".to_owned(), "are", "their"),
        };
        Ok(match (targets.words(), targets.star) {
            (Some(formats), false) => Some(format!("{actions} {are} asked on {formats}")),
            (Some(formats), true) => Some(format!("{actions} {are} asked on {formats}, or on `*`")),
            (None, true) => Some(format!(
                "{actions} {are} asked on no resource of {own} own; leave the resource out"
            )),
            (None, false) => None,
        })
    }
}

/// The set, where all that could grant something grants everything, and nothing limits it. A
/// comparison is about requests by every way, so that no endpoint policy stands in it.
fn relaxed(set: &Policies, compared: bool) -> Policies {
    let Policies {
        identity,
        boundary: _,
        session: _,
        resource,
        scp: _,
        rcp: _,
        endpoint,
        not_principal,
    } = set;
    let kind = |policy: &NamedPolicy| everything(policy.policy.kind);
    Policies {
        identity: identity.as_ref().map(|_| vec![everything(Kind::Identity)]),
        boundary: None,
        session: Vec::new(),
        resource: resource.as_ref().map(kind),
        scp: Vec::new(),
        rcp: Vec::new(),
        // Which way the requests take depends on whether there is one.
        endpoint: endpoint.iter().take(usize::from(!compared)).map(kind).collect(),
        not_principal: *not_principal,
    }
}

/// Whether a policy that allows everything allows a request of the shape for sure: it says no more
/// than which actions, of which the catalogue has some, and every action of the catalogue is allowed
/// by such a policy in the partition `aws` (a test of the encoder asks each).
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
        && *scope == Scope::default()
        // Some calls to STS are nobody's whom identity-based policies are attached to.
        && !statement.action.patterns.iter().any(|pattern| is_of(pattern, "sts"))
        && requests.world().is_none_or(|world| usual(world) && some(world))
}

fn is_of(pattern: &ActionPattern, prefix: &str) -> bool {
    matches!(pattern, ActionPattern::Name { service, .. } if service.eq_ignore_ascii_case(prefix))
}

/// The same of a question about a call.
///
/// # Errors
/// As [`CallQuery::ask`].
pub fn call(
    query: &CallQuery<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Vacuity, QueryError> {
    let sets: Vec<&Policies> = [query.policies].into_iter().chain(query.role).collect();
    if let Some(found) = sets.iter().find_map(|set| of_policies(&[set], query.shape)) {
        return Ok(Vacuity::of(found));
    }
    let everything = Policies::identity(vec![everything(Kind::Identity)]);
    let query = CallQuery {
        policies: &everything,
        role: query.role.map(|_| &everything),
        requests: query.requests.asked_in(query.partitions()),
        ..query.clone()
    };
    existing(&query, solver, limits)
}

/// Whether there is such a call at all, whoever makes it and whatever policies say: a question to
/// everybody in an estate whose answer is that nobody can says nothing about it otherwise.
///
/// # Errors
/// As [`CallQuery::ask`].
pub fn any_call(
    query: &CallQuery<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Vacuity, QueryError> {
    // Identity-based policies alone let nobody in who has none.
    let open = Policies {
        resource: Some(everything(Kind::Resource)),
        ..Policies::identity(vec![everything(Kind::Identity)])
    };
    let (within, unlike, wanted) = (&[][..], &[][..], false);
    let spots = [CallSpot { policies: &open, within, unlike, wanted }];
    let requests = query.requests.asked_in(query.partitions());
    let query = CallQuery { spots: &spots, requests, ..query.clone() };
    existing(&query, solver, limits)
}

fn existing(
    query: &CallQuery<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Vacuity, QueryError> {
    let verdict = query.ask(&solver.unrecorded(), limits)?;
    Ok(match verdict.answer {
        CallAnswer::No => {
            Vacuity::of(Vacuous::NoSuchRequest { rests_on: verdict.rests_on, about: None })
        }
        CallAnswer::Yes(_) => Vacuity::default(),
        CallAnswer::Unknown(_) => Vacuity::undecided(),
    })
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
    policy.policy.statements().any(|statement| statement.effect == Effect::Allow)
}
