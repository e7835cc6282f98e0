//! Samples for a whole library: a request that carries what the policies of a question name, with what every request carries besides of
//! the keys that other policies name. What is added is a guess, which the checker of feasibility confirms.

use crate::policy::ContextKey;
use crate::request::{ContextValue, PrincipalKind, Request, arn_fields};
use std::collections::BTreeSet;

/// The request with the keys that are named and that every such request carries (SEMANTICS 5.1 to 5.3), where it has none of that name.
pub(super) fn complete(request: &Request, named: &BTreeSet<&ContextKey>) -> Request {
    let mut complete = request.clone();
    for (name, value) in standing(request) {
        let key = ContextKey::new(name);
        if named.contains(&key) {
            complete.context.entry(key).or_insert(value);
        }
    }
    complete
}

fn standing(request: &Request) -> Vec<(&'static str, ContextValue)> {
    let text = |name: &str| match request.context.get(&ContextKey::new(name)) {
        Some(ContextValue::Single(text)) => Some(text.clone()),
        _ => None,
    };
    let time = text("aws:CurrentTime").or(text("aws:EpochTime")).unwrap_or_else(|| "2026-06-01T00:00:00Z".to_owned());
    let forwarded = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "kms:ViaService"];
    let forwarded = forwarded.iter().any(|name| request.context.contains_key(&ContextKey::new(name)));
    let mut all = vec![
        ("aws:SecureTransport", "true".to_owned()),
        ("aws:CurrentTime", time.clone()),
        ("aws:EpochTime", time),
        ("aws:RequestedRegion", region(&request.resource)),
        ("aws:ViaAWSService", forwarded.to_string()),
        ("aws:UserAgent", "x".to_owned()),
    ];
    all.extend(of_caller(request));
    all.into_iter().map(|(name, value)| (name, ContextValue::Single(value))).collect()
}

fn region(resource: &str) -> String {
    match arn_fields(resource) {
        Some([_, _, "bedrock", "", _, rest]) if rest.starts_with("foundation-model/") => "unspecified".to_owned(),
        Some([_, _, _, region, _, _]) if !region.is_empty() => region.to_owned(),
        _ => "us-east-1".to_owned(),
    }
}

/// What requests by callers with identity-based policies carry of them; of other callers the policies of a question know what there is.
fn of_caller(request: &Request) -> Vec<(&'static str, String)> {
    let principal = &request.principal;
    let (Some(kind), Some(account)) = (principal.kind(), principal.account()) else { return Vec::new() };
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let own = match kind {
        PrincipalKind::RoleSession => principal.issuer().unwrap_or_default(),
        PrincipalKind::User
        | PrincipalKind::FederatedUser
        | PrincipalKind::Root
        | PrincipalKind::Service
        | PrincipalKind::FederatedIdentity
        | PrincipalKind::Anonymous => principal.arn.clone(),
    };
    let (word, id) = match kind {
        PrincipalKind::User => ("User", "AIDAEXAMPLE".to_owned()),
        PrincipalKind::RoleSession => ("AssumedRole", format!("AROAEXAMPLE:{}", name(&principal.arn))),
        PrincipalKind::FederatedUser => ("FederatedUser", format!("{account}:{}", name(&principal.arn))),
        PrincipalKind::Root => ("Account", account.to_owned()),
        PrincipalKind::Service | PrincipalKind::FederatedIdentity | PrincipalKind::Anonymous => return Vec::new(),
    };
    let mut keys = vec![
        ("aws:PrincipalArn", own),
        ("aws:PrincipalAccount", account.to_owned()),
        ("aws:PrincipalType", word.to_owned()),
        ("aws:userid", id),
        ("aws:PrincipalIsAWSService", "false".to_owned()),
    ];
    match kind {
        PrincipalKind::User => keys.push(("aws:username", name(&principal.arn))),
        PrincipalKind::RoleSession | PrincipalKind::FederatedUser => keys.push(("aws:TokenIssueTime", "1970-01-01T00:00:00Z".to_owned())),
        PrincipalKind::Root | PrincipalKind::Service | PrincipalKind::FederatedIdentity | PrincipalKind::Anonymous => {}
    }
    keys
}
