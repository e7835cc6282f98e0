//! From resources to what they say of access, under each assumption that makes a difference.

use super::arns;
use super::circles::{Circle, circles};
use super::evaluate::{Equality, Evaluated, Evaluator, Nature, Stop};
use super::places::{ELSEWHERE, PLACES, Place, WITH_POLICIES};
use super::value::{Data, Text, Value};
use crate::Assumption;
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue, Member};
use keyaki_iam::policy::Kind;
use keyaki_iam::source::{Source, Span};

/// What to do about resources that refer to each other, or to themselves.
const NONE_FIRST: &str = "CloudFormation can make none of them first; take a reference out, or put it into a resource of its own";

/// What to do about what is evaluated by CloudFormation alone.
const AS_PROCESSED: &str = "give Keyaki the template as it is processed: `aws cloudformation get-template --template-stage Processed`";

/// What the types of modules end with.
pub(super) const MODULE: &str = "::MODULE";

/// How many variants of one part are told apart.
const MOST_VARIANTS: usize = 16;

/// What a part of a template says, before the forms of its parameters are known.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// What it is called.
    pub(super) address: String,
    /// Under which assumptions it is there.
    pub(super) when: Vec<Assumption>,
    /// Where it stands.
    pub(super) span: Span,
    /// What it says.
    pub(super) says: Says,
}

/// What a part of a template says.
#[derive(Debug, Clone)]
pub(super) enum Says {
    /// A policy document, and to what it is attached.
    Policy(Kind, Value, Vec<Party>),
    /// A managed policy by its ARN, the resource of the template that makes it, to whom it is
    /// attached, and whether it is a boundary.
    Attached(Text, Option<String>, Party, bool),
    /// A user and a group that has the user.
    Member(Party, Party),
}

/// A principal or a resource.
#[derive(Debug, Clone)]
pub(super) struct Party {
    /// Whether the template makes it.
    pub(super) made: bool,
    pub(super) address: Text,
    pub(super) resource_type: String,
    pub(super) arn: Option<Text>,
}

/// A resource that is being read.
#[derive(Clone, Copy)]
pub(super) struct Resource<'t> {
    pub(super) name: &'t str,
    pub(super) kind: &'t str,
    pub(super) all: &'t JsonValue,
    pub(super) properties: &'t JsonValue,
    pub(super) file: &'t Source,
}

impl Says {
    /// Equal for what says the same.
    fn print(&self) -> String {
        let party = |party: &Party| {
            format!("{:?}", (&party.address.pieces, &party.resource_type, &party.arn))
        };
        match self {
            Self::Policy(kind, value, parties) => {
                let mut text =
                    format!("{kind:?}{:?}", parties.iter().map(party).collect::<Vec<_>>());
                value.print(&mut text);
                text
            }
            Self::Attached(arn, of, to, boundary) => {
                format!("{:?}", (&arn.pieces, of, party(to), boundary))
            }
            Self::Member(user, group) => format!("{:?}", (party(user), party(group))),
        }
    }
}

