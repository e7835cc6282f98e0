//! What `aws organizations` prints, a file a call. Where the output does not say what it is about,
//! the name of the file does: `NAME.TARGET.json`.

use crate::context::{Arn, Context, Object, opening};
use crate::documents::Doc;
use crate::parts::{
    AttachedPart, MemberPart, OrganizationPart, OrganizationPolicy, Parts, Reference, UnitPart, Use,
};
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::value;

/// What every output may have besides its list. What SDKs add says nothing.
const BESIDE: &[&str] = &["NextToken", "ResponseMetadata", "ResultMetadata", "$metadata"];

/// The outputs that are read, by their one member.
const OUTPUTS: &[&str] = &[
    "Roots",
    "OrganizationalUnits",
    "Accounts",
    "Parents",
    "Policies",
    "Targets",
    "Policy",
    "Organization",
];

const SCP: &str = "SERVICE_CONTROL_POLICY";
const RCP: &str = "RESOURCE_CONTROL_POLICY";
const S3: &str = "S3_POLICY";

/// Whether a value is such an output.
pub(crate) fn is_output(value: &JsonValue) -> bool {
    let JsonData::Object(members) = &value.data else { return false };
    let mut names = members.iter().map(|member| member.name.as_str());
    let known = members.iter().filter(|member| OUTPUTS.contains(&&*member.name)).count();
    let apart = match value.member("Policy").map(|policy| &policy.data) {
        Some(JsonData::Object(_)) => {
            value.member("Policy").is_some_and(|policy| policy.member("PolicySummary").is_some())
        }
        Some(
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Array(_),
        ) => false,
        None => true,
    };
    known == 1 && apart && names.all(|name| OUTPUTS.contains(&name) || BESIDE.contains(&name))
}

/// What the name of a file says that it is about: `ou-ab12-cdef` of `accounts.ou-ab12-cdef.json`.
fn target(path: &str) -> Option<&str> {
    let name = path.rsplit(['/', '\\']).next()?.strip_suffix(".json")?;
    let (_, target) = name.rsplit_once('.')?;
    let is = ["r-", "ou-", "p-"].iter().any(|prefix| target.starts_with(prefix))
        || value::is_account(target);
    is.then_some(target)
}

/// Reads an output.
pub(crate) fn read<'a>(
    context: &mut Context<'_>,
    part: &mut OrganizationPart<'a>,
    parts: &mut Parts<'a>,
    path: &'a str,
    output: &Object<'a>,
) {
    if let Some(token) = output.value("NextToken").filter(|token| token.data != JsonData::Null) {
        let message = "the listing breaks off here".to_owned();
        let help = "`aws organizations` without `--max-items` and `--no-paginate` prints all of it";
        let (source, route) = (output.source, output.at("NextToken"));
        context.wrong(codes::PARTIAL_LISTING, source, token.span, &route, message, help);
    }
    let mut reader = Reader { context, part, path, output };
    for member in output.members {
        match member.name.as_str() {
            "Roots" => reader.roots(),
            "OrganizationalUnits" => reader.units(),
            "Accounts" => reader.accounts(parts),
            "Parents" => reader.parents(),
            "Policies" => reader.policies(),
            "Targets" => reader.targets(),
            "Policy" => reader.policy(),
            "Organization" => reader.organization(),
            _ => {}
        }
    }
}

struct Reader<'r, 'o, 'a> {
    context: &'r mut Context<'o>,
    part: &'r mut OrganizationPart<'a>,
    path: &'a str,
    output: &'r Object<'a>,
}

