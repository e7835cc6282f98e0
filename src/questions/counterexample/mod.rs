//! Counterexamples: from a solver's model to a confirmed, simple request.

mod callers;
mod fit;
mod placeholders;
mod rename;
mod simplify;
mod targets;
mod vocabulary;

pub use placeholders::natural_arn;
pub use rename::rename;
pub use simplify::simplify;
pub use vocabulary::{ACCOUNT, Vocabulary};
