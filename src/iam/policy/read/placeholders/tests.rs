use super::marks::marks;
use crate::finding::{Level, codes};
use crate::policy::parameter::Parameter;
use crate::policy::read::{Placeholders, ReadOptions, ReadOutcome, read};
use crate::policy::{Kind, Policy};
use crate::source::Source;
use std::collections::{BTreeMap, BTreeSet};

fn marked(text: &str) -> Vec<&str> {
    marks(text).into_iter().map(|range| &text[range]).collect()
}

#[test]
fn place_holders_are_told_from_texts() {
    for (text, expected) in [
        ("<ACCOUNT ID>", vec!["<ACCOUNT ID>"]),
        ("a-<my-bucket>/[KEY_NAME]*", vec!["<my-bucket>", "[KEY_NAME]"]),
        ("{{account}}{region}", vec!["{{account}}", "{region}"]),
        ("${AWS::Region}-${account-id}", vec!["${AWS::Region}", "${account-id}"]),
        ("${Account ID}", vec!["${Account ID}"]),
        ("${aws_s3_bucket.b.id}", vec!["${aws_s3_bucket.b.id}"]),
        ("YOUR_ACCOUNT_ID", vec!["YOUR_ACCOUNT_ID"]),
        ("logs-ACCOUNT_ID-eu", vec!["ACCOUNT_ID"]),
        ("logs_BUCKET-NAME", vec!["BUCKET-NAME"]),
        ("YOUR_ACCOUNT_1", vec!["YOUR_ACCOUNT_1"]),
        ("1_ACCOUNT_ID", vec!["ACCOUNT_ID"]),
        ("REPLACE_ME", vec!["REPLACE_ME"]),
        ("replace-me", vec!["replace-me"]),
        ("ChangeMe", vec!["ChangeMe"]),
        ("PLACEHOLDER/x", vec!["PLACEHOLDER"]),
        ("your-bucket-name/*", vec!["your-bucket-name"]),
        ("Your_Org", vec!["Your_Org"]),
        // Texts of the policy language.
        ("${aws:username}", vec![]),
        ("${aws:PrincipalTag/team, 'none'}", vec![]),
        ("${aws:usrname}", vec![]),
        ("${team, 'none'}", vec![]),
        ("${*}${?}${$}", vec![]),
        ("${$}{bucket}", vec![]),
        ("${keyaki:parameter/field/x}", vec![]),
        // Values that are no place-holders.
        ("111122223333", vec![]),
        ("amzn-s3-demo-bucket", vec![]),
        ("DOC-EXAMPLE-BUCKET1", vec![]),
        ("RSA_2048", vec![]),
        ("ENCRYPT_DECRYPT", vec![]),
        ("AWS_IAM", vec![]),
        ("your", vec![]),
        ("yourself", vec![]),
        ("placeholder", vec![]),
        ("bucket-name", vec![]),
        ("NAME", vec![]),
        // Patterns, and what is in brackets for another reason.
        ("[a-z]", vec![]),
        ("[0-9]", vec![]),
        ("[PATH/*]", vec![]),
        ("<>", vec![]),
        ("< a b >", vec![]),
        ("<bucket", vec![]),
        ("${bucket", vec![]),
        ("a < b > c", vec![]),
        ("{\"json\": 1}", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(marked(text), expected, "{text}");
    }
    let long = format!("<{}>", "a".repeat(64));
    assert_eq!(marked(&long), [&long]);
    assert!(marked(&format!("<{}>", "a".repeat(65))).is_empty());
}

fn given(values: &[(&str, &str)]) -> ReadOptions {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let placeholders = Some(Placeholders { values: values.collect() });
    ReadOptions { placeholders, ..ReadOptions::default() }
}

fn outcome(statement: &str, kind: Kind, options: &ReadOptions) -> ReadOutcome {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#);
    read(&Source::new("p.json", text), kind, options)
}

fn forms(policy: &Policy) -> BTreeMap<String, String> {
    let parameters = policy.keys().filter_map(Parameter::of);
    parameters.map(|parameter| (parameter.name, parameter.form.words())).collect()
}

/// An Allow of a resource-based policy.
fn allow(rest: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "s3:*", {rest}}}"#)
}

