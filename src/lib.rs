//! Keyaki: a formal verifier for AWS IAM policies.
//!
//! `ARCHITECTURE.md` is the map. Each of the crates below stands for itself; here their modules are under one name, from the ground floor
//! up, and the command line is on top.

pub use keyaki_iam::{
    calls, catalogue, diagnostic, endpoints, environment, input, json, keys, operations, organizations, partitions, policy, project,
    request, service_keys, shape, source, value, visible, world,
};

pub use keyaki_encoder as symbolic;
pub use keyaki_evaluator::{feasibility, semantics};

pub use keyaki_questions::{claims, compare, counterexample, enforcement, lint, matrix, query};

pub use keyaki_reports as report;

pub mod cli;
