//! Who can make an API call: every authorization of it has to be allowed to one caller, each where
//! its resource is (SEMANTICS 6.7, 6.9).
//!
//! An authorization may be elsewhere, or at one of some places, and at each other policies decide:
//! the question is asked once, and leaves open which of these it is. At first that are the places
//! whose policies may let the caller in. The other places of its own account can only refuse what
//! its own policies allow, so they are looked at once a call is found that needs one.

use super::classes::Key;
use super::places::{Place, inside, of_others};
use super::subjects::Subject;
use super::{Caller, Told, WhoCan, bearing, lock};
use crate::query::{
    CallAnswer, CallError, CallQuery, CallSpot, CallVerdict, CallWitness, Filter, QueryError,
    Requests, RestsOn, Solver,
};
use keyaki_engines::engine::Limits;
use keyaki_iam::calls::{Call, Who};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::Estate;
use keyaki_iam::layers::{NotPrincipalReading, Policies};
use keyaki_iam::policy::{
    ActionElement, ActionPattern, ContextKey, Policy, ResourceElement, ResourcePattern,
};
use keyaki_iam::request::Request;
use keyaki_iam::shape::{About, Shape};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// A question about a call.
#[derive(Debug, Clone, Copy)]
pub struct AskedCall<'a> {
    /// The call.
    pub call: &'a Call,
    /// Who calls, and what holds of the call, see [`CallQuery::shape`].
    pub shape: &'a Shape,
    /// What its variables are like.
    pub filters: &'a [Filter],
}

/// A question about a call for everybody in an estate.
pub struct WhoCalls<'a> {
    /// What the policies say of the actions of the call.
    who: WhoCan<'a>,
    asked: AskedCall<'a>,
    /// The shape, which knows the members of the organization.
    shape: Shape,
    nothing: Policies,
    classes: Mutex<FxHashMap<Key, Class>>,
}

/// What is known of a class of principals, once one of it was asked: that nobody of it can, or
/// nothing.
type Class = Arc<Mutex<Option<Option<Nobody>>>>;

/// What the "no" of a class says of each.
#[derive(Clone)]
struct Nobody {
    rests_on: RestsOn,
    caveats: Vec<Caveat>,
    about: About,
}

/// Where an authorization may be.
struct Open<'a> {
    /// Places, by their numbers.
    places: BTreeSet<usize>,
    /// What the estate has without a policy that counts.
    bare: Vec<Place<'a>>,
    /// Shapes of requests that are nobody's elsewhere.
    nowhere: Vec<Shape>,
    /// How often something was added for the sake of a call that was found.
    added: usize,
}

/// A spot, as [`CallSpot`].
struct Spot {
    policies: Policies,
    within: Vec<Shape>,
    unlike: Vec<Shape>,
    wanted: bool,
}

impl<'a> WhoCalls<'a> {
    /// Which requests are considered is as for [`WhoCan::new`].
    ///
    /// # Errors
    /// As [`CallQuery::check`].
    pub fn new(
        estate: &'a Estate,
        asked: AskedCall<'a>,
        requests: Requests<'a>,
        not_principal: NotPrincipalReading,
    ) -> Result<Self, CallError> {
        let mut statement = asked.shape.statement.clone();
        statement.action = actions_of(asked.call);
        statement.resource =
            Some(ResourceElement { negated: false, patterns: vec![ResourcePattern::Any] });
        let about = Shape { statement, ..asked.shape.clone() };
        let who = WhoCan::new(estate, &about, requests, not_principal);
        let mut shape = asked.shape.clone();
        shape.scope.own = who.shape.scope.own.clone();
        let (nothing, classes) = (Policies::default(), Mutex::default());
        let all = Self { who, asked, shape, nothing, classes };
        all.query().check()?;
        Ok(all)
    }

