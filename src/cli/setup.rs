//! Who answers a command, as its flags say it, and how the answer is printed.

use super::args::{
    AnswerArgs, CaveatsArg, CheckArgs, EngineArgs, Format, ProjectArgs, RequestsArg, ReviewFormat,
    SolverArgs, ValuesArgs, WorldArgs,
};
use super::progress::{self, Progress};
use super::world::Exists;
use super::{Ending, Failure, Io, engines, forms, lines, project, threads, world};
use keyaki_engines::engine::Limits;
use keyaki_iam::shape::Own;
use keyaki_questions::query::{Quantifier, QueryError, Requests, Solver};
use keyaki_reports::Caveats;
use keyaki_reports::question::Asking;
use keyaki_reports::review_items::Review;
use keyaki_service::{Form, Lines, Piece, Question, Says, Service, Sifting, Told, Untold};
use std::io::Write;
use std::path::Path;

/// The flags about who answers.
pub struct Flags<'a> {
    solver: &'a SolverArgs,
    requests: RequestsArg,
    world: &'a WorldArgs,
    answer: &'a AnswerArgs,
}

impl<'a> Flags<'a> {
    /// Those of a command that has them one by one.
    pub fn new(
        solver: &'a SolverArgs,
        requests: RequestsArg,
        world: &'a WorldArgs,
        answer: &'a AnswerArgs,
    ) -> Self {
        Self { solver, requests, world, answer }
    }
}

impl<'a> From<&'a EngineArgs> for Flags<'a> {
    fn from(args: &'a EngineArgs) -> Self {
        let EngineArgs { solver, requests, world, answer } = args;
        Self { solver, requests: *requests, world, answer }
    }
}

impl<'a> From<&'a CheckArgs> for Flags<'a> {
    /// A claim says itself which requests it is about; most are about those that can exist.
    fn from(CheckArgs { solver, world, answer, .. }: &'a CheckArgs) -> Self {
        Self { solver, requests: RequestsArg::Feasible, world, answer }
    }
}

/// Who answers a command.
pub struct Setup {
    /// The service.
    pub service: Service<'static>,
    /// What exists, whichever requests are considered.
    pub exists: Exists,
    /// What is had of own accounts.
    pub own: Own,
    stats: bool,
}

impl Setup {
    /// As the flags say, and the project's file, where the command has one.
    ///
    /// # Errors
    /// When an engine, a name or a file in the flags is wrong.
    pub fn of<'a>(
        flags: impl Into<Flags<'a>>,
        project: Option<&ProjectArgs>,
        io: &mut Io<'_>,
    ) -> Result<Self, Failure> {
        let Flags { solver, requests, world, answer } = flags.into();
        let SolverArgs { engine, timeout, stats } = solver;
        let (solver, limits) = engines::solver(engine, *timeout)?;
        let found = project.map(project::find).transpose()?.flatten();
        let exists = world::exists(world, found.as_ref().map(|found| &found.project))?;
        let told = project::told(found.as_ref(), &world.partition, |project| {
            world::assumed(world, project)
        })?;
        let requests = world::requests(requests, exists, io)?;
        let service = service(solver, limits, requests, io);
        let sifting = match &found {
            Some(found) => {
                let waivers = project::waivers(found)?;
                Sifting { waivers, root: project::root(), ..Sifting::default() }
            }
            None => Sifting { root: project::root(), ..Sifting::default() },
        };
        let asking = Asking {
            engine: Some(engine.clone()),
            timeout: Some(timeout.as_secs_f64()),
            values: None,
            arguments: io.arguments.clone(),
        };
        let caveats = answer.caveats.into();
        let service = Service { project: told, asking, caveats, sifting, ..service };
        Ok(Self { service, exists, own: project::own(found.as_ref()), stats: *stats })
    }

    /// Asks over these values of parameters.
    pub fn over(&mut self, args: ValuesArgs) {
        self.service.values = args.values.map(Into::into);
        self.service.asking.values = self.service.values.map(Quantifier::word);
    }

    /// Asks, and prints the answer, each part as soon as it is known.
    ///
    /// # Errors
    /// Internal errors, and an answer that cannot be written.
    pub fn answer(
        &self,
        question: &Question<'_>,
        format: Option<Format>,
        io: &mut Io<'_>,
    ) -> Result<Ending, Failure> {
        let ending = answer(&self.service, question, format, io)?;
        self.statistics(io);
        Ok(ending)
    }

    /// Asks about claims or policies, and keeps what is examined and found. In the forms of other
    /// questions each part of the answer is printed as soon as it is known.
    ///
    /// # Errors
    /// As [`Setup::answer`].
    pub fn review(
        &self,
        question: &Question<'_>,
        format: ReviewFormat,
        review: &mut Review,
        io: &mut Io<'_>,
    ) -> Result<Ending, Failure> {
        let streamed = forms::streamed(format);
        let form = streamed.unwrap_or_default().into();
        let ending = tell(&self.service, question, form, io, |told| {
            review.cases.append(&mut told.cases);
            let stays = |piece: &Piece| match piece {
                Piece::Text(_) | Piece::Json(_) => streamed.is_some(),
                Piece::Internal(_) | Piece::Note(_) => true,
            };
            told.pieces.retain(stays);
        })?;
        self.statistics(io);
        Ok(ending)
    }

    /// Answers the lines of a file.
    ///
    /// # Errors
    /// As [`lines::batch`].
    pub fn batch(
        &self,
        path: &Path,
        lines: &Lines,
        format: Option<Format>,
        io: &mut Io<'_>,
    ) -> Result<Ending, Failure> {
        let ending = lines::batch(path, lines, &self.service, format, io)?;
        self.statistics(io);
        Ok(ending)
    }

    /// What the engines did, where that was asked.
    pub fn statistics(&self, io: &mut Io<'_>) {
        engines::statistics(self.stats, &self.service.solver, io);
    }
}

