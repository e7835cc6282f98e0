//! Policies in templates of CloudFormation, SAM's and CDK's among them.
//!
//! What a template cannot tell is a parameter: those of the template, whether they have a default
//! or not, since another value may be given when it is deployed; what AWS knows (`AWS::AccountId`);
//! what resources get from AWS. `Given` says what is known all the same. A part that depends on
//! conditions which are not known is several parts, each with what it assumes.

mod arns;
mod circles;
mod conditions;
mod deciding;
mod document;
mod evaluate;
mod forms;
mod functions;
mod lists;
mod mappings;
mod notes;
mod places;
mod principals;
mod reading;
mod references;
mod sam;
mod settings;
mod special;
#[cfg(test)]
mod tests;
mod tree;
mod unread;
mod value;
mod yaml;

use crate::{Attachment, Document, Kept, Membership, Template, Unread, is_variant, members, under};
use evaluate::{Evaluator, Nature};
use forms::Forms;
use keyaki_iam::finding::{Finding, codes};
use keyaki_iam::json::JsonValue;
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::parameter::Form;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::source::{Source, Span};
use keyaki_iam::value::is_account;
use notes::Notes;
use reading::{Draft, Says};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a template beside what it says.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Values by the names of parameters: those of the template, those that AWS knows
    /// (`AWS::AccountId`, `AWS::Region`, `AWS::Partition`, ...), and any other as answers and
    /// findings name it (`Bucket`, `Queue.QueueName`, `ImportValue:NAME`). Values of lists are
    /// separated by commas.
    pub values: BTreeMap<String, String>,
    /// Whether parameters of the template without a value have their defaults.
    pub defaults: bool,
}

/// Whether a text is a template, JSON or YAML.
pub fn is_template(text: &str) -> bool {
    let source = Source::new("", text);
    let limits = ReadOptions::default().limits.json;
    tree::read(&source, &limits, &mut Notes::new(&source)).is_some()
}

/// The policies of a template, JSON or YAML; `None` if the text is no template.
///
/// A document with an error is not among them. Neither is any where a macro changes the template.
pub fn cloudformation(source: &Source, given: &Given, options: &ReadOptions) -> Option<Template> {
    let mut notes = Notes::new(source);
    let tree = tree::read(source, &options.limits.json, &mut notes)?;
    let sound = values_are_sound(given, &mut notes);
    let Some(tree) = tree.filter(|_| sound) else {
        let findings = notes.finish();
        let unread = findings.iter().filter_map(Unread::whole).collect();
        // Nobody got so far as to ask for any.
        let used = given.values.keys().cloned().collect();
        let source = Some(source.clone());
        return Some(Template { source, findings, unread, used, ..Template::default() });
    };
    let mut reader = Evaluator::new(&tree, source.text(), given, options, notes);
    let drafts = if reader.check_whole() {
        let drafts = reader.resources(source);
        named(principals::told_apart(drafts, &mut reader))
    } else {
        Vec::new()
    };
    let forms = Forms::of(&drafts, &reader.holes);
    let mut template = Template { source: Some(source.clone()), ..Template::default() };
    for draft in &drafts {
        finish(draft, &forms, source, &mut reader, &mut template);
    }
    attach(&mut template);
    // A parameter of the template has its value, whoever asks.
    let declared = |name: &&String| reader.of_section("Parameters", name).is_some();
    let declared: Vec<String> = given.values.keys().filter(declared).cloned().collect();
    reader.used.extend(declared);
    template.used = reader.used.into_iter().collect();
    template.facts = reader.facts;
    let values = |(name, nature): (String, Nature)| match nature {
        Nature::Fixed(Form::OneOf(values)) => Some((name, values)),
        Nature::Fixed(
            Form::Text | Form::Field | Form::Account | Form::Region | Form::Partition,
        )
        | Nature::Open(_) => None,
    };
    template.values = reader.holes.into_iter().filter_map(values).collect();
    template.tables = reader.tables;
    template.settings.extend(settings::settings_of_all(&tree.value));
    for (name, resource) in members(tree.value.member("Resources")) {
        let kind = resource.member("Type").and_then(JsonValue::as_str).unwrap_or_default();
        template.resources.insert(name.to_owned(), kind.to_owned());
        if crate::has_default_policy(kind) {
            template.with_defaults.insert(name.to_owned());
        }
        if let Some(kept) = kept(&tree.value, kind, resource) {
            template.retained.insert(name.to_owned(), kept);
        }
        template.settings.extend(settings::settings(&tree.value, name, kind, resource));
    }
    for (name, (span, said)) in reader.unread {
        let known = template.settings.entry(name.clone()).or_default();
        let resource = tree.value.member("Resources").and_then(|all| all.member(&name));
        let condition = resource.and_then(|one| one.member("Condition")).map(JsonValue::compact);
        let said = settings::under(&tree.value, said, condition.as_deref());
        known.policies.push_str(&said);
        known.span = span;
    }
    template.findings = reader.notes.finish();
    template.unread = template.findings.iter().filter_map(|found| unread(found, &tree)).collect();
    Some(template)
}

