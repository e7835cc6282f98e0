//! Policies in what makes infrastructure, as it is reviewed: templates of CloudFormation and plans of
//! Terraform. What is not known before something is made is a parameter of the policy
//! ([`keyaki_iam::policy::parameter`]), never a guess.

mod apis;
pub mod cloudformation;
mod compose;
pub mod principals;
pub mod terraform;

use keyaki_iam::finding::Finding;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::policy::Kind;
use keyaki_iam::source::{Source, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use cloudformation::{Given, cloudformation};
pub use terraform::{Plan, plan};

/// What a file says.
#[derive(Debug, Default)]
pub struct Template {
    /// The file.
    pub source: Option<Source>,
    /// Its policies, in the order of the file.
    pub documents: Vec<Document>,
    /// What is attached by a reference: managed policies, those of the file too, and boundaries.
    /// The holders of a document of the file have it, too, where it is no boundary.
    pub attachments: Vec<Attachment>,
    /// What could not be read, each with its place; what could be is among the documents all the
    /// same. Warnings stand here, too.
    pub findings: Vec<Finding>,
    /// Of what that is: one for each error, but for those of files of configuration.
    pub unread: Vec<Unread>,
    /// The groups that users are in.
    pub memberships: Vec<Membership>,
    /// Which of the values that were given it asked for.
    pub used: Vec<String>,
    /// Of parameters, by their names, what the file says of their values: another text is another
    /// choice of values, or other values for the same choice.
    pub facts: BTreeMap<String, String>,
    /// The values that parameters may have, where the file tells them.
    pub values: BTreeMap<String, Vec<String>>,
    /// Parameters that another one decides.
    pub tables: BTreeMap<String, Table>,
    /// What resources have beside policies that limits or gives access, by the address of the
    /// resource.
    pub settings: BTreeMap<String, Settings>,
    /// The types of all resources, by their addresses.
    pub resources: BTreeMap<String, String>,
    /// Resources that have another address than before: the new ones by those before.
    pub moved: BTreeMap<String, String>,
    /// The resources that stay when they are taken out of the file, or when another one comes in their
    /// place.
    pub retained: BTreeMap<String, Kept>,
    /// The resources to which AWS gives a policy where they have none of their own.
    pub with_defaults: BTreeSet<String>,
}

/// What a resource has beside policies, as it is written: another text is another access, of which
/// nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// What may give access.
    pub grants: String,
    /// What limits it, or says where it is given.
    pub limits: String,
    /// Policies that are not read: what is gone of them may have refused something.
    pub policies: String,
    /// Where in the file that stands.
    pub span: Span,
}

impl Settings {
    /// Whether there is nothing of it.
    pub fn is_empty(&self) -> bool {
        self.grants.is_empty() && self.limits.is_empty() && self.policies.is_empty()
    }
}

/// When a resource stays that the file does not have any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whether it stays when it is taken out of the file.
    pub deleted: bool,
    /// What it is, as it is written, if it stays when another one comes in its place: where that is
    /// another text, one may.
    pub replaced: Option<String>,
}

/// How a parameter decides another one.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// The parameter that decides.
    pub by: String,
    /// The value of the other one for each of its values.
    pub values: BTreeMap<String, String>,
    /// The value of the other one for all that are none of these; without it there is no stack with
    /// such a value.
    pub default: Option<String>,
}

/// What could not be read.
#[derive(Debug, Clone)]
pub struct Unread {
    /// The address of the resource, or of the policy; empty: the file as a whole.
    pub address: String,
    /// Whether principals may have it beside what is theirs: a policy that is attached to them, or a
    /// group that they are in.
    pub of_others: bool,
    /// Whether it may be any resource: a macro, a loop or a module.
    pub anything: bool,
    /// The text in which the mistake stands.
    pub source: Source,
    /// Where it stands there.
    pub span: Span,
}

impl Template {
    /// What the file says of the values of a parameter: of that, or of what it is a part of, such as
    /// the Region in an ARN or a value in a list.
    pub fn fact(&self, parameter: &str) -> Option<String> {
        // What follows a `#` tells names apart that differ in case.
        let own = parts(parameter).rev().find_map(|(name, _)| self.facts.get(name)).cloned();
        // What a list or a text is made of stands in what it is called.
        let is_made = parameter.contains(['(', '$']);
        own.or_else(|| {
            let all = is_made.then_some(parameter)?;
            let is_in = |name: &&String| {
                all.match_indices(name.as_str()).any(|(at, _)| {
                    let before = all.get(..at).and_then(|text| text.chars().next_back());
                    let after = all.get(at + name.len()..).and_then(|text| text.chars().next());
                    !before.is_some_and(char::is_alphanumeric)
                        && !after.is_some_and(char::is_alphanumeric)
                })
            };
            let inner = self.facts.keys().filter(is_in).filter_map(|name| self.facts.get(name));
            let inner: Vec<&str> = inner.map(String::as_str).collect();
            (!inner.is_empty()).then(|| inner.join(" "))
        })
    }
}

