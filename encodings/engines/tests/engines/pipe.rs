//! Solvers on a pipe: an honest one is believed however it talks, a broken one is unknown and
//! leaves nothing behind.
//!
//! The solvers here are scripts for `sh`, and the question is whether two strings can be equal.
//! None of them looks at it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use keyaki_engines::engine::{Limits, Outcome, from_spec};
use keyaki_logic::term::{Sort, Symbol, Term, Value};
use std::fs::{self, File};
use std::io::Read;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn question() -> Term {
    let string = |name: &str| Term::var(&Symbol::new(name, Sort::String));
    Term::eq(string("x"), string("y"))
}

/// What the engine makes of a command.
fn ask(command: &str, timeout: Duration) -> Outcome {
    let started = Instant::now();
    let outcome = from_spec(&format!("smtlib:{command}"))
        .unwrap()
        .decide(&[question()], &Limits::timeout(timeout));
    assert!(started.elapsed() < timeout + Duration::from_secs(20), "{command} held us");
    outcome
}

/// What the engine makes of a solver that is this script.
fn ask_script(script: &str, timeout: Duration) -> Outcome {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("solver");
    fs::write(&path, script).unwrap();
    ask(&format!("sh {}", path.display()), timeout)
}

fn reason(outcome: Outcome) -> String {
    match outcome {
        Outcome::Unknown(reason) => reason.to_string(),
        other @ (Outcome::Satisfiable(_) | Outcome::Unsatisfiable) => panic!("{other:?}"),
    }
}

const LONG: Duration = Duration::from_secs(30);
const SECOND: Duration = Duration::from_secs(1);

/// A solver that reads command after command; `$verdict` and `$values` are its answers.
const IN_TURN: &str = r#"
while read -r line; do
    case $line in
        "(check-sat)") echo $verdict ;;
        "(get-value"*) echo "$values" ;;
        "(exit)") break ;;
    esac
done
"#;

/// A solver that reads everything before it says anything.
const AT_ONCE: &str = r#"
script=$(cat)
echo $verdict
case $script in *get-value*) echo "$values" ;; esac
"#;

const VALUES: &str = r#"values='((x "a") (y "a"))'"#;

#[test]
fn honest_solvers_are_believed_however_they_talk() {
    for talk in [IN_TURN, AT_ONCE] {
        assert_eq!(
            ask_script(&format!("verdict=unsat values='(error \"no model\")'\n{talk}"), LONG),
            Outcome::Unsatisfiable
        );
        let Outcome::Satisfiable(model) =
            ask_script(&format!("verdict=sat {VALUES}\n{talk}"), LONG)
        else {
            panic!("{talk}")
        };
        assert_eq!(
            model.get(&Symbol::new("x", Sort::String)),
            Some(&Value::String("a".to_owned()))
        );
    }
    for honest in [
        "echo unsat",
        "printf unsat",
        "cat >/dev/null; echo unsat",
        "echo 'warning: an option is deprecated' >&2; echo unsat",
        "echo unsupported; echo success; echo unsat; echo success",
        "echo '; a comment (error \"in it\")'; echo unsat; printf '; and one more'",
        "sleep 1; cat >/dev/null; echo unsat",
        "(echo unsat) & wait",
    ] {
        assert_eq!(ask_script(honest, LONG), Outcome::Unsatisfiable, "{honest}");
    }
    // A value may say anything.
    let error = format!(
        "verdict=sat values='((x \"(error \"\"a\"\")\") (y \"(error \"\"a\"\")\"))'\n{IN_TURN}"
    );
    assert!(matches!(ask_script(&error, LONG), Outcome::Satisfiable(_)));
}

#[test]
fn a_verdict_of_a_solver_that_fails_is_unknown() {
    let sat = "echo sat; echo '((x \"a\") (y \"a\"))'";
    for (script, why) in [
        ("echo unsat; exit 1", "it answered unsat and then failed (exit status: 1)"),
        (
            "cat >/dev/null; echo unsat; exit 139",
            "it answered unsat and then failed (exit status: 139)",
        ),
        ("echo unsat; kill -SEGV $$", "it answered unsat and then failed (signal: 11"),
        (
            "cat >/dev/null; echo unsat; kill -KILL $$",
            "it answered unsat and then failed (signal: 9",
        ),
        (&format!("{sat}; kill -ABRT $$"), "it answered sat and then failed (signal: 6"),
        ("kill -SEGV $$", "it answered nothing instead of sat or unsat (signal: 11"),
        ("echo '(error \"out of memory\")'; echo unsat", "it reported an error: out of memory"),
        ("echo unsat; echo '(error \"out of memory\")'", "it reported an error: out of memory"),
        ("echo unsat; echo; echo '( error |out of memory| )'", "it reported an error"),
        (
            "echo '(error \"out of memory\")' >&2; echo unsat",
            "it reported an error: (error \"out of memory\")",
        ),
        ("echo unsat; echo 'x (error)' >&2", "it reported an error: (error)"),
        (
            &format!("{sat}; echo '(error \"out of memory\")'"),
            "it reported an error: out of memory",
        ),
        ("echo '(error \"out of memory\")'; echo unknown", "it reported an error: out of memory"),
        ("echo unsat; echo unsat", "it answered `unsat unsat`, which is more than an answer"),
        ("echo unsat; echo sat", "it answered `unsat sat`, which is more than an answer"),
        (
            "echo unsat; echo Segmentation fault",
            "it answered `unsat Segmentation fault`, which is more than an answer",
        ),
        ("echo unsat; printf '(error \"out'", "which is more than an answer"),
        ("echo unsat; printf ')'", "which is more than an answer"),
        ("echo unsat; printf '\"'", "which is more than an answer"),
        ("echo sat; echo unsat", "it answered sat without the values"),
        (&format!("{sat}; echo unsat"), "which is more than an answer"),
        (
            "if grep -q get-value; then echo unsat; else echo sat; fi",
            "it answered sat, and unsat when it was asked once more",
        ),
        ("echo unsatisfiable", "it answered `unsatisfiable` instead of sat or unsat"),
        ("echo '\"unsat\"'", "instead of sat or unsat"),
        ("echo '(unsat)'", "instead of sat or unsat"),
    ] {
        let told = reason(ask_script(script, LONG));
        assert!(told.starts_with("the solver failed: ") && told.contains(why), "{script}\n{told}");
    }
}

