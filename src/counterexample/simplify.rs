//! From a solver's request to one that a person reads at a glance.
//!
//! Every step proposes a changed request and keeps it only when `holds` confirms it, so a simplified counterexample is as true as the
//! one it came from. The order of proposals is fixed: the same request and vocabulary give the same result.

use super::vocabulary::Vocabulary;
use crate::policy::ContextKey;
use crate::request::{ContextValue, Principal, Request};

/// How many proposals one counterexample may cost.
const BUDGET: usize = 4_000;

/// A request that is being simplified.
struct Simplifier<'a> {
    request: Request,
    holds: &'a dyn Fn(&Request) -> bool,
    budget: usize,
}

/// Drops what the request does not need and renames the rest to values a person recognises.
///
/// `holds` says whether a request is still a counterexample; the given one must be.
pub fn simplify(request: Request, vocabulary: &Vocabulary, holds: &dyn Fn(&Request) -> bool) -> Request {
    let mut simplifier = Simplifier { request, holds, budget: BUDGET };
    simplifier.drop_keys();
    simplifier.drop_list_values();
    simplifier.tidy();
    simplifier.choose_action(vocabulary);
    simplifier.choose_values(vocabulary);
    simplifier.choose_resource(vocabulary);
    simplifier.choose_principal();
    simplifier.choose_values(vocabulary);
    simplifier.drop_keys();
    simplifier.request
}

impl Simplifier<'_> {
    fn propose(&mut self, change: impl FnOnce(&mut Request)) -> bool {
        if self.budget == 0 {
            return false;
        }
        self.budget -= 1;
        let mut changed = self.request.clone();
        change(&mut changed);
        let kept = (self.holds)(&changed);
        if kept {
            self.request = changed;
        }
        kept
    }

    fn keys(&self) -> Vec<ContextKey> {
        self.request.context.keys().cloned().collect()
    }

    fn drop_keys(&mut self) {
        for key in self.keys() {
            self.propose(|request| _ = request.context.remove(&key));
        }
    }

    fn drop_list_values(&mut self) {
        for key in self.keys() {
            let Some(ContextValue::List(values)) = self.request.context.get(&key) else { continue };
            for value in values.clone().iter().rev() {
                self.propose(|request| edit_list(request, &key, |values| values.retain(|other| other != value)));
            }
        }
    }

    /// The usual partition, and texts without characters that no keyboard has.
    fn tidy(&mut self) {
        let partition = self.request.resource.split(':').nth(1).unwrap_or_default().to_owned();
        self.propose(|request| rename(request, &partition, "aws"));
        for replacement in ["", "x"] {
            self.propose(|request| request.resource = printable(&request.resource, replacement));
            for key in self.keys() {
                self.propose(|request| match request.context.get_mut(&key) {
                    Some(ContextValue::Single(text)) => *text = printable(text, replacement),
                    Some(ContextValue::List(texts)) => texts.iter_mut().for_each(|text| *text = printable(text, replacement)),
                    None => {}
                });
            }
        }
    }

    fn choose_action(&mut self, vocabulary: &Vocabulary) {
        for candidate in &vocabulary.actions {
            if self.request.action == *candidate || self.propose(|request| request.action.clone_from(candidate)) {
                return;
            }
        }
    }

    /// An ARN of the action's own service reads best.
    fn choose_resource(&mut self, vocabulary: &Vocabulary) {
        let service = self.request.action.split(':').next().unwrap_or_default().to_owned();
        let own = |arn: &&String| arn.split(':').nth(2) == Some(&service);
        let (first, second): (Vec<_>, Vec<_>) = vocabulary.resources.iter().partition(own);
        let named = |arn: &&&String| arn.split(':').nth(5).is_some_and(|rest| !rest.is_empty() && !rest.ends_with('/'));
        let (named, bare): (Vec<_>, Vec<_>) = first.into_iter().partition(|arn| named(&arn));
        let star = "*".to_owned();
        for candidate in named.into_iter().chain(bare).chain([&star]).chain(second) {
            if self.request.resource == *candidate || self.propose(|request| request.resource.clone_from(candidate)) {
                return;
            }
        }
        self.choose_resource_fields(&service);
    }

    fn choose_resource_fields(&mut self, service: &str) {
        let fillers: [&[&str]; 6] =
            [&["arn"], &["aws"], &[service], &["us-east-1", ""], &[super::vocabulary::ACCOUNT, ""], &["example", "example/example"]];
        for (index, fillers) in fillers.iter().enumerate() {
            for filler in *fillers {
                let changed = with_field(&self.request.resource, index, filler);
                if changed == self.request.resource || self.propose(|request| request.resource = changed) {
                    break;
                }
            }
        }
    }

    fn choose_values(&mut self, vocabulary: &Vocabulary) {
        for key in self.keys() {
            let count = texts(self.request.context.get(&key)).len();
            for index in 0..count {
                self.choose_value(&key, index, vocabulary);
            }
        }
    }

    fn choose_value(&mut self, key: &ContextKey, index: usize, vocabulary: &Vocabulary) {
        let Some(current) = texts(self.request.context.get(key)).get(index).cloned() else { return };
        for candidate in vocabulary.values(key) {
            if candidate == current
                || self.propose(|request| rename(request, &current, candidate))
                || self.propose(|request| set(request, key, index, candidate))
            {
                return;
            }
        }
    }

    fn choose_principal(&mut self) {
        for arn in ["arn:aws:iam::111122223333:user/dev", "arn:aws:sts::111122223333:assumed-role/app/session"] {
            let principal = Principal::new(arn);
            if self.request.principal == principal || self.propose(|request| request.principal = principal) {
                return;
            }
        }
    }
}

