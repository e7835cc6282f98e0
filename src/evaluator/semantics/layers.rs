//! What the policies of each layer say, and which of them take part for this caller (SEMANTICS 6.3
//! to 6.6).

use super::asked::Asked;
use super::participation::Exemption;
use super::principal::{PrincipalClass, class_of_element};
use super::statement::StatementRef;
use keyaki_iam::layers::{Layer, Policies};
use keyaki_iam::policy::{Effect, Kind, Statement};

/// What became of one layer of the policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerOutcome {
    /// Which layer; each level of SCPs and RCPs is its own.
    pub layer: Layer,
    /// What it says.
    pub verdict: Verdict,
    /// The strongest class of principal by which an Allow of it applies; `None` when none does or
    /// when the layer has no principals.
    pub class: Option<PrincipalClass>,
}

/// What one layer says about the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A Deny statement that counts applies.
    Denies,
    /// An Allow statement applies; for RCPs: no Deny does, since `RCPFullAWSAccess` is always
    /// attached.
    Allows,
    /// The layer takes part, and no Allow statement applies.
    Silent,
    /// The layer, or at least what it allows, does not count for this request.
    Exempt(Exemption),
}

/// A statement of the policies with what the decision needs to know of its place.
#[derive(Clone, Copy)]
pub(super) struct Placed<'p> {
    pub(super) layer: Layer,
    pub(super) kind: Kind,
    pub(super) reference: StatementRef,
    pub(super) statement: &'p Statement,
}

/// Every statement of the policies, in order.
pub(super) fn placed(policies: &Policies) -> impl Iterator<Item = Placed<'_>> {
    policies.layered().enumerate().flat_map(|(policy, (layer, named))| {
        named.policy.statements().enumerate().map(move |(index, statement)| Placed {
            layer,
            kind: named.policy.kind,
            reference: StatementRef { policy, index },
            statement,
        })
    })
}

/// A statement that applies and counts.
struct Applying {
    layer: Layer,
    effect: Effect,
    reference: StatementRef,
    /// The class of its principal, where the layer has principals.
    class: Option<PrincipalClass>,
}

/// Every layer that the set gives, with what of it applies and counts.
pub(super) struct Tallies {
    /// The layers in order, each with the reason why its Allow statements do not count.
    given: Vec<(Layer, Option<Exemption>)>,
    /// In order.
    applying: Vec<Applying>,
}

