//! Claims about policies: the unit of regression checking.
//!
//! A claims file is TOML; `papers/guide.md` shows one. A claim says what it asserts and which
//! verdict is expected, so that a file can also record what is known to be wrong with a policy.

mod estates;
mod load;
mod values;

pub use estates::{Asserted, OfEstate};
pub use load::{LoadError, Loader, OfClaim, Read};

use crate::compare::{self, Direction, Found};
use crate::lint::{Basis, Grounds, Judged};
use crate::query::{
    Answer, CallAnswer, CallQuery, CallWitness, Filter, Quantifier, Query, QueryError, Requests,
    RestsOn, Solver, Witness, beside,
};
use crate::unknown::Unknown;
use crate::vacuous::{self, Vacuous};
use keyaki_engines::engine::Limits;
use keyaki_iam::calls::Call;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::finding::{Code, Finding, Level};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::read::closest;
use keyaki_iam::shape::{About, Shape, Through};
use keyaki_iam::source::{Source, Span};
use keyaki_iam::world::World;
use serde::Deserialize;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use values::Settled;

/// One claims file, as written.
#[derive(Debug, Default)]
pub struct ClaimsFile {
    /// The claims that can be read, in order.
    pub claims: Vec<Spanned<ClaimText>>,
    /// What is wrong with the text.
    pub errors: Vec<TextError>,
}

/// What is wrong in the text of a claims file.
#[derive(Debug)]
pub struct TextError {
    /// What it is.
    pub message: String,
    /// The bytes concerned.
    pub span: Range<usize>,
}

/// One claim, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimText {
    /// Unique in the run.
    pub name: String,
    /// What is asserted.
    pub claim: Kind,
    /// `never`, `some`: the policies in question.
    pub policies: Option<PolicyPaths>,
    /// `equivalent`, `no_new_access`: the old policies.
    pub old: Option<PolicyPaths>,
    /// `equivalent`, `no_new_access`: the new policies.
    pub new: Option<PolicyPaths>,
    /// Claims about an estate: its files and folders, in place of `policies`.
    pub estate: Option<Files>,
    /// `never`, `some` about an estate: the ARN of the principal that asks.
    #[serde(rename = "as")]
    pub principal: Option<String>,
    /// `only`: who may be allowed.
    pub only: Option<Vec<String>>,
    /// `everybody_in`: who is to be allowed.
    #[serde(rename = "in")]
    pub everybody: Option<Vec<String>>,
    /// The request shape in the policy language; absent members mean anything, and no shape means
    /// every request. Of `equivalent` and `no_new_access` only such requests count.
    pub statement: Option<serde_json::Value>,
    /// `never`, `some`: in place of `statement`, an API call with all its authorizations.
    pub call: Option<String>,
    /// What the variables of the call are like: `VARIABLE=PATTERN`, `VARIABLE!=PATTERN`.
    #[serde(default, rename = "where")]
    pub filters: Vec<String>,
    /// The identity-based policies of the role with which the service does its part of the call.
    pub service_role: Option<Vec<String>>,
    /// Inference profiles as AWS prints them: the call goes through these and no others.
    #[serde(default)]
    pub profile: Vec<String>,
    /// Files of more calls and geographies.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Only callers in this account, or in one of these.
    #[serde(default)]
    pub account: Accounts,
    /// Only resources of this account, or of one of these.
    #[serde(default)]
    pub resource_account: Accounts,
    /// By which way the requests come, where there is an endpoint policy.
    pub through: Option<Through>,
    /// Over which values of the parameters it is asserted; `None`: `some` over one, the others over
    /// every value.
    #[serde(rename = "for")]
    pub values: Option<Quantifier>,
    /// Which requests are considered.
    #[serde(default)]
    pub requests: RequestsWord,
    /// Whether actions are considered that known services may have one day.
    #[serde(default)]
    pub unknown_actions: bool,
    /// Whether requests are considered that carry keys which nobody knows.
    #[serde(default)]
    pub unknown_keys: bool,
    /// The partitions in which it is asked; `None`: those that it names.
    pub partitions: Option<Vec<String>>,
    /// The expected verdict.
    pub expect: Expectation,
    /// Whether the question is expected to say nothing.
    pub vacuous: Option<VacuousWord>,
    /// Why it matters.
    pub why: Option<String>,
}

/// The word for [`Vacuity`] in a claims file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VacuousWord {
    /// It is.
    Expected,
}

