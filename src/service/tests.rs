//! What answers say: one that is unknown never passes for "nothing found", and never hides what was
//! found.

use super::batch::told;
use super::{Answer, Failed, Line, Says, Told};
use keyaki_iam::layers::Policies;
use keyaki_iam::request::{Principal, Request};
use keyaki_iam::shape::About;
use keyaki_iam::source::{Source, Span};
use keyaki_questions::claims::{Checked, Claim, Expectation, Outcome, Subject, Vacuity};
use keyaki_questions::compare::{Comparison, Difference, Found};
use keyaki_questions::lint::{Report, Undecided};
use keyaki_questions::matrix::{Containment, Matrix};
use keyaki_questions::query::{Account, CallError, QueryError, Requests, RestsOn, Witness};
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
        vacuity: Vacuity::Refused,
        why: String::new(),
    };
    let checked = |outcome| Checked {
        outcome,
        witness: None,
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
    assert_eq!(Says::of_lint(&Report::default()), Nothing);
    assert_eq!(Says::of_lint(&Report { undecided: vec![undecided], ..Report::default() }), Unknown);
}

/// What the lines of a batch say together, each of which says this itself.
fn batch(answers: &[Says]) -> Says {
    let lines: Vec<io::Result<Line>> =
        (0..answers.len()).map(|number| Ok(Line { number, bytes: None })).collect();
    let answer = |line: Line| Told { pieces: Vec::new(), says: answers[line.number] };
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