impl<'a> Reader<'_, '_, 'a> {
    /// What the file is about; reported where the name does not say it.
    fn target(&mut self, command: &str, example: &str) -> Option<Reference<'a>> {
        let span = opening(self.output.span);
        if let Some(text) = target(self.path) {
            return Some(Reference { text, source: self.output.source, span });
        }
        let message = format!(
            "the output of `aws organizations {command}` does not say what it is about, and the name of the file does not either"
        );
        let help = format!("call the file `NAME.TARGET.json`, for example `{example}`");
        let source = self.output.source;
        self.context.wrong(codes::INCOMPLETE_ORGANIZATION, source, span, "", message, &help);
        None
    }

    fn id(&mut self, object: &Object<'a>, name: &str) -> Option<Reference<'a>> {
        let text = self.context.text(object, name)?;
        let span = object.value(name).map_or(object.span, |value| value.span);
        Some(Reference { text, source: object.source, span })
    }

    fn unit(&mut self, at: Reference<'a>) -> &mut UnitPart<'a> {
        self.part.units.entry(at.text).or_insert_with(|| UnitPart::new(at))
    }

    fn member(&mut self, at: Reference<'a>) -> &mut MemberPart<'a> {
        self.part.members.entry(at.text).or_insert_with(|| MemberPart::new(at))
    }

    /// The organization and its management account, which stand in the ARN of whatever belongs to
    /// it.
    fn of_arn(&mut self, object: &Object<'a>) {
        let arn =
            object.value("Arn").and_then(|value| Some((Arn::of(value.as_str()?)?, value.span)));
        let Some((arn, span)) = arn else { return };
        let id = arn.resource.split('/').nth(1).filter(|id| id.starts_with("o-"));
        if let (Some(id), true) = (id, arn.has_account()) {
            self.is(Reference { text: id, source: object.source, span }, Some(arn.account));
        }
    }

    fn is(&mut self, id: Reference<'a>, management_account: Option<&'a str>) {
        let known = *self.part.id.get_or_insert(id);
        if known.text != id.text {
            let message = format!(
                "this is of the organization `{}`, and `{}` of `{}`",
                id.text,
                known.source.name(),
                known.text
            );
            let help = "an estate has one organization";
            let rule = codes::CONFLICTING_FILES;
            self.context.wrong(rule, id.source, id.span, "", message, help);
        }
        self.part.management_account = self.part.management_account.or(management_account);
    }

    fn roots(&mut self) {
        for root in self.context.objects(self.output, "Roots") {
            let Some(at) = self.id(&root, "Id") else { continue };
            let name = self.context.maybe_text(&root, "Name");
            self.of_arn(&root);
            self.unit(at).name = name;
            let types = self.context.objects(&root, "PolicyTypes");
            let mut on = Vec::new();
            for kind in &types {
                let (kind, status) =
                    (self.context.text(kind, "Type"), self.context.maybe_text(kind, "Status"));
                on.extend(kind.filter(|_| status == Some("ENABLED")));
            }
            self.part.scps = Some(on.contains(&SCP));
            self.part.rcps = Some(on.contains(&RCP));
            self.part.s3_policies = on.contains(&S3);
        }
    }

    fn units(&mut self) {
        let command = "list-organizational-units-for-parent";
        let Some(parent) = self.target(command, "units.r-ab12.json") else { return };
        self.unit(parent).units_listed = true;
        for unit in self.context.objects(self.output, "OrganizationalUnits") {
            let Some(at) = self.id(&unit, "Id") else { continue };
            let name = self.context.maybe_text(&unit, "Name");
            self.of_arn(&unit);
            let unit = self.unit(at);
            // What was met first may have been a mere file name.
            unit.at = at;
            unit.name = name;
            unit.parents.push(parent);
        }
    }

    /// The accounts of a unit, or all of them, which tells their names alone.
    fn accounts(&mut self, parts: &mut Parts<'a>) {
        let span = opening(self.output.span);
        let parent =
            target(self.path).map(|text| Reference { text, source: self.output.source, span });
        if let Some(parent) = parent {
            self.unit(parent).accounts_listed = true;
        }
        for account in self.context.objects(self.output, "Accounts") {
            let Some(at) = self.id(&account, "Id") else { continue };
            let name = self.context.maybe_text(&account, "Name");
            self.of_arn(&account);
            let member = self.member(at);
            member.at = at;
            member.parents.extend(parent);
            let known = parts.accounts.entry(at.text.to_owned()).or_default();
            known.say(self.context, (at.source, at.span), name, None);
        }
    }

    fn parents(&mut self) {
        let Some(child) = self.target("list-parents", "parents.111122223333.json") else { return };
        for parent in self.context.objects(self.output, "Parents") {
            let Some(at) = self.id(&parent, "Id") else { continue };
            if value::is_account(child.text) {
                self.member(child).parents.push(at);
            } else {
                self.unit(child).parents.push(at);
            }
        }
    }

    /// What is attached to a target; without a target, which policies there are.
    fn policies(&mut self) {
        let at = target(self.path);
        for policy in self.context.objects(self.output, "Policies") {
            let Some(id) = self.id(&policy, "Id") else { continue };
            let kind = self.context.text(&policy, "Type");
            if let (Some(at), Some(kind)) = (at, kind) {
                let span = opening(self.output.span);
                let at = Reference { text: at, source: self.output.source, span };
                self.attach(at, id, kind);
            }
        }
        if at.is_none() {
            self.context.report.note(format!(
                "`{}` lists policies and its name has no target: taken for `list-policies`, which attaches nothing",
                self.path
            ));
        }
    }

    /// Where a policy is attached.
    fn targets(&mut self) {
        let example = "targets.p-examplepolicy.json";
        let Some(policy) = self.target("list-targets-for-policy", example) else { return };
        for target in self.context.objects(self.output, "Targets") {
            let Some(at) = self.id(&target, "TargetId") else { continue };
            self.part.targets.push((policy, at));
        }
    }

    fn attach(&mut self, at: Reference<'a>, policy: Reference<'a>, kind: &str) {
        let attached: &mut AttachedPart<'a> = if value::is_account(at.text) {
            &mut self.member(at).attached
        } else {
            &mut self.unit(at).attached
        };
        match kind {
            SCP => attached.scps.push(Use::Organization(policy)),
            RCP => attached.rcps.push(Use::Organization(policy)),
            // The other types say how resources are configured, not who may do what.
            _ => {}
        }
    }

    fn policy(&mut self) {
        let Some(policy) = self.context.inner(self.output, "Policy") else { return };
        let Some(summary) = self.context.inner(&policy, "PolicySummary") else { return };
        let Some(at) = self.id(&summary, "Id") else { return };
        let Some(kind) = self.context.text(&summary, "Type") else { return };
        let name = self.context.maybe_text(&summary, "Name").unwrap_or(at.text);
        self.part.types.insert(at.text, kind);
        if ![SCP, RCP].contains(&kind) {
            let what = format!("policies of the type {kind}");
            if let Some(value) = self.output.value("Policy") {
                self.context.keep(self.output.source, value, policy.route, what);
            }
            return;
        }
        let Some(content) = policy.value("Content") else {
            return self.context.missing(&policy, "Content", "");
        };
        let source = self.output.source;
        if let Some(doc) = Doc::of(self.context, source, content, &policy.at("Content")) {
            let known = self.part.policies.entry(at.text).or_default();
            known.push(OrganizationPolicy { name, doc, at });
        }
    }

    fn organization(&mut self) {
        let Some(organization) = self.context.inner(self.output, "Organization") else { return };
        let Some(id) = self.id(&organization, "Id") else { return };
        let master = self.context.maybe_text(&organization, "MasterAccountId");
        self.is(id, master);
    }
}

/// Attaches the policies of which a listing tells the targets, now that their types are known.
pub(crate) fn finish<'a>(context: &mut Context<'_>, part: &mut OrganizationPart<'a>) {
    for (policy, at) in std::mem::take(&mut part.targets) {
        let known = match policy.text {
            "p-FullAWSAccess" => Some(SCP),
            "p-RCPFullAWSAccess" => Some(RCP),
            id => part.types.get(id).copied(),
        };
        let Some(kind) = known else {
            let message =
                format!("no file has the policy `{}`, so its type is not known", policy.text);
            let help = format!(
                "`aws organizations describe-policy --policy-id {} > policy.{}.json`",
                policy.text, policy.text
            );
            let Reference { source, span, .. } = policy;
            context.wrong(codes::DANGLING_REFERENCE, source, span, "", message, &help);
            continue;
        };
        let attached = if value::is_account(at.text) {
            &mut part.members.entry(at.text).or_insert_with(|| MemberPart::new(at)).attached
        } else {
            &mut part.units.entry(at.text).or_insert_with(|| UnitPart::new(at)).attached
        };
        match kind {
            SCP => attached.scps.push(Use::Organization(policy)),
            RCP => attached.rcps.push(Use::Organization(policy)),
            _ => {}
        }
    }
}
