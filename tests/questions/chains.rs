//! Chains of roles, against every concrete chain of small estates.
//!
//! What a chain can do is tried out here with requests of a finite universe, step by step, with the
//! session that each step leaves: the evaluator decides, and nothing of the questions takes part.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support;
use crate::support::generate::{Rng, chance, rng};
use keyaki::layers::{NotPrincipalReading, Policies};
use keyaki::query::{Requests, Solver};
use keyaki::world::World;
use keyaki_engines::engine::{Limits, from_spec};
use keyaki_evaluator::semantics::{Decision, decide};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::Estate;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::source::Source;
use keyaki_importers::{File, import};
use keyaki_questions::estates::{Asking, Chains, Goal, Paths, Wanted};
use rand::RngExt;
use rand::seq::IndexedRandom;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];

fn statement(effect: &str, action: &Value) -> Map<String, Value> {
    let mut made = Map::new();
    made.insert("Effect".to_owned(), json!(effect));
    made.insert("Action".to_owned(), action.clone());
    made
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// An estate as a test describes it.
#[derive(Default, Clone)]
struct Described {
    /// By ARN: identity-based policies, tag `team`.
    users: BTreeMap<String, (Vec<Value>, Option<&'static str>)>,
    /// By ARN: the trust policy, identity-based policies, tag `team`.
    roles: BTreeMap<String, (Value, Vec<Value>, Option<&'static str>)>,
    /// By account.
    scps: BTreeMap<String, Value>,
    boundaries: BTreeMap<String, Value>,
}

fn role(name: &str, account: usize) -> String {
    format!("arn:aws:iam::{}:role/{name}", ACCOUNTS[account])
}

fn user(name: &str, account: usize) -> String {
    format!("arn:aws:iam::{}:user/{name}", ACCOUNTS[account])
}

fn account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap()
}

fn name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap()
}

impl Described {
    fn with_user(mut self, arn: &str, policies: &[Value]) -> Self {
        self.users.insert(arn.to_owned(), (vec![document(policies)], None));
        self
    }

    fn with_role(mut self, arn: &str, trust: &[Value], policies: &[Value]) -> Self {
        let role = (document(trust), vec![document(policies)], None);
        self.roles.insert(arn.to_owned(), role);
        self
    }

    fn estate(&self) -> Estate {
        let named = |name: &str, document: &Value| json!({"name": name, "document": document});
        let tags = |team: &Option<&str>| match team {
            Some(team) => json!({"team": team}),
            None => json!({}),
        };
        let principal = |arn: &String, policies: &[Value], team: &Option<&str>| {
            let policies: Vec<Value> = policies.iter().map(|one| named("own", one)).collect();
            let mut made = json!({"arn": arn, "policies": policies, "tags": tags(team)});
            if let Some(boundary) = self.boundaries.get(arn) {
                made["boundary"] = named("boundary", boundary);
            }
            made
        };
        let users: Vec<Value> = self
            .users
            .iter()
            .map(|(arn, (policies, team))| principal(arn, policies, team))
            .collect();
        let roles: Vec<Value> = self
            .roles
            .iter()
            .map(|(arn, (trust, policies, team))| {
                let mut made = principal(arn, policies, team);
                made["trust"] = named("trust", trust);
                made
            })
            .collect();
        let all = json!({"name": "all", "document": document(&[allow("*", "*")])});
        let members = ACCOUNTS.map(|account| {
            let mut scps = vec![all.clone()];
            scps.extend(self.scps.get(account).map(|scp| named("scp", scp)));
            (account.to_owned(), json!({"unit": "r-root", "scps": scps}))
        });
        let known = ACCOUNTS
            .map(|account| (account.to_owned(), json!({"principals": true, "resources": true})));
        let text = json!({
            "keyaki": "estate", "version": 1, "accounts": Map::from_iter(known),
            "organization": {
                "id": "o-abcdefghij", "scps": true, "rcps": false,
                "units": [{"id": "r-root", "scps": [all]}], "members": Map::from_iter(members),
            },
            "users": users, "roles": roles,
        });
        let source = Source::new("estate.json", text.to_string());
        let files = [File { path: "estate.json".to_owned(), source }];
        import(&files, None, &ReadOptions::default())
            .unwrap_or_else(|findings| panic!("{text}\n{findings:?}"))
            .estate
    }

    /// What decides when somebody asks for a role.
    fn layers(&self, from: &str, to: &str) -> Policies {
        let identity = self
            .users
            .get(from)
            .map(|(policies, _)| policies)
            .or_else(|| self.roles.get(from).map(|(_, policies, _)| policies))
            .unwrap();
        let mut own = vec![document(&[allow("*", "*")])];
        own.extend(self.scps.get(account(from)).cloned());
        let mut set = json!({
            "identity": identity, "resource": self.roles[to].0,
            "scp": [[document(&[allow("*", "*")])], own],
        });
        if let Some(boundary) = self.boundaries.get(from) {
            set["boundary"] = boundary.clone();
        }
        support::policy_set(&set)
    }
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn trusting(principal: &str, action: &Value, condition: Option<Value>) -> Value {
    let mut made = statement("Allow", action);
    let principal = if principal == "*" { json!("*") } else { json!({"AWS": principal}) };
    made.insert("Principal".to_owned(), principal);
    made.extend(condition.map(|condition| ("Condition".to_owned(), condition)));
    Value::Object(made)
}

/// What a session has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Session {
    who: String,
    mfa: bool,
    team: Option<String>,
    source: Option<String>,
}

/// What a call passes.
#[derive(Debug, Clone)]
struct Call {
    mfa: bool,
    external: bool,
    /// The key of a tag, and its value.
    tag: Option<(&'static str, &'static str)>,
    source: Option<&'static str>,
}

fn calls(session: &Session, is_user: bool) -> Vec<Call> {
    let mut calls = Vec::new();
    let tags = [None, Some(("team", "a")), Some(("team", "b")), Some(("team", "c")), Some(("other", "a"))];
    let sources = [None, Some("alice"), Some("bob")];
    for mfa in [false, true] {
        // A user chooses; a session has what it has.
        if !is_user && mfa != session.mfa {
            continue;
        }
        for external in [false, true] {
            for tag in tags {
                for source in sources {
                    let kept = session.source.as_deref();
                    if kept.is_none() || kept == source {
                        calls.push(Call { mfa, external, tag, source });
                    }
                }
            }
        }
    }
    calls
}

impl Described {
    /// The session that a call for a role makes, if it is allowed.
    fn assumed(&self, set: &Policies, from: &Session, to: &str, call: &Call) -> Option<Session> {
        let is_user = self.users.contains_key(&from.who);
        let mut context = Map::new();
        let mut put = |key: &str, value: Value| _ = context.insert(key.to_owned(), value);
        if call.mfa {
            put("aws:MultiFactorAuthPresent", json!("true"));
        }
        if call.external {
            put("sts:ExternalId", json!("x"));
        }
        if let Some((key, value)) = call.tag {
            put(&format!("aws:RequestTag/{key}"), json!(value));
            put("aws:TagKeys", json!([key]));
        }
        if let Some(source) = call.source {
            put("sts:SourceIdentity", json!(source));
        }
        if let Some(team) = &from.team {
            put("aws:PrincipalTag/team", json!(team));
        }
        if let Some(source) = &from.source {
            put("aws:SourceIdentity", json!(source));
        }
        let principal = match is_user {
            true => from.who.clone(),
            false => format!(
                "arn:aws:sts::{}:assumed-role/{}/session",
                account(&from.who),
                name(&from.who)
            ),
        };
        let is_allowed = |action: &str| {
            let text = json!({"principal": principal, "action": action, "resource": to, "context": context});
            decide(set, &support::request(&text.to_string())).decision == Decision::Allowed
        };
        let allowed = is_allowed("sts:AssumeRole")
            && (call.tag.is_none() || is_allowed("sts:TagSession"))
            && (call.source.is_none() || is_allowed("sts:SetSourceIdentity"));
        let own = self.roles[to].2.map(str::to_owned);
        allowed.then(|| Session {
            who: to.to_owned(),
            mfa: is_user && call.mfa,
            team: match call.tag {
                Some(("team", value)) => Some(value.to_owned()),
                Some(_) | None => own,
            },
            source: call.source.map(str::to_owned),
        })
    }

    /// Sessions with which somebody may start.
    fn starts(&self, who: &str) -> Vec<Session> {
        let session = |mfa, team: Option<&str>, source: Option<&str>| Session {
            who: who.to_owned(),
            mfa,
            team: team.map(str::to_owned),
            source: source.map(str::to_owned),
        };
        if let Some((_, team)) = self.users.get(who) {
            return vec![session(false, *team, None)];
        }
        let (trust, _, team) = &self.roles[who];
        // Whether the trust policy lets anybody pass tags, whoever that is.
        let tagged = trust["Statement"].as_array().unwrap().iter().any(|one| {
            let actions = one["Action"].to_string();
            one["Effect"] == "Allow" && (actions.contains("TagSession") || actions.contains('*'))
        });
        let mut teams = vec![*team];
        if tagged {
            teams.extend([Some("a"), Some("b"), Some("c")]);
        }
        let mut all = Vec::new();
        for mfa in [false, true] {
            for team in &teams {
                for source in [None, Some("alice"), Some("bob")] {
                    all.push(session(mfa, *team, source));
                }
            }
        }
        all
    }

    /// Every role that somebody comes to, by a step or more, with how many steps it takes.
    fn reached(&self, from: &str) -> BTreeMap<String, usize> {
        let mut seen: BTreeSet<Session> = self.starts(from).into_iter().collect();
        let mut left: VecDeque<(Session, usize)> = seen.iter().map(|one| (one.clone(), 0)).collect();
        let mut found = BTreeMap::new();
        let mut sets: BTreeMap<(String, String), Policies> = BTreeMap::new();
        while let Some((session, steps)) = left.pop_front() {
            for to in self.roles.keys() {
                let set = sets
                    .entry((session.who.clone(), to.clone()))
                    .or_insert_with(|| self.layers(&session.who, to));
                for call in calls(&session, self.users.contains_key(&session.who)) {
                    if let Some(next) = self.assumed(set, &session, to, &call) {
                        found.entry(to.clone()).or_insert(steps + 1);
                        if seen.insert(next.clone()) {
                            left.push_back((next, steps + 1));
                        }
                    }
                }
            }
        }
        found
    }
}

fn solver() -> Solver {
    Solver::single(from_spec("finite").unwrap())
}

fn feasible() -> Requests<'static> {
    Requests::Feasible(World::embedded().unwrap())
}