/// What stays of a resource whose policies are read. Where one of its other properties changes, AWS
/// may put a new resource in its place.
fn kept(template: &JsonValue, kind: &str, resource: &JsonValue) -> Option<Kept> {
    let retains = |attribute| {
        // A function may give it.
        let policy = resource.member(attribute);
        policy.is_some_and(|policy| policy.as_str().is_none_or(|it| it.starts_with("Retain")))
    };
    let (deleted, replaced) = (retains("DeletionPolicy"), retains("UpdateReplacePolicy"));
    let listed = places::REPLACES.iter().find(|(of, _)| *of == kind).map(|(_, all)| *all);
    let counts = |name: &str| match listed {
        Some(properties) => properties.contains(&name),
        None => !places::IN_PLACE.contains(&name) && !places::is_policy(kind, name),
    };
    let others = members(resource.member("Properties")).filter(|(name, _)| counts(name));
    let others: BTreeMap<&str, String> =
        others.map(|(name, value)| (name, value.compact())).collect();
    let others = deciding::with_referred(template, format!("{kind} {others:?}"));
    (deleted || replaced).then(|| Kept { deleted, replaced: replaced.then_some(others) })
}

/// What an error keeps from being read: a resource, or all of the template.
fn unread(found: &Finding, tree: &tree::Tree) -> Option<Unread> {
    let whole = Unread::whole(found)?;
    let Some(address) = found.route.strip_prefix("Resources.") else { return Some(whole) };
    let resource = tree.value.member("Resources").and_then(|all| all.member(address));
    let kind = resource.and_then(|one| one.member("Type")).and_then(JsonValue::as_str);
    // What has no type may be anything. A role has its own policies.
    let anything = kind.is_none_or(|kind| kind.ends_with(reading::MODULE));
    let of_others = anything
        || kind.is_some_and(|kind| {
            kind.starts_with("AWS::IAM::") && !places::WITH_POLICIES.contains(&kind)
        });
    Some(Unread { address: address.to_owned(), of_others, anything, ..whole })
}

/// Whether what is given for an account and a partition can be one; reports what cannot.
fn values_are_sound(given: &Given, notes: &mut Notes) -> bool {
    let mut sound = true;
    for (name, value) in &given.values {
        let problem = match name.as_str() {
            "AWS::AccountId" if !is_account(value) => "an account is twelve digits",
            "AWS::Partition" if Partitions::of(value).is_none() => "no partition has this name",
            _ => continue,
        };
        let message = format!("`{value}` is given for `{name}`: {problem}");
        let start = Span::default();
        notes.error(codes::PARAMETER_VALUE, start, message, "give another value");
        sound = false;
    }
    sound
}

/// The drafts with addresses of their own: what stands under different assumptions says so, and
/// what has the same name gets a number.
fn named(drafts: Vec<Draft>) -> Vec<Draft> {
    let is_policy = |draft: &&Draft| matches!(draft.says, Says::Policy(..));
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for draft in drafts.iter().filter(is_policy) {
        *counts.entry(draft.address.clone()).or_default() += 1;
    }
    let mut taken = BTreeSet::new();
    let name = |mut draft: Draft| {
        if !is_policy(&&draft) {
            return draft;
        }
        if counts.get(&draft.address).is_some_and(|count| *count > 1) && !draft.when.is_empty() {
            draft.address = format!("{}{}", draft.address, under(&draft.when));
        }
        let plain = draft.address.clone();
        let mut number = 1;
        while !taken.insert(draft.address.clone()) {
            number += 1;
            draft.address = format!("{plain}#{number}");
        }
        draft
    };
    drafts.into_iter().map(name).collect()
}

/// Puts a part of a template into words that others read.
fn finish(
    draft: &Draft,
    forms: &Forms,
    file: &Source,
    reader: &mut Evaluator<'_>,
    template: &mut Template,
) {
    let (when, span) = (draft.when.clone(), draft.span);
    match &draft.says {
        Says::Policy(kind, value, parties) => {
            let name = draft.address.split(['.', '[', '#']).next().unwrap_or_default();
            reader.notes.route = format!("Resources.{name}");
            let Some(source) = forms.document(file, value, reader) else { return };
            let holders = parties.iter().map(|party| forms.holder(party)).collect();
            let address = draft.address.clone();
            template.documents.push(Document { address, kind: *kind, holders, source, span, when });
        }
        Says::Attached(arn, of, party, boundary) => template.attachments.push(Attachment {
            holder: forms.holder(party),
            policy: of.clone().unwrap_or_else(|| forms.text(arn)),
            boundary: *boundary,
            source: file.clone(),
            span,
            when,
        }),
        Says::Member(user, group) => {
            let (user, group) = (forms.holder(user), forms.holder(group));
            template.memberships.push(Membership { user, group, span, when });
        }
    }
}

/// Makes holders of a policy of those to whom the template attaches it under every assumption.
fn attach(template: &mut Template) {
    let Template { documents, attachments, .. } = template;
    for attachment in attachments.iter().filter(|one| !one.boundary && one.when.is_empty()) {
        let is_it = |document: &&mut Document| is_variant(&document.address, &attachment.policy);
        for document in documents.iter_mut().filter(is_it) {
            if !document.holders.contains(&attachment.holder) {
                document.holders.push(attachment.holder.clone());
            }
        }
    }
}
