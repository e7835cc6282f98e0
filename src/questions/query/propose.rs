//! Requests that are put together from the texts of policies and of the catalogue, and shown to the
//! evaluator before an engine is asked. Most questions with an answer have one that stands in the
//! texts: an action that one version of a policy has and the other does not. What the evaluator does
//! not confirm proves nothing, and an engine is asked.

use super::judge::Judge;
use super::{QueryError, Solver};
use crate::guess::{Avoided, Source};
use keyaki_engines::engine::Limits;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{ContextKey, Effect, Statement};
use keyaki_iam::request::Request;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// How many requests of one question are judged.
pub(super) const JUDGED: usize = 256;

/// How many are where it is asked what a "no" rests on: that has many questions.
pub(super) const OF_A_CHOICE: usize = 16;

/// How many grants are looked at.
const GRANTS: usize = 24;

impl Judge<'_> {
    /// A request that answers the question, which names these keys, as this judge of its slice says:
    /// it is still to be confirmed on the question itself. None, of so many, says nothing. Nothing is
    /// proposed where an engine's word is wanted, or no time is left.
    pub(super) fn proposed(
        &self,
        keys: &BTreeSet<&ContextKey>,
        solver: &Solver,
        limits: &Limits,
        most: usize,
    ) -> Result<Option<Request>, QueryError> {
        let slice = self.query();
        if !solver.proposes() || limits.deadline.is_reached() {
            return Ok(None);
        }
        let world = slice.requests.world();
        let shapes: Vec<&Statement> = slice.wanted().map(|shape| &shape.statement).collect();
        let callers = slice.wanted().find_map(|shape| shape.principals.as_deref());
        let grants: Vec<&Statement> =
            slice.allowed_by.last().copied().map(grants).unwrap_or_default();
        let sources: Vec<Vec<&Statement>> = if slice.allowed_by.is_empty() {
            vec![shapes]
        } else {
            let with = |grant| -> Vec<_> { shapes.iter().copied().chain([grant]).collect() };
            let granted: Vec<Vec<&Statement>> = grants.into_iter().take(GRANTS).map(with).collect();
            // What the others deny, the grants may still allow.
            let denied = statements(&slice.refused_by, Effect::Deny).take(DENIES);
            let mut all = granted.clone();
            for deny in denied {
                for granted in granted.iter().take(DENIES) {
                    all.push(granted.iter().copied().chain([deny]).collect());
                }
            }
            all
        };
        let denies = statements(&slice.allowed_by, Effect::Deny);
        let allows = statements(&slice.refused_by, Effect::Allow);
        let avoided = Avoided::of(denies.chain(allows));
        let (mut found, mut left) = (None, most);
        for statements in sources.iter().filter(|statements| !statements.is_empty()) {
            let source = Source { world, statements, callers, keys, avoided: &avoided };
            let ended = source.each(&mut |request| {
                if self.allows(&request) && slice.considers(&request, keys) {
                    found = Some(request);
                    return ControlFlow::Break(());
                }
                left -= 1;
                if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            if ended.is_break() {
                break;
            }
        }
        Ok(found)
    }
}

/// How many Deny statements are looked at, each with so many grants.
const DENIES: usize = 6;

/// The statements of some sets with that effect.
fn statements<'s>(
    sets: &'s [&Policies],
    effect: Effect,
) -> impl Iterator<Item = &'s Statement> + use<'s> {
    let policies = sets.iter().flat_map(|set| set.all());
    let statements = policies.flat_map(|named| named.policy.statements());
    statements.filter(move |statement| statement.effect == effect)
}

/// The Allow statements of the identity-based policies of a set.
fn grants(set: &Policies) -> Vec<&Statement> {
    let own = set.identity.iter().flatten().flat_map(|named| named.policy.statements());
    own.filter(|statement| statement.effect == Effect::Allow).collect()
}
