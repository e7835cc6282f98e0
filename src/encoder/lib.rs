//! The encoder: policies of every layer as formulas over a symbolic request (SEMANTICS 2 to 6).
//!
//! A [`Frame`] is the symbolic request of one question. Over it, [`Frame::applies`] says when a
//! statement applies, [`Frame::decision`] when a policy set allows, [`Frame::shape`] and
//! [`Frame::limits`] which requests a question is about; [`Frame::pin`] fixes it to a concrete
//! request, [`Frame::request_from`] reads a concrete request off a model, and
//! [`feasible::constraints`] says which requests can exist.
//!
//! The encoder and the evaluator share the types of policies, requests and values, and nothing
//! else.

pub mod call;
pub mod feasible;
pub mod views;

mod arn;
mod caveat;
mod concretize;
mod condition;
mod decision;
mod entries;
mod error;
mod frame;
mod glob;
mod home;
mod joined;
mod limits;
mod parts;
mod pattern;
mod pin;
mod principal;
mod relation;
mod shapes;
mod slot;
mod spelling;
mod statement;
mod substitution;
mod texts;
mod usage;

pub use caveat::caveats;
pub use decision::Decision;
pub use error::{Error, NotRepresentable};
pub use frame::{Frame, INFERENCE_PROFILE};

pub use joined::Cutter;
pub use limits::CallerLimits;
pub use usage::Usages;
