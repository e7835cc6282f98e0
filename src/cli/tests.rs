//! Exit codes: an answer that is unknown never passes for "nothing found", and never hides what was
//! found.

use super::args::Cli;
use super::lines;
use super::output::Output;
use super::{Ending, Failure, Io, check, lint, matrix, run};
use clap::Parser;
use keyaki_iam::layers::Policies;
use keyaki_iam::request::{Principal, Request};
use keyaki_iam::shape::About;
use keyaki_iam::source::{Source, Span};
use keyaki_questions::claims::{Checked, Claim, Expectation, Outcome, Subject};
use keyaki_questions::compare::{Comparison, Difference, Found};
use keyaki_questions::lint::{Report, Undecided};
use keyaki_questions::matrix::{Containment, Matrix};
use keyaki_questions::query::{Account, Requests, RestsOn, Witness};
use keyaki_questions::unknown::Unknown as Reason;
use keyaki_service::{INTERNAL, Line, Says, Told};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use tempfile::TempDir;

use Ending::{Found as FoundIt, NothingFound, Unknown, WrongInput};

/// What a list of answers comes to: found, else unknown, else nothing.
fn of_all(answers: &[Ending]) -> Ending {
    [FoundIt, Unknown].into_iter().find(|worst| answers.contains(worst)).unwrap_or(NothingFound)
}

/// Every list of up to three answers.
fn lists() -> Vec<Vec<Ending>> {
    let mut lists = vec![Vec::new()];
    for length in 0..3 {
        let longest: Vec<Vec<Ending>> =
            lists.iter().filter(|list| list.len() == length).cloned().collect();
        let longer = |list: &Vec<Ending>| {
            [NothingFound, FoundIt, Unknown].map(|answer| [list.as_slice(), &[answer]].concat())
        };
        lists.extend(longest.iter().flat_map(longer));
    }
    lists
}

#[test]
fn found_outweighs_unknown_and_unknown_outweighs_nothing() {
    for answers in lists() {
        assert_eq!(
            answers.iter().copied().fold(NothingFound, Ending::and),
            of_all(&answers),
            "{answers:?}"
        );
    }
    assert_eq!([NothingFound, FoundIt, WrongInput, Unknown].map(Ending::code), [0, 1, 2, 3]);
}

#[test]
fn a_table_of_claims_ends_with_its_worst_verdict() {
    let claim = |expect| Claim {
        source: Source::new("claims.toml", ""),
        span: Span::default(),
        name: "claim".to_owned(),
        subject: Subject::Pair {
            equivalent: true,
            old: Box::default(),
            new: Box::default(),
            shape: None,
        },
        requests: Requests::Any,
        expect,
        why: String::new(),
    };
    let checked = |outcome| Checked {
        outcome,
        witness: None,
        call: None,
        reason: None,
        rests_on: RestsOn::default(),
        caveats: Vec::new(),
        about: About::default(),
    };
    for expect in [Expectation::Holds, Expectation::Violated] {
        let (good, bad) = match expect {
            Expectation::Holds => (Outcome::Holds, Outcome::Violated),
            Expectation::Violated => (Outcome::Violated, Outcome::Holds),
        };
        for answers in lists() {
            let of = |answer: &Ending| match answer {
                FoundIt => bad,
                Unknown => Outcome::Unknown,
                NothingFound | WrongInput => good,
            };
            let mut verdicts: Vec<Result<Checked, Failure>> =
                answers.iter().map(|answer| Ok(checked(of(answer)))).collect();
            let claims: Vec<Claim<'_>> = answers.iter().map(|_| claim(expect)).collect();
            assert_eq!(
                check::ending(&claims, &verdicts),
                of_all(&answers),
                "{expect:?} {answers:?}"
            );
            if let Some(last) = verdicts.last_mut() {
                *last = Err(Failure::new("engines disagree"));
                assert_eq!(check::ending(&claims, &verdicts), WrongInput, "{expect:?} {answers:?}");
            }
        }
    }
}

#[test]
fn a_matrix_ends_with_its_worst_pair() {
    let pair = |answer: Ending, other: usize| match answer {
        NothingFound => Containment { contained_in: vec![other], unknown: Vec::new() },
        Unknown => Containment { contained_in: Vec::new(), unknown: vec![(other, Reason::NoPath)] },
        FoundIt | WrongInput => Containment::default(),
    };
    for answers in lists().into_iter().filter(|answers| answers.len() == 2) {
        let matrix =
            Matrix { rows: vec![pair(answers[0], 1), pair(answers[1], 0)], ..Matrix::default() };
        assert_eq!(matrix::ending(&matrix), of_all(&answers), "{answers:?}");
    }
}

