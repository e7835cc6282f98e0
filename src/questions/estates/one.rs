//! One of an estate: whom a name means, and what decides together about its requests.

use super::places::governs;
use super::subjects::Subject;
use keyaki_iam::estate::{Entity, EntityKind, Estate};
use keyaki_iam::layers::{NamedPolicy, Policies};
use keyaki_iam::policy::read::closest;
use keyaki_iam::policy::{Kind, Policy, Version};
use keyaki_iam::request::{Principal, PrincipalKind, Request, arn_fields};
use thiserror::Error;

/// Why a name means nobody of an estate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NobodyError {
    /// The estate has no such user or role.
    #[error("the estate has no principal `{name}`{}", near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    Unknown {
        /// The name.
        name: String,
        /// The nearest one that there is.
        near: Option<String>,
    },
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
    let unknown = |near: Vec<&str>| NobodyError::Unknown {
        name: name.to_owned(),
        near: near.first().map(|near| (*near).to_owned()),
    };
    match principal.kind() {
        Some(PrincipalKind::User | PrincipalKind::RoleSession) => {
            let arns = || estate.entities.iter().map(|entity| entity.arn.as_str());
            entity(estate, &principal)
                .map(Subject::Entity)
                .ok_or_else(|| unknown(closest(name, arns(), 1)))
        }
        Some(PrincipalKind::Root) => {
            let [.., account, _] = arn_fields(name).unwrap_or_default();
            let known = estate.accounts.get_key_value(account).map(|(id, _)| Subject::Root(id));
            known.ok_or_else(|| unknown(Vec::new()))
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
    let is_key = service == "kms" && rest.starts_with("key/") && account.resources;
    let known = estate.entity(&request.resource);
    let is_role = service == "iam" && rest.starts_with("role/") && action.starts_with("sts:");
    let is_nobodys = is_role && account.principals && known.is_none();
    (is_key || is_nobodys).then(|| {
        let (version, kind) = (Version::V2012, Kind::Resource);
        let policy = Policy { version, kind, id: None, statements: Vec::new() };
        NamedPolicy::new("no policy", policy)
    })
}

/// What decides about a request: what is attached to the caller and its account, the policy of the
/// resource, and the RCPs of its account. An empty list of identity-based policies where the caller
/// is not of the estate.
///
/// # Errors
/// [`NobodyError`]: the caller is a user or a role of an account whose principals are known, and it
/// is not among them.
pub fn layers(estate: &Estate, request: &Request) -> Result<Policies, NobodyError> {
    let principal = &request.principal;
    let account = principal.account().unwrap_or_default();
    let is_known = estate.accounts.get(account).is_some_and(|one| one.principals);
    let mut set = match principal.kind() {
        Some(PrincipalKind::User | PrincipalKind::RoleSession) => match entity(estate, principal) {
            Some(entity) => estate.policies_of(entity),
            None if is_known => {
                let near = closest(
                    &principal.arn,
                    estate.entities.iter().map(|entity| entity.arn.as_str()),
                    1,
                );
                return Err(NobodyError::Unknown {
                    name: principal.arn.clone(),
                    near: near.first().map(|near| (*near).to_owned()),
                });
            }
            None => Policies::identity(Vec::new()),
        },
        Some(
            PrincipalKind::FederatedUser
            | PrincipalKind::Root
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
    let policy = policy.map(|policy| NamedPolicy::clone(policy));
    set.resource = policy.or_else(|| nobodys(estate, request, owner));
    set.rcp = owner.map(|owner| estate.rcps_of(owner)).unwrap_or_default();
    Ok(set)
}
