//! The set of policies that one question is asked about, layer by layer.

use crate::policy::parameter::{Clash, Forms, Parameter, with_value};
use crate::policy::{ContextKey, Policy, Stated, Statement};
use crate::request::Request;
use crate::shape::Shape;
use crate::source::{Place, Source, Span};
use crate::visible::visible;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A policy with the name that reports use for it.
#[derive(Debug, Clone)]
pub struct NamedPolicy {
    /// A file name, or in a `policies` object the name or the place, `identity[0]` for example.
    pub name: String,
    /// The document. A clone shares it.
    pub policy: Arc<Policy>,
    /// The text that it was read from, if it was.
    pub source: Option<Source>,
    /// Where in its source the text begins from which the places of the policy count: what stands in
    /// several texts is read once.
    pub start: usize,
}

impl NamedPolicy {
    /// A policy that was read from no file.
    pub fn new(name: impl Into<String>, policy: impl Into<Arc<Policy>>) -> Self {
        Self { name: name.into(), policy: policy.into(), source: None, start: 0 }
    }

    /// Where a part of the policy stands, if it was read from a text.
    pub fn place(&self, part: Span) -> Option<Place> {
        self.source.as_ref().map(|source| source.place(part.after(self.start)))
    }

    /// The document, to change it: a copy of its own where others share it.
    pub fn policy_mut(&mut self) -> &mut Policy {
        Arc::make_mut(&mut self.policy)
    }

    /// Gives parameters of the policy other forms: `formed` gives the key of each.
    pub fn form(&mut self, formed: &dyn Fn(&ContextKey) -> ContextKey) {
        if self.policy.keys().any(|key| Parameter::of(key).is_some()) {
            self.policy_mut().form(formed);
        }
    }
}

/// Where in the decision a policy takes part (SEMANTICS 6.3). The order is that of the policies'
/// numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Identity-based policies: of the user and its groups, or of the role.
    Identity,
    /// The permissions boundary of the user or role.
    Boundary,
    /// The session policies.
    Session,
    /// The resource-based policy: a bucket policy, a key policy, a role trust policy.
    Resource,
    /// The service control policies of one level, counted from 0 at the organization's root.
    Scp(usize),
    /// The resource control policies of one level, counted from 0 at the organization's root.
    Rcp(usize),
    /// The policies of the VPC endpoint.
    Endpoint,
}

impl Layer {
    /// The member of a `policies` object that holds the layer.
    pub fn word(self) -> &'static str {
        match self {
            Layer::Identity => "identity",
            Layer::Boundary => "boundary",
            Layer::Session => "session",
            Layer::Resource => "resource",
            Layer::Scp(_) => "scp",
            Layer::Rcp(_) => "rcp",
            Layer::Endpoint => "endpoint",
        }
    }

    /// The level of an organization policy, counted from 0 at the organization's root.
    pub fn level(self) -> Option<usize> {
        match self {
            Layer::Scp(level) | Layer::Rcp(level) => Some(level),
            Layer::Identity
            | Layer::Boundary
            | Layer::Session
            | Layer::Resource
            | Layer::Endpoint => None,
        }
    }
}

impl fmt::Display for Layer {
    /// In words; levels are numbered from 1.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Layer::Identity => f.write_str("identity-based policies"),
            Layer::Boundary => f.write_str("permissions boundary"),
            Layer::Session => f.write_str("session policies"),
            Layer::Resource => f.write_str("resource-based policy"),
            Layer::Scp(level) => write!(f, "SCP level {}", level + 1),
            Layer::Rcp(level) => write!(f, "RCP level {}", level + 1),
            Layer::Endpoint => f.write_str("VPC endpoint policy"),
        }
    }
}

/// How a Deny statement with `NotPrincipal` is read (SEMANTICS 6.2, `[U20]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum NotPrincipalReading {
    /// One entry that matches the caller, in any class, exempts it.
    #[default]
    AnyEntry,
    /// Only a list that holds every level of the caller exempts it: of a role session the session,
    /// the role and the account.
    EveryLevel,
}

