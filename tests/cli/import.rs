//! `keyaki import`: files and folders, the report, what is refused.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

fn document(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
}

/// A folder with an account whose role has a policy of AWS, and a bucket.
fn ground() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, value: &Value| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, value.to_string()).unwrap();
    };
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let role = json!({"Arn": "arn:aws:iam::111122223333:role/app", "AssumeRolePolicyDocument": trust,
        "AttachedManagedPolicies": [{"PolicyArn": READ_ONLY}], "Tags": [], "Novelty": 1});
    write("estate/a/account.json", &json!({"RoleDetailList": [role]}));
    write(
        "estate/b/bucket.json",
        &json!({"arn": "arn:aws:s3:::b", "account": "111122223333", "policy": null}),
    );
    fs::write(folder.path().join("estate/notes.txt"), "mine").unwrap();
    fs::create_dir(folder.path().join("estate/.git")).unwrap();
    fs::write(folder.path().join("estate/.git/x.json"), "no JSON").unwrap();
    let managed = json!({READ_ONLY: document("s3:Get*")});
    write(
        "managed.json",
        &json!({"keyaki": "managed-policies", "version": 1, "policies": managed}),
    );
    folder
}

fn import(folder: &TempDir, arguments: &[&str]) -> std::process::Output {
    let place = |word: &&str| match word.strip_prefix('@') {
        Some(name) => folder.path().join(name).to_str().unwrap().to_owned(),
        None => (*word).to_owned(),
    };
    let words: Vec<String> = arguments.iter().map(place).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    keyaki(&[&["import"], &words[..]].concat())
}

#[test]
fn a_folder_becomes_a_file_that_says_the_same() {
    let folder = ground();
    let printed = import(&folder, &["@estate", "--managed", "@managed.json"]);
    assert_eq!(code(&printed), 0, "{}", err(&printed));
    assert!(err(&printed).contains("--report"), "{}", err(&printed));
    let written = import(&folder, &["@estate", "--managed", "@managed.json", "-o", "@estate.json"]);
    assert_eq!((code(&written), out(&written)), (0, String::new()));
    let text = fs::read_to_string(folder.path().join("estate.json")).unwrap();
    assert_eq!(text, out(&printed));
    assert_eq!(out(&import(&folder, &["@estate.json"])), text);
    assert_eq!(out(&keyaki_with(&["import", "-"], &text)), text);
    // Files that are named one by one are the same estate.
    let files = ["@estate/b/bucket.json", "@estate/a/account.json", "--managed", "@managed.json"];
    // A folder has files besides that are not read.
    let without_others = |text: &str| {
        let mut estate: Value = serde_json::from_str(text).unwrap();
        let kept = estate["notUnderstood"].as_array_mut().unwrap();
        kept.retain(|one| one["what"] != "files that are not JSON");
        estate
    };
    let named = serde_json::from_str::<Value>(&out(&import(&folder, &files))).unwrap();
    assert_eq!(named, without_others(&text));
    assert_eq!(named["notUnderstood"][0]["what"], "roles: Novelty");
    // What was written has the published form.
    let schema: Value = serde_json::from_str(&out(&keyaki(&["schema", "estate"]))).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut estate: Value = serde_json::from_str(&text).unwrap();
    assert!(validator.is_valid(&estate), "{text}");
    estate["roles"][0]["bondary"] = json!("x");
    assert!(!validator.is_valid(&estate));
}

#[test]
fn the_report_says_what_there_is_and_what_is_not_understood() {
    let folder = ground();
    let words = ["@estate", "--managed", "@managed.json", "--report"];
    let human = out(&import(&folder, &words));
    for text in [
        "1 account, 0 users, 1 role, 0 groups, 1 resource, 2 policy documents",
        "note: nothing is said about an organization",
        "not understood: roles: Novelty (once, in ",
        "not understood: files that are not JSON (once, in ",
    ] {
        assert!(human.contains(text), "{text}: {human}");
    }
    let json = import(&folder, &[&words[..], &["--format", "json", "-o", "@e.json"]].concat());
    let report = lines(&json).remove(0);
    let schema: Value = serde_json::from_str(&out(&keyaki(&["schema", "import-report"]))).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&report), "{report}");
    assert_eq!((&report["roles"], &report["accountsWithPrincipals"]), (&json!(1), &json!(1)));
    assert_eq!(report["notUnderstood"].as_array().unwrap().len(), 2, "{report}");
    let written = fs::read_to_string(folder.path().join("e.json")).unwrap();
    assert_eq!(written, out(&import(&folder, &words[..3])));
}

