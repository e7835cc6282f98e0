//! Concatenations: a language of the whole as languages of the pieces.

use super::atom::{Atom, ValueId};
use super::formula::Formula;
use super::propositional::Lit;
use super::values::{Origin, Piece};
use crate::language::{Exhausted, Language, Languages, StateId};
use rustc_hash::FxHashMap;

/// States of an automaton whose paths are told apart.
const STATES: usize = 200;

/// Returns a literal that holds iff the pieces, one after another, lead the automaton of `language`
/// from its start to acceptance: for each piece a state before and a state after. Exact, since the
/// automaton is deterministic.
pub(super) fn split(
    concat: ValueId,
    language: Language,
    formula: &mut Formula,
    languages: &mut Languages,
) -> Result<Option<Lit>, Exhausted> {
    let Origin::Concat(pieces) = formula.values.origin(concat) else { return Ok(None) };
    let pieces = pieces.clone();
    let states = languages.states(language, STATES)?;
    let start = languages.start(language);
    let mut paths = Paths { language, states, formula, languages, known: FxHashMap::default() };
    paths.from(&pieces, start).map(Some)
}

/// The ways from states of an automaton to acceptance, of pieces that remain: only states that the
/// pieces before lead to are looked at.
struct Paths<'a> {
    language: Language,
    states: Vec<StateId>,
    formula: &'a mut Formula,
    languages: &'a mut Languages,
    /// By the number of pieces that remain, and the state before them.
    known: FxHashMap<(usize, StateId), Lit>,
}

impl Paths<'_> {
    /// A literal that holds iff the pieces lead from the state to acceptance.
    fn from(&mut self, pieces: &[Piece], state: StateId) -> Result<Lit, Exhausted> {
        if let Some(known) = self.known.get(&(pieces.len(), state)) {
            return Ok(*known);
        }
        let literal = match pieces {
            [] => self.formula.truth().apply_sign(self.languages.accepts_at(self.language, state)),
            [Piece::Text(text), rest @ ..] => {
                let next = self.languages.run(self.language, state, text);
                self.from(rest, next)?
            }
            [Piece::Value(value)] => {
                let own = self.languages.between(self.language, state, None)?;
                self.formula.atom(Atom::Member(*value, own))
            }
            [Piece::Value(value), rest @ ..] => {
                let mut ways = Vec::new();
                for at in 0..self.states.len() {
                    let Some(next) = self.states.get(at).copied() else { continue };
                    let then = self.from(rest, next)?;
                    if then == !self.formula.truth() {
                        continue;
                    }
                    let own = self.languages.between(self.language, state, Some(next))?;
                    let member = self.formula.atom(Atom::Member(*value, own));
                    ways.push(self.formula.and([member, then]));
                }
                self.formula.or(ways)
            }
        };
        self.known.insert((pieces.len(), state), literal);
        Ok(literal)
    }
}
