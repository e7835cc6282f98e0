//! What `aws iam get-account-authorization-details` prints, by the command line of AWS or by an SDK:
//! an account's users, groups, roles and managed policies.

use crate::context::{Arn, Context, Object, opening};
use crate::cursor::Cursor;
use crate::documents::Doc;
use crate::parts::{
    EntityKindPart, EntityPart, GroupName, GroupPart, Managed, Parts, Reference, Use,
};
use keyaki_iam::estate::Tags;
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::source::{Source, Span};
use std::collections::BTreeMap;

/// The lists of a page.
const LISTS: &[&str] = &["UserDetailList", "GroupDetailList", "RoleDetailList"];

/// What a page has besides its lists. What SDKs add says nothing of the account.
const OF_A_PAGE: &[&str] = &[
    "UserDetailList",
    "GroupDetailList",
    "RoleDetailList",
    "Policies",
    "IsTruncated",
    "Marker",
    "NextToken",
    "ResponseMetadata",
    "ResultMetadata",
    "$metadata",
];

const OF_A_USER: &[&str] = &[
    "Path",
    "UserName",
    "UserId",
    "Arn",
    "CreateDate",
    "UserPolicyList",
    "GroupList",
    "AttachedManagedPolicies",
    "PermissionsBoundary",
    "Tags",
];

const OF_A_GROUP: &[&str] = &[
    "Path",
    "GroupName",
    "GroupId",
    "Arn",
    "CreateDate",
    "GroupPolicyList",
    "AttachedManagedPolicies",
];

const OF_A_ROLE: &[&str] = &[
    "Path",
    "RoleName",
    "RoleId",
    "Arn",
    "CreateDate",
    "AssumeRolePolicyDocument",
    "InstanceProfileList",
    "RolePolicyList",
    "AttachedManagedPolicies",
    "PermissionsBoundary",
    "Tags",
    "RoleLastUsed",
    "Description",
    "MaxSessionDuration",
];

/// The pages that were read, to see whether the last ones are among them.
#[derive(Default)]
pub(crate) struct Pages<'a> {
    /// By account; the account of an empty page is not known.
    by_account: BTreeMap<&'a str, Account<'a>>,
}

#[derive(Default)]
struct Account<'a> {
    /// The first page that says that there is more.
    more: Option<(&'a Source, Span)>,
    /// How many say so.
    truncated: usize,
    /// Whether a page is the last one.
    last: bool,
}

/// Whether a value is a page.
pub(crate) fn is_page(value: &JsonValue) -> bool {
    let of_policies = |policies: &JsonValue| match &policies.data {
        JsonData::Array(items) => {
            items.iter().any(|item| item.member("PolicyVersionList").is_some())
        }
        JsonData::Null
        | JsonData::Bool(_)
        | JsonData::Number(_)
        | JsonData::String(_)
        | JsonData::Object(_) => false,
    };
    LISTS.iter().any(|list| value.member(list).is_some())
        || value.member("Policies").is_some_and(of_policies)
}

/// Reads a page.
pub(crate) fn read<'a>(
    context: &mut Context<'_>,
    parts: &mut Parts<'a>,
    pages: &mut Pages<'a>,
    page: &Object<'a>,
) {
    context.foreign(page, "account details", OF_A_PAGE);
    let mut cursor = Cursor::new(page.source);
    let mut accounts = Vec::new();
    let read = Page { source: page.source };
    // In the order of the text, which the cursor follows.
    for member in page.members {
        match member.name.as_str() {
            "UserDetailList" => {
                for user in context.objects(page, "UserDetailList") {
                    accounts.extend(read.user(context, parts, &mut cursor, &user));
                }
            }
            "GroupDetailList" => {
                for group in context.objects(page, "GroupDetailList") {
                    accounts.extend(read.group(context, parts, &mut cursor, &group));
                }
            }
            "RoleDetailList" => {
                for role in context.objects(page, "RoleDetailList") {
                    accounts.extend(read.role(context, parts, &mut cursor, &role));
                }
            }
            _ => {}
        }
    }
    let account = accounts.first().copied().or_else(|| of_policies(page)).unwrap_or_default();
    if let Some(other) = accounts.iter().find(|other| **other != account) {
        let message =
            format!("principals of two accounts, {account} and {other}, stand in one listing");
        let help = "a listing is of one account; leave what was put together apart";
        let (span, route) = (opening(page.span), &page.route);
        context.wrong(codes::CONFLICTING_FILES, page.source, span, route, message, help);
    }
    if account.is_empty() {
        let file = page.source.name();
        context.report.note(format!("`{file}` lists nobody, so that its account is not known"));
    }
    if !accounts.is_empty() {
        parts.accounts.entry(account.to_owned()).or_default().principals = true;
    }
    for policy in context.objects(page, "Policies") {
        read.policy(context, parts, account, &policy);
    }
    pages.add(context, account, page);
}

/// The account of the managed policies of a page.
fn of_policies<'a>(page: &Object<'a>) -> Option<&'a str> {
    let JsonData::Array(policies) = &page.value("Policies")?.data else { return None };
    let arns = policies.iter().filter_map(|policy| policy.member("Arn")?.as_str());
    arns.filter_map(Arn::of).find(Arn::has_account).map(|arn| arn.account)
}