/// The own form lists again what was not understood when it was made.
#[test]
fn the_report_of_the_own_form_lists_the_same() {
    let folder = ground();
    let report = |estate: &str| {
        let words =
            [estate, "--managed", "@managed.json", "--report", "-f", "json", "-o", "@e.json"];
        lines(&import(&folder, &words)).remove(0)["notUnderstood"].clone()
    };
    let first = report("@estate");
    assert_eq!(first.as_array().unwrap().len(), 2, "{first}");
    let written = fs::read_to_string(folder.path().join("e.json")).unwrap();
    fs::write(folder.path().join("own.json"), &written).unwrap();
    assert_eq!(report("@own.json"), first);
    assert_eq!(fs::read_to_string(folder.path().join("e.json")).unwrap(), written);
}

/// A dump that is broken throughout is told in a screen or two, and in full to who asks.
#[test]
fn many_findings_are_counted_and_listed_on_demand() {
    let folder = TempDir::new().unwrap();
    let role = |number: usize| match number % 2 {
        0 => json!({"RoleName": "r", "Arn": format!("arn:aws:iam::111122223333:role/r{number}")}),
        _ => json!({"RoleName": "r", "Arn": "r", "AssumeRolePolicyDocument": {}}),
    };
    let dump = |roles: usize| {
        let roles: Vec<Value> = (0..roles).map(role).collect();
        let page = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []});
        fs::write(folder.path().join("d.json"), format!("{page:#}")).unwrap();
    };
    let shown = |text: &str| text.matches("error[").count();
    dump(10_000);
    let told = import(&folder, &["@d.json"]);
    assert_eq!(code(&told), 2);
    let told = err(&told);
    assert_eq!(shown(&told), 20, "{told}");
    let more = "error: 9980 more findings are not shown (";
    assert!(told.contains(more) && told.contains("estate-member"), "{told}");
    let all = import(&folder, &["@d.json", "--all-findings"]);
    assert_eq!((code(&all), err(&all).lines().count()), (2, 10_000));
    assert!(err(&all).lines().all(|line| line.contains("d.json:")), "{}", err(&all));
    // As many as are shown, and one more.
    dump(20);
    let told = err(&import(&folder, &["@d.json"]));
    assert_eq!((shown(&told), told.contains("not shown")), (20, false), "{told}");
    dump(21);
    let told = err(&import(&folder, &["@d.json"]));
    assert!(told.contains("error: 1 more finding is not shown (1 estate-member)"), "{told}");
}

/// A database of SQLite is no estate, and the error says what to do.
#[test]
fn a_database_is_refused_with_what_to_do() {
    let folder = ground();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("store.db"), b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20").unwrap();
    fs::create_dir(at("stores")).unwrap();
    fs::copy(at("store.db"), at("stores/iam.sqlite")).unwrap();
    for words in [vec!["@store.db"], vec!["@stores"], vec!["@stores/iam.sqlite", "--report"]] {
        let told = import(&folder, &words);
        assert_eq!((code(&told), out(&told)), (2, String::new()), "{words:?}");
        for text in ["is a database of SQLite", "\"type\": \"file\"", "name the folder"] {
            assert!(err(&told).contains(text), "{words:?}: {}", err(&told));
        }
    }
    // What is only called like one is a file that is not JSON.
    fs::write(at("estate/notes.db"), "SQLite").unwrap();
    let told = import(&folder, &["@estate", "--managed", "@managed.json", "--report"]);
    assert_eq!(code(&told), 0, "{}", err(&told));
    assert!(out(&told).contains("files that are not JSON (2 times"), "{}", out(&told));
}

#[test]
fn what_is_wrong_is_told_and_nothing_is_written() {
    let folder = ground();
    fs::write(folder.path().join("estate.json"), "before").unwrap();
    for (words, expected) in [
        (&["@estate", "-o", "@estate.json"][..], "missing-managed-policy"),
        (&["@estate", "--managed", "@estate/b/bucket.json"], "not a file of managed policies"),
        (&["@estate/.git/x.json"], "syntax"),
        (&["@nowhere"], "cannot read"),
    ] {
        let output = import(&folder, words);
        assert_eq!((code(&output), out(&output)), (2, String::new()), "{words:?}");
        assert!(err(&output).contains(expected), "{words:?}: {}", err(&output));
    }
    assert_eq!(fs::read_to_string(folder.path().join("estate.json")).unwrap(), "before");
    fs::create_dir(folder.path().join("empty")).unwrap();
    let empty = import(&folder, &["@empty"]);
    assert!(code(&empty) == 2 && err(&empty).contains("no `*.json`"), "{}", err(&empty));
    assert_eq!(code(&keyaki(&["import"])), 2);
    // A link to a folder is not left out in silence.
    #[cfg(unix)]
    {
        let at = |name: &str| folder.path().join(name);
        std::os::unix::fs::symlink(at("estate/a"), at("estate/b/link")).unwrap();
        let linked = import(&folder, &["@estate", "--managed", "@managed.json"]);
        assert!(code(&linked) == 2 && err(&linked).contains("is a link to a folder"));
    }
}