impl From<VacuousWord> for Vacuity {
    fn from(VacuousWord::Expected: VacuousWord) -> Self {
        Self::Expected
    }
}

/// What becomes of a claim whose question says nothing about its policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vacuity {
    /// It is a finding.
    Refused,
    /// It is told, and no finding.
    Allowed,
    /// It is as the author expects; a question that says something is the finding.
    Expected,
}

/// The ids of accounts: one, or a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "the id of an account, a text of twelve digits, or a list of such")]
pub enum Accounts {
    /// One.
    One(String),
    /// Several, or none.
    Several(Vec<String>),
}

impl Default for Accounts {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Accounts {
    /// The ids, as written.
    pub fn ids(&self) -> &[String] {
        match self {
            Self::One(id) => std::slice::from_ref(id),
            Self::Several(ids) => ids,
        }
    }
}

/// Files and folders: one, or a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "the path of a file or a folder, or a list of such")]
pub enum Files {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Files {
    /// The paths, as written.
    pub fn paths(&self) -> &[String] {
        match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Several(paths) => paths,
        }
    }
}

/// The paths of a policy set, relative to the claims file.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a list of paths, or a table of the layers: `{ identity = [...], boundary = ..., scp = [[...]] }`"
)]
pub enum PolicyPaths {
    /// Identity-based policies only.
    Identity(Vec<String>),
    /// Layer by layer.
    Layers(LayerPaths),
}

/// The paths of a policy set, layer by layer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerPaths {
    /// The identity-based policies; without them and the other layers the question is about the
    /// resource-based policy alone.
    pub identity: Option<Vec<String>>,
    /// The permissions boundary.
    pub boundary: Option<String>,
    /// The session policies.
    #[serde(default)]
    pub session: Vec<String>,
    /// The resource-based policy.
    pub resource: Option<String>,
    /// The service control policies, level by level.
    #[serde(default)]
    pub scp: Vec<Vec<String>>,
    /// The resource control policies, level by level.
    #[serde(default)]
    pub rcp: Vec<Vec<String>>,
    /// The VPC endpoint policies.
    #[serde(default)]
    pub endpoint: Vec<String>,
}

/// What a claim asserts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// No request of the shape is allowed.
    Never,
    /// Some request of the shape is allowed.
    Some,
    /// Old and new allow the same requests.
    Equivalent,
    /// New allows nothing that old does not.
    NoNewAccess,
    /// Of everybody in an estate, and of everybody else, only these are allowed a request.
    Only,
    /// Nobody in an estate, and nobody else, is allowed a request.
    Nobody,
    /// Each of these is allowed a request.
    #[serde(alias = "everybody-in")]
    EverybodyIn,
}

impl Kind {
    /// The word in a claims file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Some => "some",
            Self::Equivalent => "equivalent",
            Self::NoNewAccess => "no_new_access",
            Self::Only => "only",
            Self::Nobody => "nobody",
            Self::EverybodyIn => "everybody_in",
        }
    }
}

/// The word for [`Requests`] in a claims file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum RequestsWord {
    /// Requests that can exist.
    #[default]
    Feasible,
    /// Every request.
    Any,
}

impl RequestsWord {
    /// The requests that it stands for, in a world.
    pub fn about(self, world: World<'_>) -> Requests<'_> {
        match self {
            Self::Feasible => Requests::Feasible(world),
            Self::Any => Requests::Any,
        }
    }
}

/// The verdict that a claim's author expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expectation {
    /// The claim holds.
    Holds,
    /// The claim is known to be violated.
    Violated,
}

/// A claim with its policies read.
#[derive(Debug)]
pub struct Claim<'a> {
    /// The text of the claims file.
    pub source: Source,
    /// Where the claim stands in it.
    pub span: Span,
    /// Unique in the run.
    pub name: String,
    /// What is asserted, about what.
    pub subject: Subject,
    /// Over which values of the parameters; `None`: as [`ClaimText::values`] says.
    pub values: Option<Quantifier>,
    /// Which requests are considered.
    pub requests: Requests<'a>,
    /// The expected verdict.
    pub expect: Expectation,
    /// What becomes of it if its question says nothing.
    pub vacuity: Vacuity,
    /// Why it matters.
    pub why: Option<String>,
}

