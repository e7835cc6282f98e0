//! What is there: the accounts, principals, resources and endpoints of somebody, and the policies
//! that bind them. Plain data; the importers make it.

use crate::layers::{NamedPolicy, Policies};
use crate::public::{Public, is_public};
use crate::request::arn_fields;
use crate::source::Place;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A document that several principals may share: equal documents of one name are one.
pub type Shared = Arc<NamedPolicy>;

/// Tags by their keys.
pub type Tags = BTreeMap<String, String>;

/// An estate. What it does not say is not known, and said to be: an absent organization is not the
/// same as an account without one.
#[derive(Debug, Clone, Default)]
pub struct Estate {
    /// The accounts by their numbers.
    pub accounts: BTreeMap<String, Account>,
    /// The organization; `None`: nothing is said about one.
    pub organization: Option<Organization>,
    /// Users and roles, in the order of their ARNs, each once.
    pub entities: Vec<Entity>,
    /// Groups, in the order of their ARNs. What they grant stands with their members, too.
    pub groups: Vec<Group>,
    /// Resources of which something is known, in the order of their ARNs, each once.
    pub resources: Vec<Resource>,
    /// VPC endpoints.
    pub endpoints: Vec<Endpoint>,
    /// The ARNs of resources that AWS RAM shares. With whom, and what these may do, is not read.
    pub shared: BTreeSet<String>,
    /// What was in the files and is not understood, in order, each once. It has no effect on any
    /// answer.
    pub not_understood: Vec<NotUnderstood>,
    /// What it was read from, in order. No answer depends on it: answers name it.
    pub files: Vec<FileRead>,
}

/// Something in the files of an estate that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotUnderstood {
    /// The file that has it.
    pub file: String,
    /// The line of that file, from 1; `None`: nothing in the file was read.
    pub line: Option<usize>,
    /// Its place in the value that begins on that line or before, `RoleDetailList[0].Name` for
    /// example; empty where it is the whole.
    pub path: String,
    /// What it is, in words that things of one kind share.
    pub what: String,
    /// What stands there.
    pub value: Kept,
}

/// What is kept of something that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// The value, as JSON in one line.
    Whole(String),
    /// The value is too long to be kept.
    Cut {
        /// The first characters of its JSON.
        begins: String,
        /// How long its JSON is, in bytes.
        bytes: usize,
    },
    /// Nothing: it was not read.
    Nothing,
}

/// A file that an estate was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead {
    /// Its name, as messages call it.
    pub name: String,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// An account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Its name, where it is known.
    pub name: Option<String>,
    /// Its partition: `aws`.
    pub partition: String,
    /// S3 Block Public Access of the account; `None`: nothing is said about it.
    pub block_public_access: Option<BlockPublicAccess>,
    /// Whether its users and roles are known: all of them, since a part of a dump is refused.
    pub principals: bool,
    /// Whether the resource-based policies of its resources are known: a resource that the estate
    /// does not have is then one without a policy.
    pub resources: bool,
    /// Of which services they are known, by the names that ARNs have for them, where it is not
    /// known of all: a folder does not say whether what it does not have was looked for.
    pub services: Option<BTreeSet<String>>,
}

impl Account {
    /// Whether the resource-based policies of its resources of a service are known.
    pub fn knows_resources_of(&self, service: &str) -> bool {
        self.resources && self.services.as_ref().is_none_or(|known| known.contains(service))
    }
}

/// The four settings of S3 Block Public Access.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlockPublicAccess {
    /// Requests that make public ACLs are refused.
    pub block_acls: bool,
    /// Public ACLs grant nothing.
    pub ignore_acls: bool,
    /// Bucket policies that are public are not accepted.
    pub block_policy: bool,
    /// A bucket with a public policy is reached by its own account and by services only.
    pub restrict_buckets: bool,
}

