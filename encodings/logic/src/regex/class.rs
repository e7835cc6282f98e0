//! Sets of characters.

/// A set of Unicode scalar values: sorted ranges that neither overlap nor touch.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Class(Vec<(char, char)>);

impl Class {
    /// The characters of some ranges, both ends included; a range whose ends are in the wrong order
    /// is empty.
    pub fn new(ranges: impl IntoIterator<Item = (char, char)>) -> Class {
        let mut ranges: Vec<_> = ranges.into_iter().filter(|(low, high)| low <= high).collect();
        ranges.sort_unstable();
        let mut merged: Vec<(char, char)> = Vec::new();
        for (low, high) in ranges {
            match merged.last_mut() {
                Some(last) if successor(last.1).is_none_or(|next| low <= next) => {
                    last.1 = last.1.max(high)
                }
                _ => merged.push((low, high)),
            }
        }
        Class(merged)
    }

    /// Single characters.
    pub fn of(chars: impl IntoIterator<Item = char>) -> Class {
        Class::new(chars.into_iter().map(|c| (c, c)))
    }

    /// All characters.
    pub fn full() -> Class {
        Class(vec![('\0', char::MAX)])
    }

    /// Whether all characters are in the class.
    pub fn is_full(&self) -> bool {
        self.0 == [('\0', char::MAX)]
    }

    /// The ranges, sorted, with gaps between them.
    pub fn ranges(&self) -> &[(char, char)] {
        &self.0
    }

    /// Whether `c` is in the class.
    pub fn contains(&self, c: char) -> bool {
        self.0.iter().any(|&(low, high)| low <= c && c <= high)
    }

    /// The characters in one of both.
    pub fn union(&self, other: &Class) -> Class {
        Class::new(self.0.iter().chain(&other.0).copied())
    }

    /// The characters that are not in the class.
    pub fn complement(&self) -> Class {
        let (mut gaps, mut next) = (Vec::new(), Some('\0'));
        for &(low, high) in &self.0 {
            gaps.extend(next.zip(predecessor(low)).filter(|(start, end)| start <= end));
            next = successor(high);
        }
        gaps.extend(next.map(|start| (start, char::MAX)));
        Class(gaps)
    }
}

/// The next scalar value; the surrogates are not there.
fn successor(c: char) -> Option<char> {
    (c..=char::MAX).nth(1)
}

fn predecessor(c: char) -> Option<char> {
    ('\0'..c).next_back()
}
