//! Reads every document of `tests/cases/iam/reading` and compares the findings; `README.md` there
//! explains the format.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use keyaki::finding::{CODES, Code, Finding, Level};
use keyaki::json::{JsonData, JsonValue, parse};
use keyaki::policy::Kind;
use keyaki::policy::print::print;
use keyaki::policy::read::{Limits, ReadOptions, ReadOutcome, read, read_value};
use keyaki::source::{Source, Span};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    #[serde(default = "identity")]
    kind: String,
    #[serde(default)]
    options: Vec<String>,
    document: Option<String>,
    #[serde(default = "version")]
    version: String,
    effect: Option<String>,
    principal: Option<String>,
    action: Option<String>,
    resource: Option<String>,
    condition: Option<String>,
    #[serde(default)]
    findings: Vec<String>,
    same_as: Option<String>,
    same_statements_as: Option<String>,
    help: Option<String>,
}

fn identity() -> String {
    "identity".to_owned()
}

fn version() -> String {
    "2012-10-17".to_owned()
}

impl Case {
    fn kind(&self) -> Kind {
        match self.kind.as_str() {
            "identity" => Kind::Identity,
            "boundary" => Kind::Boundary,
            "session" => Kind::Session,
            "trust" => Kind::Trust,
            "resource" => Kind::Resource,
            "scp" => Kind::Scp,
            "rcp" => Kind::Rcp,
            "endpoint" => Kind::Endpoint,
            other => panic!("{}: unknown kind {other}", self.id),
        }
    }

    fn options(&self) -> ReadOptions {
        let mut options = ReadOptions::default();
        for name in &self.options {
            match name.as_str() {
                "legacy-duplicates" => options.legacy_duplicates = true,
                "lenient-sids" => options.lenient_sids = true,
                "supported-only" => options.supported_only = true,
                other => panic!("{}: unknown option {other}", self.id),
            }
        }
        options
    }

    /// The document, or one built from the parts, each on a line of its own: 1 effect, 2 principal,
    /// 3 action, 4 resource, 5 condition.
    fn text(&self) -> String {
        if let Some(document) = &self.document {
            return document.clone();
        }
        let part = |name: &str, value: &Option<String>, default: Option<&str>| {
            value
                .as_deref()
                .or(default)
                .map_or(String::new(), |value| format!(", \"{name}\": {value}"))
        };
        let needs_principal =
            matches!(self.kind(), Kind::Resource | Kind::Trust | Kind::Rcp | Kind::Endpoint);
        let effect = self.effect.as_deref().unwrap_or(if self.kind() == Kind::Rcp {
            "Deny"
        } else {
            "Allow"
        });
        format!(
            "{{\"Version\": \"{}\", \"Statement\": {{\"Effect\": \"{effect}\"\n{}\n{}\n{}\n{}\n}}}}",
            self.version,
            part("Principal", &self.principal, needs_principal.then_some("\"*\"")),
            part("Action", &self.action, Some("\"s3:GetObject\"")),
            part("Resource", &self.resource, (self.kind() != Kind::Trust).then_some("\"*\"")),
            part("Condition", &self.condition, None),
        )
    }

    fn read(&self, text: &str) -> ReadOutcome {
        read(&Source::new("policy.json", text), self.kind(), &self.options())
    }

    /// What is wrong with the outcome of this case.
    fn check(&self) -> Vec<String> {
        let outcome = self.read(&self.text());
        let mut wrong = Vec::new();
        let found: Vec<String> = outcome.diagnostics.iter().map(summary).collect();
        if found != self.findings {
            wrong.push(format!("findings = {found:#?}, expected {:#?}", self.findings));
        }
        if outcome.policy.is_some() == outcome.diagnostics.iter().any(Finding::is_error) {
            wrong.push("a policy is there iff nothing is an error".to_owned());
        }
        if let Some(help) = &self.help {
            let helps: Vec<_> =
                outcome.diagnostics.iter().filter_map(|finding| finding.help.as_ref()).collect();
            if !helps.iter().any(|text| text.contains(help)) {
                wrong.push(format!("no help says `{help}`: {helps:?}"));
            }
        }
        wrong.extend(self.check_policy(&outcome));
        wrong
    }

