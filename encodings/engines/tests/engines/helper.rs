//! The program that asks Z3, from the side of those who ask it: one that is not what it should be
//! is refused or "unknown", never believed, and leaves nothing behind; one process serves one
//! thread after the other.
//!
//! The programs here are scripts for `sh`. `encodings/helper/tests` asks the real one.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use keyaki_engines::engine::finite::propositional::Propositional;
use keyaki_engines::engine::helper::protocol::{
    Answer, Answered, Asked, ClausesQuestion, Constant, ConstantSort, Greeting, PROGRAM, PROTOCOL,
    Question, RELEASE, ScriptQuestion, line, read,
};
use keyaki_engines::engine::{
    Deadline, Engine, EngineError, Helper, Limits, Outcome, Reason, Refining, Z3,
};
use keyaki_logic::term::{Sort, Symbol, Term, Value};
use proptest::prelude::*;
use std::fs;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

#[path = "../../../../tests/support/program.rs"]
mod program;

const LONG: Duration = Duration::from_secs(30);

/// A program that is a script. It notes each start in the file `starts` beside it.
fn program(script: &str) -> (TempDir, Arc<Helper>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyaki-z3");
    let counted = format!("echo start >>'{}/starts'", folder.path().display());
    program::write(&path, &format!("#!/bin/sh\n{counted}\n{script}\n"));
    let helper = Arc::new(Helper::at(&path));
    (folder, helper)
}

fn starts(folder: &TempDir) -> usize {
    fs::read_to_string(folder.path().join("starts")).unwrap_or_default().lines().count()
}

fn greeting() -> String {
    format!(
        r#"echo '{{"program":"{PROGRAM}","release":"{RELEASE}","protocol":{PROTOCOL},"z3":"5.3.3.0"}}'"#
    )
}

/// A program that greets, and answers each question as `$answer` says; `$number` is the question's.
fn answering(answer: &str) -> String {
    format!(
        "{}\nnumber=0\nwhile read -r question; do number=$((number + 1)); {answer}; done",
        greeting()
    )
}

