//! Unknown is never "no": where an engine does not know one of the questions that an answer comes
//! from, the answer stays as it is or becomes unknown. It never becomes another one, and never
//! rests on less than it does.
//!
//! The engine answers as `finite` does, but at one question, from one question on, or wherever
//! there is a model or none. For every claim of `proofs/obligations`, every silence is tried; of
//! claims with many questions some, and all with `KEYAKI_UNKNOWN=all`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::unknowing::{Memory, Silence, asking, limits, thorough};
use keyaki::claims::{self, Checked, Claim, Loader, Outcome, Subject};
use keyaki::compare::{self, Comparison, Found, Relation};
use keyaki::estate::Estate;
use keyaki::estates;
use keyaki::importers::{File, import};
use keyaki::layers::{NamedPolicy, NotPrincipalReading, Policies};
use keyaki::matrix::{Matrix, Member, matrix};
use keyaki::policy::Kind;
use keyaki::policy::read::{ReadOptions, read};
use keyaki::query::{
    Answer, CallAnswer, CallQuery, CallVerdict, Obstacle, Obstacles, PathAnswer, Query, Requests,
    RestsOn, Solver,
};
use keyaki::semantics::{self, Decision};
use keyaki::source::Source;
use keyaki::world::{Assumptions, World};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn text(path: &Path) -> std::io::Result<Source> {
    std::fs::read_to_string(path).map(|text| Source::new(path.display().to_string(), text))
}

/// The estate in folders.
fn estate(folders: &[PathBuf]) -> std::io::Result<Estate> {
    let mut files = Vec::new();
    let mut left: Vec<PathBuf> = folders.to_vec();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(std::fs::read_dir(path)?.map(|entry| entry.unwrap().path()));
        } else {
            files.push(File { path: path.display().to_string(), source: text(&path)? });
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(import(&files, None, &ReadOptions::default()).unwrap().estate)
}

/// The claims of every file.
fn obligations() -> Vec<Claim<'static>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/obligations");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let options = ReadOptions { lenient_sids: true, ..ReadOptions::default() };
    let mut loader =
        Loader::new(World::embedded().unwrap(), options, NotPrincipalReading::AnyEntry, &text)
            .with_estates(&estate);
    let mut claims = Vec::new();
    for file in files {
        let read = loader.claims(&file);
        assert!(read.errors.is_empty(), "{:?}", read.errors);
        claims.extend(read.claims);
    }
    claims
}

