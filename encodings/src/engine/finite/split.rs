//! Concatenations: a language of the whole as languages of the pieces.

use super::atom::{Atom, ValueId};
use super::formula::Formula;
use super::propositional::Lit;
use super::values::{Origin, Piece};
use crate::language::{Exhausted, Language, Languages, StateId};
use rustc_hash::FxHashMap;

/// States of an automaton whose paths are told apart.
const STATES: usize = 200;

/// Returns a literal that holds iff the pieces, one after another, lead the automaton of `language` from its start to acceptance: for each
/// piece a state before and a state after. Exact, since the automaton is deterministic.
pub(super) fn split(
    concat: ValueId,
    language: Language,
    formula: &mut Formula,
    languages: &mut Languages,
) -> Result<Option<Lit>, Exhausted> {
    let Origin::Concat(pieces) = formula.values.origin(concat) else { return Ok(None) };
    let pieces = pieces.clone();
    let states = languages.states(language, STATES)?;
    // From the last piece to the first: what must hold of the rest when a state is reached.
    let mut rest: FxHashMap<StateId, Lit> = FxHashMap::default();
    let truth = formula.truth();
    for state in &states {
        rest.insert(*state, truth.apply_sign(languages.accepts_at(language, *state)));
    }
    for piece in pieces.iter().rev() {
        let mut before = FxHashMap::default();
        for state in &states {
            let literal = match piece {
                Piece::Text(text) => {
                    let next = languages.run(language, *state, text);
                    rest.get(&next).copied().unwrap_or(!truth)
                }
                Piece::Value(value) => {
                    let mut ways = Vec::new();
                    for (next, then) in states.iter().filter_map(|next| Some((next, *rest.get(next)?))) {
                        if then == !truth {
                            continue;
                        }
                        let own = languages.between(language, *state, Some(*next))?;
                        let member = formula.atom(Atom::Member(*value, own));
                        ways.push(formula.and([member, then]));
                    }
                    formula.or(ways)
                }
            };
            before.insert(*state, literal);
        }
        rest = before;
    }
    Ok(rest.get(&languages.start(language)).copied())
}
