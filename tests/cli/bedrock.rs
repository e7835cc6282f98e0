//! Calls of Amazon Bedrock as people make them today: cases with their sources, each with a twin
//! whose answer turns round.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, keyaki, lines, out};
use keyaki::calls::Calls;
use keyaki::policy::ContextKey;
use keyaki::world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn written(folder: &Path, name: &str, value: &Value) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, value.to_string()).unwrap();
    path
}

/// The answer of `keyaki can` to a case.
fn answer(folder: &Path, case: &Value) -> Value {
    let mut arguments = vec![
        "can".to_owned(),
        written(folder, "policy.json", &case["policy"]).display().to_string(),
    ];
    for (layer, policy) in case["layers"].as_object().into_iter().flatten() {
        let path = written(folder, &format!("{layer}.json"), policy);
        arguments.extend([format!("--{layer}"), path.display().to_string()]);
    }
    arguments.extend(
        case["flags"].as_array().unwrap().iter().map(|flag| flag.as_str().unwrap().to_owned()),
    );
    arguments.extend(["--format".to_owned(), "json".to_owned()]);
    let output = keyaki(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let answers = lines(&output);
    answers.first().unwrap_or_else(|| panic!("{}: {}", case["id"], err(&output))).clone()
}

#[test]
fn calls_are_answered_as_their_sources_say() {
    let folder = tempfile::tempdir().unwrap();
    let cases = fs::read_to_string("tests/cases/cli/calls.jsonl").unwrap();
    let mut wrong = Vec::new();
    let (mut yes, mut no) = (0, 0);
    for case in cases.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        assert!(!case["source"].as_str().unwrap().is_empty(), "{case}");
        let answered = answer(folder.path(), &case);
        if answered["answer"] != case["expect"] {
            wrong.push(format!(
                "{}: {} instead of {}",
                case["id"], answered["answer"], case["expect"]
            ));
        }
        // Whatever was found, every request of it is allowed by the policies that apply to it.
        let found = answered["authorizations"].as_array().into_iter().flatten();
        let allowed = found
            .filter(|step| step["who"] == "caller")
            .all(|step| !step["statements"].as_array().unwrap().is_empty());
        assert!(allowed, "{}", case["id"]);
        *if case["expect"] == "yes" { &mut yes } else { &mut no } += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(yes > 40 && no > 40, "{yes} {no}");
}

fn allow(action: &str, resources: &[&str]) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resources})
}

/// What `aws bedrock get-inference-profile` prints.
fn profile(arn: &str, regions: &[&str], model: &str) -> Value {
    let models: Vec<Value> =
        regions.iter().map(|region| json!({"modelArn": format!("arn:aws:bedrock:{region}::foundation-model/{model}")})).collect();
    let (_, id) = arn.rsplit_once('/').unwrap();
    let kind = if arn.contains("application") { "APPLICATION" } else { "SYSTEM_DEFINED" };
    json!({"inferenceProfileName": "x", "inferenceProfileArn": arn, "inferenceProfileId": id, "models": models, "status": "ACTIVE", "type": kind})
}

/// A profile goes where it goes, whatever the id of its geography tells; and a policy that looks at
/// the profile is asked about that.
#[test]
fn profiles_route_where_their_ids_do_not_tell() {
    let folder = tempfile::tempdir().unwrap();
    let model = "arn:aws:bedrock:*::foundation-model/*";
    for (prefix, regions) in [
        ("us", ["us-east-1", "mx-central-1"]),
        ("eu", ["eu-west-1", "us-east-1"]),
        ("global", ["us-east-1", "sa-east-1"]),
    ] {
        let arn = format!(
            "arn:aws:bedrock:{}:111122223333:inference-profile/{prefix}.x.m-v1:0",
            regions[0]
        );
        let printed = written(folder.path(), "profile.json", &profile(&arn, &regions, "x.m-v1:0"));
        for (pattern, expected) in
            [("*:inference-profile/*", "yes"), ("*:application-inference-profile/*", "no")]
        {
            let mut through = allow("bedrock:InvokeModel", &[model]);
            through["Condition"] = json!({"StringLike": {"bedrock:InferenceProfileArn": pattern}});
            let policy = json!({"Version": "2012-10-17", "Statement": [allow("bedrock:InvokeModel", &["arn:aws:bedrock:*:*:inference-profile/*"]), through]});
            let flags = [
                "--call",
                "bedrock:InvokeModel",
                "--where",
                "Path=profile:*",
                "--profile",
                printed.to_str().unwrap(),
            ];
            let found =
                answer(folder.path(), &json!({"id": prefix, "policy": policy, "flags": flags}));
            assert_eq!(found["answer"], expected, "{prefix} {pattern}");
        }
    }
}

