//! The reader of requests, and what is remarked about them.

use crate::holds::{told, writes};
use keyaki::finding::Finding;
use keyaki::json::Limits;
use keyaki::request::{Request, check_request, read};
use keyaki::source::Source;

/// What is accepted is written as JSON that reads as the same request, and can be remarked on.
pub fn run(bytes: &[u8]) {
    let Ok(source) = Source::from_bytes("fuzz", bytes) else { return };
    let outcome = read(&source, &Limits::default());
    assert_eq!(outcome.request.is_none(), outcome.diagnostics.iter().any(Finding::is_error));
    told(&source, &outcome.diagnostics);
    if let Some(request) = outcome.request {
        writes(&request);
        remarks(&request);
    }
}

/// Remarks name a member and say something; who has an account is somebody.
fn remarks(request: &Request) {
    for warning in check_request(request) {
        assert!(
            !warning.code.is_empty()
                && !warning.message.is_empty()
                && warning.to_string().starts_with(&warning.route)
        );
        let place = warning.route.split('.').next().unwrap_or_default();
        assert!(
            ["principal", "action", "resource", "resourceAccount", "context"].contains(&place),
            "{warning}"
        );
    }
    let principal = &request.principal;
    assert!(
        principal.kind().is_some()
            || (principal.account().is_none() && principal.issuer().is_none())
    );
    assert!(
        request.resource_account.is_none()
            || request.owner() == request.resource_account.as_deref()
    );
}
