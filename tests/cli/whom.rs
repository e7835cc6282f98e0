//! Whom a question is about: ways, accounts, the shape of a comparison, as users of the command
//! line see them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
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

/// The case C4-endpoint-can, and its twins: what the endpoint's policy refuses is allowed past it
/// only.
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
    assert!(
        out(&without).contains("changes nothing here, because no endpoint policy was given"),
        "{}",
        out(&without)
    );
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
        (
            ["ec2.json", "all.json"],
            &[both[0], both[1], "--through", "endpoint"],
            "equivalent: ",
            "through the VPC endpoint)",
        ),
        (
            ["ec2.json", "all.json"],
            &[both[0], both[1], "--through", "past"],
            "wider: ",
            "past the VPC endpoint)",
        ),
        (["narrow.json", "wide.json"], &[], "wider: ", "through the VPC endpoint and past it"),
        (
            ["narrow.json", "wide.json"],
            &["--through", "past"],
            "equivalent: ",
            "past the VPC endpoint)",
        ),
        (
            ["narrow.json", "wide.json"],
            &["--only", "added"],
            "added: ",
            "through the VPC endpoint and past it",
        ),
        (
            ["narrow.json", "wide.json"],
            &["--only", "removed"],
            "removed: nothing",
            "through the VPC endpoint and past it",
        ),
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
        let mut line =
            json!({"policies": {"resource": trust}, "statement": {"Action": "s3:GetObject"}});
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

