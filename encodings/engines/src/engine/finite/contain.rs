//! Which of many patterns may contain which, without a look at each pair.
//!
//! All texts of a pattern have its literal parts in them. If one pattern contains another one, the
//! literal parts of the first are in all texts of the second, and nothing but the literal parts of
//! the second is in all of them. So a pattern is compared with those that have its longest literal
//! part in one of theirs. What is found this way is compared exactly before anything is stated.

use crate::engine::Deadline;
use keyaki_logic::regex::Regex;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// So many pairs for each pattern are looked at, on the average.
const MOST: usize = 16;

/// Longer texts, of which there are few, are not looked at part by part: that takes the square of
/// their length.
const LONGEST: usize = 2_048;

/// Pairs of patterns of which the first may be contained in the second, each once; of very many
/// pairs, and after the deadline, not all.
pub(super) fn pairs(patterns: &[Option<&Regex>], deadline: &Deadline) -> Vec<(usize, usize)> {
    let mut longest: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (outer, pattern) in patterns.iter().enumerate() {
        // One text contains no other one.
        let pattern = pattern.filter(|regex| regex.as_literal().is_none());
        let literal = pattern.into_iter().flat_map(literals).max_by_key(|text| text.len());
        if let Some(literal) = literal {
            longest.entry(literal).or_default().push(outer);
        }
    }
    if longest.is_empty() {
        return Vec::new();
    }
    let lengths: BTreeSet<usize> = longest.keys().map(|literal| literal.len()).collect();
    let mut found = BTreeSet::new();
    for (inner, pattern) in patterns.iter().enumerate() {
        for text in pattern.iter().flat_map(|regex| literals(regex)) {
            for (start, _) in text.char_indices() {
                let ends = lengths.iter().map(|length| start + length);
                let parts = ends.map_while(|end| (end <= text.len()).then(|| text.get(start..end)));
                let outer = parts.flatten().filter_map(|part| longest.get(part)).flatten();
                found.extend(outer.filter(|outer| **outer != inner).map(|outer| (inner, *outer)));
            }
        }
        if found.len() > MOST.saturating_mul(patterns.len()) || deadline.is_reached() {
            break;
        }
    }
    found.into_iter().collect()
}

/// The literal parts of a pattern.
fn literals(regex: &Regex) -> impl Iterator<Item = &str> {
    let parts = if let Regex::Concat(parts) = regex { parts } else { std::slice::from_ref(regex) };
    let texts = parts.iter().filter_map(Regex::as_literal);
    texts.filter(|text| (1..=LONGEST).contains(&text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(text: &str) -> Regex {
        let mut parts = Vec::new();
        for (at, literal) in text.split('*').enumerate() {
            parts.extend((at > 0).then(Regex::all));
            parts.push(Regex::literal(literal));
        }
        Regex::concat(parts)
    }

    #[test]
    fn a_pattern_is_compared_with_those_that_have_its_literal() {
        let texts = ["a*team-1-*", "a*team-1-*x", "a*team-2-*", "*", "*team*", "team-2-", "é*"];
        let patterns: Vec<Regex> = texts.iter().map(|text| glob(text)).collect();
        let patterns: Vec<Option<&Regex>> = patterns.iter().map(Some).collect();
        // `*` has no literal part, and `team-2-` contains no other text; what is common to all is
        // left to the search.
        let expected = [(0, 1), (0, 4), (1, 0), (1, 4), (2, 4), (5, 2), (5, 4)];
        assert_eq!(pairs(&patterns, &Deadline::never()), expected);
        assert_eq!(pairs(&[None, None], &Deadline::never()), []);
    }
}
