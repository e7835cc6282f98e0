//! The front door for programs: [`Keyaki`], and what reads texts for it.

use keyaki_engines::engine::{self, EngineError, Limits};
use keyaki_iam::calls::CallsError;
use keyaki_iam::catalogue::{Catalogue, CatalogueError};
use keyaki_iam::finding;
use keyaki_iam::input::{self, Loaded, Rejected};
use keyaki_iam::layers::{NotPrincipalReading, Policies};
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::request::Request;
use keyaki_iam::shape::Shape;
use keyaki_iam::source::Source;
use keyaki_iam::world::{Assumptions, ModelChoice, World};
use keyaki_questions::claims::{Checked, LoadError, Loader, Read};
use keyaki_questions::compare::Comparison;
use keyaki_questions::names::{self, Unlisted};
use keyaki_questions::query::{Account, QueryError, Requests, Solver, Verdict};
use keyaki_questions::vacuous::Vacuous;
use keyaki_service::Service;
use std::fmt;
use std::fs;
use std::path::Path;
use std::time::Duration;
use thiserror::Error;

/// Why there is no answer.
///
/// `Debug` says the same as `Display`, so that a `main` that returns `Result<(), keyaki::Error>`
/// shows people what is wrong, and where.
#[derive(Error)]
#[non_exhaustive]
pub enum Error {
    /// A text is not what it must be. Shown as the command line shows it: with line, column, the
    /// text, and what to do.
    #[error("{}", finding::render(.0))]
    Rejected(Rejected),
    /// A file cannot be read.
    #[error("cannot read `{path}`: {error}")]
    File {
        /// The file.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// There is no such engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The calls that Keyaki knows are damaged.
    #[error(transparent)]
    Calls(#[from] CallsError),
    /// The service catalogue is damaged.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The shape of a question has names that nobody knows, so that no request has it: a misspelled
    /// action, for example. [`Keyaki::unknown_actions`] and [`Keyaki::unknown_keys`] ask anyway.
    #[error("{}", in_words(.0))]
    Unlisted(Vec<Unlisted>),
    /// There is no such request, and the question says nothing about its policies.
    /// [`Keyaki::allow_vacuous`] answers "no" all the same.
    #[error("the question is vacuous: {0}")]
    Vacuous(Vacuous),
    /// An internal error: engines contradict each other, or the evaluator. Never an answer.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What nobody knows, a line each.
fn in_words(unlisted: &[Unlisted]) -> String {
    let one = |wrong: &Unlisted| format!("{}; {} ({})", wrong.message, wrong.help, wrong.code);
    unlisted.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// Asks questions about all requests that policies allow.
///
/// It remembers what engines found out, so one that is kept answers quicker; threads may share it.
/// Without more words it asks the engine `finite`, gives each answer ten seconds, and considers
/// requests that can exist (SEMANTICS 5.6).
pub struct Keyaki {
    solver: Solver,
    limits: Limits,
    assumptions: Assumptions,
    unknown_actions: bool,
    unknown_keys: bool,
    any: bool,
    allow_vacuous: bool,
}

impl fmt::Debug for Keyaki {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyaki")
            .field("engine", &self.solver.name())
            .field("timeout", &self.limits.timeout)
            .field("assumptions", &self.assumptions.iter().collect::<Vec<_>>())
            .field("unknown_actions", &self.unknown_actions)
            .field("unknown_keys", &self.unknown_keys)
            .field("any", &self.any)
            .field("allow_vacuous", &self.allow_vacuous)
            .finish()
    }
}

impl Default for Keyaki {
    fn default() -> Self {
        Self::new()
    }
}

impl Keyaki {
    /// With what is usual.
    pub fn new() -> Self {
        Self {
            solver: Solver::single(engine::finite()).proposing(),
            limits: Limits::default(),
            assumptions: Assumptions::all(),
            unknown_actions: false,
            unknown_keys: false,
            any: false,
            allow_vacuous: false,
        }
    }

    /// With another engine, by its name:
    ///
    /// * `finite`: the engine that every build has, and the usual one here;
    /// * `z3`: Z3, through the program `keyaki-z3`;
    /// * `auto`: `finite`, and `z3` where that does not know and Z3 is there;
    /// * `z3-finite`: `finite` with Z3 as its propositional solver;
    /// * `smtlib:COMMAND`: any SMT-LIB 2.6 solver that reads a script from its standard input,
    ///   for example `smtlib:cvc5`. The command is split at white space; no shell sees it.
    ///
    /// The command's `cross-check`, several engines that must agree, is
    /// [`Solver::cross_check`], which [`Query::ask`](keyaki_questions::query::Query::ask) takes.
    ///
    /// # Errors
    /// When there is no such engine, and when Z3 is named that cannot be asked.
    pub fn engine(self, name: &str) -> Result<Self, Error> {
        Ok(Self { solver: Solver::single(engine::from_spec(name)?), ..self })
    }

    /// With so much time for an answer; then it is unknown, with the code `timeout`. What is told
    /// besides an answer, which choices a "no" rests on say, may take half as long again.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { limits: Limits { timeout, ..self.limits }, ..self }
    }

    /// About every request that one can write down, whether or not it can exist: any text is an
    /// action and a resource, any key may be present. Model choices and
    /// [`unknown_actions`](Keyaki::unknown_actions) then make no difference. Claims say themselves
    /// which requests they are about, see [`Keyaki::check`].
    #[must_use]
    pub fn any_requests(self) -> Self {
        Self { any: true, ..self }
    }

    /// About actions, too, that known services may have one day although the catalogue does not list
    /// them, a misspelled one among them: the flag `--unknown-actions`. Without it a question that
    /// names such an action, or a service or Region that nobody knows, is [`Error::Unlisted`].
    #[must_use]
    pub fn unknown_actions(self) -> Self {
        Self { unknown_actions: true, ..self }
    }

    /// About requests, too, with condition keys that nobody knows: the flag `--unknown-keys`.
    /// Without it a question that names such a key is [`Error::Unlisted`].
    #[must_use]
    pub fn unknown_keys(self) -> Self {
        Self { unknown_keys: true, ..self }
    }

    /// With "no" for questions that say nothing about their policies, instead of
    /// [`Error::Vacuous`]: the flag `--allow-vacuous`.
    #[must_use]
    pub fn allow_vacuous(self) -> Self {
        Self { allow_vacuous: true, ..self }
    }

    /// Without a model choice: a "no" then does not rest on it, and may become a "yes".
    /// [`Verdict::rests_on`] says which choices a "no" rests on.
    #[must_use]
    pub fn without(self, choice: ModelChoice) -> Self {
        Self { assumptions: self.assumptions.without(choice), ..self }
    }

    /// What does this request get, and which statements decided it? No engine is asked.
    ///
    /// ```
    /// use keyaki::{Decision, Keyaki, policies, request};
    ///
    /// let policy = policies(
    ///     "policy.json",
    ///     r#"{"Version": "2012-10-17", "Statement": [
    ///         {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}]}"#,
    /// )?;
    /// let request = request(
    ///     r#"{"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject",
    ///         "resource": "arn:aws:s3:::reports/may.csv", "context": {"aws:SecureTransport": "true"}}"#,
    /// )?;
    /// let account = Keyaki::new().evaluate(&policy, &request);
    /// assert_eq!(account.decision, Decision::Allowed);
    /// assert_eq!(account.deciding[0].policy, "policy.json");
    /// println!("{}", account.conclusion);
    /// # Ok::<(), keyaki::Error>(())
    /// ```
    pub fn evaluate(&self, policies: &Policies, request: &Request) -> Account {
        Account::of(policies, request)
    }

    /// Is there a request of this shape that the policies allow? A request in the answer is
    /// confirmed by the evaluator.
    ///
    /// # Errors
    /// [`Error::Unlisted`] where the shape names what nobody knows, [`Error::Vacuous`] where a "no"
    /// would say nothing about the policies, a damaged catalogue, and internal errors; "unknown" is
    /// an answer.
    pub fn can(&self, policies: &Policies, shape: &Shape) -> Result<Verdict, Error> {
        if let Some(world) = self.requests()?.world() {
            let unlisted = names::of_shape(shape, &world)?;
            if !unlisted.is_empty() {
                return Err(Error::Unlisted(unlisted));
            }
        }
        let found = self.service()?.can(policies, shape, false)?;
        self.refuse(found.vacuous)?;
        Ok(found.verdict)
    }

    fn refuse(&self, vacuous: Option<Vacuous>) -> Result<(), Error> {
        match vacuous {
            Some(vacuous) if !self.allow_vacuous => Err(Error::Vacuous(vacuous)),
            Some(_) | None => Ok(()),
        }
    }

    /// Do the new policies allow the same as the old, less, more, or something else? Each
    /// difference comes with a confirmed request. Both directions are asked, so that
    /// [`Comparison::relation`] always says something.
    ///
    /// # Errors
    /// As [`Keyaki::can`].
    pub fn compare(&self, old: &Policies, new: &Policies) -> Result<Comparison, Error> {
        let found = self.service()?.compare([old, new], None, None, false)?;
        self.refuse(found.vacuous)?;
        Ok(found.comparison)
    }

    /// Do the claims of a file hold? The answers are in the order of the file, whose form
    /// `papers/guide.md` explains. Paths in it count from its folder. A claim that does not say
    /// which requests it is about is about those that can exist. Warnings about its policies are
    /// not told: [`policies_with_warnings`] tells them.
    ///
    /// # Errors
    /// A file that cannot be read or is not as it must be, and as [`Keyaki::can`].
    pub fn check(&self, file: &Path) -> Result<Vec<CheckedClaim>, Error> {
        let text = |path: &Path| {
            let name = path.display().to_string();
            let bytes =
                fs::read(path).map_err(|error| Error::File { path: name.clone(), error })?;
            Source::from_bytes(name, &bytes).map_err(|finding| Error::Rejected(vec![*finding]))
        };
        let options = options();
        let mut loader = Loader::new(self.world()?, options, NotPrincipalReading::AnyEntry, &text);
        let Read { claims, errors } = loader.claims(file);
        let mut rejected = Vec::new();
        for error in errors {
            match error {
                LoadError::Text(error, _) => return Err(error),
                LoadError::Rejected(findings) => rejected.extend(findings),
                LoadError::Calls(error) => return Err(error.into()),
                LoadError::Catalogue(error) => return Err(error.into()),
                LoadError::Again => {}
            }
        }
        if !rejected.is_empty() {
            return Err(Error::Rejected(rejected));
        }
        let mut all = Vec::new();
        self.service()?.check(&claims, |claim, checked, _| {
            let checked = checked.map_err(|failed| failed.error)?;
            let as_expected = claim.is_as_expected(&checked);
            all.push(CheckedClaim { name: claim.name.clone(), as_expected, checked });
            Ok::<(), Error>(())
        })?;
        Ok(all)
    }

    /// Who answers: the same as behind every other interface.
    fn service(&self) -> Result<Service<'static>, Error> {
        Ok(Service::new(self.solver.clone(), self.limits.clone(), self.requests()?))
    }

    fn world(&self) -> Result<World<'static>, Error> {
        Ok(World {
            catalogue: Catalogue::embedded()?,
            assumptions: self.assumptions,
            unknown_actions: self.unknown_actions,
            unknown_keys: self.unknown_keys,
            partitions: None,
        })
    }

