//! What no theory reads, a function or a glob with a value inside, is free at first. Where a model
//! gives it a value that it does not have, one of these lemmas excludes that; each is true in every
//! model.

use super::atom::{Atom, ValueId};
use super::formula::{About, Formula, Needed, Source};
use super::propositional::Lit;
use super::theory::Assignment;
use super::values::{Origin, Piece};
use crate::engine::parts::{names_beside, witness};
use crate::language::{Exhausted, Language, Languages};
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::regex::{Class, Regex};
use keyaki_logic::smtlib::Names;
use keyaki_logic::term::{Part, Replacements, Symbol, Term, TermKind, Value, substitute, symbols};
use rustc_hash::{FxHashMap, FxHashSet};

/// The first of the characters that stand for values inside of globs: a plane for private use.
const MARKS: u32 = 0xF_0000;

/// A glob, and what was known of the values inside of it: whether each is in a language.
type Hull = (Term, Vec<(ValueId, Language, bool)>);

/// Lemmas, each stated once.
#[derive(Default)]
pub(super) struct Refinement {
    stated: FxHashSet<Term>,
    hulls: FxHashSet<Hull>,
    globs: Vec<(Term, Lit)>,
    /// Globs of which it is stated what their subjects are put together from.
    taken_apart: FxHashSet<Term>,
    names: Names,
    /// Concatenations, and what they were said to be with some pieces.
    joined: FxHashSet<(ValueId, String)>,
    /// That values are those for which the latest lemmas say what is what: a model with them is
    /// worth looking for first.
    points: Vec<Lit>,
}