/// What a claim is about.
#[derive(Debug)]
pub enum Subject {
    /// `never` or `some` request of a shape.
    Shape {
        /// True for `some`.
        some: bool,
        /// The shape.
        shape: Box<Shape>,
        /// The policies in question.
        policies: Box<Policies>,
    },
    /// `never` or `some` call.
    Call {
        /// True for `some`.
        some: bool,
        /// The call.
        call: Arc<Call>,
        /// What its variables are like.
        filters: Vec<Filter>,
        /// Accounts, and the way, where the claim says something of them.
        shape: Option<Box<Shape>>,
        /// The policies of the caller.
        policies: Box<Policies>,
        /// The policies of the service role, where they are given.
        role: Option<Box<Policies>>,
    },
    /// `equivalent` or `no_new_access`.
    Pair {
        /// True for `equivalent`.
        equivalent: bool,
        /// What was allowed.
        old: Box<Policies>,
        /// What is allowed.
        new: Box<Policies>,
        /// The requests that count; `None`: all.
        shape: Option<Box<Shape>>,
    },
    /// `only`, `nobody` or `everybody_in` about an estate; `never` or `some` as one of it.
    Estate(OfEstate),
}

impl Claim<'_> {
    /// Whether a claim that was checked is as its author expects, and says something unless that is
    /// not asked of it.
    pub fn is_as_expected(&self, checked: &Checked) -> bool {
        self.finding(checked).is_none()
    }

    /// What is the matter with a claim that was checked: its verdict is not the expected one, or
    /// nobody knows it.
    pub fn finding(&self, checked: &Checked) -> Option<Judged> {
        let (rule, level, verdict) = match (checked.outcome, self.expect) {
            (Outcome::Holds, Expectation::Holds) | (Outcome::Violated, Expectation::Violated) => {
                match (&checked.vacuous, self.vacuity) {
                    (Some(_), Vacuity::Allowed | Vacuity::Expected)
                    | (None, Vacuity::Allowed | Vacuity::Refused) => return None,
                    (Some(vacuous), Vacuity::Refused) => {
                        (VACUOUS, Level::Error, format!("says nothing ({vacuous})"))
                    }
                    (None, Vacuity::Expected) => {
                        let verdict = "says something, and is expected to be vacuous";
                        (NOT_VACUOUS, Level::Error, verdict.to_owned())
                    }
                }
            }
            (Outcome::Violated, Expectation::Holds) => {
                (VIOLATED, Level::Error, "does not hold".to_owned())
            }
            (Outcome::Holds, Expectation::Violated) => {
                (HOLDS, Level::Error, "holds, and is expected not to".to_owned())
            }
            (Outcome::Unknown, _) => (UNKNOWN, Level::Warning, "is unknown".to_owned()),
        };
        let why = self.why.as_ref().map_or(String::new(), |why| format!(": {why}"));
        let message = format!("claim `{}` {verdict}{why}", self.name);
        let evidence = checked.witness.as_ref().map(|witness| witness.request.clone());
        let help = evidence
            .as_ref()
            .map(|_| "`keyaki eval` says statement by statement what the request gets".to_owned());
        let finding = Finding {
            rule,
            level,
            message,
            source: self.source.clone(),
            span: self.span,
            route: String::new(),
            help,
        };
        let grounds =
            Grounds { rests_on: checked.rests_on.clone(), caveats: checked.caveats.clone() };
        Some(Judged { finding, statement: None, basis: Basis::Solver, evidence, grounds })
    }
}

/// The rules of findings about claims, with what they mean.
pub const RULES: &[Code] = &[
    Code {
        code: VIOLATED,
        meaning: "a claim does not hold: its answer has a request, or a difference, that shows it",
    },
    Code { code: HOLDS, meaning: "a claim that is expected to be violated holds" },
    Code { code: UNKNOWN, meaning: "no engine could tell whether a claim holds" },
    Code {
        code: VACUOUS,
        meaning: "a claim holds whatever its policies say; `vacuous = \"expected\"` says that this is meant",
    },
    Code {
        code: NOT_VACUOUS,
        meaning: "a claim with `vacuous = \"expected\"` says something about its policies",
    },
];

const VIOLATED: &str = "claim-violated";
const HOLDS: &str = "claim-holds";
const UNKNOWN: &str = "claim-unknown";
const VACUOUS: &str = "claim-vacuous";
const NOT_VACUOUS: &str = "claim-not-vacuous";

