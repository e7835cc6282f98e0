//! Answers of `who-can`: a line for each principal, and a summary.

use super::answers::{Coded, Question, Statement, Vacuous, request_form, value, version_form};
use super::call;
use super::human::{self, closing};
use super::json::{caveats, reason, rests_on, says_nothing, statements};
use super::made_up::texts;
pub use super::made_up::{MadeUp, Named};
use super::{SCHEMA, Setting};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::layers::Layer;
use keyaki_iam::shape::About;
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::estates::{Reached, SubjectKind};
use keyaki_questions::query::{Answer, CallVerdict, RestsOn, StatementName, Verdict, Witness};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// What `who-can` says of one principal, or of everybody of one kind whom the estate does not name.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Who {
    /// An ARN; the number of an account whose principals are not known; or the word of the kind.
    pub principal: String,
    /// What it is.
    #[schemars(extend("enum" = ["user", "role", "root", "organization", "anyAccount", "services", "identities", "anonymous"]))]
    pub kind: &'static str,
    /// Whether it can.
    #[schemars(extend("enum" = ["yes", "no", "unknown"]))]
    pub answer: &'static str,
    /// The request of a "yes", which the evaluator confirmed.
    #[schemars(schema_with = "request_form")]
    pub request: Option<Value>,
    /// What is made up in the request: accounts, names and ids that neither the estate nor the
    /// question name.
    pub made_up: Option<Vec<String>>,
    /// The statements that allow it. What an account that the estate does not have allows its own
    /// callers is not known, and not among them.
    pub statements: Option<Vec<Statement>>,
    /// Why the answer is unknown.
    pub reason: Option<Coded>,
    /// Who reaches the role by assuming roles: names as in `principal`; `null` where that is not
    /// asked, and of principals that are no roles, or cannot.
    pub reached_by: Option<Vec<String>>,
    /// Of whom that is unknown.
    pub may_be_reached_by: Option<Vec<String>>,
    /// The id of the question, where several are asked.
    pub id: Value,
}

/// What `who-can` says of everybody together.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoSummary {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// Always true: tells the summary from the lines.
    pub summary: bool,
    /// What was asked.
    pub question: Question,
    /// Why the question says nothing about the estate; `null` if it does.
    pub vacuous: Option<Vacuous>,
    /// How many principals of the estate were asked about: users, roles and root users.
    pub asked: usize,
    /// How many of them can.
    pub yes: usize,
    /// Of how many it is unknown.
    pub unknown: usize,
    /// Whether it is refuted for every other principal of the estate and for every kind of
    /// outsider, and the estate has every resource-based policy that bears on it.
    pub nobody_else: bool,
    /// The outsiders, kind by kind.
    pub outsiders: Outsiders,
    /// The model choices that each "no" rests on.
    pub rests_on: Vec<Coded>,
    /// Whether some of these were not tried, and may not be needed.
    pub rests_on_undecided: bool,
    /// Assumptions, approximations, and what is left out.
    pub caveats: Vec<Coded>,
    /// How long it took.
    pub seconds: f64,
    /// The id of the question, where several are asked.
    pub id: Value,
}

/// Whether outsiders can: `yes`, `no`, `unknown`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outsiders {
    /// Accounts of the organization whose principals are not known; `null` where there are none, or
    /// no organization.
    pub organization: Option<&'static str>,
    /// Any other account.
    pub any_account: Option<&'static str>,
    /// Services of AWS.
    pub services: Option<&'static str>,
    /// Identities of external providers.
    pub identities: Option<&'static str>,
    /// Whoever does not sign.
    pub anonymous: Option<&'static str>,
}

/// One principal, or everybody of one kind.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: SubjectKind,
}

/// What is known of everybody together.
#[derive(Debug, Default)]
pub struct Tally {
    asked: usize,
    yes: usize,
    unknown: usize,
    outsiders: BTreeMap<SubjectKind, &'static str>,
    rests_on: RestsOn,
    caveats: Vec<Caveat>,
    about: About,
}

pub(super) fn word(answer: &Answer) -> &'static str {
    match answer {
        Answer::Yes(_) => "yes",
        Answer::No => "no",
        Answer::Unknown(_) => "unknown",
    }
}

