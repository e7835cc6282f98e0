//! From a solver's request to one that a person reads at a glance.
//!
//! Every step proposes a changed request and keeps it only when `holds` confirms it, so a
//! simplified counterexample is as true as the one it came from. The order of proposals is fixed:
//! the same request and vocabulary give the same result.

use super::accounts::ACCOUNT;
use super::fit;
use super::rename::{account_names, rename, rename_all};
use super::vocabulary::{Vocabulary, service_of};
use keyaki_engines::engine::Deadline;
use keyaki_iam::policy::{ContextKey, ResourcePattern};
use keyaki_iam::request::{ContextValue, Principal, Request, arn_fields};
use std::slice;

/// How many proposals one counterexample may cost.
const BUDGET: usize = 4_000;

/// How many of them the choice of an action may cost.
const ACTION_BUDGET: usize = 600;

/// A request that is being simplified.
struct Simplifier<'a> {
    request: Request,
    holds: &'a dyn Fn(&Request) -> bool,
    budget: usize,
    deadline: &'a Deadline,
}

/// Drops what the request does not need and renames the rest to values a person recognises.
///
/// `holds` says whether a request is still a counterexample; the given one must be. After the
/// deadline nothing more is proposed.
pub fn simplify(
    request: Request,
    vocabulary: &Vocabulary<'_>,
    holds: &dyn Fn(&Request) -> bool,
    deadline: &Deadline,
) -> Request {
    let mut simplifier = Simplifier { request, holds, budget: BUDGET, deadline };
    simplifier.drop_keys();
    simplifier.drop_list_values();
    simplifier.tidy();
    simplifier.drop_members(vocabulary);
    simplifier.choose_action(vocabulary);
    simplifier.choose_principal(vocabulary);
    simplifier.choose_accounts();
    simplifier.choose_values(vocabulary);
    simplifier.choose_resource(vocabulary);
    simplifier.choose_principal(vocabulary);
    simplifier.choose_accounts();
    simplifier.choose_values(vocabulary);
    simplifier.drop_members(vocabulary);
    simplifier.drop_keys();
    simplifier.request
}