/// Whether a model is called through a profile, and which, every path says, so that nothing else
/// has to.
#[test]
fn every_authorization_says_through_which_profile() {
    let world = World::embedded().unwrap();
    let key = ContextKey::new("bedrock:InferenceProfileArn");
    let (mut told, mut silent) = (0, 0);
    for call in &Calls::embedded().unwrap().calls {
        for path in &call.paths {
            for needed in &path.authorizations {
                let listed = needed
                    .targets(world.catalogue)
                    .unwrap()
                    .is_some_and(|targets| targets.iter().any(|target| target.lists(key.lower())));
                let says = needed.keys.contains_key(&key) || needed.lacks(&key);
                assert!(says || !listed, "{}, {}: {}", call.name, path.name, needed.action);
                told += usize::from(says);
                silent += usize::from(!says);
            }
        }
    }
    assert!(told > 100 && silent > 100, "{told} {silent}");
}

/// The models of a profile are its routing, whatever the table says.
#[test]
fn profiles_that_aws_prints_are_where_calls_go() {
    let folder = tempfile::tempdir().unwrap();
    let arn = "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.x.m-v1:0";
    let model = |region: &str| format!("arn:aws:bedrock:{region}::foundation-model/x.m-v1:0");
    let grant = |regions: &[&str]| {
        let models: Vec<String> = regions.iter().map(|region| model(region)).collect();
        let models: Vec<&str> = models.iter().map(String::as_str).collect();
        let mut through = allow("bedrock:InvokeModel", &models);
        through["Condition"] = json!({"Null": {"bedrock:InferenceProfileArn": "false"}});
        json!({"Version": "2012-10-17", "Statement": [allow("bedrock:InvokeModel", &[arn]), through]})
    };
    let two = profile(arn, &["eu-west-1", "eu-west-2"], "x.m-v1:0");
    let ask = |policy: &Value, printed: Option<&Value>, flags: &[&str]| {
        let mut flags: Vec<String> = ["--call", "bedrock:InvokeModel"]
            .iter()
            .chain(flags)
            .map(|flag| (*flag).to_owned())
            .collect();
        if let Some(printed) = printed {
            flags.extend([
                "--profile".to_owned(),
                written(folder.path(), "profile.json", printed).display().to_string(),
            ]);
        }
        answer(folder.path(), &json!({"id": "profile", "policy": policy, "flags": flags}))
    };
    let both = grant(&["eu-west-1", "eu-west-2"]);
    assert_eq!(ask(&both, None, &[])["answer"], "no", "the table knows no such set");
    let found = ask(&both, Some(&two), &[]);
    assert_eq!(
        (found["answer"].as_str(), found["pathId"].as_str()),
        (Some("yes"), Some("profile:eu.x.m-v1:0@eu-west-1"))
    );
    assert_eq!(ask(&grant(&["eu-west-1"]), Some(&two), &[])["answer"], "no");
    // As a list, and through no other profile.
    let listed = json!({"inferenceProfileSummaries": [two]});
    assert_eq!(ask(&both, Some(&listed), &[])["answer"], "yes");
    let names: Vec<String> = ask(&both, Some(&listed), &["--paths", "all"])["paths"]
        .as_array()
        .unwrap()
        .iter()
        .map(|path| path["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        !names.iter().any(|name| name == "profile:us" || name == "profile:global"),
        "{names:?}"
    );
    assert!(names.iter().any(|name| name == "application:eu.x.m-v1:0@eu-west-1"), "{names:?}");
    // A global one has the model without a Region.
    let global = profile(
        "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/global.x.m-v1:0",
        &["eu-west-1", ""],
        "x.m-v1:0",
    );
    let everywhere = |unspecified: &str| {
        let mut nowhere = allow("bedrock:InvokeModel", &["arn:aws:bedrock:::foundation-model/*"]);
        nowhere["Condition"] = json!({"StringEquals": {"aws:RequestedRegion": unspecified}});
        let profiles = allow(
            "bedrock:InvokeModel",
            &[
                "arn:aws:bedrock:*:*:inference-profile/*",
                "arn:aws:bedrock:eu-west-1::foundation-model/x.m-v1:0",
            ],
        );
        json!({"Version": "2012-10-17", "Statement": [profiles, nowhere]})
    };
    assert_eq!(
        ask(&everywhere("unspecified"), Some(&global), &["--where", "Path=profile:*"])["answer"],
        "yes"
    );
    assert_eq!(
        ask(&everywhere("eu-west-1"), Some(&global), &["--where", "Path=profile:*"])["answer"],
        "no"
    );
    // An application profile is one of an account.
    let own = "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123";
    let application = profile(own, &["eu-west-1", "eu-west-2"], "x.m-v1:0");
    let through = |profile: &str| {
        let models = [model("eu-west-1"), model("eu-west-2")];
        json!({"Version": "2012-10-17", "Statement": [allow("bedrock:InvokeModel", &[profile, &models[0], &models[1]])]})
    };
    let only = ["--where", "Path=application:*"];
    assert_eq!(ask(&through(own), Some(&application), &only)["answer"], "yes");
    assert_eq!(
        ask(&through(&own.replace("abc123", "abc124")), Some(&application), &only)["answer"],
        "no"
    );
}

#[test]
fn files_of_profiles_and_calls_that_are_wrong_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let policy = written(
        folder.path(),
        "policy.json",
        &json!({"Version": "2012-10-17", "Statement": [allow("*", &["*"])]}),
    );
    let refused = |flag: &str, text: &str, expected: &str| {
        let path = folder.path().join("file");
        fs::write(&path, text).unwrap();
        let output = keyaki(&[
            "can",
            policy.to_str().unwrap(),
            "--call",
            "bedrock:InvokeModel",
            flag,
            path.to_str().unwrap(),
        ]);
        assert_eq!(code(&output), 2, "{text}");
        assert!(err(&output).contains(expected), "{text}: {}", err(&output));
    };
    let arn = "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.x.m";
    for (text, expected) in [
        ("{".to_owned(), "get-inference-profile"),
        ("[]".to_owned(), "no inference profile"),
        (json!({"inferenceProfileArn": "x", "models": []}).to_string(), "this is not an ARN"),
        (profile(arn, &[], "x.m").to_string(), "it has one model"),
        (profile(arn, &["eu-west-1"], "y.m").to_string(), "its id is not a prefix and its model"),
        (
            profile(&arn.replace("inference-profile", "guardrail"), &["eu-west-1"], "x.m")
                .to_string(),
            "this is not an inference profile",
        ),
    ] {
        refused("--profile", &text, expected);
    }
    refused("--calls", "x = 1", "unknown field");
    refused(
        "--calls",
        "[[geography]]\nname = \"us\"\nprefix = \"us\"\ndestinations = [\"us-east-1\"]\nsource = \"s\"\ndate = \"d\"\n",
        "there twice",
    );
}

