//! What decides conditions beside policies, and is not the same on both sides: tags, accounts, and
//! the places of accounts in the organization. One request has one of each, so that a change of them
//! is not compared; where policies ask for them, nothing is known of what it does.

use super::{Differences, EstateSide};
use crate::changes::SETTING;
use crate::{Revision, Versions};
use keyaki_iam::estate::{EntityKind, Estate, Shared};
use keyaki_iam::source::Place;
use keyaki_questions::unknown::Unknown;
use std::collections::BTreeSet;

/// What is known of something, by what it is called, and the keys that ask for it: a part of each, in
/// lower case; the empty part stands for what counts in any case.
struct Datum<'a> {
    address: &'a str,
    what: &'static str,
    keys: &'static [&'static str],
    sides: [Option<String>; 2],
    place: Option<&'a Place>,
}

impl<'a> Differences<'a> {
    /// Tells of what policies ask for and is not the same.
    pub fn data(&mut self) {
        let mut asked = BTreeSet::new();
        for side in [self.old, self.new] {
            asked.extend(keys(&side.estate));
        }
        for datum in self.all_data() {
            let is_asked = || {
                datum
                    .keys
                    .iter()
                    .any(|part| part.is_empty() || asked.iter().any(|key| key.contains(part)))
            };
            if datum.sides[0] == datum.sides[1] || !is_asked() {
                continue;
            }
            let (side, what) = (self.new.shown.clone(), datum.what);
            let what = format!(
                "that conditions hold for `{}` as before: {what}, and policies ask for that",
                datum.address
            );
            let unknown = Unknown::SideSaysNothing { side, what };
            let versions = Versions::Nothing(unknown);
            self.add(datum.address, SETTING, Revision::Changed, datum.place, versions);
        }
    }

    /// What both sides have.
    fn all_data(&self) -> Vec<Datum<'a>> {
        let sides: [&'a EstateSide; 2] = [self.old, self.new];
        let mut all = Vec::new();
        for (arn, [was, is]) in self.entities() {
            let (Some(was), Some(is)) = (was, is) else { continue };
            let tags = [was, is].map(|one| one.tags.as_ref().map(|tags| format!("{tags:?}")));
            let (what, place) = ("its tags are others", is.place.as_ref());
            let keys = &["aws:principaltag/", "iam:resourcetag/", "aws:resourcetag/"];
            all.push(Datum { address: arn, what, keys, sides: tags, place });
        }
        for is in &sides[1].estate.resources {
            let Some(was) = sides[0].estate.resource(&is.arn) else { continue };
            let tags = [was, is].map(|one| one.tags.as_ref().map(|tags| format!("{tags:?}")));
            let (address, place) = (is.arn.as_str(), is.place.as_ref());
            let (what, keys) = ("its tags are others", &["resourcetag/"]);
            all.push(Datum { address, what, keys, sides: tags, place });
            let sides = [was, is].map(|one| Some(one.account.clone()));
            let (what, keys) = ("it is of another account", &[""]);
            all.push(Datum { address, what, keys, sides, place });
            let sides = [was, is].map(|one| one.bucket.acls_off.map(|off| off.to_string()));
            let (what, keys) = ("whether its ACLs count has changed", &[""]);
            all.push(Datum { address, what, keys, sides, place });
        }
        let organizations = sides.map(|side| side.estate.organization.as_ref());
        if let [Some(was), Some(is)] = organizations {
            let sides = [was, is].map(|one| Some(one.id.clone()));
            let (address, what) = (is.id.as_str(), "it has another identifier");
            all.push(Datum { address, what, keys: &["orgid", "orgpaths"], sides, place: None });
        }
        for account in sides[1].estate.accounts.keys() {
            let sides = sides.map(|side| path(&side.estate, account));
            let what = "it stands somewhere else in the organization";
            let keys = &["orgpaths", "orgid"];
            all.push(Datum { address: account, what, keys, sides, place: None });
        }
        all
    }
}

/// Where an account stands, from the root on.
fn path(estate: &Estate, account: &str) -> Option<String> {
    let organization = estate.organization.as_ref()?;
    let mut unit = Some(organization.members.get(account)?.unit);
    let mut path = Vec::new();
    while let Some(one) = unit.and_then(|number| organization.units.get(number)) {
        path.push(one.id.as_str());
        unit = one.parent;
    }
    Some(path.join("/"))
}

/// The keys that the policies of an estate ask for, in lower case.
fn keys(estate: &Estate) -> BTreeSet<String> {
    let of_organization = estate.organization.iter().flat_map(|one| {
        let units = one.units.iter().map(|unit| &unit.attached);
        units.chain(one.members.values().map(|member| &member.attached))
    });
    let of_organization = of_organization.flat_map(|one| one.scps.iter().chain(&one.rcps));
    let of_entities = estate.entities.iter().flat_map(|one| {
        let trust = match &one.kind {
            EntityKind::Role { trust } => trust.as_ref(),
            EntityKind::User { .. } => None,
        };
        one.identity.iter().chain(&one.boundary).chain(trust)
    });
    let resources = estate.resources.iter().filter_map(|one| one.policy.as_ref());
    let endpoints = estate.endpoints.iter().filter_map(|one| one.policy.as_ref());
    let all: Vec<&Shared> =
        of_organization.chain(of_entities).chain(resources).chain(endpoints).collect();
    let keys = all.into_iter().flat_map(|one| one.policy.keys());
    keys.map(|key| key.lower().to_owned()).collect()
}
