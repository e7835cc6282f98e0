//! Guesses: requests that a statement may well apply to, put together from the catalogue. A guess
//! proves nothing until the evaluator and the checker of feasibility confirm it; it only saves an
//! engine's work.

mod caller;
mod context;
mod source;

pub(crate) use source::{Avoided, Source};

use crate::names;
use keyaki_evaluator::semantics;
use keyaki_iam::catalogue::{Action, ArnFormat, CatalogueError, Service};
use keyaki_iam::policy::{
    ActionPattern, Condition, Kind, Piece, ResourcePattern, Statement, Template,
};
use keyaki_iam::request::Request;
use keyaki_iam::shape::Shape;
use keyaki_iam::world::World;
use std::iter::once_with;
use std::rc::Rc;

/// How many actions of one entry are tried.
const ACTIONS: usize = 24;

/// How many resources of one action are tried.
const RESOURCES: usize = 8;

/// How many resources of the entries of a statement are tried before one of the format alone.
const OWN: usize = 2;

/// How many guesses are made at most for one question.
const GUESSES: usize = 600;

const CALLER: &str = "arn:aws:iam::111122223333:user/dev";
const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";

/// Requests of the actions and on resources of a statement: with the caller and the context of
/// `base`, and by one of the shape's callers in a context that the conditions ask for.
pub(crate) fn requests(
    world: &World<'_>,
    shape: &Shape,
    base: Option<&Request>,
) -> Result<Vec<Request>, CatalogueError> {
    let own = caller::request(shape.principals.as_deref(), context::of(&shape.statement));
    let bases: Vec<Request> = base.cloned().into_iter().chain([own]).collect();
    from_bases(world, &shape.statement, &bases)
}

/// Requests that a statement may well apply to, and in which a condition may well fail.
pub(crate) fn failing(
    world: &World<'_>,
    shape: &Shape,
    condition: &Condition,
) -> Result<Vec<Request>, CatalogueError> {
    let contexts = context::failing(&shape.statement, condition).into_iter();
    let bases: Vec<Request> =
        contexts.map(|context| caller::request(shape.principals.as_deref(), context)).collect();
    from_bases(world, &shape.statement, &bases)
}

fn from_bases(
    world: &World<'_>,
    statement: &Statement,
    bases: &[Request],
) -> Result<Vec<Request>, CatalogueError> {
    let bare = Statement { conditions: Vec::new(), ..statement.clone() };
    let mut found = Vec::new();
    for pattern in actions(statement) {
        for (service, action) in
            names::matching(world.catalogue, pattern)?.into_iter().take(ACTIONS)
        {
            for base in bases {
                let tried = resources(statement, service, action, &|_| false).map(|resource| {
                    let mut request = Request {
                        action: format!("{}:{}", service.prefix, action.name),
                        resource,
                        ..base.clone()
                    };
                    context::adapt(&mut request);
                    request
                });
                found.extend(
                    tried
                        .filter(|request| semantics::applies(&bare, Kind::Identity, request))
                        .take(RESOURCES),
                );
            }
            if found.len() >= GUESSES {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

/// Resources of an action that the statement may match, by entries that are `own` first. Each is made
/// when it is asked for.
fn resources<'s>(
    statement: &'s Statement,
    service: &'s Service,
    action: &'s Action,
    own: &dyn Fn(&ResourcePattern) -> bool,
) -> impl Iterator<Item = String> + use<'s> {
    let any = (!action.needs_resource()).then(|| "*".to_owned());
    let patterns: Rc<[_]> = patterns(statement, own).collect();
    let formats = service.resources_of(action).flat_map(|(_, resource)| &resource.arns);
    let of_formats = formats.map(ArnFormat::fields).flat_map(move |format| {
        let patterns = Rc::clone(&patterns);
        let joined = (0..patterns.len())
            .filter_map(move |at| patterns.get(at).and_then(|pattern| joined(pattern, &format)));
        let filled = once_with(move || filled(&format));
        joined.clone().take(OWN).chain(filled).chain(joined.skip(OWN))
    });
    any.into_iter().chain(of_formats)
}

fn actions(statement: &Statement) -> &[ActionPattern] {
    if statement.action.negated { &[] } else { &statement.action.patterns }
}

/// The entries of a statement, those that are `own` first.
fn patterns<'s>(
    statement: &'s Statement,
    own: &dyn Fn(&ResourcePattern) -> bool,
) -> impl Iterator<Item = &'s [Template]> + use<'s> {
    let element = statement.resource.as_ref().filter(|element| !element.negated);
    let all = element.into_iter().flat_map(|element| &element.patterns);
    let (own, others): (Vec<_>, Vec<_>) = all.partition(|pattern| own(pattern));
    own.into_iter().chain(others).filter_map(|pattern| match pattern {
        ResourcePattern::Any => None,
        ResourcePattern::Arn { fields, .. } => Some(&**fields),
    })
}

/// An ARN of a format.
fn filled(format: &[&str; 6]) -> String {
    let fields = format.iter().enumerate().map(|(at, field)| filled_field(at, field));
    fields.collect::<Vec<_>>().join(":")
}

fn filled_field(at: usize, field: &str) -> String {
    match (at, field.contains("${")) {
        (_, false) => field.replace('*', "x"),
        (1, true) => "aws".to_owned(),
        (3, true) => REGION.to_owned(),
        (4, true) => ACCOUNT.to_owned(),
        (_, true) => {
            let mut text = String::new();
            let mut rest = field;
            while let Some((before, after)) = rest.split_once("${") {
                text.push_str(before);
                text.push_str("example");
                rest = after.split_once('}').map_or("", |(_, rest)| rest);
            }
            text + &rest.replace('*', "x")
        }
    }
}

/// An ARN that is of the format and matches the pattern, if the two agree field by field in a
/// simple way.
fn joined(pattern: &[Template], format: &[&str; 6]) -> Option<String> {
    let mut fields = Vec::new();
    for (at, format) in format.iter().enumerate() {
        let standard = filled_field(at, format);
        let Some(template) = pattern.get(at) else {
            fields.push(standard);
            continue;
        };
        let field = match template.pieces.as_slice() {
            [Piece::AnyString] => standard,
            pieces if at < 5 => {
                pieces.iter().map(|piece| plain(piece, "")).collect::<Option<String>>()?
            }
            pieces => last(pieces, format)?,
        };
        fields.push(field);
    }
    Some(fields.join(":"))
}

/// The last field: the pattern with every `*` replaced by enough to be of the format.
fn last(pieces: &[Piece], format: &str) -> Option<String> {
    let slashes = format.matches('/').count().saturating_sub(
        pieces
            .iter()
            .map(
                |piece| {
                    if let Piece::Literal(text) = piece { text.matches('/').count() } else { 0 }
                },
            )
            .sum(),
    );
    let star = format!("x{}", "/x".repeat(slashes));
    let whole: String =
        pieces.iter().map(|piece| plain(piece, &star)).collect::<Option<String>>()?;
    let leading = matches!(pieces.first(), Some(Piece::AnyString));
    let head = format.split_once("${").map_or(format, |(head, _)| head);
    Some(if leading && !whole.starts_with(head) { format!("{head}{whole}") } else { whole })
}

fn plain(piece: &Piece, star: &str) -> Option<String> {
    match piece {
        Piece::Literal(text) => Some(text.clone()),
        Piece::AnyChar => Some("x".to_owned()),
        Piece::AnyString => Some(star.to_owned()),
        Piece::Variable(variable) => Some(context::standing_for(variable)),
    }
}
