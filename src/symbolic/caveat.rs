//! What an encoding assumed, as data for the answer.

use crate::keys::KeyType;
use crate::policy::{ContextKey, Operator};
use std::fmt;

/// An assumption about a context key that Keyaki does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caveat {
    /// Its values are taken to be of the type that the operator compares.
    ReadAs {
        /// The key.
        key: ContextKey,
        /// The type.
        read_as: KeyType,
        /// The operator that is applied to it.
        because: Operator,
    },
    /// It is taken to hold several values.
    Multivalued {
        /// The key.
        key: ContextKey,
        /// The operator that is applied to it.
        because: Operator,
    },
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, read_as, because) = match self {
            Caveat::ReadAs { key, read_as, because } => (key, noun(*read_as), because),
            Caveat::Multivalued { key, because } => (key, "a key with several values", because),
        };
        write!(f, "`{}` is not a key Keyaki knows; read as {read_as} because `{because}` is applied to it", key.text())
    }
}

fn noun(read_as: KeyType) -> &'static str {
    match read_as {
        KeyType::String => "a string",
        KeyType::Arn => "an ARN",
        KeyType::Bool => "a Boolean",
        KeyType::Numeric => "a number",
        KeyType::Date => "an instant",
        KeyType::Ip => "an address",
    }
}
