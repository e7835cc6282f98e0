//! Whoever may ask for something: the principals of an estate, and everybody else by kinds.

use crate::query::everything;
use keyaki_iam::estate::{Entity, Estate};
use keyaki_iam::layers::{NamedPolicy, Policies};
use keyaki_iam::policy::Kind;
use keyaki_iam::shape::{CallerPattern, Entity as Pattern, Shape};

/// Somebody, or everybody of one kind.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A user, or the sessions of a role.
    Entity(&'a Entity),
    /// The root user of an account of the estate.
    Root(&'a str),
    /// Whoever is in an account of the organization of which the principals are not known.
    Member(&'a str),
    /// Whoever is in an account that is none of the estate's, nor of its organization.
    AnyAccount,
    /// Services of AWS.
    Service,
    /// Identities of external providers.
    Provider,
    /// Whoever does not sign.
    Anonymous,
}

/// A kind of [`Subject`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectKind {
    /// A user.
    User,
    /// A role.
    Role,
    /// A root user.
    Root,
    /// Another account of the organization.
    Organization,
    /// Any other account.
    AnyAccount,
    /// Services.
    Services,
    /// Identities of external providers.
    Identities,
    /// Anonymous.
    Anonymous,
}

impl SubjectKind {
    /// The word of answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Role => "role",
            Self::Root => "root",
            Self::Organization => "organization",
            Self::AnyAccount => "anyAccount",
            Self::Services => "services",
            Self::Identities => "identities",
            Self::Anonymous => "anonymous",
        }
    }
}

impl<'a> Subject<'a> {
    /// Everybody, in the order of answers: users and roles by their ARNs, root users, then who is
    /// not of the estate.
    pub fn all(estate: &'a Estate) -> Vec<Self> {
        let known = |account: &str| estate.accounts.get(account).is_some_and(|one| one.principals);
        let roots = estate.accounts.keys().filter(|account| known(account));
        let members = estate.organization.iter().flat_map(|all| all.members.keys());
        let others = estate.accounts.keys().filter(|account| !known(account));
        let mut unknown: Vec<&'a String> =
            members.filter(|account| !known(account)).chain(others).collect();
        unknown.sort();
        unknown.dedup();
        let entities = estate.entities.iter().map(Self::Entity);
        entities
            .chain(roots.map(|account| Self::Root(account)))
            .chain(unknown.into_iter().map(|account| Self::Member(account)))
            .chain([Self::AnyAccount, Self::Service, Self::Provider, Self::Anonymous])
            .collect()
    }

    /// Everybody whom a question is about: where it is about callers of some accounts, only those.
    pub fn asked(estate: &'a Estate, shape: &Shape) -> Vec<Self> {
        let accounts = &shape.scope.accounts;
        let mut all = Self::all(estate);
        if !accounts.is_empty() {
            all.retain(|one| one.account().is_some_and(|own| accounts.iter().any(|id| id == own)));
        }
        all
    }

