//! One of an estate: whom a name means, and what decides together about its requests.

use super::facts::resources;
use super::places::{KMS, governs};
use super::subjects::Subject;
use keyaki_evaluator::semantics;
use keyaki_iam::estate::{Blocked, Entity, EntityKind, Estate, Resource};
use keyaki_iam::layers::{NamedPolicy, Policies};
use keyaki_iam::policy::read::meant;
use keyaki_iam::policy::{
    Effect, Kind, Policy, PrincipalElement, PrincipalEntry, Statement, Version,
};
use keyaki_iam::request::{Principal, PrincipalKind, Request, arn_fields};
use keyaki_iam::shape::{CallerPattern, Shape};
use thiserror::Error;

/// Why a name means nobody of an estate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NobodyError {
    /// The estate has no such user or role.
    #[error("the estate has no principal `{name}`{meant}")]
    Unknown {
        /// The name.
        name: String,
        /// The nearest one that there is, as the end of the message.
        meant: String,
    },
    /// The estate has no such account.
    #[error("the estate has no account `{name}`{meant}")]
    Account {
        /// The number.
        name: String,
        /// The nearest one that there is, as the end of the message.
        meant: String,
    },
    /// What is attached to it is not known.
    #[error(
        "the estate does not say what is attached to `{0}`; give its policies in place of the estate"
    )]
    NotSaid(String),
    /// The name is not the ARN of a user, of a role or of a root user.
    #[error(
        "`{0}` is not the ARN of a user, of a role, of a session of a role or of a root user; who is not of the estate is `anyAccount`, `services`, `identities` or `anonymous`"
    )]
    NotAnArn(String),
}

/// Whom a name means: the ARN of a user, of a role or a session of one, or of a root user; the
/// number of an account of the organization whose principals are not known; or the word of a kind
/// of outsiders.
///
/// # Errors
/// [`NobodyError`]: the estate has no such principal.
pub fn named<'a>(estate: &'a Estate, name: &str) -> Result<Subject<'a>, NobodyError> {
    let outsiders = Subject::all(estate).into_iter().filter(|one| one.is_outside());
    if let Some(found) = outsiders.into_iter().find(|one| one.name(estate) == name) {
        return Ok(found);
    }
    let principal = Principal::new(name);
    match principal.kind() {
        Some(PrincipalKind::User | PrincipalKind::RoleSession) => {
            entity(estate, &principal).map(Subject::Entity).ok_or_else(|| unknown(estate, name))
        }
        Some(PrincipalKind::Root) => {
            let [.., account, _] = arn_fields(name).unwrap_or_default();
            let known = estate.accounts.get_key_value(account).map(|(id, _)| Subject::Root(id));
            known.ok_or_else(|| unknown(estate, name))
        }
        Some(
            PrincipalKind::FederatedUser
            | PrincipalKind::Service
            | PrincipalKind::FederatedIdentity
            | PrincipalKind::Anonymous,
        )
        | None => Err(NobodyError::NotAnArn(name.to_owned())),
    }
}

fn unknown(estate: &Estate, name: &str) -> NobodyError {
    let arns = estate.entities.iter().map(|entity| entity.arn.as_str());
    NobodyError::Unknown { name: name.to_owned(), meant: meant(name, arns) }
}

/// The first name in a question that is nobody's: an account that the estate does not have, or users
/// and roles of an account whose users and roles are known, none of which the name or the pattern
/// is. A misspelt name would be a "no".
pub fn nobody(estate: &Estate, shape: &Shape) -> Option<NobodyError> {
    let accounts = estate.every_account();
    let mut named = shape.scope.accounts.iter();
    if let Some(account) = named.find(|account| !accounts.contains(account.as_str())) {
        let meant = meant(account, accounts.iter().copied());
        return Some(NobodyError::Account { name: account.clone(), meant });
    }
    let mut patterns = shape.principals.iter().flatten();
    patterns.find_map(|pattern| names_nobody(estate, pattern))
}

fn names_nobody(estate: &Estate, pattern: &CallerPattern) -> Option<NobodyError> {
    let CallerPattern::Arn(fields) = pattern else { return None };
    let [_, _, service, _, account, rest] = fields;
    let (kind, name) = rest.split_once('/')?;
    let (is_role, named) = match (service.as_str(), kind) {
        ("iam", "user") => (false, name),
        ("iam", "role") => (true, name),
        ("sts", "assumed-role") => (true, name.split('/').next().unwrap_or_default()),
        _ => return None,
    };
    if !estate.accounts.get(account).is_some_and(|one| one.principals) {
        return None;
    }
    let arn = fields.join(":");
    // A session is known by the name of its role, and a role without its path, too.
    let by_name = service == "sts" || is_role && !named.contains('/');
    let is = |entity: &Entity| {
        entity.account == *account
            && entity.is_role() == is_role
            && (semantics::is_like(&arn, &entity.arn)
                || by_name && semantics::is_like(named, entity.name()))
    };
    (!estate.entities.iter().any(is)).then(|| unknown(estate, &arn))
}

/// Whether a question may be asked as somebody: it names no other callers itself.
pub fn may_be_asked_as(subject: Subject<'_>, shape: &Shape) -> bool {
    let accounts = &shape.scope.accounts;
    let own = subject.account().is_some_and(|own| accounts.iter().any(|id| id == own));
    shape.principals.is_none() && (accounts.is_empty() || own)
}

