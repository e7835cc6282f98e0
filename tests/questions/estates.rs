//! "Who can?" against brute force: on small estates, everybody in a universe of requests that is
//! complete for what the generator can write, decided one by one by the evaluator.
//!
//! What is here shares nothing with `src/questions/estates`: which policies bind a request, and
//! what an estate says of its context, is written down anew from SEMANTICS 6.9.
//!
//! **Why the universe is complete.** A decision looks at a request through the elements of its
//! policies and of the question only. Of each such look the universe has a request on either side,
//! in every combination that an estate leaves open:
//! * actions: the questions name them without wildcards;
//! * resources: whatever is in the estate, and of each service a resource that is not, in each
//!   account; of objects and roles with and without the path that patterns know;
//! * callers: whoever is in the estate, with a session name that policies know and with another
//!   one; outside of it with and without the names and paths that policies know;
//! * keys: of each key the values that policies name, one that they do not, and none, as far as the
//!   estate leaves it open (`values`). A key that is not among those of the generator is an error.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::estates::{
    ACCOUNTS, DELETED, MANAGEMENT, MEMBER, ORGANIZATION, OTHER_ORGANIZATION, SERVICE, SESSION,
    STRANGER, UNITS, WEB_PROVIDER, draw, estate_of, partition_of,
};
use crate::support::{generate, number, reading, shrink};
use keyaki::estate::{Attached, Entity, EntityKind, Estate, Organization, Resource, Shared, Tags};
use keyaki::estates::{Subject, Targets, WhoCan};
use keyaki::feasibility;
use keyaki::layers::{NamedPolicy, NotPrincipalReading, Policies};
use keyaki::policy::{ActionPattern, ContextKey, Effect, Policy, ResourcePattern, Statement};
use keyaki::query::{Answer, Requests, Solver};
use keyaki::request::{ContextValue, Principal, PrincipalKind, Request, arn_fields};
use keyaki::semantics::{self, Decision};
use keyaki::shape::Shape;
use keyaki::world::World;
use keyaki_engines::engine::{Limits, from_spec};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// Somebody who asks: a user, a session, a root user, or somebody outside.
#[derive(Debug, Clone)]
pub(super) struct Caller<'a> {
    pub(super) principal: Principal,
    /// The user or role of the estate.
    pub(super) entity: Option<&'a Entity>,
    /// Whether nobody here knows what is attached to it.
    pub(super) outside: bool,
}

fn caller(arn: String, role: Option<String>) -> Caller<'static> {
    let principal = Principal { role_arn: role, ..Principal::new(arn) };
    Caller { principal, entity: None, outside: true }
}

fn session(role: &str, session: &str) -> Caller<'static> {
    let [_, partition, _, _, account, rest] = arn_fields(role).expect("an ARN");
    let name = rest.rsplit('/').next().unwrap_or_default();
    let arn = format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}");
    caller(arn, Some(role.to_owned()))
}

/// Whoever a subject stands for, as far as policies can tell them apart.
pub(super) fn callers<'a>(estate: &'a Estate, subject: Subject<'a>) -> Vec<Caller<'a>> {
    let partition = partition_of(estate);
    let of_account = |account: &str| {
        let mut all = vec![caller(format!("arn:{partition}:iam::{account}:root"), None)];
        for name in ["x", "new", "adm/x", "adm/new"] {
            all.push(caller(format!("arn:{partition}:iam::{account}:user/{name}"), None));
            for own in [SESSION, "s2"] {
                all.push(session(&format!("arn:{partition}:iam::{account}:role/{name}"), own));
            }
        }
        all
    };
    match subject {
        Subject::Entity(entity) => {
            let own = match entity.kind {
                EntityKind::User { .. } => vec![caller(entity.arn.clone(), None)],
                EntityKind::Role { .. } => {
                    [SESSION, "s2"].map(|name| session(&entity.arn, name)).into()
                }
            };
            let own = own.into_iter();
            own.map(|one| Caller { entity: Some(entity), outside: false, ..one }).collect()
        }
        Subject::Root(account) => {
            let root = caller(format!("arn:{partition}:iam::{account}:root"), None);
            vec![Caller { outside: false, ..root }]
        }
        Subject::Member(account) => of_account(account),
        Subject::AnyAccount => {
            let members = estate.organization.iter().flat_map(|all| all.members.keys());
            let known: BTreeSet<&String> = estate.accounts.keys().chain(members).collect();
            let all = ACCOUNTS.into_iter().chain([MEMBER, MANAGEMENT, STRANGER, "888877776666"]);
            let strangers = all.filter(|account| !known.iter().any(|one| one == account));
            strangers.flat_map(of_account).collect()
        }
        Subject::Service => {
            // An origin access identity asks as a service does.
            let identity = "user/CloudFront Origin Access Identity E1";
            let identity = format!("arn:{partition}:iam::cloudfront:{identity}");
            let names = [SERVICE, "ec2.amazonaws.com", "sns.amazonaws.com"].map(str::to_owned);
            names.into_iter().chain([identity]).map(|name| caller(name, None)).collect()
        }
        Subject::Provider => {
            let mut all = vec![caller(WEB_PROVIDER.to_owned(), None)];
            let accounts = estate.accounts.keys().map(String::as_str);
            for account in accounts.chain([STRANGER, MEMBER]) {
                for name in ["saml-provider/idp", "saml-provider/new"] {
                    all.push(caller(format!("arn:{partition}:iam::{account}:{name}"), None));
                }
            }
            all
        }
        Subject::Anonymous => vec![caller("anonymous".to_owned(), None)],
    }
}

/// A resource that is asked about.
#[derive(Debug, Clone)]
pub(super) struct Target<'a> {
    arn: String,
    pub(super) owner: Option<String>,
    /// What the estate has of it, or of what it is in.
    pub(super) known: Option<&'a Resource>,
    role: Option<&'a Entity>,
}

/// What an ARN is in an estate.
pub(super) fn target<'a>(estate: &'a Estate, arn: &str, owner: Option<&str>) -> Target<'a> {
    let inside = |resource: &&Resource| {
        let rest = arn.strip_prefix(resource.arn.as_str());
        let key = resource.arn.contains(":kms:");
        let bucket = resource.arn.contains(":s3:");
        rest.is_some_and(|rest| {
            rest.is_empty() || !key && (rest.starts_with('/') || !bucket && rest.starts_with(':'))
        })
    };
    let known = estate.resources.iter().find(inside);
    let role = estate.entities.iter().find(|entity| entity.arn == arn);
    let owner = known.map(|one| one.account.as_str()).or(owner).map(str::to_owned);
    Target { arn: arn.to_owned(), owner, known, role }
}

/// Accounts that the question names as owners and of which the estate says nothing.
fn strangers(estate: &Estate, shape: &Shape) -> BTreeSet<String> {
    let of_pattern = |pattern: &ResourcePattern| match pattern {
        ResourcePattern::Any => None,
        ResourcePattern::Arn { text, .. } => text.split(':').nth(4).map(str::to_owned),
    };
    let element = shape.statement.resource.as_ref().filter(|element| !element.negated);
    let texts = element.into_iter().flat_map(|element| &element.patterns).filter_map(of_pattern);
    let mut named: BTreeSet<String> = texts.chain(shape.scope.resource_accounts.clone()).collect();
    named.retain(|id| {
        let said = estate.accounts.get(id).is_some_and(|one| one.principals || one.resources);
        !said && id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())
    });
    named
}

/// Lets in a principal of the estate where the policies are those of such an account.
fn let_in(
    mut set: Policies,
    caller: &Caller<'_>,
    target: &Target<'_>,
    strangers: &BTreeSet<String>,
) -> Policies {
    let owner = owner_of(target, &caller.principal);
    let is_theirs = owner.is_some_and(|owner| strangers.contains(&owner));
    if is_theirs && !caller.outside && target.known.is_none() {
        let document = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
            "Principal": "*", "Action": "*", "Resource": "*"}});
        set.resource = crate::support::policy_set(&json!({"resource": document})).resource;
    }
    set
}

