//! The engine `finite`: exact, without a string solver.
//!
//! A question compares its values with finitely many patterns, numbers and prefixes, and what no
//! comparison tells apart is one class. So a propositional solver chooses which comparisons hold
//! (`formula`), and theories say whether values exist for which they do (`theory`): of strings by
//! products of automata ([`crate::language`]), of reals by a graph of order, of bit-vectors by
//! prefixes. Where none do, a few literals say why, and the propositional solver goes on without
//! them: classes are made only as far as models lead there.
//!
//! Concatenations are split at the states of automata (`split`). Functions, and globs with values
//! inside, are free at first and refined where a model gets them wrong (`refine`); where that does
//! not come to an end the answer is "unknown".
//!
//! A model is evaluated before it is given. R. Nieuwenhuis, A. Oliveras, C. Tinelli: Solving SAT
//! and SAT modulo theories, 2006.

mod atom;
mod contain;
mod divide;
mod formula;
mod memory;
#[doc(hidden)]
pub mod propositional;
mod refine;
mod refutation;
mod relate;
mod split;
mod tally;
mod theory;
mod values;

use super::{Deadline, Engine, Limits, Outcome, Reason, Stopwatch, Work};
use crate::language::{Exhausted, Language, Languages};
use atom::{Atom, ValueId};
use divide::Sizes;
use formula::{About, Formula, Needed};
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::term::{Sort, Symbol, Term, TermKind, Value, postorder, symbols};
use memory::Memory;
use propositional::{Learnt, Make, Propositional, Search, batsat_that_tells};
use refine::Refinement;
pub use refutation::{Refutation, Source};
use relate::Relations;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tally::Tally;
use theory::{Assignment, Checked, Split};

/// The finite engine. What it finds out about patterns it keeps for the next question, up to a
/// bound.
pub struct Finite {
    name: &'static str,
    /// Makes the propositional solver.
    make: Box<Make>,
    memory: Memory,
    tally: Mutex<Tally>,
}

impl Finite {
    /// An engine that knows no pattern yet.
    pub fn new() -> Finite {
        Finite::with_search("finite", propositional::batsat)
    }

    /// An engine of this name with another propositional solver, and with the same theories.
    #[doc(hidden)]
    pub fn with_search(
        name: &'static str,
        make: impl Fn(Deadline) -> Box<dyn Search> + Send + Sync + 'static,
    ) -> Finite {
        Finite { name, make: Box::new(make), memory: Memory::default(), tally: Mutex::default() }
    }
}

impl Finite {
    /// Decides a question as a whole, anew, and gives a refutation where it has no model.
    pub fn refute(assertions: &[Term], limits: &Limits) -> (Outcome, Option<Refutation>) {
        let learnt = Learnt::default();
        let tells = Arc::clone(&learnt);
        let make = move |deadline| batsat_that_tells(deadline, Arc::clone(&tells));
        let limits = limits.begun();
        let mut languages = Languages::new();
        let mut decision = Decision::new(assertions, &limits, &make);
        decision.formula.keep();
        let outcome = decision.outcome(&mut languages);
        let refutation = matches!(outcome, Outcome::Unsatisfiable).then(|| {
            let learnt = learnt.lock().unwrap_or_else(PoisonError::into_inner).clone();
            Refutation::of(decision.formula, languages, learnt)
        });
        (outcome, refutation)
    }
}

impl fmt::Debug for Finite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Default for Finite {
    fn default() -> Finite {
        Finite::new()
    }
}

impl Engine for Finite {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        let mut languages = self.memory.take();
        let mut tally = Tally::default();
        let outcome =
            Whole { assertions, limits: &limits.begun(), make: &*self.make, sizes: divide::SIZES }
                .decide(&mut languages, &mut tally);
        self.memory.give(languages);
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).add(&tally);
        outcome
    }

    fn work(&self) -> Work {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).work()
    }
}

/// A question as it was asked.
struct Whole<'a> {
    assertions: &'a [Term],
    limits: &'a Limits,
    make: &'a Make,
    sizes: Sizes,
}

