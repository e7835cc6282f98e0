//! What linting found, as text and as JSON.

use super::answers::{LintFinding, LintSummary, LintUndecided, Question, value};
use super::json::{catalogue, caveats, reason, rests_on, used, waived};
use super::known::LintRule;
use super::review_items::{Fate, Left, number};
use super::{Caveats, SCHEMA, human, project_line};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::source::{Place, Position, Source};
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::lint::{Basis, Finding, Judged, Level, Report, Rule, Undecided};
use keyaki_questions::query::Requests;
use serde_json::Value;
use std::collections::BTreeMap;

/// A finding as lines of text.
pub fn finding(judged: &Judged) -> String {
    let mut text = Lines::new();
    one(&mut text, judged);
    text.into_text()
}

/// What stands under the findings: what could not be decided, and a summary; `left` are the findings
/// that the report has not, `project` is the project's file and its members that were used.
pub fn closing(
    report: &Report,
    left: Left,
    requests: Requests<'_>,
    project: Option<(&str, &[&'static str])>,
    told: Caveats,
) -> String {
    let mut text = Lines::new();
    for undecided in &report.undecided {
        let Undecided { rule, route, reason, source, .. } = undecided;
        line!(
            text,
            "{}: undecided[{rule}]: could not be decided: {} ({})",
            at(source, undecided.position()),
            message(&reason.to_string()),
            visible(route)
        );
    }
    if !report.findings.is_empty() || !text.is_empty() {
        text.blank();
    }
    let counts: Vec<String> =
        counts(report).into_iter().map(|(rule, count)| format!("{count} {rule}")).collect();
    let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    line!(text, "{}{counts}{}", number(report.findings.len(), "finding"), left.words());
    if !report.undecided.is_empty() {
        line!(
            text,
            "{} could not be decided; allow more time with `--timeout`",
            number(report.undecided.len(), "question")
        );
    }
    line!(
        text,
        "requests considered: {}; {} asked",
        requests.word(),
        number(report.queries, "question")
    );
    if let Some((path, members)) = project {
        line!(text, "{}", project_line(path, members));
    }
    let caveats = report.findings.iter().flat_map(|judged| judged.grounds.caveats.clone());
    human::append_caveats(&mut text, &Caveat::in_order(caveats), told);
    text.into_text()
}

fn one(text: &mut Lines, judged: &Judged) {
    let Judged { finding, statement: _, basis, evidence, grounds } = judged;
    let Finding { rule, level, source, route, message: said, help, .. } = finding;
    let rests_on = &grounds.rests_on;
    let place = at(source, finding.position());
    line!(text, "{place}: {}[{rule}]: {} ({})", level.word(), message(said), visible(route));
    let decided = match basis {
        Basis::Solver => "decided by the solver",
        Basis::Catalogue => "looked up in the service catalogue",
        Basis::Evaluator => "decided by matching one entry with the other",
    };
    if let Some(help) = help {
        line!(text, "  help: {}", message(help));
    }
    line!(text, "  {decided}");
    for choice in &rests_on.choices {
        line!(text, "  assumed: {}: {}", choice.id(), choice.says());
    }
    if rests_on.undecided {
        line!(text, "  assumed: it was not decided whether all of these are needed");
    }
    if let Some(request) = evidence {
        line!(text, "  this request shows it:");
        text.append_indented(&human::request(request), "  ");
    }
}

fn at(source: &Source, position: Position) -> String {
    format!("{}:{}:{}", visible(source.name()), position.line, position.column)
}

fn counts(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for judged in &report.findings {
        *counts.entry(judged.finding.rule).or_default() += 1;
    }
    counts
}

/// A finding as JSON, and what becomes of it.
pub fn finding_json(judged: &Judged, fate: &Fate) -> Value {
    let Judged { finding, statement: _, basis, evidence, grounds } = judged;
    let Place { file, start, end } = finding.place();
    value(&LintFinding {
        schema: SCHEMA,
        rule: finding.rule,
        severity: finding.level.word(),
        decided_by: basis.word(),
        policy: file,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        route: finding.route.clone(),
        message: finding.message.clone(),
        help: finding.help.clone(),
        request: evidence.as_ref().map(keyaki_iam::request::Request::to_json),
        rests_on: rests_on(&grounds.rests_on),
        rests_on_undecided: grounds.rests_on.undecided,
        caveats: caveats(&grounds.caveats),
        waived: waived(fate),
    })
}

/// What stands under the findings, as JSON: an object for each question without an answer, and a
/// summary.
pub fn closing_json(
    report: &Report,
    left: Left,
    requests: Requests<'_>,
    project: Option<(&str, &[&'static str])>,
    question: Question,
) -> Vec<Value> {
    let undecided = |undecided: &Undecided| {
        let (Position { line, column }, end) =
            (undecided.position(), undecided.source.position(undecided.span.end));
        value(&LintUndecided {
            schema: SCHEMA,
            rule: undecided.rule,
            severity: "undecided",
            policy: undecided.source.name().to_owned(),
            line,
            column,
            end_line: end.line,
            end_column: end.column,
            route: undecided.route.clone(),
            reason: reason(&undecided.reason),
        })
    };
    let of = |level: Level| {
        report.findings.iter().filter(|judged| judged.finding.level == level).count()
    };
    let summary = LintSummary {
        schema: SCHEMA,
        question,
        findings: report.findings.len(),
        errors: of(Level::Error),
        warnings: of(Level::Warning),
        notes: of(Level::Note),
        waived: left.waived,
        known: left.known,
        undecided: report.undecided.len(),
        rules: counts(report),
        requests: requests.word(),
        catalogue: catalogue(requests),
        queries: report.queries,
        project: project.and_then(|(path, members)| used(path, members)),
    };
    report.undecided.iter().map(undecided).chain([value(&summary)]).collect()
}

/// The names of rules, each with what it finds.
pub fn rules_human(rules: &[&Rule]) -> String {
    rules.iter().map(|rule| format!("{:<26} {}\n", rule.name, rule.summary)).collect()
}

/// A rule as JSON.
pub fn rule_json(rule: &Rule) -> Value {
    value(&LintRule {
        schema: SCHEMA,
        rule: rule.name,
        finds: rule.summary,
        documentation: rule.documentation(),
    })
}
