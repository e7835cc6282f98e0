//! A folder of scripts: those that are decided for questions, and an index of them.

use super::super::args::DecidedArgs;
use super::super::setup::Setup;
use super::super::{Ending, Failure};
use keyaki_iam::visible::visible;
use keyaki_logic::smtlib::{self, Header, Information};
use keyaki_questions::compare::Direction;
use keyaki_questions::query::{Decided, Part, Record, Solver};
use keyaki_questions::unknown::Unknown;
use keyaki_reports::answers::{Coded, Question as Restated};
use keyaki_reports::scripts::{Asked, Index, Script};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The file that tells of the others.
const INDEX: &str = "index.json";

/// What a script says where nobody says who may do what with it.
const NO_LICENSE: &str =
    "not stated: it is for whoever wrote the policies to say, with keyaki encode --license";

/// The most characters of a question's name in the name of a file.
const NAME: usize = 40;

/// A question, before it is asked.
pub struct Told {
    /// Its name in the index.
    pub name: String,
    /// What is asked.
    pub asked: Restated,
    /// Of a comparison, the direction.
    pub direction: Option<Direction>,
}

/// A folder that gets scripts.
pub struct Folder {
    /// The engines; what they decide becomes scripts.
    pub solver: Solver,
    recorder: Arc<Recorder>,
    engine: String,
    /// The services that there are, where feasible requests are considered.
    services: Option<String>,
    project: Vec<String>,
}

/// Writes a script for each formula that is decided.
struct Recorder {
    place: PathBuf,
    license: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Files so far.
    files: usize,
    /// What is said of the question that is asked.
    lines: Vec<String>,
    /// Its formulas that have a script: the same one is decided twice where a model told an action
    /// before its service was looked at.
    bodies: BTreeSet<String>,
    questions: Vec<Asked>,
    failed: Option<String>,
}

impl Folder {
    /// A new folder, or an empty one.
    ///
    /// # Errors
    /// When there is something in it, or it cannot be made.
    pub fn new(place: &Path, setup: &Setup, args: &DecidedArgs) -> Result<Self, Failure> {
        let name = place.display();
        match fs::read_dir(place).map(|mut entries| entries.next().is_none()) {
            Ok(true) => {}
            Ok(false) => {
                return Err(Failure::new(format!(
                    "error: `{name}` is not empty; `-o` names a new folder for the scripts, or an empty one"
                )));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir(place)
                .map_err(|error| {
                    Failure::new(format!("error: the folder `{name}` cannot be made: {error}"))
                })?,
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(Failure::new(format!(
                    "error: `{name}` is no folder; `-o` names a new folder for the scripts that are decided, or a file that ends in `.smt2` for the one script of a question"
                )));
            }
            Err(error) => {
                return Err(Failure::new(format!("error: `{name}` cannot be read: {error}")));
            }
        }
        let recorder = Arc::new(Recorder {
            place: place.to_owned(),
            license: args.license.clone().unwrap_or_else(|| NO_LICENSE.to_owned()),
            state: Mutex::default(),
        });
        let solver =
            setup.service.solver.clone().recorded(Arc::clone(&recorder) as Arc<dyn Record>);
        let engine = setup.service.asking.engine.as_deref().map(engine).unwrap_or_default();
        let services =
            setup.service.requests.world().map(|world| world.catalogue.source_and_date());
        Ok(Self { solver, recorder, engine, services, project: project_comment(setup) })
    }

    /// A question begins.
    pub fn begin(&self, told: Told) {
        let Told { name, mut asked, direction } = told;
        for policy in &mut asked.policies {
            policy.name = base(&policy.name);
        }
        for file in &mut asked.estate {
            file.file = base(&file.file);
        }
        asked.engine = Some(self.engine.clone());
        let version = env!("CARGO_PKG_VERSION");
        let mut lines = vec![format!("Keyaki {version}, a verifier for AWS IAM policies")];
        lines.extend(asked.told().lines().map(str::to_owned));
        lines.extend(direction.map(|direction| match direction {
            Direction::Added => "direction: added, what new allows and old does not".to_owned(),
            Direction::Removed => "direction: removed, what old allows and new does not".to_owned(),
        }));
        lines.extend(asked.requests.map(|word| match &self.services {
            Some(services) if word == "feasible" => {
                format!("requests considered: feasible, services as in {}", visible(services))
            }
            Some(_) | None => format!("requests considered: {word}"),
        }));
        lines.extend(self.project.iter().cloned());
        let mut state = self.recorder.lock();
        state.lines.clone_from(&lines);
        state.bodies.clear();
        let scripts = Vec::new();
        state.questions.push(Asked {
            name,
            asked: lines,
            answer: "unknown",
            reason: None,
            scripts,
        });
    }

    /// The question has an answer.
    ///
    /// # Errors
    /// When a script could not be written.
    pub fn end(&self, answer: &'static str, reason: Option<&Unknown>) -> Result<(), Failure> {
        let mut state = self.recorder.lock();
        if let Some(failed) = state.failed.take() {
            return Err(Failure::new(failed));
        }
        if let Some(asked) = state.questions.last_mut() {
            asked.answer = answer;
            asked.reason = reason.map(|reason| Coded::new(reason.code(), reason));
        }
        Ok(())
    }

    /// Writes the index, which is there when everything else is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<Ending, Failure> {
        let questions = std::mem::take(&mut self.recorder.lock().questions);
        let text = serde_json::to_string_pretty(&Index::of(self.engine, questions))? + "\n";
        self.recorder.write(INDEX, &text).map_err(Failure::new)?;
        Ok(Ending::NothingFound)
    }
}

