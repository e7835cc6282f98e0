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
//! All tests here are sufficient and not necessary: "not covered" says nothing.

use crate::query::covers::covers_part;
use crate::query::pattern::Part;
use keyaki_iam::policy::{Effect, Policy, Stated, Statement};

/// Whether the texts show that every request that `a` allows is allowed by `b`.
pub(super) fn covers(b: &Policy, a: &Policy) -> bool {
    let with = |policy: &'_ Policy, effect| {
        let statements = policy.statements.iter();
        statements.filter(move |one| one.effect == effect).cloned().collect::<Vec<_>>()
    };
    let (allows, denies, own) =
        (with(b, Effect::Allow), with(b, Effect::Deny), with(a, Effect::Deny));
    let all_parts = |statement: &Statement, test: &dyn Fn(&Part<'_>) -> bool| {
        Part::all(&statement.action).iter().all(test)
    };
    let covered_by = |some: &[Stated], other: &Statement, part: &Part<'_>| {
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

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_iam::policy::Kind;
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
