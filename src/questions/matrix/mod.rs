//! A library of policies: which is contained in which?
//!
//! A is contained in B if B allows everything that A allows: if no request is allowed by A and not
//! by B. Each ordered pair is that question (as `compare` asks it), and yet few pairs cost an
//! engine's work. What decides a pair, the cheapest first:
//!
//! 1. **Samples**: requests that A allows, each confirmed. One that B does not allow shows that A
//!    is not contained in B, and one sample refutes nearly all of a library, since policies are
//!    about different actions. So samples are of actions that few policies allow (`actions`), found
//!    by a question about A and one action (`sample`).
//! 2. **A law**: the texts show that each statement of A is covered by one of B (`cover`).
//! 3. **An engine**, about the statements of A and B that matter to each other (`row`). A request
//!    that it finds is one more sample.
//!
//! So "not contained" rests on a request that the evaluator confirmed, and the checker of
//! feasibility where only feasible requests are considered; "contained" on the law or on an
//! engine's "no". What no engine could tell is unknown.

mod actions;
mod classes;
mod complete;
mod cover;
mod pin;
mod row;
mod sample;

use crate::query::{Named, Query, QueryError, Requests, RestsOn, Solver};
use crate::unknown::Unknown;
use actions::Actions;
use fixedbitset::FixedBitSet;
use keyaki_engines::engine::Limits;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::layers::{NamedPolicy, Policies};
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::{ContextKey, Kind, Policy};
use keyaki_iam::world::World;
use rayon::prelude::*;
use row::Row;
use std::collections::BTreeSet;
use std::ops::AddAssign;

/// A policy of a library.
#[derive(Debug, Clone)]
pub struct Member {
    /// What reports call it.
    pub id: String,
    set: Policies,
}

impl Member {
    /// A policy that stands alone: of kind [`Kind::Identity`] the only one of a user or role, of
    /// any other kind a resource-based policy.
    pub fn new(id: String, policy: NamedPolicy) -> Self {
        let set = if policy.policy.kind == Kind::Identity {
            Policies::identity(vec![policy])
        } else {
            Policies::resource(policy)
        };
        Self { id, set }
    }

    /// The policy, as what decides a request.
    pub fn set(&self) -> &Policies {
        &self.set
    }

    /// The same, for parameters to get one form.
    pub fn set_mut(&mut self) -> &mut Policies {
        &mut self.set
    }

    fn policy(&self) -> Option<&Policy> {
        self.set.all().next().map(|named| &*named.policy)
    }
}

/// Every ordered pair of a library, decided.
#[derive(Debug, Default)]
pub struct Matrix {
    /// For each policy, in the order of the library, what is known of it.
    pub rows: Vec<Containment>,
    /// The model choices that were assumed throughout; nobody asked which of them a pair needs.
    pub rests_on: RestsOn,
    /// What a reader must know, of all policies of the library together, in a fixed order.
    pub caveats: Vec<Caveat>,
    /// The partitions that all policies together name. A pair is asked in those that its policies
    /// name, as [`crate::query::Query::partitions`].
    pub partitions: Option<Partitions>,
    /// What it took.
    pub effort: Effort,
    /// Internal errors about single questions, in the order of the policies. Pairs that they
    /// concern are unknown.
    pub errors: Vec<QueryError>,
}

/// What is known of one policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Containment {
    /// The numbers of the other policies that contain it, ascending.
    pub contained_in: Vec<usize>,
    /// The numbers of those of which no engine could tell, ascending, each with the reason.
    pub unknown: Vec<(usize, Unknown)>,
}

/// What a matrix took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effort {
    /// Questions to engines about one policy and one action, for samples.
    pub samples: usize,
    /// Questions to engines about pairs.
    pub questions: usize,
    /// Pairs in which the law shows containment.
    pub by_law: usize,
    /// Requests that were decided by the evaluator.
    pub evaluations: usize,
}

impl AddAssign for Effort {
    fn add_assign(&mut self, other: Self) {
        self.samples += other.samples;
        self.questions += other.questions;
        self.by_law += other.by_law;
        self.evaluations += other.evaluations;
    }
}

impl Matrix {
    /// How many ordered pairs there are.
    pub fn pairs(&self) -> usize {
        self.rows.len() * self.rows.len().saturating_sub(1)
    }

    /// In how many of them the first policy is contained in the second.
    pub fn holds(&self) -> usize {
        self.rows.iter().map(|row| row.contained_in.len()).sum()
    }

    /// Of how many of them no engine could tell.
    pub fn unknown(&self) -> usize {
        self.rows.iter().map(|row| row.unknown.len()).sum()
    }

    /// In how many of them the first policy allows something that the second does not.
    pub fn fails(&self) -> usize {
        self.pairs() - self.holds() - self.unknown()
    }
}

