//! Claims files, and the checking of what they claim.

use crate::holds::{lenient, told};
use keyaki::calls::Calls;
use keyaki::claims::{self, Claim, ClaimText, Expectation, Kind as ClaimKind, LayerPaths, Outcome, PolicyPaths, Subject};
use keyaki::diagnostic::{Diagnostic, Severity};
use keyaki::environment::{NamedPolicy, Policies};
use keyaki::input;
use keyaki::policy::Kind;
use keyaki::query::{CallQuery, Filter, Requests, Solver, find_call};
use keyaki::source::{Source, Span};
use keyaki_encodings::engine::{Finite, Limits};
use std::ops::Range;

/// How many claims of a file are checked.
const CHECKED: usize = 2;

/// Policies that stand for the files that a claim names.
const POLICIES: [&str; 4] = [
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}}"#,
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}"#,
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}"#,
];

/// The place of what is wrong is in the text; of each claim that can be checked, the opposite is not found, too.
pub fn run(bytes: &[u8]) {
    let Ok(source) = Source::from_bytes("fuzz", bytes) else { return };
    let file = match claims::parse(source.text()) {
        Ok(file) => file,
        Err((message, span)) => return refused(&source, message, span.unwrap_or_default()),
    };
    for claim in &file.claims {
        assert!(source.text().get(claim.span()).is_some(), "{:?}", claim.span());
    }
    file.claims.into_iter().take(CHECKED).for_each(|claim| checked(claim.into_inner()));
}

fn refused(source: &Source, message: String, span: Range<usize>) {
    let span = Span { start: span.start, end: span.end };
    let message = message.replace('\n', " ");
    let (source, route) = (source.clone(), String::new());
    let finding = Diagnostic { code: "invalid-claim", severity: Severity::Error, message, source, span, route, help: None };
    told(&finding.source.clone(), &[finding]);
}

/// A claim and its opposite are not both found to hold, nor both to be violated; two sets that are equivalent allow nothing new.
fn checked(text: ClaimText) {
    let Some(subject) = subject(&text) else { return };
    let opposite = opposite(&subject);
    assert_eq!(subject.kind().word().is_empty(), opposite.kind().word().is_empty());
    let [one, other] = [subject, opposite].map(|subject| outcome(subject, &text));
    let decided = |outcome: Outcome| outcome != Outcome::Unknown;
    match text.claim {
        ClaimKind::Never | ClaimKind::Some => assert!(!decided(one) || !decided(other) || one != other, "{one:?}"),
        ClaimKind::Equivalent => assert!((one, other) != (Outcome::Holds, Outcome::Violated)),
        ClaimKind::NoNewAccess => assert!((one, other) != (Outcome::Violated, Outcome::Holds)),
    }
}

fn outcome(subject: Subject, text: &ClaimText) -> Outcome {
    let (file, name, why) = ("fuzz".to_owned(), text.name.clone(), text.why.clone());
    let claim = Claim { file, name, subject, requests: Requests::Any, expect: text.expect, why };
    let asserted = claim.subject.kind();
    let limits = Limits { rounds: 4, effort: Some(20_000), ..Limits::default() };
    match claims::check(&claim, &Solver::single(Box::new(Finite::new())), &limits) {
        Ok(checked) => {
            assert!(checked.outcome != Outcome::Unknown || checked.reason.is_some());
            assert!(!checked.as_expected(Expectation::Holds) || !checked.as_expected(Expectation::Violated));
            let found = checked.witness.is_some() || checked.call.is_some();
            match (asserted, checked.outcome) {
                (_, Outcome::Unknown) => {}
                (ClaimKind::Some, outcome) => assert_eq!(found, outcome == Outcome::Holds),
                (ClaimKind::Never | ClaimKind::Equivalent | ClaimKind::NoNewAccess, outcome) => {
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

/// What is asserted, where the claim has what it needs.
fn subject(text: &ClaimText) -> Option<Subject> {
    let some = text.claim == ClaimKind::Some;
    if let (Some(old), Some(new)) = (&text.old, &text.new) {
        let [old, new] = [set(old)?, set(new)?].map(Box::new);
        return Some(Subject::Pair { equivalent: text.claim == ClaimKind::Equivalent, old, new });
    }
    let policies = Box::new(set(text.policies.as_ref()?)?);
    if let Some(name) = &text.call {
        let call = find_call(Calls::embedded().ok()?, name).ok()?;
        let filters = text.filters.iter().map(|filter| Filter::parse(filter)).collect::<Result<Vec<_>, _>>().ok()?;
        let role = text.service_role.as_ref().and_then(|paths| named(paths, Kind::Identity));
        let role = role.map(|role| Box::new(CallQuery::service_role(role, &policies)));
        let query = CallQuery { call, policies: &policies, role: role.as_deref(), shape: None, filters: &filters, requests: Requests::Any };
        query.check().ok()?;
        return Some(Subject::Call { some, call, filters, policies, role });
    }
    let statement = text.statement.as_ref().map_or("{}".to_owned(), ToString::to_string);
    let source = Source::new("statement", statement);
    let value = input::parse(&source, &lenient()).ok()?;
    let shape = input::shape(&value, &source, &lenient(), "statement");
    Some(Subject::Shape { some, shape: Box::new(shape.ok()?.value), policies })
}

fn opposite(subject: &Subject) -> Subject {
    match subject {
        Subject::Shape { some, shape, policies } => Subject::Shape { some: !some, shape: shape.clone(), policies: policies.clone() },
        Subject::Call { some, call, filters, policies, role } => {
            Subject::Call { some: !some, call, filters: filters.clone(), policies: policies.clone(), role: role.clone() }
        }
        Subject::Pair { equivalent, old, new } => Subject::Pair { equivalent: !equivalent, old: old.clone(), new: new.clone() },
    }
}

/// The policies that stand for these paths; the number of the policy is that of the path's letters.
fn set(paths: &PolicyPaths) -> Option<Policies> {
    let LayerPaths { identity, boundary, session, resource: _, scp, rcp: _, endpoint } = match paths {
        PolicyPaths::Identity(paths) => return Some(Policies::identity(named(paths, Kind::Identity)?)),
        PolicyPaths::Layers(layers) => layers,
    };
    Some(Policies {
        identity: identity.as_ref().and_then(|paths| named(paths, Kind::Identity)),
        boundary: named(boundary.as_slice(), Kind::Boundary)?.pop(),
        session: named(session, Kind::Session)?,
        scp: scp.iter().map(|level| named(level, Kind::Scp)).collect::<Option<_>>()?,
        endpoint: named(endpoint, Kind::Identity)?,
        ..Policies::default()
    })
}

fn named(paths: &[String], kind: Kind) -> Option<Vec<NamedPolicy>> {
    let one = |path: &String| {
        let source = Source::new("policy", *POLICIES.get(path.len() % POLICIES.len())?);
        input::document(&source, &lenient(), kind).ok().map(|loaded| loaded.value)
    };
    paths.iter().take(3).map(one).collect()
}
