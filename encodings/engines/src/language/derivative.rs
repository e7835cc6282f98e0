//! Which characters derivatives tell apart.

use super::letter::{Letters, letter};
use keyaki_logic::regex::Regex;

/// The first letters of ranges within which all letters have the same derivative; the first is 0.
pub(super) fn boundaries(regex: &Regex) -> Vec<u32> {
    let mut found = vec![0];
    collect(regex, &mut found);
    found.sort_unstable();
    found.dedup();
    found.retain(|low| *low < super::letter::LETTERS);
    found
}

fn collect(regex: &Regex, found: &mut Vec<u32>) {
    match regex {
        Regex::Empty => {}
        Regex::Literal(text) => found.extend(
            text.chars().next().map(letter).into_iter().flat_map(|first| [first, first + 1]),
        ),
        Regex::Class(class) => {
            let letters = Letters::of_class(class);
            found.extend(
                letters.iter().flat_map(Letters::ranges).flat_map(|&(low, high)| [low, high + 1]),
            );
        }
        Regex::Concat(parts) => {
            for part in parts.iter() {
                collect(part, found);
                if !part.is_nullable() {
                    break;
                }
            }
        }
        Regex::Union(parts) | Regex::Intersection(parts) => {
            parts.iter().for_each(|part| collect(part, found))
        }
        Regex::Complement(inner) | Regex::Star(inner) | Regex::Repeat(inner, _, _) => {
            collect(inner, found)
        }
    }
}

/// The number of operators and characters.
pub(super) fn size(regex: &Regex) -> u32 {
    match regex {
        Regex::Empty => 1,
        Regex::Literal(text) => u32::try_from(text.len()).unwrap_or(u32::MAX),
        Regex::Class(class) => u32::try_from(class.ranges().len()).unwrap_or(u32::MAX),
        Regex::Concat(parts) | Regex::Union(parts) | Regex::Intersection(parts) => {
            parts.iter().map(size).fold(1, u32::saturating_add)
        }
        Regex::Complement(inner) | Regex::Star(inner) | Regex::Repeat(inner, _, _) => {
            size(inner).saturating_add(1)
        }
    }
}
