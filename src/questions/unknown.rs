//! Why a question has no answer, each reason with a stable code.

use keyaki_engines::engine::Reason;
use thiserror::Error;

/// Why nobody knows. Its text (`Display`) says it to people, its [code](Unknown::code) to programs.
/// Each variant begins with its code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unknown {
    /// `timeout`, `too-many-terms`, `solver-limit`, `refinement-rounds`, `solver-incomplete`,
    /// `solver-failed`, `not-in-smtlib`, `unusable-value`: no engine could tell.
    #[error(transparent)]
    Engine(#[from] Reason),
    /// The code of its reason: one path of a call has no answer, and no other is allowed.
    #[error("{path}: {reason}")]
    OnPath {
        /// The path.
        path: String,
        /// Why.
        reason: Box<Unknown>,
    },
    /// `no-path`: the filters of a question about a call leave no path.
    #[error("the filters leave no path of the call to ask about")]
    NoPath,
    /// `other-requests`: what is considered of one set of policies is not what is considered of
    /// two, so that the answer about two says nothing of one.
    #[error(
        "the question about one policy set considers other requests than the question about two"
    )]
    OtherRequests,
    /// `too-many-questions`: a policy costs more questions than it may.
    #[error(
        "{0} questions were asked about this policy, and the limit was reached (`--most-queries`)"
    )]
    TooManyQuestions(usize),
    /// `too-many-pairs`: a policy has more pairs of statements about the same resources than are
    /// compared.
    #[error(
        "the policy has too many statements about the same resources: only {0} pairs of them were compared"
    )]
    TooManyPairs(usize),
    /// `too-many-values`: at each value of the parameters that was tried there is a request, and none
    /// was found that is one at all values.
    #[error(
        "at all values of the parameters that were tried there is such a request, and nobody knows of the others"
    )]
    TooManyValues,
    /// `no-policy`: a library has no policy of this number.
    #[error("the library has no policy {0}")]
    NoPolicy(usize),
    /// `side-says-nothing`: one side of a review does not say what it was, or is.
    #[error("{side} does not say {what}")]
    SideSaysNothing {
        /// The side: the file or the folder.
        side: String,
        /// What it does not say, a clause.
        what: String,
    },
    /// `internal`: engine and evaluator, or two engines, contradict each other: a defect of Keyaki
    /// or of a solver.
    #[error("an internal error; standard error has the details")]
    Internal,
}

/// A code of a reason, and what it means whatever the question was; the reason itself says it of
/// one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// What [`Unknown::code`] returns.
    pub code: &'static str,
    /// What it means and what to do, a clause in lower case.
    pub meaning: &'static str,
}

/// Every code of a reason.
pub const CODES: &[Code] = &[
    Code {
        code: "timeout",
        meaning: "the time limit was reached; allow more with `--timeout`, or ask about fewer statements",
    },
    Code {
        code: "too-many-terms",
        meaning: "the question is too large; ask about fewer statements, keys or values at a time",
    },
    Code {
        code: "solver-limit",
        meaning: "the engine reached its own limit; another engine may know: `--engine`",
    },
    Code {
        code: "refinement-rounds",
        meaning: "each round of refinement found a request that the policies refuse; another engine may know: `--engine`",
    },
    Code {
        code: "solver-incomplete",
        meaning: "the engine does not know; another engine may: `--engine`",
    },
    Code {
        code: "solver-failed",
        meaning: "the solver failed, is missing, or gave an answer that cannot be read",
    },
    Code {
        code: "not-in-smtlib",
        meaning: "the question cannot be stated in SMT-LIB; ask another engine: `--engine`",
    },
    Code {
        code: "unusable-value",
        meaning: "the solver's request has a value that no request can have; ask another engine: `--engine`",
    },
    Code { code: "no-path", meaning: "the filters of the question leave no path of the call" },
    Code {
        code: "other-requests",
        meaning: "the question about why a layer refuses considers other requests than the question itself",
    },
    Code {
        code: "too-many-questions",
        meaning: "the policy needs more questions than `--most-queries` allows",
    },
    Code {
        code: "too-many-pairs",
        meaning: "the policy has more pairs of statements about the same resources than are compared; split it",
    },
    Code {
        code: "too-many-values",
        meaning: "at each value of the parameters that was tried there is a request; give some of them a value: `--parameter`",
    },
    Code { code: "no-policy", meaning: "the library has no policy of this number" },
    Code {
        code: "side-says-nothing",
        meaning: "one side of a review does not say what somebody or something has, so that there is nothing to compare with",
    },
    Code {
        code: "internal",
        meaning: "the engine and the evaluator, or two engines, contradict each other; standard error says how to report it",
    },
];

impl Unknown {
    /// Its stable code, one of [`CODES`]: never renamed, never used for something else. That of a
    /// path is that of its reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Engine(reason) => of_engine(reason),
            Self::OnPath { reason, .. } => reason.code(),
            Self::NoPath => "no-path",
            Self::OtherRequests => "other-requests",
            Self::TooManyQuestions(_) => "too-many-questions",
            Self::TooManyPairs(_) => "too-many-pairs",
            Self::TooManyValues => "too-many-values",
            Self::NoPolicy(_) => "no-policy",
            Self::SideSaysNothing { .. } => "side-says-nothing",
            Self::Internal => "internal",
        }
    }
}

fn of_engine(reason: &Reason) -> &'static str {
    match reason {
        Reason::Timeout(_) => "timeout",
        Reason::Terms(_) => "too-many-terms",
        Reason::Resource(_) => "solver-limit",
        Reason::Rounds(_) => "refinement-rounds",
        Reason::Incomplete(_) => "solver-incomplete",
        Reason::Solver(_) => "solver-failed",
        Reason::Script(_) => "not-in-smtlib",
        Reason::Value { .. } => "unusable-value",
        Reason::Alone { reason, .. } => of_engine(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_logic::smtlib::ScriptError;
    use std::time::Duration;

    #[test]
    fn every_reason_has_a_listed_code() {
        let text = String::new;
        let late = Reason::Timeout(Duration::ZERO);
        let engines = [
            late.clone(),
            Reason::Terms(1),
            Reason::Resource(text()),
            Reason::Rounds(1),
            Reason::Incomplete(text()),
            Reason::Solver(text()),
            Reason::Script(ScriptError::Character('a')),
            Reason::Value { symbol: text(), value: text() },
        ];
        let of_questions = [
            Unknown::NoPath,
            Unknown::OtherRequests,
            Unknown::TooManyQuestions(1),
            Unknown::TooManyPairs(1),
            Unknown::TooManyValues,
            Unknown::NoPolicy(1),
            Unknown::SideSaysNothing { side: text(), what: text() },
            Unknown::Internal,
        ];
        let all: Vec<Unknown> =
            engines.into_iter().map(Unknown::from).chain(of_questions).collect();
        let codes: Vec<&str> = all.iter().map(Unknown::code).collect();
        assert_eq!(codes, CODES.iter().map(|row| row.code).collect::<Vec<_>>());
        let alone = Reason::Alone { reason: Box::new(late.clone()), missing: text() };
        let on_path = Unknown::OnPath { path: text(), reason: Box::new(alone.into()) };
        assert_eq!(on_path.code(), Unknown::from(late).code());
    }
}
