//! Which callers and requests a question leaves out.

use crate::decision::IDENTITY_CALL;
use crate::frame::Frame;
use crate::slot::Slot;
use keyaki_iam::catalogue::keys::{self, KeyType};
use keyaki_iam::endpoints::{REGIONS_OF_PARTITIONS, SUFFIXES_OF_PARTITIONS};
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::PrincipalKind::{FederatedIdentity, Root, Service};
use keyaki_iam::shape::Through;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::Term;

/// Which callers and requests a question is about, beyond its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallerLimits {
    /// Whether root users of the account that owns the resource are considered, who may do nearly
    /// anything there.
    pub root_in_own_account: bool,
    /// Whether sessions of service-linked roles are considered, which organization policies do not
    /// restrict.
    pub service_linked: bool,
    /// Whether callers in the organization's management account are considered, likewise.
    pub management_account: bool,
    /// Which requests are considered of those that came through a VPC endpoint and of those that
    /// did not.
    pub through: Through,
    /// Whether `sts:GetCallerIdentity` is considered, which no policy can refuse.
    pub get_caller_identity: bool,
    /// The partitions in which the question is asked; `None`: in whatever is a partition.
    pub partitions: Option<Partitions>,
}

impl Frame {
    /// True iff the request is within the limits.
    pub fn limits(&self, limits: &CallerLimits) -> Term {
        let caller = &self.caller;
        let own = Term::eq(Term::var(&caller.account), Term::var(&self.owner));
        let excluded = [
            (limits.root_in_own_account, Term::and([caller.is(Root), own])),
            (limits.service_linked, caller.is_service_linked()),
            (limits.management_account, Term::var(&caller.in_management_account)),
            (limits.get_caller_identity, self.action_is(IDENTITY_CALL)),
        ];
        let within = excluded
            .into_iter()
            .filter(|(considered, _)| !considered)
            .map(|(_, term)| Term::not(term));
        let way = match limits.through {
            Through::Both => Term::truth(),
            Through::Endpoint => self.through_endpoint(),
            Through::Past => Term::not(self.through_endpoint()),
        };
        let places = limits.partitions.map(|partitions| self.is_in(partitions));
        Term::and(within.chain([way]).chain(places))
    }

    /// True iff nothing of the request tells of another partition: not the caller, the resource,
    /// the Region, and no ARN in the context.
    fn is_in(&self, partitions: Partitions) -> Term {
        let caller = &self.caller;
        let home = Term::implies(
            caller.has_account(),
            Term::in_regex(Term::var(&caller.partition), fields(partitions)),
        );
        let name = Term::var(&caller.name);
        let foreign =
            SUFFIXES_OF_PARTITIONS.iter().filter(|(partition, _)| !partitions.contain(partition));
        let foreign = Regex::union(
            foreign.map(|(_, suffix)| Regex::concat([Regex::all(), Regex::literal(suffix)])),
        );
        let service =
            Term::implies(caller.is(Service), Term::not(Term::in_regex(name.clone(), foreign)));
        let elsewhere = Regex::intersect([is_arn(), Regex::complement(arn_in(partitions))]);
        // Identity providers and origin access identities have ARNs.
        let known = Term::or([caller.is(FederatedIdentity), caller.is(Service)]);
        let provider = Term::implies(known, Term::not(Term::in_regex(name, elsewhere.clone())));
        let [_, partition, ..] = self.resource.terms();
        let resource =
            Term::implies(self.resource.is_arn(), Term::in_regex(partition, fields(partitions)));
        let arn = |slot: &Slot| match slot {
            Slot::Arn { arn, .. } => {
                let [_, partition, ..] = arn.terms();
                Term::implies(arn.is_arn(), Term::in_regex(partition, fields(partitions)))
            }
            Slot::Text(_) | Slot::Typed(_) => Term::not(slot.in_regex(elsewhere.clone())),
        };
        let arns = self
            .keys
            .values()
            .filter(|key| keys::lookup(&key.key).is_some_and(|info| info.types == [KeyType::Arn]));
        let arns = arns
            .flat_map(|key| &key.elements)
            .map(|element| Term::implies(Term::var(&element.member), arn(&element.slot)));
        let region = self
            .keys
            .get(&ContextKey::new("aws:RequestedRegion"))
            .and_then(|key| Some((key.present(), key.first()?)));
        let region = region.map(|(present, slot)| {
            Term::implies(present, Term::not(slot.in_regex(regions_outside(partitions))))
        });
        Term::and([home, service, provider, resource].into_iter().chain(arns).chain(region))
    }
}

/// The names of partitions that may stand in the second field of an ARN.
fn fields(partitions: Partitions) -> Regex {
    match partitions.have_others() {
        true => Regex::complement(Regex::union(partitions.missing().map(Regex::literal))),
        false => Regex::union(partitions.names().map(Regex::literal)),
    }
}

fn is_arn() -> Regex {
    arn_of(Regex::star(Regex::none_of(":")))
}

fn arn_in(partitions: Partitions) -> Regex {
    arn_of(Regex::intersect([Regex::star(Regex::none_of(":")), fields(partitions)]))
}

/// Six fields, the second of which is in `partition`.
fn arn_of(partition: Regex) -> Regex {
    let field = || Regex::star(Regex::none_of(":"));
    let colon = || Regex::literal(":");
    Regex::concat([
        field(),
        colon(),
        partition,
        colon(),
        field(),
        colon(),
        field(),
        colon(),
        field(),
        colon(),
        Regex::all(),
    ])
}

/// The Regions, known by their beginning, of partitions that are not among these; a Region of which
/// the beginning does not tell is in `aws`.
fn regions_outside(partitions: Partitions) -> Regex {
    let beginning = |start: &str| Regex::concat([Regex::literal(start), Regex::all()]);
    let told = Regex::union(REGIONS_OF_PARTITIONS.iter().map(|(_, start)| beginning(start)));
    let elsewhere = REGIONS_OF_PARTITIONS
        .iter()
        .filter(|(name, _)| !partitions.contain(name))
        .map(|(_, start)| beginning(start));
    let usual = (!partitions.contain("aws"))
        .then(|| Regex::complement(Regex::union([told, Regex::literal("unspecified")])));
    Regex::union(elsewhere.chain(usual))
}