/// An organization.
#[derive(Debug, Clone, Default)]
pub struct Organization {
    /// `o-...`
    pub id: String,
    /// The number of its management account, where it is known.
    pub management_account: Option<String>,
    /// The root first; the parent of a unit stands before it.
    pub units: Vec<Unit>,
    /// Where each account stands, and what is attached to it.
    pub members: BTreeMap<String, Member>,
    /// Whether service control policies are switched on.
    pub scps: bool,
    /// Whether resource control policies are switched on.
    pub rcps: bool,
    /// Whether S3 policies are switched on. They are not read, and what they say of Block Public
    /// Access takes the place of what accounts say.
    pub s3_policies: bool,
}

/// The root or an organizational unit.
#[derive(Debug, Clone, Default)]
pub struct Unit {
    /// `r-...` or `ou-...`
    pub id: String,
    /// Its name, where it is known.
    pub name: Option<String>,
    /// The number of its parent in [`Organization::units`]; `None`: the root.
    pub parent: Option<usize>,
    /// What is attached to it.
    pub attached: Attached,
}

/// An account in an organization.
#[derive(Debug, Clone, Default)]
pub struct Member {
    /// The number of its unit in [`Organization::units`].
    pub unit: usize,
    /// What is attached to it.
    pub attached: Attached,
}

/// The organization policies of one target.
#[derive(Debug, Clone, Default)]
pub struct Attached {
    /// Service control policies.
    pub scps: Vec<Shared>,
    /// Resource control policies.
    pub rcps: Vec<Shared>,
}

/// A user or a role.
#[derive(Debug, Clone)]
pub struct Entity {
    /// Its ARN, with its path.
    pub arn: String,
    /// The number of its account.
    pub account: String,
    /// `AIDA...` or `AROA...`, where it is known.
    pub id: Option<String>,
    /// What it is.
    pub kind: EntityKind,
    /// The identity-based policies that apply to it, those of its groups, too: of the user first.
    pub identity: Vec<Shared>,
    /// Its permissions boundary.
    pub boundary: Option<Shared>,
    /// Its tags; `None`: nothing is said about them.
    pub tags: Option<Tags>,
    /// Where it was read.
    pub place: Option<Place>,
}

/// What is particular about a user or a role.
#[derive(Debug, Clone)]
pub enum EntityKind {
    /// A user.
    User {
        /// The ARNs of its groups.
        groups: Vec<String>,
    },
    /// A role.
    Role {
        /// Who may assume it; `None`: nothing is said about it.
        trust: Option<Shared>,
    },
}

/// A group.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its ARN, with its path.
    pub arn: String,
    /// Its policies.
    pub identity: Vec<Shared>,
    /// Where it was read.
    pub place: Option<Place>,
}

/// A resource.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its ARN.
    pub arn: String,
    /// The number of the account that owns it.
    pub account: String,
    /// Its resource-based policy; `None`: it has none.
    pub policy: Option<Shared>,
    /// Its tags; `None`: nothing is said about them.
    pub tags: Option<Tags>,
    /// What is known of a bucket.
    pub bucket: Bucket,
    /// Where it was read.
    pub place: Option<Place>,
}

/// What is known of a bucket beside its policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Block Public Access of the bucket; `None`: nothing is said about it.
    pub block_public_access: Option<BlockPublicAccess>,
    /// Whether ACLs are off (`BucketOwnerEnforced`); `None`: nothing is said about it.
    pub acls_off: Option<bool>,
}

/// Whether S3 Block Public Access keeps a bucket to its account and to services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocked {
    /// Its policy counts as it is written.
    No,
    /// Its policy is public, and `RestrictPublicBuckets` is on.
    Yes,
    /// Nobody said whether the setting is on, or whether the policy is public is not clear.
    NotSaid,
}

