//! What could be changed in a policy set so that it refuses less, and what of it one request needs.

use keyaki_evaluator::semantics::{self, StatementRef};
use keyaki_iam::layers::{Layer, NamedPolicy, Policies};
use keyaki_iam::policy::{
    ActionElement, ActionPattern, Effect, Kind, Policy, PrincipalElement, PrincipalEntry,
    ResourceElement, ResourcePattern, Statement, Version,
};
use keyaki_iam::request::Request;
use keyaki_iam::source::Span;
use std::collections::BTreeSet;

/// One change. The order is that in which it is tried to do without: what names a statement is
/// kept rather.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// A layer allows everything that it does not deny.
    Open(Opened),
    /// A Deny statement is not there.
    Drop(StatementRef),
}

impl Change {
    /// Whether requests come to be allowed whatever some limits say.
    pub fn grants_round_limits(self) -> bool {
        match self {
            Self::Open(opened) => opened.layer == Layer::Resource,
            Self::Drop(_) => false,
        }
    }
}

/// A layer that is opened. The order is that in which it is tried to do without: a grant of the
/// resource's policy goes round limits, and so the limits are kept rather.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Opened {
    rank: u8,
    pub layer: Layer,
}

impl Opened {
    fn new(layer: Layer) -> Self {
        let rank = match layer {
            Layer::Resource => 0,
            Layer::Identity => 1,
            Layer::Boundary | Layer::Session | Layer::Scp(_) | Layer::Rcp(_) | Layer::Endpoint => 2,
        };
        Self { rank, layer }
    }
}

pub(super) type Changes = BTreeSet<Change>;

/// Every change of a layer, whether or not the set gives it.
pub(super) fn of_layer(set: &Policies, layer: Layer) -> Changes {
    let denies = set.layered().enumerate().filter(|(_, (own, _))| *own == layer).flat_map(
        |(number, (_, named))| {
            let statements = named.policy.statements().enumerate();
            statements
                .filter(|(_, statement)| statement.effect == Effect::Deny)
                .map(move |(index, _)| Change::Drop(StatementRef { policy: number, index }))
        },
    );
    let opens = match layer {
        // What such a layer does not deny it allows.
        Layer::Rcp(_) => None,
        Layer::Identity
        | Layer::Boundary
        | Layer::Session
        | Layer::Resource
        | Layer::Scp(_)
        | Layer::Endpoint => Some(Change::Open(Opened::new(layer))),
    };
    denies.chain(opens).collect()
}

/// The set with the changes. A Deny statement is not taken out, but matches no action: which keys
/// exist for a question depends on the statements, and must be the same with and without it.
pub(super) fn changed(set: &Policies, changes: &Changes) -> Policies {
    let references = set.layered().enumerate().flat_map(|(policy, (_, named))| {
        (0..named.policy.statements.len()).map(move |index| StatementRef { policy, index })
    });
    let mut references = references.collect::<Vec<_>>().into_iter();
    let mut changed = set.keeping(&mut |_, statement| {
        let dropped =
            references.next().is_some_and(|reference| changes.contains(&Change::Drop(reference)));
        Some(if dropped { inert(statement).into() } else { statement.clone() })
    });
    for change in changes {
        match change {
            Change::Open(opened) => open(&mut changed, opened.layer),
            Change::Drop(_) => {}
        }
    }
    changed
}

/// The statement for no action.
pub(super) fn inert(statement: &Statement) -> Statement {
    statement.with_action(ActionElement { negated: false, patterns: Vec::new() })
}

/// Which of the changes the request needs so that the set allows it; `None` if they are not enough.
/// None of them can be left out.
pub(super) fn needed(set: &Policies, request: &Request, within: &Changes) -> Option<Changes> {
    let allows = |changes: &Changes| semantics::allows(&changed(set, changes), request);
    if !allows(within) {
        return None;
    }
    // A Deny statement refuses iff it applies, whatever allows.
    let applying: BTreeSet<StatementRef> =
        semantics::decide(set, request).applying.into_iter().collect();
    let mut kept: Changes = within
        .iter()
        .filter(|change| match change {
            Change::Drop(reference) => applying.contains(reference),
            Change::Open(_) => true,
        })
        .copied()
        .collect();
    let opens: Vec<Change> =
        kept.iter().filter(|change| matches!(change, Change::Open(_))).copied().collect();
    for open in opens {
        kept.remove(&open);
        if !allows(&kept) {
            kept.insert(open);
        }
    }
    allows(&kept).then_some(kept)
}

/// Makes a layer allow everything that it does not deny.
fn open(set: &mut Policies, layer: Layer) {
    let beside = |policies: &mut Vec<NamedPolicy>, kind| policies.push(everything(kind));
    let within = |policy: &mut NamedPolicy| {
        let allow = allow_everything(policy.policy.kind);
        policy.policy_mut().statements.push(allow.into());
    };
    match layer {
        Layer::Identity => beside(set.identity.get_or_insert_default(), Kind::Identity),
        Layer::Boundary => set.boundary.iter_mut().for_each(within),
        Layer::Session => beside(&mut set.session, Kind::Session),
        Layer::Resource => match &mut set.resource {
            Some(policy) => within(policy),
            None => set.resource = Some(everything(Kind::Resource)),
        },
        Layer::Scp(level) => {
            set.scp.iter_mut().skip(level).take(1).for_each(|level| beside(level, Kind::Scp));
        }
        Layer::Rcp(_) => {}
        Layer::Endpoint => beside(&mut set.endpoint, Kind::Endpoint),
    }
}

/// A policy that allows everything to everybody.
pub(crate) fn everything(kind: Kind) -> NamedPolicy {
    let statements = vec![allow_everything(kind).into()];
    NamedPolicy::new("everything", Policy { kind, version: Version::V2012, id: None, statements })
}

fn allow_everything(kind: Kind) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: anybody(kind),
        action: ActionElement { negated: false, patterns: vec![ActionPattern::Any] },
        resource: anything(kind),
        conditions: Vec::new(),
        span: Span::default(),
    }
}

/// The principal element that names everybody, where a policy of the kind has one.
pub(super) fn anybody(kind: Kind) -> Option<PrincipalElement> {
    match kind {
        Kind::Trust | Kind::Resource | Kind::Rcp | Kind::Endpoint => {
            Some(PrincipalElement::new(false, vec![PrincipalEntry::Anyone]))
        }
        Kind::Identity | Kind::Boundary | Kind::Session | Kind::Scp => None,
    }
}

/// The resource element that names everything, where a policy of the kind has one.
pub(super) fn anything(kind: Kind) -> Option<ResourceElement> {
    let any = ResourceElement { negated: false, patterns: vec![ResourcePattern::Any] };
    (kind != Kind::Trust).then_some(any)
}
