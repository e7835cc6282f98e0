//! Characters in their natural order, and sets of them.

use keyaki_logic::regex::Class;
use std::sync::Arc;

/// The number of Unicode scalar values.
pub(super) const LETTERS: u32 = 0x11_0000 - SURROGATES;
const SURROGATES: u32 = 0x800;

/// Blocks of characters, the most natural first, with the place of each block's first character.
const BLOCKS: [(char, char, u32); 11] = [
    ('a', 'z', 0),
    ('0', '9', 26),
    ('A', 'Z', 36),
    ('!', '/', 62),
    (':', '@', 77),
    ('[', '`', 84),
    ('{', '~', 90),
    (' ', ' ', 94),
    ('\u{a1}', char::MAX, 95),
    ('\0', '\u{1f}', LETTERS - 66),
    ('\u{7f}', '\u{a0}', LETTERS - 34),
];

/// The place of a character in the natural order: below [`LETTERS`].
pub(super) fn letter(c: char) -> u32 {
    let block = BLOCKS.iter().find(|(low, high, _)| *low <= c && c <= *high);
    block.map_or(0, |(low, _, start)| start + ordinal(c) - ordinal(*low))
}

/// The character at a place of the natural order.
pub(super) fn character(letter: u32) -> char {
    let block = BLOCKS.iter().rev().find(|(_, _, start)| *start <= letter);
    block.map_or('a', |(low, _, start)| scalar(ordinal(*low) + (letter - start)))
}

/// The letters of a text.
pub(super) fn letters(text: &str) -> Vec<u32> {
    text.chars().map(letter).collect()
}

/// The text of some letters.
pub(super) fn text(letters: &[u32]) -> String {
    letters.iter().copied().map(character).collect()
}

fn ordinal(c: char) -> u32 {
    let code = u32::from(c);
    if code < 0xE000 { code } else { code - SURROGATES }
}

fn scalar(ordinal: u32) -> char {
    char::from_u32(if ordinal < 0xD800 { ordinal } else { ordinal + SURROGATES })
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A set of letters that is not empty.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Letters {
    /// A range, both ends included; often a single letter.
    Range((u32, u32)),
    /// Several ranges, sorted, which neither overlap nor touch.
    Ranges(Arc<[(u32, u32)]>),
}

impl Letters {
    /// One letter.
    pub fn one(letter: u32) -> Self {
        Self::Range((letter, letter))
    }

    /// All letters.
    pub fn full() -> Self {
        Self::Range((0, LETTERS - 1))
    }

    /// The letters of a class; `None` if it is empty.
    pub fn of_class(class: &Class) -> Option<Self> {
        let mut ranges = Vec::new();
        for &(low, high) in class.ranges() {
            for &(first, last, _) in &BLOCKS {
                let (low, high) = (low.max(first), high.min(last));
                if low <= high {
                    ranges.push((letter(low), letter(high)));
                }
            }
        }
        Self::of_ranges(ranges)
    }

    /// The letters of some ranges; `None` if there are none.
    pub fn of_ranges(mut ranges: Vec<(u32, u32)>) -> Option<Self> {
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::new();
        for (low, high) in ranges {
            match merged.last_mut() {
                Some(last) if low <= last.1 + 1 => last.1 = last.1.max(high),
                _ => merged.push((low, high)),
            }
        }
        match merged.as_slice() {
            [] => None,
            [one] => Some(Self::Range(*one)),
            _ => Some(Self::Ranges(merged.into())),
        }
    }

    /// The ranges, sorted, both ends included.
    pub fn ranges(&self) -> &[(u32, u32)] {
        match self {
            Self::Range(range) => std::slice::from_ref(range),
            Self::Ranges(ranges) => ranges,
        }
    }

    /// The most natural letter.
    pub fn least(&self) -> u32 {
        self.ranges().first().map_or(0, |range| range.0)
    }

    /// A letter that is not here.
    pub fn outside(&self) -> Option<u32> {
        let (low, high) = self.ranges().first()?;
        if *low > 0 { Some(low - 1) } else { Some(high + 1).filter(|next| *next < LETTERS) }
    }

    pub fn is_full(&self) -> bool {
        *self == Self::full()
    }

    pub fn contains(&self, letter: u32) -> bool {
        self.ranges().iter().any(|&(low, high)| low <= letter && letter <= high)
    }

    /// Whether both have a letter in common.
    pub fn meets(&self, other: &Self) -> bool {
        self.ranges().iter().any(|a| other.ranges().iter().any(|b| a.0 <= b.1 && b.0 <= a.1))
    }

    /// Whether all letters of the other are here.
    pub fn includes(&self, other: &Self) -> bool {
        other.ranges().iter().all(|b| self.ranges().iter().any(|a| a.0 <= b.0 && b.1 <= a.1))
    }

    /// The class of these letters.
    pub fn class(&self) -> Class {
        let mut ranges = Vec::new();
        for &(low, high) in self.ranges() {
            for (index, &(first, _, start)) in BLOCKS.iter().enumerate() {
                let end = BLOCKS.get(index + 1).map_or(LETTERS, |next| next.2) - 1;
                let (low, high) = (low.max(start), high.min(end));
                if low <= high {
                    ranges.push((
                        scalar(ordinal(first) + low - start),
                        scalar(ordinal(first) + high - start),
                    ));
                }
            }
        }
        Class::new(ranges)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_its_own_place() {
        let mut places: Vec<u32> = ('\0'..=char::MAX).map(letter).collect();
        assert!(('\0'..=char::MAX).zip(&places).all(|(c, place)| character(*place) == c));
        places.sort_unstable();
        assert!(places.iter().copied().eq(0..LETTERS));
        let order = "aз9Z!~ é\u{10ffff}\0\u{7f}".replace('з', "z0");
        assert!(letters(&order).is_sorted(), "{order}");
    }

    #[test]
    fn classes_keep_their_characters() {
        let classes = [
            Class::full(),
            Class::of([':']).complement(),
            Class::new([('0', '9'), ('A', 'Z')]),
            Class::new([('x', 'é')]),
            Class::new([('\u{d000}', '\u{e000}')]),
        ];
        for class in classes {
            let letters = Letters::of_class(&class).unwrap();
            for c in ('\0'..'\u{200}').chain('\u{cff0}'..'\u{e010}') {
                assert_eq!(letters.contains(letter(c)), class.contains(c), "{c:?}");
            }
            assert_eq!(letters.class(), class);
        }
        assert!(Letters::of_class(&Class::full()).unwrap().is_full());
        assert_eq!(Letters::of_class(&Class::new([])), None);
    }
}
