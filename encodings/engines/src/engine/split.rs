//! Splitting: an engine that makes small questions of a large one before it asks.
//!
//! String solvers answer small questions at once and large ones late or never. So, exactly and
//! without knowing what the terms mean:
//!
//! 1. what is already decided is substituted: a Boolean symbol, `symbol = constant`, an atom that
//!    must hold or must not;
//! 2. conjuncts that share no symbol are asked apart, and their models joined;
//! 3. where the engine has no quick answer, a disjunction is taken case by case, the one whose
//!    cases decide most: satisfiable if one case is, unsatisfiable if none is.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "what is not known to fall into parts stays whole, which is always right"
)]

use super::{Engine, Limits, Outcome, Reason};
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::term::{
    Replacements, Sort, Symbol, Term, TermKind, Value, postorder, substitute, symbols,
};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// What one question may take before its disjunctions are taken case by case. A measure of work,
/// not of time, so that the same question takes the same way, and gets the same model, on a busy
/// machine.
const QUICK: u32 = 150_000;

/// The steps of work that an answer of a solver counts for.
const ANSWER: u64 = 1_000;

/// An engine that splits questions and asks another one.
#[derive(Debug)]
pub struct Splitting<E>(E);

impl<E: Engine> Splitting<E> {
    /// Splits for `engine`.
    pub fn new(engine: E) -> Splitting<E> {
        Splitting(engine)
    }
}

impl<E: Engine> Engine for Splitting<E> {
    fn name(&self) -> String {
        self.0.name()
    }

    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        let outcome =
            Search { engine: &self.0, limits: &limits.begun() }.decide(assertions.to_vec());
        let Outcome::Satisfiable(mut found) = outcome else { return outcome };
        let mut model = Model::new();
        for symbol in symbols(assertions) {
            let value = found.remove(&symbol).unwrap_or_else(|| Value::default_of(symbol.sort()));
            model.insert(symbol, value);
        }
        let mut evaluation = Evaluation::new(&model);
        if assertions.iter().all(|assertion| evaluation.is_true(assertion)) {
            return Outcome::Satisfiable(model);
        }
        Outcome::Unknown(Reason::Solver(
            "the joined model does not satisfy the question".to_owned(),
        ))
    }
}

struct Search<'a> {
    engine: &'a dyn Engine,
    limits: &'a Limits,
}

/// What substitution made of a question.
enum Reduced {
    /// There is no model.
    Contradiction,
    /// What is left, and the values of the symbols that are gone.
    Open(Vec<Term>, Model),
    /// Time is up.
    Late,
}

