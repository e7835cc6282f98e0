//! Which Allow statements of a layer come nearest to allowing something.

use super::changes::{anybody, anything, inert};
use keyaki_iam::layers::{Layer, NamedPolicy, Policies};
use keyaki_iam::policy::Effect;

/// What is left of the Allow statements of a layer; each asks for less than the one before.
#[derive(Debug, Clone, Copy)]
pub(super) enum Loosened {
    /// All but the conditions.
    Conditions,
    /// All but conditions and principals.
    Principals,
    /// The actions alone.
    Resources,
}

impl Loosened {
    pub const ALL: [Self; 3] = [Self::Conditions, Self::Principals, Self::Resources];
}

/// The set with less in the Allow statements of a layer; `None` where nothing becomes less.
pub(super) fn loosened(set: &Policies, layer: Layer, less: Loosened) -> Option<Policies> {
    let mut loosened = set.clone();
    let mut differs = false;
    of_layer(&mut loosened, layer, &mut |named| {
        let kind = named.policy.kind;
        let mut before = Vec::new();
        for statement in &mut named.policy_mut().statements {
            if statement.effect != Effect::Allow {
                continue;
            }
            let principal = anybody(kind).is_some() && statement.principal.is_some();
            let resource = statement.resource.is_some();
            let changes = match less {
                Loosened::Conditions => !statement.conditions.is_empty(),
                Loosened::Principals => principal,
                Loosened::Resources => resource,
            };
            differs |= changes;
            before.push(inert(statement).into());
            statement.conditions.clear();
            match less {
                Loosened::Conditions => {}
                Loosened::Principals => statement.principal = anybody(kind),
                Loosened::Resources => {
                    statement.principal = anybody(kind);
                    statement.resource = anything(kind);
                }
            }
        }
        // For no action: the keys that they name stay those of the question.
        named.policy_mut().statements.extend(before);
    });
    differs.then_some(loosened)
}

fn of_layer(set: &mut Policies, layer: Layer, change: &mut dyn FnMut(&mut NamedPolicy)) {
    match layer {
        Layer::Identity => set.identity.iter_mut().flatten().for_each(change),
        Layer::Boundary => set.boundary.iter_mut().for_each(change),
        Layer::Session => set.session.iter_mut().for_each(change),
        Layer::Resource => set.resource.iter_mut().for_each(change),
        Layer::Scp(at) => set.scp.iter_mut().skip(at).take(1).flatten().for_each(change),
        Layer::Rcp(at) => set.rcp.iter_mut().skip(at).take(1).flatten().for_each(change),
        Layer::Endpoint => set.endpoint.iter_mut().for_each(change),
    }
}
