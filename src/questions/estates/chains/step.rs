//! One step: may somebody, in some session, assume a role, and what does the new session have?

use super::super::subjects::Subject;
use super::super::{By, Caller, Found, Known, Spot, by_class, lock};
use super::session::{self, Given, Passes, Session};
use super::{Asking as Asked, Basis, Chains, Class, Need, Steps};
use crate::query::{Answer, QueryError, RestsOn, Verdict, Witness};
use crate::unknown::Unknown;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::{Entity, EntityKind};
use keyaki_iam::policy::{Condition, ContextKey};
use keyaki_iam::request::{ContextValue, Request};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What became of a question about a step.
pub(super) enum Outcome {
    /// It is none.
    Refused(Basis),
    /// It is one, and makes such a session.
    Assumed(Box<Assumed>),
    /// Nobody knows; if it is one, it makes such a session.
    Unknown(Unknown, Session),
}

/// A step that is one.
pub(super) struct Assumed {
    pub witness: Witness,
    pub besides: Vec<Witness>,
    pub session: Session,
    /// Whether all that the call needs besides is confirmed.
    pub whole: bool,
    pub basis: Basis,
}

impl<'a> Chains<'a> {
    /// Whether somebody can assume a role.
    pub(super) fn step(
        &self,
        subject: Subject<'a>,
        session: Session,
        role: usize,
        asked: Asked<'_>,
    ) -> Result<Outcome, QueryError> {
        let given = |passes| Given { session, passes, ..Given::default() };
        let verdict = self.assume.ask(self, subject, given(Passes::default()), role, asked)?;
        let found = match &verdict.answer {
            Answer::No => return Ok(Outcome::Refused(verdict.into())),
            Answer::Unknown(_) => None,
            Answer::Yes(witness) => Some(witness.request.clone()),
        };
        let next = self.session_after(subject, session, role, asked)?;
        let Some(found) = found else {
            return Ok(match verdict.answer {
                Answer::Unknown(reason) => Outcome::Unknown(reason, next),
                Answer::Yes(_) | Answer::No => Outcome::Refused(verdict.into()),
            });
        };
        let nothing = Passes { no_tags: true, no_source: true };
        if session::passes(&found) == nothing {
            return Ok(self.outcome(verdict, Vec::new(), next, true));
        }
        let plain = self.assume.ask(self, subject, given(nothing), role, asked)?;
        if matches!(plain.answer, Answer::Yes(_)) {
            return Ok(self.outcome(plain, Vec::new(), next, true));
        }
        // What may not be passed on is not; a "no" then is one for every way to call.
        let refused = |steps: &Steps<'a>| {
            let verdict = steps.ask(self, subject, given(Passes::default()), role, asked)?;
            Ok::<bool, QueryError>(matches!(verdict.answer, Answer::No))
        };
        let passes = Passes { no_tags: refused(&self.tag)?, no_source: refused(&self.identify)? };
        let verdict = self.assume.ask(self, subject, given(passes), role, asked)?;
        match &verdict.answer {
            Answer::Yes(witness) => {
                let (besides, whole) = self.besides(subject, session, role, &witness.request);
                Ok(self.outcome(verdict, besides, next, whole))
            }
            Answer::No => Ok(Outcome::Refused(verdict.into())),
            Answer::Unknown(reason) => Ok(Outcome::Unknown(reason.clone(), next)),
        }
    }

    fn outcome(
        &self,
        verdict: Verdict,
        besides: Vec<Witness>,
        session: Session,
        whole: bool,
    ) -> Outcome {
        let Verdict { answer, rests_on, caveats, about } = verdict;
        let basis = Basis { rests_on, caveats, about };
        match answer {
            Answer::Yes(witness) => Outcome::Assumed(Box::new(Assumed {
                witness: *witness,
                besides,
                session,
                whole,
                basis,
            })),
            Answer::No => Outcome::Refused(basis),
            Answer::Unknown(reason) => Outcome::Unknown(reason, session),
        }
    }

    /// What a session has that somebody makes of a role. Only what policies look at is asked.
    fn session_after(
        &self,
        subject: Subject<'a>,
        session: Session,
        role: usize,
        asked: Asked<'_>,
    ) -> Result<Session, QueryError> {
        let refused = |steps: &Steps<'a>| {
            let given = Given { session, ..Given::default() };
            let verdict = steps.ask(self, subject, given, role, asked)?;
            Ok::<bool, QueryError>(matches!(verdict.answer, Answer::No))
        };
        let chained = match subject {
            Subject::Entity(entity) => entity.is_role(),
            Subject::Service => true,
            Subject::Root(_)
            | Subject::Member(_)
            | Subject::AnyAccount
            | Subject::Provider
            | Subject::Anonymous => false,
        };
        let Session { without_mfa, own_tags, without_source } = self.looked_at;
        Ok(Session {
            without_mfa: without_mfa && chained,
            own_tags: own_tags && refused(&self.tag)?,
            without_source: without_source && refused(&self.identify)?,
        })
    }

    /// What a request for a role needs besides, confirmed with the same context; and whether that is
    /// all of it.
    fn besides(
        &self,
        subject: Subject<'a>,
        session: Session,
        role: usize,
        request: &Request,
    ) -> (Vec<Witness>, bool) {
        let passes = session::passes(request);
        let mut found = Vec::new();
        let mut whole = true;
        for (steps, action, left_out) in [
            (&self.tag, "sts:TagSession", passes.no_tags),
            (&self.identify, "sts:SetSourceIdentity", passes.no_source),
        ] {
            if !left_out {
                let request = Request { action: action.to_owned(), ..request.clone() };
                let given = Given { session, ..Given::default() };
                let witness = steps.confirm(self, subject, given, role, request);
                whole &= witness.is_some();
                found.extend(witness);
            }
        }
        (found, whole)
    }

    /// The same step by a request that gives the new session what is wanted of it.
    pub(super) fn step_that_gives(
        &self,
        subject: Subject<'a>,
        session: Session,
        role: usize,
        wanted: Vec<Condition>,
        asked: Asked<'_>,
    ) -> Result<Option<Assumed>, QueryError> {
        let given = Given { session, wanted, ..Given::default() };
        let verdict = self.assume.ask(self, subject, given, role, asked)?;
        let Answer::Yes(witness) = &verdict.answer else { return Ok(None) };
        let (besides, whole) = self.besides(subject, session, role, &witness.request);
        Ok(match self.outcome(verdict, besides, session, whole) {
            Outcome::Assumed(assumed) if assumed.whole => Some(*assumed),
            Outcome::Assumed(_) | Outcome::Refused(_) | Outcome::Unknown(..) => None,
        })
    }

    /// The same for the request at the end.
    pub(super) fn last_that_has(
        &self,
        subject: Subject<'a>,
        session: Session,
        wanted: Vec<Condition>,
        asked: Asked<'_>,
    ) -> Result<Option<Witness>, QueryError> {
        let Some(last) = &self.last else { return Ok(None) };
        let given = Given { session, wanted, ..Given::default() };
        let caller = Caller { given, ..last.caller(subject) };
        let by = By { solver: asked.solver, limits: asked.limits };
        Ok(match last.each(&caller, by)?.0.answer {
            Answer::Yes(witness) => Some(*witness),
            Answer::No | Answer::Unknown(_) => None,
        })
    }

    /// Whether somebody in a session makes the request at the end.
    pub(super) fn last(
        &self,
        subject: Subject<'a>,
        session: Session,
        asked: Asked<'_>,
    ) -> Result<Verdict, QueryError> {
        let Some(last) = &self.last else { return Ok(nobody()) };
        let verdict = last.ask(subject, asked.solver, asked.limits)?;
        match verdict.answer {
            Answer::Yes(_) if session != Session::default() => {
                let given = Given { session, ..Given::default() };
                let caller = Caller { given, ..last.caller(subject) };
                let by = By { solver: asked.solver, limits: asked.limits };
                Ok(last.each(&caller, by)?.0)
            }
            Answer::Yes(_) | Answer::No | Answer::Unknown(_) => Ok(verdict),
        }
    }

    /// What of a request for a role the conditions of its trust policy look at.
    pub(super) fn needs(&self, role: &Entity, request: &Request) -> Vec<Need> {
        let EntityKind::Role { trust: Some(trust) } = &role.kind else { return Vec::new() };
        let keys: BTreeSet<&ContextKey> = trust.policy.keys().collect();
        let need = |key: &ContextKey| {
            let values = match request.context.get(key)? {
                ContextValue::Single(value) => vec![value.clone()],
                ContextValue::List(values) => values.clone(),
            };
            Some(Need { key: key.clone(), values })
        };
        keys.into_iter().filter_map(need).collect()
    }
}

