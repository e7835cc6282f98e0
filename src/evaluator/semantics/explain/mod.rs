//! Why a statement applies or does not: the reasons as data. `display` puts them into words.

mod display;
mod layers;
mod principal;
mod reasons;

pub use principal::{PrincipalFailure, PrincipalMismatch, PrincipalReason};

use super::asked::Asked;
use super::decision::Decided;
use super::layers::{Placed, placed};
use super::participation::Exemption;
use super::{Evaluation, StatementRef, action};
use crate::semantics::NoValue;
use keyaki_iam::layers::{Layer, Policies};
use keyaki_iam::policy::{
    ActionElement, ActionPattern, ContextKey, Effect, Kind, Operator, Statement, Variable,
};
use keyaki_iam::request::Request;

/// A decision with every statement accounted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The decision, as [`decide`](super::decide) gives it.
    pub evaluation: Evaluation,
    /// One for each statement of each policy, in order.
    pub statements: Vec<StatementExplanation>,
}

/// What became of one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementExplanation {
    /// Which statement.
    pub statement: StatementRef,
    /// The layer of its policy.
    pub layer: Layer,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// Its effect.
    pub effect: Effect,
    /// Why it does not apply, in the order layer, principal, action, resource, conditions as
    /// written. It applies iff there is nothing.
    pub failures: Vec<Failure>,
}

impl StatementExplanation {
    /// Whether the statement applies.
    pub fn applied(&self) -> bool {
        self.failures.is_empty()
    }

    /// The first thing that keeps it from applying; `None` when the statement applies.
    pub fn first_failure(&self) -> Option<&Failure> {
        self.failures.first()
    }
}

/// What keeps a statement from applying: an element that does not match the request, or its whole
/// layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The layer, or what it allows, does not count for this request.
    Layer(Layer, Exemption),
    /// `Principal` or `NotPrincipal`.
    Principal(PrincipalFailure),
    /// `Action` or `NotAction`.
    Action(ActionFailure),
    /// `Resource` or `NotResource`.
    Resource(ResourceFailure),
    /// A pair of `Condition`.
    Condition(ConditionFailure),
}

/// How many entries or values are shown of a longer list.
const SHOWN: usize = 4;

/// Why the action part does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionFailure {
    /// No entry of `Action` matches; the list may be empty.
    NoEntryMatches {
        /// The request's action.
        action: String,
        /// The first entries, as many as are shown: of large policies there are many.
        entries: Vec<ActionPattern>,
        /// How many there are.
        count: usize,
    },
    /// An entry of `NotAction` matches.
    Excluded {
        /// The request's action.
        action: String,
        /// The first entry that matches.
        entry: String,
    },
}

/// Why the resource part does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceFailure {
    /// No entry of `Resource` matches; the list may be empty.
    NoEntryMatches {
        /// The request's resource.
        resource: String,
        /// The entries, each with its reason.
        entries: Vec<EntryMismatch>,
    },
    /// An entry of `NotResource` matches.
    Excluded {
        /// The request's resource.
        resource: String,
        /// The first entry that matches.
        entry: String,
    },
}

/// An entry of `Resource` that does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryMismatch {
    /// As written.
    pub entry: String,
    /// Why not.
    pub reason: EntryReason,
}

/// Why an entry of `Resource` does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryReason {
    /// The request's resource is `*` or not of six fields, and the entry is not of stars alone.
    StarsNeeded,
    /// The entry has fewer than six fields, and its policy's kind does not complete it.
    TooFewFields,
    /// A field differs.
    Field {
        /// `arn`, `partition`, `service`, `region`, `account` or `rest`.
        name: &'static str,
        /// The entry's field, as written and with its variables replaced.
        pattern: Substituted,
        /// The request's.
        value: String,
    },
    /// A variable has no value.
    Variable(Variable, NoValue),
}

/// A text of a policy, as written and after substitution.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Substituted {
    /// As written.
    pub written: String,
    /// With its variables replaced; `None` when it has none.
    pub replaced: Option<String>,
}

/// A (operator, key) pair that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionFailure {
    /// The operator.
    pub operator: Operator,
    /// The key.
    pub key: ContextKey,
    /// Why not.
    pub reason: ConditionReason,
}

