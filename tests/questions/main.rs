//! Questions and their answers: single ones, comparisons, matrices, calls, claims, lint. A module a
//! subject.

mod alike;
mod calls;
mod chains;
mod compare_laws;
mod deadlines;
mod estate_calls;
mod estates;
mod existence;
mod front_door;
mod lint;
mod matrix;
mod natural;
mod obstacles;
mod proposals;
mod refutations;
mod silences;
#[path = "../support/mod.rs"]
mod support;
mod universe;
mod unknown;
mod variables;
