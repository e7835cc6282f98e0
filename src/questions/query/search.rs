//! How a query is decided: over all strings at once, or over the actions of the service catalogue
//! case by case.

use super::{Decided, Encoded, Part, Posed, Query, QueryError, Requests, Solver, finished};
use crate::unknown::Unknown;
use keyaki_encoder::feasible::{Case, Universe};
use keyaki_engines::engine::{Limits, Outcome, Reason};
use keyaki_iam::request::Request;
use keyaki_iam::world::World;
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::term::Term;
use std::collections::BTreeSet;

/// What a search for a request came to.
#[derive(Debug)]
pub enum Found {
    /// This one. Out of [`Query::find`] it is confirmed; before, the evaluator has not seen it.
    Request(Request),
    /// There is none.
    Nothing,
    /// No engine could tell; the reason.
    Unknown(Unknown),
}

/// Services that many policies are about: asked about first where a question names none.
const WELL_KNOWN: [&str; 12] = [
    "bedrock",
    "s3",
    "ec2",
    "iam",
    "lambda",
    "dynamodb",
    "kms",
    "sqs",
    "sns",
    "logs",
    "secretsmanager",
    "cloudwatch",
];

/// What a probe may take of the timeout, in steps of work of a microsecond, as a divisor: whether
/// nothing at all answers the question, which settles it; and in which service an answer may be,
/// which saves some time.
fn share_of(part: &Part) -> u32 {
    if *part == Part::Asked { 8 } else { 64 }
}

/// One search: engines, and their time.
pub(super) struct Search<'a> {
    pub encoded: &'a Encoded,
    pub solver: &'a Solver,
    /// Begun: their deadline is that of the search.
    pub limits: &'a Limits,
}

impl Query<'_> {
    /// Looks for a request that answers the question, as it is posed, under what is assumed here; or
    /// why the limits leave no room for that.
    pub(super) fn search_posed(
        &self,
        posed: &Posed<'_, '_>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Result<Found, Reason>, QueryError> {
        // Where nothing does, whatever requests can exist, it does not matter which ones can.
        let asked = match self.requests {
            Requests::Feasible(_) => Some(posed.of_asked(solver, limits)?),
            Requests::Any => None,
        };
        let guess = match asked {
            Some(Outcome::Unsatisfiable) => return Ok(Ok(Found::Nothing)),
            Some(Outcome::Satisfiable(model)) => Some(model),
            Some(Outcome::Unknown(_)) | None => None,
        };
        match finished(posed.under(self.assumptions()))? {
            Ok(encoded) => {
                self.search(&Search { encoded: &encoded, solver, limits }, guess).map(Ok)
            }
            Err(reason) => Ok(Err(reason)),
        }
    }

    /// Looks for a request; `guess` answers the question as long as nothing is said of feasibility.
    fn search(&self, search: &Search<'_>, guess: Option<Model>) -> Result<Found, QueryError> {
        let Requests::Feasible(world) = self.requests else {
            return Ok(match search.decide(Part::Whole, &search.encoded.assertions)? {
                Outcome::Satisfiable(model) => {
                    Found::Request(search.encoded.frame.request_from(&model))
                }
                Outcome::Unsatisfiable => Found::Nothing,
                Outcome::Unknown(reason) => Found::Unknown(reason.into()),
            });
        };
        let universe = Universe::new(&search.encoded.frame, world, &search.encoded.assertions)?;
        let found = match search.named(&universe, guess)? {
            Found::Nothing => search.rest(&universe)?,
            found @ (Found::Request(_) | Found::Unknown(_)) => found,
        };
        match found {
            Found::Nothing if world.unknown_actions => search.unlisted(&universe, world),
            found @ (Found::Request(_) | Found::Nothing | Found::Unknown(_)) => Ok(found),
        }
    }
}

