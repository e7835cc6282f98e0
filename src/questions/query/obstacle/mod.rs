//! Why nothing of a shape is allowed: what in the policies stands in the way, layer by layer, down
//! to the statements.
//!
//! What could be changed is that a Deny statement is not there, and that a layer allows what it
//! does not deny. An obstacle is a set of such changes with which the answer is yes, and without
//! any one of which it is no: both are asked, and the evaluator confirms a request. Obstacles of
//! one layer are looked for first; where no layer refuses alone, one of several layers.

mod changes;
mod near;

pub(crate) use changes::everything;

use super::judge::Judge;
use super::{Account, Found, Query, QueryError, Solver, StatementAccount, StatementName};
use crate::unknown::Unknown;
use changes::{Change, Changes, changed, needed, of_layer};
use keyaki_engines::engine::Limits;
use keyaki_evaluator::semantics::{self, Failure};
use keyaki_iam::layers::{Layer, Policies};
use keyaki_iam::policy::Effect;
use keyaki_iam::request::Request;
use near::{Loosened, loosened};

/// How many obstacles of one layer are looked for.
const MOST: usize = 4;

/// How many Allow statements that come near are told of one layer.
const NEAREST: usize = 10;

/// Something that stands in the way: if it were not, the answer would be yes.
#[derive(Debug)]
pub struct Obstacle {
    /// What refuses, layer by layer; at least one. Without all of it, the request would be
    /// allowed.
    pub refusals: Vec<Refusal>,
    /// Whether it was not decided of some part if the rest alone is an obstacle. Otherwise none of
    /// it can be left out: with any part, no request of the shape would be allowed.
    pub undecided: bool,
    /// A request that would be allowed, confirmed as such; the policies as they are refuse it.
    pub request: Request,
    /// What the policies, as they are, say about that request.
    pub account: Account,
}

/// What in one layer refuses a request.
#[derive(Debug)]
pub struct Refusal {
    /// The layer.
    pub layer: Layer,
    /// Whether the policies give the layer. Across accounts, one that they do not give is missed.
    pub given: bool,
    /// The Deny statements that apply.
    pub denies: Vec<StatementName>,
    /// Whether the layer must allow the request and has no Allow statement that applies.
    pub silent: bool,
    /// Where it is silent, its Allow statements about the action of the request, at most ten, those
    /// with the fewest failures first. None: none of them is about it.
    pub nearest: Vec<StatementAccount>,
}

/// What stands in the way.
#[derive(Debug, Default)]
pub struct Obstacles {
    /// Obstacles of one layer each: at most four of a layer, and no two of them share a part.
    pub found: Vec<Obstacle>,
    /// The layers of which no engine could tell whether they refuse alone.
    pub unknown: Vec<Layer>,
    /// Where no obstacle of one layer was found: what there is otherwise.
    pub otherwise: Option<Otherwise>,
}

/// What there is where no layer is known to refuse alone.
#[derive(Debug)]
pub enum Otherwise {
    /// An obstacle of several layers, or of a layer that is not given.
    Together(Box<Obstacle>),
    /// Nothing: no policy would help, since nobody can make a request of the shape.
    NoPolicyHelps,
    /// No engine could tell; the reason.
    Unknown(Unknown),
}

/// Whether there is a request with some changes.
enum Sought {
    /// This one needs these of the changes; whether it was not decided if fewer would do.
    Way(Changes, Request, bool),
    Nothing,
    Unknown(Unknown),
}

/// A search for obstacles of one set.
struct Seeker<'s, 'q> {
    query: &'s Query<'q>,
    set: &'s Policies,
    solver: &'s Solver,
    limits: &'s Limits,
}

