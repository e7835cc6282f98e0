//! `Resource` and `NotResource` (SEMANTICS 2.2).
//!
//! Decisions where the text is silent: a pattern is split into fields before variables are
//! substituted, so a colon in a substituted value is an ordinary character. A `*` that ends one of
//! the first five fields does not run on across colons (`[U6]`, reading SEG). The first field is
//! compared like any other. A request resource that is neither `*` nor of six fields behaves like
//! `*`.

use super::asked::Asked;
use super::context::Context;
use super::glob::{self, Case};
use super::substitution::{NoValue, substitute};
use keyaki_iam::policy::{Kind, Piece, ResourceElement, ResourcePattern, Template, Variable};
use keyaki_iam::request::arn_fields;

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
pub(super) fn matches(element: Option<&ResourceElement>, kind: Kind, asked: &Asked<'_>) -> bool {
    element.is_none_or(|element| {
        let matches = |entry| compare_entry(entry, kind, asked.resource, asked.context()).is_ok();
        element.negated != element.patterns.iter().any(matches)
    })
}

/// Whether one entry of `Resource` of a policy of that kind matches the ARN, or `*`, in a request
/// without context: a variable stands for its default, and one without matches nothing.
pub fn entry_matches(entry: &ResourcePattern, kind: Kind, resource: &str) -> bool {
    compare_entry(entry, kind, arn_fields(resource), &Context::empty()).is_ok()
}

/// Whether one field, from 0, of an entry of an identity-based policy matches a text, in a request
/// without context. An entry matches an ARN iff each of its fields matches the ARN's.
pub fn entry_field_matches(entry: &ResourcePattern, index: usize, text: &str) -> bool {
    let ResourcePattern::Arn { fields, .. } = entry else { return true };
    // Missing fields are completed.
    fields
        .get(index)
        .is_none_or(|field| matches!(compare_field(field, text, &Context::empty()), Ok(true)))
}

/// Compares one entry with the fields of the request's resource, one by one; the first difference
/// otherwise.
pub(super) fn compare_entry<'a>(
    entry: &'a ResourcePattern,
    kind: Kind,
    resource: Option<[&str; 6]>,
    context: &'a Context<'_>,
) -> Result<(), Mismatch<'a>> {
    let ResourcePattern::Arn { fields, .. } = entry else { return Ok(()) };
    let values = resource.ok_or(Mismatch::NotAnArn)?;
    if fields.len() < values.len() && !is_completed(fields, kind) {
        return Err(Mismatch::Short);
    }
    for (index, (field, value)) in fields.iter().zip(values).enumerate() {
        if !compare_field(field, value, context)? {
            return Err(Mismatch::Field(index));
        }
    }
    Ok(())
}

/// Whether one field of an entry matches that of the request's resource.
fn compare_field<'a>(
    field: &'a Template,
    value: &str,
    context: &'a Context<'_>,
) -> Result<bool, Mismatch<'a>> {
    let expected = substitute(field, context)
        .map_err(|(variable, reason)| Mismatch::Variable(variable, reason))?;
    Ok(glob::matches(expected.pattern(), value, Case::Exact))
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
