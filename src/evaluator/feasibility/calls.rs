//! The way of a call: its network, calls by services, forwarded calls (F7, F8, F14, F17, F27), and
//! what every request carries.

use super::{Checker, shapes, texts};
use keyaki_iam::endpoints::{
    TELL_ENDPOINT_ORGANIZATION, TELL_ENDPOINT_OWNER, TELL_VPC_ARN, TELLS_NO_WAY,
};
use keyaki_iam::request::{PrincipalKind, Request, arn_fields};
use keyaki_iam::world::ModelChoice;

/// Keys that every request carries, whoever calls (SEMANTICS 5.3 and 5.5).
const ALWAYS: &[&str] = &[
    "aws:SecureTransport",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:RequestedRegion",
    "aws:ViaAWSService",
    "aws:UserAgent",
];

const SOURCE_KEYS: &[&str] =
    &["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];
const ENDPOINT_KEYS: &[&str] = &["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"];
const MORE_ENDPOINT_KEYS: &[&str] =
    &["aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
/// What some services tell of an endpoint, and whether they do in every call through one: its
/// account may be in no organization.
const TOLD: [(&str, &[&[&str]], bool); 4] = [
    ("aws:SourceVpcArn", TELL_VPC_ARN, true),
    ("aws:VpceAccount", TELL_ENDPOINT_OWNER, true),
    ("aws:VpceOrgID", TELL_ENDPOINT_ORGANIZATION, false),
    ("aws:VpceOrgPaths", TELL_ENDPOINT_OWNER, false),
];
const ORGANIZATION_KEYS: [&str; 2] = ["aws:VpceOrgID", "aws:VpceOrgPaths"];
const CHAIN: &[&str] = &["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];

/// Whether some key of the context tells of a VPC endpoint.
pub fn tells_of_endpoint(request: &Request) -> bool {
    let mut present =
        request.context.iter().filter(|(_, value)| !texts(value).is_empty()).map(|(key, _)| key);
    present.any(|key| {
        ENDPOINT_KEYS
            .iter()
            .chain(MORE_ENDPOINT_KEYS)
            .any(|name| name.eq_ignore_ascii_case(key.text()))
    })
}

impl Checker<'_> {
    pub(super) fn calls(&mut self) {
        self.demand(ALWAYS, "F1", "every request");
        self.source();
        self.network();
        self.forwarding();
    }

    fn source(&mut self) {
        if !self.is(&[PrincipalKind::Service]) && self.assumes(ModelChoice::F7) {
            return self.forbid(SOURCE_KEYS, "F7", self.caller_words());
        }
        let field = self
            .text("aws:SourceArn")
            .and_then(arn_fields)
            .map(|fields| fields[4])
            .filter(|account| !account.is_empty());
        // The account field `aws` is not an account.
        let agrees = match (field, self.text("aws:SourceAccount")) {
            (Some(field), Some(account)) => field == account || field == "aws",
            _ => true,
        };
        self.require(agrees, "F8", "`aws:SourceAccount` is the account of `aws:SourceArn`");
        if self.assumes(ModelChoice::F8)
            && self.any_present(&["aws:SourceOrgID", "aws:SourceOrgPaths"])
        {
            self.demand(&["aws:SourceAccount"], "F8", "a call with a source organization");
        }
    }

    /// Whether `aws:SourceIp` must be there without an endpoint is left open: services redact it
    /// when they forward a call.
    fn network(&mut self) {
        let endpoint = self.any_present(ENDPOINT_KEYS) || self.any_present(MORE_ENDPOINT_KEYS);
        self.require(
            !(self.present("aws:SourceIp") && endpoint),
            "F14",
            "`aws:SourceIp` excludes the keys of VPC endpoints",
        );
        self.expect(
            self.together(ENDPOINT_KEYS),
            ModelChoice::F14,
            "the keys of VPC endpoints come together",
        );
        if self.any_present(MORE_ENDPOINT_KEYS) {
            self.demand(ENDPOINT_KEYS, "F14", "a call through a VPC endpoint");
        }
        let prefix = self.request.action.split_once(':').map_or("", |(prefix, _)| prefix);
        let through = self.any_present(ENDPOINT_KEYS);
        let own = !self.request.action.eq_ignore_ascii_case(TELLS_NO_WAY);
        let tells = |lists: &[&[&str]]| {
            own && lists
                .iter()
                .copied()
                .flatten()
                .any(|service| service.eq_ignore_ascii_case(prefix))
        };
        for (name, services, always) in TOLD {
            let sent = self.maybe_present(name) || !through || !always;
            let fits = if tells(services) { sent } else { !self.present(name) };
            self.expect(
                fits,
                ModelChoice::F14,
                format_args!("`{name}` comes with calls of some services through a VPC endpoint"),
            );
        }
        let together = !tells(TELL_ENDPOINT_OWNER) || self.together(&ORGANIZATION_KEYS);
        self.expect(
            together,
            ModelChoice::F14,
            "the organization of an endpoint comes with its paths",
        );
        for (name, start) in [
            ("aws:SourceVpc", "vpc-"),
            ("aws:SourceVpce", "vpce-"),
            ("aws:Ec2InstanceSourceVpc", "vpc-"),
        ] {
            let formed = self.text(name).is_none_or(|id| shapes::is_id(id, start));
            self.require(formed, "F14", format_args!("an id in `{name}` begins with `{start}`"));
        }
        self.vpc_arn();
    }

    /// `aws:SourceVpcArn` is the ARN of the VPC whose id `aws:SourceVpc` holds.
    fn vpc_arn(&mut self) {
        let Some(text) = self.text("aws:SourceVpcArn") else { return };
        let id = arn_fields(text).and_then(|[_, _, service, region, account, rest]| {
            let placed = service == "ec2" && !region.is_empty() && !account.is_empty();
            rest.strip_prefix("vpc/").filter(|id| placed && shapes::is_id(id, "vpc-"))
        });
        let same = id.is_some_and(|id| self.text("aws:SourceVpc").is_none_or(|own| own == id));
        self.require(same, "F14", "`aws:SourceVpcArn` is the ARN of the VPC");
    }

    fn forwarding(&mut self) {
        let forwarded = self.truth("aws:ViaAWSService");
        self.require(self.together(CHAIN), "F17", "the `aws:CalledVia` keys come together");
        let direct = forwarded == Some(false) || self.is(&[PrincipalKind::Service]);
        self.require(
            !self.any_present(CHAIN) || !direct,
            "F17",
            "`aws:CalledVia` comes with forwarded calls only",
        );
        if let Some(chain) = self.list("aws:CalledVia") {
            for name in ["aws:CalledViaFirst", "aws:CalledViaLast"] {
                let element = self.text(name).is_none_or(|service| chain.contains(service));
                self.require(element, "F17", format_args!("`{name}` is one of `aws:CalledVia`"));
            }
        }
        let by_service = forwarded != Some(false) || self.is(&[PrincipalKind::Service]);
        self.expect(
            !self.present("kms:ViaService") || by_service,
            ModelChoice::F27,
            "`kms:ViaService` comes with calls by services",
        );
    }
}
