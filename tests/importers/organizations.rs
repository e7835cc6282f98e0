//! The listings of `aws organizations`.

use super::{imported, refused, written};
use keyaki::estate::{Estate, Kept};
use keyaki::importers::form;
use serde_json::{Value, json};

const FULL: &str = "p-FullAWSAccess";

fn arn(kind: &str, id: &str) -> String {
    format!("arn:aws:organizations::999988887777:{kind}/o-example1/{id}")
}

fn summary(id: &str, name: &str, kind: &str) -> Value {
    json!({"Id": id, "Arn": arn("policy", id), "Name": name, "Type": kind, "AwsManaged": id == FULL})
}

fn scps(ids: &[&str]) -> Value {
    let one = |id: &&str| {
        summary(id, if *id == FULL { "FullAWSAccess" } else { "Own" }, "SERVICE_CONTROL_POLICY")
    };
    json!({"Policies": ids.iter().map(one).collect::<Value>()})
}

fn account(id: &str, name: &str) -> Value {
    json!({"Id": id, "Arn": arn("account", id), "Name": name, "Status": "ACTIVE"})
}

/// The root, a unit below it, an account in each.
pub fn listings() -> Vec<(String, Value)> {
    let named = |name: &str, value| (format!("organization/{name}.json"), value);
    let own = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}});
    vec![
        named(
            "roots",
            json!({"Roots": [{"Id": "r-ab12", "Arn": arn("root", "r-ab12"), "Name": "Root", "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}]}),
        ),
        named(
            "units.r-ab12",
            json!({"OrganizationalUnits": [{"Id": "ou-ab12-work", "Arn": arn("ou", "ou-ab12-work"), "Name": "Work"}]}),
        ),
        named("units.ou-ab12-work", json!({"OrganizationalUnits": []})),
        named("accounts.r-ab12", json!({"Accounts": [account("999988887777", "main")]})),
        named("accounts.ou-ab12-work", json!({"Accounts": [account("111122223333", "prod")]})),
        named("scps.r-ab12", scps(&[FULL])),
        named("scps.ou-ab12-work", scps(&[FULL, "p-own"])),
        named("scps.999988887777", scps(&[FULL])),
        named("scps.111122223333", scps(&[FULL])),
        named(
            "policy.p-own",
            json!({"Policy": {"PolicySummary": summary("p-own", "Own", "SERVICE_CONTROL_POLICY"), "Content": own.to_string()}}),
        ),
    ]
}

pub fn texts(listings: &[(String, Value)]) -> Vec<(String, String)> {
    listings.iter().map(|(path, value)| (path.clone(), value.to_string())).collect()
}

/// The listings with another value for a file, or without it.
fn with(name: &str, value: Option<Value>) -> Vec<(String, String)> {
    let mut all = listings();
    let path = format!("organization/{name}.json");
    all.retain(|(known, _)| *known != path);
    all.extend(value.map(|value| (path, value)));
    texts(&all)
}

#[test]
pub fn listings_are_an_organization() {
    let read = imported(&texts(&listings())).unwrap();
    let all = read.estate.organization.as_ref().unwrap();
    assert_eq!((all.id.as_str(), all.scps, all.rcps), ("o-example1", true, false));
    assert_eq!(all.management_account.as_deref(), Some("999988887777"));
    assert_eq!(all.path_of("111122223333").unwrap(), "o-example1/r-ab12/ou-ab12-work/");
    let levels: Vec<usize> = all.scps_of("111122223333").iter().map(Vec::len).collect();
    assert_eq!(levels, [1, 2, 1]);
    assert!(all.scps_of("999988887777").is_empty());
    assert_eq!(read.estate.accounts["111122223333"].name.as_deref(), Some("prod"));
    let own = written(&texts(&listings()));
    assert_eq!(own, written(&[("estate.json", &own)]));
    // The order of the files means nothing.
    let mut turned = texts(&listings());
    turned.reverse();
    assert_eq!(own, written(&turned));
}

#[test]
fn attachments_may_be_listed_by_policy() {
    let targets = |targets: &[&str]| {
        let one = |id: &&str| json!({"TargetId": id, "Type": "x"});
        json!({"Targets": targets.iter().map(one).collect::<Value>()})
    };
    let mut all = listings();
    all.retain(|(path, _)| !path.contains("/scps."));
    let add = |name: &str, value| (format!("organization/{name}.json"), value);
    let every = ["r-ab12", "ou-ab12-work", "999988887777", "111122223333"];
    all.push(add("targets.p-FullAWSAccess", targets(&every)));
    all.push(add("targets.p-own", targets(&["ou-ab12-work"])));
    assert_eq!(written(&texts(&all)), written(&texts(&listings())));
}

#[test]
fn what_is_missing_or_odd_is_refused_with_what_to_do() {
    let unit = |id: &str| json!({"Id": id, "Arn": arn("ou", id), "Name": id});
    type Files = Vec<(String, String)>;
    let cases: Vec<(Files, &[&str])> = vec![
        (with("roots", None), &["nothing says which types of policies", "list-roots"]),
        (
            with("units.ou-ab12-work", None),
            &[
                "no file lists the units of `ou-ab12-work`",
                "list-organizational-units-for-parent --parent-id ou-ab12-work > units.ou-ab12-work.json",
            ],
        ),
        (with("accounts.r-ab12", None), &["no file lists the accounts of `r-ab12`"]),
        (
            with("scps.111122223333", None),
            &["SERVICE_CONTROL_POLICY are attached to `111122223333`", "> scps.111122223333.json"],
        ),
        (
            with("policy.p-own", None),
            &[
                "no file has the document of the policy `p-own`",
                "describe-policy --policy-id p-own",
            ],
        ),
        (
            with(
                "accounts.r-ab12",
                Some(
                    json!({"Accounts": [account("999988887777", "main"), account("111122223333", "prod")]}),
                ),
            ),
            &["account 111122223333 is in `", "make them again"],
        ),
        (
            with("accounts.r-ab12", Some(json!({"Accounts": [], "NextToken": "x"}))),
            &["the listing breaks off here", "partial-listing"],
        ),
        (
            with("units.r-ab12", Some(json!({"OrganizationalUnits": []}))),
            &["nothing says which unit `ou-ab12-work` is in"],
        ),
        (
            with(
                "units.ou-ab12-work",
                Some(json!({"OrganizationalUnits": [unit("ou-ab12-work")]})),
            ),
            &["`ou-ab12-work` is in `"],
        ),
        (
            with("accounts", Some(json!({"Parents": [{"Id": "r-ab12", "Type": "ROOT"}]}))),
            &["the name of the file does not either", "parents.111122223333.json"],
        ),
        (
            with(
                "x",
                Some(json!({"Organization": {"Id": "o-other", "MasterAccountId": "999988887777"}})),
            ),
            &["`o-other`"],
        ),
        (
            with(
                "policy.p-own",
                Some(
                    json!({"Policy": {"PolicySummary": summary("p-own", "Own", "SERVICE_CONTROL_POLICY"), "Content": "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\", \"Actoin\": \"iam:*\", \"Resource\": \"*\"}}"}}),
                ),
            ),
            &["Actoin", "policy.p-own.json:1:"],
        ),
    ];
    for (texts, expected) in cases {
        let found = refused(&texts);
        assert!(expected.iter().all(|text| found.contains(text)), "{expected:?}\n{found}");
    }
}

#[test]
fn units_in_a_circle_are_refused() {
    let unit = |id: &str| json!({"Id": id, "Arn": arn("ou", id), "Name": id});
    let named = |name: &str, value: Value| (format!("organization/{name}.json"), value.to_string());
    let mut all = texts(&listings());
    all.push(named("units.ou-ab12-one", json!({"OrganizationalUnits": [unit("ou-ab12-two")]})));
    all.push(named("units.ou-ab12-two", json!({"OrganizationalUnits": [unit("ou-ab12-one")]})));
    for id in ["ou-ab12-one", "ou-ab12-two"] {
        all.push(named(&format!("accounts.{id}"), json!({"Accounts": []})));
        all.push(named(&format!("scps.{id}"), scps(&[FULL])));
    }
    let found = refused(&all);
    assert!(found.contains("go round in a circle"), "{found}");
}

#[test]
fn policies_of_other_types_do_not_decide() {
    let mut all = listings();
    let tags = summary("p-tags", "Tags", "TAG_POLICY");
    all.push(("organization/tags.r-ab12.json".to_owned(), json!({"Policies": [tags]})));
    let policy = json!({"Policy": {"PolicySummary": tags, "Content": "{\"tags\": {}}"}});
    all.push(("organization/policy.p-tags.json".to_owned(), policy));
    let read = imported(&texts(&all)).unwrap();
    assert!(read.report.not_understood.contains_key("policies of the type TAG_POLICY"));
    // It is kept, and that is all that it is.
    let kept = &read.estate.not_understood;
    assert_eq!((kept.len(), kept[0].path.as_str()), (1, "Policy"));
    assert!(matches!(&kept[0].value, Kept::Whole(text) if text.contains("TAG_POLICY")), "{kept:?}");
    let without = Estate { not_understood: Vec::new(), ..read.estate };
    assert_eq!(form::write(&without), written(&texts(&listings())));
}
