//! Help, examples that run, completions, manual pages; and the flags that every command has: where
//! an answer goes, colours, threads, silence, and what an interruption leaves.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, keyaki, lines, out, shell};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn policy(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

/// A folder with the files that examples name.
fn ground() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let reports = "arn:aws:s3:::reports/*";
    let small = policy(&[allow("s3:GetObject", reports)]);
    let large = policy(&[allow("s3:*", reports), allow("bedrock:InvokeModel", "*")]);
    let bucket = |action: &str| {
        policy(&[
            json!({"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": action, "Resource": reports}),
        ])
    };
    let claims = |folder: &str| {
        format!(
            r#"
[[claim]]
name = "reports-are-not-deleted"
policies = ["{folder}old.json"]
claim = "never"
statement.Action = "s3:DeleteObject"
expect = "holds"
why = "Reports are kept."

[[claim]]
name = "reports-are-read"
policies = ["{folder}old.json"]
claim = "some"
statement.Action = "s3:GetObject"
expect = "holds"
why = "That is what the policy is for."
"#
        )
    };
    let open = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]});
    let named = |document: &Value| json!({"name": "p", "document": document});
    let estate = json!({"keyaki": "estate", "version": 1,
        "accounts": {"111122223333": {"principals": true, "resources": true}},
        "organization": {"id": "o-abcdefghij", "managementAccount": "111122223333", "scps": false,
            "rcps": false, "units": [{"id": "r-root"}], "members": {"111122223333": {"unit": "r-root"}}},
        "users": [{"arn": "arn:aws:iam::111122223333:user/dev", "policies": [named(&allow_all())], "tags": {}}],
        "roles": [{"arn": "arn:aws:iam::111122223333:role/admin", "trust": named(&open), "tags": {}}]});
    write("estate.json", &estate.to_string());
    let mut before = estate.clone();
    before["users"] = json!([]);
    write("estate-before.json", &before.to_string());
    let request = json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "arn:aws:s3:::reports/a"});
    let case = json!({"id": 1, "policies": allow_all(), "request": request});
    let enforced = json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": {
        "identifier": "arn:aws:bedrock:us-east-1:123456789012:guardrail/hu1dlsv9wy1d:1",
        "model_enforcement": {"included_models": ["ALL"], "excluded_models": []}}}}}});
    let effective = json!({"EffectivePolicy": {"PolicyContent": enforced.to_string(), "PolicyType": "BEDROCK_POLICY", "TargetId": "111122223333"}});
    let trust = policy(&[
        json!({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}),
    ]);
    write("policy.json", &large);
    write("boundary.json", &small);
    write("scp.json", &policy(&[allow("*", "*")]));
    write("old.json", &small);
    write("new.json", &large);
    write("old-bucket.json", &bucket("s3:GetObject"));
    write("new-bucket.json", &bucket("s3:*Object"));
    write("claims.toml", &claims(""));
    write("claims/reports.toml", &claims("../"));
    write("policies/small.json", &small);
    write("policies/large.json", &large);
    write("trust.json", &trust);
    write("effective.json", &effective.to_string());
    write("cases.jsonl", &format!("{case}\n"));
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let role = json!({"Arn": "arn:aws:iam::111122223333:role/app", "AssumeRolePolicyDocument": trust,
        "AttachedManagedPolicies": [{"PolicyArn": read_only}], "Tags": []});
    write("account.json", &json!({"RoleDetailList": [role], "IsTruncated": false}).to_string());
    let managed =
        json!({"keyaki": "managed-policies", "version": 1, "policies": {read_only: allow_all()}});
    write("aws-managed.json", &managed.to_string());
    let topic = json!({"arn": "arn:aws:sns:us-east-1:111122223333:news", "policy": null});
    write("organization/topic.json", &topic.to_string());
    folder
}

fn allow_all() -> Value {
    json!({"Version": "2012-10-17", "Statement": [allow("*", "*")]})
}

/// Runs a line of shell in a folder.
fn in_folder(folder: &Path, line: &str) -> Output {
    shell(&format!("cd '{}' && {line}", folder.display()))
}

/// The commands that help lists, those below commands, too.
fn commands() -> Vec<String> {
    let listed = |above: &str| -> Vec<String> {
        let help = out(&shell(&format!("keyaki {above} --help")));
        let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let names = lines.take_while(|line| !line.is_empty()).filter_map(|line| {
            let name = line.strip_prefix("  ")?.split(' ').next()?;
            (!name.is_empty() && name != "help")
                .then(|| format!("{above} {name}").trim().to_owned())
        });
        names.collect()
    };
    let mut all = vec![String::new()];
    all.extend(listed(""));
    all.extend(listed("encode"));
    all
}

