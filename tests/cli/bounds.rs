//! What large and hostile input may cost: memory stays bounded, and a question ends in an answer,
//! an error or an honest unknown.
//!
//! Time is never asserted: a question that hangs fails by [`PATIENCE`].

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, lines};
use crate::support::{large, policies};
use keyaki::layers::Policies;
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::world::World;
use keyaki_engines::engine::{Limits, from_spec};
use keyaki_logic::term::postorder;
use serde_json::{Value, json};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

/// Longer than any question here takes on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(300);

const MEGABYTE: u64 = 1 << 20;

/// A finished command and the most memory that it had in use, in bytes.
struct Finished {
    output: Output,
    memory: u64,
}

/// Writes a set of policies to a file that only this test uses.
fn file(name: &str, value: &Value) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bounds-{name}.json"));
    fs::write(&path, value.to_string()).unwrap();
    path
}

/// The peak of resident memory of a process that still runs.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// Runs `keyaki can` on a set with some seconds for the question.
fn can(policies: &Path, seconds: &str, question: &[&str]) -> Finished {
    let mut child = Command::new(env!("CARGO_BIN_EXE_keyaki"))
        .args([
            "can",
            "--policies",
            policies.to_str().unwrap(),
            "--timeout",
            seconds,
            "--format",
            "json",
            "--allow-vacuous",
        ])
        .args(question)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // An answer restates its question: that of a thousand policies is too long for a pipe.
    let mut printed = child.stdout.take().unwrap();
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        printed.read_to_end(&mut bytes).unwrap();
        bytes
    });
    let (mut memory, start) = (0, Instant::now());
    while child.try_wait().unwrap().is_none() {
        memory = memory.max(peak(child.id()).unwrap_or_default());
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("`{question:?}` does not come to an end");
        }
        sleep(Duration::from_millis(5));
    }
    let output = Output { stdout: reader.join().unwrap(), ..child.wait_with_output().unwrap() };
    let finished = Finished { output, memory };
    println!(
        "{} MB, exit {}, {:.1?}: {question:?}",
        memory / MEGABYTE,
        code(&finished.output),
        start.elapsed()
    );
    finished
}

/// The answer of a question that had one, an honest unknown included.
fn answer(finished: &Finished) -> String {
    let expected = match code(&finished.output) {
        0 => "no",
        1 => "yes",
        3 => "unknown",
        other => panic!("exit code {other}: {}", err(&finished.output)),
    };
    let lines = lines(&finished.output);
    let answer = lines.first().and_then(|line| line.get("answer")).and_then(Value::as_str).unwrap();
    assert_eq!(answer, expected);
    answer.to_owned()
}

/// Every question ends in an answer, or in the refusal of the input, and takes less memory than
/// this.
fn bounded(policies: &Path, megabytes: u64, questions: &[&[&str]]) {
    for question in questions {
        let finished = can(policies, "5", question);
        assert!(
            finished.memory > 0 && finished.memory < megabytes * MEGABYTE,
            "{question:?}: {} bytes",
            finished.memory
        );
        if code(&finished.output) == 2 {
            let said = err(&finished.output);
            assert!(said.contains("error") && !said.contains("internal error"), "{said}");
        } else {
            answer(&finished);
        }
    }
}

const READ: &[&str] = &["--action", "s3:GetObject"];

#[test]
fn a_thousand_levels_of_service_control_policies() {
    bounded(
        &file("levels", &large::levels(1_000)),
        500,
        &[READ, &["--action", "s3:DeleteObject", "--principal", "111122223333"]],
    );
}

#[test]
fn ten_thousand_principals() {
    let set = file("principals", &large::principals(10_000));
    bounded(
        &set,
        500,
        &[
            READ,
            &["--principal", "arn:aws:iam::*:role/app-99?9"],
            &["--principal", "arn:aws:iam::*:user/nobody"],
        ],
    );
}

#[test]
fn hundreds_of_stars() {
    let pattern = "*a".repeat(300);
    let caller = format!("arn:aws:iam::*:{pattern}");
    let session = format!("arn:aws:sts::*:assumed-role/{pattern}");
    let set = file("stars", &large::stars(&pattern));
    let questions: [&[&str]; 5] = [
        READ,
        &["--principal", &caller],
        &["--principal", &session],
        &["--not-principal", &pattern, "--principal", "arn:aws:iam::*:role/*"],
        &["--action", &format!("s3:{pattern}"), "--resource", &pattern],
    ];
    bounded(&set, 500, &questions);
}

