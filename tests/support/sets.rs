//! Random whole sets of policies, of every layer, with requests by callers of every kind.
//!
//! Each draw has a theme (which service is called, and so what kind the resource-based policy is
//! of) and a focus: a caller whom the principal elements name more often than others and who asks
//! more often than others. Without them, matches would be rare.

use super::callers;
use super::generate::{self, Options, Rng, chance, one_or_list, pick};
use super::pools;
use super::services::Subject;
use keyaki::layers::{NotPrincipalReading, Policies};
use keyaki::policy::ContextKey;
use keyaki::policy::read::ReadOptions;
use keyaki::request::{ContextValue, Principal, PrincipalKind, Request};
use keyaki::shape::{Own, Scope, Through};
use rand::RngExt;
use rand::seq::IndexedRandom;
use serde_json::{Map, Value, json};

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Buckets and models.
    Ordinary,
    /// KMS keys.
    Key,
    /// Roles that are assumed.
    Trust,
    /// Everything at once.
    Mixed,
    /// An action of the catalogue, its resources and keys.
    Listed,
}

/// A set of policies in the form of the command line, with requests to ask it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The `policies` object.
    pub policies: Value,
    /// Whether `NotPrincipal` is read strictly.
    pub strict: bool,
    /// The requests.
    pub requests: Vec<Request>,
    /// The caller that the policies speak of most.
    pub focus: Principal,
    /// What is called.
    pub theme: Theme,
    /// The action of the catalogue that is called, where the theme is [`Theme::Listed`].
    pub subject: Option<Subject>,
}

impl Case {
    /// The policies, read.
    pub fn set(&self) -> Policies {
        set(&self.policies, self.strict)
            .unwrap_or_else(|findings| panic!("{}\n{findings}", self.policies))
    }
}

/// Reads a `policies` object; the error is what was found wrong.
pub fn set(policies: &Value, strict: bool) -> Result<Policies, String> {
    set_with(policies, strict, &ReadOptions::default())
}

/// Reads a `policies` object with these options; the error is what was found wrong.
pub fn set_with(policies: &Value, strict: bool, options: &ReadOptions) -> Result<Policies, String> {
    let not_principal =
        if strict { NotPrincipalReading::EveryLevel } else { NotPrincipalReading::AnyEntry };
    super::reading::policies_with(policies, options).map(|set| Policies { not_principal, ..set })
}

/// Draws a set of policies and that many requests.
pub fn case(rng: &mut Rng, options: Options, requests: usize) -> Case {
    let focus = callers::caller(rng);
    let theme = theme(rng, &focus);
    let subject = (theme == Theme::Listed).then(|| Subject::draw(rng));
    let draw = Draw { focus, theme, subject, options };
    let policies = draw.layers(rng);
    let requests = (0..requests).map(|_| draw.request(rng)).collect();
    Case {
        policies,
        strict: chance(rng, 0.3),
        requests,
        focus: draw.focus,
        theme,
        subject: draw.subject,
    }
}

/// Draws a request shape in the form of the command line, whose patterns of callers match the focus
/// more often than not.
pub fn shape(rng: &mut Rng, options: Options, focus: &Principal) -> Value {
    let mut shape = Map::new();
    if chance(rng, 0.4) {
        shape.insert(
            negated(rng, 0.2, "Action"),
            one_or_list(rng, 2, |rng| json!(pick(rng, pools::MIXED_ACTIONS))),
        );
    }
    if chance(rng, 0.3) {
        shape.insert(
            negated(rng, 0.2, "Resource"),
            one_or_list(rng, 2, |rng| json!(generate::resource_pattern(rng))),
        );
    }
    if chance(rng, 0.2) {
        shape.insert("Condition".to_owned(), generate::condition(rng, 1, options));
    }
    for (name, probability) in [("Principal", 0.8), ("NotPrincipal", 0.3)] {
        if chance(rng, probability) {
            shape.insert(
                name.to_owned(),
                one_or_list(rng, 3, |rng| json!(callers::pattern(rng, focus))),
            );
        }
    }
    Value::Object(shape)
}

