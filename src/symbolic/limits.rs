//! Which callers and requests a question leaves out.

use crate::request::PrincipalKind::Root;
use crate::symbolic::decision::IDENTITY_CALL;
use crate::symbolic::frame::Frame;
use keyaki_encodings::term::Term;

/// Which callers and requests a question is about, beyond its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallerLimits {
    /// Whether root users of the account that owns the resource are considered, who may do nearly anything there.
    pub root_in_own_account: bool,
    /// Whether sessions of service-linked roles are considered, which organization policies do not restrict.
    pub service_linked: bool,
    /// Whether callers in the organization's management account are considered, likewise.
    pub management_account: bool,
    /// Whether only requests are considered that came through a VPC endpoint. Where nothing of the question looks at a key that shows this,
    /// all are.
    pub through_endpoint: bool,
    /// Whether `sts:GetCallerIdentity` is considered, which no policy can refuse.
    pub get_caller_identity: bool,
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
        let within = excluded.into_iter().filter(|(considered, _)| !considered).map(|(_, term)| Term::not(term));
        let through = self.through_endpoint();
        let known = limits.through_endpoint && through.as_bool().is_none();
        Term::and(within.chain(known.then_some(through)))
    }
}
