//! Principals that are not known: what they may be, each as a variant of its own; and identities that
//! have two names.
//!
//! A text that stands for a whole `AWS` principal is an account, the ARN of a user, or that of a role
//! (SEMANTICS 3.1). Which of these decides what a statement says, and not only of whom. So a policy with
//! such a text is several policies, each with what it assumes of the text: of a parameter with
//! `AllowedValues`, its value; of any other one, what it names, whose parts are parameters then. These
//! mean nothing where the same text is compared as a whole: there it has to be given.

use super::document::{self, At};
use super::evaluate::{Evaluator, Nature};
use super::reading::{Draft, Says};
use super::value::{Data, Entry, Piece, Text, Value};
use crate::principals::{ACCOUNT, IDENTITY, KIND, KINDS, MOST_VARIANTS, assumed, is};
use crate::{Assumption, Table};
use keyaki_iam::policy::parameter::Form;
use keyaki_iam::value::is_account;
use std::collections::BTreeSet;

/// Of more accounts that are listed any account stands for one.
const MOST_ACCOUNTS: usize = 4;

/// The elements that name principals.
const PRINCIPALS: [&str; 2] = ["Principal", "NotPrincipal"];

/// What is assumed of a principal, and the text that stands for it then.
type Variant = (Vec<Assumption>, Text);

/// The drafts, with those apart that say something else of another principal.
pub(super) fn told_apart(drafts: Vec<Draft>, reader: &mut Evaluator<'_>) -> Vec<Draft> {
    let (mut principals, mut elsewhere) = (BTreeSet::new(), BTreeSet::new());
    for draft in &drafts {
        let Says::Policy(_, policy, _) = &draft.says else { continue };
        document::walk(policy, &mut |text, at, _, _| match (at, text.as_hole()) {
            (At::Account, Some(name)) => {
                principals.insert(name.to_owned());
            }
            (At::Label, _) => {}
            _ => elsewhere.extend(text.holes().map(str::to_owned)),
        });
    }
    let mut told = Vec::new();
    for draft in drafts {
        let Says::Policy(kind, policy, parties) = &draft.says else {
            told.push(draft);
            continue;
        };
        let mut own = BTreeSet::new();
        document::walk(policy, &mut |text, at, _, _| {
            if at == At::Account {
                own.extend(
                    text.holes().filter(|hole| reader.is_apart(hole, text)).map(str::to_owned),
                );
            }
        });
        let mut variants = vec![(draft.when.clone(), policy.clone())];
        for name in own {
            let ways = reader.ways(&name, elsewhere.contains(&name));
            if ways.is_empty() || variants.len() * ways.len() > MOST_VARIANTS {
                continue;
            }
            let with = |(when, policy): &(Vec<_>, Value)| {
                let mut all = Vec::new();
                for (assumed, text) in &ways {
                    let (mut when, mut policy) = (when.clone(), policy.clone());
                    when.extend(assumed.iter().cloned());
                    put(&mut policy, &name, text);
                    all.push((when, policy));
                }
                all
            };
            variants = variants.iter().flat_map(with).collect();
        }
        for (when, policy) in variants {
            let says = Says::Policy(*kind, policy, parties.clone());
            told.push(Draft { when, says, ..draft.clone() });
        }
    }
    told
}