/// The policies that apply to a request. What is not given does not apply.
///
/// A policy's number, as in a statement reference, counts through the layers in the order of the
/// fields.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    /// The identity-based policies; `None` when nothing is said about them, which differs from none
    /// only for a resource-based policy that stands alone.
    pub identity: Option<Vec<NamedPolicy>>,
    /// The permissions boundary.
    pub boundary: Option<NamedPolicy>,
    /// The session policies, which count as one set. None: there is no session policy.
    pub session: Vec<NamedPolicy>,
    /// The resource-based policy; the trust policy of a role.
    pub resource: Option<NamedPolicy>,
    /// The service control policies of the caller's account, level by level from the organization's
    /// root. No level: none apply.
    pub scp: Vec<Vec<NamedPolicy>>,
    /// The resource control policies of the resource's account, likewise.
    pub rcp: Vec<Vec<NamedPolicy>>,
    /// The policies of the VPC endpoint. None: there is no endpoint policy.
    pub endpoint: Vec<NamedPolicy>,
    /// How `NotPrincipal` is read.
    pub not_principal: NotPrincipalReading,
}

impl Policies {
    /// Identity-based policies and nothing else.
    pub fn identity(identity: Vec<NamedPolicy>) -> Self {
        Self { identity: Some(identity), ..Self::default() }
    }

    /// A resource-based policy alone: the question is what it grants.
    pub fn resource(resource: NamedPolicy) -> Self {
        Self { resource: Some(resource), ..Self::default() }
    }

    /// Whether there is a resource-based policy and nothing else, not even an empty list of
    /// identity-based policies. Such a set is read as what the resource-based policy grants, to
    /// whom it is not implied by other policies.
    pub fn is_resource_alone(&self) -> bool {
        let Self { identity, boundary, session, resource, scp, rcp, endpoint, not_principal: _ } =
            self;
        let others = identity.is_some() || boundary.is_some() || !session.is_empty();
        resource.is_some() && !others && scp.is_empty() && rcp.is_empty() && endpoint.is_empty()
    }

    /// Every policy with its layer, in the order of their numbers.
    pub fn layered(&self) -> impl Iterator<Item = (Layer, &NamedPolicy)> {
        let of = |layer: Layer| move |policy| (layer, policy);
        let identity = self.identity.iter().flatten().map(of(Layer::Identity));
        identity
            .chain(self.boundary.iter().map(of(Layer::Boundary)))
            .chain(self.session.iter().map(of(Layer::Session)))
            .chain(self.resource.iter().map(of(Layer::Resource)))
            .chain(levels(&self.scp, Layer::Scp))
            .chain(levels(&self.rcp, Layer::Rcp))
            .chain(self.endpoint.iter().map(of(Layer::Endpoint)))
    }

    /// Every policy of every layer in the order of their numbers.
    pub fn all(&self) -> impl Iterator<Item = &NamedPolicy> {
        self.layered().map(|(_, policy)| policy)
    }

    /// The set with what is kept of each statement, statement by statement in the order of the
    /// policies' numbers.
    #[must_use]
    pub fn keeping(&self, keep: &mut dyn FnMut(&Policy, &Stated) -> Option<Stated>) -> Self {
        let mut one = |NamedPolicy { name, policy, source, start }: &NamedPolicy| {
            let statements =
                policy.statements.iter().filter_map(|stated| keep(policy, stated)).collect();
            NamedPolicy {
                name: name.clone(),
                policy: Policy { id: policy.id.clone(), statements, ..**policy }.into(),
                source: source.clone(),
                start: *start,
            }
        };
        let Self { identity, boundary, session, resource, scp, rcp, endpoint, not_principal } =
            self;
        Self {
            identity: identity.as_ref().map(|policies| policies.iter().map(&mut one).collect()),
            boundary: boundary.as_ref().map(&mut one),
            session: session.iter().map(&mut one).collect(),
            resource: resource.as_ref().map(&mut one),
            scp: scp.iter().map(|level| level.iter().map(&mut one).collect()).collect(),
            rcp: rcp.iter().map(|level| level.iter().map(&mut one).collect()).collect(),
            endpoint: endpoint.iter().map(&mut one).collect(),
            not_principal: *not_principal,
        }
    }

