//! Requests whose parts contradict each other, so that AWS could not send them (SEMANTICS 5.1 and
//! F1 to F6, F11, F14, F25).

use super::{Warning, warning};
use crate::policy::ContextKey;
use crate::request::{ContextValue, Principal, PrincipalKind, Request, arn_fields};
use crate::value;

/// How every message of this file ends.
const IMPOSSIBLE: &str = "so AWS could not send this request; it is evaluated as given";

/// What the caller says about a key of its own.
enum Rule {
    /// The key has this value.
    Is(String),
    /// The key's value looks like these words; whether the request's does.
    Looks(String, bool),
    /// The key is absent.
    Absent,
}

/// Contradictions between the principal, its role or user, and the account of its ARN.
pub(super) fn of_principal(principal: &Principal, warnings: &mut Vec<Warning>) {
    if let Some(role) = &principal.role_arn
        && !is_role_of(role, principal)
    {
        let message =
            format!("`{role}` is not the role of the session `{}`, {IMPOSSIBLE}", principal.arn);
        warnings.push(warning("principal-role", "principal.roleArn", message));
    }
    if principal.role_arn.is_none() && principal.arn.contains(":assumed-role/AWSServiceRoleFor") {
        let message = format!(
            "`{}` looks like a session of a service-linked role; it is read as one only with its `roleArn`",
            principal.arn
        );
        warnings.push(warning("service-linked-role", "principal", message));
    }
    if let Some(user) = &principal.user_arn
        && !is_user_of(user, principal)
    {
        let message = format!(
            "`{user}` is not a user who could make the federated-user session `{}`, {IMPOSSIBLE}",
            principal.arn
        );
        warnings.push(warning("principal-user", "principal.userArn", message));
    }
}

/// Whether the role has the partition, the account and the name that the session shows; a role's
/// own ARN is the very same.
fn is_role_of(role: &str, principal: &Principal) -> bool {
    let (Some(session), Some(role_fields)) = (arn_fields(&principal.arn), arn_fields(role)) else {
        return false;
    };
    let [_, partition, service, _, account, rest] = session;
    let [_, role_partition, role_service, _, role_account, role_rest] = role_fields;
    let name = role_rest.strip_prefix("role/").and_then(|path| path.rsplit('/').next());
    let shown = rest.strip_prefix("assumed-role/").and_then(|names| names.split('/').next());
    let of_session = service == "sts"
        && shown.is_some()
        && shown == name
        && (partition, account) == (role_partition, role_account);
    role_service == "iam" && name.is_some() && (of_session || principal.arn == role)
}

/// Whether it is a user of the session's partition and account; the session's name is chosen
/// freely.
fn is_user_of(user: &str, principal: &Principal) -> bool {
    let (Some(session), Some(user)) = (arn_fields(&principal.arn), arn_fields(user)) else {
        return false;
    };
    let federated = principal.kind() == Some(PrincipalKind::FederatedUser);
    federated
        && user[2] == "iam"
        && user[5].starts_with("user/")
        && (session[1], session[4]) == (user[1], user[4])
}

/// Contradictions between the resource, its owner and the principal.
pub(super) fn of_resource(request: &Request, warnings: &mut Vec<Warning>) {
    let Some([_, partition, _, _, account, _]) = arn_fields(&request.resource) else { return };
    if let Some([_, own, ..]) = arn_fields(&request.principal.arn)
        && own != partition
    {
        let message = format!(
            "the principal is in the partition `{own}`, the resource in `{partition}`, {IMPOSSIBLE}"
        );
        warnings.push(warning("partition", "resource", message));
    }
    if let Some(owner) = &request.resource_account
        && !matches!(account, "" | "aws")
        && owner != account
    {
        let message = format!(
            "the owner is `{owner}`, the account in the resource's ARN `{account}`, {IMPOSSIBLE}"
        );
        warnings.push(warning("resource-owner", "resourceAccount", message));
    }
}

