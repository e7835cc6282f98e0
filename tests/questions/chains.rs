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
use keyaki_iam::policy::ContextKey;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::request::{ContextValue, Principal, Request};
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
    let tags =
        [None, Some(("team", "a")), Some(("team", "b")), Some(("team", "c")), Some(("other", "a"))];
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
        let single = |value: &str| ContextValue::Single(value.to_owned());
        let mut context = BTreeMap::new();
        let mut put = |key: &str, value| _ = context.insert(ContextKey::new(key), value);
        if call.mfa {
            put("aws:MultiFactorAuthPresent", single("true"));
        }
        if call.external {
            put("sts:ExternalId", single("x"));
        }
        if let Some((key, value)) = call.tag {
            put(&format!("aws:RequestTag/{key}"), single(value));
            put("aws:TagKeys", ContextValue::List(vec![key.to_owned()]));
        }
        if let Some(source) = call.source {
            put("sts:SourceIdentity", single(source));
        }
        if let Some(team) = &from.team {
            put("aws:PrincipalTag/team", single(team));
        }
        if let Some(source) = &from.source {
            put("aws:SourceIdentity", single(source));
        }
        let arn = match is_user {
            true => from.who.clone(),
            false => format!(
                "arn:aws:sts::{}:assumed-role/{}/session",
                account(&from.who),
                name(&from.who)
            ),
        };
        let request = |action: &str| Request {
            principal: Principal { arn: arn.clone(), role_arn: None, user_arn: None },
            action: action.to_owned(),
            resource: to.to_owned(),
            resource_account: None,
            principal_in_management_account: false,
            context: context.clone(),
        };
        let is_allowed = |action: &str| decide(set, &request(action)).decision == Decision::Allowed;
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
        let mut left: VecDeque<(Session, usize)> =
            seen.iter().map(|one| (one.clone(), 0)).collect();
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
                let mut one =
                    statement(if chance(rng, 0.85) { "Allow" } else { "Deny" }, any(rng, &actions));
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
    let draws = support::number("KEYAKI_CHAINS", 30);
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
                let found =
                    chains.paths(subject, Goal::Role(to), Wanted::Shortest, asking).unwrap();
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
                            chain
                                .steps
                                .iter()
                                .map(|step| &step.witness.request)
                                .collect::<Vec<_>>()
                        );
                        assert!(expected.is_none_or(|steps| *steps >= chain.steps.len()));
                    }
                }
            }
        }
    }
    println!(
        "{draws} estates: {yes} chains, {longer} of them longer than a step, {loose} not joined, {no} refuted"
    );
    assert!(yes > draws as usize / 2 && no > draws as usize && longer > draws as usize / 10);
    assert!(loose * 10 < yes, "too many chains are not joined");
}

/// The roles on the way of each chain, and the answer with it.
fn ways(described: &Described, from: &str, to: &str, wanted: Wanted) -> (Vec<String>, Paths) {
    let found = paths(&described.estate(), from, to, wanted);
    let way = |chain: &keyaki_questions::estates::Chain| {
        let roles = chain.steps.iter().map(|step| name(step.to.as_ref().unwrap()));
        roles.collect::<Vec<_>>().join(" ")
    };
    (found.chains.iter().map(way).collect(), found)
}

fn shortest(described: &Described, from: &str, to: &str) -> (Option<String>, Paths) {
    let (ways, found) = ways(described, from, to, Wanted::Shortest);
    assert!(found.unknown.is_none() && ways.len() < 2);
    (ways.into_iter().next(), found)
}

fn context(found: &Paths, step: usize, key: &str) -> Option<String> {
    let context = &found.chains[0].steps[step].witness.request.context;
    match context.get(&ContextKey::new(key)) {
        Some(ContextValue::Single(value)) => Some(value.clone()),
        Some(ContextValue::List(values)) => Some(values.join(" ")),
        None => None,
    }
}

fn assume() -> Value {
    json!("sts:AssumeRole")
}

#[test]
fn an_external_id_is_what_a_step_needs() {
    let (dev, shared) = (user("dev", 0), role("shared", 1));
    let id = Some(json!({"StringEquals": {"sts:ExternalId": "x-1"}}));
    let described = Described::default()
        .with_user(&dev, &[allow("sts:AssumeRole", "*")])
        .with_role(&shared, &[trusting(ACCOUNTS[0], &assume(), id)], &[]);
    let (way, found) = shortest(&described, &dev, &shared);
    assert_eq!(way.as_deref(), Some("shared"));
    let need = &found.chains[0].steps[0].needs[0];
    assert_eq!((need.key.text(), &need.values[..]), ("sts:ExternalId", &["x-1".to_owned()][..]));
    assert!(!found.caveats.contains(&Caveat::RoleChaining));
}

