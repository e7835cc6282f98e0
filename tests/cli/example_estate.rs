//! The example organization in `proofs/estates/example`: who can is what was worked out by hand.
//! The rows are in `tests/cases/cli/example-estate.toml`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ESTATE: &str = "proofs/estates/example";

/// How many users, roles and root users there are.
const EVERYBODY: usize = 43 + 3;

#[derive(Deserialize)]
struct Table {
    question: Vec<Question>,
}

/// A question, and who can.
#[derive(Deserialize)]
struct Question {
    id: String,
    why: String,
    statement: String,
    yes: Vec<String>,
}

/// Who can, and everybody who was asked about, by the id of the question.
#[derive(Default)]
struct Answers {
    yes: BTreeMap<String, BTreeSet<String>>,
    asked: BTreeMap<String, BTreeSet<String>>,
    summaries: BTreeMap<String, Value>,
}

fn answers(lines: Vec<Value>) -> Answers {
    let mut answers = Answers::default();
    for line in lines {
        let id = line["id"].as_str().unwrap().to_owned();
        if line["summary"] == true {
            answers.summaries.insert(id, line);
            continue;
        }
        let name = line["principal"].as_str().unwrap().to_owned();
        match line["answer"].as_str().unwrap() {
            "yes" => _ = answers.yes.entry(id.clone()).or_default().insert(name.clone()),
            answer => assert_eq!(answer, "no", "{line}"),
        }
        answers.asked.entry(id).or_default().insert(name);
    }
    answers
}

#[test]
fn who_can_is_what_was_worked_out_by_hand() {
    let table: Table = toml::from_str(include_str!("../cases/cli/example-estate.toml")).unwrap();
    let ask = |question: &Question| {
        let statement: Value = serde_json::from_str(&question.statement).unwrap();
        format!("{}\n", json!({"id": question.id, "statement": statement}))
    };
    let asked: String = table.question.iter().map(ask).collect();
    let words = ["who-can", ESTATE, "--questions", "-", "--all", "--format", "json"];
    let output = keyaki_with(&words, &asked);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let answers = answers(lines(&output));
    assert_eq!(answers.asked.len(), table.question.len());
    for Question { id, why, yes, .. } in &table.question {
        let everybody = &answers.asked[id];
        let mut expected: BTreeSet<String> = BTreeSet::new();
        for name in yes {
            match name.strip_prefix("everybody in ") {
                Some(account) => {
                    let of_account = |name: &&String| name.split(':').nth(4) == Some(account);
                    expected.extend(everybody.iter().filter(of_account).cloned());
                }
                None => _ = expected.insert(name.clone()),
            }
        }
        assert!(expected.is_subset(everybody), "{id}: somebody is misspelt");
        let found = answers.yes.get(id).cloned().unwrap_or_default();
        assert_eq!(found, expected, "{id}: {why}");
        let summary = &answers.summaries[id];
        let (of_estate, outside): (Vec<&String>, Vec<&String>) =
            expected.iter().partition(|name| name.starts_with("arn:"));
        assert_eq!((&summary["asked"], &summary["vacuous"]), (&json!(EVERYBODY), &json!(null)));
        assert_eq!(summary["yes"], json!(of_estate.len()), "{id}");
        assert_eq!(summary["nobodyElse"], json!(outside.is_empty()), "{id}");
    }
}

/// The dumps are of several encodings, and one file says the same.
#[test]
fn the_dumps_are_one_estate() {
    let report = keyaki(&["import", ESTATE, "--report", "--format", "json"]);
    let report = lines(&report).remove(0);
    for (member, count) in
        [("accountsWithPrincipals", 3), ("users", 9), ("roles", 34), ("units", 4)]
    {
        assert_eq!(report[member], json!(count), "{member}");
    }
    assert_eq!(report["notUnderstood"], json!([]));
    assert!(report["notes"].to_string().contains("AIDAEXAMPLEDELETED001"), "{report}");
    let file = out(&keyaki(&["import", ESTATE]));
    let words = ["-a", "kms:Decrypt", "-r", "arn:aws:kms:*:*:key/*", "--all", "--format", "json"];
    let of = |output| {
        let told = |line: &Value| (line["principal"].clone(), line["answer"].clone());
        lines(&output).iter().map(told).collect::<Vec<_>>()
    };
    let of_folder = of(keyaki(&[&["who-can", ESTATE], &words[..]].concat()));
    assert!(of_folder.len() > EVERYBODY, "{of_folder:?}");
    assert_eq!(of_folder, of(keyaki_with(&[&["who-can", "-"], &words[..]].concat(), &file)));
}

