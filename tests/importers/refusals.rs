//! No part of an estate is given for the whole: what is refused, and what is said.

use super::account::{OF_AWS, arn, collected, details, encoded};
use super::{imported, refused};
use serde_json::{Value, json};

/// The findings about an account that was changed.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut account = details();
    change(&mut account);
    refused(&[("account.json", format!("{account:#}"))])
}

fn has(found: &str, expected: &[&str]) {
    assert!(expected.iter().all(|text| found.contains(text)), "{expected:?}\n{found}");
}

#[test]
fn a_listing_that_breaks_off_is_refused() {
    let found = changed(|account| account["IsTruncated"] = json!(true));
    has(&found, &["account.json:", "breaks off", "partial-listing", "--max-items"]);
    let found = changed(|account| account["NextToken"] = json!("abc"));
    has(&found, &["breaks off"]);
}

#[test]
fn what_is_named_must_be_there() {
    let found = changed(|account| account["Policies"] = json!([]));
    has(
        &found,
        &[
            OF_AWS,
            &arn("policy/x/Limit"),
            "and in 2 more places",
            "aws-managed.sh",
            "LocalManagedPolicy",
        ],
    );
    assert_eq!(found.lines().count(), 2, "{found}");
    let found = changed(|account| account["GroupDetailList"] = json!([]));
    has(&found, &["there is no group `readers`", "dangling-reference"]);
    let found = changed(|account| {
        account["Policies"][0]["PolicyVersionList"][1]["IsDefaultVersion"] = json!(false);
    });
    has(&found, &["has no default version, where one counts"]);
    // What is no list has no versions to count.
    let found = changed(|account| {
        let version = account["Policies"][0]["PolicyVersionList"][0].clone();
        account["Policies"][0]["PolicyVersionList"] = version;
    });
    has(&found, &["`PolicyVersionList` is an object, not a list", "`[{...}]`"]);
    assert!(!found.contains("default version"), "{found}");
    let found = changed(|account| account["UserDetailList"][0]["GroupList"] = json!(["reader"]));
    has(&found, &["there is no group `reader`", "did you mean `readers`?"]);
}

#[test]
fn all_documents_that_cannot_be_read_are_told_at_once() {
    let found = changed(|account| {
        account["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Effect"] =
            json!("Alow");
        account["RoleDetailList"][0]["AssumeRolePolicyDocument"]["Statement"][0]["Resource"] =
            json!("*");
        account["RoleDetailList"][0]["RolePolicyList"][0]["PolicyDocument"] = json!("{%zz");
        account["RoleDetailList"][0]["RolePolicyList"][1]["PolicyDocument"] = json!("%7B%zz");
    });
    has(
        &found,
        &[
            "Alow",
            "`Resource`",
            "percent-encoding is wrong",
            "UserDetailList[0].UserPolicyList[0].PolicyDocument",
        ],
    );
    assert!(found.lines().count() >= 4, "{found}");
    // A document inside a text has its places in the file.
    let found = changed(|account| {
        let bad = "{\n \"Version\": \"2012-10-17\",\n \"Statement\": [{\"Effect\": \"Alow\"}]}";
        account["RoleDetailList"][0]["AssumeRolePolicyDocument"] = encoded(bad).into();
    });
    has(&found, &["account.json:", "Alow"]);
}

#[test]
fn principals_that_contradict_each_other_are_refused() {
    let one = details();
    let mut other = details();
    other["RoleDetailList"][0]["RolePolicyList"] = json!([]);
    let found = refused(&[("one.json", one.to_string()), ("two.json", other.to_string())]);
    has(&found, &["two.json:", &arn("role/app"), "one.json", "conflicting-files"]);
    // The same twice is nothing.
    assert!(imported(&[("one.json", one.to_string()), ("two.json", one.to_string())]).is_ok());
    let mut policy = details();
    policy["Policies"][0]["PolicyVersionList"][1]["Document"]["Statement"][0]["Action"] =
        json!("s3:*");
    let found = refused(&[("one.json", one.to_string()), ("two.json", policy.to_string())]);
    has(&found, &["two.json:", "managed policy", "differs"]);
}

#[test]
fn an_account_has_one_principal_of_a_name() {
    let mut other = details();
    other["RoleDetailList"][0]["Arn"] = json!(arn("role/old/APP"));
    let one = details().to_string();
    let found = refused(&[("one.json", &one), ("two.json", &other.to_string())]);
    has(&found, &["two.json:", &arn("role/old/APP"), "an account has one role of a name"]);
    // A user may have the name of a role, and a role that of one in another account.
    let user = details().to_string().replace("user/team/dev", "user/app");
    assert!(imported(&[("one.json", user)]).is_ok());
    let elsewhere = one.replace("111122223333", "444455556666");
    assert!(imported(&[("one.json", &one), ("two.json", &elsewhere)]).is_ok());
}

