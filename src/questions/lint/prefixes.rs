//! Which patterns may match a text, by their fixed ends: what is asked of every pair of a long list
//! is asked of few.

use std::collections::HashMap;

/// Patterns, by number, under the text before the first wildcard or after the last one, in lower
/// case.
#[derive(Debug, Default)]
pub(super) struct Ends {
    starts: HashMap<String, Vec<usize>>,
    ends: HashMap<String, Vec<usize>>,
}

/// What a pattern may stand for something else at; `$` begins a variable.
const OPEN: [char; 3] = ['*', '?', '$'];

impl Ends {
    /// Adds a pattern. `whole` says that its text must match to the end of what it matches: an ARN
    /// of less than six fields need not. Numbers are added in ascending order.
    pub fn add(&mut self, number: usize, pattern: &str, whole: bool) {
        let pattern = pattern.to_ascii_lowercase();
        let start = pattern.split(OPEN).next().unwrap_or_default();
        let end = if whole && !pattern.contains('$') {
            pattern.rsplit(OPEN).next().unwrap_or_default()
        } else {
            ""
        };
        let (place, fixed) =
            if end.len() > start.len() { (&mut self.ends, end) } else { (&mut self.starts, start) };
        place.entry(fixed.to_owned()).or_default().push(number);
    }

    /// The numbers of the patterns that may match the text, in ascending order; a number may come
    /// more than once.
    pub fn candidates<'s>(&'s self, text: &str) -> impl Iterator<Item = usize> + use<'s> {
        let text = text.to_ascii_lowercase();
        let cuts = || (0..=text.len()).filter(|at| text.is_char_boundary(*at));
        let starts = cuts().filter_map(|at| self.starts.get(text.get(..at)?));
        let ends = cuts().filter_map(|at| self.ends.get(text.get(at..)?));
        let mut lists: Vec<&[usize]> = starts.chain(ends).map(Vec::as_slice).collect();
        std::iter::from_fn(move || {
            let list = lists
                .iter_mut()
                .filter(|list| !list.is_empty())
                .min_by_key(|list| list.first().copied())?;
            let (first, rest) = list.split_first()?;
            *list = rest;
            Some(*first)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_match_are_candidates_and_few_others() {
        let patterns = [
            "*",
            "s3:Get*",
            "S3:GetObject",
            "*Object",
            "s3:*Bucket",
            "iam:*",
            "s3:Get${x}Object",
            "s3",
            "s3:?etObject",
        ];
        let mut ends = Ends::default();
        for (number, pattern) in patterns.iter().enumerate() {
            ends.add(number, pattern, *pattern != "s3");
        }
        let candidates = |text: &str| ends.candidates(text).collect::<Vec<_>>();
        assert_eq!(candidates("s3:getobject"), [0, 1, 2, 3, 6, 7, 8]);
        assert_eq!(candidates("s3:DeleteBucket"), [0, 4, 7]);
        assert_eq!(candidates("é"), [0]);
        assert_eq!(candidates(""), [0]);
    }
}
