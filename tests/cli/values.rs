//! `--for` and `for`: over which values of what is not known yet something is asked.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use crate::support::command::{code, err, keyaki, lines, out};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

/// A folder with policies about a bucket whose name is left to be filled in.
struct Ground(TempDir);

impl Ground {
    fn new() -> Self {
        let ground = Self(TempDir::new().unwrap());
        let allow = |resource: &str| json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource});
        let deny =
            json!({"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::payroll/*"});
        let unknown = allow("arn:aws:s3:::<BUCKET NAME>/*");
        ground.write("own.json", &[&unknown]);
        ground.write("guarded.json", &[&unknown, &deny]);
        ground.write("payroll.json", &[&allow("arn:aws:s3:::payroll/*")]);
        ground.write("twice.json", &[&unknown, &allow("arn:aws:s3:::<SECOND BUCKET NAME>/*")]);
        ground
    }

    fn write(&self, name: &str, statements: &[&Value]) {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        fs::write(self.0.path().join(name), policy.to_string()).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// The answer of a command about files of the folder, as JSON.
    fn ask(&self, words: &[&str]) -> (i32, Value) {
        let words: Vec<String> = words
            .iter()
            .map(|word| if word.ends_with(".json") { self.path(word) } else { (*word).to_owned() })
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = keyaki(&[&words, &["--placeholders", "--format", "json"][..]].concat());
        let answer = lines(&output).into_iter().next().unwrap_or_default();
        (code(&output), answer)
    }
}

/// The text of the caveat with this code, if the answer has it.
fn caveat(answer: &Value, code: &str) -> Option<String> {
    let caveats = answer["caveats"].as_array()?;
    let told = caveats.iter().find(|one| one["code"] == code)?;
    Some(told["message"].as_str()?.to_owned())
}

#[test]
fn a_yes_for_every_value_is_more_than_one_for_some() {
    let ground = Ground::new();
    for requests in ["feasible", "any"] {
        let ask = |file: &str, more: &[&str]| {
            let asked = ["can", file, "-a", "s3:GetObject", "--requests", requests];
            ground.ask(&[&asked, more].concat())
        };
        let (code, answer) = ask("own.json", &["--for", "every"]);
        assert_eq!((code, &answer["answer"]), (1, &json!("yes")));
        assert_eq!(answer["question"]["for"], "every");
        assert!(caveat(&answer, "for-every-value").unwrap().contains("`<BUCKET NAME>`"));
        // One bucket is denied.
        let (code, answer) = ask("guarded.json", &["--for", "every"]);
        assert_eq!((code, &answer["answer"]), (0, &json!("no")), "{answer}");
        let said = "this is the answer where `<BUCKET NAME>` is `payroll`";
        assert_eq!(caveat(&answer, "at-values").unwrap(), said);
        assert_eq!(caveat(&answer, "parameters"), None);
        for more in [&["--for", "some"][..], &[]] {
            let (code, answer) = ask("guarded.json", more);
            assert_eq!((code, &answer["answer"]), (1, &json!("yes")));
            assert_eq!(caveat(&answer, "for-every-value"), None);
        }
        // A value that is given, or none to ask about.
        let given = ["--for", "every", "--parameter", "<BUCKET NAME>=payroll"];
        assert_eq!(ask("guarded.json", &given).0, 0);
        assert_eq!(ask("payroll.json", &["--for", "every"]).0, 1);
    }
    let file = ground.path("guarded.json");
    let asked = ["can", &file, "-a", "s3:GetObject", "--placeholders", "--for", "every"];
    let text = out(&keyaki(&asked));
    let first = "no: no request of this shape is allowed where `<BUCKET NAME>` is `payroll`\n";
    assert!(text.starts_with(first), "{text}");
}