impl Subject {
    /// The kind of claim.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Shape { some: false, .. } | Self::Call { some: false, .. } => Kind::Never,
            Self::Shape { some: true, .. } | Self::Call { some: true, .. } => Kind::Some,
            Self::Pair { equivalent: true, .. } => Kind::Equivalent,
            Self::Pair { equivalent: false, .. } => Kind::NoNewAccess,
            Self::Estate(OfEstate { asserted, .. }) => match asserted {
                Asserted::Only(listed) if listed.is_empty() => Kind::Nobody,
                Asserted::Only(_) => Kind::Only,
                Asserted::Everybody(_) => Kind::EverybodyIn,
                Asserted::One { some: false, .. } => Kind::Never,
                Asserted::One { some: true, .. } => Kind::Some,
            },
        }
    }
}

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The claim holds.
    Holds,
    /// The claim does not hold.
    Violated,
    /// No engine could tell.
    Unknown,
}

/// A checked claim.
#[derive(Debug)]
pub struct Checked {
    /// What became of it.
    pub outcome: Outcome,
    /// The request that shows it: against `never`, `equivalent` and `no_new_access`, for `some`.
    pub witness: Option<Witness>,
    /// Claims about an estate: the principals that show it, who are allowed a request and are not
    /// listed, or are listed and are not allowed one.
    pub who: Vec<String>,
    /// The call that shows it, likewise.
    pub call: Option<Box<CallWitness>>,
    /// Why there is no verdict.
    pub reason: Option<Unknown>,
    /// The model choices that it rests on that there is no such request.
    pub rests_on: RestsOn,
    /// Why its question says nothing about the policies; `None` if it does, and where there is such
    /// a request.
    pub vacuous: Option<Vacuous>,
    /// Assumptions and approximations.
    pub caveats: Vec<Caveat>,
    /// Which requests it is about, beyond the policy language.
    pub about: About,
}

impl Checked {
    /// Nothing is known yet but the caveats, and what it is about.
    fn undecided(caveats: Vec<Caveat>, about: About) -> Self {
        Self {
            outcome: Outcome::Unknown,
            witness: None,
            who: Vec::new(),
            call: None,
            reason: None,
            rests_on: RestsOn::default(),
            vacuous: None,
            caveats,
            about,
        }
    }

    /// With this caveat, too.
    fn beside(self, caveat: Caveat) -> Self {
        let caveats = beside(self.caveats, caveat);
        Self { caveats, ..self }
    }

    /// With what was found out about its question.
    fn with(self, vacuity: vacuous::Vacuity) -> Self {
        let vacuous::Vacuity { vacuous, caveats } = vacuity;
        let caveats = self.caveats.into_iter().chain(caveats).collect();
        Self { vacuous, caveats, ..self }
    }
}

/// Reads a claims file, claim by claim; [`Loader`] reads the policies, too.
pub fn parse(text: &str) -> ClaimsFile {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut file = ClaimsFile::default();
    let told = |error: &toml::de::Error, otherwise: &Range<usize>| TextError {
        message: error.message().to_owned(),
        span: error.span().unwrap_or_else(|| otherwise.clone()),
    };
    let whole = table.span();
    file.errors.extend(errors.iter().map(|error| told(error, &whole)));
    // What follows an error of the notation may have been read as something else.
    if !file.errors.is_empty() {
        return file;
    }
    // Whoever misspells the name of the table must not read of a claim's members first.
    let (known, others): (Vec<_>, Vec<_>) =
        table.into_inner().into_iter().partition(|(name, _)| name.get_ref().as_ref() == "claim");
    let mut unknown: Vec<TextError> =
        others.iter().map(|(name, _)| unknown_table(name.get_ref(), name.span())).collect();
    unknown.sort_by_key(|error| error.span.start);
    file.errors.extend(unknown);
    for (_, value) in known {
        let span = value.span();
        let DeValue::Array(claims) = value.into_inner() else {
            let message = "each claim begins with `[[claim]]`".to_owned();
            file.errors.push(TextError { message, span });
            continue;
        };
        for claim in claims {
            let span = claim.span();
            match ClaimText::deserialize(ValueDeserializer::from(claim)) {
                Ok(text) => file.claims.push(Spanned::new(span, text)),
                Err(error) => file.errors.push(told(&error, &span)),
            }
        }
    }
    file
}

