//! Why a question has no model: clauses, what they rest on, and what a search learnt from them.
//!
//! A refutation has two halves. That the clauses contradict each other is propositional, and others can
//! check it: [`Refutation::dimacs`] and [`Refutation::drat`] are the files that `drat-trim` reads (N.
//! Wetzler, M. Heule, W. Hunt: DRAT-trim, 2014), and every step follows by unit propagation. That the
//! clauses follow from the question and are true of texts, numbers and bits is what the theories say:
//! each clause tells where it comes from ([`Refutation::source`]) and what it says
//! ([`Refutation::meaning`], [`Refutation::holds`]).

use super::atom::{Atom, Real, ValueId};
pub use super::formula::Source;
use super::formula::{Formula, Meaning};
use super::propositional::Lit;
use crate::language::{Language, Languages};
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::term::{Symbol, Term, TermKind, Value, symbols};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Why a question has no model.
pub struct Refutation {
    formula: Formula,
    languages: Languages,
    learnt: Vec<Vec<Lit>>,
    /// The Boolean symbols and what is always true, by their variables.
    symbols: FxHashMap<usize, Term>,
}

impl Refutation {
    pub(super) fn of(formula: Formula, languages: Languages, learnt: Vec<Vec<Lit>>) -> Self {
        let is_symbol = |literal: &Lit| {
            matches!(formula.meaning(literal.var().idx() as usize), Some(Meaning::Symbol))
        };
        let known = formula.known_literals().filter(|(term, literal)| {
            matches!(term.kind(), TermKind::Var(_)) && is_symbol(literal)
        });
        let symbols = known.map(|(term, literal)| (literal.var().idx() as usize, term.clone()));
        let truth = (formula.truth().var().idx() as usize, Term::truth());
        Self { symbols: symbols.chain([truth]).collect(), formula, languages, learnt }
    }

    /// How many clauses there are that are not learnt.
    pub fn len(&self) -> usize {
        self.formula.stated().len()
    }

    /// Whether there is no clause.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the clause of a number comes from, from 0.
    pub fn source(&self, clause: usize) -> Option<Source> {
        self.formula.stated().get(clause).map(|(source, _)| *source)
    }

    /// The clauses, as the format of the competitions of SAT solvers has them.
    pub fn dimacs(&self) -> String {
        let mut text = format!("p cnf {} {}\n", self.formula.variables(), self.len());
        for (_, clause) in self.formula.stated() {
            line(&mut text, clause);
        }
        text
    }

    /// What was learnt, and last that nothing is left: the format of `drat-trim`, as text.
    pub fn drat(&self) -> String {
        let mut text = String::new();
        for clause in &self.learnt {
            line(&mut text, clause);
        }
        line(&mut text, &[]);
        text
    }

    /// What a clause says, as a formula; `None` where it is about a language without an expression,
    /// that of the ways from one state of an automaton to another one.
    pub fn meaning(&self, clause: usize) -> Option<Term> {
        let (_, literals) = self.formula.stated().get(clause)?;
        let all: Option<Vec<Term>> = literals.iter().map(|literal| self.term(*literal)).collect();
        all.map(Term::or)
    }

    /// Whether a clause is true where the symbols have these values.
    pub fn holds(&mut self, clause: usize, model: &Model) -> bool {
        let Some((_, literals)) = self.formula.stated().get(clause) else { return false };
        let literals = literals.clone();
        let mut evaluation = Evaluation::new(model);
        literals.into_iter().any(|literal| self.is_true(literal, &mut evaluation))
    }

    /// The symbols that are new in the clauses: the question does not have them.
    pub fn new_symbols(&self, question: &[Term]) -> BTreeSet<Symbol> {
        let own = symbols(question);
        let terms = self.formula.values.iter().map(|(_, term)| term);
        symbols(terms).into_iter().filter(|symbol| !own.contains(symbol)).collect()
    }

    fn term(&self, literal: Lit) -> Option<Term> {
        let number = literal.var().idx() as usize;
        let of = |literals: &[Lit]| -> Option<Vec<Term>> {
            literals.iter().map(|literal| self.term(*literal)).collect()
        };
        let term = match self.formula.meaning(number)? {
            Meaning::Symbol => self.symbols.get(&number)?.clone(),
            Meaning::And(all) => Term::and(of(all)?),
            Meaning::Iff(a, b) => match of(&[*a, *b])?.as_slice() {
                [a, b] => Term::iff(a.clone(), b.clone()),
                _ => return None,
            },
            Meaning::Atom(number) => self.atom(*number)?,
        };
        Some(if literal.sign() { term } else { Term::not(term) })
    }

    fn atom(&self, number: usize) -> Option<Term> {
        let (atom, _) = self.formula.atoms().get(number)?;
        let value = |value: &ValueId| self.formula.values.term(*value).cloned();
        let real = |side: &Real| match side {
            Real::Constant(number) => Some(Term::real(number.clone())),
            Real::Value(id) => value(id),
        };
        Some(match atom {
            Atom::Member(id, language) => {
                Term::in_regex(value(id)?, self.formula.regex(*language)?.clone())
            }
            Atom::Same(a, b) => Term::eq(value(a)?, value(b)?),
            Atom::Order { a, b, strict: true } => Term::lt(real(a)?, real(b)?),
            Atom::Order { a, b, strict: false } => Term::le(real(a)?, real(b)?),
            Atom::Constant(id, number) => Term::eq(value(id)?, Term::real(number.clone())),
            Atom::Prefix { of, len, value: bits } => Term::prefix_bits(value(of)?, *len, *bits),
            Atom::Opaque(term) => term.clone(),
        })
    }

    fn is_true(&mut self, literal: Lit, evaluation: &mut Evaluation<'_>) -> bool {
        let number = literal.var().idx() as usize;
        let holds = match self.formula.meaning(number) {
            None => false,
            Some(Meaning::Symbol) => {
                self.symbols.get(&number).is_some_and(|symbol| evaluation.is_true(symbol))
            }
            Some(Meaning::And(all)) => {
                let all = all.clone();
                all.into_iter().all(|one| self.is_true(one, evaluation))
            }
            Some(Meaning::Iff(a, b)) => {
                let (a, b) = (*a, *b);
                self.is_true(a, evaluation) == self.is_true(b, evaluation)
            }
            Some(Meaning::Atom(number)) => {
                let number = *number;
                match self.formula.atoms().get(number).map(|(atom, _)| atom.clone()) {
                    Some(Atom::Member(id, language)) => self.is_member(id, language, evaluation),
                    Some(_) => self.atom(number).is_some_and(|atom| evaluation.is_true(&atom)),
                    None => false,
                }
            }
        };
        holds == literal.sign()
    }

    fn is_member(
        &mut self,
        id: ValueId,
        language: Language,
        evaluation: &mut Evaluation<'_>,
    ) -> bool {
        let value = self.formula.values.term(id).map(|term| evaluation.value(term));
        let Some(Value::String(text)) = value else { return false };
        match self.formula.regex(language) {
            Some(regex) => regex.is_match(&text),
            None => self.languages.accepts(language, &text),
        }
    }
}

/// A clause as a line: variables count from 1.
fn line(text: &mut String, clause: &[Lit]) {
    for literal in clause {
        let sign = if literal.sign() { "" } else { "-" };
        // Writing into a text never fails.
        let _ = write!(text, "{sign}{} ", literal.var().idx() + 1);
    }
    text.push_str("0\n");
}
