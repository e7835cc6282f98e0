//! The core grant (SEMANTICS 6.3 and 6.4): who must allow a request, before SCPs and the endpoint
//! may refuse it.

use super::asked::Asked;
use super::layers::Tallies;
use super::principal::PrincipalClass;
use super::statement::StatementRef;
use keyaki_iam::layers::{Layer, Policies};
use keyaki_iam::request::PrincipalKind;

/// The call that is never refused to a signed caller.
pub const IDENTITY_CALL: &str = "sts:GetCallerIdentity";

/// By which rule a request was decided, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The caller's kind; `None` when its text names no principal.
    pub caller: Option<PrincipalKind>,
    /// The rule.
    pub row: Row,
    /// Whether the resource is one whose policy must take part in every grant of its own account.
    pub must_grant: Option<MustGrant>,
    /// What granted the request, if nothing else refuses it; `None` when nothing did.
    pub grant: Option<Grant>,
    /// The layers whose Allow was needed and that have none, in order; a layer that is not given at
    /// all may be among them.
    pub missing: Vec<Layer>,
}

impl Basis {
    /// Across accounts, the sides of which something is missing.
    pub fn refusing_sides(&self) -> Vec<Side> {
        let refuses = |side: &Side| {
            self.row == Row::CrossAccount
                && self.missing.iter().any(|layer| Side::of(*layer) == Some(*side))
        };
        [Side::Caller, Side::Owner].into_iter().filter(refuses).collect()
    }
}

/// The two sides of a request across accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The account of the caller.
    Caller,
    /// The account that owns the resource.
    Owner,
}

impl Side {
    /// Whose account a layer belongs to; `None` for the endpoint.
    pub fn of(layer: Layer) -> Option<Self> {
        match layer {
            Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scp(_) => {
                Some(Side::Caller)
            }
            Layer::Resource | Layer::Rcp(_) => Some(Side::Owner),
            Layer::Endpoint => None,
        }
    }
}

/// The rows of SEMANTICS 6.3 and 6.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Row {
    /// `sts:GetCallerIdentity` by a signed caller, which is never refused.
    CallerIdentity,
    /// A resource-based policy and nothing else: the question is what it grants.
    ResourceAlone,
    /// A user, role session or federated-user session of the account that owns the resource.
    SameAccount,
    /// The root user of that account.
    SameAccountRoot,
    /// A caller of another account.
    CrossAccount,
    /// A service, an identity of an external provider or an anonymous requester.
    NoAccount,
    /// A text that names no principal.
    NoPrincipal,
}

impl Row {
    /// Whether SCPs and endpoint policies must allow, too.
    fn is_guarded(self) -> bool {
        match self {
            Row::CallerIdentity | Row::ResourceAlone => false,
            Row::SameAccount
            | Row::SameAccountRoot
            | Row::CrossAccount
            | Row::NoAccount
            | Row::NoPrincipal => true,
        }
    }
}

/// Resources whose policy must take part in every grant of their own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MustGrant {
    /// A KMS key.
    Key,
    /// A role that is to be assumed.
    Role,
}

/// What granted a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// The action itself is never refused.
    CallerIdentity,
    /// The resource-based policy, which stands alone, by principals of any class.
    ResourceAlone,
    /// The resource-based policy, to the caller itself or to everybody; boundary and session
    /// policies do not limit it.
    Direct,
    /// The resource-based policy, to the role or user that issued the session; boundary and session
    /// policies limit it.
    Issuer,
    /// The identity-based policies, limited by boundary and session policies; where the resource's
    /// policy must grant, together with it.
    Identity,
    /// Both sides of a request across accounts.
    BothSides,
    /// The caller is the root user of the account.
    Root,
}

/// What can be needed of a layer or caller.
struct Core<'a> {
    policies: &'a Policies,
    tallies: &'a Tallies,
    kind: PrincipalKind,
    must_grant: Option<MustGrant>,
}

/// What granted the request, or the layers whose Allow would be needed: none of them when no Allow
/// could help.
type Granted = Result<Grant, Vec<Layer>>;

/// The core grant of a request, and what else is missing: SCP levels and endpoint policies that
/// take part and allow nothing.
pub(super) fn basis(policies: &Policies, asked: &Asked<'_>, tallies: &Tallies) -> Basis {
    let caller = asked.caller().kind;
    let row = row(policies, asked, caller);
    let must_grant = must_grant(asked);
    let granted = caller
        .map_or(Err(Vec::new()), |kind| Core { policies, tallies, kind, must_grant }.granted(row));
    let grant = granted.as_ref().ok().copied();
    let mut missing = granted.err().unwrap_or_default();
    if row.is_guarded() {
        missing.extend(tallies.guards().filter(|layer| !tallies.allows(*layer)));
    }
    missing.sort_unstable();
    missing.dedup();
    Basis { caller, row, must_grant, grant, missing }
}

fn row(policies: &Policies, asked: &Asked<'_>, caller: Option<PrincipalKind>) -> Row {
    use PrincipalKind::{
        Anonymous, FederatedIdentity, FederatedUser, RoleSession, Root, Service, User,
    };
    let signed = match caller {
        Some(User | RoleSession | FederatedUser | Root | Service) => true,
        Some(Anonymous | FederatedIdentity) | None => false,
    };
    match caller {
        Some(_) if signed && asked.request.action.eq_ignore_ascii_case(IDENTITY_CALL) => {
            Row::CallerIdentity
        }
        None => Row::NoPrincipal,
        Some(_) if policies.is_resource_alone() => Row::ResourceAlone,
        Some(Service | FederatedIdentity | Anonymous) => Row::NoAccount,
        Some(_) if asked.is_cross_account() => Row::CrossAccount,
        Some(Root) => Row::SameAccountRoot,
        Some(User | RoleSession | FederatedUser) => Row::SameAccount,
    }
}

