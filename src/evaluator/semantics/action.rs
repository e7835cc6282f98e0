//! `Action` and `NotAction` (SEMANTICS 2.1).

use super::glob::{self, Case};
use keyaki_iam::policy::{ActionElement, ActionPattern};

/// Whether the element matches the action: some entry does, or with `NotAction` none. So an empty
/// `Action` matches no action and an empty `NotAction` every one.
pub fn matches(element: &ActionElement, action: &str) -> bool {
    element_matches(element, action.split_once(':'))
}

/// As [`matches`], for an action that is split at its first colon.
pub(super) fn element_matches(element: &ActionElement, action: Option<(&str, &str)>) -> bool {
    element.negated != element.patterns.iter().any(|pattern| split_matches(pattern, action))
}

/// Whether one entry of `Action` matches the action, for example `s3:GetObject`. The prefix is
/// compared whole, the name as a wildcard pattern, both without case.
///
/// A name that is empty or holds white space matches nothing, and an action without `prefix:` is
/// matched by stars alone.
pub fn entry_matches(pattern: &ActionPattern, action: &str) -> bool {
    split_matches(pattern, action.split_once(':'))
}

/// As [`entry_matches`], for an action that is split at its first colon; `None` where it has none.
pub fn split_matches(pattern: &ActionPattern, action: Option<(&str, &str)>) -> bool {
    let ActionPattern::Name { service, name } = pattern else { return true };
    let Some((prefix, requested)) = action else { return false };
    let dead = || name.is_empty() || name.contains(char::is_whitespace);
    service.eq_ignore_ascii_case(prefix)
        && glob::matches(glob::atoms(name), requested, Case::Ignored)
        && !dead()
}