impl Unread {
    /// All of a file, if what was found is an error.
    fn whole(found: &Finding) -> Option<Self> {
        let (source, span) = (found.source.clone(), found.span);
        found.is_error().then(|| Self {
            address: String::new(),
            of_others: true,
            anything: true,
            source,
            span,
        })
    }
}

/// A policy of a template or a plan.
#[derive(Debug, Clone)]
pub struct Document {
    /// What a claim names it by: the address of the resource, and, where that has several policies,
    /// which of them it is: `AppRole.AssumeRolePolicyDocument`, `aws_iam_policy.p.policy`.
    pub address: String,
    /// What it is attached to.
    pub kind: Kind,
    /// To whom or to what: the address of each, as often as the file says so. Empty where another
    /// file attaches it.
    pub holders: Vec<Holder>,
    /// Its text as JSON, with parameters for what is not known; its places are places of the file.
    pub source: Source,
    /// Where it stands in the file.
    pub span: Span,
    /// What is assumed of values that are not known: the document is there, and says this, if all
    /// of it holds. Empty where it is there in any case.
    pub when: Vec<Assumption>,
}

impl Document {
    /// Its address without what is assumed: variants of one policy have one.
    pub fn base(&self) -> String {
        if self.when.is_empty() {
            return self.address.clone();
        }
        self.address.replacen(&under(&self.when), "", 1)
    }
}

/// That two texts are equal, or not, one of which is not known: `Env` and `prod`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumption {
    /// The text that is not known, and the other one.
    pub sides: [Vec<Part>; 2],
    /// Whether they are equal.
    pub holds: bool,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// It is known.
    Known(String),
    /// The parameter of that name stands for it.
    Parameter(String),
}

impl Assumption {
    /// The names of the parameters of both texts.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.sides.iter().flatten().filter_map(|part| match part {
            Part::Parameter(name) => Some(name.as_str()),
            Part::Known(_) => None,
        })
    }
}

impl fmt::Display for Assumption {
    /// `Env=prod`, or `Env!=prod`: parameters are written `${NAME}`, and one that is all of the left
    /// text `NAME`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [left, right] = &self.sides;
        let word = |part: &Part| match part {
            Part::Known(text) => text.clone(),
            Part::Parameter(name) => format!("${{{name}}}"),
        };
        let words = |parts: &[Part]| parts.iter().map(word).collect::<String>();
        let left = match left.as_slice() {
            [Part::Parameter(name)] => name.clone(),
            parts => words(parts),
        };
        write!(f, "{left}{}{}", if self.holds { "=" } else { "!=" }, words(right))
    }
}

/// A principal or a resource that has policies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// Its address in the file, or, for what the file does not make, its ARN, or its name after a
    /// word for its type, `role/app`, which is no address of anything that the file makes.
    pub address: String,
    /// The names of parameters in its address.
    pub parameters: Vec<String>,
    /// The type that the file gives it: `AWS::IAM::Role`, `aws_iam_role`.
    pub resource_type: String,
    /// Its ARN, with parameters for what is not known; `None` where nothing tells it.
    pub arn: Option<String>,
    /// Whether the file makes it.
    pub made: bool,
}

/// Types whose resources are open where they have no policy of their own: AWS gives a key one that lets
/// the account in (AWS KMS Developer Guide, "Default key policy"), and a file system is open to
/// everybody who reaches it (Amazon EFS User Guide, "Using IAM to control access to file systems"), as
/// are the methods of an API without authorization (Amazon API Gateway Developer Guide, "How resource
/// policies affect authorization workflow").
const WITH_DEFAULT_POLICIES: [&str; 9] = [
    "AWS::ApiGateway::RestApi",
    "AWS::Serverless::Api",
    "aws_api_gateway_rest_api",
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "aws_kms_key",
    "aws_kms_replica_key",
    "AWS::EFS::FileSystem",
    "aws_efs_file_system",
];

