//! Lint by meaning: cases with the findings that they must have and no others, and the examples of
//! every rule's documentation.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support;
use crate::support::command::{code, err, keyaki, lines, out};
use crate::support::unknowing::{self, Silence};
use keyaki::catalogue::Catalogue;
use keyaki::lint::{self, Document, Finding, Judged, Report, Rule, Settings};
use keyaki::policy::read::ReadOptions;
use keyaki::policy::{BaseOperator, Family, Kind};
use keyaki::query::{QueryError, Requests, Solver};
use keyaki::source::Source;
use keyaki::world::{ModelChoice, World};
use keyaki_engines::engine::{self, Limits};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    kind: KindWord,
    account: Option<String>,
    #[serde(default)]
    together: bool,
    /// One document, or several that are linted together; the findings are those of all.
    policy: Vec<String>,
    /// `rule severity route`.
    findings: Vec<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum KindWord {
    #[default]
    Identity,
    Resource,
    Trust,
    Scp,
}

impl From<KindWord> for Kind {
    fn from(word: KindWord) -> Self {
        match word {
            KindWord::Identity => Self::Identity,
            KindWord::Resource => Self::Resource,
            KindWord::Trust => Self::Trust,
            KindWord::Scp => Self::Scp,
        }
    }
}

fn settings(rules: Vec<&'static Rule>) -> Settings<'static> {
    let world = World::embedded().unwrap();
    let limits = Limits { timeout: Duration::from_secs(60), ..Limits::default() };
    Settings {
        rules,
        world,
        requests: Requests::Feasible(world),
        account: None,
        together: false,
        limits,
        most_queries: lint::MOST_QUERIES,
    }
}

fn lint_all(policies: &[String], kind: Kind, settings: &Settings<'_>) -> Report {
    try_lint(policies, kind, settings).unwrap()
}

fn try_lint(
    policies: &[String],
    kind: Kind,
    settings: &Settings<'_>,
) -> Result<Report, QueryError> {
    lint_by(policies, kind, settings, &Solver::single(engine::from_spec("auto").unwrap()))
}

fn lint_by(
    policies: &[String],
    kind: Kind,
    settings: &Settings<'_>,
    solver: &Solver,
) -> Result<Report, QueryError> {
    let options = ReadOptions { lenient_sids: true, ..ReadOptions::default() };
    let document = |text: &String| {
        Document::read(&Source::new("policy.json", text.as_str()), kind, &options)
            .unwrap_or_else(|findings| panic!("{text}\n{findings:#?}"))
    };
    let documents: Vec<Document> = policies.iter().map(document).collect();
    lint::lint(&documents, settings, solver)
}

fn allow(rest: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {rest}}}]}}"#)
}

fn only(rule: &str) -> Settings<'static> {
    settings(vec![lint::rule(rule).unwrap()])
}

fn all_rules() -> Vec<&'static Rule> {
    lint::rules().iter().collect()
}

fn line(judged: &Judged) -> String {
    let Finding { rule, level, route, .. } = &judged.finding;
    format!("{rule} {} {route}", level.word())
}

