//! Entries of statements that other policies allow, too: on the same terms, which their texts tell
//! at once, or on wider ones.

use crate::query::covers::{covers_but_for_actions, covers_part};
use crate::query::pattern::Part;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{
    ActionElement, ActionPattern, Effect, Policy, ResourcePattern, Statement,
};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::cell::Cell;
use std::hash::{Hash, Hasher};

/// Statements by what they say but for their actions.
pub(super) struct Terms<'a> {
    by_digest: FxHashMap<u64, Vec<(&'a Policy, &'a Statement)>>,
    allows: Vec<(&'a Policy, &'a Statement)>,
    denies: Vec<(&'a Policy, &'a Statement)>,
}

/// What one set of policies allows of another.
pub(super) struct Granted<'a, 't> {
    terms: &'t Terms<'a>,
    /// The Deny statements that may apply where none of the other set does.
    denies: Vec<&'a Statement>,
    /// How many pairs of entries may still be compared.
    left: Cell<usize>,
}

/// How many pairs of entries of two sets are compared. What is not compared is kept.
const MOST: usize = 20_000;

impl<'a> Terms<'a> {
    pub fn of(set: &'a Policies) -> Self {
        let mut terms =
            Self { by_digest: FxHashMap::default(), allows: Vec::new(), denies: Vec::new() };
        for named in set.all() {
            for statement in &named.policy.statements {
                let known = (&*named.policy, statement);
                terms.by_digest.entry(digest(statement)).or_default().push(known);
                match statement.effect {
                    Effect::Allow => terms.allows.push(known),
                    Effect::Deny => terms.denies.push(known),
                }
            }
        }
        terms
    }

    /// The statements that apply where this one does, to actions that they match.
    fn like(&self, policy: &Policy, statement: &Statement) -> impl Iterator<Item = &'a Statement> {
        let alike = self.by_digest.get(&digest(statement)).into_iter().flatten();
        alike
            .filter(|(home, other)| on_the_same_terms((policy, statement), (home, other)))
            .map(|(_, other)| *other)
    }

    /// What these policies allow of the others.
    pub fn granted<'t>(&'t self, others: &Policies) -> Granted<'a, 't> {
        let mut granted = Granted { terms: self, denies: Vec::new(), left: Cell::new(MOST) };
        // Others are looked at for what these deny only.
        if self.denies.is_empty() {
            return granted;
        }
        let others = Terms::of(others);
        let stands = |(policy, deny): &(&Policy, &Statement)| {
            others.like(policy, deny).any(|same| same.action == deny.action)
        };
        let covered = |(policy, deny): &(&Policy, &Statement)| {
            let by = |part: &Part<'_>| {
                others.denies.iter().any(|(home, other)| {
                    home.kind == policy.kind
                        && granted.may_compare(part, other)
                        && covers_part(other, deny, part, policy.kind)
                })
            };
            Part::all(&deny.action).iter().all(by)
        };
        let own = self.denies.iter().filter(|deny| !stands(deny) && !covered(deny));
        granted.denies = own.map(|(_, deny)| *deny).collect();
        granted
    }
}

impl Granted<'_, '_> {
    /// An Allow statement without the entries that are allowed here on the same or on wider terms;
    /// `None` if none is left.
    pub fn without(&self, policy: &Policy, statement: &Statement) -> Option<Statement> {
        if statement.effect == Effect::Deny {
            return Some(statement.clone());
        }
        let ActionElement { negated, patterns } = &statement.action;
        let alike: Vec<&ActionElement> =
            self.terms.like(policy, statement).map(|other| &other.action).collect();
        // Most statements that two versions of a policy have in common are the same.
        if self.denies.is_empty() && alike.contains(&&statement.action) {
            return None;
        }
        if *negated {
            let granted = self.grants(policy, statement, &[Part::AllBut(patterns)]) == [true];
            return (!granted).then(|| statement.clone());
        }
        let same: FxHashSet<&ActionPattern> = alike
            .into_iter()
            .filter(|element| !element.negated)
            .flat_map(|element| &element.patterns)
            .collect();
        let any = same.contains(&ActionPattern::Any);
        let is_same = |pattern: &ActionPattern| {
            (any || same.contains(pattern)) && self.denies_nothing_of(&Part::Entry(pattern))
        };
        let left: Vec<_> = patterns.iter().filter(|pattern| !is_same(pattern)).collect();
        let parts: Vec<Part<'_>> = left.iter().map(|pattern| Part::Entry(pattern)).collect();
        let wider = self.grants(policy, statement, &parts);
        let left = left.into_iter().zip(wider).filter(|(_, granted)| !granted);
        let patterns: Vec<_> = left.map(|(pattern, _)| pattern.clone()).collect();
        (!patterns.is_empty())
            .then(|| statement.with_action(ActionElement { negated: false, patterns }))
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
        self.denies
            .iter()
            .all(|deny| self.may_compare(part, deny) && part.is_apart_from(&deny.action))
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

/// How many pairs of entries of resources and of values of conditions two statements have.
fn pairs_but_for_actions(one: &Statement, other: &Statement) -> usize {
    let resources = |of: &Statement| of.resource.as_ref().map_or(0, |own| own.patterns.len());
    let values = |of: &Statement| of.conditions.iter().map(|one| one.values.len()).sum::<usize>();
    let resources = resources(one).saturating_mul(resources(other));
    resources.saturating_add(values(one).saturating_mul(values(other)))
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
