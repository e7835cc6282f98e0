//! Concrete calls.

use super::{CALLER_ACCOUNT, Path, ROLE_ACCOUNT, Scope, Tags, Who, scope};
use crate::policy::ContextKey;
use crate::request::{ContextValue, Principal, PrincipalKind, Request};
use std::collections::{BTreeMap, BTreeSet};

type Context = BTreeMap<ContextKey, ContextValue>;

/// A concrete call by one path. What its authorizations have in common is there once, so that they
/// cannot contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Who makes the call.
    pub caller: Caller,
    /// The session of the service role, where the path needs one.
    pub role: Option<Caller>,
    /// What the variables stand for; the accounts of caller and role follow from these.
    pub bindings: BTreeMap<String, String>,
    /// The tags that the call passes: `aws:RequestTag/...` and `aws:TagKeys`.
    pub tags: Context,
    /// What each authorization has for itself, in the order of the path.
    pub own: Vec<Own>,
}

/// A caller with its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who it is.
    pub principal: Principal,
    /// Whether it belongs to the organization's management account.
    pub in_management_account: bool,
    /// The keys that tell of it, its session, the time, and the way of its requests.
    pub context: Context,
    /// The keys of the whole call, which every authorization of its inference has.
    pub shared: Context,
}

/// What an authorization has for itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Own {
    /// The owner of the resource, where the request says so.
    pub resource_account: Option<String>,
    /// The keys that tell of this authorization; keys that the path decides are not looked at.
    pub context: Context,
}

impl Path {
    /// Puts an instance together from one request for each authorization, in order: what the
    /// authorizations have in common is taken from the first that has it. `None` when the requests
    /// are too few.
    pub fn instance(
        &self,
        bindings: BTreeMap<String, String>,
        requests: &[Request],
    ) -> Option<Instance> {
        let of = |who: Who| {
            self.authorizations
                .iter()
                .zip(requests)
                .find(|(needed, _)| needed.who == who)
                .map(|(_, request)| request)
        };
        let caller = |request: &Request| Caller {
            principal: request.principal.clone(),
            in_management_account: request.principal_in_management_account,
            context: Context::new(),
            shared: Context::new(),
        };
        let mut instance = Instance {
            caller: of(Who::Caller).map(caller)?,
            role: of(Who::ServiceRole).map(caller),
            bindings,
            tags: Context::new(),
            own: vec![Own::default(); self.authorizations.len()],
        };
        if requests.len() < self.authorizations.len() {
            return None;
        }
        for (at, request) in requests.iter().enumerate() {
            self.take(&mut instance, at, request);
        }
        Some(instance)
    }

    /// Adds to an instance what the request for the authorization at this place says and nothing
    /// said before.
    fn take(&self, instance: &mut Instance, at: usize, request: &Request) {
        if let Some(own) = instance.own.get_mut(at) {
            own.resource_account.clone_from(&request.resource_account);
        }
        let decided = self.authorizations.get(at).map(|needed| &needed.keys);
        let open = request
            .context
            .iter()
            .filter(|(key, _)| decided.is_some_and(|decided| !decided.contains_key(*key)));
        for (key, value) in open {
            if let Some(place) = self.place(instance, at, key) {
                place.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }

    /// The instance with what the request for the authorization at this place says in place of what
    /// the instance says, if that is a request for the same resource and action.
    #[must_use]
    pub fn with_request(
        &self,
        instance: &Instance,
        at: usize,
        request: &Request,
    ) -> Option<Instance> {
        let needed = self.authorizations.get(at)?;
        let same = request.action == needed.action
            && request.resource == needed.resource.fill(&instance.bindings);
        let before = self.request(instance, at).filter(|_| same)?;
        let mut changed = instance.clone();
        for key in before.context.keys() {
            self.place(&mut changed, at, key)?.remove(key);
        }
        let caller = changed.caller_mut(needed.who)?;
        caller.principal.clone_from(&request.principal);
        caller.in_management_account = request.principal_in_management_account;
        self.take(&mut changed, at, request);
        Some(self.settled(changed))
    }

    /// The instance with the accounts of caller and role as these say.
    #[must_use]
    pub fn settled(&self, mut instance: Instance) -> Instance {
        let accounts =
            [(CALLER_ACCOUNT, Some(&instance.caller)), (ROLE_ACCOUNT, instance.role.as_ref())];
        let accounts = accounts.map(|(name, caller)| {
            (name, caller.and_then(|caller| caller.principal.account()).map(str::to_owned))
        });
        for (name, account) in accounts {
            if let (Some(account), true) = (account, self.variables.contains_key(name)) {
                instance.bindings.insert(name.to_owned(), account);
            }
        }
        instance
    }

    /// Where an instance keeps what the authorization at this place says of a key.
    fn place<'a>(
        &self,
        instance: &'a mut Instance,
        at: usize,
        key: &ContextKey,
    ) -> Option<&'a mut Context> {
        let needed = self.authorizations.get(at)?;
        if needed.shared.contains(key) && !needed.keys.contains_key(key) {
            return instance.caller_mut(needed.who).map(|caller| &mut caller.shared);
        }
        let shared = match scope(key) {
            Scope::Session => true,
            Scope::Way => needed.via.is_none(),
            Scope::Tags if needed.tags == Tags::Passed => return Some(&mut instance.tags),
            Scope::Tags | Scope::Authorization => false,
        };
        if shared && !needed.keys.contains_key(key) {
            return instance.caller_mut(needed.who).map(|caller| &mut caller.context);
        }
        instance.own.get_mut(at).map(|own| &mut own.context)
    }

