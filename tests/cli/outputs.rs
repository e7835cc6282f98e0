//! What a code review shows: forms of results, what counts as found, waivers and baselines.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, lines, out};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// 2026-10-01, when the embedded catalogue is new.
const TODAY: u64 = 1_790_812_800;
const DAY: u64 = 24 * 60 * 60;

/// A note, an error and another note.
const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject", "s3:GetObjct"], "Resource": "*"},
  {"Sid": "Again", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}]}
"#;

const CLAIMS: &str = r#"
[[claim]]
name = "nothing-is-deleted"
policies = ["p.json"]
claim = "never"
statement.Action = "s3:DeleteObject"
expect = "holds"

[[claim]]
name = "nothing-is-read"
policies = ["p.json"]
claim = "never"
statement.Action = "s3:GetObject"
expect = "holds"
why = "Nobody reads [this](http://example.com)."
"#;

/// A repository with a policy and claims about it.
fn ground() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    write(&folder, "p.json", POLICY);
    write(&folder, "c.toml", CLAIMS);
    folder
}

fn write(folder: &TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn on(day: u64, folder: &Path, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_keyaki"))
        .args(shlex::split(line).unwrap())
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", (TODAY + day * DAY).to_string())
        .output()
        .unwrap()
}

fn run(folder: &TempDir, line: &str) -> Output {
    on(0, folder.path(), line)
}

/// The results of a SARIF file, which has its published form.
fn results(output: &Output) -> Vec<Value> {
    let log: Value = serde_json::from_str(&out(output)).unwrap();
    let form = fs::read_to_string(root().join("tests/cases/cli/forms/sarif-2.1.0.json")).unwrap();
    let form: Value = serde_json::from_str(&form).unwrap();
    let form = jsonschema::validator_for(&form).unwrap();
    let wrong: Vec<String> = form.iter_errors(&log).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{log:#}");
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap().clone();
    for result in &results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        let rule = &run["tool"]["driver"]["rules"][index];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty());
        assert!(result["level"].is_string() && result["locations"][0].is_object(), "{result}");
        assert!(!rule["id"].as_str().unwrap().contains(['/', '.']));
    }
    results
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fingerprints(output: &Output) -> BTreeSet<String> {
    let print = |result: &Value| {
        let prints = &result["partialFingerprints"];
        assert_eq!(prints["primaryLocationLineHash"], prints["keyaki/v1"]);
        prints["keyaki/v1"].as_str().unwrap().to_owned()
    };
    results(output).iter().map(print).collect()
}

fn rules(output: &Output) -> Vec<String> {
    results(output).iter().map(|result| result["ruleId"].as_str().unwrap().to_owned()).collect()
}

/// What other people published, byte by byte: `README.md` there says from where.
#[test]
fn forms_of_others_are_as_they_were_published() {
    let folder = root().join("tests/cases/cli/forms");
    let page = fs::read_to_string(folder.join("README.md")).unwrap();
    for name in ["sarif-2.1.0.json", "junit.xsd"] {
        let sum = Sha256::digest(fs::read(folder.join(name)).unwrap());
        let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(page.contains(&format!("`{name}`, SHA-256 `{sum}`")), "{name} is {sum}");
    }
}

#[test]
fn code_scanning_gets_results_with_places_and_rules() {
    let folder = ground();
    let linted = run(&folder, "lint p.json -f sarif");
    assert_eq!(code(&linted), 1);
    assert_eq!(rules(&linted), ["contained-entry", "unknown-action", "contained-entry"]);
    let second = results(&linted).remove(1);
    let place = &second["locations"][0]["physicalLocation"];
    assert_eq!(
        (&second["level"], &place["artifactLocation"]["uri"]),
        (&json!("error"), &json!("p.json"))
    );
    let region = json!({"startLine": 2, "startColumn": 76, "endLine": 2, "endColumn": 89});
    assert_eq!(place["region"], region);

    let checked = run(&folder, "check c.toml -f sarif");
    assert_eq!((code(&checked), rules(&checked)), (1, vec!["claim-violated".to_owned()]));
    let said = results(&checked)[0]["message"]["text"].as_str().unwrap().to_owned();
    assert!(said.contains("nothing-is-read") && said.contains("s3:GetObject"), "{said}");
    assert!(said.contains("[this] (http://example.com)"), "{said}");

    let unknown = run(&folder, "check c.toml -f sarif --timeout 0.000001");
    assert_eq!(code(&unknown), 3);
    for result in results(&unknown) {
        assert_eq!(
            (&result["ruleId"], &result["level"]),
            (&json!("claim-unknown"), &json!("warning"))
        );
    }

    write(
        &folder,
        "q.json",
        "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allowed\"}]}",
    );
    write(&folder, "r.json", "{");
    let validated = run(&folder, "validate p.json q.json r.json none.json -f sarif");
    assert_eq!(code(&validated), 2);
    let told = rules(&validated);
    assert!(told.contains(&"invalid-effect".to_owned()) && told.contains(&"truncated".to_owned()));
    let log: Value = serde_json::from_str(&out(&validated)).unwrap();
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notified = invocation["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(notified.starts_with("cannot read `none.json`"), "{notified}");
}

/// Paths count from the root of the repository, wherever the command runs.
#[test]
fn paths_count_from_the_root_of_the_repository() {
    let folder = ground();
    write(&folder, "a b/é.json", POLICY);
    let below = folder.path().join("a b");
    let here = on(0, &below, "lint é.json -f sarif");
    let there = run(&folder, "lint 'a b/é.json' -f sarif");
    let uri = &results(&here)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%20b/%C3%A9.json");
    assert_eq!(fingerprints(&here), fingerprints(&there));
    assert_eq!(fingerprints(&here).len(), 3);
    let line = out(&on(0, &below, "lint é.json -f github"));
    assert!(line.starts_with("::notice file=a b/é.json,line=2,col=60,endLine=2,"), "{line}");
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let folder = ground();
    let before = fingerprints(&run(&folder, "lint p.json -f sarif"));
    assert_eq!(before.len(), 3);
    let value: Value = serde_json::from_str(POLICY).unwrap();
    write(&folder, "p.json", &format!("\n\n{value:#}\n"));
    assert_eq!(fingerprints(&run(&folder, "lint p.json -f sarif")), before);
    // Another statement before them moves the others and changes none.
    let mut more = value.clone();
    let first = json!({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"});
    more["Statement"].as_array_mut().unwrap().insert(0, first);
    write(&folder, "p.json", &more.to_string());
    assert_eq!(fingerprints(&run(&folder, "lint p.json -f sarif")), before);
    // What a statement says is a part of them: of two findings in the first one, not of the other.
    let mut other = value;
    other["Statement"][0]["Resource"] = json!(["*", "arn:aws:s3:::b/*"]);
    write(&folder, "p.json", &other.to_string());
    let after = fingerprints(&run(&folder, "lint p.json -f sarif"));
    assert_eq!(after.intersection(&before).count(), 1, "{after:?} {before:?}");

    let claimed = fingerprints(&run(&folder, "check c.toml -f sarif"));
    write(&folder, "c.toml", &format!("\n\n{CLAIMS}"));
    assert_eq!(fingerprints(&run(&folder, "check c.toml -f sarif")), claimed);
    write(&folder, "c.toml", &CLAIMS.replace("nothing-is-read", "nobody-reads"));
    assert!(fingerprints(&run(&folder, "check c.toml -f sarif")).is_disjoint(&claimed));
}

/// Findings that are equal in everything are told apart by their number.
#[test]
fn equal_findings_have_fingerprints_of_their_own() {
    let folder = ground();
    let statement = json!({"Effect": "Allow", "Action": "s3:GetObjct", "Resource": "*"});
    let twice = json!({"Version": "2012-10-17", "Statement": [statement, statement]});
    write(&folder, "p.json", &twice.to_string());
    let linted = run(&folder, "lint p.json --rule unknown-action -f sarif");
    assert_eq!((results(&linted).len(), fingerprints(&linted).len()), (2, 2));
}

#[test]
fn build_servers_get_a_case_for_each_claim_and_file() {
    let folder = ground();
    let text = out(&run(&folder, "check c.toml -f junit"));
    assert!(text.contains("tests=\"2\" skipped=\"0\" failures=\"1\" errors=\"0\""), "{text}");
    assert!(text.contains("<testcase name=\"nothing-is-deleted\" classname=\"c.toml\"/>"));
    assert!(text.contains("type=\"claim-violated\">c.toml:9:1: error[claim-violated]: "));
    let text = out(&run(&folder, "check c.toml none.toml -f junit --timeout 0.000001"));
    // That nothing is deleted needs no engine, and no time: nothing grants it.
    assert!(text.contains("tests=\"3\" skipped=\"0\" failures=\"0\" errors=\"2\""), "{text}");
    assert!(text.contains("type=\"unreadable-input\""));
    // A note that does not count is no failure, and is told.
    let line = "lint p.json --rule contained-entry --fail-on warning -f junit";
    let output = run(&folder, line);
    let text = out(&output);
    assert!(code(&output) == 0 && text.contains("failures=\"0\" errors=\"0\""), "{text}");
    assert!(text.contains("<system-out>p.json:2:"), "{text}");
}

/// Nothing that stands in a policy begins a line, ends a property, or makes markup.
#[test]
fn foreign_text_stays_text() {
    let folder = ground();
    let hostile = "x::error::a%0A,b\n::error::c\r</code><script>```@octocat [a](http://b)\u{1b}[2J";
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": hostile}}},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]});
    let claims = format!(
        "\n[[claim]]\nname = {}\npolicies = [\"p,%:\\n.json\"]\nclaim = \"never\"\nexpect = \"holds\"\nwhy = {}\n",
        json!(hostile).to_string().replace("\\u001b", "\\u001B"),
        json!(hostile).to_string().replace("\\u001b", "\\u001B")
    );
    write(&folder, "p,%:\n.json", &policy.to_string());
    write(&folder, "c,%:\n.toml", &claims);
    for line in ["check 'c,%:\n.toml'", "lint 'p,%:\n.json'", "validate 'p,%:\n.json'"] {
        let annotated = out(&run(&folder, &format!("{line} -f github")));
        for told in annotated.lines() {
            let words = ["::error ", "::warning ", "::notice "];
            assert!(words.iter().any(|word| told.starts_with(word)), "{line}: {told:?}");
            assert!(!told.contains(['\r', '\u{1b}']));
        }
        let commented = out(&run(&folder, &format!("{line} -f markdown")));
        let mut fence: Option<String> = None;
        for told in commented.lines() {
            match &fence {
                Some(open) if told == open => fence = None,
                Some(_) => {}
                None => {
                    if let Some(open) = told.strip_suffix("text").filter(|open| open.len() > 2) {
                        fence = Some(open.to_owned());
                    }
                    assert!(!told.contains("<script>") && !told.starts_with("::"), "{told}");
                    let plain = told.split("<code>").map(|part| part.rsplit("</code>").next());
                    assert!(plain.flatten().all(|part| !part.contains(['@', '['])), "{told}");
                }
            }
        }
        assert_eq!(fence, None, "{line}");
        results(&run(&folder, &format!("{line} -f sarif")));
        let xml = out(&run(&folder, &format!("{line} -f junit")));
        assert!(!xml.contains("<script>") && !xml.contains('\u{1b}'), "{xml}");
    }
    let annotated = out(&run(&folder, "check 'c,%:\n.toml' -f github"));
    assert!(
        annotated.starts_with("::error file=c%2C%25%3A%0A.toml,line=2,col=1,endLine=2,"),
        "{annotated}"
    );
}

#[test]
fn a_level_says_what_counts_as_found() {
    let folder = ground();
    let warned = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"numericequals": {"s3:max-keys": "1"}}}]});
    write(&folder, "warned.json", &warned.to_string());
    write(
        &folder,
        "invalid.json",
        "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allowed\"}]}",
    );
    write(&folder, "broken.json", "{");
    let rows = [
        ("lint p.json", [1, 1, 1, 1, 0]),
        ("lint p.json --rule contained-entry", [1, 0, 0, 1, 0]),
        ("lint p.json broken.json", [2, 2, 2, 2, 2]),
        ("check c.toml", [1, 1, 1, 1, 0]),
        ("check c.toml --filter deleted", [0, 0, 0, 0, 0]),
        ("check c.toml --timeout 0.000001", [3, 3, 3, 3, 3]),
        ("validate invalid.json", [1, 1, 1, 1, 0]),
        ("validate warned.json", [0, 0, 1, 1, 0]),
        ("validate invalid.json none.json", [2, 2, 2, 2, 2]),
    ];
    for (line, codes) in rows {
        let flags = ["", "error", "warning", "note", "never"];
        for (flag, expected) in flags.into_iter().zip(codes) {
            let flag = if flag.is_empty() { String::new() } else { format!(" --fail-on {flag}") };
            for format in ["human", "json", "sarif", "junit", "github", "markdown"] {
                let output = run(&folder, &format!("{line}{flag} -f {format}"));
                assert_eq!(code(&output), expected, "{line}{flag} -f {format}: {}", out(&output));
            }
        }
    }
}

