//! Patterns in which `*` and `?` are wildcards, as the logic writes them.

use keyaki_logic::regex::Regex;
use keyaki_logic::term::Part;

/// The parts of a pattern.
pub(crate) fn parts(pattern: &str) -> Vec<Part> {
    pattern.split_inclusive(['*', '?']).flat_map(literal_and_wildcard).collect()
}

/// A piece of a pattern that ends in a wildcard, or in nothing.
fn literal_and_wildcard(text: &str) -> impl Iterator<Item = Part> {
    let (literal, wildcard) = match text.char_indices().next_back() {
        Some((at, '*')) => (text.get(..at), Some(Part::AnyString)),
        Some((at, '?')) => (text.get(..at), Some(Part::AnyChar)),
        _ => (Some(text), None),
    };
    let literal = literal
        .filter(|literal| !literal.is_empty())
        .map(|literal| Part::Literal(literal.to_owned()));
    literal.into_iter().chain(wildcard)
}

/// The texts that match a pattern whose wildcards stand for everything but the characters in
/// `excluded`.
pub(crate) fn regex_without(pattern: &str, excluded: &str) -> Regex {
    Regex::concat(parts(pattern).into_iter().map(|part| match part {
        Part::Literal(text) => Regex::literal(&text),
        Part::AnyChar => Regex::none_of(excluded),
        Part::AnyString | Part::Value(_) => Regex::star(Regex::none_of(excluded)),
    }))
}

/// The ways in which a pattern matches a text with a slash in it: what it has to match before the
/// slash, and what after it. Up to the first slash that the pattern shows, since nothing before the
/// text's first slash holds one.
pub(crate) fn cuts(pattern: &str) -> Vec<(&str, &str)> {
    let mut cuts = Vec::new();
    for (at, letter) in
        pattern.char_indices().filter(|(_, letter)| matches!(letter, '/' | '?' | '*'))
    {
        let Some((before, from)) = pattern.split_at_checked(at) else { continue };
        let Some((through, after)) = pattern.split_at_checked(at + letter.len_utf8()) else {
            continue;
        };
        cuts.push(if letter == '*' { (through, from) } else { (before, after) });
        if letter == '/' {
            break;
        }
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_logic::term::Term;

    #[test]
    fn cuts_are_the_ways_to_match_a_slash() {
        let is_match = |pattern: &str, text: &str| {
            Term::matches(Term::string(text), parts(pattern)).as_bool().unwrap()
        };
        let texts = ["a/b", "aa/bb", "/b", "a/", "a/b/c", "ab/ba", "b/a"];
        let mut matched = 0;
        for pattern in [
            "*", "a*", "*b", "a/b", "a?b", "*/*", "?/?", "a*b", "*?*", "??*", "a/b/c", "", "ab",
            "**", "*a*/*b*",
        ] {
            for text in texts {
                let (before, after) = text.split_once('/').unwrap();
                let cut = cuts(pattern)
                    .iter()
                    .any(|(head, rest)| is_match(head, before) && is_match(rest, after));
                assert_eq!(cut, is_match(pattern, text), "`{pattern}` and `{text}`");
                matched += usize::from(cut);
            }
        }
        assert!(matched > 40, "{matched}");
    }

    #[test]
    fn wildcards_stop_at_what_is_excluded() {
        let cases = [
            ("a*", "abc", true),
            ("a*", "a:c", false),
            ("a?c", "a:c", false),
            ("a:c", "a:c", true),
            ("*", "", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(
                regex_without(pattern, ":").is_match(text),
                expected,
                "`{pattern}` and `{text}`"
            );
        }
    }
}
