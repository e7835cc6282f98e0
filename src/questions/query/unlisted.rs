//! What the policies of a question name and the service catalogue does not know: taken not to
//! exist.

use super::Query;
use keyaki_evaluator::feasibility;
use keyaki_iam::catalogue::{Catalogue, CatalogueError, NotListed};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::layers::Policies;
use keyaki_iam::world::{ModelChoice, World};
use std::collections::BTreeSet;

impl Query<'_> {
    /// Caveats about services, actions and keys that the catalogue does not know.
    pub(super) fn unlisted(&self, world: World<'_>) -> Result<Vec<Caveat>, CatalogueError> {
        let shapes = self.shapes().map(|shape| &shape.statement);
        let NotListed { mut services, mut actions } = world.catalogue.not_listed(shapes)?;
        let sets = self.allowed_by.iter().chain(&self.refused_by);
        for named in sets.flat_map(|set| Policies::all(set)) {
            let found = world.catalogue.not_listed_of(&named.policy)?;
            services.extend(found.services);
            actions.extend(found.actions);
        }
        if world.unknown_actions {
            actions.clear();
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
