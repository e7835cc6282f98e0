//! The propositional skeleton of a question: its formulas as clauses, its atoms as Boolean
//! variables.
//!
//! G. Tseitin: On the complexity of derivation in propositional calculus, 1968.

use super::atom::{Atom, Real, ValueId};
use super::count;
use super::propositional::{Lit, Make, Propositional, Search};
use super::values::{ByCases, Values};
use crate::engine::{Deadline, Limits, Reason};
use crate::language::{Language, Languages};
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Sort, Term, TermKind, Value, postorder};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a propositional variable stands for.
pub(super) enum Meaning {
    /// Nothing else: a Boolean symbol.
    Symbol,
    /// The conjunction.
    And(Vec<Lit>),
    /// Equivalence.
    Iff(Lit, Lit),
    /// The atom of this number.
    Atom(usize),
}

/// What a clause is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum About {
    Value(ValueId),
    /// The atom of this number.
    Atom(usize),
}

/// Where a clause comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// It is stated of the question.
    Question,
    /// It says what a variable stands for that is a conjunction or an equivalence.
    Definition,
    /// The theories state it: it is true in every model.
    Fact,
    /// It says of symbols that are new what they are: every model has values for them with which it is
    /// true.
    Choice,
}

/// An atom that the last model needs, and how it needs it: its literal holds there.
#[derive(Clone, Copy)]
pub(super) struct Needed {
    pub atom: usize,
    pub literal: Lit,
}

/// The steps of work that the clauses of one formula count for.
const FORMULA: u64 = 8;

/// Clauses, and what their variables stand for.
pub(super) struct Formula {
    solver: Box<dyn Search>,
    truth: Lit,
    meanings: Vec<Meaning>,
    literals: FxHashMap<Term, Lit>,
    atoms: Vec<(Atom, Lit)>,
    numbers: FxHashMap<Atom, usize>,
    /// The clauses of the question itself.
    question: Vec<Vec<Lit>>,
    /// What the languages of the question's own patterns are.
    regexes: FxHashMap<Language, Regex>,
    /// Literals that the last model was to make true, and does.
    wanted: Vec<Lit>,
    /// The clauses that say what a value or an opaque atom is: whoever needs the one needs the
    /// other.
    meant: FxHashMap<About, Vec<Vec<Lit>>>,
    /// Every clause, where somebody wants to know.
    stated: Option<Vec<(Source, Vec<Lit>)>>,
    pub values: Values,
}

impl Formula {
    pub fn new(deadline: Deadline, make: &Make) -> Formula {
        let mut solver = make(deadline);
        let truth = solver.variable();
        solver.clause(&mut vec![truth]);
        Formula {
            stated: None,
            solver,
            truth,
            meanings: vec![Meaning::Symbol],
            literals: FxHashMap::default(),
            atoms: Vec::new(),
            numbers: FxHashMap::default(),
            question: Vec::new(),
            regexes: FxHashMap::default(),
            wanted: Vec::new(),
            meant: FxHashMap::default(),
            values: Values::default(),
        }
    }

    /// Keeps every clause from now on; asked for before any is stated.
    pub fn keep(&mut self) {
        self.stated = Some(vec![(Source::Definition, vec![self.truth])]);
    }

    /// States a formula of the question, or says why it was not stated as a whole.
    pub fn assert(
        &mut self,
        formula: &Term,
        limits: &Limits,
        languages: &mut Languages,
    ) -> Result<(), Reason> {
        let mut stack = vec![(formula.clone(), true)];
        while let Some((term, holds)) = stack.pop() {
            if let Some(reason) = limits.exceeded(self.literals.len()) {
                return Err(reason);
            }
            let before = self.literals.len();
            match (term.kind(), holds) {
                (TermKind::Not(inner), _) => stack.push((inner.clone(), !holds)),
                (TermKind::And(list), true) | (TermKind::Or(list), false) => {
                    stack.extend(list.iter().rev().map(|one| (one.clone(), holds)))
                }
                (TermKind::Or(list), true) | (TermKind::And(list), false) => {
                    let clause: Vec<Lit> = list
                        .iter()
                        .map(|one| self.literal(one, languages).apply_sign(holds))
                        .collect();
                    self.question.push(clause.clone());
                    self.state(Source::Question, clause);
                }
                _ => {
                    let literal = self.literal(&term, languages).apply_sign(holds);
                    self.question.push(vec![literal]);
                    self.state(Source::Question, vec![literal]);
                }
            }
            limits.deadline.count(FORMULA * count(self.literals.len() - before));
        }
        self.define(languages);
        Ok(())
    }

