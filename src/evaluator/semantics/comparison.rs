//! The positive relation of each operator between one value of the request and one of the policy
//! (SEMANTICS 4.4).
//!
//! Decisions where the text is silent: a value of the request that is ill-typed matches nothing, so
//! negated operators hold for it (`[U12]`). `Bool` reads both sides after substitution; what is
//! neither `true` nor `false` matches nothing. `BinaryEquals` compares the UTF-8 bytes of the
//! request's value.

use super::glob::{self, Case};
use super::substitution::{NoValue, Part, pattern, plain_text, substitute};
use keyaki_iam::policy::Literal;
use keyaki_iam::policy::{BaseOperator, ConditionValue, Template, Variable};
use keyaki_iam::request::{Request, arn_fields};
use keyaki_iam::value::{self};
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
    value: &str,
    expected: &'a ConditionValue,
    request: &'a Request,
) -> Comparison<'a> {
    use BaseOperator::*;
    let literal = &expected.literal;
    match base {
        StringEquals | StringNotEquals => {
            compare_texts(literal, request, |parts| plain_text(parts) == value)
        }
        StringEqualsIgnoreCase | StringNotEqualsIgnoreCase => {
            compare_texts(literal, request, |parts| plain_text(parts).eq_ignore_ascii_case(value))
        }
        StringLike | StringNotLike => compare_texts(literal, request, |parts| {
            glob::matches(pattern(parts), value, Case::Exact)
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
        Bool => compare_booleans(literal, value, request),
        BinaryEquals => {
            let Literal::Bytes(bytes) = literal else { return Err(Mismatch::IllTypedLiteral) };
            check(value.as_bytes() == bytes)
        }
        IpAddress | NotIpAddress => compare_addresses(literal, value),
        ArnEquals | ArnLike | ArnNotEquals | ArnNotLike => {
            compare_arns(value, template(literal)?, request)
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
    request: &'a Request,
) -> Result<Vec<Part<'a>>, Mismatch<'a>> {
    substitute(template, request).map_err(|(variable, reason)| Mismatch::Variable(variable, reason))
}

fn compare_texts<'a>(
    literal: &'a Literal,
    request: &'a Request,
    holds: impl Fn(&[Part<'a>]) -> bool,
) -> Comparison<'a> {
    check(holds(&resolved(template(literal)?, request)?))
}

fn compare_booleans<'a>(literal: &'a Literal, value: &str, request: &'a Request) -> Comparison<'a> {
    let wanted = value::boolean(&plain_text(&resolved(template(literal)?, request)?))
        .ok_or(Mismatch::IllTypedLiteral)?;
    check(value::boolean(value).ok_or(Mismatch::IllTypedValue)? == wanted)
}

/// `holds` of the order of the request's number to the policy's.
fn compare_numbers<'a>(
    literal: &Literal,
    value: &str,
    holds: fn(Ordering) -> bool,
) -> Comparison<'a> {
    let Literal::Number(number) = literal else { return Err(Mismatch::IllTypedLiteral) };
    check(holds(value::number(value).ok_or(Mismatch::IllTypedValue)?.cmp(number)))
}

/// `holds` of the order of the request's instant to the policy's.
fn compare_dates<'a>(
    literal: &Literal,
    value: &str,
    holds: fn(Ordering) -> bool,
) -> Comparison<'a> {
    let Literal::Instant(instant) = literal else { return Err(Mismatch::IllTypedLiteral) };
    check(holds(value::instant(value).ok_or(Mismatch::IllTypedValue)?.cmp(instant)))
}

fn compare_addresses<'a>(literal: &Literal, value: &str) -> Comparison<'a> {
    let Literal::Network(network) = literal else { return Err(Mismatch::IllTypedLiteral) };
    let address = value::address(value).ok_or(Mismatch::IllTypedValue)?;
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
fn compare_arns<'a>(value: &str, template: &'a Template, request: &'a Request) -> Comparison<'a> {
    let values = arn_fields(value).ok_or(Mismatch::IllTypedValue)?;
    let parts = resolved(template, request)?;
    if let [Part::Value(whole)] = *parts {
        arn_fields(whole).ok_or(Mismatch::IllTypedLiteral)?;
        return check(whole == value);
    }
    let fields = split_fields(&parts).ok_or(Mismatch::IllTypedLiteral)?;
    match fields
        .iter()
        .zip(values)
        .position(|(field, value)| !glob::matches(pattern(field), value, Case::Exact))
    {
        None => Ok(()),
        Some(index) => Err(Mismatch::ArnField(index)),
    }
}

/// Splits at the first five colons of the policy's own text; `None` when there are fewer.
fn split_fields<'a>(parts: &[Part<'a>]) -> Option<Vec<Vec<Part<'a>>>> {
    let mut fields = Vec::with_capacity(6);
    let mut current = Vec::new();
    for part in parts {
        let Part::Literal(mut text) = *part else {
            current.push(*part);
            continue;
        };
        while fields.len() < 5
            && let Some((before, after)) = text.split_once(':')
        {
            current.push(Part::Literal(before));
            fields.push(std::mem::take(&mut current));
            text = after;
        }
        current.push(Part::Literal(text));
    }
    fields.push(current);
    (fields.len() == 6).then_some(fields)
}
