//! The positive relation of each operator between one value of the request and one of the policy
//! (SEMANTICS 4.4).
//!
//! Decisions where the text is silent: a value of the request that is ill-typed matches nothing, so
//! negated operators hold for it (`[U12]`). `Bool` reads both sides after substitution; what is
//! neither `true` nor `false` matches nothing. `BinaryEquals` compares the UTF-8 bytes of the
//! request's value.

use super::context::{Context, Value};
use super::glob::{self, Case};
use super::substitution::{NoValue, Part, Substituted, pattern, substitute};
use keyaki_iam::policy::Literal;
use keyaki_iam::policy::{BaseOperator, ConditionValue, Template, Variable};
use keyaki_iam::request::arn_fields;
use keyaki_iam::value;
use std::cmp::Ordering;

/// Why a value of the request does not match a value of the policy.
pub(super) enum Mismatch<'a> {
    /// The two differ, or do not stand in the operator's order.
    Differs,
    /// The request's value is not what the operator's family compares.
    IllTypedValue,
    /// The policy's value is not what the operator's family compares.
    IllTypedLiteral,
    /// The addresses are of different families.
    OtherAddressFamily,
    /// The ARNs differ in this field, from 0.
    ArnField(usize),
    /// A variable of the policy's value has no value.
    Variable(&'a Variable, NoValue),
}

type Comparison<'a> = Result<(), Mismatch<'a>>;

fn check<'a>(holds: bool) -> Comparison<'a> {
    if holds { Ok(()) } else { Err(Mismatch::Differs) }
}

/// Compares by the positive relation of `base`; a negated operator is its complement and asks the
/// same.
///
/// Every operator has its own arm and its own words: one that is new means nothing until it is
/// decided here.
pub(super) fn compare<'a>(
    base: BaseOperator,
    value: &Value<'_>,
    expected: &'a ConditionValue,
    context: &'a Context<'_>,
) -> Comparison<'a> {
    use BaseOperator::*;
    let literal = &expected.literal;
    match base {
        StringEquals | StringNotEquals => compare_texts(literal, context, |expected| {
            glob::matches(expected.plain(), value.text, Case::Exact)
        }),
        StringEqualsIgnoreCase | StringNotEqualsIgnoreCase => {
            compare_texts(literal, context, |expected| {
                glob::matches(expected.plain(), value.text, Case::Ignored)
            })
        }
        StringLike | StringNotLike => compare_texts(literal, context, |expected| {
            glob::matches(expected.pattern(), value.text, Case::Exact)
        }),
        NumericEquals | NumericNotEquals => compare_numbers(literal, value, Ordering::is_eq),
        NumericLessThan => compare_numbers(literal, value, Ordering::is_lt),
        NumericLessThanEquals => compare_numbers(literal, value, Ordering::is_le),
        NumericGreaterThan => compare_numbers(literal, value, Ordering::is_gt),
        NumericGreaterThanEquals => compare_numbers(literal, value, Ordering::is_ge),
        DateEquals | DateNotEquals => compare_dates(literal, value, Ordering::is_eq),
        DateLessThan => compare_dates(literal, value, Ordering::is_lt),
        DateLessThanEquals => compare_dates(literal, value, Ordering::is_le),
        DateGreaterThan => compare_dates(literal, value, Ordering::is_gt),
        DateGreaterThanEquals => compare_dates(literal, value, Ordering::is_ge),
        Bool => compare_booleans(literal, value, context),
        BinaryEquals => {
            let Literal::Bytes(bytes) = literal else { return Err(Mismatch::IllTypedLiteral) };
            check(value.text.as_bytes() == bytes)
        }
        IpAddress | NotIpAddress => compare_addresses(literal, value),
        ArnEquals | ArnLike | ArnNotEquals | ArnNotLike => {
            compare_arns(value.text, template(literal)?, context)
        }
        // It asks for presence, which no value has.
        Null => Err(Mismatch::IllTypedLiteral),
    }
}

fn template<'a>(literal: &Literal) -> Result<&Template, Mismatch<'a>> {
    if let Literal::Text(template) = literal {
        Ok(template)
    } else {
        Err(Mismatch::IllTypedLiteral)
    }
}

