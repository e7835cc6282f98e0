//! Large sets of policies as companies have them: many statements, each a little different.

use serde_json::{Map, Value, json};

/// Services with actions and a resource in which `#` is a number.
const SERVICES: [(&str, [&str; 3], &str); 8] = [
    ("s3", ["GetObject", "PutObject", "List*"], "arn:aws:s3:::shared-data/team-#/*"),
    (
        "ec2",
        ["StartInstances", "Describe*", "TerminateInstances"],
        "arn:aws:ec2:*:111122223333:instance/i-#*",
    ),
    (
        "dynamodb",
        ["GetItem", "Batch*", "Query"],
        "arn:aws:dynamodb:eu-west-1:111122223333:table/team-#-*",
    ),
    ("sqs", ["SendMessage", "Receive*", "DeleteMessage"], "arn:aws:sqs:eu-*:111122223333:queue-#"),
    (
        "lambda",
        ["InvokeFunction", "Get*", "UpdateFunctionCode"],
        "arn:aws:lambda:*:111122223333:function:team-#-?*",
    ),
    (
        "kms",
        ["Decrypt", "GenerateDataKey*", "Encrypt"],
        "arn:aws:kms:eu-west-1:444455556666:key/#*",
    ),
    (
        "secretsmanager",
        ["GetSecretValue", "Describe*", "PutSecretValue"],
        "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}/#/*",
    ),
    (
        "logs",
        ["CreateLogStream", "Put*", "FilterLogEvents"],
        "arn:aws:logs:*:*:log-group:/team/#/${aws:username}:*",
    ),
];

