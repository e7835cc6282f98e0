//! What happens to an answer that cannot be written, and to one that nobody reads.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::installed::copy;
use crate::support::command::{code, err, out, shell};
use keyaki_engines::engine::Helper;
use std::path::Path;

/// A line for each command and format, with the exit code of its answer.
const ANSWERS: &[(&str, i32)] = &[
    ("keyaki can proofs/policies/S3-P16.json", 1),
    ("keyaki can proofs/policies/S3-P16.json --format json", 1),
    ("keyaki can proofs/policies/S3-P16.json --action ec2:RunInstances", 0),
    ("keyaki can proofs/policies/S3-P16.json --call bedrock:InvokeModel", 1),
    ("keyaki can --call list", 0),
    ("keyaki compare proofs/policies/S2-P1.json proofs/policies/S2-P2.json", 1),
    ("keyaki check proofs/obligations/consumption-role.toml", 0),
    ("keyaki check proofs/obligations/consumption-role.toml --format json", 0),
    ("keyaki matrix proofs/policies/S2-P1.json proofs/policies/S2-P2.json", 1),
    ("keyaki matrix proofs/policies/S2-P1.json proofs/policies/S2-P2.json --format json", 1),
    ("keyaki encode compare proofs/policies/S2-P1.json proofs/policies/S2-P2.json", 0),
    ("keyaki lint proofs/policies/S1-P1.json", 1),
    ("keyaki lint --explain all", 0),
    ("keyaki validate proofs/policies/S0-P1.json", 0),
    ("keyaki validate proofs/policies/S0-P1.json --kind identity", 1),
    ("keyaki validate proofs/policies/S0-P1.json --kind trust", 0),
    ("keyaki catalogue", 0),
    ("keyaki catalogue --format json", 0),
    ("keyaki --help", 0),
    ("keyaki --version", 0),
];

#[test]
fn an_answer_that_cannot_be_written_is_2_with_a_message() {
    for (line, _) in ANSWERS {
        for to in [">/dev/full", ">&-", "1</dev/null"] {
            let output = shell(&format!("{line} {to}"));
            assert_eq!(code(&output), 2, "{line} {to}");
            assert!(
                err(&output).contains("the answer cannot be written to standard output"),
                "{line} {to}: {}",
                err(&output)
            );
        }
    }
}

#[test]
fn an_answer_that_nobody_wants_has_the_code_of_the_answer() {
    for (line, answer) in ANSWERS {
        // The second is how other languages throw an output away.
        for to in [">/dev/null", "1<>/dev/null"] {
            let output = shell(&format!("{line} {to}"));
            assert_eq!((code(&output), err(&output)), (*answer, String::new()), "{line} {to}");
        }
        // A pipe whose reader is gone before the first byte is written.
        let output = shell(&format!("{{ sleep 0.1; {line}; echo $? >&2; }} | true"));
        assert_eq!(err(&output).trim(), answer.to_string(), "{line}");
    }
}

#[test]
fn standard_error_changes_no_code() {
    for to in ["2>&-", "2>/dev/full"] {
        for (line, answer) in [
            ("can proofs/policies/S3-P16.json --stats", 1),
            ("matrix proofs/policies/S2-P1.json --stats", 0),
            ("can none.json", 2),
        ] {
            assert_eq!(code(&shell(&format!("keyaki {line} {to}"))), answer, "{line} {to}");
        }
    }
}

/// Seventy violated claims, which print more than a pipe holds.
#[test]
fn a_reader_of_the_head_leaves_the_code_of_all_claims() {
    let folder = tempfile::tempdir().unwrap();
    let policy = format!("{}/proofs/policies/S3-P16.json", env!("CARGO_MANIFEST_DIR"));
    let claim = |number: usize| {
        let why = "w".repeat(1_500);
        format!(
            "[[claim]]\nname = \"c{number}\"\npolicies = [\"{policy}\"]\nclaim = \"never\"\nexpect = \"holds\"\nwhy = \"{why}\"\n"
        )
    };
    let path = folder.path().join("claims.toml");
    std::fs::write(&path, (0..70).map(claim).collect::<String>()).unwrap();
    for format in ["human", "json"] {
        let output = shell(&format!(
            "{{ keyaki check {} --format {format}; echo $? >&2; }} | head -3",
            path.display()
        ));
        assert_eq!(err(&output).trim(), "1", "{format}");
        assert_eq!(out(&output).lines().count(), 3);
    }
}