    fn check_policy(&self, outcome: &ReadOutcome) -> Vec<String> {
        let Some(policy) = &outcome.policy else { return Vec::new() };
        let printed = print(policy);
        let mut wrong = Vec::new();
        let canonical = |text: &str| {
            self.read(text).policy.map_or("rejected".to_owned(), |policy| print(&policy))
        };
        if canonical(&printed) != printed {
            wrong.push(format!("the printed policy reads otherwise: {printed}"));
        }
        if let Some(other) = &self.same_as
            && canonical(other) != printed
        {
            wrong.push(format!("not the same:\n{printed}\n{}", canonical(other)));
        }
        if let Some(other) = &self.same_statements_as {
            let statements = |text: &str| -> BTreeSet<String> {
                let policy = self.read(text).policy.expect("the other document is accepted");
                policy
                    .statements
                    .iter()
                    .map(|statement| keyaki::policy::print::statement(statement).to_string())
                    .collect()
            };
            if statements(&self.text()) != statements(other) {
                wrong.push("not the same statements".to_owned());
            }
        }
        wrong
    }
}

/// `error unknown-element 2:3 Statement[0].Conditions`.
fn summary(finding: &Finding) -> String {
    let severity = if finding.level == Level::Error { "error" } else { "warning" };
    let place = finding.position();
    format!("{severity} {} {}:{} {}", finding.rule, place.line, place.column, finding.route)
        .trim_end()
        .to_owned()
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/iam/reading");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
        .iter()
        .flat_map(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            toml::from_str::<Cases>(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
                .case
        })
        .collect()
}

#[test]
fn every_document_gives_its_findings() {
    let cases = cases();
    let mut failures = String::new();
    for case in &cases {
        for wrong in case.check() {
            failures += &format!("{}: {wrong}\n", case.id);
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(cases.len() > 150, "only {} cases were found", cases.len());
}

#[test]
fn every_row_of_the_table_is_a_case() {
    let cases = cases();
    for row in 1..=26 {
        let id = format!("G{row:02}");
        assert!(cases.iter().any(|case| case.id.starts_with(&id)), "{id} is not a case");
    }
    let ids: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids.len(), cases.len(), "two cases have the same id");
}

/// Codes whose findings need more than a text file: a limit, bytes, or an option.
const ELSEWHERE: &[&str] = &[
    "not-utf8",
    "placeholder",
    "placeholder-clash",
    "document-too-large",
    "more-findings",
    "nested-too-deeply",
    "policy-size",
    "text-too-long",
    "too-many-statements",
    "too-many-wildcards",
];

#[test]
fn every_code_is_expected_somewhere() {
    let cases = cases();
    let expected: BTreeSet<&str> = cases
        .iter()
        .flat_map(|case| &case.findings)
        .filter_map(|finding| finding.split(' ').nth(1))
        .collect();
    for Code { code, .. } in CODES {
        assert!(expected.contains(code) || ELSEWHERE.contains(code), "no case gives `{code}`");
    }
    for code in expected.iter().chain(ELSEWHERE) {
        assert!(CODES.iter().any(|known| known.code == *code), "`{code}` is not in the table");
    }
}

/// The quotas by kind: one character less is not a warning, and white space does not count.
#[test]
fn long_documents_are_warned_of_by_kind() {
    let save = ReadOptions { supported_only: true, ..ReadOptions::default() };
    let sized = |kind: Kind, action: &str, size: usize| {
        let principal = if matches!(kind, Kind::Resource | Kind::Trust | Kind::Rcp | Kind::Endpoint)
        {
            r#""Principal":"*","#
        } else {
            ""
        };
        let effect = if kind == Kind::Rcp { "Deny" } else { "Allow" };
        let resource = if kind == Kind::Trust { "" } else { r#","Resource":"*""# };
        let (start, end) = (
            format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}",{principal}"Action":"{action}"{resource},"Condition":{{"StringEquals":{{"aws:userid":["#
            ),
            "]}}}}",
        );
        let fill = size - start.len() - end.len() - 2;
        format!("{start}   \n\t \"{}\"{end}", "x".repeat(fill))
    };
    let kinds = [
        (Kind::Identity, "s3:*", 6_144),
        (Kind::Boundary, "s3:*", 6_144),
        (Kind::Session, "s3:*", 2_048),
        (Kind::Trust, "sts:AssumeRole", 2_048),
        (Kind::Scp, "s3:*", 10_240),
        (Kind::Rcp, "s3:*", 5_120),
        (Kind::Endpoint, "s3:*", 20_480),
        (Kind::Resource, "s3:*", 20_480),
        (Kind::Resource, "kms:*", 32_768),
    ];
    for (kind, action, most) in kinds {
        let found = |size: usize, options: &ReadOptions| -> Vec<(&str, Level)> {
            let outcome =
                read(&Source::new("policy.json", sized(kind, action, size)), kind, options);
            assert!(outcome.policy.is_some(), "{kind:?}: {:?}", outcome.diagnostics);
            outcome
                .diagnostics
                .iter()
                .filter(|finding| finding.rule == "policy-size")
                .map(|finding| (finding.rule, finding.level))
                .collect()
        };
        assert_eq!(found(most, &save), [], "{kind:?} {action}");
        assert_eq!(found(most + 1, &save), [("policy-size", Level::Warning)], "{kind:?} {action}");
        // Whoever asks about a saved document is not told.
        assert_eq!(found(most + 1, &ReadOptions::default()), [], "{kind:?} {action}");
    }
}

