//! The set of policies that one question is asked about.

use crate::policy::{Policy, Statement};

/// A policy with the name that reports use for it.
#[derive(Debug, Clone)]
pub struct NamedPolicy {
    /// A file name, or the route in a `policies` object, `identity[0]` say.
    pub name: String,
    /// The document.
    pub policy: Policy,
}

/// Every policy that applies to the principal, layer by layer.
///
/// A policy's number, as in a statement reference, counts through the layers in the order of the fields.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    /// The identity-based policies: of the user and its groups, or of the role.
    pub identity: Vec<NamedPolicy>,
}

impl Policies {
    /// Identity-based policies and nothing else.
    pub fn identity(identity: Vec<NamedPolicy>) -> Self {
        Self { identity }
    }

    /// Every policy of every layer in the order of their numbers.
    pub fn all(&self) -> impl Iterator<Item = &NamedPolicy> {
        self.identity.iter()
    }

    /// The policy with this number.
    pub fn policy(&self, number: usize) -> Option<&NamedPolicy> {
        self.identity.get(number)
    }

    /// The statement at `index` of the policy with this number.
    pub fn statement(&self, policy: usize, index: usize) -> Option<&Statement> {
        self.policy(policy)?.policy.statements.get(index)
    }
}