/// Why a pair does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionReason {
    /// The key is absent, and the operator needs a value.
    Absent,
    /// Several values, and no set operator.
    SeveralValues(Vec<String>),
    /// `Null` asks for absence, and the key is present.
    Present,
    /// `Null` asks for nothing: its list of values is empty.
    NothingAsked,
    /// `ForAnyValue:Null` never holds.
    NeverHolds,
    /// The only value of the key is the empty text, which `ForAnyValue` takes for the empty set.
    EmptySet,
    /// Values of the request that do not satisfy the operator: the only one; under `ForAllValues`
    /// those that spoil it; under `ForAnyValue` all.
    Values(Vec<ValueFailure>),
}

/// A value of the request that does not satisfy the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueFailure {
    /// It matches no value of the policy.
    NoMatch {
        /// The request's value.
        value: String,
        /// The policy's values, each with its reason.
        mismatches: Vec<ValueMismatch>,
    },
    /// The operator is negated, and it matches a value of the policy.
    Excluded {
        /// The request's value.
        value: String,
        /// The first value of the policy that it matches.
        by: Substituted,
    },
}

/// A value of the policy that the request's value does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueMismatch {
    /// The policy's value.
    pub expected: Substituted,
    /// Why not.
    pub reason: ValueMismatchReason,
}

/// Why a value of the request does not match one of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueMismatchReason {
    /// They differ, or do not stand in the operator's order.
    Differs,
    /// The request's value is not what the operator compares: a number, for example.
    IllTypedValue(&'static str),
    /// The policy's value is not what the operator compares.
    IllTypedLiteral(&'static str),
    /// One address is of IPv4, the other of IPv6.
    OtherAddressFamily,
    /// The ARNs differ in this field.
    ArnField(&'static str),
    /// A variable of the policy's value has no value.
    Variable(Variable, NoValue),
}

/// Decides the request as [`decide`](super::decide) does and says of every statement whether it
/// applies and, if not, everything that keeps it from applying.
pub fn explain(policies: &Policies, request: &Request) -> Explanation {
    let asked = Asked::about(request);
    let explained = |Placed { layer, kind, reference, statement }: Placed<'_>| {
        let exemption = asked
            .exemption(layer, statement.effect)
            .map(|exemption| Failure::Layer(layer, exemption));
        let principal =
            principal::failure(statement, layer, policies, &asked).map(Failure::Principal);
        let others = failures_of(statement, kind, &asked);
        StatementExplanation {
            statement: reference,
            layer,
            sid: statement.sid.clone(),
            effect: statement.effect,
            failures: exemption.into_iter().chain(principal).chain(others).collect(),
        }
    };
    let decided = Decided::of(policies, &asked, placed(policies));
    Explanation {
        evaluation: decided.evaluation(),
        statements: placed(policies).map(explained).collect(),
    }
}

/// Everything in the action, resource and conditions of the statement, of a policy of this kind,
/// that does not match the request; empty iff [`super::applies`] says that it applies. Principals
/// are for [`explain`].
pub fn failures(statement: &Statement, kind: Kind, request: &Request) -> Vec<Failure> {
    failures_of(statement, kind, &Asked::about(request)).collect()
}

fn failures_of(
    statement: &Statement,
    kind: Kind,
    asked: &Asked<'_>,
) -> impl Iterator<Item = Failure> {
    let action = action_failure(statement, asked).map(Failure::Action);
    let resource = reasons::resource_failure(statement, kind, asked).map(Failure::Resource);
    let conditions = statement
        .conditions
        .iter()
        .filter_map(|condition| reasons::condition_failure(condition, asked.context()));
    action.into_iter().chain(resource).chain(conditions.map(Failure::Condition))
}

fn action_failure(statement: &Statement, asked: &Asked<'_>) -> Option<ActionFailure> {
    let ActionElement { negated, patterns } = &statement.action;
    let action = || asked.request.action.clone();
    let matched = patterns.iter().find(|pattern| action::split_matches(pattern, asked.action));
    match (negated, matched) {
        (false, Some(_)) | (true, None) => None,
        (true, Some(entry)) => {
            Some(ActionFailure::Excluded { action: action(), entry: action_text(entry) })
        }
        (false, None) => {
            let entries = patterns.iter().take(SHOWN).cloned().collect();
            let count = patterns.len();
            Some(ActionFailure::NoEntryMatches { action: action(), entries, count })
        }
    }
}

fn action_text(pattern: &ActionPattern) -> String {
    match pattern {
        ActionPattern::Any => "*".to_owned(),
        ActionPattern::Name { service, name } => format!("{service}:{name}"),
    }
}