#[test]
fn the_form_is_that_of_the_place() {
    let (account, region) = ("twelve digits", "a Region");
    let field = "a text without `*`, `?`, `$` and `:`";
    let text = "a text without `*`, `?` and `$`";
    let aws = r#""Principal": {"AWS": "111122223333"}, "#;
    for (rest, expected) in [
        (r#""Resource": "arn:aws:s3:<rr>:<aa>:x""#, vec![("<aa>", account), ("<rr>", region)]),
        (
            r#""Resource": "arn:aws:s3:region:account-id:x""#,
            vec![("account-id", account), ("region", region)],
        ),
        (
            r#""Resource": "arn:aws:s3:<re gion>-x:1<acc ount>:x""#,
            vec![("<acc ount>", field), ("<re gion>", field)],
        ),
        (
            r#""Resource": "arn:<part>:s3:us-east-1:111122223333:a/<name>/${aws:username}/*""#,
            vec![("<name>", field), ("<part>", "one of aws, aws-cn, aws-us-gov")],
        ),
        (r#""Resource": "arn:aws:s3:global:aws:x""#, vec![]),
        (r#""Resource": "arn:aws:s3:us-east-1a:1111:x""#, vec![]),
        (
            r#""Resource": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "[acct]", "aws:RequestedRegion": "my-region", "aws:SourceVpc": "<vpc>", "aws:userid": "x<id no>"}}"#,
            vec![("<id no>", field), ("<vpc>", text), ("[acct]", account), ("my-region", region)],
        ),
        (r#""Resource": "*", "Condition": {"StringEquals": {"aws:userid": "account-id"}}"#, vec![]),
        (
            r#""Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::<ac>:role/<role>"}}"#,
            vec![("<ac>", account), ("<role>", field)],
        ),
        (r#""Resource": "*", "Condition": {"Null": {"aws:userid": "true"}}, "Sid": "x""#, vec![]),
        // One that stands in several places has the narrower form.
        (
            r#""Resource": ["arn:aws:s3:::b-<ac>", "arn:aws:s3::<ac>:y"], "Condition": {"StringEquals": {"aws:userid": "<ac>"}}"#,
            vec![("<ac>", account)],
        ),
    ] {
        let read = outcome(&allow(&format!("{aws}{rest}")), Kind::Resource, &given(&[]));
        let Some(policy) = read.policy else { panic!("{rest}: {:?}", read.diagnostics) };
        let expected: BTreeMap<String, String> =
            expected.iter().map(|(name, form)| ((*name).to_owned(), (*form).to_owned())).collect();
        let found: BTreeMap<String, String> = forms(&policy)
            .into_iter()
            .map(|(name, form)| {
                let form = if form.starts_with("one of aws") {
                    "one of aws, aws-cn, aws-us-gov".to_owned()
                } else {
                    form
                };
                (name, form)
            })
            .collect();
        assert_eq!(found, expected, "{rest}");
        // Each is said.
        let said: BTreeSet<&str> = read
            .diagnostics
            .iter()
            .filter(|found| found.rule == codes::PLACEHOLDER)
            .filter_map(|found| found.message.strip_prefix('`')?.split('`').next())
            .collect();
        assert_eq!(said, expected.keys().map(String::as_str).collect(), "{rest}");
        assert!(read.diagnostics.iter().all(|found| found.level != Level::Error), "{rest}");
    }
    for (principal, expected) in [
        (r#"{"AWS": "<Account ID>"}"#, vec![("<Account ID>", account)]),
        (r#"{"AWS": "account-id"}"#, vec![("account-id", account)]),
        (
            r#"{"AWS": "arn:aws:iam::ACCOUNT:role/<role>"}"#,
            vec![("<role>", field), ("ACCOUNT", account)],
        ),
        (r#"{"Service": "<service>.amazonaws.com"}"#, vec![("<service>", field)]),
        (r#"{"Federated": "<provider>"}"#, vec![("<provider>", text)]),
    ] {
        let rest = format!(r#""Principal": {principal}, "Resource": "*""#);
        let read = outcome(&allow(&rest), Kind::Resource, &given(&[]));
        let Some(policy) = read.policy else { panic!("{rest}: {:?}", read.diagnostics) };
        let expected =
            expected.iter().map(|(name, form)| ((*name).to_owned(), (*form).to_owned())).collect();
        assert_eq!(forms(&policy), expected, "{rest}");
    }
}

#[test]
fn one_that_is_an_arn_is_six_fields() {
    let statement = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": ["<arn>", "<arn>/*"],
        "Condition": {"StringEquals": {"aws:SourceArn": "<arn>"}}}"#;
    let policy = outcome(statement, Kind::Identity, &given(&[])).policy.unwrap();
    let names: Vec<String> = forms(&policy).into_keys().collect();
    let parts = ["account", "partition", "region", "resource", "service"];
    assert_eq!(names, parts.map(|part| format!("<arn>.{part}")));
}

#[test]
fn a_text_is_never_two_things() {
    for (resources, words) in [
        (
            r#"["arn:aws:s3:<xx y>:<xx y>:b"]"#,
            "is a Region in one place and twelve digits in another",
        ),
        (r#"["<xx y>", "arn:aws:s3:::<xx y>"]"#, "stands for an ARN in one place"),
        (
            r#"["arn:aws:s3:::<name>", "arn:aws:s3:::<Name>"]"#,
            "`<Name>` and `<name>` differ in case",
        ),
    ] {
        let statement =
            format!(r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": {resources}}}"#);
        let read = outcome(&statement, Kind::Identity, &given(&[]));
        assert!(read.policy.is_none(), "{resources}");
        let wrong: Vec<_> = read.diagnostics.iter().filter(|found| found.is_error()).collect();
        assert_eq!(wrong.len(), 1, "{resources}: {wrong:?}");
        assert_eq!(wrong[0].rule, codes::PLACEHOLDER_CLASH);
        assert!(wrong[0].message.contains(words), "{}", wrong[0].message);
    }
}

#[test]
fn a_value_stands_where_its_place_holder_stands() {
    let statement =
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::<xx y>/<zz z>"}"#;
    let read = outcome(statement, Kind::Identity, &given(&[("<xx y>", "reports")]));
    let printed = |outcome: &ReadOutcome| {
        format!("{:?}", outcome.policy.as_ref().unwrap().statements[0].resource)
    };
    let written = statement.replace("<xx y>", "reports");
    let expected = outcome(&written, Kind::Identity, &given(&[]));
    assert_eq!(printed(&read), printed(&expected));
    assert_eq!(read.diagnostics.len(), 1, "{:?}", read.diagnostics);
}

#[test]
fn what_a_place_holder_causes_names_the_flag() {
    let statement = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::<ACCOUNT ID>:root"},
        "Action": "s3:*", "Resource": ["arn:aws:s3:::${Bucket}", "b"]}"#;
    let read = outcome(statement, Kind::Resource, &ReadOptions::default());
    let hints: Vec<(&str, bool)> = read
        .diagnostics
        .iter()
        .map(|found| {
            (found.rule, found.help.as_deref().is_some_and(|help| help.contains("--placeholders")))
        })
        .collect();
    assert_eq!(
        hints,
        [
            (codes::INVALID_PRINCIPAL, true),
            (codes::UNKNOWN_VARIABLE, true),
            (codes::INVALID_RESOURCE, false)
        ]
    );
    let help = read.diagnostics[0].help.as_deref().unwrap();
    assert!(help.contains("`<ACCOUNT ID>`"), "{help}");
}

#[test]
fn messages_show_what_is_written() {
    let statement = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1<ACCOUNT ID>:root"},
        "Action": "s3:*", "Resource": "*"}"#;
    let read = outcome(statement, Kind::Resource, &given(&[]));
    let wrong = read.diagnostics.iter().find(|found| found.is_error()).unwrap();
    assert!(
        wrong.message.starts_with("`arn:aws:iam::1<ACCOUNT ID>:root` names no principal"),
        "{}",
        wrong.message
    );
}

#[test]
fn the_version_does_not_count() {
    let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${Bucket}/${aws:username}"}}"#;
    let read = read(&Source::new("p.json", text), Kind::Identity, &given(&[]));
    assert_eq!(forms(&read.policy.unwrap()).into_keys().collect::<Vec<_>>(), ["${Bucket}"]);
    // `${aws:username}` is plain text, and that is still said.
    assert!(read.diagnostics.iter().any(|found| found.rule == codes::VARIABLE_WITHOUT_VERSION));
}
