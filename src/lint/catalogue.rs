//! What the catalogue says of the names in a policy.

use crate::catalogue::{Action, Catalogue, Service};
use crate::policy::{ActionElement, ActionPattern, Effect, Kind, ResourceElement, ResourcePattern, Statement};
use crate::request::{Principal, Request};
use crate::semantics;
use crate::source::Span;
use std::collections::BTreeMap;

/// The actions that an entry matches; none for a service that the catalogue does not know, or whose block is damaged. For `*`, the actions
/// of a few services.
pub(super) fn matching<'c>(catalogue: &'c Catalogue, pattern: &ActionPattern) -> Vec<(&'c Service, &'c Action)> {
    let ActionPattern::Name { service, .. } = pattern else {
        let common = ["s3", "iam", "ec2", "sts"];
        let services = common.into_iter().filter_map(|prefix| catalogue.service(prefix).ok().flatten());
        return services.flat_map(|service| service.actions.iter().take(4).map(move |action| (service, action))).collect();
    };
    let Ok(Some(service)) = catalogue.service(service) else { return Vec::new() };
    let probe = Probe::new(pattern);
    service.actions.iter().filter(|action| probe.matches(&service.prefix, &action.name)).map(|action| (service, action)).collect()
}

/// Whether an entry matches the action of that service.
pub(super) fn matches(pattern: &ActionPattern, prefix: &str, name: &str) -> bool {
    Probe::new(pattern).matches(prefix, name)
}

/// An entry of `Action`, ready to be compared with names. The evaluator compares.
struct Probe {
    statement: Statement,
}

impl Probe {
    fn new(pattern: &ActionPattern) -> Self {
        let statement = Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: ActionElement { negated: false, patterns: vec![pattern.clone()] },
            resource: None,
            conditions: Vec::new(),
            span: Span::default(),
        };
        Self { statement }
    }

    fn matches(&self, prefix: &str, name: &str) -> bool {
        let request = request(&format!("{prefix}:{name}"), "*");
        semantics::applies(&self.statement, Kind::Identity, &request)
    }
}

/// Whether an entry of `Action` seems to contain another one: it matches the other's text, wildcards taken for characters.
pub(super) fn covers(wide: &ActionPattern, narrow: &ActionPattern) -> bool {
    match (wide, narrow) {
        (ActionPattern::Any, _) => true,
        (_, ActionPattern::Any) => false,
        (_, ActionPattern::Name { service, name }) => matches(wide, service, name),
    }
}

/// Whether an entry of `Resource` matches a text.
pub(super) fn matches_resource(pattern: &ResourcePattern, text: &str) -> bool {
    let anything = Probe::new(&ActionPattern::Any).statement;
    let resource = Some(ResourceElement { negated: false, patterns: vec![pattern.clone()] });
    semantics::applies(&Statement { resource, ..anything }, Kind::Identity, &request("x:X", text))
}

/// A request of nobody.
fn request(action: &str, resource: &str) -> Request {
    Request {
        principal: Principal::new("anonymous"),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: None,
        principal_in_management_account: false,
        context: BTreeMap::new(),
    }
}
