//! How long it takes to read, evaluate, encode and decide the seed policies. `benches/README.md`
//! says how to run this and what it gave.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    missing_docs,
    reason = "a bench may fail loudly and says what it leaves out, and criterion's macros write functions"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use keyaki::compare;
use keyaki::input;
use keyaki::json;
use keyaki::layers::{NamedPolicy, Policies};
use keyaki::policy::{Kind, Policy, read};
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::request::{self, Request};
use keyaki::semantics;
use keyaki::shape::Shape;
use keyaki::source::Source;
use keyaki::world::World;
use keyaki_engines::engine::{Limits, from_spec};
use std::hint::black_box;
use std::path::Path;

/// The seed policies that are identity-based, with their texts.
const IDENTITY: &[&str] = &[
    "S0-P2", "S0-P3", "S0-P5", "S1-P1", "S1-P2", "S2-P1", "S2-P2", "S3-P02", "S3-P04", "S3-P06",
    "S3-P07", "S3-P09", "S3-P10", "S3-P11", "S3-P12", "S3-P13", "S3-P14", "S3-P15", "S3-P16",
    "S3-P17", "S3-P19", "S3-P21", "S3-P24", "S3-P25", "S3-P26", "S3-P27", "S3-P28", "S3-P29",
];

fn source(id: &str) -> Source {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/policies").join(format!("{id}.json"));
    Source::new(id, std::fs::read_to_string(path).unwrap())
}

fn read(source: &Source) -> Policy {
    let options = read::ReadOptions { lenient_sids: true, ..Default::default() };
    read::read(source, Kind::Identity, &options).policy.unwrap()
}

fn set(id: &str) -> Policies {
    Policies::identity(vec![NamedPolicy::new(id.to_owned(), read(&source(id)))])
}

fn request() -> Request {
    let text = r#"{"principal": "arn:aws:iam::111122223333:user/dev", "action": "bedrock:InvokeModel",
        "resource": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-haiku-20241022-v1:0", "context": {}}"#;
    request::read(&Source::new("request", text), &json::Limits::default()).request.unwrap()
}

/// Pairs with an answer of each kind: narrower, wider, equivalent, incomparable.
const PAIRS: &[(&str, &str)] =
    &[("S1-P2", "S3-P17"), ("S2-P1", "S2-P2"), ("S3-P04", "S3-P29"), ("S1-P1", "S3-P16")];

fn solver_free(criterion: &mut Criterion) {
    let sources: Vec<Source> = IDENTITY.iter().map(|id| source(id)).collect();
    let bytes: usize = sources.iter().map(|source| source.text().len()).sum();
    criterion.bench_function(&format!("read 28 policies, {bytes} bytes"), |bencher| {
        bencher.iter(|| sources.iter().map(|source| read(source).statements.len()).sum::<usize>())
    });
    let (sets, request) = (IDENTITY.iter().map(|id| set(id)).collect::<Vec<_>>(), request());
    criterion.bench_function("evaluate one request under 28 policies", |bencher| {
        bencher.iter(|| {
            sets.iter()
                .filter(|set| {
                    semantics::decide(set, black_box(&request)).decision
                        == semantics::Decision::Allowed
                })
                .count()
        })
    });
    for (old, new) in PAIRS {
        let (before, after) = (set(old), set(new));
        let query =
            compare::difference(&after, &before, Requests::Feasible(World::embedded().unwrap()));
        criterion.bench_function(&format!("encode {new} minus {old}"), |bencher| {
            bencher.iter(|| query.encode().unwrap().assertions.len())
        });
    }
    let (shape, policies) = (set("S3-P16"), set("S3-P16"));
    let query = Query {
        within: &[],
        unlike: &[],
        allowed_by: vec![&shape, &policies],
        refused_by: Vec::new(),
        shape: None,
        requests: Requests::Feasible(World::embedded().unwrap()),
    };
    criterion.bench_function("print the script of a query", |bencher| {
        bencher.iter(|| query.script().unwrap().to_string().len())
    });
}

