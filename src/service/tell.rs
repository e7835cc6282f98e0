//! How an answer is told: in parts, each as soon as it is known.

use super::answer::{self, Checked, Failed};
use super::in_order::in_order;
use super::{Answer, Lint, Question, ReviewPart, Says, Service, WhoPart};
use keyaki_iam::visible::visible;
use keyaki_questions::claims::{self, Claim};
use keyaki_questions::lint::{self, Judged, Report, Settings};
use keyaki_questions::query::QueryError;
use keyaki_reports::claims as table;
use keyaki_reports::lint as report;
use serde_json::Value;

/// For whom an answer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A piece of what is told.
#[derive(Debug, PartialEq)]
pub enum Piece {
    /// Text for people, whole lines.
    Text(String),
    /// An object for programs, a line of its own.
    Json(Value),
    /// What went wrong inside, in one line, beside the answer.
    Internal(String),
}

/// A part of what is told, and what it says for an exit code.
#[derive(Debug)]
pub struct Told {
    /// The pieces, in order.
    pub pieces: Vec<Piece>,
    /// What it says.
    pub says: Says,
}

/// Why an answer was not told to its end.
#[derive(Debug)]
pub enum Untold<E> {
    /// An internal error.
    Query(QueryError),
    /// Whoever is told wants no more.
    Stopped(E),
}

impl<E> From<QueryError> for Untold<E> {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

impl Told {
    /// One piece.
    pub(super) fn one(piece: Piece, says: Says) -> Self {
        Self { pieces: vec![piece], says }
    }
}

impl Service<'_> {
    /// Answers a question and tells the answer in order: claims and the findings of lint each as
    /// soon as it is known, other answers at once. The second argument of `tell` says whether the
    /// next part is known already. Returns what all parts say together.
    ///
    /// # Errors
    /// [`Untold`]: as [`Service::ask`], and the first error of `tell`.
    pub fn tell<E>(
        &self,
        question: &Question<'_>,
        form: Form,
        mut tell: impl FnMut(Told, bool) -> Result<(), E>,
    ) -> Result<Says, Untold<E>> {
        let mut says = Says::Nothing;
        let mut tell = |told: Told, more: bool| {
            says = says.max(told.says);
            tell(told, more).map_err(Untold::Stopped)
        };
        match question {
            Question::Check(claims) => self.tell_claims(claims, form, &mut tell)?,
            Question::Lint(asked) => self.tell_lint(asked, form, &mut tell)?,
            Question::Review(asked) => self
                .review(asked, |part, more| tell(self.told_of_review(asked, &part, form), more))?,
            Question::WhoCan(asked) => self.who_can(asked, |part, more| {
                tell(self.told_of_who(&part, asked.all, form), more)
            })?,
            Question::WhoCalls(asked) => self.who_calls(asked, |part, more| {
                tell(self.told_of_who(&part, asked.all, form), more)
            })?,
            Question::Eval { .. }
            | Question::Can { .. }
            | Question::CanAs(_)
            | Question::Compare { .. }
            | Question::Call(_)
            | Question::Matrix { .. }
            | Question::Paths(_)
            | Question::Guardrails(_) => tell(self.told(&self.ask(question)?, form), false)?,
        }
        Ok(says)
    }

    /// What an answer says, where a question may say nothing about its policies.
    pub(super) fn weighed(&self, says: Says) -> Says {
        if says == Says::Vacuous && self.allow_vacuous { Says::Nothing } else { says }
    }

    /// What is told of an answer as a whole.
    pub fn told(&self, answer: &Answer<'_>, form: Form) -> Told {
        let internal: Vec<String> = match answer {
            Answer::Check { claims, checked } => {
                let failed = claims
                    .iter()
                    .zip(checked)
                    .filter_map(|(claim, checked)| Some((claim, checked.as_ref().err()?)));
                failed.map(|(claim, failed)| of_claim(claim, failed)).collect()
            }
            Answer::Lint { report, .. } => report.errors.iter().map(&*self.internal).collect(),
            Answer::Matrix { matrix, .. } => matrix.errors.iter().map(&*self.internal).collect(),
            Answer::Eval { .. }
            | Answer::Can { .. }
            | Answer::Compare { .. }
            | Answer::Call { .. }
            | Answer::Paths { .. }
            | Answer::Guardrails { .. } => Vec::new(),
            Answer::Review { asked: _, parts } => {
                parts.iter().filter_map(ReviewPart::failed).collect()
            }
            Answer::WhoCan { parts, all: _ } => parts.iter().flat_map(WhoPart::failed).collect(),
        };
        let mut pieces: Vec<Piece> = internal.into_iter().map(Piece::Internal).collect();
        match form {
            Form::Text => pieces.push(Piece::Text(self.text(answer))),
            Form::Json => {
                pieces.extend(self.json(&Value::Null, answer).into_iter().map(Piece::Json))
            }
        }
        Told { pieces, says: self.weighed(answer.says()) }
    }

