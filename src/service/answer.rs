//! What comes of a question, and how it is told.

use super::{
    Call, FailOn, Form, INTERNAL, Lint, Piece, Reasons, Review, ReviewPart, Says, Service, WhoPart,
};
use keyaki_iam::finding::Level;
use keyaki_questions::claims::{self, Claim};
use keyaki_questions::compare::{self, Comparison};
use keyaki_questions::enforcement::{Effect, Way};
use keyaki_questions::estates::Paths;
use keyaki_questions::lint::Report;
use keyaki_questions::matrix::{Matrix, Member};
use keyaki_questions::query::{
    Account, CallObstacles, CallVerdict, CallWitness, QueryError, Verdict,
};
use keyaki_questions::vacuous::Vacuous;
use keyaki_reports::answers::Json;
use keyaki_reports::answers::Question as Restated;
use keyaki_reports::claims::Row;
use keyaki_reports::review_items::Left;
use keyaki_reports::{
    Setting, call, claims as table, enforcement, human, json, lint, matrix, paths,
};
use serde_json::Value;
use std::time::Duration;

/// An answer, of the kind of its question.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer<'q> {
    /// Of [`Question::Eval`](super::Question::Eval).
    Eval {
        /// The question, restated.
        question: Box<Restated>,
        /// The decision, with every statement accounted for.
        account: Account,
        /// What in request and policies is probably not what was meant.
        notes: Vec<String>,
    },
    /// Of [`Question::Can`](super::Question::Can).
    Can {
        /// The question, restated.
        question: Box<Restated>,
        /// Why it says nothing about the policies, if so.
        vacuous: Option<Vacuous>,
        /// Yes, no or unknown, and what it depends on.
        verdict: Verdict,
        /// Why a "no" is one, where that was asked.
        reasons: Option<Box<Reasons>>,
    },
    /// Of [`Question::Compare`](super::Question::Compare).
    Compare {
        /// The question, restated.
        question: Box<Restated>,
        /// Why it says nothing about the policies, if so.
        vacuous: Option<Vacuous>,
        /// What either side allows alone, and what it depends on.
        comparison: Comparison,
        /// What refuses a difference, and what would be one and cannot exist, where that was asked.
        reasons: Option<compare::Reasons>,
    },
    /// Of [`Question::Call`](super::Question::Call).
    Call {
        /// The question, restated.
        question: Box<Restated>,
        /// Why it says nothing about the policies, if so.
        vacuous: Option<Vacuous>,
        /// What was asked.
        asked: &'q Call<'q>,
        /// Yes, no or unknown, and what it depends on.
        verdict: CallVerdict,
        /// The call that was found of each path, where every path was asked.
        every_path: Option<Vec<Option<CallWitness>>>,
        /// Why no call by some paths is allowed, where that was asked.
        obstacles: Option<CallObstacles>,
    },
    /// Of [`Question::Check`](super::Question::Check).
    Check {
        /// The claims.
        claims: &'q [Claim<'q>],
        /// What became of each, in the same order.
        checked: Vec<Checked>,
    },
    /// Of [`Question::Lint`](super::Question::Lint).
    Lint {
        /// The question, restated.
        question: Box<Restated>,
        /// What was asked.
        asked: &'q Lint<'q>,
        /// The findings in each document, and what could not be decided.
        parts: Vec<Report>,
    },
    /// Of [`Question::Matrix`](super::Question::Matrix).
    Matrix {
        /// The question, restated.
        question: Box<Restated>,
        /// The library.
        members: &'q [Member],
        /// Every ordered pair of it.
        matrix: Matrix,
        /// How long it took.
        taken: Duration,
    },
    /// Of [`Question::WhoCan`](super::Question::WhoCan) and of
    /// [`Question::WhoCalls`](super::Question::WhoCalls).
    WhoCan {
        /// What was found out, in order.
        parts: Vec<WhoPart>,
        /// Whether those are told, too, who cannot.
        all: bool,
    },
    /// Of [`Question::Review`](super::Question::Review).
    Review {
        /// What was asked.
        asked: &'q Review<'q>,
        /// What was found out, in order.
        parts: Vec<ReviewPart>,
    },
    /// Of [`Question::Paths`](super::Question::Paths).
    Paths {
        /// The question, restated.
        question: Box<Restated>,
        /// Why it says nothing about the estate, if so.
        vacuous: Option<Vacuous>,
        /// From whom, and the ARN of the role at the end.
        ends: (&'q str, Option<&'q str>),
        /// What was found out.
        found: Paths,
        /// How long it took.
        taken: Duration,
    },
    /// Of [`Question::Guardrails`](super::Question::Guardrails).
    Guardrails {
        /// The question, restated.
        question: Box<Restated>,
        /// What each guardrail does.
        effects: Vec<Effect<'q>>,
        /// The ways on which none is enforced.
        ways: Vec<Way>,
    },
}

