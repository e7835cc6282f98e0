//! The evaluator: what one concrete request gets, by SEMANTICS 2, 3, 4 and 6.
//!
//! It is written apart from the encoder, shares only data types with it, and decides by direct
//! loops: their agreement is the evidence that either is right.

mod action;
mod asked;
mod comparison;
mod condition;
mod context;
mod decision;
mod explain;
mod glob;
mod grant;
mod home;
mod layers;
mod parameters;
mod participation;
mod prepared;
mod principal;
mod resource;
mod shape;
mod statement;
mod substitution;

pub use action::{
    entry_matches as matches_action, matches as matches_action_element,
    split_matches as matches_split_action,
};
pub use asked::Asked;
pub use decision::{Decision, Evaluation, allows, decide};
pub use explain::{
    ActionFailure, ConditionFailure, ConditionReason, EntryMismatch, EntryReason, Explanation,
    Failure, PrincipalFailure, PrincipalMismatch, PrincipalReason, ResourceFailure,
    StatementExplanation, Substituted, ValueFailure, ValueMismatch, ValueMismatchReason, explain,
    failures,
};
pub use grant::{Basis, Grant, IDENTITY_CALL, MustGrant, Row, Side};
pub use home::is_at_home;
pub use layers::{LayerOutcome, Verdict};
pub use parameters::gives_parameters;
pub use participation::{Exemption, came_through_endpoint, is_service_linked};
pub use prepared::Prepared;
pub use principal::{PrincipalClass, principal_class};
pub use resource::{
    entry_field_matches as matches_resource_field, entry_matches as matches_resource,
};
pub use shape::{is_like, matches_shape};
pub use statement::StatementRef;
pub use substitution::NoValue;

use context::{Context, Value};
use keyaki_iam::policy::{BaseOperator, ConditionValue, Kind, PrincipalEntry, Statement};
use keyaki_iam::request::Request;

/// Whether the statement, of a policy of this kind, applies to the request: its action part, its
/// resource part and every condition match (SEMANTICS 6.1). The principal part belongs to the
/// layers that have one and is not looked at here.
pub fn applies(statement: &Statement, kind: Kind, request: &Request) -> bool {
    Asked::about(request).meets(statement, kind)
}

impl Asked<'_> {
    /// As [`applies`].
    fn meets(&self, statement: &Statement, kind: Kind) -> bool {
        action::element_matches(&statement.action, self.action)
            && resource::matches(statement.resource.as_ref(), kind, self)
            && statement
                .conditions
                .iter()
                .all(|condition| condition::evaluate(condition, self.context()).is_ok())
    }
}

/// Whether a value of the request stands in the positive relation of the operator to a value of the
/// policy (SEMANTICS 4.4).
pub fn matches_value(
    base: BaseOperator,
    value: &str,
    expected: &ConditionValue,
    request: &Request,
) -> bool {
    let context = Context::of(request);
    comparison::compare(base, &Value::of(value), expected, &context).is_ok()
}

/// Whether one entry of a principal element matches the caller, in any class (SEMANTICS 6.2).
pub fn matches_principal(entry: &PrincipalEntry, request: &Request) -> bool {
    principal::entry_class(entry, &Asked::about(request)).is_some()
}
