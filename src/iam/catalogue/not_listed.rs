//! What policies name and the catalogue does not know.

use super::index::Catalogue;
use super::remembered::NotListed;
use super::{CatalogueError, Service};
use crate::policy::{ActionPattern, Policy, Statement};
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

    /// Likewise of a policy, of which each statement is looked at once while it is there.
    ///
    /// # Errors
    /// When the catalogue is damaged there.
    pub fn not_listed_of(&self, policy: &Policy) -> Result<NotListed, CatalogueError> {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = NotListed::default();
        for stated in &policy.statements {
            let place = stated.address();
            if !remembered.0.contains_key(&place) {
                if remembered.0.len() >= REMEMBERED {
                    remembered.0.retain(|_, (known, _)| known.strong_count() > 0);
                    if remembered.0.len() >= REMEMBERED {
                        remembered.0.clear();
                    }
                }
                let found = self.not_listed([&**stated])?;
                remembered.0.insert(place, (stated.downgrade(), found));
            }
            if let Some((_, NotListed { services, actions })) = remembered.0.get(&place) {
                all.services.extend(services.iter().cloned());
                all.actions.extend(actions.iter().cloned());
            }
        }
        Ok(all)
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
