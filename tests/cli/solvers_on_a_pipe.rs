//! A solver on a pipe, seen from the command line: what a broken one says is not an answer, and it
//! does not outlive Keyaki, whichever way Keyaki ends.
//!
//! `encodings/engines/tests/engines/pipe.rs` has all the ways in which a solver may be broken.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use crate::support::command::{code, keyaki, out};
use crate::support::program;
use keyaki_engines::engine::helper::protocol::{Greeting, PROGRAM, PROTOCOL, RELEASE, line};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// What `can` says with this solver about a policy that does allow it.
fn can(solver: &str) -> (i32, String) {
    let folder = TempDir::new().unwrap();
    let (path, policy) = (folder.path().join("solver"), folder.path().join("policy.json"));
    fs::write(&path, solver).unwrap();
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a*b"}}"#;
    fs::write(&policy, text).unwrap();
    let engine = format!("smtlib:sh {}", path.display());
    let question = [
        "--requests",
        "any",
        "--action",
        "s3:Get*",
        "--resource",
        "arn:aws:s3:::?b",
        "--timeout",
        "30",
        // A solver that says "no" to everything makes the question vacuous, which is not asked here.
        "--allow-vacuous",
    ];
    let output =
        keyaki(&[&["can", policy.to_str().unwrap(), "--engine", &engine][..], &question].concat());
    (code(&output), out(&output))
}

/// The answer is "no", and nothing is known of what a policy that allows everything would be asked:
/// the answer says that.
#[test]
fn whether_a_question_is_vacuous_may_be_undecided() {
    let folder = tempfile::tempdir().unwrap();
    let once = folder.path().join("asked").display().to_string();
    let solver = format!(
        "cat >/dev/null; if [ -e {once} ]; then echo unknown; else touch {once}; echo unsat; fi"
    );
    let (exit, text) = can(&solver);
    assert_eq!(exit, 0, "{text}");
    assert!(text.starts_with("no: "), "{text}");
    assert!(text.contains("says something about the policies was not decided"), "{text}");
    let (_, text) = can("cat >/dev/null; echo unsat");
    assert!(!text.contains("was not decided"), "{text}");
}

#[test]
fn what_a_broken_solver_says_is_neither_yes_nor_no() {
    let (exit, text) = can("cat >/dev/null; echo unsat");
    assert_eq!(exit, 0, "an honest solver is believed: {text}");
    assert!(text.starts_with("no"), "{text}");
    for (solver, why) in [
        ("cat >/dev/null; echo unsat; exit 1", "exit status: 1"),
        ("cat >/dev/null; echo unsat; kill -SEGV $$", "signal: 11"),
        ("cat >/dev/null; echo unsat; echo '(error \"lost\")'", "it reported an error: lost"),
        ("cat >/dev/null; echo '(error \"lost\")'; echo unsat", "it reported an error: lost"),
        ("yes unsat", "it printed more than 4 MiB"),
    ] {
        let (exit, text) = can(solver);
        assert_eq!(exit, 3, "{solver}: {text}");
        assert!(text.starts_with("unknown: ") && text.contains(why), "{solver}: {text}");
    }
}

/// Runs the command that its arguments are, such that signals end it: what starts the tests may
/// have them ignored (`nohup` does SIGHUP), and that is inherited. Where `env` cannot change it,
/// signals are as they are.
fn mortal() -> Command {
    let defaults = "--default-signal";
    let can = Command::new("env")
        .args([defaults, "true"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    let mut command = Command::new("env");
    command.args(can.then_some(defaults));
    command
}

/// Keyaki with a solver that does not answer, or with a program of that kind in the place of
/// `keyaki-z3`; it and what it starts hold a named pipe open.
fn asking(folder: &TempDir, script: &str, as_z3: bool) -> (Child, BufReader<File>) {
    let (alive, solver) = (folder.path().join("alive"), folder.path().join("solver"));
    assert!(Command::new("mkfifo").arg(&alive).status().unwrap().success());
    let greeting = Greeting {
        program: PROGRAM.into(),
        release: RELEASE.into(),
        protocol: PROTOCOL,
        z3: "5.3.3.0".into(),
        refusal: None,
    };
    let opening = if as_z3 {
        format!("echo '{}'\nread -r question\n", line(&greeting).unwrap().trim_end())
    } else {
        String::new()
    };
    let opening = format!("{opening}exec 3>{}", alive.display());
    program::write(&solver, &format!("#!/bin/sh\n{opening}\necho begun >&3\n{script}"));
    let engine = if as_z3 { "z3".to_owned() } else { format!("smtlib:sh {}", solver.display()) };
    let keyaki = mortal()
        .arg(env!("CARGO_BIN_EXE_keyaki"))
        .args([
            "compare",
            "proofs/policies/S1-P1.json",
            "proofs/policies/S3-P16.json",
            "--engine",
            &engine,
            "--timeout",
            "1000",
        ])
        .env("KEYAKI_Z3", &solver)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut reader = BufReader::new(File::open(&alive).unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "begun\n");
    (keyaki, reader)
}

#[test]
fn a_solver_ends_with_keyaki() {
    ends_with_keyaki(false);
}

#[test]
fn the_program_that_asks_z3_ends_with_keyaki() {
    ends_with_keyaki(true);
}

fn ends_with_keyaki(as_z3: bool) {
    for script in [
        "sleep 1000 & sleep 1000",
        "trap '' HUP INT TERM; exec sleep 1000",
        "exec >/dev/null 2>&1 </dev/null; sleep 1000",
    ] {
        for signal in ["-INT", "-TERM", "-HUP", "-KILL"] {
            let folder = TempDir::new().unwrap();
            let (mut keyaki, mut alive) = asking(&folder, script, as_z3);
            assert!(
                Command::new("kill")
                    .args([signal, &keyaki.id().to_string()])
                    .status()
                    .unwrap()
                    .success()
            );
            keyaki.wait().unwrap();
            let (tell, told) = channel();
            thread::spawn(move || {
                // The end of what can be read: nobody holds the pipe open any more.
                alive.read_to_string(&mut String::new()).unwrap();
                tell.send(()).unwrap();
            });
            assert!(
                told.recv_timeout(Duration::from_secs(30)).is_ok(),
                "the solver goes on after {signal}: {script}"
            );
        }
    }
}