#[test]
fn two_hundred_statements_in_each_of_eight_policies() {
    let set = file("eight", &large::eight_policies(200));
    let read = ["--action", "s3:GetObject", "--resource", "arn:aws:s3:::shared-data/team-56/x"];
    let by_user = ["--action", "iam:CreateUser", "--principal", "arn:aws:iam::111122223333:user/*"];
    let without_team = [
        "--principal",
        "111122223333",
        "--condition",
        "StringNotLike aws:PrincipalTag/team team-*",
    ];
    // Enough for a build without optimization to answer the first two.
    let questions: [(&[&str], &str, &str); 3] =
        [(&read, "20", "no"), (&by_user, "20", "yes"), (&without_team, "5", "")];
    for (question, seconds, wrong) in questions {
        let finished = can(&set, seconds, question);
        assert_ne!(answer(&finished), wrong, "{question:?}");
        assert!(
            finished.memory > 0 && finished.memory < 200 * MEGABYTE,
            "{question:?}: {} bytes",
            finished.memory
        );
    }
}

/// Two policies about tags: what the one allows depends on so many of them, the other one looks at
/// their keys.
fn about_tags(count: usize) -> [Policies; 2] {
    let keys: serde_json::Map<_, _> =
        (0..count).map(|at| (format!("aws:RequestTag/k{at}"), json!("v"))).collect();
    let document = |condition: Value| json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}});
    let keys = document(json!({"StringEquals": keys}));
    let named = document(json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["k1", "K2"]}}));
    [policies([&keys]), policies([&named])]
}

fn query<'a>([one, other]: &'a [Policies; 2], requests: Requests<'a>) -> Query<'a> {
    Query {
        shape: None,
        within: &[],
        unlike: &[],
        allowed_by: vec![one],
        refused_by: vec![other],
        requests,
    }
}

#[test]
fn a_question_grows_with_the_number_of_tags() {
    let requests = Requests::Feasible(World::embedded().unwrap());
    let terms = |count: usize| {
        let sets = about_tags(count);
        postorder(&query(&sets, requests).encode().unwrap().all()).len()
    };
    let [few, twice, many] = [100, 200, 800].map(terms);
    assert!(few > 1_000 && twice < 2 * few && many < 8 * few, "{few}, {twice}, {many} terms");
}

#[test]
fn a_question_of_too_many_terms_is_unknown() {
    let sets = about_tags(100);
    let solver = Solver::single(from_spec("auto").unwrap());
    for requests in [Requests::Any, Requests::Feasible(World::embedded().unwrap())] {
        let answer = |terms: usize| match query(&sets, requests)
            .answer(&solver, &Limits { terms, ..Limits::timeout(PATIENCE) })
            .unwrap()
        {
            Answer::Yes(_) => "yes".to_owned(),
            Answer::No => "no".to_owned(),
            Answer::Unknown(reason) => reason.to_string(),
        };
        let expected = answer(Limits::default().terms);
        assert!(
            ["yes", "no"].contains(&expected.as_str()),
            "the usual bound leaves room: {expected}"
        );
        let mut found = 0;
        for terms in [0, 10, 100, 300, 1_000, 3_000] {
            let bounded = format!(
                "the question needs more than {terms} terms; ask about fewer statements, keys or values at a time"
            );
            let answer = answer(terms);
            assert!(answer == bounded || answer == expected, "{answer}");
            found += usize::from(answer == bounded);
        }
        assert!(found >= 3, "{found} of the bounds count");
    }
}

#[test]
fn thousands_of_tags() {
    for count in [800, 20_000] {
        let keys: serde_json::Map<_, _> =
            (0..count).map(|at| (format!("aws:RequestTag/k{at}"), json!("v"))).collect();
        let named = json!({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "k1"}}});
        let own = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": keys}});
        let set = file(
            &format!("tags-{count}"),
            &json!({"identity": {"Version": "2012-10-17", "Statement": [own, named]}}),
        );
        bounded(
            &set,
            if count < 1_000 { 200 } else { 500 },
            &[READ, &["--action", "s3:*"], &["--condition", "Null aws:TagKeys true"]],
        );
    }
}
