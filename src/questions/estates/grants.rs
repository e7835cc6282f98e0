//! Whom a resource-based policy may let in: read off its Allow statements, so that a question is
//! asked only where the answer can be yes.

use super::subjects::Subject;
use keyaki_iam::estate::Estate;
use keyaki_iam::policy::{Effect, Policy, PrincipalElement, PrincipalEntry};
use keyaki_iam::request::arn_fields;

/// The principal elements of the Allow statements of a policy.
pub(super) fn grantees(policy: &Policy) -> impl Iterator<Item = Option<&PrincipalElement>> {
    let allowing = policy.statements().filter(|one| one.effect == Effect::Allow);
    allowing.map(|statement| statement.principal.as_ref())
}

/// Whether a principal element may match the subject. Where that is not plain, it may.
pub(super) fn may_match(
    element: Option<&PrincipalElement>,
    subject: Subject<'_>,
    estate: &Estate,
) -> bool {
    let Some(PrincipalElement { negated, entries, parameters }) = element else { return true };
    *negated || !parameters.is_empty() || entries.iter().any(|entry| may_be(entry, subject, estate))
}

fn may_be(entry: &PrincipalEntry, subject: Subject<'_>, estate: &Estate) -> bool {
    match (entry, subject) {
        (PrincipalEntry::Anyone, _) => true,
        (PrincipalEntry::Aws(text), _) => may_be_aws(text, subject, estate),
        (PrincipalEntry::Service(_), Subject::Service)
        | (PrincipalEntry::Federated(_) | PrincipalEntry::AnyProvider, Subject::Provider) => true,
        (
            PrincipalEntry::Service(_)
            | PrincipalEntry::Federated(_)
            | PrincipalEntry::AnyProvider
            | PrincipalEntry::CanonicalUser(_),
            _,
        ) => false,
    }
}

fn may_be_aws(text: &str, subject: Subject<'_>, estate: &Estate) -> bool {
    let fields = arn_fields(text);
    let Some([.., account, rest]) = fields.or(Some(["", "", "", "", text, "root"])) else {
        return true;
    };
    let unique = fields.is_none() && text.starts_with(|letter: char| letter.is_ascii_uppercase());
    match subject {
        Subject::Entity(entity) if unique => entity.id.as_deref().is_none_or(|id| text == id),
        Subject::Entity(entity) => {
            account == entity.account
                && (rest == "root"
                    // A role is named without its path, too (SEMANTICS 6.2).
                    || rest.starts_with(if entity.is_role() { "role/" } else { "user/" })
                        && rest.rsplit('/').next() == Some(entity.name())
                    || rest.strip_prefix("assumed-role/").is_some_and(|session| {
                        entity.is_role() && session.split('/').next() == Some(entity.name())
                    }))
        }
        // Origin access identities of CloudFront are services with an ARN.
        Subject::Service => account == "cloudfront",
        Subject::Root(own) => account == own && rest == "root",
        Subject::Member(own) => unique || account == own,
        Subject::AnyAccount => unique || !estate.every_account().contains(account),
        Subject::Provider | Subject::Anonymous => false,
    }
}