impl Query<'_> {
    /// What in the last policy set in `allowed_by` stands in the way. For a question whose answer
    /// is no.
    ///
    /// Layers that only limit come first; where one of these refuses alone, it is not said that a
    /// resource-based policy does not grant: its grant can go round a limit.
    ///
    /// # Errors
    /// As [`Query::ask`].
    pub fn obstacles(&self, solver: &Solver, limits: &Limits) -> Result<Obstacles, QueryError> {
        let mut obstacles = Obstacles::default();
        let Some(set) = self.allowed_by.last() else { return Ok(obstacles) };
        let limits = &limits.with_aftermath();
        let seeker = Seeker { query: &self.placed(), set, solver, limits };
        let [limiting, granting] = given(set);
        for layer in limiting {
            seeker.alone(layer, of_layer(set, layer), &mut obstacles)?;
        }
        let limited = !obstacles.found.is_empty();
        for layer in granting {
            let mut within = of_layer(set, layer);
            within.retain(|change| !(limited && change.grants_round_limits()));
            seeker.alone(layer, within, &mut obstacles)?;
        }
        if !obstacles.found.is_empty() {
            return Ok(obstacles);
        }
        let otherwise = seeker.together()?;
        if matches!(otherwise, Otherwise::NoPolicyHelps) {
            obstacles.unknown.clear();
        }
        obstacles.otherwise = Some(otherwise);
        Ok(obstacles)
    }
}

impl Obstacles {
    /// What refuses, layer by layer, whatever the requests are: the same for obstacles of the same
    /// statements and layers.
    pub fn summary(&self) -> String {
        let one = |obstacle: &Obstacle| {
            let refusals = obstacle.refusals.iter();
            let parts: Vec<String> = refusals
                .map(|refusal| {
                    let denies: Vec<String> =
                        refusal.denies.iter().map(|name| format!("{name:?}")).collect();
                    format!("{} {} {}", refusal.layer, refusal.silent, denies.join(" "))
                })
                .collect();
            parts.join(", ")
        };
        let alone: Vec<String> = self.found.iter().map(one).collect();
        let otherwise = match &self.otherwise {
            Some(Otherwise::Together(together)) => one(together),
            Some(Otherwise::NoPolicyHelps) => "no policy helps".to_owned(),
            Some(Otherwise::Unknown(reason)) => reason.to_string(),
            None => String::new(),
        };
        format!("{}; {:?}; {otherwise}", alone.join("; "), self.unknown)
    }
}

impl Refusal {
    /// What in a policy set refuses a request: every Deny statement that applies, and the layers
    /// that would have to allow it. Without all of this, it would be allowed, and without less it
    /// would not. Nothing if it is allowed, or if no policy would help.
    pub fn all(set: &Policies, request: &Request) -> Vec<Refusal> {
        let changes = needed(set, request, &of_layers(set, &every_layer(set)));
        refusals(set, &changes.unwrap_or_default(), &Account::of(set, request))
    }
}

