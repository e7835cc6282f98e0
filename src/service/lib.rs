//! A question in, an answer out: what the command line calls, and every other interface.
//!
//! A [`Question`] is a value, or a line of JSON that [`Lines`] reads. A [`Service`] answers it:
//! [`Service::ask`] with an [`Answer`], a value; [`Service::tell`] and [`Service::tell_lines`] with
//! its text or its JSON, part by part. What an answer [`Says`] makes an exit code.

mod alone;
mod answer;
mod batch;
mod calls;
mod changes;
mod estates;
mod in_order;
mod line;
mod notes;
mod pair;
mod paths;
mod question;
mod restated;
mod review;
mod says;
mod share;
mod sides;
mod sift;
mod tell;
#[cfg(test)]
mod tests;
mod unread;
mod values;
mod who;
mod worlds;

pub use answer::{Answer, Checked, Failed};
pub use changes::changes;
pub use estates::{EstateChanges, EstateSide, estate_changes};
pub use line::{Line, LineError, Lines, What};
pub use question::{Call, CanAs, Guardrails, Lint, Paths, Question, Watch, WhoCalls, WhoCan};
pub use review::{Change, Estates, Review, ReviewPart, Revision, Sets, Versions};
pub use says::Says;
pub use sides::{Known, Side};
pub use sift::{Closing, FailOn, Root, Sieve, Sifting, Waivers};
pub use tell::{Form, Piece, Told, Untold};
pub use who::{Resources, WhoPart};

use keyaki_engines::engine::Limits;
use keyaki_iam::layers::Policies;
use keyaki_iam::shape::Shape;
use keyaki_questions::compare::{self, Comparison, Direction};
use keyaki_questions::query::{
    Account, Answer as Found, Beyond, CallAnswer, CallQuery, Obstacles, Quantifier, Query,
    QueryError, Requests, Solver, Verdict,
};
use keyaki_questions::vacuous::{self, Vacuity, Vacuous};
use keyaki_questions::{enforcement, matrix};
use keyaki_reports::answers::Question as Restated;
use keyaki_reports::question::Asking;
use keyaki_reports::{Caveats, ProjectFile};
use std::convert::Infallible;

/// The code of an internal error.
pub const INTERNAL: &str = "internal-error";

/// Who answers: an engine, what an answer may cost, and what is taken to exist.
pub struct Service<'a> {
    /// The engine, or several that must agree.
    pub solver: Solver,
    /// What one answer may cost. What `why` asks besides may cost as much again.
    pub limits: Limits,
    /// Which requests are considered.
    pub requests: Requests<'a>,
    /// The project's file, for answers that use it.
    pub project: Option<ProjectFile>,
    /// Who is asked, and how, for the question that an answer restates.
    pub asking: Asking,
    /// How much people are told of caveats that most answers have.
    pub caveats: Caveats,
    /// Over which values of parameters `can` and `compare` are asked (SEMANTICS 3.1); `None`: `can`
    /// whether some request at some values is allowed, `compare` whether the sides allow the same at
    /// every value.
    pub values: Option<Quantifier>,
    /// Whether a question that says nothing about its policies is as good as another.
    pub allow_vacuous: bool,
    /// What becomes of the findings of claims and of lint.
    pub sifting: Sifting,
    /// What is known about questions that say nothing.
    pub vacuity: vacuous::Known<'a>,
    /// How many threads work on what has parts: batches, claims, matrices.
    pub threads: usize,
    /// Says in words what went wrong inside about a part of a question, and may save the question.
    pub internal: Internal<'a>,
}

/// Why an answer is "no": the layers that refuse alone, and a request that cannot exist and would be
/// allowed.
pub type Reasons = (Obstacles, Option<Beyond>);

/// See [`Service::internal`].
pub type Internal<'a> = Box<dyn Fn(&QueryError) -> String + Send + Sync + 'a>;

impl<'a> Service<'a> {
    /// One that knows of no project, works on one thread, and says of errors what they are.
    pub fn new(solver: Solver, limits: Limits, requests: Requests<'a>) -> Self {
        let internal = Box::new(|error: &QueryError| error.to_string());
        Self {
            solver,
            limits,
            requests,
            project: None,
            asking: Asking::default(),
            caveats: Caveats::default(),
            values: None,
            allow_vacuous: false,
            sifting: Sifting::default(),
            vacuity: vacuous::Known::default(),
            threads: 1,
            internal,
        }
    }
}

/// An answer to [`Service::can`].
#[derive(Debug)]
pub struct Can {
    /// Yes, no or unknown, and what it depends on.
    pub verdict: Verdict,
    /// Why a "no" says nothing about the policies, if so.
    pub vacuous: Option<Vacuous>,
    /// Why a "no" is one, where that was asked.
    pub reasons: Option<Reasons>,
}