/// The condition of the statement with this number; `None`: it has none.
fn condition(number: usize) -> Option<Value> {
    Some(match number % 9 {
        0 | 1 => return None,
        2 => json!({"StringEquals": {"aws:PrincipalTag/team": format!("team-{number}")}}),
        3 => json!({"StringLike": {"aws:ResourceTag/env": [format!("prod-{number}-*"), "test*"]}}),
        4 => {
            json!({"StringEquals": {"aws:PrincipalOrgID": ["o-keyaki1", format!("o-{number}")]}, "Bool": {"aws:SecureTransport": "true"}})
        }
        5 => {
            json!({"StringEquals": {"aws:ResourceAccount": [format!("{:012}", 111_122_220_000 + number), "111122223333"]}})
        }
        6 => {
            json!({"IpAddress": {"aws:SourceIp": [format!("10.{}.0.0/16", number % 256), "203.0.113.0/24"]}})
        }
        7 => {
            json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["team", format!("cost-{number}")]}, "Null": {"aws:TagKeys": "false"}})
        }
        _ => {
            json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::*:role/team-{number}/*")}, "StringEqualsIfExists": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}})
        }
    })
}

/// The statement with this number: three actions of a service on a few of its resources.
fn statement(number: usize, effect: &str, principal: Option<Value>) -> Value {
    let (service, actions, resource) = SERVICES[number % SERVICES.len()];
    let actions = actions.map(|action| format!("{service}:{action}"));
    let resources: Vec<String> =
        [number, number + 1].map(|one| resource.replace('#', &one.to_string())).into();
    let mut members = Map::new();
    members.insert("Sid".to_owned(), json!(format!("{effect}{number}")));
    members.insert("Effect".to_owned(), json!(effect));
    members.extend(principal.map(|principal| ("Principal".to_owned(), principal)));
    members.insert("Action".to_owned(), json!(actions));
    members.insert("Resource".to_owned(), json!(resources));
    members.extend(condition(number).map(|condition| ("Condition".to_owned(), condition)));
    Value::Object(members)
}

fn document(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn principal(number: usize) -> Value {
    match number % 4 {
        0 => {
            json!({"AWS": [format!("arn:aws:iam::111122223333:role/team-{number}"), "111122223333"]})
        }
        1 => {
            json!({"AWS": format!("arn:aws:iam::{:012}:user/dev-{number}", 111_122_220_000 + number)})
        }
        2 => json!({"Service": ["logs.amazonaws.com", "delivery.logs.amazonaws.com"]}),
        _ => json!("*"),
    }
}

/// A policy of `count` statements, one in `every` of them a Deny; with principals if the kind has
/// them.
fn policy(count: usize, every: usize, principals: bool) -> Value {
    let effect = |number: usize| if number % every == every - 1 { "Deny" } else { "Allow" };
    document(
        (0..count)
            .map(|number| statement(number, effect(number), principals.then(|| principal(number))))
            .collect(),
    )
}

/// A service control policy: everything is allowed but what `count - 1` statements deny.
fn guardrails(count: usize, first: usize) -> Value {
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let denied = (first..first + count - 1).map(|number| statement(5 * number, "Deny", None));
    document(std::iter::once(all).chain(denied).collect())
}

/// A statement of a resource control policy: nobody but the organization and one partner.
fn perimeter(number: usize) -> Value {
    json!({
        "Effect": "Deny", "Principal": "*", "Action": ["s3:*", "sqs:*"],
        "Resource": [format!("arn:aws:s3:::shared-data/team-{number}/*"), format!("arn:aws:sqs:*:*:queue-{number}")],
        "Condition": {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ["o-keyaki1", format!("o-{number}")]},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    })
}

/// A policy set with one policy of `count` statements in every layer, and two levels of service
/// control policies.
pub fn eight_policies(count: usize) -> Value {
    let perimeter: Vec<Value> = (0..count).map(perimeter).collect();
    json!({
        "identity": [policy(count, 7, false)],
        "boundary": policy(count, 11, false),
        "session": [policy(count, 13, false)],
        "resource": policy(count, 6, true),
        "scp": [[guardrails(count, 0)], [guardrails(count, 200)]],
        "rcp": [[document(perimeter)]],
        "endpoint": [policy(count, 9, true)],
    })
}

/// Many levels of service control policies, each with an exception of its own.
pub fn levels(count: usize) -> Value {
    let scp: Vec<Value> = (0..count).map(|level| json!([guardrails(2, level)])).collect();
    json!({"identity": [policy(8, 9, false)], "scp": scp})
}

/// A bucket policy with many callers, in one list and as exceptions from another.
pub fn principals(count: usize) -> Value {
    let callers = |kind: &str| -> Vec<String> {
        (0..count / 2)
            .map(|number| {
                format!("arn:aws:iam::{:012}:{kind}/app-{number}", 111_122_220_000 + number % 97)
            })
            .collect()
    };
    let members = json!({"Action": "s3:*", "Resource": "arn:aws:s3:::b/*"});
    let statement = |effect: &str, element: &str, entries: Vec<String>| {
        let mut statement = members.clone();
        statement["Effect"] = json!(effect);
        statement[element] = json!({"AWS": entries});
        statement
    };
    let roles = callers("role");
    let everybody: Vec<String> = roles.iter().cloned().chain(callers("user")).collect();
    json!({"resource": document(vec![statement("Allow", "Principal", everybody), statement("Deny", "NotPrincipal", roles)])})
}

/// A bucket policy, under a service control policy, with a pattern wherever there is one.
pub fn stars(pattern: &str) -> Value {
    let allow = json!({"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", format!("s3:{pattern}")],
        "Resource": [format!("arn:aws:s3:::{pattern}"), format!("arn:{pattern}"), format!("arn:aws:s3:::${{aws:username}}{pattern}")],
        "Condition": {"StringLike": {"aws:PrincipalTag/team": pattern, "aws:PrincipalArn": pattern}, "ArnLike": {"aws:SourceArn": format!("arn:aws:s3:::{pattern}")}}});
    let deny = json!({"Effect": "Deny", "NotAction": format!("s3:{pattern}a"), "Resource": "*", "Condition": {"StringNotLike": {"aws:userid": pattern}}});
    json!({"resource": document(vec![allow]), "identity": [], "scp": [[document(vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"}), deny])]]})
}
