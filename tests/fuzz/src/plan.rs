//! Plans of Terraform, each with a file of configuration.

use crate::holds::lenient;
use keyaki::finding::{Finding, one_line};
use keyaki::source::{Source, Span};
use keyaki_templates::{Document, Template, plan};

/// What separates the plan from the file.
const SEPARATOR: char = '\u{c}';

/// What is found and what is read stands in one of the two texts; what is found can be told.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (plan_text, main) = text.split_once(SEPARATOR).unwrap_or((text, ""));
    let texts = [plan_text, main];
    let source = Source::new("plan.json", plan_text);
    let Some(read) = plan(&source, &[Source::new("main.tf", main)], &lenient()) else { return };
    told(&read.findings, texts);
    for Template { documents, findings, .. } in [&read.before, &read.after] {
        told(findings, texts);
        documents.iter().for_each(|document| stands(document, texts));
    }
}

fn told(findings: &[Finding], texts: [&str; 2]) {
    for finding in findings.iter().take(10) {
        let (text, span) = finding.source.in_file(finding.span);
        assert!(texts.contains(&text) && text.get(span.start..span.end).is_some(), "{finding:?}");
        let line = one_line(finding);
        assert!(!line.contains(char::is_control) && line.contains(finding.rule), "{line}");
    }
}

fn stands(document: &Document, texts: [&str; 2]) {
    let whole = Span { start: 0, end: document.source.text().len() };
    let (text, span) = document.source.in_file(whole);
    assert!(texts.contains(&text) && span.end <= text.len(), "{document:?}");
    assert!(text.get(document.span.start..document.span.end).is_some(), "{document:?}");
}