impl Whole<'_> {
    /// Asks it: in parts, where it is worth dividing.
    fn decide(&self, languages: &mut Languages, tally: &mut Tally) -> Outcome {
        let mut open = vec![self.assertions.to_vec()];
        let (mut divided, mut unknown) = (false, None);
        while let Some(question) = open.pop() {
            if self.limits.deadline.is_reached() {
                return self.limits.late();
            }
            let started = Stopwatch::start();
            let parts = divide::divide(&question, self.sizes);
            tally.reading += started.elapsed();
            if let Some(parts) = parts {
                divided = true;
                open.extend(parts.into_iter().rev());
                continue;
            }
            let (outcome, own) = Decision::new(&question, self.limits, self.make).run(languages);
            tally.add(&own);
            match outcome {
                Outcome::Unsatisfiable => {}
                late @ Outcome::Unknown(Reason::Timeout(_)) => return late,
                Outcome::Unknown(reason) => unknown = Some(reason),
                Outcome::Satisfiable(model) if divided => return self.complete(model),
                found @ Outcome::Satisfiable(_) => return found,
            }
        }
        unknown.map_or(Outcome::Unsatisfiable, Outcome::Unknown)
    }

    /// The model of a part as one of the whole question.
    fn complete(&self, mut model: Model) -> Outcome {
        for symbol in symbols(self.assertions) {
            if model.get(&symbol).is_none() {
                model.insert(symbol.clone(), Value::default_of(symbol.sort()));
            }
        }
        let mut evaluation = Evaluation::new(&model);
        if self.assertions.iter().all(|assertion| evaluation.is_true(assertion)) {
            return Outcome::Satisfiable(model);
        }
        incomplete("a model of a part of the question that is none of the whole")
    }
}

/// The steps of work that a literal counts for which the theories look at.
const LITERAL: u64 = 4;

/// One question.
struct Decision<'a> {
    assertions: &'a [Term],
    limits: &'a Limits,
    formula: Formula,
    refinement: Refinement,
    symbols: BTreeSet<Symbol>,
    split: FxHashSet<(ValueId, Language)>,
    relations: Relations,
    /// Rounds of refinement so far.
    rounds: u32,
    tally: Tally,
}

/// What one look at a propositional model came to.
enum Step {
    /// The search goes on, without this model.
    Excluded,
    Done(Outcome),
}