/// Echoes an answer to the question at hand.
fn say(answer: &str) -> String {
    format!(r#"printf '{{"number":%s,"answer":%s}}\n' "$number" '{answer}'"#)
}

fn question() -> Term {
    let string = |name: &str| Term::var(&Symbol::new(name, Sort::String));
    Term::eq(string("x"), string("y"))
}

fn ask(helper: &Arc<Helper>, timeout: Duration) -> Outcome {
    let started = Instant::now();
    let outcome =
        Refining::new(Z3::new(Arc::clone(helper))).decide(&[question()], &Limits::timeout(timeout));
    assert!(started.elapsed() < timeout + Duration::from_secs(10), "the program held us");
    outcome
}

fn reason(outcome: Outcome) -> String {
    match outcome {
        Outcome::Unknown(reason) => reason.to_string(),
        other @ (Outcome::Satisfiable(_) | Outcome::Unsatisfiable) => panic!("{other:?}"),
    }
}

#[test]
fn each_kind_of_answer_becomes_an_outcome() {
    let (_folder, helper) = program(&answering(&say(r#"{"values":["\"a\"","\"a\""]}"#)));
    let Outcome::Satisfiable(model) = ask(&helper, LONG) else { panic!("a model") };
    assert_eq!(model.get(&Symbol::new("x", Sort::String)), Some(&Value::String("a".to_owned())));
    let (_folder, helper) = program(&answering(&say(r#""unsatisfiable""#)));
    assert_eq!(ask(&helper, LONG), Outcome::Unsatisfiable);
    for (answer, words) in [
        (r#""timeout""#, "no answer within 30 s"),
        (r#"{"resource":"memory"}"#, "the solver reached a limit: memory"),
        (r#"{"incomplete":"quantifiers"}"#, "the solver does not know: quantifiers"),
        (r#"{"failed":"lost"}"#, "lost"),
        (r#"{"true":[1]}"#, "it answered another question"),
        (r#"{"values":[]}"#, "it gave 0 values of 2 constants"),
        (r#"{"values":["\"a\"","12"]}"#, "the solver's value of `y` is not usable: 12"),
        (r#""perhaps""#, "its answer cannot be read"),
    ] {
        let (_folder, helper) = program(&answering(&say(answer)));
        let said = reason(ask(&helper, LONG));
        assert!(said.contains(words), "{answer}: {said}");
    }
}

#[test]
fn a_model_that_is_none_is_not_believed() {
    let (_folder, helper) = program(&answering(&say(r#"{"values":["\"a\"","\"b\""]}"#)));
    assert!(reason(ask(&helper, LONG)).contains("its model contradicts what was stated"));
}

#[test]
fn who_does_not_greet_as_expected_is_refused_with_the_reason() {
    let other = |from: &str, to: &str| greeting().replace(from, to);
    let release = format!(r#""release":"{RELEASE}""#);
    let protocol = format!(r#""protocol":{PROTOCOL}"#);
    for (script, words) in [
        (
            other(&release, r#""release":"0.0.9""#),
            "it is of Keyaki 0.0.9 (protocol 1), and this is Keyaki",
        ),
        (other(&protocol, r#""protocol":7"#), "(protocol 7)"),
        (other(PROGRAM, "another"), "it is `another`, not `keyaki-z3`"),
        (
            other(r#""5.3.3.0""#, r#""4.8.12.0","refusal":"Z3 5.3.3 is expected""#),
            "Z3 5.3.3 is expected",
        ),
        ("echo hello; sleep 60".to_owned(), "but says `hello`"),
        (
            "echo libz3.so.5.3 is not there >&2; exit 127".to_owned(),
            "it ended (exit status: 127): libz3.so.5.3 is not there",
        ),
        ("exit 0".to_owned(), "it ended (exit status: 0)"),
        ("kill -SEGV $$".to_owned(), "signal: 11"),
    ] {
        let (_folder, helper) = program(&script);
        let error = helper.greeting().unwrap_err();
        assert!(
            matches!(error, EngineError::Helper { .. }) && error.to_string().contains(words),
            "{script}: {error}"
        );
        let said = reason(ask(&helper, LONG));
        assert!(said.contains(words), "{script}: {said}");
    }
    let nobody = Arc::new(Helper::at("/nonexistent/keyaki-z3"));
    assert!(nobody.greeting().unwrap_err().to_string().contains("cannot be started"));
    assert!(reason(ask(&nobody, LONG)).contains("cannot be started"));
}

#[test]
fn a_process_is_kept_for_the_next_question() {
    let (folder, helper) = program(&answering(&say(r#""unsatisfiable""#)));
    helper.greeting().unwrap();
    (0..5).for_each(|_| assert_eq!(ask(&helper, LONG), Outcome::Unsatisfiable));
    assert_eq!(starts(&folder), 1);
}

#[test]
fn threads_that_ask_at_once_have_a_process_each() {
    // No answer before a second process is there: one alone would wait for ever.
    let wait = r#"while [ "$(wc -l <"${0%/*}/starts")" -lt 2 ]; do sleep 0.01; done"#;
    let (folder, helper) = program(&answering(&format!("{wait}; {}", say(r#""unsatisfiable""#))));
    let barrier = Barrier::new(2);
    for _ in 0..3 {
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    barrier.wait();
                    assert_eq!(ask(&helper, LONG), Outcome::Unsatisfiable);
                });
            }
        });
    }
    assert_eq!(starts(&folder), 2);
}

#[test]
fn one_that_dies_is_unknown_and_the_next_question_starts_another() {
    let dies = r#"[ -e "${0%/*}/died" ] || { : >"${0%/*}/died"; echo out of memory >&2; exit 9; }"#;
    let (folder, helper) = program(&answering(&format!("{dies}; {}", say(r#""unsatisfiable""#))));
    let said = reason(ask(&helper, LONG));
    assert!(
        said.starts_with("the solver failed: ")
            && said.contains("it ended (exit status: 9): out of memory"),
        "{said}"
    );
    assert_eq!(ask(&helper, LONG), Outcome::Unsatisfiable);
    assert_eq!(starts(&folder), 2);
}

#[test]
fn one_that_dies_while_nobody_asks_is_replaced() {
    let (folder, helper) = program(&answering(&format!("{}; exit 0", say(r#""unsatisfiable""#))));
    for asked in 1..4 {
        assert_eq!(ask(&helper, LONG), Outcome::Unsatisfiable);
        assert_eq!(starts(&folder), asked);
        // It answers and then ends.
        thread::sleep(Duration::from_millis(300));
    }
}

#[test]
fn one_that_does_not_answer_ends_at_the_deadline_with_what_it_started() {
    let (folder, helper) =
        program(&answering(r#"sleep 1000 & echo "$$ $!" >"${0%/*}/pids"; wait"#));
    assert_eq!(
        ask(&helper, Duration::from_secs(1)),
        Outcome::Unknown(Reason::Timeout(Duration::from_secs(1)))
    );
    let pids = fs::read_to_string(folder.path().join("pids")).unwrap();
    let is_alive = |pid: &str| {
        fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    };
    for pid in pids.split_whitespace() {
        let gone = (0..100).any(|_| {
            thread::sleep(Duration::from_millis(20));
            !is_alive(pid)
        });
        assert!(gone, "process {pid} goes on");
    }
}

#[test]
fn no_time_starts_nothing() {
    let (folder, helper) = program(&answering(&say(r#""unsatisfiable""#)));
    assert_eq!(ask(&helper, Duration::ZERO), Outcome::Unknown(Reason::Timeout(Duration::ZERO)));
    assert_eq!(starts(&folder), 0);
}

#[test]
fn an_answer_to_another_question_is_none() {
    let (_folder, helper) =
        program(&answering(&say(r#""unsatisfiable""#).replace(r#""$number""#, "7")));
    assert!(reason(ask(&helper, LONG)).contains("it answered question 7 instead of 1"));
}

#[test]
fn what_it_prints_is_bounded() {
    let (_folder, helper) = program(&answering("yes | tr -d '\\n'"));
    assert!(reason(ask(&helper, LONG)).contains("it printed more than 64 MiB"));
}

#[test]
fn clauses_are_sent_once_and_a_model_is_what_was_answered() {
    // It keeps what it is asked.
    let script = answering(&format!(
        r#"printf '%s\n' "$question" >>"${{0%/*}}/asked"; {}"#,
        say(r#"{"true":[2]}"#)
    ));
    let (folder, helper) = program(&script);
    let mut search = helper.clauses(Deadline::after(LONG));
    let (a, b) = (search.variable(), search.variable());
    search.clause(&mut vec![a, b]);
    assert_eq!(search.solve(&[!a]), Propositional::Satisfiable);
    assert_eq!(
        [search.holds(a), search.holds(!a), search.holds(b), search.holds(!b)],
        [false, true, true, false]
    );
    let c = search.variable();
    search.clause(&mut vec![!b, c]);
    assert_eq!(search.solve(&[]), Propositional::Satisfiable);
    drop(search);
    let mut other = helper.clauses(Deadline::after(LONG));
    assert_eq!(other.solve(&[]), Propositional::Satisfiable);
    let asked: Vec<Question> = fs::read_to_string(folder.path().join("asked"))
        .unwrap()
        .lines()
        .map(|line| read::<Asked>(line).unwrap().question)
        .collect();
    let clauses = |begin, variables, clauses, assumptions| {
        Question::Clauses(ClausesQuestion { begin, variables, clauses, assumptions })
    };
    assert_eq!(
        asked,
        [
            clauses(true, 2, vec![vec![1, 2]], vec![-1]),
            clauses(false, 3, vec![vec![-2, 3]], Vec::new()),
            clauses(true, 0, Vec::new(), Vec::new())
        ]
    );
    assert_eq!(starts(&folder), 1);
}

#[test]
fn a_propositional_solver_that_fails_says_why_and_stays_failed() {
    let (_folder, helper) = program(&format!("{}\nread -r question; exit 3", greeting()));
    let mut search = helper.clauses(Deadline::after(LONG));
    assert_eq!(search.solve(&[]), Propositional::Failed("it ended (exit status: 3)".to_owned()));
    assert_eq!(search.solve(&[]), Propositional::Failed("it has failed before".to_owned()));
    assert_eq!(helper.clauses(Deadline::after(Duration::ZERO)).solve(&[]), Propositional::Stopped);
}

/// The messages of protocol 1, to the letter. Whoever changes one changes the number of the
/// protocol.
#[test]
fn the_protocol_is_of_this_number() {
    assert_eq!(PROTOCOL, 1);
    let script = ScriptQuestion {
        body: "(assert true)\n".to_owned(),
        assertions: 1,
        constants: [
            ("b", ConstantSort::Bool),
            ("s", ConstantSort::String),
            ("r", ConstantSort::Real),
            ("w", ConstantSort::BitVec(8)),
        ]
        .map(|(name, sort)| Constant { name: name.to_owned(), sort })
        .into(),
        effort: Some(5),
    };
    let clauses = ClausesQuestion {
        begin: true,
        variables: 2,
        clauses: vec![vec![1, -2]],
        assumptions: vec![2],
    };
    let asked = |question| line(&Asked { number: 3, microseconds: 10, question }).unwrap();
    assert_eq!(
        asked(Question::Script(script)),
        concat!(
            r#"{"number":3,"microseconds":10,"question":{"script":{"body":"(assert true)\n","assertions":1,"constants":["#,
            r#"{"name":"b","sort":"bool"},{"name":"s","sort":"string"},{"name":"r","sort":"real"},{"name":"w","sort":{"bitVec":8}}],"#,
            r#""effort":5}}}"#,
            "\n"
        )
    );
    assert_eq!(
        asked(Question::Clauses(clauses)),
        concat!(
            r#"{"number":3,"microseconds":10,"question":{"clauses":{"begin":true,"variables":2,"clauses":[[1,-2]],"assumptions":[2]}}}"#,
            "\n"
        )
    );
    for (answer, text) in [
        (Answer::Values(vec!["1".to_owned()]), r#"{"values":["1"]}"#),
        (Answer::True(vec![1, 2]), r#"{"true":[1,2]}"#),
        (Answer::Unsatisfiable, r#""unsatisfiable""#),
        (Answer::Timeout, r#""timeout""#),
        (Answer::Resource("a".to_owned()), r#"{"resource":"a"}"#),
        (Answer::Incomplete("a".to_owned()), r#"{"incomplete":"a"}"#),
        (Answer::Failed("a".to_owned()), r#"{"failed":"a"}"#),
    ] {
        assert_eq!(
            line(&Answered { number: 1, answer }).unwrap(),
            format!("{{\"number\":1,\"answer\":{text}}}\n")
        );
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z\"\\\\\n\r\u{2028}{}]{0,8}"]
}

fn a_question() -> impl Strategy<Value = Asked> {
    let sort = prop_oneof![
        Just(ConstantSort::Bool),
        Just(ConstantSort::String),
        Just(ConstantSort::Real),
        any::<u32>().prop_map(ConstantSort::BitVec)
    ];
    let constants = proptest::collection::vec(
        (text(), sort).prop_map(|(name, sort)| Constant { name, sort }),
        0..4,
    );
    let script = (text(), any::<usize>(), constants, any::<Option<u32>>()).prop_map(
        |(body, assertions, constants, effort)| {
            Question::Script(ScriptQuestion { body, assertions, constants, effort })
        },
    );
    let literals = || proptest::collection::vec(any::<i32>(), 0..4);
    let clauses =
        (any::<bool>(), any::<u32>(), proptest::collection::vec(literals(), 0..4), literals())
            .prop_map(|(begin, variables, clauses, assumptions)| {
                Question::Clauses(ClausesQuestion { begin, variables, clauses, assumptions })
            });
    (any::<u64>(), any::<u64>(), prop_oneof![script, clauses])
        .prop_map(|(number, microseconds, question)| Asked { number, microseconds, question })
}

fn an_answer() -> impl Strategy<Value = Answered> {
    let answer = prop_oneof![
        proptest::collection::vec(text(), 0..4).prop_map(Answer::Values),
        proptest::collection::vec(any::<u32>(), 0..4).prop_map(Answer::True),
        Just(Answer::Unsatisfiable),
        Just(Answer::Timeout),
        text().prop_map(Answer::Resource),
        text().prop_map(Answer::Incomplete),
        text().prop_map(Answer::Failed),
    ];
    (any::<u64>(), answer).prop_map(|(number, answer)| Answered { number, answer })
}

fn a_greeting() -> impl Strategy<Value = Greeting> {
    let refusal = proptest::option::of(text());
    (text(), text(), any::<u32>(), text(), refusal).prop_map(
        |(program, release, protocol, z3, refusal)| Greeting {
            program,
            release,
            protocol,
            z3,
            refusal,
        },
    )
}

/// One line, which reads as the same message.
fn returns<M: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(
    message: &M,
) -> Result<(), TestCaseError> {
    let text = line(message).unwrap();
    prop_assert_eq!(text.find('\n'), Some(text.len() - 1));
    prop_assert_eq!(&read::<M>(&text).unwrap(), message);
    Ok(())
}

proptest! {
    #[test]
    fn messages_are_a_line_each_and_read_as_the_same(asked in a_question(), answered in an_answer(), greeting in a_greeting()) {
        returns(&asked)?;
        returns(&answered)?;
        returns(&greeting)?;
    }

    #[test]
    fn what_is_cut_or_changed_is_an_error_or_a_message(asked in a_question(), place in any::<prop::sample::Index>(), letter in any::<char>()) {
        let text: Vec<char> = line(&asked).unwrap().trim_end().chars().collect();
        let place = place.index(text.len());
        prop_assert!(read::<Asked>(&String::from_iter(&text[..place])).is_err());
        let mut changed = text;
        changed[place] = letter;
        if let Ok(message) = read::<Asked>(&String::from_iter(changed)) {
            returns(&message)?;
        }
    }
}

#[test]
fn what_is_no_message_is_an_error() {
    let nest = "[".repeat(100_000);
    for text in [
        "",
        "{}",
        "[]",
        "null",
        "\"timeout\"",
        "{\"number\":-1}",
        "{\"number\":1e99,\"answer\":\"timeout\"}",
        &nest,
    ] {
        assert!(
            read::<Asked>(text).is_err()
                && read::<Answered>(text).is_err()
                && read::<Greeting>(text).is_err()
        );
    }
    assert!(read::<Answered>("{\"number\":1,\"answer\":\"timeout\",\"more\":0}").is_err());
    assert!(
        read::<Asked>("{\"number\":1,\"microseconds\":1,\"question\":{\"terms\":[]}}").is_err()
    );
}
