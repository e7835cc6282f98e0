//! Statements that apply wherever others do, as their texts show.
//!
//! A statement covers another if each of its elements holds wherever the other's does. All tests
//! here are sufficient and not necessary: "not covered" says nothing.

use super::pattern::{Part, resources_within};
use keyaki_iam::policy::{
    BaseOperator, Condition, ConditionValue, Kind, Literal, Piece, PrincipalElement, Statement,
    Template,
};
use rustc_hash::FxHashSet;
use std::borrow::Cow;

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
    if given.operator.base.negated() { within(wanted, given) } else { within(given, wanted) }
}

/// Whether each text that a value of the first condition matches is matched by one of the second, which
/// has the same operator: one that is the same, or, where `*` is a wildcard over any text, one that
/// ends with it and is the same until there.
fn within(some: &Condition, all: &Condition) -> bool {
    let same = |value: &ConditionValue| all.values.iter().any(|one| one.literal == value.literal);
    // Of few values each is compared with each; most conditions have one or two.
    let few = some.values.len().saturating_mul(all.values.len()) <= FEW;
    if few && some.values.iter().all(same) {
        return true;
    }
    let like = matches!(all.operator.base, BaseOperator::StringLike | BaseOperator::StringNotLike);
    if few && !like {
        return false;
    }
    let texts: FxHashSet<Cow<'_, str>> = all.values.iter().filter_map(spelled).collect();
    let starts: FxHashSet<Cow<'_, str>> =
        all.values.iter().filter(|_| like).filter_map(spelled_until_star).collect();
    let mut lengths: Vec<usize> = starts.iter().map(|start| start.len()).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let begins_with_one = |text: &str| {
        let mut own = lengths.iter().filter_map(|length| text.get(..*length));
        own.any(|start| starts.contains(start))
    };
    some.values.iter().all(|value| match spelled(value) {
        // What one begins with stands for more texts: there are fewer of these.
        Some(text) => begins_with_one(&text) || texts.contains(&text),
        None => same(value),
    })
}

/// So many pairs of values are compared one by one.
const FEW: usize = 64;

/// What stands for a wildcard where a pattern is spelled.
const ANY_STRING: char = '\u{1}';
const ANY_CHAR: char = '\u{2}';
/// What stands around the key and the default of a variable there, and before a character that is one of
/// these.
const VARIABLE: char = '\u{3}';
const ITSELF: char = '\u{4}';

/// What a pattern begins with that ends with `*`.
fn spelled_until_star(value: &ConditionValue) -> Option<Cow<'_, str>> {
    let Literal::Text(Template { pieces }) = &value.literal else { return None };
    let (Piece::AnyString, before) = pieces.split_last()? else { return None };
    Some(spelled_pieces(before))
}

/// A pattern as one text: equal texts are equal patterns, and one that another one begins with stands
/// for what the other one begins with. `None` for what is no pattern.
fn spelled(value: &ConditionValue) -> Option<Cow<'_, str>> {
    let Literal::Text(template) = &value.literal else { return None };
    Some(spelled_pieces(&template.pieces))
}

