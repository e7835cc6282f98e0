//! The way of a call: its network, calls by services, forwarded calls (F7, F8, F14, F17, F27), and what every request carries.

use super::Checker;
use crate::request::{PrincipalKind, arn_fields};
use crate::world::ModelChoice;

/// Keys that every request carries, whoever calls (SEMANTICS 5.3 and 5.5).
const ALWAYS: &[&str] =
    &["aws:SecureTransport", "aws:CurrentTime", "aws:EpochTime", "aws:RequestedRegion", "aws:ViaAWSService", "aws:UserAgent"];

const SOURCE_KEYS: &[&str] = &["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];
const ENDPOINT_KEYS: &[&str] = &["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"];
const MORE_ENDPOINT_KEYS: &[&str] = &["aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
const CHAIN: &[&str] = &["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];

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