impl<'t> Evaluator<'t> {
    /// Everything that the resources say.
    pub(super) fn resources(&mut self, file: &'t Source) -> Vec<Draft> {
        let mut drafts = Vec::new();
        let tree: &'t super::tree::Tree = self.tree;
        let Some(JsonValue { data: JsonData::Object(members), .. }) =
            tree.value.member("Resources").filter(|_| !self.has_twice(&tree.value))
        else {
            return drafts;
        };
        let circles = circles(&tree.value);
        for Member { name, name_span, value } in members {
            self.notes.route = format!("Resources.{name}");
            if tree.bad.contains(&name_span.start) {
                continue;
            }
            if let Some(Circle { span, shown, of_others }) = circles.get(name) {
                let rule = codes::CIRCULAR_REFERENCE;
                if *of_others {
                    let message = format!("resources refer to each other in a circle: {shown}");
                    self.notes.error(rule, *span, message, NONE_FIRST);
                    continue;
                }
                let message = format!("`{name}` refers to itself");
                self.notes.warn(rule, *span, message, NONE_FIRST);
            }
            if name.starts_with("Fn::") {
                let message = format!("`{name}` makes resources, and is not evaluated here");
                self.notes.error(codes::UNKNOWN_FUNCTION, *name_span, message, AS_PROCESSED);
                continue;
            }
            // Which of two members counts is not said.
            if self.has_twice(value) {
                continue;
            }
            let Some(kind) = value.member("Type").and_then(JsonValue::as_str) else {
                let message = format!("the resource `{name}` has no `Type`");
                self.notes.error(codes::MISSING_MEMBER, *name_span, message, "");
                continue;
            };
            if kind.ends_with(MODULE) {
                let message = format!("the module `{name}` makes resources, and is not read");
                self.notes.error(codes::NOT_UNDERSTOOD, *name_span, message, AS_PROCESSED);
                continue;
            }
            if let JsonData::Object(members) = &value.data
                && let Some(member) = members.iter().find(|member| member.name.starts_with("Fn::"))
            {
                let message =
                    format!("`{}` makes parts of `{name}`, and is not evaluated here", member.name);
                self.notes.error(codes::UNKNOWN_FUNCTION, member.name_span, message, AS_PROCESSED);
                continue;
            }
            // SAM makes policies of them.
            if let Some(connectors) = value.member("Connectors") {
                self.unread(name, "policies that SAM makes", connectors, connectors.span);
            }
            if let Some((_, help)) = ELSEWHERE.iter().find(|(known, _)| *known == kind) {
                let message = format!("`{name}` is `{kind}`, which is not read");
                self.notes.warn(codes::NOT_UNDERSTOOD, *name_span, message, help);
            }
            if let Some(properties) = value.member("Properties") {
                let resource = Resource { name, kind, all: value, properties, file };
                self.resource(resource, &mut drafts);
            }
        }
        self.notes.route = String::new();
        drafts
    }

    /// Whether a member of an object is there twice, or has no name.
    fn has_twice(&self, value: &JsonValue) -> bool {
        let JsonData::Object(members) = &value.data else { return false };
        members.iter().any(|member| self.tree.bad.contains(&member.name_span.start))
    }

    fn resource(&mut self, resource: Resource<'t>, drafts: &mut Vec<Draft>) {
        let Resource { kind, properties, .. } = resource;
        if self.has_twice(properties) {
            return;
        }
        // A function in their stead, or a macro beside them, may give any of them.
        if let JsonData::Object(members) = &properties.data
            && let Some(member) = members.iter().find(|member| member.name.starts_with("Fn::"))
        {
            let message = format!("`{}` makes properties, and is not evaluated here", member.name);
            self.notes.error(codes::UNKNOWN_FUNCTION, member.name_span, message, AS_PROCESSED);
            return;
        }
        let mut read = Vec::new();
        for place in PLACES.iter().filter(|place| place.of == kind) {
            read.extend(place.property.split('.').next());
            self.variants(resource, drafts, |at| at.place(resource, place));
        }
        if WITH_POLICIES.contains(&kind) {
            read.push("Policies");
            self.each(resource, "Policies", drafts, |at, index, value| {
                at.inline(resource, index, value)
            });
            self.each(resource, "ManagedPolicyArns", drafts, |at, _, value| {
                at.attached(resource, value, false)
            });
            self.each(resource, "PermissionsBoundary", drafts, |at, _, value| {
                at.attached(resource, value, true)
            });
        }
        if kind == "AWS::IAM::User" {
            self.each(resource, "Groups", drafts, |at, _, value| at.in_group(resource, value));
        }
        read.extend(self.special(resource, drafts));
        if let JsonData::Object(members) = &properties.data {
            for member in members.iter().filter(|member| !read.contains(&member.name.as_str())) {
                self.look(resource.name, &member.value);
            }
        }
    }

