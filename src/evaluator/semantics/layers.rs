//! What the policies of each layer say, and which of them take part for this caller (SEMANTICS 6.3
//! to 6.6).

use super::applies;
use super::participation::{Exemption, Participation};
use super::principal::{PrincipalClass, principal_class};
use super::statement::StatementRef;
use keyaki_iam::layers::{Layer, Policies};
use keyaki_iam::policy::{Effect, Kind, Statement};
use keyaki_iam::request::Request;
use std::collections::BTreeMap;

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

/// The statements of one layer that apply and count.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Allow statements; the class of principal where the layer has principals.
    pub(super) allows: Vec<(StatementRef, Option<PrincipalClass>)>,
    /// Deny statements.
    pub(super) denies: Vec<StatementRef>,
    /// Why Allow statements of the layer do not count.
    pub(super) exempt: Option<Exemption>,
}

/// Every layer that the set gives, with what of it applies and counts.
pub(super) struct Tallies(BTreeMap<Layer, Tally>);

impl Tallies {
    pub(super) fn of(policies: &Policies, request: &Request) -> Self {
        let participation = Participation::of(request);
        let exempt = |layer| Tally {
            exempt: participation.exemption(layer, Effect::Allow),
            ..Tally::default()
        };
        let mut tallies: BTreeMap<Layer, Tally> =
            given(policies).map(|layer| (layer, exempt(layer))).collect();
        for (number, (layer, named)) in policies.layered().enumerate() {
            let tally = tallies.entry(layer).or_default();
            let [allows, denies] = [Effect::Allow, Effect::Deny]
                .map(|effect| participation.exemption(layer, effect).is_none());
            for (index, statement) in named.policy.statements.iter().enumerate() {
                let counts = if statement.effect == Effect::Allow { allows } else { denies };
                if counts
                    && let Some(class) =
                        match_of(statement, named.policy.kind, layer, policies, request)
                {
                    let reference = StatementRef { policy: number, index };
                    match statement.effect {
                        Effect::Allow => tally.allows.push((reference, class)),
                        Effect::Deny => tally.denies.push(reference),
                    }
                }
            }
        }
        Self(tallies)
    }

    /// Whether an Allow statement of the layer applies.
    pub(super) fn allows(&self, layer: Layer) -> bool {
        self.0.get(&layer).is_some_and(|tally| !tally.allows.is_empty())
    }

    /// Whether the layer is given, takes part and allows nothing.
    pub(super) fn is_silent(&self, layer: Layer) -> bool {
        self.0.get(&layer).is_some_and(|tally| tally.exempt.is_none() && tally.allows.is_empty())
    }

    /// Whether an Allow statement of the resource-based policy applies by a principal of this
    /// class.
    pub(super) fn grants(&self, class: PrincipalClass) -> bool {
        self.0
            .get(&Layer::Resource)
            .is_some_and(|tally| tally.allows.iter().any(|(_, found)| *found == Some(class)))
    }

    /// The Allow statements of the layer that apply.
    pub(super) fn allowing(&self, layer: Layer) -> impl Iterator<Item = StatementRef> {
        self.0
            .get(&layer)
            .into_iter()
            .flat_map(|tally| &tally.allows)
            .map(|(reference, _)| *reference)
    }

    /// The Allow statements of the resource-based policy that apply by a principal of these
    /// classes.
    pub(super) fn granting_to(
        &self,
        classes: &[PrincipalClass],
    ) -> impl Iterator<Item = StatementRef> {
        let allows = self.0.get(&Layer::Resource).into_iter().flat_map(|tally| &tally.allows);
        allows
            .filter(|(_, class)| class.is_some_and(|class| classes.contains(&class)))
            .map(|(reference, _)| *reference)
    }

    /// The layers beside the core grant that take part and of which some Allow must apply: levels
    /// of SCPs and the endpoint's policies.
    pub(super) fn guards(&self) -> impl Iterator<Item = Layer> {
        let guards = self.0.iter().filter(|(layer, _)| is_guard(**layer));
        guards.filter(|(_, tally)| tally.exempt.is_none()).map(|(layer, _)| *layer)
    }

    /// The Deny statements that apply, in order.
    pub(super) fn denies(&self) -> Vec<StatementRef> {
        self.0.values().flat_map(|tally| &tally.denies).copied().collect()
    }

    /// Every statement that applies, in order.
    pub(super) fn applying(&self) -> Vec<StatementRef> {
        let both = |tally: &Tally| {
            tally
                .allows
                .iter()
                .map(|(reference, _)| *reference)
                .chain(tally.denies.clone())
                .collect::<Vec<_>>()
        };
        let mut applying: Vec<_> = self.0.values().flat_map(both).collect();
        applying.sort_unstable();
        applying
    }

    /// What became of each layer, in order.
    pub(super) fn outcomes(&self) -> Vec<LayerOutcome> {
        let outcome = |(layer, tally): (&Layer, &Tally)| LayerOutcome {
            layer: *layer,
            verdict: tally.verdict(*layer),
            class: tally.allows.iter().filter_map(|(_, class)| *class).min(),
        };
        self.0.iter().map(outcome).collect()
    }
}

impl Tally {
    fn verdict(&self, layer: Layer) -> Verdict {
        match self.exempt {
            _ if !self.denies.is_empty() => Verdict::Denies,
            Some(exemption) => Verdict::Exempt(exemption),
            None if !self.allows.is_empty() || allows_by_itself(layer) => Verdict::Allows,
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

/// `None` when the statement does not apply. `Some` of the class of its principal, where the layer
/// has principals: there a statement without them applies to nobody.
fn match_of(
    statement: &Statement,
    kind: Kind,
    layer: Layer,
    policies: &Policies,
    request: &Request,
) -> Option<Option<PrincipalClass>> {
    if !applies(statement, kind, request) {
        return None;
    }
    if !has_principals(layer) {
        return Some(None);
    }
    principal_class(statement.principal.as_ref()?, statement.effect, policies, request).map(Some)
}
