//! Whether one request is allowed ([`semantics`]), and whether it can be made ([`feasibility`]):
//! concrete, without a formula.
//!
//! Written from `papers/semantics.md`, as the encoder is, and without a line in common with it.

pub mod feasibility;
pub mod semantics;