fn nobody() -> Verdict {
    Verdict {
        answer: Answer::No,
        rests_on: RestsOn::default(),
        caveats: Vec::new(),
        about: Default::default(),
    }
}

impl<'a> Steps<'a> {
    /// Whether somebody can ask for the action on a role.
    fn ask(
        &self,
        chains: &Chains<'a>,
        subject: Subject<'a>,
        given: Given,
        role: usize,
        asked: Asked<'_>,
    ) -> Result<Verdict, QueryError> {
        let by = By { solver: asked.solver, limits: asked.limits };
        let Some(spot) = self.spot(chains, subject, role) else { return Ok(nobody()) };
        let Some(entity) = subject.entity().filter(|_| given.wanted.is_empty()) else {
            return self.on_spot(&self.caller(subject, given), &spot, by);
        };
        let class = Class {
            key: self.who.documents.key(entity, &self.who.tags, Vec::new()),
            role,
            session: given.session,
            passes: given.passes,
            tags: match given.session.own_tags {
                true => session::own_tags(entity, &self.who.tags),
                false => Vec::new(),
            },
        };
        // Whom a trust policy names is one of its class that others are not.
        let class = Arc::clone(lock(&self.classes).entry(class).or_default());
        let caller = self.caller(subject, given);
        let of_class = || {
            let verdict = self.on_spot(&caller.anybody(), &spot, by)?;
            Ok(Known::of((verdict, Some(spot.clone()))))
        };
        let likewise = |found: &Found| self.who.likewise(entity, &caller, found);
        match by_class(&class, of_class, likewise)? {
            Some(verdict) => Ok(verdict),
            None => self.on_spot(&caller, &spot, by),
        }
    }

