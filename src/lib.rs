//! Keyaki: a formal verifier for AWS IAM policies.
//!
//! `ARCHITECTURE.md` is the map; the modules below are listed from the ground floor up, and each imports only from below.

pub mod counterexample;
pub mod diagnostic;
pub mod environment;
pub mod keys;
pub mod policy;
pub mod request;
pub mod semantics;
pub mod source;
pub mod symbolic;
pub mod value;