impl<'q> Seeker<'_, 'q> {
    /// Obstacles of one layer, of some of its changes.
    fn alone(
        &self,
        layer: Layer,
        mut within: Changes,
        obstacles: &mut Obstacles,
    ) -> Result<(), QueryError> {
        for number in 0..MOST {
            if within.is_empty() {
                break;
            }
            let found = match self.seek(&within)? {
                Sought::Nothing => break,
                Sought::Unknown(unknown) => Err(unknown),
                Sought::Way(changes, request, undecided) => {
                    within.retain(|change| !changes.contains(change));
                    self.obstacle(changes, request, undecided)?
                }
            };
            match found {
                Ok(obstacle) => obstacles.found.push(obstacle),
                // That there is no further one is not said.
                Err(_) if number > 0 => break,
                Err(_) => {
                    obstacles.unknown.push(layer);
                    break;
                }
            }
        }
        Ok(())
    }

    /// What several layers refuse, or what a layer that is not given would have to allow.
    fn together(&self) -> Result<Otherwise, QueryError> {
        let given: Vec<Layer> = given(self.set).into_iter().flatten().collect();
        let every = every_layer(self.set);
        let own: Vec<Layer> =
            every.iter().copied().filter(|layer| *layer != Layer::Resource).collect();
        // What is not given is missed only where nothing else is, and of that a resource's policy
        // last: it can grant to anybody.
        let mut stages = vec![given.clone(), [given, own].concat(), every.clone()];
        stages.iter_mut().for_each(|layers| {
            layers.sort_unstable();
            layers.dedup();
        });
        stages.dedup();
        for layers in &stages {
            match self.seek(&of_layers(self.set, layers))? {
                Sought::Way(changes, request, undecided) => {
                    return Ok(match self.obstacle(changes, request, undecided)? {
                        Ok(obstacle) => Otherwise::Together(Box::new(obstacle)),
                        Err(unknown) => Otherwise::Unknown(unknown),
                    });
                }
                Sought::Unknown(unknown) => return Ok(Otherwise::Unknown(unknown)),
                Sought::Nothing => {}
            }
        }
        // With layers that are not given, requests may be considered that are fewer.
        let all = changed(self.set, &of_layers(self.set, &every));
        let all = self.asked(&all);
        let same = all.home() == self.query.home() && all.limits() == self.query.limits();
        Ok(if same { Otherwise::NoPolicyHelps } else { Otherwise::Unknown(Unknown::OtherRequests) })
    }

    /// The question about a changed set.
    fn asked<'p>(&self, changed: &'p Policies) -> Query<'p>
    where
        'q: 'p,
    {
        let others = self.query.allowed_by.iter().copied();
        let kept = self.query.allowed_by.len().saturating_sub(1);
        let allowed_by = others.take(kept).chain([changed]).collect();
        Query { allowed_by, ..self.query.clone() }
    }

    /// Looks for a request that some of the changes let pass, and leaves out of these what it can.
    fn seek(&self, within: &Changes) -> Result<Sought, QueryError> {
        let (mut kept, mut request) = match self.find(within)? {
            Sought::Way(changes, request, _) => (changes, request),
            other @ (Sought::Nothing | Sought::Unknown(_)) => return Ok(other),
        };
        let mut undecided = false;
        let mut untried: Vec<Change> = kept.iter().copied().collect();
        untried.reverse();
        while let Some(change) = untried.pop() {
            // Without any change, the answer is no.
            if kept.len() < 2 {
                break;
            }
            let mut fewer = kept.clone();
            fewer.remove(&change);
            match self.find(&fewer)? {
                Sought::Way(changes, found, _) => {
                    untried.retain(|change| changes.contains(change));
                    (kept, request) = (changes, found);
                }
                Sought::Nothing => {}
                Sought::Unknown(_) => undecided = true,
            }
        }
        let undecided = undecided && kept.len() > 1;
        Ok(Sought::Way(kept, request, undecided))
    }

    /// Looks for a request that some of the changes let pass, and says which of them it needs.
    fn find(&self, within: &Changes) -> Result<Sought, QueryError> {
        let relaxed = changed(self.set, within);
        Ok(match self.asked(&relaxed).find(self.solver, self.limits)? {
            Found::Request(request) => match self.changes_of(&request, within) {
                Some(changes) => Sought::Way(changes, request, false),
                None => Sought::Unknown(Unknown::OtherRequests),
            },
            Found::Nothing => Sought::Nothing,
            Found::Unknown(unknown) => Sought::Unknown(unknown),
        })
    }

    /// The changes that a request needs, at least one; `None` if the question is not about it, if
    /// the policies as they are allow it, or if the changes are not enough.
    fn changes_of(&self, request: &Request, within: &Changes) -> Option<Changes> {
        let refused = !semantics::allows(self.set, request);
        let considered = self.query.considers(request, &self.query.keys());
        needed(self.set, request, within).filter(|changes| {
            refused
                && considered
                && !changes.is_empty()
                && self.asked(&changed(self.set, changes)).holds(request)
        })
    }

    /// A set in which the Allow statements of a layer ask for less, and a request that it allows
    /// with some changes, and that needs `all` of them and the layer's in the set as it is.
    fn near(
        &self,
        base: &Policies,
        layer: Layer,
        others: &Changes,
        all: &Changes,
    ) -> Result<Option<(Policies, Request)>, QueryError> {
        for less in Loosened::ALL {
            let Some(loosened) = loosened(base, layer, less) else { continue };
            // What was added stands after the statements, whose numbers stay.
            let near = changed(&loosened, others);
            if let Found::Request(request) = self.asked(&near).find(self.solver, self.limits)?
                && self.changes_of(&request, all).as_ref() == Some(all)
            {
                return Ok(Some((loosened, request)));
            }
        }
        Ok(None)
    }

    /// The obstacle of which a request was found, told on one that a person recognises; where a
    /// layer is silent, on one that its Allow statements come near to.
    fn obstacle(
        &self,
        changes: Changes,
        found: Request,
        undecided: bool,
    ) -> Result<Result<Obstacle, Unknown>, QueryError> {
        let (mut base, mut others) = (self.set.clone(), changes.clone());
        let mut request = found;
        for change in &changes {
            let Change::Open(opened) = change else { continue };
            others.remove(change);
            match self.near(&base, opened.layer, &others, &changes)? {
                Some((loosened, nearer)) => (base, request) = (loosened, nearer),
                None => _ = others.insert(*change),
            }
        }
        let relaxed = changed(&base, &others);
        let query = self.asked(&relaxed);
        let slice = query.slice();
        let slice = slice.of(&query);
        let (known, deadline) = ((&Judge::of(&slice), &query.keys()), &self.limits.deadline);
        let simple = query.witness(request.clone(), known, self.solver, deadline)?.request;
        let kept = |request: &Request| self.changes_of(request, &changes);
        let Some((request, changes)) = [simple, request]
            .into_iter()
            .find_map(|request| kept(&request).map(|changes| (request, changes)))
        else {
            return Ok(Err(Unknown::OtherRequests));
        };
        let account = Account::of(self.set, &request);
        let refusals = refusals(self.set, &changes, &account);
        Ok(Ok(Obstacle { refusals, undecided, request, account }))
    }
}

