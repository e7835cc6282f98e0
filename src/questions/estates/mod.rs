//! "Who can?" over everything that is there: a question for everybody, with a confirmed request for
//! each yes, and a "no" for everybody else (SEMANTICS 6.9).
//!
//! For each principal the question is asked elsewhere, about resources of which the estate has no
//! policy, and at each place, a resource with a policy that may let the principal in. What the
//! estate says of both, tags and the organization for example, narrows the question.

mod chains;
mod classes;
mod facts;
mod grants;
mod places;
mod subjects;

pub use chains::{Asking, Chain, Chains, Goal, Need, Paths, Reach, Reached, Step, Wanted};
pub use subjects::{Subject, SubjectKind};

use crate::query::{Answer, Narrowed, Query, QueryError, Requests, RestsOn, Solver, Verdict};
use crate::unknown::Unknown;
use chains::Given;
use classes::{Documents, Key};
use facts::Keys;
use keyaki_engines::engine::Limits;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::{Entity, Estate};
use keyaki_iam::layers::{NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::policy::Policy;
use keyaki_iam::request::Request;
use keyaki_iam::shape::{About, Own, Shape};
use places::Places;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A question for everybody in an estate.
pub struct WhoCan<'a> {
    estate: &'a Estate,
    shape: Shape,
    requests: Requests<'a>,
    not_principal: NotPrincipalReading,
    places: Places<'a>,
    documents: Documents,
    /// SCPs and RCPs of each account, without what is out of question.
    limits: BTreeMap<String, Policies>,
    /// Every tag of principals that the question names to somebody.
    tags: BTreeSet<String>,
    /// What is known of a class, once one of it was asked.
    classes: Mutex<FxHashMap<Key, Arc<Mutex<Option<Known>>>>>,
}

/// What is known of a class of principals.
enum Known {
    /// Nobody of it can.
    Nobody(Verdict),
    /// Somebody like them can, by this request on that spot.
    Somebody(Box<Found>),
    /// Each has to be asked.
    Nothing,
}

/// By which request somebody can.
#[derive(Clone)]
struct Found {
    request: Request,
    spot: Spot,
    caveats: Vec<Caveat>,
    about: About,
}

/// Where a request was found.
#[derive(Debug, Clone, Copy)]
enum Spot {
    /// On a resource without a policy that is known; whether places were excluded.
    Elsewhere(bool),
    /// At a place, by its number.
    At(usize),
}

/// Somebody who is asked, or anybody of its class.
struct Caller<'a> {
    subject: Subject<'a>,
    like: bool,
    policies: Policies,
    /// The places that may let it in, by their numbers.
    places: Vec<usize>,
    /// What else is known of what it asks.
    given: Given,
}

/// How a question is decided.
#[derive(Clone, Copy)]
struct By<'s> {
    solver: &'s Solver,
    limits: &'s Limits,
}

/// What is gathered until somebody is found to be allowed.
#[derive(Default)]
struct Gathered {
    rests_on: RestsOn,
    caveats: Vec<Caveat>,
    unknown: Option<Unknown>,
    about: About,
}

impl<'a> WhoCan<'a> {
    /// Which requests are asked about is the shape's; what it says of own accounts is the estate's
    /// business.
    pub fn new(
        estate: &'a Estate,
        shape: &Shape,
        requests: Requests<'a>,
        not_principal: NotPrincipalReading,
    ) -> Self {
        let mut shape = shape.clone();
        shape.scope.own = own(estate);
        let places = Places::of(estate, &shape);
        let narrowed = Narrowed::to(&shape);
        let limits = estate.every_account().into_iter().map(|account| {
            let kept = |levels: Vec<Vec<NamedPolicy>>| narrowed_levels(&narrowed, levels);
            let set = Policies {
                scp: kept(estate.scps_of(account)),
                rcp: kept(estate.rcps_of(account)),
                ..Policies::default()
            };
            (account.to_owned(), set)
        });
        let limits: BTreeMap<String, Policies> = limits.collect();
        let documents = Documents::of(estate, &shape);
        let of_limits = limits.values().flat_map(Policies::all).map(|named| &named.policy);
        let of_places = places.all.iter().map(|place| &place.policy.policy);
        let keys = of_limits.chain(of_places).flat_map(Policy::keys);
        let keys = keys.chain(documents.keys()).chain(shape.keys());
        let tags = facts::tags_named(keys);
        let classes = Mutex::default();
        Self { estate, shape, requests, not_principal, places, documents, limits, tags, classes }
    }

