//! The same account from every tool is the same estate, and the own form keeps it.

use super::account::{self, ACCOUNT, arn, collected, details, with_texts};
use super::{imported, written};
use keyaki::estate::{EntityKind, Kept};
use keyaki::importers::{File, form, import};
use keyaki::policy::read::ReadOptions;
use keyaki::source::Source;
use serde_json::{Value, json};
use std::sync::Arc;

#[test]
fn an_account_is_the_same_from_every_tool() {
    let cli = written(&[("account.json", format!("{:#}", details()))]);
    let sdk = written(&[("account.json", with_texts(details()).to_string())]);
    assert_eq!(cli, sdk);
    assert_eq!(cli, written(&collected()));
    // What it says is what the account has, not nothing.
    for text in ["a+b%25\u{e9}", "user/team/dev", "cost center", "ReadOnlyAccess", "\\\"+%2B\\\\"] {
        assert!(cli.contains(text), "{text}: {cli}");
    }
    // And it is kept: by the own form, of the own form.
    assert_eq!(cli, written(&[("estate.json", &cli)]));
    // Some of the account is another estate.
    let mut less = details();
    less["RoleDetailList"][0]["RolePolicyList"].as_array_mut().unwrap().pop();
    assert_ne!(cli, written(&[("account.json", less.to_string())]));
}

#[test]
fn pages_in_files_and_in_a_list_are_one_account() {
    let whole = details();
    let mut first = whole.clone();
    first["RoleDetailList"] = json!([]);
    first["Policies"] = json!([]);
    first["IsTruncated"] = json!(true);
    first["Marker"] = json!("m");
    let mut last = whole.clone();
    last["UserDetailList"] = json!([]);
    last["GroupDetailList"] = json!([]);
    let expected = written(&[("a.json", whole.to_string())]);
    let (one, two) = (first.to_string(), last.to_string());
    assert_eq!(expected, written(&[("1.json", &one), ("2.json", &two)]));
    assert_eq!(expected, written(&[("2.json", &two), ("1.json", &one)]));
    assert_eq!(expected, written(&[("all.json", json!([first, last]).to_string())]));
    assert_eq!(expected, written(&[("all.jsonl", format!("{first}\n\n{last}\n"))]));
    let report = imported(&[("1.json", &one), ("2.json", &two)]).unwrap().report;
    assert!(report.notes.iter().any(|note| note.contains("in pages")), "{:?}", report.notes);
}

