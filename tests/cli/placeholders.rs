//! `--placeholders`: what people leave in policies for others to fill in is any value.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A folder with policies in which something was left to be filled in.
struct Ground(TempDir);

impl Ground {
    fn new() -> Self {
        let ground = Self(TempDir::new().unwrap());
        ground.write("key.json", &allow("kms:Decrypt", "arn:aws:kms:${region}:<ACCOUNT ID>:key/*"));
        ground.write("filled.json", &allow("kms:Decrypt", "arn:aws:kms:*:111122223333:key/*"));
        ground.write("bucket.json", &allow("s3:GetObject", "arn:aws:s3:::logs-<ACCOUNT ID>/a"));
        ground.write("other.json", &allow("s3:GetObject", "arn:aws:s3:::logs-<Account ID>/a"));
        ground.write("region.json", &allow("sqs:SendMessage", "arn:aws:sqs:<ACCOUNT ID>::q"));
        ground
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn path(&self, name: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        path.to_str().unwrap().to_owned()
    }
}

fn allow(action: &str, resource: &str) -> String {
    let statement = json!({"Effect": "Allow", "Action": action, "Resource": resource});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

/// The caveat of an answer that names the place-holders.
fn caveat(answer: &Value) -> String {
    let caveats = answer["caveats"].as_array().unwrap();
    let told = caveats.iter().find(|one| one["code"] == "parameters").unwrap();
    told["message"].as_str().unwrap().to_owned()
}

#[test]
fn an_answer_is_about_every_value_and_names_the_place_holders() {
    let ground = Ground::new();
    let policy = ground.path("key.json");
    let ask = |account: &str, more: &[&str]| {
        let key = format!("arn:aws:kms:eu-west-1:{account}:key/*");
        keyaki(&[&["can", &policy, "-a", "kms:Decrypt", "-r", &key, "-f", "json"], more].concat())
    };
    let output = ask("111122223333", &["--placeholders"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let answer = &lines(&output)[0];
    assert_eq!(answer["answer"], "yes");
    let said = caveat(answer);
    for words in ["`<ACCOUNT ID>` is twelve digits", "`${region}` is a Region"] {
        assert!(said.contains(words), "{said}");
    }
    let arguments = answer["question"]["arguments"].as_array().unwrap();
    assert!(arguments.contains(&json!("--placeholders")));
    // As text, they are no account and no Region.
    assert_eq!(code(&ask("111122223333", &[])), 0);
    // A value that is given is known.
    let given = ["--placeholders", "--parameter", "<ACCOUNT ID>=444455556666"];
    assert_eq!(code(&ask("111122223333", &given)), 0);
    assert_eq!(code(&ask("444455556666", &given)), 1);
    // The same question, asked again.
    let saved = ground.path("answer.json");
    fs::write(&saved, &output.stdout).unwrap();
    assert_eq!(code(&keyaki(&["again", &saved])), 0);
}

#[test]
fn one_text_is_one_value_in_every_policy() {
    let ground = Ground::new();
    let [key, bucket] = ["key.json", "bucket.json"].map(|name| ground.path(name));
    // A part of a name elsewhere, it is an account all the same.
    let output =
        keyaki(&["can", &key, &bucket, "-a", "s3:GetObject", "--placeholders", "-f", "json"]);
    let said = caveat(&lines(&output)[0]);
    assert!(
        said.contains("`<ACCOUNT ID>` is twelve digits") && said.matches("ACCOUNT").count() == 1
    );
    for (other, words) in [
        ("other.json", ["`<ACCOUNT ID>` and `<Account ID>`", "differ in case only"]),
        ("region.json", ["twelve digits in", "a Region in"]),
    ] {
        let other = ground.path(other);
        for asked in [
            vec!["can", &key, &other, "-a", "s3:GetObject"],
            vec!["compare", &key, &other],
            vec!["matrix", &key, &other],
            vec!["encode", "compare", &key, &other],
            vec!["lint", "--together", &key, &other],
        ] {
            let output = keyaki(&[asked.as_slice(), &["--placeholders"]].concat());
            assert_eq!(code(&output), 2, "{asked:?} {}", out(&output));
            let said = err(&output);
            assert!(words.iter().all(|words| said.contains(words)), "{asked:?}: {said}");
        }
    }
    // In the shape of a question it is the same text, too.
    let resource = "arn:aws:s3:::logs-<ACCOUNT ID>/*";
    let asked = ["can", &bucket, "-a", "s3:GetObject", "-r", resource, "--placeholders"];
    let output = keyaki(&asked);
    assert_eq!(code(&output), 1, "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("<ACCOUNT ID> = "), "{}", out(&output));
}

#[test]
fn commands_that_read_policies_take_place_holders() {
    let ground = Ground::new();
    let [key, filled] = ["key.json", "filled.json"].map(|name| ground.path(name));
    let with = |words: &[&str]| keyaki(&[words, &["--placeholders"]].concat());
    let output = with(&["compare", &filled, &key, "-f", "json"]);
    assert_eq!(lines(&output)[0]["relation"], "incomparable", "{}", err(&output));
    let output = with(&["matrix", &filled, &key, "-f", "json"]);
    let all = lines(&output);
    let summary = all.iter().find(|line| line.get("caveats").is_some()).unwrap();
    assert!(caveat(summary).contains("`<ACCOUNT ID>` is twelve digits"));
    let output = with(&["encode", "can", &key, "-a", "kms:Decrypt"]);
    assert!(out(&output).contains("`<ACCOUNT ID>` is twelve digits"), "{}", out(&output));
    let output = with(&["validate", &key]);
    assert_eq!(code(&output), 0);
    assert!(out(&output).contains("note[placeholder]: `<ACCOUNT ID>`"), "{}", out(&output));
    // One text has one value, and no value is a Region and an account.
    ground.write("clash.json", &allow("sqs:SendMessage", "arn:aws:sqs:<PLACE>:<PLACE>:q"));
    let clash = ground.path("clash.json");
    let output = with(&["validate", &clash]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("error[placeholder-clash]: `<PLACE>`"), "{}", out(&output));
    assert!(!out(&output).contains("note[placeholder]"), "{}", out(&output));
    assert_eq!(code(&with(&["can", &clash, "-a", "sqs:SendMessage"])), 2);
    // Without the flag, lint finds what was not filled in; with it, it says what it takes for granted.
    let output = keyaki(&["lint", &key]);
    assert!(out(&output).contains("left-over-placeholder"), "{}", out(&output));
    let output = with(&["lint", &key]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert!(err(&output).contains("note[placeholder]: `<ACCOUNT ID>`"), "{}", err(&output));
    // Claims.
    ground.write(
        "claims.toml",
        r#"
[[claim]]
name = "somebody decrypts"
claim = "some"
policies = ["key.json"]
statement = {Action = "kms:Decrypt", Resource = "arn:aws:kms:eu-west-1:111122223333:key/*"}
expect = "holds"
"#,
    );
    let claims = ground.path("claims.toml");
    assert_eq!(code(&keyaki(&["check", &claims])), 1);
    let output = with(&["check", &claims, "-f", "json"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("`<ACCOUNT ID>` is twelve digits"));
    // Lines of a batch.
    let policy: Value = serde_json::from_str(&fs::read_to_string(&key).unwrap()).unwrap();
    let resource = "arn:aws:kms:eu-west-1:111122223333:key/*";
    let statement = json!({"Action": "kms:Decrypt", "Resource": resource});
    let line = json!({"policies": policy, "statement": statement}).to_string();
    let ask = |more: &[&str]| keyaki_with(&[&["can", "--batch", "-"], more].concat(), &line);
    assert_eq!(lines(&ask(&[]))[0]["answer"], "no");
    assert_eq!(lines(&ask(&["--placeholders"]))[0]["answer"], "yes");
}

#[test]
fn a_decision_needs_values() {
    let ground = Ground::new();
    let key = ground.path("key.json");
    let request = |context: Value| {
        json!({
            "principal": "arn:aws:iam::111122223333:user/dev",
            "action": "kms:Decrypt",
            "resource": "arn:aws:kms:eu-west-1:111122223333:key/a",
            "context": context
        })
    };
    let ask = |context: Value, more: &[&str]| {
        ground.write("request.json", &request(context).to_string());
        let file = ground.path("request.json");
        let asked = ["eval", &key, "--request", &file, "--placeholders"];
        keyaki(&[asked.as_slice(), more].concat())
    };
    let output = ask(json!({}), &[]);
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(err(&output).contains("the value of `${region}` is not known"), "{}", err(&output));
    let both = ["--parameter", "${region}=eu-west-1", "--parameter", "<ACCOUNT ID>=111122223333"];
    let output = ask(json!({}), &both);
    assert!(out(&output).starts_with("allowed"), "{}{}", out(&output), err(&output));
    let other = ["--parameter", "${region}=eu-west-1", "--parameter", "<ACCOUNT ID>=444455556666"];
    assert!(!out(&ask(json!({}), &other)).starts_with("allowed"));
    let name = "keyaki:parameter/account/%3CACCOUNT%20ID%3E";
    let output = ask(json!({name: "111122223333"}), &both[..2]);
    assert!(out(&output).starts_with("allowed"), "{}{}", out(&output), err(&output));
}

#[test]
fn a_value_stands_where_no_unknown_text_may() {
    let ground = Ground::new();
    let statement = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
        "Condition": {"IpAddress": {"aws:SourceIp": "<office network>"}}});
    let policy = json!({"Version": "2012-10-17", "Statement": statement});
    ground.write("office.json", &policy.to_string());
    let file = ground.path("office.json");
    let asked = ["can", &file, "-a", "s3:GetObject", "-c", "IpAddress aws:SourceIp 203.0.113.7"];
    let ask = |more: &[&str]| keyaki(&[asked.as_slice(), more].concat());
    assert_eq!(code(&ask(&["--placeholders"])), 2);
    let given = "<office network>=203.0.113.0/24";
    assert_eq!(code(&ask(&["--parameter", given])), 2);
    assert_eq!(code(&ask(&["--placeholders", "--parameter", given])), 1);
    let other = "<office network>=198.51.100.0/24";
    assert_eq!(code(&ask(&["--placeholders", "--parameter", other])), 0);
}

#[test]
fn without_the_flag_what_is_wrong_names_it() {
    let ground = Ground::new();
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::[account-id]:root"},
        "Action": "s3:GetObject",
        "Resource": "*"
    }]});
    ground.write("bucket-policy.json", &policy.to_string());
    let file = ground.path("bucket-policy.json");
    let asked = ["can", "--resource-policy", &file, "-a", "s3:GetObject"];
    let output = keyaki(&asked);
    assert_eq!(code(&output), 2);
    let words = "with `--placeholders`, `[account-id]` is a place-holder for any value";
    assert!(err(&output).contains(words), "{}", err(&output));
    assert_eq!(code(&keyaki(&[asked.as_slice(), &["--placeholders"]].concat())), 1);
}

/// Without the value of a parameter there is no decision, in a batch either: what a missing variable
/// matches is no answer.
#[test]
fn a_line_of_a_batch_needs_the_values() {
    let resource = "arn:aws:s3:::${keyaki:parameter/field/x}/*";
    let line = |context: Value| {
        let policy: Value = serde_json::from_str(&allow("s3:GetObject", resource)).unwrap();
        json!({"id": 1, "policies": policy, "request": {
            "principal": "arn:aws:iam::111122223333:user/a", "action": "s3:GetObject",
            "resource": "arn:aws:s3:::b/k", "context": context}})
        .to_string()
    };
    let eval = |context: Value| keyaki_with(&["eval", "--batch", "-"], &line(context));
    let output = eval(json!({}));
    assert_eq!(code(&output), 2, "{}", out(&output));
    assert!(out(&output).contains("the value of `x` is not known"), "{}", out(&output));
    let output = eval(json!({"keyaki:parameter/field/x": "b"}));
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert_eq!(lines(&output)[0]["decision"], "allowed");
}