const WAIVERS: &str = r#"
[[waiver]]
rule = "contained-entry"
file = "*.json"
sid = "Again"
reason = "Kept for the auditors"

[[waiver]]
rule = "unknown-action"
file = "p.json"
statement = 0
reason = "Typo of the vendor"
expires = 2026-10-02

[[waiver]]
claim = "nothing-is-read"
reason = "Until the bucket is gone"
"#;

#[test]
fn a_waived_finding_does_not_count_and_is_listed() {
    let folder = ground();
    write(&folder, "keyaki.toml", WAIVERS);
    let linted = run(&folder, "lint p.json -f json");
    assert_eq!(code(&linted), 1);
    let told = lines(&linted);
    let waived: Vec<_> = told.iter().filter_map(|line| line.get("waived")?.get("reason")).collect();
    assert_eq!(waived, ["Typo of the vendor", "Kept for the auditors"]);
    assert_eq!(told[1]["waived"]["expires"], "2026-10-02");
    assert_eq!(
        (&told[1]["waived"]["file"], &told[1]["waived"]["line"]),
        (&json!("keyaki.toml"), &json!(8))
    );
    let summary = told.last().unwrap();
    assert_eq!((&summary["findings"], &summary["waived"]), (&json!(1), &json!(2)));
    let human = out(&run(&folder, "lint p.json"));
    assert!(
        human.contains("1 finding: 1 contained-entry, 2 waived") && !human.contains("GetObjct")
    );
    assert_eq!(rules(&run(&folder, "lint p.json -f sarif")), ["contained-entry"]);
    let without = run(&folder, "lint p.json --no-project -f sarif");
    assert_eq!(results(&without).len(), 3);

    let checked = run(&folder, "check c.toml");
    assert_eq!(code(&checked), 0, "{}", out(&checked));
    assert!(out(&checked).contains("waived: Until the bucket is gone (keyaki.toml:"));
    assert!(out(&checked).contains("1 as expected, 1 waived;"));
    let answer = lines(&run(&folder, "check c.toml -f json")).remove(1);
    assert_eq!((&answer["verdict"], &answer["asExpected"]), (&json!("violated"), &json!(false)));
    assert_eq!(answer["waived"]["reason"], "Until the bucket is gone");
    assert!(
        out(&run(&folder, "check c.toml -f junit")).contains("<skipped message=\"waived: Until")
    );
    // Nobody accepts what nobody knows.
    let unknown = run(&folder, "check c.toml --timeout 0.000001");
    assert_eq!((code(&unknown), out(&unknown).contains("waived")), (3, false));
}

