//! What is asked for, and where it is: F11 to F13, F24 to F26.

use super::ConstraintKind::{Hard, Model};
use super::{Context, Row, is_text, members};
use crate::arn::Arn;
use crate::frame::Key;
use crate::principal::plain_providers;
use crate::shapes;
use crate::slot::Slot;
use keyaki_iam::catalogue::Catalogue;
use keyaki_iam::catalogue::keys::{self, KeyType};
use keyaki_iam::catalogue::service_keys::{ALWAYS_SENT, CLOSED, Values};
use keyaki_iam::endpoints::{NAME_NOTHING, REGIONS_OF_PARTITIONS};
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::PrincipalKind::{Anonymous, FederatedIdentity};
use keyaki_logic::regex::{Class, Regex};
use keyaki_logic::term::{Part, Term};
use num_rational::BigRational;

/// The keys that hold the id of an account, the caller's apart.
const ACCOUNTS: [&str; 3] = ["aws:ResourceAccount", "aws:SourceAccount", "aws:VpceAccount"];

impl Context<'_> {
    pub(super) fn request_shape(&self) -> Vec<Row> {
        let action = Term::in_regex(Term::var(&self.frame.action), shapes::action());
        let arn = &self.frame.resource;
        let [first, _, service, _, _, resource] = arn.terms();
        let [_, service_shape, _, _, resource_shape] = shapes::arn_fields();
        let may_be_empty = Term::in_regex(
            service.clone(),
            Regex::union(NAME_NOTHING.iter().map(|name| Regex::literal(name))),
        );
        let resource = Term::or([may_be_empty, Term::in_regex(resource, resource_shape)]);
        let shape = [
            Term::eq(first, Term::string("arn")),
            Term::in_regex(service, service_shape),
            resource,
        ];
        let bare = self.frame.keys.values().filter(|key| !key.key.lower().contains(':'));
        let bare = Term::not(Term::or(bare.map(Key::present)));
        vec![
            (
                "action",
                Hard,
                "an action is a service prefix, a colon and a name of letters and digits",
                action,
            ),
            (
                "F12",
                Hard,
                "a resource is `*` or an ARN of a service, with a resource part but for lists of some services",
                Term::implies(arn.is_arn(), Term::and(shape)),
            ),
            ("F13", Hard, "every key has a service prefix", bare),
        ]
    }

    /// Keys that neither the tables of section 5 nor the catalogue have, and that are none of an
    /// identity provider, are absent. Those of a known service are not meant: `Listing` says where
    /// they come, and an unknown action may have any of them.
    pub(super) fn unknown_keys(&self, catalogue: &Catalogue) -> Vec<Row> {
        let is_known = |key: &ContextKey| {
            let of_service = key
                .lower()
                .split_once(':')
                .is_some_and(|(namespace, _)| catalogue.summary(namespace).is_some());
            keys::lookup(key).is_some()
                || keys::of_provider(key).is_some()
                || of_service
                || catalogue.may_list(key.text())
        };
        let unknown = self.frame.keys.values().filter(|key| !is_known(&key.key));
        let absent = Term::not(Term::or(unknown.map(Key::present)));
        vec![("F13", Model, "keys that nobody knows are absent", absent)]
    }

    /// Who does not sign sends nothing that tells of a signature, or of an account.
    pub(super) fn unsigned(&self) -> Vec<Row> {
        let told = ALWAYS_SENT
            .iter()
            .filter(|known| known.in_account)
            .filter_map(|known| self.key(known.key))
            .map(Key::present);
        let silent = Term::implies(self.is(Anonymous), Term::not(Term::or(told)));
        vec![("F34", Model, "anonymous callers send no keys of a signature", silent)]
    }

    /// Keys whose values are known hold one of these.
    pub(super) fn closed_values(&self) -> Vec<Row> {
        let held = self.frame.keys.values().filter_map(|key| {
            let known = CLOSED.iter().find(|known| known.key == key.key.lower())?;
            Some(members(key, |slot| is_one_of(slot, known.values)))
        });
        vec![("F35", Model, "keys whose values are known hold one of these", Term::and(held))]
    }

    /// The resource, its owner and the context.
    pub(super) fn agreement(&self) -> Vec<Row> {
        let arn = &self.frame.resource;
        let [_, partition, service, region, account, resource] = arn.terms();
        let one_of = |field: &Term, texts: [&str; 2]| {
            Term::or(texts.map(|text| Term::eq(field.clone(), Term::string(text))))
        };
        let owned = Term::and([arn.is_arn(), Term::not(one_of(&account, ["", "aws"]))]);
        let home = Term::implies(
            self.caller.has_account(),
            Term::eq(Term::var(&self.caller.partition), partition.clone()),
        );
        let regional =
            Term::and([arn.is_arn(), Term::not(Term::eq(region.clone(), Term::string("")))]);
        let model = vec![Part::Literal("foundation-model/".to_owned()), Part::AnyString];
        let model = Term::and([
            arn.is_arn(),
            Term::eq(service, Term::string("bedrock")),
            Term::matches(resource, model),
        ]);
        let everywhere = Term::and([model, Term::eq(region.clone(), Term::string(""))]);
        // No account of a caller owns a foundation model: F37 says what the key holds there.
        let ownerless = self.is_about_model();
        let named = self.value("aws:ResourceAccount", |slot| {
            Term::or([ownerless.clone(), is_text(slot, &self.owner())])
        });
        let told = ["s3:ResourceAccount", "s3express:ResourceAccount"]
            .map(|name| self.value(name, |slot| is_text(slot, &self.owner())));
        let here = |name: &str| {
            self.value(name, |slot| Term::implies(regional.clone(), is_text(slot, &region)))
        };
        let nowhere = self.value("aws:RequestedRegion", |slot| {
            Term::implies(everywhere.clone(), slot.in_regex(Regex::literal("unspecified")))
        });
        let requested = Term::and([here("aws:RequestedRegion"), here("ec2:Region"), nowhere]);
        vec![
            (
                "F11",
                Hard,
                "the account in the resource's ARN owns it",
                Term::implies(owned, Term::eq(self.owner(), account)),
            ),
            (
                "F11",
                Hard,
                "`aws:ResourceAccount` is the owner of the resource, unless that is a foundation model",
                named,
            ),
            (
                "F11",
                Hard,
                "`s3:ResourceAccount` and `s3express:ResourceAccount` are the owner of the resource",
                Term::and(told),
            ),
            (
                "F25",
                Hard,
                "caller and resource are in one partition",
                Term::implies(arn.is_arn(), Term::and([home, self.provider(partition)])),
            ),
            (
                "F26",
                Model,
                "`aws:RequestedRegion` and `ec2:Region` are the Region in the resource's ARN",
                requested,
            ),
        ]
    }

    /// An identity provider that has an ARN is in this partition, and so is an origin access
    /// identity.
    fn provider(&self, partition: Term) -> Term {
        let name = Term::var(&self.caller.name);
        let parts = vec![
            Part::Literal("arn:".to_owned()),
            Part::Value(partition),
            Part::Literal(":".to_owned()),
            Part::AnyString,
        ];
        let plain = Term::in_regex(name.clone(), plain_providers());
        let known = Term::or([self.is(FederatedIdentity), self.caller.is_origin_access_identity()]);
        Term::implies(known, Term::or([plain, Term::matches(name, parts)]))
    }

    /// Accounts, Regions and ARNs have the shapes of their kinds.
    pub(super) fn places(&self) -> Vec<Row> {
        let account = |name: &&str| self.value(name, |slot| slot.in_regex(shapes::account()));
        let caller = self.value("aws:PrincipalAccount", |slot| {
            Term::or([self.is(Anonymous), slot.in_regex(shapes::account())])
        });
        let owner = Term::in_regex(self.owner(), shapes::account());
        let accounts = Term::and(ACCOUNTS.iter().map(account).chain([caller, owner]));
        let anywhere = || Regex::union([shapes::region(), Regex::literal("unspecified")]);
        let region = self.value("aws:RequestedRegion", |slot| slot.in_regex(anywhere()));
        let arn = &self.frame.resource;
        let [_, home, _, _, _, _] = arn.terms();
        let own = Term::and([
            Term::implies(arn.is_arn(), self.requested_in(&home)),
            Term::implies(
                self.caller.has_account(),
                self.requested_in(&Term::var(&self.caller.partition)),
            ),
        ]);
        let arns =
            self.frame.keys.values().filter(|key| {
                keys::lookup(&key.key).is_some_and(|info| info.types == [KeyType::Arn])
            });
        let arns = Term::and(arns.map(|key| members(key, arn_shape)));
        vec![
            ("F24", Model, "account ids are twelve digits", accounts),
            ("F24", Model, "Regions have the names of Regions", region),
            (
                "F24",
                Model,
                "`aws:RequestedRegion` is a Region of the caller's and of the resource's partition",
                own,
            ),
            (
                "F24",
                Model,
                "partition, Region and account of the resource have the shapes of their kinds",
                Term::implies(arn.is_arn(), fields_shape(arn)),
            ),
            ("F24", Model, "fields of ARNs in the context have the shapes of their kinds", arns),
        ]
    }
}