#[test]
fn what_is_said_of_an_account_is_said_in_one_way() {
    let file = |name: &str, block: bool| {
        json!({"account": "111122223333", "name": name, "blockPublicAccess": {"BlockPublicAcls": block}}).to_string()
    };
    let two = |one: String, other: String| imported(&[("a.json", one), ("b.json", other)]);
    assert!(two(file("a", true), file("a", true)).is_ok());
    for (other, what) in
        [(file("b", true), "account's name"), (file("a", false), "Block Public Access")]
    {
        let found = two(file("a", true), other).unwrap_err();
        has(&found, &["b.json:1:1", what, "conflicting-files"]);
    }
}

#[test]
fn a_file_that_is_something_else_is_refused() {
    for (text, expected) in [
        ("{\"Version\": \"2012-10-17\", \"Statement\": []}", "no part of an estate"),
        ("[1, 2]", "no part of an estate"),
        ("{", "truncated"),
        ("{\"a\": 1} x", "trailing-text"),
        ("{\"UserDetailList\": 5}", "is a number, not a list"),
        ("{\"RoleDetailList\": [{}]}", "has no member `Arn`"),
        (
            "{\"RoleDetailList\": [{\"Arn\": \"arn:aws:iam::1:role/x\"}]}",
            "is not the ARN of a role",
        ),
        (
            "{\"RoleDetailList\": [{\"Arn\": \"arn:aws:iam::111122223333:role/x\"}]}",
            "every role has a trust policy",
        ),
        ("{\"RoleDetailList\": [], \"RoleDetailList\": []}", "is here twice"),
        ("{\"keyaki\": \"estate\", \"version\": 2}", "not an estate of the form 1"),
        ("{\"keyaki\": \"estate\"}", "not an estate of the form 1"),
        ("{\"keyaki\": \"estate\", \"version\": 1, \"role\": []}", "did you mean `roles`?"),
        ("{\"keyaki\": \"estate\", \"version\": 1, \"accounts\": {\"1\": {}}}", "twelve digits"),
        (
            "{\"keyaki\": \"estate\", \"version\": 1, \"resources\": [{\"arn\": \"arn:aws:s3:::b\"}]}",
            "nothing says which account owns",
        ),
        (
            "{\"keyaki\": \"estate\", \"version\": 1, \"roles\": [{\"arn\": \"arn:aws:iam::111122223333:role/x\", \"policies\": [\"no\"]}]}",
            "there is no document `no`",
        ),
        (
            "{\"keyaki\": \"estate\", \"version\": 1, \"roles\": [{\"arn\": \"arn:aws:iam::111122223333:role/x\", \"bondary\": \"no\"}]}",
            "did you mean `boundary`?",
        ),
        (
            "{\"keyaki\": \"estate\", \"version\": 1, \"users\": [{\"arn\": \"arn:aws:iam::111122223333:user/x\", \"groups\": [\"g\"]}]}",
            "there is no group `g`",
        ),
        (
            "{\"keyaki\": \"estate\", \"version\": 1, \"organization\": {\"id\": \"o-1\", \"scps\": true, \"rcps\": false, \"units\": [], \"members\": {}}}",
            "no file has the root",
        ),
        (
            "{\"keyaki\": \"estate\", \"version\": 1, \"organization\": {\"id\": \"o-1\", \"scps\": true, \"rcps\": false, \"units\": [{\"id\": \"r-1\"}], \"members\": {\"111122223333\": {\"unit\": \"ou-1\"}}}}",
            "in which unit account 111122223333",
        ),
        (
            "{\"keyaki\": \"estate\", \"version\": 1, \"organization\": {\"id\": \"o-1\", \"managementAccount\": \"m\", \"scps\": true, \"rcps\": false, \"units\": [{\"id\": \"r-1\"}], \"members\": {}}}",
            "`m` is not an account",
        ),
        (
            "{\"keyaki\": \"estate\", \"version\": 1, \"organization\": {\"id\": \"o-1\", \"scps\": true, \"rcps\": false, \"units\": [{\"id\": \"r-1\"}], \"members\": {\"x\": {\"unit\": \"r-1\"}}}}",
            "`x` is not an account",
        ),
        ("{\"arn\": \"arn:aws:s3:::b\", \"account\": \"1\"}", "`1` is not an account"),
        ("{\"arn\": \"b\", \"account\": \"111122223333\"}", "`b` is not an ARN"),
    ] {
        let found = refused(&[("x.json", text)]);
        assert!(found.contains(expected) && found.contains("x.json:1:"), "{text}\n{found}");
    }
    assert!(refused::<&str, &str>(&[]).contains("there are no files"));
}

#[test]
fn a_folder_of_iam_collect_without_a_fact_is_refused() {
    let without = |name: &str| {
        let mut all = collected();
        all.retain(|(path, _)| !path.ends_with(name));
        refused(&all)
    };
    has(&without("role/app/metadata.json"), &["no `metadata.json` beside this file"]);
    has(
        &without("limit/current-policy.json"),
        &[&arn("policy/x/Limit"), "no file has its document"],
    );
    has(&without("group/readers/metadata.json"), &["there is no group"]);
    let mut odd = collected();
    odd.push(("data/aws/aws/accounts/mine/iam/role/x/metadata.json".to_owned(), "{}".to_owned()));
    has(&refused(&odd), &["the folder `mine` is not named after an account"]);
}
