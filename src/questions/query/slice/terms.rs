//! Entries of statements that other policies allow, too: on the same terms, which their texts tell
//! at once, or on wider ones.

use super::actions::Actions;
use crate::names;
use crate::query::covers::covers_but_for_actions;
use crate::query::pattern::{Part, is_action_within, is_one_name};
use keyaki_iam::catalogue::{Action, Catalogue, Service};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{
    ActionElement, ActionPattern, Effect, Policy, ResourcePattern, Stated, Statement,
};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::cell::{Cell, OnceCell};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Statements by what they say but for their actions.
pub(super) struct Terms<'a> {
    /// The policies in which shared statements stand.
    shared: FxHashMap<usize, &'a Policy>,
    /// Made when somebody asks.
    by_digest: OnceCell<FxHashMap<u64, Vec<(&'a Policy, &'a Stated)>>>,
    allows: Vec<(&'a Policy, &'a Stated)>,
    denies: Vec<(&'a Policy, &'a Stated)>,
}

/// What one set of policies allows of another.
pub(super) struct Granted<'a, 't> {
    terms: &'t Terms<'a>,
    /// Where a Deny statement may apply and none of the other set does.
    denied: Denied<'a>,
    /// How many pairs of entries may still be compared.
    left: Cell<usize>,
}

/// Actions on which Deny statements may apply.
#[derive(Default)]
struct Denied<'a> {
    /// Entries whose actions they are.
    entries: Vec<&'a ActionPattern>,
    /// The same by their services.
    by_service: Actions<'a>,
    /// Lists of entries: all actions but those of one.
    all_but: Vec<Actions<'a>>,
}

impl<'a> Denied<'a> {
    fn add(&mut self, entry: &'a ActionPattern) {
        self.entries.push(entry);
        self.by_service.add(entry);
    }

    fn is_nothing(&self) -> bool {
        self.entries.is_empty() && self.all_but.is_empty()
    }

    /// Whether the texts show that an entry matches none of them.
    fn is_apart_from(&self, entry: &ActionPattern) -> bool {
        !self.entries.contains(&&ActionPattern::Any)
            && !self.by_service.may_meet(entry)
            && self.all_but.iter().all(|exempt| exempt.hold(entry))
    }
}

/// How many pairs of entries of two sets are compared. What is not compared is kept.
const MOST: usize = 20_000;

impl<'a> Terms<'a> {
    pub fn of(set: &'a Policies) -> Self {
        let (shared, by_digest) = (FxHashMap::default(), OnceCell::new());
        let mut terms = Self { shared, by_digest, allows: Vec::new(), denies: Vec::new() };
        for named in set.all() {
            for statement in &named.policy.statements {
                let known = (&*named.policy, statement);
                terms.shared.insert(statement.address(), &named.policy);
                match statement.effect {
                    Effect::Allow => terms.allows.push(known),
                    Effect::Deny => terms.denies.push(known),
                }
            }
        }
        terms
    }

    /// The statements that apply where this one does, to actions that they match.
    fn like(&self, policy: &Policy, statement: &Statement) -> impl Iterator<Item = &'a Stated> {
        let by_digest = self.by_digest.get_or_init(|| {
            let mut by_digest: FxHashMap<u64, Vec<_>> = FxHashMap::default();
            for known in self.allows.iter().chain(&self.denies) {
                by_digest.entry(digest(known.1)).or_default().push(*known);
            }
            by_digest
        });
        let alike = by_digest.get(&digest(statement)).into_iter().flatten();
        alike
            .filter(|(home, other)| on_the_same_terms((policy, statement), (home, other)))
            .map(|(_, other)| *other)
    }

    /// Whether the very same statement stands here, in a policy of that kind and language.
    fn have(&self, policy: &Policy, statement: &Stated) -> bool {
        let is_alike = |home: &&Policy| (home.kind, home.version) == (policy.kind, policy.version);
        self.shared.get(&statement.address()).is_some_and(is_alike)
    }

    /// What these policies allow of the others.
    pub fn granted(&self, others: &'a Policies) -> Granted<'a, '_> {
        let mut granted = Granted { terms: self, denied: Denied::default(), left: Cell::new(MOST) };
        // Others are looked at for what these deny only.
        if self.denies.is_empty() {
            return granted;
        }
        let others = Terms::of(others);
        for (policy, deny) in &self.denies {
            if !others.have(policy, deny)
                && !others.like(policy, deny).any(|same| same.action == deny.action)
            {
                granted.deny_but_by(&others, policy, deny);
            }
        }
        granted
    }
}