/// What is said of everybody at each resource is what is said where the question names it alone.
#[test]
fn a_line_a_resource_says_what_the_question_about_it_says() {
    let statements = [
        json!({"Action": "s3:GetObject"}),
        json!({"Action": ["kms:Decrypt", "s3:PutBucketPolicy"]}),
        json!({"Action": "secretsmanager:GetSecretValue"}),
        json!({"Action": "sts:AssumeRole"}),
        json!({"Action": "iam:PassRole", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}),
    ];
    let line =
        |id: &Value, statement: &Value| json!({"id": id, "statement": statement}).to_string();
    let asked: Vec<String> =
        (0..).zip(&statements).map(|(id, statement)| line(&json!(id), statement)).collect();
    let words = ["who-can", ESTATE, "--questions", "-", "--all", "--format", "json"];
    let by_resource = [&words[..], &["--by", "resource"]].concat();
    let output = keyaki_with(&by_resource, &asked.join("\n"));
    assert_eq!(code(&output), 1, "{}", err(&output));
    let (summaries, told): (Vec<Value>, Vec<Value>) =
        lines(&output).into_iter().partition(|line| line["summary"] == true);
    // The same questions, each about one resource and what is in it. Of the first three
    // questions all resources are asked about, of the others, which are about all roles, a third.
    let (mut alone, mut expected) = (Vec::new(), Vec::new());
    for (_, one) in told.iter().enumerate().filter(|(at, _)| at % 3 == 0 || *at < 16) {
        let arn = one["resource"].as_str().unwrap();
        let texts = match arn.split(':').nth(2).unwrap() {
            "s3" => vec![arn.to_owned(), format!("{arn}/*")],
            "iam" | "kms" => vec![arn.to_owned()],
            _ => vec![arn.to_owned(), format!("{arn}/*"), format!("{arn}:*")],
        };
        let number = usize::try_from(one["id"].as_u64().unwrap()).unwrap();
        let mut statement = statements[number].clone();
        statement["Resource"] = json!(texts);
        alone.push(line(&json!([one["id"], arn]), &statement));
        let words = |who: &Value| (who["principal"].clone(), who["answer"].clone());
        let principals: Vec<(Value, Value)> =
            one["principals"].as_array().unwrap().iter().map(words).collect();
        assert!(principals.len() > EVERYBODY, "{arn}");
        expected.push((json!([one["id"], arn]), principals));
    }
    let found = answers_of(lines(&keyaki_with(&words, &alone.join("\n"))));
    for (id, principals) in &expected {
        assert_eq!(&found[&id.to_string()], principals, "{id}");
    }
    // Whoever can somewhere can by the question itself.
    let whole = lines(&keyaki_with(&words, &asked.join("\n")));
    let whole: Vec<&Value> = whole.iter().filter(|line| line["summary"] == true).collect();
    assert_eq!(summaries.len(), statements.len());
    for (summary, whole) in summaries.iter().zip(whole) {
        for member in ["asked", "yes", "unknown", "nobodyElse", "outsiders", "vacuous"] {
            assert_eq!(summary[member], whole[member], "{member}: {whole}");
        }
        let of_question = |word: &str| {
            let own = told.iter().filter(|line| line["id"] == summary["id"]);
            json!(own.filter(|line| word.is_empty() || line["answer"] == word).count())
        };
        assert_eq!(summary["resources"]["asked"], of_question(""));
        assert_eq!(summary["resources"]["yes"], of_question("yes"));
    }
    // Every account has keys, buckets and roles that the estate does not have but for the last.
    let elsewhere: Vec<&Value> = summaries.iter().map(|one| &one["elsewhere"]["answer"]).collect();
    assert_eq!(elsewhere, ["yes", "yes", "yes", "no", "yes"]);
    let counts: Vec<&Value> = summaries.iter().map(|one| &one["resources"]).collect();
    assert_eq!(counts.iter().map(|one| &one["asked"]).collect::<Vec<_>>(), [7, 8, 1, 34, 34]);
}

/// By the id of the question, everybody and whether it can.
fn answers_of(lines: Vec<Value>) -> BTreeMap<String, Vec<(Value, Value)>> {
    let mut found: BTreeMap<String, Vec<(Value, Value)>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line["summary"] != true) {
        let answer = (line["principal"].clone(), line["answer"].clone());
        found.entry(line["id"].to_string()).or_default().push(answer);
    }
    found
}

