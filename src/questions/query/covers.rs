//! Statements that apply wherever others do, as their texts show.
//!
//! A statement covers another if each of its elements holds wherever the other's does. All tests
//! here are sufficient and not necessary: "not covered" says nothing.

use super::pattern::{Part, resources_within};
use keyaki_iam::policy::{Condition, Kind, PrincipalElement, Statement};

/// Whether `one` applies wherever `other` applies to an action of that part.
pub(crate) fn covers_part(one: &Statement, other: &Statement, part: &Part<'_>, kind: Kind) -> bool {
    part.is_within(&one.action) && covers_but_for_actions(one, other, kind)
}

/// Whether `one` applies wherever `other` does, to an action that both match.
pub(crate) fn covers_but_for_actions(one: &Statement, other: &Statement, kind: Kind) -> bool {
    same_principals(one.principal.as_ref(), other.principal.as_ref())
        && resources_within(other.resource.as_ref(), one.resource.as_ref(), kind)
        && one
            .conditions
            .iter()
            .all(|condition| other.conditions.iter().any(|given| implies(given, condition)))
}

fn same_principals(one: Option<&PrincipalElement>, other: Option<&PrincipalElement>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => one.negated == other.negated && one.entries == other.entries,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Whether `wanted` holds wherever `given` does: the same operator on the same key, with more
/// values, or fewer where the operator is negated.
///
/// A value of the request satisfies an operator if it matches some value of the policy, a negated
/// one if it matches none (SEMANTICS 4.2); what an absent key, several values and a set operator
/// make of it depends on nothing else, as long as there are values.
fn implies(given: &Condition, wanted: &Condition) -> bool {
    if given.operator != wanted.operator
        || given.key != wanted.key
        || given.values.is_empty()
        || wanted.values.is_empty()
    {
        return false;
    }
    let within = |some: &Condition, all: &Condition| {
        some.values
            .iter()
            .all(|value| all.values.iter().any(|other| other.literal == value.literal))
    };
    if given.operator.base.negated() { within(wanted, given) } else { within(given, wanted) }
}