    /// States a formula that is true in every model, and that a model needs which needs the
    /// function's value or the atom.
    pub fn lemma(
        &mut self,
        source: Source,
        about: &Term,
        formula: &Term,
        languages: &mut Languages,
    ) {
        let literal = self.literal_of(formula, languages);
        let number = || self.numbers.get(&Atom::Opaque(about.clone())).copied().map(About::Atom);
        match self.values.known(about).map(About::Value).or_else(number) {
            Some(about) => self.state_about(source, about, vec![literal]),
            None => self.state(source, vec![literal]),
        }
    }

    fn define(&mut self, languages: &mut Languages) {
        while let Some(ByCases { value, cond, then, otherwise }) = self.values.next_by_cases() {
            let cond = self.literal(&cond, languages);
            for (unless, other) in [(!cond, then), (cond, otherwise)] {
                let equal = self.equality(value, &other, languages);
                self.clause_about(About::Value(value), vec![unless, equal]);
            }
        }
    }

    /// States that one of the literals holds, which is true in every model.
    pub fn clause(&mut self, literals: Vec<Lit>) {
        self.state(Source::Fact, literals);
    }

    /// States a clause that is true in every model, and that a model needs which needs what the
    /// clause is about.
    pub fn clause_about(&mut self, about: About, clause: Vec<Lit>) {
        self.state_about(Source::Fact, about, clause);
    }

    fn state_about(&mut self, source: Source, about: About, clause: Vec<Lit>) {
        self.meant.entry(about).or_default().push(clause.clone());
        self.state(source, clause);
    }

    fn state(&mut self, source: Source, mut literals: Vec<Lit>) {
        if let Some(stated) = &mut self.stated {
            stated.push((source, literals.clone()));
        }
        self.solver.clause(&mut literals);
    }

    pub fn truth(&self) -> Lit {
        self.truth
    }

    /// A literal that holds iff all do.
    pub fn and(&mut self, literals: impl IntoIterator<Item = Lit>) -> Lit {
        let mut own: Vec<Lit> =
            literals.into_iter().filter(|literal| *literal != self.truth).collect();
        own.sort_unstable();
        own.dedup();
        match own.as_slice() {
            [] => self.truth,
            [single] => *single,
            _ if own.contains(&!self.truth) => !self.truth,
            _ => {
                let gate = self.fresh(Meaning::And(own.clone()));
                for literal in &own {
                    self.state(Source::Definition, vec![!gate, *literal]);
                }
                let negated = own.into_iter().map(|literal| !literal);
                self.state(Source::Definition, negated.chain([gate]).collect());
                gate
            }
        }
    }

    /// A literal that holds iff one does.
    pub fn or(&mut self, literals: impl IntoIterator<Item = Lit>) -> Lit {
        !self.and(literals.into_iter().map(|literal| !literal))
    }

    fn iff(&mut self, a: Lit, b: Lit) -> Lit {
        let gate = self.fresh(Meaning::Iff(a, b));
        for clause in [vec![!gate, !a, b], vec![!gate, a, !b], vec![gate, a, b], vec![gate, !a, !b]]
        {
            self.state(Source::Definition, clause);
        }
        gate
    }

    fn fresh(&mut self, meaning: Meaning) -> Lit {
        self.meanings.push(meaning);
        self.solver.variable()
    }

    /// The literal of an atom.
    pub fn atom(&mut self, atom: Atom) -> Lit {
        if let Some((_, literal)) =
            self.numbers.get(&atom).and_then(|number| self.atoms.get(*number))
        {
            return *literal;
        }
        let literal = self.fresh(Meaning::Atom(self.atoms.len()));
        self.numbers.insert(atom.clone(), self.atoms.len());
        self.atoms.push((atom, literal));
        literal
    }

    /// The atom that a literal is of, if it is of one.
    pub fn meant_by(&self, literal: Lit) -> Option<&Atom> {
        let Meaning::Atom(number) = self.meanings.get(literal.var().idx() as usize)? else {
            return None;
        };
        self.atoms.get(*number).map(|(atom, _)| atom)
    }

    /// Every clause, if they were kept.
    pub fn stated(&self) -> &[(Source, Vec<Lit>)] {
        self.stated.as_deref().unwrap_or_default()
    }