fn paths(estate: &Estate, from: &str, to: &str, wanted: Wanted) -> Paths {
    let (solver, limits) = (solver(), Limits::default());
    let chains = Chains::new(estate, None, feasible(), NotPrincipalReading::default());
    let subject = chains.subject(from).expect(from);
    chains
        .paths(subject, Goal::Role(to), wanted, Asking { solver: &solver, limits: &limits })
        .unwrap()
}

fn any<'p>(rng: &mut Rng, pool: &'p [Value]) -> &'p Value {
    pool.choose(rng).unwrap()
}

/// A random estate of two accounts.
fn drawn(rng: &mut Rng) -> Described {
    let assume = json!("sts:AssumeRole");
    let tagging = json!(["sts:AssumeRole", "sts:TagSession"]);
    let actions = [
        assume.clone(),
        assume.clone(),
        tagging.clone(),
        json!(["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]),
        json!("sts:*"),
        json!(["sts:AssumeRole", "sts:SetSourceIdentity"]),
    ];
    let conditions = [
        json!({"StringEquals": {"sts:ExternalId": "x"}}),
        json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        json!({"StringEquals": {"aws:PrincipalTag/team": "a"}}),
        json!({"StringNotEquals": {"aws:PrincipalTag/team": ["a", "b"]}}),
        json!({"StringEquals": {"aws:RequestTag/team": "a"}}),
        json!({"StringEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}}),
        json!({"StringEquals": {"sts:SourceIdentity": "alice"}}),
        json!({"StringEquals": {"aws:SourceIdentity": "bob"}}),
        json!({"Null": {"aws:TagKeys": "true"}}),
    ];
    let teams = [None, Some("a"), Some("b")];
    let count = rng.random_range(3..=6);
    let roles: Vec<String> =
        (0..count).map(|number| role(&format!("r{number}"), rng.random_range(0..2))).collect();
    let users: Vec<String> =
        (0..2).map(|number| user(&format!("u{number}"), rng.random_range(0..2))).collect();
    let mut made = Described::default();
    let own = |rng: &mut Rng| {
        let statements: Vec<Value> = (0..rng.random_range(0..=2))
            .map(|_| {
                let mut one = statement(
                    if chance(rng, 0.85) { "Allow" } else { "Deny" },
                    any(rng, &actions),
                );
                let resource = if chance(rng, 0.5) { "*" } else { roles.choose(rng).unwrap() };
                one.insert("Resource".to_owned(), json!(resource));
                if chance(rng, 0.3) {
                    one.insert("Condition".to_owned(), any(rng, &conditions).clone());
                }
                Value::Object(one)
            })
            .collect();
        vec![document(&statements)]
    };
    for arn in &users {
        made.users.insert(arn.clone(), (own(rng), *teams.choose(rng).unwrap()));
    }
    for arn in &roles {
        let trust: Vec<Value> = (0..rng.random_range(1..=2))
            .map(|_| {
                let principal = match rng.random_range(0..10) {
                    0 => "*".to_owned(),
                    1..=4 => ACCOUNTS[rng.random_range(0..2)].to_owned(),
                    5..=7 => roles.choose(rng).unwrap().clone(),
                    _ => users.choose(rng).unwrap().clone(),
                };
                let condition = chance(rng, 0.5).then(|| any(rng, &conditions).clone());
                let mut one = trusting(&principal, any(rng, &actions), condition);
                if chance(rng, 0.1) {
                    one["Effect"] = json!("Deny");
                }
                one
            })
            .collect();
        made.roles.insert(arn.clone(), (document(&trust), own(rng), *teams.choose(rng).unwrap()));
    }
    for account in ACCOUNTS {
        if chance(rng, 0.2) {
            let mut one = statement("Deny", any(rng, &actions));
            one.insert("Resource".to_owned(), json!("*"));
            one.insert("Condition".to_owned(), any(rng, &conditions).clone());
            made.scps.insert(account.to_owned(), document(&[Value::Object(one)]));
        }
    }
    if chance(rng, 0.2) {
        let arn = roles.choose(rng).unwrap().clone();
        made.boundaries.insert(arn, own(rng).remove(0));
    }
    made
}

/// No chain of the universe is missed; and a chain that is told is one, unless it says that its
/// steps were not joined.
#[test]
fn chains_are_those_of_brute_force() {
    let draws = support::number("KEYAKI_CHAINS", 200);
    let (solver, limits) = (solver(), Limits::default());
    let asking = Asking { solver: &solver, limits: &limits };
    let (mut yes, mut no, mut loose, mut longer) = (0, 0, 0, 0);
    for seed in 0..draws {
        let described = drawn(&mut rng(seed));
        let estate = described.estate();
        let chains = Chains::new(&estate, None, feasible(), NotPrincipalReading::default());
        let reach = chains.reach(asking).unwrap();
        for from in described.users.keys().chain(described.roles.keys().take(1)) {
            let expected = described.reached(from);
            let subject = chains.subject(from).unwrap();
            for to in described.roles.keys() {
                let found = chains.paths(subject, Goal::Role(to), Wanted::Shortest, asking).unwrap();
                assert!(found.unknown.is_none(), "seed {seed}: {from} to {to}");
                let by = &reach.of(to).unwrap_or_default().by;
                assert_eq!(
                    by.contains(from),
                    !found.chains.is_empty() && from != to,
                    "seed {seed}: {from} to {to}: reach and paths differ"
                );
                match (found.chains.first(), expected.get(to)) {
                    (None, None) => no += 1,
                    (None, Some(steps)) => {
                        panic!("seed {seed}: {from} to {to} in {steps} steps was refuted")
                    }
                    (Some(chain), expected) => {
                        yes += 1;
                        longer += usize::from(chain.steps.len() > 1);
                        let is_loose = found.caveats.contains(&Caveat::ChainSessions);
                        loose += usize::from(is_loose);
                        assert!(
                            is_loose || expected == Some(&chain.steps.len()),
                            "seed {seed}: {from} to {to}: {expected:?} steps and not {:#?}",
                            chain.steps.iter().map(|step| &step.witness.request).collect::<Vec<_>>()
                        );
                        assert!(expected.is_none_or(|steps| *steps >= chain.steps.len()));
                    }
                }
            }
        }
    }
    println!("{draws} estates: {yes} chains, {longer} of them longer than a step, {loose} not joined, {no} refuted");
    assert!(yes > draws as usize / 2 && no > draws as usize && longer > draws as usize / 10);
    assert!(loose * 10 < yes, "too many chains are not joined");
}
