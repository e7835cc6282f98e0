//! # wildcard-in-string-equals
//!
//! Finds values of `StringEquals`, `StringEqualsIgnoreCase` and their negations with `*` or `?`.
//!
//! ## Why it matters
//!
//! Only `StringLike` and the ARN operators know wildcards. To `StringEquals` the character `*` is a
//! star, which few values have: an Allow grants nothing, and a Deny with `StringNotEquals` denies
//! everything.
//!
//! ## Triggers
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
//!    "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue-*"}}}]}
//! ```
//!
//! ## Stays silent
//!
//! `StringLike` reads the star as a wildcard, and `${*}` is a star that is meant.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",
//!    "Condition": {"StringLike": {"aws:PrincipalTag/team": "blue-*"}, "StringEquals": {"s3:prefix": "${*}"}}}]}
//! ```
//!
//! ## How it is decided
//!
//! By two questions to the solver for each such value: can the key have this very value in a
//! feasible request? If it cannot, the finding is an error. If it can, is there a request that
//! `StringLike` would match and this operator does not? That is a warning, and the request stands
//! beside it.

use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Remark};
use crate::lint::subject::Subject;
use crate::lint::variant;
use crate::query::QueryError;
use keyaki_iam::finding::Level;
use keyaki_iam::policy::{
    BaseOperator, Condition, ConditionValue, Literal, Operator, Piece, Statement,
};

const RULE: &str = "wildcard-in-string-equals";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        for condition in &subject.statement.conditions {
            let Some(positive) = positive(condition.operator.base) else { continue };
            for (at, value) in
                condition.values.iter().enumerate().filter(|(_, value)| has_wildcard(value))
            {
                one(examination, &subject, condition, positive, at, value)?;
            }
        }
    }
    Ok(())
}

/// The operator without its negation, if it compares whole texts.
fn positive(operator: BaseOperator) -> Option<BaseOperator> {
    use BaseOperator::*;
    match operator {
        StringEquals | StringNotEquals => Some(StringEquals),
        StringEqualsIgnoreCase | StringNotEqualsIgnoreCase => Some(StringEqualsIgnoreCase),
        StringLike | StringNotLike | ArnEquals | ArnLike | ArnNotEquals | ArnNotLike => None,
        NumericEquals
        | NumericNotEquals
        | NumericLessThan
        | NumericLessThanEquals
        | NumericGreaterThan
        | NumericGreaterThanEquals => None,
        DateEquals
        | DateNotEquals
        | DateLessThan
        | DateLessThanEquals
        | DateGreaterThan
        | DateGreaterThanEquals => None,
        Bool | BinaryEquals | IpAddress | NotIpAddress | Null => None,
    }
}

fn has_wildcard(value: &ConditionValue) -> bool {
    let wildcard = |piece: &Piece| matches!(piece, Piece::AnyChar | Piece::AnyString);
    matches!(&value.literal, Literal::Text(template) if template.pieces.iter().any(wildcard))
}

fn one(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    condition: &Condition,
    positive: BaseOperator,
    at: usize,
    value: &ConditionValue,
) -> Result<(), QueryError> {
    let place = examination.condition_place(subject.index, condition, Some(at));
    // Some value of the key: of a multivalued key, too.
    let set = condition.operator.set.map(|_| keyaki_iam::policy::SetOperator::ForAnyValue);
    let with = |base: BaseOperator| {
        let operator = Operator { set, base, if_exists: false };
        let alone = Condition { operator, values: vec![value.clone()], ..condition.clone() };
        Statement { conditions: vec![alone], ..variant::conditions_alone(subject.statement) }
    };
    let (operator, key, text) = (condition.operator, condition.key.text(), &value.text);
    let help = format!(
        "write `{}` if it is a wildcard, `${{*}}` or `${{?}}` if the character is meant",
        like(condition.operator)
    );
    let remark = match examination.variant_lives(subject, with(positive))? {
        Truth::Unknown(reason) => {
            examination.undecided(RULE, place, reason);
            return Ok(());
        }
        Truth::No(grounds) => {
            if condition.values.len() == 1 && !operator.base.negated() && condition.needs_its_key()
            {
                let statement = examination.document.statement(subject.index);
                examination.explain(&statement);
            }
            let message =
                format!("`{operator}` takes `{text}` literally, and `{key}` never has that value");
            Remark::new(RULE, Level::Error, message, help).given(grounds)
        }
        Truth::Yes(_) => {
            let like = subject.shape_of(with(BaseOperator::StringLike));
            let literal = subject.shape_of_anybody(with(positive));
            match examination.asker.escapes(&like, &literal, [])? {
                Truth::No(_) => return Ok(()),
                Truth::Unknown(reason) => {
                    examination.undecided(RULE, place, reason);
                    return Ok(());
                }
                Truth::Yes(request) => {
                    let message = format!(
                        "`{operator}` takes `{text}` literally: `*` and `?` are not wildcards here"
                    );
                    let caveats = examination.asker.caveats(&like, Some(&literal))?;
                    Remark::new(RULE, Level::Warning, message, help)
                        .shown_by(*request)
                        .given(caveats)
                }
            }
        }
    };
    examination.report(place, remark);
    Ok(())
}

/// The operator that reads wildcards.
fn like(operator: Operator) -> Operator {
    let base = if operator.base.negated() {
        BaseOperator::StringNotLike
    } else {
        BaseOperator::StringLike
    };
    Operator { base, ..operator }
}
