//! Organizations: their ids and paths (F8 in part, F9, F10).

use super::{Checker, shapes};
use keyaki_iam::catalogue::service_keys::{
    ACTIONS_WITHOUT_RESOURCE_ORGANIZATION, WITHOUT_RESOURCE_ORGANIZATION,
};
use keyaki_iam::world::ModelChoice;

const PRINCIPAL: [&str; 2] = ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths"];
const RESOURCE: [&str; 2] = ["aws:ResourceOrgID", "aws:ResourceOrgPaths"];
const SOURCE: [&str; 2] = ["aws:SourceOrgID", "aws:SourceOrgPaths"];
const ENDPOINT: [&str; 2] = ["aws:VpceOrgID", "aws:VpceOrgPaths"];

impl Checker<'_> {
    pub(super) fn organizations(&mut self) {
        for family in [PRINCIPAL, RESOURCE, SOURCE, ENDPOINT] {
            let [id, paths] = family;
            // Of sources F8 says so, which is a model choice, and of endpoints F14, which tells
            // which services send what.
            let row = if family == SOURCE { "F8" } else { "F9" };
            let assumed = family != ENDPOINT && (family != SOURCE || self.assumes(ModelChoice::F8));
            self.require(
                !assumed || self.together(&family),
                row,
                format_args!("`{id}` and `{paths}` come together"),
            );
            let told = self.text(id);
            self.require(
                told.is_none_or(is_organization),
                "F9",
                format_args!("`{id}` is the id of an organization"),
            );
            let fits = |path: &&str| is_path(path, told);
            self.require(
                self.list(paths).is_none_or(|list| list.iter().all(fits)),
                "F9",
                format_args!("`{paths}` holds paths of `{id}`"),
            );
            self.require(
                self.list(paths).is_none_or(|list| list.len() == 1),
                "F9",
                format_args!("`{paths}` holds one path"),
            );
        }
        let account = self.request.principal.account();
        if account.is_some() && account == self.request.owner() && !self.is_about_model() {
            self.same_organization();
        }
    }

    /// F10: accounts have one place in one organization.
    fn same_organization(&mut self) {
        let action = self.request.action.to_ascii_lowercase();
        let silent = ACTIONS_WITHOUT_RESOURCE_ORGANIZATION.contains(&action.as_str())
            || action
                .split_once(':')
                .is_some_and(|(service, _)| WITHOUT_RESOURCE_ORGANIZATION.contains(&service));
        for (own, other) in PRINCIPAL.into_iter().zip(RESOURCE) {
            let values = (self.list(own), self.list(other));
            let same = match &values {
                (Some(own), Some(other)) => own == other,
                (Some(_), None) => silent || self.maybe_present(other),
                (None, Some(_)) => self.maybe_present(own),
                (None, None) => true,
            };
            self.require(
                same,
                "F10",
                format_args!("`{own}` and `{other}` are equal in one account"),
            );
        }
    }
}

/// `ORGANIZATION/r-ROOT/ou-UNIT/.../`, of that organization where it is told.
fn is_path(path: &str, organization: Option<&str>) -> bool {
    let Some(path) = path.strip_suffix('/') else { return false };
    let mut parts = path.split('/');
    let id = parts.next().unwrap_or_default();
    let root = parts.next().and_then(|root| root.strip_prefix("r-"));
    let is_unit = |unit: &str| {
        let ids = unit.strip_prefix("ou-").and_then(|ids| ids.split_once('-'));
        ids.is_some_and(|(root, own)| shapes::is_id(root, "") && shapes::is_id(own, ""))
    };
    is_organization(id)
        && organization.is_none_or(|told| told == id)
        && root.is_some_and(|root| shapes::is_id(root, ""))
        && parts.all(is_unit)
}

fn is_organization(text: &str) -> bool {
    shapes::is_id(text, "o-")
}
