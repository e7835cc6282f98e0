//! What is taken to exist when a question is about feasible requests: the service catalogue, and
//! the model choices of SEMANTICS 5.6.

use crate::catalogue::{Catalogue, CatalogueError};
use crate::partitions::Partitions;

/// A constraint of SEMANTICS 5.6 of kind M, or the part of one that is: not documented as a law,
/// assumed unless switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ModelChoice {
    /// Of services only that of IAM Roles Anywhere sends `aws:PrincipalTag/...`, what is in a
    /// certificate (SEMANTICS 5.1).
    F6,
    /// `aws:SourceArn`, `aws:SourceAccount` and the organization of the source come only with calls
    /// by services (SEMANTICS 5.5).
    F7,
    /// `aws:SourceOrgID` and `aws:SourceOrgPaths` come together, and with `aws:SourceAccount`
    /// (SEMANTICS 5.5).
    F8,
    /// An action is authorized on resources of the types that the catalogue lists for it, and on
    /// nothing else (SEMANTICS 5.7). A choice, since AWS names other resources where it refuses
    /// some actions.
    F12,
    /// Keys of services, and tags of requests and resources, are present only where the catalogue
    /// lists them for the action or its resource (SEMANTICS 5.4 and 5.5), and keys that nobody
    /// knows are absent. A choice, since what the catalogue is made from leaves some keys out.
    F13,
    /// The keys of a VPC endpoint come together (SEMANTICS 5.3).
    F14,
    /// Where an action takes tags, `aws:TagKeys` holds the keys of `aws:RequestTag/...` and no
    /// others (SEMANTICS 5.5).
    F15,
    /// What a request creates with tags has these tags (SEMANTICS 5.4, the wording of when
    /// `aws:ResourceTag` is available).
    F16,
    /// Tags of resources and of requests have the characters and lengths that IAM's tags have
    /// (SEMANTICS 3).
    F22,
    /// Accounts are twelve digits; partitions and Regions have the names of partitions and Regions.
    F24,
    /// `aws:RequestedRegion` is the Region in the resource's ARN; `unspecified` for a foundation
    /// model without one (SEMANTICS 7.4).
    F26,
    /// `kms:ViaService` is present in calls by services and through services only.
    F27,
    /// Keys that tell which service issued the credentials tell of one service, and of something in
    /// the caller's account (SEMANTICS 5.2).
    F28,
    /// Of the keys of an identity provider a session carries those that AWS documents for later
    /// requests (SEMANTICS 5.2).
    F29,
    /// A service that is not regional is asked in the Regions of its endpoints (SEMANTICS 5.6).
    F31,
    /// What a service refuses itself is not asked for: changes of what belongs to AWS (SEMANTICS
    /// 5.6).
    F32,
    /// What a service does in a call with a role that it assumed comes from its own network,
    /// through no VPC endpoint (SEMANTICS 6.7).
    F33,
    /// Keys that are always sent with an action are present (SEMANTICS 5.6, the table
    /// `ALWAYS_SENT`).
    F34,
    /// Keys whose values are known hold one of these (SEMANTICS 5.6, the table `CLOSED`).
    F35,
    /// Callers who do not sign ask services that have resource-based policies only (SEMANTICS 5.6).
    F36,
    /// A foundation model belongs to AWS: its account and organization are never a customer's
    /// (SEMANTICS 7.2). A law for batch jobs.
    F37,
    /// `bedrock:InferenceProfileArn` fits the model, the Region and the caller (SEMANTICS 7.4).
    F38,
}

impl ModelChoice {
    /// The choice of that id, or every choice where it is `all`.
    pub fn named(name: &str) -> Option<Vec<Self>> {
        if name == "all" {
            Some(Self::ALL.to_vec())
        } else {
            Self::of(name).map(|choice| vec![choice])
        }
    }

    /// Every choice, in the order of SEMANTICS 5.6.
    pub const ALL: [Self; 22] = [
        Self::F6,
        Self::F7,
        Self::F8,
        Self::F12,
        Self::F13,
        Self::F14,
        Self::F15,
        Self::F16,
        Self::F22,
        Self::F24,
        Self::F26,
        Self::F27,
        Self::F28,
        Self::F29,
        Self::F31,
        Self::F32,
        Self::F33,
        Self::F34,
        Self::F35,
        Self::F36,
        Self::F37,
        Self::F38,
    ];

