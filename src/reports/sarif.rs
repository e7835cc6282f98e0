//! A review as SARIF 2.1.0, for code scanning: one run, its rules, and a result for each thing that
//! is told. What is waived or in a baseline is left out, since readers of such files count it.

use super::explain;
use super::review_items::{Case, Item, Kind, Review};
use keyaki_iam::source::Place;
use keyaki_questions::lint;
use serde_json::{Map, Value, json};

/// The most results that GitHub reads of a run.
const MOST: usize = 25_000;

/// The rule of the result that says how many are left out.
const MORE: &str = "more-results";

/// The version and the schema that every file names.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The name that readers give to the root of a repository.
const ROOT: &str = "%SRCROOT%";

/// What programs keep apart by: which lines stay the same finding when others move.
const FINGERPRINT: &str = "keyaki/v1";

/// The fingerprint that GitHub looks at, and at no other.
const OF_GITHUB: &str = "primaryLocationLineHash";

/// A review as a file.
pub fn document(review: &Review) -> String {
    let told: Vec<(&Case, &Item)> = review.told().collect();
    // Code scanning refuses a result without a place.
    let (placed, rest): (Vec<_>, Vec<_>) =
        told.into_iter().partition(|(_, item)| item.place.is_some());
    let most = if placed.len() > MOST { MOST - 1 } else { MOST };
    let (shown, left) = placed.split_at(placed.len().min(most));
    let mut rules = Rules::default();
    let mut results: Vec<Value> =
        shown.iter().map(|(case, item)| result(case, item, &mut rules)).collect();
    if let Some((_, first)) = left.first() {
        let text = format!(
            "{} more results are left out: no more than {MOST} are read of a file; fix or waive the first ones, or look at parts of the policies",
            left.len()
        );
        let location = first.place.as_ref().map(location);
        results.push(json!({
            "ruleId": MORE,
            "ruleIndex": rules.index(MORE),
            "level": "note",
            "message": {"text": text},
            "locations": location.into_iter().collect::<Vec<_>>(),
            "partialFingerprints": {OF_GITHUB: MORE, FINGERPRINT: MORE},
        }));
    }
    let notifications: Vec<Value> = rest
        .iter()
        .map(|(_, item)| json!({"level": item.level.word(), "message": {"text": text(item)}}))
        .collect();
    let broken = review.told().any(|(_, item)| item.kind == Kind::Broken);
    let invocation =
        json!({"executionSuccessful": !broken, "toolExecutionNotifications": notifications});
    let run = json!({
        "tool": {"driver": {
            "name": "Keyaki",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules.0.iter().map(|rule| described(rule)).collect::<Vec<_>>(),
        }},
        "automationDetails": {"id": format!("keyaki/{}/", review.command)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "the root of the repository"}}},
        "invocations": [invocation],
        "results": results,
    });
    format!("{:#}\n", json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}))
}

/// The rules of the results so far.
#[derive(Default)]
struct Rules(Vec<&'static str>);

impl Rules {
    fn index(&mut self, rule: &'static str) -> usize {
        self.0.iter().position(|known| *known == rule).unwrap_or_else(|| {
            self.0.push(rule);
            self.0.len() - 1
        })
    }
}

/// What a rule is about.
fn described(rule: &str) -> Value {
    let meaning = explain::of(rule).into_iter().next().map(|known| known.meaning);
    let short = match &meaning {
        Some(meaning) => meaning.as_str(),
        None => "some results are left out",
    };
    let documentation = lint::rule(rule).map(lint::Rule::documentation);
    let help = match &documentation {
        Some(markdown) => json!({"text": markdown, "markdown": markdown}),
        None => json!({"text": format!("`keyaki explain {rule}` explains it: {short}")}),
    };
    json!({
        "id": rule,
        "name": rule,
        "shortDescription": {"text": short},
        "fullDescription": {"text": short},
        "help": help,
    })
}

fn result(case: &Case, item: &Item, rules: &mut Rules) -> Value {
    let mut prints = Map::new();
    // What nobody knows and what is said of waivers has none.
    let names = if item.fingerprint.is_empty() { &[][..] } else { &[OF_GITHUB, FINGERPRINT] };
    for name in names {
        prints.insert((*name).to_owned(), item.fingerprint.as_str().into());
    }
    json!({
        "ruleId": item.rule,
        "ruleIndex": rules.index(item.rule),
        "level": item.level.word(),
        "message": {"text": text(item)},
        "locations": item.place.iter().map(location).collect::<Vec<_>>(),
        "partialFingerprints": prints,
        "properties": {"case": case.name},
    })
}

/// What is the matter, what to do, and what shows it. Viewers make a link of `[text](target)`, and a
/// policy may hold such a text: one blank makes it plain.
fn text(item: &Item) -> String {
    let mut text = item.message.clone();
    if let Some(help) = &item.help {
        text.push_str(&format!("\nHelp: {help}"));
    }
    if let Some(evidence) = &item.evidence {
        text.push_str(&format!("\nThis request shows it:\n{}", evidence.trim_end()));
    }
    text.replace("](", "] (")
}

fn location(place: &Place) -> Value {
    let region = json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    });
    let artifact = match place.file.strip_prefix('/') {
        Some(_) => json!({"uri": format!("file://{}", uri(&place.file))}),
        None => json!({"uri": uri(&place.file), "uriBaseId": ROOT}),
    };
    json!({"physicalLocation": {"artifactLocation": artifact, "region": region}})
}

/// A path with `/` as a part of a URI (RFC 3986): what may not stand there as it is, byte by byte.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let one = |byte: u8| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    path.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review_items::tests::review;

    fn results(count: usize) -> Vec<Value> {
        let log: Value = serde_json::from_str(&document(&review(count, "x"))).unwrap();
        log["runs"][0]["results"].as_array().unwrap().clone()
    }

    #[test]
    fn no_more_results_than_are_read() {
        let all = results(MOST);
        assert_eq!(all.len(), MOST);
        assert!(all.iter().all(|result| result["ruleId"] != MORE));
        let more = results(MOST + 7);
        assert_eq!(more.len(), MOST);
        let last = more.last().unwrap();
        assert_eq!((&last["ruleId"], &last["level"]), (&json!(MORE), &json!("note")));
        let text = last["message"]["text"].as_str().unwrap();
        assert!(text.starts_with("8 more results are left out"), "{text}");
        // The first that is left out.
        let line = &last["locations"][0]["physicalLocation"]["region"]["startLine"];
        assert_eq!(line, &json!(MOST));
    }

    #[test]
    fn paths_are_written_as_uris() {
        assert_eq!(uri("a b/ü%#?.json"), "a%20b/%C3%BC%25%23%3F.json");
        assert_eq!(uri("a-b._~/c"), "a-b._~/c");
    }

    #[test]
    fn a_text_makes_no_link() {
        let log = document(&review(1, "[here](https://example.com)"));
        assert!(log.contains("[here] (https://example.com)") && !log.contains("]("));
    }
}