/// Narrows the callers of a question to somebody.
pub fn ask_as(subject: Subject<'_>, estate: &Estate, shape: &mut Shape) {
    let mut own = Shape::under(Vec::new());
    subject.narrow(estate, false, &mut own);
    shape.principals = own.principals;
    shape.scope.management = own.scope.management;
}

/// The user, or the role of a session. The ARN of a session has no path, and names of roles are
/// unique in an account.
fn entity<'a>(estate: &'a Estate, principal: &Principal) -> Option<&'a Entity> {
    let arn = principal.issuer().unwrap_or_else(|| principal.arn.clone());
    if let Some(known) = estate.entity(&arn) {
        return Some(known);
    }
    let of_session = principal.arn.contains(":assumed-role/") && principal.role_arn.is_none();
    let name = arn.rsplit('/').next().unwrap_or_default();
    let account = principal.account();
    let mut same = estate.entities.iter().filter(|entity| {
        of_session
            && entity.is_role()
            && Some(entity.account.as_str()) == account
            && entity.name() == name
    });
    same.next()
}

/// The policy of a key or of a role to assume that the estate does not have, of an account of which
/// all are known: one that lets nobody in, since a key and a role have a policy (SEMANTICS 6.9).
fn nobodys(estate: &Estate, request: &Request, owner: Option<&str>) -> Option<NamedPolicy> {
    let account = estate.accounts.get(owner?)?;
    let action = request.action.to_ascii_lowercase();
    let [_, _, service, _, _, rest] = arn_fields(&request.resource)?;
    let is_key = service == KMS && rest.starts_with("key/") && account.knows_resources_of(KMS);
    let known = estate.entity(&request.resource);
    let is_role = service == "iam" && rest.starts_with("role/") && action.starts_with("sts:");
    let is_nobodys = is_role && account.principals && known.is_none();
    (is_key || is_nobodys).then(|| {
        let (version, kind) = (Version::V2012, Kind::Resource);
        let policy = Policy { version, kind, id: None, statements: Vec::new() };
        NamedPolicy::new("no policy", policy)
    })
}

/// Whether S3 Block Public Access keeps somebody out of a bucket.
fn keeps_out(estate: &Estate, bucket: &Resource, principal: &Principal) -> bool {
    let is_service = principal.kind() == Some(PrincipalKind::Service);
    let inside = is_service || principal.account() == Some(&bucket.account);
    !inside && estate.block_public_access(bucket) == Blocked::Yes
}

/// The policy of a bucket, and a statement that refuses everything.
fn refuse(named: &mut NamedPolicy, bucket: &Resource) {
    let everything = resources([bucket.arn.as_str(), &format!("{}/*", bucket.arn)]);
    let refusing = Statement {
        sid: Some("S3BlockPublicAccess".to_owned()),
        effect: Effect::Deny,
        principal: Some(PrincipalElement::new(false, vec![PrincipalEntry::Anyone])),
        resource: Some(everything),
        ..Shape::under(Vec::new()).statement
    };
    named.policy_mut().statements.push(refusing.into());
}

/// What decides about a request: what is attached to the caller and its account, the policy of the
/// resource, and the RCPs of its account.
///
/// # Errors
/// [`NobodyError`]: the caller is a user or a role that the estate does not have, or a federated-user
/// session: what is attached to it is not known.
pub fn layers(estate: &Estate, request: &Request) -> Result<Policies, NobodyError> {
    let principal = &request.principal;
    let account = principal.account().unwrap_or_default();
    let is_known = estate.accounts.get(account).is_some_and(|one| one.principals);
    let mut set = match principal.kind() {
        Some(PrincipalKind::User | PrincipalKind::RoleSession) => match entity(estate, principal) {
            Some(entity) => estate.policies_of(entity),
            None if is_known => return Err(unknown(estate, &principal.arn)),
            None => return Err(NobodyError::NotSaid(principal.arn.clone())),
        },
        // Its user and its session policies are not in the request.
        Some(PrincipalKind::FederatedUser) => {
            return Err(NobodyError::NotSaid(principal.arn.clone()));
        }
        Some(
            PrincipalKind::Root
            | PrincipalKind::Service
            | PrincipalKind::FederatedIdentity
            | PrincipalKind::Anonymous,
        )
        | None => Policies { scp: estate.scps_of(account), ..Policies::identity(Vec::new()) },
    };
    let trust = estate.entity(&request.resource).and_then(|role| match &role.kind {
        EntityKind::Role { trust } => trust.as_ref(),
        EntityKind::User { .. } => None,
    });
    let trust = trust.filter(|_| request.action.to_ascii_lowercase().starts_with("sts:"));
    let governing = estate.resources.iter().filter(|one| governs(&one.arn, &request.resource));
    let governing = governing.max_by_key(|one| one.arn.len());
    let owner = governing.map(|one| one.account.as_str()).or_else(|| request.owner());
    let policy = trust.or_else(|| governing.and_then(|one| one.policy.as_ref()));
    let mut policy = policy.map(|policy| NamedPolicy::clone(policy));
    if let Some(bucket) = governing.filter(|one| keeps_out(estate, one, principal)) {
        policy.iter_mut().for_each(|named| refuse(named, bucket));
    }
    set.resource = policy.or_else(|| nobodys(estate, request, owner));
    set.rcp = owner.map(|owner| estate.rcps_of(owner)).unwrap_or_default();
    Ok(set)
}
