//! The reasons in words: lower case, one line each, the user's text in backticks.

use super::SHOWN;
use super::action_text;
use super::reasons::variable_text;
use super::{
    ActionFailure, ConditionFailure, ConditionReason, EntryMismatch, EntryReason, Failure,
    PrincipalFailure, PrincipalMismatch, PrincipalReason, ResourceFailure, Substituted,
    ValueFailure, ValueMismatch, ValueMismatchReason,
};
use crate::semantics::NoValue;
use keyaki_iam::policy::{ContextKey, Operator, SetOperator, Variable};
use std::fmt::{Display, Formatter, Result};

/// At most [`SHOWN`] of the items, and how many more there are.
fn list<T>(
    f: &mut Formatter<'_>,
    separator: &str,
    items: &[T],
    show: impl FnMut(&mut Formatter<'_>, &T) -> Result,
) -> Result {
    beginning(f, separator, items, items.len(), show)
}

/// The same of the first of so many items, of which there are as many as are shown.
fn beginning<T>(
    f: &mut Formatter<'_>,
    separator: &str,
    items: &[T],
    count: usize,
    mut show: impl FnMut(&mut Formatter<'_>, &T) -> Result,
) -> Result {
    for (index, item) in items.iter().take(SHOWN).enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        show(f, item)?;
    }
    if count > SHOWN { write!(f, "{separator}and {} more", count - SHOWN) } else { Ok(()) }
}

fn quoted(f: &mut Formatter<'_>, text: &String) -> Result {
    write!(f, "`{text}`")
}

impl Display for Failure {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Failure::Layer(layer, exemption) => write!(f, "{layer}: {exemption}"),
            Failure::Principal(failure) => failure.fmt(f),
            Failure::Action(failure) => failure.fmt(f),
            Failure::Resource(failure) => failure.fmt(f),
            Failure::Condition(failure) => failure.fmt(f),
        }
    }
}

impl Display for PrincipalFailure {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            PrincipalFailure::Unnamed => {
                f.write_str("it has no `Principal`, and so applies to nobody")
            }
            PrincipalFailure::NoPrincipal { caller } => {
                write!(f, "the caller `{caller}` is not a principal")
            }
            PrincipalFailure::NoEntryMatches { entries, .. } if entries.is_empty() => {
                f.write_str("`Principal` names nobody")
            }
            PrincipalFailure::NoEntryMatches { caller, entries } => {
                write!(f, "the caller is `{caller}`; `Principal` names ")?;
                list(f, ", ", entries, |f, entry| entry.fmt(f))
            }
            PrincipalFailure::Excluded { caller, entries } => {
                write!(f, "the caller is `{caller}`, which `NotPrincipal` exempts by ")?;
                list(f, ", ", entries, quoted)
            }
        }
    }
}

impl Display for PrincipalMismatch {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "`{}`", self.entry)?;
        f.write_str(match self.reason {
            PrincipalReason::Differs => "",
            PrincipalReason::CanonicalUser => " (a canonical user, which no request shows)",
            PrincipalReason::UniqueId => " (a unique id, which `aws:userid` does not show)",
            PrincipalReason::OtherAction => {
                " (only for `sts:AssumeRoleWith...` and what such a call asks for besides)"
            }
        })
    }
}

impl Display for ActionFailure {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            ActionFailure::NoEntryMatches { entries, .. } if entries.is_empty() => {
                f.write_str("`Action` is an empty list")
            }
            ActionFailure::NoEntryMatches { action, entries, count } => {
                write!(f, "no entry of `Action` matches `{action}`: ")?;
                beginning(f, ", ", entries, *count, |f, entry| quoted(f, &action_text(entry)))
            }
            ActionFailure::Excluded { action, entry } => {
                write!(f, "`NotAction` excludes `{action}`: it matches `{entry}`")
            }
        }
    }
}

impl Display for ResourceFailure {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            ResourceFailure::NoEntryMatches { entries, .. } if entries.is_empty() => {
                f.write_str("`Resource` is an empty list")
            }
            ResourceFailure::NoEntryMatches { resource, entries } => {
                write!(f, "no entry of `Resource` matches `{resource}`: ")?;
                list(f, "; ", entries, |f, entry| entry.fmt(f))
            }
            ResourceFailure::Excluded { resource, entry } => {
                write!(f, "`NotResource` excludes `{resource}`: it matches `{entry}`")
            }
        }
    }
}