#[test]
fn every_example_of_every_help_runs() {
    let commands = commands();
    assert!(commands.len() > 15 && commands.iter().any(|name| name == "encode can"));
    for command in commands {
        let (long, short) =
            (shell(&format!("keyaki {command} --help")), shell(&format!("keyaki {command} -h")));
        for help in [out(&long), out(&short)] {
            assert!(help.contains("\nExit codes:\n  0 "), "{command}: {help}");
            assert!(help.lines().all(|line| line.chars().count() <= 100), "{command}: {help}");
        }
        let help = out(&long);
        let examples: Vec<&str> = help
            .lines()
            .skip_while(|line| *line != "Examples:")
            .take_while(|line| *line != "Exit codes:")
            .filter_map(|line| line.strip_prefix("    "))
            .collect();
        assert!((1..=4).contains(&examples.len()), "{command}: {examples:?}");
        let own = format!("keyaki {command}");
        assert!(examples.iter().any(|example| example.contains(&own)), "{command}: {examples:?}");
        // One folder for all: an example may use what the one before made.
        let folder = ground();
        for example in examples {
            let line = if example.starts_with("eval ") {
                format!("bash -c '{example}'")
            } else {
                example.to_owned()
            };
            let output = in_folder(folder.path(), &line);
            assert!([0, 1].contains(&code(&output)), "{example}: {}", err(&output));
            assert_eq!(err(&output), "", "{example}");
            let file = example.split(" -o ").nth(1).map(|name| folder.path().join(name));
            match file {
                Some(file) => {
                    assert!(fs::metadata(&file).unwrap().len() > 0, "{example}");
                    assert_eq!(out(&output), "", "{example}");
                }
                None if example.contains(" -q") || example.starts_with("eval ") => {
                    assert_eq!(out(&output), "", "{example}");
                }
                None => assert_ne!(out(&output), "", "{example}"),
            }
        }
    }
}

#[test]
fn the_request_of_the_example_is_read_without_a_note() {
    let folder = ground();
    let output = in_folder(
        folder.path(),
        "keyaki eval --example > r.json && keyaki eval policy.json --request r.json -f json",
    );
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    let answer = &lines(&output)[0];
    assert_eq!(answer["decision"], "allowed");
    assert!(answer["notes"].as_array().is_none_or(Vec::is_empty), "{answer}");
    // It does not go with what it replaces.
    for flags in ["--request r.json", "--batch cases.jsonl"] {
        assert_eq!(code(&in_folder(folder.path(), &format!("keyaki eval --example {flags}"))), 2);
    }
    assert_eq!(code(&in_folder(folder.path(), "keyaki eval policy.json")), 2);
}

#[test]
fn short_flags_are_the_long_ones() {
    let folder = ground();
    for (short, long) in [
        (
            "can policy.json -a s3:GetObject -r 'arn:aws:s3:::reports/a' -p 'arn:aws:iam::*:user/*' -c 'Bool aws:SecureTransport false' -f json",
            "can policy.json --action s3:GetObject --resource 'arn:aws:s3:::reports/a' --principal 'arn:aws:iam::*:user/*' --condition 'Bool aws:SecureTransport false' --format json",
        ),
        (
            "compare old-bucket.json new-bucket.json -k resource",
            "compare old-bucket.json new-bucket.json --kind resource",
        ),
        ("validate trust.json -k trust -f json", "validate trust.json --kind trust --format json"),
    ] {
        let [one, other] =
            [short, long].map(|line| in_folder(folder.path(), &format!("keyaki {line}")));
        // The words of the command line are in the question that the answer restates.
        let plain = |output: &Output| {
            let mut all: Vec<Value> = match out(output) {
                text if text.starts_with('{') => lines(output),
                text => vec![text.into()],
            };
            for answer in &mut all {
                if let Some(question) = answer.get_mut("question").and_then(Value::as_object_mut) {
                    question.remove("arguments");
                }
            }
            all
        };
        assert!([0, 1].contains(&code(&one)), "{short}: {}", err(&one));
        assert_eq!((code(&one), plain(&one)), (code(&other), plain(&other)), "{short}");
    }
}

