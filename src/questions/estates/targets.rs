//! "Who can?" resource by resource: the question narrowed to each resource that the estate has, and
//! to what is none of them (SEMANTICS 6.9).
//!
//! Whoever cannot at all cannot anywhere, so everybody is asked the whole question first, class by
//! class. Whoever may is asked at each resource: at its policy, which alone can let in somebody of
//! another account, and with policies of its own in its own account.

use super::places::{Place, are_apart, of_any, of_one};
use super::subjects::Subject;
use super::{
    By, Caller, Class, Found, Gathered, Key, Known, Spot, WhoCan, by_class, classes, lock,
};
use crate::query::{Answer, Query, QueryError, Solver, Verdict};
use keyaki_engines::engine::Limits;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::Entity;
use keyaki_iam::request::Request;
use keyaki_iam::shape::{About, Shape};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A resource of the estate, and its users and roles, which are resources, too.
pub struct Target<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// The account that owns it.
    pub account: &'a str,
    /// The places that it is, by their numbers: with the policy of a resource, of a role its trust
    /// policy.
    places: Vec<usize>,
    /// It as a resource of which no policy decides.
    bare: Option<Place<'a>>,
    /// Whether it is a user or a role.
    is_entity: bool,
}

impl Target<'_> {
    /// Requests about it.
    fn requests(&self) -> Shape {
        of_one(self.arn, self.account, self.is_entity)
    }
}

/// A question for everybody, at each resource.
pub struct Targets<'w, 'a> {
    who: &'w WhoCan<'a>,
    all: Vec<Target<'a>>,
    /// Requests about any of them.
    known: Vec<Shape>,
    /// What is known of a class at one of them, or elsewhere, once one of it was asked.
    classes: Mutex<FxHashMap<(Option<usize>, Key), Class>>,
}

impl<'w, 'a> Targets<'w, 'a> {
    /// Those whose ARNs the question may name.
    pub fn new(who: &'w WhoCan<'a>) -> Self {
        let mut numbers: BTreeMap<(&str, bool), usize> = BTreeMap::new();
        for (number, place) in who.places.all.iter().enumerate() {
            numbers.insert((place.arn, place.is_role), number);
        }
        let resources = who.estate.resources.iter().map(|one| {
            let number = numbers.get(&(one.arn.as_str(), false)).copied();
            let bare = Place::alone(who.estate, one, number.is_some());
            let places = number.into_iter().collect();
            Target { arn: &one.arn, account: &one.account, places, bare, is_entity: false }
        });
        let entities = who.estate.entities.iter().map(|entity| {
            let number = numbers.get(&(entity.arn.as_str(), true)).copied();
            let bare = Some(Place::of_entity(entity));
            let places = number.into_iter().collect();
            Target { arn: &entity.arn, account: &entity.account, places, bare, is_entity: true }
        });
        let mut all: Vec<Target<'a>> = resources.chain(entities).collect();
        all.retain(|target| !are_apart(&who.shape, &target.requests()));
        all.sort_by_key(|target| target.arn);
        let known = of_any(all.iter().map(|target| (target.arn, target.is_entity)));
        Self { who, all, known, classes: Mutex::default() }
    }

    /// Them, by their ARNs.
    pub fn all(&self) -> &[Target<'a>] {
        &self.all
    }

    /// Whether the question is about one of them: whether there is a request of its shape about it,
    /// whoever may make it.
    ///
    /// # Errors
    /// As [`Query::ask`].
    pub fn concerns(
        &self,
        target: &Target<'a>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Verdict, QueryError> {
        let within = target.requests();
        let query = Query {
            shape: Some(&self.who.shape),
            within: &[&within],
            unlike: &[],
            allowed_by: Vec::new(),
            refused_by: Vec::new(),
            requests: self.who.requests,
        };
        query.ask(solver, limits)
    }

    /// What an answer has to know where a policy that decides about one of them is not known.
    pub fn unread(&self, target: &Target<'a>) -> Option<Caveat> {
        let known = target.places.iter().filter_map(|number| self.who.places.all.get(*number));
        match known.into_iter().any(|place| place.policy.is_some()) {
            true => None,
            false => self.who.unread([target.account].into_iter()),
        }
    }

