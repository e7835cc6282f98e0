//! Counterexamples: from a solver's model to a confirmed, simple request.

mod accounts;
mod callers;
mod candidates;
mod fit;
mod mentioned;
mod placeholders;
mod rename;
mod simplify;
mod targets;
mod vocabulary;
mod written;

pub use accounts::ACCOUNT;
pub use callers::callers_of;
pub use placeholders::{is_example, natural_arn};
pub use rename::rename;
pub use simplify::simplify;
pub use vocabulary::Vocabulary;
