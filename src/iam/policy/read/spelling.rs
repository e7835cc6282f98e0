//! How names of condition operators are spelled (SEMANTICS 1.4).

use crate::policy::{BaseOperator, Family};

/// The family of the operator with that name; none where there is no such operator.
pub fn family(name: &str) -> Option<Family> {
    let base = name.rsplit(':').next().unwrap_or_default();
    base_operator(strip_if_exists(base).0).map(BaseOperator::family)
}

/// The operator with that name, without prefix and suffix, in any case.
pub(super) fn base_operator(name: &str) -> Option<BaseOperator> {
    BaseOperator::ALL.iter().copied().find(|operator| operator.name().eq_ignore_ascii_case(name))
}

/// A name without the suffix `IfExists`, and whether it had it.
pub(super) fn strip_if_exists(name: &str) -> (&str, bool) {
    const SUFFIX: &str = "IfExists";
    match name.len().checked_sub(SUFFIX.len()).and_then(|at| name.split_at_checked(at)) {
        Some((base, suffix)) if suffix.eq_ignore_ascii_case(SUFFIX) => (base, true),
        _ => (name, false),
    }
}
