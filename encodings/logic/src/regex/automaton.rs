//! Matching many texts with one regular expression: faster at that than `language` of the engines,
//! which relates expressions.

use super::Regex;
use rustc_hash::FxHashMap;

/// A deterministic automaton of a regular expression, built as far as the texts lead that it has
/// read. Its states are derivatives.
#[derive(Clone, Debug)]
pub struct Automaton {
    states: Vec<State>,
    numbers: FxHashMap<Regex, usize>,
}

#[derive(Clone, Debug)]
struct State {
    regex: Regex,
    accepts: bool,
    next: FxHashMap<char, usize>,
}

impl Automaton {
    /// The automaton of a language, of which nothing is built yet.
    pub fn new(regex: Regex) -> Self {
        let mut automaton = Self { states: Vec::new(), numbers: FxHashMap::default() };
        automaton.number(regex);
        automaton
    }

    /// Whether the whole of `text` is in the language: the same as [`Regex::is_match`]. Takes one
    /// look-up a character where earlier texts went the same way.
    pub fn is_match(&mut self, text: &str) -> bool {
        let mut current = 0;
        for letter in text.chars() {
            let Some(state) = self.states.get(current) else { return false };
            current = match state.next.get(&letter) {
                Some(next) => *next,
                None => self.step(current, letter),
            };
        }
        self.states.get(current).is_some_and(|state| state.accepts)
    }

    fn step(&mut self, from: usize, letter: char) -> usize {
        let derivative =
            self.states.get(from).map_or(Regex::Empty, |state| state.regex.derivative(letter));
        let next = self.number(derivative);
        if let Some(state) = self.states.get_mut(from) {
            state.next.insert(letter, next);
        }
        next
    }

    fn number(&mut self, regex: Regex) -> usize {
        if let Some(number) = self.numbers.get(&regex) {
            return *number;
        }
        let number = self.states.len();
        self.states.push(State {
            accepts: regex.is_nullable(),
            regex: regex.clone(),
            next: FxHashMap::default(),
        });
        self.numbers.insert(regex, number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn automata_read_as_their_expressions() {
        let word = || Regex::plus(Regex::range('a', 'z'));
        let regexes = [
            Regex::concat([word(), Regex::literal(":"), word()]),
            Regex::concat([Regex::all(), Regex::literal("ab"), Regex::all()]),
            Regex::complement(Regex::concat([Regex::all(), Regex::range('A', 'Z'), Regex::all()])),
            Regex::union([
                Regex::literal("abc"),
                Regex::repeat(Regex::literal("ab"), 1, 3),
                Regex::epsilon(),
            ]),
            Regex::empty(),
        ];
        let texts =
            ["", "a", "ab", "abc", "abab", "abababab", "a:b", "a:", "s3:get", "A", "xaby", "é"];
        let mut accepted = 0;
        for regex in regexes {
            let mut automaton = Automaton::new(regex.clone());
            for text in texts.iter().chain(&texts) {
                assert_eq!(automaton.is_match(text), regex.is_match(text), "{regex:?} {text}");
                accepted += usize::from(regex.is_match(text));
            }
        }
        assert!(accepted > 40, "{accepted}");
    }
}
