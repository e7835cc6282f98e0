//! Renaming texts wherever they stand in a request, so that equal values stay equal.

use super::accounts::{ACCOUNT, OTHER_ACCOUNT};
use keyaki_iam::request::{ContextValue, Request};

/// Renames a value wherever it stands whole: as a context value, as the owner, or between `:` and
/// `/` in an ARN.
pub fn rename(request: &mut Request, from: &str, to: &str) {
    rename_all(request, &[(from, to)]);
}

/// Renames several values at once, so that two may change places.
pub(super) fn rename_all(request: &mut Request, names: &[(&str, &str)]) {
    let renamed = |text: &str| {
        names.iter().find(|(from, _)| *from == text && !from.is_empty()).map(|(_, to)| *to)
    };
    let token = |token: &str| {
        let bare = token.trim_end_matches([':', '/']);
        renamed(bare).map_or(token.to_owned(), |to| {
            format!("{to}{}", token.get(bare.len()..).unwrap_or_default())
        })
    };
    let tokens = |text: &str| text.split_inclusive([':', '/']).map(token).collect::<String>();
    let whole = |text: &str| renamed(text).map_or_else(|| tokens(text), str::to_owned);
    let principal = &mut request.principal;
    let texts = [
        Some(&mut request.resource),
        Some(&mut principal.arn),
        principal.role_arn.as_mut(),
        principal.user_arn.as_mut(),
    ];
    for text in texts.into_iter().chain([request.resource_account.as_mut()]).flatten() {
        *text = tokens(text);
    }
    for value in request.context.values_mut() {
        match value {
            ContextValue::Single(text) => *text = whole(text),
            ContextValue::List(texts) => texts.iter_mut().for_each(|text| *text = whole(text)),
        }
    }
}

/// What the accounts of a request may be called, best first: the caller's as in documentation, the
/// owner's as a second one.
pub(super) fn account_names(request: &Request) -> Vec<Vec<(String, String)>> {
    let own = request.principal.account().filter(|account| !account.is_empty());
    let owner = request.owner().filter(|owner| Some(*owner) != own && !owner.is_empty());
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    // Whoever bears the new name already takes the old one.
    let swap = |from: &str, to: &str| vec![pair(from, to), pair(to, from)];
    let mut names = Vec::new();
    match (own, owner) {
        (Some(own), Some(owner)) => {
            names.push(vec![pair(own, ACCOUNT), pair(owner, OTHER_ACCOUNT)]);
            names.extend([swap(own, ACCOUNT), swap(owner, OTHER_ACCOUNT)]);
        }
        (Some(only), None) | (None, Some(only)) => names.push(swap(only, ACCOUNT)),
        (None, None) => {}
    }
    names
}