/// Draws what a question says of accounts and of the way, the caller's account more often than
/// others, and own accounts.
pub fn scope(rng: &mut Rng, focus: &Principal) -> Scope {
    let members_only = chance(rng, 0.3);
    let mut accounts = |own: Option<&str>| {
        let count = if chance(rng, 0.5) { 0 } else { rng.random_range(1..3) };
        (0..count)
            .map(|_| {
                own.filter(|_| chance(rng, 0.6))
                    .unwrap_or_else(|| pick(rng, &["111122223333", "444455556666"]))
                    .to_owned()
            })
            .collect()
    };
    let own = Own {
        accounts: accounts(focus.account()),
        organization: Some("o-a1b2".to_owned()),
        members_only,
    };
    let (accounts, resource_accounts) = (accounts(focus.account()), accounts(focus.account()));
    let through = [None, Some(Through::Endpoint), Some(Through::Past), Some(Through::Both)];
    let through = through.choose(rng).copied().flatten();
    let management = [None, None, Some(false), Some(true)].choose(rng).copied().flatten();
    Scope { accounts, resource_accounts, through, own, management }
}

/// Draws a statement with this effect that a policy in that layer of the case may have.
pub fn statement(rng: &mut Rng, options: Options, case: &Case, layer: &str, effect: &str) -> Value {
    let draw = Draw {
        focus: case.focus.clone(),
        theme: case.theme,
        subject: case.subject.clone(),
        options,
    };
    let layer = match layer {
        "identity" => Layer::Identity,
        "boundary" => Layer::Limit,
        "session" => Layer::Session,
        "resource" if case.theme == Theme::Trust => Layer::Trust,
        "resource" => Layer::Resource,
        "scp" => Layer::Scp,
        "rcp" => Layer::Rcp,
        _ => Layer::Endpoint,
    };
    loop {
        let drawn = draw.statement(rng, layer);
        if drawn["Effect"] == effect {
            return drawn;
        }
    }
}

fn theme(rng: &mut Rng, focus: &Principal) -> Theme {
    let trusted = focus.kind() == Some(PrincipalKind::FederatedIdentity);
    match rng.random_range(0..28) {
        0..22 if trusted => Theme::Trust,
        0..9 => Theme::Ordinary,
        9..13 => Theme::Key,
        13..18 => Theme::Trust,
        18..26 => Theme::Listed,
        _ => Theme::Mixed,
    }
}

fn negated(rng: &mut Rng, probability: f64, element: &str) -> String {
    if chance(rng, probability) { format!("Not{element}") } else { element.to_owned() }
}

/// The layers, as far as their documents differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    Identity,
    Limit,
    Session,
    Resource,
    Trust,
    Scp,
    Rcp,
    Endpoint,
}

impl Layer {
    fn has_principal(self) -> bool {
        matches!(self, Layer::Resource | Layer::Trust | Layer::Endpoint | Layer::Rcp)
    }

    /// Of a hundred statements, how many allow.
    fn allows(self) -> f64 {
        match self {
            Layer::Identity => 0.78,
            Layer::Limit | Layer::Session | Layer::Endpoint | Layer::Scp => 0.88,
            Layer::Resource | Layer::Trust => 0.8,
            Layer::Rcp => 0.0,
        }
    }
}

/// What is drawn about.
struct Draw {
    focus: Principal,
    theme: Theme,
    subject: Option<Subject>,
    options: Options,
}

impl Draw {
    fn layers(&self, rng: &mut Rng) -> Value {
        let mut layers = Map::new();
        let kind = if self.theme == Theme::Trust && chance(rng, 0.8) {
            Layer::Trust
        } else {
            Layer::Resource
        };
        if chance(rng, 0.12) {
            return json!({"resource": self.policy(rng, kind)});
        }
        let mut list = |rng: &mut Rng, name: &str, layer, counts: &[usize]| {
            let count = *counts.choose(rng).expect("not empty");
            layers.insert(name.to_owned(), (0..count).map(|_| self.policy(rng, layer)).collect());
        };
        list(rng, "identity", Layer::Identity, &[0, 1, 1, 2, 2, 3]);
        list(rng, "session", Layer::Session, &[0, 0, 0, 1, 2]);
        list(rng, "endpoint", Layer::Endpoint, &[0, 0, 0, 0, 1, 2]);
        if chance(rng, 0.3) {
            layers.insert("boundary".to_owned(), self.policy(rng, Layer::Limit));
        }
        if chance(rng, 0.75) {
            layers.insert("resource".to_owned(), self.policy(rng, kind));
        }
        layers.insert("scp".to_owned(), self.levels(rng, Layer::Scp, &[0, 0, 1, 2, 3]));
        layers.insert("rcp".to_owned(), self.levels(rng, Layer::Rcp, &[0, 0, 0, 1, 2]));
        // What is empty may be left out; without a member `identity` nothing is said about
        // identity-based policies.
        let leave_out = chance(rng, 0.5);
        layers.retain(|_, policies| {
            !leave_out || policies.as_array().is_none_or(|policies| !policies.is_empty())
        });
        Value::Object(layers)
    }

