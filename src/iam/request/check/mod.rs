//! What in a request is probably not what its author meant, and what AWS could not send.

mod contradictions;

use super::{ContextValue, Request, arn_fields};
use crate::catalogue::keys::{KeyType, is_list, lookup};
use crate::policy::ContextKey;
use crate::value;
use std::fmt;

/// A remark about a request. The request is evaluated all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Stable kebab-case name of the rule.
    pub code: &'static str,
    /// The member of the request concerned: `action`, `context.aws:SourceIp`.
    pub route: String,
    /// One line, lower case, the user's text in backticks, and how the value is read.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.route, self.message)
    }
}

fn warning(code: &'static str, route: impl Into<String>, message: String) -> Warning {
    Warning { code, route: route.into(), message }
}

/// Lists what looks wrong in a request, in the order principal, action, resource, context (keys in
/// order). Empty when nothing does.
pub fn check_request(request: &Request) -> Vec<Warning> {
    let mut warnings = Vec::new();
    check_principal(request, &mut warnings);
    check_action(request, &mut warnings);
    if request.resource != "*" && arn_fields(&request.resource).is_none() {
        let message = format!(
            "`{}` is neither `*` nor an ARN of six fields separated by `:`; only a pattern of stars alone matches it",
            request.resource
        );
        warnings.push(warning("resource-shape", "resource", message));
    }
    warnings.extend(account_of("resource", &request.resource));
    if let Some(account) =
        request.resource_account.as_deref().filter(|account| !value::is_account(account))
    {
        warnings.push(no_account("resourceAccount", account));
    }
    contradictions::of_resource(request, &mut warnings);
    for (key, value) in &request.context {
        check_context(key, value, &mut warnings);
        warnings.extend(contradictions::of_key(key, value, request));
    }
    warnings
}

fn check_principal(request: &Request, warnings: &mut Vec<Warning>) {
    let principal = &request.principal;
    if principal.kind().is_none() {
        let message = format!(
            "`{}` is not the ARN of a user, role session, federated-user session, root user or identity provider, nor a service principal, \
             nor `anonymous`; no policy grants it anything",
            principal.arn
        );
        warnings.push(warning("principal-shape", "principal", message));
    }
    warnings.extend(account_of("principal", &principal.arn));
    contradictions::of_principal(principal, warnings);
}

/// What is wrong with the account field of an ARN. A place-holder of templates,
/// `${AWS::AccountId}`, has colons, and the ARN that it stands in has more fields than it should:
/// it is told as a whole.
fn account_of(route: &str, arn: &str) -> Option<Warning> {
    let [_, _, _, _, account, rest] = arn_fields(arn)?;
    let whole = account
        .starts_with("${")
        .then(|| rest.split_once('}'))
        .flatten()
        .map(|(name, _)| format!("{account}:{name}}}"));
    let account = whole.as_deref().unwrap_or(account);
    let known = matches!(account, "" | "aws" | "cloudfront") || value::is_account(account);
    (!known).then(|| no_account(route, account))
}

fn no_account(route: &str, account: &str) -> Warning {
    let what = if is_placeholder_account(account) {
        "is not an account, and looks like a place-holder"
    } else {
        "is not an account: an account has twelve digits, and a request is about one"
    };
    warning(
        "placeholder-account",
        route,
        format!("`{account}` {what}; it is read as an account of its own"),
    )
}

/// Whether what stands in the account field of an ARN is not an account, nor a pattern of accounts,
/// and no slip of digits either: `ACCOUNT_ID`, or what is left of `${AWS::AccountId}`. AWS itself
/// writes `aws` and `cloudfront` there.
pub fn is_placeholder_account(field: &str) -> bool {
    !matches!(field, "aws" | "cloudfront")
        && !field.contains(['*', '?'])
        && field.contains(|c: char| !c.is_ascii_digit())
}

fn check_action(request: &Request, warnings: &mut Vec<Warning>) {
    let action = &request.action;
    let message = match action.split_once(':') {
        None => {
            format!(
                "`{action}` has no service prefix; write `prefix:Name`, for example `s3:GetObject`"
            )
        }
        Some((prefix, name)) if prefix.is_empty() || name.is_empty() => {
            format!("`{action}` is not of the form `prefix:Name`")
        }
        Some(_) if action.contains(char::is_whitespace) => {
            format!("`{action}` holds white space, which no action does")
        }
        Some(_) if action.contains(['*', '?']) => {
            format!(
                "a request names one action; in `{action}` the characters `*` and `?` stand for themselves"
            )
        }
        Some(_) => return,
    };
    warnings.push(warning("action-shape", "action", message));
}

fn check_context(key: &ContextKey, value: &ContextValue, warnings: &mut Vec<Warning>) {
    let route = format!("context.{}", key.text());
    let values: &[String] = match value {
        ContextValue::Single(value) => std::slice::from_ref(value),
        ContextValue::List(values) => values,
    };
    match value {
        ContextValue::Single(_) if is_list(key) => {
            let message =
                format!("`{}` is multivalued; its value is read as a list of one", key.text());
            warnings.push(warning("list-key-single", &route, message));
        }
        ContextValue::List(values) if values.is_empty() => {
            let message =
                format!("the list of `{}` is empty; the key counts as absent", key.text());
            warnings.push(warning("empty-list", &route, message));
        }
        ContextValue::List(_) if lookup(key).is_some_and(|known| !known.multivalued) => {
            let message = format!(
                "`{}` has one value in a real request; it is read as multivalued, and has no value as a variable",
                key.text()
            );
            warnings.push(warning("single-key-list", &route, message));
        }
        ContextValue::Single(_) | ContextValue::List(_) => {}
    }
    let Some(known) = lookup(key) else { return };
    let types = known.types.iter().copied().map(KeyType::words).collect::<Vec<_>>().join(" or ");
    for value in values.iter().filter(|value| !known.is_well_typed(value)) {
        let message = format!(
            "`{value}` is not {types}, which `{}` holds; operators of that type do not match it",
            key.text()
        );
        warnings.push(warning("ill-typed-value", &route, message));
    }
}
