//! Counterexamples: from a solver's model to a confirmed, simple request.

mod callers;
mod fit;
mod rename;
mod simplify;
mod vocabulary;

pub use rename::rename;
pub use simplify::simplify;
pub use vocabulary::{ACCOUNT, Vocabulary};
