//! What answers say: one that is unknown never passes for "nothing found", and never hides what was
//! found.

use super::batch::told;
use super::{
    Answer, FailOn, Failed, Form, Line, Lint, Piece, Question, Says, Service, Told, Untold,
};
use keyaki_engines::engine::{self, Limits};
use keyaki_iam::catalogue::Catalogue;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::request::{Principal, Request};
use keyaki_iam::shape::About;
use keyaki_iam::source::{Source, Span};
use keyaki_iam::world::{Assumptions, World};
use keyaki_questions::claims::{Checked, Claim, Expectation, Outcome, Subject, Vacuity};
use keyaki_questions::compare::{Comparison, Difference, Found};
use keyaki_questions::lint::{self, Document, MOST_QUERIES, Report, Undecided};
use keyaki_questions::matrix::{Containment, Matrix};
use keyaki_questions::query::{Account, CallError, QueryError, Requests, RestsOn, Solver, Witness};
use keyaki_questions::unknown::Unknown as Reason;
use std::collections::BTreeMap;
use std::io;

use Says::{Found as FoundIt, Internal, Nothing, Unknown, Unreadable, Vacuous};

/// What a list of answers comes to: found, else unknown, else nothing.
fn of_all(answers: &[Says]) -> Says {
    [FoundIt, Unknown].into_iter().find(|worst| answers.contains(worst)).unwrap_or(Nothing)
}

/// Every list of up to three answers.
fn lists() -> Vec<Vec<Says>> {
    let mut lists = vec![Vec::new()];
    for length in 0..3 {
        let longest: Vec<Vec<Says>> =
            lists.iter().filter(|list| list.len() == length).cloned().collect();
        let longer = |list: &Vec<Says>| {
            [Nothing, FoundIt, Unknown].map(|answer| [list.as_slice(), &[answer]].concat())
        };
        lists.extend(longest.iter().flat_map(longer));
    }
    lists
}

#[test]
fn found_outweighs_unknown_and_unknown_outweighs_nothing() {
    for answers in lists() {
        assert_eq!(
            answers.iter().copied().fold(Nothing, Says::max),
            of_all(&answers),
            "{answers:?}"
        );
    }
}

fn claim(expect: Expectation) -> Claim<'static> {
    Claim {
        source: Source::new("claims.toml", ""),
        span: Span::default(),
        name: "claim".to_owned(),
        subject: Subject::Pair {
            equivalent: true,
            old: Box::default(),
            new: Box::default(),
            shape: None,
        },
        values: None,
        requests: Requests::Any,
        expect,
        vacuity: Vacuity::Refused,
        why: None,
    }
}

#[test]
fn a_table_of_claims_ends_with_its_worst_verdict() {
    let checked = |outcome| Checked {
        outcome,
        witness: None,
        who: Vec::new(),
        call: None,
        reason: None,
        rests_on: RestsOn::default(),
        vacuous: None,
        caveats: Vec::new(),
        about: About::default(),
    };
    for expect in [Expectation::Holds, Expectation::Violated] {
        let (good, bad) = match expect {
            Expectation::Holds => (Outcome::Holds, Outcome::Violated),
            Expectation::Violated => (Outcome::Violated, Outcome::Holds),
        };
        for answers in lists() {
            let of = |answer: &Says| match answer {
                FoundIt => bad,
                Unknown => Outcome::Unknown,
                Nothing | Vacuous | Unreadable | Internal => good,
            };
            let claims: Vec<Claim<'_>> = answers.iter().map(|_| claim(expect)).collect();
            let verdicts = || answers.iter().map(|answer| Ok(checked(of(answer)))).collect();
            let mut answer = Answer::Check { claims: &claims, checked: verdicts() };
            assert_eq!(answer.says(), of_all(&answers), "{expect:?} {answers:?}");
            let Answer::Check { checked, .. } = &mut answer else { unreachable!() };
            if let Some(last) = checked.last_mut() {
                let error = QueryError::Call(CallError::NotAFilter(String::new()));
                *last = Err(Failed { error, message: "engines disagree".to_owned() });
                assert_eq!(answer.says(), Internal, "{expect:?} {answers:?}");
            }
        }
    }
}

