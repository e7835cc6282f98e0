//! The reader of policies.

use crate::holds::{lenient, prints, some_kind, told};
use keyaki::finding::Finding;
use keyaki::policy::Kind;
use keyaki::policy::read::{ReadOptions, read};
use keyaki::source::Source;

/// Reads as three kinds of policy; what is accepted prints, reads again and prints the same.
pub fn run(bytes: &[u8]) {
    let source = match Source::from_bytes("fuzz", bytes) {
        Ok(source) => source,
        Err(finding) => return told(&finding.source, std::slice::from_ref(&finding)),
    };
    // Every element is allowed in some resource-based policy.
    for (kind, options) in [
        (Kind::Identity, lenient()),
        (Kind::Resource, lenient()),
        (some_kind(bytes), ReadOptions::default()),
    ] {
        let outcome = read(&source, kind, &options);
        assert_eq!(outcome.policy.is_none(), outcome.diagnostics.iter().any(Finding::is_error));
        assert!(outcome.diagnostics.is_sorted_by_key(|finding| finding.span.start));
        told(&source, &outcome.diagnostics);
        if let Some(policy) = outcome.policy {
            prints(&policy);
        }
    }
}