impl<'a> Granted<'a, '_> {
    /// Adds the actions on which a Deny statement may apply where none of those others does.
    fn deny_but_by(&mut self, others: &Terms<'a>, policy: &Policy, deny: &'a Stated) {
        let wider: Vec<&'a Stated> = others
            .denies
            .iter()
            .filter(|(home, other)| {
                home.kind == policy.kind
                    && self.may_take(pairs_but_for_actions(other, deny))
                    && covers_but_for_actions(other, deny, policy.kind)
            })
            .map(|(_, other)| *other)
            .collect();
        let ActionElement { negated, patterns } = &deny.action;
        let open: Vec<&'a ActionPattern> = if *negated {
            // One that exempts all denies nothing.
            let Some(exempt) = Actions::of_entries(patterns) else { return };
            // What it denies and another one does not is what that one exempts.
            let left = |other: &&'a Stated| -> Vec<&'a ActionPattern> {
                let patterns = other.action.patterns.iter();
                patterns.filter(|pattern| !exempt.hold(pattern)).collect()
            };
            let negated = wider.iter().filter(|other| other.action.negated);
            let any = |other: &&Stated| {
                !other.action.negated && other.action.patterns.contains(&ActionPattern::Any)
            };
            match negated.map(left).min_by_key(Vec::len) {
                Some(left) => left,
                None if wider.iter().any(any) => return,
                None => return self.denied.all_but.push(exempt),
            }
        } else {
            patterns.iter().collect()
        };
        let same: FxHashSet<&ActionPattern> = wider
            .iter()
            .filter(|other| !other.action.negated)
            .flat_map(|other| &other.action.patterns)
            .collect();
        let covered = |entry: &&ActionPattern| {
            let part = Part::Entry(entry);
            same.contains(entry)
                || wider
                    .iter()
                    .any(|other| self.may_compare(&part, other) && part.is_within(&other.action))
        };
        let open: Vec<_> = open.into_iter().filter(|entry| !covered(entry)).collect();
        open.into_iter().for_each(|entry| self.denied.add(entry));
    }

    /// An Allow statement without the entries that are allowed here on the same or on wider terms;
    /// `None` if none is left. Where only actions that are `listed` are considered, an entry is
    /// each of those that it matches.
    pub fn without(
        &self,
        policy: &Policy,
        statement: &Stated,
        listed: Option<&Catalogue>,
    ) -> Option<Stated> {
        if statement.effect == Effect::Deny {
            return Some(statement.clone());
        }
        // Most statements that two versions of a policy have in common are the same.
        if self.denied.is_nothing() && self.terms.have(policy, statement) {
            return None;
        }
        let ActionElement { negated, patterns } = &statement.action;
        let alike: Vec<&ActionElement> =
            self.terms.like(policy, statement).map(|other| &other.action).collect();
        if self.denied.is_nothing() && alike.contains(&&statement.action) {
            return None;
        }
        if *negated {
            let granted = self.grants(policy, statement, &[Part::AllBut(patterns)]) == [true];
            return (!granted).then(|| statement.clone());
        }
        let mut same = Listed::of(alike.into_iter().filter(|element| !element.negated));
        let mut left = self.left_of(policy, statement, &mut same, patterns);
        if let (Some(catalogue), false) = (listed, left.is_empty()) {
            let all_listed = catalogue.lists_all_of(statement).unwrap_or(false);
            left.retain(|entry| {
                let is_listed = all_listed
                    && matches!(entry, ActionPattern::Name { name, .. } if is_one_name(name));
                let actions = if is_listed { None } else { listed_by(catalogue, entry) };
                actions.is_none_or(|actions| {
                    !self.left_of(policy, statement, &mut same, &actions).is_empty()
                })
            });
        }
        statement.with_entries(left.into_iter())
    }

    /// The entries that are not allowed here on the terms of the statement or on wider ones.
    fn left_of<'e>(
        &self,
        policy: &Policy,
        statement: &Statement,
        same: &mut Listed<'_>,
        entries: &'e [ActionPattern],
    ) -> Vec<&'e ActionPattern> {
        let mut is_same =
            |entry: &ActionPattern| same.has(entry) && self.denies_nothing_of(&Part::Entry(entry));
        let left: Vec<_> = entries.iter().filter(|entry| !is_same(entry)).collect();
        let parts: Vec<Part<'_>> = left.iter().map(|entry| Part::Entry(entry)).collect();
        let wider = self.grants(policy, statement, &parts);
        let left = left.into_iter().zip(wider).filter(|(_, granted)| !granted);
        left.map(|(entry, _)| entry).collect()
    }

    /// Which of these parts of the actions of a statement are allowed here on wider terms.
    fn grants(&self, policy: &Policy, statement: &Statement, parts: &[Part<'_>]) -> Vec<bool> {
        let mut granted = vec![false; parts.len()];
        for (home, other) in &self.terms.allows {
            if self.left.get() == 0 || granted.iter().all(|granted| *granted) {
                break;
            }
            if home.kind != policy.kind {
                continue;
            }
            let mut wider = None;
            for (part, granted) in parts.iter().zip(&mut granted).filter(|(_, known)| !**known) {
                *granted = self.may_compare(part, other)
                    && part.is_within(&other.action)
                    && *wider.get_or_insert_with(|| {
                        self.may_take(pairs_but_for_actions(other, statement))
                            && covers_but_for_actions(other, statement, policy.kind)
                    })
                    && self.denies_nothing_of(part);
            }
        }
        granted
    }

    /// Whether no Deny statement that counts matches an action of the part.
    fn denies_nothing_of(&self, part: &Part<'_>) -> bool {
        match part {
            _ if self.denied.is_nothing() => true,
            Part::Entry(entry) => self.denied.is_apart_from(entry),
            Part::AllBut(patterns) => {
                let Denied { entries, all_but, .. } = &self.denied;
                let exempt = |entry: &&ActionPattern| {
                    patterns.iter().any(|pattern| is_action_within(entry, pattern))
                };
                all_but.is_empty()
                    && self.may_take(entries.len().saturating_mul(patterns.len()))
                    && entries.iter().all(exempt)
            }
        }
    }

    /// Whether the part may still be compared with the entries of a statement.
    fn may_compare(&self, part: &Part<'_>, statement: &Statement) -> bool {
        let own = match part {
            Part::Entry(_) => 1,
            Part::AllBut(patterns) => patterns.len().max(1),
        };
        self.may_take(own.saturating_mul(statement.action.patterns.len().max(1)))
    }

    /// Whether so many pairs may still be compared; they count.
    fn may_take(&self, pairs: usize) -> bool {
        let left = self.left.get().checked_sub(pairs);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// The actions of the catalogue that an entry matches, where this is worth the time; `None` says
/// nothing.
fn listed_by(catalogue: &Catalogue, entry: &ActionPattern) -> Option<Vec<ActionPattern>> {
    let ActionPattern::Name { service, name } = entry else { return None };
    let listed = names::matching(catalogue, entry).ok()?;
    if is_one_name(name) && !listed.is_empty() {
        return None;
    }
    let named = |(_, action): &(&Service, &Action)| ActionPattern::Name {
        service: Arc::clone(service),
        name: Arc::clone(&action.name),
    };
    Some(listed.iter().map(named).collect())
}

/// Entries of some elements, asked for in about their order.
struct Listed<'a> {
    entries: Vec<&'a ActionPattern>,
    /// After the last one that was found.
    next: usize,
    any: bool,
    /// How many were not where they were looked for.
    missed: usize,
    /// Made where the order does not help.
    all: OnceCell<FxHashSet<&'a ActionPattern>>,
}

/// So many entries are looked for one by one.
const FEW: usize = 2;

impl<'a> Listed<'a> {
    fn of(elements: impl Iterator<Item = &'a ActionElement>) -> Self {
        let entries: Vec<_> = elements.flat_map(|element| &element.patterns).collect();
        let any = entries.contains(&&ActionPattern::Any);
        Self { entries, next: 0, any, missed: 0, all: OnceCell::new() }
    }

    /// Whether an entry is one of them, or one of them is any action.
    fn has(&mut self, entry: &ActionPattern) -> bool {
        if self.any {
            return true;
        }
        if self.entries.get(self.next) == Some(&entry) {
            self.next += 1;
            return true;
        }
        // A few are looked for one by one: to put all of them into a set takes longer.
        let found = if self.missed < FEW {
            self.missed += 1;
            self.entries.contains(&entry)
        } else {
            let all = self.all.get_or_init(|| self.entries.iter().copied().collect());
            all.contains(entry)
        };
        // Where one is left out here, the others follow after it.
        if found && self.entries.get(self.next + 1) == Some(&entry) {
            self.next += 2;
        }
        found
    }
}

/// So many values are looked up while a pair of entries is compared.
const LOOKED_UP: usize = 16;

/// How much there is to compare of two statements: pairs of entries of resources, and the values of
/// conditions, which are looked up.
fn pairs_but_for_actions(one: &Statement, other: &Statement) -> usize {
    let resources = |of: &Statement| of.resource.as_ref().map_or(0, |own| own.patterns.len());
    let values = |of: &Statement| of.conditions.iter().map(|one| one.values.len()).sum::<usize>();
    let resources = resources(one).saturating_mul(resources(other));
    resources.saturating_add(values(one).saturating_add(values(other)) / LOOKED_UP)
}

/// Equal for statements that are on the same terms, and different for most others.
fn digest(statement: &Statement) -> u64 {
    let mut hasher = FxHasher::default();
    statement.effect.hash(&mut hasher);
    if let Some(element) = &statement.resource {
        element.negated.hash(&mut hasher);
        for pattern in &element.patterns {
            if let ResourcePattern::Arn { text, .. } = pattern {
                text.hash(&mut hasher);
            }
        }
    }
    for condition in &statement.conditions {
        (condition.operator, &condition.key).hash(&mut hasher);
        condition.values.iter().for_each(|value| value.text.hash(&mut hasher));
    }
    hasher.finish()
}

/// Whether two statements say the same but for their actions, in policies of one kind and one
/// language.
fn on_the_same_terms(
    (here, one): (&Policy, &Statement),
    (there, other): (&Policy, &Statement),
) -> bool {
    let conditions = || {
        one.conditions.iter().zip(&other.conditions).all(|(one, other)| {
            let values = one
                .values
                .iter()
                .zip(&other.values)
                .all(|(one, other)| one.text == other.text && one.literal == other.literal);
            one.operator == other.operator
                && one.key == other.key
                && one.values.len() == other.values.len()
                && values
        })
    };
    (here.kind, here.version, one.effect) == (there.kind, there.version, other.effect)
        && one.principal == other.principal
        && one.resource == other.resource
        && one.conditions.len() == other.conditions.len()
        && conditions()
}
