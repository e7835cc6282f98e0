//! What holds of everything that is read.

use keyaki::finding::{Finding, one_line, render};
use keyaki::input::{self, Loaded, Rejected};
use keyaki::json::JsonValue;
use keyaki::layers::Policies;
use keyaki::policy::print::{print, template};
use keyaki::policy::read::{ReadOptions, read};
use keyaki::policy::{Kind, Literal, Policy, ResourcePattern};
use keyaki::request::{self, Request};
use keyaki::source::Source;

/// Every kind of policy.
pub const KINDS: [Kind; 8] = [
    Kind::Identity,
    Kind::Boundary,
    Kind::Session,
    Kind::Trust,
    Kind::Resource,
    Kind::Scp,
    Kind::Rcp,
    Kind::Endpoint,
];

/// How many findings of one text are rendered.
const RENDERED: usize = 3;

/// A kind that depends on the length alone, which every mutation is free to change.
pub fn some_kind(bytes: &[u8]) -> Kind {
    KINDS.get(bytes.len() % KINDS.len()).copied().unwrap_or(Kind::Identity)
}

/// Old documents are accepted.
pub fn lenient() -> ReadOptions {
    ReadOptions { legacy_duplicates: true, lenient_sids: true, ..ReadOptions::default() }
}

/// The value, if the text is JSON; the findings stand inside the text.
pub fn parsed(source: &Source) -> Option<JsonValue> {
    match input::parse(source, &ReadOptions::default()) {
        Ok(value) => Some(value),
        Err(findings) => {
            rejected(source, &findings);
            None
        }
    }
}

/// Every finding is about a part of the text, and can be told.
pub fn told(source: &Source, findings: &[Finding]) {
    for finding in findings {
        assert!(source.text().get(finding.span.start..finding.span.end).is_some(), "{finding:?}");
        assert_eq!(finding.source.text(), source.text());
        assert!(!finding.message.is_empty() && !finding.rule.is_empty());
    }
    for finding in findings.iter().take(RENDERED) {
        let (line, whole) = (one_line(finding), render(std::slice::from_ref(finding)));
        assert!(line.contains(finding.rule) && whole.contains(finding.rule), "{finding:?}");
        assert!(!line.contains(char::is_control), "{line:?}");
    }
}

/// What rejects a text has an error among it.
pub fn rejected(source: &Source, findings: &[Finding]) {
    assert!(findings.iter().any(Finding::is_error), "{findings:?}");
    told(source, findings);
}

/// What was read, if it was; the findings are as they should be.
pub fn loaded<T>(source: &Source, read: Result<Loaded<T>, Rejected>) -> Option<T> {
    match read {
        Ok(Loaded { value, warnings }) => {
            assert!(!warnings.iter().any(Finding::is_error), "{warnings:?}");
            told(source, &warnings);
            Some(value)
        }
        Err(findings) => {
            rejected(source, &findings);
            None
        }
    }
}

/// The policy prints as a document that reads and prints as the same, also where its patterns are
/// spelled from what was read in them.
pub fn prints(policy: &Policy) {
    let printed = reads_as_itself(policy);
    let again = reads_as_itself(&spelled(policy));
    assert_eq!(patterns(&printed), patterns(policy));
    assert_eq!(patterns(&again), patterns(policy));
    assert_eq!(print(&spelled(&again)), print(&again));
}

/// What was read in the patterns and values, in the order of what is printed.
fn patterns(policy: &Policy) -> String {
    let mut patterns = Vec::new();
    for statement in &policy.statements {
        patterns.extend(statement.resource.iter().flat_map(|resource| &resource.patterns).map(
            |pattern| match pattern {
                ResourcePattern::Any => "*".to_owned(),
                ResourcePattern::Arn { fields, .. } => format!("{fields:?}"),
            },
        ));
        let mut conditions: Vec<_> = statement.conditions.iter().collect();
        conditions.sort_by(|a, b| (a.operator, &a.key).cmp(&(b.operator, &b.key)));
        patterns.extend(
            conditions
                .iter()
                .flat_map(|condition| &condition.values)
                .map(|value| format!("{:?}", value.literal)),
        );
    }
    patterns.join("\n")
}

/// The policy that the printed policy reads as.
fn reads_as_itself(policy: &Policy) -> Policy {
    let printed = print(policy);
    let source = Source::new("printed", printed.as_str());
    let again = read(&source, policy.kind, &lenient());
    assert_eq!(again.policy.as_ref().map(print), Some(printed), "{:?}", again.diagnostics);
    again.policy.unwrap_or_else(|| policy.clone())
}

/// The policy with its patterns in their canonical spelling.
fn spelled(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    for statement in &mut policy.statements {
        for pattern in statement.resource.iter_mut().flat_map(|resource| &mut resource.patterns) {
            if let ResourcePattern::Arn { text, fields } = pattern {
                *text = fields
                    .iter()
                    .map(|field| template(field, policy.version))
                    .collect::<Vec<_>>()
                    .join(":")
                    .into();
            }
        }
        for value in statement.conditions.iter_mut().flat_map(|condition| &mut condition.values) {
            if let Literal::Text(read) = &value.literal {
                value.text = template(read, policy.version);
            }
        }
    }
    policy
}

/// Every policy prints, and keeps its name and its place.
pub fn set_prints(set: &Policies) {
    for (number, (_, named)) in set.layered().enumerate() {
        assert_eq!(set.policy(number).map(|found| &found.name), Some(&named.name));
        prints(&named.policy);
    }
}

/// The request writes as JSON that reads as the same request.
pub fn writes(request: &Request) {
    let written = request.to_json().to_string();
    let source = Source::new("written", written.as_str());
    let again =
        request::read(&source, &keyaki::json::Limits { bytes: usize::MAX, ..Default::default() });
    assert_eq!(again.request.as_ref(), Some(request), "{:?}", again.diagnostics);
}
