//! What each fuzz target does with its bytes, and what must hold then. `README.md` says how the
//! targets are run.

pub mod calls;
pub mod catalogue;
pub mod claims;
pub mod decision;
pub mod effective;
pub mod estate;
pub mod filters;
pub mod holds;
pub mod lines;
pub mod messages;
pub mod mutate;
pub mod plan;
pub mod policies;
pub mod policy;
pub mod request;
pub mod shape;
pub mod smtlib;
