//! One (operator, key) pair of a `Condition` element (SEMANTICS 4.2 and 4.3).
//!
//! Decisions where the text is silent: the values of a multivalued key form a set, in which
//! duplicates do not count twice; without a set operator it behaves as its value when there is
//! exactly one, and fails every operator but `Null` when there are more, negated ones and
//! `IfExists` included (`[U13]`). Under a set operator a condition without values is satisfied by
//! no value, with a negated operator too. A lone empty text is the empty set for set operators and
//! yet present: `IfExists` does not apply to it (`[U11]`, `[U14]`).

use super::comparison::compare;
use super::context::{Context, Value, Values};
use keyaki_iam::policy::Literal;
use keyaki_iam::policy::{BaseOperator, Condition, ConditionValue, Operator, SetOperator};
use std::slice;

/// Why a pair does not hold.
pub(super) enum Failure<'a> {
    /// The key is absent, and the operator needs a value.
    Absent,
    /// Several values, and no set operator.
    SeveralValues(&'a [Value<'a>]),
    /// `Null`: whether the key is present, which is not what is asked for.
    Presence(bool),
    /// `ForAnyValue:Null`, which never holds.
    NeverHolds,
    /// `ForAnyValue`, and the set of values is empty although the key is present.
    EmptySet,
    /// Some of these values do not satisfy the operator: the only one; under `ForAllValues` those
    /// that spoil it; under `ForAnyValue` all.
    Values(&'a [Value<'a>]),
}

/// Whether the pair holds; why not otherwise.
pub(super) fn evaluate<'a>(
    condition: &Condition,
    context: &'a Context<'_>,
) -> Result<(), Failure<'a>> {
    let carried = context.values(&condition.key);
    if condition.operator.base == BaseOperator::Null {
        return evaluate_null(condition, !matches!(carried, Values::Absent));
    }
    match condition.operator.set {
        None => evaluate_one(condition, carried, context),
        Some(set) => evaluate_set(condition, set, carried, context),
    }
}

/// Whether one value of the request satisfies the operator: it matches some value of the policy, or
/// with a negated operator none. Where a set operator meets no value of the policy, nothing does.
pub(super) fn satisfies(condition: &Condition, value: &Value<'_>, context: &Context<'_>) -> bool {
    let Operator { set, base, .. } = condition.operator;
    (set.is_none() || !condition.values.is_empty())
        && base.negated() == matching(condition, value, context).is_none()
}

/// The first value of the policy that the request's value matches by the positive relation.
pub(super) fn matching<'c>(
    condition: &'c Condition,
    value: &Value<'_>,
    context: &Context<'_>,
) -> Option<&'c ConditionValue> {
    condition
        .values
        .iter()
        .find(|expected| compare(condition.operator.base, value, expected, context).is_ok())
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
    context: &Context<'_>,
) -> Result<(), Failure<'a>> {
    let value = match carried {
        Values::Absent if condition.operator.if_exists || condition.operator.base.negated() => {
            return Ok(());
        }
        Values::Absent => return Err(Failure::Absent),
        Values::Single(value) | Values::Many([value]) => value,
        Values::Many(values) => return Err(Failure::SeveralValues(values)),
    };
    if satisfies(condition, value, context) {
        Ok(())
    } else {
        Err(Failure::Values(slice::from_ref(value)))
    }
}

fn evaluate_set<'a>(
    condition: &Condition,
    set: SetOperator,
    carried: Values<'a>,
    context: &Context<'_>,
) -> Result<(), Failure<'a>> {
    let values = match carried {
        Values::Absent if condition.operator.if_exists || set == SetOperator::ForAllValues => {
            return Ok(());
        }
        Values::Absent => return Err(Failure::Absent),
        Values::Single(value) => slice::from_ref(value),
        Values::Many(values) => values,
    };
    let values = if matches!(values, [Value { text: "", .. }]) { &[] } else { values };
    let satisfied = |value| satisfies(condition, value, context);
    match set {
        SetOperator::ForAllValues if values.iter().all(satisfied) => Ok(()),
        SetOperator::ForAnyValue if values.iter().any(satisfied) => Ok(()),
        SetOperator::ForAnyValue if values.is_empty() => Err(Failure::EmptySet),
        SetOperator::ForAllValues | SetOperator::ForAnyValue => Err(Failure::Values(values)),
    }
}