    /// Where a role stands, if its trust policy may let somebody in.
    fn spot(&self, chains: &Chains<'a>, subject: Subject<'a>, role: usize) -> Option<Spot> {
        let entity = chains.index.roles.get(role)?;
        let number = *self.places.get(&role)?;
        let place = self.who.places.all.get(number)?;
        let may = match &entity.kind {
            EntityKind::Role { trust: Some(_) } => place.may_let_in(subject, chains.estate),
            // Such a role is taken to trust its own account.
            EntityKind::Role { trust: None } => subject.account() == Some(&entity.account),
            EntityKind::User { .. } => false,
        };
        may.then_some(Spot::At(number))
    }

    fn caller(&self, subject: Subject<'a>, given: Given) -> Caller<'a> {
        let policies = self.who.policies_of(subject);
        Caller { subject, like: false, policies, places: Vec::new(), given }
    }

    fn on_spot(&self, caller: &Caller<'a>, spot: &Spot, by: By<'_>) -> Result<Verdict, QueryError> {
        let asked = self.who.on_spot(caller, spot, |query| query.ask(by.solver, by.limits));
        asked.unwrap_or_else(|| Ok(Verdict::unknown(Unknown::Internal)))
    }

    /// A request of somebody about a role, if it is allowed.
    fn confirm(
        &self,
        chains: &Chains<'a>,
        subject: Subject<'a>,
        given: Given,
        role: usize,
        request: Request,
    ) -> Option<Witness> {
        let spot = self.spot(chains, subject, role)?;
        let caller = self.caller(subject, given);
        self.who.on_spot(&caller, &spot, |query| query.confirmed(request)).flatten()
    }
}

impl Basis {
    /// Adds what another step says.
    pub(super) fn add(&mut self, other: Self) {
        let Self { rests_on, caveats, about } = other;
        self.rests_on = std::mem::take(&mut self.rests_on).and(rests_on);
        for caveat in caveats {
            if !self.caveats.contains(&caveat) {
                self.caveats.push(caveat);
            }
        }
        self.about = about;
    }

    /// Nothing yet.
    pub(super) fn nothing(caveats: Vec<Caveat>) -> Self {
        Self { rests_on: RestsOn::default(), caveats, about: Default::default() }
    }
}
