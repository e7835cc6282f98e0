//! `aws_iam_policy_document`: from its block, and from what a plan knows of it.

use super::*;

const ROLE: &str = "arn:aws:iam::111122223333:role/r";

/// A plan with a policy from a document, of which this is known.
fn planned(after: Value, unknown: Value) -> Value {
    let mut unknown = unknown;
    unknown["json"] = json!(true);
    let reference = json!({"policy": {"references": [
        "data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d",
    ]}});
    with(
        &[
            made("data.aws_iam_policy_document.d", after, unknown),
            made("aws_sqs_queue_policy.p", json!({"queue_url": "u"}), json!({"policy": true})),
        ],
        json!({"resources": [
            block("data.aws_iam_policy_document.d", json!({})),
            block("aws_sqs_queue_policy.p", reference),
        ]}),
    )
}

fn document(after: Value, unknown: Value) -> Result<Value, String> {
    let plan = read_plan(&planned(after, unknown), &[]);
    match plan.after.documents.first() {
        Some(document) => Ok(serde_json::from_str(document.source.text()).unwrap()),
        None => Err(told(&plan.after).join("\n")),
    }
}

#[test]
fn statements_become_a_policy() {
    let after = json!({
        "version": null, "policy_id": "id", "override_policy_documents": null,
        "statement": [
            {"sid": "One", "effect": "Deny", "actions": ["s3:*"], "not_actions": null,
                "resources": ["arn:aws:s3:::b/&{aws:username}/*"], "not_resources": [],
                "principals": [{"type": "AWS", "identifiers": [ROLE]},
                    {"type": "AWS", "identifiers": ["111122223333"]},
                    {"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
                "not_principals": [],
                "condition": [
                    {"test": "StringLike", "variable": "aws:PrincipalTag/a", "values": ["x", "&{aws:username}"]},
                    {"test": "StringLike", "variable": "aws:PrincipalTag/a", "values": ["y"]},
                    {"test": "Null", "variable": "aws:PrincipalTag/b", "values": ["true"]},
                ]},
            {"sid": "", "effect": null, "not_actions": ["iam:*"], "not_resources": ["*"],
                "not_principals": [{"type": "*", "identifiers": ["*"]}]},
        ],
    });
    let expected = json!({
        "Version": "2012-10-17", "Id": "id",
        "Statement": [
            {"Sid": "One", "Effect": "Deny", "Action": ["s3:*"],
                "Resource": ["arn:aws:s3:::b/${aws:username}/*"],
                "Principal": {"AWS": [ROLE, "111122223333"], "Service": ["ec2.amazonaws.com"]},
                "Condition": {
                    "StringLike": {"aws:PrincipalTag/a": ["x", "${aws:username}", "y"]},
                    "Null": {"aws:PrincipalTag/b": ["true"]},
                }},
            {"Effect": "Allow", "NotAction": ["iam:*"], "NotResource": ["*"], "NotPrincipal": "*"},
        ],
    });
    assert_eq!(document(after, json!({})), Ok(expected));
}

#[test]
fn documents_that_are_named_are_merged() {
    let inner = |sid: &str, action: &str| json!({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": "*"});
    let text =
        |statements: Value| json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let after = json!({
        "source_policy_documents": [text(json!([inner("A", "s3:A"), inner("B", "s3:B")])), ""],
        "override_policy_documents": [text(json!(inner("C", "s3:D")))],
        "statement": [
            {"sid": "B", "actions": ["s3:X"], "resources": ["*"]},
            {"sid": "C", "actions": ["s3:C"], "resources": ["*"]},
        ],
    });
    let policy = document(after, json!({})).unwrap();
    let actions: Vec<&Value> =
        policy["Statement"].as_array().unwrap().iter().map(|one| &one["Action"]).collect();
    assert_eq!(json!(actions), json!(["s3:A", ["s3:X"], "s3:D"]));
}

#[test]
fn a_text_that_is_not_known_is_a_parameter() {
    let after = json!({"statement": [{
        "actions": ["sqs:SendMessage"], "resources": [null, "arn:aws:sqs:us-east-1:111122223333:q"],
        "principals": [{"type": "*", "identifiers": ["*"]}],
        "condition": [
            {"test": "StringEquals", "variable": "aws:SourceVpc", "values": [null]},
            {"test": "ArnEquals", "variable": "aws:SourceArn", "values": [null]},
        ],
    }]});
    let unknown = json!({"statement": [{
        "actions": [false], "resources": [true, false],
        "condition": [{"values": [true]}, {"values": [true]}],
    }]});
    let plan = read_plan(&planned(after, unknown), &[]);
    let policy = text(&plan.after, "aws_sqs_queue_policy.p.policy");
    let of = |form, part: &str| {
        let name = format!("data.aws_iam_policy_document.d.statement[0].{part}");
        Parameter { name, form }.reference()
    };
    let arn = |part: &str| {
        let [service, region, account] = ["service", "region", "account"]
            .map(|field| of(Form::Field, &format!("{part}.{field}")));
        let partition = of(Form::Partition, &format!("{part}.partition"));
        let resource = of(Form::Text, &format!("{part}.resource"));
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    };
    let statement = &policy["Statement"][0];
    assert_eq!(statement["Resource"][0], arn("resources[0]"));
    assert_eq!(statement["Principal"], "*");
    assert_eq!(
        statement["Condition"]["StringEquals"]["aws:SourceVpc"][0],
        of(Form::Text, "condition[0].values[0]")
    );
    assert_eq!(
        statement["Condition"]["ArnEquals"]["aws:SourceArn"][0],
        arn("condition[1].values[0]")
    );
    let told = told(&plan.after);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told.iter().all(|one| one.contains("warning") && one.contains("without wildcards")),
        "{told:?}"
    );
}

#[test]
fn what_decides_must_be_known() {
    let statement = json!({"actions": ["s3:*"], "resources": ["*"]});
    let doc = |more: Value| {
        let mut statement = statement.clone();
        for (name, value) in more.as_object().unwrap() {
            statement[name] = value.clone();
        }
        json!({"statement": [statement]})
    };
    for (after, unknown, expected) in [
        (
            doc(json!({"actions": [null]})),
            json!({"statement": [{"actions": [true]}]}),
            "an action that is not known",
        ),
        (
            doc(json!({})),
            json!({"statement": [{"resources": true}]}),
            "where a list or an object is needed",
        ),
        (
            doc(json!({"resources": []})),
            json!({"statement": [{"resources": [true]}]}),
            "where a list or an object is needed",
        ),
        (doc(json!({})), json!({"statement": [{"effect": true}]}), "`effect` is not known"),
        (
            doc(json!({})),
            json!({"statement": true}),
            "`statement` is a value that is not known yet",
        ),
        (doc(json!({})), json!({"version": true}), "`version` is not known"),
        (
            doc(json!({"condition": [{"test": "Bool", "values": ["true"]}]})),
            json!({"statement": [{"condition": [{"variable": true}]}]}),
            "`variable` is not known",
        ),
        (
            doc(json!({"principals": [{"identifiers": ["*"]}]})),
            json!({"statement": [{"principals": [{"type": true}]}]}),
            "`type` is not known",
        ),
        (doc(json!({"principals": [{"identifiers": ["*"]}]})), json!({}), "`type` is missing"),
        (
            json!({"override_policy_documents": [null]}),
            json!({"override_policy_documents": [true]}),
            "`data.aws_iam_policy_document.d.override_policy_documents[0]` is not known",
        ),
        (json!({"source_policy_documents": ["{"]}), json!({}), "is not JSON"),
        (
            json!({"version": "2008-10-17", "statement": [{"actions": ["s3:*"], "resources": ["&{aws:username}"]}]}),
            json!({}),
            "has no variables",
        ),
        (
            json!({"statement": [{"sid": "A", "actions": ["s3:*"]}, {"sid": "A", "actions": ["s3:*"]}]}),
            json!({}),
            "two statements have the id `A`",
        ),
    ] {
        let told = document(after.clone(), unknown).expect_err(expected);
        assert!(told.contains(expected), "{after}: {told}");
    }
}

const BLOCKS: &str = r#"
data "aws_iam_policy_document" "d" {
  policy_id = "from-the-file"
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/&{aws:username}/*"]
    dynamic "condition" {
      for_each = { "aws:PrincipalTag/a" = "x", "aws:PrincipalTag/b" = aws_s3_bucket.b.id }
      iterator = it
      content {
        test     = "StringEquals"
        variable = it.key
        values   = [it.value]
      }
    }
  }
  dynamic "statement" {
    for_each = ["s3:ListBucket"]
    content {
      actions   = [statement.value]
      resources = aws_s3_bucket.b.*.arn
    }
  }
}
"#;

#[test]
fn the_block_says_more_than_the_plan() {
    let mut plan = planned(
        json!({"policy_id": "from-the-file", "statement": [
            {"actions": ["s3:GetObject"], "resources": [null], "condition": [
                {"test": "StringEquals", "variable": "aws:PrincipalTag/a", "values": ["x"]},
                {"test": "StringEquals", "variable": "aws:PrincipalTag/b", "values": [null]},
            ]},
            {"actions": ["s3:ListBucket"], "resources": [null]},
        ]}),
        json!({"statement": [
            {"resources": [true], "condition": [{}, {"values": [true]}]},
            {"resources": [true]},
        ]}),
    );
    let bucket = made("aws_s3_bucket.b", json!({"bucket": "b"}), json!({"arn": true, "id": true}));
    plan["resource_changes"].as_array_mut().unwrap().push(bucket);
    let main = format!(
        "{BLOCKS}\nresource \"aws_sqs_queue_policy\" \"p\" {{\n  policy = data.aws_iam_policy_document.d.json\n}}\n"
    );
    let read = read_plan(&plan, &[("main.tf", &main)]);
    assert_eq!(told(&read.after), Vec::<String>::new());
    let document = of(&read.after, "aws_sqs_queue_policy.p.policy");
    let policy: Value = serde_json::from_str(document.source.text()).unwrap();
    let partition =
        Parameter { name: "aws.partition".to_owned(), form: Form::Partition }.reference();
    let expected = json!({"Version": "2012-10-17", "Id": "from-the-file", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject"],
            "Resource": [format!("arn:{partition}:s3:::b/${{aws:username}}/*")],
            "Condition": {"StringEquals": {"aws:PrincipalTag/a": ["x"], "aws:PrincipalTag/b": ["b"]}}},
        {"Effect": "Allow", "Action": ["s3:ListBucket"],
            "Resource": [format!("arn:{partition}:s3:::b")]},
    ]});
    assert_eq!(policy, expected);
    let at = document.source.text().find("s3:ListBucket").unwrap();
    let place = document.source.position(at);
    assert_eq!((document.source.name(), place.line), ("main.tf", 18));
    // Files of another revision are no part of this plan.
    for (from, to) in [
        ("s3:GetObject", "s3:PutObject"),
        ("= \"x\"", "= \"z\""),
        ("aws:PrincipalTag/b", "aws:PrincipalTag/c"),
    ] {
        let other = main.replace(from, to);
        let read = read_plan(&plan, &[("main.tf", &other)]);
        assert!(read.after.documents.is_empty(), "{from}");
        let told = told(&read.after);
        assert!(told[0].contains("says something else than the plan"), "{told:?}");
    }
    // Where the block cannot be evaluated, what it makes of what the plan does not know is not
    // guessed.
    let broken = main.replace("for_each = [\"s3:ListBucket\"]", "for_each = nope(1)");
    let read = read_plan(&plan, &[("main.tf", &broken)]);
    assert!(read.after.documents.is_empty());
    let found = &read.after.findings[0];
    assert!(found.message.contains("nope"), "{}", found.message);
    assert_eq!(found.source.name(), "main.tf");
}

#[test]
fn a_document_that_was_read_is_in_the_state() {
    let mut plan = planned(json!({}), json!({}));
    plan["resource_changes"].as_array_mut().unwrap().remove(0);
    let text = policy("arn:aws:s3:::b").to_string();
    plan["prior_state"] = json!({"values": {"root_module": {"resources": [
        {"address": "data.aws_iam_policy_document.d", "mode": "data", "name": "d",
            "type": "aws_iam_policy_document", "values": {"json": text}},
    ]}}});
    let read = read_plan(&plan, &[]);
    let document = of(&read.after, "aws_sqs_queue_policy.p.policy");
    assert_eq!(document.source.text(), text);
}

#[test]
fn a_document_in_a_module_is_found_by_the_configuration() {
    let inner = json!({"statement": [{"actions": ["s3:*"], "resources": ["arn:aws:s3:::b"]}]});
    let plan = with(
        &[
            made("module.a[0].data.aws_iam_policy_document.d", inner, json!({"json": true})),
            made("module.b.aws_iam_policy.p", json!({}), json!({"policy": true})),
        ],
        json!({"module_calls": {
            "a": {"source": "./a", "module": {
                "outputs": {"policy": {"expression": {"references": [
                    "data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"]}}},
            }},
            "b": {"source": "./b",
                "expressions": {"text": {"references": ["module.a[0].policy", "module.a[0]", "module.a"]}},
                "module": {"resources": [
                    block("aws_iam_policy.p", json!({"policy": {"references": ["var.text"]}})),
                ]}},
        }}),
    );
    let read = read_plan(&plan, &[]);
    let _ = text(&read.after, "module.b.aws_iam_policy.p.policy");
    assert_eq!(told(&read.after), Vec::<String>::new());
}
