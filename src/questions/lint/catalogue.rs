//! What the catalogue says of the names in a policy.

use keyaki_evaluator::semantics;
use keyaki_iam::catalogue::{Action, Catalogue, CatalogueError, Service};
use keyaki_iam::policy::{ActionElement, ActionPattern, ResourcePattern, Statement};
use keyaki_iam::world::World;

/// The actions that an entry matches; none for a service that the catalogue does not know. For `*`,
/// some actions of a few services.
///
/// # Errors
/// When the catalogue is damaged there.
pub(super) fn matching<'c>(
    catalogue: &'c Catalogue,
    pattern: &ActionPattern,
) -> Result<Vec<(&'c Service, &'c Action)>, CatalogueError> {
    let ActionPattern::Name { service, name } = pattern else {
        let common = ["s3", "iam", "ec2", "sts"];
        let services: Vec<Option<&Service>> =
            common.into_iter().map(|prefix| catalogue.service(prefix)).collect::<Result<_, _>>()?;
        let some = |service: &'c Service| {
            service.actions.iter().take(4).map(move |action| (service, action))
        };
        return Ok(services.into_iter().flatten().flat_map(some).collect());
    };
    let Some(service) = catalogue.service(service)? else { return Ok(Vec::new()) };
    let possible =
        |action: &&Action| name.contains(['*', '?']) || name.eq_ignore_ascii_case(&action.name);
    let matched = service
        .actions
        .iter()
        .filter(possible)
        .filter(|action| matches(pattern, &service.prefix, &action.name));
    Ok(matched.map(|action| (service, action)).collect())
}

/// Whether an entry matches the action of that service.
fn matches(pattern: &ActionPattern, prefix: &str, name: &str) -> bool {
    semantics::matches_action(pattern, &format!("{prefix}:{name}"))
}

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
