//! Writing the form: the same estate, the same text.

use super::{
    AccountForm, EndpointForm, GroupForm, MemberForm, NotUnderstoodForm, OwnForm, PolicyForm,
    ResourceForm, RoleForm, UnitForm, UserForm, VERSION, WORD,
};
use keyaki_iam::estate::{
    Account, Entity, EntityKind, Estate, Group, Kept, NotUnderstood, Organization, Shared, Unit,
};
use keyaki_iam::policy::print;
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// The text of an estate. Reading it gives the same estate; what is written twice is byte for byte
/// the same. Each account, unit, document, principal, resource and endpoint has a line.
pub fn write(estate: &Estate) -> String {
    let names = Names::of(estate);
    let mut text = Text::new();
    text.member("keyaki", &json!(WORD));
    text.member("version", &json!(VERSION));
    let accounts = estate.accounts.iter().map(|(id, one)| (id.as_str(), value(&account(one))));
    text.map("accounts", accounts);
    if let Some(organization) = &estate.organization {
        text.organization(organization, &names);
    }
    let shared = names.shared().map(|(name, policy)| (name, print::document(&policy.policy)));
    text.map("documents", shared);
    text.list("groups", estate.groups.iter().map(|group| value(&group_form(group, &names))));
    let groups: FxHashMap<&str, &Group> =
        estate.groups.iter().map(|group| (group.arn.as_str(), group)).collect();
    text.list("users", estate.entities.iter().filter_map(|one| user(one, &names, &groups)));
    text.list("roles", estate.entities.iter().filter_map(|one| role(one, &names)));
    let resources = estate.resources.iter().map(|resource| {
        value(&ResourceForm {
            arn: resource.arn.clone(),
            account: resource.account.clone(),
            policy: resource.policy.as_ref().map(|policy| names.policy(policy)),
            tags: resource.tags.clone(),
            block_public_access: resource.bucket.block_public_access.map(Into::into),
            acls_off: resource.bucket.acls_off,
        })
    });
    text.list("resources", resources);
    let endpoints = estate.endpoints.iter().map(|endpoint| {
        value(&EndpointForm {
            id: endpoint.id.clone(),
            account: endpoint.account.clone(),
            vpc: endpoint.vpc.clone(),
            service: endpoint.service.clone(),
            policy: endpoint.policy.as_ref().map(|policy| names.policy(policy)),
        })
    });
    text.list("endpoints", endpoints);
    if !estate.shared.is_empty() {
        text.list("shared", estate.shared.iter().map(|arn| json!(arn)));
    }
    let not_understood = estate.not_understood.iter().map(not_understood);
    text.lines("notUnderstood", ['[', ']'], not_understood);
    text.finish()
}

fn account(account: &Account) -> AccountForm {
    AccountForm {
        name: account.name.clone(),
        partition: account.partition.clone(),
        block_public_access: account.block_public_access.map(Into::into),
        principals: account.principals,
        resources: account.resources,
        services: account.services.clone(),
    }
}

fn group_form(group: &Group, names: &Names<'_>) -> GroupForm {
    GroupForm { arn: group.arn.clone(), policies: names.policies(&group.identity) }
}

fn user(entity: &Entity, names: &Names<'_>, groups: &FxHashMap<&str, &Group>) -> Option<Value> {
    let EntityKind::User { groups: of } = &entity.kind else { return None };
    // The policies of the groups stand last, in the order of the groups.
    let members = of.iter().filter_map(|arn| groups.get(arn.as_str()));
    let inherited: usize = members.map(|group| group.identity.len()).sum();
    let own = entity.identity.len().saturating_sub(inherited);
    Some(value(&UserForm {
        arn: entity.arn.clone(),
        id: entity.id.clone(),
        groups: of.clone(),
        policies: names.policies(entity.identity.get(..own).unwrap_or_default()),
        boundary: entity.boundary.as_ref().map(|boundary| names.policy(boundary)),
        tags: entity.tags.clone(),
    }))
}

fn role(entity: &Entity, names: &Names<'_>) -> Option<Value> {
    let EntityKind::Role { trust } = &entity.kind else { return None };
    Some(value(&RoleForm {
        arn: entity.arn.clone(),
        id: entity.id.clone(),
        trust: trust.as_ref().map(|trust| names.policy(trust)),
        policies: names.policies(&entity.identity),
        boundary: entity.boundary.as_ref().map(|boundary| names.policy(boundary)),
        tags: entity.tags.clone(),
    }))
}

/// A line. The value is not parsed again: its numbers stay as they were written.
fn not_understood(one: &NotUnderstood) -> String {
    let NotUnderstood { file, line, path, what, value: kept } = one;
    let (begins, bytes) = match kept {
        Kept::Cut { begins, bytes } => (Some(begins.clone()), Some(*bytes)),
        Kept::Whole(_) | Kept::Nothing => (None, None),
    };
    let (file, line, path, what) = (file.clone(), *line, path.clone(), what.clone());
    let form = NotUnderstoodForm { file, line, path, what, value: None, begins, bytes };
    let mut text = value(&form).to_string();
    if let (Kept::Whole(value), Some('}')) = (kept, text.pop()) {
        _ = write!(text, ",\"value\":{value}");
    }
    text + "}"
}

/// No form has a map whose keys are no texts, which is all that could fail.
fn value(form: &impl Serialize) -> Value {
    serde_json::to_value(form).unwrap_or_default()
}

/// The documents that are written once and named where they are used.
struct Names<'e> {
    by_name: BTreeMap<&'e str, Uses<'e>>,
}

struct Uses<'e> {
    policy: &'e Shared,
    times: usize,
    /// Whether another document has the name, too: then both stand where they are used.
    ambiguous: bool,
}