#[test]
fn an_expired_waiver_is_a_finding_of_its_own() {
    let folder = ground();
    write(&folder, "keyaki.toml", WAIVERS);
    let line = "lint p.json --rule unknown-action";
    assert_eq!(code(&on(1, folder.path(), line)), 0, "the last day is a day");
    let late = on(2, folder.path(), line);
    assert_eq!(code(&late), 1);
    let text = out(&late);
    assert!(
        text.contains("keyaki.toml:8:1: error[expired-waiver]: the waiver of `unknown-action`")
    );
    assert!(
        text.contains("good until 2026-10-02") && text.contains("Typo of the vendor"),
        "{text}"
    );
    assert!(text.contains("error[unknown-action]"), "{text}");
    // It counts even where what it waived does not occur any more.
    write(&folder, "p.json", &POLICY.replace("\"s3:GetObjct\"", "\"s3:PutObject\""));
    let late = on(2, folder.path(), "lint p.json -f sarif --rule unknown-action");
    assert_eq!((code(&late), rules(&late)), (1, vec!["expired-waiver".to_owned()]));
    let never = on(2, folder.path(), "lint p.json --rule unknown-action --fail-on never");
    assert_eq!(code(&never), 0);
    // One of a claim is not for lint to tell.
    write(
        &folder,
        "keyaki.toml",
        "[[waiver]]\nclaim = \"nothing-is-read\"\nreason = \"r\"\nexpires = \"2026-09-30\"\n",
    );
    assert_eq!(code(&run(&folder, "lint p.json --rule unknown-action")), 0);
    let checked = run(&folder, "check c.toml -f json");
    assert_eq!(
        (code(&checked), lines(&checked).last().unwrap()["code"].clone()),
        (1, json!("expired-waiver"))
    );
}

