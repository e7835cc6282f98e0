//! Texts with wildcards and policy variables, and the names of context keys.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The name of a context key. Equality, order and hash ignore ASCII case, the part after `/` of a
/// tag key included.
#[derive(Debug, Clone)]
pub struct ContextKey {
    text: Arc<str>,
    lower: Arc<str>,
}

impl ContextKey {
    /// Names a key; the spelling is kept for display.
    pub fn new(text: &str) -> Self {
        Self { text: text.into(), lower: text.to_ascii_lowercase().into() }
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// In lower case: what is compared.
    pub fn lower(&self) -> &str {
        &self.lower
    }
}

impl fmt::Display for ContextKey {
    /// As written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl PartialEq for ContextKey {
    fn eq(&self, other: &Self) -> bool {
        self.lower == other.lower
    }
}

impl Eq for ContextKey {}

impl PartialOrd for ContextKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ContextKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.lower.cmp(&other.lower)
    }
}

impl Hash for ContextKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.lower.hash(state);
    }
}

/// A policy variable, `${key}` or `${key, 'default'}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Variable {
    /// The context key whose value is substituted.
    pub key: ContextKey,
    /// The text that is used when the key is absent.
    pub default: Option<String>,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Text that stands for itself; the escapes `${*}`, `${?}`, `${$}` are resolved into it.
    Literal(String),
    /// `?`: one character, where the operator knows wildcards; otherwise the character `?`.
    AnyChar,
    /// `*`: any sequence of characters, where the operator knows wildcards; otherwise the character
    /// `*`.
    AnyString,
    /// A variable. Wildcard characters in the substituted value are ordinary characters.
    Variable(Variable),
}

/// A text of a policy with its wildcards and variables found. Under Version 2008-10-17 there are no
/// variables and no escapes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Template {
    /// No two literals stand side by side, and no literal is empty.
    pub pieces: Vec<Piece>,
}

impl Template {
    /// Whether a variable stands in it.
    pub fn has_variables(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Variable(_)))
    }
}
