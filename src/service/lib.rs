//! A question in, an answer out: what the command line calls, and every other interface.
//!
//! A [`Question`] is a value, or a line of JSON that [`Lines`] reads. A [`Service`] answers it; the
//! [`Answer`] says whether something was found, and is told as text or as JSON.

mod answer;
mod line;
mod notes;
mod question;

pub use answer::{Answer, Says};
pub use line::{INTERNAL, Line, LineError, Lines, Told, What};
pub use question::{Call, Question};

use keyaki_engines::engine::Limits;
use keyaki_questions::compare;
use keyaki_questions::query::{
    Account, Answer as Found, CallQuery, Query, QueryError, Requests, Solver,
};
use keyaki_reports::ProjectFile;

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
}

impl Service<'_> {
    /// Answers a question. A request in the answer is confirmed by the evaluator.
    ///
    /// # Errors
    /// [`QueryError`]: a disagreement between engines, or between an engine and the evaluator; and a question about a call that makes no
    /// sense.
    pub fn ask<'q>(&self, question: &'q Question<'_>) -> Result<Answer<'q>, QueryError> {
        let (solver, requests) = (&self.solver, self.requests);
        match question {
            Question::Eval { policies, request } => {
                let account = Account::of(policies, request);
                let notes = notes::notes(policies, &account, request);
                Ok(Answer::Eval { account, notes })
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
                Ok(Answer::Can { verdict, reasons })
            }
            Question::Compare { old, new, shape, only, why } => {
                // For each direction the answer and why together: twice the timeout.
                let limits = self.limits.lasting(if only.is_some() { 4 } else { 8 });
                let comparison =
                    compare::compare(old, new, shape.as_ref(), requests, *only, solver, &limits)?;
                let reasons = match why {
                    true => Some(compare::reasons(
                        &comparison,
                        [old, new],
                        shape.as_ref(),
                        requests,
                        solver,
                        &limits,
                    )?),
                    false => None,
                };
                Ok(Answer::Compare { comparison, reasons })
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
                Ok(Answer::Call { asked, verdict, every_path })
            }
        }
    }
}
