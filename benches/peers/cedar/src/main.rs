//! One decision of Keyaki's evaluator and one of Cedar's authorizer, about policies of one meaning.
//!
//! Both sides have read and prepared whatever their libraries let a user prepare beforehand: Cedar
//! policies, entities and requests, Keyaki policies and requests. Before anything is timed, the two
//! must agree on every combination of the callers, actions, resources and addresses below.

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Response,
    RestrictedExpression,
};
use keyaki_evaluator::semantics::{self, Asked, Prepared};
use keyaki_iam::layers::{NamedPolicy, Policies};
use keyaki_iam::policy::{ContextKey, Kind, read};
use keyaki_iam::request::{ContextValue, Principal, Request};
use keyaki_iam::source::Source;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long a round lasts at least. Both sides have rounds of the same length, and short ones, so
/// that a busy machine interrupts few of them, and both alike.
const ROUND: Duration = Duration::from_micros(500);
/// Rounds, of which the medians are told.
const ROUNDS: usize = 1_001;

/// Callers by name, with their tags.
const CALLERS: &[(&str, &[(&str, &str)])] = &[
    ("dev", &[("team", "finance"), ("project", "web-shop")]),
    ("auditor", &[("team", "audit"), ("clearance", "high")]),
    ("seller", &[("team", "sales"), ("project", "archive-2024")]),
    ("guest", &[]),
    ("operator", &[("team", "operations"), ("clearance", "low")]),
    ("thirteenth", &[("team", "team-13-of-20")]),
];

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:ListBucket",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "ec2:StartInstances",
    "ec2:TerminateInstances",
    "sqs:SendMessage",
    "sns:Publish",
    "lambda:InvokeFunction",
    "kms:Decrypt",
    "logs:PutLogEvents",
    "secretsmanager:GetSecretValue",
    "iam:CreateUser",
];

const RESOURCES: &[&str] = &[
    "arn:aws:s3:::reports",
    "arn:aws:s3:::reports/public/2026/summary.pdf",
    "arn:aws:s3:::reports/team-finance/shared/plan.csv",
    "arn:aws:s3:::reports/team-finance/drafts/plan.csv",
    "arn:aws:s3:::reports/sealed/board.pdf",
    "arn:aws:s3:::reports/team-finance/audit/2025.log",
    "arn:aws:s3:::uploads-eu/incoming/photo.jpg",
    "arn:aws:s3:::scratch/a/audit/b",
    "arn:aws:dynamodb:eu-west-1:111122223333:table/orders-2026",
    "arn:aws:dynamodb:eu-west-1:111122223333:table/orders-archive",
    "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0",
    "arn:aws:sqs:eu-west-1:111122223333:jobs-nightly",
    "arn:aws:sns:eu-west-1:111122223333:alerts-red",
    "arn:aws:lambda:eu-west-1:111122223333:function:web-cart-handler",
    "arn:aws:kms:eu-west-1:111122223333:alias/app-orders",
    "arn:aws:logs:eu-west-1:111122223333:log-group:/app/orders:log-stream:1",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:web/root-key",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:web/database",
];

const ADDRESSES: &[Option<&str>] =
    &[None, Some("203.0.113.77"), Some("198.51.100.200"), Some("2001:db8::7")];

/// What is asked: numbers of a caller, an action, a resource and an address.
type Numbers = [usize; 4];

/// A policy as both sides write it, and the requests that are timed.
struct Case {
    name: &'static str,
    keyaki: String,
    cedar: String,
    timed: Vec<Numbers>,
}

/// Twenty statements about ten services: what a policy of an application looks like.
fn mixed() -> Case {
    let timed = [
        ("dev", "s3:GetObject", "reports/team-finance/shared", 1),
        ("dev", "s3:PutObject", "reports/team-finance/drafts", 1),
        ("dev", "s3:GetObject", "reports/sealed", 2),
        ("guest", "s3:GetObject", "reports/public", 0),
        ("guest", "s3:PutObject", "uploads-eu", 1),
        ("auditor", "s3:DeleteObject", "scratch/a/audit", 1),
        ("seller", "dynamodb:PutItem", "orders-2026", 1),
        ("dev", "dynamodb:GetItem", "orders-archive", 1),
        ("operator", "ec2:StartInstances", "instance", 3),
        ("operator", "ec2:TerminateInstances", "instance", 2),
        ("dev", "secretsmanager:GetSecretValue", "database", 1),
        ("dev", "iam:CreateUser", "reports/public", 1),
    ];
    Case {
        name: "20 statements about ten services",
        keyaki: include_str!("../policy.json").to_owned(),
        cedar: include_str!("../policy.cedar").to_owned(),
        timed: timed.map(|(who, action, part, at)| asked(who, action, part, at)).to_vec(),
    }
}

