//! How an answer is told: in parts, each as soon as it is known.

use super::answer::{self, Checked, Failed};
use super::in_order::in_order;
use super::sift::Sieve;
use super::{Answer, Lint, Question, Says, Service, WhoPart};
use keyaki_iam::finding::Finding;
use keyaki_iam::visible::visible;
use keyaki_questions::claims::{self, Claim};
use keyaki_questions::lint::{self, Document, Report, Rule, Settings};
use keyaki_questions::query::QueryError;
use keyaki_reports::answers::Json;
use keyaki_reports::answers::Question as Restated;
use keyaki_reports::claims as table;
use keyaki_reports::lint as report;
use keyaki_reports::review_items::{Case, Fate, Item};
use keyaki_reports::{human, json};
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
    Json(Json),
    /// What went wrong inside, in one line, beside the answer.
    Internal(String),
    /// A note or a warning, in one line, beside the answer.
    Note(String),
}

/// A part of what is told, and what it says for an exit code.
#[derive(Debug)]
pub struct Told {
    /// The pieces, in order.
    pub pieces: Vec<Piece>,
    /// What it says.
    pub says: Says,
    /// What was examined and what was found, of claims and of lint: for the forms that a code review
    /// shows.
    pub cases: Vec<Case>,
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

impl Default for Told {
    /// Nothing.
    fn default() -> Self {
        Self { pieces: Vec::new(), says: Says::Nothing, cases: Vec::new() }
    }
}

impl Told {
    /// Adds what is told next.
    pub(super) fn append(&mut self, next: Self) {
        for piece in next.pieces {
            match (self.pieces.last_mut(), piece) {
                (Some(Piece::Text(text)), Piece::Text(more)) => text.push_str(&more),
                (_, piece) => self.pieces.push(piece),
            }
        }
        self.says = self.says.max(next.says);
        self.cases.extend(next.cases);
    }

    /// One piece.
    pub(super) fn one(piece: Piece, says: Says) -> Self {
        Self { pieces: vec![piece], says, ..Self::default() }
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
            Question::Review(asked) => {
                let mut sieve = self.sifting.sieve().reviewing();
                self.review(asked, |part, more| {
                    tell(self.told_of_review(asked, &part, form, &mut sieve), more)
                })?;
            }
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
            Answer::Check { claims, checked } => return self.all_claims(claims, checked, form),
            Answer::Lint { question, asked, parts } => {
                return self.all_of_lint(question, asked, parts, form);
            }
            Answer::Review { asked, parts } => return self.all_of_review(asked, parts, form),
            Answer::Matrix { matrix, .. } => matrix.errors.iter().map(&*self.internal).collect(),
            Answer::Eval { .. }
            | Answer::Can { .. }
            | Answer::Compare { .. }
            | Answer::Call { .. }
            | Answer::Paths { .. }
            | Answer::Guardrails { .. } => Vec::new(),
            Answer::WhoCan { parts, all: _ } => parts.iter().flat_map(WhoPart::failed).collect(),
        };
        let mut pieces: Vec<Piece> = internal.into_iter().map(Piece::Internal).collect();
        match form {
            Form::Text => pieces.push(Piece::Text(self.text(answer))),
            Form::Json => {
                pieces.extend(self.json(&Value::Null, answer).into_iter().map(Piece::Json))
            }
        }
        Told { pieces, says: self.weighed(answer.says()), cases: Vec::new() }
    }

