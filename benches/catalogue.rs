//! How long the service catalogue takes to load. `benches/README.md` says how to run this and what it gave.

#![allow(clippy::unwrap_used, missing_docs, reason = "a bench may fail loudly, and criterion's macros write functions")]

use criterion::{Criterion, criterion_group, criterion_main};
use keyaki::catalogue::Catalogue;
use std::hint::black_box;

static FILE: &[u8] = include_bytes!("../src/catalogue/services.bin");

fn open() -> Catalogue {
    Catalogue::from_bytes(black_box(FILE)).unwrap()
}

fn load(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(format!("catalogue, {} bytes", FILE.len()));
    group.bench_function("the index", |bencher| bencher.iter(|| open().summaries().len()));
    for (name, prefix) in [("a service of middle size, bedrock", "bedrock"), ("the largest service, ec2", "ec2")] {
        group.bench_function(format!("the index and {name}"), |bencher| {
            bencher.iter(|| open().service(prefix).unwrap().unwrap().actions.len())
        });
    }
    group.sample_size(10);
    group.bench_function("all services", |bencher| {
        bencher.iter(|| open().services().map(|service| service.unwrap().actions.len()).sum::<usize>())
    });
    let catalogue = open();
    catalogue.service("bedrock").unwrap();
    group.bench_function("find an action in a loaded service", |bencher| {
        bencher.iter(|| catalogue.action(black_box("bedrock:InvokeModel")).unwrap().is_some())
    });
    group.finish();
}

criterion_group!(benches, load);
criterion_main!(benches);
