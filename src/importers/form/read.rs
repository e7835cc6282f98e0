//! Reading the form. What has no meaning is refused: a name that is spelled wrong would be silence.

use super::{VERSION, WORD};
use crate::context::{Arn, Context, Object, kept, opening};
use crate::cursor::Cursor;
use crate::documents::Doc;
use crate::dump::account_of;
use crate::parts::{
    AttachedPart, EndpointPart, EntityKindPart, EntityPart, GroupName, GroupPart, MemberPart,
    OrganizationPart, Parts, Reference, ResourcePart, UnitPart, Use,
};
use keyaki_iam::estate::{BlockPublicAccess, Bucket, Kept, NotUnderstood, Tags};
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::source::Source;
use keyaki_iam::value::is_account;
use rustc_hash::FxHashMap;

const MEMBERS: &[&str] = &[
    "keyaki",
    "version",
    "accounts",
    "organization",
    "documents",
    "groups",
    "users",
    "roles",
    "resources",
    "endpoints",
    "shared",
    "notUnderstood",
];

/// What to write for a policy.
const POLICY: &str =
    "write the name of a document in `documents`, or `{\"name\": \"...\", \"document\": {...}}`";

/// Whether a value is an estate in Keyaki's own form.
pub(crate) fn is_estate(value: &JsonValue) -> bool {
    value.member("keyaki").is_some()
}

/// Reads an estate.
pub(crate) fn read<'a>(context: &mut Context<'_>, parts: &mut Parts<'a>, file: &Object<'a>) {
    let word = context.text(file, "keyaki");
    let version = file.value("version");
    let known = matches!(version.map(|version| &version.data), Some(JsonData::Number(number)) if *number == VERSION.to_string());
    if word != Some(WORD) || !known {
        let span = version.or(file.value("keyaki")).map_or(file.span, |value| value.span);
        let message = "this is not an estate of the form 1".to_owned();
        let help = "an estate begins with `\"keyaki\": \"estate\", \"version\": 1`; a later form needs a later Keyaki";
        context.wrong(codes::ESTATE_MEMBER, file.source, span, &file.route, message, help);
        return;
    }
    context.only(file, MEMBERS);
    let mut reader = Reader {
        context,
        source: file.source,
        cursor: Cursor::new(file.source),
        documents: FxHashMap::default(),
    };
    reader.documents(file);
    // In the order of the text, which the cursor follows.
    for member in file.members {
        match member.name.as_str() {
            "accounts" => reader.accounts(parts, file),
            "organization" => reader.organization(parts, file),
            "groups" => reader.each(file, "groups", |reader, group| reader.group(parts, group)),
            "users" => reader.each(file, "users", |reader, user| reader.user(parts, user)),
            "roles" => reader.each(file, "roles", |reader, role| reader.role(parts, role)),
            "resources" => {
                reader.each(file, "resources", |reader, resource| reader.resource(parts, resource))
            }
            "endpoints" => {
                reader.each(file, "endpoints", |reader, endpoint| reader.endpoint(parts, endpoint))
            }
            "shared" => reader.shared(parts, file),
            "notUnderstood" => {
                reader.each(file, "notUnderstood", |reader, one| reader.not_understood(one))
            }
            _ => {}
        }
    }
}

/// The four settings, as Keyaki or as AWS spells them.
pub(crate) fn block_public_access(
    context: &mut Context<'_>,
    settings: &Object<'_>,
) -> BlockPublicAccess {
    const NAMES: [[&str; 2]; 4] = [
        ["blockPublicAcls", "BlockPublicAcls"],
        ["ignorePublicAcls", "IgnorePublicAcls"],
        ["blockPublicPolicy", "BlockPublicPolicy"],
        ["restrictPublicBuckets", "RestrictPublicBuckets"],
    ];
    context.only(settings, NAMES.as_flattened());
    let [block_acls, ignore_acls, block_policy, restrict_buckets] = NAMES.map(|names| {
        names.iter().find_map(|name| context.maybe_flag(settings, name)).unwrap_or_default()
    });
    BlockPublicAccess { block_acls, ignore_acls, block_policy, restrict_buckets }
}

