//! Expressions of the configuration, each as the resource of a policy.

use super::*;

/// A resource without instances.
fn counted(name: &str, by: &str) -> Value {
    let mut block = block(&format!("aws_s3_bucket.{name}"), json!({}));
    block[by] = json!({});
    block
}

/// The plan of a policy that is not known, and of what its expression may name.
fn planned() -> Value {
    let key = |key: &str, known: bool| {
        let address = format!("aws_s3_bucket.keyed[\"{key}\"]");
        if known {
            made(&address, json!({"bucket": key}), json!({"arn": true, "id": true}))
        } else {
            made(&address, json!({}), json!({"arn": true, "id": true, "bucket": true}))
        }
    };
    let mut changes = vec![
        made("aws_iam_policy.p", json!({"name": "p"}), json!({"policy": true, "arn": true})),
        made("aws_s3_bucket.b", json!({}), json!({"arn": true, "id": true, "bucket": true})),
        made("aws_s3_bucket.named", json!({"bucket": "named"}), json!({"arn": true, "id": true})),
        made("aws_s3_bucket.n[0]", json!({"bucket": "n0"}), json!({"arn": true, "id": true})),
        made("aws_s3_bucket.n[1]", json!({"bucket": "n1"}), json!({"arn": true, "id": true})),
        key("x.y", true),
        key("z", false),
        made("aws_mystery.m", json!({"set": ["s"]}), json!({"arn": true, "thing": true})),
        made("data.aws_region.here", json!({}), json!({"name": true, "id": true})),
        made("aws_sqs_queue.q", json!({"name": "q"}), json!({"arn": true, "id": true})),
        made("aws_sqs_queue.r", json!({"name": "q", "region": "eu-west-1"}), json!({"arn": true})),
        made("aws_iam_role.r", json!({"name": "r", "path": "/a/"}), json!({"arn": true})),
        made("aws_iam_role.s", json!({"name": "r"}), json!({"arn": true, "path": true})),
        made("module.m.aws_s3_bucket.in", json!({"bucket": "in"}), json!({"arn": true})),
    ];
    changes.push(json!({
        "address": "aws_s3_bucket.gone", "mode": "managed", "type": "aws_s3_bucket", "name": "gone",
        "change": {"before": {"bucket": "gone", "arn": "arn:aws:s3:::gone"}, "after": null,
            "after_unknown": false},
    }));
    let mut plan = with(
        &changes,
        json!({
            "resources": [block("aws_iam_policy.p", json!({"policy": {}})),
                block("aws_s3_bucket.b", json!({})),
                block("data.aws_caller_identity.me", json!({})),
                block("data.aws_region.here", json!({})),
                block("data.aws_region.there", json!({"region": {"constant_value": "eu-north-1"}})),
                counted("zero", "count_expression"), counted("nought", "for_each_expression")],
            "variables": {"list": {}, "absent": {"default": "d"}},
            "module_calls": {
                "m": {"source": "./modules/m", "expressions": {}, "module": {
                    "resources": [block("aws_s3_bucket.in", json!({}))],
                    "variables": {"plain": {"default": "plain"}},
                }},
                "far": {"source": "registry/far", "module": {}},
            },
        }),
    );
    plan["variables"] = json!({
        "list": {"value": ["one", "two"]}, "object": {"value": {"a": {"b": "deep"}}},
        "number": {"value": 7}, "yes": {"value": true},
    });
    plan["prior_state"] = json!({"values": {"root_module": {"resources": [
        {"address": "data.aws_caller_identity.me", "mode": "data", "type": "aws_caller_identity",
            "name": "me", "values": {"account_id": "111122223333"}},
        {"address": "data.aws_region.there", "mode": "data", "type": "aws_region",
            "name": "there", "values": {"region": "eu-north-1", "id": "eu-north-1"}},
        {"address": "data.aws_caller_identity.old", "mode": "data", "type": "aws_caller_identity",
            "name": "old", "values": {"account_id": "999999999999"}},
    ]}}});
    plan
}

const LOCALS: &str = r#"
locals {
  text   = "local"
  nested = { a = ["${local.text}-0"] }
  loop   = local.pool
  pool   = "${local.loop}"
}
module "m" {
  source = "./modules/m"
  given  = aws_s3_bucket.b.id
}
"#;

