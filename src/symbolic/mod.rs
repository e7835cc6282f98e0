//! The encoder: identity-based policies as formulas over a symbolic request (SEMANTICS 2, 3, 4 and 10).
//!
//! A [`Frame`] is the symbolic request of one question. Over it, [`Frame::applies`], [`Frame::allowed`] and their like say when a
//! statement applies and when policies allow; [`Frame::pin`] fixes it to a concrete request, [`Frame::request_from`] reads a concrete
//! request off a model, and [`feasible::constraints`] says which requests can exist.
//!
//! The encoder and the evaluator share the types of policies, requests and values, and nothing else.

pub mod feasible;
pub mod views;

mod arn;
mod caveat;
mod concretize;
mod condition;
mod error;
mod frame;
mod pin;
mod relation;
mod shapes;
mod slot;
mod statement;
mod substitution;
mod texts;
mod usage;

pub use caveat::Caveat;
pub use error::{Error, NotRepresentable};
pub use frame::Frame;