/// Of several answers, what is found outweighs what is unknown.
pub(super) fn outweigh(known: &mut &'static str, word: &'static str) {
    if *known == "no" || word == "yes" {
        *known = word;
    }
}

impl Tally {
    /// Counts what was found out about one.
    pub fn add(&mut self, asked: &Asked, verdict: &Verdict) {
        self.count(asked, word(&verdict.answer));
        self.gather(verdict);
    }

    /// Counts what was found out about one, where it is asked who can make a call.
    pub fn add_call(&mut self, asked: &Asked, verdict: &CallVerdict) {
        self.count(asked, call::answered(&verdict.answer));
        let CallVerdict { answer: _, paths: _, rests_on, caveats, about } = verdict;
        self.depends(rests_on, caveats, about);
    }

    /// Counts one of whom this is the answer.
    pub(super) fn count(&mut self, asked: &Asked, word: &'static str) {
        match asked.kind {
            SubjectKind::User | SubjectKind::Role | SubjectKind::Root => {
                self.asked += 1;
                self.yes += usize::from(word == "yes");
                self.unknown += usize::from(word == "unknown");
            }
            SubjectKind::Organization
            | SubjectKind::AnyAccount
            | SubjectKind::Services
            | SubjectKind::Identities
            | SubjectKind::Anonymous => {
                outweigh(self.outsiders.entry(asked.kind).or_insert(word), word);
            }
        }
    }

    /// What the answer about one depends on.
    pub(super) fn gather(&mut self, verdict: &Verdict) {
        self.depends(&verdict.rests_on, &verdict.caveats, &verdict.about);
    }

    fn depends(&mut self, rests_on: &RestsOn, caveats: &[Caveat], about: &About) {
        self.rests_on(rests_on);
        // The same few come again and again.
        for caveat in caveats {
            if !self.caveats.contains(caveat) {
                self.caveats.push(caveat.clone());
            }
        }
        self.about = about.clone();
    }

    /// What everybody's answers have to know of the estate.
    pub fn caveats(&mut self, caveats: impl IntoIterator<Item = Caveat>) {
        self.caveats.extend(caveats);
    }

    /// What else a "no" in the answers rests on.
    pub fn rests_on(&mut self, rests_on: &RestsOn) {
        self.rests_on = std::mem::take(&mut self.rests_on).and(rests_on.clone());
    }

    /// Whether everybody who is not said to be allowed is refuted, whatever the policies say that
    /// the estate does not have.
    pub fn nobody_else(&self) -> bool {
        let refuted = self.unknown == 0 && self.outsiders.values().all(|word| *word == "no");
        refuted && !self.is_partial()
    }

    /// Whether a policy that the estate does not have may let in somebody: of an account that it does
    /// not have whoever is in it, and nobody of it was asked.
    fn is_partial(&self) -> bool {
        let open = |caveat: &Caveat| {
            matches!(caveat, Caveat::EstateResources { .. } | Caveat::EstateStrangers { .. })
        };
        self.caveats.iter().any(open)
    }

    /// Whether somebody can, and whether of somebody it is unknown.
    pub fn found(&self) -> (bool, bool) {
        let has = |word| self.outsiders.values().any(|one| *one == word);
        (self.yes > 0 || has("yes"), self.unknown > 0 || has("unknown"))
    }

    /// How many principals were asked about, how many can, and of how many it is unknown.
    pub(super) fn counts(&self) -> [usize; 3] {
        [self.asked, self.yes, self.unknown]
    }

    /// The outsiders, kind by kind.
    pub(super) fn outsiders(&self) -> Outsiders {
        let of = |kind| self.outsiders.get(&kind).copied();
        Outsiders {
            organization: of(SubjectKind::Organization),
            any_account: of(SubjectKind::AnyAccount),
            services: of(SubjectKind::Services),
            identities: of(SubjectKind::Identities),
            anonymous: of(SubjectKind::Anonymous),
        }
    }
}

/// The statements that allow a request, but for those of a policy that nobody knows: of an account
/// that the estate does not have.
pub(super) fn known<'f>(asked: &Asked, found: &'f Witness) -> Vec<&'f StatementName> {
    let is_known = |name: &&StatementName| match asked.kind {
        SubjectKind::Organization | SubjectKind::AnyAccount => name.layer != Layer::Identity,
        SubjectKind::User
        | SubjectKind::Role
        | SubjectKind::Root
        | SubjectKind::Services
        | SubjectKind::Identities
        | SubjectKind::Anonymous => true,
    };
    found.account.deciding.iter().filter(is_known).collect()
}