impl Holder {
    /// Whether AWS puts another policy in the place of its own where it has none.
    pub fn has_default_policy(&self) -> bool {
        has_default_policy(&self.resource_type)
    }
}

fn has_default_policy(resource_type: &str) -> bool {
    WITH_DEFAULT_POLICIES.contains(&resource_type)
}

/// The members of an object, if it is one.
pub(crate) fn members(value: Option<&JsonValue>) -> impl Iterator<Item = (&str, &JsonValue)> {
    let members = match value.map(|value| &value.data) {
        Some(JsonData::Object(members)) => members.as_slice(),
        Some(
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Array(_),
        )
        | None => &[],
    };
    members.iter().map(|member| (member.name.as_str(), &member.value))
}

/// What something is called that a file does not make: its ARN or URL, or its name after a word for
/// its type.
fn stranger(resource_type: &str, name: &str) -> String {
    let word = resource_type.rsplit([':', '_']).next().unwrap_or_default().to_lowercase();
    if name.starts_with("arn:") || name.contains("://") || word.is_empty() || word.contains(' ') {
        name.to_owned()
    } else {
        format!("{word}/{name}")
    }
}

/// A policy that a principal has by a reference to it.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Who has it.
    pub holder: Holder,
    /// The address of the document where the file has it, otherwise its ARN, with parameters for
    /// what is not known.
    pub policy: String,
    /// Whether it is the permissions boundary.
    pub boundary: bool,
    /// The text in which the reference stands.
    pub source: Source,
    /// Where it stands there.
    pub span: Span,
    /// As for [`Document::when`].
    pub when: Vec<Assumption>,
}

/// A user in a group.
#[derive(Debug, Clone)]
pub struct Membership {
    /// The user.
    pub user: Holder,
    /// The group.
    pub group: Holder,
    /// Where the file says so.
    pub span: Span,
    /// As for [`Document::when`].
    pub when: Vec<Assumption>,
}

/// Whether an address is another one, or that of a variant of it: under what is assumed, or one of
/// several of that name.
pub fn is_variant(address: &str, of: &str) -> bool {
    follows(address, of, &['[', '#'])
}

/// The list of which a parameter is a value that `Select` takes, or a part of one.
pub fn list_of(parameter: &str) -> Option<&str> {
    let (_, rest) = parameter.strip_prefix("Select(")?.split_once(", ")?;
    Some(rest.rsplit_once(')')?.0)
}

/// What a value is called that `Select` takes of a list.
pub(crate) fn value_of_list(at: usize, list: &str) -> String {
    format!("Select({at}, {list})")
}

/// Whether a parameter is what a mapping gives.
pub fn is_of_mapping(parameter: &str) -> bool {
    parameter.starts_with(OF_MAPPING)
}

/// What begins the name of what a mapping gives.
pub(crate) const OF_MAPPING: &str = "FindInMap:";

/// What an address says of what is assumed: nothing, or `[Env=prod, Region!=eu-west-1]`.
pub fn under(assumed: &[Assumption]) -> String {
    if assumed.is_empty() {
        return String::new();
    }
    let words: Vec<String> = assumed.iter().map(ToString::to_string).collect();
    format!("[{}]", words.join(", "))
}

/// The items of a list; any other value is one item.
pub(crate) fn items(value: &JsonValue) -> &[JsonValue] {
    match &value.data {
        JsonData::Array(items) => items,
        JsonData::Null
        | JsonData::Bool(_)
        | JsonData::Number(_)
        | JsonData::String(_)
        | JsonData::Object(_) => std::slice::from_ref(value),
    }
}

/// What the Region of a resource is called, where the file tells it.
pub fn region_of(resource: &str) -> String {
    format!("the Region of {resource}")
}

/// What an address or the name of a parameter may be a part of, the shortest first and itself last,
/// each with what follows.
pub fn parts(address: &str) -> impl DoubleEndedIterator<Item = (&str, &str)> {
    let ends = address.char_indices().filter(|(_, mark)| ['[', '#', '.'].contains(mark));
    let ends = ends.map(|(end, _)| end).chain([address.len()]);
    ends.filter_map(|end| address.split_at_checked(end))
}

/// Whether an address is another one, that of a variant of it, or that of a part of either.
pub fn is_within(address: &str, of: &str) -> bool {
    follows(address, of, &['[', '#', '.'])
}

fn follows(address: &str, of: &str, marks: &[char]) -> bool {
    let rest = address.strip_prefix(of);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(marks))
}
