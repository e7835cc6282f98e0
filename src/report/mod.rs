//! Answers as text for people and as JSON for programs. The JSON is a contract: fields are added, never renamed or retyped, without a new
//! [`SCHEMA`].

pub mod call;
pub mod catalogue;
pub mod human;
pub mod json;
pub mod lint;
pub mod matrix;

/// The version of the JSON output.
pub const SCHEMA: u32 = 1;