/// The caller of one account and the resource of another: each alone, both, and the twin that turns
/// round.
#[test]
fn accounts_narrow_questions() {
    let folder = Folder::of(&[("all.json", &allow("s3:*"))]);
    let all = folder.path("all.json");
    let ask =
        |flags: &[&str]| keyaki(&[&["can", &all, "--action", "s3:GetObject"], flags].concat());
    let found = ask(&["--account", THERE]);
    assert_eq!(code(&found), 1);
    assert!(out(&found).contains(&format!("::{THERE}:")), "{}", out(&found));
    assert!(
        out(&found)
            .contains(&format!("requests considered: only those of callers in account {THERE}")),
        "{}",
        out(&found)
    );
    // Without a resource-based policy resources of another account are out of reach.
    let apart = ask(&["--account", THERE, "--resource-account", HERE]);
    assert!(code(&apart) == 1 && out(&apart).contains("out-of-reach"), "{}", out(&apart));
    assert!(
        out(&apart)
            .contains(&format!("requests considered: only those on resources of account {HERE}")),
        "{}",
        out(&apart)
    );
    let together =
        ask(&["--account", THERE, "--resource-account", HERE, "--resource-account", THERE]);
    assert_eq!(code(&together), 1);
    assert!(
        out(&together).contains(&format!("on resources of accounts {HERE}, {THERE}")),
        "{}",
        out(&together)
    );
    // A service is in no account.
    let service = ask(&["--account", THERE, "--principal", "*.amazonaws.com"]);
    assert!(code(&service) == 1 && out(&service).contains("no-such-request"), "{}", out(&service));
    for flag in ["--account", "--resource-account"] {
        let wrong = ask(&[flag, "1111-2222-3333"]);
        assert_eq!((code(&wrong), out(&wrong).as_str()), (2, ""));
        assert!(
            err(&wrong).contains(&format!("`{flag} 1111-2222-3333`: an account has twelve digits")),
            "{}",
            err(&wrong)
        );
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
    assert!(
        told["requests"][0]["principal"].to_string().contains(THERE)
            && told["accounts"] == json!([THERE]),
        "{told}"
    );
    let refused = keyaki(&[&call[..], &["--resource-account", THERE]].concat());
    assert!(
        code(&refused) == 2 && err(&refused).contains("cannot be used with `--call`"),
        "{}",
        err(&refused)
    );
}

/// Only requests of the shape count: the same pair, and a shape that the difference is not of.
#[test]
fn comparisons_have_a_shape() {
    let folder = Folder::of(&[
        ("old.json", &allow("s3:Get*")),
        ("new.json", &allow("s3:*")),
        ("shape.json", &json!({"Action": "s3:Put*"})),
    ]);
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
        (&["--principal", "anonymous"], "vacuous"),
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
    let script =
        |flags: &[&str]| out(&keyaki(&[&["encode", "compare", &old, &new], flags].concat()));
    assert!(
        script(&["--condition", "StringEquals aws:PrincipalTag/team blue"]).contains("blue")
            && !script(&[]).contains("blue")
    );
}

/// Claims name ways, accounts and shapes as flags do.
#[test]
fn claims_say_whom_they_are_about() {
    let folder = Folder::of(&[
        ("s3.json", &allow("s3:*")),
        ("all.json", &allow("*")),
        ("endpoint.json", &of_endpoint("ec2:*")),
    ]);
    let check = |members: &str| {
        folder.write(
            "claims.toml",
            &format!("[[claim]]\nname = \"one\"\nexpect = \"holds\"\nwhy = \"\"\n{members}\n"),
        );
        keyaki(&["check", &folder.path("claims.toml"), "--format", "json"])
    };
    let never = "claim = \"never\"\npolicies = { identity = [\"all.json\"], endpoint = [\"endpoint.json\"] }\nstatement = { Action = \"s3:GetObject\" }\n";
    let wider = "claim = \"no_new_access\"\nold = [\"s3.json\"]\nnew = [\"all.json\"]\n";
    let some =
        "claim = \"some\"\npolicies = [\"s3.json\"]\nstatement = { Action = \"s3:GetObject\" }\n";
    let rows = [
        (never.to_string(), "holds"),
        (format!("{never}through = \"endpoint\""), "holds"),
        (format!("{never}through = \"both\""), "violated"),
        (wider.to_owned(), "violated"),
        (format!("{wider}statement = {{ Action = \"s3:*\" }}"), "holds"),
        (format!("{wider}account = \"{HERE}\"\nstatement = {{ Action = \"ec2:*\" }}"), "violated"),
        (
            format!("{some}account = [\"{HERE}\", \"{THERE}\"]\nresource_account = \"{THERE}\""),
            "holds",
        ),
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
            format!(
                "claim = \"never\"\npolicies = [\"s3.json\"]\ncall = \"s3:CopyObject\"\nresource_account = \"{HERE}\""
            ),
            "cannot be used with a `call`",
        ),
    ];
    for (members, message) in wrong {
        let output = check(&members);
        assert!(
            code(&output) == 2 && err(&output).contains(message),
            "{members}\n{}",
            err(&output)
        );
        assert!(err(&output).contains("claims.toml:"), "{}", err(&output));
    }
}

/// Runs `keyaki` in a folder.
fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_keyaki"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// A repository with a project and some policies, and a folder in it.
fn repository(project: &str) -> Folder {
    let bucket = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2"}}}]});
    let member = |organization: &str| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization}}}]})
    };
    let [own, other] = ["o-a1b2", "o-zz"].map(member);
    let folder = Folder::of(&[
        ("in/all.json", &allow("s3:*")),
        ("in/bucket.json", &bucket),
        ("in/own.json", &own),
        ("in/other.json", &other),
    ]);
    folder.write(".git/HEAD", "");
    folder.write("keyaki.toml", project);
    folder
}

const PROJECT: &str =
    "accounts = [\"444455556666\"]\norganization = \"o-a1b2\"\nno_assume = [\"F24\"]\n";

