//! The actions of a pair of policies, in classes: actions that the same statements of both match.
//!
//! Where only the actions of the catalogue are considered, A is contained in B iff it is so for
//! each class of the actions that A may allow. In a class only the statements that match it can
//! apply, and all of them match: what is left of a statement are its principals, its resources and
//! its conditions. So a class is a small question, and mostly one that the law of `cover` answers.

use super::Library;
use super::sample::alone;
use crate::query::covers::covers_but_for_actions;
use fixedbitset::FixedBitSet;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{ActionElement, ActionPattern, Effect, Policy, Statement};

/// Actions, and the statements of two policies that match them.
pub(super) struct Class<'a> {
    actions: FixedBitSet,
    statements: [Vec<&'a Statement>; 2],
}

/// The classes of some actions for two policies of the library. `None` where actions beyond the
/// catalogue are considered.
pub(super) fn of_pair<'a>(
    library: &'a Library<'_>,
    pair: [usize; 2],
    actions: &FixedBitSet,
) -> Option<Vec<Class<'a>>> {
    let matched = library.statements.as_ref()?;
    let mut classes = vec![Class { actions: actions.clone(), statements: Default::default() }];
    for (side, number) in pair.into_iter().enumerate() {
        let statements = library.policy(number).into_iter().flat_map(|policy| policy.statements());
        for (statement, matched) in statements.zip(matched.get(number)?) {
            classes = classes
                .into_iter()
                .flat_map(|class| class.split(matched, side, statement))
                .collect();
        }
    }
    Some(classes)
}

impl<'a> Class<'a> {
    /// The actions that the statement of a side matches, and the others, unless there are none.
    fn split(
        mut self,
        matched: &FixedBitSet,
        side: usize,
        statement: &'a Statement,
    ) -> impl Iterator<Item = Self> {
        let others = if self.actions.is_subset(matched) {
            None
        } else {
            let mut others = self.actions.clone();
            others.difference_with(matched);
            self.actions.intersect_with(matched);
            Some(Class { actions: others, statements: self.statements.clone() })
        };
        if let Some(statements) = self.statements.get_mut(side) {
            statements.push(statement);
        }
        Some(self).filter(|class| !class.actions.is_clear()).into_iter().chain(others)
    }

    /// Whether the texts show that the second policy allows of these actions what the first does:
    /// the law of `cover`, for one class.
    pub fn is_covered(&self, [own, other]: [&Policy; 2]) -> bool {
        let with = |statements: &[&'a Statement], effect| -> Vec<&'a Statement> {
            statements.iter().copied().filter(|statement| statement.effect == effect).collect()
        };
        let [owns, others] = &self.statements;
        let covered = |statement: &Statement, by: &[&Statement]| {
            by.iter().any(|one| covers_but_for_actions(one, statement, own.kind))
        };
        let (allows, denies) = (with(others, Effect::Allow), with(owns, Effect::Deny));
        own.kind == other.kind
            && with(owns, Effect::Allow).into_iter().all(|statement| covered(statement, &allows))
            && with(others, Effect::Deny).into_iter().all(|statement| covered(statement, &denies))
    }

    /// What the two policies say of these actions, as policies.
    pub fn sets(&self, library: &Library<'_>, pair: [usize; 2]) -> Option<[Policies; 2]> {
        let pattern = |number| {
            let (service, name) = library.actions.name(number).split_once(':')?;
            Some(ActionPattern::Name { service: service.into(), name: name.into() })
        };
        let patterns: Vec<ActionPattern> = self.actions.ones().filter_map(pattern).collect();
        let action = ActionElement { negated: false, patterns };
        let [own, other] = pair.map(|number| library.members.get(number));
        let [owns, others] = &self.statements;
        let set = |member, statements: &[&Statement]| {
            alone(
                member,
                statements
                    .iter()
                    .map(|statement| Statement { action: action.clone(), ..(*statement).clone() })
                    .collect(),
            )
        };
        Some([set(own?, owns), set(other?, others)])
    }
}
