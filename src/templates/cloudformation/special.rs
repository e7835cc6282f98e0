//! Resources whose policies are not the value of a property.

use super::evaluate::{Evaluated, Evaluator, Nature};
use super::reading::{Draft, Party, Resource, Says, draft};
use super::value::{Data, Entry, Piece, Text, Value};
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::parameter::Form;
use keyaki_iam::source::Span;
use keyaki_iam::value::is_account;

/// The properties of a permission that are conditions, with their operators and keys.
const PERMISSION: &[(&str, &str, &str)] = &[
    ("SourceArn", "ArnLike", "aws:SourceArn"),
    ("SourceAccount", "StringEquals", "aws:SourceAccount"),
    ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
    ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
];

/// What to do about macros.
const PROCESSED: &str = "give Keyaki the template as it is processed: `aws cloudformation get-template --template-stage Processed`";

impl<'t> Evaluator<'t> {
    /// Reads a resource of a type of its own; gives the properties that were looked at.
    pub(super) fn special(
        &mut self,
        resource: Resource<'t>,
        drafts: &mut Vec<Draft>,
    ) -> &'static [&'static str] {
        match resource.kind {
            "AWS::Lambda::Permission" => {
                self.variants(resource, drafts, |at| at.permission(resource));
                &[]
            }
            "AWS::Events::EventBusPolicy" => {
                self.variants(resource, drafts, |at| at.bus_policy(resource));
                &["Statement"]
            }
            "AWS::Organizations::Policy" => {
                self.variants(resource, drafts, |at| at.of_organization(resource));
                &["Content"]
            }
            "AWS::IAM::UserToGroupAddition" => {
                self.each(resource, "Users", drafts, |at, _, value| {
                    let user = at.party(value, "AWS::IAM::User")?;
                    let groups = at.parties(resource, "GroupName", "AWS::IAM::Group")?;
                    let member = |group| {
                        draft(
                            resource.name.to_owned(),
                            value.span,
                            Says::Member(user.clone(), group),
                        )
                    };
                    Ok(groups.into_iter().map(member).collect())
                });
                &[]
            }
            "AWS::DynamoDB::GlobalTable" => {
                self.each(resource, "Replicas", drafts, |at, index, value| {
                    // By its Region, since the order of a list may be another one.
                    let region = value.member("Region").and_then(Value::as_text);
                    let index = region.map_or_else(|| index.to_string(), Text::shown);
                    let stream = value.member("ReplicaStreamSpecification");
                    let mut drafts = Vec::new();
                    for (of, within) in [(Some(value), ""), (stream, ".ReplicaStreamSpecification")]
                    {
                        let policy = of.and_then(|of| of.member("ResourcePolicy"));
                        let policy = policy.and_then(|policy| policy.member("PolicyDocument"));
                        let Some(policy) = policy.cloned() else { continue };
                        let address =
                            format!("{}.Replicas[{index}]{within}.ResourcePolicy", resource.name);
                        let span = policy.span;
                        let policy = at.document(resource.file, policy)?;
                        // A replica is in a Region of its own.
                        let party = Party { arn: None, ..at.itself(resource) };
                        let says = Says::Policy(Kind::Resource, policy, vec![party]);
                        drafts.push(draft(address, span, says));
                    }
                    Ok(drafts)
                });
                &["Replicas"]
            }
            "AWS::SSO::PermissionSet" => {
                self.each(resource, "ManagedPolicies", drafts, |at, _, value| {
                    at.attached(resource, value, false)
                });
                for name in ["CustomerManagedPolicyReferences", "PermissionsBoundary"] {
                    self.left_out(
                        resource,
                        name,
                        "its policies are those of the accounts that it is assigned to",
                    );
                }
                &[]
            }
            "AWS::Serverless::Function" | "AWS::Serverless::StateMachine" => {
                self.of_sam(resource, drafts);
                &["AssumeRolePolicyDocument", "Policies"]
            }
            _ => &[],
        }
    }

    /// Warns of a property that gives access, or limits it, and that is not read.
    pub(super) fn left_out(&mut self, resource: Resource<'t>, property: &str, why: &str) {
        let Some(value) = resource.properties.member(property) else { return };
        let message = format!("`{property}` of `{}` is not read: {why}", resource.name);
        let help = "no answer takes it into account";
        self.notes.warn(codes::NOT_UNDERSTOOD, value.span, message, help);
    }

    /// A permission of a function, as the statement that Lambda makes of it.
    fn permission(&mut self, resource: Resource<'t>) -> Evaluated<Vec<Draft>> {
        let own = resource.properties;
        let span = own.span;
        let mut entries = vec![entry("Effect", Text::known("Allow"), span)];
        let action = self.needed(resource, "Action")?;
        entries.push(Entry { name: "Action".to_owned(), span: action.span, value: action });
        let principal = self.needed(resource, "Principal")?;
        entries.push(self.permitted(principal)?);
        let function = self.needed(resource, "FunctionName")?;
        let arn = self.function_arn(&function)?;
        entries.push(entry("Resource", arn.clone(), function.span));
        let mut conditions: Vec<Entry> = Vec::new();
        for (property, operator, key) in PERMISSION {
            let Some(value) = self.property_value(own, property)? else { continue };
            let span = value.span;
            let compared = Entry { name: (*key).to_owned(), span, value };
            match conditions.iter_mut().find(|known| known.name == *operator) {
                Some(Entry { value: Value { data: Data::Object(keys), .. }, .. }) => {
                    keys.push(compared)
                }
                _ => conditions.push(object_entry(operator, vec![compared], span)),
            }
        }
        if !conditions.is_empty() {
            entries.push(object_entry("Condition", conditions, span));
        }
        let mut holder = self.party(&function, "AWS::Lambda::Function")?;
        holder.arn = Some(arn);
        let statement = Value { data: Data::Object(entries), span };
        self.of_one_statement(resource, statement, vec![holder])
    }

    /// A policy of one statement.
    fn of_one_statement(
        &mut self,
        resource: Resource<'t>,
        statement: Value,
        parties: Vec<Party>,
    ) -> Evaluated<Vec<Draft>> {
        let span = statement.span;
        let list = Value { data: Data::List(vec![statement]), span };
        let entries = vec![
            entry("Version", Text::known("2012-10-17"), span),
            Entry { name: "Statement".to_owned(), span, value: list },
        ];
        let value = self.document(resource.file, Value { data: Data::Object(entries), span })?;
        let says = Says::Policy(Kind::Resource, value, parties);
        Ok(vec![draft(resource.name.to_owned(), span, says)])
    }

    fn needed(&mut self, resource: Resource<'t>, property: &str) -> Evaluated<Value> {
        match self.property_value(resource.properties, property)? {
            Some(value) => Ok(value),
            None => {
                let message = format!("`{}` has no `{property}`", resource.name);
                self.fail(codes::MISSING_MEMBER, resource.properties.span, message, "")
            }
        }
    }

    /// Whom a permission is for: everyone, a service, or an account.
    fn permitted(&mut self, principal: Value) -> Evaluated<Entry> {
        let span = principal.span;
        let Some(text) = principal.as_text() else {
            let message = format!("a principal is a text, and not {}", principal.type_name());
            return self.fail(codes::WRONG_TYPE, span, message, "");
        };
        if text.as_known() == Some("*") {
            return Ok(entry("Principal", text.clone(), span));
        }
        let known = |piece: &Piece, part: &str| matches!(piece, Piece::Known(known) if known.contains(part));
        let fixed = text.as_hole().and_then(|hole| self.holes.get(hole));
        let account = matches!(fixed, Some(Nature::Fixed(Form::Account)))
            || text.as_known().is_some_and(is_account);
        let member = if account || text.pieces.first().is_some_and(|first| known(first, "arn:")) {
            "AWS"
        } else if text.pieces.iter().any(|piece| known(piece, ".")) {
            "Service"
        } else {
            return self.not_known("whether a principal is a service or an account", text, span);
        };
        Ok(object_entry("Principal", vec![entry(member, text.clone(), span)], span))
    }

    /// The ARN of a function that is given by its name, a part of its ARN, or its ARN.
    fn function_arn(&mut self, value: &Value) -> Evaluated<Text> {
        let Some(text) = value.as_text() else {
            let message =
                format!("the name of a function is needed here, and this is {}", value.type_name());
            return self.fail(codes::WRONG_TYPE, value.span, message, "");
        };
        let is_function = |kind: &String| {
            ["AWS::Lambda::Function", "AWS::Serverless::Function"].contains(&kind.as_str())
        };
        if let Some(name) = &text.of
            && self.resource_type(name).as_ref().is_some_and(is_function)
            && let Some(arn) = self.resource_arn(name)
        {
            return Ok(arn);
        }
        if text.fields().first().and_then(Text::as_known) == Some("arn") {
            return Ok(text.clone());
        }
        let Some(known) = text.as_known() else {
            return self.not_known(
                "whether a function is given by its name or its ARN",
                text,
                value.span,
            );
        };
        let mut arn = Text::known("arn:");
        arn.push(&self.partition());
        arn.push_str(":lambda:");
        arn.push(&self.region());
        arn.push_str(":");
        match known.split_once(':') {
            Some((account, _)) if is_account(account) => arn.push_str(known),
            Some(_) | None => {
                arn.push(&self.account());
                arn.push_str(":function:");
                arn.push_str(known);
            }
        }
        Ok(arn)
    }

    /// A policy of an event bus: one statement, in its parts or as it is.
    fn bus_policy(&mut self, resource: Resource<'t>) -> Evaluated<Vec<Draft>> {
        let parties = match resource.properties.member("EventBusName") {
            Some(_) => self.parties(resource, "EventBusName", "AWS::Events::EventBus")?,
            None => {
                let name = Value::text(Text::known("default"), resource.properties.span);
                vec![self.party(&name, "AWS::Events::EventBus")?]
            }
        };
        let statement = match self.property_value(resource.properties, "Statement")? {
            Some(statement) => statement,
            None => self.bus_statement(resource)?,
        };
        self.of_one_statement(resource, statement, parties)
    }

    /// A statement of an event bus in its parts: it lets an account in, or everybody of whom a condition
    /// holds.
    fn bus_statement(&mut self, resource: Resource<'t>) -> Evaluated<Value> {
        let own = resource.properties;
        let span = own.span;
        let action = self.needed(resource, "Action")?;
        let principal = self.needed(resource, "Principal")?;
        let mut entries = vec![
            entry("Effect", Text::known("Allow"), span),
            Entry { name: "Action".to_owned(), span: action.span, value: action },
            self.permitted(principal)?,
            entry("Resource", Text::known("*"), span),
        ];
        if let Some(condition) = self.property_value(own, "Condition")? {
            let part = |name: &str| condition.member(name).and_then(Value::as_text);
            let known = |name: &str| part(name).and_then(Text::as_known);
            let (Some(key), Some(operator), Some(value)) =
                (known("Key"), known("Type"), part("Value"))
            else {
                let message = "a condition of an event bus has a `Key`, a `Type` and a `Value`, which are texts";
                return self.fail(codes::WRONG_TYPE, condition.span, message, "");
            };
            let compared = vec![entry(key, value.clone(), condition.span)];
            let of_operator = vec![object_entry(operator, compared, condition.span)];
            entries.push(object_entry("Condition", of_operator, condition.span));
        }
        Ok(Value { data: Data::Object(entries), span })
    }

    /// A policy of an organization that decides about requests.
    fn of_organization(&mut self, resource: Resource<'t>) -> Evaluated<Vec<Draft>> {
        let of_type = self.needed(resource, "Type")?;
        let kind = match of_type.as_text().and_then(Text::as_known) {
            Some("SERVICE_CONTROL_POLICY") => Kind::Scp,
            Some("RESOURCE_CONTROL_POLICY") => Kind::Rcp,
            Some(_) => return Ok(Vec::new()),
            None => {
                let message = "which type of policy this is must be known";
                return self.fail(codes::VALUE_NOT_KNOWN, of_type.span, message, "");
            }
        };
        let content = self.needed(resource, "Content")?;
        let span = content.span;
        let content = self.document(resource.file, content)?;
        let parties = self.parties(resource, "TargetIds", "")?;
        Ok(vec![draft(resource.name.to_owned(), span, Says::Policy(kind, content, parties))])
    }

    /// Warns of macros, and of policies in what all resources of SAM have; `false` where nothing
    /// that is read is certain to be what is deployed.
    pub(super) fn check_whole(&mut self) -> bool {
        const HARMLESS: &[&str] = &[
            "AWS::CodeDeployBlueGreen",
            "AWS::LanguageExtensions",
            "AWS::SecretsManager-2020-07-23",
            "AWS::SecretsManager-2024-09-16",
            "AWS::Serverless-2016-10-31",
        ];
        let tree = &self.tree.value;
        if let Some(globals) = tree.member("Globals") {
            self.look("Globals", globals);
        }
        if let Some(all) = self.of_section("Globals", "Function")
            && let Some(value) = all.member("FunctionUrlConfig")
        {
            let message =
                "`FunctionUrlConfig` of all functions is not read: SAM may let everybody call them";
            let help = "no answer takes it into account";
            self.notes.warn(codes::NOT_UNDERSTOOD, value.span, message, help);
        }
        let mut sure = true;
        for name in ["Fn::Transform", "Modules"] {
            if let JsonData::Object(members) = &tree.data
                && let Some(member) = members.iter().find(|member| member.name == name)
            {
                let message =
                    format!("`{name}` may bring in every part of the template, and none is read");
                self.notes.error(codes::MACRO, member.name_span, message, PROCESSED);
                sure = false;
            }
        }
        let Some(transform) = tree.member("Transform") else { return sure };
        for item in crate::items(transform)
            .iter()
            .filter(|item| !item.as_str().is_some_and(|name| HARMLESS.contains(&name)))
        {
            let name = item.as_str().or_else(|| item.member("Name").and_then(JsonValue::as_str));
            let message = format!(
                "the macro `{}` may change every part of the template, and none is read",
                name.unwrap_or("?")
            );
            self.notes.error(codes::MACRO, item.span, message, PROCESSED);
            sure = false;
        }
        sure
    }
}

pub(super) fn entry(name: &str, text: Text, span: Span) -> Entry {
    Entry { name: name.to_owned(), span, value: Value::text(text, span) }
}

pub(super) fn object_entry(name: &str, entries: Vec<Entry>, span: Span) -> Entry {
    Entry { name: name.to_owned(), span, value: Value { data: Data::Object(entries), span } }
}
