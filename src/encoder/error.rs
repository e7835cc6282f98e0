//! What cannot be encoded, and what cannot be represented.

use keyaki_iam::policy::ContextKey;
use keyaki_logic::limits::Reason;

/// Why a statement has no formula over a frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The frame was not made from this statement.
    #[error("the condition key `{}` is not one of the question's; build the question from every policy that it is about", key.text())]
    Foreign {
        /// The key that the frame does not know.
        key: ContextKey,
    },
    /// A condition value that its operator cannot compare.
    #[error("a value of `{operator}` is not what that operator compares")]
    Literal {
        /// The operator.
        operator: &'static str,
    },
    /// The time was up, or the question too large, before there was a formula.
    #[error("{0}")]
    Unfinished(Reason),
}

/// Why a concrete request is none of the requests that a frame stands for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRepresentable {
    /// A principal that is none of the callers that a frame stands for.
    #[error("the principal `{text}` {problem}")]
    Principal {
        /// The principal.
        text: String,
        /// What is wrong with it, as a clause.
        problem: &'static str,
    },
    /// Several values for a key that holds one.
    #[error("the request has {count} values for `{}`, which holds one value", key.text())]
    SeveralValues {
        /// The key.
        key: ContextKey,
        /// The number of distinct values.
        count: usize,
    },
    /// More values than the frame has elements.
    #[error("the request has {count} distinct values for `{}`; the question distinguishes at most {elements}", key.text())]
    TooManyValues {
        /// The key.
        key: ContextKey,
        /// The number of distinct values.
        count: usize,
        /// The number of elements.
        elements: usize,
    },
    /// One value where the frame takes the key for a list, or a list of one where it takes the key
    /// for a single value; a policy variable tells the two apart.
    #[error("the request gives `{}` as {given}, and the question takes it for {taken}", key.text())]
    Multiplicity {
        /// The key.
        key: ContextKey,
        /// What the request gives.
        given: &'static str,
        /// What the frame takes it for.
        taken: &'static str,
    },
}
