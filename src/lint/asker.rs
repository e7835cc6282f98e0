//! Asking: a bounded number of questions, each answered by a request that is at hand where one will do.

use crate::environment::{NamedPolicy, Policies};
use crate::policy::{Effect, Kind, Policy, PrincipalElement, PrincipalEntry, Statement, Version};
use crate::query::{Answer, Query, QueryError, Requests, RestsOn, Solver};
use crate::request::Request;
use crate::shape::Shape;
use keyaki_encodings::engine::Limits;
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
    No(RestsOn),
    /// No engine could tell; the reason.
    Unknown(String),
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
}

impl<'a> Asker<'a> {
    pub(super) fn new(solver: &'a Solver, limits: &'a Limits, requests: Requests<'a>, most: usize) -> Self {
        Self { solver, limits, requests, most, asked: 0, known: Vec::new() }
    }

    /// Whether there is a request of the shape. A request at hand, or one of `guesses`, is as good as one that an engine finds: each is
    /// confirmed by the evaluator and by the checker of feasibility.
    pub(super) fn exists(&mut self, shape: &Shape, guesses: impl IntoIterator<Item = Request>) -> Result<Truth, QueryError> {
        let query = self.query(Some(shape), Vec::new(), Vec::new());
        self.find(&query, guesses)
    }

    /// As [`Asker::exists`], for those who do not ask what a "no" rests on.
    pub(super) fn exists_plainly(&mut self, shape: &Shape, guesses: impl IntoIterator<Item = Request>) -> Result<Truth, QueryError> {
        let query = self.query(Some(shape), Vec::new(), Vec::new());
        match self.at_hand(&query, guesses) {
            Some(found) => Ok(Truth::Yes(found)),
            None => self.answer(&query),
        }
    }

    /// Whether a request that is at hand, or a guess, has the shape; asks no engine.
    pub(super) fn guessed(&mut self, shape: &Shape, guesses: impl IntoIterator<Item = Request>) -> bool {
        let query = self.query(Some(shape), Vec::new(), Vec::new());
        self.at_hand(&query, guesses).is_some()
    }

    /// Whether there is a request of the shape to which the statement does not apply.
    pub(super) fn escapes(
        &mut self,
        shape: &Shape,
        statement: &Statement,
        guesses: impl IntoIterator<Item = Request>,
    ) -> Result<Truth, QueryError> {
        let granted = to_everybody(statement);
        let query = self.query(Some(shape), Vec::new(), vec![&granted]);
        self.find(&query, guesses)
    }

    /// As [`Asker::escapes`], about every request that one can write down, feasible or not.
    pub(super) fn escapes_ever(&mut self, shape: &Shape, statement: &Statement) -> Result<Truth, QueryError> {
        let granted = to_everybody(statement);
        let query = Query { requests: Requests::Any, ..self.query(Some(shape), Vec::new(), vec![&granted]) };
        self.find(&query, [])
    }

    /// Whether there is a request that one set allows and the other does not.
    pub(super) fn difference(&mut self, allows: &Policies, refuses: &Policies) -> Result<Truth, QueryError> {
        let query = self.query(None, vec![allows], vec![refuses]);
        self.ask(&query)
    }

    /// Whether a request that is at hand has the shape.
    pub(super) fn knows(&self, shape: &Shape) -> bool {
        let query = self.query(Some(shape), Vec::new(), Vec::new());
        self.known.iter().any(|request| query.holds(request))
    }

    fn query<'q>(&self, shape: Option<&'q Shape>, allowed_by: Vec<&'q Policies>, refused_by: Vec<&'q Policies>) -> Query<'q>
    where
        'a: 'q,
    {
        Query { shape, allowed_by, refused_by, requests: self.requests }
    }

    fn find(&mut self, query: &Query<'_>, guesses: impl IntoIterator<Item = Request>) -> Result<Truth, QueryError> {
        match self.at_hand(query, guesses) {
            Some(found) => Ok(Truth::Yes(found)),
            None => self.ask(query),
        }
    }

    /// A known request, or a guess, that answers the query with yes.
    fn at_hand(&mut self, query: &Query<'_>, guesses: impl IntoIterator<Item = Request>) -> Option<Box<Request>> {
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
        Ok(Truth::No(query.rests_on(self.solver, &limits)?))
    }

    fn answer(&mut self, query: &Query<'_>) -> Result<Truth, QueryError> {
        if self.asked >= self.most {
            return Ok(Truth::Unknown(format!("{} questions were asked about this policy, and no more may be", self.most)));
        }
        self.asked += 1;
        Ok(match query.answer(self.solver, self.limits)? {
            Answer::Yes(witness) => {
                self.keep(&witness.request);
                Truth::Yes(Box::new(witness.request))
            }
            Answer::No => Truth::No(RestsOn::default()),
            Answer::Unknown(reason) => Truth::Unknown(reason),
        })
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

/// A policy that allows everybody what the statement, its principal apart, matches: what it does not allow is what the statement does not
/// apply to.
fn to_everybody(statement: &Statement) -> Policies {
    let principal = Some(PrincipalElement { negated: false, entries: vec![PrincipalEntry::Anyone] });
    let statement = Statement { sid: None, effect: Effect::Allow, principal, ..statement.clone() };
    let policy = Policy { kind: Kind::Resource, version: Version::V2012, id: None, statements: vec![statement] };
    Policies::resource(NamedPolicy { name: "the statement".to_owned(), policy })
}