    fn levels(&self, rng: &mut Rng, layer: Layer, counts: &[usize]) -> Value {
        let levels = *counts.choose(rng).expect("not empty");
        let level = |rng: &mut Rng| {
            (0..*[1, 1, 1, 2].choose(rng).expect("not empty"))
                .map(|_| self.policy(rng, layer))
                .collect::<Value>()
        };
        (0..levels).map(|_| level(rng)).collect()
    }

    fn policy(&self, rng: &mut Rng, layer: Layer) -> Value {
        if matches!(layer, Layer::Scp | Layer::Rcp) && chance(rng, 0.35) {
            return full_access(layer);
        }
        let mut policy = Map::new();
        let version =
            if layer != Layer::Rcp && chance(rng, 0.1) { "2008-10-17" } else { "2012-10-17" };
        if version == "2012-10-17" || chance(rng, 0.5) {
            policy.insert("Version".to_owned(), json!(version));
        }
        let count = *[1, 1, 1, 2, 2, 3].choose(rng).expect("not empty");
        let mut statements: Vec<Value> = (0..count).map(|_| self.statement(rng, layer)).collect();
        let statements = if count == 1 && chance(rng, 0.5) {
            statements.remove(0)
        } else {
            Value::Array(statements)
        };
        policy.insert("Statement".to_owned(), statements);
        Value::Object(policy)
    }

    fn statement(&self, rng: &mut Rng, layer: Layer) -> Value {
        let allow = chance(rng, layer.allows());
        let mut statement = Map::new();
        statement.insert("Effect".to_owned(), json!(if allow { "Allow" } else { "Deny" }));
        // A trust policy has no `NotPrincipal`.
        let negated_principals = match (layer, allow) {
            (Layer::Trust | Layer::Rcp, _) => 0.0,
            (_, true) => 0.06,
            (_, false) => 0.35,
        };
        if layer == Layer::Rcp {
            statement.insert("Principal".to_owned(), json!("*"));
        } else if layer.has_principal() {
            statement.insert(
                negated(rng, negated_principals, "Principal"),
                callers::principals(rng, &self.focus),
            );
        }
        let (action, actions) = self.actions(rng, layer, allow);
        statement.insert(action, actions);
        // A document without `Resource` may be read as a trust policy, which has no `NotPrincipal`.
        let bare = layer == Layer::Trust
            || layer == Layer::Resource && statement.contains_key("Principal") && chance(rng, 0.1);
        if !bare {
            let broad = if allow { 0.7 } else { 0.4 };
            let resources = if chance(rng, broad) {
                json!("*")
            } else {
                one_or_list(rng, 3, |rng| json!(self.resource_pattern(rng, layer)))
            };
            statement.insert(negated(rng, 0.08, "Resource"), resources);
        }
        let counts: &[usize] = if allow { &[0, 0, 0, 0, 1, 1, 2] } else { &[0, 0, 1, 1, 2] };
        let count = *counts.choose(rng).expect("not empty");
        if count > 0 {
            let condition = match &self.subject {
                Some(subject) => generate::condition_of(rng, count, self.options, &subject.keys),
                None => generate::condition(rng, count, self.options),
            };
            statement.insert("Condition".to_owned(), condition);
        }
        Value::Object(statement)
    }

    /// The element's name and its value.
    fn actions(&self, rng: &mut Rng, layer: Layer, allow: bool) -> (String, Value) {
        let pool = match self.theme {
            Theme::Ordinary => pools::ORDINARY_ACTIONS,
            Theme::Key => pools::KEY_ACTIONS,
            Theme::Trust => pools::TRUST_ACTIONS,
            Theme::Mixed | Theme::Listed => pools::MIXED_ACTIONS,
        };
        let broad = if allow { 0.55 } else { 0.3 };
        let whole =
            json!(format!("{}:*", pick(rng, &["s3", "s3", "kms", "sts", "dynamodb", "bedrock"])));
        let one = |rng: &mut Rng, pool: &[&str]| match &self.subject {
            Some(subject) => json!(subject.action_pattern(rng)),
            None => json!(pick(rng, pool)),
        };
        let named = |rng: &mut Rng| one_or_list(rng, 3, |rng| one(rng, pool));
        match layer {
            Layer::Rcp if chance(rng, 0.3) => ("Action".to_owned(), whole),
            Layer::Rcp => {
                let pool: Vec<&str> =
                    pool.iter().copied().filter(|action| action.contains(':')).collect();
                ("Action".to_owned(), one_or_list(rng, 3, |rng| one(rng, &pool)))
            }
            Layer::Trust if chance(rng, 0.2) => ("Action".to_owned(), json!("sts:*")),
            Layer::Trust => ("Action".to_owned(), named(rng)),
            _ if chance(rng, broad) => ("Action".to_owned(), json!("*")),
            Layer::Identity
            | Layer::Limit
            | Layer::Session
            | Layer::Resource
            | Layer::Scp
            | Layer::Endpoint => (negated(rng, 0.1, "Action"), named(rng)),
        }
    }