impl<'a> Pages<'a> {
    fn add(&mut self, context: &mut Context<'_>, account: &'a str, page: &Object<'a>) {
        let token = ["NextToken", "nextToken"].iter().find_map(|name| page.value(name));
        let token = token.filter(|token| token.data != JsonData::Null);
        let truncated = context.maybe_flag(page, "IsTruncated") == Some(true);
        let known = self.by_account.entry(account).or_default();
        if truncated || token.is_some() {
            let at = page.value("IsTruncated").filter(|_| truncated).or(token);
            known.truncated += 1;
            known.more.get_or_insert((page.source, at.map_or(page.span, |at| at.span)));
        } else {
            known.last = true;
        }
    }

    /// Refuses listings without their last page.
    pub fn finish(&self, context: &mut Context<'_>) {
        for (account, pages) in &self.by_account {
            let Some((source, span)) = pages.more else { continue };
            if pages.last {
                context.report.note(format!(
                    "the listing of account {account} comes in pages, {} and the last one: whether one between them is missing cannot be seen",
                    pages.truncated
                ));
                continue;
            }
            let message = "the listing breaks off here, and no file has the last page".to_owned();
            let help = "`aws iam get-account-authorization-details` without `--max-items` and `--no-paginate` prints all of it; give all pages of an SDK";
            context.wrong(codes::PARTIAL_LISTING, source, span, "", message, help);
        }
    }
}

/// The account of an ARN that names a principal, or what is wrong with it.
pub(crate) fn account_of<'a>(
    context: &mut Context<'_>,
    object: &Object<'a>,
    name: &str,
    prefix: &str,
) -> Option<(Reference<'a>, Arn<'a>)> {
    let arn = context.arn(object, name)?;
    let span = object.value(name).map_or(object.span, |value| value.span);
    let is = arn.service == "iam" && arn.resource.starts_with(prefix) && arn.has_account();
    if !is {
        let message =
            format!("`{}` is not the ARN of a {}", arn.text, prefix.trim_end_matches('/'));
        let route = object.at(name);
        context.wrong(codes::ESTATE_MEMBER, object.source, span, &route, message, "");
        return None;
    }
    Some((Reference { text: arn.text, source: object.source, span }, arn))
}

/// The tags of a list of `Key` and `Value`; `None` where there is no list.
pub(crate) fn tags(context: &mut Context<'_>, object: &Object<'_>) -> Option<Tags> {
    object.value("Tags")?;
    let mut tags = Tags::new();
    for tag in context.objects(object, "Tags") {
        let (key, value) = (context.text(&tag, "Key"), context.text(&tag, "Value"));
        if let (Some(key), Some(value)) = (key, value) {
            tags.insert(key.to_owned(), value.to_owned());
        }
    }
    Some(tags)
}

/// Policies in the order in which they are kept: inline ones by their names, then managed ones by
/// their ARNs. AWS lists them in any order.
pub(crate) fn sorted<'a>(
    mut inline: Vec<(String, Doc<'a>)>,
    mut managed: Vec<Reference<'a>>,
) -> Vec<Use<'a>> {
    inline.sort_by(|(one, _), (other, _)| one.cmp(other));
    managed.sort_by_key(|reference| reference.text);
    managed.dedup_by_key(|reference| reference.text);
    let own = inline.into_iter().map(|(name, doc)| Use::Own(name, doc));
    own.chain(managed.into_iter().map(Use::Managed)).collect()
}

/// What is read of a page.
struct Page<'a> {
    source: &'a Source,
}

