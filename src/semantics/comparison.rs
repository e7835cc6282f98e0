//! The positive relation of each operator between one value of the request and one of the policy (SEMANTICS 4.4).
//!
//! Decisions where the text is silent: a value of the request that is ill-typed matches nothing, so negated operators hold for it
//! (`[U12]`). `Bool` reads both sides after substitution; what is neither `true` nor `false` matches nothing. `BinaryEquals` compares
//! the UTF-8 bytes of the request's value.

use super::glob::{self, Case};
use super::substitution::{NoValue, Part, pattern, plain_text, substitute};
use crate::policy::Literal;
use crate::policy::{BaseOperator, ConditionValue, Family, Template, Variable};
use crate::request::{Request, arn_fields};
use crate::value::{self};
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

fn check<'a>(equal: bool) -> Comparison<'a> {
    if equal { Ok(()) } else { Err(Mismatch::Differs) }
}

/// Compares by the positive relation of `base`; a negated operator is its complement and asks the same.
pub(super) fn compare<'a>(base: BaseOperator, value: &str, expected: &'a ConditionValue, request: &'a Request) -> Comparison<'a> {
    match (base.family(), &expected.literal) {
        (Family::String, Literal::Text(template)) => compare_texts(base, value, template, request),
        (Family::Arn, Literal::Text(template)) => compare_arns(value, template, request),
        (Family::Bool, Literal::Text(template)) => {
            let wanted = value::boolean(&plain_text(&resolved(template, request)?)).ok_or(Mismatch::IllTypedLiteral)?;
            check(value::boolean(value).ok_or(Mismatch::IllTypedValue)? == wanted)
        }
        (Family::Numeric, Literal::Number(number)) => {
            check(in_order(base, value::number(value).ok_or(Mismatch::IllTypedValue)?.cmp(number)))
        }
        (Family::Date, Literal::Instant(instant)) => {
            check(in_order(base, value::instant(value).ok_or(Mismatch::IllTypedValue)?.cmp(instant)))
        }
        (Family::IpAddress, Literal::Network(network)) => {
            let address = value::address(value).ok_or(Mismatch::IllTypedValue)?;
            if address.is_ipv4() != network.addr().is_ipv4() {
                return Err(Mismatch::OtherAddressFamily);
            }
            check(network.contains(&address))
        }
        (Family::Binary, Literal::Bytes(bytes)) => check(value.as_bytes() == bytes),
        _ => Err(Mismatch::IllTypedLiteral),
    }
}

fn resolved<'a>(template: &'a Template, request: &'a Request) -> Result<Vec<Part<'a>>, Mismatch<'a>> {
    substitute(template, request).map_err(|(variable, reason)| Mismatch::Variable(variable, reason))
}

fn compare_texts<'a>(base: BaseOperator, value: &str, template: &'a Template, request: &'a Request) -> Comparison<'a> {
    let parts = resolved(template, request)?;
    check(match base {
        BaseOperator::StringLike | BaseOperator::StringNotLike => glob::matches(pattern(&parts), value, Case::Exact),
        BaseOperator::StringEqualsIgnoreCase | BaseOperator::StringNotEqualsIgnoreCase => plain_text(&parts).eq_ignore_ascii_case(value),
        _ => plain_text(&parts) == value,
    })
}

/// Whether the order of the request's value to the policy's is the one that the positive relation of `base` asks for.
fn in_order(base: BaseOperator, order: Ordering) -> bool {
    use BaseOperator::*;
    match base {
        NumericLessThan | DateLessThan => order.is_lt(),
        NumericLessThanEquals | DateLessThanEquals => order.is_le(),
        NumericGreaterThan | DateGreaterThan => order.is_gt(),
        NumericGreaterThanEquals | DateGreaterThanEquals => order.is_ge(),
        _ => order.is_eq(),
    }
}

/// `ArnEquals` and `ArnLike`, which are one relation: six fields against six fields, wildcards in each.
///
/// The policy's text is split at its first five colons before substitution: the colons of a variable's value do not split. But a text
/// that is one variable and nothing else takes its value's fields, and matches the equal ARN.
fn compare_arns<'a>(value: &str, template: &'a Template, request: &'a Request) -> Comparison<'a> {
    let values = arn_fields(value).ok_or(Mismatch::IllTypedValue)?;
    let parts = resolved(template, request)?;
    if let [Part::Value(whole)] = *parts {
        arn_fields(whole).ok_or(Mismatch::IllTypedLiteral)?;
        return check(whole == value);
    }
    let fields = split_fields(&parts).ok_or(Mismatch::IllTypedLiteral)?;
    match fields.iter().zip(values).position(|(field, value)| !glob::matches(pattern(field), value, Case::Exact)) {
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
