//! Which action entries can match some of the actions that a question is about.

use crate::query::pattern::{are_apart, is_action_within, is_one_name};
use keyaki_iam::policy::{ActionElement, ActionPattern, Stated, Statement};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// Actions that a question is about, by their services in lower case.
#[derive(Default)]
pub(super) struct Actions {
    by_service: FxHashMap<String, OfService>,
}

/// Actions of one service.
#[derive(Default)]
struct OfService {
    /// In lower case.
    named: FxHashSet<String>,
    /// Entries with wildcards.
    patterns: Vec<ActionPattern>,
    /// Every entry, each once.
    all: Vec<ActionPattern>,
}

/// A name as it is, where it has no capitals: most services.
fn in_lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// An entry is compared with so many others at most; with more to compare, it is kept.
const MOST: usize = 1_000;

impl Actions {
    /// The actions that the statements match, where they say of which services these are.
    pub fn of<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> Option<Self> {
        let mut actions = Self::default();
        let mut seen = FxHashSet::default();
        for element in statements.into_iter().map(|statement| &statement.action) {
            if element.negated || element.patterns.contains(&ActionPattern::Any) {
                return None;
            }
            element
                .patterns
                .iter()
                .filter(|pattern| seen.insert(*pattern))
                .for_each(|pattern| actions.add(pattern));
        }
        Some(actions)
    }

    /// The actions that the entries match; `None` where these may be all.
    pub fn of_entries(entries: &[ActionPattern]) -> Option<Self> {
        let mut actions = Self::default();
        if entries.contains(&ActionPattern::Any) {
            return None;
        }
        entries.iter().for_each(|entry| actions.add(entry));
        Some(actions)
    }

    /// Whether the texts show that each action that the entry matches is one of them.
    pub fn hold(&self, entry: &ActionPattern) -> bool {
        let ActionPattern::Name { service, name } = entry else { return false };
        let Some(own) = self.by_service.get(&*in_lower_case(service)) else { return false };
        is_one_name(name) && own.named.contains(&name.to_ascii_lowercase())
            || own.patterns.len() <= MOST
                && own.patterns.iter().any(|other| is_action_within(entry, other))
    }

    /// Adds the actions of an entry that names its service.
    pub fn add(&mut self, pattern: &ActionPattern) {
        let ActionPattern::Name { service, name } = pattern else { return };
        let own = self.by_service.entry(in_lower_case(service).into_owned()).or_default();
        own.all.push(pattern.clone());
        if is_one_name(name) {
            own.named.insert(name.to_ascii_lowercase());
        } else {
            own.patterns.push(pattern.clone());
        }
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
        let Some(own) = self.by_service.get(&*in_lower_case(service)) else { return false };
        let literal = is_one_name(name);
        let compared = if literal { &own.patterns } else { &own.all };
        literal && own.named.contains(&name.to_ascii_lowercase())
            || compared.len() > MOST
            || compared.iter().any(|other| !are_apart(pattern, other))
    }

    /// Whether the texts show that the entries together match each of the actions.
    fn are_within(&self, entries: &[ActionPattern]) -> bool {
        let all = || self.by_service.values().flat_map(|own| &own.all);
        let pairs = entries.len().saturating_mul(all().count());
        pairs <= MOST
            && all().all(|pattern| entries.iter().any(|entry| is_action_within(pattern, entry)))
    }
}
