//! Callers: one of those that a shape asks for.

use super::context::Context;
use super::{ACCOUNT, CALLER};
use crate::counterexample::callers_of;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::{ContextValue, Principal, Request, is_origin_access_identity};
use keyaki_iam::shape::CallerPattern;

/// A request of no action by one of these callers, with its own keys put right as far as the
/// context has them.
pub(super) fn request(callers: Option<&[CallerPattern]>, mut context: Context) -> Request {
    let account = match context.get(&ContextKey::new("aws:PrincipalAccount")) {
        Some(ContextValue::Single(account)) => account.clone(),
        _ => ACCOUNT.to_owned(),
    };
    let principal = callers
        .and_then(|callers| callers.iter().flat_map(callers_of).next())
        .unwrap_or_else(|| user(&account));
    let own = if context.is_empty() { Vec::new() } else { own_keys(&principal) };
    for (name, value) in own {
        let key = ContextKey::new(name);
        match value {
            _ if !context.contains_key(&key) => {}
            Some(value) => _ = context.insert(key, ContextValue::Single(value)),
            None => _ = context.remove(&key),
        }
    }
    let (action, resource) = (String::new(), "*".to_owned());
    Request {
        principal,
        action,
        resource,
        resource_account: None,
        principal_in_management_account: false,
        context,
    }
}

fn user(account: &str) -> Principal {
    Principal::new(CALLER.replace(ACCOUNT, account))
}

/// The keys that tell of a caller, with their values; `None` for those that it does not have.
fn own_keys(principal: &Principal) -> Vec<(&'static str, Option<String>)> {
    let arn = principal.arn.clone();
    let Some(account) = principal.account() else {
        let absent = [
            "aws:PrincipalArn",
            "aws:username",
            "aws:TokenIssueTime",
            "aws:PrincipalAccount",
            "aws:userid",
            "aws:PrincipalType",
        ];
        let name = Some(arn).filter(|arn| !is_origin_access_identity(arn));
        let service = [
            ("aws:PrincipalIsAWSService", Some("true".to_owned())),
            ("aws:PrincipalServiceName", name),
        ];
        return absent.into_iter().map(|name| (name, None)).chain(service).collect();
    };
    let account = ("aws:PrincipalAccount", Some(account.to_owned()));
    match principal.issuer() {
        Some(role) => {
            let (kind, id) =
                (Some("AssumedRole".to_owned()), Some("AROAEXAMPLE:session".to_owned()));
            vec![
                account,
                ("aws:PrincipalArn", Some(role)),
                ("aws:PrincipalType", kind),
                ("aws:userid", id),
                ("aws:username", None),
            ]
        }
        None => {
            let name = arn.rsplit('/').next().map(str::to_owned);
            vec![account, ("aws:PrincipalArn", Some(arn)), ("aws:username", name)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_iam::shape::Entity;

    /// Everybody of a kind, one of them, and who has no context keys to be put right.
    #[test]
    fn callers_are_those_that_the_patterns_match() {
        let session = "arn:aws:sts::777788889999:assumed-role/app/session";
        let entity = Entity::of("arn:aws:iam::777788889999:role/team/app").unwrap();
        let pattern = |text: &str| CallerPattern::parse(text).unwrap();
        for (patterns, expected) in [
            (vec![pattern("arn:aws:iam::777788889999:role/*")], session),
            (vec![CallerPattern::Entity(entity)], session),
            (vec![pattern("*"), pattern("777788889999")], "arn:aws:iam::777788889999:user/dev"),
            (vec![pattern("*.amazonaws.com")], "lambda.amazonaws.com"),
            (vec![pattern("*")], CALLER),
        ] {
            let context = Context::from([(
                ContextKey::new("aws:PrincipalArn"),
                ContextValue::Single("?".to_owned()),
            )]);
            let made = request(Some(&patterns), context);
            assert_eq!(made.principal.arn, expected, "{patterns:?}");
            let told = made.context.get(&ContextKey::new("aws:PrincipalArn"));
            let issuer = made.principal.issuer();
            let own = issuer.or(made.principal.account().map(|_| expected.to_owned()));
            assert_eq!(told, own.map(ContextValue::Single).as_ref(), "{patterns:?}");
        }
    }
}