    /// How many variables there are.
    pub fn variables(&self) -> usize {
        self.meanings.len()
    }

    /// What a variable stands for, as it is now.
    pub fn meaning(&self, variable: usize) -> Option<&Meaning> {
        self.meanings.get(variable)
    }

    /// The formulas that have literals.
    pub fn known_literals(&self) -> impl Iterator<Item = (&Term, Lit)> {
        self.literals.iter().map(|(term, literal)| (term, *literal))
    }

    /// Every atom with its literal, in the order in which they were met.
    pub fn atoms(&self) -> &[(Atom, Lit)] {
        &self.atoms
    }

    /// The regular expression of a language that the question names.
    pub fn regex(&self, language: Language) -> Option<&Regex> {
        self.regexes.get(&language)
    }

    /// The literal of a formula, with what it needs to be understood.
    pub fn literal_of(&mut self, formula: &Term, languages: &mut Languages) -> Lit {
        let literal = self.literal(formula, languages);
        self.define(languages);
        literal
    }

    /// The literal of a formula.
    fn literal(&mut self, formula: &Term, languages: &mut Languages) -> Lit {
        if let Some(known) = self.literals.get(formula) {
            return *known;
        }
        for node in postorder([formula]) {
            if node.sort() == Sort::Bool && !self.literals.contains_key(node) {
                let literal = self.made(node, languages);
                self.literals.insert(node.clone(), literal);
            }
        }
        self.known(formula)
    }

    /// The literal of an operand: it came before what it is an operand of.
    fn known(&self, formula: &Term) -> Lit {
        debug_assert!(self.literals.contains_key(formula), "operands come first");
        self.literals.get(formula).copied().unwrap_or(self.truth)
    }

    fn made(&mut self, formula: &Term, languages: &mut Languages) -> Lit {
        match formula.kind() {
            TermKind::Value(value) => self.truth.apply_sign(*value == Value::Bool(true)),
            TermKind::Not(a) => !self.known(a),
            TermKind::And(list) => {
                self.and(list.iter().map(|one| self.known(one)).collect::<Vec<_>>())
            }
            TermKind::Or(list) => {
                self.or(list.iter().map(|one| self.known(one)).collect::<Vec<_>>())
            }
            TermKind::Ite(cond, a, b) => {
                let (cond, a, b) = (self.known(cond), self.known(a), self.known(b));
                let (then, otherwise) = (self.and([cond, a]), self.and([!cond, b]));
                self.or([then, otherwise])
            }
            TermKind::Eq(a, b) if a.sort() == Sort::Bool => self.iff(self.known(a), self.known(b)),
            TermKind::Eq(a, b) => match (self.values.number(a), self.values.number(b)) {
                (Some(a), _) => self.equality(a, b, languages),
                (None, Some(b)) => self.equality(b, a, languages),
                (None, None) => self.truth.apply_sign(a == b),
            },
            TermKind::InRegex(a, regex) => match self.values.number(a) {
                Some(a) => {
                    let language = languages.regex(regex);
                    self.regexes.entry(language).or_insert_with(|| regex.clone());
                    self.atom(Atom::Member(a, language))
                }
                None => self.truth.apply_sign(a.as_str().is_some_and(|text| regex.is_match(text))),
            },
            TermKind::Lt(a, b) => self.order(a, b, true),
            TermKind::Le(a, b) => self.order(a, b, false),
            TermKind::PrefixBits { bits, len, value } => match self.values.number(bits) {
                Some(of) => self.atom(Atom::Prefix { of, len: *len, value: *value }),
                None => self.atom(Atom::Opaque(formula.clone())),
            },
            TermKind::Var(_) => self.fresh(Meaning::Symbol),
            TermKind::Matches(..) | TermKind::Apply(..) | TermKind::Concat(_) => {
                self.atom(Atom::Opaque(formula.clone()))
            }
        }
    }

    fn order(&mut self, a: &Term, b: &Term, strict: bool) -> Lit {
        let [a, b] = [a, b].map(|term| match self.values.number(term) {
            Some(value) => Real::Value(value),
            None => Real::Constant(term.as_real().cloned().unwrap_or_default()),
        });
        self.atom(Atom::Order { a, b, strict })
    }