impl Evaluator<'_> {
    /// Whether it makes a difference what a parameter of a principal is: all of it, or an account in it.
    /// Other parts are texts, one of several or not.
    fn is_apart(&self, hole: &str, text: &Text) -> bool {
        let is_account = match self.holes.get(hole) {
            Some(Nature::Fixed(Form::OneOf(values))) => {
                values.iter().all(|value| is_account(value))
            }
            Some(Nature::Fixed(_) | Nature::Open(_)) | None => false,
        };
        is_account || text.as_hole().is_some()
    }

    /// What a principal may be; nothing where that need not be told apart, or cannot be. `elsewhere`:
    /// the same text stands somewhere else, too.
    fn ways(&mut self, name: &str, elsewhere: bool) -> Vec<Variant> {
        if let Some(Table { by, values, default }) = self.tables.get(name)
            && (values.len() <= MOST_ACCOUNTS || !values.values().all(|value| is_account(value)))
        {
            // What the mapping lacks is no principal; nobody asks for it there.
            let mut ways: Vec<Variant> = values
                .iter()
                .map(|(key, value)| (vec![is(by, key, true)], Text::known(value.as_str())))
                .collect();
            let others = || values.keys().map(|key| is(by, key, false)).collect();
            ways.extend(default.iter().map(|value| (others(), Text::known(value.as_str()))));
            return ways;
        }
        match self.holes.get(name) {
            Some(Nature::Fixed(Form::OneOf(values)))
                if values.len() <= MOST_ACCOUNTS
                    || !values.iter().all(|value| is_account(value)) =>
            {
                let way =
                    |value: &String| (vec![is(name, value, true)], Text::known(value.as_str()));
                values.iter().map(way).collect()
            }
            Some(Nature::Open(default))
                if !elsewhere
                    && !default.as_ref().is_some_and(|text| text.contains(['*', '?', '$'])) =>
            {
                self.parts(name)
            }
            Some(Nature::Fixed(_) | Nature::Open(_)) | None => Vec::new(),
        }
    }

    /// An account, a role and a user, of parts that are not known.
    fn parts(&mut self, name: &str) -> Vec<Variant> {
        let part = |part: &str| format!("{name}{part}");
        let kinds = KINDS.map(str::to_owned).to_vec();
        let kind = self.unknown(&part(KIND), Nature::Fixed(Form::OneOf(kinds)));
        let account = self.unknown(&part(ACCOUNT), Nature::Fixed(Form::Account));
        let partition = self.unknown(&part(".partition"), Nature::Fixed(Form::Partition));
        let called = self.unknown(&part(".name"), Nature::Fixed(Form::Text));
        let of = |what: &str| {
            if what == "account" {
                return account.clone();
            }
            let mut arn = Text::known("arn:");
            arn.push(&partition);
            arn.push_str(":iam::");
            arn.push(&account);
            arn.push_str(&format!(":{what}/"));
            arn.push(&called);
            arn
        };
        match kind.as_known() {
            Some(given) => vec![(Vec::new(), of(given))],
            None => KINDS.map(|what| (assumed(&part(KIND), what), of(what))).to_vec(),
        }
    }

    /// Names origin access identities of the template by their ARNs: a bucket policy may name them
    /// by their canonical ids as well, which no request shows (SEMANTICS 3.2).
    pub(super) fn name_identities(&mut self, document: &mut Value) {
        document.statements().for_each(|one| self.name_identities_in(one));
    }

    fn name_identities_in(&mut self, statement: &mut Value) {
        let Data::Object(entries) = &mut statement.data else { return };
        for entry in entries.iter_mut().filter(|one| PRINCIPALS.contains(&one.name.as_str())) {
            let Data::Object(members) = &mut entry.value.data else { continue };
            let Some(at) = members.iter().position(|member| member.name == "CanonicalUser") else {
                continue;
            };
            let canonical = members.remove(at);
            let (mut arns, mut others) = (Vec::new(), Vec::new());
            for item in canonical.value.items() {
                match self.identity(item) {
                    Some(arn) => arns.push(Value::text(arn, item.span)),
                    None => others.push(item.clone()),
                }
            }
            let list = |all| Value { data: Data::List(all), span: canonical.value.span };
            if arns.is_empty() {
                members.insert(at, canonical);
                continue;
            }
            if !others.is_empty() {
                members.insert(at, Entry { value: list(others), ..canonical.clone() });
            }
            match members.iter_mut().find(|member| member.name == "AWS") {
                Some(member) => {
                    arns.splice(0..0, member.value.items().iter().cloned());
                    member.value.data = Data::List(arns);
                }
                None => {
                    let (name, span) = ("AWS".to_owned(), canonical.span);
                    members.insert(at, Entry { name, span, value: list(arns) });
                }
            }
        }
    }

    /// The ARN of the origin access identity that has a canonical id.
    fn identity(&mut self, id: &Value) -> Option<Text> {
        let text = id.as_text()?;
        let resource = text.of.clone()?;
        if self.resource_type(&resource)? != "AWS::CloudFront::CloudFrontOriginAccessIdentity"
            || text.as_hole() != Some(&format!("{resource}.S3CanonicalUserId"))
        {
            return None;
        }
        let mut arn = Text::known(IDENTITY);
        arn.push(self.reference(&resource, id.span).ok()?.as_text()?);
        Some(arn)
    }
}

/// Puts a text in the place of a parameter.
fn put(value: &mut Value, name: &str, by: &Text) {
    match &mut value.data {
        Data::Text(text) if text.holes().any(|hole| hole == name) => {
            let mut made = Text::default();
            for piece in &text.pieces {
                match piece {
                    Piece::Hole(hole) if hole == name => made.push(by),
                    Piece::Hole(hole) => made.push(&Text::hole(hole.as_str())),
                    Piece::Known(known) => made.push_str(known),
                }
            }
            *text = made;
        }
        Data::List(items) => items.iter_mut().for_each(|item| put(item, name, by)),
        Data::Object(entries) => {
            entries.iter_mut().for_each(|entry| put(&mut entry.value, name, by));
        }
        Data::Text(_) | Data::Many(_) | Data::Absent => {}
    }
}
