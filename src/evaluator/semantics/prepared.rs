//! Policies that decide about many requests: statements are found by the action and by what the
//! resource begins with.

use super::asked::Asked;
use super::decision::{Decided, Decision, Evaluation};
use super::layers::{Placed, placed};
use keyaki_iam::caseless::Caseless;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{ActionElement, ActionPattern, Piece, ResourceElement, ResourcePattern};
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

/// A set of policies that decides as [`decide`](super::decide) does, and does not look at statements
/// of which it is plain that they do not apply.
pub struct Prepared<'p> {
    policies: &'p Policies,
    statements: Vec<Placed<'p>>,
    by_action: ByAction,
}

/// Places in a list of statements, by what their actions have in common. Names with the same digest
/// find each other's statements, too: whoever finds one looks at its action.
#[derive(Default)]
struct ByAction {
    /// Those that may match any action.
    of_any: Vec<usize>,
    /// Those that name actions of a service by patterns, by the digest of its prefix, in order.
    of_service: Vec<(u64, usize)>,
    /// Those that name an action itself, by its digest, in order.
    of_action: Vec<(u64, usize)>,
}

impl<'p> Prepared<'p> {
    /// Prepares the policies.
    pub fn of(policies: &'p Policies) -> Self {
        let statements: Vec<_> = placed(policies).collect();
        let mut by_action = ByAction::default();
        for (place, placed) in statements.iter().enumerate() {
            by_action.add(&placed.statement.action, place);
        }
        by_action.sort();
        Self { policies, statements, by_action }
    }

    /// Whether the request is allowed.
    pub fn allows(&self, asked: &Asked<'_>) -> bool {
        self.decided(asked).decision == Decision::Allowed
    }

    /// Decides a request: see [`decide`](super::decide).
    pub fn decide(&self, asked: &Asked<'_>) -> Evaluation {
        self.decided(asked).evaluation()
    }

    fn decided(&self, asked: &Asked<'_>) -> Decided {
        let resource = asked.request.resource.as_str();
        let places = self.by_action.places(asked);
        let candidates = places.iter().filter_map(|place| self.statements.get(*place));
        let may_match = |placed: &&Placed<'_>| {
            placed.statement.resource.as_ref().is_none_or(|element| may_be_of(element, resource))
        };
        Decided::of(self.policies, asked, candidates.filter(may_match).copied())
    }
}

/// Whether the resource begins as one does that the element matches.
fn may_be_of(element: &ResourceElement, resource: &str) -> bool {
    element.negated || element.patterns.iter().any(|entry| may_begin(entry, resource))
}

/// Whether the resource begins as the entry does, as far as there is no wildcard and no variable.
fn may_begin(entry: &ResourcePattern, resource: &str) -> bool {
    let ResourcePattern::Arn { fields, .. } = entry else { return true };
    let mut rest = resource;
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            let Some(after) = rest.strip_prefix(':') else { return false };
            rest = after;
        }
        for piece in &field.pieces {
            let Piece::Literal(text) = piece else { return true };
            let Some(after) = rest.strip_prefix(text.as_str()) else { return false };
            rest = after;
        }
    }
    true
}

impl ByAction {
    /// Notes at which place a statement with these actions stands.
    fn add(&mut self, element: &ActionElement, place: usize) {
        if element.negated || element.patterns.contains(&ActionPattern::Any) {
            self.of_any.push(place);
            return;
        }
        for pattern in &element.patterns {
            let ActionPattern::Name { service, name } = pattern else { continue };
            if name.contains(['*', '?']) {
                self.of_service.push((digest([service]), place));
            } else {
                self.of_action.push((digest([service, name]), place));
            }
        }
    }

    /// To be done before places are looked up.
    fn sort(&mut self) {
        for list in [&mut self.of_service, &mut self.of_action] {
            list.sort_unstable();
            // A statement may have many entries of a service.
            list.dedup();
        }
    }

    /// The places of the statements that may match the action of a request, in order, each once.
    fn places(&self, asked: &Asked<'_>) -> Vec<usize> {
        let mut places = self.of_any.clone();
        if let Some((service, name)) = asked.action {
            let of_service = listed(&self.of_service, digest([service]));
            let of_action = listed(&self.of_action, digest([service, name]));
            places.extend(of_service.iter().chain(of_action).map(|(_, place)| *place));
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// The entries of a list in order that have a digest.
fn listed(list: &[(u64, usize)], digest: u64) -> &[(u64, usize)] {
    let start = list.partition_point(|(other, _)| *other < digest);
    let rest = list.get(start..).unwrap_or_default();
    rest.split_at(rest.partition_point(|(other, _)| *other == digest)).0
}

/// Equal for names that are the same without case, and different for most others.
fn digest<const PARTS: usize>(parts: [&str; PARTS]) -> u64 {
    FxBuildHasher.hash_one(parts.map(Caseless))
}
