//! What linting found, as text and as JSON.

use super::{SCHEMA, human};
use crate::lint::{Basis, Finding, Report, Rule, Severity, Undecided};
use crate::query::Requests;
use crate::source::{Position, Source};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The findings as lines of text, a summary at the end.
pub fn human(report: &Report, requests: Requests<'_>) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        one(&mut text, finding);
    }
    for undecided in &report.undecided {
        let Undecided { rule, route, reason, source, .. } = undecided;
        _ = writeln!(
            text,
            "{}: undecided[{rule}]: could not be decided: {} ({route})",
            at(source, undecided.position()),
            printable(reason)
        );
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let counts: Vec<String> = counts(report).into_iter().map(|(rule, count)| format!("{count} {rule}")).collect();
    let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    _ = writeln!(text, "{}{counts}", number(report.findings.len(), "finding"));
    if !report.undecided.is_empty() {
        _ = writeln!(text, "{} could not be decided; allow more time with `--timeout`", number(report.undecided.len(), "question"));
    }
    _ = writeln!(text, "requests considered: {}; {} asked", requests.word(), number(report.queries, "question"));
    let caveats: BTreeSet<&String> = report.findings.iter().flat_map(|finding| &finding.grounds.caveats).collect();
    for caveat in caveats {
        _ = writeln!(text, "caveat: {}", printable(caveat));
    }
    text
}

fn one(text: &mut String, finding: &Finding) {
    let Finding { rule, severity, basis, source, route, message, help, evidence, grounds, .. } = finding;
    let rests_on = &grounds.rests_on;
    let place = at(source, finding.position());
    _ = writeln!(text, "{place}: {}[{rule}]: {} ({})", severity.word(), printable(message), printable(route));
    let decided = match basis {
        Basis::Solver => "decided by the solver",
        Basis::Catalogue => "looked up in the service catalogue",
        Basis::Evaluator => "decided by matching one entry with the other",
    };
    _ = writeln!(text, "  help: {}\n  {decided}", printable(help));
    for choice in &rests_on.choices {
        _ = writeln!(text, "  assumed: {}: {}", choice.id(), choice.says());
    }
    if rests_on.undecided {
        _ = writeln!(text, "  assumed: whether all of these are needed was not decided");
    }
    if let Some(request) = evidence {
        _ = writeln!(text, "  this request shows it:\n{}", indented(&human::request(request)));
    }
}

fn at(source: &Source, position: Position) -> String {
    format!("{}:{}:{}", source.name(), position.line, position.column)
}

fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// A text of the user must not steer the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

fn number(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn counts(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in &report.findings {
        *counts.entry(finding.rule).or_default() += 1;
    }
    counts
}

/// The findings as JSON: one object for each finding, one for each question without an answer, and a summary.
pub fn json(report: &Report, requests: Requests<'_>) -> Vec<Value> {
    let finding = |finding: &Finding| {
        let Finding { rule, severity, basis, source, route, message, help, evidence, grounds, .. } = finding;
        let rests_on = &grounds.rests_on;
        let Position { line, column } = finding.position();
        json!({
            "schema": SCHEMA, "rule": rule, "severity": severity.word(), "decided_by": basis.word(), "policy": source.name(),
            "line": line, "column": column, "route": route, "message": message, "help": help,
            "request": evidence.as_ref().map(crate::request::Request::to_json),
            "assumed": rests_on.choices.iter().map(|choice| choice.id()).collect::<Vec<_>>(), "assumed_undecided": rests_on.undecided,
            "caveats": grounds.caveats,
        })
    };
    let undecided = |undecided: &Undecided| {
        let Undecided { rule, source, route, reason, .. } = undecided;
        let Position { line, column } = undecided.position();
        json!({
            "schema": SCHEMA, "rule": rule, "severity": "undecided", "policy": source.name(), "line": line, "column": column,
            "route": route, "reason": reason,
        })
    };
    let of = |severity: Severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let summary = json!({
        "schema": SCHEMA, "findings": report.findings.len(), "errors": of(Severity::Error), "warnings": of(Severity::Warning),
        "notes": of(Severity::Note), "undecided": report.undecided.len(), "rules": counts(report), "requests": requests.word(),
        "queries": report.queries,
    });
    report.findings.iter().map(finding).chain(report.undecided.iter().map(undecided)).chain([summary]).collect()
}

/// The names of rules, each with what it finds.
pub fn rules_human(rules: &[&Rule]) -> String {
    rules.iter().map(|rule| format!("{:<26} {}\n", rule.name, rule.summary)).collect()
}

/// A rule as JSON.
pub fn rule_json(rule: &Rule) -> Value {
    json!({"schema": SCHEMA, "rule": rule.name, "finds": rule.summary, "documentation": rule.documentation()})
}