/// A geography and a call that Keyaki does not carry.
#[test]
fn files_of_calls_add_calls_and_geographies() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"
[[geography]]
name = "sa"
prefix = "sa"
destinations = ["sa-east-1", "sa-west-1"]
source = "a test"
date = "2026-11"

[[call]]
name = "bedrock:CountTokens"
summary = "count the tokens of a prompt"
sources = ["https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html"]

[[call.path]]
id = "direct"
summary = "the model directly"

[[call.path.needs]]
action = "bedrock:CountTokens"
resource = "arn:${Partition}:bedrock:${Region}::foundation-model/${Model}"
keys = { "aws:RequestedRegion" = "${Region}" }
"#;
    let file = folder.path().join("more.toml");
    fs::write(&file, text).unwrap();
    let asked = |call: &str, resources: &[&str], action: &str, path: &str| {
        let policy = json!({"Version": "2012-10-17", "Statement": [allow(action, resources)]});
        let flags = json!([
            "--calls",
            file.to_str().unwrap(),
            "--call",
            call,
            "--where",
            format!("Path={path}")
        ]);
        answer(folder.path(), &json!({"id": call, "policy": policy, "flags": flags}))["answer"]
            .clone()
    };
    let [profile, east, west] = [
        "arn:aws:bedrock:sa-east-1:111122223333:inference-profile/sa.m",
        "arn:aws:bedrock:sa-east-1::foundation-model/m",
        "arn:aws:bedrock:sa-west-1::foundation-model/m",
    ];
    assert_eq!(
        asked("bedrock:Converse", &[profile, east, west], "bedrock:InvokeModel", "profile:sa"),
        "yes"
    );
    assert_eq!(
        asked("bedrock:Converse", &[profile, east], "bedrock:InvokeModel", "profile:sa"),
        "no"
    );
    assert_eq!(asked("bedrock:CountTokens", &["*"], "bedrock:CountTokens", "direct"), "yes");
    assert_eq!(asked("bedrock:CountTokens", &["*"], "bedrock:InvokeModel", "direct"), "no");
    let known = keyaki(&["can", "--calls", file.to_str().unwrap(), "--call", "list"]);
    assert!(
        out(&known).contains("bedrock:CountTokens") && out(&known).contains("profile:sa"),
        "{}",
        err(&known)
    );
}