    /// The literal of `value = other`.
    fn equality(&mut self, value: ValueId, other: &Term, languages: &mut Languages) -> Lit {
        let atom = match (self.values.number(other), other.as_value()) {
            (Some(same), _) if same == value => return self.truth,
            (Some(other), _) => Atom::Same(value.min(other), value.max(other)),
            (None, Some(Value::String(text))) => {
                let language = languages.literal(text);
                self.regexes.entry(language).or_insert_with(|| Regex::literal(text));
                Atom::Member(value, language)
            }
            (None, Some(Value::BitVec { width, value: bits })) => {
                Atom::Prefix { of: value, len: *width, value: *bits }
            }
            (None, Some(Value::Real(number))) => Atom::Constant(value, number.clone()),
            (None, _) => return !self.truth,
        };
        self.atom(atom)
    }

    /// The literal of a formula that has one.
    pub fn known_literal(&self, formula: &Term) -> Option<Lit> {
        self.literals.get(formula).copied()
    }

    /// Asks the propositional solver for a model in which these literals hold; without them where
    /// there is none.
    pub fn solve(&mut self, wanted: &[Lit]) -> Propositional {
        self.wanted = wanted.to_vec();
        match self.solver.solve(wanted) {
            Propositional::Unsatisfiable if !wanted.is_empty() => {
                self.wanted.clear();
                self.solver.solve(&[])
            }
            answer @ (Propositional::Satisfiable
            | Propositional::Unsatisfiable
            | Propositional::Stopped
            | Propositional::Failed(_)) => answer,
        }
    }

    /// Whether a literal holds in the last model.
    pub fn holds(&self, literal: Lit) -> bool {
        self.solver.holds(literal)
    }

    /// Whether a Boolean symbol holds in the last model; none if the question does not speak of it.
    pub fn value_of(&self, symbol: &Term) -> Option<bool> {
        self.known_literal(symbol).map(|literal| self.holds(literal))
    }

    /// Atoms whose truth values alone make the question true, whatever the others are: enough to
    /// look at.
    pub fn needed(&self) -> Vec<Needed> {
        let mut walk = Walk {
            formula: self,
            seen: FxHashSet::default(),
            stack: Vec::new(),
            needed: Vec::new(),
        };
        for literal in &self.wanted {
            walk.push(*literal);
            walk.run();
        }
        for clause in &self.question {
            walk.one_of(clause);
            walk.run();
        }
        let mut looked = 0;
        let mut defined = FxHashSet::default();
        while let Some(needed) = walk.needed.get(looked).copied() {
            looked += 1;
            let values = self
                .atoms
                .get(needed.atom)
                .into_iter()
                .flat_map(|(atom, _)| atom.values())
                .map(About::Value);
            let about =
                values.chain([About::Atom(needed.atom)]).filter(|about| defined.insert(*about));
            for clause in about.filter_map(|about| self.meant.get(&about)).flatten() {
                walk.one_of(clause);
                walk.run();
            }
        }
        walk.needed
    }
}

/// A walk from clauses that hold to atoms that make them hold.
struct Walk<'a> {
    formula: &'a Formula,
    seen: FxHashSet<Lit>,
    stack: Vec<Lit>,
    needed: Vec<Needed>,
}

impl Walk<'_> {
    /// Goes on with one literal that holds: one that is needed anyway, if there is one.
    fn one_of(&mut self, literals: &[Lit]) {
        let mut holding = literals.iter().copied().filter(|literal| self.formula.holds(*literal));
        let Some(first) = holding.next() else { return };
        let known =
            std::iter::once(first).chain(holding).any(|literal| self.seen.contains(&literal));
        if !known {
            self.push(first);
        }
    }

    fn push(&mut self, literal: Lit) {
        if self.seen.insert(literal) {
            self.stack.push(literal);
        }
    }

    fn run(&mut self) {
        while let Some(literal) = self.stack.pop() {
            match self.formula.meanings.get(literal.var().idx() as usize) {
                Some(Meaning::And(list)) if literal.sign() => {
                    list.iter().for_each(|one| self.push(*one))
                }
                Some(Meaning::And(list)) => {
                    let negated: Vec<Lit> = list.iter().map(|one| !*one).collect();
                    self.one_of(&negated);
                }
                Some(Meaning::Iff(a, b)) => {
                    for side in [*a, *b] {
                        self.push(side.apply_sign(self.formula.holds(side)));
                    }
                }
                Some(Meaning::Atom(atom)) => self.needed.push(Needed { atom: *atom, literal }),
                Some(Meaning::Symbol) | None => {}
            }
        }
    }
}
