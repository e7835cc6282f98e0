//! Where authorizations of the caller may be: in an estate other policies decide on one resource
//! than on another (SEMANTICS 6.9).

use super::{CallQuery, Context};
use crate::query::Query;
use crate::query::pattern::resources_apart;
use keyaki_iam::calls::{Authorization, Piece, Template, Who};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{self, ActionElement, ResourceElement, ResourcePattern};
use keyaki_iam::request::Request;
use keyaki_iam::shape::Shape;

/// Some of the resources that authorizations of the caller may be on, and what decides there.
#[derive(Debug, Clone, Copy)]
pub struct CallSpot<'a> {
    /// The policies that apply there.
    pub policies: &'a Policies,
    /// Shapes that the request there must have.
    pub within: &'a [&'a Shape],
    /// Shapes that the request there must not have.
    pub unlike: &'a [&'a Shape],
    /// Whether this is one of those where some authorization of the call has to be.
    pub wanted: bool,
}

/// The questions about one authorization, one for each spot that it may be on: it is allowed where
/// one of them is answered with yes.
pub(super) struct Alternatives<'a> {
    /// The question, and whether some authorization has to be where it is about.
    pub queries: Vec<(Query<'a>, bool)>,
    /// The spots, by their numbers.
    pub spots: Vec<usize>,
}

impl<'a> Alternatives<'a> {
    /// The question that a request answers with yes, if there is one.
    pub fn of(&self, request: &Request) -> Option<&Query<'a>> {
        self.queries.iter().map(|(query, _)| query).find(|query| query.holds(request))
    }

    /// Whether the request is allowed where some authorization has to be.
    pub fn is_wanted(&self, request: &Request) -> bool {
        self.queries.iter().any(|(query, wanted)| *wanted && query.holds(request))
    }

    /// Every one of them.
    pub fn all(&self) -> impl Iterator<Item = &Query<'a>> {
        self.queries.iter().map(|(query, _)| query)
    }
}

impl CallQuery<'_> {
    /// Whether some authorization has to be on certain spots.
    pub(super) fn wants(&self) -> bool {
        self.spots.iter().any(|spot| spot.wanted)
    }

    /// The policies that decide about authorizations of the caller.
    pub(super) fn sets_of_caller(&self) -> impl Iterator<Item = &Policies> {
        std::iter::once(self.policies).chain(self.spots.iter().map(|spot| spot.policies))
    }

    /// The shapes of the spots.
    pub(super) fn shapes_of_spots(&self) -> impl Iterator<Item = &Shape> {
        self.spots.iter().flat_map(|spot| spot.within.iter().chain(spot.unlike)).copied()
    }

    /// The questions about one authorization. Where no spots are told, it is one.
    pub(super) fn alternatives<'s>(
        &'s self,
        needed: &Authorization,
        context: &'s Context,
    ) -> Alternatives<'s> {
        let base = self.query_for(needed, context);
        if self.spots.is_empty() || needed.who == Who::ServiceRole {
            return Alternatives { queries: vec![(base, false)], spots: Vec::new() };
        }
        let fitting = self.spots.iter().enumerate().filter(|(_, spot)| may_be_on(needed, spot));
        let (spots, queries) = fitting
            .map(|(number, spot)| {
                let CallSpot { policies, within, unlike, wanted } = *spot;
                let allowed_by = vec![policies];
                (number, (Query { within, unlike, allowed_by, ..base.clone() }, wanted))
            })
            .unzip();
        Alternatives { queries, spots }
    }
}

/// Whether the texts leave open that the authorization is on the spot.
fn may_be_on(needed: &Authorization, spot: &CallSpot<'_>) -> bool {
    let own = as_element(&needed.resource);
    spot.within.iter().all(|shape| {
        let ActionElement { negated, patterns } = &shape.statement.action;
        let mut patterns = patterns.iter();
        let matches = patterns
            .any(|pattern| keyaki_evaluator::semantics::matches_action(pattern, &needed.action));
        let elsewhere = shape
            .statement
            .resource
            .as_ref()
            .is_some_and(|element| !element.negated && resources_apart(&own, element));
        matches != *negated && !elsewhere
    })
}

/// What a template writes, as a pattern that matches it and more.
fn as_element(template: &Template) -> ResourceElement {
    let starred = |template: &Template| {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) => policy::Piece::Literal(text.clone()),
            Piece::Variable(_) => policy::Piece::AnyString,
        };
        policy::Template { pieces: template.pieces.iter().map(piece).collect() }
    };
    let pattern = match template.fields() {
        Some(fields) => ResourcePattern::Arn {
            text: template.to_string().into(),
            fields: fields.iter().map(starred).collect(),
        },
        None => ResourcePattern::Any,
    };
    ResourceElement { negated: false, patterns: vec![pattern] }
}