/// The same question with these model choices assumed.
fn assuming(requests: Requests<'_>, assumptions: Assumptions) -> Requests<'_> {
    match requests {
        Requests::Feasible(world) => Requests::Feasible(World { assumptions, ..world }),
        Requests::Any => Requests::Any,
    }
}

/// One claim, with what is known of it.
struct Case {
    claim: Claim<'static>,
    memory: Arc<Memory>,
    /// Whether the claim has the verdict that it has, as far as there is no request, under some
    /// choices alone.
    enough: BTreeMap<Assumptions, bool>,
}

impl Case {
    fn check(&self, silence: Silence) -> (Checked, usize) {
        asking(&self.memory, silence, |solver| {
            claims::check(&self.claim, solver, &limits()).unwrap()
        })
    }

    /// What a verdict that comes of there being no request rests on.
    fn rests_rightly(&mut self, true_one: &RestsOn, found: &RestsOn, verdict: Outcome, case: &str) {
        if !found.undecided {
            assert_eq!(found, true_one, "{case}");
            return;
        }
        let assumptions =
            found.choices.iter().fold(Assumptions::none(), |all, choice| all.with(*choice));
        if let Some(enough) = self.enough.get(&assumptions) {
            assert!(enough, "{case}: {found:?}");
            return;
        }
        let usual = self.claim.requests;
        self.claim.requests = assuming(usual, assumptions);
        let enough = self.check(Silence::Never).0.outcome == verdict;
        self.claim.requests = usual;
        self.enough.insert(assumptions, enough);
        assert!(enough, "{case}: {found:?}");
    }

    /// Tries every silence; of how many the verdict was unknown.
    fn run(&mut self) -> usize {
        let (full, asked) = self.check(Silence::Never);
        assert_ne!(full.outcome, Outcome::Unknown, "{}: {:?}", self.claim.name, full.reason);
        let mut unknown = 0;
        for silence in Silence::all(asked) {
            let case = format!("{}, {silence:?} of {asked}", self.claim.name);
            let (found, _) = self.check(silence);
            if found.outcome == Outcome::Unknown {
                assert!(
                    found.reason.is_some() && found.witness.is_none() && found.call.is_none(),
                    "{case}"
                );
                unknown += 1;
                continue;
            }
            assert_eq!(found.outcome, full.outcome, "{case}");
            assert_eq!(shown(&found), shown(&full), "{case}");
            if shown(&found) {
                self.confirm(&found, &case);
            } else {
                self.rests_rightly(&full.rests_on, &found.rests_on, full.outcome, &case);
            }
        }
        unknown
    }

    /// A request that is shown answers the question, whatever was unknown before it was found.
    fn confirm(&self, found: &Checked, case: &str) {
        let holds = |query: &Query<'_>| query.holds(&found.witness.as_ref().unwrap().request);
        let requests = self.claim.requests;
        let confirmed = match &self.claim.subject {
            Subject::Shape { shape, policies, .. } => {
                holds(&about(policies, Some(shape), requests))
            }
            Subject::Pair { old, new, equivalent, .. } => {
                holds(&compare::difference(new, old, requests))
                    || *equivalent && holds(&compare::difference(old, new, requests))
            }
            Subject::Estate(of) => {
                let request = &found.witness.as_ref().unwrap().request;
                let set = estates::layers(&of.estate, request).unwrap();
                semantics::decide(&set, request).decision == Decision::Allowed
            }
            Subject::Call { policies, role, .. } => {
                found.call.as_ref().unwrap().steps.iter().all(|step| {
                    let set = if step.who == keyaki::calls::Who::Caller {
                        policies
                    } else {
                        role.as_ref().unwrap()
                    };
                    semantics::decide(set, &step.witness.request).decision == Decision::Allowed
                })
            }
        };
        assert!(confirmed, "{case}");
    }
}

/// Whether a request or a call shows the verdict.
fn shown(checked: &Checked) -> bool {
    checked.witness.is_some() || checked.call.is_some()
}

fn about<'a>(
    policies: &'a Policies,
    shape: Option<&'a keyaki::shape::Shape>,
    requests: Requests<'a>,
) -> Query<'a> {
    Query {
        shape,
        within: &[],
        unlike: &[],
        allowed_by: vec![policies],
        refused_by: Vec::new(),
        requests,
    }
}

