//! Questions with the values of policy variables fixed.
//!
//! A variable inside a pattern is what engines find hardest, and any value will do for most
//! requests. So a question about policies with variables is asked first with a value for each,
//! written into the policies in place of the variable, and with requests that carry these values
//! only. A request that answers it answers the question itself; that nothing does says nothing.

use keyaki_iam::catalogue::keys::{self, KeyType};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{
    ActionElement, BaseOperator, Condition, ConditionValue, ContextKey, Effect, Literal, Operator,
    Piece, ResourceElement, ResourcePattern, Statement, Template,
};
use keyaki_iam::shape::{Scope, Shape};
use keyaki_iam::source::Span;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The shape of requests that carry the values, and the sets with the values in place of their
/// variables. `None` where there are no variables, or one of a multivalued key.
pub(super) fn pinned(sets: &[&Policies]) -> Option<(Shape, Vec<Policies>)> {
    let keys: BTreeSet<ContextKey> = sets
        .iter()
        .flat_map(|set| set.all())
        .flat_map(|named| named.policy.statements())
        .flat_map(Statement::templates)
        .flat_map(|template| &template.pieces)
        .filter_map(|piece| {
            if let Piece::Variable(variable) = piece { Some(variable.key.clone()) } else { None }
        })
        .collect();
    if keys.is_empty() || keys.iter().any(keys::is_list) {
        return None;
    }
    Some((carrying(&keys), sets.iter().map(|set| filled(set)).collect()))
}

/// A value that a request may well carry for the key.
fn value(key: &ContextKey) -> &'static str {
    let name = key.lower();
    match keys::lookup(key).and_then(|known| known.types.first()) {
        Some(KeyType::Arn) => "arn:aws:iam::111122223333:user/dev",
        _ if name.ends_with("account") => "111122223333",
        _ if name.ends_with("region") => "us-east-1",
        _ if name == "aws:userid" => "AIDAEXAMPLE",
        _ if name == "aws:username" => "dev",
        _ if name.ends_with("orgid") => "o-exampleorgid",
        _ => "example",
    }
}

/// The shape of requests that carry the values of these keys.
fn carrying(keys: &BTreeSet<ContextKey>) -> Shape {
    let condition = |key: &ContextKey| {
        let text = value(key).to_owned();
        let literal = Literal::Text(Template { pieces: vec![Piece::Literal(text.clone())] });
        let operator = Operator { set: None, base: BaseOperator::StringEquals, if_exists: false };
        let values = vec![ConditionValue { text, literal, span: Span::default() }];
        Condition { operator, key: key.clone(), values, span: Span::default() }
    };
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: ActionElement { negated: true, patterns: Vec::new() },
        resource: Some(ResourceElement { negated: true, patterns: Vec::new() }),
        conditions: keys.iter().map(condition).collect(),
        span: Span::default(),
    };
    Shape { statement, principals: None, not_principals: Vec::new(), scope: Scope::default() }
}

fn filled(set: &Policies) -> Policies {
    let mut set = set.clone();
    let of_set = set.identity.iter_mut().flatten().chain(&mut set.resource);
    for statement in of_set.flat_map(|named| &mut named.policy_mut().statements) {
        for pattern in statement.resource.iter_mut().flat_map(|element| &mut element.patterns) {
            if let ResourcePattern::Arn { fields, .. } = pattern {
                Arc::make_mut(fields).iter_mut().for_each(fill);
            }
        }
        for value in statement.conditions.iter_mut().flat_map(|condition| &mut condition.values) {
            if let Literal::Text(template) = &mut value.literal {
                fill(template);
            }
        }
    }
    set
}

fn fill(template: &mut Template) {
    let mut pieces: Vec<Piece> = Vec::new();
    for piece in std::mem::take(&mut template.pieces) {
        let piece = if let Piece::Variable(variable) = piece {
            Piece::Literal(value(&variable.key).to_owned())
        } else {
            piece
        };
        match (pieces.last_mut(), piece) {
            (Some(Piece::Literal(text)), Piece::Literal(more)) => text.push_str(&more),
            (_, piece) => pieces.push(piece),
        }
    }
    template.pieces = pieces;
}
