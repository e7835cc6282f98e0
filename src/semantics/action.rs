//! `Action` and `NotAction` (SEMANTICS 2.1).

use super::glob::{self, Case};
use crate::policy::{ActionElement, ActionPattern};

/// Whether the element matches the action: some entry does, or with `NotAction` none. So an empty `Action` matches no action and an
/// empty `NotAction` every one.
pub fn matches(element: &ActionElement, action: &str) -> bool {
    element.negated != element.patterns.iter().any(|pattern| entry_matches(pattern, action))
}

/// Whether one entry of `Action` matches the action, `s3:GetObject` say. The prefix is compared whole, the name as a wildcard pattern, both without case.
///
/// A name that is empty or holds white space matches nothing, and an action without `prefix:` is matched by stars alone.
pub fn entry_matches(pattern: &ActionPattern, action: &str) -> bool {
    let ActionPattern::Name { service, name } = pattern else { return true };
    let Some((prefix, requested)) = action.split_once(':') else { return false };
    let dead = name.is_empty() || name.contains(char::is_whitespace);
    !dead && service.eq_ignore_ascii_case(prefix) && glob::matches(glob::atoms(name), requested, Case::Ignored)
}
