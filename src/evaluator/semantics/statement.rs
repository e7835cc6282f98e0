//! How a statement of a set of policies is referred to.

/// A statement of a set of policies. The order is that of the policies' numbers, then of the
/// document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementRef {
    /// The number of the policy, as [`Policies::policy`](keyaki_iam::layers::Policies::policy) counts.
    pub policy: usize,
    /// The statement's place in its document, from 0.
    pub index: usize,
}
