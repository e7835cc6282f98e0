//! The way that a request takes: F14 and F17.

use super::ConstraintKind::{Hard, Model};
use super::{Context, Row, some_member};
use crate::frame::{Frame, Key};
use crate::shapes;
use crate::usage::ENDPOINT_KEYS;
use keyaki_iam::endpoints::{
    TELL_ENDPOINT_ORGANIZATION, TELL_ENDPOINT_OWNER, TELL_VPC_ARN, TELLS_NO_WAY,
};
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::PrincipalKind::Service;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::Term;

const ENDPOINT: [&str; 7] = [
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:SourceVpcArn",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
];
/// Those of them that only some services send.
const OF_SOME_SERVICES: [&str; 4] =
    ["aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
/// The keys that hold an id, with the prefix of such ids.
const IDS: [(&str, &str); 3] =
    [("aws:SourceVpc", "vpc-"), ("aws:SourceVpce", "vpce-"), ("aws:Ec2InstanceSourceVpc", "vpc-")];
const CHAIN: [&str; 3] = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];

impl Frame {
    /// True iff no key tells of a VPC endpoint.
    pub(crate) fn past_endpoints(&self) -> Term {
        let keys = ENDPOINT.iter().filter_map(|name| self.keys.get(&ContextKey::new(name)));
        Term::not(Term::or(keys.map(Key::present)))
    }
}

impl Context<'_> {
    pub(super) fn network(&self) -> Vec<Row> {
        let public = self.key("aws:SourceIp").map_or_else(Term::falsehood, Key::present);
        let either = Term::or([Term::not(public), self.absent(&ENDPOINT)]);
        let forwarded = Term::or(self.presences(&CHAIN));
        let via = self.value("aws:ViaAWSService", |slot| {
            Term::implies(forwarded.clone(), slot.is_boolean(true))
        });
        let by_service = Term::implies(self.is(Service), Term::not(forwarded.clone()));
        let through = Term::and(self.presences(&ENDPOINT_KEYS));
        let more = Term::implies(Term::or(self.presences(&OF_SOME_SERVICES)), through.clone());
        let ids = IDS.map(|(name, start)| {
            let id = Regex::concat([Regex::literal(start), shapes::id_text()]);
            self.value(name, |slot| slot.in_regex(id.clone()))
        });
        let ends = ["aws:CalledViaFirst", "aws:CalledViaLast"].map(|end| self.among_callers(end));
        vec![
            ("F14", Hard, "`aws:SourceIp` is absent from calls through a VPC endpoint", either),
            (
                "F14",
                Model,
                "the keys of VPC endpoints are present together",
                self.together(&ENDPOINT_KEYS),
            ),
            (
                "F14",
                Hard,
                "the keys of an endpoint that some services send come with those that all send",
                more,
            ),
            (
                "F14",
                Model,
                "some services, and no others, send the ARN of the VPC and who owns the endpoint",
                self.senders(),
            ),
            (
                "F14",
                Hard,
                "ids of VPCs and endpoints begin with their prefix and have small letters and digits",
                Term::and(ids),
            ),
            ("F14", Hard, "`aws:SourceVpcArn` is the ARN of the VPC", self.vpc_arn()),
            (
                "F17",
                Hard,
                "`aws:CalledVia` keys are present together, in forward access sessions only",
                Term::and([self.together(&CHAIN), via, by_service]),
            ),
            (
                "F17",
                Hard,
                "the first and the last caller are among `aws:CalledVia`",
                Term::and(ends),
            ),
        ]
    }

    /// Which services send what of an endpoint. Whether the endpoint's account is in an
    /// organization is another matter.
    fn senders(&self) -> Term {
        let through = Term::or(self.presences(&ENDPOINT_KEYS));
        let tell = |lists: &[&[&str]]| {
            Term::and([
                self.asks_one_of(&lists.concat()),
                Term::not(self.asks_for(&[TELLS_NO_WAY])),
            ])
        };
        let presence = |name: &str| self.key(name).map(Key::present);
        let only = |name: &str, lists: &[&[&str]]| {
            presence(name).map(|present| Term::implies(present, tell(lists)))
        };
        let always = |name: &str, lists: &[&[&str]]| {
            presence(name)
                .map(|present| Term::implies(Term::and([tell(lists), through.clone()]), present))
        };
        let organization = presence("aws:VpceOrgID")
            .zip(presence("aws:VpceOrgPaths"))
            .map(|(id, paths)| Term::implies(tell(TELL_ENDPOINT_OWNER), Term::iff(id, paths)));
        let rules = [
            only("aws:SourceVpcArn", TELL_VPC_ARN),
            only("aws:VpceAccount", TELL_ENDPOINT_OWNER),
            only("aws:VpceOrgPaths", TELL_ENDPOINT_OWNER),
            only("aws:VpceOrgID", TELL_ENDPOINT_ORGANIZATION),
            always("aws:SourceVpcArn", TELL_VPC_ARN),
            always("aws:VpceAccount", TELL_ENDPOINT_OWNER),
            organization,
        ];
        Term::and(rules.into_iter().flatten())
    }

    fn vpc_arn(&self) -> Term {
        let Some((present, arn)) = self.arn("aws:SourceVpcArn") else { return Term::truth() };
        let [_, _, service, region, account, resource] = arn.terms();
        let id = Regex::concat([Regex::literal("vpc/vpc-"), shapes::id_text()]);
        let some = |field: Term| Term::not(Term::eq(field, Term::string("")));
        let shape = [
            Term::eq(service, Term::string("ec2")),
            some(region),
            some(account),
            Term::in_regex(resource.clone(), id),
        ];
        let same = self.value("aws:SourceVpc", |slot| {
            slot.test(|id| Term::eq(resource.clone(), Term::concat([Term::string("vpc/"), id])))
        });
        Term::implies(present, Term::and(shape.into_iter().chain([same])))
    }

    fn among_callers(&self, end: &str) -> Term {
        let (Some(callers), Some((present, end))) = (self.key("aws:CalledVia"), self.slot(end))
        else {
            return Term::truth();
        };
        Term::implies(
            Term::and([present, callers.present()]),
            some_member(callers, |slot| slot.same(end)),
        )
    }
}