    fn tell_claims<E>(
        &self,
        claims: &[Claim<'_>],
        form: Form,
        tell: &mut impl FnMut(Told, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut all, mut file) = (Vec::new(), "");
        self.check(claims, |claim, checked, more| {
            let row = answer::row(&checked);
            let failed = checked.as_ref().err().map(|failed| of_claim(claim, failed));
            let piece = match form {
                Form::Text => {
                    let heading = answer::heading(claim, &mut file);
                    Piece::Text(heading + &table::human(claim, row))
                }
                Form::Json => Piece::Json(self.claim_json(claim, &checked)),
            };
            let pieces = failed.map(Piece::Internal).into_iter().chain([piece]).collect();
            tell(Told { pieces, says: answer::says(claim, &checked) }, more)?;
            all.push(checked);
            Ok(())
        })?;
        match form {
            Form::Text => {
                tell(Told::one(Piece::Text(self.summary(claims, &all)), Says::Nothing), false)
            }
            Form::Json => Ok(()),
        }
    }

    /// As [`Question::Check`]: checks claims, on all threads, and tells what became of each, in
    /// order. The last argument of `tell` says whether the next one is known already.
    ///
    /// # Errors
    /// The first error of `tell`.
    pub fn check<'c, E>(
        &self,
        claims: &'c [Claim<'c>],
        mut tell: impl FnMut(&'c Claim<'c>, Checked, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let check =
            |number: usize| Some(claims::check(claims.get(number)?, &self.solver, &self.limits));
        let mut left = claims.iter();
        in_order(0..claims.len(), self.threads, &check, |checked, more| {
            let Some((claim, checked)) = left.next().zip(checked) else { return Ok(()) };
            // What is said of an error may have a number: here, and not where it occurs, so that
            // the numbers follow the order of the claims.
            let checked = checked.map_err(|error| {
                let message = (self.internal)(&error);
                Failed { error, message }
            });
            tell(claim, checked, more)
        })
    }

    fn tell_lint<E: From<QueryError>>(
        &self,
        asked: &Lint<'_>,
        form: Form,
        tell: &mut impl FnMut(Told, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let found = self.lint(asked, |findings, errors, more| {
            let finding = |judged| match form {
                Form::Text => Piece::Text(report::finding(judged)),
                Form::Json => Piece::Json(report::finding_json(judged)),
            };
            let internal = errors.iter().map(|error| Piece::Internal((self.internal)(error)));
            let pieces = internal.chain(findings.iter().map(finding)).collect();
            tell(Told { pieces, says: Says::Nothing }, more)
        })?;
        let pieces = match form {
            Form::Text => vec![Piece::Text(self.lint_closing(&found, asked.of_project))],
            Form::Json => {
                let question = self.of_lint_asked(asked);
                let closing = self.lint_closing_json(&found, asked.of_project, &question);
                closing.into_iter().map(Piece::Json).collect()
            }
        };
        tell(Told { pieces, says: Says::of_lint(&found) }, false)
    }

    /// Lints policies, on all threads, and tells what was found in each, in order. The last argument
    /// of `tell` says whether the next part is known already.
    pub(super) fn lint<E: From<QueryError>>(
        &self,
        asked: &Lint<'_>,
        mut tell: impl FnMut(&[Judged], &[QueryError], bool) -> Result<(), E>,
    ) -> Result<Report, E> {
        let settings = Settings {
            rules: asked.rules.clone(),
            world: asked.world,
            requests: self.requests,
            account: asked.account.clone(),
            together: asked.together,
            limits: self.limits.clone(),
            most_queries: asked.most_queries,
        };
        let documents = &asked.documents;
        let one = |number: usize| {
            let document = documents.get(number)?;
            Some(lint::lint_one(document, documents, &settings, &self.solver))
        };
        let mut report = Report::default();
        in_order(0..documents.len(), self.threads, &one, |found, more| -> Result<(), E> {
            let Some(found) = found.transpose()? else { return Ok(()) };
            tell(&found.findings, &found.errors, more)?;
            report.append(found);
            Ok(())
        })?;
        Ok(report)
    }
}

/// What is said beside the table of a claim that an internal error kept from being decided.
fn of_claim(claim: &Claim<'_>, failed: &Failed) -> String {
    format!("claim `{}`: {}", visible(&claim.name), failed.message)
}
