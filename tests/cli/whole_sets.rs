//! Questions about whole policy sets on the command line: flags for every layer, callers, what is
//! left out, and why nothing is allowed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out};
use serde_json::{Value, json};
use std::path::PathBuf;

fn document(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: &str) -> Value {
    document(json!([{"Effect": "Allow", "Action": action, "Resource": "*"}]))
}

fn bucket(principal: Value) -> Value {
    document(
        json!([{"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]),
    )
}

/// Answers of `can --batch`, with the flags, to (policies, statement) pairs.
fn can(flags: &[&str], questions: &[(Value, Value)]) -> Vec<Value> {
    let line = |(policies, statement): &(Value, Value)| {
        json!({"id": null, "policies": policies, "statement": statement}).to_string()
    };
    let input = questions.iter().map(line).collect::<Vec<_>>().join("\n");
    lines(&keyaki_with(&[&["can", "--batch", "-"], flags].concat(), &input))
}

/// What `eval` says about the request of an answer.
fn confirmed(policies: &Value, answer: &Value) -> bool {
    let line = json!({"policies": policies, "request": answer["request"]}).to_string();
    lines(&keyaki_with(&["eval", "--batch", "-"], &line))[0]["decision"] == "allowed"
}

#[test]
fn questions_over_every_layer() {
    let admin = json!([allow("*")]);
    let user = json!({"AWS": "arn:aws:iam::111122223333:user/dev"});
    let cases = [
        (json!({"identity": admin}), "yes"),
        (json!({"identity": []}), "no"),
        (json!({"identity": admin, "boundary": allow("ec2:*")}), "no"),
        (json!({"identity": [], "boundary": allow("ec2:*"), "resource": bucket(user)}), "yes"),
        (
            json!({"identity": [], "boundary": allow("ec2:*"), "resource": bucket(json!({"AWS": "arn:aws:iam::111122223333:role/app"}))}),
            "no",
        ),
        (json!({"identity": [], "resource": bucket(json!({"AWS": "111122223333"}))}), "no"),
        (json!({"identity": admin, "resource": bucket(json!({"AWS": "111122223333"}))}), "yes"),
        (json!({"resource": bucket(json!({"AWS": "111122223333"}))}), "yes"),
        (json!({"identity": admin, "scp": [[allow("*")], [allow("ec2:*")]]}), "no"),
        (json!({"identity": admin, "scp": [[allow("*")], [allow("s3:*")]]}), "yes"),
        (json!({"identity": admin, "session": [allow("ec2:*")]}), "yes"),
        (json!({"identity": admin, "endpoint": [bucket(json!("*"))]}), "yes"),
        (json!({"identity": [], "endpoint": [bucket(json!("*"))]}), "no"),
    ];
    // The root user of another account needs the bucket's policy only.
    let statement = json!({
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "NotPrincipal": "arn:*:iam::*:root"});
    let questions: Vec<(Value, Value)> =
        cases.iter().map(|(policies, _)| (policies.clone(), statement.clone())).collect();
    for requests in ["feasible", "any"] {
        for ((policies, expected), answer) in
            cases.iter().zip(can(&["--requests", requests], &questions))
        {
            assert_eq!(answer["answer"], *expected, "{requests}: {policies}: {answer}");
            assert!(
                *expected == "no" || confirmed(policies, &answer),
                "{requests}: {policies}: {answer}"
            );
        }
    }
}

#[test]
fn patterns_of_callers() {
    let policies = json!({"resource": bucket(json!({
        "AWS": ["arn:aws:iam::111122223333:role/team/app", "arn:aws:iam::111122223333:user/dev"], "Service": "bedrock.amazonaws.com"}))});
    let cases = [
        (json!({"Principal": "arn:aws:iam::111122223333:role/team/app"}), "yes"),
        (json!({"Principal": "arn:aws:sts::111122223333:assumed-role/app/*"}), "yes"),
        (json!({"Principal": "arn:aws:sts::111122223333:assumed-role/other/*"}), "no"),
        (json!({"Principal": "arn:aws:iam::*:user/d??"}), "yes"),
        (json!({"Principal": "arn:aws:iam::*:user/d?"}), "no"),
        (json!({"Principal": {"Service": "*.amazonaws.com"}}), "yes"),
        (
            json!({"Principal": "111122223333", "NotPrincipal": ["arn:aws:iam::*:role/*", "arn:aws:iam::*:user/*"]}),
            "no",
        ),
        (json!({"NotPrincipal": ["111122223333", "bedrock.amazonaws.com"]}), "no"),
        (json!({"NotPrincipal": "111122223333"}), "yes"),
        (json!({"Principal": "anonymous"}), "no"),
        (json!({"Principal": []}), "no"),
    ];
    let questions: Vec<(Value, Value)> =
        cases.iter().map(|(statement, _)| (policies.clone(), statement.clone())).collect();
    for ((statement, expected), answer) in cases.iter().zip(can(&[], &questions)) {
        assert_eq!(answer["answer"], *expected, "{statement}: {answer}");
        assert!(*expected == "no" || confirmed(&policies, &answer), "{statement}: {answer}");
    }
    let odd = can(&[], &[(policies, json!({"Principal": "nobody"}))]);
    assert_eq!(odd[0]["error"]["code"], "invalid-principal", "{odd:?}");
}

/// What needs no grant is left out, said to be, and asked about when it is named.
#[test]
fn questions_leave_out_what_needs_no_grant() {
    let nothing = json!({"identity": []});
    let guarded = json!({"identity": [allow("*")], "scp": [[allow("ec2:*")]]});
    let endpoint = json!({"identity": [allow("*")], "endpoint": [document(json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]))]});
    let get = json!({"Action": "s3:GetObject"});
    let cases = [
        (&nothing, get.clone(), "no", "root users"),
        (
            &nothing,
            json!({"Action": "s3:GetObject", "Principal": "arn:aws:iam::*:root"}),
            "yes",
            "",
        ),
        (&nothing, json!({"Action": "sts:*"}), "no", "sts:GetCallerIdentity"),
        (&nothing, json!({"Action": "sts:getcalleridentity"}), "yes", ""),
        (&guarded, get.clone(), "no", "management account"),
        (
            &guarded,
            json!({"Action": "s3:GetObject", "Principal": "arn:aws:iam::*:role/aws-service-role/*"}),
            "yes",
            "management account",
        ),
        (&endpoint, json!({"Action": "ec2:*"}), "no", "through the VPC endpoint"),
        (&endpoint, get, "yes", "through the VPC endpoint"),
    ];
    let questions: Vec<(Value, Value)> = cases
        .iter()
        .map(|(policies, statement, ..)| ((*policies).clone(), statement.clone()))
        .collect();
    for ((policies, statement, expected, caveat), answer) in cases.iter().zip(can(&[], &questions))
    {
        assert_eq!(answer["answer"], *expected, "{statement} {policies}: {answer}");
        assert!(answer["caveats"].to_string().contains(caveat), "{statement}: {answer}");
        assert!(*expected == "no" || confirmed(policies, &answer), "{statement}: {answer}");
    }
}

fn folder(name: &str, files: &[(&str, Value)]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for (file, content) in files {
        std::fs::write(folder.join(file), content.to_string()).unwrap();
    }
    folder
}

#[test]
fn flags_and_objects_ask_the_same() {
    let files = [
        ("identity.json", allow("*")),
        ("boundary.json", allow("s3:*")),
        ("session.json", allow("s3:Get*")),
        ("scp.json", allow("*")),
        ("bucket.json", bucket(json!("*"))),
        (
            "rcp.json",
            document(
                json!([{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::other/*"}]),
            ),
        ),
        (
            "endpoint.json",
            document(
                json!([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]),
            ),
        ),
    ];
    let of = |name: &str| files.iter().find(|(file, _)| *file == name).unwrap().1.clone();
    let set = json!({
        "identity": [of("identity.json")], "boundary": of("boundary.json"), "session": [of("session.json")], "resource": of("bucket.json"),
        "scp": [[of("scp.json")], [of("scp.json")]], "rcp": [[of("rcp.json")]], "endpoint": [of("endpoint.json")]});
    let folder = folder("flags", &[&files[..], &[("set.json", set)]].concat());
    let path = |name: &str| folder.join(name).display().to_string();
    let shape = [
        "--action",
        "s3:GetObject",
        "--principal",
        "arn:aws:iam::111122223333:role/app",
        "--format",
        "json",
    ];
    let by_flags = [
        path("identity.json"),
        format!("--boundary={}", path("boundary.json")),
        format!("--session={}", path("session.json")),
        format!("--resource-policy={}", path("bucket.json")),
        format!("--scp={}", path("scp.json")),
        format!("--scp={}", path("scp.json")),
        format!("--rcp={}", path("rcp.json")),
        format!("--endpoint={}", path("endpoint.json")),
    ];
    let by_flags: Vec<&str> =
        std::iter::once("can").chain(by_flags.iter().map(String::as_str)).chain(shape).collect();
    let by_object = path("set.json");
    let by_object: Vec<&str> = ["can", "--policies", &by_object].into_iter().chain(shape).collect();
    let (flags, object) = (keyaki(&by_flags), keyaki(&by_object));
    assert_eq!((code(&flags), code(&object)), (1, 1), "{}{}", err(&flags), err(&object));
    let (flags, object) = (lines(&flags), lines(&object));
    assert_eq!(flags[0]["request"], object[0]["request"]);
    assert_eq!(flags[0]["layers"], object[0]["layers"]);
    let layers: Vec<&str> = flags[0]["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|layer| layer["layer"].as_str().unwrap())
        .collect();
    assert_eq!(
        layers,
        ["identity", "boundary", "session", "resource", "scp", "scp", "rcp", "endpoint"]
    );
    let twice = keyaki(&[
        "can",
        &path("identity.json"),
        "--policies",
        &path("set.json"),
        "--boundary",
        &path("boundary.json"),
    ]);
    assert!(
        code(&twice) == 2 && err(&twice).contains("there is a boundary already"),
        "{}",
        err(&twice)
    );
}

#[test]
fn comparisons_of_whole_sets() {
    let wide = json!({"identity": [allow("*")], "boundary": allow("s3:*")});
    let narrow = json!({"identity": [allow("*")], "boundary": allow("s3:Get*")});
    let (open, closed) = (bucket(json!("*")), bucket(json!({"AWS": "111122223333"})));
    let under = |resource: &Value| {
        json!({"identity": [], "resource": resource, "rcp": [[document(json!([{
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}}]))]]})
    };
    let cases = [
        (json!({"old": wide, "new": narrow}), "narrower"),
        (json!({"old": narrow, "new": wide}), "wider"),
        (json!({"old": closed, "new": open, "kind": "resource"}), "wider"),
        (json!({"old": {"resource": closed}, "new": {"resource": closed}}), "equivalent"),
        (json!({"old": under(&closed), "new": under(&open)}), "wider"),
    ];
    let input = cases.iter().map(|(line, _)| line.to_string()).collect::<Vec<_>>().join("\n");
    for ((line, expected), answer) in
        cases.iter().zip(lines(&keyaki_with(&["compare", "--batch", "-"], &input)))
    {
        assert_eq!(answer["relation"], *expected, "{line}: {answer}");
    }
}

/// Without a policy that grants, sets are equivalent whatever else they hold, and the answer says
/// why.
#[test]
fn sets_that_cannot_grant_are_said_to_be_so() {
    let guarded = |actions: &str| json!({"scp": [[allow(actions)]]});
    let lines_in = [
        json!({"old": guarded("*"), "new": guarded("ec2:*")}),
        json!({"old": {"identity": [allow("s3:*")]}, "new": {"identity": [allow("s3:*")]}}),
    ];
    let input = lines_in.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let answers = lines(&keyaki_with(&["compare", "--batch", "-"], &input));
    let said = |answer: &Value| answer["caveats"].to_string().contains("grants nothing");
    // Only root users can tell the two sets apart: they need no grant, and SCPs restrict them.
    assert_eq!(
        [&answers[0]["relation"], &answers[1]["relation"]],
        ["narrower", "equivalent"],
        "{answers:?}"
    );
    assert_eq!(
        answers[0]["removed"]["request"]["principal"], "arn:aws:iam::111122223333:root",
        "{answers:?}"
    );
    assert_eq!([said(&answers[0]), said(&answers[1])], [true, false], "{answers:?}");
}

#[test]
fn a_policy_of_the_wrong_kind_is_refused_with_the_reason() {
    let cases = [
        (json!({"boundary": bucket(json!("*"))}), "forbidden-element", "boundary"),
        (json!({"scp": [[bucket(json!("*"))]]}), "forbidden-element", "scp[0][0]"),
        (
            json!({"rcp": [[document(json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]))]]}),
            "rcp-effect",
            "rcp[0][0]",
        ),
        (json!({"resource": allow("s3:*")}), "missing-element", "resource"),
        (json!({"boundary": [allow("s3:*"), allow("s3:*")]}), "several-policies", "boundary"),
        (json!({"bundary": allow("s3:*"), "identity": []}), "unknown-layer", "bundary"),
    ];
    let request = json!({"principal": "anonymous", "action": "s3:GetObject", "resource": "*"});
    for (policies, expected, route) in cases {
        let answer = &lines(&keyaki_with(
            &["eval", "--batch", "-"],
            &json!({"policies": policies, "request": request}).to_string(),
        ))[0];
        assert_eq!(answer["error"]["code"], expected, "{policies}: {answer}");
        assert!(
            answer["error"]["message"].as_str().unwrap().contains(&format!("policies.{route}")),
            "{policies}: {answer}"
        );
    }
}

#[test]
fn why_shows_which_layer_refuses() {
    let statement =
        json!({"Action": "s3:GetObject", "Principal": "arn:aws:iam::111122223333:role/app"});
    let alone =
        json!({"identity": [allow("*")], "boundary": allow("ec2:*"), "scp": [[allow("*")]]});
    let both =
        json!({"identity": [allow("*")], "boundary": allow("ec2:*"), "scp": [[allow("ec2:*")]]});
    let answers = can(&["--why"], &[(alone.clone(), statement.clone()), (both, statement)]);
    let why = answers[0]["why"].as_array().unwrap();
    assert_eq!(why.len(), 1, "{answers:?}");
    assert_eq!(
        (&why[0]["layer"], &why[0]["decision"]),
        (&json!("boundary"), &json!("implicitDeny"))
    );
    assert!(why[0]["conclusion"].as_str().unwrap().contains("permissions boundary"), "{why:?}");
    assert_eq!((&answers[1]["why"], &answers[1]["whyUndecided"]), (&json!([]), &json!([])));
    let refused = json!({"policies": alone, "request": why[0]["request"]}).to_string();
    assert_eq!(
        lines(&keyaki_with(&["eval", "--batch", "-"], &refused))[0]["decision"],
        "implicitDeny"
    );
    let human = keyaki(&[
        "can",
        "tests/walkthrough/identity.json",
        "--boundary",
        "tests/walkthrough/boundary.json",
        "--action",
        "s3:DeleteObject",
        "--why",
    ]);
    assert!(
        code(&human) == 0 && out(&human).contains("why: permissions boundary"),
        "{}",
        out(&human)
    );
}

#[test]
fn a_strict_reading_of_not_principal() {
    let policies = json!({"identity": [], "resource": document(json!([
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
        {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "s3:*", "Resource": "*"}]))});
    let question = [(policies, json!({"Action": "s3:GetObject"}))];
    assert_eq!(can(&[], &question)[0]["answer"], "yes");
    assert_eq!(can(&["--strict-not-principal"], &question)[0]["answer"], "no");
}

#[test]
fn what_is_taken_for_granted_is_said() {
    let key = "arn:aws:kms:us-east-1:111122223333:key/k";
    let request = json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "kms:Decrypt", "resource": key});
    let says = |policies: Value| {
        let line = json!({"policies": policies, "request": request}).to_string();
        let answer = lines(&keyaki_with(&["eval", "--batch", "-"], &line)).remove(0);
        (
            answer["decision"].clone(),
            answer["warnings"].to_string().contains("no policy of the key is given"),
        )
    };
    let delegating = document(
        json!([{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*", "Resource": "*"}]),
    );
    assert_eq!(says(json!({"identity": [allow("kms:*")]})), (json!("allowed"), true));
    assert_eq!(
        says(json!({"identity": [allow("kms:*")], "resource": delegating})),
        (json!("allowed"), false)
    );
}

/// A user of the account `cloudfront` is an origin access identity, to which no policy of an
/// identity is attached.
#[test]
fn users_of_cloudfront_are_no_users() {
    for (account, expected) in [("cloudfront", "no"), ("111122223333", "yes")] {
        let shape = json!({"Principal": format!("arn:aws:iam::{account}:user/*")});
        let answers = can(&["--requests", "any"], &[(json!({"identity": [allow("*")]}), shape)]);
        assert_eq!(answers[0]["answer"], expected, "{account}: {}", answers[0]);
    }
}
