//! Which action entries can match some of the actions that a question is about.

use crate::query::pattern::{are_apart, is_action_within, is_one_name};
use keyaki_iam::caseless::Caseless;
use keyaki_iam::policy::{ActionElement, ActionPattern, Stated, Statement};
use rustc_hash::{FxHashMap, FxHashSet};

/// Actions that a question is about, by their services.
#[derive(Default)]
pub(super) struct Actions<'a> {
    by_service: FxHashMap<Caseless<'a>, OfService<'a>>,
}

/// Actions of one service.
#[derive(Default)]
struct OfService<'a> {
    /// Entries that are names.
    named: FxHashSet<Caseless<'a>>,
    /// Entries with wildcards.
    patterns: Vec<&'a ActionPattern>,
    /// Every entry; a name comes once.
    all: Vec<&'a ActionPattern>,
}

/// An entry is compared with so many others at most; with more to compare, it is kept.
const MOST: usize = 1_000;

impl<'a> Actions<'a> {
    /// The actions that the statements match, where they say of which services these are.
    pub fn of(statements: impl IntoIterator<Item = &'a Statement>) -> Option<Self> {
        let mut actions = Self::default();
        for element in statements.into_iter().map(|statement| &statement.action) {
            if element.negated || element.patterns.contains(&ActionPattern::Any) {
                return None;
            }
            actions.add_all(&element.patterns);
        }
        Some(actions)
    }

    /// The actions that the entries match; `None` where these may be all.
    pub fn of_entries(entries: &'a [ActionPattern]) -> Option<Self> {
        let mut actions = Self::default();
        if entries.contains(&ActionPattern::Any) {
            return None;
        }
        actions.add_all(entries);
        Some(actions)
    }

    /// Whether the texts show that each action that the entry matches is one of them.
    pub fn hold(&self, entry: &ActionPattern) -> bool {
        let ActionPattern::Name { service, name } = entry else { return false };
        let Some(own) = self.by_service.get(&Caseless(service)) else { return false };
        is_one_name(name) && own.named.contains(&Caseless(name))
            || own.patterns.len() <= MOST
                && own.patterns.iter().any(|other| is_action_within(entry, other))
    }

    fn add_all(&mut self, entries: &'a [ActionPattern]) {
        entries.iter().for_each(|entry| self.add(entry));
    }

    /// Adds the actions of an entry that names its service.
    pub fn add(&mut self, pattern: &'a ActionPattern) {
        let ActionPattern::Name { service, name } = pattern else { return };
        let own = self.by_service.entry(Caseless(service)).or_default();
        if !is_one_name(name) {
            own.patterns.push(pattern);
        } else if !own.named.insert(Caseless(name)) {
            return;
        }
        own.all.push(pattern);
    }

    /// The statement with those entries that may match one of the actions; `None` if it applies to
    /// none of them.
    pub fn narrowed(&self, statement: &Stated) -> Option<Stated> {
        let ActionElement { negated, patterns } = &statement.action;
        if *negated {
            return (!self.are_within(patterns)).then(|| statement.clone());
        }
        let kept = patterns.iter().filter(|pattern| self.may_meet(pattern));
        statement.with_entries(kept)
    }

    /// Whether an entry may match one of the actions. Of those that are any, nothing is known here.
    pub fn may_meet(&self, pattern: &ActionPattern) -> bool {
        let ActionPattern::Name { service, name } = pattern else { return true };
        let Some(own) = self.by_service.get(&Caseless(service)) else { return false };
        let literal = is_one_name(name);
        let compared = if literal { &own.patterns } else { &own.all };
        literal && own.named.contains(&Caseless(name))
            || compared.len() > MOST
            || compared.iter().any(|other| !are_apart(pattern, other))
    }

    /// Whether the texts show that the entries together match each of the actions.
    fn are_within(&self, entries: &[ActionPattern]) -> bool {
        let all = || self.by_service.values().flat_map(|own| own.all.iter().copied());
        let pairs = entries.len().saturating_mul(all().count());
        pairs <= MOST
            && all().all(|pattern| entries.iter().any(|entry| is_action_within(pattern, entry)))
    }
}
