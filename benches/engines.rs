//! Random pairs of AWS's managed policies, compared by several engines in one run: how long each
//! takes, and whether they agree.
//!
//! `benches/README.md` says how to run this and what it gave. The policies are fetched by
//! `benches/managed-policies.sh`. `KEYAKI_PAIRS` is how many pairs are drawn, 50 unless set;
//! `KEYAKI_ENGINES` the engines, `finite z3 smtlib:cvc5` unless set, those that are not there left
//! out; `KEYAKI_TIMEOUT` the seconds of one question, 10 unless set; `KEYAKI_REQUESTS` is `any`
//! unless it is `feasible`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench may fail loudly, and prints what it measured"
)]

mod support;

use keyaki::compare::{self, Found};
use keyaki::layers::Policies;
use keyaki::query::{Requests, Solver};
use keyaki::world::World;
use keyaki_engines::engine::{Limits, from_spec};
use std::collections::BTreeMap;
use std::env;
use std::time::{Duration, Instant};
use support::{Random, identity, setting};

/// What one engine took for one pair, and what it said of each direction.
struct Run {
    time: Duration,
    said: [Option<bool>; 2],
}

fn main() {
    let Some(paths) = support::managed() else {
        println!("engines: there are no policies; run `sh benches/managed-policies.sh`");
        return;
    };
    let text = |name: &str, usual: &str| env::var(name).unwrap_or_else(|_| usual.to_owned());
    let count = usize::try_from(setting("KEYAKI_PAIRS", 50)).unwrap();
    let limits = Limits::timeout(Duration::from_secs(setting("KEYAKI_TIMEOUT", 10)));
    let requests = if text("KEYAKI_REQUESTS", "any") == "feasible" {
        Requests::Feasible(World::embedded().unwrap())
    } else {
        Requests::Any
    };
    let engines: Vec<String> =
        text("KEYAKI_ENGINES", "finite z3 smtlib:cvc5").split(' ').map(str::to_owned).collect();
    let solvers: Vec<(String, Solver)> = engines
        .into_iter()
        .filter(|spec| is_there(spec))
        .map(|spec| (spec.clone(), Solver::single(from_spec(&spec).unwrap())))
        .collect();
    let mut random = Random::new();
    let mut draw = || paths.get(random.below(paths.len())).unwrap();
    let mut runs: BTreeMap<String, Vec<Run>> = BTreeMap::new();
    for _ in 0..count {
        let (old, new) = (draw(), draw());
        let (before, after) = (identity(old), identity(new));
        let own: Vec<Run> = solvers
            .iter()
            .map(|(_, solver)| run(&before, &after, requests, solver, &limits))
            .collect();
        for direction in [0, 1] {
            let mut said = own.iter().filter_map(|run| *run.said.get(direction)?);
            let first = said.next();
            assert!(
                said.all(|other| Some(other) == first),
                "the engines disagree about {} and {}",
                old.display(),
                new.display()
            );
        }
        for ((name, _), run) in solvers.iter().zip(own) {
            runs.entry(name.clone()).or_default().push(run);
        }
    }
    print(&runs, count, requests);
}

fn is_there(spec: &str) -> bool {
    match spec.strip_prefix("smtlib:") {
        Some(command) => env::split_paths(&env::var_os("PATH").unwrap_or_default())
            .any(|path| path.join(command).is_file()),
        None => from_spec(spec).is_ok(),
    }
}

fn run(
    old: &Policies,
    new: &Policies,
    requests: Requests<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Run {
    let started = Instant::now();
    let comparison = compare::compare(old, new, None, requests, None, solver, limits).unwrap();
    let said = [&comparison.added, &comparison.removed].map(|found| match found {
        Found::Nothing => Some(false),
        Found::Difference(_) => Some(true),
        Found::NotAsked | Found::Unknown(_) => None,
    });
    Run { time: started.elapsed(), said }
}

fn print(runs: &BTreeMap<String, Vec<Run>>, count: usize, requests: Requests<'_>) {
    println!(
        "{count} random pairs of managed policies, both directions, --requests {}",
        requests.word()
    );
    println!("{:14} {:>12} {:>12} {:>12} {:>8}", "engine", "median", "99th", "slowest", "unknown");
    for (name, runs) in runs {
        let mut times: Vec<Duration> = runs.iter().map(|run| run.time).collect();
        times.sort();
        let at = |share: usize| {
            times.get(((times.len() - 1) * share).div_ceil(100)).copied().unwrap_or_default()
        };
        let unknown = runs.iter().filter(|run| run.said.contains(&None)).count();
        println!("{name:14} {:>12.3?} {:>12.3?} {:>12.3?} {unknown:>8}", at(50), at(99), at(100));
    }
    if let Some(own) = runs.get("finite") {
        for (name, runs) in runs.iter().filter(|(name, _)| *name != "finite") {
            let median = |runs: &mut Vec<f64>| {
                runs.sort_by(f64::total_cmp);
                runs.get(runs.len() / 2).copied().unwrap_or_default()
            };
            let mut ratios: Vec<f64> = own
                .iter()
                .zip(runs)
                .map(|(own, other)| other.time.as_secs_f64() / own.time.as_secs_f64())
                .collect();
            let slower = ratios.iter().filter(|ratio| **ratio < 1.0).count();
            println!(
                "finite against {name}: {:.0} times faster at the median of the pairs, {slower} pairs slower",
                median(&mut ratios)
            );
        }
    }
}
