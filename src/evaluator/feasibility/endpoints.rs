//! Where services are asked (F31), what they refuse themselves (F32), and which answer anybody
//! (F36).

use super::Checker;
use keyaki_iam::endpoints::{
    ASKED_BY_OTHERS, GLOBAL_SERVICES, REFUSALS, Refusal, WITH_RESOURCE_POLICIES,
};
use keyaki_iam::request::{PrincipalKind, Request, arn_fields};
use keyaki_iam::world::ModelChoice::{F31, F32, F36};

impl Checker<'_> {
    pub(super) fn endpoints(&mut self) {
        let action = self.request.action.as_str();
        let prefix = action.split_once(':').map_or("", |(prefix, _)| prefix);
        let by_others = ASKED_BY_OTHERS.iter().any(|known| known.eq_ignore_ascii_case(action));
        let home = arn_fields(&self.request.principal.arn)
            .map(|fields| fields[1])
            .filter(|_| self.request.principal.account().is_some());
        let known = GLOBAL_SERVICES.iter().find(|known| {
            !by_others
                && known.service.eq_ignore_ascii_case(prefix)
                && home == Some(known.partition)
        });
        if let (Some(known), Some(region)) = (known, self.text("aws:RequestedRegion")) {
            let there = known.regions.contains(&region);
            self.expect(
                there,
                F31,
                format_args!("`{prefix}` is asked in {}", known.regions.join(", ")),
            );
        }
        let open = !self.is(&[PrincipalKind::Anonymous])
            || WITH_RESOURCE_POLICIES.iter().any(|known| known.eq_ignore_ascii_case(prefix));
        self.expect(
            open,
            F36,
            format_args!(
                "`{prefix}` has no resource-based policies, so it answers signed requests only"
            ),
        );
        let refused = is_refused_by_service(self.request);
        self.expect(
            !refused,
            F32,
            format_args!("`{action}` on `{}` is refused by the service", self.request.resource),
        );
    }
}

/// Whether the service refuses the request itself, whatever the policies say (SEMANTICS F32).
pub fn is_refused_by_service(request: &Request) -> bool {
    REFUSALS.iter().any(|refusal| is_refused(request, refusal))
}

fn is_refused(request: &Request, refusal: &Refusal) -> bool {
    let asked = refusal.actions.iter().any(|known| known.eq_ignore_ascii_case(&request.action));
    let Some([_, _, service, _, account, rest]) = arn_fields(&request.resource).filter(|_| asked)
    else {
        return false;
    };
    let meant = service == refusal.service
        && refusal.account.is_none_or(|only| only == account)
        && rest.starts_with(refusal.start);
    meant && !refusal.unless.is_some_and(|path| is_session_of(request, path))
}

/// Whether the caller is a session of a role under that path.
fn is_session_of(request: &Request, path: &str) -> bool {
    let issuer = request.principal.issuer();
    let role =
        issuer.as_deref().and_then(arn_fields).and_then(|fields| fields[5].strip_prefix("role/"));
    role.is_some_and(|role| role.starts_with(path))
}
