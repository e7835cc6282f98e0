//! Policies that decide about many requests: statements are found by the action.

use super::asked::Asked;
use super::decision::{Decided, Decision, Evaluation};
use super::layers::{Placed, placed};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{ActionElement, ActionPattern};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// A set of policies that decides as [`decide`](super::decide) does, and does not look at statements
/// whose action part cannot match.
pub struct Prepared<'p> {
    policies: &'p Policies,
    statements: Vec<Placed<'p>>,
    by_action: ByAction,
}

/// Places in a list of statements, by what their actions have in common. A statement that may match
/// an action stands in one of its lists, and in one only.
#[derive(Default)]
struct ByAction {
    /// Those that may match any action.
    of_any: Vec<usize>,
    /// Those that name actions of a service by patterns, by its prefix in lower case.
    of_service: FxHashMap<String, Vec<usize>>,
    /// Those that name an action itself, by the action in lower case.
    of_action: FxHashMap<String, Vec<usize>>,
}

impl<'p> Prepared<'p> {
    /// Prepares the policies.
    pub fn of(policies: &'p Policies) -> Self {
        let statements: Vec<_> = placed(policies).collect();
        let mut by_action = ByAction::default();
        for (place, Placed { statement, .. }) in statements.iter().enumerate() {
            by_action.add(&statement.action, place);
        }
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
        let places = self.by_action.places(asked);
        let statements = places.filter_map(|place| self.statements.get(*place).copied());
        Decided::of(self.policies, asked, statements)
    }
}

impl ByAction {
    /// Notes at which place a statement with these actions stands.
    fn add(&mut self, element: &ActionElement, place: usize) {
        if element.negated || element.patterns.contains(&ActionPattern::Any) {
            self.of_any.push(place);
            return;
        }
        let mut services = BTreeSet::new();
        let mut actions = BTreeSet::new();
        for pattern in &element.patterns {
            let ActionPattern::Name { service, name } = pattern else { continue };
            let service = service.to_ascii_lowercase();
            if name.contains(['*', '?']) {
                services.insert(service);
            } else {
                actions.insert((service, name.to_ascii_lowercase()));
            }
        }
        actions.retain(|(service, _)| !services.contains(service));
        for (service, name) in actions {
            self.of_action.entry(format!("{service}:{name}")).or_default().push(place);
        }
        for service in services {
            self.of_service.entry(service).or_default().push(place);
        }
    }

    /// The places of the statements that may match the action of a request.
    fn places(&self, asked: &Asked<'_>) -> impl Iterator<Item = &usize> {
        let action = asked.action_in_lower_case();
        let service = action.split_once(':').map_or("", |(service, _)| service);
        let of_service = self.of_service.get(service).into_iter().flatten();
        let of_action = self.of_action.get(action).into_iter().flatten();
        self.of_any.iter().chain(of_service).chain(of_action)
    }
}