impl<'a> Page<'a> {
    fn user(
        &self,
        context: &mut Context<'_>,
        parts: &mut Parts<'a>,
        cursor: &mut Cursor<'_>,
        user: &Object<'a>,
    ) -> Option<&'a str> {
        context.foreign(user, "users", OF_A_USER);
        let (reference, arn) = account_of(context, user, "Arn", "user/")?;
        let place = cursor.place(user.span);
        let groups = context.texts(user, "GroupList").into_iter().map(|(text, span)| GroupName {
            reference: Reference { text, source: self.source, span },
            is_arn: false,
        });
        let groups = groups.collect();
        parts.entities.push(EntityPart {
            arn: reference,
            account: arn.account,
            id: context.maybe_text(user, "UserId"),
            kind: EntityKindPart::User { groups },
            policies: self.policies(context, user, "UserPolicyList", arn, "user"),
            boundary: self.boundary(context, user),
            tags: tags(context, user),
            place,
        });
        Some(arn.account)
    }

    fn group(
        &self,
        context: &mut Context<'_>,
        parts: &mut Parts<'a>,
        cursor: &mut Cursor<'_>,
        group: &Object<'a>,
    ) -> Option<&'a str> {
        context.foreign(group, "groups", OF_A_GROUP);
        let (reference, arn) = account_of(context, group, "Arn", "group/")?;
        let place = cursor.place(group.span);
        parts.groups.push(GroupPart {
            arn: reference,
            account: arn.account,
            policies: self.policies(context, group, "GroupPolicyList", arn, "group"),
            place,
        });
        Some(arn.account)
    }

    fn role(
        &self,
        context: &mut Context<'_>,
        parts: &mut Parts<'a>,
        cursor: &mut Cursor<'_>,
        role: &Object<'a>,
    ) -> Option<&'a str> {
        context.foreign(role, "roles", OF_A_ROLE);
        let (reference, arn) = account_of(context, role, "Arn", "role/")?;
        let place = cursor.place(role.span);
        let trust = role.value("AssumeRolePolicyDocument").and_then(|value| {
            let route = role.at("AssumeRolePolicyDocument");
            let doc = Doc::of(context, self.source, value, &route)?;
            Some(Use::Own(format!("role {}: trust policy", last(arn)), doc))
        });
        if role.value("AssumeRolePolicyDocument").is_none() {
            context.missing(role, "AssumeRolePolicyDocument", "every role has a trust policy");
        }
        parts.entities.push(EntityPart {
            arn: reference,
            account: arn.account,
            id: context.maybe_text(role, "RoleId"),
            kind: EntityKindPart::Role { trust },
            policies: self.policies(context, role, "RolePolicyList", arn, "role"),
            boundary: self.boundary(context, role),
            tags: tags(context, role),
            place,
        });
        Some(arn.account)
    }

    fn policies(
        &self,
        context: &mut Context<'_>,
        of: &Object<'a>,
        list: &str,
        arn: Arn<'a>,
        kind: &str,
    ) -> Vec<Use<'a>> {
        let mut inline = Vec::new();
        for policy in context.objects(of, list) {
            inline.extend(self.inline(context, &policy, arn, kind));
        }
        let mut managed = Vec::new();
        for policy in context.objects(of, "AttachedManagedPolicies") {
            let text = context.text(&policy, "PolicyArn");
            let span = policy.value("PolicyArn").map_or(policy.span, |value| value.span);
            managed.extend(text.map(|text| Reference { text, source: self.source, span }));
        }
        sorted(inline, managed)
    }

    fn inline(
        &self,
        context: &mut Context<'_>,
        policy: &Object<'a>,
        arn: Arn<'a>,
        kind: &str,
    ) -> Option<(String, Doc<'a>)> {
        let name = context.text(policy, "PolicyName")?;
        let Some(value) = policy.value("PolicyDocument") else {
            context.missing(policy, "PolicyDocument", "");
            return None;
        };
        let doc = Doc::of(context, self.source, value, &policy.at("PolicyDocument"))?;
        Some((format!("{kind} {}: {name}", last(arn)), doc))
    }

    fn boundary(&self, context: &mut Context<'_>, of: &Object<'a>) -> Option<Use<'a>> {
        let boundary = context.inner(of, "PermissionsBoundary")?;
        let text = context.text(&boundary, "PermissionsBoundaryArn")?;
        let span = boundary.value("PermissionsBoundaryArn").map_or(boundary.span, |arn| arn.span);
        Some(Use::Managed(Reference { text, source: self.source, span }))
    }

    /// A managed policy by its default version, which alone counts.
    fn policy(
        &self,
        context: &mut Context<'_>,
        parts: &mut Parts<'a>,
        account: &'a str,
        policy: &Object<'a>,
    ) {
        let Some(arn) = context.arn(policy, "Arn") else { return };
        let of_default = context.maybe_text(policy, "DefaultVersionId");
        let is_list = policy
            .value("PolicyVersionList")
            .is_none_or(|versions| matches!(versions.data, JsonData::Array(_)));
        let versions = context.objects(policy, "PolicyVersionList");
        if !is_list {
            return;
        }
        let mut defaults = Vec::new();
        for version in &versions {
            let id = context.maybe_text(version, "VersionId");
            let is_default = match context.maybe_flag(version, "IsDefaultVersion") {
                Some(flag) => flag,
                None => id.is_some() && id == of_default,
            };
            if is_default {
                defaults.push(version);
            }
        }
        let [version] = defaults.as_slice() else {
            let count = match defaults.len() {
                0 => "no default version".to_owned(),
                count => format!("{count} default versions"),
            };
            let message = format!("`{}` has {count}, where one counts", arn.text);
            let (span, route) = (opening(policy.span), &policy.route);
            context.wrong(codes::ESTATE_MEMBER, self.source, span, route, message, "");
            return;
        };
        let Some(value) = version.value("Document") else {
            context.missing(version, "Document", "");
            return;
        };
        let span = policy.value("Arn").map_or(policy.span, |value| value.span);
        let at = Reference { text: arn.text, source: self.source, span };
        if let Some(doc) = Doc::of(context, self.source, value, &version.at("Document")) {
            let list = parts.managed.entry(account).or_default();
            list.entry(arn.text).or_default().push(Managed { doc, at });
        }
    }
}

/// The name at the end of an ARN.
pub(crate) fn last(arn: Arn<'_>) -> &str {
    arn.resource.rsplit('/').next().unwrap_or(arn.resource)
}
