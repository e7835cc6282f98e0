//! Policies inside a set keep their names: answers call them so.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out};
use serde_json::{Value, json};

const VERSION: &str = "2012-10-17";

fn all() -> Value {
    json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])
}

fn wrapped(name: &str) -> Value {
    json!({"name": name, "document": {"Version": VERSION, "Statement": all()}})
}

fn beside(name: &str) -> Value {
    json!({"name": name, "Version": VERSION, "Statement": all()})
}

fn plain() -> Value {
    json!({"Version": VERSION, "Statement": all()})
}

fn eval(policies: &Value) -> Value {
    let request = json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"});
    let line = json!({"policies": policies, "request": request}).to_string();
    lines(&keyaki_with(&["eval", "--batch", "-"], &line)).remove(0)
}

/// The names of the policies of an answer, in order.
fn names(policies: &Value) -> Vec<String> {
    let answer = eval(policies);
    let explained = answer["explanation"].as_array().unwrap_or_else(|| panic!("{answer}"));
    explained.iter().map(|one| one["policy"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn both_forms_of_a_name_are_read_in_every_layer() {
    let set = json!({
        "identity": [wrapped("Admin"), beside("Reader"), plain()], "boundary": wrapped("Limit"), "session": [beside("Session")],
        "scp": [[wrapped("Root")], beside("Unit")],
    });
    assert_eq!(names(&set), ["Admin", "Reader", "identity[2]", "Limit", "Session", "Root", "Unit"]);
    assert_eq!(names(&wrapped("Alone")), ["Alone"]);
    assert_eq!(names(&json!({"identity": [{"document": plain()}]})), ["identity[0]"]);
}

#[test]
fn names_that_are_not_unique_are_told_apart() {
    let set = json!({"identity": [wrapped("A"), beside("A"), wrapped("A (identity[0])"), wrapped("identity[4]"), plain()], "boundary": wrapped("B")});
    assert_eq!(
        names(&set),
        [
            "A (identity[0]) (identity[0])",
            "A (identity[1])",
            "A (identity[0]) (identity[2])",
            "identity[4] (identity[3])",
            "identity[4]",
            "B"
        ]
    );
    assert_eq!(
        names(&json!({"identity": [wrapped("A")], "boundary": wrapped("A")})),
        ["A (identity[0])", "A (boundary)"]
    );
}

#[test]
fn what_is_wrong_with_a_name_is_said() {
    let document = plain();
    for (element, expected, part) in [
        (json!({"name": 1, "document": document}), "wrong-type", "policies.identity[0].name"),
        (
            json!({"name": null, "Version": VERSION, "Statement": all()}),
            "wrong-type",
            "a string, this is `null`",
        ),
        (json!({"name": " ", "document": document}), "empty-name", "policies.identity[0].name"),
        (
            json!({"name": "A", "document": document, "Statement": all()}),
            "beside-document",
            "`Statement` stands beside",
        ),
        (json!({"name": "A", "document": []}), "wrong-type", "policies.identity[0].document"),
        (json!({"name": "A"}), "missing-element", "policies.identity[0]"),
        (
            json!({"title": "A", "Version": VERSION, "Statement": all()}),
            "unknown-element",
            "`title`",
        ),
    ] {
        let answer = eval(&json!({"identity": [element]}));
        assert_eq!(answer["error"]["code"], expected, "{element}: {answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(part), "{element}: {answer}");
    }
    let twice = r#"{"policies": {"identity": [{"name": "A", "name": "B", "Statement": []}]}, "request": {}}"#;
    let answer = lines(&keyaki_with(&["eval", "--batch", "-"], twice)).remove(0);
    assert_eq!(answer["error"]["code"], "duplicate-member", "{answer}");
}

/// A name is for policies in a set: a file with one document is called by its path.
#[test]
fn a_plain_file_has_no_name() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, value: &Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path.display().to_string()
    };
    for alone in [wrapped("Admin"), beside("Admin")] {
        let path = write("plain.json", &alone);
        let output = keyaki(&["can", &path, "--action", "s3:GetObject"]);
        assert_eq!(code(&output), 2, "{}", out(&output));
        assert!(err(&output).contains("`name` is not an element of a policy"), "{}", err(&output));
    }
    let set = write("set.json", &json!({"identity": [wrapped("Admin")]}));
    let output = keyaki(&["can", "--policies", &set, "--action", "s3:GetObject"]);
    assert!(out(&output).contains("  allowed by Admin, statement 1 (Allow)"), "{}", out(&output));
}