/// A VPC endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `vpce-...`
    pub id: String,
    /// The number of the account that owns it.
    pub account: String,
    /// `vpc-...`, where it is known.
    pub vpc: Option<String>,
    /// `com.amazonaws.us-east-1.s3`, where it is known.
    pub service: Option<String>,
    /// Its policy; `None`: it has none, and lets everything pass.
    pub policy: Option<Shared>,
    /// Where it was read.
    pub place: Option<Place>,
}

impl Entity {
    /// What is attached to it: its identity-based policies and its boundary.
    pub fn attached(&self) -> Policies {
        let boundary = self.boundary.as_deref().cloned();
        Policies { boundary, ..Policies::identity(owned(&self.identity)) }
    }

    /// Whether it is a role.
    pub fn is_role(&self) -> bool {
        matches!(self.kind, EntityKind::Role { .. })
    }

    /// Whether it is a role of a service, which organization policies do not limit (SEMANTICS 6.5).
    pub fn is_service_linked(&self) -> bool {
        self.is_role() && self.arn.contains(":role/aws-service-role/")
    }

    /// The name without the path.
    pub fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }
}

impl Resource {
    /// Whether it is a bucket of S3: `arn:aws:s3:::name`.
    pub fn is_bucket(&self) -> bool {
        arn_fields(&self.arn).is_some_and(|[_, _, service, region, account, _]| {
            service == "s3" && region.is_empty() && account.is_empty()
        })
    }

    /// Whether it is an access point of S3.
    pub fn is_access_point(&self) -> bool {
        arn_fields(&self.arn).is_some_and(|[_, _, service, _, _, rest]| {
            service.starts_with("s3") && rest.starts_with("accesspoint")
        })
    }
}

impl Organization {
    /// The units above an account, the root first; empty if it is not a member.
    fn above(&self, account: &str) -> Vec<&Unit> {
        let mut units = Vec::new();
        let mut next = self.members.get(account).map(|member| member.unit);
        // A parent stands before its children, so that this ends.
        while let Some((number, unit)) = next.and_then(|at| Some((at, self.units.get(at)?))) {
            units.push(unit);
            next = unit.parent.filter(|parent| *parent < number);
        }
        units.reverse();
        units
    }

    /// What is attached to the root, the units above an account and the account itself, in this
    /// order; empty if it is not a member.
    fn attached(&self, account: &str) -> Vec<&Attached> {
        let own = self.members.get(account).map(|member| &member.attached);
        self.above(account).into_iter().map(|unit| &unit.attached).chain(own).collect()
    }

    /// The service control policies that limit the principals of an account, level by level from
    /// the root. None for the management account and for accounts that are not members (SEMANTICS
    /// 6.5).
    pub fn scps_of(&self, account: &str) -> Vec<Vec<Shared>> {
        if !self.scps || self.management_account.as_deref() == Some(account) {
            return Vec::new();
        }
        self.attached(account).into_iter().map(|target| target.scps.clone()).collect()
    }

    /// The resource control policies that limit access to the resources of an account, likewise.
    pub fn rcps_of(&self, account: &str) -> Vec<Vec<Shared>> {
        if !self.rcps || self.management_account.as_deref() == Some(account) {
            return Vec::new();
        }
        self.attached(account).into_iter().map(|target| target.rcps.clone()).collect()
    }

    /// The value of `aws:PrincipalOrgPaths` for an account: `o-x/r-y/ou-z/`; `None` if it is not a
    /// member.
    pub fn path_of(&self, account: &str) -> Option<String> {
        let above = self.above(account);
        let first = (!above.is_empty()).then(|| format!("{}/", self.id))?;
        Some(above.iter().fold(first, |path, unit| path + &unit.id + "/"))
    }
}

impl Estate {
    /// The user or role with that ARN.
    pub fn entity(&self, arn: &str) -> Option<&Entity> {
        let found = self.entities.binary_search_by(|entity| entity.arn.as_str().cmp(arn)).ok()?;
        self.entities.get(found)
    }