fn must_grant(asked: &Asked<'_>) -> Option<MustGrant> {
    let [_, _, service, _, _, rest] = asked.resource?;
    let (prefix, _) = asked.action?;
    let of = |service: &str| prefix.eq_ignore_ascii_case(service);
    match service {
        "kms" if of("kms") && rest.starts_with("key/") => Some(MustGrant::Key),
        "iam" if of("sts") && rest.starts_with("role/") => Some(MustGrant::Role),
        _ => None,
    }
}

impl Core<'_> {
    fn granted(&self, row: Row) -> Granted {
        match row {
            Row::CallerIdentity => Ok(Grant::CallerIdentity),
            Row::ResourceAlone => {
                self.by_resource(self.tallies.allows(Layer::Resource), Grant::ResourceAlone)
            }
            Row::NoAccount => self.by_resource(self.grants(PrincipalClass::Direct), Grant::Direct),
            Row::SameAccount => self.same_account(),
            Row::SameAccountRoot => self.same_account_root(),
            Row::CrossAccount => self.cross_account(),
            Row::NoPrincipal => Err(Vec::new()),
        }
    }

    fn grants(&self, class: PrincipalClass) -> bool {
        self.tallies.grants(class)
    }

    fn by_resource(&self, grants: bool, grant: Grant) -> Granted {
        if grants { Ok(grant) } else { Err(vec![Layer::Resource]) }
    }

    fn same_account(&self) -> Granted {
        let limits = self.silent_limits();
        if self.grants(PrincipalClass::Direct) {
            return Ok(Grant::Direct);
        }
        if self.grants(PrincipalClass::Issuer) {
            return if limits.is_empty() { Ok(Grant::Issuer) } else { Err(limits) };
        }
        let mut missing = self.missing_of_caller();
        if self.must_grant.is_some() && !self.delegates() {
            missing.push(Layer::Resource);
        }
        if missing.is_empty() { Ok(Grant::Identity) } else { Err(missing) }
    }

    /// The root user needs nothing for ordinary resources, the key's policy for keys, and cannot
    /// assume roles.
    fn same_account_root(&self) -> Granted {
        match self.must_grant {
            None => Ok(Grant::Root),
            Some(MustGrant::Key) if self.policies.resource.is_none() => Ok(Grant::Root),
            Some(MustGrant::Key) => {
                self.by_resource(self.grants(PrincipalClass::Direct), Grant::Direct)
            }
            Some(MustGrant::Role) => Err(Vec::new()),
        }
    }

    fn cross_account(&self) -> Granted {
        let root = self.kind == PrincipalKind::Root;
        if root && self.must_grant == Some(MustGrant::Role) {
            return Err(Vec::new());
        }
        let mut missing = if root { Vec::new() } else { self.missing_of_caller() };
        if !self.tallies.allows(Layer::Resource) {
            missing.push(Layer::Resource);
        }
        if missing.is_empty() { Ok(Grant::BothSides) } else { Err(missing) }
    }

    /// Whether the policy of a resource that must grant gives its account the say. Every key and
    /// every role has a policy: where none is given, nothing is known of it, and it is taken to
    /// delegate.
    fn delegates(&self) -> bool {
        self.policies.resource.is_none() || self.grants(PrincipalClass::Account)
    }

    /// What the caller's own policies lack: identity-based policies, boundary and session policies
    /// must all allow, and a federated-user session without a session policy has no permissions of
    /// its own.
    fn missing_of_caller(&self) -> Vec<Layer> {
        let mut missing = self.silent_limits();
        if !self.tallies.allows(Layer::Identity) {
            missing.push(Layer::Identity);
        }
        if self.kind == PrincipalKind::FederatedUser && self.policies.session.is_empty() {
            missing.push(Layer::Session);
        }
        missing
    }

    /// The boundary and the session policies, where they are given, limit the caller and allow
    /// nothing.
    fn silent_limits(&self) -> Vec<Layer> {
        [Layer::Boundary, Layer::Session]
            .into_iter()
            .filter(|layer| self.tallies.is_silent(*layer))
            .collect()
    }
}

/// The Allow statements of every layer whose Allow the grant needed, in order.
pub(super) fn granting(grant: Grant, basis: &Basis, tallies: &Tallies) -> Vec<StatementRef> {
    use PrincipalClass::{Account, Direct, Issuer};
    if grant == Grant::CallerIdentity {
        return Vec::new();
    }
    let own: &[Layer] = match grant {
        Grant::Identity | Grant::BothSides => &[Layer::Identity, Layer::Boundary, Layer::Session],
        Grant::Issuer => &[Layer::Boundary, Layer::Session],
        Grant::CallerIdentity | Grant::ResourceAlone | Grant::Direct | Grant::Root => &[],
    };
    let classes: &[PrincipalClass] = match grant {
        Grant::Direct => &[Direct],
        Grant::Issuer => &[Issuer],
        Grant::Identity if basis.must_grant.is_some() => &[Account],
        Grant::BothSides | Grant::ResourceAlone => &[Direct, Issuer, Account],
        Grant::CallerIdentity | Grant::Identity | Grant::Root => &[],
    };
    let own = own.iter().copied().chain(tallies.guards()).flat_map(|layer| tallies.allowing(layer));
    let mut statements: Vec<_> = own.chain(tallies.granting_to(classes)).collect();
    statements.sort_unstable();
    statements
}