/// What is wrong with a member of the file that is not its claims.
fn unknown_table(name: &str, span: Range<usize>) -> TextError {
    let help = if closest(name, ["claim"], 1).is_empty() {
        "a claims file has `[[claim]]`"
    } else {
        "did you mean `[[claim]]`?"
    };
    TextError { message: format!("unknown member `{name}`; {help}"), span }
}

/// What an answer that is `yes` makes of a claim that asserts `some`, or `no` of one that asserts
/// `never`; and the reverse.
fn found(asserted: bool) -> Outcome {
    if asserted { Outcome::Holds } else { Outcome::Violated }
}

/// Checks one claim.
///
/// # Errors
/// [`QueryError`]: an internal disagreement; never a verdict.
pub fn check(claim: &Claim<'_>, solver: &Solver, limits: &Limits) -> Result<Checked, QueryError> {
    match claim.settled(solver, limits)? {
        None => check_subject(&claim.subject, claim.requests, solver, limits),
        Some(Settled::Unknown(reason)) => {
            Ok(Checked { reason: Some(reason), ..Checked::undecided(Vec::new(), About::default()) })
        }
        Some(Settled::Alike(caveat)) => {
            Ok(check_subject(&claim.subject, claim.requests, solver, limits)?.beside(caveat))
        }
        Some(Settled::At(subject, caveat)) => {
            Ok(check_subject(&subject, claim.requests, solver, limits)?.beside(caveat))
        }
    }
}

/// Checks what a claim is about.
fn check_subject(
    subject: &Subject,
    requests: Requests<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Checked, QueryError> {
    match subject {
        Subject::Shape { some, shape, policies } => {
            let query = Query::allowed(policies, shape, requests);
            let verdict = query.ask(solver, limits)?;
            let checked = Checked {
                rests_on: verdict.rests_on,
                ..Checked::undecided(verdict.caveats, verdict.about)
            };
            Ok(match verdict.answer {
                Answer::Yes(witness) => {
                    Checked { outcome: found(*some), witness: Some(*witness), ..checked }
                }
                Answer::No => {
                    let vacuity =
                        vacuous::question(&[policies], Some(shape), requests, solver, limits)?;
                    Checked { outcome: found(!*some), ..checked }.with(vacuity)
                }
                Answer::Unknown(reason) => Checked { reason: Some(reason), ..checked },
            })
        }
        Subject::Call { some, call, filters, shape, policies, role } => {
            let query = CallQuery {
                call,
                policies,
                role: role.as_deref(),
                shape: shape.as_deref(),
                filters,
                spots: &[],
                requests,
            };
            let verdict = query.ask(solver, limits)?;
            let checked = Checked {
                rests_on: verdict.rests_on,
                ..Checked::undecided(verdict.caveats, verdict.about)
            };
            Ok(match verdict.answer {
                CallAnswer::Yes(witness) => {
                    Checked { outcome: found(*some), call: Some(witness), ..checked }
                }
                CallAnswer::No => {
                    let vacuity = vacuous::call(&query, solver, limits)?;
                    Checked { outcome: found(!*some), ..checked }.with(vacuity)
                }
                CallAnswer::Unknown(reason) => Checked { reason: Some(reason), ..checked },
            })
        }
        Subject::Estate(asked) => asked.check(requests, solver, limits),
        Subject::Pair { equivalent, old, new, shape } => {
            let only = (!equivalent).then_some(Direction::Added);
            let comparison =
                compare::compare(old, new, shape.as_deref(), requests, only, solver, limits)?;
            let reason = comparison.unknown().cloned();
            let witness =
                [comparison.added, comparison.removed].into_iter().find_map(|found| match found {
                    Found::Difference(difference) => Some(difference.witness),
                    Found::NotAsked | Found::Nothing | Found::Unknown(_) => None,
                });
            let outcome = match (&witness, &reason) {
                (Some(_), _) => Outcome::Violated,
                (None, Some(_)) => Outcome::Unknown,
                (None, None) => Outcome::Holds,
            };
            let vacuity = match outcome {
                Outcome::Holds => {
                    vacuous::question(&[old, new], shape.as_deref(), requests, solver, limits)?
                }
                Outcome::Violated | Outcome::Unknown => vacuous::Vacuity::default(),
            };
            let checked = Checked {
                rests_on: comparison.rests_on,
                ..Checked::undecided(comparison.caveats, comparison.about)
            };
            Ok(Checked { outcome, witness, reason, ..checked }.with(vacuity))
        }
    }
}