impl Search<'_> {
    fn decide(&self, assertions: Vec<Term>) -> Outcome {
        if self.is_late() {
            return self.late();
        }
        let (conjuncts, mut model) = match self.reduced(assertions) {
            Reduced::Open(conjuncts, model) => (conjuncts, model),
            Reduced::Contradiction => return Outcome::Unsatisfiable,
            Reduced::Late => return self.late(),
        };
        let mut open = Vec::new();
        for part in independent(conjuncts) {
            let splittable = part.iter().any(|conjunct| !cases(conjunct).is_empty());
            match self.ask(&part, splittable.then_some(QUICK)) {
                Outcome::Unsatisfiable => return Outcome::Unsatisfiable,
                Outcome::Satisfiable(found) => join(&mut model, &found),
                Outcome::Unknown(reason) if !splittable || self.is_late() => {
                    return Outcome::Unknown(reason);
                }
                Outcome::Unknown(_) => open.push(part),
            }
        }
        for part in open {
            match self.by_cases(part) {
                Outcome::Satisfiable(found) => join(&mut model, &found),
                outcome => return outcome,
            }
        }
        Outcome::Satisfiable(model)
    }

    fn ask(&self, part: &[Term], effort: Option<u32>) -> Outcome {
        if self.is_late() {
            return self.late();
        }
        let deadline = &self.limits.deadline;
        let left = deadline.steps_left().map(|left| u32::try_from(left).unwrap_or(u32::MAX));
        let effort = effort.into_iter().chain(left).min();
        let outcome = self.engine.decide(part, &Limits { effort, ..self.limits.clone() });
        // Whoever gives up has taken what it was given. Others do not tell what they took.
        let took = match &outcome {
            Outcome::Unknown(_) => effort.map_or(0, u64::from),
            Outcome::Satisfiable(_) | Outcome::Unsatisfiable => ANSWER,
        };
        deadline.count(took);
        outcome
    }

    fn is_late(&self) -> bool {
        self.limits.deadline.is_reached()
    }

    fn late(&self) -> Outcome {
        self.limits.late()
    }

    /// Substitutes what is decided until nothing more is.
    fn reduced(&self, assertions: Vec<Term>) -> Reduced {
        let mut model = Model::new();
        let mut left = conjuncts(assertions);
        loop {
            if left.iter().any(|conjunct| conjunct.as_bool() == Some(false)) {
                return Reduced::Contradiction;
            }
            if self.is_late() {
                return Reduced::Late;
            }
            let mut symbols = Replacements::default();
            left.retain(|conjunct| match fixed(conjunct) {
                Some((symbol, value)) if !symbols.contains_key(&Term::var(&symbol)) => {
                    symbols.insert(Term::var(&symbol), Term::value(value.clone()));
                    model.insert(symbol, value);
                    false
                }
                _ => true,
            });
            let before = left.clone();
            let (atoms, mut open): (Vec<Term>, Vec<Term>) =
                substitute(&left, &symbols).into_iter().partition(|term| cases(term).is_empty());
            let mut known = Replacements::default();
            for atom in &atoms {
                let (atom, holds) = literal(atom);
                if known
                    .insert(atom, Term::bool(holds))
                    .is_some_and(|other| other != Term::bool(holds))
                {
                    return Reduced::Contradiction;
                }
            }
            open = substitute(&open, &known);
            left = conjuncts(atoms.into_iter().chain(open).collect());
            let now: FxHashSet<&Term> = left.iter().collect();
            if symbols.is_empty()
                && left.len() == before.len()
                && before.iter().all(|term| now.contains(term))
            {
                return Reduced::Open(left, model);
            }
        }
    }

    /// Takes the most promising disjunction case by case.
    fn by_cases(&self, mut part: Vec<Term>) -> Outcome {
        let splittable =
            |index: &usize| part.get(*index).is_some_and(|conjunct| !cases(conjunct).is_empty());
        // Without a case to take, "no case is satisfiable" would say nothing.
        let Some(best) =
            (0..part.len()).filter(splittable).max_by_key(|index| part.get(*index).map(promise))
        else {
            return Outcome::Unknown(Reason::Incomplete(
                "there is nothing left to split".to_owned(),
            ));
        };
        let chosen = part.swap_remove(best);
        let mut unknown = None;
        for case in cases(&chosen) {
            if self.is_late() {
                return self.late();
            }
            match self.decide(part.iter().cloned().chain([case]).collect()) {
                Outcome::Unsatisfiable => {}
                Outcome::Unknown(reason) => unknown = Some(reason),
                found @ Outcome::Satisfiable(_) => return found,
            }
        }
        unknown.map_or(Outcome::Unsatisfiable, Outcome::Unknown)
    }
}

fn join(model: &mut Model, found: &Model) {
    for (symbol, value) in found.iter() {
        model.insert(symbol.clone(), value.clone());
    }
}