fn cases(file: &str) -> Cases {
    let path = format!("{}/tests/cases/questions/lint/{file}.toml", env!("CARGO_MANIFEST_DIR"));
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The cases of one file; each is named after a rule, which must fire at least once and stay silent
/// at least once.
fn check(file: &str) {
    let cases = cases(file);
    let (mut silent, mut firing) = (0, 0);
    for case in &cases.case {
        let settings = Settings {
            account: case.account.clone(),
            together: case.together,
            ..settings(all_rules())
        };
        let report = lint_all(&case.policy, case.kind.into(), &settings);
        let found: Vec<String> = report.findings.iter().map(line).collect();
        assert_eq!(found, case.findings, "{file}: {}\n{:#?}", case.name, report.findings);
        assert!(report.undecided.is_empty(), "{file}: {}\n{:#?}", case.name, report.undecided);
        let fires = report.findings.iter().any(|judged| judged.finding.rule == file);
        firing += usize::from(fires);
        silent += usize::from(!fires);
        // Few questions, where most is lost, and a share of the larger numbers.
        for most_queries in
            (0..=4).chain((5..report.queries).step_by(7)).filter(|most| *most < report.queries)
        {
            let fewer = lint_all(
                &case.policy,
                case.kind.into(),
                &Settings {
                    rules: all_rules(),
                    limits: settings.limits.clone(),
                    account: case.account.clone(),
                    most_queries,
                    ..settings
                },
            );
            assert_only_less(
                &report,
                &fewer,
                &format!("{file}: {}: {most_queries} questions", case.name),
            );
        }
    }
    assert!(
        firing >= 1 && silent >= 1,
        "{file} has {} cases, {silent} of them silent",
        cases.case.len()
    );
}

/// With fewer questions there are the same findings, or in their stead the rule says that it is
/// undecided about the place or about its statement.
fn assert_only_less(full: &Report, fewer: &Report, case: &str) {
    let same = |one: &Judged, other: &Judged| {
        (one.finding.rule, &one.finding.route) == (other.finding.rule, &other.finding.route)
    };
    let undecided = |rule: &str, route: &str| {
        fewer.undecided.iter().any(|open| open.rule == rule && route.starts_with(&open.route))
    };
    for finding in &full.findings {
        let kept = fewer.findings.iter().any(|other| same(finding, other));
        assert!(
            kept != undecided(finding.finding.rule, &finding.finding.route),
            "{case}: {}\n{:#?}",
            line(finding),
            fewer.undecided
        );
    }
    for finding in &fewer.findings {
        let known = full
            .findings
            .iter()
            .any(|other| same(finding, other) && finding.finding.level <= other.finding.level);
        // A rule says nothing where another one says why; it does while that other one is
        // undecided.
        let statement = |route: &str| route.split('.').next().map(str::to_owned);
        let explains = |other: &&Judged| {
            let (own, other) = (&finding.finding, &other.finding);
            statement(&other.route) == statement(&own.route) && undecided(other.rule, &other.route)
        };
        let explained = full.findings.iter().any(|other| explains(&other));
        assert!(known || explained, "{case}: {}", line(finding));
    }
}

macro_rules! rules {
    ($($test:ident $rule:literal,)*) => {
        $(#[test]
        fn $test() {
            check($rule);
        })*

        #[test]
        fn every_rule_has_cases() {
            let tested = [$($rule),*];
            assert!(lint::rules().iter().all(|rule| tested.contains(&rule.name)) && tested.len() == lint::rules().len());
        }
    };
}

rules! {
    unknown_action "unknown-action",
    action_without_effect "action-without-effect",
    left_over_placeholder "left-over-placeholder",
    unknown_resource "unknown-resource",
    unknown_key "unknown-key",
    wildcard_in_string_equals "wildcard-in-string-equals",
    contradictory_condition "contradictory-condition",
    variables_in_2008 "variables-in-2008",
    dead_entry "dead-entry",
    dead_statement "dead-statement",
    tautological_condition "tautological-condition",
    forallvalues_in_allow "forallvalues-in-allow",
    notresource_of_models "notresource-of-models",
    contained_entry "contained-entry",
    pointless_deny "pointless-deny",
}

/// The policy under a heading of a rule's documentation.
fn example(documentation: &str, heading: &str) -> String {
    let section = documentation
        .split(&format!("\n## {heading}\n"))
        .nth(1)
        .unwrap_or_else(|| panic!("no section `{heading}`"));
    let block = section
        .split("\n## ")
        .next()
        .unwrap()
        .split("```json\n")
        .nth(1)
        .unwrap_or_else(|| panic!("no policy in `{heading}`"));
    block.split("```").next().unwrap().to_owned()
}

#[test]
fn the_examples_of_every_rule_behave_as_its_documentation_says() {
    for rule in lint::rules() {
        let documentation = rule.documentation();
        assert!(documentation.starts_with(&format!("# {}\n", rule.name)), "{}", rule.name);
        for heading in ["Why it matters", "How it is decided"] {
            assert!(
                documentation.contains(&format!("\n## {heading}\n")),
                "{}: {heading}",
                rule.name
            );
        }
        let settings =
            Settings { together: rule.name == "pointless-deny", ..settings(all_rules()) };
        for (heading, triggers) in [("Triggers", true), ("Stays silent", false)] {
            let report = lint_all(&[example(&documentation, heading)], Kind::Identity, &settings);
            let found: Vec<&str> =
                report.findings.iter().map(|judged| judged.finding.rule).collect();
            let expected = if triggers { vec![rule.name] } else { Vec::new() };
            assert_eq!(found, expected, "{}: {heading}\n{:#?}", rule.name, report.findings);
            assert!(
                report.undecided.is_empty(),
                "{}: {heading}\n{:#?}",
                rule.name,
                report.undecided
            );
        }
    }
}

#[test]
fn a_finding_has_its_place_and_its_evidence() {
    let policy = "{\"Version\": \"2012-10-17\", \"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": \"ec2:CreateTags\", \"Resource\": \"*\",\n   \
                  \"Condition\": {\"ForAllValues:StringEquals\": {\"aws:TagKeys\": [\"team\"]}}}]}";
    let report = lint_all(&[policy.to_owned()], Kind::Identity, &settings(all_rules()));
    let [finding] = report.findings.as_slice() else { panic!("{:#?}", report.findings) };
    assert_eq!((finding.finding.position().line, finding.finding.position().column), (3, 48));
    let request = finding.evidence.as_ref().unwrap();
    assert_eq!(request.action, "ec2:CreateTags");
}

#[test]
fn what_could_not_be_decided_is_no_finding() {
    let policy = example(&lint::rule("dead-statement").unwrap().documentation(), "Triggers");
    let settings =
        Settings { most_queries: 0, ..settings(vec![lint::rule("dead-statement").unwrap()]) };
    let report = lint_all(&[policy], Kind::Identity, &settings);
    assert!(report.findings.is_empty() && report.undecided.len() == 1, "{report:#?}");
    assert!(
        report.undecided[0].reason.to_string().contains("the limit was reached"),
        "{:?}",
        report.undecided[0]
    );
}

/// Rules that have nothing to say of a statement that never applies say so where that is not known,
/// whichever rules are chosen.
#[test]
fn each_rule_is_undecided_by_itself() {
    // Guesses know no organization.
    let condition = r#""Condition": {"StringEquals": {"aws:PrincipalTag/t": "${aws:PrincipalOrgID}"}, "Null": {"aws:TokenIssueTime": "false"}}"#;
    let resources = r#""Resource": ["arn:aws:s3:::${aws:PrincipalOrgID}/k", "arn:aws:s3:::${aws:PrincipalOrgID}-c/k"]"#;
    let statement = format!(r#""Action": "s3:GetObject", {resources}, {condition}"#);
    let deny = format!(r#"{statement}}}, {{"Effect": "Deny", {statement}"#);
    let policy = allow(&format!(r#"{deny}}}, {{"Effect": "Allow", {statement}"#));
    for rule in [
        "contradictory-condition",
        "dead-entry",
        "tautological-condition",
        "pointless-deny",
        "contained-entry",
    ] {
        let settings = Settings { most_queries: 0, together: true, ..only(rule) };
        let report = lint_all(std::slice::from_ref(&policy), Kind::Identity, &settings);
        assert!(report.findings.is_empty() && !report.undecided.is_empty(), "{rule}: {report:#?}");
        assert!(report.undecided.iter().all(|open| open.rule == rule));
    }
    // A condition that no guess fulfils.
    let among = r#""ForAllValues:StringEquals": {"aws:TagKeys": ["${aws:PrincipalOrgID}"]}"#;
    let elsewhere = r#""Null": {"s3:prefix": "false"}"#;
    for (rule, condition) in [("forallvalues-in-allow", among), ("unknown-key", elsewhere)] {
        let resource = r#""Resource": "arn:aws:s3:::${aws:PrincipalOrgID}/k""#;
        let policy = allow(&format!(
            r#""Action": "s3:PutObject", {resource}, "Condition": {{{condition}}}"#
        ));
        let report =
            lint_all(&[policy], Kind::Identity, &Settings { most_queries: 0, ..only(rule) });
        assert!(report.findings.is_empty() && report.undecided.len() == 1, "{rule}: {report:#?}");
    }
}

/// Every case, under an engine that does not know some of the questions: a finding becomes
/// undecided, and none appears.
#[test]
fn no_finding_appears_where_something_is_unknown() {
    let (mut undecided, mut tried) = (0, 0);
    for file in lint::rules().iter().map(|rule| rule.name) {
        for case in cases(file).case {
            let memory = Arc::default();
            let ask = |silence, most_queries| {
                let (account, limits) = (case.account.clone(), unknowing::limits());
                let settings = Settings {
                    account,
                    together: case.together,
                    limits,
                    most_queries,
                    ..settings(all_rules())
                };
                let ask = |solver: &Solver| {
                    lint_by(&case.policy, case.kind.into(), &settings, solver).unwrap()
                };
                unknowing::asking(&memory, silence, ask)
            };
            let (full, asked) = ask(Silence::Never, lint::MOST_QUERIES);
            // A rule's question is several of an engine.
            for most_queries in 0..full.queries {
                let fewer = ask(Silence::Never, most_queries).0;
                assert_only_less(
                    &full,
                    &fewer,
                    &format!("{file}: {}, {most_queries} questions", case.name),
                );
                tried += 1;
            }
            for silence in Silence::all(asked) {
                let fewer = ask(silence, lint::MOST_QUERIES).0;
                assert_only_less(&full, &fewer, &format!("{file}: {}, {silence:?}", case.name));
                undecided += fewer.undecided.len();
                tried += 1;
            }
        }
    }
    println!("{tried} silences, {undecided} undecided");
    assert!(undecided > 50, "{undecided}");
}

/// A statement that applies to nothing as it is written may apply to something when its resources
/// are read generously: that is a question, too.
#[test]
fn what_is_dead_as_written_is_undecided_until_the_generous_reading_is_decided() {
    let policy = allow(r#""Action": "kms:DescribeKey", "Resource": "arn:*:kms:*:::*""#);
    for rule in ["dead-statement", "unknown-resource"] {
        let full = lint_all(std::slice::from_ref(&policy), Kind::Identity, &only(rule));
        assert_eq!(full.findings.len(), 1, "{rule}: {full:#?}");
        for most_queries in 0..full.queries {
            let settings = Settings { most_queries, ..only(rule) };
            let fewer = lint_all(std::slice::from_ref(&policy), Kind::Identity, &settings);
            assert_only_less(&full, &fewer, &format!("{rule}: {most_queries} questions"));
        }
    }
}

/// What is live only when its resources are read generously is not a finding, and none while that
/// is unknown.
#[test]
fn what_may_live_is_undecided_until_the_generous_reading_is_decided() {
    // No guess finds a request on a resource with a variable.
    let shared = r#""arn:aws:sqs:us-east-1::q${aws:PrincipalTag/b}""#;
    let statement = allow(&format!(r#""Action": "sqs:SendMessage", "Resource": {shared}"#));
    let entries = allow(&format!(
        r#""Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": ["arn:aws:s3:::b/*", {shared}]"#
    ));
    for (rule, policy) in [("dead-entry", &entries), ("dead-statement", &statement)] {
        let (memory, settings) =
            (Arc::default(), Settings { limits: unknowing::limits(), ..only(rule) });
        let ask = |silence| {
            let ask = |solver: &Solver| {
                lint_by(std::slice::from_ref(policy), Kind::Identity, &settings, solver).unwrap()
            };
            unknowing::asking(&memory, silence, ask)
        };
        let (full, asked) = ask(Silence::Never);
        println!("{rule}: {asked} questions, {} of lint", full.queries);
        assert!(full.findings.is_empty() && full.undecided.is_empty(), "{rule}: {full:#?}");
        let mut undecided = 0;
        for silence in (1..=asked)
            .flat_map(|number| [Silence::At(number), Silence::From(number)])
            .chain([Silence::Models])
        {
            let found = ask(silence).0;
            assert!(found.findings.is_empty(), "{rule}, {silence:?}: {:#?}", found.findings);
            undecided += found.undecided.len();
        }
        assert!(undecided > 0, "{rule}");
    }
}

#[test]
fn a_reason_rests_on_answers() {
    // Without its conditions the statement has a request, which no guess finds; that one on other
    // resources has, too, tells nothing.
    let conditions = r#""Condition": {"StringEquals": {"aws:PrincipalTag/t": "a"}, "StringNotEquals": {"aws:PrincipalTag/t": "a"}}"#;
    let policy = allow(&format!(
        r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::${{aws:PrincipalOrgID}}/k", {conditions}"#
    ));
    let message = |most_queries: usize| {
        let report = lint_all(
            std::slice::from_ref(&policy),
            Kind::Identity,
            &Settings { most_queries, ..only("dead-statement") },
        );
        report.findings[0].finding.message.clone()
    };
    assert!(message(10).contains("its conditions never hold"), "{}", message(10));
    assert!(
        message(1).contains("no request that can exist matches its elements"),
        "{}",
        message(1)
    );
}

#[test]
fn only_a_condition_that_never_holds_is_said_never_to_hold() {
    let message = |conditions: &str| {
        let policy = allow(&format!(
            r#""Action": "s3:GetObject", "Resource": "*", "Condition": {conditions}"#
        ));
        let report = lint_all(&[policy], Kind::Identity, &only("contradictory-condition"));
        report.findings[0].finding.message.clone()
    };
    let alone = r#"{"StringEquals": {"aws:PrincipalTag/t": "a*"}}"#;
    assert!(message(alone).ends_with("never holds"), "{}", message(alone));
    // The first contradicts each of the two others, which go together.
    let star = r#"{"StringEquals": {"aws:PrincipalTag/t": "a"}, "StringNotEquals": {"aws:PrincipalTag/t": "a"}, "StringLike": {"aws:PrincipalTag/t": "b*"}}"#;
    assert_eq!(message(star), "the conditions never hold together");
    let pair = r#"{"StringEquals": {"aws:PrincipalTag/t": "a"}, "StringNotEquals": {"aws:PrincipalTag/t": "a"}, "StringLike": {"aws:PrincipalTag/u": "b*"}}"#;
    assert_eq!(
        message(pair),
        "these conditions never hold together: `StringEquals` on `aws:PrincipalTag/t` and `StringNotEquals` on `aws:PrincipalTag/t`"
    );
}

#[test]
fn a_damaged_catalogue_is_an_error() {
    let mut bytes = include_bytes!("../../src/iam/catalogue/services.bin").to_vec();
    let length = bytes.len();
    bytes[length - 1] ^= 0x55;
    let damaged = Catalogue::from_bytes(bytes).unwrap();
    let last = damaged.summaries().last().unwrap().prefix.clone();
    let world = World::new(&damaged);
    let policies = [
        ("unknown-action", allow(&format!(r#""Action": "{last}:Anything", "Resource": "*""#))),
        (
            "unknown-key",
            allow(
                r#""Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceIpp": "x"}}"#,
            ),
        ),
    ];
    for (rule, policy) in policies {
        let settings = Settings { world, requests: Requests::Feasible(world), ..only(rule) };
        let result = try_lint(&[policy], Kind::Identity, &settings);
        assert!(matches!(result, Err(QueryError::Catalogue(_))), "{rule}: {result:?}");
    }
}

#[test]
fn caveats_come_with_findings() {
    let conditions =
        r#""Condition": {"NumericEquals": {"foo:bar": "1"}, "NumericLessThan": {"foo:bar": "1"}}"#;
    let policy = allow(&format!(r#""Action": "s3:GetObject", "Resource": "*", {conditions}"#));
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "unknown.json", &policy);
    let printed = lines(&keyaki(&["lint", &path, "--format", "json"]));
    let caveat = printed[0]["caveats"][0]["message"].as_str().unwrap();
    assert!(caveat.contains("`foo:bar`"), "{caveat}");
    let text = out(&keyaki(&["lint", &path]));
    assert_eq!(text.matches(&format!("caveat: {caveat}")).count(), 1, "{text}");
}

/// What each entry depends on is its own.
#[test]
fn entries_depend_on_their_own_choices() {
    let policy = allow(
        r#""Action": ["iam:TagRole", "iam:TagUser", "iam:GetRole", "sqs:TagQueue"], "Resource": "arn:aws:iam::111122223333:role/x",
           "Condition": {"StringEquals": {"aws:RequestTag/team": "blue"}}"#,
    );
    let report = lint_all(&[policy], Kind::Identity, &only("dead-entry"));
    let found: Vec<(&str, &[ModelChoice])> = report
        .findings
        .iter()
        .map(|judged| (judged.finding.route.as_str(), judged.grounds.rests_on.choices.as_slice()))
        .collect();
    assert_eq!(
        found,
        [
            ("Statement[0].Action[1]", &[ModelChoice::F12][..]),
            ("Statement[0].Action[2]", &[ModelChoice::F13]),
            ("Statement[0].Action[3]", &[])
        ],
        "{:#?}",
        report.findings
    );
}

#[test]
fn what_needs_its_key_does_not_hold_without() {
    let mut needing = 0;
    for base in BaseOperator::ALL {
        for set in ["", "ForAllValues:", "ForAnyValue:"] {
            for suffix in ["", "IfExists"] {
                for values in [r#""true""#, r#""false""#] {
                    let value = match base.family() {
                        Family::Bool | Family::Null => values,
                        Family::Numeric => "\"1\"",
                        Family::Date => "\"2026-01-01T00:00:00Z\"",
                        Family::IpAddress => "\"10.0.0.0/8\"",
                        Family::Arn => "\"arn:aws:s3:::b\"",
                        Family::String | Family::Binary => "\"YQ==\"",
                    };
                    if *base == BaseOperator::Null && !suffix.is_empty() {
                        continue;
                    }
                    let condition =
                        format!(r#"{{"{set}{}{suffix}": {{"svc:key": {value}}}}}"#, base.name());
                    let policy = allow(&format!(
                        r#""Action": "s3:GetObject", "Resource": "*", "Condition": {condition}"#
                    ));
                    let statement = &support::policy(&policy).statements[0];
                    let request = support::request(
                        r#"{"principal": "anonymous", "action": "s3:GetObject", "resource": "*"}"#,
                    );
                    let holds = keyaki::semantics::applies(statement, Kind::Identity, &request);
                    assert_eq!(statement.conditions[0].needs_its_key(), !holds, "{condition}");
                    needing += usize::from(!holds);
                }
            }
        }
    }
    assert!(needing > 20);
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_command_prints_findings_and_ends_by_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let unknown = lint::rule("unknown-action").unwrap().documentation();
    let (bad, good) = (
        file(&folder, "bad.json", &example(&unknown, "Triggers")),
        file(&folder, "good.json", &example(&unknown, "Stays silent")),
    );
    let output = keyaki(&["lint", &bad, &good, "--format", "json"]);
    let printed = lines(&output);
    assert_eq!((code(&output), printed.len()), (1, 2), "{}", err(&output));
    assert_eq!(
        (&printed[0]["rule"], &printed[0]["severity"]),
        (&"unknown-action".into(), &"error".into())
    );
    assert_eq!((&printed[0]["line"], &printed[0]["column"]), (&2.into(), &49.into()));
    assert_eq!(
        (&printed[0]["decidedBy"], &printed[0]["route"]),
        (&"catalogue".into(), &"Statement[0].Action[1]".into())
    );
    assert_eq!(
        (&printed[1]["findings"], &printed[1]["rules"]["unknown-action"]),
        (&1.into(), &1.into())
    );
    let output = keyaki(&["lint", &bad]);
    assert!(
        out(&output).contains("bad.json:2:49: error[unknown-action]")
            && out(&output).contains("did you mean `iam:ListGroupsForUser`?")
    );
    assert_eq!(code(&keyaki(&["lint", &good])), 0);
    assert_eq!(code(&keyaki(&["lint", &bad, "--rule", "dead-statement"])), 0);
    let dead = lint::rule("dead-statement").unwrap().documentation();
    let dead = file(&folder, "dead.json", &example(&dead, "Triggers"));
    let output = keyaki(&["lint", &dead, "--most-queries", "0"]);
    assert_eq!(code(&output), 3, "{}", out(&output));
    assert!(out(&output).contains("undecided[dead-statement]"), "{}", out(&output));
    for (arguments, message) in [
        (vec!["lint", bad.as_str(), "--rule", "dead-statment"], "did you mean `dead-statement`?"),
        (vec!["lint", bad.as_str(), "--account", "12"], "an account has twelve digits"),
        (vec!["lint", "no-such-file.json"], "cannot read"),
    ] {
        let output = keyaki(&arguments);
        assert_eq!(code(&output), 2);
        assert!(err(&output).contains(message), "{}", err(&output));
    }
}

#[test]
fn rules_explain_themselves() {
    let output = keyaki(&["lint", "--explain", "dead-entry"]);
    assert_eq!(
        (code(&output), out(&output)),
        (0, lint::rule("dead-entry").unwrap().documentation())
    );
    let output = keyaki(&["lint", "--explain", "all"]);
    assert!(lint::rules().iter().all(|rule| out(&output).contains(rule.name)));
}

/// What the seed policies are known for, each with all of its findings of these rules.
#[test]
fn the_seed_policies_have_their_known_findings() {
    let expected = BTreeMap::from([
        ("S1-P1", vec!["unknown-resource Statement[1].Resource"]),
        ("S1-P2", vec!["dead-entry Statement[1].Action[3]", "dead-entry Statement[1].Action[4]"]),
        ("S3-P09", vec!["unknown-action Statement[0].Action[1]"]),
        (
            "S3-P21",
            vec!["dead-entry Statement[2].Action[1]", "unknown-resource Statement[3].Resource"],
        ),
        (
            "S3-P25",
            vec![
                "dead-entry Statement[0].Action[1]",
                "tautological-condition Statement[0].Condition.StringEquals.aws:PrincipalAccount",
            ],
        ),
        (
            "as-printed/S3-P02",
            vec![
                "left-over-placeholder Statement[0].Resource",
                "left-over-placeholder Statement[0].Condition.StringEquals.kms:EncryptionContext:aws:bedrock:arn",
            ],
        ),
        ("as-printed/S3-P15", vec!["left-over-placeholder Statement[0].Resource"]),
        ("as-printed/S2-P1", vec!["left-over-placeholder Statement[0].Resource[1]"]),
        ("S2-P1", vec![]),
        ("S3-P24", vec![]),
    ]);
    // Questions about conditions on tags take an engine long; they are not what these policies are
    // known for.
    let slow = ["forallvalues-in-allow"];
    for (name, expected) in expected {
        let text = std::fs::read_to_string(format!(
            "{}/proofs/policies/{name}.json",
            env!("CARGO_MANIFEST_DIR")
        ))
        .unwrap();
        let rules = lint::rules().iter().filter(|rule| {
            !slow.contains(&rule.name) && (name != "S1-P1" || rule.name != "tautological-condition")
        });
        let settings =
            Settings { account: Some("111122223333".to_owned()), ..settings(rules.collect()) };
        let report = lint_all(&[text], Kind::Identity, &settings);
        let found: Vec<String> = report
            .findings
            .iter()
            .map(|judged| format!("{} {}", judged.finding.rule, judged.finding.route))
            .collect();
        assert_eq!(found, expected, "{name}\n{:#?}", report.findings);
        assert!(report.undecided.is_empty(), "{name}\n{:#?}", report.undecided);
    }
}
