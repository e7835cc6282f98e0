//! What SAM makes roles and policies of.

use super::evaluate::{Evaluated, Evaluator};
use super::reading::{Draft, Party, Resource, Says, draft};
use super::special::{entry, object_entry};
use super::value::{Data, Entry, Text, Value};
use keyaki_iam::finding::codes;
use keyaki_iam::json::JsonValue;
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::closest;
use std::sync::LazyLock;

/// A statement of a policy template.
struct Row {
    /// The template.
    name: &'static str,
    /// The parameters that it needs.
    parameters: Vec<&'static str>,
    actions: Vec<&'static str>,
    resources: Vec<&'static str>,
    /// An operator, a key and a value.
    condition: Option<[&'static str; 3]>,
}

/// The policy templates of SAM, a line a statement: aws-sam-translator 1.110.0, by
/// `tests/judges/sam.sh`, which compares them with what that makes.
static POLICIES: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let words = |text: &'static str| text.split(' ').filter(|word| !word.is_empty()).collect();
    let row = |line: &'static str| {
        let mut fields = line.split('\t');
        let name = fields.next()?;
        let mut list = || fields.next().map(words);
        let (parameters, actions, resources): (Vec<_>, Vec<_>, Vec<_>) =
            (list()?, list()?, list()?);
        let condition = list().and_then(|all: Vec<_>| all.try_into().ok());
        Some(Row { name, parameters, actions, resources, condition })
    };
    include_str!("sam-policies.tsv").lines().filter_map(row).collect()
});

impl<'t> Evaluator<'t> {
    /// What SAM makes a role of.
    pub(super) fn of_sam(&mut self, resource: Resource<'t>, drafts: &mut Vec<Draft>) {
        let own = resource.properties;
        self.left_out(resource, "FunctionUrlConfig", "SAM may let everybody call the function");
        // Where it may be absent, SAM makes a role if it is.
        let may_be_absent = own.member("Role").is_some_and(|role| role.member("Fn::If").is_some());
        let has_role = own.member("Role").is_some() && !may_be_absent;
        if has_role && let Some(policies) = own.member("Policies") {
            let message =
                format!("`{}` has a `Role`, so that SAM leaves its `Policies` out", resource.name);
            self.notes.warn(codes::NOT_UNDERSTOOD, policies.span, message, "remove one of them");
            return;
        }
        if has_role {
            return;
        }
        let given = |at: &mut Self| Ok(may_be_absent && at.property_value(own, "Role")?.is_some());
        let of_all = self.global(resource.kind);
        self.variants(resource, drafts, |at| {
            if given(at)? {
                return Ok(Vec::new());
            }
            let trust = match at.property_value(own, "AssumeRolePolicyDocument")? {
                None => of_all
                    .map(|all| at.property_value(all, "AssumeRolePolicyDocument"))
                    .transpose()?
                    .flatten(),
                own => own,
            };
            let Some(trust) = trust else {
                return Ok(Vec::new());
            };
            let (address, span) =
                (format!("{}.AssumeRolePolicyDocument", resource.name), trust.span);
            let (role, trust) = (at.role_of(resource), at.document(resource.file, trust)?);
            Ok(vec![draft(address, span, Says::Policy(Kind::Trust, trust, vec![role]))])
        });
        self.each(resource, "Policies", drafts, |at, index, value| {
            if given(at)? { Ok(Vec::new()) } else { at.sam_policy(resource, index, value) }
        });
        let bounded = match self
            .global(resource.kind)
            .filter(|_| own.member("PermissionsBoundary").is_none())
        {
            Some(properties) => Resource { properties, ..resource },
            None => resource,
        };
        self.each(bounded, "PermissionsBoundary", drafts, |at, _, value| {
            if given(at)? {
                return Ok(Vec::new());
            }
            let role = at.role_of(resource);
            at.attached_to(role, resource.name, value, true)
        });
    }

