//! The folder that iam-collect writes: a folder a resource, a file a fact. The names of folders are
//! lower-cased, so that what something is called stands in its `metadata.json` alone.

use crate::context::{Arn, Context, Object};
use crate::cursor::Cursor;
use crate::documents::Doc;
use crate::dump::{account_of, last, sorted};
use crate::form::{block_public_access, text_tags};
use crate::parts::{
    AttachedPart, EndpointPart, EntityKindPart, EntityPart, GroupName, GroupPart, Managed,
    MemberPart, OrganizationPart, OrganizationPolicy, Parts, Reference, ResourcePart, UnitPart,
    Use,
};
use crate::resources::of_resource;
use keyaki_iam::estate::{Bucket, Tags};
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::source::{Place, Source, Span};
use keyaki_iam::value::is_account;
use std::collections::{BTreeMap, BTreeSet};

/// Facts of resources that say nothing of who may use them.
const SAYS_NOTHING: &[&str] = &["encryption.json", "instance-profiles.json"];

/// A file with the names on the way to it.
#[derive(Clone, Copy)]
pub(crate) struct Fact<'a> {
    pub source: &'a Source,
    pub value: &'a JsonValue,
}

/// The folders of iam-collect among all files: what comes before `accounts` or `organizations`.
#[derive(Default)]
pub(crate) struct Stores<'a> {
    roots: BTreeSet<&'a str>,
}

/// The files of iam-collect by what they are about.
#[derive(Default)]
pub(crate) struct Collected<'a> {
    /// By account and folder below it.
    resources: BTreeMap<(&'a str, &'a str), BTreeMap<&'a str, Fact<'a>>>,
    /// By organization and path below it.
    organizations: BTreeMap<&'a str, BTreeMap<&'a str, Fact<'a>>>,
    /// Whether there is any file.
    pub some: bool,
}

/// The parts of a path around the name of a folder: what comes before it, and after it.
fn around<'a>(path: &'a str, folder: &str) -> Option<(&'a str, &'a str)> {
    let at = path.match_indices(folder).find(|(at, _)| {
        let (before, after) = (path.get(..*at), path.get(at + folder.len()..));
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
            && after.is_some_and(|after| after.starts_with('/'))
    })?;
    Some((path.get(..at.0)?, path.get(at.0 + folder.len() + 1..)?))
}

impl<'a> Stores<'a> {
    /// Looks at the path of a file.
    pub fn see(&mut self, path: &'a str) {
        if let Some((root, rest)) = around(path, "accounts") {
            let mut names = rest.split('/');
            let of_account = names.next().is_some_and(is_account);
            if of_account && names.count() >= 3 {
                self.roots.insert(root);
            }
        }
        if let Some((root, rest)) = around(path, "organizations")
            && rest.starts_with("o-")
            && rest.contains('/')
        {
            self.roots.insert(root);
        }
    }

    /// Whether a file belongs to a folder of iam-collect.
    pub fn has(&self, path: &'a str) -> bool {
        self.below(path).is_some()
    }

    /// Whether a file belongs to a folder of iam-collect, and where in it.
    fn below(&self, path: &'a str) -> Option<&'a str> {
        ["accounts", "organizations", "indexes"].into_iter().find_map(|folder| {
            let (root, _) = around(path, folder)?;
            self.roots.contains(root).then(|| path.get(root.len()..))?
        })
    }
}

impl<'a> Collected<'a> {
    /// Takes a file if it is one of iam-collect.
    pub fn take(
        &mut self,
        context: &mut Context<'_>,
        stores: &Stores<'a>,
        path: &'a str,
        fact: Fact<'a>,
    ) -> bool {
        let Some((folder, rest)) = stores.below(path).and_then(|rest| rest.split_once('/')) else {
            return false;
        };
        self.some = true;
        let Some((first, rest)) = rest.split_once('/') else {
            // Indexes say once more what the files say.
            if folder != "indexes" {
                context.keep(fact.source, fact.value, String::new(), format!("{folder}: {rest}"));
            }
            return true;
        };
        match folder {
            "accounts" if !is_account(first) => {
                let message = format!("the folder `{first}` is not named after an account");
                let (source, span) = (fact.source, crate::context::opening(fact.value.span));
                let (rule, help) = (codes::NO_PART_OF_AN_ESTATE, "an account has twelve digits");
                context.wrong(rule, source, span, "", message, help);
            }
            "accounts" => {
                let (folder, name) = rest.rsplit_once('/').unwrap_or(("", rest));
                self.resources.entry((first, folder)).or_default().insert(name, fact);
            }
            "organizations" => {
                self.organizations.entry(first).or_default().insert(rest, fact);
            }
            _ => {}
        }
        true
    }

