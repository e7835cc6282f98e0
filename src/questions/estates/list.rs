//! Lists of principals in claims: whom the entries mean.

use super::one::{NobodyError, named};
use super::subjects::{Subject, SubjectKind};
use keyaki_evaluator::semantics;
use keyaki_iam::estate::{EntityKind, Estate};
use keyaki_iam::policy::read::meant;
use keyaki_iam::value;
use std::collections::BTreeSet;
use thiserror::Error;

/// What an entry that means the members of a group begins with.
const MEMBERS: &str = "members of ";

/// Why an entry of a list means nobody.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ListError {
    /// The estate has no such group.
    #[error("the estate has no group `{name}`{meant}")]
    Group {
        /// Its name, or its ARN.
        name: String,
        /// The nearest one that there is, as the end of the message.
        meant: String,
    },
    /// The group has no members.
    #[error("the group `{0}` has no members, so that the entry means nobody")]
    Empty(String),
    /// The estate has no principal in that account, or of that pattern.
    #[error("no principal of the estate is `{0}`")]
    Nobody(String),
    /// As [`NobodyError`].
    #[error(transparent)]
    Name(#[from] NobodyError),
}

/// The principals that entries mean, by their names in answers. An entry is the ARN of a user, of a
/// role or of a root user, or a pattern of ARNs with `*` and `?`; `members of group/NAME`, or of the
/// ARN of a group; the number of an account, for all its principals; `root users`; or the word of a
/// kind of outsiders: `organization`, `anyAccount`, `services`, `identities`, `anonymous`.
///
/// # Errors
/// [`ListError`]: the first entry that means nobody.
pub fn listed(estate: &Estate, entries: &[String]) -> Result<BTreeSet<String>, ListError> {
    let mut names = BTreeSet::new();
    for entry in entries {
        names.extend(whom(estate, entry)?);
    }
    Ok(names)
}

fn whom(estate: &Estate, entry: &str) -> Result<Vec<String>, ListError> {
    let subjects = Subject::all(estate);
    let those = |is: &dyn Fn(&Subject<'_>) -> bool| {
        let found: Vec<String> =
            subjects.iter().filter(|one| is(one)).map(|one| one.name(estate)).collect();
        if found.is_empty() { Err(ListError::Nobody(entry.to_owned())) } else { Ok(found) }
    };
    if let Some(group) = entry.strip_prefix(MEMBERS) {
        return members(estate, group);
    }
    if entry == "root users" {
        return those(&|one| one.kind() == SubjectKind::Root);
    }
    if entry == SubjectKind::Organization.word() {
        return those(&|one| one.kind() == SubjectKind::Organization);
    }
    if value::is_account(entry) {
        return those(&|one| one.account() == Some(entry));
    }
    if entry.contains(['*', '?']) {
        return those(&|one| !one.is_outside() && semantics::is_like(entry, &one.name(estate)));
    }
    Ok(vec![named(estate, entry)?.name(estate)])
}

/// The members of a group, by its ARN, or by its path and name: `group/ml`.
fn members(estate: &Estate, group: &str) -> Result<Vec<String>, ListError> {
    let is = |arn: &str| arn == group || arn.ends_with(&format!(":{group}"));
    if !estate.groups.iter().any(|one| is(&one.arn)) {
        let arns = estate.groups.iter().flat_map(|one| {
            let name = one.arn.rsplit(':').next().unwrap_or_default();
            [one.arn.as_str(), name]
        });
        return Err(ListError::Group { name: group.to_owned(), meant: meant(group, arns) });
    }
    let found: Vec<String> = estate
        .entities
        .iter()
        .filter(|entity| match &entity.kind {
            EntityKind::User { groups } => groups.iter().any(|one| is(one)),
            EntityKind::Role { .. } => false,
        })
        .map(|entity| entity.arn.clone())
        .collect();
    if found.is_empty() { Err(ListError::Empty(group.to_owned())) } else { Ok(found) }
}