/// Across accounts both sides have to allow it; within one, a grant to the user is enough.
#[test]
fn the_callers_own_permission_counts() {
    for (account, granted, expected) in
        [(0, false, true), (0, true, true), (1, false, false), (1, true, true)]
    {
        let (dev, to) = (user("dev", 0), role("to", account));
        let own = [allow("sts:AssumeRole", &to)];
        let described = Described::default()
            .with_user(&dev, if granted { &own } else { &[] })
            .with_role(&to, &[trusting(&dev, &assume(), None)], &[]);
        let (way, found) = shortest(&described, &dev, &to);
        assert_eq!(way.is_some(), expected, "{account} {granted}");
        assert_eq!(found.asked, (1, usize::from(!expected)));
    }
}

/// The account of the caller forbids what its policies allow; so does one on the way.
#[test]
fn an_scp_that_denies_assuming_ends_a_chain() {
    let [dev, one, two] = [user("dev", 0), role("one", 1), role("two", 1)];
    let described = Described::default()
        .with_user(&dev, &[allow("sts:AssumeRole", "*")])
        .with_role(&one, &[trusting(&dev, &assume(), None)], &[allow("sts:AssumeRole", "*")])
        .with_role(&two, &[trusting(&one, &assume(), None)], &[]);
    assert_eq!(shortest(&described, &dev, &two).0.as_deref(), Some("one two"));
    for (account, reached) in [(0, 0), (1, 1)] {
        let mut described = described.clone();
        let deny = json!({"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"});
        described.scps.insert(ACCOUNTS[account].to_owned(), document(&[deny]));
        let (way, found) = shortest(&described, &dev, &two);
        assert_eq!((way, found.reached.len()), (None, reached), "{account}");
    }
}

/// A session that a session made has no word of MFA; one that a user made may have.
#[test]
fn mfa_is_of_the_first_step() {
    let mfa = Some(json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}));
    let [dev, one, two, three] = [user("dev", 0), role("one", 0), role("two", 0), role("three", 0)];
    let described = Described::default()
        .with_user(&dev, &[])
        .with_role(&one, &[trusting(&dev, &assume(), None)], &[])
        .with_role(&two, &[trusting(&one, &assume(), mfa.clone())], &[])
        .with_role(&three, &[trusting(&two, &assume(), mfa)], &[]);
    let (way, found) = shortest(&described, &dev, &two);
    assert_eq!(way.as_deref(), Some("one two"));
    assert!(found.caveats.contains(&Caveat::RoleChaining));
    assert!(!found.caveats.contains(&Caveat::ChainSessions));
    // The user signs in with MFA for it.
    assert_eq!(context(&found, 0, "aws:MultiFactorAuthPresent").as_deref(), Some("true"));
    assert_eq!(shortest(&described, &dev, &three).0, None);
    // How a session came about with which a chain begins is not known.
    assert_eq!(shortest(&described, &two, &three).0.as_deref(), Some("three"));
}

/// What the second role asks for, the first step passes, if it may.
#[test]
fn session_tags_are_passed_on_the_way() {
    let [dev, one, two] = [user("dev", 0), role("one", 0), role("two", 0)];
    let team = |value: &str| Some(json!({"StringEquals": {"aws:PrincipalTag/team": value}}));
    let tagging = json!(["sts:AssumeRole", "sts:TagSession"]);
    let passing = Some(json!({"StringEquals": {"aws:RequestTag/team": "a"}}));
    let described = |action: &Value, passing: Option<Value>, wanted: &str| {
        Described::default()
            .with_user(&dev, &[])
            .with_role(&one, &[trusting(&dev, action, passing)], &[])
            .with_role(&two, &[trusting(&one, &assume(), team(wanted))], &[])
    };
    let (way, found) = shortest(&described(&tagging, None, "a"), &dev, &two);
    assert_eq!(way.as_deref(), Some("one two"));
    assert_eq!(context(&found, 0, "aws:RequestTag/team").as_deref(), Some("a"));
    assert_eq!(context(&found, 0, "aws:TagKeys").as_deref(), Some("team"));
    let besides: Vec<&str> =
        found.chains[0].steps[0].besides.iter().map(|one| one.request.action.as_str()).collect();
    assert_eq!(besides, ["sts:TagSession"]);
    // Nobody may pass a tag; or may pass this one and no other.
    assert_eq!(shortest(&described(&assume(), None, "a"), &dev, &two).0, None);
    let (way, found) = shortest(&described(&tagging, passing.clone(), "a"), &dev, &two);
    assert_eq!(way.as_deref(), Some("one two"));
    assert!(!found.caveats.contains(&Caveat::ChainSessions));
    let (way, found) = shortest(&described(&tagging, passing, "b"), &dev, &two);
    assert!(way.is_some() && found.caveats.contains(&Caveat::ChainSessions));
    // A tag of the role itself needs no step.
    let mut own = described(&assume(), None, "a");
    own.roles.get_mut(&one).unwrap().2 = Some("a");
    assert_eq!(shortest(&own, &dev, &two).0.as_deref(), Some("one two"));
}

