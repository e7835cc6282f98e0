//! Principals that are known after the plan is applied.

use super::*;

/// A queue policy of the configuration, beside a stack and an identity.
fn queue(statements: &str) -> Plan {
    let configured = format!(
        "resource \"aws_cloudformation_stack\" \"s\" {{\n  name = \"s\"\n}}\n\
         resource \"aws_cloudfront_origin_access_identity\" \"o\" {{}}\n\
         resource \"aws_sqs_queue_policy\" \"p\" {{\n  queue_url = \"u\"\n  policy = jsonencode({{\n    Version = \"2012-10-17\"\n    Statement = [{statements}]\n  }})\n}}\n"
    );
    let plan = with(
        &[
            made("aws_cloudformation_stack.s", json!({"name": "s"}), json!({"outputs": true})),
            made(
                "aws_cloudfront_origin_access_identity.o",
                json!({}),
                json!({"id": true, "iam_arn": true, "s3_canonical_user_id": true}),
            ),
            made("aws_sqs_queue_policy.p", json!({"queue_url": "u"}), json!({"policy": true})),
        ],
        json!({"resources": [
            block("aws_cloudformation_stack.s", json!({})),
            block("aws_cloudfront_origin_access_identity.o", json!({})),
            block("aws_sqs_queue_policy.p", json!({"policy": {"references": [
                "aws_cloudformation_stack.s.outputs", "aws_cloudfront_origin_access_identity.o",
            ]}})),
        ]}),
    );
    read_plan(&plan, &[("main.tf", &configured)])
}

fn statement(principal: &str, more: &str) -> String {
    format!("{{ Effect = \"Allow\", Action = \"sqs:*\", Principal = {principal}{more} }}")
}

/// The principals of a document, its addresses and what it assumes.
fn principals(plan: &Plan) -> Vec<(String, Value)> {
    assert_eq!(told(&plan.after), Vec::<String>::new());
    let of = |document: &Document| {
        let policy = text(&plan.after, &document.address);
        let address = document.address.replace("aws_cloudformation_stack.s.outputs", "S");
        (address, policy["Statement"][0]["Principal"].clone())
    };
    plan.after.documents.iter().map(of).collect()
}

fn part(name: &str, form: Form) -> String {
    Parameter { name: name.to_owned(), form }.reference()
}

#[test]
fn a_principal_is_an_account_a_role_or_a_user() {
    let output = "aws_cloudformation_stack.s.outputs.Caller";
    let found = queue(&statement(&format!("{{ AWS = [\"111122223333\", {output}] }}"), ""));
    let account = part(&format!("{output}.account"), Form::Account);
    let arn = |kind: &str| {
        let partition = part(&format!("{output}.partition"), Form::Partition);
        let name = part(&format!("{output}.name"), Form::Text);
        format!("arn:{partition}:iam::{account}:{kind}/{name}")
    };
    let address = |kind: &str| format!("aws_sqs_queue_policy.p.policy[S.Caller.kind{kind}]");
    let named = |text: String| json!({"AWS": ["111122223333", text]});
    assert_eq!(
        principals(&found),
        [
            (address("!=role, S.Caller.kind!=user"), named(account.clone())),
            (address("=role"), named(arn("role"))),
            (address("=user"), named(arn("user"))),
        ]
    );
    // The places are those of the file.
    let document = &found.after.documents[1];
    let at = document.source.text().find("arn:").unwrap();
    let (file, span) = document.source.in_file(Span { start: at, end: at + 1 });
    assert!(file[span.start..].starts_with(output), "{}", &file[span.start..]);
}

#[test]
fn an_arn_that_is_not_known_is_of_an_account_too() {
    let output = "aws_cloudformation_stack.s.outputs.caller_arn";
    let found = queue(&statement(&format!("{{ AWS = {output} }}"), ""));
    let account = part(&format!("{output}.account"), Form::Account);
    let all = principals(&found);
    assert_eq!(all[0].1, json!({"AWS": [account]}));
    assert_eq!(all.len(), 3);
}

#[test]
fn what_is_compared_elsewhere_too_is_not_told_apart() {
    for output in ["Caller", "caller_arn"] {
        let output = format!("aws_cloudformation_stack.s.outputs.{output}");
        for more in [
            format!(", Resource = {output}"),
            format!(", Condition = {{ StringEquals = {{ \"aws:PrincipalTag/a\" = {output} }} }}"),
        ] {
            let found = queue(&statement(&format!("{{ AWS = {output} }}"), &more));
            let [document] = &found.after.documents[..] else { panic!("{:?}", found.after) };
            assert_eq!(document.address, "aws_sqs_queue_policy.p.policy");
            let read = read::read(&document.source, document.kind, &ReadOptions::default());
            assert!(read.diagnostics.iter().any(|it| it.rule == "invalid-principal"), "{more}");
        }
    }
}

#[test]
fn an_identity_has_two_names() {
    let identity = "aws_cloudfront_origin_access_identity.o";
    let arn = format!(
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {}",
        part(&format!("{identity}.id"), Form::Field)
    );
    let found = queue(&statement(&format!("{{ AWS = {identity}.iam_arn }}"), ""));
    let address = "aws_sqs_queue_policy.p.policy".to_owned();
    assert_eq!(principals(&found), [(address.clone(), json!({"AWS": arn}))]);
    let canonical = format!("{identity}.s3_canonical_user_id");
    let found = queue(&statement(&format!("{{ CanonicalUser = {canonical} }}"), ""));
    assert_eq!(principals(&found), [(address.clone(), json!({"AWS": [arn]}))]);
    let found = queue(&statement(
        &format!("{{ CanonicalUser = [\"0a\", {canonical}], AWS = \"111122223333\" }}"),
        "",
    ));
    assert_eq!(
        principals(&found),
        [(address, json!({"CanonicalUser": ["0a"], "AWS": ["111122223333", arn]}))]
    );
}
