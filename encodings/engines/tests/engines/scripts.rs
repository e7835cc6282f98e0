//! What scripts look like, and that deep or shared graphs are not a danger.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and says on standard error what it skipped"
)]

use crate::common::{ASCII_LOWER, NUMBER};
use keyaki_logic::evaluate::{Evaluation, evaluate};
use keyaki_logic::limits::{Outcome, Reason};
use keyaki_logic::model::Model;
use keyaki_logic::regex::Regex;
use keyaki_logic::smtlib::read::{Sexp, expressions, expressions_and_rest, value};
use keyaki_logic::smtlib::{Header, Information, Logic, ScriptError, Status, script};
use keyaki_logic::term::{Part, Sort, Symbol, Term, Value};
use num_bigint::BigUint;
use num_rational::BigRational;
use std::time::{Duration, Instant};

fn var(name: &str, sort: Sort) -> Term {
    Term::var(&Symbol::new(name, sort))
}

fn lit(text: &str) -> Part {
    Part::Literal(text.to_owned())
}

/// One of everything.
fn assertions() -> Vec<Term> {
    let (x, y) = (var("x", Sort::String), var("key: y", Sort::String));
    let (r, bits, p) = (var("r", Sort::Real), var("bits", Sort::BitVec(32)), var("p", Sort::Bool));
    let v = || Part::Value(y.clone());
    let (star, any) = (|| Part::AnyString, || Part::AnyChar);
    let glob = |parts: Vec<Part>| Term::matches(x.clone(), parts);
    let lower = Term::apply(&ASCII_LOWER, x.clone());
    let third = Term::real(BigRational::new((-1).into(), 3.into()));
    let shared = Term::and([
        p.clone(),
        Term::lt(r.clone(), third),
        Term::eq(y.clone(), Term::string("long enough")),
    ]);
    vec![
        Term::or([
            shared.clone(),
            Term::not(Term::eq(x.clone(), Term::string("say \"é\\u{41}\""))),
        ]),
        Term::implies(shared, Term::prefix_bits(bits.clone(), 8, 0x0a00_0000)),
        Term::eq(Term::ite(p.clone(), bits.clone(), Term::bits(32, 5)), bits),
        Term::le(Term::apply(&NUMBER, lower.clone()), r),
        Term::eq(lower, Term::concat([Term::string("a:"), y.clone()])),
        Term::in_regex(
            y.clone(),
            Regex::concat([
                Regex::literal("a"),
                Regex::star(Regex::none_of(":")),
                Regex::repeat(Regex::range('0', '9'), 2, 12),
            ]),
        ),
        Term::in_regex(
            y.clone(),
            Regex::intersect([
                Regex::complement(Regex::ascii_case_insensitive("no")),
                Regex::plus(Regex::any_char()),
            ]),
        ),
        glob(vec![lit("user/"), v(), star()]),
        glob(vec![star(), v()]),
        glob(vec![star(), v(), star()]),
        glob(vec![lit("a"), star(), v()]),
        glob(vec![
            lit("a"),
            any(),
            v(),
            star(),
            any(),
            v(),
            lit("/"),
            star(),
            lit("z"),
            any(),
            v(),
        ]),
        glob(vec![v(), any()]),
        glob(vec![star(), v(), any(), lit("b"), star()]),
    ]
}

#[test]
fn the_script_of_one_of_everything() {
    let header = Header {
        logic: Logic::All,
        comments: vec!["one of everything".to_owned(), "in two lines\nor three".to_owned()],
    };
    let text = script(&assertions(), &header).unwrap().to_string();
    assert_eq!(text, script(&assertions(), &header).unwrap().to_string());
    let expected = include_str!("snapshots/everything.smt2");
    assert!(
        text == expected,
        "the script has changed; if that is right, this is the new snapshot:\n{text}"
    );
}

#[test]
fn only_formulas_with_smtlib_characters_have_scripts() {
    let refused = |term: Term| script(&[term], &Header::default()).err();
    assert_eq!(refused(Term::string("x")), Some(ScriptError::NotAFormula));
    let x = var("x", Sort::String);
    assert_eq!(
        refused(Term::eq(x.clone(), Term::string("\u{30000}"))),
        Some(ScriptError::Character('\u{30000}'))
    );
    assert_eq!(
        refused(Term::in_regex(x.clone(), Regex::range('\u{40000}', '\u{50000}'))),
        Some(ScriptError::Character('\u{40000}'))
    );
    assert_eq!(refused(Term::in_regex(x, Regex::none_of("a"))), None);
}

