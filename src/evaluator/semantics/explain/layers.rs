//! The layers of a decision in words: one line a layer, and one sentence that concludes.

use crate::semantics::{
    Basis, Decision, Evaluation, Exemption, Grant, LayerOutcome, MustGrant, PrincipalClass, Row,
    Side, Verdict,
};
use keyaki_iam::layers::Layer;
use keyaki_iam::request::PrincipalKind;
use std::fmt::{Display, Formatter, Result};

impl Evaluation {
    /// Which layer decided, in one sentence:
    /// ``implicitly denied: SCP level 2 allows nothing here``.
    pub fn conclusion(&self) -> String {
        match self.decision {
            Decision::Allowed => format!("allowed: {}", self.why_allowed()),
            Decision::ExplicitDeny => {
                let denying =
                    self.layers.iter().filter(|outcome| outcome.verdict == Verdict::Denies);
                format!(
                    "explicitly denied by {}",
                    enumerated(denying.map(|outcome| noun(outcome.layer)).collect())
                )
            }
            Decision::ImplicitDeny => format!("implicitly denied: {}", self.why_refused()),
        }
    }

    /// What the layer says, as a clause that follows its name and a colon.
    pub fn said_by(&self, outcome: &LayerOutcome) -> String {
        match (outcome.verdict, outcome.layer) {
            (Verdict::Denies, _) => "explicitly denies this".to_owned(),
            (Verdict::Exempt(exemption), _) => exemption.to_string(),
            (Verdict::Silent, Layer::Scp(_)) => "allows nothing here".to_owned(),
            (Verdict::Silent, _) => "no statement allows this".to_owned(),
            (Verdict::Allows, Layer::Rcp(_)) => "does not deny this".to_owned(),
            (Verdict::Allows, Layer::Resource) => self.granted_to(outcome.class),
            (Verdict::Allows, _) if is_plural(outcome.layer) => "allow this".to_owned(),
            (Verdict::Allows, _) => "allows this".to_owned(),
        }
    }

    /// To whom the resource-based policy grants, and what that is worth.
    fn granted_to(&self, class: Option<PrincipalClass>) -> String {
        let limited = !matches!(self.basis.row, Row::CrossAccount | Row::ResourceAlone);
        let issuer =
            if self.basis.caller == Some(PrincipalKind::FederatedUser) { "user" } else { "role" };
        match class {
            Some(PrincipalClass::Issuer) if limited => {
                format!(
                    "allows, by a grant to the caller's {issuer}, which permissions boundary and session policies limit"
                )
            }
            Some(PrincipalClass::Issuer) => format!("allows, by a grant to the caller's {issuer}"),
            Some(PrincipalClass::Account) if limited => {
                "allows, by a grant to the account, which delegates only".to_owned()
            }
            Some(PrincipalClass::Account) => {
                "allows, by a grant to the caller's account".to_owned()
            }
            Some(PrincipalClass::Direct) | None => {
                "allows, by a direct grant to the caller".to_owned()
            }
        }
    }

    fn why_allowed(&self) -> String {
        let limits =
            self.layers.iter().map(|outcome| outcome.layer).filter(|layer| self.limits(*layer));
        let limits: Vec<Layer> = limits.collect();
        let verb = if is_singular(&limits) { "does" } else { "do" };
        let nouns = enumerated(limits.into_iter().map(noun).collect());
        let within =
            if nouns.is_empty() { String::new() } else { format!(", and so {verb} {nouns}") };
        match self.basis.grant {
            Some(Grant::CallerIdentity) => {
                "`sts:GetCallerIdentity` is never refused to a signed caller".to_owned()
            }
            Some(Grant::ResourceAlone) => {
                "the resource-based policy, which is asked alone, grants this".to_owned()
            }
            Some(Grant::Direct) => {
                format!("the resource-based policy grants this directly to the caller{within}")
            }
            Some(Grant::Issuer) => {
                format!("the resource-based policy grants this to what issued the session{within}")
            }
            Some(Grant::Identity) if self.basis.must_grant.is_some() => {
                format!(
                    "the resource's policy delegates to the account, and the identity-based policies allow this{within}"
                )
            }
            Some(Grant::Identity) => format!("the identity-based policies allow this{within}"),
            Some(Grant::BothSides) => {
                format!("both the caller's account and the resource's owner allow this{within}")
            }
            Some(Grant::Root) | None => {
                let within = match (nouns.is_empty(), verb) {
                    (true, _) => String::new(),
                    (false, "does") => format!(", and {nouns} allows this"),
                    (false, _) => format!(", and {nouns} allow this"),
                };
                format!("the caller is the root user of the account{within}")
            }
        }
    }

    /// Whether the layer had to allow the request beside what granted it.
    fn limits(&self, layer: Layer) -> bool {
        let allows = self
            .layers
            .iter()
            .any(|outcome| outcome.layer == layer && outcome.verdict == Verdict::Allows);
        allows
            && match layer {
                Layer::Boundary | Layer::Session => matches!(
                    self.basis.grant,
                    Some(Grant::Issuer | Grant::Identity | Grant::BothSides)
                ),
                Layer::Scp(_) | Layer::Endpoint => true,
                Layer::Identity | Layer::Resource | Layer::Rcp(_) => false,
            }
    }