/// Each claim with a memory of its own, on all cores; the sum of what is counted.
fn each(wanted: impl Fn(&Claim<'_>) -> bool, count: impl Fn(Case) -> usize + Sync) -> usize {
    let claims: Vec<Claim<'static>> =
        obligations().into_iter().filter(|claim| wanted(claim)).collect();
    let case = |claim| Case { claim, memory: Arc::default(), enough: BTreeMap::new() };
    claims.into_par_iter().map(|claim| count(case(claim))).sum()
}

#[test]
fn no_verdict_changes_but_to_unknown() {
    let unknown = each(|_| true, |mut case| case.run());
    assert!(unknown > 300, "{unknown}");
}

/// Each direction of a comparison by itself.
#[test]
fn no_direction_changes_but_to_unknown() {
    let unknown = each(
        |claim| matches!(claim.subject, Subject::Pair { .. }),
        |case| {
            let Subject::Pair { old, new, .. } = &case.claim.subject else { return 0 };
            let ask = |silence| {
                asking(&case.memory, silence, |solver| {
                    compare_both(old, new, case.claim.requests, solver)
                })
            };
            let (full, asked) = ask(Silence::Never);
            let mut unknown = 0;
            for silence in Silence::all(asked) {
                let (found, name) = (ask(silence).0, format!("{}, {silence:?}", case.claim.name));
                let sides = [
                    (&full.added, &found.added, [new, old]),
                    (&full.removed, &found.removed, [old, new]),
                ];
                for (full, found, [allows, refuses]) in sides {
                    match (full, found) {
                        (_, Found::Unknown(_)) => unknown += 1,
                        (Found::Nothing, Found::Nothing) => {}
                        (Found::Difference(_), Found::Difference(one)) => {
                            assert!(
                                compare::difference(allows, refuses, case.claim.requests)
                                    .holds(&one.witness.request),
                                "{name}"
                            );
                        }
                        other => panic!("{name}: {other:?}"),
                    }
                }
                let open = [&found.added, &found.removed]
                    .iter()
                    .any(|side| matches!(side, Found::Unknown(_)));
                let relation = if open { Some(Relation::Unknown) } else { full.relation() };
                assert_eq!(found.relation(), relation, "{name}");
                assert_eq!(found.unknown().is_some(), open, "{name}");
            }
            unknown
        },
    );
    assert!(unknown > 20, "{unknown}");
}

fn compare_both(
    old: &Policies,
    new: &Policies,
    requests: Requests<'_>,
    solver: &Solver,
) -> Comparison {
    compare::compare(old, new, None, requests, None, solver, &limits()).unwrap()
}

/// Each path of a call by itself, and the call as its paths say.
#[test]
fn no_path_of_a_call_changes_but_to_unknown() {
    let unknown = each(
        |claim| matches!(claim.subject, Subject::Call { .. }),
        |case| {
            let Subject::Call { call, policies, role, filters, .. } = &case.claim.subject else {
                return 0;
            };
            // What it rests on is the subject of another test, and costs the most.
            let requests = assuming(case.claim.requests, Assumptions::none());
            let query = CallQuery {
                call,
                policies,
                role: role.as_deref(),
                shape: None,
                filters,
                spots: &[],
                requests,
            };
            let ask = |silence| {
                asking(&case.memory, silence, |solver| query.ask(solver, &limits()).unwrap())
            };
            let (full, asked) = ask(Silence::Never);
            let mut unknown = 0;
            for silence in Silence::all(asked) {
                let (found, name) = (ask(silence).0, format!("{}, {silence:?}", case.claim.name));
                unknown += same_paths(&full, &found, &name);
            }
            unknown
        },
    );
    assert!(unknown > 50, "{unknown}");
}

/// How many paths became unknown.
fn same_paths(full: &CallVerdict, found: &CallVerdict, case: &str) -> usize {
    let answer = |path: &PathAnswer| matches!(path, PathAnswer::Unknown(_));
    let unknown = found.paths.iter().filter(|path| answer(&path.answer)).count();
    // After a path that was allowed no more is asked, unless that one is unknown now.
    for (before, now) in full.paths.iter().zip(&found.paths) {
        assert!(
            before == now || before.path == now.path && answer(&now.answer),
            "{case}: {before:?}, {now:?}"
        );
    }
    match &found.answer {
        CallAnswer::Unknown(reason) => {
            let first = found.paths.iter().find(|path| answer(&path.answer));
            assert!(
                first
                    .is_none_or(|path| reason.to_string().starts_with(&format!("{}: ", path.path))),
                "{case}: {reason}"
            );
        }
        CallAnswer::No => assert!(
            unknown == 0 && matches!(full.answer, CallAnswer::No),
            "{case}: {:?}",
            found.paths
        ),
        CallAnswer::Yes(_) => {
            assert!(unknown > 0 || matches!(full.answer, CallAnswer::Yes(_)), "{case}")
        }
    }
    unknown
}

/// Reasons for a "no": a layer is named only where a request shows it, and is unknown where it
/// would have been named.
#[test]
fn no_reason_appears_or_vanishes() {
    let unknown = each(
        |claim| matches!(claim.subject, Subject::Shape { .. }),
        |case| {
            let Subject::Shape { shape, policies, .. } = &case.claim.subject else { return 0 };
            let query = about(policies, Some(shape), case.claim.requests);
            if !matches!(
                asking(&case.memory, Silence::Never, |solver| query
                    .answer(solver, &limits())
                    .unwrap())
                .0,
                Answer::No
            ) {
                return 0;
            }
            let ask = |silence| {
                asking(&case.memory, silence, |solver| query.obstacles(solver, &limits()).unwrap())
            };
            let (full, asked) = ask(Silence::Never);
            assert!(full.unknown.is_empty());
            same_obstacles(&full, &full, policies, &case.claim.name);
            let mut unknown = 0;
            for silence in Silence::all(asked) {
                let found = ask(silence).0;
                same_obstacles(
                    &full,
                    &found,
                    policies,
                    &format!("{}, {silence:?}", case.claim.name),
                );
                unknown += found.unknown.len();
            }
            unknown + same_beyond(&case, &query)
        },
    );
    assert!(unknown > 100, "{unknown}");
}

fn same_obstacles(full: &Obstacles, found: &Obstacles, policies: &Policies, case: &str) {
    let layers = |one: &Obstacle| one.refusals.iter().map(|one| one.layer).collect::<Vec<_>>();
    let named = |obstacles: &Obstacles| obstacles.found.iter().flat_map(layers).collect::<Vec<_>>();
    let (before, now) = (named(full), named(found));
    assert!(
        before.iter().all(|layer| now.contains(layer) || found.unknown.contains(layer)),
        "{case}: {before:?}, {now:?}"
    );
    // Layers that grant are asked where none that limits is found.
    let further = before.iter().any(|layer| found.unknown.contains(layer));
    assert!(
        further || now.iter().all(|layer| before.contains(layer)),
        "{case}: {before:?}, {now:?}"
    );
    let refused = |request| semantics::decide(policies, request).decision != Decision::Allowed;
    assert!(found.found.iter().all(|one| refused(&one.request)), "{case}");
}

/// A request that cannot exist may be missing, and never comes up where there is none; how many are
/// missing.
fn same_beyond(case: &Case, query: &Query<'_>) -> usize {
    let any = Query { requests: Requests::Any, ..query.clone() };
    let ask =
        |silence| asking(&case.memory, silence, |solver| query.beyond(solver, &limits()).unwrap());
    let (full, asked) = ask(Silence::Never);
    let mut missing = 0;
    for silence in Silence::all(asked) {
        match (&full, ask(silence).0) {
            (Some(_), Some(found)) => {
                assert!(any.holds(&found.witness.request), "{}, {silence:?}", case.claim.name);
                assert!(
                    !found.violations.is_empty(),
                    "{}, {silence:?}: {}",
                    case.claim.name,
                    found.witness.request.to_json()
                );
            }
            (None, Some(_)) => panic!("{}, {silence:?}: a request beyond appears", case.claim.name),
            (Some(_), None) => missing += 1,
            (None, None) => {}
        }
    }
    missing
}

/// Pairs of a library: contained or not, as without the silence, or unknown.
#[test]
fn no_pair_of_a_matrix_changes_but_to_unknown() {
    let names = ["S1-P1", "S1-P2", "S2-P1", "S3-P02", "S3-P21", "S3-P25"];
    let members: Vec<Member> = names.iter().flat_map(|name| with_less(name)).collect();
    // Rows are decided at once where there are threads for them; on one, questions come in one
    // order.
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for requests in [Requests::Any, Requests::Feasible(World::embedded().unwrap())] {
        let memory = Arc::default();
        let ask = |silence| {
            one.install(|| {
                asking(&memory, silence, |solver| {
                    matrix(&members, requests, solver, &limits(), &|| ()).unwrap()
                })
            })
        };
        let (full, asked) = ask(Silence::Never);
        assert_eq!(full.unknown(), 0);
        let step = if thorough() { 1 } else { asked.div_ceil(10) };
        let numbers = (1..=asked)
            .step_by(step)
            .flat_map(|number| [Silence::At(number), Silence::From(number)]);
        let mut unknown = 0;
        for silence in numbers.chain([Silence::Models, Silence::Refutations]) {
            let found = ask(silence).0;
            same_pairs(&full, &found, &format!("{}, {silence:?}", requests.word()));
            unknown += found.unknown();
        }
        println!("{}: {asked} questions, {unknown} unknown pairs", requests.word());
        assert!(unknown > 100, "{unknown}");
    }
}

fn same_pairs(full: &Matrix, found: &Matrix, case: &str) {
    for (number, (full, found)) in full.rows.iter().zip(&found.rows).enumerate() {
        let open = |other: &usize| found.unknown.iter().any(|(unknown, _)| unknown == other);
        assert!(
            found.contained_in.iter().all(|other| full.contained_in.contains(other)),
            "{case}, {number}: {found:?}, {full:?}"
        );
        assert!(
            full.contained_in.iter().all(|other| found.contained_in.contains(other) || open(other)),
            "{case}, {number}: {found:?}"
        );
        assert!(!found.contained_in.iter().any(open), "{case}, {number}");
    }
}

/// A seed policy, and the same without its last statement.
fn with_less(name: &str) -> Vec<Member> {
    let path = format!("{}/proofs/policies/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let whole: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut less = whole.clone();
    let several = less["Statement"]
        .as_array_mut()
        .filter(|statements| statements.len() > 1)
        .is_some_and(|list| list.pop().is_some());
    let member = |id: &str, document: &serde_json::Value| {
        let options = ReadOptions { lenient_sids: true, ..ReadOptions::default() };
        let policy =
            read(&Source::new(id, document.to_string()), Kind::Identity, &options).policy.unwrap();
        Member::new(id.to_owned(), NamedPolicy::new(id.to_owned(), policy))
    };
    let less = several.then(|| member(&format!("{name}-less"), &less));
    std::iter::once(member(name, &whole)).chain(less).collect()
}
