//! The forms of what is known without a question: the service catalogue, calls, rules of lint.
//! [`crate::answers`] lists them with the others.

use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// The catalogue as a whole: the first line of `catalogue`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CatalogueHead {
    /// The version of this form.
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: u32,
    /// Always `catalogue`.
    #[schemars(extend("const" = "catalogue"))]
    pub kind: &'static str,
    /// Its size in a file, in bytes.
    pub bytes: usize,
    /// How many services it has.
    pub services: usize,
    /// What it was made from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// What a catalogue was made from.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Origin {
    /// The source.
    pub source: String,
    /// The day of its data.
    pub date: Option<String>,
}

/// A service in few words: a line of `catalogue`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceSummary {
    /// The version of this form.
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: u32,
    /// Always `serviceSummary`.
    #[schemars(extend("const" = "serviceSummary"))]
    pub kind: &'static str,
    /// What its actions begin with.
    pub prefix: String,
    /// Its name.
    pub name: String,
    /// Whether resource control policies apply to its requests.
    pub supports_resource_control_policies: bool,
    /// How many actions it has.
    pub actions: usize,
    /// How many types of resources it has.
    pub resource_types: usize,
    /// How many condition keys it lists.
    pub condition_keys: usize,
}

/// A service with all that it has: `catalogue PREFIX`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WholeService {
    /// The version of this form.
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: u32,
    /// Always `service`.
    #[schemars(extend("const" = "service"))]
    pub kind: &'static str,
    /// What its actions begin with.
    pub prefix: String,
    /// Its name.
    pub name: String,
    /// Whether resource control policies apply to its requests.
    pub supports_resource_control_policies: bool,
    /// Its actions.
    pub actions: Vec<ActionFacts>,
    /// Its types of resources.
    pub resource_types: Vec<ResourceTypeFacts>,
    /// The condition keys that it lists.
    pub condition_keys: Vec<KeyFacts>,
    /// What the catalogue was made from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// An action: `catalogue PREFIX:ACTION`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OneAction {
    /// The version of this form.
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: u32,
    /// Always `action`.
    #[schemars(extend("const" = "action"))]
    pub kind: &'static str,
    /// What is known of it.
    #[serde(flatten)]
    pub action: ActionFacts,
    /// What the catalogue was made from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// What is known of an action.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionFacts {
    /// The action, for example `s3:GetObject`.
    pub name: String,
    /// What AWS calls the kind of access.
    #[schemars(extend("enum" = ["List", "Read", "Write", "Tagging", "Permissions management"]))]
    pub access_level: &'static str,
    /// Whether a resource must be of one of the types; else it may be `*`, too.
    pub needs_resource: bool,
    /// The types of its resources; none: `*`.
    pub resources: Vec<ActionResource>,
    /// The condition keys that it lists whatever the resource.
    pub condition_keys: Vec<String>,
}

/// A type of resources of an action.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionResource {
    /// The type.
    #[serde(rename = "type")]
    pub name: String,
    /// Whether AWS marks it as required.
    pub required: bool,
    /// The formats of its ARNs.
    pub arns: Vec<String>,
    /// The condition keys that come with it.
    pub condition_keys: BTreeSet<String>,
}

/// A type of resources of a service.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceTypeFacts {
    /// The type.
    pub name: String,
    /// The formats of its ARNs.
    pub arns: Vec<String>,
    /// The condition keys that it lists.
    pub condition_keys: Vec<String>,
}

/// What is known of a condition key of a service.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeyFacts {
    /// The key.
    pub name: String,
    /// The type of its values.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["String", "ARN", "Bool", "Numeric", "Date", "IPAddress"]))]
    pub key_type: &'static str,
    /// Whether it may have several values at once.
    pub multivalued: bool,
}

/// A condition key of a service: a line of `catalogue KEY`, which has one for each service that
/// lists it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListedKey {
    /// The version of this form.
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: u32,
    /// Always `key`.
    #[schemars(extend("const" = "key"))]
    pub kind: &'static str,
    /// What is known of it.
    #[serde(flatten)]
    pub key: KeyFacts,
    /// The prefix of the service.
    pub service: String,
    /// The actions that list it, without the prefix.
    pub actions: Vec<String>,
    /// The types of resources that list it.
    pub resource_types: Vec<String>,
}

/// A key of an identity provider that no service lists: `catalogue KEY`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProviderKey {
    /// The version of this form.
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: u32,
    /// Always `providerKey`.
    #[schemars(extend("const" = "providerKey"))]
    pub kind: &'static str,
    /// The key, as asked for.
    pub name: String,
    /// The provider: `saml`, or a host with its path.
    pub provider: String,
    /// When it is present, as a clause.
    pub present: &'static str,
}

/// A global condition key: `catalogue KEY`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GlobalKey {
    /// The version of this form.
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: u32,
    /// Always `globalKey`.
    #[schemars(extend("const" = "globalKey"))]
    pub kind: &'static str,
    /// The key; of a family, with its free part.
    pub name: String,
    /// The types that its values may have.
    pub types: Vec<&'static str>,
    /// Whether it may have several values at once.
    pub multivalued: bool,
    /// When it is present, as a clause.
    pub present: &'static str,
    /// How many actions list it.
    pub actions: usize,
    /// Of how many services.
    pub services: usize,
}

/// The calls that are known: `can --call list`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CallList {
    /// The version of this form.
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: u32,
    /// The calls.
    pub calls: Vec<ListedCall>,
}

/// A call that is known.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ListedCall {
    /// Its name, as `--call` takes it.
    pub call: String,
    /// Other API operations that are authorized in the same way.
    pub api: Vec<String>,
    /// What it does, as a clause.
    pub summary: String,
    /// Pages of AWS's documentation that say so.
    pub sources: Vec<String>,
    /// What these leave open, as clauses.
    pub notes: Vec<String>,
    /// The variables of its paths, for `--where`.
    pub variables: Vec<String>,
    /// What `--where` takes about the call as a whole.
    pub whole: Vec<String>,
    /// What a call may have besides.
    pub extras: Vec<ListedExtra>,
    /// The ways to make it, in the order in which they are asked about.
    pub paths: Vec<ListedPath>,
}

/// What a call may have besides.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ListedExtra {
    /// What is added to the id of a path, after a plus sign.
    pub id: String,
    /// What is added to its name.
    pub extra: String,
}

/// A way to make a call.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ListedPath {
    /// Its name.
    pub path: String,
    /// Its short name.
    pub id: String,
    /// What must be allowed, all of it.
    pub needs: Vec<Need>,
    /// The variables that IAM does not check.
    pub unchecked: Vec<String>,
}

/// An authorization that a path needs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Need {
    /// Who is authorized.
    #[schemars(extend("enum" = ["caller", "service-role"]))]
    pub who: &'static str,
    /// The action.
    pub action: String,
    /// The resource: `*`, or an ARN with variables in braces.
    pub resource: String,
}

/// A rule of lint: a line of `lint --explain`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LintRule {
    /// The version of this form.
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: u32,
    /// The rule.
    pub rule: &'static str,
    /// What it finds, in one line.
    pub finds: &'static str,
    /// What it finds, why it matters, examples, and how it is decided, in Markdown.
    pub documentation: String,
}
