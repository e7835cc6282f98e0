//! `Principal` and `NotPrincipal` (SEMANTICS 6.2).
//!
//! Decisions where the text is silent: a text that names no principal matches neither element. An
//! account entry as an ARN is of one partition, twelve digits are of any. A canonical user matches
//! nobody, since no request shows one. A unique id is compared with `aws:userid`, which must be a
//! single value.

use super::asked::Asked;
use super::substitution::filled;
use keyaki_iam::layers::{NotPrincipalReading, Policies};
use keyaki_iam::policy::{ContextKey, Effect, PrincipalElement, PrincipalEntry};
use keyaki_iam::request::{ContextValue, PrincipalKind, Request, arn_fields};
use keyaki_iam::value;
use std::borrow::Cow;
use std::sync::LazyLock;

/// How close to the caller an entry of a principal element is; the strongest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalClass {
    /// The caller itself, or everybody.
    Direct,
    /// What issued the caller's session: the role, or the user of a federated-user session.
    Issuer,
    /// The caller's account.
    Account,
}

/// The class in which a principal element of a statement with this effect matches the caller; the
/// strongest of its entries. `None` when it does not match (SEMANTICS 6.2).
///
/// `NotPrincipal` matches when no entry does, in the class of a direct match. In a Deny the reading
/// that `policies` names decides, and a caller who has a permissions boundary is always matched.
pub fn principal_class(
    element: &PrincipalElement,
    effect: Effect,
    policies: &Policies,
    request: &Request,
) -> Option<PrincipalClass> {
    class_of_element(element, effect, policies, &Asked::about(request))
}

/// As [`principal_class`].
pub(super) fn class_of_element(
    element: &PrincipalElement,
    effect: Effect,
    policies: &Policies,
    asked: &Asked<'_>,
) -> Option<PrincipalClass> {
    let kind = asked.caller().kind?;
    if !element.negated {
        return classes(element, asked).min();
    }
    let matches = match (effect, policies.not_principal) {
        (Effect::Deny, _) if is_bounded(kind, policies) => true,
        (Effect::Deny, NotPrincipalReading::EveryLevel) => !names_every_level(element, kind, asked),
        (Effect::Deny, NotPrincipalReading::AnyEntry) | (Effect::Allow, _) => {
            classes(element, asked).next().is_none()
        }
    };
    matches.then_some(PrincipalClass::Direct)
}

/// Whether a permissions boundary is attached to the caller, which only users and roles can have.
fn is_bounded(kind: PrincipalKind, policies: &Policies) -> bool {
    policies.boundary.is_some()
        && match kind {
            PrincipalKind::User | PrincipalKind::RoleSession | PrincipalKind::FederatedUser => true,
            PrincipalKind::Root
            | PrincipalKind::Service
            | PrincipalKind::FederatedIdentity
            | PrincipalKind::Anonymous => false,
        }
}

/// The classes of the entries that match.
fn classes(element: &PrincipalElement, asked: &Asked<'_>) -> impl Iterator<Item = PrincipalClass> {
    element.entries.iter().filter_map(|entry| entry_class(entry, asked))
}

/// Whether some entry matches the caller at each of its levels: itself, its role, its account
/// (`[U20]`).
fn names_every_level(element: &PrincipalElement, kind: PrincipalKind, asked: &Asked<'_>) -> bool {
    use PrincipalClass::{Account, Direct, Issuer};
    let levels: &[PrincipalClass] = match kind {
        PrincipalKind::RoleSession => &[Direct, Issuer, Account],
        PrincipalKind::User | PrincipalKind::FederatedUser => &[Direct, Account],
        PrincipalKind::Root
        | PrincipalKind::Service
        | PrincipalKind::FederatedIdentity
        | PrincipalKind::Anonymous => &[Direct],
    };
    let anyone = element.entries.contains(&PrincipalEntry::Anyone);
    anyone || levels.iter().all(|level| classes(element, asked).any(|class| class == *level))
}

