//! Which roles a trust policy may let somebody assume: read off the principals that it names, so
//! that a role is asked about only where the answer can be yes.

use super::super::facts;
use super::super::grants::grantees;
use super::super::subjects::Subject;
use super::ASSUME;
use crate::query::pattern::resources_apart;
use keyaki_evaluator::semantics;
use keyaki_iam::estate::{Entity, EntityKind, Estate, Shared};
use keyaki_iam::policy::{
    ActionElement, ActionPattern, Effect, Policy, PrincipalEntry, ResourceElement, Statement,
};
use keyaki_iam::request::arn_fields;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The roles of an estate, by whom they may trust. A role is a number: its place among them.
#[derive(Default)]
pub(super) struct Index<'a> {
    /// Every role.
    pub roles: Vec<&'a Entity>,
    numbers: FxHashMap<&'a str, usize>,
    /// Those that may trust anybody.
    open: Vec<usize>,
    /// Those that trust an account.
    accounts: FxHashMap<&'a str, Vec<usize>>,
    /// Those that trust a user or a role, by the account and the name without path.
    names: FxHashMap<(&'a str, &'a str), Vec<usize>>,
    /// Those that trust the bearer of a unique id.
    ids: FxHashMap<&'a str, Vec<usize>>,
    /// Every role that is in `ids`.
    with_ids: Vec<usize>,
    /// Each role as what an entry of a policy may be about.
    about: Vec<ResourceElement>,
    /// What each document lets its bearer assume, by its address.
    allowed: FxHashMap<usize, Vec<&'a ResourceElement>>,
}

impl<'a> Index<'a> {
    pub fn of(estate: &'a Estate) -> Self {
        let mut index = Self::default();
        for entity in &estate.entities {
            if let EntityKind::Role { trust } = &entity.kind {
                let number = index.roles.len();
                index.roles.push(entity);
                index.about.push(facts::resources([entity.arn.as_str()]));
                index.numbers.insert(&entity.arn, number);
                index.add(number, entity, trust.as_ref());
            }
        }
        for document in estate.entities.iter().flat_map(|entity| &entity.identity) {
            let address = Arc::as_ptr(document).addr();
            index.allowed.entry(address).or_insert_with(|| assuming(&document.policy).collect());
        }
        let lists = index.accounts.values_mut().chain(index.names.values_mut());
        for list in lists.chain([&mut index.open, &mut index.with_ids]) {
            list.dedup();
        }
        index
    }

    /// The number of a role.
    pub fn number(&self, arn: &str) -> Option<usize> {
        self.numbers.get(arn).copied()
    }

    fn add(&mut self, number: usize, role: &'a Entity, trust: Option<&'a Shared>) {
        // A trust policy that is not known is taken to name its account (SEMANTICS 6.3).
        let Some(trust) = trust else {
            return self.accounts.entry(&role.account).or_default().push(number);
        };
        for element in grantees(&trust.policy) {
            let entries = match element {
                Some(element) if !element.negated => &element.entries,
                Some(_) | None => {
                    self.open.push(number);
                    continue;
                }
            };
            for entry in entries {
                match entry {
                    PrincipalEntry::Anyone => self.open.push(number),
                    PrincipalEntry::Aws(text) => self.add_text(number, text),
                    // Nobody of the estate; whoever is not of it is asked about every role.
                    PrincipalEntry::Service(_)
                    | PrincipalEntry::Federated(_)
                    | PrincipalEntry::AnyProvider
                    | PrincipalEntry::CanonicalUser(_) => {}
                }
            }
        }
    }

    fn add_text(&mut self, number: usize, text: &'a str) {
        let Some([.., account, rest]) = arn_fields(text) else {
            if text.starts_with(|letter: char| letter.is_ascii_uppercase()) {
                self.ids.entry(text).or_default().push(number);
                self.with_ids.push(number);
            } else {
                self.accounts.entry(text).or_default().push(number);
            }
            return;
        };
        let mut parts = rest.split('/');
        match (parts.next(), parts.next()) {
            (Some("root"), None) => self.accounts.entry(account).or_default().push(number),
            (Some("user" | "role"), Some(_)) => {
                let name = rest.rsplit('/').next().unwrap_or_default();
                self.names.entry((account, name)).or_default().push(number);
            }
            (Some("assumed-role"), Some(name)) => {
                self.names.entry((account, name)).or_default().push(number);
            }
            _ => self.open.push(number),
        }
    }

    /// The roles that may trust somebody, in order, and whether it may assume each as far as its own
    /// policies tell: they have to allow it across accounts, and where the trust policy names the
    /// account and not the principal (SEMANTICS 6.3, 6.4).
    pub fn that_may_trust(&self, subject: Subject<'a>) -> Vec<(usize, bool)> {
        let Subject::Entity(entity) = subject else {
            return (0..self.roles.len()).map(|number| (number, true)).collect();
        };
        let by_id = match &entity.id {
            Some(id) => self.ids.get(id.as_str()),
            None => Some(&self.with_ids),
        };
        let by_name = self.names.get(&(entity.account.as_str(), entity.name()));
        let by_account = self.accounts.get(entity.account.as_str());
        // The second: whether a grant may be to the principal itself.
        let mut found: Vec<(usize, bool)> = [Some(&self.open), by_name, by_id]
            .into_iter()
            .flatten()
            .flatten()
            .map(|number| (*number, true))
            .chain(by_account.into_iter().flatten().map(|number| (*number, false)))
            .collect();
        found.sort_unstable_by_key(|(number, direct)| (*number, !direct));
        found.dedup_by_key(|(number, _)| *number);
        for (number, may) in &mut found {
            let own = self.roles.get(*number).is_some_and(|role| role.account == entity.account);
            *may = *may && own || self.may_ask(entity, *number);
        }
        found
    }

    /// Whether what somebody is allowed may be about a role.
    fn may_ask(&self, entity: &Entity, role: usize) -> bool {
        let Some(about) = self.about.get(role) else { return true };
        entity.identity.iter().any(|document| {
            match self.allowed.get(&Arc::as_ptr(document).addr()) {
                Some(allowed) => allowed.iter().any(|element| !resources_apart(element, about)),
                None => true,
            }
        })
    }
}

/// The resources about which a policy allows to assume a role.
fn assuming(policy: &Policy) -> impl Iterator<Item = &ResourceElement> {
    let may = |statement: &&Statement| {
        let matches = |pattern: &ActionPattern| {
            ASSUME.iter().any(|name| semantics::matches_action(pattern, &format!("sts:{name}")))
        };
        let ActionElement { negated, patterns } = &statement.action;
        statement.effect == Effect::Allow && (*negated || patterns.iter().any(matches))
    };
    policy.statements().filter(may).filter_map(|statement| statement.resource.as_ref())
}
