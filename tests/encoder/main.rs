//! The encoder, by cases and by all that the evaluator says of the same policies. A module a
//! subject.

mod cases;
mod confirmation;
mod conformance;
mod considered;
mod cross_check;
mod differential;
mod every_action;
mod feasible;
mod generator;
mod leniency;
mod lists;
mod parameters;
mod principals;
mod reference;
mod shrinking;
#[path = "../support/mod.rs"]
mod support;