/// Tags go through a role that asks for nothing, where it lets them: as transitive tags, or passed
/// once more.
#[test]
fn tags_go_through_a_role_that_lets_them() {
    let [dev, one, two, three] = [user("dev", 0), role("one", 0), role("two", 0), role("three", 0)];
    let team = Some(json!({"StringEquals": {"aws:PrincipalTag/team": "a"}}));
    let tagging = json!(["sts:AssumeRole", "sts:TagSession"]);
    for (second, expected) in [(&tagging, Some("one two three")), (&assume(), None)] {
        let described = Described::default()
            .with_user(&dev, &[])
            .with_role(&one, &[trusting(&dev, &tagging, None)], &[])
            .with_role(&two, &[trusting(&one, second, None)], &[])
            .with_role(&three, &[trusting(&two, &assume(), team.clone())], &[]);
        assert_eq!(shortest(&described, &dev, &three).0.as_deref(), expected);
    }
}

/// Vendors write the external id and the session tags into one statement.
#[test]
fn an_external_id_comes_with_the_tags_too() {
    let [dev, one, two] = [user("dev", 0), role("one", 0), role("two", 0)];
    let id = Some(json!({"StringEquals": {"sts:ExternalId": "x"}}));
    let team = Some(json!({"StringEquals": {"aws:PrincipalTag/team": "a"}}));
    let tagging = json!(["sts:AssumeRole", "sts:TagSession"]);
    let described = Described::default()
        .with_user(&dev, &[])
        .with_role(&one, &[trusting(&dev, &tagging, id)], &[])
        .with_role(&two, &[trusting(&one, &assume(), team)], &[]);
    let (way, found) = shortest(&described, &dev, &two);
    assert_eq!(way.as_deref(), Some("one two"));
    assert!(!found.caveats.contains(&Caveat::ChainSessions));
}

/// Whoever has a source identity keeps it, and each role on the way has to let it in.
#[test]
fn a_source_identity_is_kept() {
    let [dev, one, two] = [user("dev", 0), role("one", 0), role("two", 0)];
    let named = Some(json!({"StringEquals": {"aws:SourceIdentity": "alice"}}));
    let both = json!(["sts:AssumeRole", "sts:SetSourceIdentity"]);
    for (first, second, expected) in
        [(&both, &both, Some("one two")), (&both, &assume(), None), (&assume(), &both, None)]
    {
        let described = Described::default()
            .with_user(&dev, &[])
            .with_role(&one, &[trusting(&dev, first, None)], &[])
            .with_role(&two, &[trusting(&one, second, named.clone())], &[]);
        let (way, found) = shortest(&described, &dev, &two);
        assert_eq!(way.as_deref(), expected, "{first} {second}");
        if expected.is_some() {
            assert_eq!(context(&found, 0, "sts:SourceIdentity").as_deref(), Some("alice"));
            assert_eq!(found.chains[0].steps[1].besides.len(), 1);
        }
    }
}

