//! Claims files, and the checking of what they claim.

use crate::holds::{lenient, rejected, told};
use keyaki::catalogue::Catalogue;
use keyaki::claims::{self, Claim, Expectation, Kind, LoadError, Loader, Outcome, Subject};
use keyaki::layers::NotPrincipalReading;
use keyaki::query::{Requests, Solver};
use keyaki::source::Source;
use keyaki::world::{Assumptions, World};
use keyaki_engines::engine::{Finite, Limits};
use std::convert::Infallible;
use std::path::Path;

/// How many claims of a file are checked.
const CHECKED: usize = 2;

/// The claims file.
const FILE: &str = "claims.toml";

/// Policies that stand for the files that a claim names.
const POLICIES: [&str; 4] = [
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}}"#,
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}"#,
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}"#,
];

/// What is wrong has a place in the text; of each claim that can be checked, the opposite is not
/// found, too.
pub fn run(bytes: &[u8]) {
    let Ok(source) = Source::from_bytes(FILE, bytes) else { return };
    let file = claims::parse(source.text());
    assert!(file.claims.iter().all(|claim| source.text().get(claim.span()).is_some()));
    assert!(file.errors.iter().all(|error| source.text().get(error.span.clone()).is_some()));
    let Ok(catalogue) = Catalogue::embedded() else {
        panic!("the catalogue that Keyaki carries is read")
    };
    let world = World {
        catalogue,
        assumptions: Assumptions::all(),
        unknown_actions: false,
        unknown_keys: false,
        partitions: None,
    };
    let text = |path: &Path| Ok::<_, Infallible>(file_at(path, &source));
    let read =
        Loader::new(world, lenient(), NotPrincipalReading::AnyEntry, &text).claims(Path::new(FILE));
    assert!(!read.claims.is_empty() || !read.errors.is_empty(), "a file without claims is told");
    for error in read.errors {
        match error {
            LoadError::Rejected(findings) => match findings.first() {
                Some(first) => {
                    rejected(&first.source, &findings);
                    told(&first.source, &findings);
                }
                None => panic!("nothing is wrong, and still a claim is not read"),
            },
            LoadError::Text(never, _) => match never {},
            LoadError::Calls(error) => panic!("{error}"),
            LoadError::Catalogue(error) => panic!("{error}"),
            LoadError::Again => {}
        }
    }
    read.claims.into_iter().take(CHECKED).for_each(checked);
}

/// The claims file, and for each other path a policy, by the number of its letters.
fn file_at(path: &Path, claims: &Source) -> Source {
    if path == Path::new(FILE) {
        return claims.clone();
    }
    let policy = POLICIES.get(path.as_os_str().len() % POLICIES.len()).copied().unwrap_or_default();
    Source::new("policy.json", policy)
}

/// A claim and its opposite are not both found to hold, nor both to be violated; two sets that are
/// equivalent allow nothing new.
fn checked(claim: Claim<'_>) {
    // The opposite of a claim over some values is one over every value.
    let claim = Claim { requests: Requests::Any, values: None, ..claim };
    let asserted = claim.subject.kind();
    let one = outcome(&claim);
    let other = outcome(&Claim { subject: opposite(&claim.subject), ..claim });
    let decided = |outcome: Outcome| outcome != Outcome::Unknown;
    match asserted {
        Kind::Never | Kind::Some => {
            assert!(!decided(one) || !decided(other) || one != other, "{one:?}")
        }
        Kind::Equivalent => assert!((one, other) != (Outcome::Holds, Outcome::Violated)),
        Kind::NoNewAccess => assert!((one, other) != (Outcome::Violated, Outcome::Holds)),
        Kind::Only | Kind::Nobody | Kind::EverybodyIn => panic!("{NO_ESTATES}"),
    }
}

fn outcome(claim: &Claim<'_>) -> Outcome {
    let asserted = claim.subject.kind();
    let limits = Limits { rounds: 4, effort: Some(20_000), ..Limits::default() };
    match claims::check(claim, &Solver::single(Box::new(Finite::new())), &limits) {
        Ok(checked) => {
            assert!(checked.outcome != Outcome::Unknown || checked.reason.is_some());
            let expected = |expect| {
                let claim = Claim {
                    values: None,
                    source: claim.source.clone(),
                    span: claim.span,
                    name: claim.name.clone(),
                    subject: opposite(&opposite(&claim.subject)),
                    requests: claim.requests,
                    expect,
                    vacuity: claim.vacuity,
                    why: claim.why.clone(),
                };
                claim.is_as_expected(&checked)
            };
            assert!(!expected(Expectation::Holds) || !expected(Expectation::Violated));
            let found = checked.witness.is_some() || checked.call.is_some();
            match (asserted, checked.outcome) {
                (_, Outcome::Unknown) => {}
                (Kind::Some, outcome) => assert_eq!(found, outcome == Outcome::Holds),
                (Kind::Only | Kind::Nobody | Kind::EverybodyIn, _) => panic!("{NO_ESTATES}"),
                (Kind::Never | Kind::Equivalent | Kind::NoNewAccess, outcome) => {
                    assert_eq!(found, outcome == Outcome::Violated);
                }
            }
            checked.outcome
        }
        Err(error) => {
            assert!(!error.to_string().contains("internal"), "{error}");
            Outcome::Unknown
        }
    }
}

/// The loader is given no way to estates.
const NO_ESTATES: &str = "claims about estates are not read here";

fn opposite(subject: &Subject) -> Subject {
    match subject {
        Subject::Estate(_) => panic!("{NO_ESTATES}"),
        Subject::Shape { some, shape, policies } => {
            Subject::Shape { some: !some, shape: shape.clone(), policies: policies.clone() }
        }
        Subject::Call { some, call, filters, shape, policies, role } => {
            let (filters, shape) = (filters.clone(), shape.clone());
            Subject::Call {
                some: !some,
                call: call.clone(),
                filters,
                shape,
                policies: policies.clone(),
                role: role.clone(),
            }
        }
        Subject::Pair { equivalent, old, new, shape } => Subject::Pair {
            equivalent: !equivalent,
            old: old.clone(),
            new: new.clone(),
            shape: shape.clone(),
        },
    }
}
