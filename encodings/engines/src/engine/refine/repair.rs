//! Repairing a model: other strings for the arguments of functions.

use super::Search;
use keyaki_logic::model::Model;
use keyaki_logic::term::{Symbol, TermKind, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Strings that are tried for an argument.
const POOL: usize = 20;
/// Nodes that may be evaluated in one repair.
const BUDGET: usize = 200_000;

/// The values that the solver wanted of a symbol's images: the indices of the applications, and the
/// values.
type Wishes = Vec<(usize, Value)>;

impl Search<'_> {
    /// A model near `model` that makes every assertion true, if one is found. `proposed` tells the
    /// values that the solver wanted.
    pub(super) fn repair(&self, model: &Model, proposed: &Model) -> Option<Model> {
        let wishes = self.wishes(proposed);
        let unmet: BTreeMap<_, _> =
            wishes.iter().filter(|(symbol, wishes)| !self.met(model.get(symbol), wishes)).collect();
        if unmet.is_empty() {
            return None;
        }
        let mut granted = model.clone();
        for (symbol, wishes) in &unmet {
            if let Some(text) = self.best_preimage(wishes) {
                granted.insert((*symbol).clone(), Value::String(text));
            }
        }
        if self.confirms(&granted) {
            return Some(granted);
        }
        let pool = self.pool(model, &wishes);
        let rest = wishes.keys().filter(|symbol| !unmet.contains_key(symbol));
        let symbols: Vec<_> = unmet.keys().copied().chain(rest).cloned().collect();
        let mut budget = BUDGET / self.size.max(1);
        self.try_pool(&granted, &symbols, &pool, 1, &mut budget)
            .or_else(|| self.try_pool(&granted, &symbols, &pool, 2, &mut budget))
    }

    /// For each symbol that is an argument of functions, what the solver wanted of them.
    fn wishes(&self, proposed: &Model) -> BTreeMap<Symbol, Wishes> {
        let mut wishes = BTreeMap::<_, Wishes>::new();
        for (index, application) in self.applications.iter().enumerate() {
            if let TermKind::Var(symbol) = application.argument.kind() {
                wishes
                    .entry(symbol.clone())
                    .or_default()
                    .push((index, proposed.value(&application.result)));
            }
        }
        wishes
    }

    fn met(&self, value: Option<&Value>, wishes: &Wishes) -> bool {
        let Some(Value::String(text)) = value else { return false };
        self.count_met(text, wishes) == wishes.len()
    }

    fn count_met(&self, text: &str, wishes: &Wishes) -> usize {
        let meets = |(index, value): &&(usize, Value)| {
            self.applications.get(*index).is_some_and(|one| (one.function.eval)(text) == *value)
        };
        wishes.iter().filter(meets).count()
    }

    /// The preimage of one wish that meets most of them.
    fn best_preimage(&self, wishes: &Wishes) -> Option<String> {
        self.preimages(wishes).into_iter().max_by_key(|text| self.count_met(text, wishes))
    }

    fn preimages(&self, wishes: &Wishes) -> Vec<String> {
        wishes
            .iter()
            .filter_map(|(index, value)| (self.applications.get(*index)?.function.preimage)(value))
            .collect()
    }

    /// Strings worth trying: preimages, alone and joined to the symbol's value, the model's
    /// strings, the query's constants, and images.
    fn pool(&self, model: &Model, wishes: &BTreeMap<Symbol, Wishes>) -> Vec<String> {
        let mut pool = Vec::new();
        for (symbol, wishes) in wishes {
            let preimages = self.preimages(wishes);
            if let Some(Value::String(text)) = model.get(symbol) {
                pool.extend(
                    preimages
                        .iter()
                        .flat_map(|image| [format!("{text}{image}"), format!("{image}{text}")]),
                );
            }
            pool.extend(preimages);
        }
        pool.extend(model.iter().filter_map(|(_, value)| {
            if let Value::String(text) = value { Some(text.clone()) } else { None }
        }));
        pool.extend(self.constants.iter().cloned());
        let image = |text: &String| {
            self.applications.iter().find_map(|one| match (one.function.eval)(text) {
                Value::String(image) if image != *text => Some(image),
                Value::Bool(_) | Value::String(_) | Value::Real(_) | Value::BitVec { .. } => None,
            })
        };
        let images: Vec<_> = pool.iter().take(POOL).filter_map(image).collect();
        pool.extend(images);
        let mut seen = BTreeSet::new();
        pool.retain(|text| seen.insert(text.clone()));
        pool.truncate(POOL);
        pool
    }

    /// Changes up to `changes` of the symbols to strings of the pool.
    fn try_pool(
        &self,
        model: &Model,
        symbols: &[Symbol],
        pool: &[String],
        changes: usize,
        budget: &mut usize,
    ) -> Option<Model> {
        if changes == 0 {
            *budget = budget.checked_sub(1)?;
            return self.confirms(model).then(|| model.clone());
        }
        for (index, symbol) in symbols.iter().enumerate() {
            for text in pool {
                let mut changed = model.clone();
                changed.insert(symbol.clone(), Value::String(text.clone()));
                let others = symbols.get(index + 1..).unwrap_or(&[]);
                if let Some(found) = self.try_pool(&changed, others, pool, changes - 1, budget) {
                    return Some(found);
                }
                if *budget == 0 {
                    return None;
                }
            }
        }
        None
    }
}
