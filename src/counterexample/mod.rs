//! Counterexamples: from a solver's model to a confirmed, simple request.

mod simplify;
mod vocabulary;

pub use simplify::simplify;
pub use vocabulary::Vocabulary;