/// The class in which one entry matches the caller.
pub(super) fn entry_class(entry: &PrincipalEntry, asked: &Asked<'_>) -> Option<PrincipalClass> {
    let kind = asked.caller().kind?;
    let request = asked.request;
    let direct = |matches: bool| matches.then_some(PrincipalClass::Direct);
    let text = entry.text().map(|text| filled(text, asked.context()));
    // An entry with a parameter that has no value matches nobody.
    let text = text.map_or(Some(Cow::Borrowed("")), |text| text)?;
    match entry {
        PrincipalEntry::Anyone => Some(PrincipalClass::Direct),
        // An origin access identity; services are named by `Service`.
        PrincipalEntry::Aws(_) if kind == PrincipalKind::Service => {
            direct(text == request.principal.arn)
        }
        PrincipalEntry::Aws(_) => aws_class(&text, kind, asked),
        PrincipalEntry::Service(_) => {
            direct(kind == PrincipalKind::Service && text == request.principal.arn)
        }
        PrincipalEntry::AnyProvider => {
            direct(kind == PrincipalKind::FederatedIdentity && is_federation(&request.action))
        }
        PrincipalEntry::Federated(_) => direct(
            kind == PrincipalKind::FederatedIdentity
                && text == request.principal.arn
                && is_federation(&request.action),
        ),
        PrincipalEntry::CanonicalUser(_) => None,
    }
}

/// The calls by which an identity of a provider gets a session, and what these calls ask for
/// besides.
const FEDERATION: [&str; 5] = [
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// Whether the action is authorized when an identity of a provider asks for a session.
fn is_federation(action: &str) -> bool {
    FEDERATION.iter().any(|federation| federation.eq_ignore_ascii_case(action))
}

fn aws_class(text: &str, kind: PrincipalKind, asked: &Asked<'_>) -> Option<PrincipalClass> {
    let account = asked.caller().account?;
    let request = asked.request;
    let of_account =
        if kind == PrincipalKind::Root { PrincipalClass::Direct } else { PrincipalClass::Account };
    if text == account && value::is_account(text) {
        return Some(of_account);
    }
    let Some([_, partition, service, _, owner, rest]) = arn_fields(text) else {
        return unique_id_class(text, kind, request);
    };
    let [_, own_partition, ..] = arn_fields(&request.principal.arn)?;
    // The account `cloudfront` holds origin access identities and nothing else.
    if partition != own_partition || owner != account || owner == "cloudfront" {
        return None;
    }
    let class = |matches: bool, class| matches.then_some(class);
    match (service, rest.split_once('/')) {
        ("iam", None) => class(rest == "root", of_account),
        ("iam", Some(("role", path))) => class(
            kind == PrincipalKind::RoleSession && is_role(text, path, asked),
            PrincipalClass::Issuer,
        ),
        ("iam", Some(("user", _))) if kind == PrincipalKind::FederatedUser => {
            class(asked.issuer() == Some(text), PrincipalClass::Issuer)
        }
        _ => class(request.principal.arn == text, PrincipalClass::Direct),
    }
}

/// Whether the session's role is the one that an entry names: with a path the very same; without
/// one, any role of that name in the account, since a session's ARN does not show the path.
fn is_role(entry: &str, path: &str, asked: &Asked<'_>) -> bool {
    let Some(issuer) = asked.issuer() else { return false };
    if path.contains('/') {
        return issuer == entry;
    }
    arn_fields(issuer).and_then(|[.., role]| role.strip_prefix("role/")?.rsplit('/').next())
        == Some(path)
}

/// The key that shows a principal's unique id.
static USERID: LazyLock<ContextKey> = LazyLock::new(|| ContextKey::new("aws:userid"));

/// A unique id matches by `aws:userid`: of a user the id, of a role session the role's id, a colon
/// and the session's name.
fn unique_id_class(id: &str, kind: PrincipalKind, request: &Request) -> Option<PrincipalClass> {
    let userid = match request.context.get(&USERID)? {
        ContextValue::Single(userid) => userid,
        ContextValue::List(values) => match values.as_slice() {
            [userid] => userid,
            _ => return None,
        },
    };
    match kind {
        PrincipalKind::User if id.starts_with("AIDA") && userid == id => {
            Some(PrincipalClass::Direct)
        }
        PrincipalKind::RoleSession if id.starts_with("AROA") && userid.split_once(':')?.0 == id => {
            Some(PrincipalClass::Issuer)
        }
        PrincipalKind::User
        | PrincipalKind::RoleSession
        | PrincipalKind::FederatedUser
        | PrincipalKind::Root
        | PrincipalKind::Service
        | PrincipalKind::FederatedIdentity
        | PrincipalKind::Anonymous => None,
    }
}
