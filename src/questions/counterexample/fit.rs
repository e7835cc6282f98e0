//! Keys of the context that repeat the rest of the request: who calls, and who owns the resource
//! where (SEMANTICS 5.1, 5.4, 5.5).
//!
//! When a proposal changes the caller or the resource, these keys follow; else no such proposal
//! would ever be feasible.

use super::vocabulary::Vocabulary;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::PrincipalKind::{
    Anonymous, FederatedIdentity, FederatedUser, RoleSession, Root, Service, User,
};
use keyaki_iam::request::{ContextValue, Principal, Request, arn_fields};

/// The keys that belong to callers of some kinds only and that nothing else in the request tells.
const CREDENTIALS: &[&str] =
    &["aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"];
const SOURCE: &[&str] =
    &["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];
const INFERENCE_PROFILE: &str = "bedrock:InferenceProfileArn";
const ORGANIZATION: &[&str] =
    &["aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalOrgMasterAccountId"];

/// Gives the request another caller, and the keys that the question mentions the values that they
/// have of that caller.
pub(super) fn set_caller(
    request: &mut Request,
    principal: &Principal,
    vocabulary: &Vocabulary<'_>,
) {
    request.principal.clone_from(principal);
    let kind = principal.kind();
    for (name, value) in of_caller(principal) {
        let key = ContextKey::new(name);
        match value {
            Some(value) if vocabulary.mentions(&key) || request.context.contains_key(&key) => {
                // A list may hold more than is needed, and a unique id may be the one that a policy
                // names.
                let keeps =
                    request.context.get(&key).is_some_and(|old| fits(old, &value, principal));
                if !keeps {
                    request.context.insert(key, value);
                }
            }
            Some(_) => {}
            None => drop(request.context.remove(&key)),
        }
    }
    let without = |names: &[&str], request: &mut Request| {
        names.iter().for_each(|name| drop(request.context.remove(&ContextKey::new(name))))
    };
    match kind {
        Some(User | Root) => without(SOURCE, request),
        Some(RoleSession | FederatedUser) => {
            without(SOURCE, request);
            issue(request, vocabulary);
        }
        Some(Service) => without(CREDENTIALS, request),
        Some(FederatedIdentity | Anonymous) | None => {
            without(&[CREDENTIALS, SOURCE].concat(), request)
        }
    }
    if kind == Some(Anonymous) {
        without(ORGANIZATION, request);
    }
    if !matches!(kind, Some(User | RoleSession | FederatedUser)) {
        request.context.retain(|key, _| !key.lower().starts_with("aws:principaltag/"));
    }
}

/// Whether the caller alone decides what the key's value is.
pub(super) fn follows_caller(key: &ContextKey) -> bool {
    let names = ["arn", "account", "type", "servicename", "servicenameslist"];
    key.lower() == "aws:username"
        || key.lower().strip_prefix("aws:principal").is_some_and(|rest| names.contains(&rest))
}

/// Temporary credentials were issued at some time.
fn issue(request: &mut Request, vocabulary: &Vocabulary<'_>) {
    let issued = ContextKey::new("aws:TokenIssueTime");
    if vocabulary.mentions(&issued) && !request.context.contains_key(&issued) {
        let now = ["aws:CurrentTime", "aws:EpochTime"]
            .iter()
            .find_map(|name| request.context.get(&ContextKey::new(name)).cloned());
        request.context.insert(issued, now.unwrap_or_else(|| single("2026-01-01T12:00:00Z")));
    }
}

fn fits(old: &ContextValue, value: &ContextValue, principal: &Principal) -> bool {
    match (old, value) {
        (ContextValue::List(old), ContextValue::List(new)) => {
            new.iter().all(|text| old.contains(text))
        }
        (ContextValue::Single(old), ContextValue::Single(new)) => match principal.kind() {
            Some(User) => old == new || old.starts_with("AIDA"),
            Some(RoleSession) => {
                old == new
                    || old.starts_with("AROA")
                        && old.split_once(':').map(|(_, name)| name) == session(principal)
            }
            _ => old == new,
        },
        _ => false,
    }
}

fn session(principal: &Principal) -> Option<&str> {
    arn_fields(&principal.arn)?[5]
        .strip_prefix("assumed-role/")?
        .split_once('/')
        .map(|(_, name)| name)
}

/// The keys of SEMANTICS 5.1 that the caller decides, each with its value; `None` for those that
/// such a caller does not have. Keys that are free for the kind are not listed.
fn of_caller(principal: &Principal) -> Vec<(&'static str, Option<ContextValue>)> {
    let arn = principal.arn.as_str();
    let account = principal.account();
    let name = arn.rsplit('/').next().unwrap_or_default();
    let own = match principal.kind() {
        Some(RoleSession) => principal.issuer(),
        Some(User | FederatedUser | Root) => Some(arn.to_owned()),
        _ => None,
    };
    let (known, userid) = match principal.kind() {
        Some(User) => (Some("User"), Some("AIDAEXAMPLEUSERID0001".to_owned())),
        Some(RoleSession) => (
            Some("AssumedRole"),
            Some(format!("AROAEXAMPLEROLEID0001:{}", session(principal).unwrap_or("session"))),
        ),
        Some(FederatedUser) => {
            (Some("FederatedUser"), account.map(|account| format!("{account}:{name}")))
        }
        Some(Root) => (Some("Account"), account.map(str::to_owned)),
        Some(Anonymous) => (Some("Anonymous"), Some("anonymous".to_owned())),
        Some(Service | FederatedIdentity) | None => (None, None),
    };
    let service = (principal.kind() == Some(Service)).then_some(arn);
    let signed = !matches!(principal.kind(), Some(Anonymous | FederatedIdentity) | None);
    let anonymous = (principal.kind() == Some(Anonymous)).then_some("anonymous");
    vec![
        ("aws:PrincipalArn", own.as_deref().map(single)),
        ("aws:PrincipalAccount", account.or(anonymous).map(single)),
        ("aws:PrincipalType", known.map(single)),
        ("aws:userid", userid.as_deref().map(single)),
        ("aws:username", (principal.kind() == Some(User)).then(|| single(name))),
        (
            "aws:PrincipalIsAWSService",
            signed.then(|| single(if service.is_some() { "true" } else { "false" })),
        ),
        ("aws:PrincipalServiceName", service.map(single)),
        (
            "aws:PrincipalServiceNamesList",
            service.map(|name| ContextValue::List(vec![name.to_owned()])),
        ),
    ]
}

/// Gives the request another resource; the owner and the Region that its ARN names follow where the
/// request shows them.
pub(super) fn set_resource(request: &mut Request, resource: &str) {
    resource.clone_into(&mut request.resource);
    let [_, _, _, region, account, _] = arn_fields(resource).unwrap_or_default();
    if !matches!(account, "" | "aws") {
        request.resource_account = None;
        replace(request, "aws:ResourceAccount", account);
    }
    // Global inference has no Region (SEMANTICS 7.4).
    let global = resource.starts_with("arn:aws:bedrock:::foundation-model/");
    if global || !region.is_empty() {
        replace(request, "aws:RequestedRegion", if global { "unspecified" } else { region });
    }
    set_profile(request);
}

/// Lets the system-defined profile that the request shows be one of the foundation model that it is
/// about (SEMANTICS 7.4).
fn set_profile(request: &mut Request) {
    let model = arn_fields(&request.resource)
        .and_then(|[.., rest]| rest.strip_prefix("foundation-model/"))
        .map(str::to_owned);
    let (Some(model), Some(ContextValue::Single(profile))) =
        (model, request.context.get_mut(&ContextKey::new(INFERENCE_PROFILE)))
    else {
        return;
    };
    let geography = profile
        .split_once(":inference-profile/")
        .and_then(|(start, id)| Some((start, id.split_once('.')?.0)));
    if let Some((start, geography)) = geography {
        *profile = format!("{start}:inference-profile/{geography}.{model}");
    }
}

/// Lets the ARN, or else the caller's account, tell the owner.
pub(super) fn drop_owner(request: &mut Request) {
    request.resource_account = None;
    if let Some(owner) = request.owner().map(str::to_owned) {
        replace(request, "aws:ResourceAccount", &owner);
    }
}

/// Sets the value of a key that is present.
fn replace(request: &mut Request, name: &str, text: &str) {
    if let Some(value) = request.context.get_mut(&ContextKey::new(name)) {
        *value = single(text);
    }
}

fn single(text: &str) -> ContextValue {
    ContextValue::Single(text.to_owned())
}