/// What became of a claim, or what kept it from being decided.
pub type Checked = Result<claims::Checked, Failed>;

/// An internal error about a part of a question.
#[derive(Debug)]
pub struct Failed {
    /// The error.
    pub error: QueryError,
    /// What [`Service::internal`] says of it.
    pub message: String,
}

impl Answer<'_> {
    /// The answer to a line of a batch, counted from 1.
    pub(super) fn of_line(&mut self, number: usize) {
        match self {
            Self::Eval { question, .. }
            | Self::Can { question, .. }
            | Self::Compare { question, .. }
            | Self::Call { question, .. } => question.line = Some(number),
            Self::Check { .. }
            | Self::Lint { .. }
            | Self::Matrix { .. }
            | Self::WhoCan { .. }
            | Self::Review { .. }
            | Self::Paths { .. }
            | Self::Guardrails { .. } => {}
        }
    }

    /// What it says for an exit code, where nothing is waived or known; [`Service::told`] says what
    /// it says otherwise.
    pub fn says(&self) -> Says {
        match self {
            Self::Eval { .. } => Says::Nothing,
            Self::Can { vacuous: Some(_), .. }
            | Self::Compare { vacuous: Some(_), .. }
            | Self::Call { vacuous: Some(_), .. }
            | Self::Paths { vacuous: Some(_), .. } => Says::Vacuous,
            Self::Can { verdict, .. } => Says::of_verdict(verdict),
            Self::Compare { comparison, .. } => Says::of_comparison(comparison),
            Self::Call { verdict, .. } => Says::of_call(verdict),
            Self::Check { claims, checked } => {
                let pairs = claims.iter().zip(checked);
                pairs.map(|(claim, checked)| says(claim, checked)).max().unwrap_or(Says::Nothing)
            }
            Self::Lint { parts, .. } => {
                let all = FailOn::From(Level::Note);
                let says = parts.iter().map(|part| Says::of_lint(part, all));
                says.max().unwrap_or(Says::Nothing)
            }
            Self::Matrix { matrix, .. } => Says::of_matrix(matrix),
            Self::WhoCan { parts, all: _ } => {
                parts.iter().map(WhoPart::says).max().unwrap_or(Says::Nothing)
            }
            Self::Review { asked, parts } => {
                parts.iter().map(|part| part.says(asked)).max().unwrap_or(Says::Nothing)
            }
            Self::Paths { found, .. } => Says::of_paths(found),
            Self::Guardrails { effects, ways, .. } => Says::of_guardrails(effects, ways),
        }
    }
}

/// What a claim says for an exit code.
pub(super) fn says(claim: &Claim<'_>, checked: &Checked) -> Says {
    match checked {
        Ok(checked) => Says::of_claim(claim, checked),
        Err(_) => Says::Internal,
    }
}

/// What became of a claim, for its report.
pub(super) fn row(checked: &Checked) -> Row<'_> {
    checked.as_ref().map_err(|failed| (INTERNAL, failed.message.as_str()))
}

