//! The reasons of resources and conditions, told from what the matching found.

use super::{
    ConditionFailure, ConditionReason, EntryMismatch, EntryReason, ResourceFailure, Substituted,
    ValueFailure, ValueMismatch, ValueMismatchReason,
};
use crate::semantics::asked::Asked;
use crate::semantics::context::{Context, Value};
use crate::semantics::substitution::substitute;
use crate::semantics::{comparison, condition, resource};
use keyaki_iam::policy::Literal;
use keyaki_iam::policy::{
    Condition, ConditionValue, Family, Kind, Piece, ResourcePattern, Statement, Template,
};

const FIELDS: [&str; 6] = ["arn", "partition", "service", "region", "account", "rest"];

fn field_name(index: usize) -> &'static str {
    FIELDS.get(index).copied().unwrap_or("rest")
}

pub(super) fn resource_failure(
    statement: &Statement,
    kind: Kind,
    asked: &Asked<'_>,
) -> Option<ResourceFailure> {
    let element = statement.resource.as_ref()?;
    let requested = &asked.request.resource;
    if resource::matches(Some(element), kind, asked) {
        return None;
    }
    let mut entries = Vec::new();
    for entry in &element.patterns {
        match resource::compare_entry(entry, kind, asked.resource, asked.context()) {
            Ok(()) => {
                return Some(ResourceFailure::Excluded {
                    resource: requested.clone(),
                    entry: entry_text(entry),
                });
            }
            Err(mismatch) => entries.push(EntryMismatch {
                entry: entry_text(entry),
                reason: entry_reason(entry, &mismatch, asked),
            }),
        }
    }
    Some(ResourceFailure::NoEntryMatches { resource: requested.clone(), entries })
}

fn entry_text(entry: &ResourcePattern) -> String {
    match entry {
        ResourcePattern::Any => "*".to_owned(),
        ResourcePattern::Arn { text, .. } => (**text).to_owned(),
    }
}

fn entry_reason(
    entry: &ResourcePattern,
    mismatch: &resource::Mismatch<'_>,
    asked: &Asked<'_>,
) -> EntryReason {
    match *mismatch {
        resource::Mismatch::NotAnArn => EntryReason::StarsNeeded,
        resource::Mismatch::Short => EntryReason::TooFewFields,
        resource::Mismatch::Variable(variable, reason) => {
            EntryReason::Variable(variable.clone(), reason)
        }
        resource::Mismatch::Field(index) => {
            let pattern = match entry {
                ResourcePattern::Arn { fields, .. } => fields.get(index),
                ResourcePattern::Any => None,
            };
            let value =
                asked.resource.and_then(|fields| fields.get(index).copied()).unwrap_or_default();
            EntryReason::Field {
                name: field_name(index),
                pattern: pattern
                    .map(|field| substituted(written(field), field, asked.context()))
                    .unwrap_or_default(),
                value: value.to_owned(),
            }
        }
    }
}

/// The template as it could be written in a policy of Version 2012-10-17.
fn written(template: &Template) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Literal(text) => text.replace('*', "${*}").replace('?', "${?}"),
        Piece::AnyChar => "?".to_owned(),
        Piece::AnyString => "*".to_owned(),
        Piece::Variable(variable) => variable_text(variable),
    };
    template.pieces.iter().map(text).collect()
}

/// A variable as written: `${key}` or `${key, 'default'}`.
pub(super) fn variable_text(variable: &keyaki_iam::policy::Variable) -> String {
    match &variable.default {
        None => format!("${{{}}}", variable.key.text()),
        Some(default) => format!("${{{}, '{default}'}}", variable.key.text()),
    }
}

fn substituted(written: String, template: &Template, context: &Context<'_>) -> Substituted {
    let variables = template.pieces.iter().any(|piece| matches!(piece, Piece::Variable(_)));
    let replaced = if variables {
        substitute(template, context).ok().map(|replaced| replaced.text().into_owned())
    } else {
        None
    };
    Substituted { written, replaced }
}

pub(super) fn condition_failure(
    pair: &Condition,
    context: &Context<'_>,
) -> Option<ConditionFailure> {
    let failure = condition::evaluate(pair, context).err()?;
    let reason = match failure {
        condition::Failure::Absent => ConditionReason::Absent,
        condition::Failure::SeveralValues(values) => {
            ConditionReason::SeveralValues(values.iter().map(|one| one.text.to_owned()).collect())
        }
        condition::Failure::Presence(_) if pair.values.is_empty() => ConditionReason::NothingAsked,
        condition::Failure::Presence(true) => ConditionReason::Present,
        condition::Failure::Presence(false) => ConditionReason::Absent,
        condition::Failure::NeverHolds => ConditionReason::NeverHolds,
        condition::Failure::EmptySet => ConditionReason::EmptySet,
        condition::Failure::Values(values) => ConditionReason::Values(
            values
                .iter()
                .filter(|value| !condition::satisfies(pair, value, context))
                .map(|value| value_failure(pair, value, context))
                .collect(),
        ),
    };
    Some(ConditionFailure { operator: pair.operator, key: pair.key.clone(), reason })
}

fn value_failure(pair: &Condition, value: &Value<'_>, context: &Context<'_>) -> ValueFailure {
    if pair.operator.base.negated()
        && let Some(by) = condition::matching(pair, value, context)
    {
        return ValueFailure::Excluded { value: value.text.to_owned(), by: expected(by, context) };
    }
    let mismatch = |policy: &ConditionValue| {
        let mismatch = comparison::compare(pair.operator.base, value, policy, context).err()?;
        let reason = mismatch_reason(pair.operator.base.family(), &mismatch);
        Some(ValueMismatch { expected: expected(policy, context), reason })
    };
    ValueFailure::NoMatch {
        value: value.text.to_owned(),
        mismatches: pair.values.iter().filter_map(mismatch).collect(),
    }
}

fn expected(value: &ConditionValue, context: &Context<'_>) -> Substituted {
    match &value.literal {
        Literal::Text(template) => substituted(value.text.clone(), template, context),
        Literal::Number(_)
        | Literal::Instant(_)
        | Literal::Network(_)
        | Literal::Bytes(_)
        | Literal::Presence(_) => Substituted { written: value.text.clone(), replaced: None },
    }
}

fn mismatch_reason(family: Family, mismatch: &comparison::Mismatch<'_>) -> ValueMismatchReason {
    match *mismatch {
        comparison::Mismatch::Differs => ValueMismatchReason::Differs,
        comparison::Mismatch::IllTypedValue => {
            ValueMismatchReason::IllTypedValue(family_words(family))
        }
        comparison::Mismatch::IllTypedLiteral => {
            ValueMismatchReason::IllTypedLiteral(family_words(family))
        }
        comparison::Mismatch::OtherAddressFamily => ValueMismatchReason::OtherAddressFamily,
        comparison::Mismatch::ArnField(index) => ValueMismatchReason::ArnField(field_name(index)),
        comparison::Mismatch::Variable(variable, reason) => {
            ValueMismatchReason::Variable(variable.clone(), reason)
        }
    }
}

fn family_words(family: Family) -> &'static str {
    match family {
        Family::String => "a text",
        Family::Numeric => "a decimal number",
        Family::Date => "a date",
        Family::Bool => "`true` or `false`",
        Family::Binary => "base 64",
        Family::IpAddress => "an IP address",
        Family::Arn => "an ARN of six fields",
        Family::Null => "`true` or `false`",
    }
}