/// Tags as an object of texts.
pub(crate) fn tags(context: &mut Context<'_>, tags: &Object<'_>) -> Tags {
    let mut read = Tags::new();
    for member in tags.members {
        match member.value.as_str() {
            Some(text) => _ = read.insert(member.name.clone(), text.to_owned()),
            None => {
                let route = tags.at(&member.name);
                context.member(tags.source, &member.value, &route, "a string", "");
            }
        }
    }
    read
}

/// The tags of something; `None` where nothing is said about them.
pub(crate) fn tags_of(context: &mut Context<'_>, of: &Object<'_>) -> Option<Tags> {
    let member = context.inner(of, "tags")?;
    Some(tags(context, &member))
}

/// The account that owns a resource: as it is said, or as the ARN has it.
pub(crate) fn owner<'a>(
    context: &mut Context<'_>,
    of: &Object<'a>,
    arn: Arn<'a>,
) -> Option<&'a str> {
    let said = context.maybe_text(of, "account").filter(|account| !account.is_empty());
    let owner = said.unwrap_or(arn.account);
    if is_account(owner) {
        return Some(owner);
    }
    let span = of.value("account").map_or(opening(of.span), |value| value.span);
    let message = match said {
        Some(said) => format!("`{said}` is not an account"),
        None => format!("nothing says which account owns `{}`", arn.text),
    };
    let help = "give `\"account\": \"111122223333\"`: twelve digits";
    context.wrong(codes::ESTATE_MEMBER, of.source, span, &of.route, message, help);
    None
}

struct Reader<'r, 'o, 'a> {
    context: &'r mut Context<'o>,
    source: &'a Source,
    cursor: Cursor<'a>,
    documents: FxHashMap<&'a str, Doc<'a>>,
}

impl<'a> Reader<'_, '_, 'a> {
    /// What was not understood when the form was made.
    fn not_understood(&mut self, one: &Object<'a>) -> Option<()> {
        const KNOWN: &[&str] = &["file", "line", "path", "what", "value", "begins", "bytes"];
        self.context.only(one, KNOWN);
        let (file, what) = (self.context.text(one, "file"), self.context.text(one, "what"));
        let path = self.context.maybe_text(one, "path").unwrap_or_default();
        let line = self.context.maybe_number(one, "line");
        let begins = self.context.maybe_text(one, "begins");
        let bytes = self.context.maybe_number(one, "bytes");
        let value = match (one.value("value"), begins, bytes) {
            (Some(value), None, None) => kept(value),
            (None, Some(begins), Some(bytes)) => Kept::Cut { begins: begins.to_owned(), bytes },
            (None, None, None) => Kept::Nothing,
            (value, ..) => {
                let message = match value {
                    Some(_) => "`begins` and `bytes` stand in place of `value`, not beside it",
                    None => "`begins` and `bytes` stand together",
                };
                let help = "a value that is too long has both, and no `value`";
                let (source, span) = (one.source, opening(one.span));
                let message = message.to_owned();
                self.context.wrong(codes::ESTATE_MEMBER, source, span, &one.route, message, help);
                return None;
            }
        };
        self.context.not_understood.push(NotUnderstood {
            file: file?.to_owned(),
            line,
            path: path.to_owned(),
            what: what?.to_owned(),
            value,
        });
        Some(())
    }

