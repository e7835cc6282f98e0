//! What documents say of the code, of the policies and of what the commands print. A module a
//! subject.

mod architecture;
mod codes;
mod decision_table;
mod packaging;
mod public;
mod seed_questions;
mod shown_output;
#[path = "../support/mod.rs"]
mod support;