#[test]
fn a_comparison_finds_the_values_at_which_the_sides_differ_least() {
    let ground = Ground::new();
    let relation = |words: &[&str]| {
        let (code, answer) = ground.ask(&[&["compare"], words].concat());
        (code, answer["relation"].as_str().unwrap_or_default().to_owned(), answer)
    };
    let (code, word, answer) = relation(&["own.json", "payroll.json", "--for", "some"]);
    assert_eq!((code, word.as_str()), (0, "equivalent"), "{answer}");
    let said = "this is the answer where `<BUCKET NAME>` is `payroll`";
    assert_eq!(caveat(&answer, "at-values").unwrap(), said);
    for more in [&["--for", "every"][..], &[]] {
        let (code, word, _) = relation(&[&["own.json", "payroll.json"], more].concat());
        assert_eq!((code, word.as_str()), (1, "incomparable"));
    }
    // Both names may be one.
    let (code, word, _) = relation(&["own.json", "twice.json", "--for", "some"]);
    assert_eq!((code, word.as_str()), (0, "equivalent"));
    assert_eq!(relation(&["own.json", "twice.json"]).1, "wider");
    let (code, word, _) = relation(&["twice.json", "own.json", "--for", "some"]);
    assert_eq!((code, word.as_str()), (0, "equivalent"));
    let (_, word, answer) = relation(&["payroll.json", "guarded.json", "--for", "some"]);
    assert_eq!(word, "narrower");
    let resource = answer["removed"]["request"]["resource"].as_str().unwrap();
    assert!(resource.starts_with("arn:aws:s3:::payroll/"), "{resource}");
    // Whatever the name is, the bucket is not allowed to be listed.
    ground.write("list.json", &[&json!({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::<BUCKET NAME>"})]);
    let (code, word, answer) = relation(&["own.json", "list.json", "--for", "some"]);
    assert_eq!((code, word.as_str()), (1, "incomparable"));
    assert!(caveat(&answer, "for-every-value").is_some());
    let (code, _, answer) =
        relation(&["payroll.json", "own.json", "--for", "some", "--only", "added"]);
    assert_eq!((code, &answer["added"]), (0, &Value::Null), "{answer}");
}

#[test]
fn claims_say_over_which_values() {
    let ground = Ground::new();
    let of = |name: &str, kind: &str, values: &str, expect: &str| {
        let about = match kind {
            "equivalent" => "old = [\"own.json\"]\nnew = [\"payroll.json\"]",
            "no_new_access" => "old = [\"payroll.json\"]\nnew = [\"twice.json\"]",
            _ => "policies = [\"guarded.json\"]\nstatement.Action = \"s3:GetObject\"",
        };
        format!(
            "[[claim]]\nname = \"{name}\"\nclaim = \"{kind}\"\n{values}\n{about}\nexpect = \"{expect}\"\n"
        )
    };
    let (some, every) = ("for = \"some\"", "for = \"every\"");
    let claims = [
        of("some bucket", "some", "", "holds"),
        of("every bucket", "some", every, "violated"),
        of("never", "never", "", "violated"),
        of("never for one bucket", "never", some, "holds"),
        of("the same for every bucket", "equivalent", every, "violated"),
        of("the same for one bucket", "equivalent", some, "holds"),
        of("nothing new for one bucket", "no_new_access", some, "holds"),
    ];
    fs::write(ground.0.path().join("claims.toml"), claims.concat()).unwrap();
    let file = ground.path("claims.toml");
    let output = keyaki(&["check", &file, "--placeholders"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    let told = lines(&keyaki(&["check", &file, "--placeholders", "--format", "json"]));
    let one = told.iter().find(|one| one["name"] == "every bucket").unwrap();
    assert!(caveat(one, "at-values").unwrap().contains("`payroll`"), "{one}");
    let call = "[[claim]]\nname = \"a\"\nclaim = \"some\"\nfor = \"every\"\npolicies = [\"own.json\"]\ncall = \"s3:CopyObject\"\nexpect = \"holds\"\n";
    fs::write(ground.0.path().join("call.toml"), call).unwrap();
    let output = keyaki(&["check", &ground.path("call.toml"), "--placeholders"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("`for` belongs to claims about policies"), "{}", err(&output));
}

#[test]
fn what_has_no_parameters_is_not_asked_over_values() {
    let file = Ground::new().path("own.json");
    let output = keyaki(&["can", &file, "--call", "s3:CopyObject", "--for", "every"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("'--for <VALUES>'"), "{}", err(&output));
    let estate = concat!(env!("CARGO_MANIFEST_DIR"), "/proofs/estates/example");
    let role = "arn:aws:iam::444455556666:role/app";
    let asked = ["can", "--estate", estate, "--as", role, "-a", "s3:GetObject", "--for", "every"];
    let output = keyaki(&asked);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("`--for` is about policies with parameters"), "{}", err(&output));
}
