//! A mistake in a question is not a green tick: names that nobody knows are errors, a question that
//! says nothing about its policies is found, and what is wrong with one claim hides no other.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use crate::support::command::{code, err, keyaki, lines, out};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;

#[derive(Deserialize)]
struct Cases {
    files: BTreeMap<String, String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    args: Vec<String>,
    exit: i32,
    says: String,
}

/// The files of the cases, and the arguments with their paths.
struct Ground {
    folder: TempDir,
    cases: Cases,
}

impl Ground {
    fn new() -> Self {
        let cases: Cases = toml::from_str(include_str!("../cases/cli/mistakes.toml")).unwrap();
        let folder = TempDir::new().unwrap();
        for (name, text) in &cases.files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder, cases }
    }

    fn arguments(&self, args: &[String]) -> Vec<String> {
        let path = |arg: &String| {
            self.cases.files.keys().fold(arg.clone(), |arg, name| {
                let path = self.folder.path().join(name);
                arg.replace(&format!("{{{name}}}"), path.to_str().unwrap())
            })
        };
        args.iter().map(path).collect()
    }
}

#[test]
fn no_mistake_comes_out_green() {
    let ground = Ground::new();
    let mistakes = ground.cases.case.iter().filter(|case| case.exit != 0).count();
    assert!(mistakes >= 40, "{mistakes}");
    let mut wrong = Vec::new();
    for Case { args, exit, says } in &ground.cases.case {
        let arguments = ground.arguments(args);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = keyaki(&arguments);
        let told = format!("{}{}", out(&output), err(&output));
        if code(&output) != *exit || !told.contains(says.as_str()) {
            wrong.push(format!("{args:?}: exit code {}\n{told}", code(&output)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever misspells the name of the table reads that before anything about claims.
#[test]
fn a_misspelled_table_is_told_first() {
    let ground = Ground::new();
    let claims = ground.arguments(&["{clam_claim}".to_owned()]).remove(0);
    let output = keyaki(&["check", &claims]);
    let told = format!("{}{}", out(&output), err(&output));
    let (table, claim) = (told.find("`clam`").unwrap(), told.find("`nevr`").unwrap());
    assert!(table < claim, "{told}");
}

/// Of several actions the caveat names those that no request of the shape is for, and no others; an
/// answer that shows a request has none.
#[test]
fn actions_that_cannot_be_asked_for_are_named() {
    let ground = Ground::new();
    let team = ground.arguments(&["{team}".to_owned()]).remove(0);
    let told = |actions: &[&str], resource: &str| -> Vec<String> {
        let mut args = vec!["can", &team, "--resource", resource, "--format", "json"];
        args.extend(actions.iter().flat_map(|action| ["--action", action]));
        let answer = lines(&keyaki(&args)).remove(0);
        let caveats = answer["caveats"].as_array().unwrap().clone();
        let code = "action-out-of-reach";
        let told = caveats.iter().filter(|caveat| caveat["code"] == code);
        told.map(|caveat| caveat["message"].as_str().unwrap().to_owned()).collect()
    };
    let objects = "arn:aws:s3:::other-data/*";
    let two = told(&["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"], objects);
    assert!(matches!(two.as_slice(), [one, other] if one.contains("`s3:ListBucket`")
        && other.contains("`s3:GetBucketLocation`")));
    assert_eq!(told(&["s3:GetObject", "s3:PutObject"], objects), Vec::<String>::new());
    assert_eq!(told(&["s3:GetObject", "s3:ListBucket"], "*"), Vec::<String>::new());
    let allowed = "arn:aws:s3:::team-data/*";
    assert_eq!(told(&["s3:GetObject", "s3:ListBucket"], allowed), Vec::<String>::new());
}

/// The same over JSON: an answer has the code, a line of a batch that names what nobody knows has
/// none, and ends the batch with 2.
#[test]
fn programs_see_the_codes() {
    let ground = Ground::new();
    let team = ground.arguments(&["{team}".to_owned()]).remove(0);
    let output = keyaki(&[
        "can",
        &team,
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::team-data",
        "--format",
        "json",
    ]);
    let answer = lines(&output).remove(0);
    assert_eq!(answer["answer"], "no");
    assert_eq!(answer["vacuous"]["code"], "no-such-request");
    assert_eq!(answer["vacuous"]["restsOn"][0]["code"], "F12", "{answer}");
    let output = keyaki(&["can", &team, "--action", "s3:PutObject", "--format", "json"]);
    assert!(lines(&output).remove(0)["vacuous"].is_null());

    let batch = ground.folder.path().join("batch.jsonl");
    let policy = &ground.cases.files["team"];
    let line = |action: &str| {
        format!(
            r#"{{"id": "{action}", "policies": {{"identity": [{policy}]}}, "statement": {{"Action": "{action}"}}}}"#
        )
    };
    fs::write(&batch, [line("s3:PutObjct"), line("s3:PutObject")].join("\n")).unwrap();
    let output = keyaki(&["can", "--batch", batch.to_str().unwrap()]);
    let answers = lines(&output);
    assert_eq!(answers[0]["error"]["code"], "no-such-action");
    let slip = line("s3:PutObject").replace(r#"{"id""#, r#"{"acount": "111122223333", "id""#);
    let more = line("s3:PutObject").replace(r#"{"id""#, r#"{"expect": "no", "id""#);
    let slips = ground.folder.path().join("slips.jsonl");
    fs::write(&slips, [slip, more].join("\n")).unwrap();
    let told = lines(&keyaki(&["can", "--batch", slips.to_str().unwrap()]));
    assert_eq!(told[0]["error"]["code"], "unknown-member");
    assert_eq!(told[1]["answer"], "no", "what has no meaning is ignored");
    assert_eq!(answers[1]["answer"], "no");
    assert_eq!(code(&output), 2);
}

/// A line of a batch says itself whether it asks about what nobody knows; it goes before the flags.
#[test]
fn a_line_may_ask_about_what_nobody_knows() {
    let ground = Ground::new();
    let policy = &ground.cases.files["team"];
    let line = |action: &str, condition: &str, more: &str| {
        format!(
            r#"{{{more} "policies": {{"identity": [{policy}]}}, "statement": {{"Action": "{action}", "Condition": {condition}}}}}"#
        )
    };
    let key = r#"{"StringEquals": {"aws:SourcIp": "a"}}"#;
    let asked = [
        (line("s3:PutObjct", "{}", r#""unknownActions": true,"#), false, "no"),
        (line("s3:PutObjct", "{}", r#""unknown_actions": true,"#), false, "no"),
        (line("s3:PutObjct", "{}", r#""unknownKeys": true,"#), false, "no-such-action"),
        (line("s3:PutObject", key, r#""unknownKeys": true,"#), false, "no"),
        (line("s3:PutObject", key, r#""unknownActions": true,"#), false, "no-such-key"),
        (line("s3:PutObjct", "{}", ""), true, "no"),
        (line("s3:PutObjct", "{}", r#""unknownActions": false,"#), true, "no-such-action"),
        (line("s3:PutObject", "{}", r#""unknownActions": "yes","#), false, "wrong-type"),
        (line("s3:PutObject", "{}", r#""unknownAction": true,"#), false, "unknown-member"),
    ];
    for (line, flags, expected) in asked {
        let batch = ground.folder.path().join("line.jsonl");
        fs::write(&batch, &line).unwrap();
        let mut args = vec!["can", "--batch", batch.to_str().unwrap()];
        if flags {
            args.extend(["--unknown-actions", "--unknown-keys"]);
        }
        let answer = lines(&keyaki(&args)).remove(0);
        let told = answer["answer"].as_str().or(answer["error"]["code"].as_str()).unwrap();
        assert_eq!(told, expected, "{line}: {answer}");
        if line.contains(r#""unknownActions": true"#) && told == "no" {
            assert_eq!(answer["question"]["unknownActions"], true);
            assert_eq!(answer["question"]["unknownKeys"], false);
        }
        if told == "no-such-action" {
            let message = answer["error"]["message"].as_str().unwrap();
            assert!(message.contains("did you mean `s3:PutObject`?"), "{message}");
        }
    }
    let compared = ground.folder.path().join("compared.jsonl");
    let pair = format!(
        r#"{{"unknownActions": true, "old": {policy}, "new": {policy}, "statement": {{"Action": "s3:PutObjct"}}}}"#
    );
    fs::write(&compared, pair).unwrap();
    let answer = lines(&keyaki(&["compare", "--batch", compared.to_str().unwrap()])).remove(0);
    assert_eq!(answer["relation"], "equivalent", "{answer}");
}