impl<'e> Names<'e> {
    fn of(estate: &'e Estate) -> Self {
        let mut names = Self { by_name: BTreeMap::new() };
        let organization = estate.organization.iter();
        let attached = organization.flat_map(|all| {
            let units = all.units.iter().map(|unit| &unit.attached);
            units.chain(all.members.values().map(|member| &member.attached))
        });
        for attached in attached {
            attached.scps.iter().chain(&attached.rcps).for_each(|policy| names.add(policy));
        }
        for group in &estate.groups {
            group.identity.iter().for_each(|policy| names.add(policy));
        }
        for entity in &estate.entities {
            let trust = match &entity.kind {
                EntityKind::Role { trust } => trust.as_ref(),
                EntityKind::User { .. } => None,
            };
            let all = entity.identity.iter().chain(&entity.boundary).chain(trust);
            all.for_each(|policy| names.add(policy));
        }
        let resources = estate.resources.iter().filter_map(|one| one.policy.as_ref());
        let endpoints = estate.endpoints.iter().filter_map(|one| one.policy.as_ref());
        resources.chain(endpoints).for_each(|policy| names.add(policy));
        names
    }

    fn add(&mut self, policy: &'e Shared) {
        let first = Uses { policy, times: 0, ambiguous: false };
        let known = self.by_name.entry(&policy.name).or_insert(first);
        known.times += 1;
        let same = || print::document(&known.policy.policy) == print::document(&policy.policy);
        if !known.ambiguous && !Arc::ptr_eq(known.policy, policy) && !same() {
            known.ambiguous = true;
        }
    }

    fn shared(&self) -> impl Iterator<Item = (&'e str, &'e Shared)> {
        let several = self.by_name.iter().filter(|(_, uses)| uses.times > 1 && !uses.ambiguous);
        several.map(|(name, uses)| (*name, uses.policy))
    }

    fn policy(&self, policy: &Shared) -> PolicyForm {
        match self.by_name.get(policy.name.as_str()) {
            Some(uses) if uses.times > 1 && !uses.ambiguous => {
                PolicyForm::Name(policy.name.clone())
            }
            Some(_) | None => PolicyForm::Own(OwnForm {
                name: policy.name.clone(),
                document: print::document(&policy.policy),
            }),
        }
    }

    fn policies(&self, policies: &[Shared]) -> Vec<PolicyForm> {
        policies.iter().map(|policy| self.policy(policy)).collect()
    }
}

/// JSON in lines.
struct Text {
    text: String,
}

impl Text {
    fn new() -> Self {
        Self { text: "{".to_owned() }
    }

    fn name(&mut self, name: &str) {
        let comma = if self.text.len() > 1 { "," } else { "" };
        _ = write!(self.text, "{comma}\n{}: ", json!(name));
    }

    fn member(&mut self, name: &str, value: &Value) {
        self.name(name);
        _ = write!(self.text, "{value}");
    }

    /// The lines of a list or map; nothing where there are none.
    fn lines(&mut self, name: &str, brackets: [char; 2], mut lines: impl Iterator<Item = String>) {
        let Some(first) = lines.next() else { return };
        self.name(name);
        let [open, close] = brackets;
        _ = write!(self.text, "{open}\n{first}");
        lines.for_each(|line| _ = write!(self.text, ",\n{line}"));
        _ = write!(self.text, "\n{close}");
    }

    fn list(&mut self, name: &str, values: impl Iterator<Item = Value>) {
        self.lines(name, ['[', ']'], values.map(|value| value.to_string()));
    }

    fn map<'n>(&mut self, name: &str, values: impl Iterator<Item = (&'n str, Value)>) {
        let line = |(name, value): (&str, Value)| format!("{}: {value}", json!(name));
        self.lines(name, ['{', '}'], values.map(line));
    }

    fn organization(&mut self, organization: &Organization, names: &Names<'_>) {
        let Organization { id, management_account, units, members, scps, rcps, s3_policies } =
            organization;
        let mut inner = Self::new();
        inner.member("id", &json!(id));
        if let Some(account) = management_account {
            inner.member("managementAccount", &json!(account));
        }
        inner.member("scps", &json!(scps));
        inner.member("rcps", &json!(rcps));
        if *s3_policies {
            inner.member("s3Policies", &json!(s3_policies));
        }
        let unit_form = |unit: &Unit| {
            let parent = unit.parent.and_then(|parent| units.get(parent));
            value(&UnitForm {
                id: unit.id.clone(),
                name: unit.name.clone(),
                parent: parent.map(|parent| parent.id.clone()),
                scps: names.policies(&unit.attached.scps),
                rcps: names.policies(&unit.attached.rcps),
            })
        };
        inner.list("units", units.iter().map(unit_form));
        let member_form = members.iter().map(|(account, member)| {
            let form = MemberForm {
                unit: units.get(member.unit).map(|unit| unit.id.clone()).unwrap_or_default(),
                scps: names.policies(&member.attached.scps),
                rcps: names.policies(&member.attached.rcps),
            };
            (account.as_str(), value(&form))
        });
        inner.map("members", member_form);
        self.name("organization");
        self.text.push_str(&inner.text);
        self.text.push_str("\n}");
    }

    /// The whole text. IAM accepts no characters beyond U+00FF in documents; in JSON they can only
    /// stand in strings, where they are written as escapes.
    fn finish(mut self) -> String {
        // Only they have a first byte like that in UTF-8; most texts have none and are not copied.
        if self.text.bytes().all(|byte| byte < 0xc4) {
            self.text.push_str("\n}\n");
            return self.text;
        }
        let mut text = String::with_capacity(self.text.len() + 3);
        for character in self.text.chars() {
            if character <= '\u{ff}' {
                text.push(character);
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
        text.push_str("\n}\n");
        text
    }
}
