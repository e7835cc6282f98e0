//! Statements with a part left out, singled out or read in another way: what the questions are about.

use crate::policy::{
    ActionElement, ActionPattern, BaseOperator, Condition, ConditionValue, ContextKey, Literal, Operator, Piece, ResourceElement,
    ResourcePattern, Statement, Template,
};
use crate::source::Span;

/// With these entries of `Action` and no others.
pub(super) fn with_actions(statement: &Statement, patterns: Vec<ActionPattern>) -> Statement {
    Statement { action: ActionElement { negated: false, patterns }, ..statement.clone() }
}

/// With these entries of `Resource` and no others.
pub(super) fn with_resources(statement: &Statement, patterns: Vec<ResourcePattern>) -> Statement {
    Statement { resource: Some(ResourceElement { negated: false, patterns }), ..statement.clone() }
}

/// On any resource.
pub(super) fn on_anything(statement: &Statement) -> Statement {
    Statement { resource: None, ..statement.clone() }
}

/// Without conditions.
pub(super) fn unconditional(statement: &Statement) -> Statement {
    Statement { conditions: Vec::new(), ..statement.clone() }
}

/// Only the conditions.
pub(super) fn conditions_alone(statement: &Statement) -> Statement {
    with_actions(&on_anything(statement), vec![ActionPattern::Any])
}

/// Without the condition at that place.
pub(super) fn without_condition(statement: &Statement, at: usize) -> Statement {
    let kept = statement.conditions.iter().enumerate().filter(|(index, _)| *index != at);
    Statement { conditions: kept.map(|(_, condition)| condition.clone()).collect(), ..statement.clone() }
}

/// With one more condition.
pub(super) fn and(statement: &Statement, condition: Condition) -> Statement {
    let mut changed = statement.clone();
    changed.conditions.push(condition);
    changed
}

/// `Null`: the key is absent, or it is present.
pub(super) fn absent(key: &ContextKey, absent: bool) -> Condition {
    let value = ConditionValue { text: absent.to_string(), literal: Literal::Presence(absent), span: Span::default() };
    let operator = Operator { set: None, base: BaseOperator::Null, if_exists: false };
    Condition { operator, key: key.clone(), values: vec![value], span: Span::default() }
}

/// `StringEquals` with one plain text.
pub(super) fn equals(key: &ContextKey, text: &str) -> Condition {
    let literal = Literal::Text(Template { pieces: vec![Piece::Literal(text.to_owned())] });
    let value = ConditionValue { text: text.to_owned(), literal, span: Span::default() };
    let operator = Operator { set: None, base: BaseOperator::StringEquals, if_exists: false };
    Condition { operator, key: key.clone(), values: vec![value], span: Span::default() }
}

/// The condition with one of its values and no others.
pub(super) fn with_value(condition: &Condition, value: ConditionValue) -> Condition {
    Condition { values: vec![value], ..condition.clone() }
}

/// The statement with wider resources, where it has some of which the catalogue does not tell everything: `arn:aws:s3:::*` for every
/// resource of a service, which AWS's own policies write for actions without resources of their own; and ARNs with a Region and without an
/// account, since resources that AWS owns and shares (`arn:aws:ssm:*::parameter/aws/*`) have none although others of their type do.
pub(super) fn widened(statement: &Statement) -> Option<Statement> {
    let element = statement.resource.as_ref().filter(|element| !element.negated)?;
    let wide: Vec<Option<ResourcePattern>> = element.patterns.iter().map(wider).collect();
    if wide.iter().all(Option::is_none) {
        return None;
    }
    let patterns = wide.into_iter().zip(&element.patterns).map(|(wide, written)| wide.unwrap_or_else(|| written.clone()));
    Some(with_resources(statement, patterns.collect()))
}

fn wider(pattern: &ResourcePattern) -> Option<ResourcePattern> {
    let ResourcePattern::Arn { text, fields } = pattern else { return None };
    let [_, _, _, region, account, last] = fields.as_slice() else { return None };
    let open = |field: &Template| matches!(field.pieces.as_slice(), [] | [Piece::AnyString]);
    if open(region) && open(account) && matches!(last.pieces.as_slice(), [Piece::AnyString]) {
        return Some(ResourcePattern::Any);
    }
    if region.pieces.is_empty() || !account.pieces.is_empty() {
        return None;
    }
    let mut fields = fields.clone();
    *fields.get_mut(4)? = Template { pieces: vec![Piece::AnyString] };
    Some(ResourcePattern::Arn { text: text.clone(), fields })
}