/// The cases of a disjunction, none for any other formula: one of them holds iff the formula does.
fn cases(formula: &Term) -> Vec<Term> {
    match formula.kind() {
        TermKind::Or(list) => list.clone(),
        TermKind::Ite(cond, a, b) => {
            vec![
                Term::and([cond.clone(), a.clone()]),
                Term::and([Term::not(cond.clone()), b.clone()]),
            ]
        }
        TermKind::Not(inner) => match inner.kind() {
            TermKind::And(list) => list.iter().cloned().map(Term::not).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// How much the cases of a formula decide: the share, in percent, of cases that fix a symbol other
/// than a Boolean, then the size.
fn promise(formula: &Term) -> (usize, usize) {
    let cases = cases(formula);
    let fixes = |case: &&Term| {
        let all = conjuncts(vec![(*case).clone()]);
        all.iter().filter_map(fixed).any(|(symbol, _)| symbol.sort() != Sort::Bool)
    };
    match cases.len() {
        0 => (0, 0),
        count => (cases.iter().filter(fixes).count() * 100 / count, postorder([formula]).len()),
    }
}

/// The conjuncts of a conjunction, down to what is none; each once, in order.
fn conjuncts(assertions: Vec<Term>) -> Vec<Term> {
    let (mut flat, mut seen) = (Vec::new(), FxHashSet::default());
    let mut stack: Vec<Term> = assertions.into_iter().rev().collect();
    while let Some(term) = stack.pop() {
        match term.kind() {
            TermKind::And(list) => stack.extend(list.iter().rev().cloned()),
            TermKind::Not(inner) if matches!(inner.kind(), TermKind::Or(_)) => {
                let TermKind::Or(list) = inner.kind() else { continue };
                stack.extend(list.iter().rev().cloned().map(Term::not));
            }
            TermKind::Value(Value::Bool(true)) => {}
            _ => {
                if seen.insert(term.clone()) {
                    flat.push(term);
                }
            }
        }
    }
    flat
}

fn literal(formula: &Term) -> (Term, bool) {
    match formula.kind() {
        TermKind::Not(inner) => (inner.clone(), false),
        _ => (formula.clone(), true),
    }
}

/// The symbol and its value, if the conjunct says no more than that.
fn fixed(conjunct: &Term) -> Option<(Symbol, Value)> {
    let (atom, holds) = literal(conjunct);
    match atom.kind() {
        TermKind::Var(symbol) => Some((symbol.clone(), Value::Bool(holds))),
        TermKind::Eq(a, b) if holds => match (a.kind(), b.kind()) {
            (TermKind::Var(symbol), TermKind::Value(value))
            | (TermKind::Value(value), TermKind::Var(symbol)) => {
                Some((symbol.clone(), value.clone()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Where a group is now: the way there is shortened for the next time.
fn current(into: &mut [usize], group: usize) -> usize {
    let mut at = group;
    while let Some(next) = into.get(at).copied().filter(|next| *next != at) {
        let further = into.get(next).copied().unwrap_or(next);
        into.get_mut(at).into_iter().for_each(|place| *place = further);
        at = next;
    }
    at
}

/// Groups of conjuncts such that no two groups share a symbol; small groups first.
fn independent(conjuncts: Vec<Term>) -> Vec<Vec<Term>> {
    let mut group_of: BTreeMap<Symbol, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<Term>> = Vec::new();
    // The group that a group went into, if it did.
    let mut into: Vec<usize> = Vec::new();
    for conjunct in conjuncts {
        let own = symbols([&conjunct]);
        let mut met: Vec<usize> = own
            .iter()
            .filter_map(|symbol| group_of.get(symbol))
            .map(|group| current(&mut into, *group))
            .collect();
        met.sort_unstable();
        met.dedup();
        let target = met.first().copied().unwrap_or(groups.len());
        if target == groups.len() {
            groups.push(Vec::new());
            into.push(target);
        }
        let mut moved = Vec::new();
        for group in met.iter().skip(1) {
            moved.append(groups.get_mut(*group).unwrap_or(&mut Vec::new()));
            into.get_mut(*group).into_iter().for_each(|place| *place = target);
        }
        own.into_iter().for_each(|symbol| _ = group_of.insert(symbol, target));
        if let Some(group) = groups.get_mut(target) {
            group.extend(moved);
            group.push(conjunct);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups.sort_by_key(Vec::len);
    groups
}
