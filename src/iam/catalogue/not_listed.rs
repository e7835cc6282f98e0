//! What policies name and the catalogue does not know.

use super::index::Catalogue;
use super::remembered::{NotListed, Remembered};
use super::{CatalogueError, Service};
use crate::policy::{ActionPattern, Policy, Stated, Statement};
use std::collections::hash_map::Entry;
use std::sync::PoisonError;

/// So many statements are remembered.
const REMEMBERED: usize = 1 << 14;

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
        let mut before = 0;
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
                match known.and_then(|known| known.place_of_action(before, name)) {
                    Some(place) => before = place,
                    None => _ = found.actions.insert(format!("{service}:{name}")),
                }
            }
        }
        Ok(found)
    }

    /// Likewise of a policy, of which each statement is looked at once while it is there.
    ///
    /// # Errors
    /// When the catalogue is damaged there.
    pub fn not_listed_of(&self, policy: &Policy) -> Result<NotListed, CatalogueError> {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = NotListed::default();
        for stated in &policy.statements {
            let NotListed { services, actions } = self.remembered_of(&mut remembered, stated)?;
            all.services.extend(services.iter().cloned());
            all.actions.extend(actions.iter().cloned());
        }
        Ok(all)
    }

    /// Whether the catalogue knows each action that a statement names, and each service.
    ///
    /// # Errors
    /// When the catalogue is damaged there.
    pub fn lists_all_of(&self, stated: &Stated) -> Result<bool, CatalogueError> {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let NotListed { services, actions } = self.remembered_of(&mut remembered, stated)?;
        Ok(services.is_empty() && actions.is_empty())
    }

    fn remembered_of<'r>(
        &self,
        Remembered(known): &'r mut Remembered,
        stated: &Stated,
    ) -> Result<&'r NotListed, CatalogueError> {
        let place = stated.address();
        if known.len() >= REMEMBERED && !known.contains_key(&place) {
            known.retain(|_, (statement, _)| statement.strong_count() > 0);
            if known.len() >= REMEMBERED {
                known.clear();
            }
        }
        Ok(match known.entry(place) {
            Entry::Occupied(found) => &found.into_mut().1,
            Entry::Vacant(place) => {
                let found = self.not_listed([&**stated])?;
                &place.insert((stated.downgrade(), found)).1
            }
        })
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
            read.policy.unwrap()
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