impl Search<'_> {
    /// The services that the question names. Only those are looked at action by action of which
    /// some request answers the question as long as nothing is said of what actions there are.
    /// `guess` answers it as long as nothing is said of feasibility.
    fn named(&self, universe: &Universe<'_>, guess: Option<Model>) -> Result<Found, QueryError> {
        let mut open: BTreeSet<&str> = universe.named().collect();
        let mut assertions = self.encoded.assertions.clone();
        assertions.push(universe.is_of(universe.named()));
        let mut guess =
            guess.map(|model| self.action(&model)).filter(|action| open.contains(service(action)));
        let mut unknown = None;
        while !open.is_empty() {
            let action = match guess.take() {
                Some(action) => action,
                None => match probe(self.solver, self.limits, Part::Named, &assertions)? {
                    Outcome::Unsatisfiable => break,
                    Outcome::Satisfiable(model) => self.action(&model),
                    Outcome::Unknown(_) => String::new(),
                },
            };
            let found = match open.take(service(&action)) {
                Some(service) => {
                    assertions.push(Term::not(universe.is_of([service].into_iter())));
                    self.of_service(universe, service, &action)?
                }
                None => self.cases(
                    universe.cases_of(std::mem::take(&mut open).into_iter(), &|| self.is_late())?,
                )?,
            };
            match found {
                Found::Nothing => {}
                Found::Unknown(reason) => _ = unknown.get_or_insert(reason),
                found @ Found::Request(_) => return Ok(found),
            }
        }
        Ok(unknown.map_or(Found::Nothing, Found::Unknown))
    }

    /// The actions of one service, this one first.
    fn of_service(
        &self,
        universe: &Universe<'_>,
        service: &str,
        action: &str,
    ) -> Result<Found, QueryError> {
        match self.cases(Some(universe.cases_of_action(action)?))? {
            found @ Found::Request(_) => Ok(found),
            Found::Nothing | Found::Unknown(_) => {
                self.cases(universe.cases_of([service].into_iter(), &|| self.is_late())?)
            }
        }
    }

    /// The cases one after the other, until one has a request. Where some case is unknown, so is
    /// the answer without one.
    fn cases(&self, cases: Option<Vec<Case>>) -> Result<Found, QueryError> {
        let Some(cases) = cases else { return Ok(Found::Unknown(self.late().into())) };
        let mut unknown = None;
        for case in cases {
            let mut actions = case.actions();
            let first = actions.next().unwrap_or_default().to_owned();
            let part = Part::Actions { first, count: 1 + actions.count() };
            match self.decide(part, &case.assertions)? {
                Outcome::Satisfiable(model) => {
                    return Ok(Found::Request(self.request(&case, &model)));
                }
                Outcome::Unsatisfiable => {}
                Outcome::Unknown(reason) => _ = unknown.get_or_insert(reason),
            }
        }
        Ok(unknown.map_or(Found::Nothing, |reason| Found::Unknown(reason.into())))
    }

    fn request(&self, case: &Case, model: &Model) -> Request {
        let mut request = self.encoded.frame.request_from(model);
        request.action = case.action(model).unwrap_or_default().to_owned();
        request
    }

    /// The services that the question does not name: together, and only where that is not refuted
    /// one by one.
    fn rest(&self, universe: &Universe<'_>) -> Result<Found, QueryError> {
        let mut unknown = None;
        for rest in universe.rest() {
            let part = Part::Others { count: rest.services.len() };
            if matches!(self.decide(part, &rest.assertions)?, Outcome::Unsatisfiable) {
                continue;
            }
            let (known, others): (Vec<&str>, Vec<&str>) = rest
                .services
                .iter()
                .map(String::as_str)
                .partition(|service| WELL_KNOWN.contains(service));
            for services in [known, others] {
                match self.cases(universe.cases_of(services.into_iter(), &|| self.is_late())?)? {
                    Found::Nothing => {}
                    Found::Unknown(reason) => _ = unknown.get_or_insert(reason),
                    found @ Found::Request(_) => return Ok(found),
                }
            }
        }
        Ok(unknown.map_or(Found::Nothing, Found::Unknown))
    }

    /// The action of a model, in lower case.
    fn action(&self, model: &Model) -> String {
        self.encoded.frame.request_from(model).action.to_ascii_lowercase()
    }

    fn is_late(&self) -> bool {
        self.limits.deadline.is_reached()
    }

    fn late(&self) -> Reason {
        Reason::Timeout(self.limits.timeout)
    }

    fn unlisted(&self, universe: &Universe<'_>, world: World<'_>) -> Result<Found, QueryError> {
        let mut assertions = universe.unlisted()?;
        let mut excluded = BTreeSet::new();
        loop {
            let model = match self.decide(Part::Unlisted, &assertions)? {
                Outcome::Satisfiable(model) => model,
                Outcome::Unsatisfiable => return Ok(Found::Nothing),
                Outcome::Unknown(reason) => return Ok(Found::Unknown(reason.into())),
            };
            let request = self.encoded.frame.request_from(&model);
            // Of services that the question does not name the formula does not know the actions.
            if world.catalogue.action(&request.action)?.is_none()
                || !excluded.insert(request.action.clone())
            {
                return Ok(Found::Request(request));
            }
            assertions.push(Term::not(
                self.encoded.frame.action_is(&request.action.to_ascii_lowercase()),
            ));
        }
    }

    fn tell(&self, part: Part, assertions: &[Term], unstated: usize, outcome: &Outcome) {
        self.solver.tell(|| Decided { part, assertions, unstated, outcome });
    }

    /// Asks with those lazy constraints that models have broken so far; without any, "no" is "no"
    /// all the more.
    pub(super) fn decide(&self, part: Part, assertions: &[Term]) -> Result<Outcome, QueryError> {
        let mut assertions = assertions.to_vec();
        let mut lazy = self.encoded.lazy.clone();
        loop {
            if self.is_late() {
                return Ok(Outcome::Unknown(self.late()));
            }
            let outcome = self.solver.decide(&assertions, self.limits)?;
            let Outcome::Satisfiable(model) = &outcome else {
                self.tell(part, &assertions, lazy.len(), &outcome);
                return Ok(outcome);
            };
            let mut evaluation = Evaluation::new(model);
            let (kept, broken): (Vec<Term>, Vec<Term>) =
                lazy.into_iter().partition(|constraint| evaluation.is_true(constraint));
            if broken.is_empty() {
                self.tell(part, &assertions, kept.len(), &outcome);
                return Ok(outcome);
            }
            assertions.extend(broken);
            lazy = kept;
        }
    }
}

/// Asks without the lazy constraints, and only for as many steps of work as about a part of the
/// timeout allows: an "unknown" costs no more than that.
pub(super) fn probe(
    solver: &Solver,
    limits: &Limits,
    part: Part,
    assertions: &[Term],
) -> Result<Outcome, QueryError> {
    let steps = limits.timeout.as_micros() / u128::from(share_of(&part));
    let steps = u64::try_from(steps).unwrap_or(u64::MAX);
    let outcome = solver.decide(assertions, &limits.until(limits.deadline.within_steps(steps)))?;
    solver.tell(|| Decided { part, assertions, unstated: 0, outcome: &outcome });
    Ok(outcome)
}

/// The prefix of an action; nothing without one.
fn service(action: &str) -> &str {
    action.split_once(':').map_or("", |(service, _)| service)
}