/// What every row of a matrix looks at.
struct Library<'a> {
    members: &'a [Member],
    requests: Requests<'a>,
    solver: &'a Solver,
    limits: &'a Limits,
    actions: Actions,
    /// For each policy, the actions that it may allow.
    allowed: Vec<FixedBitSet>,
    /// For each policy and each of its statements, the actions that it matches, where no others are
    /// considered.
    statements: Option<Vec<Vec<FixedBitSet>>>,
    /// For each action, how many policies may allow it.
    frequency: Vec<usize>,
    /// Every context key that some policy names.
    keys: BTreeSet<&'a ContextKey>,
    /// For each policy, the partitions that it names.
    named: Vec<Named>,
    /// The partitions in which some pair is asked; `None` where all that one can write down is.
    partitions: Option<Partitions>,
}

impl<'a> Library<'a> {
    fn policy(&self, number: usize) -> Option<&'a Policy> {
        self.members.get(number).and_then(Member::policy)
    }

    /// Which requests a question about these policies is about: those in the partitions that they
    /// name.
    fn requests_of(&self, numbers: &[usize]) -> Requests<'a> {
        let named = numbers
            .iter()
            .filter_map(|number| self.named.get(*number))
            .fold(Named::nothing(), |named, own| named.and(*own));
        match self.requests {
            Requests::Feasible(World { partitions: None, .. }) => {
                self.requests.asked_in(Some(named.asked()))
            }
            Requests::Feasible(World { partitions: Some(_), .. }) | Requests::Any => self.requests,
        }
    }

    fn policies(&self, pair: [usize; 2]) -> Option<[&'a Policy; 2]> {
        let [own, other] = pair.map(|number| self.policy(number));
        Some([own?, other?])
    }
}

/// Decides every ordered pair, on all cores; the limits are for each question. `done` is called
/// after each policy. The outcome depends on the scheduling of threads only as far as timeouts do.
///
/// # Errors
/// As [`crate::query::Query::answer`], but for errors about one question, which are part of the
/// outcome.
pub fn matrix(
    members: &[Member],
    requests: Requests<'_>,
    solver: &Solver,
    limits: &Limits,
    done: &(dyn Fn() + Sync),
) -> Result<Matrix, QueryError> {
    let policies = || members.iter().filter_map(Member::policy);
    let actions = Actions::of(policies(), requests)?;
    let allowed: Vec<FixedBitSet> = members
        .par_iter()
        .map(|member| member.policy().map(|policy| actions.allowed_by(policy)).unwrap_or_default())
        .collect();
    let listed = matches!(requests, Requests::Feasible(world) if !world.unknown_actions);
    let of = |member: &Member| {
        member.policy().map(|policy| actions.of_statements(policy)).unwrap_or_default()
    };
    let statements = listed.then(|| members.par_iter().map(of).collect());
    let mut frequency = vec![0; actions.len()];
    for number in allowed.iter().flat_map(FixedBitSet::ones) {
        if let Some(count) = frequency.get_mut(number) {
            *count += 1;
        }
    }
    let keys = policies().flat_map(Policy::keys).collect();
    let named: Vec<Named> =
        members.par_iter().map(|member| Named::in_sets([member.set()])).collect();
    // A pair of which only one policy names a partition is not asked in `aws`; one of which none
    // does is.
    let some = named.iter().map(|own| own.asked()).reduce(Partitions::and);
    let partitions = requests.world().and_then(|world| world.partitions.or(some));
    let library = Library {
        members,
        requests,
        solver,
        limits,
        actions,
        allowed,
        statements,
        frequency,
        keys,
        named,
        partitions,
    };
    let row = |number: usize| {
        let decided = Row::decide(&library, number);
        done();
        decided
    };
    let rows: Vec<_> =
        (0..members.len()).into_par_iter().map(row).collect::<Result<_, QueryError>>()?;
    let mut matrix = Matrix {
        rests_on: assumed(requests),
        caveats: caveats(members, requests)?,
        partitions,
        ..Matrix::default()
    };
    for (row, effort, errors) in rows {
        matrix.errors.extend(errors);
        matrix.rows.push(row);
        matrix.effort += effort;
    }
    Ok(matrix)
}

fn assumed(requests: Requests<'_>) -> RestsOn {
    let choices: Vec<_> =
        requests.world().map(|world| world.assumptions.iter().collect()).unwrap_or_default();
    RestsOn { undecided: !choices.is_empty(), choices }
}

/// The caveats of a question about every policy of the library at once.
fn caveats(members: &[Member], requests: Requests<'_>) -> Result<Vec<Caveat>, QueryError> {
    let allowed_by = members.iter().map(Member::set).collect();
    let all = Query {
        shape: None,
        within: &[],
        unlike: &[],
        allowed_by,
        refused_by: Vec::new(),
        requests,
    };
    Ok(all.caveats()?)
}
