//! What policies name and the catalogue does not know.

use super::index::Catalogue;
use super::remembered::NotListed;
use super::{CatalogueError, Service};
use crate::policy::{ActionPattern, Policy, Statement};
use std::sync::{Arc, PoisonError};

/// So many policies are remembered.
const REMEMBERED: usize = 4_096;

impl Catalogue {
    /// What the actions of statements name that this catalogue does not know.
    ///
    /// # Errors
    /// When the catalogue is damaged there.
    pub fn not_listed<'s>(
        &self,
        statements: impl IntoIterator<Item = &'s Statement>,
    ) -> Result<NotListed, CatalogueError> {
        let mut found = NotListed::default();
        let patterns = statements.into_iter().flat_map(|statement| &statement.action.patterns);
        // Policies name many actions of a service in a row: it is looked up once for all of them.
        let mut of: (&str, bool, Option<Option<&Service>>) = ("", false, None);
        for pattern in patterns {
            let ActionPattern::Name { service, name } = pattern else { continue };
            if of.0 != &**service {
                of = (service, self.summary(service).is_some(), None);
            }
            if !of.1 {
                found.services.insert(service.to_string());
            } else if !name.contains(['*', '?']) {
                let known = match of.2 {
                    Some(known) => known,
                    None => *of.2.insert(self.service(service)?),
                };
                if known.is_none_or(|known| known.action(name).is_none()) {
                    found.actions.insert(format!("{service}:{name}"));
                }
            }
        }
        Ok(found)
    }

    /// Likewise of a policy, which is looked at once while it is there.
    ///
    /// # Errors
    /// When the catalogue is damaged there.
    pub fn not_listed_of(&self, policy: &Arc<Policy>) -> Result<Arc<NotListed>, CatalogueError> {
        let place = Arc::as_ptr(policy) as usize;
        let remembered = || self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        // No other policy gets that place while there is a weak reference to it.
        if let Some((_, found)) = remembered().0.get(&place) {
            return Ok(Arc::clone(found));
        }
        let found = Arc::new(self.not_listed(policy.statements())?);
        let mut remembered = remembered();
        if remembered.0.len() >= REMEMBERED {
            remembered.0.retain(|_, (known, _)| known.strong_count() > 0);
            if remembered.0.len() >= REMEMBERED {
                remembered.0.clear();
            }
        }
        remembered.0.insert(place, (Arc::downgrade(policy), Arc::clone(&found)));
        Ok(found)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;
    use crate::policy::Kind;
    use crate::policy::read::{ReadOptions, read};
    use crate::source::Source;
    use std::collections::BTreeSet;

    /// Of one policy after another, each gone before the next one comes.
    #[test]
    fn names_are_those_of_a_policy() {
        let catalogue = Catalogue::embedded().unwrap();
        let policy = |action: &str| {
            let text = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["{action}","s3:Get*","s3:GetObject"],"Resource":"*"}}]}}"#
            );
            let read = read(&Source::new("p", text), Kind::Identity, &ReadOptions::default());
            Arc::new(read.policy.unwrap())
        };
        for number in 0..2_000 {
            let action = format!("s3:Fly{number}");
            let policy = policy(&action);
            for _ in 0..2 {
                let found = catalogue.not_listed_of(&policy).unwrap();
                assert_eq!(found.actions, BTreeSet::from([action.clone()]));
                assert!(found.services.is_empty());
            }
        }
        let found = catalogue.not_listed_of(&policy("nosuch:Thing")).unwrap();
        assert_eq!(found.services, BTreeSet::from(["nosuch".to_owned()]));
    }
}
