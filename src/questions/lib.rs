//! Questions about policies and their answers, from one query ([`query`]) to libraries ([`matrix`])
//! and files of claims ([`claims`]).
//!
//! Encoder and evaluator meet here: what the one finds, the other confirms.

pub mod counterexample;
mod guess;
pub mod names;

pub mod query;
pub mod unknown;
pub mod vacuous;

pub mod compare;
pub mod lint;
pub mod matrix;

pub mod claims;
pub mod enforcement;
pub mod estates;
