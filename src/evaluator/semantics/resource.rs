//! `Resource` and `NotResource` (SEMANTICS 2.2).
//!
//! Decisions where the text is silent: a pattern is split into fields before variables are
//! substituted, so a colon in a substituted value is an ordinary character. A `*` that ends one of
//! the first five fields does not run on across colons (`[U6]`, reading SEG). The first field is
//! compared like any other. A request resource that is neither `*` nor of six fields behaves like
//! `*`.

use super::glob::{self, Case};
use super::substitution::{NoValue, pattern, substitute, without_variables};
use keyaki_iam::policy::{Kind, Piece, ResourceElement, ResourcePattern, Template, Variable};
use keyaki_iam::request::{Principal, Request, arn_fields};
use std::collections::BTreeMap;

/// Why an entry does not match the request's resource.
pub(super) enum Mismatch<'a> {
    /// The resource is `*` or not of six fields: a pattern of stars alone is needed.
    NotAnArn,
    /// The pattern has fewer than six fields and may not be completed.
    Short,
    /// This field, from 0, differs.
    Field(usize),
    /// A variable has no value.
    Variable(&'a Variable, NoValue),
}

/// Whether the element matches the request's resource: some entry does, or with `NotResource` none.
/// So an empty `Resource` matches nothing and an empty `NotResource` everything; a statement with
/// neither (a trust policy's) speaks of what it is attached to.
pub(super) fn matches(element: Option<&ResourceElement>, kind: Kind, request: &Request) -> bool {
    element.is_none_or(|element| {
        element.negated
            != element.patterns.iter().any(|entry| compare_entry(entry, kind, request).is_ok())
    })
}

/// Whether one entry of `Resource` of a policy of that kind matches the ARN, or `*`, in a request
/// without context: a variable stands for its default, and one without matches nothing.
pub fn entry_matches(entry: &ResourcePattern, kind: Kind, resource: &str) -> bool {
    compare_entry(entry, kind, &about(resource)).is_ok()
}

/// Whether one field, from 0, of an entry of an identity-based policy matches a text, in a request
/// without context. An entry matches an ARN iff each of its fields matches the ARN's.
pub fn entry_field_matches(entry: &ResourcePattern, index: usize, text: &str) -> bool {
    let ResourcePattern::Arn { fields, .. } = entry else { return true };
    // Missing fields are completed.
    fields
        .get(index)
        .is_none_or(|field| matches!(compare_field(field, text, &about("*")), Ok(true)))
}

/// A request about the resource, without context.
fn about(resource: &str) -> Request {
    Request {
        principal: Principal::new("anonymous"),
        action: String::new(),
        resource: resource.to_owned(),
        resource_account: None,
        principal_in_management_account: false,
        context: BTreeMap::new(),
    }
}

/// Compares one entry with the request's resource, field by field; the first difference otherwise.
pub(super) fn compare_entry<'a>(
    entry: &'a ResourcePattern,
    kind: Kind,
    request: &'a Request,
) -> Result<(), Mismatch<'a>> {
    let ResourcePattern::Arn { fields, .. } = entry else { return Ok(()) };
    let values = arn_fields(&request.resource).ok_or(Mismatch::NotAnArn)?;
    if fields.len() < values.len() && !is_completed(fields, kind) {
        return Err(Mismatch::Short);
    }
    for (index, (field, value)) in fields.iter().zip(values).enumerate() {
        if !compare_field(field, value, request)? {
            return Err(Mismatch::Field(index));
        }
    }
    Ok(())
}

/// Whether one field of an entry matches that of the request's resource.
fn compare_field<'a>(
    field: &'a Template,
    value: &str,
    request: &'a Request,
) -> Result<bool, Mismatch<'a>> {
    if let Some(plain) = without_variables(field) {
        return Ok(begins(field, value) && glob::matches(plain, value, Case::Exact));
    }
    let parts = substitute(field, request)
        .map_err(|(variable, reason)| Mismatch::Variable(variable, reason))?;
    Ok(glob::matches(pattern(&parts), value, Case::Exact))
}

/// Whether a value begins as a field without variables does, which most values do not.
fn begins(field: &Template, value: &str) -> bool {
    match field.pieces.first() {
        Some(Piece::Literal(text)) => value.starts_with(text.as_str()),
        Some(Piece::AnyChar | Piece::AnyString | Piece::Variable(_)) | None => true,
    }
}

/// Whether the missing fields of a short ARN are taken as `*` (SEMANTICS 2.2 rule 3, `[U5]`). The
/// reader rejects the short ARNs of session policies, and those of SCPs and RCPs that do not end in
/// `*`.
fn is_completed(fields: &[Template], kind: Kind) -> bool {
    match kind {
        Kind::Identity | Kind::Boundary => true,
        Kind::Resource | Kind::Trust | Kind::Endpoint => fields
            .iter()
            .flat_map(|field| &field.pieces)
            .any(|piece| matches!(piece, Piece::AnyChar | Piece::AnyString)),
        Kind::Scp | Kind::Rcp => {
            fields.last().is_some_and(|field| field.pieces.last() == Some(&Piece::AnyString))
        }
        Kind::Session => false,
    }
}