#[test]
fn a_batch_that_nobody_reads_on_was_not_answered() {
    let folder = tempfile::tempdir().unwrap();
    let policy = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/proofs/policies/S3-P16.json"
    ))
    .unwrap();
    let policy: serde_json::Value = serde_json::from_str(&policy).unwrap();
    let request = serde_json::json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "*"});
    let line = serde_json::json!({"policies": policy, "request": request, "statement": {}, "old": policy, "new": policy}).to_string();
    let path = folder.path().join("batch.jsonl");
    std::fs::write(&path, format!("{line}\n").repeat(20)).unwrap();
    for command in ["eval", "can", "compare"] {
        let line = format!("keyaki {command} --batch {}", path.display());
        let output = shell(&format!("{{ sleep 0.1; {line}; echo $? >&2; }} | true"));
        let said = err(&output);
        assert!(
            said.contains("the rest of the batch was not answered") && said.trim().ends_with('2'),
            "{command}: {said}"
        );
        for to in [">/dev/full", ">&-"] {
            assert_eq!(code(&shell(&format!("{line} {to}"))), 2, "{command} {to}");
        }
    }
}

#[test]
fn timeouts_are_errors_or_bounds() {
    for wrong in ["1e19", "inf", "nan", "0", "-1", "1e-300"] {
        for command in [
            "can proofs/policies/S3-P16.json",
            "check proofs/obligations",
            "lint proofs/policies/S3-P16.json",
        ] {
            let output = shell(&format!("keyaki {command} --timeout {wrong}"));
            assert!(
                code(&output) == 2 && err(&output).contains("31536000"),
                "{command} {wrong}: {}",
                err(&output)
            );
        }
    }
    for right in ["31536000", "1e7"] {
        for engine in ["finite", "auto"] {
            assert_eq!(
                code(&shell(&format!(
                    "keyaki can proofs/policies/S3-P16.json --engine {engine} --timeout {right}"
                ))),
                1,
                "{right}"
            );
        }
    }
}

#[test]
fn any_number_of_threads_is_borne() {
    for threads in ["100000", "99999999999999999999", "0", "-3", "many", "''", "1"] {
        let check = "keyaki check proofs/obligations/consumption-role.toml --engine finite";
        let matrix = "keyaki matrix proofs/policies/S2-P1.json proofs/policies/S2-P2.json";
        let output = shell(&format!(
            "export RAYON_NUM_THREADS={threads}; {check} >/dev/null && {matrix} >/dev/null"
        ));
        assert_eq!((code(&output), err(&output)), (1, String::new()), "{threads}");
    }
}

/// Only root can become a user of whom nobody else runs threads, and then only where `setpriv` and
/// `prlimit` are installed.
#[test]
fn without_threads_to_be_had_the_work_is_done_by_one() {
    // The folder of the build may be closed to others.
    let folder = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .tempdir()
        .unwrap();
    let (binary, proofs) = (folder.path().join("keyaki"), folder.path().join("proofs"));
    copy(Path::new(env!("CARGO_BIN_EXE_keyaki")), &binary);
    assert_eq!(code(&shell(&format!("cp -r proofs {}", proofs.display()))), 0);
    let bounded = |line: &str| {
        let nobody = "setpriv --reuid=54321 --regid=54321 --clear-groups prlimit --nproc=1:1";
        shell(&format!("cd {} && exec {nobody} {line}", folder.path().display()))
    };
    let probe = bounded("sh -c 'echo by itself; true & wait $!'");
    if out(&probe).is_empty() || code(&probe) == 0 {
        println!(
            "skipped: needs root, `setpriv` and `prlimit`, to become a user without threads: {}",
            err(&probe)
        );
        return;
    }
    for (line, answer) in [
        ("check proofs/obligations/consumption-role.toml --engine finite", 0),
        ("matrix proofs/policies/S2-P1.json proofs/policies/S2-P2.json --engine finite", 1),
        ("can proofs/policies/S3-P16.json --engine finite", 1),
        ("can proofs/policies/S3-P16.json --engine smtlib:cat", 3),
        ("eval --example", 0),
    ] {
        let output = bounded(&format!("./keyaki {line}"));
        assert_eq!((code(&output), err(&output)), (answer, String::new()), "{line}");
    }
    if crate::support::z3::z3_takes_part() {
        // No process can be started that would ask it.
        copy(Helper::installed().unwrap().path(), &folder.path().join("keyaki-z3"));
        let output = bounded("./keyaki can proofs/policies/S3-P16.json --engine z3");
        assert!(
            code(&output) == 2 && err(&output).contains("cannot be started"),
            "{}",
            err(&output)
        );
    }
}