    /// What SAM gives every function of the template that does not say otherwise.
    pub(super) fn global(&self, kind: &str) -> Option<&'t JsonValue> {
        let of_functions = kind == "AWS::Serverless::Function";
        self.of_section("Globals", "Function").filter(|_| of_functions)
    }

    /// The role that SAM makes for a resource.
    fn role_of(&mut self, resource: Resource<'t>) -> Party {
        let name = format!("{}Role", resource.name);
        let arn = self.resource_arn(&name);
        let resource_type = "AWS::IAM::Role".to_owned();
        Party { made: true, address: Text::known(name), resource_type, arn }
    }

    fn sam_policy(
        &mut self,
        resource: Resource<'t>,
        index: usize,
        value: &Value,
    ) -> Evaluated<Vec<Draft>> {
        let role = self.role_of(resource);
        if value.member("Statement").is_some() {
            let address = format!("{}.Policies[{index}]", resource.name);
            let document = self.document(resource.file, value.clone())?;
            return Ok(vec![draft(
                address,
                value.span,
                Says::Policy(Kind::Identity, document, vec![role]),
            )]);
        }
        let what = match &value.data {
            // An ARN, or what SAM looks up by its name among the policies of AWS.
            Data::Text(_) => return self.attached_to(role, resource.name, value, false),
            Data::Object(entries) => match entries.as_slice() {
                [entry] => match POLICIES.iter().filter(|row| row.name == entry.name) {
                    rows if rows.clone().next().is_some() => {
                        return self.policy_template(resource, (index, role), entry, rows);
                    }
                    _ => {
                        let names = POLICIES.iter().map(|row| row.name);
                        let near = closest(&entry.name, names, 1);
                        let near = near.first().map(|near| format!("did you mean `{near}`?"));
                        let message = format!("SAM has no policy template `{}`", entry.name);
                        let help = near.unwrap_or_else(|| "SAM has those of its guide".to_owned());
                        return self.fail(codes::NOT_UNDERSTOOD, entry.span, message, &help);
                    }
                },
                [] => "an empty object".to_owned(),
                [_, ..] => "an object of several members".to_owned(),
            },
            Data::List(_) | Data::Many(_) | Data::Absent => value.type_name().to_owned(),
        };
        let message = format!("{what} is not read");
        let help =
            "give Keyaki the template as it is processed, or write the statements out, or the ARN";
        self.fail(codes::NOT_UNDERSTOOD, value.span, message, help)
    }

    /// A policy of one of SAM's policy templates: each parameter has the value that stands there.
    fn policy_template(
        &mut self,
        resource: Resource<'t>,
        (index, role): (usize, Party),
        named: &Entry,
        rows: impl Iterator<Item = &'static Row>,
    ) -> Evaluated<Vec<Draft>> {
        let span = named.span;
        let mut statements = Vec::new();
        for row in rows {
            for parameter in &row.parameters {
                if named.value.member(parameter).and_then(Value::as_text).is_none() {
                    let message = format!(
                        "the policy template `{}` of SAM needs a text as its `{parameter}`",
                        named.name
                    );
                    return self.fail(codes::MISSING_MEMBER, span, message, "");
                }
            }
            let list = |texts: Vec<Text>| {
                let items = texts.into_iter().map(|text| Value::text(text, span)).collect();
                Value { data: Data::List(items), span }
            };
            let actions = list(row.actions.iter().map(|action| Text::known(*action)).collect());
            let resources = row.resources.iter().map(|text| self.filled(text, &named.value));
            let resources = list(resources.collect());
            let mut entries = vec![
                entry("Effect", Text::known("Allow"), span),
                Entry { name: "Action".to_owned(), span, value: actions },
                Entry { name: "Resource".to_owned(), span, value: resources },
            ];
            if let Some([operator, key, value]) = row.condition {
                let compared = entry(key, self.filled(value, &named.value), span);
                let condition = object_entry(operator, vec![compared], span);
                entries.push(object_entry("Condition", vec![condition], span));
            }
            statements.push(Value { data: Data::Object(entries), span });
        }
        let statements = Value { data: Data::List(statements), span };
        let entries = vec![Entry { name: "Statement".to_owned(), span, value: statements }];
        let value = Value { data: Data::Object(entries), span };
        let document = self.document(resource.file, value)?;
        let address = format!("{}.Policies[{index}]", resource.name);
        Ok(vec![draft(address, span, Says::Policy(Kind::Identity, document, vec![role]))])
    }

    /// A text of a policy template with the values of its parameters.
    fn filled(&mut self, pattern: &str, parameters: &Value) -> Text {
        let mut text = Text::default();
        let mut rest = pattern;
        while let Some((before, (name, after))) =
            rest.split_once("${").and_then(|(before, from)| Some((before, from.split_once('}')?)))
        {
            text.push_str(before);
            match name {
                "AWS::Partition" => text.push(&self.partition()),
                "AWS::Region" => text.push(&self.region()),
                "AWS::AccountId" => text.push(&self.account()),
                _ => {
                    if let Some(value) = parameters.member(name).and_then(Value::as_text) {
                        text.push(value);
                    }
                }
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }
}