/// `and` and `or` in turn over the same two formulas below, each made anew: 2 nodes a level, and
/// twice as many leaves as a tree.
fn ladder(levels: usize) -> Term {
    let leaf = |name: &str| {
        Term::in_regex(
            var(name, Sort::String),
            Regex::concat([
                Regex::ascii_case_insensitive("some rather long text"),
                Regex::star(Regex::none_of(":")),
            ]),
        )
    };
    let mut pair = [leaf("x"), leaf("y")];
    for level in 0..levels {
        let own = var(&format!("v{level}"), Sort::Bool);
        let [a, b] = pair;
        pair = [
            Term::and([own.clone(), Term::or([a.clone(), b.clone()])]),
            Term::or([own, Term::and([a, b])]),
        ];
    }
    let [a, b] = pair;
    Term::and([a, Term::not(b)])
}

#[test]
fn a_script_grows_with_the_number_of_distinct_terms() {
    let text = |levels| script(&[ladder(levels)], &Header::default()).unwrap();
    let (small, large) = (text(30), text(120));
    assert!(large.terms < 5 * small.terms && small.terms > 100, "{} {}", small.terms, large.terms);
    let each = |script: &keyaki_logic::smtlib::Script| script.body.len() / script.terms;
    assert!(each(&large) < 2 * each(&small), "{} {}", each(&small), each(&large));
    // What two expressions have in common is said once.
    assert_eq!(small.body.matches("(re.union (str.to_re \"X\") (str.to_re \"x\"))").count(), 1);
    assert!(small.body.contains("(define-fun r () RegLan "), "{}", small.body);
}

#[test]
fn equal_terms_apart_are_said_once() {
    let formula = || {
        let x = var("x", Sort::String);
        let long = |text: &str| Term::eq(x.clone(), Term::string(text.repeat(60)));
        Term::or([long("a"), long("b")])
    };
    let (p, q) = (var("p", Sort::Bool), var("q", Sort::Bool));
    let apart = [Term::or([p, formula()]), Term::or([Term::not(q), formula()])];
    let script = script(&apart, &Header::default()).unwrap();
    assert_eq!(script.body.matches(&"a".repeat(60)).count(), 1, "{}", script.body);
    assert_eq!(script.terms, 10);
}

#[test]
fn the_logic_is_the_narrowest_that_has_every_symbol() {
    let (x, y) = (var("x", Sort::String), var("y", Sort::String));
    let (p, r, bits) = (var("p", Sort::Bool), var("r", Sort::Real), var("b", Sort::BitVec(8)));
    let real = Term::lt(r, Term::real(BigRational::new(1.into(), 2.into())));
    let prefix = Term::prefix_bits(bits, 4, 0x10);
    let glob = |parts: Vec<Part>| Term::matches(x.clone(), parts);
    let value = || Part::Value(y.clone());
    let starts = glob(vec![lit("a"), value(), Part::AnyString]);
    let counted = glob(vec![value(), Part::AnyChar]);
    let middle = glob(vec![lit("a"), Part::AnyString, value(), Part::AnyString, lit("(str.len")]);
    let repeated = Term::in_regex(x.clone(), Regex::repeat(Regex::range('0', '9'), 2, 12));
    let words = Term::eq(x.clone(), Term::string("(str.len x)"));
    let function = Term::eq(Term::apply(&ASCII_LOWER, x.clone()), y.clone());
    for (assertions, logic) in [
        (vec![p.clone()], "QF_UF"),
        (vec![words.clone(), p.clone()], "QF_S"),
        (vec![repeated], "QF_S"),
        (vec![starts], "QF_S"),
        (vec![counted], "QF_SLIA"),
        (vec![middle], "QF_SLIA"),
        (vec![real.clone(), p.clone()], "QF_LRA"),
        (vec![prefix.clone(), p], "QF_BV"),
        (vec![words.clone(), real], "ALL"),
        (vec![words, prefix], "ALL"),
        (vec![function], "ALL"),
    ] {
        let header = Header { logic: Logic::Narrowest, comments: Vec::new() };
        let script = script(&assertions, &header).unwrap();
        assert_eq!(script.logic, logic, "{}", script.body);
        assert!(script.preamble.contains(&format!("(set-logic {logic})")));
    }
}

