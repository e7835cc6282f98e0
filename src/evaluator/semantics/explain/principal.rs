//! Why a principal element does not match the caller.

use crate::semantics::asked::Asked;
use crate::semantics::layers::has_principals;
use crate::semantics::principal::{class_of_element, entry_class};
use keyaki_iam::layers::{Layer, Policies};
use keyaki_iam::policy::{PrincipalElement, PrincipalEntry, Statement};
use keyaki_iam::request::PrincipalKind;

/// Why the principal part of a statement does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalFailure {
    /// The statement names no principals, where it must.
    Unnamed,
    /// The caller's text names no principal.
    NoPrincipal {
        /// The text.
        caller: String,
    },
    /// No entry of `Principal` matches; the list may be empty.
    NoEntryMatches {
        /// The caller.
        caller: String,
        /// The entries, each with its reason.
        entries: Vec<PrincipalMismatch>,
    },
    /// `NotPrincipal` names the caller.
    Excluded {
        /// The caller.
        caller: String,
        /// The entries that match.
        entries: Vec<String>,
    },
}

/// An entry of `Principal` that does not match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalMismatch {
    /// As written.
    pub entry: String,
    /// Why not.
    pub reason: PrincipalReason,
}

/// Why an entry of `Principal` does not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalReason {
    /// It is somebody else.
    Differs,
    /// It is a canonical user id, which no request shows.
    CanonicalUser,
    /// It is a unique id, and the request does not carry it in `aws:userid`.
    UniqueId,
    /// It is the caller, an identity of a provider, but the action is none by which such identities
    /// get a session.
    OtherAction,
}

/// What of the statement's principal part does not match; `None` when it matches, and in layers
/// that have none.
pub(super) fn failure(
    statement: &Statement,
    layer: Layer,
    policies: &Policies,
    asked: &Asked<'_>,
) -> Option<PrincipalFailure> {
    if !has_principals(layer) {
        return None;
    }
    let Some(element) = &statement.principal else { return Some(PrincipalFailure::Unnamed) };
    if class_of_element(element, statement.effect, policies, asked).is_some() {
        return None;
    }
    Some(reason(element, asked))
}

fn reason(element: &PrincipalElement, asked: &Asked<'_>) -> PrincipalFailure {
    let caller = asked.request.principal.arn.clone();
    if asked.caller().kind.is_none() {
        return PrincipalFailure::NoPrincipal { caller };
    }
    if element.negated {
        let matching = element.entries.iter().filter(|entry| entry_class(entry, asked).is_some());
        return PrincipalFailure::Excluded { caller, entries: matching.map(text).collect() };
    }
    let mismatch = |entry: &PrincipalEntry| PrincipalMismatch {
        entry: text(entry),
        reason: mismatch_reason(entry, asked),
    };
    PrincipalFailure::NoEntryMatches {
        caller,
        entries: element.entries.iter().map(mismatch).collect(),
    }
}

fn mismatch_reason(entry: &PrincipalEntry, asked: &Asked<'_>) -> PrincipalReason {
    let provider = asked.caller().kind == Some(PrincipalKind::FederatedIdentity);
    match entry {
        PrincipalEntry::CanonicalUser(_) => PrincipalReason::CanonicalUser,
        entry if entry.is_unique_id() => PrincipalReason::UniqueId,
        PrincipalEntry::AnyProvider if provider => PrincipalReason::OtherAction,
        PrincipalEntry::Federated(name) if provider && *name == asked.request.principal.arn => {
            PrincipalReason::OtherAction
        }
        PrincipalEntry::Anyone
        | PrincipalEntry::Aws(_)
        | PrincipalEntry::Service(_)
        | PrincipalEntry::AnyProvider
        | PrincipalEntry::Federated(_) => PrincipalReason::Differs,
    }
}

fn text(entry: &PrincipalEntry) -> String {
    match entry {
        PrincipalEntry::Anyone => "*".to_owned(),
        PrincipalEntry::AnyProvider => "every identity provider".to_owned(),
        PrincipalEntry::Aws(text)
        | PrincipalEntry::Service(text)
        | PrincipalEntry::Federated(text)
        | PrincipalEntry::CanonicalUser(text) => text.clone(),
    }
}
