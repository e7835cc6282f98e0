//! What policies say, as numbers, and what principals have: what is compared first, since most is the
//! same on both sides.

use crate::pair::text_of;
use keyaki_iam::estate::{Entity, Estate, Shared};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What policies say, as numbers: equal for equal texts.
#[derive(Default)]
pub(super) struct Contents {
    by_address: BTreeMap<usize, usize>,
    by_text: BTreeMap<String, usize>,
}

/// What principals have: their identity-based policies, their boundary, and the SCPs and RCPs of
/// their account, level by level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Content {
    identity: BTreeSet<usize>,
    boundary: Option<usize>,
    scp: Levels,
    rcp: Levels,
}

pub(super) type Levels = Vec<BTreeSet<usize>>;

/// Principals of one class: the same answer is theirs.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Class<'a> {
    pub account: &'a str,
    pub partition: &'a str,
    pub is_role: bool,
    pub is_service_linked: bool,
    pub contents: [Option<Content>; 2],
}

impl Contents {
    /// The number of what a policy says.
    pub fn of(&mut self, policy: &Shared) -> usize {
        let address = Arc::as_ptr(policy).addr();
        if let Some(known) = self.by_address.get(&address) {
            return *known;
        }
        let next = self.by_text.len();
        let number = *self.by_text.entry(text_of(policy)).or_insert(next);
        self.by_address.insert(address, number);
        number
    }

    fn all(&mut self, policies: &[Shared]) -> BTreeSet<usize> {
        policies.iter().map(|policy| self.of(policy)).collect()
    }

    /// The SCPs and the RCPs of an account.
    pub fn limits(&mut self, estate: &Estate, account: &str) -> [Levels; 2] {
        let Some(organization) = &estate.organization else { return Default::default() };
        [organization.scps_of(account), organization.rcps_of(account)]
            .map(|levels| levels.iter().map(|level| self.all(level)).collect())
    }

    /// What a user or role of an estate has.
    pub fn of_entity(&mut self, estate: &Estate, entity: &Entity) -> Content {
        let [scp, rcp] = self.limits(estate, &entity.account);
        Content {
            identity: self.all(&entity.identity),
            boundary: entity.boundary.as_ref().map(|policy| self.of(policy)),
            scp,
            rcp,
        }
    }
}
