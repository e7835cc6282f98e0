//! What `eval` says beside a decision: what in request and policies is probably not what their
//! author meant, and what no policy decides.

use keyaki_evaluator::feasibility;
use keyaki_iam::catalogue::{Catalogue, keys};
use keyaki_iam::layers::{NamedPolicy, Policies};
use keyaki_iam::policy::{ActionPattern, Piece, ResourcePattern, Statement};
use keyaki_iam::request::{self, Request, arn_fields, is_placeholder_account};
use keyaki_questions::names;
use keyaki_questions::query::Account;
use std::collections::BTreeSet;

/// Of place-holders in policies so many are told.
const MOST: usize = 5;

/// The notes, in order: on the request, on what the decision assumed, on the policies, on the
/// service.
pub(super) fn notes(policies: &Policies, account: &Account, request: &Request) -> Vec<String> {
    let mut notes: Vec<String> =
        request::check_request(request).iter().map(ToString::to_string).collect();
    notes.extend(misspelt(request));
    notes.extend(account.assumed.map(str::to_owned));
    let arns: BTreeSet<(String, String)> = policies.all().flat_map(placeholders).collect();
    notes.extend(arns.iter().take(MOST).map(|(policy, arn)| {
        format!(
            "{policy}: in `{arn}` a place-holder seems to stand where the account belongs; it is read as an account, which no caller is in"
        )
    }));
    if arns.len() > MOST {
        notes.push(format!(
            "{} more place-holders seem to stand where an account belongs",
            arns.len() - MOST
        ));
    }
    if feasibility::is_refused_by_service(request) {
        notes.push(format!(
            "AWS refuses `{}` on `{}` itself, whatever the policies decide (F32)",
            request.action, request.resource
        ));
    }
    notes
}

/// What in the request is spelled much like a name that the catalogue knows, and is not one. `eval`
/// decides any request, so that this is no error.
fn misspelt(request: &Request) -> Vec<String> {
    let Ok(catalogue) = Catalogue::embedded() else { return Vec::new() };
    let action = request
        .action
        .split_once(':')
        .map(|(service, name)| ActionPattern::Name { service: service.into(), name: name.into() });
    let action = action.and_then(|action| names::action(catalogue, &action).ok().flatten());
    let keys = request.context.keys().filter_map(|key| names::key(catalogue, key).ok().flatten());
    let slips = action.into_iter().chain(keys).filter(|wrong| wrong.is_slip);
    slips.map(|wrong| format!("{}; {}", wrong.message, wrong.help)).collect()
}

/// The ARNs of a policy, with its name, whose account field holds what is not an account.
fn placeholders(named: &NamedPolicy) -> Vec<(String, String)> {
    let of = |statement: &Statement| {
        let resources =
            statement.resource.iter().flat_map(|element| &element.patterns).filter_map(in_resource);
        let values = statement
            .conditions
            .iter()
            .flat_map(|condition| &condition.values)
            .map(|value| value.text.as_str());
        let values = values.filter(|text| {
            arn_fields(text).is_some_and(|[arn, .., account, _]| {
                arn == "arn" && is_placeholder_account(account)
            })
        });
        resources.chain(values).map(|arn| (named.name.clone(), arn.to_owned())).collect::<Vec<_>>()
    };
    named.policy.statements().flat_map(of).collect()
}

/// The text of an entry of `Resource` with a place-holder for the account: a plain text, or a
/// variable that names no context key.
fn in_resource(pattern: &ResourcePattern) -> Option<&str> {
    let ResourcePattern::Arn { text, fields } = pattern else { return None };
    let found = match fields.get(4)?.pieces.as_slice() {
        [Piece::Literal(account)] => is_placeholder_account(account),
        [Piece::Variable(variable)] => {
            variable.default.is_none() && keys::lookup(&variable.key).is_none()
        }
        _ => false,
    };
    found.then_some(&**text)
}