fn texts(value: Option<&ContextValue>) -> Vec<String> {
    match value {
        None => Vec::new(),
        Some(ContextValue::Single(text)) => vec![text.clone()],
        Some(ContextValue::List(texts)) => texts.clone(),
    }
}

/// The text with every character outside printable ASCII replaced.
fn printable(text: &str, replacement: &str) -> String {
    text.chars()
        .map(|letter| if letter == ' ' || letter.is_ascii_graphic() { letter.to_string() } else { replacement.to_owned() })
        .collect()
}

fn edit_list(request: &mut Request, key: &ContextKey, edit: impl FnOnce(&mut Vec<String>)) {
    if let Some(ContextValue::List(values)) = request.context.get_mut(key) {
        edit(values);
    }
}

fn set(request: &mut Request, key: &ContextKey, index: usize, text: &str) {
    match request.context.get_mut(key) {
        Some(ContextValue::Single(value)) => text.clone_into(value),
        Some(ContextValue::List(values)) => {
            if let Some(value) = values.get_mut(index) {
                text.clone_into(value);
            }
        }
        None => {}
    }
}

/// Renames a value wherever it stands whole: as a context value, or between `:` and `/` in an ARN. Equal values stay equal.
fn rename(request: &mut Request, from: &str, to: &str) {
    let tokens = |text: &str| text.split_inclusive([':', '/']).map(|token| rename_token(token, from, to)).collect::<String>();
    let whole = |text: &str| if text == from { to.to_owned() } else { tokens(text) };
    request.resource = tokens(&request.resource);
    request.principal.arn = tokens(&request.principal.arn);
    request.principal.role_arn = request.principal.role_arn.as_deref().map(tokens);
    for value in request.context.values_mut() {
        match value {
            ContextValue::Single(text) => *text = whole(text),
            ContextValue::List(texts) => texts.iter_mut().for_each(|text| *text = whole(text)),
        }
    }
}

fn rename_token(token: &str, from: &str, to: &str) -> String {
    let bare = token.trim_end_matches([':', '/']);
    if bare == from && !from.is_empty() { format!("{to}{}", token.get(bare.len()..).unwrap_or_default()) } else { token.to_owned() }
}

fn with_field(arn: &str, index: usize, text: &str) -> String {
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    if fields.len() < 6 {
        return arn.to_owned();
    }
    let changed = fields.into_iter().enumerate().map(|(position, field)| if position == index { text } else { field });
    changed.collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn request() -> Request {
        let context = BTreeMap::from([
            (ContextKey::new("aws:PrincipalAccount"), ContextValue::Single("000000000000".into())),
            (ContextKey::new("aws:ResourceAccount"), ContextValue::Single("000000000000".into())),
            (ContextKey::new("aws:TagKeys"), ContextValue::List(vec!["a".into(), "b".into()])),
            (ContextKey::new("custom:unused"), ContextValue::Single("x".into())),
        ]);
        Request {
            principal: Principal::new("arn:aws:iam::000000000000:user/a"),
            action: "bedrock:\u{1}".into(),
            resource: "arn:aws:bedrock::000000000000:q/\u{2}".into(),
            resource_account: None,
            principal_in_management_account: false,
            context,
        }
    }

    #[test]
    fn equal_values_stay_equal_and_unneeded_keys_go() {
        let key = |name| ContextKey::new(name);
        let holds = |request: &Request| {
            let owner = request.context.get(&key("aws:ResourceAccount"));
            let list = matches!(request.context.get(&key("aws:TagKeys")), Some(ContextValue::List(values)) if values.contains(&"b".into()));
            owner.is_some() && owner == request.context.get(&key("aws:PrincipalAccount")) && list
        };
        let simple = simplify(request(), &Vocabulary::of([]), &holds);
        assert_eq!(simple.context.len(), 3);
        assert_eq!(simple.context.get(&key("aws:ResourceAccount")), Some(&ContextValue::Single("111122223333".into())));
        assert_eq!(simple.context.get(&key("aws:TagKeys")), Some(&ContextValue::List(vec!["b".into()])));
        assert_eq!(simple.action, "bedrock:InvokeModel");
        assert_eq!(simple.principal.arn, "arn:aws:iam::111122223333:user/dev");
    }

    #[test]
    fn nothing_is_changed_that_is_not_confirmed() {
        let original = request();
        let same = |candidate: &Request| *candidate == original;
        assert_eq!(simplify(original.clone(), &Vocabulary::of([]), &same), original);
    }

    #[test]
    fn a_renaming_respects_fields() {
        let mut request = request();
        rename(&mut request, "000000000000", "1");
        assert_eq!(request.resource, "arn:aws:bedrock::1:q/\u{2}");
        assert_eq!(request.principal.arn, "arn:aws:iam::1:user/a");
    }
}
