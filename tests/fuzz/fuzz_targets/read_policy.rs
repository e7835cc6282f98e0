//! The reader survives any bytes, as every kind of policy; what it accepts prints, reads again and prints the same.
#![no_main]

use keyaki::diagnostic::{Diagnostic, render};
use keyaki::policy::Kind;
use keyaki::policy::print::print;
use keyaki::policy::read::{ReadOptions, read};
use keyaki::source::Source;
use libfuzzer_sys::fuzz_target;

const KINDS: [Kind; 8] =
    [Kind::Identity, Kind::Boundary, Kind::Session, Kind::Trust, Kind::Resource, Kind::Scp, Kind::Rcp, Kind::Endpoint];

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = Source::from_bytes("fuzz", bytes) else { return };
    for (index, kind) in KINDS.into_iter().enumerate() {
        let lenient = index % 2 == 0;
        let options = ReadOptions { legacy_duplicates: lenient, lenient_sids: lenient, ..ReadOptions::default() };
        let outcome = read(&source, kind, &options);
        assert_eq!(outcome.policy.is_none(), outcome.diagnostics.iter().any(Diagnostic::is_error));
        if let Some(finding) = outcome.diagnostics.first() {
            assert!(!render(std::slice::from_ref(finding)).is_empty());
        }
        if let Some(policy) = outcome.policy {
            let printed = print(&policy);
            let again = read(&Source::new("printed", printed.as_str()), kind, &options);
            assert_eq!(again.policy.map(|policy| print(&policy)), Some(printed), "{:?}", again.diagnostics);
        }
    }
});
