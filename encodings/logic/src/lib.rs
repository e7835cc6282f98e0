//! Terms over strings, numbers, bit-vectors and Booleans, and what they mean.
//!
//! This crate knows logic only: what the terms stand for is its users' business, and how they are
//! decided that of the crate `keyaki-engines`.
//!
//! * [`term`]: plain, sendable terms whose constructors simplify; [`regex`]: the regular
//!   expressions inside them.
//! * [`model`] and [`evaluate`]: what a term means. Everything else is measured by
//!   [`evaluate::evaluate`].
//! * [`limits`] and [`deadline`]: what a question may cost, and what comes of it.
//! * [`smtlib`]: terms as SMT-LIB 2.6 scripts, and reading the answers.

pub mod deadline;
pub mod evaluate;
pub mod limits;
pub mod model;
pub mod regex;
pub mod smtlib;
pub mod term;
