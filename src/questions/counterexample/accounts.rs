//! The accounts of counterexamples.

/// The account that AWS documentation uses in examples.
pub const ACCOUNT: &str = "111122223333";
/// A second account, of the same documentation.
pub const OTHER_ACCOUNT: &str = "444455556666";