/// A service of this process: it works on as many threads as the flags say, and saves what went
/// wrong inside.
pub fn service(
    solver: Solver,
    limits: Limits,
    requests: Requests<'static>,
    io: &Io<'_>,
) -> Service<'static> {
    let internal = Box::new(|error: &QueryError| engines::report(error).0);
    Service { threads: threads::count(io.jobs), internal, ..Service::new(solver, limits, requests) }
}

/// Asks, and prints the answer.
///
/// # Errors
/// As [`Setup::answer`].
pub fn answer(
    service: &Service<'_>,
    question: &Question<'_>,
    format: Option<Format>,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    tell(service, question, format.unwrap_or_default().into(), io, |_| {})
}

/// Asks, and prints the answer; `each` gets each part before it is printed.
fn tell(
    service: &Service<'_>,
    question: &Question<'_>,
    form: Form,
    io: &mut Io<'_>,
    mut each: impl FnMut(&mut Told),
) -> Result<Ending, Failure> {
    let progress = match question {
        Question::Check(claims) => Some(Progress::of(Some(claims.len()), "claims", io.quiet)),
        Question::Lint(asked) => {
            Some(Progress::of(Some(asked.documents.len()), "policies", io.quiet))
        }
        Question::Review(asked) => {
            Some(Progress::of(Some(asked.changes.len()), "changes", io.quiet))
        }
        Question::WhoCan(asked) => {
            let parts = if asked.by_resource { "resources" } else { "principals" };
            Some(Progress::of(None, parts, io.quiet))
        }
        Question::WhoCalls(_) => Some(Progress::of(None, "principals", io.quiet)),
        Question::Eval { .. }
        | Question::Can { .. }
        | Question::CanAs(_)
        | Question::Compare { .. }
        | Question::Call(_)
        | Question::Matrix { .. }
        | Question::Paths(_)
        | Question::Guardrails(_) => None,
    };
    let says = service.tell(question, form, |mut told, more| {
        progress.iter().for_each(Progress::part);
        each(&mut told);
        print(told, more, io)
    });
    says.map(Ending::from).map_err(|untold| match untold {
        Untold::Query(error) => engines::report(&error),
        Untold::Stopped(failure) => failure,
    })
}

/// Prints a part of an answer; what went wrong inside goes to standard error. Nothing waits in a
/// buffer, unless there is more to print at once.
///
/// # Errors
/// When the answer cannot be written.
pub fn print(told: Told, more: bool, io: &mut Io<'_>) -> Result<(), Failure> {
    progress::aside(|| {
        for piece in told.pieces {
            match piece {
                Piece::Text(text) => write!(io.out, "{text}")?,
                Piece::Json(value) => io.out.answer(value)?,
                Piece::Internal(message) => _ = writeln!(io.err, "{message}"),
                Piece::Note(message) => io.warn(&message),
            }
        }
        if !more {
            io.out.flush()?;
        }
        Ok(())
    })
}

impl From<CaveatsArg> for Caveats {
    fn from(told: CaveatsArg) -> Self {
        match told {
            CaveatsArg::Short => Self::Short,
            CaveatsArg::Full => Self::Full,
        }
    }
}

impl From<Format> for Form {
    fn from(format: Format) -> Self {
        match format {
            Format::Human => Self::Text,
            Format::Json => Self::Json,
        }
    }
}

impl From<Says> for Ending {
    fn from(says: Says) -> Self {
        match says {
            Says::Nothing => Self::NothingFound,
            Says::Vacuous | Says::Found => Self::Found,
            Says::Unknown => Self::Unknown,
            Says::Unreadable | Says::Internal => Self::WrongInput,
        }
    }
}