    /// The user or role that it is, if it is one of the estate.
    pub fn entity(self) -> Option<&'a Entity> {
        match self {
            Self::Entity(entity) => Some(entity),
            Self::Root(_)
            | Self::Member(_)
            | Self::AnyAccount
            | Self::Service
            | Self::Provider
            | Self::Anonymous => None,
        }
    }

    /// Its kind.
    pub fn kind(self) -> SubjectKind {
        match self {
            Self::Entity(entity) if entity.is_role() => SubjectKind::Role,
            Self::Entity(_) => SubjectKind::User,
            Self::Root(_) => SubjectKind::Root,
            Self::Member(_) => SubjectKind::Organization,
            Self::AnyAccount => SubjectKind::AnyAccount,
            Self::Service => SubjectKind::Services,
            Self::Provider => SubjectKind::Identities,
            Self::Anonymous => SubjectKind::Anonymous,
        }
    }

    /// The name of answers: an ARN, an account, or the word of its kind.
    pub fn name(self, estate: &Estate) -> String {
        match self {
            Self::Entity(entity) => entity.arn.clone(),
            Self::Root(account) => {
                let partition = estate.accounts.get(account).map_or("aws", |one| &one.partition);
                format!("arn:{partition}:iam::{account}:root")
            }
            Self::Member(account) => account.to_owned(),
            Self::AnyAccount | Self::Service | Self::Provider | Self::Anonymous => {
                self.kind().word().to_owned()
            }
        }
    }

    /// Whether it is somebody whom the estate does not name.
    pub fn is_outside(self) -> bool {
        match self {
            Self::Entity(_) | Self::Root(_) => false,
            Self::Member(_)
            | Self::AnyAccount
            | Self::Service
            | Self::Provider
            | Self::Anonymous => true,
        }
    }

    /// The account, where it is one account.
    pub fn account(self) -> Option<&'a str> {
        match self {
            Self::Entity(entity) => Some(&entity.account),
            Self::Root(account) | Self::Member(account) => Some(account),
            Self::AnyAccount | Self::Service | Self::Provider | Self::Anonymous => None,
        }
    }

    /// What is attached to somebody who is no user and no role. Whoever is not of the estate has
    /// every permission that can be had elsewhere: nobody here knows its policies.
    pub(super) fn identity(self) -> Vec<NamedPolicy> {
        match self {
            Self::Member(_) | Self::AnyAccount => vec![everything(Kind::Identity)],
            Self::Entity(_) | Self::Root(_) | Self::Service | Self::Provider | Self::Anonymous => {
                Vec::new()
            }
        }
    }

    /// What applies to a user or role beside a policy that is to be attached to it; `None` of others,
    /// to whom nothing is attached.
    pub fn beside(self, estate: &Estate) -> Option<Policies> {
        match self {
            Self::Entity(entity) => Some(Policies {
                rcp: estate.rcps_of(&entity.account),
                ..estate.policies_of(entity)
            }),
            Self::Root(_)
            | Self::Member(_)
            | Self::AnyAccount
            | Self::Service
            | Self::Provider
            | Self::Anonymous => None,
        }
    }

    /// Narrows a shape to its requests, or to those of anybody of its class.
    pub(super) fn narrow(self, estate: &Estate, like: bool, shape: &mut Shape) {
        let pattern = |fields: [&str; 6]| CallerPattern::Arn(fields.map(str::to_owned));
        let of_account = |account: &str| {
            vec![
                pattern(["arn", "*", "iam", "", account, "user/*"]),
                pattern(["arn", "*", "iam", "", account, "role/*"]),
                pattern(["arn", "*", "sts", "", account, "assumed-role/*"]),
                pattern(["arn", "*", "sts", "", account, "federated-user/*"]),
                pattern(["arn", "*", "iam", "", account, "root"]),
            ]
        };
        let provider = |kind: &str| pattern(["arn", "*", "iam", "", "*", kind]);
        let is_managing = |account: &str| {
            let organization = estate.organization.as_ref()?;
            Some(organization.management_account.as_ref()? == account)
        };
        shape.scope.management = match self.account() {
            Some(account) => is_managing(account),
            None => estate.organization.is_some().then_some(false),
        };
        shape.principals = Some(match self {
            Self::Entity(entity) if like => {
                let partition =
                    keyaki_iam::request::arn_fields(&entity.arn).map(|fields| fields[1]);
                let kind = match (entity.is_role(), entity.is_service_linked()) {
                    (true, true) => "role/aws-service-role/*",
                    (true, false) => "role/*",
                    (false, _) => "user/*",
                };
                let partition = partition.unwrap_or_default();
                vec![pattern(["arn", partition, "iam", "", &entity.account, kind])]
            }
            // A role or user whose ARN is of no known form is nobody.
            Self::Entity(entity) => {
                Pattern::of(&entity.arn).map(CallerPattern::Entity).into_iter().collect()
            }
            Self::Root(account) => {
                let partition = estate.accounts.get(account).map_or("*", |one| &one.partition);
                vec![pattern(["arn", partition, "iam", "", account, "root"])]
            }
            Self::Member(account) => of_account(account),
            Self::AnyAccount => of_account("*"),
            // Providers with plain names are told apart by their names.
            Self::Service => vec![
                CallerPattern::Name("*".to_owned()),
                pattern(["arn", "*", "iam", "", "cloudfront", "user/*"]),
            ],
            Self::Provider => {
                let plain = keyaki_iam::request::IDENTITY_PROVIDERS.iter();
                let plain = plain.map(|name| CallerPattern::Name((*name).to_owned()));
                plain.chain(["saml-provider/*", "oidc-provider/*"].map(provider)).collect()
            }
            Self::Anonymous => vec![CallerPattern::Anonymous],
        });
        shape.not_principals = match self {
            // Origin access identities are services.
            Self::AnyAccount => estate
                .every_account()
                .into_iter()
                .map(|account| CallerPattern::Account(account.to_owned()))
                .chain([pattern(["arn", "*", "iam", "", "cloudfront", "user/*"])])
                .collect(),
            Self::Service => keyaki_iam::request::IDENTITY_PROVIDERS
                .iter()
                .map(|name| CallerPattern::Name((*name).to_owned()))
                .collect(),
            Self::Entity(_)
            | Self::Root(_)
            | Self::Member(_)
            | Self::Provider
            | Self::Anonymous => Vec::new(),
        };
    }
}
