//! The sides of a review that are estates: what principals, resources and accounts have on both, and
//! what is not the same.

mod contents;
mod data;
mod principals;

use super::alone::{everybody, everything, sets};
use super::changes::refused;
use super::sides::Thing;
use super::{Change, Revision, Sets, Versions};
use contents::Contents;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::{Blocked, Entity, EntityKind, Estate, Resource, Shared};
use keyaki_iam::finding::Finding;
use keyaki_iam::layers::{NamedPolicy, NotPrincipalReading, Policies, one_form};
use keyaki_iam::policy::Kind;
use keyaki_iam::request::arn_fields;
use keyaki_iam::shape::Shape;
use keyaki_iam::source::Place;
use keyaki_questions::estates::{Sides, apart};
use keyaki_questions::unknown::Unknown;
use std::collections::BTreeSet;

/// A side of a review.
#[derive(Debug, Default)]
pub struct EstateSide {
    /// What there is.
    pub estate: Estate,
    /// What answers call it.
    pub shown: String,
    /// Whether everything was read. Where it was not, what is not there may be somewhere.
    pub whole: bool,
}

/// What is not the same in two estates.
#[derive(Debug, Default)]
pub struct EstateChanges {
    /// What changed, in the order of the addresses.
    pub changes: Vec<Change>,
    /// How many things are the same.
    pub unchanged: usize,
    /// What one side does not say, or both.
    pub caveats: Vec<Caveat>,
    /// What is not compared.
    pub wrong: Vec<Vec<Finding>>,
}

/// What is not the same on both sides. Where one of them says nothing about an organization, that of
/// the other is taken for it.
pub fn estate_changes(
    old: &mut EstateSide,
    new: &mut EstateSide,
    not_principal: NotPrincipalReading,
) -> EstateChanges {
    let caveats = caveats(old, new);
    match (&old.estate.organization, &new.estate.organization) {
        (Some(known), None) => new.estate.organization = Some(known.clone()),
        (None, Some(known)) => old.estate.organization = Some(known.clone()),
        (Some(_), Some(_)) | (None, None) => {}
    }
    let mut differences = Differences {
        old,
        new,
        sides: Sides::of(&old.estate, &new.estate),
        not_principal,
        contents: Contents::default(),
        found: EstateChanges { caveats, ..EstateChanges::default() },
    };
    differences.principals();
    differences.trust();
    differences.resources();
    differences.endpoints();
    differences.accounts();
    differences.data();
    let mut found = differences.found;
    let of_principals = |change: &Change| matches!(change.versions, Versions::Principal(..));
    if found.changes.iter().any(of_principals) {
        // No policy of a resource stands beside theirs.
        found.caveats.push(Caveat::NoResourcePolicy);
    }
    // The policies of a role stand before who may assume it.
    found.changes.sort_by(|one, other| one.address.cmp(&other.address));
    found
}

/// What one side does not say, or both.
fn caveats(old: &EstateSide, new: &EstateSide) -> Vec<Caveat> {
    let lacks = |side: &EstateSide| side.estate.organization.is_none();
    let organization = match (lacks(old), lacks(new)) {
        (true, true) => Some(Caveat::EstateOrganization),
        (false, false) => None,
        (lacking, _) => {
            let side = if lacking { old } else { new };
            Some(Caveat::EstateOrganizationOfOther { side: side.shown.clone() })
        }
    };
    let accounts = [old, new].into_iter().flat_map(|side| &side.estate.accounts);
    let unknown = accounts.filter(|(_, account)| !account.resources);
    let unknown: BTreeSet<&String> = unknown.map(|(id, _)| id).collect();
    let accounts: Vec<String> = unknown.into_iter().cloned().collect();
    let resources = (!accounts.is_empty()).then_some(Caveat::EstateResources { accounts });
    Caveat::in_order(organization.into_iter().chain(resources))
}

/// Two sides, and what was found not to be the same.
struct Differences<'a> {
    old: &'a EstateSide,
    new: &'a EstateSide,
    sides: Sides<'a>,
    not_principal: NotPrincipalReading,
    contents: Contents,
    found: EstateChanges,
}

/// What a side has of something.
#[derive(Clone, Copy)]
enum Had<'a> {
    /// This policy.
    Policy(&'a Shared),
    /// No policy, of something that is there or is known not to be.
    None,
    /// Nobody says.
    NotSaid,
}

impl Had<'_> {
    fn thing(self) -> Option<Thing> {
        match self {
            Self::Policy(policy) => {
                let policies = vec![NamedPolicy::clone(policy)];
                Some(Thing { policies, ..Thing::default() })
            }
            Self::None | Self::NotSaid => None,
        }
    }
}

