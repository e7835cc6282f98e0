//! Does a new policy set allow the same as an old one, less, more, or something else?

use crate::query::{
    Account, Answer, Beyond, ForEvery, Query, QueryError, Refusal, Requests, RestsOn, Solver,
    Witness, for_every,
};
use crate::unknown::Unknown;
use keyaki_engines::engine::Limits;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::layers::Policies;
use keyaki_iam::shape::{About, Shape};
use std::collections::BTreeMap;

/// How NEW relates to OLD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Both allow the same requests.
    Equivalent,
    /// NEW allows strictly less.
    Narrower,
    /// NEW allows strictly more.
    Wider,
    /// Each allows something that the other does not.
    Incomparable,
    /// At least one direction has no answer.
    Unknown,
}

impl Relation {
    /// The word of the command line's contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Narrower => "narrower",
            Self::Wider => "wider",
            Self::Incomparable => "incomparable",
            Self::Unknown => "unknown",
        }
    }
}

/// One direction of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// What NEW allows and OLD does not.
    Added,
    /// What OLD allows and NEW does not.
    Removed,
}

impl Direction {
    /// The word of reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// A request that one side allows and the other does not.
#[derive(Debug)]
pub struct Difference {
    /// The request and the statements of the side that allows it.
    pub witness: Witness,
    /// Why the other side does not.
    pub refusal: Account,
}

/// The answer for one direction.
#[derive(Debug)]
pub enum Found {
    /// This direction was not asked.
    NotAsked,
    /// No request.
    Nothing,
    /// This one.
    Difference(Box<Difference>),
    /// No engine could tell; the reason.
    Unknown(Unknown),
}

/// A comparison of two policy sets.
#[derive(Debug)]
pub struct Comparison {
    /// What NEW allows and OLD does not.
    pub added: Found,
    /// What OLD allows and NEW does not.
    pub removed: Found,
    /// The model choices on which it rests that one side allows nothing more than the other.
    pub rests_on: RestsOn,
    /// Assumptions and approximations, in a fixed order.
    pub caveats: Vec<Caveat>,
    /// Which requests it is about, beyond the policy language.
    pub about: About,
}

impl Comparison {
    /// The relation; `None` where one direction was not asked, since [`compare`] was told to ask the
    /// other only.
    pub fn relation(&self) -> Option<Relation> {
        match (&self.added, &self.removed) {
            (Found::NotAsked, _) | (_, Found::NotAsked) => None,
            (Found::Unknown(_), _) | (_, Found::Unknown(_)) => Some(Relation::Unknown),
            (Found::Nothing, Found::Nothing) => Some(Relation::Equivalent),
            (Found::Nothing, Found::Difference(_)) => Some(Relation::Narrower),
            (Found::Difference(_), Found::Nothing) => Some(Relation::Wider),
            (Found::Difference(_), Found::Difference(_)) => Some(Relation::Incomparable),
        }
    }

    /// Whether a difference was found.
    pub fn differs(&self) -> bool {
        [&self.added, &self.removed].iter().any(|found| matches!(found, Found::Difference(_)))
    }