    fn requests(&self) -> Result<Requests<'static>, Error> {
        Ok(if self.any { Requests::Any } else { Requests::Feasible(self.world()?) })
    }
}

/// A claim, and what became of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct CheckedClaim {
    /// The name that the file gives it.
    pub name: String,
    /// Whether the verdict is the expected one.
    pub as_expected: bool,
    /// The verdict, and what it depends on.
    pub checked: Checked,
}

/// Documents of questions are read as the command line reads them.
fn options() -> ReadOptions {
    ReadOptions { lenient_sids: true, ..ReadOptions::default() }
}

/// Reads policies: an identity-based policy, or an object of several layers without `Statement`,
/// for example `{"identity": [...], "scp": [[...]]}`. The layers are `identity`, `boundary`, `session`,
/// `resource`, `scp`, `rcp` and `endpoint`; `scp` and `rcp` are a list for each level, that of the
/// organization's root first. The name stands in answers, and is usually the path of a file.
///
/// Warnings are dropped; [`policies_with_warnings`] has them.
///
/// # Errors
/// [`Error::Rejected`]: what is wrong with the text, and where.
pub fn policies(name: &str, text: &str) -> Result<Policies, Error> {
    policies_with_warnings(name, text).map(|loaded| loaded.value)
}

/// As [`policies`], with warnings: what IAM accepts, and what is probably not what the author
/// meant. Each has a code ([`Finding::rule`](finding::Finding::rule)) and a place;
/// [`finding::render`] shows them as the command line does.
///
/// ```
/// use keyaki::policies_with_warnings;
///
/// // Without `Version` a variable is plain text, and so this Deny protects nobody's files.
/// let read = policies_with_warnings(
///     "keep.json",
///     r#"{"Statement": [
///         {"Effect": "Deny", "Action": "s3:DeleteObject",
///             "Resource": "arn:aws:s3:::homes/${aws:username}/keep/*"}]}"#,
/// )?;
/// let codes: Vec<&str> = read.warnings.iter().map(|warning| warning.rule).collect();
/// assert_eq!(codes, ["variable-without-version"]);
/// assert!(read.warnings[0].to_string().starts_with("keep.json:3:45: "));
/// for warning in &read.warnings {
///     println!("{warning}"); // keep.json:3:45: warning[variable-without-version]: ...
/// }
/// let policies = read.value;
/// # Ok::<(), keyaki::Error>(())
/// ```
///
/// # Errors
/// As [`policies`].
pub fn policies_with_warnings(name: &str, text: &str) -> Result<Loaded<Policies>, Error> {
    let source = Source::new(name, text);
    input::policies_text(&source, &options(), Kind::Identity).map_err(Error::Rejected)
}

