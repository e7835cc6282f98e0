//! One policy under examination: its statements, what has been found so far, and whom to ask.

use super::asker::{Asker, Truth};
use super::catalogue;
use super::document::{Document, Place};
use super::finding::{Basis, Grounds, Judged, Undecided};
use super::subject::Subject;
use super::variant;
use super::{Report, Settings};
use crate::guess;
use crate::query::{Named, QueryError, Requests, Solver};
use crate::unknown::Unknown;
use keyaki_iam::finding::{Finding, Level};
use keyaki_iam::policy::{Condition, Statement, parameter};
use keyaki_iam::request::Request;
use keyaki_iam::shape::Shape;
use keyaki_iam::world::{ModelChoice, World};
use std::collections::{BTreeMap, BTreeSet};

/// The rules about what actions are authorized on.
const ON_TARGETS: [&str; 2] = ["dead-entry", "unknown-resource"];

/// One policy under examination.
pub(super) struct Examination<'a> {
    pub document: &'a Document,
    /// All policies of the run, this one among them.
    pub documents: &'a [Document],
    pub settings: &'a Settings<'a>,
    pub asker: Asker<'a>,
    findings: Vec<Judged>,
    undecided: Vec<Undecided>,
    /// Parts whose fate a finding explains, so that no second finding is made of it.
    explained: BTreeSet<String>,
    live: BTreeMap<usize, Liveness>,
}

/// Whether a statement applies to any request.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Liveness {
    Live(Box<Request>),
    Dead(Grounds),
    /// It applies to none, but might if its resources were read generously: see
    /// [`variant::widened`].
    Doubtful,
    Unknown(Unknown),
}

/// What a rule says of a place.
pub(super) struct Remark {
    rule: &'static str,
    level: Level,
    basis: Basis,
    message: String,
    help: String,
    evidence: Option<Request>,
    grounds: Grounds,
}

impl Remark {
    /// What questions decided.
    pub(super) fn new(
        rule: &'static str,
        level: Level,
        message: String,
        help: impl Into<String>,
    ) -> Self {
        let (help, grounds) = (help.into(), Grounds::default());
        Self { rule, level, basis: Basis::Solver, message, help, evidence: None, grounds }
    }

    /// What the catalogue tells.
    pub(super) fn looked_up(
        rule: &'static str,
        level: Level,
        message: String,
        help: impl Into<String>,
    ) -> Self {
        Self { basis: Basis::Catalogue, ..Self::new(rule, level, message, help) }
    }

    /// What matching the text of an entry decided.
    pub(super) fn matched(self) -> Self {
        Self { basis: Basis::Evaluator, ..self }
    }

    /// With a request that shows it.
    pub(super) fn shown_by(self, request: Request) -> Self {
        Self { evidence: Some(request), ..self }
    }

    /// With what the answer that it comes from depends on.
    pub(super) fn given(self, grounds: Grounds) -> Self {
        Self { grounds, ..self }
    }
}

impl<'a> Examination<'a> {
    pub(super) fn new(
        document: &'a Document,
        documents: &'a [Document],
        settings: &'a Settings<'a>,
        solver: &'a Solver,
    ) -> Self {
        // What is asked about a part of a policy is asked in the partitions that the whole policy
        // names.
        let requests = match settings.requests {
            Requests::Feasible(World { partitions: None, .. }) => settings
                .requests
                .asked_in(Some(Named::in_policies([&*document.policy.policy]).asked())),
            Requests::Feasible(World { partitions: Some(_), .. }) | Requests::Any => {
                settings.requests
            }
        };
        let asker = Asker::new(solver, &settings.limits, requests, settings.most_queries);
        let (findings, undecided, explained, live) =
            (Vec::new(), Vec::new(), BTreeSet::new(), BTreeMap::new());
        Self { document, documents, settings, asker, findings, undecided, explained, live }
    }