/// The contradiction between one key of the context and the rest of the request, if there is one.
pub(super) fn of_key(key: &ContextKey, value: &ContextValue, request: &Request) -> Option<Warning> {
    let present = !matches!(value, ContextValue::List(values) if values.is_empty());
    let single = match value {
        ContextValue::Single(text) => Some(text.as_str()),
        ContextValue::List(_) => None,
    };
    let (code, rule) = match key.lower() {
        "aws:sourceip" if present => return network(key, request),
        "aws:resourceaccount" => return resource_account(key, single?, request),
        "aws:principalaccount" => ("principal-account", account(&request.principal)),
        "aws:principalarn" => ("principal-arn", arn(&request.principal, single)),
        "aws:principaltype" => ("principal-type", principal_type(&request.principal)),
        "aws:userid" => ("userid", userid(&request.principal, single)),
        "aws:username" => ("username", username(&request.principal)),
        "aws:principalisawsservice" => {
            ("principal-is-service", is_service(&request.principal, single))
        }
        _ => return None,
    };
    let (caller, key) = (&request.principal.arn, key.text());
    let wrong = match rule? {
        Rule::Absent if present => {
            format!("`{key}` is present, of the caller `{caller}` it is absent")
        }
        Rule::Is(expected) if single.is_some_and(|text| text != expected) => {
            format!("`{key}` is `{}`, of the caller `{caller}` it is `{expected}`", single?)
        }
        Rule::Looks(expected, false) => {
            format!("`{key}` is `{}`, of the caller `{caller}` it is {expected}", single?)
        }
        Rule::Is(_) | Rule::Looks(..) | Rule::Absent => return None,
    };
    Some(warning(code, format!("context.{key}"), format!("{wrong}, {IMPOSSIBLE}")))
}

/// Public addresses are shown by requests that come through no VPC endpoint (F14).
fn network(key: &ContextKey, request: &Request) -> Option<Warning> {
    const ENDPOINT: [&str; 7] = [
        "aws:SourceVpc",
        "aws:SourceVpcArn",
        "aws:SourceVpce",
        "aws:VpcSourceIp",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:VpceOrgPaths",
    ];
    let present = |name: &&str| match request.context.get(&ContextKey::new(name)) {
        None => false,
        Some(ContextValue::Single(_)) => true,
        Some(ContextValue::List(values)) => !values.is_empty(),
    };
    let other = ENDPOINT.iter().find(|name| present(name))?;
    let message = format!(
        "`{}` and `{other}` are both present, but a request through a VPC endpoint has no public address, {IMPOSSIBLE}",
        key.text()
    );
    Some(warning("network-path", format!("context.{}", key.text()), message))
}

fn resource_account(key: &ContextKey, account: &str, request: &Request) -> Option<Warning> {
    let owner = request.owner().filter(|owner| *owner != account)?;
    let in_arn = arn_fields(&request.resource)
        .is_some_and(|[.., account, _]| !matches!(account, "" | "aws"));
    let said = request.resource_account.is_some() || in_arn;
    let consequence =
        if said { IMPOSSIBLE } else { "since nothing else says it; give `resourceAccount`" };
    let message = format!(
        "`{}` is `{account}`, the resource's owner is taken to be `{owner}`, {consequence}",
        key.text()
    );
    Some(warning("resource-owner", format!("context.{}", key.text()), message))
}

fn account(principal: &Principal) -> Option<Rule> {
    match principal.kind()? {
        PrincipalKind::Anonymous => Some(Rule::Is("anonymous".to_owned())),
        PrincipalKind::User
        | PrincipalKind::RoleSession
        | PrincipalKind::FederatedUser
        | PrincipalKind::Root
        | PrincipalKind::Service
        | PrincipalKind::FederatedIdentity => {
            principal.account().map(|account| Rule::Is(account.to_owned()))
        }
    }
}

