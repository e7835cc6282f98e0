//! A question in, an answer out: what the command line calls, and every other interface.
//!
//! A [`Question`] is a value, or a line of JSON that [`Lines`] reads. A [`Service`] answers it:
//! [`Service::ask`] with an [`Answer`], a value; [`Service::tell`] and [`Service::tell_lines`] with
//! its text or its JSON, part by part. What an answer [`Says`] makes an exit code.

mod answer;
mod batch;
mod in_order;
mod line;
mod notes;
mod question;
mod restated;
mod says;
mod share;
mod tell;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Checked, Failed};
pub use line::{Line, LineError, Lines, What};
pub use question::{Call, Guardrails, Lint, Question, Watch};
pub use says::Says;
pub use tell::{Form, Piece, Told, Untold};

use keyaki_engines::engine::Limits;
use keyaki_iam::layers::Policies;
use keyaki_questions::query::{
    Account, Answer as Found, CallAnswer, CallQuery, Query, QueryError, Requests, Solver,
};
use keyaki_questions::vacuous;
use keyaki_questions::{compare, enforcement, matrix};
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
    /// Whether a question that says nothing about its policies is as good as another.
    pub allow_vacuous: bool,
    /// How many threads work on what has parts: batches, claims, matrices.
    pub threads: usize,
    /// Says in words what went wrong inside about a part of a question, and may save the question.
    pub internal: Internal<'a>,
}

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
            allow_vacuous: false,
            threads: 1,
            internal,
        }
    }
}

impl Service<'_> {
    /// Answers a question. A request in the answer is confirmed by the evaluator.
    ///
    /// # Errors
    /// [`QueryError`]: a disagreement between engines, or between an engine and the evaluator; and a
    /// question about a call that makes no sense. Of claims, lint and a matrix, errors about single
    /// parts are part of the answer.
    pub fn ask<'q>(&self, question: &'q Question<'_>) -> Result<Answer<'q>, QueryError> {
        let (solver, requests) = (&self.solver, self.requests);
        let restated = || Box::new(self.restated(question));
        match question {
            Question::Eval { policies, request } => {
                let account = Account::of(policies, request);
                let notes = notes::notes(policies, &account, request);
                Ok(Answer::Eval { question: restated(), account, notes })
            }
            Question::Can { policies, shape, why } => {
                let query = Query {
                    shape: Some(shape),
                    unlike: None,
                    allowed_by: vec![policies],
                    refused_by: Vec::new(),
                    requests,
                };
                // The answer and why together: twice the timeout.
                let limits = self.limits.lasting(4);
                let verdict = query.ask(solver, &limits)?;
                let reasons = match verdict.answer {
                    Found::No if *why => {
                        let obstacles = query.obstacles(solver, &limits)?;
                        Some(Box::new((obstacles, query.beyond(solver, &limits)?)))
                    }
                    Found::Yes(_) | Found::No | Found::Unknown(_) => None,
                };
                let vacuous = match verdict.answer {
                    Found::No => {
                        vacuous::question(&[policies], Some(shape), requests, solver, &limits)?
                    }
                    Found::Yes(_) | Found::Unknown(_) => None,
                };
                Ok(Answer::Can { question: restated(), vacuous, verdict, reasons })
            }
            Question::Compare { old, new, shape, only, why } => {
                // For each direction the answer and why together: twice the timeout.
                let limits = self.limits.lasting(if only.is_some() { 4 } else { 8 });
                let comparison =
                    compare::compare(old, new, shape.as_ref(), requests, *only, solver, &limits)?;
                let beyond = match why {
                    true => compare::beyond(
                        &comparison,
                        [old, new],
                        shape.as_ref(),
                        requests,
                        solver,
                        &limits,
                    )?,
                    false => Vec::new(),
                };
                let vacuous = if comparison.differs() || comparison.unknown().is_some() {
                    None
                } else {
                    vacuous::question(&[old, new], shape.as_ref(), requests, solver, &limits)?
                };
                Ok(Answer::Compare { question: restated(), vacuous, comparison, beyond })
            }
            Question::Call(asked) => {
                let query = CallQuery {
                    call: asked.call,
                    policies: &asked.policies,
                    role: asked.role.as_ref(),
                    shape: asked.shape.as_ref(),
                    filters: &asked.filters,
                    requests,
                };
                query.check()?;
                let (verdict, every_path) = if asked.every_path {
                    let (verdict, found) = query.ask_all(solver, &self.limits)?;
                    (verdict, Some(found))
                } else {
                    (query.ask(solver, &self.limits)?, None)
                };
                let vacuous = match verdict.answer {
                    CallAnswer::No => vacuous::call(&query, solver, &self.limits)?,
                    CallAnswer::Yes(_) | CallAnswer::Unknown(_) => None,
                };
                Ok(Answer::Call { question: restated(), vacuous, asked, verdict, every_path })
            }
            Question::Check(claims) => {
                let mut checked = Vec::new();
                let all: Result<(), Infallible> = self.check(claims, |_, one, _| {
                    checked.push(one);
                    Ok(())
                });
                all.map_or_else(|never| match never {}, |()| Ok(Answer::Check { claims, checked }))
            }
            Question::Lint(asked) => {
                let report = self.lint(asked, &mut |_, _| Ok::<(), QueryError>(()))?;
                Ok(Answer::Lint { question: restated(), report, of_project: asked.of_project })
            }
            Question::Matrix { members, watch } => {
                let ask = || matrix::matrix(members, requests, solver, &self.limits, watch.done);
                let matrix = share::share(self.threads, ask)?;
                Ok(Answer::Matrix { question: restated(), members, matrix, taken: (watch.taken)() })
            }
            Question::Guardrails(Guardrails { enforced, policies, resource, scope }) => {
                let guarded = Policies { resource: resource.clone(), ..policies.clone() };
                let limits = &self.limits;
                let asking = enforcement::Asking { requests, solver, limits, scope: scope.clone() };
                let (effects, ways) = enforcement::ask(enforced, policies, &guarded, &asking)?;
                Ok(Answer::Guardrails { question: restated(), effects, ways })
            }
        }
    }
}