/// Twenty statements that all speak of the requested action, resource and network, so that each is
/// looked at to its last condition.
fn alike() -> Case {
    let statement = |number: usize| {
        format!(
            r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::rep*/shared/*",
                "Condition": {{"IpAddress": {{"aws:SourceIp": "203.0.113.0/24"}},
                              "StringLike": {{"aws:PrincipalTag/team": "team-{number}-*"}}}}}}"#
        )
    };
    let policy = |number: usize| {
        format!(
            r#"permit (principal, action == Action::"s3:GetObject", resource) when {{
                resource.arn like "arn:aws:s3:::rep*/shared/*" &&
                context has ip && context.ip.isInRange(ip("203.0.113.0/24")) &&
                principal has team && principal.team like "team-{number}-*"
            }};"#
        )
    };
    let statements: Vec<_> = (1..=20).map(statement).collect();
    let timed = [
        ("thirteenth", "s3:GetObject", "reports/team-finance/shared", 1),
        ("dev", "s3:GetObject", "reports/team-finance/shared", 1),
    ];
    Case {
        name: "20 statements, each looked at to its last condition",
        keyaki: format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", ")),
        cedar: (1..=20).map(policy).collect(),
        timed: timed.map(|(who, action, part, at)| asked(who, action, part, at)).to_vec(),
    }
}

/// The first caller, action and resource with these names and parts of names.
fn asked(caller: &str, action: &str, resource: &str, address: usize) -> Numbers {
    [
        CALLERS.iter().position(|(name, _)| *name == caller).unwrap(),
        ACTIONS.iter().position(|one| *one == action).unwrap(),
        RESOURCES.iter().position(|one| one.contains(resource)).unwrap(),
        address,
    ]
}

fn uid(kind: &str, name: &str) -> EntityUid {
    format!("{kind}::{name:?}").parse().unwrap()
}

/// Cedar's side: what is asked about, and the policies.
struct Cedar {
    policies: PolicySet,
    entities: Entities,
}

impl Cedar {
    fn of(case: &Case) -> Self {
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let caller = |(name, tags): &(&str, &[(&str, &str)])| {
            let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), text(value)));
            Entity::new(uid("User", name), tags.collect(), HashSet::new()).unwrap()
        };
        let resource = |arn: &&str| {
            let attributes = HashMap::from([("arn".to_owned(), text(arn))]);
            Entity::new(uid("Resource", arn), attributes, HashSet::new()).unwrap()
        };
        // The groups that stand for wildcards.
        let action = |action: &&str| {
            let (service, name) = action.split_once(':').unwrap();
            let second = name.bytes().skip(1).position(|byte| byte.is_ascii_uppercase());
            let verb = &name[..second.map_or(name.len(), |place| place + 1)];
            let groups = [format!("{service}:*"), format!("{service}:{verb}*")];
            let groups = groups.iter().map(|group| uid("Action", group)).collect();
            Entity::new_no_attrs(uid("Action", action), groups)
        };
        let entities = CALLERS
            .iter()
            .map(caller)
            .chain(RESOURCES.iter().map(resource))
            .chain(ACTIONS.iter().map(action));
        Self {
            policies: case.cedar.parse().unwrap(),
            entities: Entities::from_entities(entities, None).unwrap(),
        }
    }

    fn request(&self, [caller, action, resource, address]: Numbers) -> cedar_policy::Request {
        let ip = ADDRESSES[address]
            .map(|address| ("ip".to_owned(), RestrictedExpression::new_ip(address)));
        cedar_policy::Request::new(
            uid("User", CALLERS[caller].0),
            uid("Action", ACTIONS[action]),
            uid("Resource", RESOURCES[resource]),
            Context::from_pairs(ip).unwrap(),
            None,
        )
        .unwrap()
    }

    fn decide(&self, authorizer: &Authorizer, request: &cedar_policy::Request) -> Response {
        authorizer.is_authorized(request, &self.policies, &self.entities)
    }

    /// The decision, which rests on no error.
    fn allows(&self, authorizer: &Authorizer, request: &cedar_policy::Request) -> bool {
        let response = self.decide(authorizer, request);
        assert_eq!(response.diagnostics().errors().count(), 0);
        response.decision() == Decision::Allow
    }
}

fn policies(case: &Case) -> Policies {
    let source = Source::new("policy.json", case.keyaki.as_str());
    let read = read::read(&source, Kind::Identity, &read::ReadOptions::default());
    Policies::identity(vec![NamedPolicy::new("policy.json", read.policy.unwrap())])
}

fn request([caller, action, resource, address]: Numbers) -> Request {
    let (name, tags) = CALLERS[caller];
    let tags = tags.iter().map(|(tag, value)| (format!("aws:PrincipalTag/{tag}"), *value));
    let address = ADDRESSES[address].map(|address| ("aws:SourceIp".to_owned(), address));
    let context = tags
        .chain(address)
        .map(|(key, value)| (ContextKey::new(&key), ContextValue::Single(value.to_owned())));
    Request {
        principal: Principal::new(format!("arn:aws:iam::111122223333:user/{name}")),
        action: ACTIONS[action].to_owned(),
        resource: RESOURCES[resource].to_owned(),
        resource_account: None,
        principal_in_management_account: false,
        context: context.collect::<BTreeMap<_, _>>(),
    }
}

/// Nanoseconds a decision, of a round that decides all requests as often as it lasts.
fn timed<T, D>(requests: &[T], decide: impl Fn(&T) -> D) -> f64 {
    let begun = Instant::now();
    let mut decisions = 0;
    loop {
        for request in requests {
            black_box(decide(black_box(request)));
        }
        decisions += requests.len();
        let lasted = begun.elapsed();
        if lasted >= ROUND {
            return lasted.as_nanos() as f64 / decisions as f64;
        }
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn compare(case: &Case) {
    let (authorizer, cedar) = (Authorizer::new(), Cedar::of(case));
    let policies = policies(case);
    let prepared = Prepared::of(&policies);
    let mut agreed = [0, 0];
    for caller in 0..CALLERS.len() {
        for action in 0..ACTIONS.len() {
            for resource in 0..RESOURCES.len() {
                for address in 0..ADDRESSES.len() {
                    let asked = [caller, action, resource, address];
                    let expected = cedar.allows(&authorizer, &cedar.request(asked));
                    let request = request(asked);
                    assert_eq!(prepared.allows(&Asked::about(&request)), expected, "{request:?}");
                    agreed[usize::from(expected)] += 1;
                }
            }
        }
    }
    let requests: Vec<_> = case.timed.iter().map(|asked| request(*asked)).collect();
    let known: Vec<_> = requests.iter().map(Asked::about).collect();
    let peers: Vec<_> = case.timed.iter().map(|asked| cedar.request(*asked)).collect();
    let allowed = known.iter().filter(|asked| prepared.allows(asked)).count();
    assert!(allowed > 0 && allowed < known.len(), "some are allowed and some are not");
    let mut rounds: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        let figures = [
            timed(&peers, |request| cedar.decide(&authorizer, request)),
            timed(&known, |asked| prepared.decide(asked)),
            timed(&known, |asked| prepared.allows(asked)),
            timed(&requests, |request| semantics::decide(&policies, request)),
        ];
        rounds.iter_mut().zip(figures).for_each(|(round, figure)| round.push(figure));
    }
    let [of_cedar, decide, allows, plain] = rounds.map(median);
    println!(
        "{}, {} requests, {allowed} of them allowed ({} combinations allowed by both, {} by neither)",
        case.name,
        known.len(),
        agreed[1],
        agreed[0],
    );
    println!("  cedar: is_authorized    {:8.0} ns", of_cedar);
    for (what, figure) in
        [("Prepared::decide", decide), ("Prepared::allows", allows), ("semantics::decide", plain)]
    {
        println!("  keyaki: {what:<17} {figure:7.0} ns, {:.1} times as fast", of_cedar / figure);
    }
}

fn main() {
    [mixed(), alike()].iter().for_each(compare);
}