    /// The statements.
    pub(super) fn subjects(&self) -> Vec<Subject<'a>> {
        Subject::all(&self.document.policy, self.settings.account.as_deref())
    }

    /// Whether the statement applies to any request; asked once.
    pub(super) fn liveness(&mut self, subject: &Subject<'_>) -> Result<Liveness, QueryError> {
        if let Some(known) = self.live.get(&subject.index) {
            return Ok(known.clone());
        }
        let shape = subject.shape();
        let guesses = guess::requests(&self.settings.world, &shape, None)?;
        let liveness = match self.asker.exists(&shape, guesses)? {
            Truth::Yes(request) => Liveness::Live(request),
            Truth::No(grounds) => match self.might_live(subject, subject.statement)? {
                Truth::Yes(_) => Liveness::Doubtful,
                Truth::No(_) => Liveness::Dead(grounds),
                Truth::Unknown(reason) => Liveness::Unknown(reason),
            },
            Truth::Unknown(reason) => Liveness::Unknown(reason),
        };
        self.live.insert(subject.index, liveness.clone());
        Ok(liveness)
    }

    /// A request that the statement applies to, for a rule that has nothing to say of other
    /// statements. Where no engine could tell whether there is one, the rule is undecided about the
    /// statement.
    pub(super) fn live(
        &mut self,
        rule: &'static str,
        subject: &Subject<'_>,
    ) -> Result<Option<Box<Request>>, QueryError> {
        match self.liveness(subject)? {
            Liveness::Live(request) => Ok(Some(request)),
            Liveness::Dead(_) | Liveness::Doubtful => Ok(None),
            Liveness::Unknown(reason) => {
                self.undecided(rule, self.document.statement(subject.index), reason);
                Ok(None)
            }
        }
    }

    /// Whether a variant of the statement applies to any request.
    pub(super) fn variant_lives(
        &mut self,
        subject: &Subject<'_>,
        variant: Statement,
    ) -> Result<Truth, QueryError> {
        let (shape, guesses) = self.prepared(subject, variant)?;
        self.asker.exists(&shape, guesses)
    }

    /// As [`Examination::variant_lives`], for those who do not ask what a "no" rests on.
    pub(super) fn variant_would_live(
        &mut self,
        subject: &Subject<'_>,
        variant: Statement,
    ) -> Result<Truth, QueryError> {
        let (shape, guesses) = self.prepared(subject, variant)?;
        self.asker.exists_plainly(&shape, guesses)
    }

    /// Whether a request that is at hand, or a guess, shows that a variant of the statement applies
    /// to some request; asks no engine.
    pub(super) fn surely_lives(
        &mut self,
        subject: &Subject<'_>,
        variant: Statement,
    ) -> Result<bool, QueryError> {
        let (shape, guesses) = self.prepared(subject, variant)?;
        Ok(self.asker.guessed(&shape, guesses))
    }

    /// The question about a variant, and guesses at its answer.
    fn prepared(
        &self,
        subject: &Subject<'_>,
        variant: Statement,
    ) -> Result<(Shape, Vec<Request>), QueryError> {
        let base = match self.live.get(&subject.index) {
            Some(Liveness::Live(request)) => Some(request.as_ref().clone()),
            _ => None,
        };
        let world = &self.settings.world;
        let shape = subject.shape_of(match self.settings.requests {
            Requests::Feasible(_) => catalogue::narrowed(world, variant)?,
            Requests::Any => variant,
        });
        let guesses = guess::requests(world, &shape, base.as_ref())?;
        Ok((shape, guesses))
    }

    /// As [`Examination::variant_lives`], with resources read generously where they are not as the
    /// catalogue has them.
    pub(super) fn variant_might_live(
        &mut self,
        subject: &Subject<'_>,
        variant: Statement,
    ) -> Result<Truth, QueryError> {
        match self.variant_lives(subject, variant.clone())? {
            Truth::No(grounds) => Ok(match self.might_live(subject, &variant)? {
                Truth::No(_) => Truth::No(grounds),
                other @ (Truth::Yes(_) | Truth::Unknown(_)) => other,
            }),
            other @ (Truth::Yes(_) | Truth::Unknown(_)) => Ok(other),
        }
    }

    /// Whether a statement that applies to no request does if its resources are read generously:
    /// see [`variant::widened`].
    pub(super) fn might_live(
        &mut self,
        subject: &Subject<'_>,
        statement: &Statement,
    ) -> Result<Truth, QueryError> {
        match variant::widened(statement) {
            Some(wide) => self.variant_would_live(subject, wide),
            None => Ok(Truth::No(Grounds::default())),
        }
    }

    /// The caveats of a question about requests that a variant of the statement applies to.
    pub(super) fn caveats(
        &self,
        subject: &Subject<'_>,
        variant: Statement,
    ) -> Result<Grounds, QueryError> {
        self.asker.caveats(&subject.shape_of(variant), None)
    }

    /// Makes a finding. What rests on a model choice is a step less certain, and so a level milder;
    /// what rests on nothing but what an action is listed to be authorized on is a note.
    pub(super) fn report(&mut self, place: Place, remark: Remark) {
        let Remark { rule, level, basis, message, help, evidence, grounds } = remark;
        let (source, Place { span, route }) = (self.document.source.clone(), place);
        // What an action is authorized on the Service Authorization Reference does not say in full.
        let listed_only =
            ON_TARGETS.contains(&rule) && grounds.rests_on.choices == [ModelChoice::F12];
        let (level, message) = match grounds.rests_on.choices.as_slice() {
            [] => (level, message),
            _ if listed_only => (
                Level::Note,
                format!("{message}, as far as the Service Authorization Reference lists"),
            ),
            _ => (level.milder(), message),
        };
        self.explained.insert(route.clone());
        let (message, help) = (parameter::shown(&message), Some(parameter::shown(&help)));
        let finding = Finding { rule, level, message, source, span, route, help };
        let statement = self.document.in_statement(&finding.route);
        self.findings.push(Judged { finding, statement, basis, evidence, grounds });
    }

    pub(super) fn undecided(&mut self, rule: &'static str, place: Place, reason: Unknown) {
        let (source, Place { span, route }) = (self.document.source.clone(), place);
        self.undecided.push(Undecided { rule, source, span, route, reason });
    }

    /// Whether some finding speaks of this place.
    pub(super) fn is_explained(&self, place: &Place) -> bool {
        self.explained.contains(&place.route)
    }

    /// Notes that findings explain why the part has no effect.
    pub(super) fn explain(&mut self, place: &Place) {
        self.explained.insert(place.route.clone());
    }

    /// Whether findings explain why the statement never applies: of the statement, of all its
    /// actions or of all its resources.
    pub(super) fn is_statement_explained(&self, subject: &Subject<'_>) -> bool {
        let Subject { index, statement, .. } = *subject;
        let all = |name: &str, count: usize| {
            count > 0
                && (0..count)
                    .all(|entry| self.is_explained(&self.document.entry(index, name, entry)))
        };
        let resources = statement
            .resource
            .as_ref()
            .filter(|element| !element.negated)
            .map_or(0, |element| element.patterns.len());
        let actions = if statement.action.negated { 0 } else { statement.action.patterns.len() };
        self.is_explained(&self.document.statement(index))
            || all("Action", actions)
            || all("Resource", resources)
    }

    /// The place of a condition, or of one of its values.
    pub(super) fn condition_place(
        &self,
        index: usize,
        condition: &Condition,
        value: Option<usize>,
    ) -> Place {
        let found = value.and_then(|at| condition.values.get(at));
        let span = found.map_or(condition.span, |value| value.span);
        // A value that is not in a list ends where the pair ends.
        let listed = found.is_some_and(|value| value.span.end < condition.span.end);
        let stated = self.document.policy.policy.statements.get(index);
        let span = stated.map_or(span, |stated| stated.place(span));
        let operator = condition.operator.to_string();
        self.document.condition(
            index,
            &operator,
            condition.key.text(),
            span,
            value.filter(|_| listed),
        )
    }

    pub(super) fn finish(self) -> Report {
        let Self { mut findings, mut undecided, asker, .. } = self;
        let place = |judged: &Judged| {
            (judged.finding.span, judged.finding.route.clone(), judged.finding.rule)
        };
        findings.sort_by_cached_key(place);
        undecided.sort_by(|a, b| (a.span, &a.route, a.rule).cmp(&(b.span, &b.route, b.rule)));
        Report { findings, undecided, queries: asker.asked, errors: asker.errors }
    }
}