    /// Reads each item of a property, or the property as a whole where it is no list.
    pub(super) fn each(
        &mut self,
        resource: Resource<'t>,
        property: &str,
        drafts: &mut Vec<Draft>,
        read: impl Fn(&mut Self, usize, &Value) -> Evaluated<Vec<Draft>>,
    ) {
        let Some(value) = resource.properties.member(property) else { return };
        for (index, item) in crate::items(value).iter().enumerate() {
            self.variants(resource, drafts, |at| {
                let mut value = at.value(item)?;
                // Policies that stand here are not known; what is attached by name is one thing.
                if let Data::Many(name) = &value.data {
                    if property == "Policies" {
                        let list = Text::hole(name.as_str());
                        return at.not_known(&format!("`{property}`"), &list, value.span);
                    }
                    value = at.as_one(value);
                }
                let mut made = Vec::new();
                if matches!(value.data, Data::Absent) {
                    return Ok(made);
                }
                for (offset, one) in value.items().iter().enumerate() {
                    made.extend(read(at, index + offset, one)?);
                }
                Ok(made)
            });
        }
    }

    /// Reads a part of a resource under each assumption that makes a difference.
    pub(super) fn variants(
        &mut self,
        resource: Resource<'t>,
        drafts: &mut Vec<Draft>,
        read: impl Fn(&mut Self) -> Evaluated<Vec<Draft>>,
    ) {
        let mut open: Vec<Vec<(Equality, bool)>> = vec![Vec::new()];
        let mut leaves: Vec<(Vec<Assumption>, Vec<Draft>)> = Vec::new();
        let mut failed = false;
        while let Some(assumed) = open.pop() {
            self.assume(assumed.clone());
            let made = match self.exists(resource) {
                Ok(true) => read(self),
                Ok(false) => Ok(Vec::new()),
                Err(stop) => Err(stop),
            };
            match made {
                Ok(made) => leaves.push((self.assumptions(), made)),
                Err(Stop::Never) => leaves.push((self.assumptions(), Vec::new())),
                Err(Stop::Reported) => failed = true,
                Err(Stop::Split(_)) if leaves.len() + open.len() + 2 > MOST_VARIANTS => {
                    let message = format!(
                        "`{}` depends on conditions that make more than {MOST_VARIANTS} variants",
                        resource.name
                    );
                    let names: Vec<&str> = assumed
                        .iter()
                        .filter_map(|(equality, _)| equality.binds.as_deref())
                        .collect();
                    let help = format!("give values of its parameters: {}", names.join(", "));
                    self.notes.error(
                        codes::VALUE_NOT_KNOWN,
                        resource.properties.span,
                        message,
                        &help,
                    );
                    self.assume(Vec::new());
                    return;
                }
                Err(Stop::Split(equality)) => {
                    let with = |holds| {
                        let mut more = assumed.clone();
                        more.push(((*equality).clone(), holds));
                        more
                    };
                    open.extend([with(false), with(true)]);
                }
            }
        }
        self.assume(Vec::new());
        drafts.extend(merged(leaves, failed));
    }

    fn exists(&mut self, resource: Resource<'t>) -> Evaluated<bool> {
        match resource.all.member("Condition") {
            None => Ok(true),
            Some(condition) => match condition.as_str() {
                Some(name) => self.named_condition(name, condition.span),
                None => self.wrong("Condition", condition, "the name of a condition"),
            },
        }
    }

    /// A property, inside of properties.
    pub(super) fn property_value(
        &mut self,
        of: &JsonValue,
        property: &str,
    ) -> Evaluated<Option<Value>> {
        let (mut raw, mut names) = (of, property.split('.'));
        for name in names.by_ref() {
            let JsonData::Object(members) = &raw.data else { return Ok(None) };
            let Some(member) = members.iter().find(|member| member.name == name) else {
                return Ok(None);
            };
            raw = &member.value;
            let calls = matches!(&raw.data, JsonData::Object(members) if super::evaluate::function(members).is_some());
            if calls {
                break;
            }
        }
        let mut value = self.value(raw)?;
        for name in names {
            let Some(inner) = value.member(name) else { return Ok(None) };
            value = inner.clone();
        }
        Ok(Some(value).filter(|value| !matches!(value.data, Data::Absent)))
    }

    /// A property that is a document.
    fn place(&mut self, resource: Resource<'t>, place: &Place) -> Evaluated<Vec<Draft>> {
        let Some(value) = self.property_value(resource.properties, place.property)? else {
            return Ok(Vec::new());
        };
        let span = value.span;
        let value = self.document(resource.file, value)?;
        let mut parties = Vec::new();
        if place.to.is_empty() {
            parties.push(self.itself(resource));
        }
        for (property, kind) in place.to {
            parties.extend(self.parties(resource, property, kind)?);
        }
        let address = if place.one_of_several {
            format!("{}.{}", resource.name, place.property)
        } else {
            resource.name.to_owned()
        };
        Ok(vec![draft(address, span, Says::Policy(place.kind, value, parties))])
    }