/// What a project says holds where it means something, and the answer says what was used; flags go
/// before it.
#[test]
fn projects_are_used_and_named() {
    let folder = repository(PROJECT);
    let inner = folder.0.path().join("in");
    let json = |arguments: &[&str]| {
        let output = run_in(&inner, &[arguments, &["--format", "json"]].concat());
        lines(&output).into_iter().next().unwrap_or_else(|| panic!("{}", err(&output)))
    };
    let object = "arn:aws:s3:::b/*";
    let members = |answer: &Value| answer["project"]["members"].clone();
    let found = json(&["can", "all.json", "--action", "s3:GetObject"]);
    assert!(found["request"]["principal"].to_string().contains(THERE), "{found}");
    assert_eq!(
        (&found["project"]["path"], members(&found)),
        (&json!("../keyaki.toml"), json!(["accounts", "no_assume"]))
    );
    assert_eq!(found["own"], json!({"callers": [THERE], "resources": [], "organization": null}));
    let any = json(&["can", "all.json", "--action", "s3:GetObject", "--requests", "any"]);
    assert_eq!(members(&any), json!(["accounts"]));
    let ignored = json(&["can", "all.json", "--action", "s3:GetObject", "--no-project"]);
    assert!(
        ignored["project"].is_null()
            && !ignored["request"]["principal"].to_string().contains(THERE),
        "{ignored}"
    );
    let flag = json(&[
        "can",
        "all.json",
        "--action",
        "s3:GetObject",
        "--account",
        HERE,
        "--assume",
        "F24",
    ]);
    assert!(
        flag["project"].is_null() && flag["request"]["principal"].to_string().contains(HERE),
        "{flag}"
    );
    // The members of the organization satisfy the condition on it, and no other.
    let (own, other) = (
        json(&["can", "own.json", "--action", "s3:GetObject"]),
        json(&["can", "other.json", "--action", "s3:GetObject"]),
    );
    assert_eq!((&own["answer"], &other["answer"]), (&json!("yes"), &json!("no")));
    assert_eq!(members(&other), json!(["accounts", "organization", "no_assume"]));
    assert_eq!(json(&["can", "other.json", "--no-project"])["answer"], "yes");
    // A bucket policy alone: the bucket is ours, its callers anybody.
    let bucket = ["can", "--resource-policy", "bucket.json", "--resource", object];
    let granted = json(&bucket);
    assert_eq!(granted["own"]["resources"], json!([THERE]));
    assert_eq!(granted["own"]["callers"], json!([]));
    assert_eq!(json(&[&bucket[..], &["--principal", HERE]].concat())["answer"], "yes");
    assert_eq!(
        json(&[&bucket[..], &["--resource-account", HERE]].concat())["own"]["resources"],
        json!([])
    );
    // Own accounts are members of the organization.
    let stranger = ["--account", THERE, "--condition", "StringNotEquals aws:PrincipalOrgID o-a1b2"];
    assert_eq!(json(&[&["can", "all.json"][..], &stranger].concat())["answer"], "no");
    assert_eq!(
        json(&[&["can", "all.json", "--no-project"][..], &stranger].concat())["answer"],
        "yes"
    );
    let human = run_in(&inner, &["compare", "all.json", "own.json"]);
    assert!(out(&human).starts_with("equivalent"), "{}", out(&human));
    assert!(
        out(&human).contains("project: ../keyaki.toml (accounts, organization, no_assume)"),
        "{}",
        out(&human)
    );
    assert!(
        out(&human).contains("requests considered: own accounts are in organization o-a1b2"),
        "{}",
        out(&human)
    );
    assert!(
        out(&run_in(&inner, &["compare", "all.json", "own.json", "--no-project"]))
            .starts_with("narrower")
    );
    let call = json(&["can", "all.json", "--call", "s3:CopyObject"]);
    assert!(
        call["requests"][0]["principal"].to_string().contains(THERE)
            && members(&call) == json!(["accounts", "no_assume"]),
        "{call}"
    );
}

