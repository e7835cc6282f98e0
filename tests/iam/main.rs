//! What is read: JSON, policies, requests, the service catalogue. A module a subject.

mod catalogue;
mod files;
mod json;
mod reader_robustness;
mod reading;
mod requests;
#[path = "../support/mod.rs"]
mod support;