/// Reads a resource-based policy: a bucket policy, a key policy, the trust policy of a role. An
/// object of several layers is read as [`policies`] reads it.
///
/// # Errors
/// As [`policies`].
pub fn resource_policy(name: &str, text: &str) -> Result<Policies, Error> {
    resource_policy_with_warnings(name, text).map(|loaded| loaded.value)
}

/// As [`resource_policy`], with warnings: see [`policies_with_warnings`].
///
/// # Errors
/// As [`policies`].
pub fn resource_policy_with_warnings(name: &str, text: &str) -> Result<Loaded<Policies>, Error> {
    let source = Source::new(name, text);
    input::policies_text(&source, &options(), Kind::Resource).map_err(Error::Rejected)
}

/// Reads the shape of the requests of a question: a statement without `Effect` of which every
/// member may be left out. `Principal` holds patterns of callers: ARNs with `*` and `?`, accounts,
/// `anonymous`. What the policy language has no words for, accounts say, is in [`Shape::scope`].
///
/// # Errors
/// As [`policies`].
pub fn shape(text: &str) -> Result<Shape, Error> {
    shape_with_warnings(text).map(|loaded| loaded.value)
}

/// As [`shape`], with warnings: see [`policies_with_warnings`].
///
/// # Errors
/// As [`policies`].
pub fn shape_with_warnings(text: &str) -> Result<Loaded<Shape>, Error> {
    let source = Source::new("shape", text);
    input::parse(&source, &options())
        .and_then(|value| input::shape(&value, &source, &options(), ""))
        .map_err(Error::Rejected)
}

/// Reads a request, in the form in which answers have them ([`Request::to_json`]). A key that is
/// not in its `context` is absent. There are no warnings:
/// [`check_request`](keyaki_iam::request::check_request) says what looks wrong in a request.
///
/// # Errors
/// As [`policies`].
pub fn request(text: &str) -> Result<Request, Error> {
    let source = Source::new("request", text);
    input::parse(&source, &options())
        .and_then(|value| input::request(&value, &source, ""))
        .map_err(Error::Rejected)
}
