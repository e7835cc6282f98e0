//! Z3 in a program of its own, `keyaki-z3`: who asks it needs no libz3.
//!
//! A process is started when a question needs one, and kept for the next: as many as there are
//! threads that ask at once. One that has not answered when the time is up is ended, and so is one
//! that says anything but an answer. [`protocol`] is what is said, and [`place`] where the program
//! is.

mod clauses;
pub mod place;
pub mod protocol;

use super::finite::propositional::Search;
use super::pipe::talk::{Failure, Talk};
use super::{Deadline, EngineError, Limits, Outcome, Reason, Solver};
use keyaki_logic::model::Model;
use keyaki_logic::smtlib::{Script, read};
use keyaki_logic::term::Symbol;
use protocol::{Answer, Answered, Asked, Greeting, Question, ScriptQuestion};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a process may take to greet: usually some hundredths of a second, most of it for
/// loading libz3.
const GREETING: Duration = Duration::from_secs(30);

/// The bytes of a line: far more than the values of any question, or the numbers of all its
/// variables.
const ANSWER: usize = 64 << 20;

/// How long after its time limit an answer is waited for. Z3 ends at its limit, more or less, and
/// then its process can be kept.
const GRACE: Duration = Duration::from_millis(100);

/// The program `keyaki-z3`, and its processes that wait for a question.
pub struct Helper {
    path: PathBuf,
    idle: Mutex<Vec<Conversation>>,
}

impl Helper {
    /// The program at `path`. Nothing is started.
    pub fn at(path: impl Into<PathBuf>) -> Helper {
        Helper { path: path.into(), idle: Mutex::default() }
    }

    /// The program that belongs to this one, see [`place::find`]: one for all who ask. Nothing is
    /// started.
    ///
    /// # Errors
    /// [`EngineError::Absent`] where it is not there.
    pub fn installed() -> Result<Arc<Helper>, EngineError> {
        static INSTALLED: Mutex<Option<Arc<Helper>>> = Mutex::new(None);
        let mut known = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(helper) = known.as_ref() {
            return Ok(Arc::clone(helper));
        }
        let helper = Arc::new(Helper::at(place::find().map_err(EngineError::Absent)?));
        Ok(Arc::clone(known.insert(helper)))
    }

    /// Where the program is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the program says of itself. Its process is kept for the first question.
    ///
    /// # Errors
    /// [`EngineError::Helper`] where it cannot be started, does not greet, is of another release,
    /// or has no Z3 that it takes.
    pub fn greeting(&self) -> Result<Greeting, EngineError> {
        let conversation = self.conversation(&Deadline::after(GREETING));
        let conversation = conversation.map_err(|failure| EngineError::Helper {
            path: self.path.clone(),
            why: told(failure),
        })?;
        let greeting = conversation.greeting.clone();
        self.keep(conversation);
        Ok(greeting)
    }

    /// A process that waits for a question.
    fn conversation(&self, deadline: &Deadline) -> Result<Conversation, Failure> {
        let next = || self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        while let Some(mut conversation) = next() {
            if !conversation.talk.has_ended() {
                return Ok(conversation);
            }
        }
        Conversation::start(&self.path, deadline)
    }

    fn keep(&self, conversation: Conversation) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conversation);
    }

    fn ask(&self, question: Question, left: Duration) -> Result<Answer, Failure> {
        let deadline = Deadline::after(left);
        let mut conversation = self.conversation(&deadline)?;
        let answer = conversation.ask(question, deadline.left())?;
        self.keep(conversation);
        Ok(answer)
    }

    /// A propositional solver that asks this program, until the deadline.
    pub fn clauses(self: &Arc<Helper>, deadline: Deadline) -> Box<dyn Search> {
        Box::new(clauses::Clauses::new(Arc::clone(self), deadline))
    }
}

impl fmt::Debug for Helper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())
    }
}

/// A process that has greeted. Dropping it ends it.
struct Conversation {
    talk: Talk,
    greeting: Greeting,
    /// How many questions it was asked.
    asked: u64,
}

