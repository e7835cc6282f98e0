//! A plan of the size of a large company's.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test may fail loudly, and measures"
)]

use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::source::Source;
use keyaki_templates::Plan;
use serde_json::{Value, json};

/// A policy with about five kilobytes.
fn large(number: usize) -> Value {
    let statement = |at: usize| {
        json!({"Sid": format!("S{at}"), "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        "Resource": format!("arn:aws:s3:::bucket-{number}-{at}/*"),
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": format!("team-{at}")}}})
    };
    json!({"Version": "2012-10-17", "Statement": (0..22).map(statement).collect::<Vec<_>>()})
}

/// A change of a resource, with the plan's word for it.
fn change(kind: &str, name: &str, (before, after, unknown): (Value, Value, Value)) -> Value {
    json!({"address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
        "change": {"actions": ["update"], "before": before, "after": after, "after_unknown": unknown}})
}

fn block(kind: &str, name: &str, expressions: Value) -> Value {
    json!({"address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
        "provider_config_key": "aws", "expressions": expressions})
}

/// A plan with so many policies, of which one in ten is not known, and a role for each; and the
/// file that it is from.
fn generated(policies: usize) -> (Source, Source) {
    let (mut changes, mut blocks, mut main) = (Vec::new(), Vec::new(), String::new());
    let (policy, role, bucket) = ("aws_iam_policy", "aws_iam_role", "aws_s3_bucket");
    let attachment = "aws_iam_role_policy_attachment";
    for number in 0..policies {
        let [p, r, a] = ["p", "r", "a"].map(|name| format!("{name}{number}"));
        let arn = format!("arn:aws:iam::111122223333:policy/{p}");
        let before =
            json!({"name": p, "policy": large(number).to_string(), "path": "/", "arn": arn});
        let (mut after, mut unknown) = (before.clone(), json!({}));
        if number % 10 == 0 {
            after["policy"] = Value::Null;
            unknown["policy"] = json!(true);
        }
        changes.push(change(policy, &p, (before, after, unknown)));
        main += &format!(
            "resource \"aws_iam_policy\" \"{p}\" {{\n  policy = jsonencode({{ Version = \"2012-10-17\", \
             Statement = [{{ Effect = \"Allow\", Action = \"s3:*\", Resource = aws_s3_bucket.b.arn }}] }})\n}}\n"
        );
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]});
        let made = json!({"name": r, "path": "/", "assume_role_policy": trust.to_string()});
        changes.push(change(role, &r, (Value::Null, made, json!({"arn": true}))));
        let made = json!({"role": r, "policy_arn": arn});
        changes.push(change(attachment, &a, (Value::Null, made, json!({}))));
        let references = json!({"references": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]});
        blocks.push(block(policy, &p, json!({"policy": references})));
        blocks.push(block(role, &r, json!({"assume_role_policy": {}})));
        blocks.push(block(attachment, &a, json!({"role": {}, "policy_arn": {}})));
    }
    // As many instances of one block, each with a value of a local.
    main += "locals {\n  teams = {\n";
    for number in 0..policies {
        main += &format!("    t{number} = {{ path = \"team/{number}\", tags = [\"a\", \"b\"] }}\n");
        let mut one = change(policy, "each", (Value::Null, json!({}), json!({"policy": true})));
        one["address"] = json!(format!("aws_iam_policy.each[\"t{number}\"]"));
        one["index"] = json!(format!("t{number}"));
        changes.push(one);
    }
    main += "  }\n}\nresource \"aws_iam_policy\" \"each\" {\n  for_each = local.teams\n  policy = \
             jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \
             \"s3:*\", Resource = \"${aws_s3_bucket.b.arn}/${each.value.path}/*\" }] })\n}\n";
    changes.push(change(bucket, "b", (Value::Null, json!({"bucket": "b"}), json!({"arn": true}))));
    blocks.push(block(bucket, "b", json!({})));
    let plan = json!({"format_version": "1.2", "resource_changes": changes,
        "configuration": {"root_module": {"resources": blocks}}});
    (Source::new("plan.json", plan.to_string()), Source::new("main.tf", main))
}

fn read(plan: &Source, main: Source) -> Plan {
    keyaki_templates::plan(plan, &[main], &ReadOptions::default()).unwrap()
}

#[test]
fn every_policy_of_a_generated_plan_has_its_role() {
    let (plan, main) = generated(30);
    let plan = read(&plan, main);
    assert!(plan.after.findings.is_empty(), "{:?}", plan.after.findings);
    assert_eq!(plan.after.documents.len(), 90);
    for number in 0..30 {
        let address = format!("aws_iam_policy.p{number}.policy");
        let document = plan.after.documents.iter().find(|it| it.address == address).unwrap();
        let holders: Vec<&str> = document.holders.iter().map(|it| it.address.as_str()).collect();
        assert_eq!(holders, [format!("aws_iam_role.r{number}")]);
    }
}

/// Run by `cargo test --release -p keyaki-templates size -- --ignored --nocapture`.
#[test]
#[ignore = "it is about time and memory"]
fn a_plan_of_twenty_megabytes_is_read() {
    let (source, main) = generated(2_000);
    let before = used();
    let plan = read(&source, main);
    let after = used();
    let megabytes = source.text().len() >> 20;
    eprintln!(
        "{megabytes} MB, {} documents: {} s of CPU, at most {} MB with the test's own",
        plan.before.documents.len() + plan.after.documents.len(),
        (after.0 - before.0) as f64 / 100.0,
        after.1 >> 10,
    );
    assert!(megabytes >= 19);
    assert_eq!(plan.after.documents.len(), 6_000);
}

/// Hundredths of a second of this process, and the kilobytes that it had at most.
fn used() -> (u64, u64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let times = stat.rsplit(')').next().unwrap().split_whitespace();
    let ticks = times.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    (ticks, most.trim().trim_end_matches(" kB").parse().unwrap())
}