/// The resources that an action may be about.
fn targets<'a>(
    estate: &'a Estate,
    action: &str,
    account: Option<&str>,
    strangers: &BTreeSet<String>,
) -> Vec<Target<'a>> {
    let partition = partition_of(estate);
    let region = if partition == "aws" { "us-east-1" } else { "us-gov-west-1" };
    let known = |service: &str| {
        let part = format!(":{service}:");
        estate.resources.iter().map(|one| &one.arn).filter(move |arn| arn.contains(&part)).cloned()
    };
    let fresh = |service: &str, names: &[&str]| {
        // Of what has no account in its ARN, or that of AWS, nobody knows whose it is.
        let accounts = estate.accounts.keys().map(String::as_str).chain(account);
        let accounts = accounts.chain(strangers.iter().map(String::as_str)).chain(["aws", ""]);
        let mut all = Vec::new();
        for account in accounts {
            let home = if service == "iam" { "" } else { region };
            let one = |name| format!("arn:{partition}:{service}:{home}:{account}:{name}");
            all.extend(names.iter().map(one));
        }
        all
    };
    let arns: Vec<String> = match action {
        // Of the new bucket nobody knows whose it is: it is the caller's, or without a policy that
        // anybody here knows.
        "s3:ListBucket" => known("s3")
            .chain(["b1", "b2", "zz"].map(|name| format!("arn:{partition}:s3:::{name}")))
            .collect(),
        "s3:GetObject" => known("s3")
            .chain(["b1", "b2", "b3", "zz"].map(|name| format!("arn:{partition}:s3:::{name}")))
            .flat_map(|bucket| ["o", "p/o", "x/p/o"].map(|key| format!("{bucket}/{key}")))
            .collect(),
        "sqs:SendMessage" => known("sqs")
            .chain(fresh("sqs", &["q", "new"]))
            .flat_map(|queue| [format!("{queue}:x"), queue])
            .collect(),
        "kms:Decrypt" => known("kms").chain(fresh("kms", &["key/k", "key/new"])).collect(),
        "secretsmanager:GetSecretValue" => known("secretsmanager")
            .chain(fresh("secretsmanager", &["secret:s-AbCdEf", "secret:new-AbCdEf"]))
            .flat_map(|secret| [format!("{secret}/x-AbCdEf"), secret])
            .collect(),
        "bedrock:InvokeModel" => ["haiku", "sonnet"]
            .into_iter()
            .flat_map(|name| {
                [region, "", "us-west-2", "us-gov-east-1"].map(|region| {
                    format!("arn:{partition}:bedrock:{region}::foundation-model/{name}")
                })
            })
            .chain(fresh("bedrock", &["application-inference-profile/new"]))
            .collect(),
        "sts:TagSession" => estate
            .entities
            .iter()
            .filter(|entity| matches!(entity.kind, EntityKind::Role { .. }))
            .map(|entity| entity.arn.clone())
            .chain(fresh("iam", &["role/new", "role/adm/new", "role/r1", "user/new"]))
            // The catalogue requires no resource.
            .chain(["*".to_owned()])
            .collect(),
        _ => estate
            .entities
            .iter()
            .filter(|entity| matches!(entity.kind, EntityKind::Role { .. }))
            .map(|entity| entity.arn.clone())
            .chain(fresh("iam", &["role/new", "role/adm/new", "role/r1"]))
            .collect(),
    };
    let arns: BTreeSet<String> = arns.into_iter().collect();
    let silent = |arn: &&String| arn.contains(":s3:::");
    let theirs = strangers.iter().flat_map(|owner| {
        let arns = arns.iter().filter(silent);
        arns.map(move |arn| target(estate, arn, Some(owner)))
    });
    arns.iter().map(|arn| target(estate, arn, None)).chain(theirs).collect()
}

fn is_role_to_assume(action: &str, arn: &str) -> bool {
    action.starts_with("sts:") && arn.contains(":role/")
}

fn is_key(action: &str, arn: &str) -> bool {
    action.starts_with("kms:") && arn.contains(":key/")
}

/// Whose a resource is.
fn owner_of(target: &Target<'_>, caller: &Principal) -> Option<String> {
    let field = arn_fields(&target.arn).map(|fields| fields[4].to_owned());
    let own = || caller.account().map(str::to_owned);
    let field = field.filter(|account| !matches!(account.as_str(), "" | "aws"));
    target.owner.clone().or(field).or_else(own)
}

/// The targets of an organization to which policies are attached that bind an account, from its
/// root.
fn levels<'a>(organization: &'a Organization, account: &str) -> Vec<&'a Attached> {
    let Some(member) = organization.members.get(account) else { return Vec::new() };
    let mut levels = vec![&member.attached];
    let mut unit = Some(member.unit);
    while let Some(number) = unit {
        levels.insert(0, &organization.units[number].attached);
        unit = organization.units[number].parent;
    }
    levels
}

fn copies(shared: &[Shared]) -> Vec<NamedPolicy> {
    shared.iter().map(|one| NamedPolicy::clone(one)).collect()
}

/// The policies of a request. `None`: nobody is let in, since the resource needs a policy and has
/// none; or nobody here says anything about it.
pub(super) fn layers(
    estate: &Estate,
    caller: &Caller<'_>,
    action: &str,
    target: &Target<'_>,
) -> Option<Policies> {
    let mut set = Policies::default();
    let account = caller.principal.account();
    set.identity = Some(match (caller.entity, account) {
        (Some(entity), _) => copies(&entity.identity),
        (None, Some(_)) if caller.outside => vec![everything()],
        (None, _) => Vec::new(),
    });
    set.boundary = caller.entity.and_then(|entity| entity.boundary.as_deref()).cloned();
    let owner = owner_of(target, &caller.principal);
    if let Some(organization) = &estate.organization {
        let limited =
            |account: &Option<&str>| organization.management_account.as_deref() != *account;
        if let Some(account) = account.filter(|one| organization.scps && limited(&Some(one))) {
            let all = levels(organization, account);
            set.scp = all.iter().map(|level| copies(&level.scps)).collect();
        }
        if let Some(owner) = owner.as_deref().filter(|one| organization.rcps && limited(&Some(one)))
        {
            let all = levels(organization, owner);
            set.rcp = all.iter().map(|level| copies(&level.rcps)).collect();
        }
    }
    let known = |account: Option<&str>, what: fn(&keyaki::estate::Account) -> bool| {
        account.and_then(|account| estate.accounts.get(account)).is_some_and(what)
    };
    let own = owner.as_deref();
    if is_role_to_assume(action, &target.arn) {
        match target.role.map(|role| &role.kind) {
            Some(EntityKind::Role { trust: Some(trust) }) => {
                set.resource = Some(NamedPolicy::clone(trust));
            }
            // Nothing is said about who may assume it.
            Some(EntityKind::Role { trust: None }) => {}
            _ if known(own, |account| account.principals) => return None,
            _ => {}
        }
    } else if let Some((resource, policy)) =
        target.known.and_then(|one| Some((one, one.policy.as_ref()?)))
    {
        if is_kept_out(estate, &caller.principal, resource, policy) {
            return None;
        }
        set.resource = Some(NamedPolicy::clone(policy));
    } else if is_key(action, &target.arn) && known(own, |account| account.resources) {
        return None;
    }
    Some(set)
}

/// Whether Block Public Access of a bucket or of its account keeps somebody out.
fn is_kept_out(estate: &Estate, who: &Principal, bucket: &Resource, policy: &Shared) -> bool {
    let of_account = estate.accounts.get(&bucket.account).and_then(|one| one.block_public_access);
    let restricts = of_account
        .into_iter()
        .chain(bucket.bucket.block_public_access)
        .any(|block| block.restrict_buckets);
    let stranger = who.account() != Some(bucket.account.as_str())
        && who.kind() != Some(PrincipalKind::Service);
    let text = policy.source.as_ref().map(|source| source.text()).unwrap_or_default();
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    restricts
        && stranger
        && bucket.arn.contains(":s3:::")
        && list(&document["Statement"]).into_iter().any(is_public_grant)
}

/// What is written as one or as a list of several.
fn list(one: &Value) -> Vec<&Value> {
    match one {
        Value::Null => Vec::new(),
        Value::Array(several) => several.iter().collect(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => vec![one],
    }
}

/// Whether a statement grants to everybody for sure, read off its text: nothing in it tells who may
/// ask. What it may look at is what is drawn.
fn is_public_grant(statement: &Value) -> bool {
    let principals = &statement["Principal"];
    let everybody = statement.get("NotPrincipal").is_some()
        || principals == "*"
        || list(&principals["AWS"]).iter().any(|one| *one == "*")
        || list(&principals["Federated"])
            .iter()
            .any(|one| one.as_str().is_some_and(|name| !name.starts_with("arn:")));
    let tells = |operator: &str, key: &str, values: &Value| {
        let key = key.to_lowercase();
        let excludes = operator.contains("Not") || operator == "Null";
        let listed = ["aws:principalorgid", "aws:sourceaccount", "aws:sourcearn", "aws:userid"];
        let fixed = list(values).iter().all(|value| {
            let text = value.as_str().unwrap_or_default();
            let wild = operator.contains("Like") || operator.contains("Arn");
            let session = key == "aws:userid" && text.ends_with(":*");
            session || !(text.contains("${") || wild && text.contains(['*', '?']))
        });
        match listed.contains(&key.as_str()) {
            true => !excludes && fixed,
            false => !excludes && (key.starts_with("aws:principal") || key == "aws:username"),
        }
    };
    let conditions = statement["Condition"].as_object().into_iter().flatten();
    let mut pairs = conditions.flat_map(|(operator, keys)| {
        keys.as_object().into_iter().flatten().map(move |(key, values)| (operator, key, values))
    });
    statement["Effect"] == "Allow"
        && everybody
        && !pairs.any(|(operator, key, values)| tells(operator, key, values))
}

fn everything() -> NamedPolicy {
    let document = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    NamedPolicy::new("everything", crate::support::policy(&document.to_string()))
}

/// Whether outsiders are asked about a resource: one of the estate with a policy, or one in their
/// own account.
fn is_asked_outside(
    estate: &Estate,
    caller: &Caller<'_>,
    action: &str,
    target: &Target<'_>,
) -> bool {
    let own = |account: &str| caller.principal.account() == Some(account);
    if is_role_to_assume(action, &target.arn) {
        return target
            .role
            .is_some_and(|role| matches!(role.kind, EntityKind::Role { trust: Some(_) }));
    }
    target.known.is_some_and(|one| {
        one.policy.is_some() || own(&one.account) && estate.accounts.contains_key(&one.account)
    })
}

/// What is known of a tag: nothing, that it is absent, that it is there, or its value.
enum Known {
    Free,
    Absent,
    Present,
    Value(String),
}

fn tag_of(tags: Option<&Tags>, name: &str, fixed: bool) -> Known {
    let Some(tags) = tags else { return Known::Free };
    let value = tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    match (value, fixed) {
        (Some((_, value)), true) => Known::Value(value.clone()),
        (None, true) => Known::Absent,
        (Some(_), false) => Known::Present,
        (None, false) => Known::Free,
    }
}

/// Whether the sessions of a role may have tags that the role does not have.
fn may_be_tagged(trust: Option<&Shared>) -> bool {
    let tagging = |pattern: &ActionPattern| match pattern {
        ActionPattern::Any => true,
        ActionPattern::Name { service, name } => {
            service.eq_ignore_ascii_case("sts")
                && semantics::is_like(&name.to_lowercase(), "tagsession")
        }
    };
    trust.is_none_or(|trust| {
        trust.policy.statements().any(|statement| {
            let named = statement.action.patterns.iter().any(tagging);
            statement.effect == Effect::Allow && named != statement.action.negated
        })
    })
}

fn principal_tag(caller: &Caller<'_>, name: &str) -> Known {
    match (caller.entity, caller.principal.kind()) {
        (Some(entity), _) => {
            let fixed = match &entity.kind {
                EntityKind::User { .. } => true,
                EntityKind::Role { trust } => !may_be_tagged(trust.as_ref()),
            };
            tag_of(entity.tags.as_ref(), name, fixed)
        }
        (None, Some(PrincipalKind::User | PrincipalKind::RoleSession)) => Known::Free,
        _ => Known::Absent,
    }
}

/// The tags of a resource, where the estate tells them and requests are about them.
fn tags_of<'a>(target: &Target<'a>) -> Option<&'a Tags> {
    match (target.known, target.role) {
        (Some(resource), _) if !resource.arn.contains(":s3:") => resource.tags.as_ref(),
        (Some(_), _) => None,
        (None, role) => role.and_then(|role| role.tags.as_ref()),
    }
}

