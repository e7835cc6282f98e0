//! The program as who asks it sees it: its answers, what it says of bad input, and when it ends.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use keyaki_engines::engine::finite::propositional::{Propositional, Search};
use keyaki_engines::engine::helper::protocol::{
    Answer, Answered, Asked, ClausesQuestion, Constant, ConstantSort, Greeting, PROTOCOL, Question,
    RELEASE, ScriptQuestion, line, read,
};
use keyaki_engines::engine::{Deadline, Engine, Helper, Limits, Outcome, Reason, Refining, Z3};
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Sort, Symbol, Term};
use proptest::prelude::*;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn started(arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keyaki-z3"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// What the program says to this input, and how it ends when the input does.
fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = started(arguments);
    _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// The answers to questions, one after the other.
fn answers(questions: &[Question]) -> Vec<Answer> {
    let asked = (1..).zip(questions).map(|(number, question)| Asked {
        number,
        microseconds: 20_000_000,
        question: question.clone(),
    });
    let output = run(&[], asked.map(|asked| line(&asked).unwrap()).collect::<String>().as_bytes());
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let greeting: Greeting = read(lines.next().unwrap()).unwrap();
    assert_eq!(
        (greeting.objection(), greeting.release.as_str(), greeting.protocol),
        (None, RELEASE, PROTOCOL)
    );
    let answered: Vec<Answered> = lines.map(|line| read(line).unwrap()).collect();
    assert!(
        (1..).zip(&answered).all(|(number, answered)| answered.number == number)
            && answered.len() == questions.len(),
        "{text}"
    );
    answered.into_iter().map(|answered| answered.answer).collect()
}

fn script(body: &str, constants: &[(&str, ConstantSort)]) -> Question {
    let constants = constants
        .iter()
        .map(|(name, sort)| Constant { name: (*name).to_owned(), sort: *sort })
        .collect();
    Question::Script(ScriptQuestion {
        body: body.to_owned(),
        assertions: body.matches("(assert").count(),
        constants,
        effort: None,
    })
}

fn clauses(begin: bool, variables: u32, clauses: &[&[i32]], assumptions: &[i32]) -> Question {
    let clauses = clauses.iter().map(|clause| clause.to_vec()).collect();
    Question::Clauses(ClausesQuestion {
        begin,
        variables,
        clauses,
        assumptions: assumptions.to_vec(),
    })
}

#[test]
fn scripts_are_answered_with_values_of_every_sort() {
    let sorts = [
        ("p", ConstantSort::Bool),
        ("s", ConstantSort::String),
        ("r", ConstantSort::Real),
        ("w", ConstantSort::BitVec(8)),
    ];
    let body = "(declare-const p Bool)(declare-const s String)(declare-const r Real)(declare-const w (_ BitVec 8))\
        (assert p)(assert (= s \"a\"))(assert (= r (/ 1.0 3.0)))(assert (= w #x2a))";
    let said = answers(&[
        script(body, &sorts),
        script("(assert false)", &[]),
        script("(assert true)", &[]),
        script(body, &sorts[..1]),
    ]);
    let values = ["true", "\"a\"", "(/ 1.0 3.0)", "#x2a"].map(str::to_owned);
    assert_eq!(
        said,
        [
            Answer::Values(values.to_vec()),
            Answer::Unsatisfiable,
            Answer::Values(Vec::new()),
            Answer::Values(values[..1].to_vec())
        ]
    );
}

#[test]
fn clauses_are_remembered_until_others_begin() {
    let said = answers(&[
        clauses(true, 2, &[&[1, 2], &[-1]], &[]),
        clauses(false, 3, &[&[-2, 3]], &[-3]),
        clauses(false, 3, &[], &[]),
        clauses(true, 1, &[], &[1]),
        clauses(false, 1, &[&[]], &[]),
    ]);
    let holds = |variables: &[u32]| Answer::True(variables.to_vec());
    assert_eq!(
        said,
        [holds(&[2]), Answer::Unsatisfiable, holds(&[2, 3]), holds(&[1]), Answer::Unsatisfiable]
    );
}

#[test]
fn what_is_no_question_is_answered_as_such_and_the_next_one_is_answered() {
    let good = line(&Asked {
        number: 9,
        microseconds: 1_000_000,
        question: script("(assert false)", &[]),
    })
    .unwrap();
    let nest = "[".repeat(100_000);
    for bad in [
        &b"\n"[..],
        b"{}\n",
        b"hello\n",
        b"\xff\xfe\n",
        b"{\"number\":1,\"microseconds\":1,\"question\":{\"terms\":[]}}\n",
    ] {
        let output = run(&[], &[bad, good.as_bytes()].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        let answered: Vec<Answered> =
            text.lines().skip(1).map(|line| read(line).unwrap()).collect();
        assert!(output.status.success() && answered.len() == 2, "{text}");
        assert!(
            matches!(&answered[0], Answered { number: 0, answer: Answer::Failed(why) } if why.contains("not a question")),
            "{text}"
        );
        assert_eq!(answered[1], Answered { number: 9, answer: Answer::Unsatisfiable });
    }
    assert!(run(&[], nest.as_bytes()).status.success());
}

#[test]
fn questions_that_z3_must_not_see_or_does_not_take_have_failed() {
    let wide = |width| script("(assert true)", &[("w", ConstantSort::BitVec(width))]);
    let said = answers(&[
        script("(assert true)\0", &[]),
        script("(assert true)", &[("a\0b", ConstantSort::Bool)]),
        wide(0),
        wide(129),
        script("(assert unheard-of)", &[]),
        script("(assert (= 1", &[]),
        clauses(true, 2, &[&[3]], &[]),
        clauses(true, 2, &[&[0]], &[]),
        clauses(true, 2, &[], &[-3]),
        clauses(true, u32::MAX, &[], &[]),
        clauses(true, 2, &[&[i32::MIN]], &[]),
        script("(assert false)", &[]),
    ]);
    let (last, failed) = said.split_last().unwrap();
    assert!(failed.iter().all(|answer| matches!(answer, Answer::Failed(_))), "{said:?}");
    assert_eq!(*last, Answer::Unsatisfiable);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes, there is one answer a line, and an orderly end.
    #[test]
    fn any_input_is_answered_line_by_line(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let lines = bytes.split(|byte| *byte == b'\n').count() - usize::from(bytes.is_empty() || bytes.ends_with(b"\n"));
        let mut input = Vec::new();
        let greeting = line(&keyaki_z3::greeting()).unwrap();
        keyaki_z3::serve(&bytes[..], &mut input).unwrap();
        let text = String::from_utf8(input).unwrap();
        prop_assert!(text.starts_with(&greeting));
        prop_assert_eq!(text.lines().count(), lines + 1);
        for answer in text.lines().skip(1) {
            prop_assert!(matches!(read::<Answered>(answer).unwrap().answer, Answer::Failed(_)));
        }
    }
}

#[test]
fn it_says_its_version_and_takes_nothing_else() {
    let output = run(&["--version"], b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && text.starts_with(&format!("keyaki-z3 {RELEASE} (Z3 5.3.3")),
        "{text}"
    );
    let output = run(&["--help-me"], b"");
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
}

#[test]
fn it_answers_while_its_input_is_open_and_ends_with_it() {
    let mut child = started(&[]);
    let (mut input, mut output) =
        (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let mut text = String::new();
    output.read_line(&mut text).unwrap();
    for number in 1..4 {
        let asked =
            Asked { number, microseconds: 10_000_000, question: script("(assert false)", &[]) };
        input.write_all(line(&asked).unwrap().as_bytes()).unwrap();
        text.clear();
        output.read_line(&mut text).unwrap();
        assert_eq!(
            read::<Answered>(&text).unwrap(),
            Answered { number, answer: Answer::Unsatisfiable }
        );
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

fn helper() -> Arc<Helper> {
    Arc::new(Helper::at(env!("CARGO_BIN_EXE_keyaki-z3")))
}

/// Two strings of one language of long words, different at every cut: no solver does this soon.
fn hard() -> [Term; 3] {
    let words = Regex::repeat(
        Regex::union([Regex::literal("ab"), Regex::literal("ba"), Regex::literal("aab")]),
        400,
        900,
    );
    let [x, y] = ["x", "y"].map(|name| Term::var(&Symbol::new(name, Sort::String)));
    [
        Term::in_regex(Term::concat([x.clone(), y.clone()]), words.clone()),
        Term::in_regex(Term::concat([y.clone(), x.clone()]), Regex::complement(words)),
        Term::eq(
            Term::concat([x.clone(), Term::string("ab"), y.clone()]),
            Term::concat([y, Term::string("ba"), x]),
        ),
    ]
}

#[test]
fn the_deadline_is_kept_and_the_next_question_is_answered() {
    let engine = Refining::new(Z3::new(helper()));
    let timeout = Duration::from_millis(300);
    for _ in 0..2 {
        let begun = Instant::now();
        assert_eq!(
            engine.decide(&hard(), &Limits::timeout(timeout)),
            Outcome::Unknown(Reason::Timeout(timeout))
        );
        // Starting a process may take its time on a busy machine.
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let string = |name: &str| Term::var(&Symbol::new(name, Sort::String));
        let differ =
            [Term::eq(string("x"), string("y")), Term::not(Term::eq(string("x"), string("y")))];
        assert_eq!(
            engine.decide(&differ, &Limits::timeout(Duration::from_secs(20))),
            Outcome::Unsatisfiable
        );
    }
}

#[test]
fn a_bound_on_the_effort_ends_long_before_the_time_is_up() {
    let engine = Refining::new(Z3::new(helper()));
    let limits = Limits { effort: Some(20_000), ..Limits::timeout(Duration::from_secs(600)) };
    let begun = Instant::now();
    let first = engine.decide(&hard(), &limits);
    assert!(matches!(first, Outcome::Unknown(_)), "{first:?}");
    assert_eq!(engine.decide(&hard(), &limits), first);
    assert!(begun.elapsed() < Duration::from_secs(100), "{:?}", begun.elapsed());
}

#[test]
fn questions_and_clauses_may_take_turns_in_one_process() {
    let helper = helper();
    let engine = Refining::new(Z3::new(Arc::clone(&helper)));
    let mut search: Box<dyn Search> = helper.clauses(Deadline::after(Duration::from_secs(60)));
    let [a, b] = [search.variable(), search.variable()];
    search.clause(&mut vec![a, b]);
    for assumption in [a, b] {
        assert_eq!(search.solve(&[!assumption]), Propositional::Satisfiable);
        assert!(search.holds(!assumption) && search.holds(if assumption == a { b } else { a }));
        assert_eq!(engine.decide(&[Term::falsehood()], &Limits::default()), Outcome::Unsatisfiable);
    }
    assert_eq!(search.solve(&[!a, !b]), Propositional::Unsatisfiable);
    drop(search);
    let mut next = helper.clauses(Deadline::after(Duration::from_secs(60)));
    let c = next.variable();
    assert_eq!(next.solve(&[!c]), Propositional::Satisfiable);
}
