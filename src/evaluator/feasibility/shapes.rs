//! What accounts, Regions, ARNs, actions and tags look like (F22, F24).

use super::Checker;
use keyaki_iam::endpoints::{NAME_NOTHING, REGIONS_OF_PARTITIONS};
use keyaki_iam::request::{Request, arn_fields};
pub(super) use keyaki_iam::value::is_account;
use keyaki_iam::world::ModelChoice;

impl Checker<'_> {
    /// The form of the action and of the resource.
    pub(super) fn shape(&mut self) {
        let Request { action, resource, .. } = self.request;
        self.require(
            is_action(action),
            "shape",
            format_args!("`{action}` is not of the form `prefix:Name`"),
        );
        let Some(fields) = arn_fields(resource) else {
            return self.require(
                resource == "*",
                "shape",
                format_args!("`{resource}` is neither `*` nor an ARN"),
            );
        };
        let [first, _, service, .., rest] = fields;
        let nothing = first == "arn" && rest.is_empty() && NAME_NOTHING.contains(&service);
        self.require(
            nothing || is_arn(&fields),
            "shape",
            format_args!("`{resource}` is not an ARN that can exist"),
        );
        self.expect(
            has_known_fields(&fields),
            ModelChoice::F24,
            format_args!("`{resource}` names a partition, Region or account that cannot exist"),
        );
    }
}

fn is_action(text: &str) -> bool {
    let Some((prefix, name)) = text.split_once(':') else { return false };
    all(prefix, 1, |byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && all(name, 1, |byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether the fields are those of an ARN, whatever its partition, Region and account.
pub(super) fn is_arn([arn, _, service, _, _, rest]: &[&str; 6]) -> bool {
    *arn == "arn"
        && all(service, 1, |byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
        })
        && !rest.is_empty()
}

/// Whether partition, Region and account look as such do.
pub(super) fn has_known_fields([_, partition, _, region, account, _]: &[&str; 6]) -> bool {
    let placed = region.is_empty() || (is_region(region) && is_in_partition(region, partition));
    is_partition(partition)
        && placed
        && (account.is_empty() || *account == "aws" || is_account(account))
}

/// Whether a Region is one of the partition: its name tells which that is.
pub(super) fn is_in_partition(region: &str, partition: &str) -> bool {
    let told = REGIONS_OF_PARTITIONS.iter().find(|(_, start)| region.starts_with(start));
    told.map_or("aws", |(name, _)| *name) == partition
}

/// A partition of 2026.
pub(super) fn is_partition(text: &str) -> bool {
    text == "aws" || REGIONS_OF_PARTITIONS.iter().any(|(name, _)| *name == text)
}

/// A name of a user, role or session: 1 to 64 of the characters that IAM allows.
pub(super) fn is_name(text: &str) -> bool {
    text.len() <= 64
        && all(text, 1, |byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte))
}

/// A name of a user or role, or of a role that AWS makes for resources of an account: `aws:`, small
/// letters, digits and hyphens.
pub(super) fn is_entity_name(text: &str) -> bool {
    let own = |name: &str| {
        all(name, 1, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    is_name(text) || text.len() <= 64 && text.strip_prefix("aws:").is_some_and(own)
}

/// Whether an origin access identity is named as CloudFront names them.
pub(super) fn is_identity_of_cloudfront(arn: &str) -> bool {
    let id = |text: &str| all(text, 1, |byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let Some(["arn", partition, "iam", "", "cloudfront", user]) = arn_fields(arn) else {
        return false;
    };
    is_partition(partition)
        && user.strip_prefix("user/CloudFront Origin Access Identity ").is_some_and(id)
}

/// The unique id of an entity whose ids begin so.
pub(super) fn is_unique_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| all(rest, 1, |byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()))
}

/// An id: its prefix, then small letters and digits. How many, documents of AWS do not agree.
pub(super) fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| all(rest, 1, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// `[a-z]{2,4}(-[a-z]+)+-[0-9]`: `us-east-1`, `eusc-de-east-1`.
pub(crate) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    (2..=4).contains(&first.len())
        && all(first, 2, |byte| byte.is_ascii_lowercase())
        && !middle.is_empty()
        && middle.iter().all(|part| all(part, 1, |byte| byte.is_ascii_lowercase()))
        && last.len() == 1
        && all(last, 1, |byte| byte.is_ascii_digit())
}

/// The tag key in the name of a context key of a tag family.
pub(super) fn tag_key(key: &str) -> Option<&str> {
    let (family, name) = key.split_once('/')?;
    ["aws:PrincipalTag", "aws:ResourceTag", "aws:RequestTag"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(family))
        .then_some(name)
}

/// 1 to 128 characters, of the tag alphabet unless any may be there.
pub(super) fn is_tag_key(text: &str, free: bool) -> bool {
    (1..=128).contains(&text.chars().count()) && (free || text.chars().all(is_tag_char))
}

/// 0 to 256 characters, of the tag alphabet unless any may be there.
pub(super) fn is_tag_value(text: &str, free: bool) -> bool {
    text.chars().count() <= 256 && (free || text.chars().all(is_tag_char))
}

/// Of the characters beyond ASCII all count: which are letters is Unicode's business.
fn is_tag_char(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || " _.:/=+-@".contains(letter) || !letter.is_ascii()
}

fn all(text: &str, least: usize, test: impl Fn(u8) -> bool) -> bool {
    text.len() >= least && text.bytes().all(test)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions() {
        for good in ["us-east-1", "us-gov-west-1", "ap-southeast-2", "eusc-de-east-1"] {
            assert!(is_region(good), "{good}");
        }
        for bad in
            ["", "us", "us-1", "us-east-10", "us-east-", "US-east-1", "world-east-1", "unspecified"]
        {
            assert!(!is_region(bad), "{bad}");
        }
    }

    #[test]
    fn tag_families_ignore_case() {
        assert_eq!(tag_key("AWS:requesttag/Team"), Some("Team"));
        assert_eq!(tag_key("s3:prefix/x"), None);
    }
}