#[test]
fn a_waiver_that_waives_nothing_is_told() {
    let folder = ground();
    write(&folder, "q.json", POLICY);
    let waiver = |text: &str| {
        write(&folder, "keyaki.toml", &format!("[[waiver]]\n{text}\nreason = \"r\"\n"))
    };
    let told = |line: &str| {
        let output = run(&folder, line);
        let told = lines(&output);
        let said = told.iter().find(|line| line["code"] == "unused-waiver");
        let level = said.map(|line| line["severity"].as_str().unwrap().to_owned());
        (code(&output), level, said.map(|line| line["message"].to_string()).unwrap_or_default())
    };
    let warning = Some("warning".to_owned());
    // The rule was asked of a file that it names, and found nothing.
    waiver("rule = \"dead-statement\"\nfile = \"p.json\"");
    assert_eq!(told("lint p.json -f json --rule dead-statement").0, 0);
    assert_eq!(told("lint p.json -f json --rule dead-statement").1, warning);
    assert_eq!(told("lint p.json -f json --rule dead-statement --fail-on warning").0, 1);
    // Of other rules and files nothing is known.
    assert_eq!(told("lint p.json -f json --rule unknown-action").1, None);
    assert_eq!(told("lint q.json -f json --rule dead-statement").1, None);
    assert_eq!(told("check c.toml -f json").1, None);
    waiver("rule = \"dead-statement\"\nfile = \"gone.json\"");
    let (_, level, message) = told("lint p.json -f json --rule unknown-action");
    assert!(level == warning && message.contains("there is no such file"), "{message}");
    // Another statement than that of the finding.
    waiver("rule = \"unknown-action\"\nfile = \"p.json\"\nstatement = 1");
    assert_eq!(told("lint p.json -f json --rule unknown-action").0, 1);
    assert_eq!(told("lint p.json -f json --rule unknown-action").1, warning);
    // What is undecided may be a finding.
    waiver("rule = \"dead-statement\"\nfile = \"p.json\"");
    let undecided = "lint p.json -f json --rule dead-statement --most-queries 0";
    if lines(&run(&folder, undecided)).iter().any(|line| line["severity"] == "undecided") {
        assert_eq!(told(undecided).1, None);
    }
    waiver("claim = \"nothing-is-deleted\"");
    assert_eq!(told("check c.toml -f json").1, warning);
    waiver("claim = \"nothing-is-raed\"");
    assert_eq!(told("check c.toml -f json").1, warning);
    assert_eq!(told("check c.toml -f json --filter deleted").1, None);
    waiver("claim = \"nothing-is-raed\"\nfile = \"c.toml\"");
    let (_, level, message) = told("check c.toml -f json");
    assert_eq!(level.as_deref(), Some("error"), "{message}");
    let text = out(&run(&folder, "check c.toml"));
    assert!(text.contains("help: did you mean `nothing-is-read`?"), "{text}");
}

