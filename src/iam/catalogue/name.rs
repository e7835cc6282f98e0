//! Names: compared without regard to case, and names of condition keys with place-holders.

use std::cmp::Ordering;

/// So many bytes are compared at once.
const WIDTH: usize = 8;

/// The order of names, which has no regard to case.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    // Looking up names is most of what it costs to say which of them nobody knows: a plain loop
    // takes half as long as comparing iterators.
    let (a, b) = (a.as_bytes(), b.as_bytes());
    // What both begin with is spelled alike, mostly.
    let same = a.chunks(WIDTH).zip(b.chunks(WIDTH)).take_while(|(a, b)| a == b).count() * WIDTH;
    let (a, b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
        if a != b {
            return a.cmp(&b);
        }
    }
    a.len().cmp(&b.len())
}

/// The item with that name in a list in the order of [`compare`].
pub(super) fn find<'a, T>(
    list: &'a [T],
    name: &str,
    name_of: impl Fn(&T) -> &str,
) -> Option<&'a T> {
    let at = list.binary_search_by(|item| compare(name_of(item), name)).ok()?;
    list.get(at)
}

/// The place of the item with that name in such a list, for one who was at that place before: names
/// are mostly asked for in their order.
pub(super) fn find_after<T>(
    list: &[T],
    before: usize,
    name: &str,
    name_of: impl Fn(&T) -> &str,
) -> Option<usize> {
    let order = |at: usize| list.get(at).map(|item| compare(name_of(item), name));
    let (mut low, mut step) = (before, 1);
    let high = match order(before) {
        Some(Ordering::Equal) => return Some(before),
        Some(Ordering::Less) => loop {
            match order(before.saturating_add(step)) {
                Some(Ordering::Equal) => return Some(before + step),
                Some(Ordering::Less) => (low, step) = (before + step, step * 2),
                Some(Ordering::Greater) => break before + step,
                None => break list.len(),
            }
        },
        Some(Ordering::Greater) | None => {
            low = 0;
            list.len()
        }
    };
    let between = list.get(low..high).unwrap_or_default();
    let found = between.binary_search_by(|item| compare(name_of(item), name)).ok()?;
    Some(low + found)
}

/// The items whose names begin so, without regard to case, in a list in the order of [`compare`].
pub(super) fn beginning<'a, T>(
    list: &'a [T],
    start: &str,
    name_of: impl Fn(&T) -> &str,
) -> &'a [T] {
    let begins = |item: &T| {
        let own = name_of(item).as_bytes().get(..start.len());
        own.is_some_and(|own| own.eq_ignore_ascii_case(start.as_bytes()))
    };
    let first = list.partition_point(|item| compare(name_of(item), start).is_lt());
    let rest = list.get(first..).unwrap_or_default();
    rest.split_at(rest.partition_point(begins)).0
}

/// Whether `text` is `pattern`, without regard to case, when every `${Name}` of the pattern stands
/// for one or more characters.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    // Most names have no place-holder, and looking for one byte is fast.
    if !pattern.as_bytes().contains(&b'$') {
        return pattern.eq_ignore_ascii_case(text);
    }
    stands_for(pattern, text, str::eq_ignore_ascii_case)
}

/// Whether `text` is `pattern` when every `${Name}` of the pattern stands for one or more
/// characters and the other parts equal those of the text. Parts of different lengths must not be
/// equal.
///
/// Each place-holder takes as little as it can: what follows it is found at its first place, or, at
/// the end, at the last.
pub(crate) fn stands_for(pattern: &str, text: &str, equal: fn(&str, &str) -> bool) -> bool {
    let after = |text, at, literal| after(text, at, literal, equal);
    let Some((before, mut pattern)) = place_holder(pattern) else { return equal(pattern, text) };
    let Some(mut rest) = after(text, 0, before) else { return false };
    loop {
        // The place-holder that was just met takes a character.
        let Some(first) = rest.chars().next() else { return false };
        let Some((literal, next)) = place_holder(pattern) else {
            let start = rest.len().checked_sub(pattern.len());
            return start.is_some_and(|start| {
                start >= first.len_utf8() && after(rest, start, pattern).is_some()
            });
        };
        let ends = rest.char_indices().map(|(at, _)| at).skip(1).chain([rest.len()]);
        let Some(found) = ends.into_iter().find_map(|at| after(rest, at, literal)) else {
            return false;
        };
        (pattern, rest) = (next, found);
    }
}