/// An answer to [`Service::compare`].
#[derive(Debug)]
pub struct Compared {
    /// What either side allows alone, and what it depends on.
    pub comparison: Comparison,
    /// Why "nothing" says nothing about the policies, if so.
    pub vacuous: Option<Vacuous>,
    /// What refuses a difference, and what would be one and cannot exist, where that was asked.
    pub reasons: Option<compare::Reasons>,
}

impl<'a> Service<'a> {
    /// Answers a question. A request in the answer is confirmed by the evaluator.
    ///
    /// # Errors
    /// [`QueryError`]: a disagreement between engines, or between an engine and the evaluator; and a
    /// question about a call that makes no sense. Of claims, lint and a matrix, errors about single
    /// parts are part of the answer.
    pub fn ask<'q>(&self, question: &'q Question<'_>) -> Result<Answer<'q>, QueryError> {
        self.ask_about(self.requests, question)
    }

    /// Likewise, where other requests are considered.
    fn ask_about<'q>(
        &self,
        requests: Requests<'a>,
        question: &'q Question<'_>,
    ) -> Result<Answer<'q>, QueryError> {
        let restated = || Box::new(self.restated(requests, question));
        match question {
            Question::Eval { policies, request, estate: _ } => {
                let account = Account::of(policies, request);
                let notes = notes::notes(policies, &account, request);
                Ok(Answer::Eval { question: restated(), account, notes })
            }
            Question::Can { policies, shape, why } => {
                let Can { verdict, vacuous, reasons } =
                    self.can_about(requests, policies, shape, *why)?;
                let reasons = reasons.map(Box::new);
                Ok(Answer::Can { question: restated(), vacuous, verdict, reasons })
            }
            Question::CanAs(asked) => {
                let Can { verdict, vacuous, reasons } = self.can_as(asked)?;
                let reasons = reasons.map(Box::new);
                Ok(Answer::Can { question: restated(), vacuous, verdict, reasons })
            }
            Question::Compare { old, new, shape, only, why, estate: _ } => {
                let Compared { comparison, vacuous, reasons } =
                    self.compare_about(requests, [old, new], shape.as_ref(), *only, *why)?;
                Ok(Answer::Compare { question: restated(), vacuous, comparison, reasons })
            }
            Question::Call(asked) => self.call(asked, restated()),
            Question::Check(claims) => {
                let mut checked = Vec::new();
                let all: Result<(), Infallible> = self.check(claims, |_, one, _| {
                    checked.push(one);
                    Ok(())
                });
                all.map_or_else(|never| match never {}, |()| Ok(Answer::Check { claims, checked }))
            }
            Question::Lint(asked) => {
                let mut parts = Vec::new();
                self.lint(asked, |_, part, _| {
                    parts.push(part);
                    Ok::<(), QueryError>(())
                })?;
                Ok(Answer::Lint { question: restated(), asked, parts })
            }
            Question::Matrix { members, watch } => {
                let limits = &self.limits;
                let ask = || matrix::matrix(members, requests, &self.solver, limits, watch.done);
                let matrix = share::share(self.threads, ask)?;
                Ok(Answer::Matrix { question: restated(), members, matrix, taken: (watch.taken)() })
            }
            Question::Guardrails(asked) => self.guardrails(asked, restated()),
            Question::Paths(asked) => self.paths(asked, restated()),
            Question::Review(asked) => {
                let mut parts = Vec::new();
                self.review(asked, |part, _| {
                    parts.push(part);
                    Ok::<(), QueryError>(())
                })?;
                Ok(Answer::Review { asked, parts })
            }
            Question::WhoCan(asked) => {
                let mut parts = Vec::new();
                self.who_can(asked, |part, _| {
                    parts.push(part);
                    Ok::<(), QueryError>(())
                })?;
                Ok(Answer::WhoCan { parts, all: asked.all })
            }
            Question::WhoCalls(asked) => {
                let mut parts = Vec::new();
                self.who_calls(asked, |part, _| {
                    parts.push(part);
                    Ok::<(), QueryError>(())
                })?;
                Ok(Answer::WhoCan { parts, all: asked.all })
            }
        }
    }

    /// As [`Question::Can`]: the verdict, and why a "no" is one, where that is asked.
    ///
    /// # Errors
    /// As [`Service::ask`].
    pub fn can(&self, policies: &Policies, shape: &Shape, why: bool) -> Result<Can, QueryError> {
        self.can_about(self.requests, policies, shape, why)
    }

    fn can_at_some(
        &self,
        requests: Requests<'a>,
        policies: &Policies,
        shape: &Shape,
        why: bool,
    ) -> Result<Can, QueryError> {
        let query = Query::allowed(policies, shape, requests);
        // The answer and why together: twice the timeout.
        let limits = self.limits.lasting(4);
        let mut verdict = query.ask(&self.solver, &limits)?;
        let reasons = match verdict.answer {
            Found::No if why => {
                let obstacles = query.obstacles(&self.solver, &limits)?;
                Some((obstacles, query.beyond(&self.solver, &limits)?))
            }
            Found::Yes(_) | Found::No | Found::Unknown(_) => None,
        };
        let Vacuity { vacuous, caveats } = match verdict.answer {
            Found::No => self.vacuity(&[policies], Some(shape), requests, &limits)?,
            Found::Yes(_) | Found::Unknown(_) => Vacuity::default(),
        };
        verdict.caveats.extend(caveats);
        Ok(Can { verdict, vacuous, reasons })
    }

    /// As [`Question::Compare`]: what either side allows alone, and what would be a difference and
    /// cannot exist, where that is asked.
    ///
    /// # Errors
    /// As [`Service::ask`].
    pub fn compare(
        &self,
        pair: [&Policies; 2],
        shape: Option<&Shape>,
        only: Option<Direction>,
        why: bool,
    ) -> Result<Compared, QueryError> {
        self.compare_about(self.requests, pair, shape, only, why)
    }

    fn compare_at_every(
        &self,
        requests: Requests<'a>,
        [old, new]: [&Policies; 2],
        shape: Option<&Shape>,
        only: Option<Direction>,
        why: bool,
    ) -> Result<Compared, QueryError> {
        let solver = &self.solver;
        // For each direction the answer and why together: twice the timeout.
        let limits = self.limits.lasting(if only.is_some() { 4 } else { 8 });
        let mut comparison = compare::compare(old, new, shape, requests, only, solver, &limits)?;
        let reasons = match why {
            true => {
                Some(compare::reasons(&comparison, [old, new], shape, requests, solver, &limits)?)
            }
            false => None,
        };
        let Vacuity { vacuous, caveats } = if comparison.differs() || comparison.unknown().is_some()
        {
            Vacuity::default()
        } else {
            self.vacuity(&[old, new], shape, requests, &limits)?
        };
        comparison.caveats.extend(caveats);
        Ok(Compared { comparison, vacuous, reasons })
    }

    fn vacuity(
        &self,
        sets: &[&Policies],
        shape: Option<&Shape>,
        requests: Requests<'a>,
        limits: &Limits,
    ) -> Result<Vacuity, QueryError> {
        vacuous::question_known(sets, shape, requests, &self.vacuity, &self.solver, limits)
    }

    fn call<'q>(
        &self,
        asked: &'q Call<'_>,
        question: Box<Restated>,
    ) -> Result<Answer<'q>, QueryError> {
        let query = CallQuery {
            call: asked.call,
            policies: &asked.policies,
            role: asked.role.as_ref(),
            shape: asked.shape.as_ref(),
            filters: &asked.filters,
            spots: &[],
            requests: self.requests,
        };
        query.check()?;
        let (mut verdict, every_path) = if asked.every_path {
            let (verdict, found) = query.ask_all(&self.solver, &self.limits)?;
            (verdict, Some(found))
        } else {
            (query.ask(&self.solver, &self.limits)?, None)
        };
        let Vacuity { vacuous, caveats } = match verdict.answer {
            CallAnswer::No => vacuous::call(&query, &self.solver, &self.limits)?,
            CallAnswer::Yes(_) | CallAnswer::Unknown(_) => Vacuity::default(),
        };
        verdict.caveats.extend(caveats);
        let refused = asked.every_path || matches!(verdict.answer, CallAnswer::No);
        let obstacles = if asked.why && refused && vacuous.is_none() {
            // As much again as for a path.
            Some(query.obstacles(&verdict, &self.solver, &self.limits.lasting(4))?)
        } else {
            None
        };
        Ok(Answer::Call { question, vacuous, asked, verdict, every_path, obstacles })
    }

    fn guardrails<'q>(
        &self,
        asked: &'q Guardrails,
        question: Box<Restated>,
    ) -> Result<Answer<'q>, QueryError> {
        let Guardrails { enforced, policies, resource, scope } = asked;
        let guarded = Policies { resource: resource.clone(), ..policies.clone() };
        let asking = enforcement::Asking {
            requests: self.requests,
            solver: &self.solver,
            limits: &self.limits,
            scope: scope.clone(),
        };
        let (effects, ways) = enforcement::ask(enforced, policies, &guarded, &asking)?;
        Ok(Answer::Guardrails { question, effects, ways })
    }
}