#[test]
fn a_matrix_ends_with_its_worst_pair() {
    let pair = |answer: Says, other: usize| match answer {
        Nothing => Containment { contained_in: vec![other], unknown: Vec::new() },
        Unknown => Containment { contained_in: Vec::new(), unknown: vec![(other, Reason::NoPath)] },
        FoundIt | Vacuous | Unreadable | Internal => Containment::default(),
    };
    for answers in lists().into_iter().filter(|answers| answers.len() == 2) {
        let matrix =
            Matrix { rows: vec![pair(answers[0], 1), pair(answers[1], 0)], ..Matrix::default() };
        assert_eq!(Says::of_matrix(&matrix), of_all(&answers), "{answers:?}");
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
    let side = |answer: Says| match answer {
        Nothing => Found::Nothing,
        Unknown => Found::Unknown(Reason::NoPath),
        FoundIt | Vacuous | Unreadable | Internal => {
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
        assert_eq!(Says::of_comparison(&comparison), of_all(&answers), "{answers:?}");
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
            assert_eq!(Says::of_comparison(&half), answers[0], "{answers:?} {swapped}");
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
    assert_eq!(Says::of_lint(&Report::default(), FailOn::Never), Nothing);
    let report = Report { undecided: vec![undecided], ..Report::default() };
    assert_eq!(Says::of_lint(&report, FailOn::Never), Unknown);
}

/// What the lines of a batch say together, each of which says this itself.
fn batch(answers: &[Says]) -> Says {
    let lines: Vec<io::Result<Line>> =
        (0..answers.len()).map(|number| Ok(Line { number, bytes: None })).collect();
    let answer = |line: Line| Told { says: answers[line.number], ..Told::default() };
    let mut met = Vec::new();
    let says = told(lines.into_iter(), 2, &answer, |told, _| -> Result<(), ()> {
        met.push(told.unwrap().says);
        Ok(())
    });
    assert_eq!(met, answers);
    says.unwrap()
}

#[test]
fn a_batch_ends_with_its_worst_line() {
    for answers in lists() {
        assert_eq!(batch(&answers), of_all(&answers), "{answers:?}");
        for wrong in [Unreadable, Internal] {
            assert_eq!(batch(&[answers.as_slice(), &[wrong]].concat()), wrong, "{answers:?}");
            assert_eq!(batch(&[&[wrong], answers.as_slice()].concat()), wrong, "{answers:?}");
        }
    }
    // A question that says nothing outweighs one without an answer, and nothing else.
    assert_eq!(batch(&[Vacuous, Unknown, Nothing]), Vacuous);
    assert_eq!(batch(&[Vacuous, FoundIt]), FoundIt);
}

/// Whoever is told in parts is told the same as whoever waits.
#[test]
fn claims_and_findings_are_told_in_parts() {
    let policy = |name: &str, resource: &str| {
        let statement =
            format!(r#"{{"Effect": "Allow", "Action": "s3:Get", "Resource": "{resource}"}}"#);
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        Document::read(&Source::new(name, text), Kind::Identity, &ReadOptions::default()).unwrap()
    };
    let world = World {
        catalogue: Catalogue::embedded().unwrap(),
        assumptions: Assumptions::all(),
        unknown_actions: false,
        unknown_keys: false,
        partitions: None,
    };
    let other = |claim: Claim<'static>| Claim { source: Source::new("other.toml", ""), ..claim };
    let [holds, violated] = [Expectation::Holds, Expectation::Violated].map(claim);
    let questions = [
        Question::Check(vec![holds, other(violated)]),
        Question::Lint(Lint {
            documents: vec![policy("a.json", "*"), policy("b.json", "arn:aws:s3:::b/*")],
            rules: lint::rules().iter().collect(),
            world,
            account: None,
            of_project: false,
            together: false,
            most_queries: MOST_QUERIES,
        }),
    ];
    for threads in [1, 3] {
        let solver = Solver::single(engine::finite());
        let requests = Requests::Feasible(world);
        let service = Service { threads, ..Service::new(solver, Limits::default(), requests) };
        for (question, form) in
            questions.iter().flat_map(|question| [(question, Form::Text), (question, Form::Json)])
        {
            let mut parts = Vec::new();
            let says = service.tell(question, form, |told, _| -> Result<(), ()> {
                parts.push(told.pieces);
                Ok(())
            });
            // Two claims or two policies, each alone.
            assert!(parts.len() >= 2 && parts.iter().take(2).all(|part| !part.is_empty()));
            let answer = service.ask(question).unwrap();
            let whole = service.told(&answer, form);
            assert_eq!((says.unwrap(), whole.says), (FoundIt, FoundIt));
            let pieces: Vec<Piece> = parts.into_iter().flatten().collect();
            match form {
                Form::Json => assert_eq!(pieces, whole.pieces),
                Form::Text => {
                    let texts = pieces.iter().map(|piece| match piece {
                        Piece::Text(text) => text.as_str(),
                        Piece::Json(_) | Piece::Internal(_) | Piece::Note(_) => panic!("{piece:?}"),
                    });
                    assert_eq!(whole.pieces, [Piece::Text(texts.collect())]);
                }
            }
            // The first error ends it.
            let mut told = 0;
            let stopped = service.tell(question, form, |_, _| {
                told += 1;
                Err(told)
            });
            assert!(matches!(stopped, Err(Untold::Stopped(1))) && told == 1);
        }
    }
}
