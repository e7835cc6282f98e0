//! Whom a question is about: ways, accounts, the shape of a comparison, as users of the command line see them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail loudly")]

mod support;

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use support::command::{code, err, keyaki, keyaki_with, lines, out};
use tempfile::TempDir;

const HERE: &str = "111122223333";
const THERE: &str = "444455556666";

fn allow(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
}

fn of_endpoint(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}]})
}

/// A folder with files; the paths are what `path` makes of their names.
struct Folder(TempDir);

impl Folder {
    fn of(files: &[(&str, &Value)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        files.iter().for_each(|(name, document)| folder.write(name, &document.to_string()));
        folder
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }
}

fn first_line(output: &std::process::Output) -> String {
    out(output).lines().next().unwrap_or_default().to_owned()
}

/// The case C4-endpoint-can, and its twins: what the endpoint's policy refuses is allowed past it only.
#[test]
fn the_way_of_a_question_is_chosen_and_told() {
    let folder = Folder::of(&[("all.json", &allow("*")), ("endpoint.json", &of_endpoint("ec2:*"))]);
    let [all, endpoint] = ["all.json", "endpoint.json"].map(|name| folder.path(name));
    let ask = |action: &str, flags: &[&str]| {
        let question = ["can", &all, "--endpoint", &endpoint, "--action", action];
        let output = keyaki(&[&question, flags].concat());
        let json = lines(&keyaki(&[&question, flags, &["--format", "json"]].concat()));
        (code(&output), first_line(&output), json[0]["through"].clone(), json[0]["answer"].clone())
    };
    let past = |line: &str| line.ends_with("(asked of requests past the VPC endpoint)");
    let rows = [
        ("s3:GetObject", &[][..], 0, "endpoint"),
        ("s3:GetObject", &["--through", "endpoint"], 0, "endpoint"),
        ("s3:GetObject", &["--through", "both"], 1, "both"),
        ("s3:GetObject", &["--through", "past"], 1, "past"),
        ("ec2:StartInstances", &[], 1, "endpoint"),
        ("ec2:StartInstances", &["--through", "past"], 1, "past"),
    ];
    for (action, flags, expected, way) in rows {
        let (code, line, told, answer) = ask(action, flags);
        assert_eq!((code, &told), (expected, &json!(way)), "{action} {flags:?}: {line}");
        assert_eq!(answer, if expected == 1 { "yes" } else { "no" });
        assert!(line.contains("(asked of requests ") && past(&line) == (way == "past"), "{line}");
    }
    let without = keyaki(&["can", &all, "--action", "s3:GetObject", "--through", "past"]);
    assert!(out(&without).contains("changes nothing here: no endpoint policy is given"), "{}", out(&without));
    assert!(!first_line(&without).contains("endpoint"), "{}", out(&without));
    assert_eq!(code(&keyaki(&["can", &all, "--through", "around"])), 2);
}

/// Sets that differ past the endpoint only, and through it only.
#[test]
fn comparisons_are_about_either_way_unless_told() {
    let folder = Folder::of(&[
        ("ec2.json", &allow("ec2:*")),
        ("all.json", &allow("*")),
        ("narrow.json", &json!({"identity": [allow("*")], "endpoint": [of_endpoint("ec2:*")]})),
        ("wide.json", &json!({"identity": [allow("*")], "endpoint": [of_endpoint("*")]})),
        ("endpoint.json", &of_endpoint("ec2:*")),
    ]);
    let path = |name: &str| folder.path(name);
    let ask = |pair: [&str; 2], flags: &[&str]| {
        let [old, new] = pair.map(path);
        let output = keyaki(&[&["compare", &old, &new][..], flags].concat());
        first_line(&output)
    };
    let endpoint = path("endpoint.json");
    let both = ["--endpoint", &endpoint];
    let rows = [
        // The endpoint lets EC2 through only, so the difference is past it.
        (["ec2.json", "all.json"], &both[..], "wider: ", "through the VPC endpoint and past it"),
        (["ec2.json", "all.json"], &[both[0], both[1], "--through", "endpoint"], "equivalent: ", "through the VPC endpoint)"),
        (["ec2.json", "all.json"], &[both[0], both[1], "--through", "past"], "wider: ", "past the VPC endpoint)"),
        (["narrow.json", "wide.json"], &[], "wider: ", "through the VPC endpoint and past it"),
        (["narrow.json", "wide.json"], &["--through", "past"], "equivalent: ", "past the VPC endpoint)"),
        (["narrow.json", "wide.json"], &["--only", "added"], "added: ", "through the VPC endpoint and past it"),
        (["narrow.json", "wide.json"], &["--only", "removed"], "removed: nothing", "through the VPC endpoint and past it"),
    ];
    for (pair, flags, start, end) in rows {
        let line = ask(pair, flags);
        assert!(line.starts_with(start) && line.contains(end), "{pair:?} {flags:?}: {line}");
    }
}

fn answers(command: &str, flags: &[&str], batch: &[Value]) -> Vec<Value> {
    let input: String = batch.iter().map(|line| format!("{line}\n")).collect();
    lines(&keyaki_with(&[&[command, "--batch", "-"], flags].concat(), &input))
}

/// Members of a line go before flags; what is wrong with them is an error of the line.
#[test]
fn lines_of_a_batch_say_whom_they_are_about() {
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{THERE}:role/x")}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]});
    let line = |members: Value| {
        let mut line = json!({"policies": {"resource": trust}, "statement": {"Action": "s3:GetObject"}});
        line.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        line
    };
    let batch = [
        line(json!({})),
        line(json!({"account": THERE})),
        line(json!({"account": HERE})),
        line(json!({"account": [HERE, THERE], "resourceAccount": HERE})),
        line(json!({"account": "12"})),
        line(json!({"resourceAccount": 111_122_223_333_u64})),
        line(json!({"through": "around"})),
    ];
    let told = answers("can", &[], &batch);
    let words: Vec<&Value> = told.iter().take(4).map(|line| &line["answer"]).collect();
    assert_eq!(words, ["yes", "yes", "no", "yes"]);
    assert_eq!(told[3]["accounts"], json!([HERE, THERE]));
    assert_eq!(told[3]["resourceAccounts"], json!([HERE]));
    assert_eq!(told[3]["request"]["resourceAccount"], HERE);
    let codes: Vec<&Value> = told.iter().skip(4).map(|line| &line["error"]["code"]).collect();
    assert_eq!(codes, ["invalid-account", "invalid-account", "unknown-way"]);
    let with_flag = answers("can", &["--account", HERE], &batch);
    let words: Vec<&Value> = with_flag.iter().take(4).map(|line| &line["answer"]).collect();
    assert_eq!(words, ["no", "yes", "no", "yes"]);
}

/// The caller of one account and the resource of another: each alone, both, and the twin that turns round.
#[test]
fn accounts_narrow_questions() {
    let folder = Folder::of(&[("all.json", &allow("s3:*"))]);
    let all = folder.path("all.json");
    let ask = |flags: &[&str]| keyaki(&[&["can", &all, "--action", "s3:GetObject"], flags].concat());
    let found = ask(&["--account", THERE]);
    assert_eq!(code(&found), 1);
    assert!(out(&found).contains(&format!("::{THERE}:")), "{}", out(&found));
    assert!(out(&found).contains(&format!("requests considered: only those of callers in account {THERE}")), "{}", out(&found));
    // Without a resource-based policy resources of another account are out of reach.
    let apart = ask(&["--account", THERE, "--resource-account", HERE]);
    assert_eq!(code(&apart), 0, "{}", out(&apart));
    assert!(out(&apart).contains(&format!("requests considered: only those on resources of account {HERE}")), "{}", out(&apart));
    let together = ask(&["--account", THERE, "--resource-account", HERE, "--resource-account", THERE]);
    assert_eq!(code(&together), 1);
    assert!(out(&together).contains(&format!("on resources of the accounts {HERE}, {THERE}")), "{}", out(&together));
    // A service is in no account.
    assert_eq!(code(&ask(&["--account", THERE, "--principal", "*.amazonaws.com"])), 0);
    for flag in ["--account", "--resource-account"] {
        let wrong = ask(&[flag, "1111-2222-3333"]);
        assert_eq!((code(&wrong), out(&wrong).as_str()), (2, ""));
        assert!(err(&wrong).contains(&format!("`{flag} 1111-2222-3333`: an account has twelve digits")), "{}", err(&wrong));
    }
    let script = keyaki(&["encode", "can", &all, "--account", THERE]);
    assert!(out(&script).contains(THERE), "{}", err(&script));
}

#[test]
fn calls_are_of_an_account() {
    let folder = Folder::of(&[("all.json", &allow("bedrock:*"))]);
    let all = folder.path("all.json");
    let call = ["can", &all, "--call", "bedrock:InvokeModel", "--format", "json"];
    let found = keyaki(&[&call[..], &["--account", THERE]].concat());
    assert_eq!(code(&found), 1, "{}", err(&found));
    let told = &lines(&found)[0];
    assert!(told["requests"][0]["principal"].to_string().contains(THERE) && told["accounts"] == json!([THERE]), "{told}");
    let refused = keyaki(&[&call[..], &["--resource-account", THERE]].concat());
    assert!(code(&refused) == 2 && err(&refused).contains("makes no sense with `--call`"), "{}", err(&refused));
}

/// Only requests of the shape count: the same pair, and a shape that the difference is not of.
#[test]
fn comparisons_have_a_shape() {
    let folder =
        Folder::of(&[("old.json", &allow("s3:Get*")), ("new.json", &allow("s3:*")), ("shape.json", &json!({"Action": "s3:Put*"}))]);
    let [old, new, shape] = ["old.json", "new.json", "shape.json"].map(|name| folder.path(name));
    let file = format!("@{shape}");
    let ask = |flags: &[&str]| first_line(&keyaki(&[&["compare", &old, &new], flags].concat()));
    let rows = [
        (&[][..], "wider"),
        (&["--action", "s3:Put*"], "wider"),
        (&["--action", "s3:Get*"], "equivalent"),
        (&["--not-action", "s3:*"], "equivalent"),
        (&["--statement", &file], "wider"),
        (&["--statement", r#"{"Action": "s3:GetObject"}"#], "equivalent"),
        (&["--resource", "arn:aws:s3:::b/*", "--principal", HERE], "wider"),
        (&["--principal", "anonymous"], "equivalent"),
        (&["--condition", "Bool aws:SecureTransport true", "--action", "s3:PutObject"], "wider"),
    ];
    for (flags, relation) in rows {
        let line = ask(flags);
        assert!(line.starts_with(relation), "{flags:?}: {line}");
    }
    let pair = |members: Value| {
        let mut line = json!({"old": allow("s3:Get*"), "new": allow("s3:*")});
        line.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        line
    };
    let told = answers(
        "compare",
        &[],
        &[
            pair(json!({})),
            pair(json!({"statement": {"Action": "s3:Get*"}})),
            pair(json!({"statement": {"Action": "s3:Put*"}, "account": THERE})),
            pair(json!({"statement": {"Effect": "Allow"}})),
        ],
    );
    let words: Vec<&Value> = told.iter().take(3).map(|line| &line["relation"]).collect();
    assert_eq!(words, ["wider", "equivalent", "wider"]);
    assert!(told[2]["added"]["request"]["principal"].to_string().contains(THERE), "{}", told[2]);
    assert_eq!(told[3]["error"]["code"], "unexpected-effect");
    let script = |flags: &[&str]| out(&keyaki(&[&["encode", "compare", &old, &new], flags].concat()));
    assert!(script(&["--condition", "StringEquals aws:PrincipalTag/team blue"]).contains("blue") && !script(&[]).contains("blue"));
}

/// Claims name ways, accounts and shapes as flags do.
#[test]
fn claims_say_whom_they_are_about() {
    let folder = Folder::of(&[("s3.json", &allow("s3:*")), ("all.json", &allow("*")), ("endpoint.json", &of_endpoint("ec2:*"))]);
    let check = |members: &str| {
        folder.write("claims.toml", &format!("[[claim]]\nname = \"one\"\nexpect = \"holds\"\nwhy = \"\"\n{members}\n"));
        keyaki(&["check", &folder.path("claims.toml"), "--format", "json"])
    };
    let never = "claim = \"never\"\npolicies = { identity = [\"all.json\"], endpoint = [\"endpoint.json\"] }\nstatement = { Action = \"s3:GetObject\" }\n";
    let wider = "claim = \"no_new_access\"\nold = [\"s3.json\"]\nnew = [\"all.json\"]\n";
    let some = "claim = \"some\"\npolicies = [\"s3.json\"]\nstatement = { Action = \"s3:GetObject\" }\n";
    let rows = [
        (format!("{never}"), "holds"),
        (format!("{never}through = \"endpoint\""), "holds"),
        (format!("{never}through = \"both\""), "violated"),
        (wider.to_owned(), "violated"),
        (format!("{wider}statement = {{ Action = \"s3:*\" }}"), "holds"),
        (format!("{wider}account = \"{HERE}\"\nstatement = {{ Action = \"ec2:*\" }}"), "violated"),
        (format!("{some}account = [\"{HERE}\", \"{THERE}\"]\nresource_account = \"{THERE}\""), "holds"),
        (format!("{some}account = \"{HERE}\"\nresource_account = \"{THERE}\""), "violated"),
    ];
    for (members, verdict) in rows {
        let told = lines(&check(&members));
        assert_eq!(told[0]["verdict"], verdict, "{members}\n{told:?}");
        let through = &told[0]["through"];
        assert_eq!(through.is_null(), !members.contains("endpoint"), "{members}");
    }
    let wrong = [
        (format!("{some}account = \"12\""), "an account has twelve digits"),
        (format!("{some}account = 111122223333"), "the id of an account, a text of twelve digits"),
        (format!("{some}through = \"around\""), "`endpoint`, `past`, `both`"),
        (
            format!("claim = \"never\"\npolicies = [\"s3.json\"]\ncall = \"s3:CopyObject\"\nresource_account = \"{HERE}\""),
            "makes no sense with a `call`",
        ),
    ];
    for (members, message) in wrong {
        let output = check(&members);
        assert!(code(&output) == 2 && err(&output).contains(message), "{members}\n{}", err(&output));
        assert!(err(&output).contains("claims.toml:"), "{}", err(&output));
    }
}