fn codes(outcome: &ReadOutcome) -> Vec<&str> {
    outcome.diagnostics.iter().map(|finding| finding.rule).collect()
}

fn identity_policy(statements: &str) -> Source {
    Source::new(
        "policy.json",
        format!("{{\"Version\": \"2012-10-17\", \"Statement\": {statements}}}"),
    )
}

#[test]
fn large_policies_are_accepted() {
    let statement =
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}"#;
    let many = identity_policy(&format!("[{}]", vec![statement; 5_000].join(",")));
    let outcome = read(&many, Kind::Identity, &ReadOptions::default());
    assert_eq!(outcome.policy.unwrap().statements.len(), 5_000);

    let values: Vec<String> =
        (0..10_000).map(|index| format!("\"arn:aws:s3:::bucket-{index}/*\"")).collect();
    let condition = format!("{{\"StringLike\": {{\"aws:SourceArn\": [{}]}}}}", values.join(","));
    let wide = identity_policy(&statement.replace('}', &format!(", \"Condition\": {condition}}}")));
    let outcome = read(&wide, Kind::Identity, &ReadOptions::default());
    assert_eq!(outcome.policy.unwrap().statements[0].conditions[0].values.len(), 10_000);
}

#[test]
fn limits_are_enforced_and_named() {
    let limits =
        Limits { statements: 2, text_bytes: 20, wildcards: 3, findings: 4, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    let ok = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
    let check = |statements: &str, code: &str, message: &str| {
        let outcome = read(&identity_policy(statements), Kind::Identity, &options);
        assert!(outcome.policy.is_none() && codes(&outcome) == [code], "{statements}: {outcome:?}");
        assert!(
            outcome.diagnostics[0].message.contains(message),
            "{}",
            outcome.diagnostics[0].message
        );
    };
    check(&format!("[{ok}, {ok}, {ok}]"), "too-many-statements", "3 statements; the limit is 2");
    check(
        &ok.replace("s3:*", "s3:GetSomethingLongAndLonger"),
        "text-too-long",
        "28 bytes; the limit is 20",
    );
    check(&ok.replace("s3:*", "s3:*a*b?c?"), "too-many-wildcards", "4 wildcards; the limit is 3");
    check(
        &format!("[{ok}, {}]", ok.replace("\"*\"", "\"arn:aws:s3:::????\"")),
        "too-many-wildcards",
        "4 wildcards",
    );

    let outcome = read(&identity_policy("[1, 2]"), Kind::Identity, &options);
    assert_eq!(codes(&outcome), ["wrong-type", "wrong-type"]);
    let outcome = read(
        &identity_policy(r#"{"A": 1, "B": 2, "C": 3, "D": 4, "Resource": "*"}"#),
        Kind::Identity,
        &options,
    );
    assert_eq!(codes(&outcome).last(), Some(&"more-findings"));
    assert_eq!(outcome.diagnostics.len(), 5);
    assert!(outcome.policy.is_none() && outcome.diagnostics[4].message.contains("2 more findings"));
}

#[test]
fn findings_beyond_the_limit_still_reject() {
    let limits = Limits { findings: 1, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    let warning_then_error =
        identity_policy(r#"{"Action": [], "Effect": "allow", "Resource": "*"}"#);
    let outcome = read(&warning_then_error, Kind::Identity, &options);
    assert!(outcome.policy.is_none());
    assert!(outcome.diagnostics.iter().any(Finding::is_error));
}

#[test]
fn size_and_depth_have_defaults() {
    let outcome =
        read(&Source::new("p", " ".repeat((4 << 20) + 1)), Kind::Identity, &ReadOptions::default());
    assert_eq!(codes(&outcome), ["document-too-large"]);
    assert_eq!(
        outcome.diagnostics[0].message,
        "the document has 4194305 bytes; the limit is 4194304"
    );
    let deep = "[".repeat(65) + &"]".repeat(65);
    let outcome = read(&Source::new("p", deep), Kind::Identity, &ReadOptions::default());
    assert_eq!(codes(&outcome), ["nested-too-deeply"]);
    assert_eq!(
        outcome.diagnostics[0].message,
        "lists and objects are nested 65 deep; the limit is 64"
    );
}

#[test]
fn an_embedded_policy_has_routes_and_places_of_the_whole_document() {
    let text = "{\"policies\": {\"identity\": [\n  {\"Statement\": {\"Effect\": \"allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}}]}}";
    let source = Source::new("request.json", text);
    let (value, findings) = parse(&source, &Limits::default().json);
    assert!(findings.is_empty());
    let list = value.as_ref().and_then(|value| value.member("policies")?.member("identity"));
    let Some(JsonValue { data: JsonData::Array(policies), .. }) = list else { panic!("no list") };
    let outcome = read_value(
        &policies[0],
        &source,
        Kind::Identity,
        &ReadOptions::default(),
        "policies.identity[0]",
    );
    let found: Vec<String> = outcome.diagnostics.iter().map(summary).collect();
    assert_eq!(found, ["error invalid-effect 2:28 policies.identity[0].Statement.Effect"]);
}

#[test]
fn statements_conditions_and_values_know_their_places() {
    let condition = r#"{"StringLike": {"aws:username": ["a\u0062*", "c"], "a:b": "d"}}"#;
    let statement = format!(
        "{{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\", \"Condition\": {condition}}}"
    );
    let source = identity_policy(&format!("[{statement}, {statement}]"));
    let policy = read(&source, Kind::Identity, &ReadOptions::default()).policy.unwrap();
    let text = |span: Span| &source.text()[span.start..span.end];
    let last = &policy.statements[1];
    let first = &policy.statements[0];
    assert!(last.place(last.span).start > first.place(first.span).end);
    // Wherever they stand, their places are the same.
    assert_eq!(last.span, first.span);
    assert_eq!(text(last.place(last.span)), statement);
    let [one, other] = [0, 1].map(|at| &last.conditions[at]);
    assert_eq!(text(last.place(one.span)), r#""aws:username": ["a\u0062*", "c"]"#);
    assert_eq!(text(last.place(one.values[0].span)), r#""a\u0062*""#);
    assert_eq!(one.values[0].text, "ab*");
    assert_eq!(text(last.place(other.values[0].span)), r#""d""#);
    let alone = last.clone().into_statement();
    assert_eq!(text(alone.conditions[1].values[0].span), r#""d""#);
    assert_eq!(text(alone.span), statement);
}
