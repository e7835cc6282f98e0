//! The form that answers had before: schema 1, for one release more.

use serde_json::Value;

/// Members whose content is not ours to rename: what was asked, and what was found.
const FOREIGN: [&str; 5] = ["id", "request", "requests", "variables", "policies"];

/// An answer in the form of schema 1: the names of before, codes without words for what an answer
/// rests on, words without codes for the rest.
pub fn first(answer: Value) -> Value {
    match answer {
        Value::Object(members) => Value::Object(
            members.into_iter().filter_map(|(name, value)| member(&name, value)).collect(),
        ),
        Value::Array(items) => items.into_iter().map(first).collect(),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

fn member(name: &str, value: Value) -> Option<(String, Value)> {
    let (name, value) = match name {
        "schema" => (name, 1.into()),
        // What schema 1 did not have.
        "question" | "vacuous" => return None,
        "restsOn" => ("assumed", each(value, "code")),
        "restsOnUndecided" => ("assumed_undecided", value),
        "caveats" => (name, each(value, "message")),
        "reason" if value.get("code").is_some_and(|code| code == "why-undecided") => return None,
        "reason" => (name, part(value, "message")),
        "asExpected" => ("as_expected", value),
        "decidedBy" => ("decided_by", value),
        "containedIn" => ("contained_in", value),
        "whyUndecided" => ("why_unknown", value),
        "refusalConclusion" => ("refusal_conclusion", value),
        "refusalLayers" => ("refusal_layers", first(value)),
        foreign if FOREIGN.contains(&foreign) => (foreign, value),
        other => (other, first(value)),
    };
    Some((name.to_owned(), value))
}

/// One member of an object in its place; nothing stays nothing.
fn part(value: Value, name: &str) -> Value {
    match value {
        Value::Object(mut members) => members.swap_remove(name).unwrap_or_default(),
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)) => other,
    }
}

fn each(value: Value, name: &str) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| part(item, name)).collect(),
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Object(_)) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_and_forms_are_those_of_before() {
        let coded = json!({"code": "c", "message": "m"});
        let context = json!({"context": {"reason": "x", "caveats": ["y"], "schema": "z"}});
        let answer = json!({
            "id": {"reason": coded}, "schema": 2, "restsOn": [coded], "restsOnUndecided": false, "caveats": [coded], "reason": coded,
            "asExpected": true, "request": context, "added": {"refusalLayers": [], "refusalConclusion": "r", "requests": [context]},
            "unknown": [{"index": 0, "reason": coded}], "whyUndecided": null, "question": {"ask": "can"}, "vacuous": null,
        });
        let before = json!({
            "id": {"reason": coded}, "schema": 1, "assumed": ["c"], "assumed_undecided": false, "caveats": ["m"], "reason": "m",
            "as_expected": true, "request": context, "added": {"refusal_layers": [], "refusal_conclusion": "r", "requests": [context]},
            "unknown": [{"index": 0, "reason": "m"}], "why_unknown": null,
        });
        assert_eq!(first(answer), before);
    }
}
