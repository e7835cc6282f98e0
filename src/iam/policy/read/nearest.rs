//! Suggestions: the known name that was probably meant.

/// The known name with the smallest edit distance from `written`, case ignored, if that is small
/// enough to be a slip.
pub(super) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    closest(written, known, 1).first().copied()
}

/// The known names with the smallest edit distances from `written`, case ignored, that are small
/// enough to be slips: the nearest first, and no more than `count`.
pub fn closest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
    count: usize,
) -> Vec<&'a str> {
    within(written, known, (written.chars().count() / 3).clamp(1, 4), count)
}

/// The end of a message about a name that is not known: `; did you mean ...?`, or nothing.
pub fn meant<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(written, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

/// The known names with the smallest edit distances from `written`, case ignored, that are at most
/// `allowed`: the nearest first, and no more than `count`.
pub fn within<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
    allowed: usize,
    count: usize,
) -> Vec<&'a str> {
    // A text that is much longer than every name is not a slip, and its distance would cost time.
    if written.len() > 60 {
        return Vec::new();
    }
    let written = written.to_ascii_lowercase();
    let mut near: Vec<_> = known
        .into_iter()
        .map(|name| (distance(&written, &name.to_ascii_lowercase()), name))
        .filter(|(distance, _)| *distance <= allowed)
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().take(count).map(|(_, name)| name).collect()
}

/// A help text for [`nearest`]: `did you mean ...?`, or the list of what is known.
pub(crate) fn suggestion(written: &str, known: &[&str]) -> String {
    match nearest(written, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!(
            "known here: {}",
            known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
    }
}

/// The Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut previous = i + 1;
        let mut diagonal = i;
        for (cell, y) in row.iter_mut().skip(1).zip(b.chars()) {
            let replaced = diagonal + usize::from(x != y);
            diagonal = *cell;
            *cell = replaced.min(previous + 1).min(*cell + 1);
            previous = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        for (a, b, expected) in [
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("abc", "abc", 0),
            ("abc", "", 3),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn only_slips_are_corrected() {
        let known = ["Condition", "Action", "Effect"];
        assert_eq!(nearest("Conditions", known), Some("Condition"));
        assert_eq!(nearest("action", known), Some("Action"));
        assert_eq!(nearest("Comment", known), None);
    }

    #[test]
    fn the_nearest_comes_first() {
        let known = ["bedrock-mantle", "bedrocks", "bedrock"];
        assert_eq!(closest("bedrok", known, 3), ["bedrock", "bedrocks"]);
        assert_eq!(closest("bedrok", known, 1), ["bedrock"]);
        assert!(closest("zebra", known, 3).is_empty());
    }
}
