//! What files say of an estate, before references between them are followed.

use crate::context::Context;
use crate::documents::Doc;
use keyaki_iam::estate::{BlockPublicAccess, Bucket, Tags};
use keyaki_iam::finding::codes;
use keyaki_iam::source::{Place, Source, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that was read.
#[derive(Default)]
pub(crate) struct Parts<'a> {
    pub accounts: BTreeMap<String, AccountPart>,
    pub entities: Vec<EntityPart<'a>>,
    pub groups: Vec<GroupPart<'a>>,
    /// Managed policies by the account that lists them and their ARNs, each as often as it is listed.
    pub managed: BTreeMap<&'a str, BTreeMap<&'a str, Vec<Managed<'a>>>>,
    /// Those of AWS, from a file of their own.
    pub of_aws: BTreeMap<&'a str, Doc<'a>>,
    pub resources: Vec<ResourcePart<'a>>,
    pub endpoints: Vec<EndpointPart<'a>>,
    /// Resources that AWS RAM shares.
    pub shared: BTreeSet<String>,
    pub organizations: Vec<OrganizationPart<'a>>,
}

/// Something in a file.
#[derive(Clone, Copy)]
pub(crate) struct Reference<'a> {
    pub text: &'a str,
    pub source: &'a Source,
    pub span: Span,
}

/// What files say of an account.
#[derive(Default)]
pub(crate) struct AccountPart {
    pub name: Option<String>,
    pub partition: Option<String>,
    pub block_public_access: Option<BlockPublicAccess>,
    pub principals: bool,
    pub resources: bool,
    /// The services of which its resources are known, where nothing says that all are.
    pub services: BTreeSet<String>,
}

/// A policy of somebody or something.
#[derive(Clone)]
pub(crate) enum Use<'a> {
    /// A managed policy by its ARN.
    Managed(Reference<'a>),
    /// A policy of the organization by its id.
    Organization(Reference<'a>),
    /// A document of its own, with the name that reports call it by.
    Own(String, Doc<'a>),
    /// A document that several use, with its name.
    Named(&'a str, Doc<'a>),
}

/// A managed policy.
pub(crate) struct Managed<'a> {
    pub doc: Doc<'a>,
    pub at: Reference<'a>,
}

/// A user or role.
pub(crate) struct EntityPart<'a> {
    pub arn: Reference<'a>,
    pub account: &'a str,
    pub id: Option<&'a str>,
    pub kind: EntityKindPart<'a>,
    pub policies: Vec<Use<'a>>,
    pub boundary: Option<Use<'a>>,
    pub tags: Option<Tags>,
    pub place: Place,
}

/// What is particular about a user or role.
pub(crate) enum EntityKindPart<'a> {
    User { groups: Vec<GroupName<'a>> },
    Role { trust: Option<Use<'a>> },
}

/// A group as a user names it.
#[derive(Clone, Copy)]
pub(crate) struct GroupName<'a> {
    pub reference: Reference<'a>,
    /// Whether it is an ARN; otherwise the name of a group of the same account.
    pub is_arn: bool,
}

/// A group.
pub(crate) struct GroupPart<'a> {
    pub arn: Reference<'a>,
    pub account: &'a str,
    pub policies: Vec<Use<'a>>,
    pub place: Place,
}

/// A resource.
pub(crate) struct ResourcePart<'a> {
    pub arn: Reference<'a>,
    pub account: String,
    pub policy: Option<Use<'a>>,
    pub tags: Option<Tags>,
    pub bucket: Bucket,
    pub place: Place,
}

/// A VPC endpoint.
pub(crate) struct EndpointPart<'a> {
    pub id: Reference<'a>,
    pub account: String,
    pub vpc: Option<&'a str>,
    pub service: Option<&'a str>,
    pub policy: Option<Use<'a>>,
    pub place: Place,
}

/// What files say of an organization.
#[derive(Default)]
pub(crate) struct OrganizationPart<'a> {
    /// Its id with its place.
    pub id: Option<Reference<'a>>,
    pub management_account: Option<&'a str>,
    /// Whether policies of a type are switched on; `None`: not said.
    pub scps: Option<bool>,
    pub rcps: Option<bool>,
    pub s3_policies: bool,
    /// The root and the units, by their ids.
    pub units: BTreeMap<&'a str, UnitPart<'a>>,
    /// Its policies by their ids.
    pub policies: BTreeMap<&'a str, Vec<OrganizationPolicy<'a>>>,
    /// The types of policies by their ids, and the targets of policies: types may come later.
    pub types: BTreeMap<&'a str, &'a str>,
    pub targets: Vec<(Reference<'a>, Reference<'a>)>,
    /// Accounts, by their numbers.
    pub members: BTreeMap<&'a str, MemberPart<'a>>,
    /// Whether it stands in one piece, so that nothing has to be listed for each unit.
    pub whole: bool,
    /// Whether it is Keyaki's own form, in which nothing has to be attached.
    pub own: bool,
}

/// A policy of an organization.
pub(crate) struct OrganizationPolicy<'a> {
    pub name: &'a str,
    pub doc: Doc<'a>,
    pub at: Reference<'a>,
}

/// The root or a unit.
pub(crate) struct UnitPart<'a> {
    pub at: Reference<'a>,
    pub name: Option<&'a str>,
    /// What is said to be its parent; none for the root.
    pub parents: Vec<Reference<'a>>,
    pub attached: AttachedPart<'a>,
    /// Whether its units, and its accounts, are listed.
    pub units_listed: bool,
    pub accounts_listed: bool,
}

/// An account of an organization.
pub(crate) struct MemberPart<'a> {
    pub at: Reference<'a>,
    pub parents: Vec<Reference<'a>>,
    pub attached: AttachedPart<'a>,
}

/// Organization policies of a target, with their names.
#[derive(Default)]
pub(crate) struct AttachedPart<'a> {
    pub scps: Vec<Use<'a>>,
    pub rcps: Vec<Use<'a>>,
}

impl AccountPart {
    /// Takes what a file says of the account, which no other file may contradict.
    pub fn say(
        &mut self,
        context: &mut Context<'_>,
        (source, span): (&Source, Span),
        name: Option<&str>,
        block: Option<BlockPublicAccess>,
    ) {
        let mut differ = |what: &str| {
            let message = format!("another file says something else of the account's {what}");
            let help = "keep the newer one";
            context.wrong(codes::CONFLICTING_FILES, source, span, "", message, help);
        };
        match (&self.name, name) {
            (Some(known), Some(name)) if known != name => differ("name"),
            (_, Some(name)) => self.name = Some(name.to_owned()),
            (_, None) => {}
        }
        match (self.block_public_access, block) {
            (Some(known), Some(block)) if known != block => differ("Block Public Access"),
            (_, Some(block)) => self.block_public_access = Some(block),
            (_, None) => {}
        }
    }
}

impl<'a> UnitPart<'a> {
    pub fn new(at: Reference<'a>) -> Self {
        let attached = AttachedPart::default();
        Self {
            at,
            name: None,
            parents: Vec::new(),
            attached,
            units_listed: false,
            accounts_listed: false,
        }
    }
}

impl<'a> MemberPart<'a> {
    pub fn new(at: Reference<'a>) -> Self {
        Self { at, parents: Vec::new(), attached: AttachedPart::default() }
    }
}