/// A line for programs.
pub fn json(
    id: &Value,
    asked: &Asked,
    verdict: &Verdict,
    made_up: &[MadeUp],
    reached: Option<&Reached>,
) -> Value {
    value(&form(id, asked, verdict, made_up, reached))
}

/// A line for programs, as its form.
pub(super) fn form(
    id: &Value,
    asked: &Asked,
    verdict: &Verdict,
    made_up: &[MadeUp],
    reached: Option<&Reached>,
) -> Who {
    let (found, unknown) = match &verdict.answer {
        Answer::Yes(found) => (Some(found), None),
        Answer::No => (None, None),
        Answer::Unknown(unknown) => (None, Some(reason(unknown))),
    };
    Who {
        principal: asked.name.clone(),
        kind: asked.kind.word(),
        answer: word(&verdict.answer),
        request: found.map(|found| found.request.to_json()),
        made_up: found.map(|_| texts(made_up.to_vec())),
        statements: found.map(|found| statements(known(asked, found))),
        reason: unknown,
        reached_by: reached.map(|reached| reached.by.clone()),
        may_be_reached_by: reached.map(|reached| reached.unknown.clone()),
        id: id.clone(),
    }
}

/// The summary for programs.
pub fn summary_json(id: &Value, tally: &Tally, setting: Setting<'_>, taken: Duration) -> Value {
    value(&summary_form(id, tally, setting, taken))
}

/// The summary for programs, as its form.
pub(super) fn summary_form(
    id: &Value,
    tally: &Tally,
    setting: Setting<'_>,
    taken: Duration,
) -> WhoSummary {
    let Setting { requests: _, project: _, question, vacuous, caveats: _ } = setting;
    WhoSummary {
        schema: SCHEMA,
        summary: true,
        question: question.clone(),
        vacuous: vacuous.map(says_nothing),
        asked: tally.asked,
        yes: tally.yes,
        unknown: tally.unknown,
        nobody_else: tally.nobody_else(),
        outsiders: tally.outsiders(),
        rests_on: rests_on(&tally.rests_on),
        rests_on_undecided: tally.rests_on.undecided,
        caveats: caveats(&Caveat::in_order(tally.caveats.clone())),
        seconds: taken.as_secs_f64(),
        id: id.clone(),
    }
}

/// Everybody of a kind, in words.
pub(super) fn in_words(asked: &Asked) -> String {
    match asked.kind {
        SubjectKind::User | SubjectKind::Role | SubjectKind::Root => asked.name.clone(),
        SubjectKind::Organization => {
            format!("somebody in account {} (its principals are not in the estate)", asked.name)
        }
        SubjectKind::AnyAccount
        | SubjectKind::Services
        | SubjectKind::Identities
        | SubjectKind::Anonymous => outsider(asked.kind).to_owned(),
    }
}

fn outsider(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::User => "users",
        SubjectKind::Role => "roles",
        SubjectKind::Root => "root users",
        SubjectKind::Organization => "other accounts of the organization",
        SubjectKind::AnyAccount => "any other account",
        SubjectKind::Services => "AWS services",
        SubjectKind::Identities => "identities of external providers",
        SubjectKind::Anonymous => "anonymous requesters",
    }
}

/// A line for people, with its request.
pub fn human(
    asked: &Asked,
    verdict: &Verdict,
    made_up: &[MadeUp],
    reached: Option<&Reached>,
) -> String {
    lines(asked, verdict, made_up, reached).into_text()
}

/// The lines of one, with an empty one after a request.
pub(super) fn lines(
    asked: &Asked,
    verdict: &Verdict,
    made_up: &[MadeUp],
    reached: Option<&Reached>,
) -> Lines {
    let mut text = Lines::new();
    let who = in_words(asked);
    match &verdict.answer {
        Answer::Yes(found) => {
            line!(text, "yes: {}", visible(&who));
            text.append(human::short_witness(found, made_up, &known(asked, found)));
            text.append(below(asked, reached));
        }
        Answer::No => line!(text, "no: {}", visible(&who)),
        Answer::Unknown(unknown) => {
            line!(text, "unknown: {}: {}", visible(&who), message(&unknown.to_string()));
        }
    }
    text
}