    /// The estate.
    pub fn estate(&self) -> &'a Estate {
        self.estate
    }

    /// Everybody who is asked about, in the order of answers.
    pub fn subjects(&self) -> Vec<Subject<'a>> {
        Subject::all(self.estate)
    }

    /// What the answers depend on that the estate does not say.
    pub fn caveats(&self) -> Vec<Caveat> {
        let accounts = || self.estate.accounts.iter();
        let unread: Vec<String> =
            accounts().filter(|(_, one)| !one.resources).map(|(id, _)| id.clone()).collect();
        let resources =
            (!unread.is_empty()).then_some(Caveat::EstateResources { accounts: unread });
        let organization = self.estate.organization.is_none().then_some(Caveat::EstateOrganization);
        let federated = self
            .estate
            .entities
            .iter()
            .any(|entity| !entity.is_role())
            .then_some(Caveat::EstateFederatedUsers);
        [resources, organization, federated].into_iter().flatten().collect()
    }

    /// Whether somebody can. What is found out about one counts for everybody like it.
    ///
    /// # Errors
    /// As [`Query::ask`].
    pub fn ask(
        &self,
        subject: Subject<'a>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Verdict, QueryError> {
        let by = By { solver, limits };
        let caller = self.caller(subject);
        let Subject::Entity(entity) = subject else { return Ok(self.each(&caller, by)?.0) };
        let key = self.documents.key(entity, &self.tags, caller.places.clone());
        let class = Arc::clone(lock(&self.classes).entry(key).or_default());
        {
            let mut known = lock(&class);
            if known.is_none() {
                *known = Some(self.of_class(subject, &caller, by)?);
            }
            match &*known {
                Some(Known::Nobody(verdict)) => {
                    return Ok(Verdict {
                        answer: Answer::No,
                        rests_on: verdict.rests_on.clone(),
                        caveats: verdict.caveats.clone(),
                        about: verdict.about.clone(),
                    });
                }
                Some(Known::Somebody(found)) => {
                    let found = found.clone();
                    drop(known);
                    if let Some(verdict) = self.likewise(entity, &caller, &found)? {
                        return Ok(verdict);
                    }
                }
                Some(Known::Nothing) | None => {}
            }
        }
        Ok(self.each(&caller, by)?.0)
    }

    /// What is known of everybody like somebody.
    fn of_class(
        &self,
        subject: Subject<'a>,
        caller: &Caller<'a>,
        by: By<'_>,
    ) -> Result<Known, QueryError> {
        let anybody = Caller {
            subject,
            like: true,
            policies: caller.policies.clone(),
            places: caller.places.clone(),
            given: caller.given.clone(),
        };
        let (verdict, spot) = self.each(&anybody, by)?;
        Ok(match (&verdict.answer, spot) {
            (Answer::No, _) => Known::Nobody(verdict),
            (Answer::Yes(witness), Some(spot)) => Known::Somebody(Box::new(Found {
                request: witness.request.clone(),
                spot,
                caveats: verdict.caveats,
                about: verdict.about,
            })),
            (Answer::Yes(_) | Answer::Unknown(_), _) => Known::Nothing,
        })
    }

    /// The answer for one like whom somebody can by that request, if the request is one of its own
    /// when it asks.
    fn likewise(
        &self,
        entity: &Entity,
        caller: &Caller<'a>,
        found: &Found,
    ) -> Result<Option<Verdict>, QueryError> {
        let Found { request, spot, caveats, about } = found;
        for own in classes::made_own(request, entity) {
            // On a resource with a policy the answer may be another one.
            if matches!(spot, Spot::Elsewhere(false)) && self.places.at(&own.resource).is_some() {
                continue;
            }
            let witness = self.on(caller, *spot, |query| Ok(query.confirmed(own)))?;
            if let Some(witness) = witness {
                return Ok(Some(Verdict {
                    answer: Answer::Yes(Box::new(witness)),
                    rests_on: RestsOn::default(),
                    caveats: caveats.clone(),
                    about: about.clone(),
                }));
            }
        }
        Ok(None)
    }

    /// Somebody, with what is attached to it.
    fn caller(&self, subject: Subject<'a>) -> Caller<'a> {
        let places = self.places.all.iter().enumerate();
        let places = places.filter(|(_, place)| place.may_let_in(subject, self.estate));
        let places = places.map(|(number, _)| number).collect();
        let policies = self.policies_of(subject);
        Caller { subject, like: false, policies, places, given: Given::default() }
    }

    /// What is attached to somebody, as far as it counts.
    fn policies_of(&self, subject: Subject<'a>) -> Policies {
        let nothing = Policies::default();
        let rest = subject.account().and_then(|account| self.limits.get(account));
        let scp = rest.unwrap_or(&nothing).scp.clone();
        let rest = Policies { scp, not_principal: self.not_principal, ..Policies::default() };
        match subject {
            Subject::Entity(entity) => self.documents.policies_of(entity, rest),
            Subject::Root(_)
            | Subject::Member(_)
            | Subject::AnyAccount
            | Subject::Service
            | Subject::Provider
            | Subject::Anonymous => Policies { identity: Some(subject.identity()), ..rest },
        }
    }

    /// The question to one, on every spot, and where a request was found.
    fn each(&self, caller: &Caller<'a>, by: By<'_>) -> Result<(Verdict, Option<Spot>), QueryError> {
        // Keys and roles of an account of which all are known are not left open.
        let account = caller.subject.account().and_then(|own| self.estate.accounts.get(own));
        let are_known = account.is_some_and(|one| one.resources && one.principals);
        let ask = |spot| {
            let mut verdict = self.on(caller, spot, |query| query.ask(by.solver, by.limits))?;
            verdict.caveats.retain(|one| !(are_known && *one == Caveat::NoResourcePolicy));
            Ok::<_, QueryError>(verdict)
        };
        let mut gathered = Gathered::default();
        // Whether it is allowed something elsewhere as long as the policies there do not count.
        let mut everywhere = matches!(caller.subject, Subject::Member(_));
        if !caller.subject.is_outside() {
            let verdict = ask(Spot::Elsewhere(false))?;
            match &verdict.answer {
                // With the policy of the resource the answer may be another one.
                Answer::Yes(witness) if self.places.at(&witness.request.resource).is_some() => {
                    let verdict = ask(Spot::Elsewhere(true))?;
                    if matches!(verdict.answer, Answer::Yes(_)) {
                        return Ok((verdict, Some(Spot::Elsewhere(true))));
                    }
                    gathered.add(verdict);
                    everywhere = true;
                }
                Answer::Yes(_) => return Ok((verdict, Some(Spot::Elsewhere(false)))),
                Answer::No => gathered.add(verdict),
                Answer::Unknown(_) => {
                    gathered.add(verdict);
                    everywhere = true;
                }
            }
        }
        for (number, place) in self.places.all.iter().enumerate() {
            let own = everywhere && caller.subject.account() == Some(place.account);
            if !own && !caller.places.contains(&number) {
                continue;
            }
            let verdict = ask(Spot::At(number))?;
            if matches!(verdict.answer, Answer::Yes(_)) {
                return Ok((verdict, Some(Spot::At(number))));
            }
            gathered.add(verdict);
        }
        Ok((gathered.verdict(), None))
    }

    /// Calls with the question to one on a spot, narrowed to what the estate says.
    fn on<T>(
        &self,
        caller: &Caller<'a>,
        spot: Spot,
        ask: impl FnOnce(&Query<'_>) -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        let place = match spot {
            Spot::Elsewhere(_) => None,
            Spot::At(number) => self.places.all.get(number),
        };
        let known: &[Shape] = match spot {
            Spot::Elsewhere(true) => &self.places.known,
            Spot::Elsewhere(false) | Spot::At(_) => &[],
        };
        let own = caller.subject.account();
        let owner = place.map_or(own, |place| Some(place.account));
        let limits = owner.and_then(|account| self.limits.get(account));
        let set = Policies {
            resource: place.map(|place| NamedPolicy::clone(place.policy)),
            rcp: limits.map(|set| set.rcp.clone()).unwrap_or_default(),
            ..caller.policies.clone()
        };
        let keys = self.keys(&set);
        let (estate, subject) = (self.estate, caller.subject);
        let mut told = facts::of_caller(estate, subject, caller.like, &keys);
        told.extend(caller.given.conditions(subject, &keys));
        let mut who = facts::under(told);
        if let Some(role) = &caller.given.role {
            who.statement.resource = Some(facts::resources([role.as_str()]));
        }
        subject.narrow(estate, caller.like, &mut who);
        let at = place.map(|place| {
            let mut at = place.shape.clone();
            at.statement.conditions =
                facts::of_resource(estate, place.account, place.resource, &keys);
            at
        });
        let within: Vec<&Shape> = [&who].into_iter().chain(&at).collect();
        let apart = self.places.apart.iter().filter(|_| place.is_none());
        let unlike: Vec<&Shape> = apart.chain(known).collect();
        let query = Query {
            shape: Some(&self.shape),
            within: &within,
            unlike: &unlike,
            allowed_by: vec![&set],
            refused_by: Vec::new(),
            requests: self.requests,
        };
        ask(&query)
    }

    /// Every key that the question names to a set.
    fn keys<'k>(&'k self, set: &'k Policies) -> Keys<'k> {
        let named = set.all().map(|named| &named.policy).flat_map(Policy::keys);
        named.chain(self.shape.keys()).collect()
    }
}

