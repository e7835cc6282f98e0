//! What the policies of a question name and the service catalogue does not know: taken not to exist.

use super::Query;
use crate::catalogue::{Catalogue, CatalogueError};
use crate::feasibility;
use crate::policy::{ActionPattern, Statement};
use crate::symbolic::Caveat;
use crate::world::World;
use std::collections::BTreeSet;

/// How many names a caveat shows.
const SHOWN: usize = 5;

impl Query<'_> {
    /// Caveats about services, actions and keys that the catalogue does not know.
    pub(super) fn unlisted(&self, world: World<'_>) -> Result<Vec<String>, CatalogueError> {
        let statements = || self.policies().flat_map(|policy| &policy.statements).chain(self.shapes().map(|shape| &shape.statement));
        let (mut services, mut actions) = (BTreeSet::new(), BTreeSet::new());
        for (service, name) in statements().flat_map(named) {
            if world.catalogue.summary(service).is_none() {
                services.insert(service.to_owned());
            } else if !name.contains(['*', '?']) && world.catalogue.action(&format!("{service}:{name}"))?.is_none() {
                actions.insert(format!("{service}:{name}"));
            }
        }
        let mut unknown = BTreeSet::new();
        for key in self.keys().into_iter().filter(|key| !key.lower().starts_with("aws:") && feasibility::is_listed_somewhere(key, &world)) {
            if world.catalogue.keys(key.text())?.is_empty() {
                unknown.insert(key.text().to_owned());
            }
        }
        let told = [
            ("the catalogue knows no such service, so no request asks one", services),
            ("the catalogue knows no such action, so no request asks for one (`--unknown-actions` considers it)", actions),
            ("the catalogue lists no such key, so no request carries one", unknown),
        ];
        Ok(told.into_iter().filter(|(_, names)| !names.is_empty()).map(|(words, names)| format!("{}: {words}", listed(&names))).collect())
    }
}

/// Whether the caveat is about the type of a key, and the catalogue says that it is as assumed.
pub(super) fn is_confirmed(caveat: &Caveat, catalogue: &Catalogue) -> Result<bool, CatalogueError> {
    Ok(match caveat {
        Caveat::ReadAs { key, read_as, .. } => catalogue.keys(key.text())?.iter().any(|(_, known)| known.key_type == *read_as),
        Caveat::OneOrSeveral { .. }
        | Caveat::CanonicalUser
        | Caveat::OriginAccessIdentity
        | Caveat::EndpointAccount
        | Caveat::RcpServices
        | Caveat::NoResourcePolicy
        | Caveat::NotPrincipal
        | Caveat::KmsGrants
        | Caveat::ModelOwner
        | Caveat::Delegates { .. } => false,
    })
}

/// The actions that a statement names, or names patterns of.
fn named(statement: &Statement) -> impl Iterator<Item = (&str, &str)> {
    statement.action.patterns.iter().filter_map(|pattern| match pattern {
        ActionPattern::Name { service, name } => Some((service.as_str(), name.as_str())),
        ActionPattern::Any => None,
    })
}

fn listed(names: &BTreeSet<String>) -> String {
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(SHOWN);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}