/// What stands below what was found of one.
pub(super) fn below(asked: &Asked, reached: Option<&Reached>) -> Lines {
    let mut text = Lines::new();
    if matches!(asked.kind, SubjectKind::Organization | SubjectKind::AnyAccount) {
        line!(text, "  its own account is taken to allow it everything");
    }
    if let Some(Reached { by, unknown }) = reached {
        by.iter().for_each(|name| line!(text, "  reached by {}", visible(name)));
        unknown.iter().for_each(|name| line!(text, "  may be reached by {}", visible(name)));
        if by.is_empty() && unknown.is_empty() {
            line!(text, "  reached by nobody");
        }
    }
    text.blank();
    text
}

/// The summary for people.
pub fn summary(id: &Value, tally: &Tally, setting: Setting<'_>) -> String {
    let mut text = Lines::new();
    vacuity(&mut text, setting);
    line!(text, "{}{}", visible(&named(id)), counted(tally, setting));
    ending(&mut text, id, tally, setting);
    text.into_text()
}

/// The id of a question in front of what is said of it.
pub(super) fn named(id: &Value) -> String {
    match id {
        Value::Null => String::new(),
        Value::String(id) => format!("{id}: "),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => format!("{id}: "),
    }
}

/// Why the question says nothing about the estate, if so.
pub(super) fn vacuity(text: &mut Lines, setting: Setting<'_>) {
    if let Some(vacuous) = setting.vacuous {
        line!(text, "vacuous: {}: {}", vacuous.code(), message(&vacuous.to_string()));
    }
}

/// How many can of all who were asked. What nobody can whatever the policies say is no merit of
/// theirs.
pub(super) fn counted(tally: &Tally, setting: Setting<'_>) -> String {
    match setting.vacuous {
        Some(_) => "nobody can".to_owned(),
        None => how_many(tally, setting.question),
    }
}

/// How many can, and whether anybody else.
pub(super) fn how_many(tally: &Tally, question: &Question) -> String {
    let Tally { asked, yes, unknown, .. } = tally;
    let principals = if *asked == 1 { "principal" } else { "principals" };
    // Where only some accounts are asked about, nothing is said of others.
    let shape = question.shape.as_ref();
    let callers = ["Principal", "NotPrincipal"];
    let some = shape.is_some_and(|shape| callers.iter().any(|name| shape.get(name).is_some()));
    let (of, else_) = match tally.about.accounts.as_slice() {
        [] if some => ("in the estate".to_owned(), "and nobody else whom the question is about"),
        [] => ("in the estate".to_owned(), "and nobody else"),
        [one] => (format!("in account {one}"), "and nobody else there"),
        several => (format!("in accounts {}", several.join(", ")), "and nobody else there"),
    };
    let can = match (yes, tally.nobody_else()) {
        (0, false) if *unknown == 0 && tally.is_partial() => {
            format!("nobody of the {asked} {principals} {of} can, by the policies that it has")
        }
        (0, true) => format!("nobody can: none of the {asked} {principals} {of}, {else_}"),
        (_, true) => format!("{yes} of the {asked} {principals} {of} can, {else_}"),
        (_, false) => format!("{yes} of the {asked} {principals} {of} can"),
    };
    match unknown {
        0 => can,
        unknown => format!("{can}; for {unknown} it is unknown"),
    }
}

/// What is said of outsiders, and what the answers depend on.
pub(super) fn ending(text: &mut Lines, id: &Value, tally: &Tally, setting: Setting<'_>) {
    if !tally.outsiders.is_empty() {
        line!(text, "outside the estate:");
    }
    for (kind, word) in &tally.outsiders {
        match *word == "no" && tally.is_partial() {
            true => line!(text, "  {}: no, by the policies that the estate has", outsider(*kind)),
            false => line!(text, "  {}: {word}", outsider(*kind)),
        }
    }
    text.blank();
    let caveats = Caveat::in_order(tally.caveats.clone());
    closing(text, setting, &tally.about, &tally.rests_on, &caveats);
    // Another question may follow.
    if *id != Value::Null {
        text.blank();
    }
}