impl Tallies {
    /// What the statements say about the request, which are all of the set that may apply to it, in
    /// any order.
    pub(super) fn of<'p>(
        policies: &Policies,
        asked: &Asked<'_>,
        statements: impl Iterator<Item = Placed<'p>>,
    ) -> Self {
        let mut given: Vec<_> =
            given(policies).map(|layer| (layer, asked.exemption(layer, Effect::Allow))).collect();
        given.sort_unstable();
        let mut applying: Vec<_> =
            statements.filter_map(|placed| applying(placed, policies, asked)).collect();
        applying.sort_unstable_by_key(|applying| applying.reference);
        Self { given, applying }
    }

    /// The statements of the layer with this effect that apply.
    fn with(&self, layer: Layer, effect: Effect) -> impl Iterator<Item = &Applying> {
        self.applying.iter().filter(move |one| one.layer == layer && one.effect == effect)
    }

    /// Whether an Allow statement of the layer applies.
    pub(super) fn allows(&self, layer: Layer) -> bool {
        self.with(layer, Effect::Allow).next().is_some()
    }

    /// Whether the layer is given, takes part and allows nothing.
    pub(super) fn is_silent(&self, layer: Layer) -> bool {
        self.given.contains(&(layer, None)) && !self.allows(layer)
    }

    /// Whether an Allow statement of the resource-based policy applies by a principal of this
    /// class.
    pub(super) fn grants(&self, class: PrincipalClass) -> bool {
        self.with(Layer::Resource, Effect::Allow).any(|one| one.class == Some(class))
    }

    /// The Allow statements of the layer that apply.
    pub(super) fn allowing(&self, layer: Layer) -> impl Iterator<Item = StatementRef> {
        self.with(layer, Effect::Allow).map(|one| one.reference)
    }

    /// The Allow statements of the resource-based policy that apply by a principal of these
    /// classes.
    pub(super) fn granting_to(
        &self,
        classes: &[PrincipalClass],
    ) -> impl Iterator<Item = StatementRef> {
        self.with(Layer::Resource, Effect::Allow)
            .filter(|one| one.class.is_some_and(|class| classes.contains(&class)))
            .map(|one| one.reference)
    }

    /// The layers beside the core grant that take part and of which some Allow must apply: levels
    /// of SCPs and the endpoint's policies.
    pub(super) fn guards(&self) -> impl Iterator<Item = Layer> {
        let guards = self.given.iter().filter(|(layer, _)| is_guard(*layer));
        guards.filter(|(_, exemption)| exemption.is_none()).map(|(layer, _)| *layer)
    }

    /// The Deny statements that apply, in order.
    pub(super) fn denies(&self) -> impl Iterator<Item = StatementRef> {
        self.applying.iter().filter(|one| one.effect == Effect::Deny).map(|one| one.reference)
    }

    /// Every statement that applies, in order.
    pub(super) fn applying(&self) -> Vec<StatementRef> {
        self.applying.iter().map(|one| one.reference).collect()
    }

    /// What became of each layer, in order.
    pub(super) fn outcomes(&self) -> Vec<LayerOutcome> {
        let outcome = |(layer, exemption): &(Layer, Option<Exemption>)| LayerOutcome {
            layer: *layer,
            verdict: self.verdict(*layer, *exemption),
            class: self.with(*layer, Effect::Allow).filter_map(|one| one.class).min(),
        };
        self.given.iter().map(outcome).collect()
    }

    fn verdict(&self, layer: Layer, exemption: Option<Exemption>) -> Verdict {
        match exemption {
            _ if self.with(layer, Effect::Deny).next().is_some() => Verdict::Denies,
            Some(exemption) => Verdict::Exempt(exemption),
            None if self.allows(layer) || allows_by_itself(layer) => Verdict::Allows,
            None => Verdict::Silent,
        }
    }
}

/// The layers of which the set says something, a level of SCPs without policies included.
fn given(policies: &Policies) -> impl Iterator<Item = Layer> {
    let Policies { identity, boundary, session, resource, scp, rcp, endpoint, not_principal: _ } =
        policies;
    let single = [
        (Layer::Identity, identity.is_some()),
        (Layer::Boundary, boundary.is_some()),
        (Layer::Session, !session.is_empty()),
        (Layer::Resource, resource.is_some()),
        (Layer::Endpoint, !endpoint.is_empty()),
    ];
    let single = single.into_iter().filter(|(_, given)| *given).map(|(layer, _)| layer);
    single.chain((0..scp.len()).map(Layer::Scp)).chain((0..rcp.len()).map(Layer::Rcp))
}

/// Whether the layer, beside the core grant, refuses what it does not allow.
fn is_guard(layer: Layer) -> bool {
    match layer {
        Layer::Scp(_) | Layer::Endpoint => true,
        Layer::Identity | Layer::Boundary | Layer::Session | Layer::Resource | Layer::Rcp(_) => {
            false
        }
    }
}

/// Whether the layer allows what it does not deny: `RCPFullAWSAccess` is always attached.
fn allows_by_itself(layer: Layer) -> bool {
    match layer {
        Layer::Rcp(_) => true,
        Layer::Identity
        | Layer::Boundary
        | Layer::Session
        | Layer::Resource
        | Layer::Scp(_)
        | Layer::Endpoint => false,
    }
}

/// Whether policies of the layer say by a principal element to whom they apply.
pub(super) fn has_principals(layer: Layer) -> bool {
    match layer {
        Layer::Resource | Layer::Rcp(_) | Layer::Endpoint => true,
        Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scp(_) => false,
    }
}

/// The statement, if it applies and counts; where its layer has principals, one without them
/// applies to nobody.
fn applying(placed: Placed<'_>, policies: &Policies, asked: &Asked<'_>) -> Option<Applying> {
    let Placed { layer, kind, reference, statement } = placed;
    let effect = statement.effect;
    if !asked.meets(statement, kind) || asked.exemption(layer, effect).is_some() {
        return None;
    }
    let class = if has_principals(layer) {
        Some(class_of_element(statement.principal.as_ref()?, effect, policies, asked)?)
    } else {
        None
    };
    Some(Applying { layer, effect, reference, class })
}