    /// A list of names of which nothing is known as one name: who has it, or what is attached, is the
    /// same wherever the list is.
    fn as_one(&mut self, value: Value) -> Value {
        match value.data {
            Data::Many(name) => Value::text(self.unknown(&name, Nature::Open(None)), value.span),
            Data::Text(_) | Data::List(_) | Data::Object(_) | Data::Absent => value,
        }
    }

    /// What a property refers to.
    pub(super) fn parties(
        &mut self,
        resource: Resource<'t>,
        property: &str,
        kind: &str,
    ) -> Evaluated<Vec<Party>> {
        let Some(value) = self.property_value(resource.properties, property)? else {
            return Ok(Vec::new());
        };
        let value = self.as_one(value);
        value.items().iter().map(|item| self.party(item, kind)).collect()
    }

    /// A resource, as the holder of its own policies.
    pub(super) fn itself(&mut self, resource: Resource<'t>) -> Party {
        let arn = self.resource_arn(resource.name);
        let (address, resource_type) = (Text::known(resource.name), resource.kind.to_owned());
        Party { made: true, address, resource_type, arn }
    }

    /// What a text refers to, which would be of a type if it is no resource of the template.
    pub(super) fn party(&mut self, value: &Value, kind: &str) -> Evaluated<Party> {
        let Some(text) = value.as_text() else {
            let message =
                format!("a name or an ARN is needed here, and this is {}", value.type_name());
            let help = match &value.data {
                Data::Many(name) => super::functions::given_help(&Text::hole(name.as_str())),
                Data::Text(_) | Data::List(_) | Data::Object(_) | Data::Absent => String::new(),
            };
            return self.fail(codes::WRONG_TYPE, value.span, message, &help);
        };
        let of = text.of.clone().filter(|name| self.is_reference(name, text, kind));
        if let Some(name) = of.or_else(|| self.called(text, kind)) {
            let resource_type = self.resource_type(&name).unwrap_or_default();
            let arn = self.resource_arn(&name);
            return Ok(Party { made: true, address: Text::known(name), resource_type, arn });
        }
        let is_arn = text.fields().len() == 6
            && text.fields().first().and_then(Text::as_known) == Some("arn");
        // The path of a user, a group or a role is not part of its name.
        let row =
            arns::row(kind).filter(|row| !row.arn.contains("{p}") && row.name != "AWS::SQS::Queue");
        let arn = match row {
            _ if is_arn => Some(text.clone()),
            Some(row) if row.gives == arns::Gives::Name => {
                Some(self.arn_of(row, text, &Text::default()))
            }
            Some(_) | None => None,
        };
        Ok(Party { made: false, address: text.clone(), resource_type: kind.to_owned(), arn })
    }

    /// Whether a text that comes from a resource stands for it, where something of a type is wanted:
    /// its name, or its ARN. Another attribute may be anything.
    fn is_reference(&mut self, name: &str, text: &Text, kind: &str) -> bool {
        let own = self.resource_type(name).unwrap_or_default();
        if own == kind {
            return true;
        }
        let Some(row) = arns::row(&own) else { return false };
        let same = |one: &Text| one.pieces == text.pieces;
        same(&self.name(name, row)) || self.resource_arn(name).is_some_and(|arn| same(&arn))
    }

