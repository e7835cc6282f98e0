//! The front door for programs: [`Keyaki`], and what reads texts for it.

use keyaki_engines::engine::{self, EngineError, Limits};
use keyaki_iam::calls::CallsError;
use keyaki_iam::catalogue::{Catalogue, CatalogueError};
use keyaki_iam::environment::{NotPrincipalReading, Policies};
use keyaki_iam::finding;
use keyaki_iam::input::{self, Rejected};
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::request::Request;
use keyaki_iam::shape::Shape;
use keyaki_iam::source::Source;
use keyaki_iam::world::{Assumptions, ModelChoice, World};
use keyaki_questions::claims::{Checked, LoadError, Loader};
use keyaki_questions::compare::Comparison;
use keyaki_questions::query::{Account, QueryError, Requests, Solver, Verdict};
use keyaki_service::Service;
use std::fs;
use std::path::Path;
use std::time::Duration;
use thiserror::Error;

/// Why there is no answer.
#[derive(Debug, Error)]
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
    /// An internal error: engines contradict each other, or the evaluator. Never an answer.
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// Asks questions about all requests that policies allow.
///
/// It remembers what engines found out, so one that is kept answers quicker. Without more words it
/// asks the engine `finite`, gives each answer ten seconds, and considers requests that can exist
/// (SEMANTICS 5.6).
pub struct Keyaki {
    solver: Solver,
    limits: Limits,
    assumptions: Assumptions,
    any: bool,
}

impl Default for Keyaki {
    fn default() -> Self {
        Self::new()
    }
}

impl Keyaki {
    /// With what is usual.
    pub fn new() -> Self {
        let solver = Solver::single(engine::finite());
        Self { solver, limits: Limits::default(), assumptions: Assumptions::all(), any: false }
    }

    /// With another engine: what `--engine` takes, but for `cross-check`.
    ///
    /// # Errors
    /// When there is no such engine.
    pub fn engine(self, name: &str) -> Result<Self, Error> {
        Ok(Self { solver: Solver::single(engine::from_spec(name)?), ..self })
    }

    /// With so much time for an answer; then it is unknown.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { limits: Limits { timeout, ..self.limits }, ..self }
    }

    /// About every request that one can write down, whether or not it can exist.
    #[must_use]
    pub fn any_requests(self) -> Self {
        Self { any: true, ..self }
    }

    /// Without a model choice: a "no" then does not rest on it.
    #[must_use]
    pub fn without(self, choice: ModelChoice) -> Self {
        Self { assumptions: self.assumptions.without(choice), ..self }
    }

    /// What does this request get, and which statements decided it? No engine is asked.
    pub fn evaluate(&self, policies: &Policies, request: &Request) -> Account {
        Account::of(policies, request)
    }

    /// Is there a request of this shape that the policies allow? A request in the answer is
    /// confirmed by the evaluator.
    ///
    /// # Errors
    /// A damaged catalogue, and internal errors; "unknown" is an answer.
    pub fn can(&self, policies: &Policies, shape: &Shape) -> Result<Verdict, Error> {
        Ok(self.service()?.can(policies, shape, false)?.0)
    }

    /// Do the new policies allow the same as the old, less, more, or something else? Each
    /// difference comes with a confirmed request.
    ///
    /// # Errors
    /// As [`Keyaki::can`].
    pub fn compare(&self, old: &Policies, new: &Policies) -> Result<Comparison, Error> {
        Ok(self.service()?.compare([old, new], None, None, false)?.0)
    }

    /// Do the claims of a file hold? Paths in it count from its folder. A claim that does not say
    /// which requests it is about is about those that can exist.
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
        let claims = loader.claims(file).map_err(|error| match error {
            LoadError::Text(error) => error,
            LoadError::Rejected(findings) => Error::Rejected(findings),
            LoadError::Calls(error) => error.into(),
        })?;
        let mut all = Vec::new();
        self.service()?.check(&claims, |claim, checked, _| {
            let checked = checked.map_err(|failed| failed.error)?;
            let as_expected = checked.as_expected(claim.expect);
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
        let (catalogue, assumptions) = (Catalogue::embedded()?, self.assumptions);
        Ok(World {
            catalogue,
            assumptions,
            unknown_actions: false,
            unknown_keys: false,
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

/// Reads policies: an identity-based policy, or a `policies` object with the layers `identity`,
/// `boundary`, `session`, `resource`, `scp`, `rcp` and `endpoint`. The name stands in answers, and
/// is usually the path of a file.
///
/// # Errors
/// [`Error::Rejected`]: what is wrong with the text, and where.
pub fn policies(name: &str, text: &str) -> Result<Policies, Error> {
    let source = Source::new(name, text);
    input::policies_text(&source, &options(), Kind::Identity)
        .map(|loaded| loaded.value)
        .map_err(Error::Rejected)
}

/// Reads a resource-based policy.
///
/// # Errors
/// As [`policies`].
pub fn resource_policy(name: &str, text: &str) -> Result<Policies, Error> {
    let source = Source::new(name, text);
    input::policies_text(&source, &options(), Kind::Resource)
        .map(|loaded| loaded.value)
        .map_err(Error::Rejected)
}

/// Reads the shape of the requests of a question: a statement without `Effect` of which every
/// member may be left out.
///
/// # Errors
/// As [`policies`].
pub fn shape(text: &str) -> Result<Shape, Error> {
    let source = Source::new("shape", text);
    let read = input::parse(&source, &options())
        .and_then(|value| input::shape(&value, &source, &options(), ""));
    read.map(|loaded| loaded.value).map_err(Error::Rejected)
}

/// Reads a request, in the form in which answers have them.
///
/// # Errors
/// As [`policies`].
pub fn request(text: &str) -> Result<Request, Error> {
    let source = Source::new("request", text);
    input::parse(&source, &options())
        .and_then(|value| input::request(&value, &source, ""))
        .map_err(Error::Rejected)
}
