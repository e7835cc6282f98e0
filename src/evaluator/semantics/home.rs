//! Whether a request is as the own accounts of a question have it (SEMANTICS 6.8).

use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::{ContextValue, PrincipalKind, Request, arn_fields};
use keyaki_iam::shape::Home;
use std::collections::BTreeSet;

/// Whether users and sessions, and the resource, are of own accounts, as far as the question is
/// about these, and whether the keys of an organization tell of the own one. Of a request only the
/// keys that the question names are known: others are left out of it.
pub fn is_at_home(home: &Home, request: &Request, named: &BTreeSet<&ContextKey>) -> bool {
    let caller = request.principal.account();
    let one_of = |accounts: &[String], account: Option<&str>| {
        account.is_some_and(|account| accounts.iter().any(|one| one == account))
    };
    let entity = matches!(
        request.principal.kind(),
        Some(PrincipalKind::User | PrincipalKind::RoleSession | PrincipalKind::FederatedUser)
    );
    let callers = home.callers.is_empty() || !entity || one_of(&home.callers, caller);
    let resources = home.resources.is_empty() || one_of(&home.resources, request.owner());
    let member = home.members.as_ref().is_none_or(|(accounts, organization)| {
        let told = |key: &str, is_own: &dyn Fn(&str) -> bool, always: bool| {
            let key = ContextKey::new(key);
            match request.context.get(&key) {
                None => !always || !named.contains(&key),
                Some(ContextValue::Single(value)) => is_own(value),
                Some(ContextValue::List(values)) if values.is_empty() => !always,
                Some(ContextValue::List(values)) => values.iter().all(|value| is_own(value)),
            }
        };
        let is_id = |text: &str| text == organization;
        let is_path = |text: &str| {
            text.strip_prefix(organization.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        let of_caller = !one_of(accounts, caller)
            || told("aws:PrincipalOrgID", &is_id, true)
                && told("aws:PrincipalOrgPaths", &is_path, true);
        let model =
            arn_fields(&request.resource).is_some_and(|[_, _, service, _, account, rest]| {
                service == "bedrock" && account.is_empty() && rest.starts_with("foundation-model/")
            });
        let of_resource = model
            || !one_of(accounts, request.owner())
            || told("aws:ResourceOrgID", &is_id, false)
                && told("aws:ResourceOrgPaths", &is_path, false);
        of_caller && of_resource
    });
    callers && resources && member
}
