//! Statements with a part left out, singled out or read in another way: what the questions are
//! about.

use keyaki_iam::policy::{
    ActionElement, ActionPattern, BaseOperator, Condition, ConditionValue, ContextKey, Literal,
    Operator, Piece, ResourceElement, ResourcePattern, Statement, Template,
};
use keyaki_iam::source::Span;
use std::sync::Arc;

/// Without what lists entries: those of a large policy are many, and copying them for each variant
/// takes the square of their number.
fn bare(statement: &Statement) -> Statement {
    let Statement { sid, effect, principal, action: _, resource: _, conditions: _, span } =
        statement;
    let action = ActionElement { negated: false, patterns: Vec::new() };
    let (sid, principal) = (sid.clone(), principal.clone());
    Statement {
        sid,
        effect: *effect,
        principal,
        action,
        resource: None,
        conditions: Vec::new(),
        span: *span,
    }
}

/// With these entries of `Action` and no others.
pub(super) fn with_actions(statement: &Statement, patterns: Vec<ActionPattern>) -> Statement {
    let action = ActionElement { negated: false, patterns };
    Statement {
        action,
        resource: statement.resource.clone(),
        conditions: statement.conditions.clone(),
        ..bare(statement)
    }
}

/// With these entries of `Resource` and no others.
pub(super) fn with_resources(statement: &Statement, patterns: Vec<ResourcePattern>) -> Statement {
    let resource = Some(ResourceElement { negated: false, patterns });
    Statement {
        action: statement.action.clone(),
        resource,
        conditions: statement.conditions.clone(),
        ..bare(statement)
    }
}

/// On any resource.
pub(super) fn on_anything(statement: &Statement) -> Statement {
    Statement {
        action: statement.action.clone(),
        conditions: statement.conditions.clone(),
        ..bare(statement)
    }
}

/// Without conditions.
pub(super) fn unconditional(statement: &Statement) -> Statement {
    Statement {
        action: statement.action.clone(),
        resource: statement.resource.clone(),
        ..bare(statement)
    }
}

/// Only the conditions.
pub(super) fn conditions_alone(statement: &Statement) -> Statement {
    let action = ActionElement { negated: false, patterns: vec![ActionPattern::Any] };
    Statement { action, conditions: statement.conditions.clone(), ..bare(statement) }
}

/// Without the condition at that place.
pub(super) fn without_condition(statement: &Statement, at: usize) -> Statement {
    let kept = statement.conditions.iter().enumerate().filter(|(index, _)| *index != at);
    Statement {
        action: statement.action.clone(),
        resource: statement.resource.clone(),
        conditions: kept.map(|(_, condition)| condition.clone()).collect(),
        ..bare(statement)
    }
}

/// With one more condition.
pub(super) fn and(statement: &Statement, condition: Condition) -> Statement {
    let mut changed = statement.clone();
    changed.conditions.push(condition);
    changed
}

/// `Null`: the key is absent, or it is present.
pub(super) fn absent(key: &ContextKey, absent: bool) -> Condition {
    let value = ConditionValue {
        text: absent.to_string(),
        literal: Literal::Presence(absent),
        span: Span::default(),
    };
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
    Condition {
        values: vec![value],
        operator: condition.operator,
        key: condition.key.clone(),
        span: condition.span,
    }
}

/// The statement with wider resources, where it has some of which the catalogue does not tell
/// everything: `arn:aws:s3:::*` for every resource of a service, which AWS's own policies write for
/// actions without resources of their own; and ARNs with a Region and without an account, since
/// resources that AWS owns and shares (`arn:aws:ssm:*::parameter/aws/*`) have none although others
/// of their type do.
pub(super) fn widened(statement: &Statement) -> Option<Statement> {
    let element = statement.resource.as_ref().filter(|element| !element.negated)?;
    let wide: Vec<Option<ResourcePattern>> = element.patterns.iter().map(wider).collect();
    if wide.iter().all(Option::is_none) {
        return None;
    }
    let patterns = wide
        .into_iter()
        .zip(&element.patterns)
        .map(|(wide, written)| wide.unwrap_or_else(|| written.clone()));
    Some(with_resources(statement, patterns.collect()))
}

fn wider(pattern: &ResourcePattern) -> Option<ResourcePattern> {
    let ResourcePattern::Arn { text, fields } = pattern else { return None };
    let [_, _, _, region, account, last] = &**fields else { return None };
    let open = |field: &Template| matches!(field.pieces.as_slice(), [] | [Piece::AnyString]);
    if open(region) && open(account) && matches!(last.pieces.as_slice(), [Piece::AnyString]) {
        return Some(ResourcePattern::Any);
    }
    if region.pieces.is_empty() || !account.pieces.is_empty() {
        return None;
    }
    let mut fields = fields.clone();
    *Arc::make_mut(&mut fields).get_mut(4)? = Template { pieces: vec![Piece::AnyString] };
    Some(ResourcePattern::Arn { text: text.clone(), fields })
}
