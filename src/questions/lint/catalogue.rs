//! What the catalogue says of the names in a policy.

use crate::names::{matches, matching};
use keyaki_iam::catalogue::{Action, CatalogueError, Service};
use keyaki_iam::policy::{ActionElement, ActionPattern, ResourcePattern, Statement};
use keyaki_iam::world::World;

/// Whether an entry of `Action` seems to contain another one: it matches the other's text,
/// wildcards taken for characters.
pub(super) fn covers(wide: &ActionPattern, narrow: &ActionPattern) -> bool {
    match (wide, narrow) {
        (ActionPattern::Any, _) => true,
        (_, ActionPattern::Any) => false,
        (
            ActionPattern::Name { service: of, name: pattern },
            ActionPattern::Name { service, name },
        ) => {
            let same = of.eq_ignore_ascii_case(service);
            same && if pattern.contains(['*', '?']) {
                matches(wide, service, name)
            } else {
                pattern.eq_ignore_ascii_case(name)
            }
        }
    }
}

/// The statement without those entries of `Action` none of whose actions is about a resource of the
/// services that its ARNs name: they match no request that can exist, and a shorter question is
/// easier (SEMANTICS F12).
///
/// # Errors
/// When the catalogue is damaged there.
pub(super) fn narrowed(
    world: &World<'_>,
    statement: Statement,
) -> Result<Statement, CatalogueError> {
    let services = match &statement.resource {
        Some(element) if !element.negated && !world.unknown_actions => {
            element.patterns.iter().map(ResourcePattern::service).collect::<Option<Vec<_>>>()
        }
        _ => None,
    };
    let (Some(services), false) = (services, statement.action.negated) else {
        return Ok(statement);
    };
    let about = |(service, action): (&Service, &Action)| {
        let formats = service.resources_of(action).flat_map(|(_, resource)| &resource.arns);
        formats
            .map(|format| format.fields()[2])
            .any(|field| field.contains(['$', '*']) || services.contains(&field))
    };
    let mut patterns = Vec::new();
    for pattern in &statement.action.patterns {
        if matches!(pattern, ActionPattern::Any)
            || matching(world.catalogue, pattern)?.into_iter().any(about)
        {
            patterns.push(pattern.clone());
        }
    }
    if patterns.is_empty() || patterns.len() == statement.action.patterns.len() {
        return Ok(statement);
    }
    Ok(Statement { action: ActionElement { negated: false, patterns }, ..statement })
}