#[test]
fn what_an_account_says_is_in_the_estate() {
    let estate = imported(&[("account.json", details().to_string())]).unwrap().estate;
    let names = |arn: &str| {
        let entity = estate.entity(arn).unwrap();
        entity.identity.iter().map(|policy| policy.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        names(&arn("user/team/dev")),
        ["user dev: own", &arn("policy/x/Limit"), "group readers: read", account::OF_AWS]
    );
    assert_eq!(
        names(&arn("role/app")),
        ["role app: a", "role app: z", &arn("policy/x/Limit"), account::OF_AWS]
    );
    let (user, role) =
        (estate.entity(&arn("user/team/dev")).unwrap(), estate.entity(&arn("role/app")).unwrap());
    assert_eq!(user.id.as_deref(), Some("AIDAEXAMPLEEXAMPLE001"));
    assert_eq!(user.tags.as_ref().unwrap()["team"], "a");
    assert_eq!(role.boundary.as_ref().unwrap().name, arn("policy/x/Limit"));
    let EntityKind::Role { trust: Some(trust) } = &role.kind else { panic!() };
    assert_eq!(trust.name, "role app: trust policy");
    let account = &estate.accounts[ACCOUNT];
    assert!(account.principals && !account.resources && estate.organization.is_none());
    // Equal documents of one name and kind are one, in the memory, too.
    assert!(Arc::ptr_eq(&user.identity[3], &role.identity[3]));
    assert!(Arc::ptr_eq(&user.identity[2], &estate.groups[0].identity[0]));
    // The default version counts.
    assert_eq!(user.identity[1].policy.statements[0].sid.as_deref(), Some("A"));
}

#[test]
fn statements_and_principals_know_their_places() {
    for text in [format!("{:#}", details()), with_texts(details()).to_string()] {
        let estate = imported(&[("account.json", &text)]).unwrap().estate;
        let source = Source::new("account.json", text.as_str());
        let role = estate.entity(&arn("role/app")).unwrap();
        let at = text.find("\"RoleName\"").unwrap();
        let place = role.place.as_ref().unwrap();
        let (before, after) = (&place.start, source.position(at));
        assert!((before.line, before.column) < (after.line, after.column), "{place:?}");
        let policy = &role.identity[0];
        let statement = &policy.policy.statements[0];
        let place = policy.source.as_ref().unwrap().place(statement.place(statement.span));
        assert_eq!(place.file, "account.json");
        // It stands behind the name of the policy or before it, in the same object.
        let list = source.position(text.find("\"RolePolicyList\"").unwrap());
        let next = source.position(text.find("\"RoleLastUsed\"").unwrap());
        assert!((list.line, list.column) < (place.start.line, place.start.column), "{place:?}");
        assert!((place.start.line, place.start.column) < (next.line, next.column), "{place:?}");
    }
}

#[test]
fn the_managed_policies_of_aws_come_from_a_file_of_their_own() {
    let mut details = details();
    details["Policies"].as_array_mut().unwrap().retain(|policy| policy["Arn"] != account::OF_AWS);
    let file = File {
        path: "account.json".to_owned(),
        source: Source::new("account.json", details.to_string()),
    };
    let managed = json!({"keyaki": "managed-policies", "version": 1, "policies": {account::OF_AWS: account::other_document(), "arn:aws:iam::aws:policy/Unused": {}}});
    let managed = Source::new("managed.json", managed.to_string());
    let imported = import(&[file], Some(&managed), &ReadOptions::default()).unwrap();
    let whole = written(&[("account.json", self::details().to_string())]);
    assert_eq!(form::write(&imported.estate), whole);
}

#[test]
fn what_is_not_told_of_a_partition_is_that_of_the_others() {
    let government = details().to_string().replace("arn:aws:", "arn:aws-us-gov:");
    let named = json!({"account": "444455556666", "name": "other"}).to_string();
    let estate = imported(&[("a.json", government), ("b.json", named)]).unwrap().estate;
    assert_eq!(estate.accounts[ACCOUNT].partition, "aws-us-gov");
    assert_eq!(estate.accounts["444455556666"].partition, "aws-us-gov");
}

#[test]
fn the_estate_that_the_guide_shows_is_read() {
    let guide = include_str!("../../papers/guide.md");
    let shown = guide.split("```json\n").find(|block| block.contains("\"keyaki\": \"estate\""));
    let shown = shown.unwrap().split("```").next().unwrap();
    let estate = imported(&[("estate.json", shown)]).unwrap().estate;
    assert_eq!((estate.entities.len(), estate.groups.len()), (2, 1));
    assert!(estate.entity(&arn("role/app")).unwrap().boundary.is_some());
    assert_eq!(estate.entity(&arn("user/dev")).unwrap().identity.len(), 1);
}

/// What is not understood is kept as it is, and the own form gives it back, byte for byte.
#[test]
fn what_nobody_understands_is_kept() {
    let mut odd = details();
    let long = "\u{1f333}x".repeat(2_000);
    odd["RoleDetailList"][0]["Novelty"] = json!({"b": [1, null], "a": "\u{e9}\u{6b05}\n"});
    odd["UserDetailList"][0]["Novelty"] = json!(long);
    // Numbers as no machine has them, and a member twice.
    let text = odd.to_string().replace("[1,null]", "[1.50e400, null], \"b\": -0.0");
    let dump = [("dump.json", text.as_str())];
    let mut first = imported(&dump).unwrap();
    first.unread("notes.txt");
    first.unread("notes.txt");
    let own = form::write(&first.estate);
    let line = r#"{"file":"dump.json","line":1,"path":"RoleDetailList[0].Novelty","what":"roles: Novelty","value":{"#;
    assert!(own.contains(line), "{own}");
    let value = r#""b":[1.50e400,null],"b":-0.0"#;
    assert!(own.contains(value), "{own}");
    assert!(own.contains(r#"{"file":"notes.txt","what":"files that are not JSON"}"#), "{own}");
    // What is long is cut, and said to be.
    let cut = first.estate.not_understood.iter().find_map(|one| match &one.value {
        Kept::Cut { begins, bytes } => Some((begins.chars().count(), *bytes)),
        Kept::Whole(_) | Kept::Nothing => None,
    });
    assert_eq!(cut, Some((1_000, long.len() + 2)));
    let again = imported(&[("estate.json", &own)]).unwrap();
    assert_eq!(form::write(&again.estate), own);
    assert_eq!(again.estate.not_understood, first.estate.not_understood);
    assert_eq!(again.report.not_understood, first.report.not_understood);
    assert_eq!(first.report.not_understood["files that are not JSON"].times, 1);
    // No order of files, and no second reading, changes or adds anything.
    let both = [("estate.json", own.as_str()), ("dump.json", text.as_str())];
    let turned = [both[1], both[0]];
    assert_eq!(written(&both), own);
    assert_eq!(written(&turned), own);
}

/// A file of the own form says of what is not understood what that is, and where it was.
#[test]
fn what_is_kept_has_its_form() {
    let refused = |one: Value| {
        let file = json!({"keyaki": "estate", "version": 1, "notUnderstood": [one],
            "accounts": {"111122223333": {}}});
        imported(&[("estate.json", file.to_string())]).unwrap_err()
    };
    for (one, says) in [
        (json!({"file": "a.json"}), "no member `what`"),
        (json!({"what": "x"}), "no member `file`"),
        (json!({"file": "a", "what": "x", "line": "1"}), "`line` is a string, not a whole number"),
        (
            json!({"file": "a", "what": "x", "bytes": 1.5}),
            "`bytes` is a number, not a whole number",
        ),
        (json!({"file": "a", "what": "x", "where": 1}), "`where` has no meaning here"),
        (json!({"file": "a", "what": "x", "begins": "{"}), "`begins` and `bytes` stand together"),
        (
            json!({"file": "a", "what": "x", "begins": "{", "bytes": 9000, "value": 1}),
            "`begins` and `bytes` stand in place of `value`",
        ),
    ] {
        let told = refused(one);
        assert!(told.contains(says), "{says}: {told}");
    }
}

fn details_without(list: &str) -> Value {
    let mut details = details();
    details[list] = json!([]);
    details
}

#[test]
fn what_nobody_understands_is_reported() {
    let mut odd = details();
    odd["RoleDetailList"][0]["Novelty"] = json!(1);
    odd["RoleDetailList"][0]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] =
        json!({"AWS": ["AIDAEXAMPLEEXAMPLE001", "AROAGONEGONEGONEGONE1"]});
    let report = imported(&[("account.json", odd.to_string())]).unwrap().report;
    let seen = &report.not_understood["roles: Novelty"];
    assert_eq!((seen.file.as_str(), seen.times), ("account.json", 1));
    assert_eq!(report.not_understood.len(), 1);
    let gone = report.notes.iter().find(|note| note.contains("unique ids")).unwrap();
    assert!(gone.contains("AROAGONE") && !gone.contains("AIDAEXAMPLE"), "{gone}");
    let counts = report.counts;
    assert_eq!((counts.users, counts.roles, counts.groups, counts.accounts), (1, 1, 1, 1));
    let usual = imported(&[("account.json", details().to_string())]).unwrap().report;
    assert!(usual.not_understood.is_empty(), "{:?}", usual.not_understood);
    assert!(usual.notes.iter().any(|note| note.contains("nothing is said about an organization")));
    assert!(!usual.notes.iter().any(|note| note.contains("--filter")), "{:?}", usual.notes);
    let filtered = imported(&[("a.json", details_without("RoleDetailList").to_string())]).unwrap();
    let notes = filtered.report.notes;
    assert!(
        notes.iter().any(|note| note.ends_with(&format!("`--filter` may be: {ACCOUNT}"))),
        "{notes:?}"
    );
    let nobody = imported(&[("a.json", "{\"UserDetailList\": []}")]).unwrap().report.notes;
    assert!(nobody.iter().any(|note| note.contains("`a.json` lists nobody")), "{nobody:?}");
    // Without its groups the account names what is not there.
    assert!(imported(&[("a.json", details_without("GroupDetailList").to_string())]).is_err());
}

#[test]
fn resources_and_endpoints_have_files_of_their_own() {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]});
    let bucket = json!({"arn": "arn:aws:s3:::b", "account": ACCOUNT, "policy": policy, "tags": {"k": "v"},
        "blockPublicAccess": {"BlockPublicAcls": true, "RestrictPublicBuckets": true}, "aclsOff": true});
    // As `aws s3api get-bucket-policy` has it: a text.
    let text = json!({"arn": "arn:aws:s3:::b", "account": ACCOUNT, "policy": policy.to_string(), "tags": {"k": "v"},
        "blockPublicAccess": {"blockPublicAcls": true, "restrictPublicBuckets": true}, "aclsOff": true});
    let endpoint = json!({"arn": format!("arn:aws:ec2:us-east-1:{ACCOUNT}:vpc-endpoint/vpce-1"), "vpc": "vpc-1", "service": "com.amazonaws.us-east-1.s3"});
    let topic = json!({"arn": format!("arn:aws:sns:us-east-1:{ACCOUNT}:t"), "policy": null, "tags": {"漢": "🙂\u{e9}"}});
    let account =
        json!({"account": ACCOUNT, "name": "prod", "resources": true, "blockPublicAccess": {}});
    let each = [("b.json", bucket.to_string()), ("e.json", endpoint.to_string())];
    let each =
        [&each[..], &[("t.json", topic.to_string()), ("a.json", account.to_string())]].concat();
    let lines = format!("{text}\n{endpoint}\n{topic}\n{account}\n");
    let estate = written(&each);
    assert_eq!(estate, written(&[("resources.jsonl", lines)]));
    assert_eq!(estate, written(&[("estate.json", &estate)]));
    assert!(estate.contains(r#""\u6f22":"\ud83d\ude42é""#), "{estate}");
    let read = imported(&each).unwrap().estate;
    assert_eq!(read.resources[1].tags.as_ref().unwrap()["漢"], "🙂\u{e9}");
    let bucket = read.resource("arn:aws:s3:::b").unwrap();
    assert_eq!(bucket.policy.as_ref().unwrap().name, "policy of arn:aws:s3:::b");
    let block = bucket.bucket.block_public_access.unwrap();
    assert!(
        block.block_acls && block.restrict_buckets && !block.block_policy && !block.ignore_acls
    );
    assert_eq!((bucket.bucket.acls_off, read.endpoints[0].id.as_str()), (Some(true), "vpce-1"));
    let account = &read.accounts[ACCOUNT];
    assert!(account.resources && !account.principals && account.block_public_access.is_some());
    assert_eq!(account.name.as_deref(), Some("prod"));
}

#[test]
fn the_folder_of_iam_collect_has_resources_and_an_organization() {
    let folder = format!("data/aws/aws/accounts/{ACCOUNT}");
    let grant = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "*", "Resource": "*"}]});
    let root = "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess";
    let own = "arn:aws:organizations::999988887777:policy/o-1/service_control_policy/p-own";
    let mut texts = collected();
    let mut add = |path: String, value: Value| texts.push((path, value.to_string()));
    add(format!("{folder}/organization.json"), json!({"organizationId": "o-1"}));
    add(
        format!("{folder}/s3-bpa.json"),
        json!({"BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true}),
    );
    add(
        format!("{folder}/s3/big/metadata.json"),
        json!({"arn": "arn:aws:s3:::Big", "name": "Big", "region": "us-east-1"}),
    );
    add(format!("{folder}/s3/big/policy.json"), grant.clone());
    add(format!("{folder}/s3/big/bpa.json"), json!({"BlockPublicPolicy": true}));
    add(format!("{folder}/s3/big/encryption.json"), json!({}));
    add(
        format!("{folder}/kms/us-east-1/key/k/metadata.json"),
        json!({"arn": format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/k")}),
    );
    add(format!("{folder}/kms/us-east-1/key/k/grants.json"), json!([]));
    add(
        format!("{folder}/ec2/us-east-1/vpc-endpoint/vpce-1/metadata.json"),
        json!({"id": "vpce-1", "vpc": format!("arn:aws:ec2:us-east-1:{ACCOUNT}:vpc/vpc-9"), "type": "Gateway", "serviceName": "com.amazonaws.us-east-1.s3", "arn": "arn:aws:ec2:us-east-1:111122223333:vpc-endpoint/vpce-1"}),
    );
    add(
        format!("{folder}/ec2/us-east-1/vpc-endpoint/vpce-1/endpoint-policy.json"),
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}),
    );
    let shared = format!("arn:aws:ec2:us-east-1:{ACCOUNT}:subnet/s");
    add(
        format!("{folder}/ram/us-east-1/arn-aws-x.json"),
        json!({"arn": shared, "shares": [], "policy": {}}),
    );
    add("data/aws/aws/indexes/vpcs.json".to_owned(), json!({}));
    let organization = "data/aws/aws/organizations/o-1";
    add(
        format!("{organization}/metadata.json"),
        json!({"id": "o-1", "arn": "arn:aws:organizations::999988887777:organization/o-1", "rootOu": "r-1", "rootAccountId": "999988887777", "features": {"SERVICE_CONTROL_POLICY": true, "TAG_POLICY": true, "S3_POLICY": true}}),
    );
    add(format!("{organization}/structure.json"), json!({}));
    add(
        format!("{organization}/ous.json"),
        json!({"ou-1-a": {"parent": "r-1", "scps": [root]}, "r-1": {"scps": [root, own]}}),
    );
    add(format!("{organization}/ous/ou-1-a/metadata.json"), json!({"name": "Work"}));
    add(
        format!("{organization}/accounts.json"),
        json!({"999988887777": {"ou": "r-1", "scps": [root]}, ACCOUNT: {"ou": "ou-1-a", "scps": [root]}}),
    );
    add(
        format!("{organization}/scps/p-own/metadata.json"),
        json!({"arn": own, "name": "Own", "awsManaged": false}),
    );
    add(format!("{organization}/scps/p-own/policy.json"), account::other_document());
    add(format!("{organization}/delegated-admins.json"), json!({}));
    let imported = imported(&texts).unwrap();
    let (estate, report) = (imported.estate, imported.report);
    let all = estate.organization.as_ref().unwrap();
    assert_eq!(all.path_of(ACCOUNT).unwrap(), "o-1/r-1/ou-1-a/");
    let scps: Vec<Vec<String>> = all
        .scps_of(ACCOUNT)
        .iter()
        .map(|level| level.iter().map(|policy| policy.name.clone()).collect())
        .collect();
    let full = "FullAWSAccess (p-FullAWSAccess)";
    assert_eq!(scps, [vec![full, "Own (p-own)"], vec![full], vec![full]]);
    assert!(all.scps && !all.rcps && all.units[1].name.as_deref() == Some("Work"));
    assert_eq!(all.management_account.as_deref(), Some("999988887777"));
    let account = &estate.accounts[ACCOUNT];
    assert!(account.principals && account.resources && account.block_public_access.is_some());
    // A service that is not there may not have been collected.
    assert_eq!(
        ["s3", "kms", "sqs"].map(|service| account.knows_resources_of(service)),
        [true, true, false]
    );
    assert!(estate.shared.contains(&shared) && all.s3_policies);
    let other = &estate.accounts["999988887777"];
    assert!(!other.principals && !other.resources);
    let bucket = estate.resource("arn:aws:s3:::Big").unwrap();
    assert!(bucket.policy.is_some() && bucket.bucket.block_public_access.unwrap().block_policy);
    assert_eq!(estate.endpoints[0].vpc.as_deref(), Some("vpc-9"));
    let unknown: Vec<&str> = report.not_understood.keys().map(String::as_str).collect();
    assert_eq!(unknown, ["RAM shares", "kms: grants.json", "organizations: delegated-admins.json"]);
    let own_form = form::write(&estate);
    let again = super::imported(&[("estate.json", &own_form)]).unwrap();
    assert_eq!(own_form, form::write(&again.estate));
    assert_eq!(again.report.not_understood, report.not_understood);
}