fn spelled_pieces(pieces: &[Piece]) -> Cow<'_, str> {
    let is_mark = |own: char| matches!(own, ANY_STRING | ANY_CHAR | VARIABLE | ITSELF);
    match pieces {
        [] => return Cow::Borrowed(""),
        // Most are one text, in which no mark stands.
        [Piece::Literal(own)] if !own.contains(is_mark) => return Cow::Borrowed(own),
        _ => {}
    }
    let mut text = String::new();
    let literal = |text: &mut String, own: &str| {
        for character in own.chars() {
            if is_mark(character) {
                text.push(ITSELF);
            }
            text.push(character);
        }
    };
    for piece in pieces {
        match piece {
            Piece::Literal(own) => literal(&mut text, own),
            Piece::AnyString => text.push(ANY_STRING),
            Piece::AnyChar => text.push(ANY_CHAR),
            Piece::Variable(variable) => {
                text.push(VARIABLE);
                literal(&mut text, variable.key.lower());
                text.push(VARIABLE);
                // With a default it is another one, and none begins as the other one does.
                match &variable.default {
                    None => text.push(ANY_CHAR),
                    Some(default) => {
                        literal(&mut text, default);
                        text.push(VARIABLE);
                    }
                }
            }
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_evaluator::semantics;
    use keyaki_iam::policy::read::{ReadOptions, read};
    use keyaki_iam::request::Request;
    use keyaki_iam::source::Source;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::json;

    fn statement(operator: &str, values: &[String]) -> Statement {
        let text = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {operator: {"aws:PrincipalTag/t": values}}}]});
        let source = Source::new("policy.json", text.to_string());
        let read = read(&source, Kind::Identity, &ReadOptions::default());
        read.policy.unwrap().statements.remove(0).into_statement()
    }

    fn within_texts(operator: &str, some: &[&str], all: &[&str]) -> bool {
        let of = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            statement(operator, &values).conditions.remove(0)
        };
        within(&of(some), &of(all))
    }

    #[test]
    fn values_are_within_those_that_end_with_a_star() {
        let tag = "${aws:PrincipalTag/u}";
        let with = |rest: &str| format!("{tag}{rest}");
        for (some, all, expected) in [
            (vec!["ab", "a*b", "a"], vec!["a*"], true),
            (vec!["b", "a"], vec!["a*"], false),
            (vec!["*"], vec!["a*"], false),
            (vec!["a?"], vec!["a*"], true),
            (vec!["a*"], vec!["a?"], false),
            (vec!["ab"], vec!["a?*"], false),
            (vec!["x", "a*c"], vec!["a*", "x"], true),
            (vec!["a${*}"], vec!["a*"], true),
            (vec!["a*"], vec!["a${*}"], false),
            (vec!["a\u{4}\u{2}"], vec!["a\u{1}"], false),
            (vec!["a\u{2}x"], vec!["a\u{1}"], false),
            (vec![&with("x")], vec![&with("*")], true),
            (vec![&with("x")], vec!["$*"], false),
            (vec!["${aws:PrincipalTag/u, 'd'}x"], vec![&with("*")], false),
            (vec!["${aws:PrincipalTag/u, '\u{2}'}x"], vec![&with("*")], false),
            (vec!["${aws:PrincipalTag/u, ''}x"], vec!["${aws:PrincipalTag/u, ''}*"], true),
        ] {
            assert_eq!(within_texts("StringLike", &some, &all), expected, "{some:?} {all:?}");
            // Many are looked up as few are.
            let many: Vec<String> = (0..100).map(|at| format!("z{at}")).collect();
            let [some, all] = [some, all].map(|own| {
                own.into_iter().chain(many.iter().map(String::as_str)).collect::<Vec<_>>()
            });
            assert_eq!(within_texts("StringLike", &some, &all), expected, "{some:?} {all:?}");
        }
        assert!(!within_texts("StringEquals", &["ab"], &["a*"]));
        assert!(within_texts("NumericEquals", &["1", "2.0"], &["2", "1", "3"]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        /// Where the texts say that a condition implies another one, it does.
        #[test]
        fn what_is_implied_holds(
            given in vec("[ab*?]{0,4}", 1..20), wanted in vec("[ab*?]{0,4}", 1..20), text in "[abc]{0,5}",
            operator in prop::sample::select(vec!["StringLike", "StringNotLike", "StringEquals", "StringNotLikeIfExists"]),
        ) {
            let [given, wanted] = [given, wanted].map(|values| statement(operator, &values));
            let source = Source::new("request.json", json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject",
                "resource": "*", "context": {"aws:PrincipalTag/t": text}}).to_string());
            let request: Request = keyaki_iam::request::read(&source, &keyaki_iam::json::Limits::default()).request.unwrap();
            if implies(&given.conditions[0], &wanted.conditions[0]) && semantics::applies(&given, Kind::Identity, &request) {
                prop_assert!(semantics::applies(&wanted, Kind::Identity, &request));
            }
        }
    }
}
