//! What a variable may stand for.

use crate::value;
use std::ops::RangeInclusive;

/// A variable of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Which texts it may stand for.
    pub shape: Shape,
    /// Texts that a person recognises, best first.
    pub natural: Vec<String>,
}

/// Which texts a variable may stand for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Shape {
    /// The names of partitions.
    Partition,
    /// The names of Regions.
    Region,
    /// Twelve digits.
    Account,
    /// One of these.
    Values(Vec<String>),
    /// One or more characters of these ranges.
    Text(Vec<RangeInclusive<char>>),
}

/// What a text must be like: one of some patterns, if there are any, and none of others. `*` and
/// `?` are wildcards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patterns<'a> {
    /// One of these, if there are any.
    pub like: Vec<&'a str>,
    /// None of these.
    pub unlike: Vec<&'a str>,
}

impl Shape {
    /// The ranges of an alphabet: `a-z0-9.:-`. A `-` at an end stands for itself.
    pub fn text(alphabet: &str) -> Self {
        let letters: Vec<char> = alphabet.chars().collect();
        let mut ranges = Vec::new();
        let mut rest = letters.as_slice();
        while let [first, tail @ ..] = rest {
            if let ['-', last, after @ ..] = tail {
                ranges.push(*first..=*last);
                rest = after;
            } else {
                ranges.push(*first..=*first);
                rest = tail;
            }
        }
        Self::Text(ranges)
    }

    /// Whether the text may be a value.
    pub fn admits(&self, text: &str) -> bool {
        match self {
            Self::Partition => is_partition(text),
            Self::Region => is_region(text),
            Self::Account => value::is_account(text),
            Self::Values(values) => values.iter().any(|value| value == text),
            Self::Text(ranges) => {
                !text.is_empty()
                    && text.chars().all(|letter| ranges.iter().any(|range| range.contains(&letter)))
            }
        }
    }

    /// Whether a value may hold the character.
    pub fn may_hold(&self, letter: char) -> bool {
        match self {
            Self::Text(ranges) => ranges.iter().any(|range| range.contains(&letter)),
            Self::Values(values) => values.iter().any(|value| value.contains(letter)),
            Self::Partition => letter.is_ascii_lowercase() || letter == '-',
            Self::Region => letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-',
            Self::Account => letter.is_ascii_digit(),
        }
    }
}

fn is_partition(text: &str) -> bool {
    let isolated = text.strip_prefix("aws-iso-").is_some_and(|rest| rest.len() == 1 && lower(rest));
    isolated || matches!(text, "aws" | "aws-cn" | "aws-us-gov" | "aws-eusc" | "aws-iso")
}

/// Words of lower-case letters with hyphens between them, the first of two to four letters, two at
/// least, and a digit.
fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., last] = words.as_slice() else { return false };
    let digit = last.len() == 1 && last.bytes().all(|byte| byte.is_ascii_digit());
    (2..=4).contains(&first.len())
        && lower(first)
        && !middle.is_empty()
        && middle.iter().all(|word| !word.is_empty() && lower(word))
        && digit
}

fn lower(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_admit_what_they_say() {
        let text = Shape::text("a-z0-9.:-");
        let cases: [(&Shape, &[&str], &[&str]); 5] = [
            (
                &Shape::Partition,
                &["aws", "aws-cn", "aws-iso-b"],
                &["", "AWS", "aws-x", "aws-iso-", "aws-iso-bb"],
            ),
            (
                &Shape::Region,
                &["us-east-1", "us-gov-west-1", "eusc-de-east-1"],
                &["", "us-1", "us-east", "us-east-12", "US-east-1", "us--1"],
            ),
            (&Shape::Account, &["111122223333"], &["", "11112222333", "11112222333x"]),
            (&Shape::Values(vec!["a".to_owned()]), &["a"], &["", "b"]),
            (&text, &["anthropic.claude-v2:1"], &["", "A", "a/b", "a b"]),
        ];
        for (shape, good, bad) in cases {
            assert!(good.iter().all(|text| shape.admits(text)), "{shape:?}");
            assert!(!bad.iter().any(|text| shape.admits(text)), "{shape:?}");
        }
        assert!(
            text.may_hold(':') && !Shape::text("a-z").may_hold(':') && !Shape::Region.may_hold(':')
        );
    }
}
