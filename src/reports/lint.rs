//! What linting found, as text and as JSON.

use super::{SCHEMA, human, project_json, project_line};
use keyaki_iam::source::{Position, Source};
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::lint::{Basis, Finding, Report, Rule, Severity, Undecided};
use keyaki_questions::query::Requests;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The findings as lines of text, a summary at the end; `project` is the project's file and its members that were used.
pub fn human(report: &Report, requests: Requests<'_>, project: Option<(&str, &[&str])>) -> String {
    let mut text = Lines::new();
    for finding in &report.findings {
        one(&mut text, finding);
    }
    for undecided in &report.undecided {
        let Undecided { rule, route, reason, source, .. } = undecided;
        line!(
            text,
            "{}: undecided[{rule}]: could not be decided: {} ({})",
            at(source, undecided.position()),
            message(reason),
            visible(route)
        );
    }
    if !text.is_empty() {
        text.blank();
    }
    let counts: Vec<String> = counts(report).into_iter().map(|(rule, count)| format!("{count} {rule}")).collect();
    let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    line!(text, "{}{counts}", number(report.findings.len(), "finding"));
    if !report.undecided.is_empty() {
        line!(text, "{} could not be decided; allow more time with `--timeout`", number(report.undecided.len(), "question"));
    }
    line!(text, "requests considered: {}; {} asked", requests.word(), number(report.queries, "question"));
    if let Some((path, members)) = project {
        line!(text, "{}", project_line(path, members));
    }
    let caveats: BTreeSet<&String> = report.findings.iter().flat_map(|finding| &finding.grounds.caveats).collect();
    for caveat in caveats {
        line!(text, "caveat: {}", message(caveat));
    }
    text.into_text()
}

fn one(text: &mut Lines, finding: &Finding) {
    let Finding { rule, severity, basis, source, route, message: said, help, evidence, grounds, .. } = finding;
    let rests_on = &grounds.rests_on;
    let place = at(source, finding.position());
    line!(text, "{place}: {}[{rule}]: {} ({})", severity.word(), message(said), visible(route));
    let decided = match basis {
        Basis::Solver => "decided by the solver",
        Basis::Catalogue => "looked up in the service catalogue",
        Basis::Evaluator => "decided by matching one entry with the other",
    };
    line!(text, "  help: {}", message(help));
    line!(text, "  {decided}");
    for choice in &rests_on.choices {
        line!(text, "  assumed: {}: {}", choice.id(), choice.says());
    }
    if rests_on.undecided {
        line!(text, "  assumed: whether all of these are needed was not decided");
    }
    if let Some(request) = evidence {
        line!(text, "  this request shows it:");
        text.append_indented(&human::request(request), "  ");
    }
}

fn at(source: &Source, position: Position) -> String {
    format!("{}:{}:{}", visible(source.name()), position.line, position.column)
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
pub fn json(report: &Report, requests: Requests<'_>, project: Option<(&str, &[&str])>) -> Vec<Value> {
    let finding = |finding: &Finding| {
        let Finding { rule, severity, basis, source, route, message, help, evidence, grounds, .. } = finding;
        let rests_on = &grounds.rests_on;
        let Position { line, column } = finding.position();
        json!({
            "schema": SCHEMA, "rule": rule, "severity": severity.word(), "decided_by": basis.word(), "policy": source.name(),
            "line": line, "column": column, "route": route, "message": message, "help": help,
            "request": evidence.as_ref().map(keyaki_iam::request::Request::to_json),
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
        "notes": of(Severity::Note), "undecided": report.undecided.len(), "rules": counts(report), "requests": requests.word(), "catalogue": super::json::catalogue(requests),
        "queries": report.queries,
        "project": project.map_or(Value::Null, |(path, members)| project_json(path, members)),
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
