//! Claims about everybody in an estate, or about one of it.

use super::{Checked, Outcome, found};
use crate::estates::{Subject, WhoCan, may_be_asked_as, named, nobody};
use crate::query::{Answer, QueryError, Requests, Solver};
use crate::unknown::Unknown;
use crate::vacuous;
use keyaki_engines::engine::Limits;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::Estate;
use keyaki_iam::layers::NotPrincipalReading;
use keyaki_iam::shape::{About, Shape};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is asserted of an estate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asserted {
    /// Nobody but these can, outsiders among the others. `nobody` names none.
    Only(BTreeSet<String>),
    /// Each of these can.
    Everybody(BTreeSet<String>),
    /// One of the estate can, or cannot.
    One {
        /// True for `some`.
        some: bool,
        /// Its name.
        name: String,
    },
}

/// A claim about an estate.
#[derive(Debug)]
pub struct OfEstate {
    /// The files and folders that it was read from, as the claim names them.
    pub files: Vec<String>,
    /// The estate.
    pub estate: Arc<Estate>,
    /// What is asserted.
    pub asserted: Asserted,
    /// The shape of the requests.
    pub shape: Box<Shape>,
    /// How `NotPrincipal` in a Deny is read.
    pub not_principal: NotPrincipalReading,
}

impl OfEstate {
    /// What is wrong with the claim: it names nobody, or asks nobody.
    pub(super) fn mistake(&self) -> Option<String> {
        if let Some(nobody) = nobody(&self.estate, &self.shape) {
            return Some(nobody.to_string());
        }
        let wrong = match &self.asserted {
            Asserted::Only(_) => self.asked().is_empty().then_some(
                "`only` lists everybody whom the claim is about, so that nobody is asked",
            ),
            Asserted::Everybody(_) => self
                .asked()
                .iter()
                .any(|one| !self.is_about(*one))
                .then_some("`in` lists somebody of an account that `account` leaves out"),
            Asserted::One { .. } => {
                let one = self.asked();
                (!one.iter().all(|one| may_be_asked_as(*one, &self.shape)))
                    .then_some("`as` says who asks; leave other callers and accounts out")
            }
        };
        wrong.map(str::to_owned)
    }

    /// Whether callers of its account are asked about.
    fn is_about(&self, subject: Subject<'_>) -> bool {
        let accounts = &self.shape.scope.accounts;
        accounts.is_empty()
            || subject.account().is_some_and(|own| accounts.iter().any(|id| id == own))
    }

    /// Checks the claim.
    pub(super) fn check(
        &self,
        requests: Requests<'_>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Checked, QueryError> {
        let who = WhoCan::new(&self.estate, &self.shape, requests, self.not_principal);
        let mut checked = Checked::undecided(who.caveats(), About::default());
        let (mut yes, mut no, mut unknown) = (false, false, None::<Unknown>);
        for subject in self.asked() {
            let verdict = who.ask(subject, solver, limits)?;
            let name = subject.name(&self.estate);
            checked.caveats.extend(verdict.caveats);
            checked.rests_on = std::mem::take(&mut checked.rests_on).and(verdict.rests_on);
            checked.about = verdict.about;
            match verdict.answer {
                Answer::Yes(witness) => {
                    yes = true;
                    if !matches!(self.asserted, Asserted::Everybody(_)) {
                        checked.who.push(name);
                        _ = checked.witness.get_or_insert(*witness);
                    }
                }
                Answer::No => {
                    no = true;
                    if matches!(self.asserted, Asserted::Everybody(_)) {
                        checked.who.push(name);
                    }
                }
                Answer::Unknown(reason) => _ = unknown.get_or_insert(reason),
            }
        }
        checked.caveats = Caveat::in_order(std::mem::take(&mut checked.caveats));
        let (outcome, nobody) = match &self.asserted {
            Asserted::Only(_) if yes => (Outcome::Violated, false),
            Asserted::Everybody(_) if no => (Outcome::Violated, !yes),
            Asserted::One { some, .. } if yes => (found(*some), false),
            Asserted::Only(_) | Asserted::Everybody(_) | Asserted::One { .. }
                if unknown.is_some() =>
            {
                (Outcome::Unknown, false)
            }
            Asserted::Only(_) => (Outcome::Holds, true),
            Asserted::Everybody(_) => (Outcome::Holds, false),
            Asserted::One { some, .. } => (found(!*some), true),
        };
        let reason = unknown.filter(|_| outcome == Outcome::Unknown);
        let vacuity = match nobody {
            true => vacuous::question(&[], Some(&self.shape), requests, solver, limits)?,
            false => vacuous::Vacuity::default(),
        };
        Ok(Checked { outcome, reason, ..checked }.with(vacuity))
    }

    /// Whom the claim is about.
    fn asked(&self) -> Vec<Subject<'_>> {
        let estate: &Estate = &self.estate;
        let (mut all, listed, wanted) = match &self.asserted {
            Asserted::Only(listed) => (Subject::asked(estate, &self.shape), listed, false),
            Asserted::Everybody(listed) => (Subject::all(estate), listed, true),
            Asserted::One { name, .. } => return named(estate, name).into_iter().collect(),
        };
        all.retain(|one| listed.contains(&one.name(estate)) == wanted);
        all
    }
}
