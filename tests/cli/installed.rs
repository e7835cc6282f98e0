//! Keyaki away from its sources: the command alone, and with the program that asks Z3 and the
//! library beside it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use crate::support::command::{code, err, out};
use keyaki_engines::engine::Helper;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// Copies a program that is to be run. Another process does: what somebody has open for writing cannot
/// be run, and each process that another test starts has for a moment what this one has open.
pub fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg(from).arg(to).status().unwrap().success(), "{}", to.display());
}

/// A folder with a copy of the command, and with others.
fn installed(others: &[PathBuf]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for file in others.iter().map(PathBuf::as_path).chain([Path::new(env!("CARGO_BIN_EXE_keyaki"))])
    {
        copy(file, &folder.path().join(file.file_name().unwrap()));
    }
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
    fs::write(folder.path().join("policy.json"), policy).unwrap();
    folder
}

/// Runs the copy in its folder, without a setting.
fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(folder.path().join("keyaki"));
    command.args(arguments).current_dir(folder.path());
    command
        .env_remove("KEYAKI_Z3")
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("DYLD_LIBRARY_PATH")
        .output()
        .unwrap()
}

const QUESTION: [&str; 4] = ["can", "policy.json", "--requests", "any"];

fn by(engine: &str) -> Vec<&str> {
    [&QUESTION[..], &["--engine", engine]].concat()
}

#[test]
fn the_command_alone_answers_and_says_what_is_not_there() {
    let folder = installed(&[]);
    let version = run(&folder, &["--version"]);
    assert_eq!(code(&version), 0, "{}", err(&version));
    let place = folder.path().canonicalize().unwrap().join("keyaki-z3");
    let text = out(&version);
    assert!(
        text.starts_with(&format!(
            "keyaki {}\nengine finite: always there\n",
            env!("CARGO_PKG_VERSION")
        )),
        "{text}"
    );
    assert!(
        text.contains(&format!(
            "engines z3, z3-finite: not there, since there is no `{}`\n",
            place.display()
        )),
        "{text}"
    );
    for engine in ["auto", "finite"] {
        let answer = run(&folder, &by(engine));
        assert_eq!((code(&answer), err(&answer).as_str()), (1, ""));
    }
    for engine in ["z3", "z3-finite", "cross-check"] {
        let refused = run(&folder, &by(engine));
        let said = err(&refused);
        assert_eq!((code(&refused), out(&refused).as_str()), (2, ""), "{engine}: {said}");
        for words in [
            &*format!("there is no `{}`", place.display()),
            "KEYAKI_Z3",
            "cargo build --release -p keyaki-z3",
        ] {
            assert!(said.contains(words), "{engine}: {said}");
        }
    }
}

/// Two functions of two strings: what `finite` leaves open, and Z3 decides.
#[test]
fn an_unknown_of_auto_says_that_z3_is_not_there() {
    let folder = installed(&[]);
    let tags = |operator: &str| {
        format!(r#""{operator}": {{"aws:PrincipalTag/a": "${{aws:RequestTag/b}}"}}"#)
    };
    let condition = format!("{{{}, {}}}", tags("StringEqualsIgnoreCase"), tags("StringNotEquals"));
    let statement = format!(
        r#"{{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": {condition}}}"#
    );
    fs::write(
        folder.path().join("policy.json"),
        format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#),
    )
    .unwrap();
    let finite = run(&folder, &by("finite"));
    let auto = run(&folder, &by("auto"));
    assert_eq!((code(&finite), code(&auto)), (3, 3), "{}{}", out(&finite), out(&auto));
    let missing =
        "Z3, which might, is not there to ask: `keyaki --version` says where it is looked for";
    assert!(!out(&finite).contains(missing) && out(&auto).contains(missing), "{}", out(&auto));
}

#[test]
fn nothing_in_the_command_leads_back_to_the_sources() {
    let bytes = fs::read(env!("CARGO_BIN_EXE_keyaki")).unwrap();
    let has = |words: &str| bytes.windows(words.len()).any(|window| window == words.as_bytes());
    assert!(has("keyaki-z3") && !has("libz3.so") && !has("encodings/z3/lib"));
}

/// The libraries that the program is linked with: all files of this name in the folder of Z3.
fn libraries() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("encodings/z3/lib");
    let files = fs::read_dir(folder)
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>());
    let is_versioned = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("libz3.so.") || (name.starts_with("libz3.") && name.ends_with(".dylib"))
    };
    files.unwrap_or_default().into_iter().filter(is_versioned).collect()
}

#[test]
fn beside_each_other_the_command_asks_z3() {
    if !crate::support::z3::z3_takes_part() {
        return;
    }
    let helper = Helper::installed().unwrap();
    let libraries = libraries();
    if libraries.is_empty() {
        eprintln!("skipped: Z3 is that of the system, there is nothing to copy");
        return;
    }
    let folder = installed(&[libraries, vec![helper.path().to_owned()]].concat());
    let place = folder.path().canonicalize().unwrap();
    for engine in ["z3", "z3-finite"] {
        let answer = run(&folder, &by(engine));
        assert_eq!(code(&answer), 1, "{engine}: {}", err(&answer));
    }
    let version = out(&run(&folder, &["--version"]));
    assert!(
        version.contains(&format!(
            "engines z3, z3-finite: Z3 5.3.3.0, through `{}`",
            place.join("keyaki-z3").display()
        )),
        "{version}"
    );
    if cfg!(target_os = "linux") {
        let linked = Command::new("ldd")
            .arg(place.join("keyaki-z3"))
            .env_remove("LD_LIBRARY_PATH")
            .output()
            .unwrap();
        let library = place.join("libz3.so");
        assert!(out(&linked).contains(&format!(" => {}", library.display())), "{}", out(&linked));
    }
}

#[test]
fn what_is_named_is_asked_or_refused() {
    let folder = installed(&[]);
    let with = |named: &Path| {
        let mut command = Command::new(folder.path().join("keyaki"));
        command.args(by("z3")).current_dir(folder.path()).env("KEYAKI_Z3", named).output().unwrap()
    };
    let missing = with(Path::new("/nonexistent/keyaki-z3"));
    assert!(
        code(&missing) == 2
            && err(&missing)
                .contains("KEYAKI_Z3 names `/nonexistent/keyaki-z3`, which is not a file"),
        "{}",
        err(&missing)
    );
    let unwanted = with(Path::new(""));
    assert!(
        code(&unwanted) == 2 && err(&unwanted).contains("KEYAKI_Z3 is empty"),
        "{}",
        err(&unwanted)
    );
    // The command itself is a program that does not greet.
    let other = with(&folder.path().join("keyaki"));
    assert!(code(&other) == 2 && err(&other).contains("cannot be used"), "{}", err(&other));
    if crate::support::z3::z3_takes_part() {
        let answer = with(Helper::installed().unwrap().path());
        assert_eq!(code(&answer), 1, "{}", err(&answer));
    }
}