    /// The first reason why an answer is missing.
    pub fn unknown(&self) -> Option<&Unknown> {
        [&self.added, &self.removed].into_iter().find_map(|found| match found {
            Found::Unknown(reason) => Some(reason),
            Found::NotAsked | Found::Nothing | Found::Difference(_) => None,
        })
    }
}

/// Compares two policy sets, in both directions or in one; with a shape, in what they allow of it.
///
/// # Errors
/// [`QueryError`]: an internal disagreement; never an answer.
pub fn compare(
    old: &Policies,
    new: &Policies,
    shape: Option<&Shape>,
    requests: Requests<'_>,
    only: Option<Direction>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Comparison, QueryError> {
    // Both directions are about one symbolic request, in the same partitions, and have their caveats
    // in common.
    let whole = Query { shape, ..difference(new, old, requests) }.placed();
    let requests = whole.requests;
    let ground = whole.ground();
    let mut rests_on = RestsOn::default();
    let mut direction =
        |wanted: Direction, allows: &Policies, refuses: &Policies| -> Result<Found, QueryError> {
            if only.is_some_and(|only| only != wanted) {
                return Ok(Found::NotAsked);
            }
            let query = Query { shape, ..difference(allows, refuses, requests) };
            let (answer, rests) = query.ask_on(&ground, None, solver, limits)?;
            rests_on = std::mem::take(&mut rests_on).and(rests);
            Ok(match answer {
                Answer::No => Found::Nothing,
                Answer::Unknown(reason) => Found::Unknown(reason),
                Answer::Yes(witness) => {
                    let refusal = Account::of(refuses, &witness.request);
                    Found::Difference(Box::new(Difference { witness: *witness, refusal }))
                }
            })
        };
    let added = direction(Direction::Added, new, old)?;
    let removed = direction(Direction::Removed, old, new)?;
    Ok(Comparison { added, removed, rests_on, caveats: whole.caveats()?, about: whole.about() })
}

/// Values of the parameters at which the sides differ least: both allow the same, or else new adds
/// nothing, or else it removes nothing. [`ForEvery::Yes`]: they differ in each direction that is asked
/// whatever the values are.
///
/// # Errors
/// As [`compare`].
pub fn closest(
    [old, new]: [&Policies; 2],
    shape: Option<&Shape>,
    requests: Requests<'_>,
    only: Option<Direction>,
    solver: &Solver,
    limits: &Limits,
) -> Result<ForEvery, QueryError> {
    let added = Query { shape, ..difference(new, old, requests) };
    let removed = Query { shape, ..difference(old, new, requests) };
    let in_turn = match only {
        None => vec![vec![added.clone(), removed.clone()], vec![added], vec![removed]],
        Some(Direction::Added) => vec![vec![added]],
        Some(Direction::Removed) => vec![vec![removed]],
    };
    for queries in in_turn {
        match for_every(&queries, solver, limits)? {
            ForEvery::Yes => {}
            other @ (ForEvery::NotAt(_) | ForEvery::Unknown(_)) => return Ok(other),
        }
    }
    Ok(ForEvery::Yes)
}

/// Why a comparison came out as it did.
#[derive(Debug)]
pub struct Reasons {
    /// For the directions in which a difference was found: what refuses it on the other side, all
    /// of which would have to be changed to allow it.
    pub refusals: BTreeMap<Direction, Vec<Refusal>>,
    /// For the directions in which no feasible request was found: what the difference would be if
    /// every string were an action and a resource, and why that cannot be asked for.
    pub beyond: Vec<(Direction, Beyond)>,
}

/// Why a comparison came out as it did.
///
/// # Errors
/// As [`compare`].
pub fn reasons(
    comparison: &Comparison,
    [old, new]: [&Policies; 2],
    shape: Option<&Shape>,
    requests: Requests<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Reasons, QueryError> {
    let directions = [
        (Direction::Added, &comparison.added, new, old),
        (Direction::Removed, &comparison.removed, old, new),
    ];
    let mut reasons = Reasons { refusals: BTreeMap::new(), beyond: Vec::new() };
    for (direction, answer, allows, refuses) in directions {
        match answer {
            Found::Nothing => {
                let query = Query { shape, ..difference(allows, refuses, requests) };
                let beyond = query.beyond(solver, limits)?;
                reasons.beyond.extend(beyond.map(|beyond| (direction, beyond)));
            }
            Found::Difference(difference) => {
                let refusals = Refusal::all(refuses, &difference.witness.request);
                reasons.refusals.insert(direction, refusals);
            }
            Found::NotAsked | Found::Unknown(_) => {}
        }
    }
    Ok(reasons)
}

/// The query for a request that one policy set allows and another does not.
pub fn difference<'a>(
    allows: &'a Policies,
    refuses: &'a Policies,
    requests: Requests<'a>,
) -> Query<'a> {
    Query {
        shape: None,
        within: &[],
        unlike: &[],
        allowed_by: vec![allows],
        refused_by: vec![refuses],
        requests,
    }
}