/// What the changes are about, layer by layer.
fn refusals(set: &Policies, changes: &Changes, account: &Account) -> Vec<Refusal> {
    let layered: Vec<_> = set.layered().collect();
    let denying = |reference: &semantics::StatementRef| StatementName::of(&layered, reference);
    let given: Vec<Layer> = given(set).into_iter().flatten().collect();
    every_layer(set)
        .into_iter()
        .filter_map(|layer| {
            let own = of_layer(set, layer);
            let (mut denies, mut silent) = (Vec::new(), false);
            for change in changes.intersection(&own) {
                match change {
                    Change::Drop(reference) => denies.extend(denying(reference)),
                    Change::Open(_) => silent = true,
                }
            }
            let nearest = if silent { nearest(account, layer) } else { Vec::new() };
            (silent || !denies.is_empty()).then(|| Refusal {
                layer,
                given: given.contains(&layer),
                denies,
                silent,
                nearest,
            })
        })
        .collect()
}

/// The Allow statements of a layer that are about the action of a request, the nearest first.
fn nearest(account: &Account, layer: Layer) -> Vec<StatementAccount> {
    let about = |failure: &Failure| matches!(failure, Failure::Action(_));
    let mut nearest: Vec<StatementAccount> = account
        .statements
        .iter()
        .filter(|one| one.name.layer == layer && one.name.effect == Effect::Allow)
        .filter(|one| !one.failures.iter().any(about))
        .cloned()
        .collect();
    nearest.sort_by_key(|one| one.failures.len());
    nearest.truncate(NEAREST);
    nearest
}

fn of_layers(set: &Policies, layers: &[Layer]) -> Changes {
    layers.iter().flat_map(|layer| of_layer(set, *layer)).collect()
}

/// The layers that a set gives: those that only limit, and those that grant.
fn given(set: &Policies) -> [Vec<Layer>; 2] {
    let Policies { identity, boundary, session, resource, scp, rcp, endpoint, not_principal: _ } =
        set;
    let single = |layer: Layer, given: bool| given.then_some(layer);
    let own =
        [single(Layer::Boundary, boundary.is_some()), single(Layer::Session, !session.is_empty())]
            .into_iter()
            .flatten();
    let levels = (0..scp.len()).map(Layer::Scp).chain((0..rcp.len()).map(Layer::Rcp));
    let limits = own.chain(levels).chain(single(Layer::Endpoint, !endpoint.is_empty())).collect();
    let grants =
        [single(Layer::Resource, resource.is_some()), single(Layer::Identity, identity.is_some())];
    [limits, grants.into_iter().flatten().collect()]
}

/// The layers that a set gives, and those that would have to grant: of a resource-based policy
/// alone nothing else is asked.
fn every_layer(set: &Policies) -> Vec<Layer> {
    let mut layers: Vec<Layer> = given(set).into_iter().flatten().collect();
    if !set.is_resource_alone() {
        layers.extend([Layer::Identity, Layer::Resource]);
    }
    layers.sort_unstable();
    layers.dedup();
    layers
}