    /// The resource of a type that has this name or ARN: people write either where they could refer
    /// to it. What stands for the partition or the account of the stack is left open, since there is
    /// no other one that a name of IAM could be in.
    fn called(&mut self, text: &Text, kind: &str) -> Option<String> {
        let row = arns::row(kind)?;
        let fields = text.fields();
        let is_arn = fields.len() == 6 && fields.first().and_then(Text::as_known) == Some("arn");
        let of_iam = row.arn.starts_with("iam:");
        let same = |one: &Text, other: &Text| one.pieces == other.pieces;
        let alike = |own: &[Text]| {
            let equal = |at: usize| {
                own.get(at).zip(fields.get(at)).is_some_and(|(one, other)| same(one, other))
            };
            let of_aws = fields.get(4).and_then(Text::as_known) == Some("aws");
            [2, 3, 5].into_iter().all(equal) && if of_iam { !of_aws } else { equal(4) }
        };
        let JsonData::Object(members) = &self.tree.value.member("Resources")?.data else {
            return None;
        };
        let of_kind = |member: &&Member| {
            member.value.member("Type").and_then(JsonValue::as_str) == Some(kind)
        };
        let names: Vec<String> =
            members.iter().filter(of_kind).map(|member| member.name.clone()).collect();
        names.into_iter().find(|name| {
            if is_arn {
                self.resource_arn(name).is_some_and(|own| alike(&own.fields()))
            } else {
                row.gives == arns::Gives::Name && same(&self.name(name, row), text)
            }
        })
    }

    /// An item of `Policies`.
    fn inline(
        &mut self,
        resource: Resource<'t>,
        index: usize,
        value: &Value,
    ) -> Evaluated<Vec<Draft>> {
        let Some(document) = value.member("PolicyDocument") else {
            let message = "an item of `Policies` has no `PolicyDocument`";
            return self.fail(codes::MISSING_MEMBER, value.span, message, "");
        };
        let name = value.member("PolicyName").and_then(Value::as_text).and_then(Text::as_known);
        let address = match name {
            Some(name) => format!("{}.Policies.{name}", resource.name),
            None => format!("{}.Policies[{index}]", resource.name),
        };
        let span = document.span;
        let document = self.document(resource.file, document.clone())?;
        let party = self.itself(resource);
        Ok(vec![draft(address, span, Says::Policy(Kind::Identity, document, vec![party]))])
    }

    /// A managed policy that is attached by its ARN.
    pub(super) fn attached(
        &mut self,
        resource: Resource<'t>,
        value: &Value,
        boundary: bool,
    ) -> Evaluated<Vec<Draft>> {
        let party = self.itself(resource);
        self.attached_to(party, resource.name, value, boundary)
    }

    /// The same, to somebody else.
    pub(super) fn attached_to(
        &mut self,
        party: Party,
        address: &str,
        value: &Value,
        boundary: bool,
    ) -> Evaluated<Vec<Draft>> {
        let Some(arn) = value.as_text() else {
            let message =
                format!("the ARN of a policy is needed here, and this is {}", value.type_name());
            return self.fail(codes::WRONG_TYPE, value.span, message, "");
        };
        let managed =
            |name: &String| self.resource_type(name).as_deref() == Some("AWS::IAM::ManagedPolicy");
        let of = arn.of.clone().filter(managed);
        let of = of.or_else(|| self.called(arn, "AWS::IAM::ManagedPolicy"));
        Ok(vec![draft(
            address.to_owned(),
            value.span,
            Says::Attached(arn.clone(), of, party, boundary),
        )])
    }

    fn in_group(&mut self, resource: Resource<'t>, value: &Value) -> Evaluated<Vec<Draft>> {
        let group = self.party(value, "AWS::IAM::Group")?;
        let user = self.itself(resource);
        Ok(vec![draft(resource.name.to_owned(), value.span, Says::Member(user, group))])
    }
}

/// A part of a template.
pub(super) fn draft(address: String, span: Span, says: Says) -> Draft {
    Draft { address, when: Vec::new(), span, says }
}

/// What stands under all assumptions, or under each.
fn merged(leaves: Vec<(Vec<Assumption>, Vec<Draft>)>, failed: bool) -> Vec<Draft> {
    let print = |made: &[Draft]| {
        made.iter().map(|draft| (draft.address.clone(), draft.says.print())).collect::<Vec<_>>()
    };
    let first = leaves.first().map(|(_, made)| print(made));
    let same = !failed && leaves.iter().all(|(_, made)| Some(print(made)) == first);
    if same {
        return leaves.into_iter().next().map(|(_, made)| made).unwrap_or_default();
    }
    let assumed = |(when, made): (Vec<Assumption>, Vec<Draft>)| {
        made.into_iter().map(move |draft| Draft { when: when.clone(), ..draft })
    };
    leaves.into_iter().flat_map(assumed).collect()
}