impl Simplifier<'_> {
    /// Whether there may be no more proposals.
    fn is_over(&self) -> bool {
        self.budget == 0 || self.deadline.is_reached()
    }

    fn propose(&mut self, change: impl FnOnce(&mut Request)) -> bool {
        if self.is_over() {
            return false;
        }
        let mut changed = self.request.clone();
        change(&mut changed);
        self.keep(changed)
    }

    /// Proposes the first, and if it is not kept and is another request, the second.
    fn propose_either(
        &mut self,
        first: impl FnOnce(&mut Request),
        second: impl FnOnce(&mut Request),
    ) -> bool {
        if self.is_over() {
            return false;
        }
        let (mut one, mut other) = (self.request.clone(), self.request.clone());
        first(&mut one);
        second(&mut other);
        let differ = one != other;
        self.keep(one) || differ && self.keep(other)
    }

    fn keep(&mut self, changed: Request) -> bool {
        if changed == self.request {
            return true;
        }
        let Some(left) = self.budget.checked_sub(1) else { return false };
        self.budget = left;
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
        self.drop_tags();
        for key in self.keys() {
            self.propose(|request| _ = request.context.remove(&key));
        }
    }

    /// A tag that the request passes goes with its key in `aws:TagKeys`, and with the tag of what
    /// the request creates.
    fn drop_tags(&mut self) {
        for key in self.keys() {
            let Some((family, tag)) = key.text().split_once('/') else { continue };
            if !family.eq_ignore_ascii_case("aws:RequestTag") {
                continue;
            }
            let told = ContextKey::new("aws:TagKeys");
            let own = ContextKey::new(&format!("aws:ResourceTag/{tag}"));
            let pass_no_tag = |request: &mut Request| {
                request.context.remove(&key);
                edit_list(request, &told, |tags| tags.retain(|told| told != tag));
                request.context.retain(|key, value| *key != told || !texts(Some(value)).is_empty());
            };
            let kept = self.propose(|request| {
                pass_no_tag(request);
                request.context.remove(&own);
            });
            if !kept {
                self.propose(pass_no_tag);
            }
        }
    }

    fn drop_list_values(&mut self) {
        for key in self.keys() {
            let Some(ContextValue::List(values)) = self.request.context.get(&key) else { continue };
            for value in values.clone().iter().rev() {
                self.propose(|request| {
                    edit_list(request, &key, |values| values.retain(|other| other != value))
                });
            }
        }
    }

    /// The usual partition, and texts without characters that no keyboard has.
    fn tidy(&mut self) {
        for arn in [self.request.resource.clone(), self.request.principal.arn.clone()] {
            if let Some([_, partition, ..]) = arn_fields(&arn).filter(|fields| fields[1] != "aws") {
                self.propose(|request| rename(request, partition, "aws"));
            }
        }
        if self.is_printable() {
            return;
        }
        for replacement in ["", "x"] {
            self.propose(|request| request.resource = printable(&request.resource, replacement));
            for key in self.keys() {
                self.propose(|request| match request.context.get_mut(&key) {
                    Some(ContextValue::Single(text)) => *text = printable(text, replacement),
                    Some(ContextValue::List(texts)) => {
                        texts.iter_mut().for_each(|text| *text = printable(text, replacement))
                    }
                    None => {}
                });
            }
        }
    }

    /// Whether its texts have only characters of a keyboard.
    fn is_printable(&self) -> bool {
        let mut values = self.request.context.values().flat_map(|value| match value {
            ContextValue::Single(text) => slice::from_ref(text),
            ContextValue::List(texts) => texts,
        });
        self.request.resource.chars().all(is_printable)
            && values.all(|text| text.chars().all(is_printable))
    }

    fn choose_action(&mut self, vocabulary: &Vocabulary<'_>) {
        if self.is_over() {
            return;
        }
        if let Some(spelled) = vocabulary.spelled(&self.request.action) {
            self.propose(|request| request.action = spelled);
        }
        let least = self.budget.saturating_sub(ACTION_BUDGET);
        let near = vocabulary.near(&self.request.resource);
        for candidate in vocabulary.actions() {
            if self.request.action == candidate
                || self.propose_action(&candidate, &near, vocabulary)
            {
                return;
            }
            if self.budget < least {
                return;
            }
        }
    }

    /// The action with a resource that it is authorized on, and without the keys that do not come
    /// with it.
    fn propose_action(
        &mut self,
        action: &str,
        near: &[&ResourcePattern],
        vocabulary: &Vocabulary<'_>,
    ) -> bool {
        let Some(resources) = vocabulary.resources_of(action, near) else {
            return self.propose(|request| action.clone_into(&mut request.action));
        };
        let now = self.request.resource.clone();
        resources.chain([now]).any(|resource| self.propose_target(action, &resource, vocabulary))
    }

    /// The resource in the caller's account, or in the owner's, there in the Region of now, or as
    /// it is.
    fn propose_target(
        &mut self,
        action: &str,
        resource: &str,
        vocabulary: &Vocabulary<'_>,
    ) -> bool {
        let now = arn_fields(&self.request.resource).map_or("", |fields| fields[3]).to_owned();
        let [_, _, _, region, account, _] = arn_fields(resource).unwrap_or_default();
        let placed = |index: usize, own: &str, new: Option<&str>, text: &str| match new {
            Some(new) if !matches!((own, new), ("" | "aws", _) | (_, "")) => {
                with_field(text, index, new)
            }
            _ => text.to_owned(),
        };
        let own = placed(4, account, self.request.principal.account(), resource);
        let owned = placed(4, account, self.request.owner(), resource);
        let near = placed(3, region, Some(&now), &owned);
        let mut tried = Vec::new();
        for resource in [own, owned, near, resource.to_owned()] {
            let change = |request: &mut Request| {
                action.clone_into(&mut request.action);
                fit::set_resource(request, &resource);
                vocabulary.drop_unlisted(request);
            };
            if !tried.contains(&resource) && self.propose(change) {
                return true;
            }
            tried.push(resource);
        }
        false
    }

    /// An ARN of the action's own service reads best.
    fn choose_resource(&mut self, vocabulary: &Vocabulary<'_>) {
        if self.is_over() {
            return;
        }
        let service = self.request.action.split(':').next().unwrap_or_default().to_owned();
        let near = vocabulary.near(&self.request.resource);
        if let Some(mut resources) = vocabulary.resources_of(&self.request.action, &near) {
            let action = self.request.action.clone();
            let found = resources.any(|resource| {
                self.request.resource == resource
                    || self.propose_target(&action, &resource, vocabulary)
            });
            if !found {
                self.choose_resource_fields(&service);
            }
            return;
        }
        let named = |arn: &str| {
            arn.split(':').nth(5).is_some_and(|rest| !rest.is_empty() && !rest.ends_with('/'))
        };
        let now = self.request.resource.clone();
        let mut is_kept = |candidate: &str| {
            self.request.resource == *candidate || self.propose_resource(candidate)
        };
        // Most often one of the first will do, and the others need not be made.
        let mut bare = Vec::new();
        for candidate in vocabulary.resources(&now, Some(&service)) {
            match named(&candidate) {
                true if is_kept(&candidate) => return,
                true => {}
                false => bare.push(candidate),
            }
        }
        let others = vocabulary
            .resources(&now, None)
            .filter(|candidate| service_of(candidate) != Some(&service));
        if bare.into_iter().chain(["*".to_owned()]).chain(others).any(|one| is_kept(&one)) {
            return;
        }
        self.choose_resource_fields(&service);
    }

    /// The candidate as it is, or in the account that the resource is in now.
    fn propose_resource(&mut self, candidate: &str) -> bool {
        let current = arn_fields(&self.request.resource).map_or("", |fields| fields[4]).to_owned();
        let elsewhere = arn_fields(candidate).filter(|fields| {
            !matches!(fields[4], "" | "aws") && fields[4] != current && !current.is_empty()
        });
        let elsewhere = elsewhere.map(|_| with_field(candidate, 4, &current));
        self.propose_either(
            |request| fit::set_resource(request, candidate),
            |request| candidate.clone_into(&mut request.resource),
        ) || elsewhere.is_some_and(|candidate| {
            self.request.resource == candidate
                || self.propose(|request| fit::set_resource(request, &candidate))
        })
    }

    fn choose_resource_fields(&mut self, service: &str) {
        let fillers: [&[&str]; 6] = [
            &["arn"],
            &["aws"],
            &[service],
            &["us-east-1", ""],
            &[ACCOUNT, ""],
            &["example", "example/example"],
        ];
        for (index, fillers) in fillers.iter().enumerate() {
            for filler in *fillers {
                let changed = with_field(&self.request.resource, index, filler);
                if changed == self.request.resource
                    || self.propose(|request| request.resource = changed)
                {
                    break;
                }
            }
        }
    }

    fn choose_values(&mut self, vocabulary: &Vocabulary<'_>) {
        for key in self.keys() {
            let count = texts(self.request.context.get(&key)).len();
            for index in 0..count {
                self.choose_value(&key, index, vocabulary);
            }
        }
    }

    fn choose_value(&mut self, key: &ContextKey, index: usize, vocabulary: &Vocabulary<'_>) {
        if self.is_over() {
            return;
        }
        let Some(current) = texts(self.request.context.get(key)).get(index).cloned() else {
            return;
        };
        if fit::follows_caller(key)
            && vocabulary.principals(&self.request).any(|known| known == self.request.principal)
        {
            return;
        }
        for candidate in vocabulary.values(key, &self.request, &current) {
            // The empty text is no name of anything else.
            if candidate == current
                || !current.is_empty()
                    && self.propose(|request| rename(request, &current, &candidate))
                || self.propose(|request| set(request, key, index, &candidate))
            {
                return;
            }
        }
    }

    fn choose_principal(&mut self, vocabulary: &Vocabulary<'_>) {
        if self.is_over() {
            return;
        }
        let partition = arn_fields(&self.request.principal.arn).map(|fields| fields[1].to_owned());
        let abroad = partition
            .filter(|partition| !matches!(partition.as_str(), "" | "aws"))
            .map(|partition| format!("arn:{partition}:"));
        let now = self.request.clone();
        let moved = abroad.iter().flat_map(|start| {
            vocabulary.principals(&now).map(move |principal| {
                let moved = |arn: &String| {
                    arn.strip_prefix("arn:aws:")
                        .map_or_else(|| arn.clone(), |rest| format!("{start}{rest}"))
                };
                let [role_arn, user_arn] =
                    [&principal.role_arn, &principal.user_arn].map(|arn| arn.as_ref().map(moved));
                Principal { arn: moved(&principal.arn), role_arn, user_arn }
            })
        });
        for principal in vocabulary.principals(&now).chain(moved) {
            if self.request.principal == principal
                || self.propose_either(
                    |request| fit::set_caller(request, &principal, vocabulary),
                    |request| request.principal.clone_from(&principal),
                )
                || self.propose(|request| {
                    fit::set_caller(request, &principal, vocabulary);
                    fit::drop_owner(request);
                })
            {
                return;
            }
        }
    }

    /// The accounts of the documentation: the caller's is the first of them, another owner's the
    /// second.
    fn choose_accounts(&mut self) {
        if self.is_over() {
            return;
        }
        for (at, names) in account_names(&self.request).iter().enumerate() {
            let names: Vec<(&str, &str)> =
                names.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
            let renames = names.iter().any(|(from, to)| from != to);
            // The first renames both.
            if (!renames || self.propose(|request| rename_all(request, &names))) && at == 0 {
                return;
            }
        }
    }

    /// Members of the request that are there only if they must be.
    fn drop_members(&mut self, vocabulary: &Vocabulary<'_>) {
        if self.request.principal_in_management_account {
            self.propose(|request| request.principal_in_management_account = false);
        }
        if self.request.resource_account.is_some() {
            self.propose_either(|request| request.resource_account = None, fit::drop_owner);
        }
        let mut bare = self.request.principal.clone();
        (bare.role_arn, bare.user_arn) = (None, None);
        if self.request.principal != bare {
            self.propose_either(
                |request| request.principal.clone_from(&bare),
                |request| fit::set_caller(request, &bare, vocabulary),
            );
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

/// Whether a character is of printable ASCII.
fn is_printable(letter: char) -> bool {
    letter == ' ' || letter.is_ascii_graphic()
}

/// The text with every character replaced that is not of printable ASCII.
fn printable(text: &str, replacement: &str) -> String {
    text.chars()
        .map(
            |letter| {
                if is_printable(letter) { letter.to_string() } else { replacement.to_owned() }
            },
        )
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

fn with_field(arn: &str, index: usize, text: &str) -> String {
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    if fields.len() < 6 {
        return arn.to_owned();
    }
    let changed = fields
        .into_iter()
        .enumerate()
        .map(|(position, field)| if position == index { text } else { field });
    changed.collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_iam::request::Principal;
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
        let simple = simplify(request(), &Vocabulary::of([], [], None), &holds, &Deadline::never());
        assert_eq!(simple.context.len(), 3);
        assert_eq!(
            simple.context.get(&key("aws:ResourceAccount")),
            Some(&ContextValue::Single("111122223333".into()))
        );
        assert_eq!(
            simple.context.get(&key("aws:TagKeys")),
            Some(&ContextValue::List(vec!["b".into()]))
        );
        assert_eq!(simple.action, "bedrock:InvokeModel");
        assert_eq!(simple.principal.arn, "arn:aws:iam::111122223333:user/dev");
    }

    #[test]
    fn after_the_deadline_nothing_is_proposed() {
        let vocabulary = Vocabulary::of([], [], None);
        let asked = |looks| {
            let count = std::cell::Cell::new(0);
            let holds = |_: &Request| {
                count.set(count.get() + 1);
                true
            };
            let simple = simplify(request(), &vocabulary, &holds, &Deadline::after_looks(looks));
            (count.get(), simple)
        };
        assert_eq!(asked(0), (0, request()));
        assert!((1..=2).contains(&asked(2).0), "{:?}", asked(2));
        assert!(asked(1_000).0 > asked(2).0);
    }

    #[test]
    fn nothing_is_changed_that_is_not_confirmed() {
        let original = request();
        let same = |candidate: &Request| *candidate == original;
        assert_eq!(
            simplify(original.clone(), &Vocabulary::of([], [], None), &same, &Deadline::never()),
            original
        );
    }

    #[test]
    fn a_renaming_respects_fields() {
        let mut request = request();
        request.principal.user_arn = Some("arn:aws:iam::000000000000:user/0".into());
        request.resource_account = Some("000000000000".into());
        rename(&mut request, "000000000000", "1");
        assert_eq!(request.resource, "arn:aws:bedrock::1:q/\u{2}");
        assert_eq!(request.principal.arn, "arn:aws:iam::1:user/a");
        assert_eq!(request.principal.user_arn.as_deref(), Some("arn:aws:iam::1:user/0"));
        assert_eq!(request.resource_account.as_deref(), Some("1"));
    }

    fn read(text: &str) -> Request {
        let source = keyaki_iam::source::Source::new("request.json", text);
        keyaki_iam::request::read(&source, &keyaki_iam::json::Limits::default()).request.unwrap()
    }

    /// A shape whose statement, other than in real ones, names principals as a policy does.
    fn shape(text: &str) -> keyaki_iam::shape::Shape {
        let document = format!(r#"{{"Version": "2012-10-17", "Statement": {text}}}"#);
        let source = keyaki_iam::source::Source::new("policy.json", document);
        let read = keyaki_iam::policy::read::read(
            &source,
            keyaki_iam::policy::Kind::Resource,
            &keyaki_iam::policy::read::ReadOptions::default(),
        );
        let statement = read.policy.unwrap().statements.remove(0).into_statement();
        keyaki_iam::shape::Shape {
            statement,
            principals: None,
            not_principals: Vec::new(),
            scope: keyaki_iam::shape::Scope::default(),
        }
    }

    const POLICY: &str = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::777788889999:role/team/admin", "Service": "logs.amazonaws.com"},
        "Action": "s3:GetObject", "Resource": "*", "Condition": {"Null": {"aws:PrincipalArn": "true", "aws:username": "true",
        "aws:PrincipalAccount": "true", "aws:userid": "true", "aws:TokenIssueTime": "true", "aws:ResourceAccount": "true",
        "aws:PrincipalServiceName": "true", "aws:PrincipalIsAWSService": "true", "aws:RequestedRegion": "true"}}}"#;

    /// Simplifies a request under which only those that can exist hold, and those that the test
    /// wants.
    fn simplified(text: &str, wanted: impl Fn(&Request) -> bool) -> serde_json::Value {
        let shape = shape(POLICY);
        let world = keyaki_iam::world::World::embedded().unwrap();
        let vocabulary = Vocabulary::of([], [&shape], Some(world));
        let mentioned = shape.keys().collect();
        let holds = |request: &Request| {
            wanted(request)
                && keyaki_evaluator::feasibility::violations(request, &mentioned, &world).is_empty()
        };
        let original = read(text);
        assert!(
            holds(&original),
            "{:?}",
            keyaki_evaluator::feasibility::violations(&original, &mentioned, &world)
        );
        simplify(original, &vocabulary, &holds, &Deadline::never()).to_json()
    }

    /// A role session of a service role in an account of another owner, with all that the policy
    /// mentions.
    const FOREIGNER: &str = r#"{"principal": {"arn": "arn:aws:sts::000000000000:assumed-role/Q/zz", "roleArn": "arn:aws:iam::000000000000:role/x/Q"},
        "action": "s3:ListBucket", "resource": "arn:aws:s3:::q", "resourceAccount": "000000000009", "principalInManagementAccount": true,
        "context": {"aws:PrincipalArn": "arn:aws:iam::000000000000:role/x/Q", "aws:PrincipalAccount": "000000000000", "aws:userid": "AROAX:zz",
        "aws:TokenIssueTime": "2020-01-01", "aws:ResourceAccount": "000000000009", "aws:PrincipalIsAWSService": "false", "aws:RequestedRegion": "eu-west-3"}}"#;

    fn shows_owner(request: &Request) -> bool {
        request.context.contains_key(&ContextKey::new("aws:ResourceAccount"))
    }

    #[test]
    fn the_context_follows_the_caller() {
        let simple = simplified(FOREIGNER, shows_owner);
        assert_eq!(simple["principal"], "arn:aws:iam::111122223333:user/dev");
        assert_eq!(simple["context"]["aws:PrincipalArn"], "arn:aws:iam::111122223333:user/dev");
        assert_eq!(simple["context"]["aws:username"], "dev");
        assert_eq!(simple["context"]["aws:ResourceAccount"], "111122223333");
        assert_eq!(
            (simple.get("resourceAccount"), simple.get("principalInManagementAccount")),
            (None, None)
        );
    }

    #[test]
    fn accounts_are_renamed_everywhere() {
        // The owner of a foundation model is open, and so is what the context says of it.
        let foreign = |request: &Request| {
            request.action.starts_with("s3:") && request.principal.account() != request.owner()
        };
        let simple = simplified(FOREIGNER, |request| shows_owner(request) && foreign(request));
        assert_eq!(simple["principal"], "arn:aws:iam::111122223333:user/dev");
        assert_eq!(simple["context"]["aws:PrincipalAccount"], "111122223333");
        assert_eq!(simple["context"]["aws:ResourceAccount"], "444455556666");
        let owner = simple
            .get("resourceAccount")
            .map_or(simple["resource"].as_str(), serde_json::Value::as_str);
        assert!(owner.is_some_and(|text| text.contains("444455556666")), "{simple}");
    }

    #[test]
    fn callers_that_the_question_names_are_tried() {
        let of_role = |request: &Request| {
            request.principal.issuer().is_some_and(|role| role.ends_with("role/team/admin"))
        };
        let named = FOREIGNER.replace("/x/Q", "/team/admin").replace("/Q/", "/admin/");
        let simple = simplified(&named, |request| of_role(request));
        let role = "arn:aws:iam::777788889999:role/team/admin";
        assert_eq!(
            simple["principal"]["roleArn"]
                .as_str()
                .map(|arn| arn.replace("111122223333", "777788889999"))
                .as_deref(),
            Some(role)
        );
        assert!(
            simple["principal"]["arn"]
                .as_str()
                .is_some_and(|arn| arn.ends_with("assumed-role/admin/session")),
            "{simple}"
        );

        let service = r#"{"principal": "q.q", "action": "s3:ListBucket", "resource": "arn:aws:s3:::q", "context":
            {"aws:PrincipalServiceName": "q.q", "aws:PrincipalIsAWSService": "true", "aws:RequestedRegion": "eu-west-3"}}"#;
        let simple = simplified(service, |request| {
            request.principal.kind() == Some(keyaki_iam::request::PrincipalKind::Service)
        });
        assert_eq!(simple["principal"], "logs.amazonaws.com");
        assert_eq!(simple["context"]["aws:PrincipalServiceName"], "logs.amazonaws.com");
    }
}