    /// The estate.
    pub fn estate(&self) -> &'a Estate {
        self.who.estate
    }

    /// As [`WhoCan::subjects`].
    pub fn subjects(&self) -> Vec<Subject<'a>> {
        self.who.subjects()
    }

    /// As [`WhoCan::caveats`].
    pub fn caveats(&self) -> Vec<Caveat> {
        self.who.caveats()
    }

    /// The question as it stands, without anybody to whom it is put and without policies.
    pub fn query(&self) -> CallQuery<'_> {
        let AskedCall { call, shape: _, filters } = self.asked;
        let (policies, role, spots) = (&self.nothing, None, &[][..]);
        let (shape, requests) = (Some(&self.shape), self.who.requests);
        CallQuery { call, policies, role, shape, filters, spots, requests }
    }

    /// Whether somebody can make such a call. A "no" about one counts for everybody like it.
    ///
    /// # Errors
    /// As [`CallQuery::ask`].
    pub fn ask(
        &self,
        subject: Subject<'a>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<CallVerdict, QueryError> {
        let caller = self.who.caller(subject);
        let Subject::Entity(entity) = subject else { return self.each(&caller, solver, limits) };
        let key = self.who.documents.key(entity, &self.who.tags, caller.places.clone());
        let class = Arc::clone(lock(&self.classes).entry(key).or_default());
        let known = {
            let mut known = lock(&class);
            if known.is_none() {
                *known = Some(Nobody::of(self.each(&caller.anybody(), solver, limits)?));
            }
            known.clone().flatten()
        };
        match known {
            Some(nobody) => Ok(nobody.verdict()),
            None => self.each(&caller, solver, limits),
        }
    }

    /// The question to one. What is found is asked again where a request of it is not as the estate
    /// has its resource.
    fn each(
        &self,
        caller: &Caller<'a>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<CallVerdict, QueryError> {
        let account = caller.subject.account().unwrap_or_default();
        let mut open = self.open(caller);
        loop {
            let owned = self.spots(caller, &open);
            let mut verdict = if caller.subject.is_outside() && !owned.iter().any(|one| one.wanted)
            {
                self.refuted()
            } else {
                self.put(&owned, solver, limits)?
            };
            if let CallAnswer::Yes(found) = &verdict.answer
                && self.opens(caller, found, &mut open)
            {
                continue;
            }
            bearing(&mut verdict.caveats);
            self.who.told_all(account, &mut verdict.caveats);
            if !matches!(verdict.answer, CallAnswer::Yes(_))
                && self.who.leaves_out_service_linked(caller)
            {
                verdict.caveats.push(Caveat::EstateServiceLinkedRoles);
            }
            verdict.caveats = Caveat::in_order(verdict.caveats);
            return Ok(verdict);
        }
    }

    /// Of somebody whom no policy lets in.
    fn refuted(&self) -> CallVerdict {
        let accounts = self.shape.scope.accounts.clone();
        let about = About { accounts, ..About::default() };
        Nobody { rests_on: RestsOn::default(), caveats: Vec::new(), about }.verdict()
    }

    /// The question, where authorizations may be on these spots; the first is elsewhere.
    fn put(
        &self,
        owned: &[Spot],
        solver: &Solver,
        limits: &Limits,
    ) -> Result<CallVerdict, QueryError> {
        let shapes: Vec<[Vec<&Shape>; 2]> = owned
            .iter()
            .map(|spot| [spot.within.iter().collect(), spot.unlike.iter().collect()])
            .collect();
        let spots: Vec<CallSpot<'_>> = owned
            .iter()
            .zip(&shapes)
            .map(|(spot, [within, unlike])| CallSpot {
                policies: &spot.policies,
                within,
                unlike,
                wanted: spot.wanted,
            })
            .collect();
        let Some(elsewhere) = owned.first() else { return Ok(self.refuted()) };
        let policies = &elsewhere.policies;
        CallQuery { policies, spots: &spots, ..self.query() }.ask(solver, limits)
    }

    /// Where authorizations of one may be, before anything is found.
    fn open(&self, caller: &Caller<'a>) -> Open<'a> {
        let (who, subject) = (&self.who, caller.subject);
        let mut open =
            Open { places: BTreeSet::new(), bare: Vec::new(), nowhere: Vec::new(), added: 0 };
        for (number, place) in who.places.all.iter().enumerate() {
            let own = subject.account() == Some(place.account);
            // Whoever is of the account may get in by policies of its own, which nobody here knows
            // of members.
            let by_own = own && (subject.is_outside() || place.policy.is_none());
            if self.is_about(place) && (by_own || caller.places.contains(&number)) {
                self.include(number, subject, &mut open);
            }
        }
        if subject.is_outside() {
            let account = subject.account().unwrap_or_default();
            if let Subject::Member(account) = subject {
                let bare = who.places.bare_of(who.estate, &who.shape, account);
                bare.into_iter().for_each(|bare| self.add(bare, &mut open));
            }
            open.nowhere.extend(who.places.known.iter().cloned());
            open.nowhere.extend(of_others(who.estate, account));
        }
        open
    }

    /// Whether an action of the call may be about a place: roles are assumed at theirs.
    fn is_about(&self, place: &Place<'_>) -> bool {
        let ActionElement { negated, patterns } = &place.shape.statement.action;
        let matches = |action: &str| {
            let mut patterns = patterns.iter();
            patterns.any(|one| keyaki_evaluator::semantics::matches_action(one, action)) != *negated
        };
        actions(self.asked.call).into_iter().any(matches)
    }

    /// Adds a place, and what the estate has in it, which the policy of the place does not govern.
    fn include(&self, number: usize, subject: Subject<'_>, open: &mut Open<'a>) {
        let Some(place) = self.who.places.all.get(number).filter(|_| open.places.insert(number))
        else {
            return;
        };
        self.include_inside(place.arn, subject, open);
    }

    fn include_inside(&self, arn: &str, subject: Subject<'_>, open: &mut Open<'a>) {
        let who = &self.who;
        for one in inside(who.estate, arn) {
            let mut places = who.places.all.iter().enumerate();
            let place = places.find(|(_, place)| !place.is_role && place.arn == one.arn);
            match place {
                Some((number, _)) => _ = open.places.insert(number),
                None if subject.account() == Some(&one.account) => {
                    if let Some(bare) = Place::alone(who.estate, one, false) {
                        self.add(bare, open);
                    }
                }
                // Nobody of another account is let in without a policy.
                None => {}
            }
        }
    }

    /// Adds something without a policy that counts.
    fn add(&self, bare: Place<'a>, open: &mut Open<'a>) {
        if !open.bare.iter().any(|known| known.arn == bare.arn) {
            open.bare.push(bare);
        }
    }

    /// The spots of one: elsewhere, and what is open.
    fn spots(&self, caller: &Caller<'a>, open: &Open<'a>) -> Vec<Spot> {
        let who = &self.who;
        let account = caller.subject.account();
        let place = |number: &usize| Some((*number, who.places.all.get(*number)?));
        let opened: Vec<(usize, &Place<'a>)> = open.places.iter().filter_map(place).collect();
        // Whom the policy does not let in is not asked at a place of another account.
        let may_be_let_in = |number: &usize, place: &Place<'_>| {
            account == Some(place.account) || caller.places.contains(number)
        };
        let asked = opened.iter().filter(|(number, place)| may_be_let_in(number, place));
        let places: Vec<&Place<'a>> = asked.map(|(_, place)| *place).collect();
        let spots = || places.iter().copied().chain(&open.bare).map(Some);
        let sets: Vec<Policies> =
            [None].into_iter().chain(spots()).map(|place| who.set(caller, place)).collect();
        // What one authorization tells of the caller holds of the others.
        let named = sets.iter().flat_map(Policies::all).map(|named| &*named.policy);
        let keys: BTreeSet<&ContextKey> =
            named.flat_map(Policy::keys).chain(self.shape.keys()).collect();
        let one = |(place, policies): (Option<&Place<'a>>, &Policies)| {
            let Told { who: caller_told, at, apart } = who.told(caller, place, policies, &keys);
            let mut unlike = apart;
            if place.is_none() {
                let opened = opened.iter().map(|(_, place)| *place).chain(&open.bare);
                unlike.extend(opened.map(Place::anyones));
                unlike.extend(open.nowhere.iter().cloned());
            }
            Spot {
                policies: policies.clone(),
                within: [caller_told].into_iter().chain(at).collect(),
                unlike,
                wanted: place.is_some() && caller.subject.is_outside(),
            }
        };
        [None].into_iter().chain(spots()).zip(&sets).map(one).collect()
    }

    /// Looks whether a request of a call that was found, elsewhere, is about something that the
    /// estate has and has otherwise; and opens that. The first time that alone, then all of its
    /// account: there may be many.
    fn opens(&self, caller: &Caller<'a>, found: &CallWitness, open: &mut Open<'a>) -> bool {
        let mut opened = false;
        for step in found.steps.iter().filter(|step| step.who == Who::Caller) {
            opened |= self.opens_for(caller, &step.witness.request, open);
        }
        open.added += usize::from(opened);
        opened
    }

    fn opens_for(&self, caller: &Caller<'a>, request: &Request, open: &mut Open<'a>) -> bool {
        let (who, subject) = (&self.who, caller.subject);
        let account = subject.account().unwrap_or_default();
        let known = |arn: &str, open: &Open<'a>| open.bare.iter().any(|bare| bare.arn == arn);
        let about: Vec<usize> = who.places.all_at(request).collect();
        let bare = Place::bare_at(who.estate, &request.resource);
        // What is nearest decides, and what is open was asked as the estate has it.
        if about.iter().any(|number| open.places.contains(number))
            || bare.as_ref().is_some_and(|bare| known(bare.arn, open))
        {
            return false;
        }
        if !about.is_empty() {
            let mut all = about;
            if open.added > 0 {
                let places = who.places.all.iter().enumerate();
                let own = places.filter(|(_, one)| one.account == account && self.is_about(one));
                all.extend(own.map(|(number, _)| number));
            }
            all.into_iter().for_each(|number| self.include(number, subject, open));
            return true;
        }
        let Some(bare) = who.known_otherwise(caller, request) else { return false };
        if bare.account == account {
            let arn = bare.arn;
            self.add(bare, open);
            self.include_inside(arn, subject, open);
            if open.added > 0 {
                let others = who.places.bare_of(who.estate, &who.shape, account);
                others.into_iter().for_each(|bare| self.add(bare, open));
            }
        } else {
            open.nowhere.extend(of_others(who.estate, account));
            open.nowhere.push(bare.anyones());
        }
        true
    }
}

