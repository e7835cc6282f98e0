//! Files of estates.

use crate::holds::lenient;
use keyaki::finding::{Finding, one_line};
use keyaki::importers::{File, form, import};
use keyaki::source::Source;

/// What separates the files: a path, a line break, a text.
const SEPARATOR: char = '\u{c}';

/// An estate is written as a text that reads as the same estate; what is refused is told, each
/// finding with a place in one of the files.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let file = |part: &str| {
        let (path, text) = part.split_once('\n').unwrap_or(("estate.json", part));
        File { path: path.to_owned(), source: Source::new(path, text) }
    };
    let files: Vec<File> = text.split(SEPARATOR).map(file).collect();
    let options = lenient();
    match import(&files, None, &options) {
        Ok(imported) => {
            let written = form::write(&imported.estate);
            let source = Source::new("estate.json", written.as_str());
            let again = File { path: "estate.json".to_owned(), source };
            match import(&[again], None, &options) {
                Ok(again) => assert_eq!(form::write(&again.estate), written),
                Err(findings) => panic!("{findings:?}\n{written}"),
            }
            assert_eq!(
                imported.report.counts.roles + imported.report.counts.users,
                imported.estate.entities.len()
            );
            assert!(imported.estate.entities.is_sorted_by(|one, other| one.arn < other.arn));
        }
        Err(findings) => {
            assert!(findings.iter().any(Finding::is_error));
            for finding in findings.iter().take(10) {
                let (text, span) = finding.source.in_file(finding.span);
                assert!(text.get(span.start..span.end).is_some(), "{finding:?}");
                let line = one_line(finding);
                assert!(!line.contains(char::is_control) && line.contains(finding.rule), "{line}");
            }
        }
    }
}