    /// Reads everything that was taken.
    pub fn read(&self, context: &mut Context<'_>, parts: &mut Parts<'a>) {
        for ((account, folder), facts) in &self.resources {
            let mut reader = Reader { context, parts, account, facts };
            reader.folder(folder);
        }
        for (id, facts) in &self.organizations {
            let part = Tree { context, facts }.read(id);
            parts.organizations.extend(part);
        }
    }
}

struct Reader<'r, 'o, 'a> {
    context: &'r mut Context<'o>,
    parts: &'r mut Parts<'a>,
    account: &'a str,
    facts: &'r BTreeMap<&'a str, Fact<'a>>,
}

impl<'a> Reader<'_, '_, 'a> {
    fn folder(&mut self, folder: &str) {
        let mut names = folder.split('/');
        match (names.next().unwrap_or_default(), names.next(), names.next()) {
            ("", ..) => self.of_account(),
            ("ram", ..) => self.shares(),
            ("iam", Some("role"), Some(_)) => self.role(),
            ("iam", Some("user"), Some(_)) => self.user(),
            ("iam", Some("group"), Some(_)) => self.group(),
            ("iam", Some("policy"), Some(_)) | ("iam", Some("aws"), Some("policy")) => {
                self.policy();
            }
            ("ec2", Some(_), Some("vpc-endpoint")) => self.endpoint(),
            (service, ..) if self.facts.contains_key("metadata.json") => self.resource(service),
            (service, ..) => self.no_metadata(service),
        }
    }

    fn unknown(&mut self, what: &str, read: &[&str]) {
        for (name, fact) in self.facts {
            if !read.contains(name) && !SAYS_NOTHING.contains(name) {
                let what = format!("{what}: {name}");
                self.context.keep(fact.source, fact.value, String::new(), what);
            }
        }
    }

    fn all_unknown(&mut self, what: &str) {
        for fact in self.facts.values() {
            self.context.keep(fact.source, fact.value, String::new(), what.to_owned());
        }
    }

    /// What AWS RAM shares: answers name the resources. What a share grants is not read.
    fn shares(&mut self) {
        self.all_unknown("RAM shares");
        for fact in self.facts.values() {
            let share = self.context.object(fact.source, fact.value, String::new());
            let arn = share.and_then(|share| self.context.arn(&share, "arn"));
            self.parts.shared.extend(arn.map(|arn| arn.text.to_owned()));
        }
    }

    /// A policy of nobody knows what must not be left out in silence.
    fn no_metadata(&mut self, service: &str) {
        if let Some(policy) = self.facts.get("policy.json") {
            let message = "no `metadata.json` beside this policy says what it is of".to_owned();
            let help = "collect the data again";
            let (source, span) = (policy.source, policy.value.span);
            let rule = codes::DANGLING_REFERENCE;
            self.context.wrong(rule, source, crate::context::opening(span), "", message, help);
        }
        self.unknown(&format!("{service} resources without metadata.json"), &["policy.json"]);
    }

    /// What is known of the account as a whole.
    fn of_account(&mut self) {
        self.unknown("accounts", &["organization.json", "s3-bpa.json"]);
        let settings = self.object("s3-bpa.json");
        let block = settings.as_ref().map(|settings| block_public_access(self.context, settings));
        let part = self.parts.accounts.entry(self.account.to_owned()).or_default();
        if let Some(settings) = settings {
            let at = (settings.source, crate::context::opening(settings.span));
            part.say(self.context, at, None, block);
        }
    }

