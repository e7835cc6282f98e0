//! Files of resources: an object a resource, or one a line, with its ARN and its policy; and files
//! of accounts.

use crate::context::{Arn, Context, Object};
use crate::documents::Doc;
use crate::form::{block_public_access, owner, tags_of};
use crate::parts::{EndpointPart, Parts, Reference, ResourcePart, Use};
use keyaki_iam::estate::Bucket;
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::source::{Place, Source};
use keyaki_iam::value::is_account;

const OF_A_RESOURCE: &[&str] =
    &["arn", "account", "policy", "tags", "blockPublicAccess", "aclsOff"];

const OF_AN_ENDPOINT: &[&str] = &["arn", "account", "policy", "vpc", "service", "tags"];

const OF_AN_ACCOUNT: &[&str] = &["account", "name", "resources", "blockPublicAccess"];

/// Whether a value is a resource or an account.
pub(crate) fn is_resource(value: &JsonValue) -> bool {
    let mut members = OF_A_RESOURCE.iter().chain(OF_AN_ENDPOINT).filter(|name| **name != "arn");
    let some = members.any(|name| value.member(name).is_some());
    (value.member("arn").is_some() && some) || is_account_file(value)
}

fn is_account_file(value: &JsonValue) -> bool {
    let JsonData::Object(members) = &value.data else { return false };
    value.member("account").is_some()
        && value.member("arn").is_none()
        && members.iter().all(|member| OF_AN_ACCOUNT.contains(&&*member.name))
}

/// Reads a resource or an account.
pub(crate) fn read<'a>(
    context: &mut Context<'_>,
    parts: &mut Parts<'a>,
    file: &Object<'a>,
    place: Place,
) {
    if file.value("arn").is_none() {
        account(context, parts, file);
        return;
    }
    let Some(arn) = context.arn(file, "arn") else { return };
    match arn.resource.strip_prefix("vpc-endpoint/").filter(|_| arn.service == "ec2") {
        Some(id) => endpoint(context, parts, file, (arn, id), place),
        None => resource(context, parts, file, arn, place),
    }
}

/// The policy of a resource: a document, a text of one, or what AWS prints around it.
fn policy<'a>(context: &mut Context<'_>, of: &Object<'a>, name: String) -> Option<Use<'a>> {
    let value = of.value("policy").filter(|value| value.data != JsonData::Null)?;
    let doc = Doc::of(context, of.source, value, &of.at("policy"))?;
    Some(Use::Own(name, doc))
}

fn reference<'a>(of: &Object<'a>, name: &str, text: &'a str, source: &'a Source) -> Reference<'a> {
    Reference { text, source, span: of.value(name).map_or(of.span, |value| value.span) }
}

fn resource<'a>(
    context: &mut Context<'_>,
    parts: &mut Parts<'a>,
    file: &Object<'a>,
    arn: Arn<'a>,
    place: Place,
) {
    context.only(file, OF_A_RESOURCE);
    let Some(account) = owner(context, file, arn) else { return };
    let block = context.inner(file, "blockPublicAccess");
    let bucket = Bucket {
        block_public_access: block.map(|block| block_public_access(context, &block)),
        acls_off: context.maybe_flag(file, "aclsOff"),
    };
    parts.resources.push(ResourcePart {
        arn: reference(file, "arn", arn.text, file.source),
        account: account.to_owned(),
        policy: policy(context, file, of_resource(arn.text)),
        tags: tags_of(context, file),
        bucket,
        place,
    });
}

/// What reports call the policy of a resource.
pub(crate) fn of_resource(arn: &str) -> String {
    format!("policy of {arn}")
}

fn endpoint<'a>(
    context: &mut Context<'_>,
    parts: &mut Parts<'a>,
    file: &Object<'a>,
    (arn, id): (Arn<'a>, &'a str),
    place: Place,
) {
    context.only(file, OF_AN_ENDPOINT);
    let Some(account) = owner(context, file, arn) else { return };
    parts.endpoints.push(EndpointPart {
        id: reference(file, "arn", id, file.source),
        account: account.to_owned(),
        vpc: context.maybe_text(file, "vpc"),
        service: context.maybe_text(file, "service"),
        policy: policy(context, file, of_resource(id)),
        place,
    });
}

fn account(context: &mut Context<'_>, parts: &mut Parts<'_>, file: &Object<'_>) {
    context.only(file, OF_AN_ACCOUNT);
    let Some(id) = context.text(file, "account") else { return };
    if !is_account(id) {
        let message = format!("`{id}` is not an account");
        let span = file.value("account").map_or(file.span, |value| value.span);
        let (route, help) = (file.at("account"), "an account has twelve digits");
        context.wrong(codes::ESTATE_MEMBER, file.source, span, &route, message, help);
        return;
    }
    let name = context.maybe_text(file, "name");
    let block = context.inner(file, "blockPublicAccess");
    let block = block.map(|block| block_public_access(context, &block));
    let resources = context.maybe_flag(file, "resources");
    let part = parts.accounts.entry(id.to_owned()).or_default();
    part.say(context, (file.source, crate::context::opening(file.span)), name, block);
    part.resources |= resources == Some(true);
}