/// The organization of an account and the account's path, where that is known: of members, and of
/// accounts that are none.
enum Place {
    Free,
    At(String),
    NotIn(String),
}

fn place_of(estate: &Estate, account: &str) -> Place {
    let Some(organization) = &estate.organization else { return Place::Free };
    let Some(member) = organization.members.get(account) else {
        return Place::NotIn(organization.id.clone());
    };
    let mut path = String::new();
    let mut unit = Some(member.unit);
    while let Some(number) = unit {
        path = format!("{}/{path}", organization.units[number].id);
        unit = organization.units[number].parent;
    }
    Place::At(format!("{}/{path}", organization.id))
}

/// Pairs of a key and its value, or none.
type Choice = Vec<(&'static str, Option<ContextValue>)>;

fn single(text: &str) -> Option<ContextValue> {
    Some(ContextValue::Single(text.to_owned()))
}

/// What a request may say of an organization.
fn places(
    id: &'static str,
    paths: &'static str,
    place: &Place,
    may_be_silent: bool,
) -> Vec<Choice> {
    let says = |path: &str| {
        let own = path.split('/').next().unwrap_or_default();
        vec![(id, single(own)), (paths, Some(ContextValue::List(vec![path.to_owned()])))]
    };
    let silent = vec![(id, None), (paths, None)];
    let mut all = Vec::new();
    if may_be_silent || !matches!(place, Place::At(_)) {
        all.push(silent);
    }
    let others = [
        format!("{OTHER_ORGANIZATION}/r-b/"),
        format!("{OTHER_ORGANIZATION}/r-b/ou-b-x/"),
        "o-zzzzzzzzzz/r-z/".to_owned(),
    ];
    match place {
        Place::At(path) => all.push(says(path)),
        Place::NotIn(organization) => {
            all.extend(
                others
                    .iter()
                    .filter(|path| !path.starts_with(organization.as_str()))
                    .map(|path| says(path)),
            );
        }
        Place::Free => {
            let mut path = format!("{ORGANIZATION}/");
            for (unit, _) in UNITS {
                path = format!("{path}{unit}/");
                all.push(says(&path));
            }
            all.extend(others.iter().map(|path| says(path)));
        }
    }
    all
}

/// The ids of the users and roles of an estate.
fn known_ids(estate: &Estate) -> Vec<&str> {
    estate.entities.iter().filter_map(|entity| entity.id.as_deref()).collect()
}

/// What requests may carry for a key.
fn values(
    estate: &Estate,
    caller: &Caller<'_>,
    target: &Target<'_>,
    key: &ContextKey,
) -> Vec<Choice> {
    let kind = caller.principal.kind().expect("a principal");
    let account = caller.principal.account();
    let owner = owner_of(target, &caller.principal);
    let model = target.arn.contains(":foundation-model/");
    let several = |name: &'static str, texts: &[&str], absent: bool| -> Vec<Choice> {
        let values = texts.iter().map(|text| single(text));
        values.chain(absent.then_some(None)).map(|value| vec![(name, value)]).collect()
    };
    // The key may have been written in another way.
    let tag = |known: Known, absent: bool| -> Vec<Choice> {
        let name: &'static str = match key.lower() {
            "aws:principaltag/team" => "aws:PrincipalTag/team",
            "aws:principaltag/env" => "aws:PrincipalTag/env",
            "aws:resourcetag/team" => "aws:ResourceTag/team",
            "aws:resourcetag/env" => "aws:ResourceTag/env",
            other => panic!("the universe does not know `{other}`"),
        };
        match known {
            Known::Free => several(name, &["red", "rose", "blue", "green", ""], true),
            Known::Present => several(name, &["red", "rose", "blue", "green", ""], false),
            Known::Absent => vec![vec![(name, None)]],
            Known::Value(value) => several(name, &[&value], absent),
        }
    };
    let every =
        || estate.accounts.keys().map(String::as_str).chain([MEMBER, STRANGER]).collect::<Vec<_>>();
    match key.lower() {
        "aws:principalarn" => match kind {
            PrincipalKind::RoleSession => several(
                "aws:PrincipalArn",
                &[&caller.principal.issuer().unwrap_or_default()],
                false,
            ),
            PrincipalKind::User | PrincipalKind::Root => {
                several("aws:PrincipalArn", &[&caller.principal.arn], false)
            }
            PrincipalKind::FederatedUser
            | PrincipalKind::Service
            | PrincipalKind::FederatedIdentity
            | PrincipalKind::Anonymous => several("aws:PrincipalArn", &[], true),
        },
        "aws:principalaccount" => match (account, kind) {
            (Some(account), _) => several("aws:PrincipalAccount", &[account], false),
            (None, PrincipalKind::Anonymous) => {
                several("aws:PrincipalAccount", &["anonymous"], false)
            }
            (None, _) => several("aws:PrincipalAccount", &every(), true),
        },
        "aws:principalorgid" | "aws:principalorgpaths" => match (account, kind) {
            (Some(account), _) => places(
                "aws:PrincipalOrgID",
                "aws:PrincipalOrgPaths",
                &place_of(estate, account),
                false,
            ),
            (None, PrincipalKind::FederatedIdentity) => {
                places("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", &Place::Free, true)
            }
            (None, _) => vec![vec![("aws:PrincipalOrgID", None), ("aws:PrincipalOrgPaths", None)]],
        },
        "aws:principalorgmasteraccountid" => {
            let name = "aws:PrincipalOrgMasterAccountId";
            let own =
                estate.organization.as_ref().and_then(|all| all.management_account.as_deref());
            match (account.map(|account| place_of(estate, account)), kind) {
                (Some(Place::At(_)), _) => several(name, &[own.unwrap_or_default()], true),
                (Some(Place::NotIn(_)), _) => {
                    let all = [ACCOUNTS[0], MANAGEMENT, "888877776666"].into_iter();
                    let others: Vec<&str> = all.filter(|one| Some(*one) != own).collect();
                    several(name, &others, true)
                }
                (Some(Place::Free), _) | (None, PrincipalKind::FederatedIdentity) => {
                    several(name, &[ACCOUNTS[0], MANAGEMENT, "888877776666"], true)
                }
                (None, _) => several(name, &[], true),
            }
        }
        "aws:resourceorgid" | "aws:resourceorgpaths" => {
            let own = owner.as_deref().map_or(Place::Free, |owner| place_of(estate, owner));
            let place = if model { Place::At("o-aws/r-aws/".to_owned()) } else { own };
            places("aws:ResourceOrgID", "aws:ResourceOrgPaths", &place, true)
        }
        "aws:resourceaccount" => match (&owner, model) {
            (_, true) => several("aws:ResourceAccount", &["000000000000"], true),
            (Some(owner), false) => several("aws:ResourceAccount", &[owner], true),
            (None, false) => several("aws:ResourceAccount", &every(), true),
        },
        "aws:sourceip" => several("aws:SourceIp", &["10.1.1.1", "203.0.113.9"], true),
        "aws:multifactorauthpresent" => {
            several("aws:MultiFactorAuthPresent", &["true", "false"], true)
        }
        "sts:externalid" => several("sts:ExternalId", &["x1", "other"], true),
        "aws:userid" => {
            let id = caller.entity.and_then(|entity| entity.id.as_deref());
            let name = caller.principal.arn.rsplit('/').next().unwrap_or_default();
            let ids: Vec<String> = match kind {
                PrincipalKind::User => id
                    .map_or_else(|| vec![DELETED[0], "AIDANEW00000000000000"], |id| vec![id])
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                PrincipalKind::RoleSession => id
                    .map_or_else(|| vec![DELETED[1], "AROANEW00000000000000"], |id| vec![id])
                    .into_iter()
                    .map(|id| format!("{id}:{name}"))
                    .collect(),
                PrincipalKind::Root => vec![account.unwrap_or_default().to_owned()],
                PrincipalKind::Anonymous => vec!["anonymous".to_owned()],
                PrincipalKind::FederatedUser
                | PrincipalKind::Service
                | PrincipalKind::FederatedIdentity => known_ids(estate)
                    .iter()
                    .copied()
                    .chain(DELETED)
                    .flat_map(|id| ["", ":s1", ":s2", ":*"].map(|name| format!("{id}{name}")))
                    // Of these nothing is known: it may even be what looks like a pattern.
                    .chain(["new".to_owned(), format!("*:{SESSION}")])
                    .collect(),
            };
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            several(
                "aws:userid",
                &ids,
                matches!(kind, PrincipalKind::Service | PrincipalKind::FederatedIdentity),
            )
        }
        lower if lower.starts_with("aws:principaltag/") => {
            let name = lower.trim_start_matches("aws:principaltag/");
            tag(principal_tag(caller, name), false)
        }
        lower if lower.starts_with("aws:resourcetag/") => {
            let name = lower.trim_start_matches("aws:resourcetag/");
            tag(tag_of(tags_of(target), name, true), true)
        }
        other => panic!("the universe does not know `{other}`"),
    }
}

