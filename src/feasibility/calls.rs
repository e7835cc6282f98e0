//! The way of a call: its network, calls by services, forwarded calls (F7, F8, F14, F17, F27), and what every request carries.

use super::{Checker, shapes, texts};
use crate::endpoints::TELL_ENDPOINT_OWNER;
use crate::request::{PrincipalKind, Request, arn_fields};
use crate::world::ModelChoice;

/// Keys that every request carries, whoever calls (SEMANTICS 5.3 and 5.5).
const ALWAYS: &[&str] =
    &["aws:SecureTransport", "aws:CurrentTime", "aws:EpochTime", "aws:RequestedRegion", "aws:ViaAWSService", "aws:UserAgent"];

const SOURCE_KEYS: &[&str] = &["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];
const ENDPOINT_KEYS: &[&str] = &["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"];
const MORE_ENDPOINT_KEYS: &[&str] = &["aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
const OWNER_KEYS: &[&str] = &["aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
const CHAIN: &[&str] = &["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];

/// Whether some key of the context tells of a VPC endpoint.
pub(crate) fn tells_of_endpoint(request: &Request) -> bool {
    let mut present = request.context.iter().filter(|(_, value)| !texts(value).is_empty()).map(|(key, _)| key);
    present.any(|key| ENDPOINT_KEYS.iter().chain(MORE_ENDPOINT_KEYS).any(|name| name.eq_ignore_ascii_case(key.text())))
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
        let field = self.text("aws:SourceArn").and_then(arn_fields).map(|fields| fields[4]).filter(|account| !account.is_empty());
        // The account field `aws` is no account.
        let agrees = match (field, self.text("aws:SourceAccount")) {
            (Some(field), Some(account)) => field == account || field == "aws",
            _ => true,
        };
        self.require(agrees, "F8", "`aws:SourceAccount` is the account of `aws:SourceArn`");
        if self.assumes(ModelChoice::F8) && self.any_present(&["aws:SourceOrgID", "aws:SourceOrgPaths"]) {
            self.demand(&["aws:SourceAccount"], "F8", "a call with a source organization");
        }
    }

    /// Whether `aws:SourceIp` must be there without an endpoint is left open: services redact it when they forward a call.
    fn network(&mut self) {
        let endpoint = self.any_present(ENDPOINT_KEYS) || self.any_present(MORE_ENDPOINT_KEYS);
        self.require(!(self.present("aws:SourceIp") && endpoint), "F14", "`aws:SourceIp` excludes the keys of VPC endpoints");
        self.expect(self.together(ENDPOINT_KEYS), ModelChoice::F14, "the keys of VPC endpoints come together");
        if self.any_present(MORE_ENDPOINT_KEYS) {
            self.demand(ENDPOINT_KEYS, "F14", "a call through a VPC endpoint");
        }
        let prefix = self.request.action.split_once(':').map_or("", |(prefix, _)| prefix);
        let through = self.any_present(ENDPOINT_KEYS);
        let arn = !(prefix.eq_ignore_ascii_case("s3") && through) || self.maybe_present("aws:SourceVpcArn");
        self.expect(arn, ModelChoice::F14, "S3 sends the ARN of the VPC");
        let tells = TELL_ENDPOINT_OWNER.iter().any(|service| service.eq_ignore_ascii_case(prefix));
        let owner = if tells { !through || self.maybe_present("aws:VpceAccount") } else { !self.any_present(OWNER_KEYS) };
        self.expect(owner, ModelChoice::F14, "the services of the table, and no others, tell who owns the VPC endpoint");
        for (name, start) in [("aws:SourceVpc", "vpc-"), ("aws:SourceVpce", "vpce-"), ("aws:Ec2InstanceSourceVpc", "vpc-")] {
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
        self.require(!self.any_present(CHAIN) || !direct, "F17", "`aws:CalledVia` comes with forwarded calls only");
        if let Some(chain) = self.list("aws:CalledVia") {
            for name in ["aws:CalledViaFirst", "aws:CalledViaLast"] {
                let element = self.text(name).is_none_or(|service| chain.contains(service));
                self.require(element, "F17", format_args!("`{name}` is one of `aws:CalledVia`"));
            }
        }
        let by_service = forwarded != Some(false) || self.is(&[PrincipalKind::Service]);
        self.expect(!self.present("kms:ViaService") || by_service, ModelChoice::F27, "`kms:ViaService` comes with calls by services");
    }
}