fn resolved<'a>(
    template: &'a Template,
    context: &'a Context<'_>,
) -> Result<Substituted<'a>, Mismatch<'a>> {
    substitute(template, context).map_err(|(variable, reason)| Mismatch::Variable(variable, reason))
}

fn compare_texts<'a>(
    literal: &'a Literal,
    context: &'a Context<'_>,
    holds: impl Fn(&Substituted<'a>) -> bool,
) -> Comparison<'a> {
    check(holds(&resolved(template(literal)?, context)?))
}

fn compare_booleans<'a>(
    literal: &'a Literal,
    value: &Value<'_>,
    context: &'a Context<'_>,
) -> Comparison<'a> {
    let wanted = value::boolean(&resolved(template(literal)?, context)?.text())
        .ok_or(Mismatch::IllTypedLiteral)?;
    check(value.boolean().ok_or(Mismatch::IllTypedValue)? == wanted)
}

/// `holds` of the order of the request's number to the policy's.
fn compare_numbers<'a>(
    literal: &Literal,
    value: &Value<'_>,
    holds: fn(Ordering) -> bool,
) -> Comparison<'a> {
    let Literal::Number(number) = literal else { return Err(Mismatch::IllTypedLiteral) };
    check(holds(value.number().ok_or(Mismatch::IllTypedValue)?.cmp(number)))
}

/// `holds` of the order of the request's instant to the policy's.
fn compare_dates<'a>(
    literal: &Literal,
    value: &Value<'_>,
    holds: fn(Ordering) -> bool,
) -> Comparison<'a> {
    let Literal::Instant(instant) = literal else { return Err(Mismatch::IllTypedLiteral) };
    check(holds(value.instant().ok_or(Mismatch::IllTypedValue)?.cmp(instant)))
}

fn compare_addresses<'a>(literal: &Literal, value: &Value<'_>) -> Comparison<'a> {
    let Literal::Network(network) = literal else { return Err(Mismatch::IllTypedLiteral) };
    let address = value.address().ok_or(Mismatch::IllTypedValue)?;
    if address.is_ipv4() != network.addr().is_ipv4() {
        return Err(Mismatch::OtherAddressFamily);
    }
    check(network.contains(&address))
}

/// `ArnEquals` and `ArnLike`, which are one relation: six fields against six fields, wildcards in
/// each.
///
/// The policy's text is split at its first five colons before substitution: the colons of a
/// variable's value do not split. But a text that is one variable and nothing else takes its
/// value's fields, and matches the equal ARN.
fn compare_arns<'a>(
    value: &str,
    template: &'a Template,
    context: &'a Context<'_>,
) -> Comparison<'a> {
    let values = arn_fields(value).ok_or(Mismatch::IllTypedValue)?;
    let expected = resolved(template, context)?;
    if let Some(whole) = expected.whole_value() {
        arn_fields(whole).ok_or(Mismatch::IllTypedLiteral)?;
        return check(whole == value);
    }
    let parts = cut_at_colons(expected.parts()).ok_or(Mismatch::IllTypedLiteral)?;
    let differs = |(field, value): (&[Option<Part<'_>>], &str)| {
        !glob::matches(pattern(field.iter().copied().flatten()), value, Case::Exact)
    };
    match parts.split(Option::is_none).zip(values).position(differs) {
        None => Ok(()),
        Some(index) => Err(Mismatch::ArnField(index)),
    }
}

/// The parts with nothing in the place of the first five colons of the policy's own text; `None`
/// when there are fewer.
fn cut_at_colons<'a>(parts: impl Iterator<Item = Part<'a>>) -> Option<Vec<Option<Part<'a>>>> {
    let mut cut = Vec::new();
    let mut colons = 0;
    for part in parts {
        let Part::Literal(mut text) = part else {
            cut.push(Some(part));
            continue;
        };
        while colons < 5
            && let Some((before, after)) = text.split_once(':')
        {
            cut.extend([Some(Part::Literal(before)), None]);
            text = after;
            colons += 1;
        }
        cut.push(Some(Part::Literal(text)));
    }
    (colons == 5).then_some(cut)
}