/// Every key that the policies and the question look at.
fn keys(set: &Policies, shape: &Shape) -> BTreeSet<ContextKey> {
    let named = set.all().map(|named| &*named.policy).flat_map(Policy::keys);
    named.chain(shape.keys()).cloned().collect()
}

/// Every key that the question and those statements look at that may speak of the action: a request
/// need not tell of others.
fn counting(set: &Policies, shape: &Shape, action: &str) -> BTreeSet<ContextKey> {
    let statements = set.all().flat_map(|named| named.policy.statements());
    let speaking = statements.filter(|statement| {
        let mut patterns = statement.action.patterns.iter();
        patterns.any(|pattern| semantics::matches_action(pattern, action))
            != statement.action.negated
    });
    speaking.flat_map(Statement::keys).chain(shape.keys()).cloned().collect()
}

fn managing(estate: &Estate, principal: &Principal) -> bool {
    let management = estate.organization.as_ref().and_then(|all| all.management_account.as_deref());
    management.is_some() && management == principal.account()
}

/// A request that the caller may make, and that is allowed.
fn allowed(
    estate: &Estate,
    caller: &Caller<'_>,
    shape: &Shape,
    world: &World<'_>,
) -> Option<Request> {
    allowed_at(estate, caller, shape, world, &|_| true)
}

/// Likewise, where the resource is one of these.
fn allowed_at(
    estate: &Estate,
    caller: &Caller<'_>,
    shape: &Shape,
    world: &World<'_>,
    is_asked: &dyn Fn(&Target<'_>) -> bool,
) -> Option<Request> {
    let strangers = strangers(estate, shape);
    for pattern in &shape.statement.action.patterns {
        let ActionPattern::Name { service, name } = pattern else { panic!("a wildcard") };
        let action = format!("{service}:{name}");
        for target in targets(estate, &action, caller.principal.account(), &strangers) {
            if caller.outside && !is_asked_outside(estate, caller, &action, &target) {
                continue;
            }
            if !is_asked(&target) {
                continue;
            }
            let Some(set) = layers(estate, caller, &action, &target) else { continue };
            let set = let_in(set, caller, &target, &strangers);
            let keys = keys(&set, shape);
            let mut groups: Vec<Vec<Choice>> = Vec::new();
            let mut taken = BTreeSet::new();
            for key in &keys {
                let choices = values(estate, caller, &target, key);
                let first =
                    choices.first().and_then(|choice| choice.first()).map(|(name, _)| *name);
                if taken.insert(first) {
                    groups.push(choices);
                }
            }
            let mut request = Request {
                principal: caller.principal.clone(),
                action: action.clone(),
                resource: target.arn.clone(),
                resource_account: target.owner.clone(),
                principal_in_management_account: managing(estate, &caller.principal),
                context: [].into(),
            };
            let mentioned: BTreeSet<&ContextKey> = keys.iter().collect();
            let found = search(&groups, &mut request, &mut |request| {
                semantics::matches_shape(shape, request)
                    && semantics::decide(&set, request).decision == Decision::Allowed
                    && feasibility::violations(request, &mentioned, world).is_empty()
            });
            if found {
                return Some(request);
            }
        }
    }
    None
}

/// Every combination of the choices, until one is right.
fn search(
    groups: &[Vec<Choice>],
    request: &mut Request,
    is_right: &mut dyn FnMut(&Request) -> bool,
) -> bool {
    let Some((first, rest)) = groups.split_first() else { return is_right(request) };
    first.iter().any(|choice| {
        for (key, value) in choice {
            let key = ContextKey::new(key);
            match value {
                Some(value) => drop(request.context.insert(key, value.clone())),
                None => drop(request.context.remove(&key)),
            }
        }
        search(rest, request, is_right)
    })
}

/// What is wrong with a request that is to show that a subject can: it must be one of the subject,
/// as the estate has it, and allowed.
fn wrong(
    estate: &Estate,
    subject: Subject<'_>,
    request: &Request,
    shape: &Shape,
    world: &World<'_>,
) -> Option<String> {
    let principal = &request.principal;
    let partition = partition_of(estate);
    let account = principal.account();
    let of_kind =
        |kinds: &[PrincipalKind]| principal.kind().is_some_and(|kind| kinds.contains(&kind));
    let in_account = [
        PrincipalKind::User,
        PrincipalKind::RoleSession,
        PrincipalKind::FederatedUser,
        PrincipalKind::Root,
    ];
    let known: BTreeSet<&str> = {
        let members = estate.organization.iter().flat_map(|all| all.members.keys());
        estate.accounts.keys().chain(members).map(String::as_str).collect()
    };
    let is_subject = match subject {
        Subject::Entity(entity) => match entity.kind {
            EntityKind::User { .. } => principal.arn == entity.arn,
            EntityKind::Role { .. } => {
                let [_, _, _, _, own, _] = arn_fields(&entity.arn)?;
                let name = entity.arn.rsplit('/').next().unwrap_or_default();
                let start = format!("arn:{partition}:sts::{own}:assumed-role/{name}/");
                principal.issuer().as_deref() == Some(&entity.arn)
                    && principal.arn.starts_with(&start)
            }
        },
        Subject::Root(own) => principal.arn == format!("arn:{partition}:iam::{own}:root"),
        Subject::Member(own) => account == Some(own) && of_kind(&in_account),
        Subject::AnyAccount => {
            of_kind(&in_account) && account.is_some_and(|account| !known.contains(account))
        }
        Subject::Service => of_kind(&[PrincipalKind::Service]),
        Subject::Provider => of_kind(&[PrincipalKind::FederatedIdentity]),
        Subject::Anonymous => of_kind(&[PrincipalKind::Anonymous]),
    };
    if !is_subject {
        return Some("it is somebody else's".to_owned());
    }
    if principal.account().is_some() && !principal.arn.starts_with(&format!("arn:{partition}:")) {
        return Some("the caller is in another partition".to_owned());
    }
    let entity = match subject {
        Subject::Entity(entity) => Some(entity),
        Subject::Root(_)
        | Subject::Member(_)
        | Subject::AnyAccount
        | Subject::Service
        | Subject::Provider
        | Subject::Anonymous => None,
    };
    let outside = !matches!(subject, Subject::Entity(_) | Subject::Root(_));
    let caller = Caller { principal: principal.clone(), entity, outside };
    let target = target(estate, &request.resource, request.resource_account.as_deref());
    if target.known.is_some_and(|one| request.owner() != Some(&one.account)) {
        return Some("the resource belongs to somebody else".to_owned());
    }
    if request.principal_in_management_account != managing(estate, principal) {
        return Some("the caller is not in the management account, or is".to_owned());
    }
    let Some(set) = layers(estate, &caller, &request.action, &target) else {
        return Some("nobody is let in".to_owned());
    };
    let set = let_in(set, &caller, &target, &strangers(estate, shape));
    let keys = counting(&set, shape, &request.action);
    let mentioned: BTreeSet<&ContextKey> = keys.iter().collect();
    let reason = |request: &Request| {
        let decision = semantics::decide(&set, request).decision;
        if decision != Decision::Allowed {
            return Some(format!("it is not allowed: {decision}"));
        }
        if !semantics::matches_shape(shape, request) {
            return Some("it is not what the question is about".to_owned());
        }
        let violations = feasibility::violations(request, &mentioned, world);
        if !violations.is_empty() {
            return Some(format!("it cannot be: {violations:?}"));
        }
        unlike(estate, &caller, &target, request, &keys)
    };
    let told = reason(request)?;
    // What no statement looks at that the question can meet may be left out of a request.
    let is_told = |(key, value): &(&str, Option<ContextValue>)| {
        request.context.get(&ContextKey::new(key)).is_none_or(|own| value.as_ref() == Some(own))
    };
    let missing = keys.iter().filter(|key| !request.context.contains_key(key));
    let groups: Vec<Vec<Choice>> = missing
        .map(|key| {
            let choices = values(estate, &caller, &target, key).into_iter();
            choices.filter(|choice| choice.iter().all(is_told)).collect()
        })
        .collect();
    let completed = search(&groups, &mut request.clone(), &mut |request| reason(request).is_none());
    (!completed).then_some(told)
}

/// What a request says of its caller or its resource that the estate has otherwise.
fn unlike(
    estate: &Estate,
    caller: &Caller<'_>,
    target: &Target<'_>,
    request: &Request,
    keys: &BTreeSet<ContextKey>,
) -> Option<String> {
    let (entity, account) = (caller.entity, caller.principal.account());
    keys.iter().find_map(|key| {
        let value = request.context.get(key);
        let text = match value {
            Some(ContextValue::Single(text)) => Some(text.as_str()),
            Some(ContextValue::List(list)) => list.first().map(String::as_str),
            None => None,
        };
        let tag = |known: Known, absent: bool| match known {
            Known::Free => true,
            Known::Absent => text.is_none(),
            Known::Present => text.is_some(),
            Known::Value(own) => text.map_or(absent, |text| text == own),
        };
        let organization =
            |account: &str, id: bool, silent: bool| match (place_of(estate, account), text) {
                (Place::Free, _) => true,
                (Place::At(_), None) => silent,
                (Place::At(path), Some(text)) => {
                    text == if id { path.split('/').next().unwrap_or_default() } else { &path }
                }
                (Place::NotIn(_), None) => true,
                (Place::NotIn(own), Some(text)) => text.split('/').next() != Some(&own),
            };
        let lower = key.lower();
        let fits = match lower {
            "aws:principalorgid" | "aws:principalorgpaths" => {
                account.is_none_or(|account| organization(account, lower.ends_with("id"), false))
            }
            "aws:principalorgmasteraccountid" => {
                let own =
                    estate.organization.as_ref().and_then(|all| all.management_account.as_deref());
                match (account.map(|account| place_of(estate, account)), text) {
                    (Some(Place::At(_)), Some(text)) => Some(text) == own,
                    (Some(Place::NotIn(_)), Some(text)) => Some(text) != own,
                    (Some(Place::Free) | None, _) | (_, None) => true,
                }
            }
            "aws:resourceorgid" | "aws:resourceorgpaths" => {
                let model = target.arn.contains(":foundation-model/");
                let owner = request.owner();
                model || owner.is_none_or(|owner| organization(owner, lower.ends_with("id"), true))
            }
            "aws:userid" => match (entity, entity.and_then(|entity| entity.id.as_deref())) {
                (Some(_), Some(id)) => text.is_some_and(|text| {
                    text == id
                        || entity.is_some_and(Entity::is_role)
                            && text.starts_with(&format!("{id}:"))
                }),
                // The id of somebody whom the estate knows is nobody else's.
                _ => {
                    account.is_none()
                        || text.is_none_or(|text| {
                            known_ids(estate).iter().all(|id| text.split(':').next() != Some(id))
                        })
                }
            },
            _ if lower.starts_with("aws:principaltag/") => {
                tag(principal_tag(caller, lower.trim_start_matches("aws:principaltag/")), false)
            }
            _ if lower.starts_with("aws:resourcetag/") => tag(
                tag_of(tags_of(target), lower.trim_start_matches("aws:resourcetag/"), true),
                true,
            ),
            _ => true,
        };
        (!fits).then(|| format!("`{}` is not as the estate has it: {text:?}", key.text()))
    })
}

/// What Keyaki and brute force say of everybody, where they differ.
fn differences(
    document: &Value,
    requests: Requests<'_>,
    world: &World<'_>,
    solver: &Solver,
    count: &mut Count,
) -> Result<Vec<String>, String> {
    let estate = estate_of(document)?;
    let shape = reading::shape_of(&document["shape"])?;
    if shape.statement.action.patterns.contains(&ActionPattern::Any) {
        return Err("the universe has no actions but those that are named".to_owned());
    }
    let limits = Limits::timeout(Duration::from_secs(60));
    let who = WhoCan::new(&estate, &shape, requests, NotPrincipalReading::AnyEntry);
    let mut differences = Vec::new();
    for subject in who.subjects() {
        let name = subject.name(&estate);
        let verdict = match who.ask(subject, solver, &limits) {
            Ok(verdict) => verdict,
            Err(error) => {
                differences.push(format!("{name}: {error}"));
                continue;
            }
        };
        let found = callers(&estate, subject)
            .iter()
            .find_map(|caller| allowed(&estate, caller, &shape, world));
        match (verdict.answer, found) {
            (Answer::Yes(witness), found) => {
                count.yes += 1;
                if let Some(wrong) = wrong(&estate, subject, &witness.request, &shape, world) {
                    differences.push(format!(
                        "{name}: yes by a request that proves nothing, {wrong}: {:?}",
                        witness.request
                    ));
                } else if found.is_none() {
                    differences.push(format!("{name}: yes, and brute force finds nothing; the universe is not complete: {:?}", witness.request));
                }
            }
            (Answer::No, None) => count.no += 1,
            (Answer::No, Some(request)) => {
                differences.push(format!("{name}: no, and this is allowed: {request:?}"))
            }
            // Without Z3 a text that is part of another text may be too much: a session that is named
            // by a pattern of its unique id, a tag that another tag is to be equal to.
            (Answer::Unknown(_), _) => count.unknown += 1,
        }
    }
    Ok(differences)
}

/// What an estate has of a target: the ARN of the resource, of the user or of the role.
fn what<'a>(target: &Target<'a>) -> Option<&'a str> {
    let role = target.role.map(|role| role.arn.as_str());
    target.known.map(|one| one.arn.as_str()).or(role)
}

