//! Keyaki's own form of an estate: one JSON file that everything else maps to.

mod read;
mod write;

pub(crate) use read::{block_public_access, is_estate, owner, read, tags as text_tags, tags_of};
pub use write::write;

use keyaki_iam::estate::BlockPublicAccess;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The word that tells the form.
pub(crate) const WORD: &str = "estate";

/// The version of the form that is written. A form with other meanings gets another number.
pub const VERSION: u32 = 1;

/// The JSON Schema of the form.
pub fn schema() -> Schema {
    schema_for!(EstateFile)
}

/// An estate: accounts, an organization, principals, resources and endpoints, and the policies that
/// bind them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EstateFile {
    /// Always `estate`.
    #[schemars(extend("const" = "estate"))]
    pub keyaki: String,
    /// The version of the form: 1.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// Accounts by their numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, AccountForm>,
    /// The organization. Without it nothing is said about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationForm>,
    /// Policy documents that are used more than once, by the names that reports call them by. Where
    /// a policy is expected, such a name may stand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub documents: BTreeMap<String, Value>,
    /// Groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupForm>,
    /// Users.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<UserForm>,
    /// Roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleForm>,
    /// Resources of which something is known, most often a policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<ResourceForm>,
    /// VPC endpoints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<EndpointForm>,
    /// The ARNs of resources that AWS RAM shares. What a share grants has no effect on any answer;
    /// answers about these resources say so.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub shared: BTreeSet<String>,
    /// What was in the files that the estate was made from and was not understood. It has no effect
    /// on any answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_understood: Vec<NotUnderstoodForm>,
}

/// An account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccountForm {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its partition; `aws` without it.
    #[serde(default)]
    pub partition: String,
    /// S3 Block Public Access of the account. Without it nothing is said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_public_access: Option<BlockPublicAccessForm>,
    /// Whether all its users and roles are here; `false` without it.
    #[serde(default)]
    pub principals: bool,
    /// Whether all resource-based policies of its resources are here, so that a resource that is not
    /// has none; `false` without it.
    #[serde(default)]
    pub resources: bool,
    /// The services of which they are here, by the names that ARNs have for them, where not those of
    /// all services are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<BTreeSet<String>>,
}

/// The four settings of S3 Block Public Access; `false` where one is not given.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BlockPublicAccessForm {
    #[serde(default)]
    block_public_acls: bool,
    #[serde(default)]
    ignore_public_acls: bool,
    #[serde(default)]
    block_public_policy: bool,
    #[serde(default)]
    restrict_public_buckets: bool,
}

impl From<BlockPublicAccess> for BlockPublicAccessForm {
    fn from(settings: BlockPublicAccess) -> Self {
        let BlockPublicAccess { block_acls, ignore_acls, block_policy, restrict_buckets } =
            settings;
        Self {
            block_public_acls: block_acls,
            ignore_public_acls: ignore_acls,
            block_public_policy: block_policy,
            restrict_public_buckets: restrict_buckets,
        }
    }
}

/// A policy: the name of a document in `documents`, or a document of its own.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum PolicyForm {
    /// A name in `documents`.
    Name(String),
    /// A document of its own.
    Own(OwnForm),
}

/// A document with its name.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnForm {
    /// What reports call it.
    pub name: String,
    /// The policy document.
    pub document: Value,
}

/// An organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrganizationForm {
    /// `o-...`
    pub id: String,
    /// The number of the management account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub management_account: Option<String>,
    /// Whether service control policies are switched on.
    pub scps: bool,
    /// Whether resource control policies are switched on.
    pub rcps: bool,
    /// Whether S3 policies are switched on: then what accounts say of Block Public Access may not
    /// hold; `false` without it.
    #[serde(default)]
    pub s3_policies: bool,
    /// The root and the organizational units, in any order.
    pub units: Vec<UnitForm>,
    /// Its accounts by their numbers.
    pub members: BTreeMap<String, MemberForm>,
}

/// The root or a unit of an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitForm {
    /// `r-...` of the root, `ou-...` of a unit.
    pub id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The id of the unit that it is in; the root has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The service control policies that are attached to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scps: Vec<PolicyForm>,
    /// The resource control policies that are attached to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rcps: Vec<PolicyForm>,
}

/// An account in an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberForm {
    /// The id of its unit, or of the root.
    pub unit: String,
    /// The service control policies that are attached to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scps: Vec<PolicyForm>,
    /// The resource control policies that are attached to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rcps: Vec<PolicyForm>,
}

/// A group.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupForm {
    /// Its ARN, with its path.
    pub arn: String,
    /// Its policies.
    #[serde(default)]
    pub policies: Vec<PolicyForm>,
}

/// A user.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserForm {
    /// Its ARN, with its path.
    pub arn: String,
    /// `AIDA...`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The ARNs of its groups, the policies of which apply to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Its own policies.
    #[serde(default)]
    pub policies: Vec<PolicyForm>,
    /// Its permissions boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boundary: Option<PolicyForm>,
    /// Its tags. Without them nothing is said about tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

/// A role.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleForm {
    /// Its ARN, with its path.
    pub arn: String,
    /// `AROA...`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Who may assume it. Without it nothing is said about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<PolicyForm>,
    /// Its policies.
    #[serde(default)]
    pub policies: Vec<PolicyForm>,
    /// Its permissions boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boundary: Option<PolicyForm>,
    /// Its tags. Without them nothing is said about tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}

/// A resource.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ResourceForm {
    /// Its ARN.
    pub arn: String,
    /// The number of the account that owns it. It may be left out where the ARN has it.
    #[serde(default)]
    pub account: String,
    /// Its resource-based policy. Without it, it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyForm>,
    /// Its tags. Without them nothing is said about tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// S3 Block Public Access of a bucket. Without it nothing is said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_public_access: Option<BlockPublicAccessForm>,
    /// Whether the ACLs of a bucket are off (`BucketOwnerEnforced`). Without it nothing is said
    /// about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acls_off: Option<bool>,
}

/// A VPC endpoint.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointForm {
    /// `vpce-...`
    pub id: String,
    /// The number of the account that owns it.
    pub account: String,
    /// `vpc-...`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
    /// `com.amazonaws.us-east-1.s3`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Its policy. Without it, it lets everything pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyForm>,
}

/// Something that was not understood: a member, or a whole file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotUnderstoodForm {
    /// The file that had it.
    pub file: String,
    /// The line of that file, from 1. Without it nothing in the file was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Its place in the file, `RoleDetailList[0].Name` for example; without it, it is the whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What it is.
    pub what: String,
    /// What stands there, unless that is too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// The first characters of its JSON, where the value is too long to be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begins: Option<String>,
    /// How long its JSON is then, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
}
