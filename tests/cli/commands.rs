//! The command line as its users see it: output, exit codes, batches. `CLI` words are a contract.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out, without_arguments};
use serde_json::{Value, json};

fn policy(action: &str, resource: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})
}

fn request(action: &str, resource: &str) -> Value {
    json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": action, "resource": resource, "context": {}})
}

#[test]
fn eval_batch_answers_line_by_line_and_goes_on_after_an_error() {
    let allowed = json!({"id": "a", "policies": {"identity": [policy("s3:*", "*")]}, "request": request("s3:GetObject", "*"), "expect": "ignored"});
    let denied = json!({"id": 7, "policies": {"identity": policy("s3:*", "*")}, "request": request("iam:PassRole", "*")});
    let layer = json!({"id": "b", "policies": {"identity": [], "scps": [[policy("s3:*", "*")]]}, "request": request("s3:GetObject", "*")});
    let input = format!("{allowed}\n\nnot json\n{layer}\n{denied}\n");
    let output = keyaki_with(&["eval", "--batch", "-"], &input);
    assert_eq!(code(&output), 2, "two lines cannot be read");
    let lines = lines(&output);
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["decision"], "allowed");
    assert_eq!(lines[0]["id"], "a");
    let place = json!({"file": "-, line 1", "line": 1, "column": 72});
    let mut statement = json!({"policy": "identity[0]", "layer": "identity", "index": 0, "sid": null, "effect": "Allow"});
    statement.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
    assert_eq!(lines[0]["statements"], json!([statement]));
    assert!(lines[1]["error"]["code"].is_string() && lines[1]["error"]["message"].is_string());
    assert_eq!(lines[2]["error"]["code"], "unknown-layer");
    assert_eq!((&lines[3]["id"], &lines[3]["decision"]), (&json!(7), &json!("implicitDeny")));
}

