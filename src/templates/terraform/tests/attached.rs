//! Who has a policy, and which resources have one.

use super::*;
use keyaki_iam::policy::Kind;

fn holders(template: &Template, address: &str) -> Vec<(String, Option<String>)> {
    let holders = of(template, address).holders.iter();
    holders.map(|holder| (holder.address.clone(), holder.arn.clone())).collect()
}

fn role(name: &str) -> Value {
    let arn = format!("arn:aws:iam::111122223333:role/{name}");
    json!({"name": name, "id": name, "path": "/", "arn": arn, "assume_role_policy": trust()})
}

fn trust() -> String {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
    ]})
    .to_string()
}

fn bucket_policy() -> String {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Principal": "*", "Resource": "arn:aws:s3:::b/*"}
    ]})
    .to_string()
}

fn identity() -> String {
    policy("arn:aws:s3:::b").to_string()
}

fn arn(name: &str) -> Option<String> {
    Some(format!("arn:aws:iam::111122223333:role/{name}"))
}

#[test]
fn policies_are_those_of_who_has_them() {
    let managed = |name: &str| format!("arn:aws:iam::111122223333:policy/{name}");
    let plan = with(
        &[
            made(
                "aws_iam_role.r",
                {
                    let mut role = role("r");
                    role["permissions_boundary"] = json!(managed("edge"));
                    role
                },
                json!({}),
            ),
            made("aws_iam_role.other", role("other"), json!({})),
            made(
                "aws_iam_policy.edge",
                json!({"policy": identity(), "arn": managed("edge")}),
                json!({}),
            ),
            made("aws_iam_policy.p", json!({"policy": identity(), "arn": managed("p")}), json!({})),
            made("aws_iam_role_policy.own", json!({"role": "r", "policy": identity()}), json!({})),
            made(
                "aws_iam_role_policy_attachment.a",
                json!({"role": "r", "policy_arn": managed("p")}),
                json!({}),
            ),
            made(
                "aws_iam_policy_attachment.all",
                json!({"roles": ["other"], "users": ["u"], "groups": ["g"],
                "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
                json!({}),
            ),
            made(
                "aws_iam_user.u",
                json!({"name": "u", "arn": "arn:aws:iam::111122223333:user/u"}),
                json!({}),
            ),
            made(
                "aws_iam_group.g",
                json!({"name": "g", "arn": "arn:aws:iam::111122223333:group/g"}),
                json!({}),
            ),
            made(
                "aws_iam_user_group_membership.m",
                json!({"user": "u", "groups": ["g"]}),
                json!({}),
            ),
            made("aws_iam_group_policy.gp", json!({"group": "g", "policy": identity()}), json!({})),
            made(
                "aws_iam_user_policy.up",
                json!({"user": "stranger", "policy": identity()}),
                json!({}),
            ),
        ],
        json!({}),
    );
    let after = read_plan(&plan, &[]).after;
    assert_eq!(told(&after), Vec::<String>::new());
    let r = ("aws_iam_role.r".to_owned(), arn("r"));
    assert_eq!(holders(&after, "aws_iam_role.r.assume_role_policy"), std::slice::from_ref(&r));
    assert_eq!(of(&after, "aws_iam_role.r.assume_role_policy").kind, Kind::Trust);
    assert_eq!(holders(&after, "aws_iam_role_policy.own.policy"), std::slice::from_ref(&r));
    assert_eq!(holders(&after, "aws_iam_policy.p.policy"), [r]);
    assert_eq!(holders(&after, "aws_iam_policy.edge.policy"), []);
    let group = Some("arn:aws:iam::111122223333:group/g".to_owned());
    let of_group = [("aws_iam_group.g".to_owned(), group)];
    assert_eq!(holders(&after, "aws_iam_group_policy.gp.policy"), of_group);
    let members: Vec<(&str, &str)> = after
        .memberships
        .iter()
        .map(|one| (one.user.address.as_str(), one.group.address.as_str()))
        .collect();
    assert_eq!(members, [("aws_iam_user.u", "aws_iam_group.g")]);
    // The account of a user that the plan does not make is that of the provider.
    let (address, arn) = holders(&after, "aws_iam_user_policy.up.policy").remove(0);
    assert_eq!(address, "user/stranger");
    assert!(arn.unwrap().ends_with(":user/stranger"));
    let attached: Vec<(&str, &str, bool)> = after
        .attachments
        .iter()
        .map(|one| (one.holder.address.as_str(), one.policy.as_str(), one.boundary))
        .collect();
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    assert_eq!(
        attached,
        [
            ("aws_iam_role.r", "aws_iam_policy.edge.policy", true),
            ("aws_iam_role.r", "aws_iam_policy.p.policy", false),
            ("aws_iam_role.other", read_only, false),
            ("aws_iam_user.u", read_only, false),
            ("aws_iam_group.g", read_only, false),
        ]
    );
    for document in &after.documents {
        let _ = text(&after, &document.address);
    }
}

const ATTACHED: &str = r#"
resource "aws_iam_role" "r" { name_prefix = "r" }
resource "aws_iam_policy" "p" { name = "p" }
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.p.arn
}
"#;

#[test]
fn who_has_a_policy_may_not_be_known_yet() {
    let plan = with(
        &[
            made(
                "aws_iam_role.r",
                json!({"path": "/", "assume_role_policy": trust()}),
                json!({"name": true, "id": true, "arn": true}),
            ),
            made(
                "aws_iam_policy.p",
                json!({"policy": identity(), "name": "p", "path": "/"}),
                json!({"arn": true, "id": true}),
            ),
            made(
                "aws_iam_role_policy_attachment.a",
                json!({}),
                json!({"role": true, "policy_arn": true}),
            ),
        ],
        json!({"resources": [
            block("aws_iam_role_policy_attachment.a", json!({
                "role": {"references": ["aws_iam_role.r.name", "aws_iam_role.r"]},
                "policy_arn": {"references": ["aws_iam_policy.p.arn", "aws_iam_policy.p"]},
            })),
            block("aws_iam_role.r", json!({})),
            block("aws_iam_policy.p", json!({"policy": {}})),
        ]}),
    );
    let account = Parameter { name: "aws.account".to_owned(), form: Form::Account }.reference();
    let partition =
        Parameter { name: "aws.partition".to_owned(), form: Form::Partition }.reference();
    let arn = format!("arn:{partition}:iam::{account}:role/{}", field("aws_iam_role.r.name"));
    // By the configuration of the plan, and by the file.
    for files in [vec![], vec![("main.tf", ATTACHED)]] {
        let after = read_plan(&plan, &files).after;
        assert_eq!(told(&after), Vec::<String>::new());
        let holder = ("aws_iam_role.r".to_owned(), Some(arn.clone()));
        assert_eq!(holders(&after, "aws_iam_policy.p.policy"), [holder]);
        let attachment = &after.attachments[0];
        let name = if files.is_empty() { "plan.json" } else { "main.tf" };
        assert_eq!(attachment.source.name(), name);
    }
    // Where nothing tells who it is, that is an error.
    let mut plan = plan;
    plan["configuration"]["root_module"]["resources"][0]["expressions"]["role"] =
        json!({"references": ["local.role"]});
    let after = read_plan(&plan, &[]).after;
    assert!(told(&after)[0].contains("it depends on `local.role`"), "{:?}", told(&after));
    assert_eq!(holders(&after, "aws_iam_policy.p.policy"), []);
}

#[test]
fn names_of_two_accounts_are_told_apart() {
    let mut blocks =
        vec![block("aws_iam_role.b", json!({})), block("aws_iam_role_policy.p", json!({}))];
    for block in &mut blocks {
        block["provider_config_key"] = json!("aws.other");
    }
    blocks.push(block("aws_iam_role.a", json!({})));
    let plan = with(
        &[
            made("aws_iam_role.a", role("same"), json!({})),
            made("aws_iam_role.b", role("same"), json!({})),
            made("aws_iam_role_policy.p", json!({"role": "same", "policy": identity()}), json!({})),
        ],
        json!({"resources": blocks}),
    );
    let after = read_plan(&plan, &[]).after;
    assert_eq!(holders(&after, "aws_iam_role_policy.p.policy")[0].0, "aws_iam_role.b");
}

#[test]
fn resources_have_policies() {
    let url = "https://sqs.us-east-1.amazonaws.com/111122223333/q";
    let queue = "arn:aws:sqs:us-east-1:111122223333:q";
    let plan = with(
        &[
            made(
                "aws_s3_bucket.b",
                json!({"bucket": "b", "id": "b", "arn": "arn:aws:s3:::b", "policy": bucket_policy()}),
                json!({}),
            ),
            made(
                "aws_s3_bucket_policy.b",
                json!({"bucket": "b", "policy": bucket_policy()}),
                json!({}),
            ),
            made(
                "aws_s3_bucket_policy.c",
                json!({"bucket": "c", "policy": bucket_policy()}),
                json!({}),
            ),
            made(
                "aws_sqs_queue.q",
                json!({"name": "q", "id": url, "url": url, "arn": queue, "policy": ""}),
                json!({}),
            ),
            made(
                "aws_sqs_queue_policy.q",
                json!({"queue_url": url, "policy": bucket_policy()}),
                json!({}),
            ),
            made(
                "aws_vpc_endpoint.e",
                json!({"policy": bucket_policy()}),
                json!({"id": true, "arn": true}),
            ),
            made(
                "aws_organizations_policy.s",
                json!({"type": "SERVICE_CONTROL_POLICY", "content": identity(), "id": "p-1"}),
                json!({}),
            ),
            made(
                "aws_organizations_policy.r",
                json!({"type": "RESOURCE_CONTROL_POLICY", "content": identity(), "id": "p-2"}),
                json!({}),
            ),
            made(
                "aws_organizations_policy.t",
                json!({"type": "TAG_POLICY", "content": "{}", "id": "p-3"}),
                json!({}),
            ),
            made(
                "aws_organizations_policy_attachment.a",
                json!({"policy_id": "p-1", "target_id": "ou-1"}),
                json!({}),
            ),
        ],
        json!({"resources": [block("aws_vpc_endpoint.e", json!({"policy": {}}))]}),
    );
    let after = read_plan(&plan, &[]).after;
    assert_eq!(told(&after), Vec::<String>::new());
    let kinds: Vec<(&str, Kind)> =
        after.documents.iter().map(|one| (one.address.as_str(), one.kind)).collect();
    assert_eq!(
        kinds,
        [
            // The bucket's own attribute tells what the policy resource sets.
            ("aws_s3_bucket_policy.b.policy", Kind::Resource),
            ("aws_s3_bucket_policy.c.policy", Kind::Resource),
            ("aws_sqs_queue_policy.q.policy", Kind::Resource),
            ("aws_vpc_endpoint.e.policy", Kind::Endpoint),
            ("aws_organizations_policy.s.content", Kind::Scp),
            ("aws_organizations_policy.r.content", Kind::Rcp),
        ]
    );
    let b = ("aws_s3_bucket.b".to_owned(), Some("arn:aws:s3:::b".to_owned()));
    assert_eq!(holders(&after, "aws_s3_bucket_policy.b.policy"), [b]);
    let partition =
        Parameter { name: "aws.partition".to_owned(), form: Form::Partition }.reference();
    let c = ("bucket/c".to_owned(), Some(format!("arn:{partition}:s3:::c")));
    assert_eq!(holders(&after, "aws_s3_bucket_policy.c.policy"), [c]);
    let q = ("aws_sqs_queue.q".to_owned(), Some(queue.to_owned()));
    assert_eq!(holders(&after, "aws_sqs_queue_policy.q.policy"), [q]);
    assert_eq!(holders(&after, "aws_organizations_policy.s.content"), [("ou-1".to_owned(), None)]);
}

#[test]
fn a_policy_that_is_taken_away_is_gone() {
    let bucket =
        json!({"bucket": "b", "id": "b", "arn": "arn:aws:s3:::b", "policy": bucket_policy()});
    let own = json!({"bucket": "b", "policy": bucket_policy()});
    let bucket = changed("aws_s3_bucket.b", bucket.clone(), bucket, json!({}));
    let configured = json!({"resources": [block("aws_s3_bucket.b", json!({}))]});
    let addresses = |changes: &[Value]| {
        let plan = read_plan(&with(changes, configured.clone()), &[]);
        [plan.before, plan.after].map(|side| {
            let names = side.documents.into_iter().map(|document| document.address);
            names.collect::<Vec<String>>()
        })
    };
    // The bucket still tells what it had.
    let gone = changed("aws_s3_bucket_policy.b", own.clone(), Value::Null, json!(false));
    assert_eq!(
        addresses(&[bucket.clone(), gone]),
        [vec!["aws_s3_bucket_policy.b.policy".to_owned()], vec![],]
    );
    // What somebody else gave it counts until the plan sets it.
    let new = made("aws_s3_bucket_policy.b", own, json!({}));
    assert_eq!(
        addresses(&[bucket.clone(), new]),
        [
            vec!["aws_s3_bucket.b.policy".to_owned()],
            vec!["aws_s3_bucket_policy.b.policy".to_owned()],
        ]
    );
    let own = vec!["aws_s3_bucket.b.policy".to_owned()];
    assert_eq!(addresses(&[bucket]), [own.clone(), own]);
}

#[test]
fn who_has_a_policy_may_come_from_elsewhere() {
    let plan = with(
        &[made("aws_iam_role_policy.p", json!({"policy": identity()}), json!({"role": true}))],
        json!({
            "resources": [block("aws_iam_role_policy.p", json!({"role": {"references": ["module.far.name"]}}))],
            "module_calls": {"far": {"source": "registry/far", "module": {}}},
        }),
    );
    let main = "resource \"aws_iam_role_policy\" \"p\" {\n  role = module.far.name\n}\n";
    let after = read_plan(&plan, &[("main.tf", main)]).after;
    let (address, arn) = holders(&after, "aws_iam_role_policy.p.policy").remove(0);
    assert_eq!(address, "role/module.far.name");
    assert!(arn.unwrap().ends_with(&format!(":role/{}", field("module.far.name"))));
    let expected = "main.tf:2:10: warning[terraform-unknown]: the plan does not tell how `module.far.name` is made";
    assert!(told(&after)[0].starts_with(expected), "{:?}", told(&after));
}

#[test]
fn a_key_without_a_policy_has_one_of_aws() {
    let key =
        made("aws_kms_key.k", json!({}), json!({"policy": true, "arn": true, "key_id": true}));
    let queue = made("aws_sqs_queue.q", json!({}), json!({"policy": true, "arn": true}));
    let blocks = ["aws_kms_key.k", "aws_sqs_queue.q"].map(|address| block(address, json!({})));
    let after = read_plan(&with(&[key, queue], json!({"resources": blocks})), &[]).after;
    assert!(after.documents.is_empty());
    let told = told(&after);
    assert_eq!(told.len(), 1);
    assert!(
        told[0].contains("note") && told[0].contains("`aws_kms_key.k` has no policy of its own"),
        "{told:?}"
    );
}

#[test]
fn policies_stand_in_roles_too() {
    let own = |name: &str| json!({"name": name, "policy": identity()});
    let mut after = role("r");
    after["inline_policy"] = json!([own("one"), {"name": "two"}]);
    let main = r#"
resource "aws_iam_role" "r" {
  inline_policy {
    name   = "one"
    policy = jsonencode({})
  }
  inline_policy {
    name   = "two"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }] })
  }
}
"#;
    let mut plan = with(
        &[made("aws_iam_role.r", after, json!({"inline_policy": [{}, {"policy": true}]}))],
        json!({"resources": [block("aws_iam_role.r", json!({"inline_policy": [{}, {}]}))]}),
    );
    let read = read_plan(&plan, &[("main.tf", main)]).after;
    assert_eq!(told(&read), Vec::<String>::new());
    let _ = text(&read, "aws_iam_role.r.inline_policy[\"one\"]");
    assert_eq!(
        text(&read, "aws_iam_role.r.inline_policy[\"two\"]")["Statement"][0]["Effect"],
        "Deny"
    );
    let read = read_plan(&plan, &[]).after;
    assert!(told(&read)[0].contains("inline_policy[\"two\"]` is not known"), "{:?}", told(&read));
    // What the configuration does not set, `dynamic` blocks aside, and stays tells what others gave.
    plan["configuration"]["root_module"]["resources"][0]["expressions"] = json!({});
    let read = read_plan(&plan, &[]).after;
    assert_eq!(read.documents.len(), 2);
    let change = &mut plan["resource_changes"][0]["change"];
    change["before"] = change["after"].clone();
    change["after_unknown"] = json!({});
    let read = read_plan(&plan, &[]).after;
    assert_eq!(read.documents.len(), 1);
    // A role that the configuration does not have any more tells what it had.
    plan["configuration"]["root_module"]["resources"] = json!([]);
    let gone = changed(
        "aws_iam_role.r",
        {
            let mut role = role("r");
            role["inline_policy"] = json!([own("one")]);
            role
        },
        Value::Null,
        json!(false),
    );
    plan["resource_changes"] = json!([gone]);
    let read = read_plan(&plan, &[]);
    let _ = text(&read.before, "aws_iam_role.r.inline_policy[\"one\"]");
    assert!(read.after.documents.is_empty());
}

#[test]
fn permissions_of_functions_are_statements() {
    let function = "arn:aws:lambda:us-east-1:111122223333:function:f";
    let permission = |name: &str, more: Value| {
        let mut after = json!({"function_name": "f", "action": "lambda:InvokeFunction",
            "statement_id": name, "qualifier": null, "source_account": null});
        for (name, value) in more.as_object().unwrap() {
            after[name] = value.clone();
        }
        made(&format!("aws_lambda_permission.{name}"), after, json!({"id": true}))
    };
    let mut unknown =
        permission("c", json!({"principal": "s3.amazonaws.com", "function_name": "g"}));
    unknown["change"]["after_unknown"]["source_arn"] = json!(true);
    let plan = with(
        &[
            made(
                "aws_lambda_function.f",
                json!({"function_name": "f", "id": "f", "arn": function}),
                json!({}),
            ),
            permission(
                "a",
                json!({"principal": "s3.amazonaws.com", "source_arn": "arn:aws:s3:::b", "source_account": "111122223333"}),
            ),
            permission("b", json!({"principal": "444455556666", "qualifier": "prod"})),
            unknown,
        ],
        json!({"resources": [block("aws_lambda_permission.c", json!({"source_arn": {"references": ["local.x"]}}))]}),
    );
    let after = read_plan(&plan, &[]).after;
    let policy = text(&after, "aws_lambda_function.f.policy");
    assert_eq!(
        policy["Statement"],
        json!([
            {"Sid": "a", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"},
                "Action": "lambda:InvokeFunction", "Resource": function, "Condition": {
                    "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"},
                    "StringEquals": {"aws:SourceAccount": "111122223333"},
                }},
            {"Sid": "b", "Effect": "Allow", "Principal": {"AWS": "444455556666"},
                "Action": "lambda:InvokeFunction", "Resource": format!("{function}:prod")},
        ])
    );
    let condition =
        text(&after, "function/g.policy")["Statement"][0]["Condition"]["ArnLike"]["aws:SourceArn"]
            .clone();
    assert!(
        condition.as_str().unwrap().contains("aws_lambda_permission.c.source_arn.resource"),
        "{condition}"
    );
    assert_eq!(told(&after).len(), 1, "{:?}", told(&after));
}

#[test]
fn what_is_not_understood_is_told() {
    let plan = with(
        &[
            made(
                "aws_odd_policy.o",
                json!({"body": identity(), "deep": [{"x": identity()}], "plain": "{}"}),
                json!({}),
            ),
            made("aws_other.u", json!({}), json!({"access_policy": true, "policy": true})),
            made("aws_kms_grant.g", json!({"operations": ["Decrypt"]}), json!({})),
        ],
        json!({"resources": [block("aws_other.u", json!({"access_policy": {"references": ["x.y"]}}))]}),
    );
    let after = read_plan(&plan, &[]).after;
    let told = told(&after);
    assert_eq!(told.len(), 4, "{told:?}");
    for (one, name) in told.iter().zip(["o.body", "o.deep", "u.access_policy", "aws_kms_grant.g"]) {
        assert!(
            one.contains(name) && one.contains("not understood") && one.contains("warning"),
            "{one}"
        );
    }
}

#[test]
fn the_two_sides_are_what_is_before_and_after() {
    let role = |name: &str| json!({"name": name, "path": "/", "assume_role_policy": trust()});
    let mut forgotten = changed("aws_iam_role.forgotten", role("f"), Value::Null, json!(false));
    forgotten["change"]["actions"] = json!(["forget"]);
    let mut deposed = changed("aws_iam_role.r", role("old"), Value::Null, json!(false));
    deposed["deposed"] = json!("abcd");
    let mut plan = with(
        &[
            changed("aws_iam_role.r", role("r"), role("r"), json!({})),
            deposed,
            changed("aws_iam_role.gone", role("g"), Value::Null, json!(false)),
            made("aws_iam_role.new", role("n"), json!({})),
            forgotten,
        ],
        json!({}),
    );
    // What the plan leaves out, since other resources were aimed at, stays.
    let state = |address: &str| {
        json!({"address": format!("aws_iam_role.{address}"), "mode": "managed",
        "type": "aws_iam_role", "name": address, "values": role(address)})
    };
    plan["prior_state"] = json!({"values": {"root_module": {
        "resources": [state("r")],
        "child_modules": [{"address": "module.m", "resources": [state("left")]}],
    }}});
    let read = read_plan(&plan, &[]);
    let addresses = |template: &Template| -> Vec<String> {
        let names = template.documents.iter().map(|document| document.address.clone());
        names.map(|name| name.trim_end_matches(".assume_role_policy").to_owned()).collect()
    };
    assert_eq!(
        addresses(&read.before),
        [
            "aws_iam_role.r",
            "aws_iam_role.r (deposed object abcd)",
            "aws_iam_role.gone",
            "aws_iam_role.forgotten",
            "aws_iam_role.left",
        ]
    );
    assert_eq!(
        addresses(&read.after),
        ["aws_iam_role.r", "aws_iam_role.new", "aws_iam_role.forgotten", "aws_iam_role.left",]
    );
}

#[test]
fn a_state_is_one_template() {
    let state = json!({"format_version": "1.0", "values": {"root_module": {"resources": [
        {"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "name": "r", "values": role("r")},
    ]}}});
    let source = Source::new("state.json", state.to_string());
    let template = super::super::state(&source, &ReadOptions::default()).unwrap();
    let _ = text(&template, "aws_iam_role.r.assume_role_policy");
    assert!(super::super::plan(&source, &[], &ReadOptions::default()).is_none());
    let resource = |kind: &str, values: Value| json!({"address": format!("{kind}.b"), "mode": "managed", "type": kind, "name": "b", "values": values});
    let state = json!({"format_version": "1.0", "values": {"root_module": {"resources": [
        resource("aws_s3_bucket", json!({"bucket": "b", "id": "b", "policy": bucket_policy()})),
        resource("aws_s3_bucket_policy", json!({"bucket": "b", "policy": bucket_policy()})),
    ]}}});
    let source = Source::new("state.json", state.to_string());
    let template = super::super::state(&source, &ReadOptions::default()).unwrap();
    let addresses: Vec<&str> = template.documents.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(addresses, ["aws_s3_bucket_policy.b.policy"]);
}

#[test]
fn what_is_no_plan_or_no_whole_plan_is_told() {
    let read =
        |text: &str| super::super::plan(&Source::new("p", text), &[], &ReadOptions::default());
    for text in ["{}", "[]", "", "x", "{\"format_version\": \"1.0\"}", &identity()] {
        assert!(read(text).is_none(), "{text}");
    }
    let first = |text: &str| read(text).unwrap().findings[0].to_string();
    for version in ["\"2.0\"", "\"0.2\"", "1.0", "\"\"", "null"] {
        let text = format!("{{\"resource_changes\": [],\n \"format_version\": {version}}}");
        let told = first(&text);
        assert!(told.contains("p:2:") && told.contains(version) && told.contains("1.x"), "{told}");
    }
    let broken = "{\"format_version\": \"1.2\",\n\"resource_changes\": [}";
    assert!(first(broken).contains("p:2:"), "{}", first(broken));
    let mut plan = with(
        &[json!({"address": "a.b", "type": "a", "name": "b"}), json!({"change": {}})],
        json!({}),
    );
    plan["errored"] = json!(true);
    plan["deferred_changes"] =
        json!([{"reason": "unknown", "resource_change": {"address": "d.e"}}]);
    let told: Vec<String> =
        read(&plan.to_string()).unwrap().findings.iter().map(ToString::to_string).collect();
    for (one, part) in told.iter().zip([
        "has no `change`",
        "no `address`",
        "broke off",
        "puts off what changes of `d.e`",
    ]) {
        assert!(one.contains(part), "{one}");
    }
    assert_eq!(told.len(), 4);
    let odd = with(&[made("aws_iam_policy.p", json!({"policy": 1}), json!({}))], json!({}));
    let told = read(&odd.to_string()).unwrap().after.findings[0].to_string();
    assert!(told.contains("is a number, not a text"), "{told}");
}