#[test]
fn a_waiver_names_a_rule_that_there_is() {
    let folder = ground();
    let rows = [
        ("dead-entri", "there is no rule `dead-entri`; did you mean `dead-entry`?"),
        ("invalid-effect", "`invalid-effect` is what makes a document invalid"),
    ];
    for (rule, expected) in rows {
        let text = format!("\n[[waiver]]\nrule = \"{rule}\"\nfile = \"p.json\"\nreason = \"r\"\n");
        write(&folder, "keyaki.toml", &text);
        let output = run(&folder, "lint p.json");
        let said = err(&output);
        assert!(code(&output) == 2 && said.contains(expected), "{said}");
        assert!(said.contains("keyaki.toml:3:8"), "{said}");
    }
}

#[test]
fn a_baseline_leaves_out_what_was_there() {
    let folder = ground();
    let written = run(&folder, "lint p.json --write-baseline b.json");
    assert_eq!(code(&written), 1, "writing changes no exit code");
    let baseline: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("b.json")).unwrap()).unwrap();
    let form = keyaki_reports::baseline::schema().1.to_value();
    assert!(jsonschema::validator_for(&form).unwrap().is_valid(&baseline), "{baseline}");
    assert_eq!(baseline["findings"].as_array().unwrap().len(), 3);
    let clean = run(&folder, "lint p.json --baseline b.json");
    assert_eq!((code(&clean), err(&clean)), (0, String::new()));
    assert!(out(&clean).contains("0 findings, 3 in the baseline"), "{}", out(&clean));
    assert!(results(&run(&folder, "lint p.json --baseline b.json -f sarif")).is_empty());

    // One new finding and one that is gone, with the lines moved.
    let other = POLICY.replace("\"s3:GetObject\", \"arn", "x").replacen("[\n", "[\n\n\n", 1);
    let other = other.replace(
        "\"Sid\": \"Again\", \"Effect\": \"Allow\", \"Action\": \"s3:GetObject\"",
        "\"Sid\": \"Again\", \"Effect\": \"Allow\", \"Action\": \"s3:PutObjct\"",
    );
    write(&folder, "p.json", &other);
    let changed = run(&folder, "lint p.json --baseline b.json -f json");
    assert_eq!(code(&changed), 1);
    let told = lines(&changed);
    assert_eq!(told.iter().filter(|line| line.get("rule").is_some()).count(), 1);
    assert_eq!(
        (&told[0]["rule"], &told.last().unwrap()["known"]),
        (&json!("unknown-action"), &json!(2))
    );
    let note = "note: 1 finding of the baseline `b.json` does not occur any more: contained-entry of `p.json`";
    assert!(err(&changed).starts_with(note), "{}", err(&changed));
    // Of a rule that was not asked and of a file that was not read nothing is gone.
    assert_eq!(err(&run(&folder, "lint p.json --baseline b.json --rule dead-entry")), "");
    write(&folder, "q.json", POLICY);
    assert_eq!(err(&run(&folder, "lint q.json --baseline b.json")), "");

    let checked = run(&folder, "check c.toml --write-baseline d.json");
    assert_eq!(code(&checked), 1);
    let known = run(&folder, "check c.toml --baseline d.json");
    assert!(
        code(&known) == 0 && out(&known).contains("known: it is in the baseline"),
        "{}",
        out(&known)
    );
    assert_eq!(lines(&run(&folder, "check c.toml --baseline d.json -f json"))[1]["known"], true);
    write(&folder, "c.toml", CLAIMS.split("[[claim]]\nname = \"nothing-is-read\"").next().unwrap());
    let gone = err(&run(&folder, "check c.toml --baseline d.json"));
    assert!(gone.contains("claim-violated of `nothing-is-read`"), "{gone}");
    assert_eq!(err(&run(&folder, "check c.toml --baseline d.json --filter deleted")), "");
}

