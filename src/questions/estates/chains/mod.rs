//! Chains of roles: who comes from whom to a role, or to a request, by assuming one role after the
//! other (SEMANTICS 6.9, "Chains").
//!
//! A step is a question to one principal about one role, as [`WhoCan`](super::WhoCan) asks it. What
//! sessions cannot have, because no step before could give it to them, narrows the question about
//! the next step; what one of the steps before may give is not excluded. So a step that is refuted
//! is none, whatever came before it. A chain that is found is then joined together: what a step
//! wants of its session, the step before is asked for.

mod graph;
mod index;
mod session;
mod step;

pub(super) use session::Given;

use super::classes::Key;
use super::facts;
use super::{Known, Subject, WhoCan};
use crate::query::{Requests, RestsOn, Solver, Verdict, Witness};
use crate::unknown::Unknown;
pub use graph::Reach;
use index::Index;
use keyaki_engines::engine::Limits;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::Estate;
use keyaki_iam::layers::NotPrincipalReading;
use keyaki_iam::policy::{ActionPattern, ContextKey};
use keyaki_iam::shape::{About, Shape};
use keyaki_iam::world::ModelChoice;
use rustc_hash::FxHashMap;
use session::{Passes, Session};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// The actions that assume a role.
const ASSUME: [&str; 3] = ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"];
/// What passing session tags and setting a source identity need besides.
const TAG: &str = "TagSession";
const IDENTIFY: &str = "SetSourceIdentity";

/// Who may assume which role of an estate.
pub struct Chains<'a> {
    estate: &'a Estate,
    index: Index<'a>,
    assume: Steps<'a>,
    tag: Steps<'a>,
    identify: Steps<'a>,
    /// The request at the end of a chain, where one is asked for.
    last: Option<WhoCan<'a>>,
    /// What policies look at of a session: nothing else of it tells one from another.
    looked_at: Session,
}

/// Where a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal<'g> {
    /// In the role with that ARN.
    Role(&'g str),
    /// With a request of the shape that the chains were made with.
    Request,
}

/// How many chains are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The shortest one.
    Shortest,
    /// All, the shortest first, up to so many. None comes back to a role but for a session that can
    /// have more than the one before.
    All(usize),
}

/// What was found out about chains from somebody to somewhere.
#[derive(Debug)]
pub struct Paths {
    /// The chains, the shortest first.
    pub chains: Vec<Chain>,
    /// Whether there may be more than these, where all are wanted.
    pub limit_reached: bool,
    /// Why it is unknown whether there is a chain, if none is known.
    pub unknown: Option<Unknown>,
    /// The roles that can be reached, by their ARNs; where the shortest chain is wanted and there is
    /// one, those that were met.
    pub reached: BTreeSet<String>,
    /// How many steps were asked about, and how many of them were refuted.
    pub asked: (usize, usize),
    /// What every refuted step rests on.
    pub rests_on: RestsOn,
    /// What the answer depends on.
    pub caveats: Vec<Caveat>,
    /// What it is about.
    pub about: About,
}

/// A chain.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step: somebody assumes a role, or makes the request at the end.
#[derive(Debug, Clone)]
pub struct Step {
    /// Who: an ARN, or the word of a kind of outsiders.
    pub from: String,
    /// The ARN of the role; `None`: it is the request at the end.
    pub to: Option<String>,
    /// The confirmed request.
    pub witness: Witness,
    /// Confirmed requests that the call needs besides, to pass tags or a source identity.
    pub besides: Vec<Witness>,
    /// What of the request the conditions of the trust policy look at.
    pub needs: Vec<Need>,
}

/// What a condition of a trust policy looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The key.
    pub key: ContextKey,
    /// Its values in the request: none if it is absent.
    pub values: Vec<String>,
}

/// Who reaches a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// Principals of the estate and outsiders that do, by their names, in the order of answers.
    pub by: Vec<String>,
    /// Those of which it is unknown.
    pub unknown: Vec<String>,
}

/// A question about steps: who may ask for an action on a role.
struct Steps<'a> {
    who: WhoCan<'a>,
    /// The number of the place of each role, by the number of the role.
    places: FxHashMap<usize, usize>,
    /// What is known of a class about a role.
    classes: Mutex<FxHashMap<Class, Arc<Mutex<Option<Known>>>>>,
}

