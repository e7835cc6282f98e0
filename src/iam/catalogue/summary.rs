//! What the index says of a service.

use super::name;
use std::ops::Range;

/// What the index says of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The part of its actions before the colon, in lower case.
    pub prefix: String,
    /// What people call it.
    pub name: String,
    /// Whether resource control policies apply to its resources (SEMANTICS 6.5), as the source of
    /// the catalogue says.
    pub supports_rcp: bool,
    /// How many actions it has.
    pub actions: usize,
    /// How many resource types.
    pub resource_types: usize,
    /// How many condition keys it lists, global ones among them.
    pub keys: usize,
    /// The namespaces of its keys that are neither its own nor `aws`: `saml` for `sts`, for
    /// example.
    /// `${Name}` in one stands for any text.
    pub namespaces: Vec<String>,
    /// Where its block is in the file.
    pub(super) block: Range<usize>,
}

impl Summary {
    /// Whether it may list a key whose name begins with this namespace and a colon.
    pub(super) fn has_keys_in(&self, namespace: &str) -> bool {
        self.prefix.eq_ignore_ascii_case(namespace)
            || self.namespaces.iter().any(|known| name::matches(known, namespace))
    }
}
