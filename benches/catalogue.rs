//! How long the service catalogue takes to load, and how long it takes from the start to an engine.
//! `benches/README.md` says how to run this and what it gave.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench may fail loudly, and criterion's macros write functions"
)]

use criterion::{Criterion, criterion_group, criterion_main};
use keyaki::catalogue::Catalogue;
use keyaki::input;
use keyaki::policy::Kind;
use keyaki::policy::read::ReadOptions;
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::source::Source;
use keyaki::world::World;
use keyaki_engines::engine::{Engine, Limits, Outcome};
use keyaki_logic::term::Term;
use std::hint::black_box;
use std::process::Command;

static FILE: &[u8] = include_bytes!("../src/iam/catalogue/services.bin");

fn open() -> Catalogue {
    Catalogue::from_bytes(black_box(FILE)).unwrap()
}

fn load(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(format!("catalogue, {} bytes", FILE.len()));
    group.bench_function("the index", |bencher| bencher.iter(|| open().summaries().len()));
    for (name, prefix) in
        [("a service of middle size, bedrock", "bedrock"), ("the largest service, ec2", "ec2")]
    {
        group.bench_function(format!("the index and {name}"), |bencher| {
            bencher.iter(|| open().service(prefix).unwrap().unwrap().actions.len())
        });
    }
    group.sample_size(10);
    group.bench_function("all services", |bencher| {
        bencher
            .iter(|| open().services().map(|service| service.unwrap().actions.len()).sum::<usize>())
    });
    let catalogue = open();
    catalogue.service("bedrock").unwrap();
    group.bench_function("find an action in a loaded service", |bencher| {
        bencher.iter(|| catalogue.action(black_box("bedrock:InvokeModel")).unwrap().is_some())
    });
    group.finish();
}

/// An engine that says "no" at once: what is measured is everything else.
#[derive(Debug)]
struct Refuting;

impl Engine for Refuting {
    fn name(&self) -> String {
        "refuting".to_owned()
    }

    fn decide(&self, _: &[Term], _: &Limits) -> Outcome {
        Outcome::Unsatisfiable
    }
}

/// A question up to the engine: the policy is read, the index and the service that it names are
/// unpacked, every case is made.
fn start(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("from the start to the engine");
    let solver = Solver::single(Box::new(Refuting));
    for id in ["S0-P3", "S1-P1", "S3-P11"] {
        let path = format!("{}/proofs/policies/{id}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        group.bench_function(id, |bencher| {
            bencher.iter(|| {
                let catalogue = open();
                let source = Source::new("policy.json", text.as_str());
                let set = input::policies_text(&source, &ReadOptions::default(), Kind::Identity)
                    .unwrap()
                    .value;
                let requests = Requests::Feasible(World::new(&catalogue));
                let query = Query {
                    shape: None,
                    within: &[],
                    unlike: &[],
                    allowed_by: vec![&set],
                    refused_by: Vec::new(),
                    requests,
                };
                matches!(query.answer(&solver, &Limits::default()).unwrap(), Answer::No)
            });
        });
    }
    let process = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_keyaki")).args(arguments).output().unwrap().status.code()
    };
    group.bench_function("the process alone: --version", |bencher| {
        bencher.iter(|| process(&["--version"]))
    });
    group.finish();
    let mut group = criterion.benchmark_group("a question as a process");
    for id in ["S0-P3", "S1-P1", "S3-P11"] {
        let path = format!("{}/proofs/policies/{id}.json", env!("CARGO_MANIFEST_DIR"));
        let question = ["can", &path, "--action", "bedrock:InvokeModel"];
        assert_ne!(process(&question), Some(2), "{id}");
        group.bench_function(id, |bencher| bencher.iter(|| process(&question)));
    }
    group.finish();
}

criterion_group!(benches, load, start);
criterion_main!(benches);
