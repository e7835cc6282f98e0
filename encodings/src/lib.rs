//! Terms over strings, numbers, bit-vectors and Booleans, and the engines that decide them.
//!
//! This crate knows logic only: what the terms stand for is its users' business.
//!
//! * [`term`]: plain, sendable terms whose constructors simplify; [`regex`]: the regular expressions inside them.
//! * [`model`] and [`evaluate`]: what a term means. Everything else in the crate is measured by [`evaluate::evaluate`].
//! * [`smtlib`]: terms as SMT-LIB 2.6 scripts, and reading the answers.
//! * [`engine`]: deciding formulas, with Z3 in process (feature `z3`) or any solver on a pipe.

pub mod engine;
pub mod evaluate;
pub mod model;
pub mod regex;
pub mod smtlib;
pub mod term;
