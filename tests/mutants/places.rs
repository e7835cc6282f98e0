//! Where a text stands in a file, however its lines are broken.
//!
//! `rustfmt` moves line breaks, indentation, and the comma behind the last of several parts. All of
//! these are left out of the comparison. The braces that it puts around an expression with a line
//! of its own are not.

use std::ops::Range;

/// The characters that count, each with the place where it stands.
fn counting(text: &str) -> Vec<(usize, char)> {
    let mut counting: Vec<(usize, char)> = Vec::new();
    for (place, character) in
        text.char_indices().filter(|(_, character)| !character.is_whitespace())
    {
        if matches!(character, ')' | ']' | '}')
            && counting.last().is_some_and(|(_, last)| *last == ',')
        {
            counting.pop();
        }
        counting.push((place, character));
    }
    counting
}

/// The parts of a text that are what is looked for, from the first character that counts to the
/// last. They do not overlap.
///
/// A comma at the end of what is looked for stands for the end of one of several parts: it may be
/// one that does not count.
pub fn places(text: &str, wanted: &str) -> Vec<Range<usize>> {
    let (counted, mut wanted) = (counting(text), counting(wanted));
    let whole = wanted.pop_if(|(_, last)| *last == ',').is_some();
    let same = |part: &[(usize, char)]| {
        part.iter().zip(&wanted).all(|((_, one), (_, other))| one == other)
    };
    let ends = |next: Option<&(usize, char)>| {
        !whole || next.is_none_or(|(_, next)| matches!(next, ',' | ')' | ']' | '}'))
    };
    let (mut found, mut next) = (Vec::new(), 0);
    while !wanted.is_empty() && next + wanted.len() <= counted.len() {
        let after = next + wanted.len();
        let part = &counted[next..after];
        if same(part) && ends(counted.get(after)) {
            let (last, character) = part[part.len() - 1];
            let end = last + character.len_utf8();
            let comma = text[end..]
                .find(|next: char| !next.is_whitespace())
                .filter(|skipped| whole && text[end + skipped..].starts_with(','));
            found.push(part[0].0..comma.map_or(end, |skipped| end + skipped + 1));
            next = after;
        } else {
            next += 1;
        }
    }
    found
}

/// The text with something else in these places.
pub fn replaced(text: &str, wanted: &str, instead: &str) -> String {
    let mut changed = text.to_owned();
    for place in places(text, wanted).into_iter().rev() {
        changed.replace_range(place, instead);
    }
    changed
}

#[test]
fn line_breaks_do_not_count() {
    let broken = "fn f() {\n    let some =\n        call(\n            one, // ü\n            two,\n        );\n}\n";
    assert_eq!(places(broken, "let some = call("), vec![13..37]);
    assert_eq!(replaced("let a = call(one, two);", "call(one, two)", "none()"), "let a = none();");
    assert_eq!(
        replaced("let a = call(\n    one,\n    two,\n);", "call(one, two)", "none()"),
        "let a = none();"
    );
    assert_eq!(
        replaced("let a = call(one, two);", "call(\n    one,\n    two,\n)", "none()"),
        "let a = none();"
    );
    assert_eq!(
        replaced("first\n    .second()\n    .third()", "first.second()", "second()"),
        "second()\n    .third()"
    );
    assert_eq!(replaced("[\n    ä,\n    [b,],\n]", "[ä, [b]]", "ö"), "ö");
}

#[test]
fn a_comma_at_the_end_is_that_of_a_part() {
    let arms = "{\n    One => none,\n    Two => none\n}";
    assert_eq!(
        replaced(arms, "One => none,", "One => some,"),
        "{\n    One => some,\n    Two => none\n}"
    );
    assert_eq!(
        replaced(arms, "Two => none,", "Two => some,"),
        "{\n    One => none,\n    Two => some,\n}"
    );
    assert_eq!(replaced("[one, two,\n]", "two,", "three,"), "[one, three,\n]");
    assert_eq!(places("[one, two.three()]", "two,"), []);
}

#[test]
fn everything_else_counts() {
    assert_eq!(places("call(one, two)", "call(one two)"), []);
    assert_eq!(places("|one| { call(one) }", "|one| call(one)"), []);
    assert_eq!(places("one && two", "one & two"), []);
    assert_eq!(places("one", " \n"), []);
    assert_eq!(places("", "one"), []);
}

#[test]
fn every_place_is_found_once() {
    assert_eq!(places("a b\nab ba", "ab"), [0..3, 4..6]);
    assert_eq!(places("aaa", "aa"), vec![0..2]);
    assert_eq!(replaced("a b\nab ba", "ab", "ccc"), "ccc\nccc ba");
}