    fn why_refused(&self) -> String {
        let missing = |side: Option<Side>| {
            self.basis
                .missing
                .iter()
                .copied()
                .filter(|layer| Side::of(*layer) == side)
                .collect::<Vec<_>>()
        };
        let mut reasons: Vec<String> =
            self.basis.hopeless().into_iter().map(str::to_owned).collect();
        if self.basis.row != Row::CrossAccount {
            reasons.extend(self.lacks(&self.basis.missing));
            return reasons.join("; ");
        }
        for (side, prefix) in [
            (Some(Side::Caller), "on the caller's side "),
            (Some(Side::Owner), "on the owner's side "),
            (None, ""),
        ] {
            reasons.extend(self.lacks(&missing(side)).map(|lacks| format!("{prefix}{lacks}")));
        }
        reasons.join("; ")
    }

    /// What is missing from the layers, in words; `None` when they are none.
    fn lacks(&self, layers: &[Layer]) -> Option<String> {
        let (special, silent): (Vec<_>, Vec<_>) = layers
            .iter()
            .map(|layer| (*layer, self.special_lack(*layer)))
            .partition(|(_, lack)| lack.is_some());
        let silent: Vec<Layer> = silent.into_iter().map(|(layer, _)| layer).collect();
        let mut lacks: Vec<String> =
            special.into_iter().filter_map(|(_, lack)| lack).map(str::to_owned).collect();
        if !silent.is_empty() {
            let verb = if is_singular(&silent) { "allows" } else { "allow" };
            lacks.insert(
                0,
                format!(
                    "{} {verb} nothing here",
                    enumerated(silent.into_iter().map(noun).collect())
                ),
            );
        }
        (!lacks.is_empty()).then(|| enumerated(lacks))
    }

    /// What is missing from a layer that is not given, and from a resource-based policy.
    fn special_lack(&self, layer: Layer) -> Option<&'static str> {
        let given = self.layers.iter().any(|outcome| outcome.layer == layer);
        match (layer, self.basis.must_grant) {
            (Layer::Session, _) if !given => Some(
                "a federated-user session without session policies has no permissions of its own",
            ),
            (Layer::Resource, _) if !given => Some("there is no resource-based policy"),
            (Layer::Identity, _) if !given => Some("there are no identity-based policies"),
            (Layer::Resource, Some(MustGrant::Key)) => {
                Some("the policy of the key grants nothing to the caller or its account")
            }
            (Layer::Resource, Some(MustGrant::Role)) => {
                Some("the trust policy grants nothing to the caller or its account")
            }
            (Layer::Resource, None) => {
                Some("the resource-based policy grants nothing to the caller")
            }
            _ => None,
        }
    }
}

impl Basis {
    /// Why no Allow statement could have helped.
    fn hopeless(&self) -> Option<&'static str> {
        match (self.row, self.must_grant, self.caller) {
            (Row::NoPrincipal, ..) => Some("the caller is not a principal"),
            (
                Row::SameAccountRoot | Row::CrossAccount,
                Some(MustGrant::Role),
                Some(PrincipalKind::Root),
            ) => Some("a root user cannot assume roles"),
            _ => None,
        }
    }
}

/// The layer in a sentence.
fn noun(layer: Layer) -> String {
    match layer {
        Layer::Scp(_) | Layer::Rcp(_) => layer.to_string(),
        Layer::Identity | Layer::Boundary | Layer::Session | Layer::Resource | Layer::Endpoint => {
            format!("the {layer}")
        }
    }
}

fn is_plural(layer: Layer) -> bool {
    matches!(layer, Layer::Identity | Layer::Session)
}

fn is_singular(layers: &[Layer]) -> bool {
    matches!(layers, [one] if !is_plural(*one))
}

/// `a`, `a and b`, `a, b and c`.
fn enumerated(mut items: Vec<String>) -> String {
    let Some(last) = items.pop() else { return String::new() };
    if items.is_empty() { last } else { format!("{} and {last}", items.join(", ")) }
}

impl Display for Exemption {
    /// After the layer's name and a colon.
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Exemption::HasNone(kind) => write!(f, "{} has none", kind.words()),
            Exemption::RootUser => f.write_str("no such policy is attached to a root user"),
            Exemption::NoPrincipal => f.write_str("the caller is not a principal"),
            Exemption::UserWithoutSession => f.write_str("an IAM user has no session that they could limit"),
            Exemption::OutsideScp(kind) => write!(f, "service control policies do not restrict {}", kind.words()),
            Exemption::ManagementAccount => f.write_str("the management account is not restricted"),
            Exemption::ServiceLinkedRole => f.write_str("service-linked roles are not restricted"),
            Exemption::ServiceNotCovered => f.write_str("resource control policies do not cover this service"),
            Exemption::ActionNotCovered => f.write_str("resource control policies do not restrict this action"),
            Exemption::NoResourcePolicy => f.write_str("no resource-based policy of Bedrock can be about this action on this resource"),
            Exemption::BucketOwner => {
                f.write_str("a bucket's policy does not deny the root user of the bucket's owner what is about that policy")
            }
            Exemption::NotThroughEndpoint => f.write_str("the request did not come through a VPC endpoint"),
        }
    }
}