impl Conversation {
    fn start(path: &Path, deadline: &Deadline) -> Result<Conversation, Failure> {
        let mut talk = Talk::start(path, &[], ANSWER)?;
        let line = talk.line(&deadline.within(GREETING))?;
        let greeting: Greeting = protocol::read(&line).map_err(|_| {
            Failure::Broken(format!(
                "it does not greet as `{}` does, but says `{}`",
                protocol::PROGRAM,
                beginning(&line)
            ))
        })?;
        greeting.objection().map_or(Ok(Conversation { talk, greeting, asked: 0 }), |objection| {
            Err(Failure::Broken(objection))
        })
    }

    /// The answer to a question. After an error nothing more is to be asked.
    fn ask(&mut self, question: Question, left: Duration) -> Result<Answer, Failure> {
        self.asked += 1;
        let microseconds = u64::try_from(left.as_micros()).unwrap_or(u64::MAX);
        self.talk.say(
            protocol::line(&Asked { number: self.asked, microseconds, question })
                .map_err(Failure::Broken)?,
        );
        let line = self.talk.line(&Deadline::after(left.saturating_add(GRACE)))?;
        let unreadable = |error| {
            Failure::Broken(format!("its answer cannot be read ({error}): `{}`", beginning(&line)))
        };
        let Answered { number, answer } = protocol::read(&line).map_err(unreadable)?;
        if number != self.asked {
            return Err(Failure::Broken(format!(
                "it answered question {number} instead of {}",
                self.asked
            )));
        }
        Ok(answer)
    }
}

fn beginning(line: &str) -> String {
    line.chars().take(200).collect()
}

/// A failure in words.
fn told(failure: Failure) -> String {
    match failure {
        Failure::Timeout => format!("it does not greet within {} s", GREETING.as_secs()),
        Failure::Broken(why) => why,
    }
}

/// Z3, in a program of its own.
#[derive(Clone, Debug)]
pub struct Z3(Arc<Helper>);

impl Z3 {
    /// Asks this program.
    pub fn new(helper: Arc<Helper>) -> Z3 {
        Z3(helper)
    }
}

impl Solver for Z3 {
    fn name(&self) -> String {
        "z3".to_owned()
    }

    fn check(&self, script: &Script, limits: &Limits) -> Outcome {
        let left = limits.begun().deadline.left();
        if left.is_zero() {
            return limits.late();
        }
        let question = Question::Script(ScriptQuestion::of(script, limits.effort));
        match self.0.ask(question, left) {
            Ok(Answer::Values(values)) => {
                model(&values, script).map_or_else(Outcome::Unknown, Outcome::Satisfiable)
            }
            Ok(Answer::Unsatisfiable) => Outcome::Unsatisfiable,
            Ok(Answer::Timeout) | Err(Failure::Timeout) => limits.late(),
            Ok(Answer::Resource(which)) => Outcome::Unknown(Reason::Resource(which)),
            Ok(Answer::Incomplete(why)) => Outcome::Unknown(Reason::Incomplete(why)),
            Ok(Answer::True(_)) => failed(&self.0, "it answered another question"),
            Ok(Answer::Failed(why)) | Err(Failure::Broken(why)) => failed(&self.0, &why),
        }
    }
}

fn failed(helper: &Helper, why: &str) -> Outcome {
    Outcome::Unknown(Reason::Solver(format!("`{}`: {why}", helper.path.display())))
}

/// The values of a script's constants.
fn model(values: &[String], script: &Script) -> Result<Model, Reason> {
    if values.len() != script.constants.len() {
        return Err(Reason::Solver(format!(
            "it gave {} values of {} constants",
            values.len(),
            script.constants.len()
        )));
    }
    let read = |((symbol, _), text): (&(Symbol, String), &String)| {
        let value = read::expressions(text)
            .first()
            .and_then(|expression| read::value(expression, symbol.sort()));
        let unusable =
            || Reason::Value { symbol: symbol.name().to_owned(), value: beginning(text) };
        value.map(|value| (symbol.clone(), value)).ok_or_else(unusable)
    };
    script.constants.iter().zip(values).map(read).collect()
}