#[test]
fn claims_and_lint_use_projects() {
    let folder = repository(PROJECT);
    let inner = folder.0.path().join("in");
    let claim = "claim = \"equivalent\"\nold = [\"all.json\"]\nnew = [\"own.json\"]\nexpect = \"holds\"\nwhy = \"\"\n";
    folder.write("in/claims.toml", &format!("[[claim]]\nname = \"one\"\n{claim}"));
    let checked = run_in(&inner, &["check", "claims.toml"]);
    assert!(
        code(&checked) == 0
            && out(&checked)
                .contains("project: ../keyaki.toml (accounts, no_assume, organization)"),
        "{}",
        out(&checked)
    );
    let told = lines(&run_in(&inner, &["check", "claims.toml", "--format", "json"]));
    assert_eq!(told[0]["project"]["members"], json!(["accounts", "organization", "no_assume"]));
    assert_eq!(code(&run_in(&inner, &["check", "claims.toml", "--no-project"])), 1);
    // Lint knows the account: a condition on it restricts nothing.
    let on_account = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": THERE}}}]});
    folder.write("in/account.json", &on_account.to_string());
    let linted = |flags: &[&str]| {
        let output = run_in(
            &inner,
            &[
                &["lint", "account.json", "--rule", "tautological-condition", "--format", "json"],
                flags,
            ]
            .concat(),
        );
        (code(&output), lines(&output).last().unwrap()["project"]["members"].clone())
    };
    assert_eq!(linted(&[]), (1, json!(["accounts", "no_assume"])));
    assert_eq!(linted(&["--no-project"]), (0, Value::Null));
    // Of a principal elsewhere it is never true, so it restricts.
    assert_eq!(linted(&["--account", HERE]), (0, json!(["no_assume"])));
    let human = run_in(&inner, &["lint", "account.json", "--rule", "tautological-condition"]);
    assert!(
        out(&human).contains("project: ../keyaki.toml (accounts, no_assume)"),
        "{}",
        out(&human)
    );
}

/// A file that is wrong is an error with its place, for every command that reads it; the others do
/// not.
#[test]
fn wrong_projects_are_errors() {
    let folder = repository("accounts = [\"444455556666\"]\n  trusted = 1\n");
    let inner = folder.0.path().join("in");
    folder.write("in/claims.toml", "");
    for arguments in [
        &["can", "all.json"][..],
        &["compare", "all.json", "all.json"],
        &["check", "claims.toml"],
        &["lint", "all.json"],
    ] {
        let output = run_in(&inner, arguments);
        assert!(code(&output) == 2 && out(&output).is_empty(), "{arguments:?}");
        assert!(
            err(&output).contains("keyaki.toml:2:3") && err(&output).contains("`trusted`"),
            "{}",
            err(&output)
        );
    }
    assert_eq!(code(&run_in(&inner, &["validate", "all.json"])), 0);
    assert_eq!(code(&run_in(&inner, &["can", "all.json", "--no-project"])), 1);
}

/// Each use of `--scp` is a level, of which some policy must allow; a level has one file, several,
/// or a folder of them.
#[test]
fn levels_have_several_policies() {
    let everything = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let deny = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}]});
    let folder = Folder::of(&[
        ("all.json", &everything),
        ("root/a.json", &allow("s3:*")),
        ("root/b.json", &allow("ec2:*")),
        ("both/a,b.json", &everything),
        ("rcp/deny.json", &deny),
    ]);
    folder.write("root/notes.txt", "not a policy");
    fs::create_dir(folder.path("empty")).unwrap();
    let here = folder.0.path();
    let ask = |command: &[&str], action: &str, flags: &[&str]| {
        let output = run_in(here, &[command, &["--action", action], flags].concat());
        assert!(code(&output) < 2, "{flags:?}: {}", err(&output));
        code(&output)
    };
    let rows = [
        // On one level either policy allows; on two levels both must.
        ("s3:GetObject", &["--scp", "root/a.json,root/b.json"][..], 1),
        ("ec2:StartInstances", &["--scp", "root/a.json,root/b.json"], 1),
        ("s3:GetObject", &["--scp", "root"], 1),
        ("s3:GetObject", &["--scp", "root/a.json", "--scp", "root/b.json"], 0),
        ("s3:GetObject", &["--scp", "root", "--scp", "root/b.json"], 0),
        ("s3:GetObject", &["--scp", "root/b.json,root"], 1),
        ("sqs:SendMessage", &["--scp", "root"], 0),
        ("sqs:SendMessage", &["--scp", "both/a,b.json"], 1),
        ("s3:PutObject", &["--rcp", "rcp"], 0),
        ("s3:GetObject", &["--rcp", "rcp"], 1),
    ];
    for (action, flags, expected) in rows {
        assert_eq!(ask(&["can", "all.json"], action, flags), expected, "{action} {flags:?}");
    }
    assert_eq!(ask(&["compare", "root/a.json", "all.json"], "*", &["--scp", "root"]), 1);
    assert_eq!(ask(&["compare", "root/a.json", "all.json"], "s3:*", &["--scp", "root"]), 0);
    let wrong = [
        (&["--scp", "empty"][..], "`--scp`: no policy in the folder `empty`"),
        (&["--rcp", "root/a.json,empty"], "`--rcp`: no policy in the folder `empty`"),
        (&["--scp", "root/a.json,none.json"], "cannot read `none.json`"),
        (&["--scp", "none"], "cannot read `none`"),
        (&["--scp", "root/a.json,"], "names a file without a name"),
    ];
    for (flags, message) in wrong {
        let output = run_in(here, &[&["can", "all.json"], flags].concat());
        assert!(
            code(&output) == 2 && err(&output).contains(message),
            "{flags:?}: {}",
            err(&output)
        );
    }
}