/// The policies of each level without what is out of question; their statements keep their numbers.
fn narrowed_levels(narrowed: &Narrowed, levels: Vec<Vec<NamedPolicy>>) -> Vec<Vec<NamedPolicy>> {
    let one =
        |named: NamedPolicy| NamedPolicy { policy: narrowed.in_place(&named.policy), ..named };
    levels.into_iter().map(|level| level.into_iter().map(one).collect()).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gathered {
    /// Adds a "no" or an "unknown".
    fn add(&mut self, verdict: Verdict) {
        let Verdict { answer, rests_on, caveats, about } = verdict;
        match answer {
            Answer::Unknown(reason) => _ = self.unknown.get_or_insert(reason),
            Answer::Yes(_) | Answer::No => {}
        }
        self.rests_on = std::mem::take(&mut self.rests_on).and(rests_on);
        self.caveats.extend(caveats);
        self.about = about;
    }

    fn verdict(self) -> Verdict {
        let Self { rests_on, caveats, unknown, about } = self;
        let (answer, rests_on) = match unknown {
            Some(reason) => (Answer::Unknown(reason), RestsOn::default()),
            None => (Answer::No, rests_on),
        };
        Verdict { answer, rests_on, caveats: Caveat::in_order(caveats), about }
    }
}

/// The members of the organization, which tell of it.
fn own(estate: &Estate) -> Own {
    let Some(organization) = &estate.organization else { return Own::default() };
    Own {
        accounts: organization.members.keys().cloned().collect(),
        organization: Some(organization.id.clone()),
        members_only: true,
    }
}