/// A circle of roles ends, and no chain meets a role twice.
#[test]
fn a_circle_ends() {
    let dev = user("dev", 0);
    let ring = ["a", "b", "c", "d"].map(|name| role(name, 0));
    let mut described = Described::default().with_user(&dev, &[]);
    for (number, arn) in ring.iter().enumerate() {
        let before = &ring[(number + 3) % 4];
        let mut trust = vec![trusting(before, &assume(), None)];
        trust.extend((number == 0).then(|| trusting(&dev, &assume(), None)));
        described = described.with_role(arn, &trust, &[]);
    }
    let (found, paths) = ways(&described, &dev, &ring[3], Wanted::All(10));
    assert_eq!((found, paths.limit_reached), (vec!["a b c d".to_owned()], false));
    let (found, _) = ways(&described, &ring[1], &ring[0], Wanted::All(10));
    assert_eq!(found, ["c d a"]);
    let nobody = described.with_user(&user("guest", 0), &[]);
    let (way, found) = shortest(&nobody, &user("guest", 0), &ring[0]);
    assert_eq!((way, found.reached.len(), found.asked), (None, 0, (0, 0)));
}

/// A role assumes itself only if its trust policy says so (U22).
#[test]
fn a_role_assumes_itself_if_it_trusts_itself() {
    let [own, other] = [role("own", 0), role("other", 0)];
    for (trusted, expected) in [(&own, Some("own")), (&other, None)] {
        let described = Described::default()
            .with_role(&own, &[trusting(trusted, &assume(), None)], &[allow("sts:AssumeRole", "*")])
            .with_role(&other, &[trusting(&other, &assume(), None)], &[]);
        assert_eq!(shortest(&described, &own, &own).0.as_deref(), expected);
    }
}

/// The shortest come first, no more than are wanted, and it is said that there are more.
#[test]
fn as_many_chains_as_are_wanted() {
    let (dev, end) = (user("dev", 0), role("end", 0));
    let middle = ["m1", "m2", "m3"].map(|name| role(name, 0));
    let open = [trusting(ACCOUNTS[0], &assume(), None)];
    let all = [allow("sts:AssumeRole", "*")];
    let mut described = Described::default().with_user(&dev, &all).with_role(&end, &open, &[]);
    for arn in &middle {
        described = described.with_role(arn, &open, &all);
    }
    let (every, found) = ways(&described, &dev, &end, Wanted::All(100));
    // Of three in the middle none, one, two or three, in each order.
    assert_eq!((every.len(), found.limit_reached), (1 + 3 + 6 + 6, false));
    assert!(every.is_sorted_by_key(|way| way.len()) && every[0] == "end");
    assert_eq!(every.iter().collect::<BTreeSet<_>>().len(), 16);
    for most in [1, 5, 15, 16] {
        let (some, found) = ways(&described, &dev, &end, Wanted::All(most));
        assert_eq!((&some[..], found.limit_reached), (&every[..most], most < 16));
    }
}

/// A service takes its role; SCPs do not bind it, nor a service-linked role.
#[test]
fn services_take_the_roles_that_trust_them() {
    let (linked, own) =
        ("arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/Linked", role("own", 0));
    let service = |name: &str| json!({"Effect": "Allow", "Principal": {"Service": name}, "Action": "sts:AssumeRole"});
    let mut described = Described::default()
        .with_role(linked, &[service("x.amazonaws.com")], &[allow("sts:AssumeRole", "*")])
        .with_role(&own, &[trusting(ACCOUNTS[0], &assume(), None)], &[]);
    let deny = json!({"Effect": "Deny", "Action": "*", "Resource": "*"});
    described.scps.insert(ACCOUNTS[0].to_owned(), document(&[deny]));
    let (way, found) = shortest(&described, "services", &own);
    assert_eq!(way.as_deref(), Some("Linked own"));
    assert_eq!(found.chains[0].steps[0].witness.request.principal.arn, "x.amazonaws.com");
    assert_eq!(shortest(&described, "anyAccount", &own).0, None);
    // Root users assume no roles (6.3).
    let root = format!("arn:aws:iam::{}:root", ACCOUNTS[0]);
    described.scps.clear();
    assert_eq!(shortest(&described, &root, &own).0, None);
}

/// Identities of providers come by an action of their own.
#[test]
fn identities_come_by_web_identity() {
    let to = role("to", 0);
    let trust = json!({
        "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
        "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}},
    });
    let described = Described::default().with_role(&to, &[trust], &[]);
    let (way, found) = shortest(&described, "identities", &to);
    assert_eq!(way.as_deref(), Some("to"));
    let step = &found.chains[0].steps[0];
    assert_eq!(step.witness.request.action, "sts:AssumeRoleWithWebIdentity");
    assert_eq!(step.needs[0].values, ["sts.amazonaws.com"]);
    assert_eq!(shortest(&described, "anonymous", &to).0, None);
}