#[test]
fn a_benchmark_says_what_it_is_and_nothing_that_fails() {
    let x = var("x", Sort::String);
    let equal = Term::eq(x.clone(), Term::string("a"));
    let exact = script(std::slice::from_ref(&equal), &Header::default()).unwrap();
    let applied = Term::eq(Term::apply(&ASCII_LOWER, x), Term::string("a"));
    let open = script(&[equal, applied], &Header::default()).unwrap();
    assert!(exact.exact && !open.exact);
    let model = Outcome::Satisfiable(Model::new());
    let unknown = Outcome::Unknown(Reason::Rounds(1));
    for (outcome, says, of_open) in [
        (&model, Status::Sat, Status::Sat),
        (&Outcome::Unsatisfiable, Status::Unsat, Status::Unknown),
        (&unknown, Status::Unknown, Status::Unknown),
    ] {
        let of_terms = outcome.status();
        assert_eq!((exact.status(of_terms), open.status(of_terms)), (says, of_open));
    }
    let information = Information {
        source: "of (a|b) \\ and é,\nin two lines\n".to_owned(),
        license: "say \"yes\"".to_owned(),
        status: Status::Unsat,
    };
    assert_eq!(
        exact.benchmark(&information),
        "(set-info :smt-lib-version 2.6)\n\
         (set-logic QF_S)\n\
         (set-info :source |\nof (a_b) _ and _,\nin two lines\n|)\n\
         (set-info :license \"say \"\"yes\"\"\")\n\
         (set-info :category \"industrial\")\n\
         (set-info :status unsat)\n\
         (declare-const x String)\n\
         (assert (= x \"a\"))\n\
         (check-sat)\n\
         (exit)\n"
    );
}

#[test]
fn graphs_of_any_depth_are_safe() {
    const DEPTH: usize = 100_000;
    let started = Instant::now();
    let (p, q) = (var("p", Sort::Bool), var("q", Sort::Bool));
    let mut chain = p.clone();
    for step in 0..DEPTH {
        let side = if step % 2 == 0 { &p } else { &q };
        chain = match step % 5 {
            0 => Term::and([chain, q.clone()]),
            1 => Term::not(Term::or([chain, side.clone()])),
            // Both branches are the chain itself: as a tree it has more leaves than there are
            // atoms.
            2 => Term::ite(side.clone(), Term::iff(chain.clone(), q.clone()), chain),
            3 => Term::or([Term::not(q.clone()), Term::not(chain)]),
            _ => Term::iff(Term::not(chain), p.clone()),
        };
    }
    let model: Model = [(Symbol::new("p", Sort::Bool), Value::Bool(true))].into_iter().collect();
    assert!(matches!(evaluate(&chain, &model), Value::Bool(_)));
    let text = script(std::slice::from_ref(&chain), &Header::default()).unwrap().body;
    assert!(text.contains("ite") && text.len() < 20_000_000);
    assert!(format!("{chain:?}").len() < 10_000);
    let copy = chain.clone();
    assert_eq!(copy, chain);
    drop(chain);
    drop(copy);
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "this is not linear: {:?}",
        started.elapsed()
    );
}

#[test]
fn equal_graphs_made_twice_are_equal_in_linear_time() {
    let make = || {
        let mut term = var("p", Sort::Bool);
        for step in 0..60 {
            let other = var(&format!("v{step}"), Sort::Bool);
            term = Term::and([
                Term::or([term.clone(), other.clone()]),
                Term::not(Term::and([term, other])),
            ]);
        }
        term
    };
    assert_eq!(make(), make());
    assert_eq!(make().cmp(&make()), std::cmp::Ordering::Equal);
    assert_ne!(make(), Term::not(make()));
}

#[test]
fn shared_nodes_are_evaluated_once_under_one_model() {
    let model = Model::new();
    let mut evaluation = Evaluation::new(&model);
    let mut term = var("s", Sort::String);
    for _ in 0..15 {
        term = Term::concat([term.clone(), Term::apply(&ASCII_LOWER, term)]);
    }
    assert_eq!(evaluation.value(&term), Value::String(String::new()));
}

#[test]
fn many_stars_are_matched_without_blow_up() {
    let (n, text) = (30, "a".repeat(300));
    let stars = |end: &str| {
        let pair = || [Regex::all(), Regex::literal("a")];
        Regex::concat((0..n).flat_map(|_| pair()).chain([Regex::all(), Regex::literal(end)]))
    };
    let started = Instant::now();
    assert!(!stars("b").is_match(&text));
    assert!(stars("a").is_match(&text));
    let nested = Regex::star(Regex::star(Regex::union([
        Regex::literal("a"),
        Regex::literal("aa"),
        Regex::plus(Regex::literal("a")),
    ])));
    assert!(!Regex::concat([nested, Regex::literal("b")]).is_match(&text));
    let parts: Vec<_> = (0..n)
        .flat_map(|_| [Part::AnyString, Part::Value(var("a", Sort::String))])
        .chain([Part::AnyString, lit("b")])
        .collect();
    let model: Model =
        [(Symbol::new("a", Sort::String), Value::String("a".into()))].into_iter().collect();
    assert_eq!(
        evaluate(
            &Term::matches(Term::concat([var("b", Sort::String), Term::string(&text)]), parts),
            &model
        ),
        Value::Bool(false)
    );
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "this is not polynomial: {:?}",
        started.elapsed()
    );
}

