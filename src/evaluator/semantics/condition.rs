//! One (operator, key) pair of a `Condition` element (SEMANTICS 4.2 and 4.3).
//!
//! Decisions where the text is silent: the values of a multivalued key form a set, in which
//! duplicates do not count twice; without a set operator it behaves as its value when there is
//! exactly one, and fails every operator but `Null` when there are more, negated ones and
//! `IfExists` included (`[U13]`). Under a set operator a condition without values is satisfied by
//! no value, with a negated operator too. A lone empty text is the empty set for set operators and
//! yet present: `IfExists` does not apply to it (`[U11]`, `[U14]`).

use super::comparison::compare;
use super::substitution::{Values, values};
use keyaki_iam::policy::Literal;
use keyaki_iam::policy::{BaseOperator, Condition, ConditionValue, SetOperator};
use keyaki_iam::request::Request;
use std::collections::BTreeSet;

/// Why a pair does not hold.
pub(super) enum Failure<'a> {
    /// The key is absent, and the operator needs a value.
    Absent,
    /// Several values, and no set operator.
    SeveralValues(BTreeSet<&'a str>),
    /// `Null`: whether the key is present, which is not what is asked for.
    Presence(bool),
    /// `ForAnyValue:Null`, which never holds.
    NeverHolds,
    /// `ForAnyValue`, and the set of values is empty although the key is present.
    EmptySet,
    /// These values do not satisfy the operator: the only one; under `ForAllValues` those that
    /// spoil it; under `ForAnyValue` all.
    Values(Vec<&'a str>),
}

/// Whether the pair holds; why not otherwise.
pub(super) fn evaluate<'a>(condition: &Condition, request: &'a Request) -> Result<(), Failure<'a>> {
    let carried = values(request, &condition.key);
    if condition.operator.base == BaseOperator::Null {
        return evaluate_null(condition, !matches!(carried, Values::Absent));
    }
    match condition.operator.set {
        None => evaluate_one(condition, carried, request),
        Some(set) => evaluate_set(condition, set, carried, request),
    }
}

/// Whether one value of the request satisfies the operator: it matches some value of the policy, or
/// with a negated operator none.
pub(super) fn satisfies(condition: &Condition, value: &str, request: &Request) -> bool {
    condition.operator.base.negated() == matching(condition, value, request).is_none()
}

/// The first value of the policy that the request's value matches by the positive relation.
pub(super) fn matching<'c>(
    condition: &'c Condition,
    value: &str,
    request: &Request,
) -> Option<&'c ConditionValue> {
    condition
        .values
        .iter()
        .find(|expected| compare(condition.operator.base, value, expected, request).is_ok())
}

/// `Null` asks for absence (`true`) or presence (`false`), of several values any. It knows no
/// `IfExists`, which the reader rejects.
fn evaluate_null<'a>(condition: &Condition, present: bool) -> Result<(), Failure<'a>> {
    match condition.operator.set {
        Some(SetOperator::ForAllValues) => Ok(()),
        Some(SetOperator::ForAnyValue) => Err(Failure::NeverHolds),
        None if condition
            .values
            .iter()
            .any(|value| value.literal == Literal::Presence(!present)) =>
        {
            Ok(())
        }
        None => Err(Failure::Presence(present)),
    }
}

fn evaluate_one<'a>(
    condition: &Condition,
    carried: Values<'a>,
    request: &Request,
) -> Result<(), Failure<'a>> {
    let value = match carried {
        Values::Absent if condition.operator.if_exists || condition.operator.base.negated() => {
            return Ok(());
        }
        Values::Absent => return Err(Failure::Absent),
        Values::Single(value) => value,
        Values::Many(values) => match single(&values) {
            Some(value) => value,
            None => return Err(Failure::SeveralValues(values)),
        },
    };
    if satisfies(condition, value, request) { Ok(()) } else { Err(Failure::Values(vec![value])) }
}

fn evaluate_set<'a>(
    condition: &Condition,
    set: SetOperator,
    carried: Values<'a>,
    request: &Request,
) -> Result<(), Failure<'a>> {
    let mut values = match carried {
        Values::Absent if condition.operator.if_exists || set == SetOperator::ForAllValues => {
            return Ok(());
        }
        Values::Absent => return Err(Failure::Absent),
        Values::Single(value) => BTreeSet::from([value]),
        Values::Many(values) => values,
    };
    if single(&values) == Some("") {
        values.clear();
    }
    let satisfied =
        |value: &&str| !condition.values.is_empty() && satisfies(condition, value, request);
    let failing: Vec<_> = values.iter().copied().filter(|value| !satisfied(value)).collect();
    match set {
        SetOperator::ForAllValues if failing.is_empty() => Ok(()),
        SetOperator::ForAnyValue if failing.len() < values.len() => Ok(()),
        SetOperator::ForAnyValue if values.is_empty() => Err(Failure::EmptySet),
        SetOperator::ForAllValues | SetOperator::ForAnyValue => Err(Failure::Values(failing)),
    }
}

fn single<'a>(values: &BTreeSet<&'a str>) -> Option<&'a str> {
    if values.len() == 1 { values.first().copied() } else { None }
}
