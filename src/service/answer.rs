//! What comes of a question, and how it is told.

use super::{Call, Service};
use keyaki_questions::compare::{Comparison, Reasons};
use keyaki_questions::query::{
    Account, Answer as Found, Beyond, CallAnswer, CallVerdict, CallWitness, Obstacles, Verdict,
};
use keyaki_reports::{call, human, json};
use serde_json::Value;

/// An answer, of the kind of its question.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer<'q> {
    /// Of [`Question::Eval`](super::Question::Eval).
    Eval {
        /// The decision, with every statement accounted for.
        account: Account,
        /// What in request and policies is probably not what was meant.
        notes: Vec<String>,
    },
    /// Of [`Question::Can`](super::Question::Can).
    Can {
        /// Yes, no or unknown, and what it depends on.
        verdict: Verdict,
        /// Why a "no" is one, where that was asked.
        reasons: Option<Box<(Obstacles, Option<Beyond>)>>,
    },
    /// Of [`Question::Compare`](super::Question::Compare).
    Compare {
        /// What either side allows alone, and what it depends on.
        comparison: Comparison,
        /// What refuses a difference, and what would be one and cannot exist, where that was asked.
        reasons: Option<Reasons>,
    },
    /// Of [`Question::Call`](super::Question::Call).
    Call {
        /// What was asked.
        asked: &'q Call<'q>,
        /// Yes, no or unknown, and what it depends on.
        verdict: CallVerdict,
        /// The call that was found of each path, where every path was asked.
        every_path: Option<Vec<Option<CallWitness>>>,
    },
}

/// What an answer says for an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// No such request, equivalent; and whatever `eval` decides.
    Nothing,
    /// There is such a request, or a difference.
    Found,
    /// It is unknown, and nothing was found.
    Unknown,
}

impl Answer<'_> {
    /// Whether something was found.
    pub fn says(&self) -> Says {
        match self {
            Self::Eval { .. } => Says::Nothing,
            Self::Can { verdict, .. } => match verdict.answer {
                Found::Yes(_) => Says::Found,
                Found::No => Says::Nothing,
                Found::Unknown(_) => Says::Unknown,
            },
            Self::Compare { comparison, .. } => Says::of(comparison),
            Self::Call { verdict, .. } => match verdict.answer {
                CallAnswer::Yes(_) => Says::Found,
                CallAnswer::No => Says::Nothing,
                CallAnswer::Unknown(_) => Says::Unknown,
            },
        }
    }
}

impl Says {
    /// What a comparison says.
    pub fn of(comparison: &Comparison) -> Self {
        match (comparison.differs(), comparison.unknown()) {
            (true, _) => Self::Found,
            (false, Some(_)) => Self::Unknown,
            (false, None) => Self::Nothing,
        }
    }
}

impl Service<'_> {
    /// The answer for people.
    pub fn text(&self, answer: &Answer<'_>) -> String {
        let (requests, project) = (self.requests, self.project.as_ref());
        match answer {
            Answer::Eval { account, notes } => human::eval(account, notes),
            Answer::Can { verdict, reasons } => {
                human::can(verdict, requests, project, reasons.as_deref())
            }
            Answer::Compare { comparison, reasons } => {
                human::compare(comparison, requests, project, reasons.as_ref())
            }
            Answer::Call { asked, verdict, every_path } => {
                call::human(&told(asked, verdict, every_path.as_deref()), requests, project)
            }
        }
    }

    /// The answer for programs; `id` is that of a batch's line.
    pub fn json(&self, id: &Value, answer: &Answer<'_>) -> Value {
        let (requests, project) = (self.requests, self.project.as_ref());
        match answer {
            Answer::Eval { account, notes } => json::eval(id, account, notes),
            Answer::Can { verdict, reasons } => {
                json::can(id, verdict, requests, project, reasons.as_deref())
            }
            Answer::Compare { comparison, reasons } => {
                json::compare(id, comparison, requests, project, reasons.as_ref())
            }
            Answer::Call { asked, verdict, every_path } => {
                call::json(&told(asked, verdict, every_path.as_deref()), requests, project)
            }
        }
    }
}

/// A question about a call with its answer.
fn told<'a>(
    asked: &'a Call<'_>,
    verdict: &'a CallVerdict,
    every_path: Option<&'a [Option<CallWitness>]>,
) -> call::Asked<'a> {
    call::Asked { call: asked.call, filters: &asked.filters, verdict, every_path }
}