    fn resource_pattern(&self, rng: &mut Rng, layer: Layer) -> String {
        let pattern = match self.theme {
            Theme::Key if chance(rng, 0.8) => pick(rng, pools::KEY_PATTERNS).to_owned(),
            Theme::Trust if chance(rng, 0.8) => pick(rng, pools::ROLE_PATTERNS).to_owned(),
            Theme::Ordinary | Theme::Key | Theme::Trust | Theme::Mixed | Theme::Listed => {
                match &self.subject {
                    Some(subject) if chance(rng, 0.9) => subject.resource_pattern(rng),
                    _ => generate::resource_pattern(rng),
                }
            }
        };
        let short = pattern.split(':').count() < 6 && !pattern.starts_with("**") && pattern != "*";
        let refused = match layer {
            Layer::Session => short,
            Layer::Scp | Layer::Rcp => short && !pattern.ends_with('*'),
            Layer::Identity | Layer::Limit | Layer::Resource | Layer::Trust | Layer::Endpoint => {
                false
            }
        };
        if refused { "*".to_owned() } else { pattern }
    }

    fn request(&self, rng: &mut Rng) -> Request {
        let mut request = generate::request(rng, self.options);
        request.principal =
            if chance(rng, 0.8) { self.focus.clone() } else { callers::caller(rng) };
        match self.theme {
            Theme::Ordinary if chance(rng, 0.03) => {
                request.action = "STS:GetCallerIdentity".to_owned()
            }
            Theme::Ordinary => {}
            Theme::Key => {
                request.action = pick(rng, pools::KEY_REQUESTS.0).to_owned();
                request.resource = pick(rng, pools::KEY_REQUESTS.1).to_owned();
            }
            Theme::Trust => {
                let provider = request.principal.kind() == Some(PrincipalKind::FederatedIdentity)
                    && chance(rng, 0.85);
                let actions =
                    if provider { pools::FEDERATION_ACTIONS } else { pools::TRUST_REQUESTS.0 };
                request.action = pick(rng, actions).to_owned();
                request.resource = pick(rng, pools::TRUST_REQUESTS.1).to_owned();
            }
            Theme::Mixed => {
                let resources = [pools::KEY_REQUESTS.1, pools::TRUST_REQUESTS.1, &["*"]].concat();
                request.action = pick(
                    rng,
                    &[pools::KEY_REQUESTS.0, pools::TRUST_REQUESTS.0, pools::REQUEST_ACTIONS]
                        .concat(),
                )
                .to_owned();
                request.resource = pick(rng, &resources).to_owned();
            }
            Theme::Listed => {
                self.subject.iter().for_each(|subject| self.about(rng, &mut request, subject))
            }
        }
        let owners = ["111122223333", "111122223333", "444455556666", "777788889999"];
        request.resource_account = chance(rng, 0.25).then(|| pick(rng, &owners).to_owned());
        request.principal_in_management_account = chance(rng, 0.1);
        if chance(rng, 0.6) {
            request.context.retain(|key, _| {
                !pools::ENDPOINT_KEYS.iter().any(|name| key.lower() == name.to_ascii_lowercase())
            });
        }
        if chance(rng, 0.7) {
            request.context.insert(
                ContextKey::new("aws:userid"),
                ContextValue::Single(pick(rng, callers::USERIDS).to_owned()),
            );
        }
        request
    }
}

impl Draw {
    /// Makes the request one about the action of the catalogue.
    fn about(&self, rng: &mut Rng, request: &mut Request, subject: &Subject) {
        request.action = subject.action(rng);
        request.resource = subject.resource(rng);
        for key in &subject.keys {
            if chance(rng, 0.6) {
                request.context.insert(
                    ContextKey::new(key.name),
                    generate::context_value(rng, key, self.options),
                );
            }
        }
    }
}

/// What AWS attaches everywhere.
fn full_access(layer: Layer) -> Value {
    let mut statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    if layer == Layer::Rcp {
        statement["Principal"] = json!("*");
    }
    json!({"Version": "2012-10-17", "Statement": statement})
}
