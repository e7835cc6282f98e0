//! Wildcard matching by one greedy loop (SEMANTICS 2).
//!
//! Characters are Unicode scalar values. The time is at most the product of the lengths of pattern
//! and text, whatever the pattern: on a mismatch only the last `*` is lengthened, which is enough
//! since the earlier ones already took the shortest text they could.

/// One part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Atom<'p> {
    /// This text.
    Text(&'p str),
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
pub(super) fn matches<'p, P: Iterator<Item = Atom<'p>> + Clone>(
    mut pattern: P,
    mut text: &str,
    case: Case,
) -> bool {
    // What follows the last star, and the text from where on it may match.
    let mut last_star: Option<(P, &str)> = None;
    loop {
        let step = match pattern.next() {
            None if text.is_empty() => return true,
            None => None,
            // The last of all takes the rest.
            Some(Atom::AnyString) if pattern.clone().next().is_none() => return true,
            Some(Atom::AnyString) => {
                let Some(rest) = first_place(&pattern, text, case) else { return false };
                last_star = Some((pattern.clone(), rest));
                Some(rest)
            }
            Some(Atom::AnyChar) => without_first(text),
            Some(Atom::Text(expected)) => without_start(text, expected, case),
        };
        if let Some(rest) = step {
            text = rest;
            continue;
        }
        let Some((after, from)) = &mut last_star else { return false };
        let longer = without_first(from).and_then(|rest| first_place(after, rest, case));
        let Some(rest) = longer else { return false };
        (pattern, text, *from) = (after.clone(), rest, rest);
    }
}

/// The text from the first place on where the pattern after a star may begin; `None` where there is
/// none.
fn first_place<'p, 't, P: Iterator<Item = Atom<'p>> + Clone>(
    pattern: &P,
    text: &'t str,
    case: Case,
) -> Option<&'t str> {
    let Some(Atom::Text(expected)) = pattern.clone().next() else { return Some(text) };
    let Some(first) = expected.bytes().next() else { return Some(text) };
    let is_first = |byte: u8| match case {
        Case::Exact => byte == first,
        Case::Ignored => byte.eq_ignore_ascii_case(&first),
    };
    text.get(text.bytes().position(is_first)?..)
}

/// The text without its first character.
fn without_first(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next().map(|_| characters.as_str())
}

/// The text without what it is expected to begin with.
fn without_start<'t>(text: &'t str, expected: &str, case: Case) -> Option<&'t str> {
    match case {
        Case::Exact => text.strip_prefix(expected),
        Case::Ignored => {
            let (start, rest) = text.split_at_checked(expected.len())?;
            start.eq_ignore_ascii_case(expected).then_some(rest)
        }
    }
}

/// The parts of a text whose `*` and `?` are wildcards.
pub(super) fn atoms(text: &str) -> Atoms<'_> {
    Atoms(text)
}

/// See [`atoms`]: what of the text is left.
#[derive(Clone)]
pub(super) struct Atoms<'p>(&'p str);

impl<'p> Iterator for Atoms<'p> {
    type Item = Atom<'p>;

    fn next(&mut self) -> Option<Atom<'p>> {
        let wildcard = self.0.bytes().position(|byte| matches!(byte, b'*' | b'?'));
        let length = wildcard.unwrap_or(self.0.len()).max(1);
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(match part {
            "*" => Atom::AnyString,
            "?" => Atom::AnyChar,
            text => Atom::Text(text),
        })
    }
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
