//! The command as its users see it: output, exit codes, batches, files, solvers on a pipe. A module
//! a subject.

mod again;
mod batches;
mod bedrock;
mod bedrock_tables;
mod bounds;
mod commands;
mod disagreements;
mod encode;
mod estates;
mod example_estate;
mod files;
mod guardrails;
mod help;
mod import;
mod installed;
mod made_up;
mod mistakes;
mod names;
mod output;
mod outputs;
mod paths;
mod placeholders;
mod reports;
mod review;
mod review_estates;
mod schemas;
mod solvers_on_a_pipe;
#[path = "../support/mod.rs"]
mod support;
mod templates;
mod values;
mod visible;
mod whole_sets;
mod whom;