    fn all_claims(&self, claims: &[Claim<'_>], checked: &[Checked], form: Form) -> Told {
        let (mut file, mut sieve, mut all) = ("", self.sifting.sieve(), Told::default());
        for (claim, checked) in claims.iter().zip(checked) {
            all.append(self.told_of_claim(claim, checked, form, &mut file, &mut sieve));
        }
        all.append(self.told_of_claims(claims, checked, form, &sieve));
        all
    }

    fn all_of_lint(
        &self,
        question: &Restated,
        asked: &Lint<'_>,
        parts: &[Report],
        form: Form,
    ) -> Told {
        let (mut found, mut sieve) = (Report::default(), self.sifting.sieve());
        let mut all = Told::default();
        for (document, part) in asked.documents.iter().zip(parts) {
            all.append(self.told_of_document(document, &asked.rules, part, form, &mut sieve));
            found.append(sieve.told(part));
        }
        all.append(self.told_of_lint(question, asked, &found, form, &sieve));
        all
    }

    fn tell_claims<E>(
        &self,
        claims: &[Claim<'_>],
        form: Form,
        tell: &mut impl FnMut(Told, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut all, mut file, mut sieve) = (Vec::new(), "", self.sifting.sieve());
        self.check(claims, |claim, checked, more| {
            tell(self.told_of_claim(claim, &checked, form, &mut file, &mut sieve), more)?;
            all.push(checked);
            Ok(())
        })?;
        tell(self.told_of_claims(claims, &all, form, &sieve), false)
    }

    /// What is told of one claim; `file` is the claims file that was told of last.
    fn told_of_claim<'c>(
        &self,
        claim: &'c Claim<'_>,
        checked: &Checked,
        form: Form,
        file: &mut &'c str,
        sieve: &mut Sieve<'_>,
    ) -> Told {
        let case = sieve.claim(claim, checked);
        let row = answer::row(checked);
        // A claim that is as expected has no item, and nothing becomes of it.
        let fate = case.items.first().map_or(Fate::Told, |item| item.fate.clone());
        let failed = checked.as_ref().err().map(|failed| of_claim(claim, failed));
        let piece = match form {
            Form::Text => {
                Piece::Text(answer::heading(claim, file) + &table::human(claim, row, &fate))
            }
            Form::Json => {
                let (project, asking) = (self.project.as_ref(), &self.asking);
                Piece::Json(table::json(claim, row, &fate, project, asking).into())
            }
        };
        let pieces = failed.map(Piece::Internal).into_iter().chain([piece]).collect();
        let says = match (answer::says(claim, checked), &fate) {
            (Says::Found, Fate::Told | Fate::Waived(_) | Fate::Known) => Says::Nothing,
            (says, _) => says,
        };
        Told { pieces, says, cases: vec![case] }
    }

    /// What is told when all claims are checked.
    fn told_of_claims(
        &self,
        claims: &[Claim<'_>],
        checked: &[Checked],
        form: Form,
        sieve: &Sieve<'_>,
    ) -> Told {
        let mut closing = told_of_closing(sieve, form);
        match form {
            Form::Text => {
                let rows = claims.iter().zip(checked.iter().map(|checked| checked.as_ref().ok()));
                let project = self.project.as_ref();
                let text = table::summary(rows, sieve.left, project, self.caveats);
                closing.pieces.push(Piece::Text(text));
            }
            Form::Json => {}
        }
        closing
    }

    /// What is told of one document that was linted.
    fn told_of_document(
        &self,
        document: &Document,
        rules: &[&'static Rule],
        part: &Report,
        form: Form,
        sieve: &mut Sieve<'_>,
    ) -> Told {
        let mut case = sieve.lint(document.source.name(), part, rules);
        if let Some(address) = &document.address {
            case.name = format!("{}#{address}", case.name);
        }
        let pairs = part.findings.iter().zip(&case.items);
        let told = pairs.filter_map(|(judged, item)| match (form, &item.fate) {
            (Form::Text, Fate::Counts | Fate::Told) => Some(Piece::Text(report::finding(judged))),
            (Form::Json, Fate::Counts | Fate::Told | Fate::Waived(_)) => {
                Some(Piece::Json(report::finding_json(judged, &item.fate).into()))
            }
            (Form::Text, Fate::Waived(_) | Fate::Known) | (Form::Json, Fate::Known) => None,
        });
        let internal = part.errors.iter().map(|error| Piece::Internal((self.internal)(error)));
        let says = if part.errors.is_empty() { Says::Nothing } else { Says::Internal };
        Told { pieces: internal.chain(told).collect(), says, cases: vec![case] }
    }

    /// What is told when all documents are linted; `found` is what is neither waived nor known.
    fn told_of_lint(
        &self,
        question: &Restated,
        asked: &Lint<'_>,
        found: &Report,
        form: Form,
        sieve: &Sieve<'_>,
    ) -> Told {
        let mut closing = told_of_closing(sieve, form);
        match form {
            Form::Text => {
                let text = self.lint_closing(found, sieve.left, asked.of_project);
                closing.pieces.push(Piece::Text(text));
            }
            Form::Json => {
                let summary = self.lint_closing_json(found, sieve.left, asked.of_project, question);
                closing.pieces.extend(summary.into_iter().map(|value| Piece::Json(value.into())));
            }
        }
        let says = closing.says.max(Says::of_lint(found, self.sifting.fail_on));
        Told { says, ..closing }
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
        let (mut found, mut sieve) = (Report::default(), self.sifting.sieve());
        self.lint(asked, |document, part, more| {
            let told = self.told_of_document(document, &asked.rules, &part, form, &mut sieve);
            found.append(sieve.told(&part));
            tell(told, more)
        })?;
        let question = self.of_lint_asked(asked);
        tell(self.told_of_lint(&question, asked, &found, form, &sieve), false)
    }

    /// Lints policies, on all threads, and tells what was found in each, in order. The last argument
    /// of `tell` says whether the next part is known already.
    pub(super) fn lint<E: From<QueryError>>(
        &self,
        asked: &Lint<'_>,
        mut tell: impl FnMut(&Document, Report, bool) -> Result<(), E>,
    ) -> Result<(), E> {
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
        let mut left = documents.iter();
        in_order(0..documents.len(), self.threads, &one, |found, more| -> Result<(), E> {
            let Some((document, found)) = left.next().zip(found.transpose()?) else {
                return Ok(());
            };
            tell(document, found, more)
        })
    }
}

/// What is said of waivers and of the baseline when all findings are known.
pub(super) fn told_of_closing(sieve: &Sieve<'_>, form: Form) -> Told {
    let closing = sieve.closing();
    let counts = closing.findings.iter().any(|(_, item)| item.fate == Fate::Counts);
    let piece = |(finding, _): &(Finding, Item)| match form {
        Form::Text => Piece::Text(human::finding(finding)),
        Form::Json => Piece::Json(json::finding(finding).into()),
    };
    let notes = closing.notes.iter().cloned().map(Piece::Note);
    Told {
        pieces: notes.chain(closing.findings.iter().map(piece)).collect(),
        says: if counts { Says::Found } else { Says::Nothing },
        cases: sieve.closing_case(&closing).into_iter().collect(),
    }
}

/// What is said beside the table of a claim that an internal error kept from being decided.
fn of_claim(claim: &Claim<'_>, failed: &Failed) -> String {
    format!("claim `{}`: {}", visible(&claim.name), failed.message)
}