impl Nobody {
    /// What the answer about anybody of a class tells of each.
    fn of(verdict: CallVerdict) -> Option<Self> {
        let CallVerdict { answer, paths: _, rests_on, caveats, about } = verdict;
        matches!(answer, CallAnswer::No).then_some(Self { rests_on, caveats, about })
    }

    fn verdict(self) -> CallVerdict {
        let Self { rests_on, caveats, about } = self;
        CallVerdict { answer: CallAnswer::No, paths: Vec::new(), rests_on, caveats, about }
    }
}

/// The actions that the caller may need for the call.
fn actions(call: &Call) -> BTreeSet<&str> {
    let paths = call.paths.iter().flat_map(|path| [Some(path), path.general.as_deref()]).flatten();
    let needed = paths.flat_map(|path| &path.authorizations);
    let extra = call.possible_extras().flat_map(|extra| &extra.needs);
    let own = needed.chain(extra).filter(|needed| needed.who == Who::Caller);
    own.map(|needed| needed.action.as_str()).collect()
}

fn actions_of(call: &Call) -> ActionElement {
    let pattern = |action: &str| match action.split_once(':') {
        Some((service, name)) => ActionPattern::Name { service: service.into(), name: name.into() },
        None => ActionPattern::Any,
    };
    ActionElement { negated: false, patterns: actions(call).into_iter().map(pattern).collect() }
}
