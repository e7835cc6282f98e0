//! Keyaki: a formal verifier for AWS IAM policies.
//!
//! `ARCHITECTURE.md` is the map; the modules below are listed from the ground floor up, and each imports only from below.

pub mod diagnostic;
pub mod json;
pub mod source;
pub mod value;
pub mod visible;

pub mod calls;
pub mod catalogue;
pub mod endpoints;
pub mod environment;
pub mod keys;
pub mod operations;
pub mod organizations;
pub mod partitions;
pub mod policy;
pub mod request;
pub mod service_keys;
pub mod shape;
pub mod world;

pub mod feasibility;
pub mod semantics;
pub mod symbolic;

pub mod counterexample;

pub mod query;

pub mod compare;
pub mod input;
pub mod lint;
pub mod matrix;
pub mod project;

pub mod claims;
pub mod enforcement;

pub mod report;

pub mod cli;