#[test]
fn a_solver_that_does_not_end_is_unknown() {
    for script in [
        "sleep 100",
        "echo unsat; sleep 100",
        "echo unsat; exec >&- 2>&-; sleep 100",
        "sleep 100 & echo unsat",
    ] {
        assert_eq!(reason(ask_script(script, SECOND)), "no answer within 1 s", "{script}");
    }
}

#[test]
fn solvers_that_misbehave_are_unknown() {
    let told = |command: &str| reason(ask(command, LONG));
    assert!(told("/nonexistent/solver").contains("`/nonexistent/solver` cannot be started"));
    assert!(told("true").contains("it answered nothing instead of sat or unsat"));
    assert!(told("false").contains("it answered nothing instead of sat or unsat (exit status: 1)"));
    assert!(told("echo (error \"no strings\")").contains("no strings"));
    assert!(told("echo hello").contains("`hello`"));
    assert!(told("echo sat").contains("without the values"));
    assert!(told("echo unknown").contains("does not know"));
    assert!(told("printf sat((x\"a\")(y\"b\"))").contains("contradicts"));
    assert!(told("printf sat((x\"\\\\\\\\u{d800}\")(y\"b\"))").contains("d800"));
}

#[test]
fn what_a_solver_prints_is_bounded() {
    for (script, why) in [
        ("yes", "it printed more than 4 MiB to its standard output and was ended"),
        ("echo unsat; yes", "it printed more than 4 MiB to its standard output and was ended"),
        (
            "cat >/dev/null; tr '\\0' x </dev/zero",
            "it printed more than 4 MiB to its standard output and was ended",
        ),
        ("echo unsat; yes >&2", "it printed more than 1 MiB to its standard error and was ended"),
        ("echo sat; head -c 2000000 /dev/zero | tr '\\0' '('", "which is more than an answer"),
        ("head -c 2000000 /dev/zero | tr '\\0' '('", "instead of sat or unsat"),
    ] {
        let told = reason(ask_script(script, LONG));
        assert!(told.contains(why), "{script}\n{told}");
    }
    // Up to there it may print what it likes.
    assert_eq!(
        ask_script("head -c 900000 /dev/zero | tr '\\0' w >&2; echo unsat", LONG),
        Outcome::Unsatisfiable
    );
    assert_eq!(
        ask_script("head -c 3000000 /dev/zero | tr '\\0' '\\n'; echo unsat", LONG),
        Outcome::Unsatisfiable
    );
}

/// Whether everything that a script starts ends with the question. Whoever is alive holds a named
/// pipe open.
fn ends(script: &str, timeout: Duration) -> (Outcome, bool) {
    let folder = TempDir::new().unwrap();
    let alive = folder.path().join("alive");
    assert!(Command::new("mkfifo").arg(&alive).status().unwrap().success());
    let (tell, told) = channel();
    let path = alive.clone();
    thread::spawn(move || {
        let mut text = String::new();
        File::open(path).unwrap().read_to_string(&mut text).unwrap();
        tell.send(text).unwrap();
    });
    let outcome =
        ask_script(&format!("exec 3>{}\necho begun >&3\n{script}", alive.display()), timeout);
    (outcome, told.recv_timeout(Duration::from_secs(20)).is_ok_and(|text| text == "begun\n"))
}

#[test]
fn all_that_a_solver_starts_ends_with_the_question() {
    for script in [
        "sleep 1000 & wait",
        "(trap '' HUP INT TERM; sleep 1000) & (sleep 1000 & sleep 1000)",
        "exec sleep 1000",
        "yes >/dev/null",
    ] {
        let (outcome, ended) = ends(script, SECOND);
        assert_eq!(reason(outcome), "no answer within 1 s", "{script}");
        assert!(ended, "something of it goes on: {script}");
    }
    for (script, expected) in [
        ("sleep 1000 >/dev/null 2>&1 & echo unsat", true),
        ("sleep 1000 >/dev/null 2>&1 & echo unsat; exit 2", false),
        ("sleep 1000 >/dev/null 2>&1 & yes", false),
        // A wrapper may end its group itself; what guards the group does not mind.
        ("trap 'trap \"\" TERM; kill 0' EXIT; sleep 1000 >/dev/null 2>&1 & echo unsat", true),
    ] {
        let (outcome, ended) = ends(script, LONG);
        assert_eq!(outcome == Outcome::Unsatisfiable, expected, "{script}: {outcome:?}");
        assert!(ended, "something of it goes on: {script}");
    }
}