/// What Keyaki says of everybody at each resource and elsewhere, where brute force says something
/// else, or Keyaki itself, asked about the resource alone.
fn differences_at(
    document: &Value,
    world: &World<'_>,
    solver: &Solver,
    count: &mut Count,
) -> Result<Vec<String>, String> {
    let requests = Requests::Feasible(*world);
    let estate = estate_of(document)?;
    let shape = reading::shape_of(&document["shape"])?;
    let limits = Limits::timeout(Duration::from_secs(60));
    let who = WhoCan::new(&estate, &shape, requests, NotPrincipalReading::AnyEntry);
    let targets = Targets::new(&who);
    let mut differences = Vec::new();
    let numbers = (0..targets.all().len()).map(Some).chain([None]);
    for number in numbers {
        let asked = number.map(|number| &targets.all()[number]);
        let arn = asked.map(|target| target.arn);
        let is_asked = |target: &Target<'_>| match arn {
            Some(arn) => what(target) == Some(arn),
            None => what(target).is_none_or(|arn| targets.all().iter().all(|one| one.arn != arn)),
        };
        let concerns = asked.is_none_or(|target| {
            let verdict = targets.concerns(target, solver, &limits).expect("an answer");
            !matches!(verdict.answer, Answer::No)
        });
        let alone = arn.and_then(|arn| alone(document, &estate, arn));
        let alone = alone.map(|shape| reading::shape_of(&shape)).transpose()?;
        let alone = alone
            .as_ref()
            .map(|shape| WhoCan::new(&estate, shape, requests, NotPrincipalReading::AnyEntry));
        for subject in who.subjects() {
            let name = format!("{} at {}", subject.name(&estate), arn.unwrap_or("elsewhere"));
            let word = |answer: &Answer| match answer {
                Answer::Yes(_) => "yes",
                Answer::No => "no",
                Answer::Unknown(_) => "unknown",
            };
            let verdict = targets.ask(number, subject, solver, &limits).expect("an answer");
            // Elsewhere nobody is asked about who is not of the estate.
            let found = (number.is_some() || !subject.is_outside())
                .then(|| callers(&estate, subject))
                .into_iter()
                .flatten()
                .find_map(|caller| allowed_at(&estate, &caller, &shape, world, &is_asked));
            if let Some(alone) = &alone {
                let said = alone.ask(subject, solver, &limits).expect("an answer").answer;
                let words = [word(&said), word(&verdict.answer)];
                if words[0] != words[1] && !words.contains(&"unknown") {
                    differences.push(format!(
                        "{name}: {}, and asked alone {}: {verdict:?} {said:?}",
                        word(&verdict.answer),
                        word(&said)
                    ));
                }
            }
            match (verdict.answer, found) {
                (Answer::Yes(_), _) if !concerns => {
                    differences.push(format!("{name}: yes, and the question is about others"));
                }
                (Answer::Yes(witness), found) => {
                    count.yes += 1;
                    let request = &witness.request;
                    let target =
                        target(&estate, &request.resource, request.resource_account.as_deref());
                    if let Some(wrong) = wrong(&estate, subject, request, &shape, world) {
                        differences.push(format!(
                            "{name}: yes, which proves nothing, {wrong}: {request:?}"
                        ));
                    } else if !is_asked(&target) {
                        differences.push(format!("{name}: yes, by another resource: {request:?}"));
                    } else if found.is_none() {
                        differences.push(format!(
                            "{name}: yes, and brute force finds nothing: {request:?}"
                        ));
                    }
                }
                (Answer::No, None) => count.no += 1,
                (Answer::No, Some(request)) => {
                    differences.push(format!("{name}: no, and this is allowed: {request:?}"));
                }
                (Answer::Unknown(_), _) => count.unknown += 1,
            }
        }
    }
    Ok(differences)
}

/// The question about one resource of the estate and what is in it, where it names no other ones.
fn alone(document: &Value, estate: &Estate, arn: &str) -> Option<Value> {
    let mut shape = document["shape"].clone();
    if !(shape.get("Resource").is_none_or(|one| one == "*") && shape.get("NotResource").is_none()) {
        return None;
    }
    let mut texts = vec![arn.to_owned()];
    if estate.resource(arn).is_some() && !arn.contains(":kms:") {
        texts.push(format!("{arn}/*"));
        if !arn.contains(":s3:") {
            texts.push(format!("{arn}:*"));
        }
    }
    shape["Resource"] = json!(texts);
    Some(shape)
}

#[derive(Default)]
struct Count {
    yes: usize,
    no: usize,
    unknown: usize,
}

fn solver() -> Solver {
    Solver::single(from_spec("finite").expect("the engine is built"))
}

