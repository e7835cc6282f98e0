//! What no answer takes into account, or takes for something: all of it is told.

use super::index::{Entry, Index, Side};
use super::policies::Policies;
use super::table;
use super::value::{Problem, is_true};
use keyaki_iam::finding::{Level, codes};
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::policy::parameter::{self, Parameter};
use rustc_hash::FxHashSet;

impl<'a> Policies<'a> {
    /// Policies in resources of types that are not known, and in their other attributes.
    pub fn not_understood(&mut self, entry: &'a Entry<'a>, known: Option<&str>) {
        let side = self.reader.side;
        let mut found = Vec::new();
        for (name, value) in Index::members(entry.values(side)) {
            let of_role = entry.kind == "aws_iam_role" && name == "inline_policy";
            if Some(name) != known && !of_role && holds_policy(value) {
                found.push(name);
            }
        }
        for (name, unknown) in Index::members(entry.unknown(side)) {
            let is_policy =
                name == "policy" || name.ends_with("_policy") || name == "policy_document";
            let is_set = || {
                let expression = self.reader.index.expression(entry, name);
                expression.is_some_and(|set| set.member("references").is_some())
            };
            let of_role = entry.kind == "aws_iam_role";
            if Some(name) != known && !of_role && is_policy && is_true(Some(unknown)) && is_set() {
                found.push(name);
            }
        }
        for name in &found {
            let said = self.said(entry, &|attribute| attribute == *name);
            let known = self.template.settings.entry(entry.address.clone()).or_default();
            known.policies.push_str(&said);
            known.span = entry.span;
        }
        // What is there after the plan, too, is told of once.
        if side == Side::Before && entry.is_there(Side::After) {
            return;
        }
        // Without authentication the provider adds a statement that lets everybody call it.
        let of_url = || {
            let way = entry.values(side).and_then(|values| values.member("authorization_type"));
            way.and_then(JsonValue::as_str) != Some("AWS_IAM")
        };
        let open = entry.kind == "aws_lambda_function_url" && of_url();
        if table::grants(entry.kind) || open {
            let place = self.reader.place_of(entry);
            let message =
                format!("`{}` gives access, and its type is not understood", entry.address);
            let help = "no answer takes it into account".to_owned();
            let problem = Problem { place, message, help };
            self.tell(codes::NOT_UNDERSTOOD, Level::Warning, problem, &entry.address);
        }
        for name in found {
            let place = self.reader.place_of(entry);
            let address = format!("{}.{name}", entry.address);
            let message = format!("`{address}` holds a policy, and its type is not understood");
            let help = "no answer takes it into account".to_owned();
            let problem = Problem { place, message, help };
            self.tell(codes::NOT_UNDERSTOOD, Level::Warning, problem, &address);
        }
    }

    /// Tells what was taken for one text.
    pub fn tell_of_opaque(&mut self) {
        let opaque = self.reader.opaque.borrow().clone();
        if opaque.is_empty() {
            return;
        }
        let used = self.parameters();
        for (name, place) in opaque.into_iter().filter(|(name, _)| used.contains(name)) {
            let message = format!(
                "the plan does not tell how `{name}` is made: it is taken for one text without wildcards"
            );
            let help = "give the `.tf` files too".to_owned();
            let problem = Problem { place, message, help };
            self.tell(codes::TERRAFORM_UNKNOWN, Level::Warning, problem, &name);
        }
    }

    /// The names of all parameters; of an ARN that is not known that of the whole, too.
    pub fn parameters(&self) -> FxHashSet<String> {
        let documents = self.template.documents.iter();
        let holders = documents.clone().flat_map(|document| &document.holders);
        let attached = self.template.attachments.iter();
        let holders = holders.chain(attached.clone().map(|attachment| &attachment.holder));
        let texts = documents
            .map(|document| document.source.text())
            .chain(holders.filter_map(|holder| holder.arn.as_deref()))
            .chain(attached.map(|attachment| attachment.policy.as_str()));
        let keys = texts.flat_map(parameter::keys);
        let names = keys.filter_map(|key| Parameter::of(&key)).map(|known| known.name);
        let with_whole = |name: String| {
            // What follows a `#` tells names apart that differ in case.
            let name = name.split('#').next().unwrap_or_default().to_owned();
            let whole = name.rsplit_once('.').map(|(whole, _)| whole.to_owned());
            [Some(name), whole].into_iter().flatten()
        };
        names.flat_map(with_whole).collect()
    }
}

/// Whether a text with statements is in a value.
fn holds_policy(value: &JsonValue) -> bool {
    match &value.data {
        JsonData::String(text) => {
            text.trim_start().starts_with('{') && text.contains("\"Statement\"")
        }
        JsonData::Array(items) => items.iter().any(holds_policy),
        JsonData::Object(members) => members.iter().any(|member| holds_policy(&member.value)),
        JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) => false,
    }
}
