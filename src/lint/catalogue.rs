//! What the catalogue says of the names in a policy.

use crate::catalogue::{Action, Catalogue, Service};
use crate::policy::{ActionElement, ActionPattern, Effect, Kind, Piece, ResourceElement, ResourcePattern, Statement};
use crate::request::{Principal, Request};
use crate::semantics;
use crate::source::Span;
use crate::world::World;
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
        (ActionPattern::Name { service: of, name: pattern }, ActionPattern::Name { service, name }) => {
            let same = of.eq_ignore_ascii_case(service);
            same && if pattern.contains(['*', '?']) { matches(wide, service, name) } else { pattern.eq_ignore_ascii_case(name) }
        }
    }
}

/// Whether an entry of `Resource` matches a text.
pub(super) fn matches_resource(pattern: &ResourcePattern, text: &str) -> bool {
    if matches!(pattern, ResourcePattern::Arn { text: written, .. } if !written.contains(['*', '?'])) {
        return false;
    }
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

/// The statement without those entries of `Action` none of whose actions is about a resource of the services that its ARNs name: they match
/// no request that can exist, and a shorter question is easier (SEMANTICS F12).
pub(super) fn narrowed(world: &World<'_>, statement: Statement) -> Statement {
    let services = match &statement.resource {
        Some(element) if !element.negated && !world.unknown_actions => {
            element.patterns.iter().map(service_field).collect::<Option<Vec<_>>>()
        }
        _ => None,
    };
    let (Some(services), false) = (services, statement.action.negated) else { return statement };
    let about = |(service, action): (&Service, &Action)| {
        let formats = service.resources_of(action).flat_map(|(_, resource)| &resource.arns);
        formats.map(|format| format.fields()[2]).any(|field| field.contains(['$', '*']) || services.contains(&field))
    };
    let kept =
        |pattern: &&ActionPattern| matches!(pattern, ActionPattern::Any) || matching(world.catalogue, pattern).into_iter().any(about);
    let patterns: Vec<ActionPattern> = statement.action.patterns.iter().filter(kept).cloned().collect();
    if patterns.is_empty() || patterns.len() == statement.action.patterns.len() {
        return statement;
    }
    Statement { action: ActionElement { negated: false, patterns }, ..statement }
}

/// The service that an entry of `Resource` names, if it names one.
fn service_field(pattern: &ResourcePattern) -> Option<&str> {
    let ResourcePattern::Arn { fields, .. } = pattern else { return None };
    match fields.get(2)?.pieces.as_slice() {
        [Piece::Literal(service)] => Some(service),
        _ => None,
    }
}