    /// Whether somebody can at one of them, by its number in [`Targets::all`]; `None`: on something
    /// that is none of them.
    ///
    /// # Errors
    /// As [`Query::ask`].
    pub fn ask(
        &self,
        number: Option<usize>,
        subject: Subject<'a>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Verdict, QueryError> {
        let by = By { solver, limits };
        let caller = self.who.caller(subject);
        let Subject::Entity(entity) = subject else {
            return Ok(self.at(number, &caller, by)?.0);
        };
        let whole = self.who.class(entity, &caller);
        let of_all = || Ok(Known::of(self.who.each(&caller.anybody(), by)?));
        if let Some(nobody) = by_class(&whole, of_all, |_| None)? {
            return Ok(nobody);
        }
        let places = self.places(number).into_iter().enumerate();
        let places = places.filter(|(_, place)| place.may_let_in(subject, self.who.estate));
        let places = places.map(|(number, _)| number).collect();
        let key = (number, self.who.documents.key(entity, &self.who.tags, places));
        let class = Arc::clone(lock(&self.classes).entry(key).or_default());
        let of_class = || Ok(Known::of(self.at(number, &caller.anybody(), by)?));
        let likewise = |found: &Found| self.likewise(number, entity, &caller, found);
        match by_class(&class, of_class, likewise)? {
            Some(verdict) => Ok(verdict),
            None => Ok(self.at(number, &caller, by)?.0),
        }
    }

    /// The places of one of them.
    fn places(&self, number: Option<usize>) -> Vec<&Place<'a>> {
        let Some(target) = number.and_then(|number| self.all.get(number)) else {
            return Vec::new();
        };
        let places = target.places.iter().filter_map(|number| self.who.places.all.get(*number));
        places.chain(&target.bare).collect()
    }

    /// The question to one, and where a request was found: by the number among the places of the
    /// target.
    fn at(
        &self,
        number: Option<usize>,
        caller: &Caller<'a>,
        by: By<'_>,
    ) -> Result<(Verdict, Option<Spot>), QueryError> {
        let subject = caller.subject;
        let own = subject.account().unwrap_or_default();
        let accounts = self.who.shape.scope.accounts.clone();
        let about = About { accounts, ..About::default() };
        let mut gathered = Gathered { about, ..Gathered::default() };
        let Some(target) = number.and_then(|number| self.all.get(number)) else {
            if !subject.is_outside() {
                let mut verdict = self.who.asked(caller, None, &self.known, by)?;
                self.who.told_all(own, &mut verdict.caveats);
                if matches!(verdict.answer, Answer::Yes(_)) {
                    return Ok((verdict, Some(Spot::Elsewhere)));
                }
                gathered.add(verdict);
            }
            for (number, verdict) in self.who.at_strangers(caller, by) {
                let verdict = verdict?;
                if matches!(verdict.answer, Answer::Yes(_)) {
                    return Ok((verdict, Some(Spot::Stranger(number))));
                }
                gathered.add(verdict);
            }
            return Ok((gathered.verdict(), None));
        };
        for (number, place) in self.places(number).into_iter().enumerate() {
            // Outsiders are not asked about users and roles, but as what trust policies let in.
            let is_bare_entity = target.is_entity && !place.is_role;
            let by_own = own == place.account && !(is_bare_entity && subject.is_outside());
            if !by_own && !place.may_let_in(subject, self.who.estate) {
                continue;
            }
            let mut verdict = self.who.at(caller, place, by)?;
            if place.policy.is_none() {
                self.who.told_all(place.account, &mut verdict.caveats);
            }
            if matches!(verdict.answer, Answer::Yes(_)) {
                return Ok((verdict, Some(Spot::At(number))));
            }
            gathered.add(verdict);
        }
        Ok((gathered.verdict(), None))
    }

    /// The answer for one like whom somebody can by that request, if the request is one of its own
    /// when it asks.
    fn likewise(
        &self,
        number: Option<usize>,
        entity: &Entity,
        caller: &Caller<'a>,
        found: &Found,
    ) -> Option<Verdict> {
        let places = self.places(number);
        let confirmed = |own: Request| {
            let ask = |query: &Query<'_>| query.confirmed(own);
            match &found.spot {
                Spot::At(number) => self.who.on(caller, Some(*places.get(*number)?), &[], ask),
                Spot::Elsewhere | Spot::Bare(_) => self.who.on(caller, None, &self.known, ask),
                Spot::Stranger(number) => self.who.on_stranger(caller, *number, ask)?,
            }
        };
        let own = classes::made_own(&found.request, entity);
        let witness = own.into_iter().find_map(confirmed)?;
        Some(found.again(witness))
    }
}
