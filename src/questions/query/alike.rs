//! What questions that are alike tell each other: those about many principals differ in little but
//! the policies. Nothing here changes an answer; it only spares questions to an engine, each of
//! which has one answer, whoever finds it.

use super::Query;
use keyaki_iam::request::Request;
use keyaki_iam::world::{Assumptions, ModelChoice};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many requests are kept, the last ones: each is tried before an engine is asked.
const REQUESTS: usize = 16;

/// How many sets of choices are kept on which a "no" rested, the last ones.
const CHOICES: usize = 2;

/// What was found out about questions that are alike.
#[derive(Debug, Default)]
pub(crate) struct Alike {
    /// Requests that answered one of them under fewer choices than are assumed.
    requests: Mutex<VecDeque<Request>>,
    /// The choices that a "no" rested on.
    choices: Mutex<VecDeque<Vec<ModelChoice>>>,
}

/// What is told to one question.
#[derive(Clone, Copy)]
pub(crate) struct ToldAlike<'t> {
    /// What others like it found out.
    pub alike: &'t Alike,
    /// Under these, and therefore under more, the question is refuted: it was found out of one that
    /// more requests answer.
    pub refuted: Option<Assumptions>,
}

impl Alike {
    /// Whether a request that is known answers the question, too, as the evaluator says.
    pub(super) fn is_answered(&self, query: &Query<'_>) -> bool {
        let known: Vec<Request> = lock(&self.requests).iter().cloned().collect();
        known.iter().any(|request| query.holds(request))
    }

    /// Keeps a request.
    pub(super) fn answers(&self, request: Request) {
        keep(&mut lock(&self.requests), request, REQUESTS);
    }

    /// What the "no" of others rested on, the last one first.
    pub(super) fn guesses(&self) -> Vec<Vec<ModelChoice>> {
        lock(&self.choices).iter().cloned().collect()
    }

    /// Keeps what a "no" rests on.
    pub(super) fn rests(&self, choices: &[ModelChoice]) {
        let mut known = lock(&self.choices);
        if !choices.is_empty() && !known.iter().any(|one| one == choices) {
            keep(&mut known, choices.to_vec(), CHOICES);
        }
    }
}

impl ToldAlike<'_> {
    /// Whether the question is known to be refuted under these.
    pub(super) fn refutes(&self, assumed: Assumptions) -> bool {
        self.refuted.is_some_and(|fewer| fewer.iter().all(|choice| assumed.contains(choice)))
    }
}

/// Keeps the last ones only.
fn keep<T>(all: &mut VecDeque<T>, one: T, most: usize) {
    all.push_front(one);
    all.truncate(most);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