    /// The request for the authorization at this place.
    pub fn request(&self, instance: &Instance, at: usize) -> Option<Request> {
        let (needed, own) = (self.authorizations.get(at)?, instance.own.get(at)?);
        let caller = match needed.who {
            Who::Caller => &instance.caller,
            Who::ServiceRole => instance.role.as_ref()?,
        };
        let mut context = own.context.clone();
        for (key, value) in &caller.context {
            if scope(key) == Scope::Session || needed.via.is_none() {
                context.insert(key.clone(), value.clone());
            }
        }
        let shared = caller.shared.iter().filter(|(key, _)| needed.shared.contains(key));
        context.extend(shared.map(|(key, value)| (key.clone(), value.clone())));
        if needed.tags == Tags::Passed {
            context.extend(instance.tags.clone());
        }
        context.extend(needed.keys.iter().map(|(key, value)| {
            (key.clone(), ContextValue::Single(value.fill(&instance.bindings)))
        }));
        context.retain(|key, _| needed.keys.contains_key(key) || !needed.lacks(key));
        Some(Request {
            principal: caller.principal.clone(),
            action: needed.action.clone(),
            resource: needed.resource.fill(&instance.bindings),
            resource_account: own.resource_account.clone(),
            principal_in_management_account: caller.in_management_account,
            context,
        })
    }

    /// Every request of the call, in the order of the authorizations.
    pub fn requests(&self, instance: &Instance) -> Vec<Request> {
        (0..self.authorizations.len()).filter_map(|at| self.request(instance, at)).collect()
    }

    /// Whether the instance is one of the path: every variable has a value of its shape, the
    /// accounts of caller and role are theirs, and the service role is one.
    pub fn admits(&self, instance: &Instance) -> bool {
        let value = |name: &str| instance.bindings.get(name).map(String::as_str);
        let shaped = self
            .variables
            .iter()
            .all(|(name, variable)| value(name).is_some_and(|value| variable.shape.admits(value)));
        let account = |name: &str, caller: &Caller| {
            let own = caller.principal.account();
            !self.variables.contains_key(name) || own.is_some() && own == value(name)
        };
        let role = match &instance.role {
            Some(role) => {
                role.principal.kind() == Some(PrincipalKind::RoleSession)
                    && account(ROLE_ACCOUNT, role)
            }
            None => !self.needs_role(),
        };
        shaped
            && role
            && instance.own.len() == self.authorizations.len()
            && account(CALLER_ACCOUNT, &instance.caller)
    }
}

/// The tags that are passed, and those of the resource: what their keys begin with, in lower case.
const REQUEST_TAG: &str = "aws:requesttag/";
const RESOURCE_TAG: &str = "aws:resourcetag/";

impl Path {
    /// Whether a call with tags passes some, and every tag that it passes is among `aws:TagKeys`;
    /// as far as the keys are mentioned.
    pub fn passes_tags(&self, instance: &Instance, mentioned: &BTreeSet<&ContextKey>) -> bool {
        let with_tags = self.authorizations.iter().any(|needed| needed.tags == Tags::Passed);
        let keys = ContextKey::new("aws:TagKeys");
        let passed = instance.tags.keys().filter_map(|key| key.lower().strip_prefix(REQUEST_TAG));
        let named =
            passed.collect::<Vec<_>>().iter().all(|tag| names(instance.tags.get(&keys), tag));
        let some =
            matches!(instance.tags.get(&keys), Some(ContextValue::List(keys)) if !keys.is_empty());
        !with_tags || !mentioned.contains(&keys) || named && some
    }

    /// Whether what the call creates has the tags that it passes and no others, as far as the keys
    /// are mentioned (SEMANTICS F16).
    pub fn creates_with_tags(
        &self,
        instance: &Instance,
        mentioned: &BTreeSet<&ContextKey>,
    ) -> bool {
        let keys = ContextKey::new("aws:TagKeys");
        let made = self.authorizations.iter().enumerate().filter(|(_, needed)| needed.created);
        made.filter_map(|(at, needed)| Some((needed.tags, self.request(instance, at)?))).all(
            |(tags, request)| {
                mentioned
                    .iter()
                    .filter_map(|key| Some((key, key.lower().strip_prefix(RESOURCE_TAG)?)))
                    .all(|(key, tag)| {
                        let (own, passing) = (
                            request.context.get(*key),
                            ContextKey::new(&format!("{REQUEST_TAG}{tag}")),
                        );
                        match tags {
                            Tags::Without => own.is_none(),
                            _ if mentioned.contains(&passing) => {
                                own == request.context.get(&passing)
                            }
                            Tags::Open | Tags::Passed => {
                                !mentioned.contains(&keys)
                                    || own.is_some() == names(request.context.get(&keys), tag)
                            }
                        }
                    })
            },
        )
    }
}

/// Whether a list of tag keys has this one, in lower case.
fn names(keys: Option<&ContextValue>, tag: &str) -> bool {
    matches!(keys, Some(ContextValue::List(keys)) if keys.iter().any(|key| key.eq_ignore_ascii_case(tag)))
}

impl Instance {
    /// The caller of an authorization.
    pub fn caller_mut(&mut self, who: Who) -> Option<&mut Caller> {
        match who {
            Who::Caller => Some(&mut self.caller),
            Who::ServiceRole => self.role.as_mut(),
        }
    }
}
