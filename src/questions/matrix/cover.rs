//! Containment that the texts show: a law, which needs no engine.
//!
//! For a policy document that stands alone, with the callers and calls left out that need no grant
//! (`query/considered.rs`), a request is allowed iff an Allow statement applies and no Deny
//! statement does (SEMANTICS 6.1, 6.3 and 6.4). Therefore A is contained in B, two documents of one
//! kind, if for every Allow statement of A and every entry of its action part
//!
//! 1. some Allow statement of B covers it: it applies to every request to which that statement of A
//!    applies by that entry; and
//! 2. every Deny statement of B is idle there: its action part matches no action that the entry
//!    does, or a Deny statement of A covers it.
//!
//! For let A allow a request. One of its Allow statements applies, by one entry. By 1 a statement
//! of B does. A Deny statement of B that applied would match the action, so that by 2 one of A
//! would apply, and A would not allow the request.
//!
//! Where the actions are known one by one, so are those that a statement matches (`classes`), and
//! the entries need not be compared.
//!
//! A statement covers another if each of its elements holds wherever the other's does. All tests
//! here are sufficient and not necessary: "not covered" says nothing.

use crate::query::pattern::{Part, resources_within};
use keyaki_iam::policy::{Condition, Effect, Kind, Policy, PrincipalElement, Statement};

/// Whether the texts show that every request that `a` allows is allowed by `b`.
pub(super) fn covers(b: &Policy, a: &Policy) -> bool {
    let with = |policy: &'_ Policy, effect| {
        policy
            .statements
            .iter()
            .filter(move |one| one.effect == effect)
            .cloned()
            .collect::<Vec<_>>()
    };
    let (allows, denies, own) =
        (with(b, Effect::Allow), with(b, Effect::Deny), with(a, Effect::Deny));
    let all_parts = |statement: &Statement, test: &dyn Fn(&Part<'_>) -> bool| {
        Part::all(&statement.action).iter().all(test)
    };
    let covered_by = |some: &[Statement], other: &Statement, part: &Part<'_>| {
        some.iter().any(|one| covers_part(one, other, part, a.kind))
    };
    let idle = |deny: &Statement, part: &Part<'_>| {
        part.is_apart_from(&deny.action)
            || !own.is_empty() && all_parts(deny, &|denied| covered_by(&own, deny, denied))
    };
    let covered = |allow: &Statement, part: &Part<'_>| {
        covered_by(&allows, allow, part) && denies.iter().all(|deny| idle(deny, part))
    };
    let granting = || a.statements.iter().filter(|one| one.effect == Effect::Allow);
    a.kind == b.kind && granting().all(|allow| all_parts(allow, &|part| covered(allow, part)))
}

/// Whether `one` applies wherever `other` applies to an action of that part.
fn covers_part(one: &Statement, other: &Statement, part: &Part<'_>, kind: Kind) -> bool {
    part.is_within(&one.action) && covers_but_for_actions(one, other, kind)
}

/// Whether `one` applies wherever `other` does, to an action that both match.
pub(super) fn covers_but_for_actions(one: &Statement, other: &Statement, kind: Kind) -> bool {
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
        _ => false,
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

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_iam::policy::read::{ReadOptions, read};
    use keyaki_iam::source::Source;

    fn policy(statements: &str) -> Policy {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        let outcome =
            read(&Source::new("test", text.as_str()), Kind::Identity, &ReadOptions::default());
        outcome.policy.unwrap_or_else(|| panic!("{statements}: {:?}", outcome.diagnostics))
    }

    fn allow(rest: &str) -> String {
        format!(r#"{{"Effect": "Allow", {rest}}}"#)
    }

    #[test]
    fn what_texts_show() {
        let all = allow(r#""Action": "*", "Resource": "*""#);
        let get = allow(r#""Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*""#);
        let one = allow(r#""Action": "S3:getobject", "Resource": "arn:aws:s3:::b/x/*""#);
        let not = allow(r#""NotAction": "iam:*", "Resource": "*""#);
        let conditioned = allow(
            r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/x/*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#,
        );
        let deny = r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/x/*"}"#;
        let narrow =
            r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/x/*"}"#;
        let with = |some: &str, other: &str| format!("{some}, {other}");
        for (a, b, expected) in [
            (&get, &all, true),
            (&all, &get, false),
            (&one, &get, true),
            (&get, &one, false),
            (&get, &not, true),
            (&not, &all, true),
            (&not, &get, false),
            (&conditioned, &one, true),
            (&one, &conditioned, false),
            (&one, &with(&all, deny), false),
            (&with(&one, deny), &with(&all, deny), true),
            (&with(&one, deny), &with(&all, narrow), true),
            (&with(&one, narrow), &with(&all, deny), false),
            (&with(&get, &one), &get, true),
        ] {
            assert_eq!(covers(&policy(b), &policy(a)), expected, "{a} in {b}");
        }
    }

    #[test]
    fn principals_are_the_same_or_tell_nothing() {
        let policy = |principal: &str| {
            let text = format!(
                r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {principal}, "Action": "s3:*", "Resource": "*"}}]}}"#
            );
            read(&Source::new("test", text.as_str()), Kind::Resource, &ReadOptions::default())
                .policy
                .unwrap()
        };
        let texts = [
            r#""Principal": {"AWS": "111122223333"}"#,
            r#""NotPrincipal": {"AWS": "111122223333"}"#,
            r#""Principal": {"AWS": "444455556666"}"#,
            r#""Principal": "*""#,
        ];
        for (at, one) in texts.iter().enumerate() {
            for (other_at, other) in texts.iter().enumerate() {
                assert_eq!(
                    covers(&policy(one), &policy(other)),
                    at == other_at,
                    "{other} in {one}"
                );
            }
        }
    }

    #[test]
    fn conditions_with_more_values_are_wider_unless_they_are_negated() {
        let with = |operator: &str, values: &str| {
            policy(&allow(&format!(
                r#""Action": "s3:*", "Resource": "*", "Condition": {{"{operator}": {{"aws:username": {values}}}}}"#
            )))
        };
        for (operator, few_in_many) in
            [("StringLike", true), ("StringNotLike", false), ("ForAnyValue:StringEquals", true)]
        {
            let (few, many) = (with(operator, r#"["a"]"#), with(operator, r#"["a", "b"]"#));
            assert_eq!(covers(&many, &few), few_in_many, "{operator}");
            assert_eq!(covers(&few, &many), !few_in_many, "{operator}");
        }
        assert!(!covers(&with("StringLike", r#"["a"]"#), &with("StringEquals", r#"["a"]"#)));
    }
}