impl Recorder {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.place.join(name);
        fs::write(&path, text)
            .map_err(|error| format!("error: `{}` cannot be written: {error}", path.display()))
    }

    /// The script of a formula, and its row of the index; none where it has one already.
    fn script(&self, state: &mut State, decided: &Decided<'_>) -> Result<Option<Script>, String> {
        let yes = decided.is_answered_by_a_model();
        let no = decided.part.is_answered_by_none();
        let of_terms = decided.outcome.status();
        let row = Script {
            file: None,
            part: decided.part.word(),
            about: decided.part.to_string(),
            decided: of_terms.word(),
            status: of_terms.word(),
            sat: if yes { "yes" } else { "open" },
            unsat: if no { "no" } else { "open" },
            logic: None,
            exact: None,
            terms: None,
            bytes: None,
            unstated: decided.unstated,
            why: None,
        };
        let script = match smtlib::script(decided.assertions, &Header::default()) {
            Ok(script) => script,
            Err(error) => return Ok(Some(Script { why: Some(error.to_string()), ..row })),
        };
        if !state.bodies.insert(script.body.clone()) {
            return Ok(None);
        }
        let status = script.status(of_terms);
        let sat = if yes { "the answer is yes" } else { "the question stays open" };
        let unsat = if no {
            "the answer is no"
        } else {
            "this part has none, and the answer is no if no part has any"
        };
        let mut lines = state.lines.clone();
        lines.push(format!("part: {}", visible(&row.about)));
        lines.push(format!("If sat, {sat}; if unsat, {unsat}."));
        lines.push(if script.exact {
            "The status is what Keyaki decided.".to_owned()
        } else {
            format!(
                "Some of it is not said here, so that a model has to be confirmed; Keyaki decided {}.",
                row.decided
            )
        });
        let text = script.benchmark(&Information {
            source: lines.join("\n"),
            license: self.license.clone(),
            status,
        });
        state.files += 1;
        let question = state.questions.last().map_or("", |asked| asked.name.as_str());
        let file = format!(
            "{:04}-{}-{}-{}.smt2",
            state.files,
            slug(question),
            slug(&place(&decided.part)),
            status.word()
        );
        self.write(&file, &text)?;
        Ok(Some(Script {
            file: Some(file),
            status: status.word(),
            logic: Some(script.logic),
            exact: Some(script.exact),
            terms: Some(script.terms),
            bytes: Some(text.len()),
            ..row
        }))
    }
}

impl Record for Recorder {
    fn decided(&self, decided: &Decided<'_>) {
        let mut state = self.lock();
        if state.failed.is_some() {
            return;
        }
        match self.script(&mut state, decided) {
            Ok(row) => {
                if let Some(asked) = state.questions.last_mut() {
                    asked.scripts.extend(row);
                }
            }
            Err(failed) => state.failed = Some(failed),
        }
    }
}

/// That a project's file is heeded, where one is.
pub fn project_comment(setup: &Setup) -> Vec<String> {
    let project = setup.service.project.iter();
    project.map(|project| format!("{} is heeded", visible(&base(&project.path)))).collect()
}

/// The word for a part in the name of a file.
fn place(part: &Part) -> String {
    match part {
        Part::Actions { first, .. } => {
            first.split_once(':').map_or(first.as_str(), |(service, _)| service).to_owned()
        }
        Part::Path { id } | Part::MoreThanPath { id } => id.clone(),
        Part::Whole | Part::Asked | Part::Named | Part::Others { .. } | Part::Unlisted => {
            part.word().to_owned()
        }
    }
}

/// A text with letters, digits and hyphens only.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        let c = if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        if c != '-' || !slug.ends_with('-') {
            slug.push(c);
        }
    }
    let slug: String = slug.trim_matches('-').chars().take(NAME).collect();
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "question".to_owned() } else { slug.to_owned() }
}

/// The name of a file, or of a policy in one, without its folder: where somebody has their files is
/// nobody's business.
fn base(name: &str) -> String {
    let (file, address) = match name.split_once('#') {
        Some((file, address)) => (file, format!("#{address}")),
        None => (name, String::new()),
    };
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    format!("{file}{address}")
}

/// The engine, without the folder of its command and what it is told.
fn engine(spec: &str) -> String {
    match spec.strip_prefix("smtlib:") {
        Some(command) => {
            format!("smtlib:{}", base(command.split_whitespace().next().unwrap_or_default()))
        }
        None => spec.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain_and_short() {
        for (text, expected) in [
            ("added", "added"),
            ("S3 -- only Reads!", "s3-only-reads"),
            ("ärger", "rger"),
            ("../..", "question"),
            ("", "question"),
        ] {
            assert_eq!(slug(text), expected, "{text}");
        }
        assert_eq!(slug(&"long name ".repeat(20)).len(), 39);
    }

    #[test]
    fn folders_are_left_out() {
        for (name, expected) in [
            ("/home/me/policies/a.json", "a.json"),
            (r"C:\policies\a.json", "a.json"),
            ("../plan.json#module.x/y", "plan.json#module.x/y"),
            ("identity[0]", "identity[0]"),
        ] {
            assert_eq!(base(name), expected);
        }
        assert_eq!(engine("smtlib:/opt/cvc5/bin/cvc5 --lang smt2"), "smtlib:cvc5");
        assert_eq!(engine("auto"), "auto");
    }
}
