//! A request with what the rules look at again and again: found when it is first asked for, and
//! once for all policies.

use super::context::Context;
use keyaki_iam::request::{PrincipalKind, Request, arn_fields};
use std::cell::OnceCell;

/// A request about which decisions are asked for. What is found out about it for one decision
/// serves the next one.
pub struct Asked<'r> {
    /// The request.
    pub(super) request: &'r Request,
    /// The prefix and the name of the action, where it has both.
    pub(super) action: Option<(&'r str, &'r str)>,
    /// The fields of the resource's ARN; `None` where it is `*` or not of six fields.
    pub(super) resource: Option<[&'r str; 6]>,
    context: OnceCell<Context<'r>>,
    caller: OnceCell<Caller<'r>>,
    issuer: OnceCell<Option<String>>,
}

/// What the decision asks about the caller and the owner of the resource.
#[derive(Clone, Copy)]
pub(super) struct Caller<'r> {
    /// Its kind; `None` when its text names no principal.
    pub(super) kind: Option<PrincipalKind>,
    /// The account that it belongs to.
    pub(super) account: Option<&'r str>,
    /// The account that owns the resource.
    pub(super) owner: Option<&'r str>,
}

impl<'r> Asked<'r> {
    /// Asks about the request.
    pub fn about(request: &'r Request) -> Self {
        Self {
            request,
            action: request.action.split_once(':'),
            resource: arn_fields(&request.resource),
            context: OnceCell::new(),
            caller: OnceCell::new(),
            issuer: OnceCell::new(),
        }
    }

    /// What it carries for the context keys.
    pub(super) fn context(&self) -> &Context<'r> {
        self.context.get_or_init(|| Context::of(self.request))
    }

    /// Who asks, and for whose resource.
    pub(super) fn caller(&self) -> Caller<'r> {
        *self.caller.get_or_init(|| {
            let principal = &self.request.principal;
            let (kind, account) = (principal.kind(), principal.account());
            Caller { kind, account, owner: self.request.owner() }
        })
    }

    /// What issued the caller's session: see
    /// [`Principal::issuer`](keyaki_iam::request::Principal::issuer).
    pub(super) fn issuer(&self) -> Option<&str> {
        self.issuer.get_or_init(|| self.request.principal.issuer()).as_deref()
    }
}
