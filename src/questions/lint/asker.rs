//! Asking: a bounded number of questions, each answered by a request that is at hand where one will
//! do.

use super::finding::Grounds;
use crate::query::{Answer, Query, QueryError, Requests, RestsOn, Solver};
use crate::unknown::Unknown;
use keyaki_engines::engine::Limits;
use keyaki_iam::layers::Policies;
use keyaki_iam::request::Request;
use keyaki_iam::shape::Shape;
use std::time::Duration;

/// How many questions one policy may cost, unless somebody says otherwise.
pub const MOST_QUERIES: usize = 2_000;

/// How many requests are kept at hand.
const KEPT: usize = 64;

/// How long it may take to say what a "no" rests on.
const WEIGHING: Duration = Duration::from_secs(5);

/// What a question came to.
#[derive(Debug)]
pub(super) enum Truth {
    /// There is such a request.
    Yes(Box<Request>),
    /// There is none; what that rests on, where it was asked for.
    No(Grounds),
    /// No engine could tell; the reason.
    Unknown(Unknown),
}

/// Asks questions about one policy.
pub(super) struct Asker<'a> {
    solver: &'a Solver,
    limits: &'a Limits,
    requests: Requests<'a>,
    most: usize,
    pub(super) asked: usize,
    /// Requests that were found, the latest last.
    known: Vec<Request>,
    /// Internal errors about single questions.
    pub(super) errors: Vec<QueryError>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(
        solver: &'a Solver,
        limits: &'a Limits,
        requests: Requests<'a>,
        most: usize,
    ) -> Self {
        Self { solver, limits, requests, most, asked: 0, known: Vec::new(), errors: Vec::new() }
    }

    /// Whether there is a request of the shape. A request at hand, or one of `guesses`, is as good
    /// as one that an engine finds: each is confirmed by the evaluator and by the checker of
    /// feasibility.
    pub(super) fn exists(
        &mut self,
        shape: &Shape,
        guesses: impl IntoIterator<Item = Request>,
    ) -> Result<Truth, QueryError> {
        self.find(&self.query(Some(shape), &[]), guesses)
    }

    /// As [`Asker::exists`], for those who do not ask what a "no" rests on.
    pub(super) fn exists_plainly(
        &mut self,
        shape: &Shape,
        guesses: impl IntoIterator<Item = Request>,
    ) -> Result<Truth, QueryError> {
        let query = self.query(Some(shape), &[]);
        match self.at_hand(&query, guesses) {
            Some(found) => Ok(Truth::Yes(found)),
            None => self.answer(&query),
        }
    }

    /// Whether a request that is at hand, or a guess, has the shape; asks no engine.
    pub(super) fn guessed(
        &mut self,
        shape: &Shape,
        guesses: impl IntoIterator<Item = Request>,
    ) -> bool {
        self.at_hand(&self.query(Some(shape), &[]), guesses).is_some()
    }

    /// Whether there is a request of the one shape that is not of the other.
    pub(super) fn escapes(
        &mut self,
        shape: &Shape,
        unlike: &Shape,
        guesses: impl IntoIterator<Item = Request>,
    ) -> Result<Truth, QueryError> {
        self.find(&self.query(Some(shape), &[unlike]), guesses)
    }

    /// As [`Asker::escapes`], about every request that one can write down, feasible or not.
    pub(super) fn escapes_ever(
        &mut self,
        shape: &Shape,
        unlike: &Shape,
    ) -> Result<Truth, QueryError> {
        self.find(&Query { requests: Requests::Any, ..self.query(Some(shape), &[unlike]) }, [])
    }

    /// Whether there is a request that one set allows and the other does not.
    pub(super) fn difference(
        &mut self,
        allows: &Policies,
        refuses: &Policies,
    ) -> Result<Truth, QueryError> {
        self.ask(&Query {
            allowed_by: vec![allows],
            refused_by: vec![refuses],
            ..self.query(None, &[])
        })
    }

    /// Whether a request that is at hand has the shape.
    pub(super) fn knows(&self, shape: &Shape) -> bool {
        let query = self.query(Some(shape), &[]);
        self.known.iter().any(|request| query.holds(request))
    }

    /// What a "no" about these shapes would be grounded on but for model choices: the caveats of
    /// the question.
    pub(super) fn caveats(
        &self,
        shape: &Shape,
        unlike: Option<&Shape>,
    ) -> Result<Grounds, QueryError> {
        Ok(Grounds {
            rests_on: RestsOn::default(),
            caveats: self.query(Some(shape), unlike.as_slice()).caveats()?,
        })
    }

    fn query<'q>(&self, shape: Option<&'q Shape>, unlike: &'q [&'q Shape]) -> Query<'q>
    where
        'a: 'q,
    {
        Query {
            shape,
            within: &[],
            unlike,
            allowed_by: Vec::new(),
            refused_by: Vec::new(),
            requests: self.requests,
        }
    }

    fn find(
        &mut self,
        query: &Query<'_>,
        guesses: impl IntoIterator<Item = Request>,
    ) -> Result<Truth, QueryError> {
        match self.at_hand(query, guesses) {
            Some(found) => Ok(Truth::Yes(found)),
            None => self.ask(query),
        }
    }

    /// A known request, or a guess, that answers the query with yes.
    fn at_hand(
        &mut self,
        query: &Query<'_>,
        guesses: impl IntoIterator<Item = Request>,
    ) -> Option<Box<Request>> {
        let known = self.known.iter().rev().find(|request| query.holds(request)).cloned();
        let found = known.or_else(|| guesses.into_iter().find(|request| query.holds(request)))?;
        self.keep(&found);
        Some(Box::new(found))
    }

    /// Asks an engine, and what a "no" rests on.
    fn ask(&mut self, query: &Query<'_>) -> Result<Truth, QueryError> {
        let answer = self.answer(query)?;
        if !matches!(answer, Truth::No(_)) {
            return Ok(answer);
        }
        let limits = Limits { timeout: self.limits.timeout.min(WEIGHING), ..self.limits.clone() };
        let weighed = query
            .rests_on(self.solver, &limits)
            .and_then(|rests_on| Ok(Grounds { rests_on, caveats: query.caveats()? }));
        self.noted(weighed.map(Truth::No))
    }

    /// An internal error about one question is noted, and leaves it undecided.
    fn noted(&mut self, outcome: Result<Truth, QueryError>) -> Result<Truth, QueryError> {
        match outcome {
            Err(error) if error.is_of_one_question() => {
                self.errors.push(error);
                Ok(Truth::Unknown(Unknown::Internal))
            }
            outcome => outcome,
        }
    }

    fn answer(&mut self, query: &Query<'_>) -> Result<Truth, QueryError> {
        if self.asked >= self.most {
            return Ok(Truth::Unknown(Unknown::TooManyQuestions(self.most)));
        }
        self.asked += 1;
        let answer = query.answer(self.solver, self.limits).map(|answer| match answer {
            Answer::Yes(witness) => {
                self.keep(&witness.request);
                Truth::Yes(Box::new(witness.request))
            }
            Answer::No => Truth::No(Grounds::default()),
            Answer::Unknown(reason) => Truth::Unknown(reason),
        });
        self.noted(answer)
    }

    fn keep(&mut self, request: &Request) {
        if !self.known.contains(request) {
            if self.known.len() == KEPT {
                self.known.remove(0);
            }
            self.known.push(request.clone());
        }
    }
}
