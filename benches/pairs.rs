//! How long one whole comparison takes inside a program: reading both documents, both directions,
//! the requests that are shown and their confirmation.
//!
//! Reads pairs of files from standard input, `OLD<tab>NEW` on each line, and prints a line of JSON
//! for each: what was said of both directions about `any` request (`null` where unknown), and the
//! seconds of CPU, at the median of the rounds, about `any` and about `feasible` ones. A round asks
//! about every pair, `alone` with a `Keyaki` that is new, and `in_turn` with one that the round has
//! asked about the pairs before. `KEYAKI_ROUNDS` is how many rounds there are, 9 unless set.
//! `benches/peers/solvers.py` runs this. It needs Linux.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench may fail loudly, and prints what it measured"
)]

mod support;

use keyaki::compare::Found;
use keyaki::{Comparison, Keyaki, policies};
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use std::borrow::Borrow;
use std::fs;
use std::io;
use std::time::Duration;
use support::setting;

/// That of the command.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A file and its text.
type Document = (String, String);

/// A pair, and what was found out about it.
struct Pair {
    old: Document,
    new: Document,
    said: [Option<bool>; 2],
    alone: Seconds,
    in_turn: Seconds,
}

/// Of each round, about any request and about feasible ones.
#[derive(Default)]
struct Seconds {
    any: Vec<f64>,
    feasible: Vec<f64>,
}

fn main() {
    let document = |path: &str| (path.to_owned(), fs::read_to_string(path).unwrap());
    let mut pairs: Vec<Pair> = io::stdin()
        .lines()
        .map(|line| {
            let line = line.unwrap();
            let (old, new) = line.split_once('\t').unwrap();
            let (alone, in_turn) = (Seconds::default(), Seconds::default());
            Pair { old: document(old), new: document(new), said: [None; 2], alone, in_turn }
        })
        .collect();
    for _ in 0..setting("KEYAKI_ROUNDS", 9) {
        let (kept_any, kept_feasible) = (any(), feasible());
        for Pair { old, new, said, alone, in_turn } in &mut pairs {
            let (seconds, compared) = timed(old, new, any);
            *said = [&compared.added, &compared.removed].map(verdict);
            alone.any.push(seconds);
            alone.feasible.push(timed(old, new, feasible).0);
            in_turn.any.push(timed(old, new, || &kept_any).0);
            in_turn.feasible.push(timed(old, new, || &kept_feasible).0);
        }
    }
    for Pair { old, new, said: [added, removed], alone, in_turn } in pairs {
        let told =
            |Seconds { any, feasible }| json!({"any": median(any), "feasible": median(feasible)});
        let answer = json!({
            "old": old.0,
            "new": new.0,
            "added": added,
            "removed": removed,
            "alone": told(alone),
            "in_turn": told(in_turn),
        });
        println!("{answer}");
    }
}

fn any() -> Keyaki {
    feasible().any_requests()
}

fn feasible() -> Keyaki {
    Keyaki::new().allow_vacuous()
}

fn timed<K: Borrow<Keyaki>>(
    old: &Document,
    new: &Document,
    keyaki: impl FnOnce() -> K,
) -> (f64, Comparison) {
    let before = cpu_seconds();
    let [old, new] = [old, new].map(|(path, text)| policies(path, text).unwrap());
    let compared = keyaki().borrow().compare(&old, &new).unwrap();
    (cpu_seconds() - before, compared)
}

/// The CPU time of this thread: what others do on the machine counts less.
fn cpu_seconds() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(now).unwrap().as_secs_f64()
}

fn verdict(found: &Found) -> Option<bool> {
    match found {
        Found::Nothing => Some(false),
        Found::Difference(_) => Some(true),
        Found::NotAsked | Found::Unknown(_) => None,
    }
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap()
}
