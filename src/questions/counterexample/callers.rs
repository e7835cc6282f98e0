//! Callers that a person recognises, or that the question names.

use super::accounts::{ACCOUNT, OTHER_ACCOUNT};
use keyaki_iam::policy::PrincipalEntry;
use keyaki_iam::request::{Principal, PrincipalKind, arn_fields};
use keyaki_iam::shape::CallerPattern;
use keyaki_iam::value::is_account;
use std::iter::once_with;

/// The session of a role that is named for itself.
const SESSION: &str = "session";

/// Every candidate, best first: the best-known callers of the first account, those that the
/// question names, and one of each other kind. Each is made when it is asked for.
pub(super) fn candidates<'a>(
    entries: impl IntoIterator<Item = &'a PrincipalEntry>,
    patterns: impl IntoIterator<Item = &'a CallerPattern>,
    named_arns: impl IntoIterator<Item = String>,
) -> impl Iterator<Item = Principal> {
    let named = named_arns.into_iter().filter_map(|arn| of_arn(&arn));
    let other_kinds = OTHER_KINDS.iter().map(|make| make());
    let mut seen = Vec::new();
    members_of(ACCOUNT)
        .chain(patterns.into_iter().flat_map(callers_of))
        .chain(entries.into_iter().flat_map(of_entry))
        .chain(named)
        .chain(members_of(OTHER_ACCOUNT))
        .chain(other_kinds)
        .filter(move |principal| {
            let new = principal.kind().is_some() && !seen.contains(principal);
            if new {
                seen.push(principal.clone());
            }
            new
        })
}

/// One caller of each kind that is not the best known.
const OTHER_KINDS: [fn() -> Principal; 6] = [
    || root(ACCOUNT),
    || root(OTHER_ACCOUNT),
    || Principal::new(format!("arn:aws:sts::{ACCOUNT}:federated-user/dev")),
    || Principal::new("anonymous"),
    || Principal::new("lambda.amazonaws.com"),
    || Principal::new(format!("arn:aws:iam::{ACCOUNT}:saml-provider/example")),
];

/// A user and a role session.
fn members_of(account: &str) -> impl Iterator<Item = Principal> + use<'_> {
    let user = move || Principal::new(format!("arn:aws:iam::{account}:user/dev"));
    let session =
        move || Principal::new(format!("arn:aws:sts::{account}:assumed-role/app/{SESSION}"));
    once_with(user).chain(once_with(session))
}

fn root(account: &str) -> Principal {
    Principal::new(format!("arn:aws:iam::{account}:root"))
}

fn of_entry(entry: &PrincipalEntry) -> Vec<Principal> {
    match entry {
        PrincipalEntry::Aws(text) if is_account(text) => of_account(text),
        PrincipalEntry::Aws(text) => match arn_fields(text) {
            Some([.., account, "root"]) => of_account(account),
            _ => of_arn(text).into_iter().collect(),
        },
        PrincipalEntry::Service(text) | PrincipalEntry::Federated(text) => {
            vec![Principal::new(text)]
        }
        PrincipalEntry::AnyProvider => vec![Principal::new("accounts.google.com")],
        PrincipalEntry::Anyone | PrincipalEntry::CanonicalUser(_) => Vec::new(),
    }
}

/// Callers that the pattern matches, with names for its wildcards, best first.
pub fn callers_of(pattern: &CallerPattern) -> Vec<Principal> {
    match pattern {
        CallerPattern::Anyone => Vec::new(),
        CallerPattern::Account(account) => of_account(account),
        CallerPattern::Anonymous => vec![Principal::new("anonymous")],
        CallerPattern::Arn(fields) => of_arn_pattern(fields),
        CallerPattern::Entity(entity) => of_arn(&entity.arn()).into_iter().collect(),
        CallerPattern::Name(name) => vec![Principal::new(filled(name, "lambda"))],
    }
}

fn of_account(account: &str) -> Vec<Principal> {
    members_of(account).chain([root(account)]).collect()
}

/// The caller behind an ARN: of a role a session; `None` when the ARN is of no caller.
fn of_arn(arn: &str) -> Option<Principal> {
    let [_, partition, _, _, account, rest] = arn_fields(arn)?;
    let Some(path) = rest.strip_prefix("role/") else {
        let principal = Principal::new(arn);
        return principal.kind().map(|_| principal);
    };
    let name = path.rsplit('/').next()?;
    let mut session =
        Principal::new(format!("arn:{partition}:sts::{account}:assumed-role/{name}/{SESSION}"));
    session.role_arn = path.contains('/').then(|| arn.to_owned());
    (session.kind() == Some(PrincipalKind::RoleSession)).then_some(session)
}