impl Refinement {
    /// Lemmas about a question with these symbols.
    pub fn of<'s>(symbols: impl Iterator<Item = &'s Symbol>) -> Self {
        Self { names: names_beside(symbols), ..Self::default() }
    }

    /// States what is known of what the formula holds so far.
    pub fn prepare(
        &mut self,
        formula: &mut Formula,
        constants: &[String],
        languages: &mut Languages,
    ) -> Result<(), Exhausted> {
        let applied: Vec<Term> =
            formula.values.iter().map(|(_, term)| term.clone()).chain(opaque(formula)).collect();
        for term in applied {
            let TermKind::Apply(function, argument) = term.kind() else { continue };
            for axiom in function
                .axioms
                .map(|axioms| axioms(argument, &term, constants))
                .into_iter()
                .flatten()
            {
                self.state(&term, &axiom, formula, languages);
            }
        }
        let new: Vec<(Term, Lit)> = formula
            .atoms()
            .iter()
            .filter_map(|(atom, literal)| glob(atom).map(|term| (term.clone(), *literal)))
            .collect();
        for (term, literal) in new {
            if self.globs.iter().any(|(known, _)| *known == term) {
                continue;
            }
            self.state(
                &term,
                &Term::implies(term.clone(), hull(&term, &FxHashMap::default())),
                formula,
                languages,
            );
            for (known, other) in &self.globs {
                relate((&term, literal), (known, *other), formula, languages)?;
            }
            self.globs.push((term, literal));
        }
        Ok(())
    }

    /// States lemmas that exclude the model, which does not satisfy the question. False if there
    /// are none.
    pub fn exclude(
        &mut self,
        needed: &[Needed],
        model: &Model,
        wanted: &FxHashMap<ValueId, Value>,
        formula: &mut Formula,
        languages: &mut Languages,
    ) -> bool {
        let mut evaluation = Evaluation::new(model);
        let before = self.stated.len() + self.hulls.len();
        self.points.clear();
        let broken: Vec<(usize, Term, bool)> = needed
            .iter()
            .filter_map(|needed| match formula.atoms().get(needed.atom) {
                Some((Atom::Opaque(term), _)) => {
                    Some((needed.atom, term.clone(), needed.literal.sign()))
                }
                _ => None,
            })
            .filter(|(_, term, sign)| evaluation.is_true(term) != *sign)
            .collect();
        for (number, term, sign) in broken {
            if sign && matches!(term.kind(), TermKind::Matches(..)) {
                self.narrow(number, &term, needed, formula, languages);
                self.take_apart(&term, formula, languages);
            }
            self.unfold(&term, needed, formula, languages);
            self.state_instance(&term, &mut evaluation, formula, languages);
        }
        let wrong: Vec<Term> = formula
            .values
            .iter()
            .filter(|(_, term)| matches!(term.kind(), TermKind::Apply(..)))
            .filter(|(value, term)| {
                wanted.get(value).is_some_and(|wanted| evaluation.value(term) != *wanted)
            })
            .map(|(_, term)| term.clone())
            .collect();
        for term in wrong {
            self.state_instance(&term, &mut evaluation, formula, languages);
        }
        self.stated.len() + self.hulls.len() > before
    }

    /// What the next model had best make true.
    pub fn wanted(&self) -> &[Lit] {
        &self.points
    }

    /// States what each concatenation is with the strings that its pieces have. False if that is
    /// known already.
    pub fn join(
        &mut self,
        concats: &[ValueId],
        chosen: &Assignment,
        formula: &mut Formula,
        languages: &mut Languages,
    ) -> bool {
        self.points.clear();
        let mut new = false;
        for concat in concats {
            let Origin::Concat(pieces) = formula.values.origin(*concat).clone() else { continue };
            let (mut text, mut conditions) = (String::new(), Vec::new());
            for piece in pieces {
                match piece {
                    Piece::Text(own) => text.push_str(&own),
                    Piece::Value(piece) => {
                        let own = if let Some(Value::String(own)) = chosen.get(&piece) {
                            own.as_str()
                        } else {
                            ""
                        };
                        text.push_str(own);
                        conditions.push(formula.atom(Atom::Member(piece, languages.literal(own))));
                    }
                }
            }
            if self.joined.insert((*concat, text.clone())) {
                new = true;
                let whole = formula.atom(Atom::Member(*concat, languages.literal(&text)));
                formula.clause_about(
                    About::Value(*concat),
                    conditions.iter().map(|literal| !*literal).chain([whole]).collect(),
                );
            }
            self.points.extend(conditions);
        }
        new
    }

    /// States that a term is what it is where the values inside of it are those of the model.
    fn state_instance(
        &mut self,
        term: &Term,
        evaluation: &mut Evaluation<'_>,
        formula: &mut Formula,
        languages: &mut Languages,
    ) {
        let (conditions, lemma) = instance(term, evaluation);
        self.state(term, &lemma, formula, languages);
        self.points
            .extend(conditions.iter().filter_map(|condition| formula.known_literal(condition)));
    }

    fn state(
        &mut self,
        about: &Term,
        lemma: &Term,
        formula: &mut Formula,
        languages: &mut Languages,
    ) {
        self.state_as(Source::Fact, about, lemma, formula, languages);
    }

    fn state_as(
        &mut self,
        source: Source,
        about: &Term,
        lemma: &Term,
        formula: &mut Formula,
        languages: &mut Languages,
    ) {
        if lemma.as_bool() != Some(true) && self.stated.insert(lemma.clone()) {
            formula.lemma(source, about, lemma, languages);
        }
    }

    /// Where the glob matches, its subject is its parts, one after another, with some string for each
    /// wildcard. So what is known of the subject bears on the values inside.
    fn take_apart(&mut self, term: &Term, formula: &mut Formula, languages: &mut Languages) {
        let TermKind::Matches(subject, parts) = term.kind() else { return };
        if !self.taken_apart.insert(term.clone()) {
            return;
        }
        let lemma = witness(term, subject, parts, &mut self.names);
        self.state_as(Source::Choice, term, &lemma, formula, languages);
    }

    /// A glob over a string that the model says is put together from others is one over these. Ends
    /// that they and the glob have in common are cut off, and often nothing is left of it.
    fn unfold(
        &mut self,
        glob: &Term,
        needed: &[Needed],
        formula: &mut Formula,
        languages: &mut Languages,
    ) {
        let TermKind::Matches(subject, _) = glob.kind() else { return };
        let inside = symbols([subject]);
        let mut equal = Vec::new();
        let mut replacements = Replacements::default();
        for Needed { atom, .. } in needed.iter().filter(|needed| needed.literal.sign()) {
            let Some((Atom::Same(a, b), _)) = formula.atoms().get(*atom) else { continue };
            let (Some(a), Some(b)) = (formula.values.term(*a), formula.values.term(*b)) else {
                continue;
            };
            for (one, other) in [(a, b), (b, a)] {
                let TermKind::Var(symbol) = one.kind() else { continue };
                let apart = matches!(other.kind(), TermKind::Concat(_))
                    && !symbols([other]).contains(symbol);
                if apart && inside.contains(symbol) && !replacements.contains_key(one) {
                    replacements.insert(one.clone(), other.clone());
                    equal.push(Term::eq(one.clone(), other.clone()));
                }
            }
        }
        let with = substitute(std::slice::from_ref(glob), &replacements).pop();
        if let Some(with) = with.filter(|with| with != glob) {
            let lemma = Term::implies(Term::and(equal), Term::eq(glob.clone(), with));
            self.state(glob, &lemma, formula, languages);
        }
    }

    /// With what the model says of the values inside a glob, its subject is in the language of all
    /// globs with such values.
    fn narrow(
        &mut self,
        number: usize,
        term: &Term,
        needed: &[Needed],
        formula: &mut Formula,
        languages: &mut Languages,
    ) {
        let TermKind::Matches(_, parts) = term.kind() else { return };
        let inside: Vec<ValueId> = parts
            .iter()
            .filter_map(Part::term)
            .filter_map(|part| formula.values.number(part))
            .collect();
        let (mut known, mut reasons, mut key) =
            (FxHashMap::<Term, Vec<Regex>>::default(), Vec::new(), Vec::new());
        for Needed { atom, literal } in needed {
            let Some((Atom::Member(value, language), _)) = formula.atoms().get(*atom) else {
                continue;
            };
            let (true, Some(part), Some(regex)) =
                (inside.contains(value), formula.values.term(*value), formula.regex(*language))
            else {
                continue;
            };
            let regex =
                if literal.sign() { regex.clone() } else { Regex::complement(regex.clone()) };
            known.entry(part.clone()).or_default().push(regex);
            reasons.push(!*literal);
            key.push((*value, *language, literal.sign()));
        }
        key.sort_unstable();
        if known.is_empty() || !self.hulls.insert((term.clone(), key)) {
            return;
        }
        let implied = Term::implies(term.clone(), hull(term, &known));
        let literal = formula.literal_of(&implied, languages);
        formula.clause_about(About::Atom(number), reasons.into_iter().chain([literal]).collect());
    }
}

