//! Which callers and requests a question leaves out.

use crate::request::PrincipalKind::Root;
use crate::shape::Through;
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
    /// Which requests are considered of those that came through a VPC endpoint and of those that did not.
    pub through: Through,
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
        let way = match limits.through {
            Through::Both => Term::truth(),
            Through::Endpoint => self.through_endpoint(),
            Through::Past => Term::not(self.through_endpoint()),
        };
        Term::and(within.chain([way]))
    }
}