/// A trust or key policy alone that names an account delegates; one that names a role, or that does
/// not stand alone, does not.
#[test]
fn delegation_is_told() {
    let trust = |principal: Value| json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]});
    let key = |effect: &str, principal: Value| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{HERE}:role/admin")}, "Action": "kms:*", "Resource": "*"},
            {"Effect": effect, "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}]})
    };
    let root = format!("arn:aws:iam::{HERE}:root");
    let role = format!("arn:aws:iam::{HERE}:role/app");
    let rows = [
        (json!({"resource": trust(json!({"AWS": root}))}), Some(root.as_str())),
        (json!({"resource": trust(json!({"AWS": HERE}))}), Some(HERE)),
        (json!({"resource": trust(json!({"AWS": role}))}), None),
        (json!({"resource": trust(json!({"Service": "ec2.amazonaws.com"}))}), None),
        (json!({"resource": trust(json!("*"))}), None),
        (json!({"resource": trust(json!({"AWS": "AROAJQABLZS4A3QDU576Q"}))}), None),
        (json!({"resource": key("Allow", json!({"AWS": root}))}), Some(root.as_str())),
        (json!({"resource": key("Deny", json!({"AWS": root}))}), None),
        // With policies of the caller it is no longer open what these say.
        (json!({"resource": trust(json!({"AWS": root})), "identity": []}), None),
        (json!({"resource": trust(json!({"AWS": root})), "identity": [allow("*")]}), None),
    ];
    let delegates = |answer: &Value| {
        let caveats = answer["caveats"].as_array().unwrap();
        caveats
            .iter()
            .find(|caveat| caveat["code"] == "delegates")
            .map(|caveat| caveat["message"].to_string())
    };
    let can: Vec<Value> =
        rows.iter().map(|(policies, _)| json!({"policies": policies, "statement": {}})).collect();
    let nobody = json!({"resource": trust(json!({"Service": "ec2.amazonaws.com"}))});
    let compare: Vec<Value> =
        rows.iter().map(|(policies, _)| json!({"old": nobody, "new": policies})).collect();
    for told in [answers("can", &[], &can), answers("compare", &[], &compare)] {
        assert_eq!(told.len(), rows.len());
        for (answer, (policies, account)) in told.iter().zip(&rows) {
            let caveat = delegates(answer);
            assert_eq!(caveat.is_some(), account.is_some(), "{policies}\n{answer}");
            assert!(
                account.is_none_or(|account| caveat
                    .unwrap()
                    .contains(&format!("delegates to `{account}`"))),
                "{policies}"
            );
        }
    }
}