fn opaque(formula: &Formula) -> Vec<Term> {
    formula
        .atoms()
        .iter()
        .filter_map(
            |(atom, _)| if let Atom::Opaque(term) = atom { Some(term.clone()) } else { None },
        )
        .collect()
}

fn glob(atom: &Atom) -> Option<&Term> {
    match atom {
        Atom::Opaque(term) if matches!(term.kind(), TermKind::Matches(..)) => Some(term),
        Atom::Member(..)
        | Atom::Same(..)
        | Atom::Order { .. }
        | Atom::Constant(..)
        | Atom::Prefix { .. }
        | Atom::Opaque(_) => None,
    }
}

/// The subject is in the language of the glob where each value inside may be any string of the
/// languages that are known of it.
fn hull(glob: &Term, known: &FxHashMap<Term, Vec<Regex>>) -> Term {
    let TermKind::Matches(subject, parts) = glob.kind() else { return Term::truth() };
    let part = |part: &Part| match part {
        Part::Literal(text) => Regex::literal(text),
        Part::AnyChar => Regex::any_char(),
        Part::AnyString => Regex::all(),
        Part::Value(term) => Regex::intersect(known.get(term).into_iter().flatten().cloned()),
    };
    Term::in_regex(subject.clone(), Regex::concat(parts.iter().map(part)))
}