impl Service<'_> {
    /// What the report of a question's answer has beside the answer.
    pub(super) fn setting<'s>(
        &'s self,
        question: &'s Restated,
        vacuous: Option<&'s Vacuous>,
    ) -> Setting<'s> {
        Setting {
            requests: self.requests,
            project: self.project.as_ref(),
            question,
            vacuous,
            caveats: self.caveats,
        }
    }

    /// The answer for people.
    pub fn text(&self, answer: &Answer<'_>) -> String {
        match answer {
            Answer::Eval { question, account, notes } => human::eval(account, notes, question),
            Answer::Can { question, vacuous, verdict, reasons } => {
                let setting = self.setting(question, vacuous.as_ref());
                human::can(verdict, setting, reasons.as_deref())
            }
            Answer::Compare { question, vacuous, comparison, reasons } => {
                let setting = self.setting(question, vacuous.as_ref());
                human::compare(comparison, setting, reasons.as_ref())
            }
            Answer::Call { question, vacuous, asked, verdict, every_path, obstacles } => {
                let setting = self.setting(question, vacuous.as_ref());
                let told = told(asked, verdict, every_path.as_deref(), obstacles.as_ref());
                call::human(&told, setting)
            }
            Answer::Check { .. } | Answer::Lint { .. } | Answer::Review { .. } => {
                let text = |piece| match piece {
                    Piece::Text(text) => Some(text),
                    Piece::Json(_) | Piece::Internal(_) | Piece::Note(_) => None,
                };
                self.told(answer, Form::Text).pieces.into_iter().filter_map(text).collect()
            }
            Answer::Matrix { question, members, matrix, .. } => {
                matrix::human(members, matrix, self.setting(question, None))
            }
            Answer::WhoCan { parts, all } => {
                let text = |piece| match piece {
                    Piece::Text(text) => Some(text),
                    Piece::Json(_) | Piece::Internal(_) | Piece::Note(_) => None,
                };
                self.pieces_of_who(parts, *all, Form::Text).filter_map(text).collect()
            }
            Answer::Paths { question, vacuous, ends, found, taken: _ } => {
                paths::human(*ends, found, self.setting(question, vacuous.as_ref()))
            }
            Answer::Guardrails { question, effects, ways } => {
                enforcement::human(effects, ways, self.setting(question, None))
            }
        }
    }

    /// The answer for programs, an object a line; `id` is that of a batch's line.
    pub fn json(&self, id: &Value, answer: &Answer<'_>) -> Vec<Json> {
        match answer {
            Answer::Eval { question, account, notes } => {
                vec![json::eval(id, account, notes, question).into()]
            }
            Answer::Can { question, vacuous, verdict, reasons } => {
                let setting = self.setting(question, vacuous.as_ref());
                vec![json::can(id, verdict, setting, reasons.as_deref()).into()]
            }
            Answer::Compare { question, vacuous, comparison, reasons } => {
                let setting = self.setting(question, vacuous.as_ref());
                vec![json::compare(id, comparison, setting, reasons.as_ref())]
            }
            Answer::Call { question, vacuous, asked, verdict, every_path, obstacles } => {
                let setting = self.setting(question, vacuous.as_ref());
                let told = told(asked, verdict, every_path.as_deref(), obstacles.as_ref());
                vec![call::json(&told, setting).into()]
            }
            Answer::Check { .. } | Answer::Lint { .. } | Answer::Review { .. } => {
                let value = |piece| match piece {
                    Piece::Json(value) => Some(value),
                    Piece::Text(_) | Piece::Internal(_) | Piece::Note(_) => None,
                };
                self.told(answer, Form::Json).pieces.into_iter().filter_map(value).collect()
            }
            Answer::Matrix { question, members, matrix, taken } => {
                lines(matrix::json(members, matrix, self.setting(question, None), *taken))
            }
            Answer::WhoCan { parts, all } => {
                let value = |piece| match piece {
                    Piece::Json(value) => Some(value),
                    Piece::Text(_) | Piece::Internal(_) | Piece::Note(_) => None,
                };
                self.pieces_of_who(parts, *all, Form::Json).filter_map(value).collect()
            }
            Answer::Paths { question, vacuous, ends, found, taken } => {
                lines(paths::json(*ends, found, self.setting(question, vacuous.as_ref()), *taken))
            }
            Answer::Guardrails { effects, ways, .. } => lines(enforcement::json(effects, ways)),
        }
    }

    /// What stands under the findings of lint.
    pub(super) fn lint_closing(&self, report: &Report, left: Left, of_project: bool) -> String {
        self.of_lint(of_project, |project| {
            lint::closing(report, left, self.requests, project, self.caveats)
        })
    }

    /// What stands under the findings of lint, as JSON.
    pub(super) fn lint_closing_json(
        &self,
        report: &Report,
        left: Left,
        of_project: bool,
        question: &Restated,
    ) -> Vec<Value> {
        self.of_lint(of_project, |project| {
            lint::closing_json(report, left, self.requests, project, question.clone())
        })
    }

    /// Calls with the project's file and its members that linting used, if it used any.
    fn of_lint<T>(
        &self,
        of_project: bool,
        tell: impl FnOnce(Option<(&str, &[&'static str])>) -> T,
    ) -> T {
        let Some(project) = &self.project else { return tell(None) };
        let own = of_project.then_some("accounts").into_iter();
        let members: Vec<&'static str> = own.chain(project.choices.iter().copied()).collect();
        tell(Some((project.path.as_str(), members.as_slice())).filter(|_| !members.is_empty()))
    }
}

/// The heading of a claim that is the first one of its file.
pub(super) fn heading<'c>(claim: &'c Claim<'_>, file: &mut &'c str) -> String {
    let own = claim.source.name();
    if std::mem::replace(file, own) == own { String::new() } else { table::heading(&claim.source) }
}

/// A question about a call with its answer.
fn told<'a>(
    asked: &'a Call<'_>,
    verdict: &'a CallVerdict,
    every_path: Option<&'a [Option<CallWitness>]>,
    obstacles: Option<&'a CallObstacles>,
) -> call::Asked<'a> {
    call::Asked { call: asked.call, filters: &asked.filters, verdict, every_path, obstacles }
}

/// Each as a line.
fn lines(values: Vec<Value>) -> Vec<Json> {
    values.into_iter().map(Json::from).collect()
}