impl Context<'_> {
    /// `aws:RequestedRegion`, where it is present and tells a Region, is one of the partition.
    fn requested_in(&self, partition: &Term) -> Term {
        self.value("aws:RequestedRegion", |slot| {
            let nowhere = slot.in_regex(Regex::literal("unspecified"));
            Term::or([nowhere, is_in(partition, |regions| slot.in_regex(regions))])
        })
    }
}

/// True iff the Region of which `is_one_of` tells is one of the partition.
fn is_in(partition: &Term, is_one_of: impl Fn(Regex) -> Term) -> Term {
    Term::and(REGIONS_OF_PARTITIONS.iter().map(|(name, start)| {
        Term::iff(
            is_one_of(shapes::beginning(start)),
            Term::eq(partition.clone(), Term::string(*name)),
        )
    }))
}

/// True iff the value is one of those that its key can hold.
fn is_one_of(slot: &Slot, values: Values) -> Term {
    match values {
        Values::Listed(values) => {
            let text = |value: &&str| match value.strip_prefix('*') {
                Some(end) => Regex::concat([Regex::plus(Regex::any_char()), Regex::literal(end)]),
                None => Regex::literal(value),
            };
            slot.in_regex(Regex::union(values.iter().map(text)))
        }
        Values::Between(least, most) => {
            let (is_number, number) = slot.number();
            let bound = |bound: u32| Term::real(BigRational::from_integer(bound.into()));
            Term::and([
                is_number,
                Term::le(bound(least), number.clone()),
                Term::le(number, bound(most)),
            ])
        }
        Values::Arns(service, starts) => {
            let id = || Regex::plus(Regex::class(letters(".:_-")));
            let last = starts.iter().map(|start| Regex::concat([Regex::literal(start), id()]));
            let fields = [
                Regex::literal("arn:"),
                Regex::star(Regex::none_of(":")),
                Regex::literal(&format!(":{service}:")),
                shapes::region(),
                Regex::literal(":"),
                shapes::account(),
                Regex::literal(":"),
                Regex::union(last),
            ];
            slot.in_regex(Regex::concat(fields))
        }
        Values::Written(more) => slot.in_regex(Regex::plus(Regex::class(letters(more)))),
    }
}

/// ASCII letters, digits, and these.
fn letters(more: &str) -> Class {
    Class::new([('0', '9'), ('A', 'Z'), ('a', 'z')]).union(&Class::of(more.chars()))
}

fn fields_shape(arn: &Arn) -> Term {
    let [_, partition, _, region, _, _] = arn.terms();
    let anywhere = Term::eq(region.clone(), Term::string(""));
    let placed =
        Term::or([anywhere, is_in(&partition, |regions| Term::in_regex(region.clone(), regions))]);
    // The last field is a matter of F12, or of whoever calls this.
    let shapes = arn.terms().into_iter().skip(1).zip(shapes::arn_fields()).take(4);
    Term::and(shapes.map(|(field, shape)| Term::in_regex(field, shape)).chain([placed]))
}

fn arn_shape(slot: &Slot) -> Term {
    if let Slot::Arn { arn, .. } = slot {
        let [_, _, _, _, _, resource] = arn.terms();
        let [_, _, _, _, resource_shape] = shapes::arn_fields();
        return Term::implies(
            arn.is_arn(),
            Term::and([fields_shape(arn), Term::in_regex(resource, resource_shape)]),
        );
    }
    slot.in_regex(shapes::arn())
}
