//! Sets of partitions.

use crate::endpoints::{REGIONS_OF_PARTITIONS, SUFFIXES_OF_PARTITIONS};
use std::fmt;

/// The Regions of all partitions, as of botocore 1.44.8, 2026-11.
pub const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "me-west-1",
    "mx-central-1",
    "sa-east-1",
    "sa-west-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
];

/// The keys whose values are Regions, in lower case: SEMANTICS 5.3, and
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>,
/// .../list_awsaccountmanagement.html and .../list_awskeymanagementservice.html.
pub const REGION_KEYS: &[&str] = &[
    "account:targetregion",
    "aws:requestedregion",
    "ec2:region",
    "ec2:vpceserviceregion",
    "kms:primaryregion",
    "kms:replicaregion",
];

/// The partition of which nothing in a name tells.
const USUAL: &str = "aws";

/// The partitions that exist, in the order of reports.
fn all() -> impl Iterator<Item = &'static str> {
    std::iter::once(USUAL).chain(REGIONS_OF_PARTITIONS.iter().map(|(name, _)| *name))
}

/// A set of partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partitions(u16);

impl Partitions {
    /// The bit of every name that is none of [`all`].
    const OTHERS: u16 = 1 << 15;

    /// No partition.
    pub fn none() -> Self {
        Self(0)
    }

    /// Every partition, those too that do not exist.
    pub fn whatever() -> Self {
        all().map(Self::by_name).fold(Self(Self::OTHERS), Self::and)
    }

    /// The partition that a policy names so: one that exists, or that of
    /// [`Partitions::have_others`].
    pub fn by_name(name: &str) -> Self {
        Self(all().position(|known| known == name).map_or(Self::OTHERS, |at| 1 << at))
    }

    /// The partition of which nothing in a name tells: `aws`.
    pub fn usual() -> Self {
        Self::by_name(USUAL)
    }

    /// The partition of that name; `None` if there is none.
    pub fn of(name: &str) -> Option<Self> {
        Some(Self::by_name(name)).filter(|bit| *bit != Self(Self::OTHERS))
    }

    /// The partitions of these names.
    ///
    /// # Errors
    /// A name that is none, or that there are no names, and what there is.
    pub fn named<T: AsRef<str>>(names: &[T]) -> Result<Self, String> {
        let known = || Self::known().join(", ");
        let one = |name: &T| {
            Self::of(name.as_ref()).ok_or_else(|| {
                format!("`{}` is not a partition; these are: {}", name.as_ref(), known())
            })
        };
        let bits = names.iter().map(one).collect::<Result<Vec<_>, _>>()?;
        bits.into_iter()
            .reduce(Self::and)
            .ok_or_else(|| format!("no partition is named; these are: {}", known()))
    }

    /// These and those.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether a partition of that name is among them.
    pub fn contain(self, name: &str) -> bool {
        self.0 & Self::by_name(name).0 != 0
    }

    /// Whether all of these are among those.
    pub fn are_within(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }

    /// Whether partitions are among them that do not exist: a policy names one.
    pub fn have_others(self) -> bool {
        self.0 & Self::OTHERS != 0
    }

    /// Those that exist and are not among them.
    pub fn missing(self) -> impl Iterator<Item = &'static str> {
        all().filter(move |name| !self.contain(name))
    }

    /// Those that exist and are among them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        all().filter(move |name| self.contain(name))
    }

    /// The names of all that exist.
    pub fn known() -> Vec<&'static str> {
        all().collect()
    }

    /// The partition in which a Region is; a name that does not tell is that of a Region of `aws`.
    pub fn of_region(region: &str) -> &'static str {
        REGIONS_OF_PARTITIONS
            .iter()
            .find(|(_, start)| region.starts_with(start))
            .map_or(USUAL, |(name, _)| *name)
    }

    /// The partition that the end of a service principal's name tells of; `None` where it tells of
    /// none.
    pub fn of_service(name: &str) -> Option<&'static str> {
        SUFFIXES_OF_PARTITIONS
            .iter()
            .find(|(_, suffix)| name.ends_with(suffix))
            .map(|(name, _)| *name)
    }
}

/// `aws, aws-cn`.
impl fmt::Display for Partitions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.names().collect();
        f.write_str(&names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_partition_has_its_name() {
        for name in Partitions::known() {
            let one = Partitions::of(name).unwrap();
            assert_eq!(
                (one.to_string(), one.names().collect::<Vec<_>>()),
                (name.to_owned(), vec![name])
            );
            assert!(
                one.contain(name) && !one.have_others() && one.missing().all(|other| other != name)
            );
        }
        assert_eq!(Partitions::of("aws-mars"), None);
        assert_eq!(Partitions::of_region("us-gov-west-1"), "aws-us-gov");
    }
}