impl<'a> Decision<'a> {
    fn new(assertions: &'a [Term], limits: &'a Limits, make: &Make) -> Decision<'a> {
        Decision {
            assertions,
            limits,
            formula: Formula::new(limits.deadline.clone(), make),
            refinement: Refinement::default(),
            symbols: BTreeSet::new(),
            split: FxHashSet::default(),
            relations: Relations::default(),
            rounds: 0,
            tally: Tally::default(),
        }
    }

    fn run(mut self, languages: &mut Languages) -> (Outcome, Tally) {
        let outcome = self.outcome(languages);
        self.tally.atoms = count(self.formula.atoms().len());
        (outcome, self.tally)
    }

    fn outcome(&mut self, languages: &mut Languages) -> Outcome {
        match self.search(languages) {
            Ok(outcome) => outcome,
            Err(exhausted) => Outcome::Unknown(Reason::Resource(exhausted.to_string())),
        }
    }

    fn search(&mut self, languages: &mut Languages) -> Result<Outcome, Exhausted> {
        let started = Stopwatch::start();
        let constants = self.read();
        for assertion in self.assertions {
            if let Err(reason) = self.formula.assert(assertion, self.limits, languages) {
                return Ok(Outcome::Unknown(reason));
            }
        }
        self.refinement = Refinement::of(self.symbols.iter());
        self.refinement.prepare(&mut self.formula, &constants, languages)?;
        self.relations.before(&mut self.formula, languages, &self.limits.deadline)?;
        self.tally.reading += started.elapsed();
        loop {
            let started = Stopwatch::start();
            let answer = self.formula.solve(self.refinement.wanted());
            self.tally.propositional += started.elapsed();
            match answer {
                Propositional::Satisfiable => {}
                Propositional::Unsatisfiable => return Ok(Outcome::Unsatisfiable),
                Propositional::Failed(why) => return Ok(Outcome::Unknown(Reason::Solver(why))),
                Propositional::Stopped if self.limits.deadline.is_reached() => {
                    return Ok(self.late());
                }
                Propositional::Stopped => {
                    return Ok(Outcome::Unknown(Reason::Resource(
                        "the propositional search gave up".to_owned(),
                    )));
                }
            }
            if self.limits.deadline.is_reached() {
                return Ok(self.late());
            }
            self.tally.models += 1;
            let started = Stopwatch::start();
            let step = self.step(languages)?;
            self.tally.theories += started.elapsed();
            if let Step::Done(outcome) = step {
                return Ok(outcome);
            }
        }
    }

    fn late(&self) -> Outcome {
        self.limits.late()
    }

    /// Finds the question's symbols, and gives its constants.
    fn read(&mut self) -> Vec<String> {
        let mut constants = BTreeSet::new();
        for node in postorder(self.assertions) {
            if let TermKind::Var(symbol) = node.kind() {
                self.symbols.insert(symbol.clone());
            } else if let TermKind::Value(Value::String(text)) = node.kind() {
                constants.insert(text.clone());
            }
        }
        constants.into_iter().collect()
    }

    fn step(&mut self, languages: &mut Languages) -> Result<Step, Exhausted> {
        let needed = self.formula.needed();
        self.limits.deadline.count(LITERAL * count(needed.len()));
        match theory::check(&self.formula, &needed, languages)? {
            // A conflict of nothing would refute every question.
            Checked::Conflicts(conflicts) if conflicts.iter().any(Vec::is_empty) => {
                Ok(Step::Done(incomplete("a conflict without a reason")))
            }
            Checked::Conflicts(conflicts) => {
                self.tally.conflicts += count(conflicts.len());
                for conflict in conflicts {
                    let deadline = &self.limits.deadline;
                    self.relations.after(&conflict, &mut self.formula, languages, deadline)?;
                    self.formula.clause(conflict.into_iter().map(|literal| !literal).collect());
                }
                Ok(Step::Excluded)
            }
            Checked::Splits(splits) => self.split(splits, languages),
            Checked::Entangled(concats, chosen) => {
                self.next_round();
                let stated = self.refinement.join(&concats, &chosen, &mut self.formula, languages);
                let goes_on = stated && self.rounds <= self.limits.rounds;
                Ok(if goes_on {
                    Step::Excluded
                } else {
                    Step::Done(incomplete(
                        "a string put together from others that must differ from one",
                    ))
                })
            }
            Checked::Values(values) => self.confirm(&needed, &values, languages),
        }
    }

    fn split(&mut self, splits: Vec<Split>, languages: &mut Languages) -> Result<Step, Exhausted> {
        for Split { concat, language, holds, reason } in splits {
            let member = self.formula.atom(Atom::Member(concat, language));
            let new = self.split.insert((concat, language));
            let whole = if new {
                split::split(concat, language, &mut self.formula, languages)?
            } else {
                None
            };
            if let Some(whole) = whole {
                self.formula.clause_about(About::Value(concat), vec![!member, whole]);
                self.formula.clause_about(About::Value(concat), vec![member, !whole]);
            }
            self.formula.clause_about(
                About::Value(concat),
                reason
                    .into_iter()
                    .map(|literal| !literal)
                    .chain([member.apply_sign(holds)])
                    .collect(),
            );
        }
        Ok(Step::Excluded)
    }

    /// Gives the model if the question is true in it; else states what excludes it.
    fn confirm(
        &mut self,
        needed: &[Needed],
        values: &Assignment,
        languages: &mut Languages,
    ) -> Result<Step, Exhausted> {
        let model = self.model(values);
        if self.is_true(&model) {
            return Ok(Step::Done(Outcome::Satisfiable(model)));
        }
        if let Some(model) = self.repaired(&model, values).filter(|model| self.is_true(model)) {
            return Ok(Step::Done(Outcome::Satisfiable(model)));
        }
        self.next_round();
        if self.rounds > self.limits.rounds
            || !self.refinement.exclude(needed, &model, values, &mut self.formula, languages)
        {
            return Ok(Step::Done(incomplete("a value inside of a pattern or a function")));
        }
        self.refinement.prepare(&mut self.formula, &[], languages)?;
        Ok(Step::Excluded)
    }

    fn next_round(&mut self) {
        self.rounds += 1;
        self.tally.refinements += 1;
    }

    fn is_true(&self, model: &Model) -> bool {
        let mut evaluation = Evaluation::new(model);
        self.assertions.iter().all(|assertion| evaluation.is_true(assertion))
    }

    fn model(&mut self, values: &Assignment) -> Model {
        let mut model = Model::new();
        for symbol in &self.symbols {
            let term = Term::var(symbol);
            let value = match symbol.sort() {
                Sort::Bool => self.formula.value_of(&term).map(Value::Bool),
                Sort::String | Sort::Real | Sort::BitVec(_) => {
                    self.formula.values.known(&term).and_then(|value| values.get(&value).cloned())
                }
            };
            model.insert(symbol.clone(), value.unwrap_or_else(|| Value::default_of(symbol.sort())));
        }
        model
    }

    /// The model with other arguments for functions: such as have the values that the theories
    /// chose.
    fn repaired(&self, model: &Model, values: &Assignment) -> Option<Model> {
        let mut changed = None;
        for (value, term) in self.formula.values.iter() {
            let TermKind::Apply(function, argument) = term.kind() else { continue };
            let (TermKind::Var(symbol), Some(wanted)) = (argument.kind(), values.get(&value))
            else {
                continue;
            };
            if let Some(text) = (function.preimage)(wanted) {
                changed
                    .get_or_insert_with(|| model.clone())
                    .insert(symbol.clone(), Value::String(text));
            }
        }
        changed
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn incomplete(what: &str) -> Outcome {
    Outcome::Unknown(Reason::Incomplete(what.to_owned()))
}
