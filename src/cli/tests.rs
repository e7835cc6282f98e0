//! Exit codes: an answer that is unknown never passes for "nothing found", and never hides what was
//! found. `src/service/tests.rs` has the rest: what answers say.

use super::args::Cli;
use super::output::Output;
use super::{Ending, Io, run};
use clap::Parser;
use keyaki_service::Says;
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

use Ending::{Found as FoundIt, NothingFound, Unknown, WrongInput};

#[test]
fn what_an_answer_says_is_one_exit_code() {
    let codes = [
        (Says::Nothing, 0),
        (Says::Found, 1),
        (Says::Unreadable, 2),
        (Says::Internal, 2),
        (Says::Unknown, 3),
    ];
    for (says, code) in codes {
        assert_eq!(Ending::from(says).code(), code, "{says:?}");
    }
    assert_eq!([NothingFound, FoundIt, WrongInput, Unknown].map(Ending::code), [0, 1, 2, 3]);
}

/// A solver that never knows.
const NEVER: &str = "cat > /dev/null; echo unknown\n";

/// A solver that refutes whatever it is asked.
const ALWAYS: &str = "cat > /dev/null; echo unsat\n";

/// A solver that refutes what it is asked first, and knows nothing after that.
const ONCE: &str =
    "cat > /dev/null; if mkdir \"$0.asked\" 2> /dev/null; then echo unsat; else echo unknown; fi\n";

/// A folder with files to ask about, and solvers to ask.
struct Ground {
    folder: TempDir,
}

impl Ground {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    /// A policy about one bucket, where somebody has a tag.
    fn policy(&self, name: &str, bucket: &str) -> String {
        self.file(name, &allow(bucket).to_string())
    }

    /// How the command ends, by a new solver of that text.
    fn ends(&self, solver: &str, arguments: &[&str]) -> Ending {
        let path = self.file("solver", solver);
        _ = std::fs::remove_dir(self.path("solver.asked"));
        let engine = format!("smtlib:sh {path}");
        let all = std::iter::once("keyaki").chain(arguments.iter().copied()).chain([
            "--engine",
            &engine,
            "--timeout",
            "60",
        ]);
        let cli = Cli::try_parse_from(all).unwrap();
        let (mut out, mut err) = (Output::to(std::io::sink()), Vec::new());
        let ending = run(
            cli,
            &mut Io { out: &mut out, err: &mut err, arguments: None, quiet: false, jobs: None },
        );
        ending.unwrap_or_else(|failure| panic!("{arguments:?}: {failure:?}"))
    }

    /// How it ends by a solver that refutes everything, by one that knows nothing, and by one that
    /// refutes one question.
    fn endings(&self, arguments: &[&str]) -> [Ending; 3] {
        [ALWAYS, NEVER, ONCE].map(|solver| self.ends(solver, arguments))
    }
}

fn allow(bucket: &str) -> Value {
    let tagged = json!({"StringLike": {"aws:PrincipalTag/t": "a*"}});
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*"), "Condition": tagged}]})
}

/// A policy about everything, where somebody has a tag.
fn allow_all() -> Value {
    let tagged = json!({"StringLike": {"aws:PrincipalTag/t": "a*"}});
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": tagged}]})
}

/// A claim that no request is allowed by the policy of a file.
fn claim(name: &str, file: &str) -> String {
    format!(
        "[[claim]]\nname = \"{name}\"\npolicies = [\"{file}\"]\nclaim = \"never\"\nexpect = \"holds\"\nwhy = \"\"\n"
    )
}

/// A solver that says "no" to everything makes every question vacuous, which is not asked here.
#[cfg(unix)]
#[test]
fn what_no_solver_knows_ends_with_unknown() {
    let ground = Ground::new();
    let (one, other) = (ground.policy("one.json", "one"), ground.policy("other.json", "other"));
    // One answer is enough for these: it is the first one.
    assert_eq!(
        ground.endings(&["can", &one, "--requests", "any", "--allow-vacuous"]),
        [NothingFound, Unknown, NothingFound]
    );
    assert_eq!(
        ground.endings(&["compare", &one, &other, "--only", "added"]),
        [NothingFound, Unknown, NothingFound]
    );
    // These need several.
    let call = |policy: &str| {
        ground.endings(&[
            "can",
            policy,
            "--call",
            "s3:GetObject",
            "--where",
            "Path=*encrypted with a KMS key",
            "--allow-vacuous",
        ])
    };
    assert_eq!(
        call(&ground.file("all.json", &allow_all().to_string())),
        [NothingFound, Unknown, Unknown]
    );
    assert_eq!(ground.endings(&["compare", &one, &other]), [NothingFound, Unknown, Unknown]);
    let lines = |line: Value| ground.file("lines.jsonl", &format!("{line}\n\n{line}\n"));
    let questions = lines(json!({"policies": {"identity": [allow("one")]}, "statement": {}}));
    assert_eq!(
        ground.endings(&["can", "--batch", &questions, "--requests", "any", "--allow-vacuous"]),
        [NothingFound, Unknown, Unknown]
    );
    let pairs = lines(json!({"old": allow("one"), "new": allow("other")}));
    assert_eq!(
        ground.endings(&["compare", "--batch", &pairs, "--only", "removed"]),
        [NothingFound, Unknown, Unknown]
    );
}

#[cfg(unix)]
#[test]
fn one_claim_or_pair_of_which_nothing_is_known_is_enough() {
    let ground = Ground::new();
    let (one, other) = (ground.policy("one.json", "one"), ground.policy("other.json", "other"));
    let claims =
        ground.file("claims.toml", &(claim("first", "one.json") + &claim("second", "other.json")));
    assert_eq!(
        ground.endings(&["check", &claims, "--allow-vacuous"]),
        [NothingFound, Unknown, Unknown]
    );
    assert_eq!(
        ground.endings(&["check", &claims, "--filter", "first", "--allow-vacuous"]),
        [NothingFound, Unknown, NothingFound]
    );
    assert_eq!(
        ground.endings(&["matrix", "--requests", "any", &one, &other]),
        [NothingFound, Unknown, Unknown]
    );
}

#[cfg(unix)]
#[test]
fn what_lint_finds_is_found_whatever_else_is_unknown() {
    let ground = Ground::new();
    let lint = |action: &str| {
        let contradiction = json!({"StringLike": {"aws:PrincipalTag/t": "a*"}, "StringLikeIfExists": {"aws:PrincipalTag/t": "b*"}});
        let statement = json!({"Effect": "Allow", "Action": ["s3:GetObject", action], "Resource": "*", "Condition": contradiction});
        let path = ground.file(
            "policy.json",
            &json!({"Version": "2012-10-17", "Statement": [statement]}).to_string(),
        );
        [ALWAYS, NEVER].map(|solver| ground.ends(solver, &["lint", &path]))
    };
    assert_eq!(lint("s3:PutObject"), [FoundIt, Unknown]);
    // What is merely looked up needs no solver.
    assert_eq!(lint("s3:GetObjects"), [FoundIt, FoundIt]);
}
