//! The evaluator and the concrete checker of feasibility, without a formula. A module a subject.

mod decision_laws;
mod decisions;
mod evaluation;
mod explanations;
mod feasibility;
mod grants;
mod laws;
mod layers;
mod prepared;
mod principals;
mod shapes;
#[path = "../support/mod.rs"]
mod support;
