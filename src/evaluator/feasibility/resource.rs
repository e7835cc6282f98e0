//! The resource: its owner, its partition, its Region (F11, F24 to F26), and who owns foundation
//! models (F37).

use super::{Checker, shapes};
use keyaki_iam::endpoints::{GEOGRAPHIES, MODEL_ACCOUNT, MODEL_ORGANIZATION};
use keyaki_iam::request::arn_fields;
use keyaki_iam::world::ModelChoice;

impl Checker<'_> {
    pub(super) fn resource(&mut self) {
        self.owner();
        self.owner_of_model();
        self.profile();
        let Some([_, partition, service, resource_region, _, rest]) =
            arn_fields(&self.request.resource)
        else {
            return;
        };
        // Services, providers with a plain name and anonymous requesters are of no partition that a
        // request shows.
        let own = arn_fields(&self.request.principal.arn).map(|fields| fields[1]);
        self.require(
            own.is_none_or(|own| own == partition),
            "F25",
            "principal and resource are in the same partition",
        );
        for name in ["aws:RequestedRegion", "ec2:Region"] {
            let requested = resource_region.is_empty()
                || self.text(name).is_none_or(|region| region == resource_region);
            self.expect(
                requested,
                ModelChoice::F26,
                format_args!("`{name}` is the resource's Region"),
            );
        }
        let region = self.text("aws:RequestedRegion");
        let everywhere = resource_region.is_empty()
            && service == "bedrock"
            && rest.starts_with("foundation-model/");
        self.expect(
            !everywhere || region.is_none_or(|region| region == "unspecified"),
            ModelChoice::F26,
            "global inference has no Region",
        );
    }

    /// F11: the ARN, the request and the context tell the same owner. A foundation model has none
    /// of these, and F37 says what it has.
    fn owner(&mut self) {
        let fields = arn_fields(&self.request.resource);
        let named =
            fields.map(|fields| fields[4]).filter(|account| !matches!(*account, "" | "aws"));
        let given = self.request.resource_account.as_deref();
        self.expect(
            given.is_none_or(shapes::is_account),
            ModelChoice::F24,
            "the owner of the resource has 12 digits",
        );
        let agree = given.is_none() || named.is_none() || given == named;
        self.require(agree, "F11", "the account in the resource's ARN owns it");
        let owner = named.or_else(|| self.request.owner()).filter(|_| !self.is_about_model());
        for name in ["aws:ResourceAccount", "s3:ResourceAccount", "s3express:ResourceAccount"] {
            let told = self.text(name);
            self.require(
                owner.is_none() || told.is_none() || told == owner,
                "F11",
                format_args!("`{name}` owns the resource"),
            );
        }
    }

    /// Whether an action of Bedrock is asked for on a foundation model, which no account of a
    /// caller owns.
    pub(super) fn is_about_model(&self) -> bool {
        let bedrock =
            self.request.action.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bedrock"));
        bedrock && model_of(&self.request.resource).is_some()
    }

    /// F37: a foundation model is in an account and an organization of AWS, for which two names
    /// stand, and no caller is.
    pub(super) fn owner_of_model(&mut self) {
        if !self.is_about_model() {
            return;
        }
        let within =
            |path: &&str| path.split_once('/').is_some_and(|(id, _)| id == MODEL_ORGANIZATION);
        let paths = |name: &str| self.list(name).is_none_or(|paths| paths.iter().all(within));
        let owned = self.text("aws:ResourceAccount").is_none_or(|account| account == MODEL_ACCOUNT)
            && self.text("aws:ResourceOrgID").is_none_or(|id| id == MODEL_ORGANIZATION)
            && paths("aws:ResourceOrgPaths");
        let called = self.request.principal.account() != Some(MODEL_ACCOUNT)
            && self.text("aws:PrincipalOrgID") != Some(MODEL_ORGANIZATION)
            && self.list("aws:PrincipalOrgPaths").is_none_or(|paths| !paths.iter().any(within));
        let told = ["aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths"]
            .iter()
            .any(|name| self.present(name));
        let holds = !told || owned && called;
        let batch = self.request.action.eq_ignore_ascii_case("bedrock:CreateModelInvocationJob");
        let message =
            "a foundation model belongs to AWS, to no account or organization of a customer";
        self.require(holds || !(batch || self.assumes(ModelChoice::F37)), "F37", message);
    }
}

/// The id of the foundation model that a resource is.
fn model_of(resource: &str) -> Option<&str> {
    let [_, _, service, _, account, rest] = arn_fields(resource)?;
    rest.strip_prefix("foundation-model/").filter(|_| service == "bedrock" && account.is_empty())
}

impl Checker<'_> {
    /// F38: `bedrock:InferenceProfileArn` fits the resource, its Region and the caller.
    pub(super) fn profile(&mut self) {
        const KEY: &str = "bedrock:InferenceProfileArn";
        let Some([_, partition, "bedrock", region, _, _]) = arn_fields(&self.request.resource)
        else {
            return;
        };
        if !self.present(KEY) {
            return;
        }
        let Some(model) = model_of(&self.request.resource) else {
            return self.expect(
                false,
                ModelChoice::F38,
                format_args!("`{KEY}` comes with foundation models only"),
            );
        };
        let own = self.request.principal.account();
        let fits = self.text(KEY).and_then(arn_fields).is_some_and(
            |[_, of, service, source, account, profile]| {
                let routed = match (
                    profile.strip_prefix("inference-profile/"),
                    profile.strip_prefix("application-inference-profile/"),
                ) {
                    (Some(id), _) => routes_to(id, source, model, region),
                    (None, application) => application.is_some(),
                };
                of == partition
                    && service == "bedrock"
                    && own.is_none_or(|own| own == account)
                    && routed
            },
        );
        self.expect(
            fits,
            ModelChoice::F38,
            format_args!(
                "`{KEY}` is a profile of the caller that routes to `{}`",
                self.request.resource
            ),
        );
    }
}

/// Whether the system-defined profile with that id, called in `source`, can route to the model in
/// that Region, as far as the id tells.
fn routes_to(id: &str, source: &str, model: &str, region: &str) -> bool {
    let Some((geography, routed)) = id.split_once('.') else { return true };
    let Some((name, starts)) = GEOGRAPHIES.iter().find(|(name, _)| *name == geography) else {
        return true;
    };
    let there = if *name == "global" {
        region.is_empty() || region == source
    } else {
        starts.iter().any(|start| region.starts_with(start))
    };
    routed == model && there
}