#[test]
fn completions_are_scripts_that_complete() {
    for (shell_name, sign) in [
        ("bash", "complete -F _keyaki"),
        ("zsh", "#compdef keyaki"),
        ("fish", "complete -c keyaki"),
        ("elvish", "edit:completion"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = out(&keyaki(&["completions", shell_name]));
        for word in [sign, "compare", "allow-vacuous", "guardrails"] {
            assert!(script.contains(word), "{shell_name}: {word}");
        }
    }
    let complete = "bash -c 'eval \"$(keyaki completions bash)\"; COMP_WORDS=(keyaki comp); COMP_CWORD=1; _keyaki keyaki comp keyaki; echo \"${COMPREPLY[@]}\"'";
    assert_eq!(out(&shell(complete)), "compare completions\n");
    assert_eq!(code(&keyaki(&["completions", "csh"])), 2);
}

#[test]
fn manual_pages_have_names_flags_examples_and_exit_codes() {
    for command in commands() {
        let page = out(&shell(&format!("keyaki man {command}")));
        let name = format!("keyaki {command}").trim().replace(' ', "-");
        assert!(page.contains(&format!(".TH {name} 1")), "{command}: {page}");
        for part in
            [".SH NAME", ".SH SYNOPSIS", ".SH OUTPUT", ".SH \"EXAMPLES\"", ".SH \"EXIT CODES\""]
        {
            assert!(page.contains(part), "{command}: {part}");
        }
    }
    assert!(out(&keyaki(&["man"])).contains("keyaki\\-compare(1)"));
    let output = keyaki(&["man", "comprae"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("there is no command `comprae`"), "{}", err(&output));
}

#[test]
fn verdicts_have_colours_where_they_are_wanted() {
    let folder = ground();
    let escape = '\u{1b}';
    let run = |line: &str| {
        let output = in_folder(folder.path(), line);
        (out(&output), err(&output))
    };
    let can = "keyaki can policy.json -a s3:GetObject";
    let (plain, _) = run(can);
    assert!(plain.starts_with("yes: ") && !plain.contains(escape));
    let (coloured, _) = run(&format!("{can} --color always"));
    assert!(coloured.starts_with("\u{1b}[1m\u{1b}[31myes\u{1b}[0m: "), "{coloured:?}");
    // Nothing else changes.
    let mut stripped = String::new();
    for part in coloured.split(escape) {
        stripped
            .push_str(part.strip_prefix('[').map_or(part, |part| part.split_once('m').unwrap().1));
    }
    assert_eq!(stripped, plain);
    // What the environment says counts where the flag says nothing.
    assert_eq!(run(&format!("CLICOLOR_FORCE=1 {can}")).0, coloured);
    assert_eq!(run(&format!("CLICOLOR_FORCE=1 NO_COLOR=1 {can}")).0, plain);
    assert_eq!(run(&format!("CLICOLOR_FORCE=1 {can} --color never")).0, plain);
    assert_eq!(run(&format!("NO_COLOR=1 {can} --color always")).0, coloured);
    // Standard error, and the parser's own words.
    for line in ["keyaki can none.json", "keyaki can --nothing"] {
        assert!(!run(line).1.contains(escape), "{line}");
        assert!(run(&format!("CLICOLOR_FORCE=1 {line}")).1.contains(escape), "{line}");
        assert!(!run(&format!("CLICOLOR_FORCE=1 {line} --color=never")).1.contains(escape));
    }
    assert!(run("keyaki can --help --color always").0.contains(escape));
    assert!(!run("keyaki can --help").0.contains(escape));
    // JSON is for programs.
    assert!(!run(&format!("{can} -f json --color always")).0.contains(escape));
    assert_eq!(code(&shell("keyaki can --color sometimes")), 2);
}

/// Runs a line on a terminal of its own; standard error is that terminal, too.
fn on_a_terminal(folder: &Path, line: &str) -> String {
    fs::write(folder.join("line.sh"), line).unwrap();
    let output = in_folder(folder, "TERM=xterm script -qec 'sh line.sh' /dev/null < /dev/null");
    assert_eq!(code(&output), 0, "{}", err(&output));
    out(&output)
}

#[test]
fn a_terminal_gets_colours_and_what_takes_long_tells_of_its_progress() {
    let folder = ground();
    let can = "keyaki can policy.json -a s3:GetObject || true";
    assert!(on_a_terminal(folder.path(), can).contains("\u{1b}[31myes"));
    assert!(!on_a_terminal(folder.path(), &format!("NO_COLOR=1 {can}")).contains("\u{1b}[31m"));
    let slow = "(cat cases.jsonl; sleep 4; cat cases.jsonl) | keyaki eval --batch -";
    let shown = on_a_terminal(folder.path(), slow);
    assert!(shown.contains("1 lines"), "{shown:?}");
    assert_eq!(shown.matches("\"decision\":\"allowed\"").count(), 2, "{shown:?}");
    let silent = on_a_terminal(folder.path(), &format!("{slow} --quiet"));
    assert_eq!(silent, "");
    let quick = on_a_terminal(folder.path(), "keyaki eval --batch cases.jsonl");
    assert!(!quick.contains("lines"), "{quick:?}");
}

#[test]
fn quiet_leaves_errors_and_the_exit_code() {
    let folder = ground();
    let warned = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:username}/*"}]}"#;
    fs::write(folder.path().join("warned.json"), warned).unwrap();
    let run = |line: &str| {
        let output = in_folder(folder.path(), line);
        (code(&output), out(&output), err(&output))
    };
    let (loud, _, warnings) = run("keyaki can warned.json -a s3:GetObject");
    assert!(loud == 1 && warnings.contains("warning["), "{warnings}");
    let nothing = |code| (code, String::new(), String::new());
    for (line, code) in [
        ("keyaki can warned.json -a s3:GetObject -q", 1),
        ("keyaki can policy.json -a ec2:RunInstances --quiet", 0),
        ("keyaki -q check claims.toml", 0),
        ("keyaki compare old.json new.json -f json -q", 1),
        ("keyaki validate trust.json -k identity -q", 1),
        // Nobody writes, so a closed standard output harms nobody.
        ("keyaki can policy.json -q >&-", 1),
    ] {
        assert_eq!(run(line), nothing(code), "{line}");
    }
    let (wrong, printed, said) = run("keyaki can none.json -q");
    assert!(wrong == 2 && printed.is_empty() && said.contains("none.json"), "{said}");
    // A file that is asked for is written.
    assert_eq!(run("keyaki can policy.json -q -o answer"), nothing(1));
    assert!(fs::read_to_string(folder.path().join("answer")).unwrap().starts_with("yes: "));
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_gets_the_whole_answer_or_stays_what_it_was() {
    let folder = ground();
    let path = |name: &str| folder.path().join(name);
    let run = |line: &str| {
        let output = in_folder(folder.path(), line);
        (code(&output), out(&output), err(&output))
    };
    for line in [
        "keyaki can policy.json -a s3:GetObject -f json",
        "keyaki check claims.toml",
        "keyaki eval --batch cases.jsonl",
        "keyaki encode can policy.json",
        "keyaki schema can",
    ] {
        let (ends, printed, _) = run(line);
        // `encode` takes other names for folders.
        let file = if line.contains(" encode ") { "answer.smt2" } else { "answer" };
        assert_eq!(run(&format!("{line} -o {file}")), (ends, String::new(), String::new()));
        assert_eq!(fs::read_to_string(path(file)).unwrap(), printed, "{line}");
        assert_eq!(run(&format!("{line} --output=-")).1, printed, "{line}");
    }
    // An ordinary file of this process; one that was there keeps what may be done with it.
    assert_eq!(run("umask 027; keyaki schema -o new").0, 0);
    assert_eq!(fs::metadata(path("new")).unwrap().permissions().mode() & 0o777, 0o640);
    fs::set_permissions(path("new"), fs::Permissions::from_mode(0o604)).unwrap();
    assert_eq!(run("keyaki schema can -o new").0, 0);
    assert_eq!(fs::metadata(path("new")).unwrap().permissions().mode() & 0o777, 0o604);
    // A link stays a link.
    assert_eq!(run("ln -s new link && keyaki schema -o link").0, 0);
    assert!(path("link").is_symlink());
    assert_eq!(fs::read_to_string(path("new")).unwrap(), run("keyaki schema").1);
    // What fails changes nothing, and leaves nothing.
    fs::write(path("kept"), "as it was").unwrap();
    let before = names(folder.path());
    for line in [
        "keyaki can none.json -o kept",
        "keyaki can policy.json -a s3:GetObjct -o kept",
        "keyaki can --batch policies -o kept",
        "keyaki can --nothing -o kept",
    ] {
        let (ends, printed, said) = run(line);
        assert!(ends == 2 && printed.is_empty() && !said.is_empty(), "{line}");
        assert_eq!(fs::read_to_string(path("kept")).unwrap(), "as it was", "{line}");
    }
    assert_eq!(names(folder.path()), before);
    // An answer with an error line is an answer.
    let (ends, ..) = run("echo nonsense | keyaki can --batch - -o kept");
    assert_eq!(ends, 2);
    assert!(fs::read_to_string(path("kept")).unwrap().contains("\"error\""));
    // What cannot be written is 2, before anything is asked.
    for line in
        ["keyaki schema -o none/answer", "keyaki schema -o policies", "keyaki schema -o /dev/full"]
    {
        let (ends, printed, said) = run(line);
        assert!(
            ends == 2 && printed.is_empty() && said.contains("the answer cannot be written to `"),
            "{line}: {said}"
        );
    }
    assert_eq!(run("keyaki schema -o /dev/null").0, 0);
    assert!(Path::new("/dev/null").metadata().unwrap().len() == 0);
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    for line in [
        "check proofs/obligations/playground.toml -f json",
        "check proofs/obligations/playground.toml",
        "matrix proofs/policies/S2-P1.json proofs/policies/S2-P2.json proofs/policies/S1-P1.json",
        "lint proofs/policies/S1-P1.json proofs/policies/S1-P2.json -f json",
    ] {
        let [one, four] = ["-j1", "--jobs 4"].map(|jobs| shell(&format!("keyaki {line} {jobs}")));
        assert!(!out(&one).is_empty() && code(&one) != 2, "{line}");
        assert_eq!((code(&one), out(&one)), (code(&four), out(&four)), "{line}");
    }
    // A flag that would do nothing is not there.
    assert!(err(&keyaki(&["schema", "-j", "2"])).contains("unexpected argument"));
    for wrong in ["0", "-1", "many"] {
        assert_eq!(
            code(&keyaki(&["check", "none.toml", &format!("--jobs={wrong}")])),
            2,
            "{wrong}"
        );
    }
}

/// Starts a batch that never ends, sends a line, waits until `told`, interrupts it, and returns the
/// exit code, what it printed, and what it said on standard error.
fn interrupted(folder: &Path, more: &[&str], told: impl Fn(&str)) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_keyaki"))
        .args(["eval", "--batch", "-"])
        .args(more)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&fs::read(folder.join("cases.jsonl")).unwrap()).unwrap();
    input.flush().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut printed = String::new();
    if more.is_empty() {
        output.read_line(&mut printed).unwrap();
    }
    told(&printed);
    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
    );
    std::io::Read::read_to_string(&mut output, &mut printed).unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    let status = child.wait().unwrap();
    drop(input);
    (status.code(), printed, said)
}

#[test]
fn an_interruption_leaves_whole_lines() {
    let folder = ground();
    let (code, printed, said) = interrupted(folder.path(), &[], |printed| {
        assert!(printed.contains("\"decision\":\"allowed\""));
    });
    assert_eq!((code, said.as_str()), (Some(130), "interrupted\n"));
    assert!(printed.ends_with("}\n") && printed.lines().count() == 1, "{printed}");
    // A file keeps what it had; what was decided is beside it.
    let path = |name: &str| folder.path().join(name);
    fs::write(path("answers"), "as they were").unwrap();
    let before = names(folder.path());
    let (code, printed, said) = interrupted(folder.path(), &["-o", "answers"], |_| {
        // Until the answer is in the file that nobody sees yet.
        let start = std::time::Instant::now();
        let written = || {
            names(folder.path()).iter().any(|name| {
                name.starts_with(".keyaki-") && fs::metadata(path(name)).unwrap().len() > 0
            })
        };
        while !written() {
            assert!(start.elapsed().as_secs() < 60, "no answer");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    });
    assert_eq!((code, printed.as_str()), (Some(130), ""));
    assert!(said.contains("answers.partial`"), "{said}");
    assert_eq!(fs::read_to_string(path("answers")).unwrap(), "as they were");
    let partial = fs::read_to_string(path("answers.partial")).unwrap();
    assert!(partial.contains("\"decision\":\"allowed\"") && partial.ends_with("}\n"), "{partial}");
    let mut after = before;
    after.push("answers.partial".to_owned());
    after.sort();
    assert_eq!(names(folder.path()), after);
}