/// What is asked of policies that something has.
struct Asked<'a> {
    address: &'a str,
    kind: Kind,
    revision: Revision,
    place: Option<&'a Place>,
    had: [Had<'a>; 2],
    /// What a side does not say that says nothing of it.
    what: String,
    /// About which requests, and what counts there of either side.
    counts: Vec<(Option<Shape>, [Had<'a>; 2])>,
    caveats: Vec<Caveat>,
}

impl EstateSide {
    /// Whether a user or role of an account that is not there does not exist.
    fn has_all_of(&self, account: &str) -> bool {
        let known = self.estate.accounts.get(account);
        self.whole && known.is_some_and(|account| account.principals)
    }

    /// Whether a resource of an account that is not there has no policy.
    fn has_all_resources(&self, arn: &str, account: &str) -> bool {
        let service = arn_fields(arn).map_or("", |[_, _, service, ..]| service);
        let known = self.estate.accounts.get(account);
        self.whole && known.is_some_and(|account| account.knows_resources_of(service))
    }

    fn says_nothing(&self, what: String) -> Versions {
        Versions::Nothing(Unknown::SideSaysNothing { side: self.shown.clone(), what })
    }
}

impl<'a> Differences<'a> {
    fn add(
        &mut self,
        address: &str,
        kind: &'static str,
        revision: Revision,
        place: Option<&Place>,
        versions: Versions,
    ) {
        self.found.changes.push(Change {
            address: address.to_owned(),
            kind,
            revision,
            versions,
            place: place.cloned(),
            untold: Vec::new(),
            other_values: Vec::new(),
        });
    }

    /// Who may assume roles.
    fn trust(&mut self) {
        for (arn, [was, is]) in self.entities() {
            let Some(role) = is.or(was).filter(|entity| entity.is_role()) else { continue };
            let lacks_all = |side: &EstateSide| !side.has_all_of(&role.account);
            // Then it is told with its policies that nobody knows.
            if was.is_none() && lacks_all(self.old) || is.is_none() && lacks_all(self.new) {
                continue;
            }
            let had = [was, is].map(|entity| match entity {
                Some(Entity { kind: EntityKind::Role { trust: Some(trust) }, .. }) => {
                    Had::Policy(trust)
                }
                Some(_) => Had::NotSaid,
                None => Had::None,
            });
            if self.is_same(had) {
                continue;
            }
            self.compare(Asked {
                address: arn,
                kind: Kind::Trust,
                revision: Revision::of(was.is_some(), is.is_some()),
                place: role.place.as_ref(),
                had,
                what: "who may assume it".to_owned(),
                counts: vec![(Some(self.sides.about(arn, &role.account, true)), had)],
                caveats: Vec::new(),
            });
        }
    }

    /// The policies of resources, as far as S3 Block Public Access lets them count.
    fn resources(&mut self) {
        let resources = [self.old, self.new].into_iter().flat_map(|side| &side.estate.resources);
        let arns: BTreeSet<&str> = resources.map(|one| one.arn.as_str()).collect();
        for arn in arns {
            let [was, is] = [self.old, self.new].map(|side| side.estate.resource(arn));
            let Some(resource) = is.or(was) else { continue };
            let account = &resource.account;
            let had = |side: &EstateSide, one: Option<&'a Resource>| match one {
                Some(one) => one.policy.as_ref().map_or(Had::None, Had::Policy),
                None if side.has_all_resources(arn, account) => Had::None,
                None => Had::NotSaid,
            };
            let had = [had(self.old, was), had(self.new, is)];
            let blocked = |side: &EstateSide, one: Option<&Resource>| {
                one.map_or(Blocked::No, |one| side.estate.block_public_access(one))
            };
            let blocked = [blocked(self.old, was), blocked(self.new, is)];
            if blocked[0] == blocked[1] && self.is_same(had) {
                continue;
            }
            let shape = self.sides.about(arn, account, false);
            let counts = if blocked.contains(&Blocked::Yes) {
                let [old, new] = blocked.map(|blocked| blocked == Blocked::Yes);
                let open = |is_blocked, had| if is_blocked { Had::None } else { had };
                let to_outsiders = [open(old, had[0]), open(new, had[1])];
                let (insiders, outsiders) = apart(shape, account);
                vec![(Some(insiders), had), (Some(outsiders), to_outsiders)]
            } else {
                vec![(Some(shape), had)]
            };
            let caveat = Caveat::EstateBlockPublicAccess { buckets: vec![arn.to_owned()] };
            self.compare(Asked {
                address: arn,
                kind: Kind::Resource,
                revision: Revision::of(was.is_some(), is.is_some()),
                place: resource.place.as_ref(),
                had,
                what: format!("which resources of account {account} have policies"),
                counts,
                caveats: blocked
                    .contains(&Blocked::NotSaid)
                    .then_some(caveat)
                    .into_iter()
                    .collect(),
            });
        }
    }

    /// The policies of endpoints that are on both sides: one that is new or gone refuses nothing.
    fn endpoints(&mut self) {
        let (old, new) = (&self.old.estate.endpoints, &self.new.estate.endpoints);
        for is in new {
            let Some(was) = old.iter().find(|one| one.id == is.id) else { continue };
            let had = [was, is].map(|one| one.policy.as_ref().map_or(Had::None, Had::Policy));
            if self.is_same(had) {
                continue;
            }
            self.compare(Asked {
                address: &is.id,
                kind: Kind::Endpoint,
                revision: Revision::Changed,
                place: is.place.as_ref(),
                had,
                what: String::new(),
                counts: vec![(None, had)],
                caveats: Vec::new(),
            });
        }
    }

    /// Policies that something has.
    fn compare(&mut self, asked: Asked<'_>) {
        let Asked { address, kind, revision, place, had, what, counts, caveats } = asked;
        match had {
            [Had::None | Had::NotSaid, Had::None | Had::NotSaid] => return,
            [Had::NotSaid, Had::Policy(_)] => {
                let compared = self.old.says_nothing(what);
                return self.add(address, kind.word(), revision, place, compared);
            }
            [Had::Policy(_), Had::NotSaid] => {
                let compared = self.new.says_nothing(what);
                return self.add(address, kind.word(), revision, place, compared);
            }
            [Had::Policy(_) | Had::None, Had::Policy(_) | Had::None] => {}
        }
        let mut all = Vec::new();
        for (shape, had) in counts {
            let [was, is] = had.map(Had::thing);
            for mut one in sets(kind, [was.as_ref(), is.as_ref()], self.not_principal) {
                if let Err(clash) = one_form(&mut [&mut one.old, &mut one.new], None) {
                    let policies = [is, was].into_iter().flatten().flat_map(|one| one.policies);
                    let source = policies.filter_map(|named| named.source).next();
                    return self.found.wrong.push(refused(&clash, address, source));
                }
                all.push(Sets { shape: shape.clone(), caveats: caveats.clone(), ..one });
            }
        }
        self.add(address, kind.word(), revision, place, Versions::Sets(all));
    }

    /// Whether there is nothing to compare, since policies say the same or there are none.
    fn is_same(&mut self, had: [Had<'_>; 2]) -> bool {
        let [Had::Policy(was), Had::Policy(is)] = had else {
            return !had.iter().any(|one| matches!(one, Had::Policy(_)));
        };
        let is_same = self.contents.of(was) == self.contents.of(is);
        self.found.unchanged += usize::from(is_same);
        is_same
    }

    /// What limits accounts as a whole: the RCPs, which limit others than its principals, too; and
    /// the SCPs where its principals are not known, of whom nothing else is told.
    fn accounts(&mut self) {
        let (old, new) = (self.old, self.new);
        let accounts = [old, new].into_iter().flat_map(|side| side.estate.every_account());
        for account in accounts.collect::<BTreeSet<&str>>() {
            let [old_scps, old_rcps] = self.contents.limits(&old.estate, account);
            let [new_scps, new_rcps] = self.contents.limits(&new.estate, account);
            let of_principals = old.has_all_of(account) && new.has_all_of(account);
            let granted = Policies {
                not_principal: self.not_principal,
                ..Policies::identity(vec![everything(Kind::Identity)])
            };
            if old_scps != new_scps && !of_principals {
                let set = |side: &EstateSide| Policies {
                    scp: side.estate.scps_of(account),
                    ..granted.clone()
                };
                let shape = self.sides.of_callers(account);
                self.limit(account, Kind::Scp, shape, [set(old), set(new)]);
            }
            if old_rcps != new_rcps {
                let set = |side: &EstateSide| Policies {
                    rcp: side.estate.rcps_of(account),
                    resource: Some(everybody()),
                    ..granted.clone()
                };
                let shape = self.sides.of_resources(account);
                self.limit(account, Kind::Rcp, shape, [set(old), set(new)]);
            }
        }
    }

    fn limit(&mut self, account: &str, kind: Kind, shape: Shape, [old, new]: [Policies; 2]) {
        let mut sets = Sets { shape: Some(shape), ..Sets::of(old, new) };
        match one_form(&mut [&mut sets.old, &mut sets.new], None) {
            Err(clash) => self.found.wrong.push(refused(&clash, account, None)),
            Ok(()) => {
                let compared = Versions::Sets(vec![sets]);
                self.add(account, kind.word(), Revision::Changed, None, compared);
            }
        }
    }
}