const INNER: &str = r#"
variable "given" {}
variable "plain" { default = "plain" }
resource "aws_s3_bucket" "in" {}
output "arn" { value = aws_s3_bucket.in.arn }
output "given" { value = "${var.given}/${var.plain}" }
"#;

/// What the expression becomes as a resource, or the first problem.
fn resource(expression: &str) -> Result<Value, String> {
    let main = format!(
        "resource \"aws_iam_policy\" \"p\" {{\n  policy = jsonencode({{\n    Statement = [{{ \
         Effect = \"Allow\", Action = \"s3:*\", Resource = {expression} }}]\n  }})\n}}\n"
    );
    let files = [("./main.tf", &*main), ("locals.tf", LOCALS), ("modules/m/main.tf", INNER)];
    let plan = read_plan(&planned(), &files);
    assert!(plan.findings.is_empty(), "{:?}", plan.findings);
    match plan.after.documents.first() {
        Some(document) => {
            let value: Value = serde_json::from_str(document.source.text()).unwrap();
            Ok(value["Statement"][0]["Resource"].clone())
        }
        None => Err(told(&plan.after).join("\n")),
    }
}

fn parameter(form: Form, name: &str) -> String {
    Parameter { name: name.to_owned(), form }.reference()
}

#[test]
fn expressions_have_their_values() {
    let partition = parameter(Form::Partition, "aws.partition");
    let region = parameter(Form::Region, "aws.region");
    let b = field("aws_s3_bucket.b.id");
    let s3 = |name: &str| format!("arn:{partition}:s3:::{name}");
    let z = field("aws_s3_bucket.keyed[\"z\"].id");
    let thing = parameter(Form::Text, "aws_mystery.m.thing");
    for (expression, expected) in [
        (r#""a\tb\u0041 $${x} %%{y}""#, json!("a\tbA ${x} %{y}")),
        ("null", json!(null)),
        ("[1, true, 2.5]", json!([1, true, 2.5])),
        ("aws_s3_bucket.b.arn", json!(s3(&b))),
        ("aws_s3_bucket.b.bucket", json!(b)),
        ("aws_s3_bucket.named.arn", json!(s3("named"))),
        ("aws_s3_bucket.named.id", json!("named")),
        ("aws_s3_bucket.n[1].arn", json!(s3("n1"))),
        ("aws_s3_bucket.n[*].arn", json!([s3("n0"), s3("n1")])),
        ("aws_s3_bucket.n.*.id", json!(["n0", "n1"])),
        (r#"aws_s3_bucket.keyed["x.y"].id"#, json!("x.y")),
        (r#"aws_s3_bucket.keyed["z"].id"#, json!(z)),
        ("[for b in aws_s3_bucket.keyed : b.id]", json!(["x.y", z])),
        ("[for k, b in aws_s3_bucket.keyed : k if k != \"z\"]", json!(["x.y"])),
        (
            "[for b in values(aws_s3_bucket.keyed) : \"${b.id}/*\"]",
            json!(["x.y/*", format!("{z}/*")]),
        ),
        ("keys({ for k in var.list : k => 1 })", json!(["one", "two"])),
        ("aws_sqs_queue.q.arn", json!(format!("arn:{partition}:sqs:{region}:111122223333:q"))),
        ("aws_sqs_queue.r.arn", json!(format!("arn:{partition}:sqs:eu-west-1:111122223333:q"))),
        ("aws_iam_role.r.arn", json!(format!("arn:{partition}:iam::111122223333:role/a/r"))),
        ("{ a = aws_mystery.m.thing }", json!({"a": thing})),
        ("aws_mystery.m.set[0]", json!("s")),
        ("\"arn:aws:s3:::${aws_mystery.m.thing}/x\"", json!(format!("arn:aws:s3:::{thing}/x"))),
        ("data.aws_caller_identity.me.account_id", json!("111122223333")),
        ("data.aws_region.here.name", json!(region)),
        ("data.aws_region.there.region", json!("eu-north-1")),
        ("local.nested.a[0]", json!("local-0")),
        ("local.nested[\"a\"]", json!(["local-0"])),
        ("var.list", json!(["one", "two"])),
        ("var.object.a.b", json!("deep")),
        ("\"${var.number}${var.yes}\"", json!("7true")),
        ("var.absent", json!("d")),
        ("var.yes ? \"t\" : local.loop", json!("t")),
        ("!var.yes || var.absent == \"x\" && true ? local.loop : \"f\"", json!("f")),
        ("module.m.arn", json!(s3("in"))),
        ("module.m.given", json!(format!("{b}/plain"))),
        ("concat([\"a\"], var.list, [])", json!(["a", "one", "two"])),
        ("flatten([\"a\", [var.list]])", json!(["a", "one", "two"])),
        ("join(\"-\", var.list)", json!("one-two")),
        ("toset([\"a\", \"a\", \"b\"])", json!(["a", "b"])),
        ("compact([\"a\", \"\", \"a\"])", json!(["a", "a"])),
        ("format(\"%s/%%%s\", aws_s3_bucket.b.id, 1)", json!(format!("{b}/%1"))),
        ("merge({ a = \"1\", b = \"2\" }, { a = \"3\" }).a", json!("3")),
        ("jsondecode(\"{\\\"a\\\":[true]}\").a", json!([true])),
        ("(\"paren\")", json!("paren")),
        ("values({ b = \"2\", a = \"1\" })[0]", json!("1")),
        ("join(\"\", [for k, v in { b = 2, a = 1 } : \"${k}${v}\"])", json!("a1b2")),
        ("join(\"\", tolist(toset([\"b\", \"a\"])))", json!("ab")),
        ("aws_s3_bucket.named[*].id", json!(["named"])),
        ("length(aws_s3_bucket.zero) > 0 ? aws_s3_bucket.zero[0].arn : \"none\"", json!("none")),
        ("concat(aws_s3_bucket.zero[*].arn, values(aws_s3_bucket.nought)[*].arn)", json!([])),
        ("[one(aws_s3_bucket.zero[*].arn), one([\"x\"])]", json!([null, "x"])),
        ("1 < 2 && 2 <= 2.0 && 3 > 2 && 3 >= 3 ? \"t\" : \"f\"", json!("t")),
        ("2 < 2 || 3 <= 2 || 2 > 2 || 2 >= 3 ? \"t\" : \"f\"", json!("f")),
        ("formatlist(\"%s/*\", aws_s3_bucket.n[*].id)", json!(["n0/*", "n1/*"])),
        ("lower(upper(\"aB\"))", json!("ab")),
        ("replace(\"a-b-c\", \"-\", \"/\")", json!("a/b/c")),
        ("split(\",\", \"a,b\")", json!(["a", "b"])),
        ("trimsuffix(trimprefix(\"abc\", \"a\"), \"c\")", json!("b")),
        ("element(var.list, 3)", json!("two")),
        ("lookup({ a = \"x\" }, \"b\", \"y\")", json!("y")),
        ("lookup({ a = \"x\" }, \"a\")", json!("x")),
        ("coalesce(null, \"\", \"c\")", json!("c")),
        ("length(aws_s3_bucket.n) == 2 ? \"two\" : local.loop", json!("two")),
        ("length(\"abc\") == 3 ? \"three\" : local.loop", json!("three")),
        ("<<EOT\n a${local.text}$${b}\n  \"c\"\nEOT\n", json!(" alocal${b}\n  \"c\"\n")),
        ("<<-EOT\n    a\n      b\n  EOT\n", json!("a\n  b\n")),
    ] {
        assert_eq!(resource(expression), Ok(expected), "{expression}");
    }
}

#[test]
fn an_arn_of_an_unknown_type_has_five_parts() {
    let part = |part: &str, form| parameter(form, part);
    for (expression, name) in [
        ("aws_mystery.m.arn", "aws_mystery.m.arn"),
        // Nothing but an ARN stands where this one does.
        ("aws_mystery.m.thing", "aws_mystery.m.thing"),
        ("module.far.queue_arn", "module.far.queue_arn"),
        // Its path is not known, which is no field.
        ("aws_iam_role.s.arn", "aws_iam_role.s.arn"),
    ] {
        let [service, region, account] = ["service", "region", "account"]
            .map(|field| part(&format!("{name}.{field}"), Form::Field));
        let partition = part(&format!("{name}.partition"), Form::Partition);
        let resource_part = part(&format!("{name}.resource"), Form::Text);
        let expected = format!("arn:{partition}:{service}:{region}:{account}:{resource_part}");
        assert_eq!(resource(expression), Ok(json!(expected)), "{expression}");
    }
}

#[test]
fn what_has_no_value_is_told_with_its_place() {
    for (expression, expected) in [
        (
            "cidrhost(\"x\")",
            "main.tf:3:66: error[terraform-expression]: the function `cidrhost` is not known",
        ),
        ("upper(aws_s3_bucket.b.id)", "`upper` is taken of a text that is not known yet"),
        ("lookup({}, \"a\")", "`lookup` finds no `a`"),
        ("one(var.list)", "`one` is taken of several items"),
        ("[for b in aws_s3_bucket.b : b]", "a resource stands where a list or an object is needed"),
        ("length(aws_s3_bucket.b)", "a resource stands where a list or an object is needed"),
        ("aws_s3_bucket.zero[0].arn", "the list has no item 0"),
        ("\"x\" < 2 ? 1 : 2", "a text is compared as a number"),
        ("replace(\"a\", \"/a/\", \"b\")", "`replace` with a regular expression"),
        ("element([], 0)", "`element` is taken of an empty list"),
        ("lower(\"a\", \"b\")", "`lower` does not take 2 arguments"),
        (
            "timestamp()",
            "main.tf:3:66: error[terraform-expression]: the function `timestamp` is not known",
        ),
        (
            "[\"a\", nope(1)]",
            "main.tf:3:72: error[terraform-expression]: the function `nope` is not known",
        ),
        ("core::nope(1)", "called in a way"),
        ("format(\"%d\", 1)", "of the verbs of `format`"),
        ("local.loop", "`local.loop` -> `local.pool` -> `local.loop` refers to itself"),
        ("local.none", "`local.none` is not defined"),
        ("var.none", "`var.none` has no value"),
        ("aws_s3_bucket.none.arn", "the plan has no `aws_s3_bucket.none`"),
        ("aws_s3_bucket.gone.arn", "the plan has no `aws_s3_bucket.gone`"),
        ("aws_s3_bucket.n[7].arn", "the plan has no `aws_s3_bucket.n[7]`"),
        ("aws_s3_bucket.n.arn", "`aws_s3_bucket.n` has several instances"),
        ("aws_s3_bucket.b.none", "the plan has no `aws_s3_bucket.b.none`"),
        ("aws_s3_bucket.b", "a whole resource stands where a text is needed"),
        ("module.none.x", "the plan has no `module.none`"),
        ("module.m.none", "`module.m.output.none` is not defined"),
        ("1 + 1", "arithmetic is not evaluated"),
        ("-var.number", "arithmetic is not evaluated"),
        (
            "aws_mystery.m.thing == \"x\" ? \"a\" : \"b\"",
            "a value that is not known yet and a text are compared",
        ),
        ("aws_mystery.m.thing ? \"a\" : \"b\"", "the condition is a value that is not known yet"),
        ("[for x in aws_mystery.m.thing : x]", "where a list or an object is needed"),
        ("{ (aws_s3_bucket.b.id) = 1 }", "the name of a member is not known"),
        ("\"%{ if true }a%{ endif }\"", "directives and `~` in templates are not evaluated"),
        ("\"a${~ local.text }\"", "directives and `~` in templates are not evaluated"),
        ("each.key", "`each.key` has no meaning here"),
        ("path.module", "`path.module` is not in the plan"),
        ("terraform.workspace", "`terraform.workspace` is not in the plan"),
        ("local.text.x", "`.x` is taken of what is a text"),
        ("var.list[5]", "the list has no item 5"),
        ("\"x${var.list}\"", "a list stands where a text is needed"),
        ("jsondecode(\"{\")", "is not JSON"),
    ] {
        let told = resource(expression).expect_err(expression);
        assert!(told.contains(expected), "{expression}: {told}");
        assert!(told.contains("main.tf:3:") || told.contains("locals.tf:"), "{expression}: {told}");
    }
}

#[test]
fn instances_have_values_of_their_own() {
    let policy = |key: &str| {
        let address = format!("aws_iam_policy.p[{key}]");
        made(&address, json!({}), json!({"policy": true}))
    };
    let plan = with(
        &[
            policy("\"a\""),
            policy("\"b\""),
            made("aws_iam_policy.c[1]", json!({}), json!({"policy": true})),
        ],
        json!({"resources": [block("aws_iam_policy.p", json!({"policy": {}}))]}),
    );
    let main = r#"
resource "aws_iam_policy" "p" {
  for_each = { a = ["x"], b = ["y", "z"] }
  policy   = jsonencode({ Statement = [for v in each.value : "${each.key}${v}"] })
}
resource "aws_iam_policy" "c" {
  count  = 2
  policy = jsonencode({ Statement = count.index })
}
"#;
    let plan = read_plan(&plan, &[("main.tf", main)]);
    let statement = |address: &str| {
        let text = of(&plan.after, address).source.text();
        serde_json::from_str::<Value>(text).unwrap()["Statement"].clone()
    };
    assert_eq!(statement("aws_iam_policy.p[\"a\"].policy"), json!(["ax"]));
    assert_eq!(statement("aws_iam_policy.p[\"b\"].policy"), json!(["by", "bz"]));
    assert_eq!(statement("aws_iam_policy.c[1].policy"), json!(1));
}

#[test]
fn what_grows_without_end_is_refused() {
    let mut locals = "locals {\n  l0 = [\"x\"]\n".to_owned();
    for at in 1..60 {
        locals += &format!("  l{at} = [local.l{0}, local.l{0}]\n", at - 1);
    }
    locals += "}\nresource \"aws_iam_policy\" \"p\" {\n  policy = jsonencode(local.l59)\n}\n";
    let plan = read_plan(&planned(), &[("main.tf", &locals)]);
    assert!(told(&plan.after)[0].contains("too"), "{:?}", told(&plan.after));
    assert!(plan.after.documents.is_empty());
}

#[test]
fn folders_that_could_both_be_meant_are_told() {
    let plan = read_plan(&bucket_plan(), &[("dev/main.tf", BUCKET), ("prod/main.tf", BUCKET)]);
    assert!(plan.findings[0].message.contains("`dev` or in `prod`"), "{:?}", plan.findings);
    assert!(plan.after.documents.is_empty());
    // One that holds the other is the root.
    let plan = read_plan(&bucket_plan(), &[("main.tf", BUCKET), ("prod/main.tf", BUCKET)]);
    assert_eq!(plan.after.documents.len(), 1);
    assert_eq!(plan.after.documents[0].source.name(), "main.tf");
}

#[test]
fn files_that_are_wrong_leave_the_others() {
    let files = [("main.tf", BUCKET), ("broken.tf", "resource \"x\" {\n  a = \n")];
    let plan = read_plan(&bucket_plan(), &files);
    assert_eq!(plan.findings.len(), 1);
    let told = plan.findings[0].to_string();
    assert!(told.contains("broken.tf:2:") && told.contains("no configuration"), "{told}");
    assert_eq!(plan.after.documents.len(), 1);
    // What an override file changes is not guessed.
    let plan = read_plan(&bucket_plan(), &[("main.tf", BUCKET), ("override.tf", BUCKET)]);
    assert!(plan.after.documents.is_empty());
    let told = plan.after.findings[0].to_string();
    assert!(told.contains("override.tf:4:1:") && told.contains("second time"), "{told}");
}

#[test]
fn every_form_of_an_arn_is_a_resource() {
    for (kind, attributes, form) in table::ARNS {
        for attribute in *attributes {
            let address = format!("{kind}.x");
            let mut unknown = json!({});
            unknown[attribute] = json!(true);
            let plan = with(
                &[
                    made("aws_iam_policy.p", json!({}), json!({"policy": true})),
                    made(&address, json!({"path": "/"}), unknown),
                ],
                json!({"resources": [block("aws_iam_policy.p", json!({}))]}),
            );
            let main = format!(
                "resource \"aws_iam_policy\" \"p\" {{\n  policy = jsonencode({{ Version = \"2012-10-17\", \
                 Statement = [{{ Effect = \"Allow\", Action = \"*\", Resource = {address}.{attribute} }}] }})\n}}\n"
            );
            let after = read_plan(&plan, &[("main.tf", &main)]).after;
            let policy = text(&after, "aws_iam_policy.p.policy");
            let arn = policy["Statement"][0]["Resource"].as_str().unwrap();
            let service = form.split(':').nth(2).unwrap();
            assert_eq!(parameter::arn_fields(arn).unwrap()[2], service, "{arn}");
            assert!(arn.contains(&format!("{address}.")), "{arn}");
        }
    }
}
