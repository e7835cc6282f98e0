//! The published forms of answers.

use super::answers::{
    BatchError, Can, CanCall, CheckedClaim, Compared, DocumentFinding, Evaluated, GuardrailEffect,
    LintFinding, LintSummary, LintUndecided, MatrixHead, MatrixRow, Meaning, OpenWay, ReviewChange,
    ReviewClaim, ReviewSummary,
};
use super::callers::WhoCall;
use super::estates::{Who, WhoSummary};
use super::known::{
    CallList, CatalogueHead, GlobalKey, LintRule, ListedKey, OneAction, ProviderKey,
    ServiceSummary, WholeService,
};
use super::paths::{Way, WaysSummary};
use super::resources::{WhoResource, WhoResourceSummary};
use schemars::{Schema, schema_for};

/// Every form by its name, with its JSON Schema (draft 2020-12), in the order of the commands.
pub fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("eval", schema_for!(Evaluated)),
        ("can", schema_for!(Can)),
        ("can-call", schema_for!(CanCall)),
        ("can-call-list", schema_for!(CallList)),
        ("compare", schema_for!(Compared)),
        ("check", schema_for!(CheckedClaim)),
        ("matrix-head", schema_for!(MatrixHead)),
        ("matrix-row", schema_for!(MatrixRow)),
        ("lint-finding", schema_for!(LintFinding)),
        ("lint-undecided", schema_for!(LintUndecided)),
        ("lint-summary", schema_for!(LintSummary)),
        ("lint-rule", schema_for!(LintRule)),
        ("guardrails-effect", schema_for!(GuardrailEffect)),
        ("guardrails-way", schema_for!(OpenWay)),
        ("who-can", schema_for!(Who)),
        ("who-can-call", schema_for!(WhoCall)),
        ("who-can-summary", schema_for!(WhoSummary)),
        ("who-can-resource", schema_for!(WhoResource)),
        ("who-can-resource-summary", schema_for!(WhoResourceSummary)),
        ("paths", schema_for!(Way)),
        ("paths-summary", schema_for!(WaysSummary)),
        ("review", schema_for!(ReviewChange)),
        ("review-claim", schema_for!(ReviewClaim)),
        ("review-summary", schema_for!(ReviewSummary)),
        ("explain", schema_for!(Meaning)),
        ("catalogue", schema_for!(CatalogueHead)),
        ("catalogue-summary", schema_for!(ServiceSummary)),
        ("catalogue-service", schema_for!(WholeService)),
        ("catalogue-action", schema_for!(OneAction)),
        ("catalogue-key", schema_for!(ListedKey)),
        ("catalogue-provider-key", schema_for!(ProviderKey)),
        ("catalogue-global-key", schema_for!(GlobalKey)),
        ("validate-finding", schema_for!(DocumentFinding)),
        ("batch-error", schema_for!(BatchError)),
    ]
}
