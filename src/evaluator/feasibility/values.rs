//! Values that have a form of their own: tags, accounts, ARNs (F13 in part, F22, F24).

use super::{Checker, shapes, texts};
use keyaki_iam::catalogue::keys::{KeyType, lookup};
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::{ContextValue, arn_fields};
use keyaki_iam::world::ModelChoice::{F22, F24};
use std::collections::BTreeSet;

impl Checker<'_> {
    pub(super) fn values(&mut self) {
        for (key, value) in &self.request.context {
            self.tag(key, value);
            let arns = lookup(key).is_some_and(|known| known.types == [KeyType::Arn]);
            let exists = |text: &String| {
                arn_fields(text).is_some_and(|fields| {
                    shapes::is_arn(&fields) && shapes::has_known_fields(&fields)
                })
            };
            self.expect(
                !arns || texts(value).iter().all(exists),
                F24,
                "ARNs in the context have the shapes of their fields",
            );
            self.require(
                key.lower().contains(':'),
                "F13",
                format_args!("`{}` is not a context key: it has no service prefix", key.text()),
            );
        }
        self.tag_keys();
        for name in ["aws:ResourceAccount", "aws:SourceAccount", "aws:VpceAccount"] {
            self.expect(
                self.text(name).is_none_or(shapes::is_account),
                F24,
                format_args!("`{name}` has 12 digits"),
            );
        }
        let caller = self.text("kms:CallerAccount");
        let account =
            self.text("aws:PrincipalAccount").or_else(|| self.request.principal.account());
        let agrees = caller.is_none() || account.is_none() || caller == account;
        self.require(agrees, "F27", "`kms:CallerAccount` is the principal's account");
        let region = self.text("aws:RequestedRegion");
        let known =
            region.is_none_or(|region| region == "unspecified" || shapes::is_region(region));
        self.expect(known, F24, "a Region looks like `us-east-1`");
        let own = Some(self.request.principal.arn.as_str())
            .filter(|_| self.request.principal.account().is_some());
        for arn in own.into_iter().chain([self.request.resource.as_str()]) {
            let Some([_, partition, ..]) = arn_fields(arn) else { continue };
            let within = region.is_none_or(|region| {
                region == "unspecified" || shapes::is_in_partition(region, partition)
            });
            self.expect(
                within,
                F24,
                format_args!("`aws:RequestedRegion` is a Region of the partition `{partition}`"),
            );
        }
    }

    fn tag(&mut self, key: &ContextKey, value: &ContextValue) {
        let Some(name) = shapes::tag_key(key.text()) else { return };
        let of_caller = key.lower().starts_with("aws:principaltag/");
        let free = !of_caller && self.has_free_tags();
        let exists = shapes::is_tag_key(name, free)
            && texts(value).iter().all(|value| shapes::is_tag_value(value, free));
        self.require(
            exists || !(of_caller || self.assumes(F22)),
            "F22",
            format_args!("`{}` is not a tag that can exist", key.text()),
        );
    }

    /// EC2 lets tags have any character.
    fn has_free_tags(&self) -> bool {
        self.request
            .action
            .split_once(':')
            .is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case("ec2"))
    }

    fn tag_keys(&mut self) {
        let Some(keys) = self.list("aws:TagKeys") else { return };
        let folded: BTreeSet<String> = keys.iter().map(|key| key.to_ascii_lowercase()).collect();
        let exist = keys.iter().all(|key| shapes::is_tag_key(key, self.has_free_tags()))
            && folded.len() == keys.len();
        self.expect(
            exist,
            F22,
            "`aws:TagKeys` holds a key that cannot exist, or two that differ only in case",
        );
    }
}
