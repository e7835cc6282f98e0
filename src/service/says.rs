//! What answers say for an exit code.

use super::FailOn;
use keyaki_questions::claims::{Checked, Claim, Outcome as Claimed};
use keyaki_questions::compare::Comparison;
use keyaki_questions::enforcement::{Effect, Outcome, Way};
use keyaki_questions::estates::Paths;
use keyaki_questions::lint::Report;
use keyaki_questions::matrix::Matrix;
use keyaki_questions::query::{Answer, CallAnswer, CallVerdict, Verdict};

/// What an answer says for an exit code. Of several answers the greatest counts ([`Ord::max`]): what
/// was wrong with the input outweighs what was found, and that what is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// No such request, equivalent, nothing to say; and whatever `eval` decides.
    Nothing,
    /// It is unknown, and nothing was found.
    Unknown,
    /// Nothing was found, and the question says nothing about its policies.
    Vacuous,
    /// There is such a request, a difference, a verdict that was not expected, a finding.
    Found,
    /// Something that was asked cannot be read, and has no answer.
    Unreadable,
    /// Something went wrong inside, so that an answer is missing.
    Internal,
}

impl Says {
    /// What an answer about requests says.
    pub fn of_verdict(verdict: &Verdict) -> Self {
        match verdict.answer {
            Answer::Yes(_) => Self::Found,
            Answer::No => Self::Nothing,
            Answer::Unknown(_) => Self::Unknown,
        }
    }

    /// What an answer about a call says.
    pub fn of_call(verdict: &CallVerdict) -> Self {
        match verdict.answer {
            CallAnswer::Yes(_) => Self::Found,
            CallAnswer::No => Self::Nothing,
            CallAnswer::Unknown(_) => Self::Unknown,
        }
    }

    /// What a comparison says.
    pub fn of_comparison(comparison: &Comparison) -> Self {
        match (comparison.differs(), comparison.unknown()) {
            (true, _) => Self::Found,
            (false, Some(_)) => Self::Unknown,
            (false, None) => Self::Nothing,
        }
    }

    /// What a claim with this verdict says: what is not as expected is found.
    pub fn of_claim(claim: &Claim<'_>, checked: &Checked) -> Self {
        match checked.outcome {
            Claimed::Unknown => Self::Unknown,
            Claimed::Holds | Claimed::Violated if claim.is_as_expected(checked) => Self::Nothing,
            Claimed::Holds | Claimed::Violated => Self::Found,
        }
    }

    /// What linting says, of findings that count from a level on.
    pub fn of_lint(report: &Report, fail_on: FailOn) -> Self {
        let found = report.findings.iter().any(|judged| fail_on.counts(judged.finding.level));
        match (&report.errors[..], found, &report.undecided[..]) {
            ([_, ..], ..) => Self::Internal,
            ([], true, _) => Self::Found,
            ([], false, [_, ..]) => Self::Unknown,
            ([], false, []) => Self::Nothing,
        }
    }

    /// What a matrix says: a pair that is not contained is found.
    pub fn of_matrix(matrix: &Matrix) -> Self {
        match (&matrix.errors[..], matrix.fails(), matrix.unknown()) {
            ([_, ..], ..) => Self::Internal,
            ([], 0, 0) => Self::Nothing,
            ([], 0, _) => Self::Unknown,
            ([], ..) => Self::Found,
        }
    }

    /// What is said of chains of roles: one is found.
    pub fn of_paths(paths: &Paths) -> Self {
        match (&paths.chains[..], &paths.unknown) {
            ([_, ..], _) => Self::Found,
            ([], Some(_)) => Self::Unknown,
            ([], None) => Self::Nothing,
        }
    }

    /// What is said of enforced guardrails: one that breaks something is found, and a way that is
    /// open.
    pub fn of_guardrails(effects: &[Effect<'_>], ways: &[Way]) -> Self {
        let effects = effects.iter().map(|effect| match effect.outcome() {
            Outcome::Breaks => Self::Found,
            Outcome::Works | Outcome::Nothing => Self::Nothing,
            Outcome::Unknown => Self::Unknown,
        });
        let ways = ways.iter().map(|way| Self::of_verdict(&way.verdict));
        effects.chain(ways).max().unwrap_or(Self::Nothing)
    }
}
