//! What the policies of a question name and the service catalogue does not know: taken not to
//! exist.

use super::Query;
use keyaki_evaluator::feasibility;
use keyaki_iam::catalogue::{Catalogue, CatalogueError};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::policy::{ActionPattern, Statement};
use keyaki_iam::world::{ModelChoice, World};
use std::collections::BTreeSet;

impl Query<'_> {
    /// Caveats about services, actions and keys that the catalogue does not know.
    pub(super) fn unlisted(&self, world: World<'_>) -> Result<Vec<Caveat>, CatalogueError> {
        let statements = || {
            self.policies()
                .flat_map(|policy| &policy.statements)
                .chain(self.shapes().map(|shape| &shape.statement))
        };
        let (mut services, mut actions) = (BTreeSet::new(), BTreeSet::new());
        // Policies name many actions of a service in a row: it is looked up once for all of them.
        let mut of = ("", false, None);
        for (service, name) in statements().flat_map(named) {
            if of.0 != service {
                of = (service, world.catalogue.summary(service).is_some(), None);
            }
            if !of.1 {
                services.insert(service.to_owned());
            } else if !world.unknown_actions && !name.contains(['*', '?']) {
                let known = match of.2 {
                    Some(known) => known,
                    None => *of.2.insert(world.catalogue.service(service)?),
                };
                if known.is_none_or(|known| known.action(name).is_none()) {
                    actions.insert(format!("{service}:{name}"));
                }
            }
        }
        let mut unknown = BTreeSet::new();
        let (unprefixed, prefixed): (Vec<_>, Vec<_>) =
            self.keys().into_iter().partition(|key| !key.text().contains(':'));
        let absent = world.assumptions.contains(ModelChoice::F13) && !world.unknown_keys;
        for key in prefixed.into_iter().filter(|key| absent && feasibility::is_unknown(key, &world))
        {
            unknown.insert(key.text().to_owned());
        }
        let unprefixed: BTreeSet<String> =
            unprefixed.into_iter().map(|key| key.text().to_owned()).collect();
        let told = [
            (!services.is_empty(), Caveat::UnknownServices { names: services }),
            (!actions.is_empty(), Caveat::UnknownActions { names: actions }),
            (!unknown.is_empty(), Caveat::UnknownKeys { names: unknown }),
            (!unprefixed.is_empty(), Caveat::KeysWithoutPrefix { names: unprefixed }),
        ];
        Ok(told.into_iter().filter(|(holds, _)| *holds).map(|(_, caveat)| caveat).collect())
    }
}

/// Whether the caveat is about the type of a key, and the catalogue says that it is as assumed.
pub(super) fn is_confirmed(caveat: &Caveat, catalogue: &Catalogue) -> Result<bool, CatalogueError> {
    let Caveat::ReadAs { key, read_as, .. } = caveat else { return Ok(false) };
    Ok(catalogue.keys(key.text())?.iter().any(|(_, known)| known.key_type == *read_as))
}

/// The actions that a statement names, or names patterns of.
fn named(statement: &Statement) -> impl Iterator<Item = (&str, &str)> {
    statement.action.patterns.iter().filter_map(|pattern| match pattern {
        ActionPattern::Name { service, name } => Some((&**service, &**name)),
        ActionPattern::Any => None,
    })
}