    /// Every policy of every layer.
    fn all_mut(&mut self) -> impl Iterator<Item = &mut NamedPolicy> {
        let Self { identity, boundary, session, resource, scp, rcp, endpoint, not_principal: _ } =
            self;
        let identity = identity.iter_mut().flatten().chain(boundary).chain(session);
        let levels = scp.iter_mut().flatten().chain(rcp.iter_mut().flatten());
        identity.chain(resource).chain(levels).chain(endpoint)
    }

    /// Refuses a request that does not tell the value of a parameter: a decision needs it.
    ///
    /// # Errors
    /// The first parameter without a value.
    pub fn has_values(&self, request: &Request) -> Result<(), NoValue> {
        let mut keys = self.all().flat_map(|named| named.policy.keys());
        let lacking =
            keys.find(|key| Parameter::of(key).is_some() && !request.context.contains_key(*key));
        lacking.map_or(Ok(()), |key| Err(NoValue(key.clone())))
    }

    /// The policy with this number.
    pub fn policy(&self, number: usize) -> Option<&NamedPolicy> {
        self.all().nth(number)
    }

    /// The statement at `index` of the policy with this number.
    pub fn statement(&self, policy: usize, index: usize) -> Option<&Statement> {
        self.policy(policy)?.policy.statements.get(index).map(|stated| &**stated)
    }
}

/// A parameter of which a request does not tell the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoValue(ContextKey);

impl fmt::Display for NoValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Parameter::of(&self.0).map(|one| one.name).unwrap_or_default();
        write!(
            f,
            "the value of `{}` is not known, and a decision needs it; give it with `--parameter NAME=VALUE`, or in the context of the request as `{}`",
            visible(&name),
            visible(self.0.text())
        )
    }
}

/// Gives parameters of one name one form in all policies of a question, and in its shape: they have
/// one value (SEMANTICS 3.1).
///
/// # Errors
/// When there is no such form.
pub fn one_form(sets: &mut [&mut Policies], shape: Option<&mut Shape>) -> Result<(), Clash> {
    let mut forms = Forms::default();
    for set in &*sets {
        forms.note(set.all().flat_map(|named| named.policy.keys()));
    }
    forms.note(shape.iter().flat_map(|shape| shape.statement.keys()));
    if let Some(clash) = forms.clash() {
        return Err(clash);
    }
    if !forms.is_empty() {
        form(sets, shape, &|key: &_| forms.key(key));
    }
    Ok(())
}

/// Gives parameters these values, in all policies of a question and in its shape: each is one of one
/// text, by the key that it had.
pub fn at_values(
    sets: &mut [&mut Policies],
    shape: Option<&mut Shape>,
    values: &BTreeMap<ContextKey, String>,
) {
    form(sets, shape, &|key: &_| {
        values.get(key).map_or_else(|| key.clone(), |value| with_value(key, value))
    });
}

/// Gives parameters other forms: `formed` gives the key of each.
fn form(
    sets: &mut [&mut Policies],
    shape: Option<&mut Shape>,
    formed: &dyn Fn(&ContextKey) -> ContextKey,
) {
    for named in sets.iter_mut().flat_map(|set| set.all_mut()) {
        named.form(formed);
    }
    if let Some(shape) = shape {
        shape.statement.form(formed);
    }
}

/// The policies of all levels, each with its level.
fn levels(
    levels: &[Vec<NamedPolicy>],
    layer: fn(usize) -> Layer,
) -> impl Iterator<Item = (Layer, &NamedPolicy)> {
    levels.iter().enumerate().flat_map(move |(level, policies)| {
        policies.iter().map(move |policy| (layer(level), policy))
    })
}