    fn object(&mut self, name: &str) -> Option<Object<'a>> {
        let fact = self.facts.get(name)?;
        self.context.object(fact.source, fact.value, String::new())
    }

    fn doc(&mut self, name: &str) -> Option<Doc<'a>> {
        let fact = self.facts.get(name)?;
        Doc::of(self.context, fact.source, fact.value, "")
    }

    fn tags(&mut self) -> Option<Tags> {
        let fact = self.facts.get("tags.json")?;
        let tags = self.context.object(fact.source, fact.value, String::new())?;
        Some(text_tags(self.context, &tags))
    }

    /// The metadata of a principal, its ARN, and where it is.
    fn principal(&mut self, prefix: &str) -> Option<(Object<'a>, Reference<'a>, Arn<'a>, Place)> {
        let Some(metadata) = self.object("metadata.json") else {
            let first = self.facts.values().next()?;
            let message = "no `metadata.json` beside this file says what it is of".to_owned();
            let (source, span) = (first.source, crate::context::opening(first.value.span));
            let (rule, help) = (codes::DANGLING_REFERENCE, "collect the data again");
            self.context.wrong(rule, source, span, "", message, help);
            return None;
        };
        let (reference, arn) = account_of(self.context, &metadata, "arn", prefix)?;
        if arn.account != self.account {
            let (text, account) = (arn.text, self.account);
            let message = format!("`{text}` stands in the folder of account {account}");
            let (source, span) = (reference.source, reference.span);
            let (rule, help) = (codes::CONFLICTING_FILES, "collect the data again");
            self.context.wrong(rule, source, span, "arn", message, help);
        }
        let part = self.parts.accounts.entry(self.account.to_owned()).or_default();
        part.principals = true;
        let place = Cursor::new(metadata.source).place(metadata.span);
        Some((metadata, reference, arn, place))
    }

    fn inline(&mut self, arn: Arn<'a>, kind: &str) -> Vec<(String, Doc<'a>)> {
        let mut inline = Vec::new();
        let Some(fact) = self.facts.get("inline-policies.json") else { return inline };
        for (index, item) in self.items(*fact, "a list of policies").iter().enumerate() {
            let policy = self.context.object(fact.source, item, format!("[{index}]"));
            let Some(policy) = policy else { continue };
            let Some(name) = self.context.text(&policy, "PolicyName") else { continue };
            let Some(value) = policy.value("PolicyDocument") else {
                self.context.missing(&policy, "PolicyDocument", "");
                continue;
            };
            let route = policy.at("PolicyDocument");
            let doc = Doc::of(self.context, fact.source, value, &route);
            inline.extend(doc.map(|doc| (format!("{kind} {}: {name}", last(arn)), doc)));
        }
        inline
    }

    fn items(&mut self, fact: Fact<'a>, needs: &str) -> &'a [JsonValue] {
        match &fact.value.data {
            JsonData::Array(items) => items,
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Object(_) => {
                let message = format!("the file is {}, not {needs}", fact.value.type_name());
                let (source, span) = (fact.source, fact.value.span);
                self.context.wrong(codes::ESTATE_MEMBER, source, span, "", message, "");
                &[]
            }
        }
    }

    /// ARNs in a list.
    fn arns(&mut self, name: &str) -> Vec<Reference<'a>> {
        let Some(fact) = self.facts.get(name).copied() else { return Vec::new() };
        let mut arns = Vec::new();
        for item in self.items(fact, "a list of ARNs") {
            match item.as_str() {
                Some(text) => {
                    arns.push(Reference { text, source: fact.source, span: item.span });
                }
                None => self.context.member(fact.source, item, "the entry", "an ARN", ""),
            }
        }
        arns
    }

    fn policies(&mut self, arn: Arn<'a>, kind: &str) -> Vec<Use<'a>> {
        let (inline, managed) = (self.inline(arn, kind), self.arns("managed-policies.json"));
        sorted(inline, managed)
    }

    fn boundary(&mut self, metadata: &Object<'a>) -> Option<Use<'a>> {
        let text = self.context.maybe_text(metadata, "permissionBoundary")?;
        let span = metadata.value("permissionBoundary").map_or(metadata.span, |arn| arn.span);
        Some(Use::Managed(Reference { text, source: metadata.source, span }))
    }

    fn role(&mut self) {
        const READ: &[&str] = &[
            "metadata.json",
            "trust-policy.json",
            "inline-policies.json",
            "managed-policies.json",
            "tags.json",
        ];
        self.unknown("roles", READ);
        let Some((metadata, reference, arn, place)) = self.principal("role/") else { return };
        let trust = self.doc("trust-policy.json");
        let name = || format!("role {}: trust policy", last(arn));
        let kind = EntityKindPart::Role { trust: trust.map(|doc| Use::Own(name(), doc)) };
        self.entity(&metadata, (reference, arn), kind, place, "role");
    }

    fn user(&mut self) {
        const READ: &[&str] = &[
            "metadata.json",
            "groups.json",
            "inline-policies.json",
            "managed-policies.json",
            "tags.json",
        ];
        self.unknown("users", READ);
        let Some((metadata, reference, arn, place)) = self.principal("user/") else { return };
        let groups = self.arns("groups.json").into_iter();
        let groups = groups.map(|reference| GroupName { reference, is_arn: true }).collect();
        self.entity(&metadata, (reference, arn), EntityKindPart::User { groups }, place, "user");
    }

    fn entity(
        &mut self,
        metadata: &Object<'a>,
        (reference, arn): (Reference<'a>, Arn<'a>),
        kind: EntityKindPart<'a>,
        place: Place,
        word: &str,
    ) {
        let entity = EntityPart {
            arn: reference,
            account: arn.account,
            id: self.context.maybe_text(metadata, "id"),
            kind,
            policies: self.policies(arn, word),
            boundary: self.boundary(metadata),
            // Empty files are not written.
            tags: Some(self.tags().unwrap_or_default()),
            place,
        };
        self.parts.entities.push(entity);
    }

    fn group(&mut self) {
        const READ: &[&str] = &["metadata.json", "inline-policies.json", "managed-policies.json"];
        self.unknown("groups", READ);
        let Some((_, reference, arn, place)) = self.principal("group/") else { return };
        let policies = self.policies(arn, "group");
        let group = GroupPart { arn: reference, account: arn.account, policies, place };
        self.parts.groups.push(group);
    }

    fn policy(&mut self) {
        self.unknown(
            "managed policies",
            &["metadata.json", "current-policy.json", "policy.json", "tags.json"],
        );
        let Some(metadata) = self.object("metadata.json") else { return };
        let Some(arn) = self.context.arn(&metadata, "arn") else { return };
        let span = metadata.value("arn").map_or(metadata.span, |value| value.span);
        let at = Reference { text: arn.text, source: metadata.source, span };
        let doc = self.doc("current-policy.json").or_else(|| self.doc("policy.json"));
        if let Some(doc) = doc {
            let list = self.parts.managed.entry(self.account).or_default();
            list.entry(arn.text).or_default().push(Managed { doc, at });
        }
    }

    fn endpoint(&mut self) {
        self.unknown("VPC endpoints", &["metadata.json", "endpoint-policy.json", "tags.json"]);
        let Some(metadata) = self.object("metadata.json") else {
            return self.no_metadata("ec2");
        };
        let Some(id) = self.context.text(&metadata, "id") else { return };
        let span = metadata.value("id").map_or(metadata.span, |value| value.span);
        let vpc = self.context.maybe_text(&metadata, "vpc");
        let policy = self.doc("endpoint-policy.json");
        self.parts.endpoints.push(EndpointPart {
            id: Reference { text: id, source: metadata.source, span },
            account: self.account.to_owned(),
            vpc: vpc.map(|vpc| vpc.rsplit('/').next().unwrap_or(vpc)),
            service: self.context.maybe_text(&metadata, "serviceName"),
            policy: policy.map(|doc| Use::Own(of_resource(id), doc)),
            place: metadata.source.place(metadata.span),
        });
    }

    fn resource(&mut self, service: &str) {
        let is_bucket = service == "s3";
        let read = ["metadata.json", "policy.json", "tags.json"];
        let bpa: &[&str] = if is_bucket { &["bpa.json"] } else { &[] };
        self.unknown(service, &[&read, bpa].concat());
        let Some(metadata) = self.object("metadata.json") else { return };
        let policy = self.doc("policy.json");
        if metadata.value("arn").is_none() {
            return self.no_arn(service, &metadata, policy.is_some());
        }
        let Some(arn) = self.context.arn(&metadata, "arn") else { return };
        let span = metadata.value("arn").map_or(metadata.span, |value| value.span);
        let block = if is_bucket { self.object("bpa.json") } else { None };
        let block = block.map(|settings| block_public_access(self.context, &settings));
        if service != "iam" {
            let part = self.parts.accounts.entry(self.account.to_owned()).or_default();
            part.services.insert(arn.service.to_owned());
        }
        let tags = self.tags();
        self.parts.resources.push(ResourcePart {
            arn: Reference { text: arn.text, source: metadata.source, span },
            account: self.account.to_owned(),
            policy: policy.map(|doc| Use::Own(of_resource(arn.text), doc)),
            tags,
            bucket: Bucket { block_public_access: block, acls_off: None },
            place: metadata.source.place(metadata.span),
        });
    }

    fn no_arn(&mut self, service: &str, metadata: &Object<'a>, policy: bool) {
        if policy {
            self.context.missing(metadata, "arn", "collect the data again");
        } else if let Some(fact) = self.facts.get("metadata.json") {
            let what = format!("{service} without an ARN");
            self.context.keep(fact.source, fact.value, String::new(), what);
        }
    }
}

/// Reads an organization.
struct Tree<'r, 'o, 'a> {
    context: &'r mut Context<'o>,
    facts: &'r BTreeMap<&'a str, Fact<'a>>,
}