/// Principals of whom a question about one role cannot tell one from the other.
#[derive(PartialEq, Eq, Hash)]
struct Class {
    key: Key,
    role: usize,
    session: Session,
    passes: Passes,
    /// The tags of the role whose session asks, where it has no others.
    tags: Vec<Option<String>>,
}

/// How steps are decided.
#[derive(Clone, Copy)]
pub struct Asking<'s> {
    /// The solver.
    pub solver: &'s Solver,
    /// What each question may cost.
    pub limits: &'s Limits,
}

impl<'a> Chains<'a> {
    /// Chains of an estate, to its roles, and to requests of a shape if there is one.
    pub fn new(
        estate: &'a Estate,
        last: Option<&Shape>,
        requests: Requests<'a>,
        not_principal: NotPrincipalReading,
    ) -> Self {
        let index = Index::of(estate);
        let steps = |names: &[&str], requests| {
            let shape = of_actions(names);
            Steps::of(WhoCan::new(estate, &shape, requests, not_principal), &index)
        };
        let assume = steps(&ASSUME, requests);
        // What comes with a request for a role comes with what it needs besides, too, though the
        // catalogue does not list the external id there.
        let besides = match requests {
            Requests::Feasible(mut world) => {
                world.assumptions = world.assumptions.without(ModelChoice::F13);
                Requests::Feasible(world)
            }
            Requests::Any => Requests::Any,
        };
        let tag = steps(&[TAG], besides);
        let identify = steps(&[IDENTIFY], besides);
        let last = last.map(|shape| WhoCan::new(estate, shape, requests, not_principal));
        let mut named = BTreeSet::new();
        for who in [&assume.who, &tag.who, &identify.who].into_iter().chain(&last) {
            who.names(&mut named);
        }
        let looked_at = Session {
            without_mfa: session::MFA.iter().any(|key| named.contains(*key)),
            own_tags: named.iter().any(|key| key.starts_with(facts::PRINCIPAL_TAG)),
            without_source: named.contains(session::SOURCE),
        };
        Self { estate, index, assume, tag, identify, last, looked_at }
    }

    /// The estate.
    pub fn estate(&self) -> &'a Estate {
        self.estate
    }

    /// Somebody by its name: an ARN, an account, or the word of a kind.
    pub fn subject(&self, name: &str) -> Option<Subject<'a>> {
        let all = Subject::all(self.estate);
        all.into_iter().find(|subject| subject.name(self.estate) == name)
    }

    /// What the answers depend on that the estate does not say.
    pub fn caveats(&self) -> Vec<Caveat> {
        let mut caveats = self.last.as_ref().unwrap_or(&self.assume.who).caveats();
        caveats.extend(
            super::has_permission_sets(self.estate).then_some(Caveat::EstateIdentityCenter),
        );
        caveats
    }
}

impl<'a> Steps<'a> {
    fn of(who: WhoCan<'a>, index: &Index<'a>) -> Self {
        let places = who.places.all.iter().enumerate();
        let places = places
            .filter(|(_, place)| place.is_role)
            .filter_map(|(number, place)| Some((index.number(place.arn)?, number)));
        let places = places.collect();
        Self { who, places, classes: Mutex::default() }
    }
}

/// The shape of requests with these actions of STS.
fn of_actions(names: &[&str]) -> Shape {
    let mut shape = Shape::under(Vec::new());
    let name = |name: &&str| ActionPattern::Name { service: "sts".into(), name: (*name).into() };
    shape.statement.action.patterns = names.iter().map(name).collect();
    shape
}

impl WhoCan<'_> {
    /// Adds every key that the question names to somebody, in lower case.
    fn names(&self, named: &mut BTreeSet<String>) {
        let of_limits = self.limits.values().flat_map(keyaki_iam::layers::Policies::all);
        let of_limits = of_limits.flat_map(|one| one.policy.keys());
        let of_places = self.places.all.iter().filter_map(|place| place.policy);
        let of_places = of_places.flat_map(|policy| policy.policy.keys());
        let keys = of_limits.chain(of_places).chain(self.documents.keys()).chain(self.shape.keys());
        named.extend(keys.map(|key| key.lower().to_owned()));
    }
}

/// What is said of a step that is none, or may be none.
struct Basis {
    rests_on: RestsOn,
    caveats: Vec<Caveat>,
    about: About,
}

impl From<Verdict> for Basis {
    fn from(verdict: Verdict) -> Self {
        let Verdict { answer: _, rests_on, caveats, about } = verdict;
        Self { rests_on, caveats, about }
    }
}
