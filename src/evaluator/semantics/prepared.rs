//! Policies that decide about many requests: statements are found by the action and by what the
//! resource begins with.

use super::asked::Asked;
use super::decision::{Decided, Decision, Evaluation};
use super::layers::{Placed, placed};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{ActionElement, ActionPattern, Piece, ResourceElement, ResourcePattern};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// A set of policies that decides as [`decide`](super::decide) does, and does not look at statements
/// of which it is plain that they do not apply.
pub struct Prepared<'p> {
    policies: &'p Policies,
    statements: Vec<Candidate<'p>>,
    by_action: ByAction,
}

/// A statement, and texts with one of which the resource of a request begins if the statement
/// applies.
struct Candidate<'p> {
    placed: Placed<'p>,
    starts: Option<Vec<String>>,
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
        let statements: Vec<_> = placed(policies).map(Candidate::of).collect();
        let mut by_action = ByAction::default();
        for (place, candidate) in statements.iter().enumerate() {
            by_action.add(&candidate.placed.statement.action, place);
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
        let resource = asked.request.resource.as_str();
        let candidates =
            self.by_action.places(asked).filter_map(|place| self.statements.get(*place));
        let candidates = candidates.filter(|candidate| candidate.may_match(resource));
        Decided::of(self.policies, asked, candidates.map(|candidate| candidate.placed))
    }
}

impl<'p> Candidate<'p> {
    fn of(placed: Placed<'p>) -> Self {
        let starts = placed.statement.resource.as_ref().and_then(starts);
        Self { placed, starts }
    }

    fn may_match(&self, resource: &str) -> bool {
        let begins = |start: &String| resource.starts_with(start.as_str());
        self.starts.as_ref().is_none_or(|starts| starts.iter().any(begins))
    }
}

/// What resources begin with that the element matches; `None` where that may be anything.
fn starts(element: &ResourceElement) -> Option<Vec<String>> {
    let starts = element.patterns.iter().map(start);
    (!element.negated).then(|| starts.collect())
}

/// What every resource begins with that the entry matches: its text as far as there is no wildcard
/// and no variable.
fn start(entry: &ResourcePattern) -> String {
    let ResourcePattern::Arn { fields, .. } = entry else { return String::new() };
    let mut start = String::new();
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            start.push(':');
        }
        for piece in &field.pieces {
            let Piece::Literal(text) = piece else { return start };
            start.push_str(text);
        }
    }
    start
}

impl ByAction {
    /// Notes at which place a statement with these actions stands.
    fn add(&mut self, element: &ActionElement, place: usize) {
        let mut any = element.negated;
        let mut services = BTreeSet::new();
        let mut actions = BTreeSet::new();
        for pattern in &element.patterns {
            match pattern {
                ActionPattern::Any => any = true,
                ActionPattern::Name { service, name } => {
                    let service = service.to_ascii_lowercase();
                    if name.contains(['*', '?']) {
                        services.insert(service);
                    } else {
                        actions.insert((service, name.to_ascii_lowercase()));
                    }
                }
            }
        }
        if any {
            self.of_any.push(place);
            return;
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