/// Commands of the guide whose output is not shown, since it tells how long they took.
#[test]
fn what_the_guide_asks_of_the_example_runs() {
    let guide = include_str!("../../papers/guide.md");
    let commands = guide.lines().filter_map(|line| line.strip_prefix("$ keyaki "));
    let commands = commands.filter(|line| line.contains("--questions"));
    let mut asked = 0;
    for command in commands {
        let words = shlex::split(command).unwrap();
        let output = keyaki(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(code(&output), 1, "{command}: {}", err(&output));
        if command.contains("--format json") {
            let answers = answers(lines(&output));
            let of = |id: &str| answers.summaries[id]["yes"].clone();
            let counts = ["models", "prod-admin", "emergency-without-mfa"].map(of);
            assert_eq!(counts, [json!(14), json!(2), json!(0)]);
        }
        asked += 1;
    }
    assert_eq!(asked, 2);
    assert!(guide.contains("14 of 46 can"));
}

/// Made-up parts of a request are told, and what a person has to know of an answer is there.
#[test]
fn an_answer_tells_what_is_made_up_and_who_is_outside() {
    let website = ["who-can", ESTATE, "-a", "s3:GetObject", "-r", "arn:aws:s3:::example-website/*"];
    let text = out(&keyaki(&website));
    for told in [
        "yes: any other account\n  principal  arn:aws:iam::000000000000:user/a\n",
        "  for example: account 000000000000, user a and name example.txt are made up\n",
        "  its own account is taken to allow it everything\n",
        "16 of the 46 principals in the estate can\noutside the estate:\n  any other account: yes\n",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    // Nobody has a policy of that name, which stands for policies that nobody knows.
    assert!(!text.contains("allowed by everything"), "{text}");
    let json = lines(&keyaki(&[&website[..], &["--format", "json"]].concat()));
    let outsider = json.iter().find(|line| line["principal"] == "anyAccount").unwrap();
    assert_eq!(outsider["madeUp"], json!(["000000000000", "a", "example.txt"]));
    assert_eq!(outsider["statements"].as_array().unwrap().len(), 1, "{outsider}");
    // What the estate names is not made up.
    let named =
        json.iter().find(|line| line["principal"].to_string().contains("user/billing/olivia"));
    assert_eq!(named.unwrap()["madeUp"], json!(["example.txt"]));
    let of_account = |account: &str, words: &[&str]| {
        let words = [&["who-can", ESTATE, "--account", account], words].concat();
        out(&keyaki(&words)).lines().find(|line| line.contains("principals")).map(str::to_owned)
    };
    assert_eq!(
        of_account("111122223333", &["-a", "cloudtrail:StopLogging"]).unwrap(),
        "2 of the 11 principals in account 111122223333 can, and nobody else there"
    );
    assert_eq!(
        of_account("123456789012", &["-a", "cloudtrail:StopLogging"]).unwrap(),
        "nobody can: none of the 15 principals in account 123456789012, and nobody else there"
    );
}

#[test]
fn whom_a_question_names_must_be_there() {
    let ask = |who: &str| keyaki(&["who-can", ESTATE, "-a", "s3:GetObject", "-p", who]);
    for (who, told) in [
        (
            "arn:aws:iam::444455556666:user/bem",
            "did you mean `arn:aws:iam::444455556666:user/ben`?",
        ),
        (
            "arn:aws:iam::444455556666:role/ben",
            "did you mean `arn:aws:iam::444455556666:user/ben`?",
        ),
        (
            "arn:aws:iam::444455556666:role/zzz",
            "the estate has no principal `arn:aws:iam::444455556666:role/zzz`",
        ),
        ("arn:aws:iam::444455556666:role/nobody*", "nobody*"),
    ] {
        let output = ask(who);
        assert_eq!((code(&output), out(&output)), (2, String::new()), "{who}");
        assert!(err(&output).contains(told), "{who}: {}", err(&output));
    }
    // A role without its path, patterns, and whoever is not of the estate.
    for (who, can) in [
        ("arn:aws:iam::444455556666:role/experiments", "1 of the 46"),
        ("arn:aws:iam::444455556666:role/research/*", "1 of the 46"),
        ("arn:aws:iam::777788889999:user/x", "0 of the 46"),
    ] {
        let output = ask(who);
        assert!(out(&output).contains(can), "{who}: {}{}", out(&output), err(&output));
    }
}
