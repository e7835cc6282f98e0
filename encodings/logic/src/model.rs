//! Models: values of symbols.

use crate::term::{Symbol, Value};
use std::collections::BTreeMap;
use std::fmt;

/// Values of symbols. A symbol that is not mentioned has the default of its sort, see
/// [`Value::default_of`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Model(BTreeMap<Symbol, Value>);

impl Model {
    /// No symbol has a value.
    pub fn new() -> Model {
        Model::default()
    }

    /// The value of a symbol, if the model mentions it.
    pub fn get(&self, symbol: &Symbol) -> Option<&Value> {
        self.0.get(symbol)
    }

    /// The value of a symbol, or the default of its sort.
    pub fn value(&self, symbol: &Symbol) -> Value {
        self.get(symbol).cloned().unwrap_or_else(|| Value::default_of(symbol.sort()))
    }

    /// Gives a symbol a value, which must be of its sort; returns the former one.
    pub fn insert(&mut self, symbol: Symbol, value: Value) -> Option<Value> {
        debug_assert_eq!(symbol.sort(), value.sort(), "a value has the sort of its symbol");
        self.0.insert(symbol, value)
    }

    /// Forgets the value of a symbol.
    pub fn remove(&mut self, symbol: &Symbol) -> Option<Value> {
        self.0.remove(symbol)
    }

    /// Symbols and values, sorted by symbol.
    pub fn iter(&self) -> impl Iterator<Item = (&Symbol, &Value)> {
        self.0.iter()
    }
}

impl FromIterator<(Symbol, Value)> for Model {
    fn from_iter<I: IntoIterator<Item = (Symbol, Value)>>(pairs: I) -> Model {
        Model(pairs.into_iter().collect())
    }
}

/// One `name = value` a line.
impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|(symbol, value)| writeln!(f, "{} = {value}", symbol.name()))
    }
}
