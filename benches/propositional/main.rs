//! The questions of random pairs of managed policies and of the obligations, with the propositional
//! side of the engine `finite` by batsat, by Z3 and by decision diagrams, in one run: how long each
//! takes, how many it gives up, and whether they agree.
//!
//! `benches/README.md` says how to run this and what it gave. `KEYAKI_PAIRS` is how many pairs of
//! the policies that `benches/managed-policies.sh` fetched are drawn, 200 unless set;
//! `KEYAKI_TIMEOUT` the seconds of one question, 5 unless set.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench may fail loudly, and prints what it measured"
)]

mod diagrams;
#[path = "../support/mod.rs"]
mod support;

use keyaki::claims::{self, ClaimText, Kind as ClaimKind, PolicyPaths};
use keyaki::compare;
use keyaki::input;
use keyaki::layers::Policies;
use keyaki::policy::read::ReadOptions;
use keyaki::query::{Query, Requests, Solver};
use keyaki::source::Source;
use keyaki::world::World;
use keyaki_engines::engine::finite::Finite;
use keyaki_engines::engine::{Engine, Limits, Outcome, from_spec};
use keyaki_logic::term::Term;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{Random, identity, setting};

/// What each engine took for one question, and whether it answered.
type Row = Vec<(Duration, bool)>;

/// Asks a solver some questions, and says of how many things they were.
type Questions = fn(&Solver, &Limits) -> usize;

/// Asks several engines each question, and answers with the first one.
struct Beside {
    engines: Arc<Vec<Box<dyn Engine>>>,
    rows: Arc<Mutex<Vec<Row>>>,
}

impl Engine for Beside {
    fn name(&self) -> String {
        "beside".to_owned()
    }

    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        let mut row = Row::new();
        let mut outcomes = Vec::new();
        for engine in self.engines.iter() {
            let started = Instant::now();
            let outcome = engine.decide(assertions, limits);
            row.push((started.elapsed(), !matches!(outcome, Outcome::Unknown(_))));
            outcomes.push(outcome);
        }
        let said = |wanted: fn(&Outcome) -> bool| outcomes.iter().any(wanted);
        let contradiction = said(|one| matches!(one, Outcome::Satisfiable(_)))
            && said(|one| *one == Outcome::Unsatisfiable);
        assert!(!contradiction, "the engines disagree about {assertions:?}");
        self.rows.lock().unwrap().push(row);
        outcomes.swap_remove(0)
    }
}

fn main() {
    let limits = Limits::timeout(Duration::from_secs(setting("KEYAKI_TIMEOUT", 5)));
    let mut engines = vec![from_spec("finite").unwrap()];
    engines.extend(from_spec("z3-finite"));
    engines.push(Box::new(Finite::with_search("diagrams", diagrams::diagrams)));
    let engines = Arc::new(engines);
    let questions: [(&str, Questions); 2] = [
        ("random pairs of managed policies", managed),
        ("claims of proofs/obligations", obligations),
    ];
    for (what, ask) in questions {
        let rows = Arc::new(Mutex::new(Vec::new()));
        let solver = Solver::single(Box::new(Beside {
            engines: Arc::clone(&engines),
            rows: Arc::clone(&rows),
        }));
        let count = ask(&solver, &limits);
        print(&format!("{count} {what}"), &engines, &rows.lock().unwrap());
    }
}

fn print(what: &str, engines: &[Box<dyn Engine>], rows: &[Row]) {
    println!("{what}: {} questions", rows.len());
    println!("{:10} {:>12} {:>12} {:>12} {:>8}", "by", "median", "99th", "total", "given up");
    for (at, engine) in engines.iter().enumerate() {
        let mut times: Vec<Duration> = rows.iter().map(|row| row[at].0).collect();
        times.sort();
        let share = |share: usize| {
            times
                .get((times.len().saturating_sub(1) * share).div_ceil(100))
                .copied()
                .unwrap_or_default()
        };
        let given_up = rows.iter().filter(|row| !row[at].1).count();
        println!(
            "{:10} {:>12.3?} {:>12.3?} {:>12.3?} {given_up:>8}",
            engine.name(),
            share(50),
            share(99),
            times.iter().sum::<Duration>()
        );
    }
}

/// Compares random pairs, under `--requests any`; how many.
fn managed(solver: &Solver, limits: &Limits) -> usize {
    let Some(paths) = support::managed() else { return 0 };
    let mut random = Random::new();
    let mut draw = || identity(&paths[random.below(paths.len())]);
    let count = usize::try_from(setting("KEYAKI_PAIRS", 200)).unwrap();
    for _ in 0..count {
        compare::compare(&draw(), &draw(), None, Requests::Any, None, solver, limits).unwrap();
    }
    count
}

/// Asks the claims about identity-based policies, about calls and other layers not; how many.
fn obligations(solver: &Solver, limits: &Limits) -> usize {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("proofs/obligations");
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let claims =
        files.iter().flat_map(|file| claims::parse(&fs::read_to_string(file).unwrap()).claims);
    claims.filter(|claim| claim_about(&folder, claim.get_ref(), solver, limits).is_some()).count()
}

fn claim_about(folder: &Path, claim: &ClaimText, solver: &Solver, limits: &Limits) -> Option<()> {
    let set = |paths: &Option<PolicyPaths>| match paths {
        Some(PolicyPaths::Identity(paths)) if claim.call.is_none() => {
            let named = paths
                .iter()
                .flat_map(|path| identity(&folder.join(path)).identity.unwrap_or_default());
            Some(Policies::identity(named.collect()))
        }
        _ => None,
    };
    let requests = claim.requests.about(World::embedded().unwrap());
    if let ClaimKind::Equivalent | ClaimKind::NoNewAccess = claim.claim {
        compare::compare(
            &set(&claim.old)?,
            &set(&claim.new)?,
            None,
            requests,
            None,
            solver,
            limits,
        )
        .unwrap();
        return Some(());
    }
    let policies = set(&claim.policies)?;
    let source = Source::new(
        "statement",
        claim.statement.clone().unwrap_or_else(|| serde_json::json!({})).to_string(),
    );
    let value = input::parse(&source, &ReadOptions::default()).unwrap();
    let shape = input::shape(&value, &source, &ReadOptions::default(), "statement").unwrap().value;
    let query = Query {
        shape: Some(&shape),
        within: &[],
        unlike: &[],
        allowed_by: vec![&policies],
        refused_by: Vec::new(),
        requests,
    };
    query.ask(solver, limits).unwrap();
    Some(())
}
