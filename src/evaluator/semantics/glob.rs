//! Wildcard matching by one greedy loop (SEMANTICS 2).
//!
//! Characters are Unicode scalar values. The time is at most the product of the lengths of pattern
//! and text, whatever the pattern: on a mismatch only the last `*` is lengthened, which is enough
//! since the earlier ones already took the shortest text they could.

use std::str::Chars;

/// One position of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Atom {
    /// This character.
    Char(char),
    /// `?`: any one character.
    AnyChar,
    /// `*`: any sequence of characters, the empty one included.
    AnyString,
}

/// Whether letters `A` to `Z` equal `a` to `z`. Beyond ASCII nothing is folded (`[U15]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Exact,
    Ignored,
}

/// Whether the pattern matches the whole of `text`.
pub(super) fn matches<P: Iterator<Item = Atom> + Clone>(
    pattern: P,
    text: &str,
    case: Case,
) -> bool {
    let mut pattern = pattern;
    let mut text = text.chars();
    let mut last_star: Option<(P, Chars<'_>)> = None;
    loop {
        let mut rest = text.clone();
        let mut after = pattern.clone();
        let step = match (after.next(), rest.next()) {
            (None, None) => return true,
            (Some(Atom::AnyString), _) => {
                last_star = Some((after.clone(), text.clone()));
                pattern = after;
                continue;
            }
            (Some(Atom::AnyChar), Some(_)) => true,
            (Some(Atom::Char(expected)), Some(found)) => equal(expected, found, case),
            _ => false,
        };
        if step {
            (pattern, text) = (after, rest);
            continue;
        }
        let Some((resume, taken)) = &mut last_star else { return false };
        if taken.next().is_none() {
            return false;
        }
        (pattern, text) = (resume.clone(), taken.clone());
    }
}

fn equal(expected: char, found: char, case: Case) -> bool {
    match case {
        Case::Exact => expected == found,
        Case::Ignored => expected.eq_ignore_ascii_case(&found),
    }
}

/// The positions of a text whose `*` and `?` are wildcards.
pub(super) fn atoms(text: &str) -> impl Iterator<Item = Atom> + Clone {
    text.chars().map(|character| match character {
        '*' => Atom::AnyString,
        '?' => Atom::AnyChar,
        other => Atom::Char(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, by recursion on both texts: slow and plain.
    fn by_definition(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), None) => by_definition(rest, text),
            (Some(('*', rest)), Some((_, tail))) => {
                by_definition(rest, text) || by_definition(pattern, tail)
            }
            (Some(('?', rest)), Some((_, tail))) => by_definition(rest, tail),
            (Some((expected, rest)), Some((found, tail))) => {
                expected == found && by_definition(rest, tail)
            }
            _ => false,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn the_loop_is_the_definition(pattern in "[ab*?é]{0,8}", text in "[abé]{0,8}") {
            let expected = by_definition(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
            prop_assert_eq!(matches(atoms(&pattern), &text, Case::Exact), expected);
        }
    }

    #[test]
    fn a_character_is_a_unicode_scalar_value() {
        assert!(matches(atoms("?"), "é", Case::Exact));
        assert!(matches(atoms("?"), "🌳", Case::Exact));
        assert!(!matches(atoms("?"), "e\u{301}", Case::Exact));
    }

    #[test]
    fn case_is_folded_in_ascii_only() {
        assert!(matches(atoms("aB*"), "AbC", Case::Ignored));
        assert!(!matches(atoms("é"), "É", Case::Ignored));
        assert!(!matches(atoms("k"), "\u{212a}", Case::Ignored));
        assert!(!matches(atoms("a"), "A", Case::Exact));
    }

    #[test]
    fn hostile_patterns_take_no_exponential_time() {
        let pattern = "*a".repeat(2_000) + "b";
        let text = "a".repeat(4_000);
        assert!(!matches(atoms(&pattern), &text, Case::Exact));
        assert!(matches(atoms(&pattern), &(text + "b"), Case::Exact));
    }
}