/// That the symbols inside of the term have the model's values, and the lemma that the term is what
/// it is then.
fn instance(term: &Term, evaluation: &mut Evaluation<'_>) -> (Vec<Term>, Term) {
    let inside: Vec<Term> = if let TermKind::Matches(_, parts) = term.kind() {
        parts
            .iter()
            .filter_map(Part::term)
            .flat_map(|part| symbols([part]))
            .map(|symbol| Term::var(&symbol))
            .collect()
    } else {
        symbols([term]).iter().map(Term::var).collect()
    };
    let mut replacements = Replacements::default();
    let mut conditions = Vec::new();
    for symbol in inside {
        let value = Term::value(evaluation.value(&symbol));
        conditions.push(Term::eq(symbol.clone(), value.clone()));
        replacements.insert(symbol, value);
    }
    let with =
        substitute(std::slice::from_ref(term), &replacements).pop().unwrap_or_else(|| term.clone());
    let lemma = Term::implies(Term::and(conditions.iter().cloned()), Term::eq(term.clone(), with));
    (conditions, lemma)
}

/// Two globs of one subject: where the one, with a mark for each value inside, is contained in the
/// other, it implies it.
///
/// A string that matches the first glob is put together from its parts; with marks in place of the
/// values it matches the first glob of marks, hence the second, and so it does when the marks are
/// values again: `*` takes a mark, `?` does not.
fn relate(
    a: (&Term, Lit),
    b: (&Term, Lit),
    formula: &mut Formula,
    languages: &mut Languages,
) -> Result<(), Exhausted> {
    let (TermKind::Matches(left, first), TermKind::Matches(right, second)) =
        (a.0.kind(), b.0.kind())
    else {
        return Ok(());
    };
    if left != right {
        return Ok(());
    }
    for ((from, one), (to, other)) in [((first, a.1), (second, b.1)), ((second, b.1), (first, a.1))]
    {
        let Some((from, to)) = marked(from, to) else { continue };
        let (from, to) = (languages.regex(&from), languages.regex(&to));
        if languages.contained(from, to)? {
            formula.clause(vec![!one, other]);
        }
    }
    Ok(())
}

/// Both globs with one mark for each different value; none if a literal holds a mark.
fn marked(from: &[Part], to: &[Part]) -> Option<(Regex, Regex)> {
    let mut marks: Vec<&Term> = Vec::new();
    for part in from.iter().chain(to) {
        match part {
            Part::Value(term) if !marks.contains(&term) => marks.push(term),
            Part::Literal(text) if text.chars().any(|c| u32::from(c) >= MARKS) => return None,
            Part::Literal(_) | Part::AnyChar | Part::AnyString | Part::Value(_) => {}
        }
    }
    let mark = |term: &Term| {
        let number =
            marks.iter().position(|known| *known == term).and_then(|at| u32::try_from(at).ok())?;
        char::from_u32(MARKS + number)
    };
    let unmarked = Class::new([('\0', char::from_u32(MARKS - 1).unwrap_or(char::MAX))]);
    let glob = |parts: &[Part], any: &Regex| -> Option<Regex> {
        let part = |part: &Part| {
            Some(match part {
                Part::Literal(text) => Regex::literal(text),
                Part::AnyChar => Regex::class(unmarked.clone()),
                Part::AnyString => any.clone(),
                Part::Value(term) => Regex::literal(&mark(term)?.to_string()),
            })
        };
        Some(Regex::concat(parts.iter().map(part).collect::<Option<Vec<_>>>()?))
    };
    Some((glob(from, &Regex::star(Regex::class(unmarked.clone())))?, glob(to, &Regex::all())?))
}