#[test]
fn a_comparison_ends_with_its_worst_direction() {
    let request = Request {
        principal: Principal::new("anonymous"),
        action: "s3:GetObject".to_owned(),
        resource: "arn:aws:s3:::b/k".to_owned(),
        resource_account: None,
        principal_in_management_account: false,
        context: BTreeMap::new(),
    };
    let account = Account::of(&Policies::default(), &request);
    let side = |answer: Ending| match answer {
        NothingFound => Found::Nothing,
        Unknown => Found::Unknown(Reason::NoPath),
        FoundIt | WrongInput => {
            let witness = Witness {
                request: request.clone(),
                account: account.clone(),
                unlisted_action: false,
            };
            Found::Difference(Box::new(Difference { witness, refusal: account.clone() }))
        }
    };
    for answers in lists().into_iter().filter(|answers| answers.len() == 2) {
        let [added, removed] = [answers[0], answers[1]].map(side);
        let comparison = Comparison {
            added,
            removed,
            rests_on: RestsOn::default(),
            caveats: Vec::new(),
            about: About::default(),
        };
        assert_eq!(Ending::from(Says::of(&comparison)), of_all(&answers), "{answers:?}");
        for swapped in [false, true] {
            let [one, other] = if swapped {
                [Found::NotAsked, side(answers[0])]
            } else {
                [side(answers[0]), Found::NotAsked]
            };
            let half = Comparison {
                added: one,
                removed: other,
                rests_on: RestsOn::default(),
                caveats: Vec::new(),
                about: About::default(),
            };
            assert_eq!(Ending::from(Says::of(&half)), answers[0], "{answers:?} {swapped}");
        }
    }
}

#[test]
fn what_lint_left_undecided_is_unknown() {
    let source = Source::new("policy.json", "{}");
    let reason = Reason::NoPath;
    let undecided = Undecided {
        rule: "dead-entry",
        source,
        span: Span::default(),
        route: String::new(),
        reason,
    };
    assert_eq!(lint::ending(&Report::default()), NothingFound);
    assert_eq!(lint::ending(&Report { undecided: vec![undecided], ..Report::default() }), Unknown);
}

/// Answers the lines of a batch as they say themselves.
fn batch(answers: &[&str]) -> Ending {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines.jsonl");
    let text: String =
        answers.iter().map(|answer| json!({ "id": answer }).to_string() + "\n").collect();
    std::fs::write(&path, text).unwrap();
    let (mut out, mut err) = (Output::to(std::io::sink()), Vec::new());
    let mut io = Io { out: &mut out, err: &mut err };
    let ending = lines::told(&path, 1000, false, &mut io, &|line: Line| {
        let text = String::from_utf8(line.bytes.unwrap()).unwrap();
        let told = |says| Told { value: Value::Null, says };
        match text.trim() {
            r#"{"id":"found"}"# => told(Some(Says::Found)),
            r#"{"id":"unknown"}"# => told(Some(Says::Unknown)),
            r#"{"id":"internal"}"# => {
                Told { value: json!({"error": {"code": INTERNAL}}), says: None }
            }
            _ => told(Some(Says::Nothing)),
        }
    });
    ending.unwrap()
}

#[test]
fn a_batch_ends_with_its_worst_line() {
    for answers in lists() {
        let word = |answer: &Ending| match answer {
            FoundIt => "found",
            Unknown => "unknown",
            NothingFound | WrongInput => "nothing",
        };
        let words: Vec<&str> = answers.iter().map(word).collect();
        assert_eq!(batch(&words), of_all(&answers), "{answers:?}");
        assert_eq!(batch(&[words.as_slice(), &["internal"]].concat()), WrongInput, "{answers:?}");
    }
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
        let ending = run(cli, &mut Io { out: &mut out, err: &mut err });
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

#[cfg(unix)]
#[test]
fn what_no_solver_knows_ends_with_unknown() {
    let ground = Ground::new();
    let (one, other) = (ground.policy("one.json", "one"), ground.policy("other.json", "other"));
    // One answer is enough for these: it is the first one.
    assert_eq!(
        ground.endings(&["can", &one, "--requests", "any"]),
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
        ground.endings(&["can", "--batch", &questions, "--requests", "any"]),
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
    assert_eq!(ground.endings(&["check", &claims]), [NothingFound, Unknown, Unknown]);
    assert_eq!(
        ground.endings(&["check", &claims, "--filter", "first"]),
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
