//! Statements that say the same but for their actions.

use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{
    ActionElement, ActionPattern, Effect, Policy, ResourcePattern, Statement,
};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};

/// Statements by what they say but for their actions.
pub(super) struct Terms<'a> {
    by_digest: FxHashMap<u64, Vec<(&'a Policy, &'a Statement)>>,
    denies: Vec<(&'a Policy, &'a Statement)>,
}

impl<'a> Terms<'a> {
    pub fn of(set: &'a Policies) -> Self {
        let mut terms = Self { by_digest: FxHashMap::default(), denies: Vec::new() };
        for named in set.all() {
            for statement in &named.policy.statements {
                terms
                    .by_digest
                    .entry(digest(statement))
                    .or_default()
                    .push((&named.policy, statement));
                if statement.effect == Effect::Deny {
                    terms.denies.push((&named.policy, statement));
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

    /// Whether every Deny statement stands in `other` too.
    pub fn denies_within(&self, other: &Terms<'_>) -> bool {
        self.denies
            .iter()
            .all(|(policy, deny)| other.like(policy, deny).any(|same| same.action == deny.action))
    }

    /// An Allow statement without the entries that are allowed here on the same terms; `None` if
    /// none is left.
    pub fn without_granted(&self, policy: &Policy, statement: &Statement) -> Option<Statement> {
        let ActionElement { negated, patterns } = &statement.action;
        if statement.effect == Effect::Deny {
            return Some(statement.clone());
        }
        let alike: Vec<&ActionElement> =
            self.like(policy, statement).map(|other| &other.action).collect();
        if *negated {
            return (!alike.contains(&&statement.action)).then(|| statement.clone());
        }
        let granted: FxHashSet<&ActionPattern> = alike
            .into_iter()
            .filter(|element| !element.negated)
            .flat_map(|element| &element.patterns)
            .collect();
        let all = granted.contains(&ActionPattern::Any);
        let patterns: Vec<_> =
            patterns.iter().filter(|pattern| !all && !granted.contains(pattern)).cloned().collect();
        (!patterns.is_empty())
            .then(|| statement.with_action(ActionElement { negated: false, patterns }))
    }
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
