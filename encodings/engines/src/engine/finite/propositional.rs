//! The propositional side: what the engine asks of a solver of clauses.
//!
//! Public so that a bench and another engine can put other solvers in batsat's place; no part of
//! the crate's promise.

use crate::engine::Deadline;
use batsat::clause::Kind;
use batsat::{Callbacks, Solver, SolverInterface, SolverOpts, lbool};
pub use batsat::{Lit, Var};
use std::sync::{Arc, Mutex, PoisonError};

/// Makes a solver that stops at the deadline given.
pub type Make = dyn Fn(Deadline) -> Box<dyn Search> + Send + Sync;

/// A propositional solver that remembers its clauses from question to question.
pub trait Search {
    /// The positive literal of a new variable. Variables are numbered from 0.
    fn variable(&mut self) -> Lit;

    /// States that one of the literals holds. What is left in `literals` means nothing.
    fn clause(&mut self, literals: &mut Vec<Lit>);

    /// Whether all clauses and all of `assumptions` can hold.
    fn solve(&mut self, assumptions: &[Lit]) -> Propositional;

    /// Whether a literal holds in the model that was found last.
    fn holds(&self, literal: Lit) -> bool;
}

/// What a propositional solver says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Propositional {
    /// There is a model.
    Satisfiable,
    /// There is no model.
    Unsatisfiable,
    /// The time is up, or another limit was reached.
    Stopped,
    /// The solver failed, and why.
    Failed(String),
}

/// The clauses that a search has learnt, in that order.
pub(super) type Learnt = Arc<Mutex<Vec<Vec<Lit>>>>;

/// Stops batsat when time is up, and keeps what it learns where somebody wants to know.
struct Watch {
    deadline: Deadline,
    learnt: Option<Learnt>,
}

impl Callbacks for Watch {
    /// Asked before each decision.
    fn stop(&self) -> bool {
        self.deadline.count(1);
        self.deadline.is_reached()
    }

    fn on_new_clause(&mut self, clause: &[Lit], kind: Kind) {
        if let (Some(learnt), Kind::Learnt) = (&self.learnt, kind) {
            learnt.lock().unwrap_or_else(PoisonError::into_inner).push(clause.to_vec());
        }
    }
}

/// The solver of the engine `finite`.
struct Batsat(Solver<Watch>);

/// Batsat.
pub fn batsat(deadline: Deadline) -> Box<dyn Search> {
    watched(Watch { deadline, learnt: None })
}

/// Batsat, and what it learns.
pub(super) fn batsat_that_tells(deadline: Deadline, learnt: Learnt) -> Box<dyn Search> {
    watched(Watch { deadline, learnt: Some(learnt) })
}

fn watched(watch: Watch) -> Box<dyn Search> {
    Box::new(Batsat(Solver::new(SolverOpts::default(), watch)))
}

impl Search for Batsat {
    fn variable(&mut self) -> Lit {
        Lit::new(self.0.new_var(lbool::FALSE, true), true)
    }

    fn clause(&mut self, literals: &mut Vec<Lit>) {
        self.0.add_clause_reuse(literals);
    }

    fn solve(&mut self, assumptions: &[Lit]) -> Propositional {
        match self.0.solve_limited(assumptions) {
            answer if answer == lbool::TRUE => Propositional::Satisfiable,
            answer if answer == lbool::FALSE => Propositional::Unsatisfiable,
            _ => Propositional::Stopped,
        }
    }

    fn holds(&self, literal: Lit) -> bool {
        self.0.value_lit(literal) == lbool::TRUE
    }
}