    /// The row of SEMANTICS 5.6: `F22`.
    pub fn id(self) -> &'static str {
        match self {
            Self::F6 => "F6",
            Self::F7 => "F7",
            Self::F8 => "F8",
            Self::F12 => "F12",
            Self::F13 => "F13",
            Self::F14 => "F14",
            Self::F15 => "F15",
            Self::F16 => "F16",
            Self::F22 => "F22",
            Self::F24 => "F24",
            Self::F26 => "F26",
            Self::F27 => "F27",
            Self::F28 => "F28",
            Self::F29 => "F29",
            Self::F31 => "F31",
            Self::F32 => "F32",
            Self::F33 => "F33",
            Self::F34 => "F34",
            Self::F35 => "F35",
            Self::F36 => "F36",
            Self::F37 => "F37",
            Self::F38 => "F38",
        }
    }

    /// What is assumed, as a clause in lower case.
    pub fn says(self) -> &'static str {
        match self {
            Self::F6 => {
                "services have no tags, but for what IAM Roles Anywhere reads in a certificate"
            }
            Self::F7 => {
                "`aws:SourceArn`, `aws:SourceAccount` and the organization of the source come only with calls by services"
            }
            Self::F8 => {
                "`aws:SourceOrgID` and `aws:SourceOrgPaths` come together, and with `aws:SourceAccount`"
            }
            Self::F12 => {
                "actions are authorized on resources of the types that the catalogue lists for them"
            }
            Self::F13 => {
                "keys of services, and tags, are present only where the catalogue lists them for the action or its resource"
            }
            Self::F14 => "the keys of a VPC endpoint come together",
            Self::F15 => {
                "`aws:TagKeys` holds no key without its `aws:RequestTag/...` where the action takes tags"
            }
            Self::F16 => "what a request creates with tags has these tags",
            Self::F22 => {
                "tags of resources and requests have the characters and lengths that IAM's tags have"
            }
            Self::F24 => "accounts, partitions and Regions have the forms that they have today",
            Self::F26 => "`aws:RequestedRegion` is the Region in the resource's ARN",
            Self::F27 => {
                "`kms:ViaService` is present in calls by services and through services only"
            }
            Self::F28 => {
                "keys that tell which service issued the credentials are of one service, and of the caller's account"
            }
            Self::F29 => {
                "sessions carry those keys of their identity provider that AWS documents for them"
            }
            Self::F31 => {
                "services that are not regional are asked in the Regions of their endpoints"
            }
            Self::F32 => {
                "what belongs to AWS (its managed policies, roles of permission sets, `alias/aws/`) is changed by nobody else"
            }
            Self::F33 => {
                "what a service does with its role in a call comes from the service's network, through no VPC endpoint and from no address of the customer"
            }
            Self::F34 => {
                "keys that tell of the resource, the signature or the bearer token, or repeat a required parameter, are always sent"
            }
            Self::F35 => "keys with a list of values, bounds or a form hold one of these values",
            Self::F36 => {
                "callers who do not sign ask services that have resource-based policies only"
            }
            Self::F37 => {
                "a foundation model belongs to AWS: its account and organization are never a customer's"
            }
            Self::F38 => {
                "`bedrock:InferenceProfileArn` comes with foundation models only, and fits the model, its Region and the caller"
            }
        }
    }

    /// The choice with that id, without regard to case; `None` for the rows of SEMANTICS 5.6 that
    /// are laws, and for other texts.
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.id().eq_ignore_ascii_case(id))
    }
}

/// A set of model choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assumptions(u32);

impl Default for Assumptions {
    fn default() -> Self {
        Self::all()
    }
}

impl Assumptions {
    /// Every choice: what is assumed unless somebody says otherwise.
    pub fn all() -> Self {
        ModelChoice::ALL.into_iter().fold(Self::none(), Self::with)
    }

    /// None.
    pub fn none() -> Self {
        Self(0)
    }

    /// These and one more.
    #[must_use]
    pub fn with(self, choice: ModelChoice) -> Self {
        Self(self.0 | 1 << choice as u32)
    }

    /// These but for one.
    #[must_use]
    pub fn without(self, choice: ModelChoice) -> Self {
        Self(self.0 & !(1 << choice as u32))
    }

    /// Whether the choice is among them.
    pub fn contains(self, choice: ModelChoice) -> bool {
        self.0 & 1 << choice as u32 != 0
    }

    /// Those that are in the set, in order.
    pub fn iter(self) -> impl Iterator<Item = ModelChoice> {
        ModelChoice::ALL.into_iter().filter(move |choice| self.contains(*choice))
    }
}

/// What is taken to exist.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// Services, actions, resource types and keys.
    pub catalogue: &'a Catalogue,
    /// The model choices that are assumed.
    pub assumptions: Assumptions,
    /// Whether services may have actions that the catalogue does not list: tomorrow's. Questions may
    /// then name Regions and services as callers that nobody knows, too.
    pub unknown_actions: bool,
    /// Whether requests may carry keys that neither the tables of SEMANTICS 5 nor the catalogue
    /// know.
    pub unknown_keys: bool,
    /// The partitions in which questions are asked; `None`: each in those that it names (SEMANTICS
    /// 6.8).
    pub partitions: Option<Partitions>,
}

impl<'a> World<'a> {
    /// What the catalogue says, every model choice assumed, no other actions and keys, in the
    /// partitions that each question names.
    pub fn new(catalogue: &'a Catalogue) -> Self {
        Self {
            catalogue,
            assumptions: Assumptions::all(),
            unknown_actions: false,
            unknown_keys: false,
            partitions: None,
        }
    }
}

impl World<'static> {
    /// The world of the catalogue that Keyaki carries.
    ///
    /// # Errors
    ///
    /// As [`Catalogue::embedded`].
    pub fn embedded() -> Result<Self, CatalogueError> {
        Catalogue::embedded().map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_switched_one_by_one() {
        let some = Assumptions::all().without(ModelChoice::F22);
        assert!(!some.contains(ModelChoice::F22) && some.contains(ModelChoice::F24));
        assert_eq!(some.with(ModelChoice::F22), Assumptions::default());
        assert_eq!(some.iter().count(), ModelChoice::ALL.len() - 1);
        assert_eq!(Assumptions::none().iter().next(), None);
    }

    #[test]
    fn ids_are_found() {
        for choice in ModelChoice::ALL {
            assert_eq!(ModelChoice::of(&choice.id().to_lowercase()), Some(choice));
        }
        assert_eq!(ModelChoice::of("F1"), None);
    }
}
