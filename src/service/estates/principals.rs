//! What is attached to users and roles on both sides, and what limits them.

use super::contents::Class;
use super::{Differences, refused};
use crate::{Revision, Versions};
use keyaki_iam::estate::Entity;
use keyaki_iam::policy::Kind;
use keyaki_iam::request::arn_fields;
use keyaki_questions::estates;
use std::collections::BTreeMap;
use std::sync::Arc;

impl<'a> Differences<'a> {
    /// Every user and role of either side, with what it is on each.
    pub fn entities(&self) -> BTreeMap<&'a str, [Option<&'a Entity>; 2]> {
        let mut all: BTreeMap<&str, [Option<&Entity>; 2]> = BTreeMap::new();
        for (number, side) in [self.old, self.new].into_iter().enumerate() {
            for entity in &side.estate.entities {
                let known = all.entry(&entity.arn).or_default();
                known.iter_mut().skip(number).take(1).for_each(|one| *one = Some(entity));
            }
        }
        all
    }

    /// What is attached to users and roles, and what limits them.
    pub fn principals(&mut self) {
        let mut classes: BTreeMap<Class<'a>, Vec<[Option<&'a Entity>; 2]>> = BTreeMap::new();
        for [was, is] in self.entities().into_values() {
            let Some(entity) = is.or(was) else { continue };
            let (estate_of, contents) = ([self.old, self.new], &mut self.contents);
            let mut content = |number: usize, entity: Option<&Entity>| {
                let side = estate_of.get(number)?;
                Some(contents.of_entity(&side.estate, entity?))
            };
            let contents = [content(0, was), content(1, is)];
            if contents[0] == contents[1] {
                self.found.unchanged += 1;
                continue;
            }
            let class = Class {
                account: &entity.account,
                partition: arn_fields(&entity.arn).map_or("", |[_, partition, ..]| partition),
                is_role: entity.is_role(),
                is_service_linked: entity.is_service_linked(),
                contents,
            };
            classes.entry(class).or_default().push([was, is]);
        }
        for (class, all) in classes {
            self.class(class.account, &all);
        }
    }

    /// Principals of whom the change is the same.
    fn class(&mut self, account: &str, all: &[[Option<&'a Entity>; 2]]) {
        let Some([was, is]) = all.first() else { return };
        let lacking = match (was, is) {
            (Some(_), Some(_)) => None,
            (None, _) => Some(self.old),
            (_, None) => Some(self.new),
        };
        let lacking = lacking.filter(|side| !side.has_all_of(account));
        let pair = Arc::new(self.sides.pair(account, self.not_principal, all.len() > 1));
        for [was, is] in all {
            let own = match (*was, *is) {
                (None, None) => continue,
                (None, Some(is)) => estates::Versions::Added(Box::new(is.clone())),
                (Some(was), None) => estates::Versions::Removed(Box::new(was.clone())),
                (Some(was), Some(is)) => {
                    estates::Versions::Changed(Box::new([was.clone(), is.clone()]))
                }
            };
            let (arn, place) = (own.last().arn.clone(), own.last().place.clone());
            let versions = match (lacking, pair.sets(&own)) {
                (Some(side), _) => {
                    side.says_nothing(format!("which users and roles account {account} has"))
                }
                (None, Ok(_)) => Versions::Principal(Arc::clone(&pair), own),
                (None, Err(clash)) => {
                    let policies = own.last().identity.iter();
                    let source = policies.filter_map(|named| named.source.clone()).next();
                    self.found.wrong.push(refused(&clash, &own.last().arn, source));
                    continue;
                }
            };
            let revision = Revision::of(was.is_some(), is.is_some());
            self.add(&arn, Kind::Identity.word(), revision, place.as_ref(), versions);
        }
    }
}