#[test]
fn answers_of_all_styles_are_read() {
    let real =
        |over: i64, under: i64| Some(Value::Real(BigRational::new(over.into(), under.into())));
    let text = |text: &str| Some(Value::String(text.to_owned()));
    let cases = [
        ("(- 5)", Sort::Real, real(-5, 1)),
        ("5.25", Sort::Real, real(21, 4)),
        ("(/ 1 3)", Sort::Real, real(1, 3)),
        ("(/ (- 1) 3)", Sort::Real, real(-1, 3)),
        ("(- (/ 1.0 3.0))", Sort::Real, real(-1, 3)),
        ("(to_real (- 2))", Sort::Real, real(-2, 1)),
        ("-1/3", Sort::Real, real(-1, 3)),
        ("(/ 1 0)", Sort::Real, None),
        ("(root-obj (+ (^ x 2) (- 2)) 1)", Sort::Real, None),
        ("#b0101", Sort::BitVec(4), Some(Value::bits(4, 5))),
        ("#xff", Sort::BitVec(8), Some(Value::bits(8, 255))),
        ("(_ bv255 8)", Sort::BitVec(8), Some(Value::bits(8, 255))),
        ("#x100", Sort::BitVec(8), None),
        ("true", Sort::Bool, Some(Value::Bool(true))),
        ("maybe", Sort::Bool, None),
        (r#""a""b""#, Sort::String, text("a\"b")),
        (r#""\u{e9}\u00e9\u{2028}""#, Sort::String, text("éé\u{2028}")),
        (r#""\u{}\u{123456}\u12\x41\""#, Sort::String, text(r"\u{}\u{123456}\u12\x41\")),
        (r#""\\u{41}""#, Sort::String, text("\\A")),
        (r#""\u{d800}""#, Sort::String, None),
        ("x", Sort::String, None),
    ];
    for (answer, sort, expected) in cases {
        assert_eq!(value(&expressions(answer)[0], sort), expected, "{answer}");
    }
}

#[test]
fn answers_without_end_are_read_without_harm() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(expressions(&nested(64)).len(), 1);
    assert_eq!(expressions_and_rest(&nested(65)), (Vec::new(), nested(65).as_str()));
    assert!(expressions(&nested(1_000_000)).is_empty());
    let real = |digits: usize| value(&Sexp::Atom("9".repeat(digits)), Sort::Real);
    assert!(real(1_000).is_some());
    assert!(real(1_100).is_none());
    assert!(real(4_000_000).is_none());
    assert!(value(&Sexp::Atom(format!("1.{}", "0".repeat(1_500))), Sort::Real).is_some());
    let quotients =
        (0..18).fold("1".to_owned(), |inner, _| format!("(/ {inner} {})", "7".repeat(90)));
    assert_eq!(value(&expressions(&quotients)[0], Sort::Real), None, "they multiply");
    // Quotients of neighbours in the Fibonacci numbers are those that differ last, part by part.
    let mut fibonacci = (BigUint::from(1_u8), BigUint::from(1_u8));
    let mut quotient = || {
        fibonacci = (fibonacci.1.clone(), &fibonacci.0 + &fibonacci.1);
        format!("{}/{}", fibonacci.1, fibonacci.0)
    };
    let neighbours: Vec<_> = (0..2_446).map(|_| quotient()).collect();
    let [one, other] = [&neighbours[2_443], &neighbours[2_444]]
        .map(|text| value(&Sexp::Atom(text.clone()), Sort::Real).unwrap());
    assert!(neighbours[2_444].len() > 1_020 && one != other && (one < other) != (other < one));
    for (text, rest) in [
        ("a b ; c", ""),
        ("a (b", "(b"),
        ("a )b", ")b"),
        ("a \"b", "\"b"),
        ("(a) \n", ""),
        ("a (b) |c", "|c"),
    ] {
        assert_eq!(expressions_and_rest(text).1, rest, "{text}");
    }
}

#[test]
fn expressions_that_are_cut_off_are_dropped() {
    let atom = |text: &str| Sexp::Atom(text.to_owned());
    assert_eq!(expressions("sat ; comment (\n((|a b| (x"), [atom("sat")]);
    assert_eq!(
        expressions("(|a b| \"(\" c)d)"),
        [Sexp::List(vec![atom("a b"), Sexp::Text("(".into()), atom("c")]), atom("d")]
    );
    assert_eq!(expressions("unsat \"never closed"), [atom("unsat")]);
    assert_eq!(expressions(""), []);
    assert_eq!(expressions(&"(".repeat(100_000)), []);
}