/// The pattern with names for its wildcards, in both accounts where it leaves the account open.
fn of_arn_pattern([_, partition, service, _, account, rest]: &[String; 6]) -> Vec<Principal> {
    let mut segments = rest.split('/');
    let first = segments.next().unwrap_or_default();
    let filler = |position: usize| match (first, position) {
        ("role", _) | ("assumed-role", 0) => "app",
        ("assumed-role", _) => SESSION,
        _ => "dev",
    };
    let names = segments.enumerate().map(|(position, segment)| filled(segment, filler(position)));
    let rest = [first.to_owned()].into_iter().chain(names).collect::<Vec<_>>().join("/");
    let known = if matches!(first, "assumed-role" | "federated-user") { "sts" } else { "iam" };
    let service = if service.contains(['*', '?']) { known } else { service };
    let callers = [ACCOUNT, OTHER_ACCOUNT].map(|own| {
        format!("arn:{}:{service}::{}:{rest}", filled(partition, "aws"), filled(account, own))
    });
    callers.iter().filter_map(|arn| of_arn(arn)).collect()
}

/// The pattern with the filler for all of it if it is one star, and else for each star.
fn filled(pattern: &str, filler: &str) -> String {
    pattern.replace('*', filler).replace('?', "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(principals: Vec<Principal>) -> Vec<String> {
        let text = |principal: Principal| {
            principal
                .role_arn
                .map_or(principal.arn.clone(), |role| format!("{} of {role}", principal.arn))
        };
        principals.into_iter().map(text).collect()
    }

    #[test]
    fn entries_and_patterns_become_callers() {
        let aws = |text: &str| PrincipalEntry::Aws(text.to_owned());
        let entries = [
            (aws("arn:aws:iam::1:user/eng/eve"), vec!["arn:aws:iam::1:user/eng/eve"]),
            (aws("arn:aws:iam::1:role/admin"), vec!["arn:aws:sts::1:assumed-role/admin/session"]),
            (
                aws("arn:aws-cn:iam::1:role/a/b"),
                vec!["arn:aws-cn:sts::1:assumed-role/b/session of arn:aws-cn:iam::1:role/a/b"],
            ),
            (
                aws("777788889999"),
                vec![
                    "arn:aws:iam::777788889999:user/dev",
                    "arn:aws:sts::777788889999:assumed-role/app/session",
                    "arn:aws:iam::777788889999:root",
                ],
            ),
            (aws("AIDAJQABLZS4A3QDU576Q"), vec![]),
            (PrincipalEntry::Service("s3.amazonaws.com".into()), vec!["s3.amazonaws.com"]),
            (PrincipalEntry::Anyone, vec![]),
        ];
        for (entry, expected) in entries {
            assert_eq!(texts(of_entry(&entry)), expected, "{entry:?}");
        }
        let both = |rest: &str| {
            [ACCOUNT, OTHER_ACCOUNT]
                .map(|account| format!("arn:aws:{}", rest.replace("::", &format!("::{account}:"))))
                .to_vec()
        };
        let patterns = [
            ("arn:aws:iam::*:user/*", both("iam::user/dev")),
            ("arn:*:*::*:assumed-role/ad*/*", both("sts::assumed-role/adapp/session")),
            ("arn:aws:iam::*:root", both("iam::root")),
            ("arn:aws:s3:::b*", vec![]),
            ("*.amazonaws.com", vec!["lambda.amazonaws.com".to_owned()]),
            ("anonymous", vec!["anonymous".to_owned()]),
            ("*", vec![]),
        ];
        for (pattern, expected) in patterns {
            assert_eq!(
                texts(callers_of(&CallerPattern::parse(pattern).unwrap())),
                expected,
                "{pattern}"
            );
        }
    }

    #[test]
    fn every_kind_is_a_candidate_and_the_best_known_is_first() {
        let all: Vec<Principal> = candidates([], [], []).collect();
        assert_eq!(all[0].arn, "arn:aws:iam::111122223333:user/dev");
        let kinds: std::collections::BTreeSet<_> = all.iter().filter_map(Principal::kind).collect();
        assert_eq!(kinds.len(), 7);
    }
}
