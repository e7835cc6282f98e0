//! Claims about an estate, and questions as one of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use crate::support::command::{code, err, keyaki, lines, out};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

const EXAMPLE: &str = "proofs/estates/example";

/// A policy of one statement, as the own form has it.
fn document(statement: Value) -> Value {
    json!({"name": "p", "document": {"Version": "2012-10-17", "Statement": [statement]}})
}

fn file(folder: &TempDir, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn claims_about_the_example_are_as_expected() {
    let checked = keyaki(&["check", "proofs/obligations/estates.toml", "--format", "json"]);
    assert_eq!(code(&checked), 0, "{}", err(&checked));
    let rows = lines(&checked);
    assert!(rows.len() >= 7);
    for row in &rows {
        assert_eq!(row["asExpected"], json!(true), "{row}");
        // What shows a violation is somebody, with a request.
        assert_eq!(row["verdict"] == json!("violated"), row["principals"] != json!([]), "{row}");
        assert_eq!(row["verdict"] == json!("violated"), row["request"] != Value::Null, "{row}");
    }
}

/// A claim about an estate says what its kind needs, and names nobody who is not there.
#[test]
fn mistakes_in_claims_about_estates_are_told() {
    let folder = TempDir::new().unwrap();
    let example = fs::canonicalize(EXAMPLE).unwrap();
    let claim = |lines: &str| {
        let estate = example.to_str().unwrap();
        format!(
            "[[claim]]\nname = \"c\"\nestate = {estate:?}\n{lines}\nstatement.Action = \"s3:GetObject\"\nexpect = \"holds\"\n"
        )
    };
    let cases = [
        ("claim = \"only\"", "`only` has a list"),
        ("claim = \"only\"\nonly = []", "`only` has a list"),
        ("claim = \"everybody_in\"", "`everybody_in` a list"),
        ("claim = \"nobody\"\nonly = [\"root users\"]", "`nobody` has none"),
        ("claim = \"never\"", "`never` and `some` have `as`"),
        ("claim = \"equivalent\"", "`estate` belongs to claims about an estate"),
        ("claim = \"only\"\nonly = [\"members of group/nobody\"]", "no group `group/nobody`"),
        ("claim = \"only\"\nonly = [\"999999999999\"]", "no principal of the estate is"),
        ("claim = \"only\"\nonly = [\"arn:aws:iam::*:role/none-*\"]", "no principal of the estate"),
        (
            "claim = \"never\"\nas = \"arn:aws:iam::444455556666:role/research/experiment\"",
            "did you mean `arn:aws:iam::444455556666:role/research/experiments`?",
        ),
        ("claim = \"never\"\nas = \"experiments\"", "is not the ARN of a user"),
        (
            "claim = \"only\"\nonly = [\"111122223333\"]\naccount = \"111122223333\"",
            "so that nobody is asked",
        ),
        (
            "claim = \"everybody_in\"\nin = [\"111122223333\"]\naccount = \"444455556666\"",
            "that `account` leaves out",
        ),
        (
            "claim = \"never\"\nas = \"arn:aws:iam::111122223333:root\"\naccount = \"444455556666\"",
            "`as` says who asks",
        ),
        ("claim = \"nobody\"\naccount = \"777788889999\"", "has no account `777788889999`"),
        (
            "claim = \"nobody\"\nstatement.Principal = \"arn:aws:iam::444455556666:role/none-*\"",
            "has no principal `arn:aws:iam::444455556666:role/none-*`",
        ),
        (
            "claim = \"only\"\nonly = [\"root users\"]\npolicies = [\"p.json\"]",
            "neither `policies`",
        ),
    ];
    for (lines, says) in cases {
        let path = file(&folder, "claims.toml", claim(lines));
        let checked = keyaki(&["check", &path]);
        assert_eq!(code(&checked), 2, "{lines}");
        assert!(err(&checked).contains(says), "{lines}: {}", err(&checked));
    }
}

#[test]
fn a_question_is_asked_as_one_of_an_estate() {
    let research = "arn:aws:iam::444455556666:role/research/experiments";
    let as_one = |arn: &str, more: &[&str]| {
        let words = [&["can", "--estate", EXAMPLE, "--as", arn, "-f", "json"], more].concat();
        keyaki(&words)
    };
    let models = ["--action", "bedrock:InvokeModel"];
    let yes = as_one(research, &models);
    assert_eq!(code(&yes), 1, "{}", err(&yes));
    let answer = &lines(&yes)[0];
    assert_eq!(answer["answer"], json!("yes"));
    let principal = answer["request"]["principal"].to_string();
    assert!(principal.contains("assumed-role/experiments/"), "{principal}");
    let region = ["--condition", "StringEquals aws:RequestedRegion eu-west-1", "--why"];
    let no = as_one(research, &[&models[..], &region[..]].concat());
    assert_eq!(code(&no), 0, "{}", err(&no));
    let answer = &lines(&no)[0];
    assert_eq!(answer["answer"], json!("no"));
    // The SCP of its unit refuses, and is named.
    assert_eq!(answer["why"][0]["layer"], json!("scp"), "{answer}");
    let nobody = as_one("arn:aws:iam::444455556666:role/research/experiment", &models);
    assert_eq!(code(&nobody), 2);
    assert!(err(&nobody).contains(&format!("did you mean `{research}`?")), "{}", err(&nobody));
    let policy = "proofs/policies/S0-P5.json";
    for (words, says) in [
        (vec!["can", policy, "--estate", EXAMPLE, "--as", research], "leave the policy files out"),
        (vec!["can", "--estate", EXAMPLE, "-a", "s3:GetObject"], "needs `--as ARN`"),
        // Whoever asks is said once: two callers would be nobody, and a "no" for each question.
        (
            vec!["can", "--estate", EXAMPLE, "--as", research, "-p", "arn:aws:iam::*:user/*"],
            "`--as` says who asks",
        ),
        (
            vec!["can", "--estate", EXAMPLE, "--as", research, "--account", "111122223333"],
            "`--as` says who asks",
        ),
        // No flag is ignored.
        (vec!["can", "--estate", EXAMPLE, "--as", research, "--batch", policy], "cannot be used"),
        (
            vec!["compare", "--estate", EXAMPLE, "--as", research, "--batch", policy],
            "cannot be used",
        ),
        (vec!["eval", "--estate", EXAMPLE, "--batch", policy], "cannot be used"),
        (
            vec!["can", "--estate", EXAMPLE, "--as", research, "--call", "bedrock:InvokeModel"],
            "cannot be used",
        ),
        (
            vec!["who-can", EXAMPLE, "-p", "arn:aws:iam::444455556666:role/none-*"],
            "has no principal `arn:aws:iam::444455556666:role/none-*`",
        ),
        (
            vec!["who-can", EXAMPLE, "-p", "arn:aws:sts::444455556666:assumed-role/none/s"],
            "has no principal",
        ),
        (vec!["who-can", EXAMPLE, "--account", "777788889999"], "has no account `777788889999`"),
        (vec!["eval", policy, "--estate", EXAMPLE, "--request", policy], "leave the policy files"),
    ] {
        let wrong = keyaki(&words);
        assert_eq!(code(&wrong), 2, "{words:?}");
        assert!(err(&wrong).contains(says), "{words:?}: {}", err(&wrong));
    }
}

/// `eval` takes what binds a request from the estate: each "yes" of `who-can` is allowed.
#[test]
fn what_somebody_can_is_allowed_by_the_layers_of_the_estate() {
    let folder = TempDir::new().unwrap();
    let who = keyaki(&[
        "who-can",
        EXAMPLE,
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::example-training-data/*",
        "-f",
        "json",
    ]);
    let found: Vec<Value> =
        lines(&who).into_iter().filter(|line| line["answer"] == json!("yes")).collect();
    assert!(found.len() > 20, "{}", err(&who));
    for line in found.iter().step_by(5) {
        let request = file(&folder, "request.json", line["request"].to_string());
        let said = keyaki(&["eval", "--estate", EXAMPLE, "--request", &request, "-f", "json"]);
        assert_eq!(lines(&said)[0]["decision"], json!("allowed"), "{line} {}", err(&said));
    }
    // A key that the estate does not have is nobody's.
    let request = json!({"principal": "arn:aws:iam::123456789012:root", "action": "kms:Decrypt",
        "resource": "arn:aws:kms:us-east-1:123456789012:key/none", "context": {}});
    let request = file(&folder, "request.json", request.to_string());
    let said = keyaki(&["eval", "--estate", EXAMPLE, "--request", &request, "-f", "json"]);
    let answer = &lines(&said)[0];
    assert_ne!(answer["decision"], json!("allowed"), "{}", out(&said));
    let layers = answer["layers"].as_array().unwrap();
    let of_key = layers.iter().find(|layer| layer["layer"] == json!("resource")).unwrap();
    assert_eq!(of_key["says"], json!("no statement allows this"));
}

/// Policies are compared with what else binds the principal.
#[test]
fn policies_are_compared_as_those_of_one_of_an_estate() {
    let folder = TempDir::new().unwrap();
    let document = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}]})
        .to_string()
    };
    let (old, new) = (
        file(&folder, "old.json", document("bedrock:ListFoundationModels")),
        file(&folder, "new.json", document("bedrock:InvokeModel")),
    );
    let research = "arn:aws:iam::444455556666:role/research/experiments";
    let alone = keyaki(&["compare", &old, &new, "--only", "added", "-f", "json"]);
    assert_eq!(code(&alone), 1, "{}", err(&alone));
    let bound = keyaki(&[
        "compare", &old, &new, "--only", "added", "--estate", EXAMPLE, "--as", research, "-f",
        "json",
    ]);
    // The SCP refuses the Region.
    assert_eq!(code(&bound), 0, "{} {}", out(&bound), err(&bound));
    // What differs, differs for the principal, and for nobody else.
    let (old, new) = (document("dynamodb:ListTables"), document("sqs:ListQueues"));
    let anywhere = |text: String| text.replace("eu-west-1", "us-east-1");
    let (old, new) =
        (file(&folder, "old.json", anywhere(old)), file(&folder, "new.json", anywhere(new)));
    let bound =
        keyaki(&["compare", &old, &new, "--estate", EXAMPLE, "--as", research, "-f", "json"]);
    let answer = &lines(&bound)[0];
    // The boundary refuses what the old policy allows.
    assert_eq!(answer["removed"], Value::Null, "{answer}");
    let principal = answer["added"]["request"]["principal"].to_string();
    assert!(principal.contains("assumed-role/experiments/"), "{answer}");
}

/// What else an estate may hold and no answer looks at is said, and only where it is asked about.
#[test]
fn answers_name_what_is_not_read() {
    let folder = TempDir::new().unwrap();
    let role = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_1";
    let codes = |account: Value, more: Value, words: &[&str]| {
        let mut estate = json!({"keyaki": "estate", "version": 1,
            "accounts": {"111122223333": account},
            "shared": ["arn:aws:sqs:us-east-1:111122223333:q"],
            "roles": [{"arn": role, "trust": document(json!({"Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}))}]});
        estate.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = file(&folder, "estate.json", estate.to_string());
        let said = keyaki(&[&["who-can", &path, "-f", "json"], words].concat());
        let summary = lines(&said).pop().unwrap_or_else(|| panic!("{}", err(&said)));
        let caveats = summary["caveats"].as_array().unwrap().iter();
        let codes = caveats.map(|one| one["code"].as_str().unwrap().to_owned());
        let named = [
            "kms-grants",
            "estate-shares",
            "estate-identity-center",
            "estate-resources",
            "estate-collected",
            "estate-block-public-access",
        ];
        codes.filter(|code| named.contains(&code.as_str())).collect::<Vec<String>>()
    };
    let all = json!({"principals": true, "resources": true});
    let some = json!({"principals": true, "resources": true, "services": ["s3", "sqs"]});
    let whole = |words: &[&str]| codes(all.clone(), json!({}), words);
    assert_eq!(whole(&["-a", "kms:Decrypt"]), ["kms-grants"]);
    assert_eq!(whole(&["-a", "sts:AssumeRole"]), ["estate-identity-center"]);
    assert_eq!(whole(&["-a", "sqs:SendMessage"]), ["estate-shares"]);
    let other = "arn:aws:sqs:us-east-1:111122223333:other";
    assert!(whole(&["-a", "sqs:SendMessage", "-r", other]).is_empty());
    assert!(whole(&["-a", "dynamodb:GetItem"]).is_empty());
    // Of which services the resources are known counts where they are asked about.
    let part = |action: &str| codes(some.clone(), json!({}), &["-a", action]);
    assert_eq!(part("s3:GetObject"), ["estate-collected"]);
    assert_eq!(part("dynamodb:GetItem"), ["estate-resources"]);
    assert_eq!(part("iam:GetRole"), ["estate-collected"]);
    assert!(part("*").contains(&"estate-resources".to_owned()));
    // An S3 policy of the organization may say otherwise than the account and the bucket.
    let organized = |on: bool| {
        let mut account = all.clone();
        account["blockPublicAccess"] = json!({});
        let open = document(json!({"Effect": "Allow", "Principal": "*", "Action": "s3:*",
            "Resource": "*"}));
        let more = json!({
            "resources": [{"arn": "arn:aws:s3:::b", "account": "111122223333", "policy": open,
                "aclsOff": true, "blockPublicAccess": {}}],
            "organization": {"id": "o-abcdefghij", "managementAccount": "999988887777",
                "scps": false, "rcps": false, "s3Policies": on, "units": [{"id": "r-ab12"}],
                "members": {"111122223333": {"unit": "r-ab12"}}}});
        codes(account, more, &["-a", "s3:GetObject"])
    };
    assert!(organized(false).is_empty());
    assert_eq!(organized(true), ["estate-block-public-access"]);
}

/// A key of KMS may be there of which the folder has none, where the folder has no keys at all: then
/// whoever is allowed something on keys may have it.
#[test]
fn what_was_not_collected_is_not_taken_for_absent() {
    let folder = TempDir::new().unwrap();
    let code_of = |account: Value| {
        let estate = json!({"keyaki": "estate", "version": 1, "accounts": {"111122223333": account},
            "roles": [{"arn": "arn:aws:iam::111122223333:role/r", "policies": [document(json!(
                {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}))]}]});
        let path = file(&folder, "estate.json", estate.to_string());
        code(&keyaki(&["who-can", &path, "-a", "kms:Decrypt"]))
    };
    assert_eq!(code_of(json!({"principals": true, "resources": true})), 0);
    let part =
        |services: Value| json!({"principals": true, "resources": true, "services": services});
    assert_eq!(code_of(part(json!(["kms"]))), 0);
    assert_eq!(code_of(part(json!(["s3"]))), 1);
}

/// What an answer about buckets does not know is said, and only there.
#[test]
fn answers_about_buckets_name_what_is_not_modelled() {
    let folder = TempDir::new().unwrap();
    let codes = |bucket: Value, action: &str| {
        let mut resource = json!({"arn": "arn:aws:s3:::b", "account": "111122223333"});
        resource.as_object_mut().unwrap().extend(bucket.as_object().unwrap().clone());
        let estate = json!({"keyaki": "estate", "version": 1, "resources": [resource],
            "accounts": {"111122223333": {"principals": true, "resources": true}}});
        let path = file(&folder, "estate.json", estate.to_string());
        let said = keyaki(&["who-can", &path, "--action", action, "-f", "json"]);
        let summary = lines(&said).pop().unwrap_or_else(|| panic!("{}", err(&said)));
        let caveats = summary["caveats"].as_array().unwrap().iter();
        caveats.map(|one| one["code"].as_str().unwrap().to_owned()).collect::<Vec<String>>()
    };
    let has = |codes: &[String], code: &str| codes.iter().any(|one| one == code);
    let open = codes(json!({}), "s3:GetObject");
    assert!(has(&open, "estate-acls") && !has(&open, "estate-block-public-access"), "{open:?}");
    let blocked = json!({"aclsOff": true, "blockPublicAccess": {"restrictPublicBuckets": true}});
    let closed = codes(blocked.clone(), "s3:GetObject");
    assert!(
        !has(&closed, "estate-acls") && !has(&closed, "estate-block-public-access"),
        "{closed:?}"
    );
    let other = codes(blocked, "sqs:SendMessage");
    assert!(!has(&other, "estate-acls") && !has(&other, "estate-block-public-access"), "{other:?}");
    // Whether a policy is restricted is asked where it is public, or may be.
    let with = |principal: Value, block: Value, condition: Value| {
        let mut bucket = json!({"aclsOff": true, "policy": document(json!({
            "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::b/*", "Condition": condition}))});
        if !block.is_null() {
            bucket["blockPublicAccess"] = json!({"restrictPublicBuckets": block});
        }
        has(&codes(bucket, "s3:GetObject"), "estate-block-public-access")
    };
    let (nothing, tag) = (json!({}), json!({"StringEquals": {"aws:PrincipalAccount": "1"}}));
    assert!(with(json!("*"), Value::Null, nothing.clone()));
    assert!(!with(json!({"AWS": "222233334444"}), Value::Null, nothing.clone()));
    assert!(!with(json!("*"), json!(true), nothing));
    assert!(with(json!("*"), json!(true), tag));
}

/// A role is let into by its trust policy, whether or not all roles of its account are known.
#[test]
fn a_trust_policy_counts_in_accounts_of_which_not_all_is_known() {
    let folder = TempDir::new().unwrap();
    let role = "arn:aws:iam::111122223333:role/closed";
    let assume = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role});
    let trust = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}});
    let estate = json!({"keyaki": "estate", "version": 1,
        "accounts": {"111122223333": {"principals": false, "resources": true}},
        "users": [{"arn": "arn:aws:iam::111122223333:user/ann", "policies": [document(assume)]}],
        "roles": [{"arn": role, "trust": document(trust)}]});
    let path = file(&folder, "estate.json", estate.to_string());
    let said = keyaki(&["who-can", &path, "-a", "sts:AssumeRole", "-r", role, "-f", "json"]);
    let mut can = lines(&said);
    can.retain(|line| line["answer"] == json!("yes"));
    let can: Vec<&Value> = can.iter().map(|line| &line["principal"]).collect();
    assert_eq!(can, [&json!("services")]);
}

/// What is attached to a caller whom the estate does not have is not known, and no decision is had.
#[test]
fn eval_over_an_estate_decides_for_its_principals_only() {
    let folder = TempDir::new().unwrap();
    for (principal, says) in [
        ("arn:aws:iam::777788889999:user/x", "does not say what is attached"),
        ("arn:aws:sts::444455556666:federated-user/x", "does not say what is attached"),
        ("arn:aws:iam::444455556666:user/none", "has no principal"),
    ] {
        let request = json!({"principal": principal, "action": "s3:GetObject",
            "resource": "arn:aws:s3:::example-reports/x", "context": {}});
        let request = file(&folder, "request.json", request.to_string());
        let said = keyaki(&["eval", "--estate", EXAMPLE, "--request", &request]);
        assert_eq!(code(&said), 2, "{principal}: {}", out(&said));
        assert!(err(&said).contains(says), "{principal}: {}", err(&said));
    }
}

/// `eval` keeps strangers out of a public bucket that is restricted, too, and says by what.
#[test]
fn eval_knows_block_public_access() {
    let folder = TempDir::new().unwrap();
    let anyone = document(json!({"Effect": "Allow", "Principal": "*",
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}));
    let bucket = json!({"arn": "arn:aws:s3:::b", "account": "111122223333", "policy": anyone});
    let estate = |restricted: bool| {
        json!({"keyaki": "estate", "version": 1, "resources": [bucket], "accounts": {"111122223333":
            {"principals": true, "resources": true,
             "blockPublicAccess": {"restrictPublicBuckets": restricted}}}})
    };
    let decided = |restricted: bool, who: &str| {
        let path = file(&folder, "estate.json", estate(restricted).to_string());
        let request = json!({"principal": who, "action": "s3:GetObject",
            "resource": "arn:aws:s3:::b/k", "resourceAccount": "111122223333",
            "context": {}});
        let request = file(&folder, "request.json", request.to_string());
        let said = keyaki(&["eval", "--estate", &path, "--request", &request]);
        assert_eq!(err(&said), "", "{who}");
        out(&said)
    };
    assert!(decided(false, "anonymous").contains("allowed"), "{}", decided(false, "anonymous"));
    let refused = decided(true, "anonymous");
    assert!(refused.contains("S3BlockPublicAccess"), "{refused}");
    let service = decided(true, "cloudtrail.amazonaws.com");
    assert!(!service.contains("S3BlockPublicAccess"), "{service}");
}

/// A line of a file of questions has each member once.
#[test]
fn a_question_that_says_two_things_is_refused() {
    let folder = TempDir::new().unwrap();
    let line = r#"{"id": "a", "statement": {"Action": "s3:GetObject"}, "statement": {"Action": "s3:PutObject"}}"#;
    let questions = file(&folder, "questions.jsonl", line);
    let said = keyaki(&["who-can", EXAMPLE, "--questions", &questions]);
    assert_eq!(code(&said), 2, "{}", out(&said));
    assert!(err(&said).contains("questions.jsonl, line 1"), "{}", err(&said));
}

/// Service-linked roles of accounts whose principals are not known are left out where organization
/// policies apply, and the answer says it.
#[test]
fn service_linked_roles_that_are_left_out_are_said_to_be() {
    let folder = TempDir::new().unwrap();
    let allow = |principal: Value| {
        let mut statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        if !principal.is_null() {
            statement["Principal"] = principal;
        }
        json!({"name": "p", "document": {"Version": "2012-10-17", "Statement": [statement]}})
    };
    let deny = |kind: &str| {
        let statement = json!({"Effect": "Deny", "Action": "sqs:*", "Resource": "*"});
        let mut policy =
            json!({"name": "d", "document": {"Version": "2012-10-17", "Statement": [statement]}});
        if kind == "rcps" {
            policy["document"]["Statement"][0]["Principal"] = json!("*");
        }
        policy
    };
    let ask = |policies: Option<&str>, principals: bool, more: &[&str]| {
        let mut unit = json!({"id": "r-ab12"});
        if let Some(kind) = policies {
            let open = if kind == "rcps" { allow(json!("*")) } else { allow(Value::Null) };
            unit[kind] = json!([open, deny(kind)]);
        }
        let account = json!({"principals": principals, "resources": true});
        let queue = "arn:aws:sqs:us-east-1:444455556666:q";
        let estate = json!({"keyaki": "estate", "version": 1,
            "accounts": {"111122223333": account, "444455556666": {"principals": true, "resources": true}},
            "organization": {"id": "o-abcdefghij", "managementAccount": "999988887777",
                "scps": policies == Some("scps"), "rcps": policies == Some("rcps"), "units": [unit],
                "members": {"111122223333": {"unit": "r-ab12"}, "444455556666": {"unit": "r-ab12"}}},
            "resources": [{"arn": queue, "policy": allow(json!({"AWS": "111122223333"}))}]});
        let path = file(&folder, "estate.json", estate.to_string());
        let words = [&["who-can", &path, "-a", "sqs:SendMessage", "-f", "json"], more].concat();
        let said = keyaki(&words);
        let summary = lines(&said).pop().unwrap_or_else(|| panic!("{}", err(&said)));
        let caveats = summary["caveats"].as_array().unwrap().iter();
        caveats.filter(|one| one["code"] == json!("estate-service-linked-roles")).count()
    };
    // The SCP of a member whose roles nobody knows, and the RCP of the queue.
    assert_eq!(ask(Some("scps"), false, &[]), 1);
    assert_eq!(ask(Some("rcps"), false, &[]), 1);
    // Nothing that they would escape; every role is known; they are asked about by name.
    assert_eq!(ask(None, false, &[]), 0);
    assert_eq!(ask(Some("scps"), true, &[]), 0);
    let role = "arn:aws:iam::111122223333:role/aws-service-role/*";
    assert_eq!(ask(Some("scps"), false, &["-p", role]), 0);
}

/// A repository `a/b` has a policy of its own: that of `a` does not let anybody in.
#[test]
fn what_has_its_own_policy_is_not_governed_by_what_it_is_named_after() {
    let folder = TempDir::new().unwrap();
    let [owner, other] = ["111122223333", "444455556666"];
    let action = "ecr:BatchGetImage";
    let outer = format!("arn:aws:ecr:us-east-1:{owner}:repository/a");
    let policy = |account: &str| {
        json!({"name": "policy", "document": {"Version": "2012-10-17", "Statement":
            {"Effect": "Allow", "Principal": {"AWS": account}, "Action": action}}})
    };
    let all = json!({"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": action, "Resource": "*"}});
    let known = json!({"principals": true, "resources": true});
    let user = format!("arn:aws:iam::{other}:user/u");
    let estate = json!({"keyaki": "estate", "version": 1,
        "accounts": {owner: known, other: known},
        "users": [{"arn": user, "tags": {}, "policies": [{"name": "p", "document": all}]}],
        "resources": [{"arn": outer, "policy": policy(other)},
            {"arn": format!("{outer}/b"), "policy": policy(owner)}]});
    let estate = file(&folder, "estate.json", estate.to_string());
    let of = |resource: &str| {
        let words = ["who-can", &estate, "-a", action, "-r", resource, "--all", "--format", "json"];
        let told = lines(&keyaki(&words));
        let of_user = told.iter().find(|line| line["principal"] == json!(user));
        of_user.unwrap()["answer"].clone()
    };
    assert_eq!(of(&outer), "yes");
    assert_eq!(of(&format!("{outer}/c")), "yes");
    assert_eq!(of(&format!("{outer}/b")), "no");
    assert_eq!(of(&format!("{outer}/b/d")), "no");
}

/// A repository `a/b` without a policy, beside `a`, which has one that refuses everything.
#[test]
fn what_has_no_policy_is_asked_about_beside_what_it_is_named_after() {
    let folder = TempDir::new().unwrap();
    let outer = "arn:aws:ecr:us-east-1:111122223333:repository/a";
    let [role, action] = ["arn:aws:iam::111122223333:role/r", "ecr:BatchGetImage"];
    let inner = format!("{outer}/b");
    let estate = |allowed: &str| {
        let refusal = document(json!({"Effect": "Deny", "Principal": "*", "Action": "ecr:*"}));
        let granted = document(json!({"Effect": "Allow", "Action": action, "Resource": allowed}));
        json!({"keyaki": "estate", "version": 1,
            "accounts": {"111122223333": {"principals": true, "resources": true}},
            "roles": [{"arn": role, "policies": [granted]}],
            "resources": [{"arn": outer, "policy": refusal}, {"arn": inner}]})
    };
    for (allowed, expected) in [(inner.as_str(), "yes"), (outer, "no"), ("*", "yes")] {
        let estate = file(&folder, "estate.json", estate(allowed).to_string());
        let told = lines(&keyaki(&["who-can", &estate, "-a", action, "--all", "--format", "json"]));
        let of_role = told.iter().find(|line| line["principal"] == json!(role)).unwrap();
        assert_eq!(of_role["answer"], expected, "{allowed}: {of_role}");
    }
}

/// A user of one account, who may copy objects; what buckets say; and keys of KMS.
#[test]
fn who_can_make_a_call_is_asked_where_its_resources_are() {
    let folder = TempDir::new().unwrap();
    let [home, other] = ["111122223333", "444455556666"];
    let user = format!("arn:aws:iam::{home}:user/u");
    let known = json!({"principals": true, "resources": true});
    let answers = |call: &[&str], identity: Value, resources: Value| -> (Value, Vec<Value>) {
        let estate = json!({"keyaki": "estate", "version": 1,
            "accounts": {home: known, other: known},
            "users": [{"arn": user, "tags": {}, "policies": [document(identity)]}],
            "resources": resources});
        let estate = file(&folder, "estate.json", estate.to_string());
        let words = [&["who-can", &estate, "--all", "--format", "json", "--call"], call].concat();
        let asked = keyaki(&words);
        assert!(code(&asked) < 2, "{}", err(&asked));
        let mut told = lines(&asked);
        let summary = told.pop().unwrap();
        assert_eq!(summary["question"]["call"], call[0]);
        (summary, told)
    };
    let of = |told: &[Value], name: &str| -> Value {
        told.iter().find(|line| line["principal"] == json!(name)).unwrap().clone()
    };
    let bucket = |name: &str, account: &str, policy: Option<Value>| {
        let arn = format!("arn:aws:s3:::{name}");
        match policy {
            Some(statement) => {
                json!({"arn": arn, "account": account, "policy": document(statement)})
            }
            None => json!({"arn": arn, "account": account}),
        }
    };
    let let_in = |effect: &str, principal: Value, action: &str, resource: &str| json!({"Effect": effect, "Principal": principal, "Action": action, "Resource": resource});
    let from_b1_to_b2 = json!({"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": ["arn:aws:s3:::b1/*", "arn:aws:s3:::b2/*"]});
    let [one, two] = ["arn:aws:s3:::b1/*", "arn:aws:s3:::b2/*"];
    let copy = ["s3:CopyObject", "--where", "SourceBucket=b1", "--where", "Bucket=b2"];
    let nobody_else = |told: &Value| told["nobodyElse"] == json!(true);

    // In one account, then to a bucket of another one that lets nobody in, and that lets it in.
    let own = json!([bucket("b1", home, None), bucket("b2", home, None)]);
    let (summary, told) = answers(&copy, from_b1_to_b2.clone(), own);
    let found = of(&told, &user);
    assert_eq!(found["answer"], "yes");
    assert_eq!(found["requests"].as_array().unwrap().len(), 2);
    assert_eq!(found["authorizations"][1]["request"], found["requests"][1]);
    assert_eq!(found["variables"]["Bucket"], "b2");
    assert!(nobody_else(&summary), "{summary}");
    let foreign = json!([bucket("b1", home, None), bucket("b2", other, None)]);
    let (_, told) = answers(&copy, from_b1_to_b2.clone(), foreign);
    assert_eq!(of(&told, &user)["answer"], "no");
    let policy = let_in("Allow", json!({"AWS": home}), "s3:PutObject", two);
    let foreign = json!([bucket("b1", home, None), bucket("b2", other, Some(policy))]);
    let (_, told) = answers(&copy, from_b1_to_b2.clone(), foreign);
    let found = of(&told, &user);
    assert_eq!(found["answer"], "yes");
    let layers: Vec<&Value> = found["authorizations"][1]["statements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|statement| &statement["layer"])
        .collect();
    assert!(layers.contains(&&json!("resource")), "{layers:?}");

    // The source refuses.
    let policy = let_in("Deny", json!("*"), "s3:GetObject", one);
    let refusing = json!([bucket("b1", home, Some(policy)), bucket("b2", home, None)]);
    let (_, told) = answers(&copy, from_b1_to_b2.clone(), refusing.clone());
    assert_eq!(of(&told, &user)["answer"], "no");
    let open = ["s3:CopyObject"];
    let (_, told) = answers(&open, from_b1_to_b2.clone(), refusing);
    assert_eq!(of(&told, &user)["variables"]["SourceBucket"], "b2");

    // Outsiders: to a bucket of their own, of which nobody here knows anything.
    let public = let_in("Allow", json!("*"), "s3:GetObject", one);
    let resources = json!([bucket("b1", home, Some(public)), bucket("b2", home, None)]);
    let nothing = json!({"Effect": "Deny", "Action": "*", "Resource": "*"});
    let (summary, told) = answers(&open, nothing.clone(), resources.clone());
    assert_eq!(of(&told, "anyAccount")["variables"]["SourceBucket"], "b1");
    assert_eq!(of(&told, "anonymous")["answer"], "no");
    assert_eq!(summary["outsiders"]["anyAccount"], "yes");
    let (summary, told) = answers(&["s3:GetObject"], nothing.clone(), resources);
    assert_eq!(of(&told, "anonymous")["answer"], "yes");
    assert_eq!(summary["outsiders"]["services"], "yes");
    // A call of which nothing is about the estate is nobody's business here.
    let (summary, _) = answers(&["bedrock:InvokeModel"], nothing, json!([]));
    assert_eq!(summary["outsiders"]["anyAccount"], "no");

    // A key needs its policy.
    let all = json!({"Effect": "Allow", "Action": ["s3:GetObject", "kms:*"], "Resource": "*"});
    let encrypted = ["s3:GetObject", "--where", "Path=encrypted with a KMS key"];
    let key = format!("arn:aws:kms:us-east-1:{home}:key/k");
    let with_key = |policy: Value| json!([{"arn": key, "policy": document(policy)}]);
    let own = let_in("Allow", json!({"AWS": home}), "kms:*", "*");
    let (_, told) = answers(&encrypted, all.clone(), with_key(own));
    assert_eq!(of(&told, &user)["variables"]["Key"], "k");
    let others = let_in("Allow", json!({"AWS": other}), "kms:*", "*");
    let (_, told) = answers(&encrypted, all.clone(), with_key(others));
    assert_eq!(of(&told, &user)["answer"], "no");
    let (_, told) = answers(&encrypted, all, json!([]));
    assert_eq!(of(&told, &user)["answer"], "no");
}

/// What is said about a call in the example is said again, and what makes no sense is refused.
#[test]
fn questions_about_calls_are_asked_again_or_refused() {
    let folder = TempDir::new().unwrap();
    let call = ["who-can", EXAMPLE, "--call", "bedrock:InvokeModel", "--account", "444455556666"];
    let narrowed = ["--model-like", "anthropic.*", "--where", "Path=direct", "--format", "json"];
    let asked = keyaki(&[&call[..], &narrowed].concat());
    assert_eq!(code(&asked), 1, "{}", err(&asked));
    let told = lines(&asked);
    let summary = told.last().unwrap();
    assert_eq!(summary["question"]["filters"], json!(["Model=anthropic.*", "Path=direct"]));
    let found: Vec<&Value> = told.iter().filter(|line| line["answer"] == "yes").collect();
    assert_eq!(json!(found.len()), summary["yes"]);
    for line in &found {
        let model = line["variables"]["Model"].as_str().unwrap();
        assert!(model.starts_with("anthropic."), "{line}");
    }
    // Each request gets the same from `eval` over the estate.
    for request in found.iter().flat_map(|line| line["requests"].as_array().unwrap()) {
        let request = file(&folder, "request.json", request.to_string());
        let words = ["eval", "--estate", EXAMPLE, "--request", &request, "--format", "json"];
        let decided = keyaki(&words);
        assert_eq!(lines(&decided)[0]["decision"], "allowed", "{}", err(&decided));
    }
    let kept = file(&folder, "kept.json", out(&asked));
    let again = keyaki(&["again", &kept]);
    assert_eq!(code(&again), 0, "{}{}", out(&again), err(&again));
    let refused: [(&[&str], &str); 8] = [
        (&["--action", "s3:GetObject"], "`--action` cannot be used with `--call`"),
        (&["--statement", "{}"], "`--statement` cannot be used with `--call`"),
        (&["--resource-account", "444455556666"], "`--resource-account` cannot be used"),
        (&["--by", "resource"], "`--by resource` cannot be used with `--call`"),
        (&["--questions", "-"], "cannot be used with"),
        (&["--where", "Modell=x"], "has no variable `Modell`"),
        (&["--condition", "StringEquals aws:ResourceAccount 1"], "cannot be used with `--call`"),
        (&["--service-role", "x.json"], "--service-role"),
    ];
    for (words, message) in refused {
        let asked = keyaki(&[&call[..], words].concat());
        assert_eq!(code(&asked), 2, "{words:?}: {}", out(&asked));
        assert!(err(&asked).contains(message), "{words:?}: {}", err(&asked));
    }
    let unknown = keyaki(&["who-can", EXAMPLE, "--call", "bedrock:InvokeModell"]);
    assert_eq!(code(&unknown), 2);
    assert!(err(&unknown).contains("did you mean `bedrock:InvokeModel`"), "{}", err(&unknown));
    let alone = keyaki(&["who-can", EXAMPLE, "--model-like", "x"]);
    assert_eq!(code(&alone), 2, "{}", out(&alone));
}

/// What an account says that the estate does not have is not known: where the question names the
/// account, its policies are taken to let in, and whoever the estate itself does not let ask cannot.
#[test]
fn resources_of_accounts_that_the_estate_does_not_have_are_asked_about() {
    let folder = TempDir::new().unwrap();
    let allow = |action: &str, resource: &str| {
        document(json!({"Effect": "Allow", "Action": action, "Resource": resource}))
    };
    let role = |name: &str, action: &str, resource: &str| {
        json!({"arn": format!("arn:aws:iam::111122223333:role/{name}"),
            "policies": [allow(action, resource)]})
    };
    let key = "arn:aws:kms:us-east-1:999988887777:key/*";
    let scp = document(json!({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}));
    let estate = json!({"keyaki": "estate", "version": 1,
        "accounts": {"111122223333": {"principals": true, "resources": true}},
        "organization": {"id": "o-abcdefghij", "managementAccount": "222233334444",
            "scps": true, "rcps": false, "units": [{"id": "r-ab12", "scps": [scp]}],
            "members": {"111122223333": {"unit": "r-ab12", "scps": [scp]},
                "555566667777": {"unit": "r-ab12", "scps": [scp]}}},
        "resources": [{"arn": "arn:aws:sqs:us-east-1:555566667777:closed",
            "account": "555566667777", "policy": document(json!({"Effect": "Deny",
                "Principal": "*", "Action": "*", "Resource": "*"}))}],
        "roles": [role("keys", "kms:Decrypt", key), role("queues", "sqs:*", "*"),
            role("buckets", "s3:*", "*"), role("steps", "sts:AssumeRole", "*")]});
    let path = file(&folder, "estate.json", estate.to_string());
    let asked = |words: &[&str]| {
        let said = keyaki(&[&["who-can", &path, "-f", "json"], words].concat());
        let mut told = lines(&said);
        let summary = told.pop().unwrap_or_else(|| panic!("{}", err(&said)));
        let can: Vec<String> = told
            .iter()
            .filter(|one| one["answer"] == "yes" && one["principal"].is_string())
            .map(|one| one["principal"].as_str().unwrap().rsplit(['/', ':']).next().unwrap().into())
            .collect();
        let caveats = summary["caveats"].as_array().unwrap().iter();
        let codes: Vec<&str> = caveats.map(|one| one["code"].as_str().unwrap()).collect();
        let open = codes.contains(&"estate-strangers");
        assert!(!open || !codes.contains(&"estate-elsewhere"), "{words:?}");
        // Nobody of that account is asked.
        assert!(!open || summary["nobodyElse"] == json!(false), "{summary}");
        (can.join(" "), open, codes.contains(&"estate-elsewhere"))
    };
    let of = |can: &str| (can.to_owned(), true, false);
    assert_eq!(asked(&["-a", "kms:Decrypt", "-r", key]), of("keys root"));
    assert_eq!(
        asked(&["-a", "sts:AssumeRole", "-r", "arn:aws:iam::999988887777:role/vendor"]),
        of("steps")
    );
    assert_eq!(
        asked(&["-a", "sqs:SendMessage", "--resource-account", "999988887777"]),
        of("queues root")
    );
    // The SCP refuses S3, whatever the bucket says.
    assert_eq!(asked(&["-a", "s3:GetObject", "--resource-account", "999988887777"]), of(""));
    // Of a member of the organization the estate may have some resources: their policies decide.
    let closed = "arn:aws:sqs:us-east-1:555566667777:closed";
    assert_eq!(asked(&["-a", "sqs:SendMessage", "-r", closed]), of(""));
    assert_eq!(
        asked(&["-a", "sqs:SendMessage", "-r", "arn:aws:sqs:us-east-1:555566667777:*"]),
        of("queues root")
    );
    // Where the question leaves the account open, they are left out, and the answer says so.
    assert_eq!(asked(&["-a", "kms:Decrypt"]), (String::new(), false, true));
    assert_eq!(
        asked(&["-a", "kms:Decrypt", "-r", "arn:aws:kms:us-east-1:111122223333:key/*"]),
        (String::new(), false, false)
    );
    // A model is nobody's.
    let model = "arn:aws:bedrock:us-east-1::foundation-model/*";
    assert_eq!(asked(&["-a", "bedrock:InvokeModel", "-r", model]), ("root".into(), false, false));
    // What has no request is nobody's merit, in either form.
    for by in ["principal", "resource"] {
        let queue = "arn:aws:sqs:us-east-1:111122223333:q";
        let said = keyaki(&["who-can", &path, "-a", "kms:Decrypt", "-r", queue, "--by", by]);
        assert!(out(&said).contains("vacuous: "), "{}", out(&said));
        assert!(!out(&said).contains("nobody else"), "{}", out(&said));
    }
    let said = keyaki(&["who-can", &path, "-a", "kms:Decrypt", "-r", key, "--by", "resource"]);
    assert!(out(&said).starts_with("yes: elsewhere"), "{}", out(&said));
    assert!(out(&said).contains("account 999988887777 (not known; taken to let in everybody)"));
}

/// "And nobody else" is said where the estate has all policies that may let in somebody.
#[test]
fn nobody_else_is_a_matter_of_policies_that_are_known() {
    let folder = TempDir::new().unwrap();
    let estate = |resources: bool| {
        let policy = document(json!({"Effect": "Allow", "Principal":
            {"AWS": "arn:aws:iam::111122223333:role/r"}, "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::known/*"}));
        json!({"keyaki": "estate", "version": 1,
            "accounts": {"111122223333": {"principals": true, "resources": resources}},
            "resources": [
                {"arn": "arn:aws:s3:::known", "account": "111122223333", "policy": policy},
                {"arn": "arn:aws:s3:::other", "account": "111122223333"}],
            "roles": [{"arn": "arn:aws:iam::111122223333:role/r"}]})
    };
    let asked = |resources: bool, words: &[&str]| {
        let path = file(&folder, "estate.json", estate(resources).to_string());
        let base = ["who-can", &path, "-a", "s3:GetObject"];
        let text = out(&keyaki(&[&base[..], words].concat()));
        let said = lines(&keyaki(&[&base[..], &["-f", "json"], words].concat()));
        let nobody_else: Vec<bool> =
            said.iter().filter_map(|line| line["nobodyElse"].as_bool()).collect();
        let unless = text.contains("no, by the policies that the estate has");
        assert_eq!(text.contains("nobody else"), nobody_else.contains(&true), "{text}");
        assert_eq!(unless, nobody_else.last() == Some(&false), "{text}");
        nobody_else
    };
    assert_eq!(asked(true, &[]), [true]);
    assert_eq!(asked(false, &[]), [false]);
    // Of this bucket the policy is known.
    assert_eq!(asked(false, &["-r", "arn:aws:s3:::known/*"]), [true]);
    assert_eq!(asked(false, &["-r", "arn:aws:s3:::known*"]), [false]);
    assert_eq!(asked(false, &["-r", "arn:aws:s3:::other/*"]), [false]);
    assert_eq!(asked(false, &["--by", "resource", "--all"]), [true, false, false]);
    assert_eq!(asked(true, &["--by", "resource", "--all"]), [true, true, true]);
}