/// Of a session the role's ARN; where its path is not known, that of some role of the account with
/// the name that the session shows.
fn arn(principal: &Principal, text: Option<&str>) -> Option<Rule> {
    use PrincipalKind::{
        Anonymous, FederatedIdentity, FederatedUser, RoleSession, Root, Service, User,
    };
    match principal.kind()? {
        User | FederatedUser | Root => Some(Rule::Is(principal.arn.clone())),
        RoleSession => Some(match &principal.role_arn {
            Some(role) => Rule::Is(role.clone()),
            None => {
                let expected = principal.issuer().unwrap_or_default();
                Rule::Looks(
                    format!("`{expected}`, perhaps with a path"),
                    text.is_none_or(|role| is_role_of(role, principal)),
                )
            }
        }),
        Anonymous => Some(Rule::Absent),
        Service | FederatedIdentity => None,
    }
}

fn principal_type(principal: &Principal) -> Option<Rule> {
    let name = match principal.kind()? {
        PrincipalKind::User => "User",
        PrincipalKind::RoleSession => "AssumedRole",
        PrincipalKind::FederatedUser => "FederatedUser",
        PrincipalKind::Root => "Account",
        PrincipalKind::Anonymous => "Anonymous",
        PrincipalKind::Service | PrincipalKind::FederatedIdentity => return None,
    };
    Some(Rule::Is(name.to_owned()))
}

fn userid(principal: &Principal, text: Option<&str>) -> Option<Rule> {
    let last = principal.arn.rsplit('/').next().unwrap_or_default();
    let looks = |words: &str, holds: fn(&str, &str) -> bool| {
        Some(Rule::Looks(words.to_owned(), text.is_none_or(|text| holds(text, last))))
    };
    match principal.kind()? {
        PrincipalKind::User => looks("a unique id that begins with `AIDA`", |text, _| {
            text.starts_with("AIDA") && !text.contains(':')
        }),
        PrincipalKind::RoleSession if principal.arn.contains(":assumed-role/") => looks(
            "a unique id that begins with `AROA`, a colon and the session's name",
            |text, session| {
                text.split_once(':')
                    .is_some_and(|(role, name)| role.starts_with("AROA") && name == session)
            },
        ),
        PrincipalKind::RoleSession => looks(
            "a unique id that begins with `AROA`, a colon and the session's name",
            |text, _| {
                text.split_once(':')
                    .is_some_and(|(role, name)| role.starts_with("AROA") && !name.is_empty())
            },
        ),
        PrincipalKind::FederatedUser => Some(Rule::Is(format!("{}:{last}", principal.account()?))),
        PrincipalKind::Root => principal.account().map(|account| Rule::Is(account.to_owned())),
        PrincipalKind::Anonymous => Some(Rule::Is("anonymous".to_owned())),
        PrincipalKind::Service | PrincipalKind::FederatedIdentity => None,
    }
}

/// The name without its path; only users have one.
fn username(principal: &Principal) -> Option<Rule> {
    Some(match principal.kind()? {
        PrincipalKind::User => Rule::Is(principal.arn.rsplit('/').next()?.to_owned()),
        PrincipalKind::RoleSession
        | PrincipalKind::FederatedUser
        | PrincipalKind::Root
        | PrincipalKind::Service
        | PrincipalKind::FederatedIdentity
        | PrincipalKind::Anonymous => Rule::Absent,
    })
}

fn is_service(principal: &Principal, text: Option<&str>) -> Option<Rule> {
    let expected = match principal.kind()? {
        PrincipalKind::Anonymous => return Some(Rule::Absent),
        PrincipalKind::FederatedIdentity => return None,
        PrincipalKind::Service => true,
        PrincipalKind::User
        | PrincipalKind::RoleSession
        | PrincipalKind::FederatedUser
        | PrincipalKind::Root => false,
    };
    let holds = text.and_then(value::boolean).is_none_or(|found| found == expected);
    Some(Rule::Looks(format!("`{expected}`"), holds))
}