/// Every path has a verdict of its own, and an id that filters take as its name.
#[test]
fn every_path_is_asked_where_that_is_the_question() {
    let folder = tempfile::tempdir().unwrap();
    let resources = [
        "arn:aws:bedrock:us-east-1::foundation-model/*",
        "arn:aws:bedrock:us-west-2::foundation-model/*",
        "arn:aws:bedrock:*:*:inference-profile/us.*",
    ];
    let policy =
        json!({"Version": "2012-10-17", "Statement": [allow("bedrock:InvokeModel", &resources)]});
    let case = |flags: &[&str]| {
        let flags = [&["--call", "bedrock:InvokeModel"], flags].concat();
        json!({"id": "paths", "policy": policy, "flags": flags})
    };
    let first = answer(folder.path(), &case(&[]));
    let all = answer(folder.path(), &case(&["--paths", "all"]));
    assert_eq!(
        (first["pathId"].as_str(), all["pathId"].as_str()),
        (Some("direct"), Some("direct"))
    );
    assert_eq!(first["paths"].as_array().unwrap().len(), 1);
    let paths = all["paths"].as_array().unwrap();
    let with = |word: &str| {
        paths
            .iter()
            .filter(|path| path["answer"] == word)
            .map(|path| path["id"].as_str().unwrap())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(with("yes"), BTreeSet::from(["direct", "profile:us-2"]));
    assert!(
        with("no").contains("profile:us") && with("no").contains("application") && paths.len() > 30
    );
    for path in paths {
        assert_eq!(path["call"].is_object(), path["answer"] == "yes", "{path}");
        let id = path["id"].as_str().unwrap();
        if ["direct", "profile:us-2", "profile:us", "application"].contains(&id) {
            let alone = answer(folder.path(), &case(&["--where", &format!("Path={id}")]));
            assert_eq!(alone["answer"], path["answer"], "{id}");
        }
    }
    let names: BTreeSet<&str> = paths.iter().map(|path| path["id"].as_str().unwrap()).collect();
    assert_eq!(names.len(), paths.len());
    let file = written(folder.path(), "policy.json", &policy);
    let text = out(&keyaki(&[
        "can",
        file.to_str().unwrap(),
        "--call",
        "bedrock:InvokeModel",
        "--paths",
        "all",
    ]))
    .to_owned();
    assert!(
        text.contains("  yes        profile:us-2") && text.contains("  no         profile:us "),
        "{text}"
    );
}