/// One role with an identity-based policy, a boundary and two SCP levels, and the bucket of another
/// account: `papers/walkthrough.md`.
fn walkthrough() -> Policies {
    let document = |name: &str, kind: Kind| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/walkthrough").join(name);
        let source = Source::new(name, std::fs::read_to_string(path).unwrap());
        let policy = read::read(&source, kind, &read::ReadOptions::default()).policy.unwrap();
        NamedPolicy::new(name.to_owned(), policy)
    };
    Policies {
        boundary: Some(document("boundary.json", Kind::Boundary)),
        resource: Some(document("bucket.json", Kind::Resource)),
        scp: ["scp-root.json", "scp-workloads.json"]
            .map(|name| vec![document(name, Kind::Scp)])
            .to_vec(),
        ..Policies::identity(vec![document("identity.json", Kind::Identity)])
    }
}

/// What the walk-through asks: may the role do this?
fn question(action: &str) -> Shape {
    let text = format!(
        r#"{{"Action": "{action}", "Principal": "arn:aws:iam::111122223333:role/analytics"}}"#
    );
    let (source, options) = (Source::new("shape", text), read::ReadOptions::default());
    let value = input::parse(&source, &options).unwrap();
    input::shape(&value, &source, &options, "statement").unwrap().value
}

fn whole_decision(criterion: &mut Criterion) {
    let (set, shape, mut request) = (walkthrough(), question("s3:GetObject"), request());
    request.action = "s3:GetObject".to_owned();
    request.resource = "arn:aws:s3:::partner-exports/shared/report.csv".to_owned();
    request.resource_account = Some("444455556666".to_owned());
    let query = Query {
        shape: Some(&shape),
        within: &[],
        unlike: &[],
        allowed_by: vec![&set],
        refused_by: Vec::new(),
        requests: Requests::Feasible(World::embedded().unwrap()),
    };
    let mut group = criterion.benchmark_group("whole decision");
    group.bench_function("evaluate", |bencher| {
        bencher.iter(|| semantics::decide(&set, black_box(&request)).decision)
    });
    group.bench_function("explain", |bencher| {
        bencher.iter(|| semantics::explain(&set, black_box(&request)).statements.len())
    });
    group.bench_function("encode", |bencher| {
        bencher.iter(|| query.encode().unwrap().assertions.len())
    });
    group.finish();
}

/// Z3, where it can be asked.
fn z3() -> Option<Solver> {
    match from_spec("z3") {
        Ok(engine) => Some(Solver::single(engine)),
        Err(error) => {
            eprintln!("left out: {error}");
            None
        }
    }
}

fn whole_decision_with_z3(criterion: &mut Criterion) {
    let Some(solver) = z3() else { return };
    let set = walkthrough();
    let mut group = criterion.benchmark_group("whole decision, z3");
    group.sample_size(10);
    for (action, expected) in [("s3:GetObject", true), ("kms:Decrypt", false)] {
        let shape = question(action);
        let query = Query {
            shape: Some(&shape),
            within: &[],
            unlike: &[],
            allowed_by: vec![&set],
            refused_by: Vec::new(),
            requests: Requests::Feasible(World::embedded().unwrap()),
        };
        let yes =
            || matches!(query.ask(&solver, &Limits::default()).unwrap().answer, Answer::Yes(_));
        assert_eq!(yes(), expected, "{action}");
        group.bench_function(format!("can {action}"), |bencher| bencher.iter(yes));
    }
    group.finish();
}

fn with_z3(criterion: &mut Criterion) {
    let Some(solver) = z3() else { return };
    let mut group = criterion.benchmark_group("z3");
    group.sample_size(10);
    for (old, new) in PAIRS {
        let (before, after) = (set(old), set(new));
        for requests in [Requests::Any, Requests::Feasible(World::embedded().unwrap())] {
            group.bench_function(format!("compare {old} {new}, {}", requests.word()), |bencher| {
                bencher.iter(|| {
                    compare::compare(
                        &before,
                        &after,
                        None,
                        requests,
                        None,
                        &solver,
                        &Limits::default(),
                    )
                    .unwrap()
                    .relation()
                })
            });
        }
    }
    group.finish();
}

criterion_group!(benches, solver_free, whole_decision, with_z3, whole_decision_with_z3);
criterion_main!(benches);