/// A question is asked in the partitions that policies and shape name (SEMANTICS 6.8): each case
/// with a twin that one word turns round.
#[test]
fn partitions_are_those_that_are_named() {
    let on = |allowed: &str, denied: &str| {
        let statement = |effect: &str, resource: &str| json!({"Effect": effect, "Action": "s3:GetObject", "Resource": resource});
        json!({"Version": "2012-10-17", "Statement": [statement("Allow", allowed), statement("Deny", denied)]})
    };
    let region = |operator: &str, value: &str| {
        let condition = json!({operator: {"aws:RequestedRegion": value}});
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*", "Condition": condition}]})
    };
    let [aws, china, any] = ["arn:aws:s3:::b/*", "arn:aws-cn:s3:::b/*", "arn:*:s3:::b/*"];
    let tag = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/region": "cn-north-1"}}}]});
    let anything = json!({});
    let named = |arn: &str| json!({"Principal": arn});
    let rows = [
        // (policy, statement, flags, answer, partitions)
        (on("*", "arn:aws:s3:*:*:*"), &anything, &[][..], "no", json!(["aws"])),
        (on("*", aws), &anything, &[], "yes", json!(["aws"])),
        (
            on("*", "arn:aws:s3:*:*:*"),
            &anything,
            &["--partition", "aws-cn"],
            "yes",
            json!(["aws-cn"]),
        ),
        (
            on("*", "arn:aws:s3:*:*:*"),
            &named("arn:aws-cn:iam::111122223333:user/dev"),
            &[],
            "yes",
            json!(["aws", "aws-cn"]),
        ),
        (on(china, "arn:aws:s3:*:*:*"), &anything, &[], "yes", json!(["aws", "aws-cn"])),
        (on(china, "arn:aws-cn:s3:*:*:*"), &anything, &[], "no", json!(["aws-cn"])),
        (on(any, aws), &anything, &[], "no", json!(["aws"])),
        (on(any, china), &anything, &[], "yes", json!(["aws", "aws-cn"])),
        (on(any, china), &anything, &["--partition", "aws-cn"], "no", json!(["aws-cn"])),
        (
            on(any, china),
            &anything,
            &["--partition", "aws,aws-cn"],
            "yes",
            json!(["aws", "aws-cn"]),
        ),
        (region("StringEquals", "cn-north-1"), &anything, &[], "yes", json!(["aws-cn"])),
        (
            region("StringEquals", "cn-north-1"),
            &anything,
            &["--partition", "aws"],
            "no",
            json!(["aws"]),
        ),
        (tag, &anything, &[], "yes", json!(["aws"])),
        (region("StringLike", "us-gov-*"), &anything, &[], "yes", json!(["aws", "aws-us-gov"])),
        (region("StringLike", "u?-gov-*"), &anything, &[], "yes", json!(["aws"])),
        (region("StringEquals", "eu-west-1"), &anything, &[], "yes", json!(["aws"])),
    ];
    for (number, (policy, statement, flags, answer, partitions)) in rows.into_iter().enumerate() {
        let line = json!({"policies": {"identity": [policy]}, "statement": statement});
        let found = answers("can", flags, &[line]);
        assert_eq!(
            (&found[0]["answer"], &found[0]["partitions"]),
            (&json!(answer), &partitions),
            "row {number}: {}",
            found[0]
        );
    }
    let folder = Folder::of(&[("all.json", &allow("*"))]);
    let wrong = keyaki(&["can", &folder.path("all.json"), "--partition", "aws-mars"]);
    assert!(
        code(&wrong) == 2
            && err(&wrong).contains("`aws-mars` is not a partition; these are: aws, aws-cn"),
        "{}",
        err(&wrong)
    );
    let human = keyaki(&["can", &folder.path("all.json"), "--partition", "aws,aws-cn"]);
    assert!(
        out(&human).contains("feasible, in the partitions aws and aws-cn (services"),
        "{}",
        out(&human)
    );
    let free =
        lines(&keyaki(&["can", &folder.path("all.json"), "--requests", "any", "--format", "json"]));
    assert_eq!(free[0]["partitions"], Value::Null);
}