/// What stands before the first place-holder and after it.
fn place_holder(pattern: &str) -> Option<(&str, &str)> {
    let (before, rest) = pattern.split_once("${")?;
    let (_, after) = rest.split_once('}')?;
    Some((before, after))
}

/// What follows `literal` in the text, where it stands at this place.
fn after<'a>(
    text: &'a str,
    at: usize,
    literal: &str,
    equal: fn(&str, &str) -> bool,
) -> Option<&'a str> {
    let end = at + literal.len();
    text.get(at..end).filter(|found| equal(found, literal))?;
    text.get(end..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_holders_stand_for_one_character_or_more() {
        for (pattern, text, expected) in [
            ("aws:TagKeys", "AWS:tagkeys", true),
            ("aws:TagKeys", "aws:TagKeysX", false),
            ("ec2:ResourceTag/${TagKey}", "EC2:resourcetag/Team", true),
            ("ec2:ResourceTag/${TagKey}", "ec2:ResourceTag/${TagKey}", true),
            ("ec2:ResourceTag/${TagKey}", "ec2:ResourceTag/", false),
            ("ec2:ResourceTag/${TagKey}", "ec2:ResourceTag", false),
            ("a:${X}.value", "a:b.value.value", true),
            ("a:${X}.value", "a:.value", false),
            ("a:${X}.value", "a:é.value", true),
            ("${X}:aud", "é:aud", true),
            ("a:${X", "a:${X", true),
            ("${X}${Y}", "ab", true),
            ("${X}${Y}", "é", false),
            ("${X}b${Y}b", "abab", true),
            ("${X}b${Y}b", "abb", false),
            ("${X}/${Y}/z", "a/b/z/c/z", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn many_place_holders_take_no_time_to_speak_of() {
        let pattern = format!("{}!", "${X}a".repeat(200));
        assert!(!matches(&pattern, &"a".repeat(2_000)));
        assert!(matches(&pattern, &format!("{}!", "a".repeat(2_000))));
    }

    #[test]
    fn names_are_found_without_regard_to_case() {
        let names = ["alpha", "Beta", "beta-2", "gamma"];
        assert_eq!(find(&names, "BETA", |name| name), Some(&"Beta"));
        assert_eq!(find(&names, "bet", |name| name), None);
    }

    #[test]
    fn names_are_found_wherever_one_was_before() {
        let some = ["", "A", "get", "Describe", "DescribeInstance", "DescribeInstances", "z-1"];
        let mut names: Vec<String> = some
            .iter()
            .flat_map(|start| some.iter().map(move |end| format!("{start}{end}")))
            .collect();
        names.sort_by(|one, other| compare(one, other));
        names.dedup_by(|one, other| compare(one, other).is_eq());
        assert!(names.is_sorted_by_key(|name| name.to_ascii_lowercase()));
        for count in 0..=names.len() {
            let list = &names[..count];
            for wanted in names.iter().map(|name| name.to_ascii_uppercase()) {
                let expected = list.iter().position(|name| name.eq_ignore_ascii_case(&wanted));
                for before in 0..=count + 1 {
                    assert_eq!(
                        find_after(list, before, &wanted, |name| name),
                        expected,
                        "{wanted} {before}"
                    );
                }
                for (start, _) in wanted.char_indices() {
                    let start = &wanted[..start];
                    let begins = |name: &&String| name.to_ascii_uppercase().starts_with(start);
                    let expected: Vec<&String> = list.iter().filter(begins).collect();
                    let found: Vec<&String> = beginning(list, start, |name| name).iter().collect();
                    assert_eq!(found, expected, "{start}");
                }
            }
        }
    }
}