    fn each(
        &mut self,
        file: &Object<'a>,
        name: &str,
        mut read: impl FnMut(&mut Self, &Object<'a>) -> Option<()>,
    ) {
        for one in self.context.objects(file, name) {
            read(self, &one);
        }
    }

    fn documents(&mut self, file: &Object<'a>) {
        let Some(documents) = self.context.inner(file, "documents") else { return };
        for member in documents.members {
            let route = documents.at(&member.name);
            let doc = Doc::of(self.context, self.source, &member.value, &route);
            self.documents.extend(doc.map(|doc| (member.name.as_str(), doc)));
        }
    }

    fn accounts(&mut self, parts: &mut Parts<'a>, file: &Object<'a>) {
        const KNOWN: &[&str] =
            &["name", "partition", "blockPublicAccess", "principals", "resources", "services"];
        let Some(accounts) = self.context.inner(file, "accounts") else { return };
        for member in accounts.members {
            let route = accounts.at(&member.name);
            if !is_account(&member.name) {
                let message = format!("`{}` is not an account", member.name);
                let (source, span) = (self.source, member.name_span);
                let help = "an account has twelve digits";
                let rule = codes::ESTATE_MEMBER;
                self.context.wrong(rule, source, span, &route, message, help);
                continue;
            }
            let Some(account) = self.context.object(self.source, &member.value, route) else {
                continue;
            };
            self.context.only(&account, KNOWN);
            let name = self.context.maybe_text(&account, "name");
            let partition = self.context.maybe_text(&account, "partition");
            let block = self.context.inner(&account, "blockPublicAccess");
            let block = block.map(|block| block_public_access(self.context, &block));
            let principals = self.context.maybe_flag(&account, "principals");
            let resources = self.context.maybe_flag(&account, "resources");
            let services = self.services(&account, resources);
            let part = parts.accounts.entry(member.name.clone()).or_default();
            part.say(self.context, (self.source, member.name_span), name, block);
            part.partition = partition.map(str::to_owned).or(part.partition.take());
            part.principals |= principals == Some(true);
            part.resources |= resources == Some(true) && services.is_none();
            part.services.extend(services.into_iter().flatten());
        }
    }

    /// The services of which the resources of an account are known; `None` where all are or none.
    fn services(&mut self, account: &Object<'a>, resources: Option<bool>) -> Option<Vec<String>> {
        let value = account.value("services").filter(|value| value.data != JsonData::Null)?;
        if resources != Some(true) {
            let message = "`services` stands without `\"resources\": true`".to_owned();
            let help = "it says of which services the resources are here: give both, or neither";
            let (route, rule) = (account.at("services"), codes::ESTATE_MEMBER);
            self.context.wrong(rule, self.source, value.span, &route, message, help);
        }
        let names = self.context.texts(account, "services").into_iter();
        Some(names.map(|(name, _)| name.to_owned()).collect())
    }

    /// The ARNs of what is shared.
    fn shared(&mut self, parts: &mut Parts<'a>, file: &Object<'a>) {
        for (text, span) in self.context.texts(file, "shared") {
            if Arn::of(text).is_none() {
                let message = format!("`{text}` is not an ARN");
                let help = "an ARN has six fields: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`";
                let rule = codes::ESTATE_MEMBER;
                self.context.wrong(rule, self.source, span, "shared", message, help);
            }
            parts.shared.insert(text.to_owned());
        }
    }

    /// A policy: a name, or a document of its own.
    fn policy(&mut self, value: &'a JsonValue, route: &str) -> Option<Use<'a>> {
        if let Some(name) = value.as_str() {
            let Some((name, doc)) = self.documents.get_key_value(name) else {
                let message = format!("there is no document `{name}` in `documents`");
                let rule = codes::DANGLING_REFERENCE;
                self.context.wrong(rule, self.source, value.span, route, message, POLICY);
                return None;
            };
            return Some(Use::Named(name, doc.clone()));
        }
        let JsonData::Object(_) = &value.data else {
            self.context.member(self.source, value, route, "a policy", POLICY);
            return None;
        };
        let own = self.context.object(self.source, value, route.to_owned())?;
        self.context.only(&own, &["name", "document"]);
        let name = self.context.text(&own, "name")?;
        let Some(document) = own.value("document") else {
            self.context.missing(&own, "document", POLICY);
            return None;
        };
        let doc = Doc::of(self.context, self.source, document, &own.at("document"))?;
        Some(Use::Own(name.to_owned(), doc))
    }

    fn maybe_policy(&mut self, of: &Object<'a>, name: &str) -> Option<Use<'a>> {
        let value = of.value(name).filter(|value| value.data != JsonData::Null)?;
        self.policy(value, &of.at(name))
    }

    fn policies(&mut self, of: &Object<'a>, name: &str) -> Vec<Use<'a>> {
        let route = of.at(name);
        let items = self.context.list(of, name).iter().enumerate();
        items.filter_map(|(at, item)| self.policy(item, &format!("{route}[{at}]"))).collect()
    }

    fn group(&mut self, parts: &mut Parts<'a>, group: &Object<'a>) -> Option<()> {
        self.context.only(group, &["arn", "policies"]);
        let (arn, fields) = account_of(self.context, group, "arn", "group/")?;
        let place = self.cursor.place(group.span);
        let policies = self.policies(group, "policies");
        parts.groups.push(GroupPart { arn, account: fields.account, policies, place });
        Some(())
    }

    fn user(&mut self, parts: &mut Parts<'a>, user: &Object<'a>) -> Option<()> {
        self.context.only(user, &["arn", "id", "groups", "policies", "boundary", "tags"]);
        let (arn, fields) = account_of(self.context, user, "arn", "user/")?;
        let place = self.cursor.place(user.span);
        let groups = self.context.texts(user, "groups").into_iter().map(|(text, span)| GroupName {
            reference: Reference { text, source: self.source, span },
            is_arn: true,
        });
        let kind = EntityKindPart::User { groups: groups.collect() };
        self.entity(parts, user, (arn, fields.account), kind, place);
        Some(())
    }

    fn role(&mut self, parts: &mut Parts<'a>, role: &Object<'a>) -> Option<()> {
        self.context.only(role, &["arn", "id", "trust", "policies", "boundary", "tags"]);
        let (arn, fields) = account_of(self.context, role, "arn", "role/")?;
        let place = self.cursor.place(role.span);
        let kind = EntityKindPart::Role { trust: self.maybe_policy(role, "trust") };
        self.entity(parts, role, (arn, fields.account), kind, place);
        Some(())
    }

    fn entity(
        &mut self,
        parts: &mut Parts<'a>,
        of: &Object<'a>,
        (arn, account): (Reference<'a>, &'a str),
        kind: EntityKindPart<'a>,
        place: keyaki_iam::source::Place,
    ) {
        let entity = EntityPart {
            arn,
            account,
            id: self.context.maybe_text(of, "id"),
            kind,
            policies: self.policies(of, "policies"),
            boundary: self.maybe_policy(of, "boundary"),
            tags: tags_of(self.context, of),
            place,
        };
        parts.entities.push(entity);
    }

    fn resource(&mut self, parts: &mut Parts<'a>, resource: &Object<'a>) -> Option<()> {
        const KNOWN: &[&str] =
            &["arn", "account", "policy", "tags", "blockPublicAccess", "aclsOff"];
        self.context.only(resource, KNOWN);
        let arn = self.context.arn(resource, "arn")?;
        let account = owner(self.context, resource, arn)?;
        let span = resource.value("arn").map_or(resource.span, |value| value.span);
        let block = self.context.inner(resource, "blockPublicAccess");
        let bucket = Bucket {
            block_public_access: block.map(|block| block_public_access(self.context, &block)),
            acls_off: self.context.maybe_flag(resource, "aclsOff"),
        };
        let place = self.cursor.place(resource.span);
        parts.resources.push(ResourcePart {
            arn: Reference { text: arn.text, source: self.source, span },
            account: account.to_owned(),
            policy: self.maybe_policy(resource, "policy"),
            tags: tags_of(self.context, resource),
            bucket,
            place,
        });
        Some(())
    }

    fn endpoint(&mut self, parts: &mut Parts<'a>, endpoint: &Object<'a>) -> Option<()> {
        self.context.only(endpoint, &["id", "account", "vpc", "service", "policy"]);
        let id = self.context.text(endpoint, "id")?;
        let span = endpoint.value("id").map_or(endpoint.span, |value| value.span);
        let id = Reference { text: id, source: self.source, span };
        let account = self.context.text(endpoint, "account")?;
        if !is_account(account) {
            let message = format!("`{account}` is not an account");
            let span = endpoint.value("account").map_or(endpoint.span, |value| value.span);
            let (route, help) = (endpoint.at("account"), "an account has twelve digits");
            let rule = codes::ESTATE_MEMBER;
            self.context.wrong(rule, self.source, span, &route, message, help);
            return None;
        }
        let place = self.cursor.place(endpoint.span);
        parts.endpoints.push(EndpointPart {
            id,
            account: account.to_owned(),
            vpc: self.context.maybe_text(endpoint, "vpc"),
            service: self.context.maybe_text(endpoint, "service"),
            policy: self.maybe_policy(endpoint, "policy"),
            place,
        });
        Some(())
    }

    fn organization(&mut self, parts: &mut Parts<'a>, file: &Object<'a>) {
        const KNOWN: &[&str] =
            &["id", "managementAccount", "scps", "rcps", "s3Policies", "units", "members"];
        let Some(organization) = self.context.inner(file, "organization") else { return };
        self.context.only(&organization, KNOWN);
        let Some(id) = self.context.text(&organization, "id") else { return };
        let span = organization.value("id").map_or(organization.span, |value| value.span);
        let mut flag = |name: &str| {
            if organization.value(name).is_none() {
                self.context.missing(&organization, name, "`true` or `false`: whether they are on");
            }
            // What is missing is told already.
            Some(self.context.maybe_flag(&organization, name).unwrap_or_default())
        };
        let (scps, rcps) = (flag("scps"), flag("rcps"));
        let mut part = OrganizationPart {
            id: Some(Reference { text: id, source: self.source, span }),
            management_account: self.context.maybe_text(&organization, "managementAccount"),
            scps,
            rcps,
            s3_policies: self.context.maybe_flag(&organization, "s3Policies") == Some(true),
            whole: true,
            own: true,
            ..OrganizationPart::default()
        };
        for unit in self.context.objects(&organization, "units") {
            self.unit(&mut part, &unit);
        }
        if let Some(members) = self.context.inner(&organization, "members") {
            for member in members.members {
                let route = members.at(&member.name);
                let at =
                    Reference { text: &member.name, source: self.source, span: member.name_span };
                if let Some(object) = self.context.object(self.source, &member.value, route) {
                    self.member(&mut part, at, &object);
                }
            }
        }
        parts.organizations.push(part);
    }

    fn unit(&mut self, part: &mut OrganizationPart<'a>, unit: &Object<'a>) {
        self.context.only(unit, &["id", "name", "parent", "scps", "rcps"]);
        let Some(id) = self.context.text(unit, "id") else { return };
        let at = self.reference(unit, "id", id);
        let parent = self.context.maybe_text(unit, "parent");
        let parents = parent.map(|text| self.reference(unit, "parent", text)).into_iter().collect();
        let read = UnitPart {
            name: self.context.maybe_text(unit, "name"),
            parents,
            attached: self.attached(unit),
            ..UnitPart::new(at)
        };
        if part.units.insert(id, read).is_some() {
            let message = format!("the unit `{id}` is here twice");
            let rule = codes::CONFLICTING_FILES;
            self.context.wrong(rule, at.source, at.span, &unit.route, message, "keep one of them");
        }
    }

    fn member(&mut self, part: &mut OrganizationPart<'a>, at: Reference<'a>, member: &Object<'a>) {
        self.context.only(member, &["unit", "scps", "rcps"]);
        let unit = self.context.text(member, "unit");
        let parents = unit.map(|text| self.reference(member, "unit", text)).into_iter().collect();
        let attached = self.attached(member);
        part.members.insert(at.text, MemberPart { at, parents, attached });
    }

    fn attached(&mut self, of: &Object<'a>) -> AttachedPart<'a> {
        AttachedPart { scps: self.policies(of, "scps"), rcps: self.policies(of, "rcps") }
    }

    fn reference(&self, of: &Object<'a>, name: &str, text: &'a str) -> Reference<'a> {
        let span = of.value(name).map_or(of.span, |value| value.span);
        Reference { text, source: self.source, span }
    }
}
