//! Refinement: an engine for the exact meaning of terms, made from a solver for scripts.
//!
//! A script allows at least the models of the terms (see [`keyaki_logic::smtlib`]), so that "unsat"
//! is final. A model is confirmed by evaluating the terms themselves. If that refuses it, three
//! things are tried in turn: to repair the model, by replacing arguments of functions with strings
//! that have the values the solver wanted; and to state facts that exclude this model, true in
//! every model of the terms; and then to ask again, for a bounded number of rounds.
//!
//! This is counterexample-guided abstraction refinement: E. Clarke, O. Grumberg, S. Jha, Y. Lu, H.
//! Veith, 2003.

mod facts;
mod repair;

use super::parts::{names_beside, witness};
use super::{Engine, Limits, Outcome, Reason, Solver};
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::smtlib::{Header, Segments, script};
use keyaki_logic::term::{Function, Part, Symbol, Term, TermKind, Value, postorder};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// An engine that confirms every model of its solver, and refines what the script leaves open.
#[derive(Debug)]
pub struct Refining<S>(S);

impl<S: Solver> Refining<S> {
    /// An engine that asks `solver`.
    pub fn new(solver: S) -> Refining<S> {
        Refining(solver)
    }
}

impl<S: Solver> Engine for Refining<S> {
    fn name(&self) -> String {
        self.0.name()
    }

    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        if assertions.iter().any(|assertion| assertion.as_bool() == Some(false)) {
            return Outcome::Unsatisfiable;
        }
        if assertions.iter().all(|assertion| assertion.as_bool() == Some(true)) {
            return Outcome::Satisfiable(Model::new());
        }
        Search::new(assertions).run(&self.0, limits)
    }
}

/// An application of a function in the query, and the constant that shows its value in the solver's
/// model.
struct Application {
    function: Function,
    argument: Term,
    applied: Term,
    result: Symbol,
}

/// The state of one decision.
struct Search<'a> {
    assertions: &'a [Term],
    /// How many nodes the assertions have.
    size: usize,
    /// The symbols of the query: a final model has no others.
    symbols: BTreeSet<Symbol>,
    /// The string constants of the query, each once.
    constants: Vec<String>,
    applications: Vec<Application>,
    /// Globs that are free Booleans in the script.
    globs: Vec<Term>,
    /// What is stated beside the assertions, each once.
    facts: Vec<Term>,
    stated: FxHashSet<Term>,
}

impl<'a> Search<'a> {
    fn new(assertions: &'a [Term]) -> Search<'a> {
        let nodes = postorder(assertions);
        let mut search = Search {
            assertions,
            size: nodes.len(),
            symbols: BTreeSet::new(),
            constants: Vec::new(),
            applications: Vec::new(),
            globs: Vec::new(),
            facts: Vec::new(),
            stated: FxHashSet::default(),
        };
        let (mut constants, mut seen) = (BTreeSet::new(), FxHashSet::default());
        let mut special = Vec::new();
        for node in nodes {
            match node.kind() {
                TermKind::Var(symbol) => drop(search.symbols.insert(symbol.clone())),
                TermKind::Value(Value::String(text)) => drop(constants.insert(text.clone())),
                TermKind::Apply(..) if seen.insert(node) => special.push(node),
                TermKind::Matches(_, parts) => {
                    constants.extend(parts.iter().filter_map(|part| {
                        if let Part::Literal(text) = part { Some(text.clone()) } else { None }
                    }));
                    if !Segments::of(parts).is_functional() && seen.insert(node) {
                        special.push(node);
                    }
                }
                TermKind::Value(_) | TermKind::Apply(..) => {}
                TermKind::Not(_)
                | TermKind::And(_)
                | TermKind::Or(_)
                | TermKind::Ite(..)
                | TermKind::Eq(..)
                | TermKind::Concat(_) => {}
                TermKind::Lt(..)
                | TermKind::Le(..)
                | TermKind::InRegex(..)
                | TermKind::PrefixBits { .. } => {}
            }
        }
        search.constants = constants.into_iter().collect();
        search.prepare(&special);
        search
    }

    /// Names what the script cannot say, and states what is known of it from the start.
    fn prepare(&mut self, special: &[&Term]) {
        let mut names = names_beside(&self.symbols);
        for node in special {
            match node.kind() {
                TermKind::Apply(function, argument) => {
                    let result = Symbol::new(names.fresh("value"), function.result);
                    self.state(Term::eq(Term::var(&result), (*node).clone()));
                    let axioms =
                        function.axioms.map(|axioms| axioms(argument, node, &self.constants));
                    axioms.into_iter().flatten().for_each(|axiom| self.state(axiom));
                    let (argument, applied) = (argument.clone(), (*node).clone());
                    self.applications.push(Application {
                        function: *function,
                        argument,
                        applied,
                        result,
                    });
                }
                TermKind::Matches(subject, parts) => {
                    self.state(witness(node, subject, parts, &mut names));
                    self.globs.push((*node).clone());
                }
                TermKind::Var(_) | TermKind::Value(_) => {}
                TermKind::Not(_)
                | TermKind::And(_)
                | TermKind::Or(_)
                | TermKind::Ite(..)
                | TermKind::Eq(..)
                | TermKind::Concat(_) => {}
                TermKind::Lt(..)
                | TermKind::Le(..)
                | TermKind::InRegex(..)
                | TermKind::PrefixBits { .. } => {}
            }
        }
    }

    fn state(&mut self, fact: Term) {
        if fact.as_bool() != Some(true) && self.stated.insert(fact.clone()) {
            self.facts.push(fact);
        }
    }

    fn run(&mut self, solver: &impl Solver, limits: &Limits) -> Outcome {
        let limits = &limits.begun();
        for round in 0..limits.rounds.max(1) {
            if limits.deadline.is_reached() {
                return limits.late();
            }
            let all: Vec<_> = self.assertions.iter().chain(&self.facts).cloned().collect();
            let script = match script(&all, &Header::default()) {
                Ok(script) => script,
                Err(error) => return Outcome::Unknown(Reason::Script(error)),
            };
            let proposed = match solver.check(&script, limits) {
                Outcome::Satisfiable(model) => model,
                Outcome::Unknown(Reason::Timeout(_)) => return limits.late(),
                other @ (Outcome::Unsatisfiable | Outcome::Unknown(_)) => return other,
            };
            let model: Model = self
                .symbols
                .iter()
                .map(|symbol| (symbol.clone(), proposed.value(symbol)))
                .collect();
            if self.confirms(&model) {
                return Outcome::Satisfiable(model);
            }
            if let Some(model) = self.repair(&model, &proposed) {
                return Outcome::Satisfiable(model);
            }
            let before = self.facts.len();
            self.exclude(&model, &proposed, round == 0);
            if self.facts.len() == before {
                return Outcome::Unknown(Reason::Solver(
                    "its model contradicts what was stated".to_owned(),
                ));
            }
        }
        Outcome::Unknown(Reason::Rounds(limits.rounds.max(1)))
    }

    /// Whether the model makes every assertion true.
    fn confirms(&self, model: &Model) -> bool {
        let mut evaluation = Evaluation::new(model);
        self.assertions.iter().all(|assertion| evaluation.is_true(assertion))
    }
}