#[test]
fn a_baseline_is_written_whole_or_not() {
    let folder = ground();
    write(&folder, "b.json", "before");
    write(&folder, "broken.json", "{");
    let output = run(&folder, "lint p.json broken.json --write-baseline b.json");
    assert!(code(&output) == 2 && err(&output).contains("the baseline is not written"));
    assert_eq!(fs::read_to_string(folder.path().join("b.json")).unwrap(), "before");
    let refused = run(&folder, "lint p.json --baseline b.json");
    let said = err(&refused);
    assert!(
        code(&refused) == 2 && said.contains("`b.json`, line 1, column 1: this is not a baseline"),
        "{said}"
    );
    for text in [
        "{\"keyaki\": \"estate\", \"schema\": 2, \"findings\": []}",
        "{\"keyaki\": \"baseline\", \"schema\": 9, \"findings\": []}",
    ] {
        write(&folder, "b.json", text);
        assert_eq!(code(&run(&folder, "lint p.json --baseline b.json")), 2, "{text}");
    }
    // What is waived stays out of a baseline: the waiver ends, and the finding is told.
    write(&folder, "keyaki.toml", WAIVERS);
    run(&folder, "lint p.json --write-baseline b.json");
    let text = fs::read_to_string(folder.path().join("b.json")).unwrap();
    assert_eq!(text.matches("fingerprint").count(), 1, "{text}");
    let late = on(2, folder.path(), "lint p.json --baseline b.json -f sarif");
    assert_eq!(rules(&late), ["unknown-action", "expired-waiver"]);
}

#[test]
fn other_commands_print_no_such_form() {
    let folder = ground();
    let refused = run(&folder, "can p.json -a s3:GetObject -f sarif");
    assert!(code(&refused) == 2 && err(&refused).contains("possible values: human, json"));
    let explained = run(&folder, "lint --explain dead-entry -f sarif");
    assert!(code(&explained) == 2 && err(&explained).contains("`--explain` prints text or JSON"));
}