    /// The resource with that ARN.
    pub fn resource(&self, arn: &str) -> Option<&Resource> {
        let found = self.resources.binary_search_by(|one| one.arn.as_str().cmp(arn)).ok()?;
        self.resources.get(found)
    }

    /// The identity-based policies and the boundary of a user or role, and the SCPs of its account:
    /// what limits whatever it asks for.
    pub fn policies_of(&self, entity: &Entity) -> Policies {
        Policies { scp: self.scps_of(&entity.account), ..entity.attached() }
    }

    /// As [`Organization::scps_of`]; none where nothing is said about an organization.
    pub fn scps_of(&self, account: &str) -> Vec<Vec<NamedPolicy>> {
        let levels = self.organization.as_ref().map(|all| all.scps_of(account));
        levels.iter().flatten().map(|level| owned(level)).collect()
    }

    /// As [`Organization::rcps_of`]; none where nothing is said about an organization.
    pub fn rcps_of(&self, account: &str) -> Vec<Vec<NamedPolicy>> {
        let levels = self.organization.as_ref().map(|all| all.rcps_of(account));
        levels.iter().flatten().map(|level| owned(level)).collect()
    }

    /// What S3 Block Public Access makes of the policy of a bucket (SEMANTICS 6.9). Of a bucket the
    /// setting is on where its own or that of its account is.
    pub fn block_public_access(&self, resource: &Resource) -> Blocked {
        let Some(policy) = resource.policy.as_ref().filter(|_| resource.is_bucket()) else {
            return Blocked::No;
        };
        let of_account = self.accounts.get(&resource.account);
        let settings = [
            of_account
                .and_then(|account| account.block_public_access)
                .filter(|_| !self.has_s3_policies(&resource.account)),
            resource.bucket.block_public_access,
        ];
        let settings = settings.map(|block| block.map(|block| block.restrict_buckets));
        let is_on = settings.contains(&Some(true));
        match is_public(&policy.policy) {
            Public::No => Blocked::No,
            Public::Yes | Public::Unclear if settings == [Some(false); 2] => Blocked::No,
            Public::Yes if is_on => Blocked::Yes,
            Public::Yes | Public::Unclear => Blocked::NotSaid,
        }
    }

    /// Whether a policy of the organization may say what Block Public Access of an account is.
    fn has_s3_policies(&self, account: &str) -> bool {
        self.organization
            .as_ref()
            .is_some_and(|all| all.s3_policies && all.members.contains_key(account))
    }

    /// Every use of a policy: a document that several share comes several times.
    pub fn documents(&self) -> impl Iterator<Item = &Shared> {
        fn of_entity(entity: &Entity) -> impl Iterator<Item = &Shared> {
            let trust = match &entity.kind {
                EntityKind::Role { trust } => trust.as_ref(),
                EntityKind::User { .. } => None,
            };
            entity.identity.iter().chain(&entity.boundary).chain(trust)
        }
        let attached = self.organization.iter().flat_map(|all| {
            let of_units = all.units.iter().map(|unit| &unit.attached);
            of_units.chain(all.members.values().map(|member| &member.attached))
        });
        self.entities
            .iter()
            .flat_map(of_entity)
            .chain(self.resources.iter().filter_map(|one| one.policy.as_ref()))
            .chain(self.endpoints.iter().filter_map(|one| one.policy.as_ref()))
            .chain(attached.flat_map(|attached| attached.scps.iter().chain(&attached.rcps)))
    }

    /// The accounts of the estate, and the members of its organization.
    pub fn every_account(&self) -> BTreeSet<&str> {
        let members = self.organization.iter().flat_map(|all| all.members.keys());
        self.accounts.keys().chain(members).map(String::as_str).collect()
    }
}

/// Documents of their own.
fn owned(shared: &[Shared]) -> Vec<NamedPolicy> {
    shared.iter().map(|policy| NamedPolicy::clone(policy)).collect()
}