impl<'a> Tree<'_, '_, 'a> {
    fn object(&mut self, name: &str) -> Option<Object<'a>> {
        let fact = self.facts.get(name)?;
        self.context.object(fact.source, fact.value, String::new())
    }

    /// A file that must be there.
    fn needed(&mut self, id: &str, name: &str) -> Option<Object<'a>> {
        let found = self.object(name);
        if found.is_none()
            && let Some(first) = self.facts.values().next()
        {
            let message = format!("the folder of the organization `{id}` has no `{name}`");
            let (source, span) = (first.source, crate::context::opening(first.value.span));
            let (rule, help) = (codes::INCOMPLETE_ORGANIZATION, "collect the data again");
            self.context.wrong(rule, source, span, "", message, help);
        }
        found
    }

    fn read(&mut self, folder: &str) -> Option<OrganizationPart<'a>> {
        let metadata = self.needed(folder, "metadata.json");
        let accounts = self.needed(folder, "accounts.json");
        let units = self.needed(folder, "ous.json");
        let (metadata, accounts, units) = (metadata?, accounts?, units?);
        let id = self.context.text(&metadata, "id")?;
        let span = metadata.value("id").map_or(metadata.span, |value| value.span);
        let mut part = OrganizationPart {
            id: Some(Reference { text: id, source: metadata.source, span }),
            management_account: self.context.maybe_text(&metadata, "rootAccountId"),
            whole: true,
            ..OrganizationPart::default()
        };
        if let Some(features) = self.context.inner(&metadata, "features") {
            let mut on = |name| self.context.maybe_flag(&features, name) == Some(true);
            part.scps = Some(on("SERVICE_CONTROL_POLICY"));
            part.rcps = Some(on("RESOURCE_CONTROL_POLICY"));
            part.s3_policies = on("S3_POLICY");
        }
        for member in units.members {
            let at = name_of(&units, &member.name, member.name_span);
            let Some(unit) = self.context.object(units.source, &member.value, units.at(at.text))
            else {
                continue;
            };
            let parent = self.reference(&unit, "parent");
            let name = self.object(&format!("ous/{}/metadata.json", at.text.to_lowercase()));
            let read = UnitPart {
                name: name.and_then(|metadata| self.context.maybe_text(&metadata, "name")),
                parents: parent.into_iter().collect(),
                attached: self.attached(&unit),
                ..UnitPart::new(at)
            };
            part.units.insert(at.text, read);
        }
        for member in accounts.members {
            let at = name_of(&accounts, &member.name, member.name_span);
            let route = accounts.at(at.text);
            let account = self.context.object(accounts.source, &member.value, route);
            let Some(account) = account else { continue };
            let parents = self.reference(&account, "ou").into_iter().collect();
            let attached = self.attached(&account);
            part.members.insert(at.text, MemberPart { at, parents, attached });
        }
        self.policies(&mut part);
        self.unknown();
        Some(part)
    }

    fn reference(&mut self, of: &Object<'a>, name: &str) -> Option<Reference<'a>> {
        let text = self.context.maybe_text(of, name)?;
        let span = of.value(name).map_or(of.span, |value| value.span);
        Some(Reference { text, source: of.source, span })
    }

    /// Policies are named by ARNs, the last part of which is the id.
    fn attached(&mut self, of: &Object<'a>) -> AttachedPart<'a> {
        let mut list = |name| {
            let arns = self.context.texts(of, name).into_iter();
            let id = |text: &'a str| text.rsplit('/').next().unwrap_or(text);
            let one = |(text, span)| Reference { text: id(text), source: of.source, span };
            arns.map(one).map(Use::Organization).collect()
        };
        AttachedPart { scps: list("scps"), rcps: list("rcps") }
    }

    fn policies(&mut self, part: &mut OrganizationPart<'a>) {
        let documents = self.facts.iter().filter_map(|(path, fact)| {
            let folder = path.strip_suffix("/policy.json")?;
            ["scps/", "rcps/"].iter().any(|of| folder.starts_with(of)).then_some((folder, fact))
        });
        let documents: Vec<(&str, &Fact<'a>)> = documents.collect();
        for (folder, fact) in documents {
            let Some(metadata) = self.needed(folder, &format!("{folder}/metadata.json")) else {
                continue;
            };
            let Some(arn) = self.context.arn(&metadata, "arn") else { continue };
            let id = arn.text.rsplit('/').next().unwrap_or(arn.text);
            let span = metadata.value("arn").map_or(metadata.span, |value| value.span);
            let at = Reference { text: id, source: metadata.source, span };
            let name = self.context.maybe_text(&metadata, "name").unwrap_or(id);
            if let Some(doc) = Doc::of(self.context, fact.source, fact.value, "") {
                part.policies.entry(id).or_default().push(OrganizationPolicy { name, doc, at });
            }
        }
    }

    /// Reports what is not read. The structure says once more what the other files say.
    fn unknown(&mut self) {
        const READ: &[&str] = &["metadata.json", "accounts.json", "ous.json", "structure.json"];
        const BELOW: &[&str] = &["ous/", "scps/", "rcps/"];
        for (path, fact) in self.facts {
            if !READ.contains(path) && !BELOW.iter().any(|below| path.starts_with(below)) {
                let kind = path.split('/').next().unwrap_or(path);
                let what = format!("organizations: {kind}");
                self.context.keep(fact.source, fact.value, String::new(), what);
            }
        }
    }
}

/// What a member is called, with its place.
fn name_of<'a>(of: &Object<'a>, name: &'a str, span: Span) -> Reference<'a> {
    Reference { text: name, source: of.source, span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_iam_collect_are_known_by_their_paths() {
        let mut stores = Stores::default();
        for path in [
            "data/aws/aws/accounts/111122223333/iam/role/x/metadata.json",
            "mine/accounts/111122223333/account.json",
            "accounts/dev/iam/role/x.json",
        ] {
            stores.see(path);
        }
        assert_eq!(stores.roots.iter().copied().collect::<Vec<_>>(), ["data/aws/aws/"]);
        let path = "data/aws/aws/indexes/vpcs.json";
        assert_eq!(stores.below(path), Some("indexes/vpcs.json"));
        assert_eq!(stores.below("mine/accounts/111122223333/account.json"), None);
    }
}
