//! Lines of batches and of libraries.

use crate::holds::{lenient, loaded, parsed, prints, rejected, set_prints, writes};
use keyaki::finding::Finding;
use keyaki::input;
use keyaki::json::JsonValue;
use keyaki::policy::Kind;
use keyaki::source::Source;

/// Every line alone: as a line of a batch, with the members that the commands take, and as a line
/// of a library.
pub fn run(bytes: &[u8]) {
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let Ok(source) = Source::from_bytes(format!("line {number}"), line) else { continue };
        library(&source);
        if let Some(value) = parsed(&source) {
            batch(&source, &value);
        }
    }
}

fn batch(source: &Source, value: &JsonValue) {
    if let Err(findings) = input::no_duplicates(value, source, "") {
        return rejected(source, &findings);
    }
    let options = lenient();
    for name in ["policies", "old", "new"] {
        let Some(member) = value.member(name) else { continue };
        if let Some(set) =
            loaded(source, input::policies(member, source, &options, name, Kind::Identity))
        {
            set_prints(&set);
        }
    }
    if let Some(member) = value.member("statement") {
        loaded(source, input::shape(member, source, &options, "statement"));
    }
    if let Some(member) = value.member("request") {
        match input::request(member, source, "request") {
            Ok(request) => writes(&request),
            Err(findings) => rejected(source, &findings),
        }
    }
}

fn library(source: &Source) {
    for kind in [Kind::Identity, Kind::Resource, Kind::Scp] {
        match input::library_line(source, &lenient(), kind) {
            Ok((id, document)) => {
                assert!(parsed(source).is_some_and(|value| {
                    value.member("id").and_then(JsonValue::as_str) == Some(&id)
                }));
                assert!(!document.warnings.iter().any(Finding::is_error));
                prints(&document.value.policy);
            }
            Err(findings) => rejected(source, &findings),
        }
    }
}