/// What is different in a case, with nothing in it that could be left out.
fn report(document: &Value, world: &World<'_>) -> Option<String> {
    let solver = solver();
    let ask = |document: &Value| {
        differences(document, Requests::Feasible(*world), world, &solver, &mut Count::default())
    };
    let found = ask(document).unwrap_or_else(|error| panic!("{document}\n{error}"));
    let first = found.first()?;
    // What is wrong stays the same: the words in front of the request.
    let kind = |text: &str| text.split(": ").skip(1).take(1).collect::<String>();
    let wanted = kind(first);
    let small = shrink::shrink(document.clone(), &|smaller| {
        ask(smaller).is_ok_and(|found| found.iter().any(|one| kind(one) == wanted))
    });
    let found = ask(&small).unwrap_or_default();
    Some(format!("{}\n{}", found.join("\n"), small))
}

#[test]
fn everybody_at_each_resource_as_by_brute_force() {
    let draws = number("KEYAKI_DRAWS", 80) / 8;
    let seed = number("KEYAKI_SEED", 0) + 1_000_000;
    let world = World::embedded().expect("the catalogue");
    let all: Vec<(Count, Vec<String>)> = (0..draws)
        .into_par_iter()
        .map(|number| {
            let document = draw(&mut generate::rng(seed + number));
            let mut count = Count::default();
            let found = differences_at(&document, &world, &solver(), &mut count)
                .unwrap_or_else(|error| panic!("{document}\n{error}"));
            let told = found.iter().take(3);
            (count, told.map(|one| format!("estate {}: {one}", seed + number)).collect())
        })
        .collect();
    let sum = |of: fn(&Count) -> usize| all.iter().map(|(count, _)| of(count)).sum::<usize>();
    let (yes, no) = (sum(|count| count.yes), sum(|count| count.no));
    let unknown = sum(|count| count.unknown);
    println!("{draws} estates: {yes} times yes, {no} times no, {unknown} times unknown");
    let bad: Vec<&String> = all.iter().flat_map(|(_, told)| told).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    if draws >= 25 {
        assert!(yes * 30 > no && no > yes, "{yes} times yes, {no} times no");
        assert!(unknown * 100 < yes + no, "{unknown} times unknown");
    }
}

#[test]
fn everybody_as_by_brute_force() {
    let draws = number("KEYAKI_DRAWS", 80);
    let seed = number("KEYAKI_SEED", 0);
    let world = World::embedded().expect("the catalogue");
    let all: Vec<(Count, Option<String>)> = (0..draws)
        .into_par_iter()
        .map(|number| {
            let document = draw(&mut generate::rng(seed + number));
            let mut count = Count::default();
            let found =
                differences(&document, Requests::Feasible(world), &world, &solver(), &mut count)
                    .unwrap_or_else(|error| panic!("{document}\n{error}"));
            let told = (!found.is_empty())
                .then(|| format!("estate {}: {}", seed + number, found.join("\n")));
            (count, told)
        })
        .collect();
    let sum = |of: fn(&Count) -> usize| all.iter().map(|(count, _)| of(count)).sum::<usize>();
    let (yes, no) = (sum(|count| count.yes), sum(|count| count.no));
    let unknown = sum(|count| count.unknown);
    println!("{draws} estates: {yes} times yes, {no} times no, {unknown} times unknown");
    let bad: Vec<&String> = all.iter().filter_map(|(_, told)| told.as_ref()).collect();
    if !bad.is_empty() {
        let first = bad[0]
            .split([' ', ':'])
            .nth(1)
            .and_then(|number| number.parse().ok())
            .unwrap_or_default();
        let small = report(&draw(&mut generate::rng(first)), &world).unwrap_or_default();
        let shown: Vec<String> =
            bad.iter().take(12).map(|text| text.chars().take(600).collect()).collect();
        panic!(
            "{} of {draws} estates differ.\n{}\n\nThe first, smaller:\n{small}",
            bad.len(),
            shown.join("\n\n")
        );
    }
    // What is always the same proves little. Of few nothing follows.
    if draws >= 100 {
        assert!(yes * 8 > no && no > yes, "{yes} times yes, {no} times no");
        assert!(unknown * 100 < yes + no, "{unknown} times unknown");
    }
}

/// Small estates, most of them from a difference that brute force found, with who can and who
/// cannot: of everybody brute force says the same.
mod cases {
    use super::{Count, differences, estate_of, reading, solver};
    use keyaki::estates::WhoCan;
    use keyaki::layers::NotPrincipalReading;
    use keyaki::query::{Answer, Requests};
    use keyaki::world::World;
    use keyaki_engines::engine::Limits;
    use serde_json::{Value, json};
    use std::time::Duration;

    const USER: &str = "arn:aws:iam::111122223333:user/u1";
    const OTHER_USER: &str = "arn:aws:iam::111122223333:user/adm/u2";
    const ROLE: &str = "arn:aws:iam::111122223333:role/adm/r2";
    const OTHER_ROLE: &str = "arn:aws:iam::111122223333:role/r1";
    const ROOT: &str = "arn:aws:iam::111122223333:root";
    const FOREIGNER: &str = "arn:aws:iam::222233334444:user/u1";
    const QUEUE: &str = "arn:aws:sqs:us-east-1:111122223333:q";
    const SEND: &str = "sqs:SendMessage";

