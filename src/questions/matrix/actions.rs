//! Which policies speak of which actions: sets of bits, made once.

use crate::query::Requests;
use fixedbitset::FixedBitSet;
use keyaki_evaluator::semantics;
use keyaki_iam::catalogue::CatalogueError;
use keyaki_iam::policy::{ActionElement, ActionPattern, Effect, Policy};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// What stands for `*` where a pattern gives an example: no action that exists has it in its name.
const FILLER: &str = "zzkeyakizz";

/// Actions that tell the policies of a library apart, in lower case: those of the catalogue, and
/// where others are considered, too, an example of every pattern of the library.
pub(super) struct Actions {
    names: Vec<String>,
    numbers: FxHashMap<String, usize>,
    services: FxHashMap<String, Vec<usize>>,
}

impl Actions {
    pub fn of<'a>(
        policies: impl Iterator<Item = &'a Policy>,
        requests: Requests<'_>,
    ) -> Result<Self, CatalogueError> {
        let mut names = BTreeSet::new();
        let mut made_up = true;
        if let Requests::Feasible(world) = requests {
            made_up = world.unknown_actions;
            for service in world.catalogue.services() {
                let service = service?;
                names.extend(service.actions.iter().map(|action| {
                    format!("{}:{}", service.prefix, action.name).to_ascii_lowercase()
                }));
            }
        }
        if made_up {
            let patterns = policies
                .flat_map(|policy| policy.statements())
                .flat_map(|statement| &statement.action.patterns);
            names.extend(patterns.map(example));
        }
        let names: Vec<String> = names.into_iter().collect();
        let mut services: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (number, name) in names.iter().enumerate() {
            services
                .entry(name.split_once(':').unwrap_or_default().0.to_owned())
                .or_default()
                .push(number);
        }
        let numbers =
            names.iter().enumerate().map(|(number, name)| (name.clone(), number)).collect();
        Ok(Self { names, numbers, services })
    }

    /// The action of that number.
    pub fn name(&self, number: usize) -> &str {
        self.names.get(number).map_or("", String::as_str)
    }

    /// The number of an action, whatever its case.
    pub fn number(&self, action: &str) -> Option<usize> {
        self.numbers.get(&action.to_ascii_lowercase()).copied()
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// For each statement of the policy, the actions that it matches.
    pub fn of_statements(&self, policy: &Policy) -> Vec<FixedBitSet> {
        policy.statements().map(|statement| self.matched_by(&statement.action)).collect()
    }

    /// The actions that some Allow statement of the policy matches. No other is allowed by the
    /// policy, where it stands alone and callers and calls that need no grant are left out.
    pub fn allowed_by(&self, policy: &Policy) -> FixedBitSet {
        let mut all = FixedBitSet::with_capacity(self.len());
        for statement in policy.statements().filter(|statement| statement.effect == Effect::Allow) {
            all.union_with(&self.matched_by(&statement.action));
        }
        all
    }

    /// The actions that the element matches.
    fn matched_by(&self, element: &ActionElement) -> FixedBitSet {
        let mut matched = FixedBitSet::with_capacity(self.len());
        for pattern in &element.patterns {
            match pattern {
                ActionPattern::Any => matched.insert_range(..),
                ActionPattern::Name { service, .. } => {
                    let named = self
                        .services
                        .get(&service.to_ascii_lowercase())
                        .into_iter()
                        .flatten()
                        .copied();
                    matched.extend(
                        named.filter(|number| {
                            semantics::matches_action(pattern, self.name(*number))
                        }),
                    );
                }
            }
        }
        if element.negated {
            matched.toggle_range(..);
        }
        matched
    }
}

/// An action that the pattern matches, in lower case.
fn example(pattern: &ActionPattern) -> String {
    match pattern {
        ActionPattern::Any => format!("{FILLER}:{FILLER}"),
        ActionPattern::Name { service, name } => {
            format!("{service}:{}", name.replace('*', FILLER).replace('?', "z"))
                .to_ascii_lowercase()
        }
    }
}
