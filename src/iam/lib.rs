//! Policies, requests, the service catalogue and API calls of AWS IAM: types, and how they are
//! read.
//!
//! Nothing here decides whether a request is allowed, and nothing knows of formulas.

pub mod caseless;
pub mod finding;
pub mod json;
pub mod source;
mod texts;
pub mod value;
pub mod visible;

pub mod calls;
pub mod catalogue;
pub mod caveat;
pub mod endpoints;
pub mod estate;
pub mod layers;
pub mod operations;
pub mod organizations;
pub mod partitions;
pub mod policy;
pub mod principals;
mod public;
pub mod request;
pub mod shape;
pub mod world;

pub mod input;
pub mod project;