impl Display for EntryMismatch {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "`{}` {}", self.entry, self.reason)
    }
}

impl Display for EntryReason {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            EntryReason::StarsNeeded => {
                f.write_str("is not `*`, which a resource that is not an ARN needs")
            }
            EntryReason::TooFewFields => {
                f.write_str("has fewer than six fields and matches nothing in this kind of policy")
            }
            EntryReason::Field { name, pattern, value } => {
                write!(f, "differs in field {name}: {pattern} against `{value}`")
            }
            EntryReason::Variable(variable, reason) => {
                f.write_str("matches nothing: ")?;
                without_value(f, variable, *reason)
            }
        }
    }
}

impl Display for Substituted {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.replaced {
            None => write!(f, "`{}`", self.written),
            Some(replaced) => write!(f, "`{}` (here `{replaced}`)", self.written),
        }
    }
}

fn without_value(f: &mut Formatter<'_>, variable: &Variable, reason: NoValue) -> Result {
    let because = match reason {
        NoValue::Absent => "is absent",
        NoValue::Multivalued => "is multivalued",
    };
    write!(
        f,
        "variable `{}` has no value since `{}` {because}",
        variable_text(variable),
        variable.key.text()
    )
}

impl Display for ConditionFailure {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let (operator, key) = (&self.operator, self.key.text());
        match &self.reason {
            ConditionReason::Absent => write!(f, "`{key}` is absent and `{operator}` needs it"),
            ConditionReason::SeveralValues(values) => {
                write!(
                    f,
                    "`{key}` has {} values and `{operator}` has no set operator: ",
                    values.len()
                )?;
                list(f, ", ", values, quoted)
            }
            ConditionReason::Present => {
                write!(f, "`{key}` is present and `{operator}` asks for its absence")
            }
            ConditionReason::NothingAsked => {
                write!(f, "`{operator}` on `{key}` has an empty list of values")
            }
            ConditionReason::NeverHolds => {
                write!(f, "`{operator}` never holds; use `Null` to test the presence of `{key}`")
            }
            ConditionReason::EmptySet => write!(
                f,
                "the only value of `{key}` is empty, which `{operator}` takes for no value"
            ),
            ConditionReason::Values(failures) => {
                if self.operator.set == Some(SetOperator::ForAnyValue) {
                    write!(f, "no value of `{key}` satisfies `{operator}`: ")?;
                }
                list(f, "; ", failures, |f, failure| failure.show(f, self.operator, &self.key))
            }
        }
    }
}

impl ValueFailure {
    fn show(&self, f: &mut Formatter<'_>, operator: Operator, key: &ContextKey) -> Result {
        let subject = |f: &mut Formatter<'_>, value: &str| match operator.set {
            None => write!(f, "`{}` is `{value}`", key.text()),
            Some(_) => write!(f, "`{}` holds `{value}`", key.text()),
        };
        match self {
            ValueFailure::NoMatch { value, mismatches } => {
                subject(f, value)?;
                if mismatches.is_empty() {
                    return write!(f, ", and `{operator}` has an empty list of values");
                }
                write!(f, ", which no value of `{operator}` matches: ")?;
                list(f, ", ", mismatches, |f, mismatch| mismatch.fmt(f))
            }
            ValueFailure::Excluded { value, by } => {
                subject(f, value)?;
                write!(f, ", which `{operator}` excludes by {by}")
            }
        }
    }
}

impl Display for ValueMismatch {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.expected.fmt(f)?;
        match &self.reason {
            ValueMismatchReason::Differs => Ok(()),
            ValueMismatchReason::IllTypedValue(wanted) => {
                write!(f, " (the request's value is not {wanted})")
            }
            ValueMismatchReason::IllTypedLiteral(wanted) => write!(f, " (is not {wanted})"),
            ValueMismatchReason::OtherAddressFamily => {
                f.write_str(" (the addresses are of different families)")
            }
            ValueMismatchReason::ArnField(name) => write!(f, " (differs in field {name})"),
            ValueMismatchReason::Variable(variable, reason) => {
                f.write_str(" (")?;
                without_value(f, variable, *reason)?;
                f.write_str(")")
            }
        }
    }
}
