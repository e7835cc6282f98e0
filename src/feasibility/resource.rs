//! The resource: its owner, its partition, its Region (F11, F24 to F26).

use super::{Checker, shapes};
use crate::request::arn_fields;
use crate::world::ModelChoice;

impl Checker<'_> {
    pub(super) fn resource(&mut self) {
        self.owner();
        let Some([_, partition, service, resource_region, _, rest]) = arn_fields(&self.request.resource) else { return };
        // Services, providers with a plain name and anonymous requesters are of no partition that a request shows.
        let own = arn_fields(&self.request.principal.arn).map(|fields| fields[1]);
        self.require(own.is_none_or(|own| own == partition), "F25", "principal and resource are in the same partition");
        for name in ["aws:RequestedRegion", "ec2:Region"] {
            let requested = resource_region.is_empty() || self.text(name).is_none_or(|region| region == resource_region);
            self.expect(requested, ModelChoice::F26, format_args!("`{name}` is the resource's Region"));
        }
        let region = self.text("aws:RequestedRegion");
        let everywhere = resource_region.is_empty() && service == "bedrock" && rest.starts_with("foundation-model/");
        self.expect(!everywhere || region.is_none_or(|region| region == "unspecified"), ModelChoice::F26, "global inference has no Region");
    }

    /// F11: the ARN, the request and the context tell the same owner. A foundation model, which only actions of Bedrock are about, has
    /// none, and what `aws:ResourceAccount` is there the text leaves open `[U25]`.
    fn owner(&mut self) {
        let fields = arn_fields(&self.request.resource);
        let named = fields.map(|fields| fields[4]).filter(|account| !matches!(*account, "" | "aws"));
        let given = self.request.resource_account.as_deref();
        self.expect(given.is_none_or(shapes::is_account), ModelChoice::F24, "the owner of the resource has 12 digits");
        let agree = given.is_none() || named.is_none() || given == named;
        self.require(agree, "F11", "the account in the resource's ARN owns it");
        let model = fields.is_some_and(|[_, _, service, _, account, rest]| {
            service == "bedrock" && account.is_empty() && rest.starts_with("foundation-model/")
        });
        let bedrock = self.request.action.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bedrock"));
        let owner = named.or_else(|| self.request.owner()).filter(|_| !(model && bedrock));
        for name in ["aws:ResourceAccount", "s3:ResourceAccount", "s3express:ResourceAccount"] {
            let told = self.text(name);
            self.require(owner.is_none() || told.is_none() || told == owner, "F11", format_args!("`{name}` owns the resource"));
        }
    }
}
