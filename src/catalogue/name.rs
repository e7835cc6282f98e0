//! Names: compared without regard to case, and names of condition keys with place-holders.

use std::cmp::Ordering;

/// The order of names, which has no regard to case.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    a.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(b.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// The item with that name in a list in the order of [`compare`].
pub(super) fn find<'a, T>(list: &'a [T], name: &str, name_of: impl Fn(&T) -> &str) -> Option<&'a T> {
    let at = list.binary_search_by(|item| compare(name_of(item), name)).ok()?;
    list.get(at)
}

/// Whether `text` is `pattern`, without regard to case, when every `${Name}` of the pattern stands for one or more characters.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    // Most names have no place-holder, and looking for one byte is fast.
    if !pattern.as_bytes().contains(&b'$') {
        return pattern.eq_ignore_ascii_case(text);
    }
    let Some((before, after)) = pattern.split_once('$') else { return false };
    let Some((_, after)) = after.split_once('}') else { return pattern.eq_ignore_ascii_case(text) };
    let Some(rest) = text.get(before.len()..).filter(|_| text.get(..before.len()).is_some_and(|start| start.eq_ignore_ascii_case(before)))
    else {
        return false;
    };
    rest.char_indices().skip(1).map(|(at, _)| at).chain([rest.len()]).any(|at| at > 0 && matches(after, rest.get(at..).unwrap_or_default()))
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
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn names_are_found_without_regard_to_case() {
        let names = ["alpha", "Beta", "beta-2", "gamma"];
        assert_eq!(find(&names, "BETA", |name| name), Some(&"Beta"));
        assert_eq!(find(&names, "bet", |name| name), None);
    }
}