    fn allow(action: &str, condition: Value) -> Value {
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition}})
    }

    fn grant(principal: Value, action: &str, condition: Value) -> Value {
        let mut document = allow(action, condition);
        document["Statement"]["Principal"] = principal;
        document
    }

    fn trust(principal: Value, action: &str, condition: Value) -> Value {
        let mut document = grant(principal, action, condition);
        document["Statement"].as_object_mut().expect("an object").remove("Resource");
        document
    }

    fn one(arn: &str, members: Value) -> Value {
        let mut entity = json!({"arn": arn, "tags": {}});
        entity
            .as_object_mut()
            .expect("an object")
            .extend(members.as_object().expect("an object").clone());
        entity
    }

    fn estate(entities: Value, resources: Value, shape: Value) -> Value {
        let known = json!({"principals": true, "resources": true});
        json!({"accounts": {"111122223333": known, "222233334444": known}, "entities": entities, "resources": resources, "shape": shape})
    }

    fn queue(members: Value) -> Value {
        let mut queue = one(QUEUE, members);
        queue["account"] = json!("111122223333");
        queue
    }

    /// An organization of the first account, in the middle unit, and of the management account.
    fn organization(members: Value) -> Value {
        let full = allow("*", json!({}));
        let mut of_everybody = full.clone();
        of_everybody["Statement"]["Principal"] = json!("*");
        let attached = |unit: Value| {
            let mut attached = json!({"scps": [full], "rcps": [of_everybody]});
            attached
                .as_object_mut()
                .expect("an object")
                .extend(unit.as_object().expect("an object").clone());
            attached
        };
        let units = [
            json!({"id": "r-a"}),
            json!({"id": "ou-a-x", "parent": 0}),
            json!({"id": "ou-a-y", "parent": 1}),
        ];
        let mut all = serde_json::Map::new();
        for (account, more) in members.as_object().expect("an object") {
            all.insert(account.clone(), attached(more.clone()));
        }
        json!({"id": "o-aaaaaaaaaa", "management": "555566667777", "scps": true, "rcps": true,
            "units": units.map(attached), "members": all})
    }

    fn deny(action: &str, condition: Value) -> Value {
        let mut document = grant(json!("*"), action, condition);
        document["Statement"]["Effect"] = json!("Deny");
        document
    }

    fn check(document: &Value, yes: &[&str], no: &[&str]) {
        let world = World::embedded().expect("the catalogue");
        let requests = Requests::Feasible(world);
        let found = differences(document, requests, &world, &solver(), &mut Count::default());
        let found = found.unwrap_or_else(|error| panic!("{document}\n{error}"));
        assert_eq!(found, Vec::<String>::new(), "{document}");
        let estate = estate_of(document).expect("an estate");
        let shape = reading::shape_of(&document["shape"]).expect("a shape");
        let who = WhoCan::new(&estate, &shape, requests, NotPrincipalReading::AnyEntry);
        let limits = Limits::timeout(Duration::from_secs(60));
        let mut met = 0;
        for subject in who.subjects() {
            let name = subject.name(&estate);
            let expected = match (yes.contains(&name.as_str()), no.contains(&name.as_str())) {
                (false, false) => continue,
                (yes, _) => yes,
            };
            met += 1;
            let answer = who.ask(subject, &solver(), &limits).expect("an answer").answer;
            match (answer, expected) {
                (Answer::Yes(_), true) | (Answer::No, false) => {}
                (answer, _) => panic!("{name}: {answer:?}\n{document}"),
            }
        }
        assert_eq!(met, yes.len() + no.len(), "everybody who is named is there\n{document}");
    }

    #[test]
    fn a_bucket_of_another_account_is_not_ones_own() {
        let bucket = json!({"arn": "arn:aws:s3:::b2", "account": "222233334444"});
        let document = |shape: Value| {
            let user = one(USER, json!({"identity": [allow("s3:ListBucket", json!({}))]}));
            estate(json!([user]), json!([bucket]), shape)
        };
        let named = json!({"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b2"});
        check(&document(named), &["arn:aws:iam::222233334444:root"], &[USER, ROOT]);
        check(&document(json!({"Action": "s3:ListBucket"})), &[USER, ROOT], &["anyAccount"]);
        // Everybody is asked about what is its own, whatever comes first.
        let bucket = |name: &str, account: &str| json!({"arn": name, "account": account});
        let buckets = ["arn:aws:s3:::b1", "arn:aws:s3:::b2"];
        let own = json!({"identity": [allow("s3:ListBucket", json!({}))]});
        let document = estate(
            json!([one(USER, own.clone()), one(FOREIGNER, own)]),
            json!([bucket(buckets[0], "111122223333"), bucket(buckets[1], "222233334444")]),
            json!({"Action": "s3:ListBucket", "Resource": buckets}),
        );
        check(&document, &[USER, FOREIGNER, ROOT, FOREIGN_ROOT], &["anyAccount"]);
    }

    /// The User Guide of S3: a public policy is restricted to the account and to services, whatever
    /// else it says.
    #[test]
    fn a_public_bucket_that_is_restricted_is_for_its_account_and_services() {
        let statement = |principal: Value, condition: Value| {
            json!({"Effect": "Allow", "Principal": principal, "Action": "s3:ListBucket",
                "Resource": "arn:aws:s3:::b1", "Condition": condition})
        };
        let service = statement(json!({"Service": super::SERVICE}), json!({}));
        let account = statement(json!({"AWS": "222233334444"}), json!({}));
        let public = statement(json!("*"), json!({}));
        let vpc =
            statement(json!("*"), json!({"StringEquals": {"aws:PrincipalOrgID": "o-aaaaaaaaaa"}}));
        let ask = |statements: &[&Value],
                   of_bucket: Value,
                   of_account: Value,
                   yes: &[&str],
                   no: &[&str]| {
            let bucket = json!({"arn": "arn:aws:s3:::b1", "account": "111122223333",
                "policy": {"Version": "2012-10-17", "Statement": statements},
                "restricted": of_bucket});
            let own = json!({"identity": [allow("s3:ListBucket", json!({}))]});
            let users = json!([one(USER, own.clone()), one(FOREIGNER, own)]);
            let shape = json!({"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b1"});
            let mut document = estate(users, json!([bucket]), shape);
            document["accounts"]["111122223333"]["restricted"] = of_account;
            check(&document, yes, no);
        };
        let (inside, outside) = ([USER, ROOT, "services"], [FOREIGNER, FOREIGN_ROOT]);
        let strangers = ["anyAccount", "anonymous"];
        let (on, off, unsaid) = (json!(true), json!(false), Value::Null);
        let all = [&service, &account, &public];
        let kept = [&outside[..], &strangers[..]].concat();
        ask(&all, on.clone(), off.clone(), &inside, &kept);
        ask(&all, off.clone(), on.clone(), &inside, &kept);
        ask(&all, unsaid.clone(), on.clone(), &inside, &kept);
        let everybody = [&inside[..], &kept[..]].concat();
        ask(&all, off.clone(), off.clone(), &everybody, &[]);
        ask(&all, unsaid.clone(), unsaid, &everybody, &[]);
        // Not public, and so as it is written.
        let known = [&inside[..], &outside[..]].concat();
        ask(&[&service, &account], on.clone(), on.clone(), &known, &strangers);
        let inside_of_members = [USER, "services"];
        ask(&[&service, &account, &vpc], on, off, &inside_of_members, &["anonymous"]);
    }

    #[test]
    fn the_policy_of_a_bucket_governs_its_objects_and_its_owner_is_told() {
        let granting = grant(json!({"AWS": FOREIGNER}), "s3:GetObject", json!({}));
        let mut granting = granting;
        granting["Statement"]["Condition"] =
            json!({"StringEquals": {"aws:ResourceAccount": "111122223333"}});
        let bucket =
            json!({"arn": "arn:aws:s3:::b1", "account": "111122223333", "policy": granting});
        let identity = json!({"identity": [allow("s3:GetObject", json!({}))]});
        let mut refusing = bucket.clone();
        refusing["policy"]["Statement"]["Condition"]["StringEquals"]["aws:ResourceAccount"] =
            json!("222233334444");
        let shape = json!({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b1/*"});
        let users = json!([one(USER, json!({})), one(FOREIGNER, identity)]);
        check(&estate(users.clone(), json!([bucket]), shape.clone()), &[FOREIGNER], &[USER]);
        check(&estate(users, json!([refusing]), shape), &[], &[USER, FOREIGNER]);
    }

    #[test]
    fn what_a_policy_refuses_is_not_elsewhere() {
        let policy = deny(SEND, json!({}));
        let user = one(USER, json!({"identity": [allow(SEND, json!({}))]}));
        let document =
            |shape| estate(json!([user]), json!([queue(json!({"policy": policy}))]), shape);
        check(
            &document(
                json!({"Action": SEND, "Resource": [QUEUE, format!("{QUEUE}/*"), format!("{QUEUE}:*")]}),
            ),
            &[],
            &[USER, ROOT, FOREIGN_ROOT],
        );
        check(&document(json!({"Action": SEND})), &[USER, ROOT], &[]);
    }

    const FOREIGN_ROOT: &str = "arn:aws:iam::222233334444:root";

    #[test]
    fn a_resource_without_a_policy_has_its_tags() {
        let identity = json!({"identity": [allow(SEND, json!({"StringEquals": {"aws:ResourceTag/team": "blue"}}))]});
        let document = |tags: Value, shape: Value| {
            let queue = queue(json!({"tags": tags}));
            estate(json!([one(USER, identity.clone())]), json!([queue]), shape)
        };
        let named = json!({"Action": SEND, "Resource": QUEUE});
        check(&document(json!({"team": "red"}), named.clone()), &[], &[USER]);
        check(&document(json!({}), named.clone()), &[], &[USER]);
        check(&document(json!({"Team": "blue"}), named), &[USER], &[]);
        check(&document(json!({"team": "red"}), json!({"Action": SEND})), &[USER], &[]);
    }

    #[test]
    fn a_role_to_assume_has_its_tags() {
        let role = |team: &str| {
            one(
                OTHER_ROLE,
                json!({"tags": {"team": team}, "trust": trust(json!({"AWS": "111122223333"}), "sts:AssumeRole", json!({}))}),
            )
        };
        let tagged =
            allow("sts:AssumeRole", json!({"StringEquals": {"aws:ResourceTag/team": "blue"}}));
        let document = |team| {
            estate(
                json!([one(USER, json!({"identity": [tagged]})), role(team)]),
                json!([]),
                json!({"Action": "sts:AssumeRole"}),
            )
        };
        check(&document("red"), &[], &[USER, ROOT]);
        check(&document("blue"), &[USER], &[ROOT]);
    }

    #[test]
    fn a_role_whose_trust_is_not_told_trusts_its_account_and_no_other_role_does() {
        let silent = one(ROLE, json!({}));
        let strict = one(
            OTHER_ROLE,
            json!({"trust": trust(json!({"AWS": FOREIGNER}), "sts:AssumeRole", json!({}))}),
        );
        let user = one(USER, json!({"identity": [allow("sts:AssumeRole", json!({}))]}));
        let document = |role: &str| {
            estate(
                json!([user, silent, strict]),
                json!([]),
                json!({"Action": "sts:AssumeRole", "Resource": role}),
            )
        };
        check(&document(ROLE), &[USER], &[ROOT]);
        check(&document(OTHER_ROLE), &[], &[USER, ROOT]);
        check(&document("arn:aws:iam::111122223333:role/new"), &[], &[USER, ROOT]);
    }

    #[test]
    fn nobody_is_let_in_by_a_key_that_is_not_there() {
        let user = one(USER, json!({"identity": [allow("*", json!({}))]}));
        let mut document =
            estate(json!([user]), json!([]), json!({"Action": ["kms:Decrypt", "sts:AssumeRole"]}));
        check(&document, &[], &[USER, ROOT]);
        document["accounts"]["111122223333"]["resources"] = json!(false);
        check(&document, &[USER, ROOT], &[FOREIGN_ROOT]);
    }

    #[test]
    fn a_unique_id_is_of_one_principal() {
        let id = "AIDAU10000000000000001";
        let policy = grant(json!({"AWS": id}), SEND, json!({}));
        let users = json!([one(USER, json!({"id": id})), one(OTHER_USER, json!({})),]);
        let document = estate(
            users,
            json!([queue(json!({"policy": policy}))]),
            json!({"Action": SEND, "Resource": QUEUE}),
        );
        check(&document, &[USER], &[OTHER_USER, "anyAccount", "anonymous"]);
        let mut role = document.clone();
        role["resources"][0]["policy"]["Statement"]["Principal"] =
            json!({"AWS": "AROAR20000000000000001"});
        role["entities"] =
            json!([one(ROLE, json!({"id": "AROAR20000000000000001"})), one(OTHER_ROLE, json!({}))]);
        check(&role, &[ROLE], &[OTHER_ROLE, "anyAccount", "anonymous"]);
    }

    #[test]
    fn members_have_what_is_theirs() {
        let mut document = estate(
            json!([]),
            json!([queue(json!({}))]),
            json!({"Action": SEND, "Resource": QUEUE}),
        );
        document["accounts"]["111122223333"]["principals"] = json!(false);
        check(&document, &["111122223333"], &[FOREIGN_ROOT, "anyAccount"]);
        document["resources"][0]["policy"] = grant(json!({"AWS": FOREIGNER}), SEND, json!({}));
        check(&document, &["111122223333"], &[FOREIGN_ROOT, "anyAccount"]);
    }

    #[test]
    fn a_root_user_is_of_the_partition_of_its_account() {
        let account = json!({"principals": true, "resources": true});
        let document = json!({"partition": "aws-us-gov", "accounts": {"111122223333": account}, "shape": {"Action": SEND}});
        check(&document, &["arn:aws-us-gov:iam::111122223333:root"], &["anyAccount"]);
    }

    #[test]
    fn an_origin_access_identity_is_a_service() {
        let policy = grant(json!("*"), SEND, json!({"Null": {"aws:PrincipalArn": "true"}}));
        let document = estate(
            json!([]),
            json!([queue(json!({"policy": policy}))]),
            json!({"Action": SEND, "Resource": QUEUE, "NotPrincipal": "*.amazonaws.com"}),
        );
        check(&document, &["services", "anonymous"], &["anyAccount"]);
    }

    #[test]
    fn the_organization_of_a_resource_is_that_of_its_account() {
        let path = |path: &str| {
            allow(SEND, json!({"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": path}}))
        };
        let id = allow(SEND, json!({"StringEquals": {"aws:ResourceOrgID": "o-aaaaaaaaaa"}}));
        let of = |policy: &Value| {
            let own = json!({"identity": [policy]});
            let mut document = estate(
                json!([one(USER, own.clone()), one(FOREIGNER, own)]),
                json!([]),
                json!({"Action": SEND}),
            );
            document["organization"] =
                organization(json!({"111122223333": {"unit": 1}, "555566667777": {"unit": 0}}));
            document
        };
        check(&of(&path("o-aaaaaaaaaa/r-a/ou-a-x/")), &[USER], &[FOREIGNER]);
        check(&of(&path("o-aaaaaaaaaa/r-a/ou-a-x/ou-a-y/*")), &[], &[USER, FOREIGNER]);
        check(&of(&path("o-bbbbbbbbbb/*")), &[FOREIGNER], &[USER]);
        check(&of(&id), &[USER], &[FOREIGNER]);
        let mut at = of(&id);
        at["resources"] = json!([{"arn": "arn:aws:sqs:us-east-1:222233334444:q", "account": "222233334444", "policy": grant(json!({"AWS": [FOREIGNER, USER]}), SEND, json!({"StringEquals": {"aws:ResourceOrgID": "o-aaaaaaaaaa"}}))}]);
        at["shape"]["Resource"] = json!("arn:aws:sqs:us-east-1:222233334444:q");
        check(&at, &[], &[USER, FOREIGNER]);
    }

    #[test]
    fn who_is_no_member_is_not_in_the_organization() {
        let condition = json!({"StringEquals": {"aws:PrincipalOrgID": "o-aaaaaaaaaa"}});
        let policy = grant(json!("*"), SEND, condition);
        let own = json!({"identity": [allow(SEND, json!({"StringNotEquals": {"aws:ResourceAccount": "111122223333"}}))]});
        let foreign = json!({"identity": [allow(SEND, json!({}))]});
        let mut document = estate(
            json!([one(USER, own), one(FOREIGNER, foreign)]),
            json!([queue(json!({"policy": policy}))]),
            json!({"Action": SEND, "Resource": QUEUE}),
        );
        document["organization"] = organization(
            json!({"111122223333": {"unit": 1}, "444455556666": {"unit": 0}, "555566667777": {"unit": 0}}),
        );
        check(
            &document,
            &[USER, "444455556666"],
            &[FOREIGNER, "anyAccount", "services", "anonymous"],
        );
        document["resources"][0]["policy"]["Statement"]["Condition"] = json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-aaaaaaaaaa/r-a/ou-a-x/*"}});
        check(&document, &[USER], &[FOREIGNER, "444455556666", "anyAccount"]);
    }

    #[test]
    fn the_management_account_is_that_of_the_members() {
        let of = |account: &str| {
            let condition = json!({"StringEquals": {"aws:PrincipalOrgMasterAccountId": account}});
            let own = json!({"identity": [allow(SEND, condition)]});
            let users = json!([one(USER, own.clone()), one(FOREIGNER, own)]);
            let mut document = estate(users, json!([]), json!({"Action": SEND}));
            let members = json!({"111122223333": {"unit": 1}, "555566667777": {"unit": 0}});
            document["organization"] = organization(members);
            document
        };
        check(&of("555566667777"), &[USER], &[FOREIGNER]);
        check(&of("888877776666"), &[FOREIGNER], &[USER]);
    }

    #[test]
    fn an_identity_of_a_provider_may_tell_of_any_organization() {
        let condition = json!({"StringEquals": {"aws:PrincipalOrgID": "o-aaaaaaaaaa"}});
        let role = one(
            OTHER_ROLE,
            json!({"trust": trust(json!({"Federated": "accounts.google.com"}), "sts:AssumeRoleWithWebIdentity", condition)}),
        );
        let mut document =
            estate(json!([role]), json!([]), json!({"Action": "sts:AssumeRoleWithWebIdentity"}));
        document["organization"] =
            organization(json!({"111122223333": {"unit": 1}, "555566667777": {"unit": 0}}));
        check(&document, &["identities"], &["anyAccount", "anonymous", ROOT]);
    }

    #[test]
    fn every_level_of_the_organization_counts() {
        let refusing = json!({"rcps": [deny(SEND, json!({"StringEquals": {"aws:PrincipalAccount": "222233334444"}}))]});
        let granting = grant(json!({"AWS": FOREIGNER}), SEND, json!({}));
        let foreigner = one(FOREIGNER, json!({"identity": [allow(SEND, json!({}))]}));
        let document = |organization: Value| {
            let mut document = estate(
                json!([foreigner]),
                json!([queue(json!({"policy": granting}))]),
                json!({"Action": SEND, "Resource": QUEUE}),
            );
            document["organization"] = organization;
            document
        };
        let placed =
            || organization(json!({"111122223333": {"unit": 1}, "555566667777": {"unit": 0}}));
        check(&document(placed()), &[FOREIGNER], &["anyAccount"]);
        for unit in 0..2 {
            let mut limited = placed();
            limited["units"][unit]["rcps"] = refusing["rcps"].clone();
            check(&document(limited), &[], &[FOREIGNER]);
        }
        let mut limited = placed();
        limited["members"]["111122223333"]["rcps"] = refusing["rcps"].clone();
        check(&document(limited.clone()), &[], &[FOREIGNER]);
        limited["rcps"] = json!(false);
        check(&document(limited.clone()), &[FOREIGNER], &[]);
        // Resources of the management account are not limited.
        limited["rcps"] = json!(true);
        limited["management"] = json!("111122223333");
        check(&document(limited), &[FOREIGNER], &[]);
        let mut beside = placed();
        beside["units"][2]["rcps"] = refusing["rcps"].clone();
        check(&document(beside), &[FOREIGNER], &[]);
        // A level without SCPs lets nobody do anything, but for the management account.
        let mut silent = placed();
        silent["members"]["222233334444"] = json!({"unit": 0});
        check(&document(silent.clone()), &[], &[FOREIGNER, FOREIGN_ROOT]);
        silent["management"] = json!("222233334444");
        check(&document(silent), &[FOREIGNER], &[]);
    }

    #[test]
    fn a_role_is_named_with_its_path_without_it_and_by_a_session() {
        let account = "111122223333";
        let named = [
            ROLE,
            "arn:aws:iam::111122223333:role/r2",
            "arn:aws:sts::111122223333:assumed-role/r2/s1",
        ];
        for named in named {
            let policy = grant(json!({"AWS": named}), SEND, json!({}));
            let roles =
                json!([one(ROLE, json!({})), one(OTHER_ROLE, json!({})), one(USER, json!({}))]);
            let document = estate(
                roles,
                json!([queue(json!({"policy": policy, "account": account}))]),
                json!({"Action": SEND, "Resource": QUEUE}),
            );
            check(&document, &[ROLE], &[OTHER_ROLE, USER, "anyAccount"]);
        }
    }

    #[test]
    fn a_role_is_asked_with_its_path() {
        let in_path =
            allow(SEND, json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/adm/*"}}));
        let own = json!({"identity": [in_path]});
        let document = estate(
            json!([one(ROLE, own.clone()), one(OTHER_ROLE, own)]),
            json!([]),
            json!({"Action": SEND}),
        );
        check(&document, &[ROLE], &[OTHER_ROLE]);
        let outside =
            allow(SEND, json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/adm/*"}}));
        let own = json!({"identity": [outside]});
        let document = estate(
            json!([one(ROLE, own.clone()), one(OTHER_ROLE, own)]),
            json!([]),
            json!({"Action": SEND}),
        );
        check(&document, &[OTHER_ROLE], &[ROLE]);
    }

    #[test]
    fn tags_are_those_of_the_principal_unless_its_sessions_may_be_tagged() {
        let blue = json!({"identity": [allow(SEND, json!({"StringEquals": {"aws:PrincipalTag/team": "blue"}}))], "tags": {"team": "red"}});
        let with = |actions: Value, tags: Value| {
            let mut role = blue.clone();
            role["trust"] = trust(json!({"AWS": "111122223333"}), "sts:AssumeRole", json!({}));
            role["trust"]["Statement"]["Action"] = actions;
            role["tags"] = tags;
            estate(
                json!([one(OTHER_ROLE, role), one(USER, blue.clone())]),
                json!([]),
                json!({"Action": SEND}),
            )
        };
        check(&with(json!("sts:AssumeRole"), json!({"team": "red"})), &[], &[OTHER_ROLE, USER]);
        check(&with(json!("sts:AssumeRole"), json!({})), &[], &[OTHER_ROLE, USER]);
        check(&with(json!("sts:AssumeRole"), json!({"TEAM": "blue"})), &[OTHER_ROLE], &[USER]);
        check(
            &with(json!(["sts:AssumeRole", "sts:tag*"]), json!({"team": "red"})),
            &[OTHER_ROLE],
            &[USER],
        );
        check(&with(json!("sts:*"), json!({})), &[OTHER_ROLE], &[USER]);
    }
}