#[test]
fn a_batch_misreads_nothing() {
    let (allow, request) = (policy("s3:*", "*"), request("s3:GetObject", "*"));
    let line = |id: &str| {
        format!(r#"{{"id": {id}, "policies": {{"identity": {allow}}}, "request": {request}}}"#)
    };
    let twice = format!(
        r#"{{"id": 1, "policies": {{"identity": {allow}, "identity": []}}, "request": {request}}}"#
    );
    let again = format!(r#"{{"id": 2, "id": 3, "policies": {allow}, "request": {request}}}"#);
    let input =
        [line("12345678901234567890123"), line("1.10"), line("[true]"), twice, again].join("\n");
    let output = keyaki_with(&["eval", "--batch", "-"], &input);
    let text = out(&output);
    let rows: Vec<&str> = text.lines().collect();
    for (row, id) in rows.iter().zip(["12345678901234567890123", "1.10", "[true]"]) {
        assert!(row.contains(&format!("\"id\":{id},")) && row.contains("allowed"), "{row}");
    }
    for row in &rows[3..] {
        assert!(row.contains("duplicate-member"), "{row}");
    }
}

#[test]
fn a_line_that_is_not_text_is_an_error_of_its_own() {
    let good = json!({"id": "x", "policies": policy("s3:*", "*"), "request": request("s3:GetObject", "*")}).to_string();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("batch.jsonl");
    std::fs::write(&path, [good.as_bytes(), b"\n{\"id\": \"\xff\"}\n", good.as_bytes()].concat())
        .unwrap();
    let output = keyaki(&["eval", "--batch", path.to_str().unwrap()]);
    let lines = lines(&output);
    assert_eq!((code(&output), lines.len()), (2, 3));
    assert_eq!(lines[1]["error"]["code"], "not-utf8");
    assert_eq!(lines[2]["decision"], "allowed");
}

#[test]
fn a_file_without_statements_is_no_policy() {
    for text in ["{}", r#"{"Version": "2012-10-17", "Statment": []}"#] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.json");
        std::fs::write(&path, text).unwrap();
        let output = keyaki_with(
            &["eval", path.to_str().unwrap(), "--request", "-"],
            &request("s3:GetObject", "*").to_string(),
        );
        assert_eq!(code(&output), 2);
        assert!(err(&output).contains("`Statement`"), "{}", err(&output));
    }
}

/// Of fifteen statements that fail in one element the first ten are told, and the one that applies;
/// of the others how many they are.
#[test]
fn explanations_of_large_policies_are_short() {
    let statement = |number: usize| {
        let mut one = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::b{number}/*")});
        if number.is_multiple_of(2) {
            one["Condition"] = json!({"StringEquals": {"aws:PrincipalTag/team": "a"}});
        }
        one
    };
    let statements: Vec<Value> = (0..30)
        .map(statement)
        .chain([json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})])
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let [policy, request] =
        ["policy.json", "request.json"].map(|name| folder.path().join(name).display().to_string());
    std::fs::write(&policy, json!({"Version": "2012-10-17", "Statement": statements}).to_string())
        .unwrap();
    let asked = json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "arn:aws:s3:::q/x"});
    std::fs::write(&request, asked.to_string()).unwrap();
    let arguments = ["eval", &policy, "--request", &request];
    let text = out(&keyaki(&arguments));
    let told: Vec<usize> =
        (1..=31).filter(|number| text.contains(&format!("statement {number} (Allow) "))).collect();
    assert_eq!(told, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 31], "{text}");
    assert!(
        text.contains("and 20 more statements that do not apply (`--format json` shows all)"),
        "{text}"
    );
    let all = lines(&keyaki(&[&arguments[..], &["--format", "json"]].concat()));
    assert_eq!(all[0]["explanation"].as_array().map(Vec::len), Some(31));
}

#[test]
fn eval_explains_itself() {
    let request = request("kms:DescribeKey", "arn:aws:kms:us-east-1:111122223333:key/k");
    let output = keyaki_with(
        &["eval", "proofs/policies/S1-P1.json", "--request", "-"],
        &request.to_string(),
    );
    assert_eq!(code(&output), 0);
    assert!(out(&output).starts_with("implicitDeny\n"), "{}", out(&output));
    assert!(
        out(&output).contains("arn:*:kms:*:::*"),
        "the entry that fails is shown: {}",
        out(&output)
    );
}

#[test]
fn wrong_input_is_exit_code_2_with_a_place() {
    for arguments in [
        &["eval"][..],
        &["can"],
        &["nonsense"],
        &["can", "no-such-file.json"],
        &["can", "Cargo.toml"],
    ] {
        let output = keyaki(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(!err(&output).is_empty() && out(&output).is_empty(), "{arguments:?}");
    }
    let output = keyaki(&["eval", "Cargo.toml", "--request", "-"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("Cargo.toml:1:"), "{}", err(&output));
}

#[test]
fn validate_is_strict_about_kinds() {
    assert_eq!(code(&keyaki(&["validate", "proofs/policies/S0-P1.json", "--kind", "trust"])), 0);
    let identity = ["validate", "proofs/policies/S0-P1.json", "--kind", "identity"];
    let output = keyaki(&[&identity[..], &["--format", "json"]].concat());
    assert_eq!(code(&output), 1);
    let codes: Vec<_> = lines(&output).iter().map(|finding| finding["code"].clone()).collect();
    assert!(codes.contains(&json!("forbidden-element")), "{codes:?}");
}

#[test]
fn help_names_every_command() {
    let output = keyaki(&["--help"]);
    assert_eq!(code(&output), 0);
    for command in ["eval", "can", "compare", "check", "encode", "validate"] {
        assert!(out(&output).contains(command));
    }
}

#[test]
fn statistics_stand_beside_the_answer() {
    let policies = ["proofs/policies/S1-P2.json", "proofs/policies/S3-P17.json"];
    for command in [
        &["compare"][..],
        &["matrix"],
        &["lint"],
        &["can", "--action", "bedrock:GetFoundationModel"],
    ] {
        let ask =
            |more: &[&str]| keyaki(&[command, &policies, &["--engine", "finite"], more].concat());
        let (quiet, told) = (ask(&[]), ask(&["--stats"]));
        assert_eq!(out(&quiet), out(&told), "{command:?}");
        assert!(!err(&quiet).contains("questions ("), "{command:?}: {}", err(&quiet));
        assert!(
            err(&told).contains("finite: ") && err(&told).contains("making clauses"),
            "{command:?}: {}",
            err(&told)
        );
    }
}

#[test]
fn encode_prints_a_script() {
    let output =
        keyaki(&["encode", "compare", "proofs/policies/S2-P1.json", "proofs/policies/S2-P2.json"]);
    assert_eq!(code(&output), 0);
    assert!(out(&output).contains("(check-sat)") && out(&output).contains("(assert"));
}

mod answers {
    use super::*;

    /// Whether the witness of an answer is allowed by a policy, asked of the evaluator through the
    /// command line.
    fn is_allowed(policy: &str, request: &Value) -> bool {
        let output = keyaki_with(
            &["eval", policy, "--request", "-", "--format", "json"],
            &request.to_string(),
        );
        assert_eq!(code(&output), 0, "{}", err(&output));
        lines(&output)[0]["decision"] == "allowed"
    }

    fn seed(id: &str) -> String {
        format!("proofs/policies/{id}.json")
    }

    /// (old, new, relation) as the worked answers say, without the catalogue of services.
    const PAIRS: &[(&str, &str, &str)] = &[
        ("S1-P2", "S3-P17", "narrower"),
        ("S2-P1", "S2-P2", "wider"),
        ("S3-P04", "S3-P29", "equivalent"),
        ("S1-P1", "S3-P16", "incomparable"),
        ("S0-P1", "S0-P1", "error"),
    ];

    #[test]
    fn compare_relates_the_seed_policies() {
        for (old, new, relation) in PAIRS {
            let output = keyaki(&["compare", &seed(old), &seed(new), "--format", "json"]);
            if *relation == "error" {
                assert_eq!(code(&output), 2, "a trust policy is not an identity-based policy");
                continue;
            }
            let answer = &lines(&output)[0];
            assert_eq!(answer["relation"], *relation, "{old} {new}: {}", out(&output));
            assert_eq!(code(&output), i32::from(*relation != "equivalent"));
            for (side, allows, refuses) in [("added", new, old), ("removed", old, new)] {
                let request = &answer[side]["request"];
                if !request.is_null() {
                    assert!(is_allowed(&seed(allows), request), "{old} {new} {side}");
                    assert!(!is_allowed(&seed(refuses), request), "{old} {new} {side}");
                }
            }
        }
    }

    #[test]
    fn witnesses_are_recognisable() {
        let output = keyaki(&["compare", &seed("S2-P1"), &seed("S2-P2"), "--format", "json"]);
        let request = &lines(&output)[0]["added"]["request"];
        assert!(
            request["resource"].as_str().unwrap().ends_with("::foundation-model/deepseek.r1-v1:0"),
            "{request}"
        );
        assert!(
            request["action"].as_str().unwrap().starts_with("bedrock:InvokeModel"),
            "{request}"
        );
        assert_eq!(request["context"], json!({}), "no key that is not needed");
        let output = keyaki(&["compare", &seed("S1-P1"), &seed("S3-P16"), "--format", "json"]);
        assert_eq!(lines(&output)[0]["added"]["request"]["action"], "kms:DescribeKey");
    }

    #[test]
    fn only_asks_one_direction() {
        let output = keyaki(&[
            "compare",
            &seed("S2-P1"),
            &seed("S2-P2"),
            "--only",
            "removed",
            "--format",
            "json",
        ]);
        assert_eq!(code(&output), 0);
        let answer = &lines(&output)[0];
        assert_eq!(
            (&answer["relation"], &answer["added"], &answer["removed"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        assert_eq!(answer["only"], "removed");
    }

    #[test]
    fn can_answers_yes_with_an_allowed_request_and_no_without() {
        let haiku = "arn:aws:bedrock:*::foundation-model/anthropic.claude-3-5-haiku-20241022-v1:0";
        let output = keyaki(&["can", &seed("S0-P3"), "--not-resource", haiku, "--format", "json"]);
        assert_eq!(
            (code(&output), &lines(&output)[0]["answer"]),
            (0, &json!("no")),
            "{}",
            out(&output)
        );
        let output = keyaki(&["can", &seed("S0-P3"), "--resource", haiku, "--format", "json"]);
        assert_eq!(code(&output), 1);
        let answer = &lines(&output)[0];
        assert_eq!(answer["answer"], "yes");
        assert!(is_allowed(&seed("S0-P3"), &answer["request"]));
        assert_eq!(answer["statements"][0]["sid"], "AllowInferenceProfileToInvokeFoundationModels");
    }

    #[test]
    fn every_form_of_a_shape_asks_the_same() {
        let statement = r#"{"Action": "bedrock:*", "Condition": {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}}"#;
        let flags = [
            "can",
            "proofs/policies/S3-P16.json",
            "--action",
            "bedrock:*",
            "--condition",
            "StringEquals aws:RequestedRegion eu-west-1 us-east-1",
            "--format",
            "json",
        ];
        let by_flags = keyaki(&flags);
        let by_statement = keyaki(&[
            "can",
            "proofs/policies/S3-P16.json",
            "--statement",
            statement,
            "--format",
            "json",
        ]);
        assert_eq!(code(&by_flags), 1);
        assert_eq!(without_arguments(&by_flags), without_arguments(&by_statement));
    }

    #[test]
    fn a_condition_value_with_blanks_stands_in_quotes() {
        let ask = |condition: &str| {
            keyaki(&[
                "can",
                "proofs/policies/S3-P16.json",
                "--condition",
                condition,
                "--format",
                "json",
            ])
        };
        let answer = ask("StringEquals aws:PrincipalTag/team 'red blue'");
        assert_eq!(lines(&answer)[0]["request"]["context"]["aws:PrincipalTag/team"], "red blue");
        for wrong in [
            "StringEquals aws:PrincipalTag/team 'red",
            "StringEquals aws:PrincipalTag/team",
            "StringEquals",
        ] {
            assert_eq!(code(&ask(wrong)), 2, "{wrong}");
        }
    }

    #[test]
    fn a_question_that_cannot_be_read_is_not_passed_over() {
        let wide = super::policy("s3:*", "arn:aws:s3:::b/*");
        let good = json!({"id": 1, "old": wide, "new": wide});
        let output = keyaki_with(&["compare", "--batch", "-"], &format!("{good}\nnot json\n"));
        assert_eq!((code(&output), lines(&output).len()), (2, 2));
    }

    #[test]
    fn batches_of_questions() {
        let policy = policy("s3:Get*", "arn:aws:s3:::b/*");
        let wide = super::policy("s3:*", "arn:aws:s3:::b/*");
        let input = format!(
            "{}\n{}\n",
            json!({"id": 1, "policies": {"identity": [policy]}, "statement": {"Action": "s3:Put*"}}),
            json!({"id": 2, "policies": {"identity": [wide]}, "statement": {"Action": "s3:Put*"}})
        );
        let output = keyaki_with(&["can", "--batch", "-"], &input);
        let answers: Vec<_> = lines(&output).iter().map(|line| line["answer"].clone()).collect();
        assert_eq!((code(&output), answers), (1, vec![json!("no"), json!("yes")]));
        let input = format!(
            "{}\n{}\n{}\n",
            json!({"id": "w", "old": policy, "new": {"identity": [wide]}, "kind": "identity"}),
            json!({"id": "r", "old": policy, "new": wide, "kind": "resource"}),
            json!({"id": "e", "old": wide, "new": wide})
        );
        let output = keyaki_with(&["compare", "--batch", "-"], &input);
        let lines = lines(&output);
        assert_eq!((code(&output), lines.len()), (2, 3));
        assert_eq!((&lines[0]["relation"], &lines[0]["removed"]), (&json!("wider"), &Value::Null));
        assert_eq!(
            lines[1]["error"]["code"], "missing-element",
            "a resource-based policy says who"
        );
        assert_eq!(
            (&lines[2]["relation"], &lines[2]["added"]),
            (&json!("equivalent"), &Value::Null)
        );
    }

    #[test]
    fn a_timeout_is_unknown_and_never_no() {
        let flags = [
            "compare",
            "proofs/policies/S1-P1.json",
            "proofs/policies/S3-P16.json",
            "--engine",
            "smtlib:sleep 20",
            "--timeout",
            "0.2",
            "--format",
            "json",
        ];
        let output = keyaki(&flags);
        assert_eq!(
            (code(&output), &lines(&output)[0]["relation"]),
            (3, &json!("unknown")),
            "{}",
            out(&output)
        );
        assert!(lines(&output)[0]["reason"]["code"].is_string());
    }

    #[test]
    fn any_and_feasible_differ_where_they_should() {
        // No account has three digits.
        let condition = "StringEquals aws:PrincipalAccount 123";
        let ask = |requests: &str| {
            code(&keyaki(&[
                "can",
                "proofs/policies/S3-P16.json",
                "--condition",
                condition,
                "--requests",
                requests,
                "--allow-vacuous",
            ]))
        };
        assert_eq!((ask("any"), ask("feasible")), (1, 0));
    }

    #[test]
    fn the_main_job_is_deterministic_and_as_expected() {
        let run = |path: &str| keyaki(&["check", path, "--format", "json"]);
        let first = run("proofs/obligations");
        assert_eq!(code(&first), 0, "{}{}", out(&first), err(&first));
        for file in ["consumption-role.toml", "whole-decision.toml"] {
            let second = without_arguments(&run(&format!("proofs/obligations/{file}")));
            assert!(
                second.lines().count() > 10 && without_arguments(&first).contains(&second),
                "same input, same output: {file}"
            );
        }
        let verdicts = lines(&first);
        assert!(verdicts.len() >= 25);
        assert!(verdicts.iter().all(|verdict| verdict["asExpected"] == true));
        let witnesses = verdicts.iter().filter(|verdict| !verdict["request"].is_null()).count();
        assert!(witnesses >= 25, "{witnesses} confirmed requests");
        assert!(!out(&first).contains("\\u"), "witnesses are readable");
    }

    #[test]
    fn a_wrong_expectation_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("claims.toml");
        let root = env!("CARGO_MANIFEST_DIR");
        let text = format!(
            "[[claim]]\nname = \"x\"\npolicies = [\"{root}/proofs/policies/S3-P16.json\"]\nclaim = \"never\"\nstatement.Action = \"iam:PassRole\"\nexpect = \"holds\"\nwhy = \"w\"\n"
        );
        std::fs::write(&path, &text).unwrap();
        let output = keyaki(&["check", path.to_str().unwrap()]);
        assert_eq!(code(&output), 1);
        assert!(
            out(&output).contains("FAIL violated") && out(&output).contains("iam:PassRole"),
            "{}",
            out(&output)
        );
        std::fs::write(&path, text.replace("claim = \"never\"", "claim = \"nevr\"")).unwrap();
        let output = keyaki(&["check", path.to_str().unwrap()]);
        assert_eq!(code(&output), 2);
        assert!(err(&output).contains("claims.toml:4:"), "{}", err(&output));
    }
}

/// What `eval` notes: `(request and policies, what some note says)`; a twin with a real account, or
/// another action, has no note.
#[test]
fn eval_notes_place_holders_and_what_aws_refuses() {
    let user = "arn:aws:iam::111122223333:user/dev";
    let notes = |policy: &Value, principal: &str, action: &str, resource: &str| -> Vec<String> {
        let line = json!({"id": 1, "policies": {"identity": [policy]},
            "request": {"principal": principal, "action": action, "resource": resource, "context": {}}});
        let output = keyaki_with(&["eval", "--batch", "-"], &line.to_string());
        let notes = lines(&output)[0]["warnings"].as_array().unwrap().clone();
        // What is assumed of roles without a trust policy is another matter.
        notes
            .iter()
            .map(|note| note.as_str().unwrap().to_owned())
            .filter(|note| {
                note.contains("place-holder")
                    || note.contains("is not an account")
                    || note.contains("refuses")
            })
            .collect()
    };
    let on = |resource: &str| policy("iam:*", resource);
    let one = |found: Vec<String>, expected: &str| {
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(expected), "{found:?}");
    };
    let (role, everything) = ("arn:aws:iam::111122223333:role/x", on("*"));
    for account in ["ACCOUNT_ID", "${AWS::AccountId}", "<account>", "11112222333x"] {
        one(
            notes(&on(&format!("arn:aws:iam::{account}:role/x")), user, "iam:GetRole", role),
            "no caller is in",
        );
        one(
            notes(&everything, &format!("arn:aws:iam::{account}:role/x"), "iam:GetRole", role),
            "principal: ",
        );
        one(
            notes(&everything, user, "iam:GetRole", &format!("arn:aws:iam::{account}:role/x")),
            "resource: ",
        );
    }
    for account in ["123456789", "*", "${AWS::AccountId}"] {
        one(
            notes(&everything, user, "iam:GetRole", &format!("arn:aws:iam::{account}:role/x")),
            &format!("resource: `{account}` is not an account"),
        );
        one(
            notes(&everything, &format!("arn:aws:iam::{account}:user/x"), "iam:GetRole", role),
            &format!("principal: `{account}` is not an account"),
        );
    }
    for account in ["", "aws"] {
        assert_eq!(
            notes(&everything, user, "iam:GetRole", &format!("arn:aws:iam::{account}:role/x")),
            [""; 0],
            "{account}"
        );
    }
    let mut conditional = on("*");
    conditional["Statement"][0]["Condition"] =
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::ACCOUNT_ID:role/x"}});
    one(notes(&conditional, user, "iam:GetRole", role), "arn:aws:iam::ACCOUNT_ID:role/x");
    conditional["Statement"][0]["Condition"] =
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}});
    assert_eq!(notes(&conditional, user, "iam:GetRole", role), [""; 0]);
    for account in ["123456789012", "111122223333", "aws", "*", "1111*", "${aws:PrincipalAccount}"]
    {
        assert_eq!(
            notes(&on(&format!("arn:aws:iam::{account}:role/x")), user, "iam:GetRole", role),
            [""; 0],
            "{account}"
        );
    }
    let many: Vec<String> =
        (0..9).map(|number| format!("arn:aws:iam::ACCOUNT:role/{number}")).collect();
    let many = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:*", "Resource": many}]});
    assert_eq!(notes(&many, user, "iam:GetRole", role).len(), 6);
    // What AWS refuses itself: the decision stays that of the policies.
    let managed = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    one(notes(&everything, user, "iam:DeletePolicy", managed), "F32");
    assert_eq!(notes(&everything, user, "iam:GetPolicy", managed), [""; 0]);
    assert_eq!(
        notes(&everything, user, "iam:DeletePolicy", "arn:aws:iam::111122223333:policy/own"),
        [""; 0]
    );
    let reserved = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/x";
    one(notes(&everything, user, "iam:deleteRole", reserved), "F32");
    assert_eq!(notes(&everything, user, "iam:DeleteRole", role), [""; 0]);
    let alias = "arn:aws:kms:us-east-1:111122223333:alias/aws/s3";
    one(notes(&policy("kms:*", "*"), user, "kms:CreateAlias", alias), "F32");
    assert_eq!(
        notes(
            &policy("kms:*", "*"),
            user,
            "kms:CreateAlias",
            "arn:aws:kms:us-east-1:111122223333:alias/aws-s3"
        ),
        [""; 0]
    );
}

/// Roles that AWS makes for resources of an account, and origin access identities: each with a twin
/// under another name.
#[test]
fn special_principals_can_ask() {
    let exempt = |role: &str| {
        let deny = json!({"Effect": "Deny", "Action": "kms:*", "Resource": "*",
            "Condition": {"ArnNotLikeIfExists": {"aws:PrincipalArn": format!("arn:aws:iam::*:role/{role}")}}});
        let scp = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, deny]});
        json!({"id": role, "policies": {"identity": [policy("*", "*")], "scp": [[scp]]}, "statement": {"Action": "kms:Decrypt"}})
    };
    let named = |name: &str, asks: &str| {
        let arn = |name: &str| format!("arn:aws:iam::cloudfront:user/{name}");
        let grant = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": arn(name)},
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]});
        json!({"id": asks, "policies": {"resource": grant, "identity": []}, "statement": {"Principal": {"AWS": arn(asks)}, "Action": "s3:GetObject"}})
    };
    let identity = "CloudFront Origin Access Identity E1A2";
    let cases = [
        (exempt("aws:ec2-infrastructure"), "yes"),
        (exempt("awx:ec2-infrastructure"), "no"),
        (named(identity, identity), "yes"),
        (named(identity, "CloudFront Origin Access Identity E1A3"), "no"),
        (named("CloudFront", "CloudFront"), "no"),
    ];
    let input: String = cases.iter().map(|(line, _)| format!("{line}\n")).collect();
    let answers = lines(&keyaki_with(&["can", "--batch", "-"], &input));
    assert_eq!(answers.len(), cases.len());
    for ((case, expected), answer) in cases.iter().zip(answers) {
        assert_eq!(answer["answer"], *expected, "{case}: {answer}");
    }
}

/// `--unknown-keys` in `can`, `compare`, batches and `check`, and `unknown_keys` in claims: the
/// same word everywhere.
#[test]
fn unknown_keys_are_considered_where_somebody_asks_for_it() {
    let on = |key: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
            "Condition": {"StringEquals": {key: "o-a"}}}]})
    };
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let misspelt = file("unknown-key.json", on("aws:PrincipleOrgID").to_string());
    let nothing = file(
        "unknown-key-nothing.json",
        json!({"Version": "2012-10-17", "Statement": []}).to_string(),
    );
    let named = "`aws:PrincipleOrgID`: this is neither a global key nor a key of the catalogue";
    let plain = keyaki(&["can", &misspelt]);
    assert!(code(&plain) == 0 && out(&plain).contains(named), "{}", out(&plain));
    let considered = keyaki(&["can", &misspelt, "--unknown-keys"]);
    assert!(code(&considered) == 1 && !out(&considered).contains(named), "{}", out(&considered));
    for (flags, relation) in [(&[][..], "equivalent"), (&["--unknown-keys"][..], "wider")] {
        let output =
            keyaki(&[&["compare", &nothing, &misspelt, "--format", "json"], flags].concat());
        assert_eq!(lines(&output)[0]["relation"], relation, "{flags:?}");
    }
    let line =
        json!({"id": "x", "policies": {"identity": [on("aws:PrincipleOrgID")]}, "statement": {}})
            .to_string();
    for (flags, answer) in [(&[][..], "no"), (&["--unknown-keys"][..], "yes")] {
        let output = keyaki_with(&[&["can", "--batch", "-"], flags].concat(), &line);
        assert_eq!(lines(&output)[0]["answer"], answer, "{flags:?}");
    }
    let claim = |more: &str| {
        format!(
            "[[claim]]\nname = \"n\"\nclaim = \"never\"\npolicies = [\"unknown-key.json\"]\n{more}expect = \"holds\"\nwhy = \"x\"\n"
        )
    };
    let claims = file("unknown-keys.toml", claim(""));
    assert_eq!(code(&keyaki(&["check", &claims])), 0);
    assert_eq!(code(&keyaki(&["check", &claims, "--unknown-keys"])), 1);
    let claims = file("unknown-keys-considered.toml", claim("unknown_keys = true\n"));
    assert_eq!(code(&keyaki(&["check", &claims])), 1);
}
