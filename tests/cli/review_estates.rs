//! `keyaki review` of estates: principal by principal, resource by resource.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use crate::support::command::{code, err, git, keyaki, lines, out};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";

fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn trust(principal: Value) -> Value {
    policy(json!([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]))
}

fn role(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:role/{name}")
}

fn user(name: &str) -> String {
    format!("arn:aws:iam::{OWN}:user/{name}")
}

/// Three roles and a user that share a managed policy, a bucket, and one more account.
fn estate() -> Value {
    let service = |name: &str| json!({"name": name, "document": trust(json!({"Service": "ec2.amazonaws.com"}))});
    let of =
        |name: &str| json!({"arn": role(OWN, name), "policies": ["data"], "trust": service(name)});
    let manager =
        json!({"arn": role(OTHER, "manager"), "policies": ["data"], "trust": service("m")});
    json!({
        "keyaki": "estate",
        "version": 1,
        "accounts": {
            OWN: {"principals": true, "resources": true},
            OTHER: {"principals": true, "resources": true},
        },
        "organization": organization(json!([]), json!([])),
        "documents": {
            "data": policy(json!([allow("s3:*", "arn:aws:s3:::data/*"), allow("sqs:SendMessage", "*")])),
            "full": policy(json!([allow("*", "*")])),
            "rcp": policy(json!([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}])),
        },
        "users": [{"arn": user("dev"), "policies": ["data"]}],
        "roles": [of("a"), of("b"), of("c"), manager],
        "resources": [bucket(Value::Null, false)],
    })
}

/// An organization with these policies at its root; the other account manages it.
fn organization(scps: Value, rcps: Value) -> Value {
    let all = |first: &str, more: &Value| {
        let more = more.as_array().unwrap().iter().cloned();
        [json!(first)].into_iter().chain(more).collect::<Vec<Value>>()
    };
    let member = json!({"unit": "r-ab12", "scps": ["full"], "rcps": ["rcp"]});
    json!({
        "id": "o-exampleorg1",
        "managementAccount": OTHER,
        "scps": true,
        "rcps": true,
        "units": [{"id": "r-ab12", "name": "Root", "scps": all("full", &scps), "rcps": all("rcp", &rcps)}],
        "members": {OWN: member, OTHER: member},
    })
}

fn bucket(policy: Value, blocked: bool) -> Value {
    let block = json!({
        "BlockPublicAcls": false, "IgnorePublicAcls": false,
        "BlockPublicPolicy": false, "RestrictPublicBuckets": blocked,
    });
    json!({
        "arn": "arn:aws:s3:::data", "account": OWN, "policy": policy, "blockPublicAccess": block,
    })
}

fn named(name: &str, document: Value) -> Value {
    json!({"name": name, "document": document})
}

/// Two sides in a folder of their own.
struct Sides {
    folder: TempDir,
}

impl Sides {
    fn of(old: &Value, new: &Value) -> Self {
        let folder = TempDir::new().unwrap();
        for (name, estate) in [("old.json", old), ("new.json", new)] {
            fs::write(folder.path().join(name), format!("{estate:#}")).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn review(&self, more: &[&str]) -> Output {
        let [old, new] = ["old.json", "new.json"].map(|name| self.path(name));
        keyaki(&[&["review", &old, &new], more].concat())
    }

    /// Whether a request is allowed on a side, by all that the estate has.
    fn allows(&self, side: &str, request: &Value) -> bool {
        let path = self.path("request.json");
        fs::write(&path, request.to_string()).unwrap();
        let words = ["eval", "--estate", &self.path(side), "--request", &path, "-f", "json"];
        let output = keyaki(&words);
        assert_eq!(code(&output), 0, "{}", err(&output));
        lines(&output)[0]["decision"] == "allowed"
    }
}

/// The changes: address, kind, what became of it, relation.
fn changes(output: &Output) -> Vec<[String; 4]> {
    let all = lines(output);
    let of = |line: &Value| {
        ["address", "kind", "revision", "relation"]
            .map(|name| line[name].as_str().unwrap().to_owned())
    };
    all.iter().filter(|line| line.get("relation").is_some()).map(of).collect()
}

fn change(address: &str, kind: &str, revision: &str, relation: &str) -> [String; 4] {
    [address, kind, revision, relation].map(str::to_owned)
}

fn summary(output: &Output) -> Value {
    lines(output).last().unwrap().clone()
}

/// One managed policy, and a line with a request of its own for each that has it.
#[test]
fn a_wider_managed_policy_is_told_of_each_that_has_it() {
    let mut new = estate();
    let more = json!({"Effect": "Allow", "Action": "dynamodb:DeleteTable", "Resource": "*"});
    new["documents"]["data"]["Statement"].as_array_mut().unwrap().push(more);
    let sides = Sides::of(&estate(), &new);
    let output = sides.review(&["-f", "json"]);
    assert_eq!(code(&output), 1, "{}{}", out(&output), err(&output));
    let told =
        [role(OWN, "a"), role(OWN, "b"), role(OWN, "c"), user("dev"), role(OTHER, "manager")];
    let told = told.map(|arn| change(&arn, "identity", "changed", "wider"));
    assert_eq!(changes(&output), told);
    let all = lines(&output);
    let mut callers = BTreeSet::new();
    for line in &all[..told.len()] {
        let request = &line["added"]["request"];
        assert_eq!(request["action"], "dynamodb:DeleteTable");
        let caller = request["principal"].as_str().unwrap();
        let name = line["address"].as_str().unwrap().rsplit('/').next().unwrap();
        assert!(caller.contains(&format!("/{name}")), "{caller} asks for {name}");
        callers.insert(caller.to_owned());
        assert!(sides.allows("new.json", request) && !sides.allows("old.json", request));
        assert_eq!(line["removed"], Value::Null);
        // What is the principal's is not made up, and the statement has its place.
        let invented = line["added"]["madeUp"].as_array().unwrap();
        assert!(
            ![name, OWN, OTHER].iter().any(|own| invented.contains(&json!(own))),
            "{invented:?}"
        );
        let statement = &line["added"]["statements"][0];
        assert_eq!((&statement["index"], &statement["file"]), (&json!(2), &line["file"]));
        let text = fs::read_to_string(sides.path("new.json")).unwrap();
        let at = usize::try_from(statement["line"].as_u64().unwrap()).unwrap();
        let shown: Vec<&str> = text.lines().skip(at - 1).take(4).collect();
        assert!(shown.join("\n").contains("dynamodb:DeleteTable"), "{shown:?}");
    }
    assert_eq!(callers.len(), told.len(), "{callers:?}");
    let summary = summary(&output);
    // Their trust policies are what they were.
    for (name, count) in [("changed", 5), ("unchanged", 4), ("added", 5), ("removed", 0)] {
        assert_eq!(summary[name], count, "{name}: {summary}");
    }
    assert_eq!(summary["question"]["estate"].as_array().unwrap().len(), 2);
}

/// What one may do and the other not is not told of both, though they have the same policies.
#[test]
fn principals_with_the_same_policies_are_told_apart() {
    let mut new = estate();
    let only = json!({
        "Effect": "Allow", "Action": "dynamodb:DeleteTable", "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": role(OWN, "b")}},
    });
    new["documents"]["data"]["Statement"].as_array_mut().unwrap().push(only);
    let sides = Sides::of(&estate(), &new);
    let output = sides.review(&["-f", "json"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let told = [
        (role(OWN, "a"), "equivalent"),
        (role(OWN, "b"), "wider"),
        (role(OWN, "c"), "equivalent"),
        (user("dev"), "equivalent"),
        (role(OTHER, "manager"), "equivalent"),
    ];
    let told = told.map(|(arn, relation)| change(&arn, "identity", "changed", relation));
    assert_eq!(changes(&output), told);
    let request = &lines(&output)[1]["added"]["request"];
    assert!(sides.allows("new.json", request) && !sides.allows("old.json", request));
}

/// An SCP takes from whom it limits, and not from the management account.
#[test]
fn a_narrower_scp_is_told_of_whom_it_limits() {
    let mut new = estate();
    let deny = json!([{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]);
    new["organization"] = organization(json!([named("no queues", policy(deny))]), json!([]));
    let sides = Sides::of(&estate(), &new);
    let output = sides.review(&["-f", "json"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    let limited = [role(OWN, "a"), role(OWN, "b"), role(OWN, "c"), user("dev")];
    let told = limited.clone().map(|arn| change(&arn, "identity", "changed", "narrower"));
    assert_eq!(changes(&output), told);
    let request = &lines(&output)[0]["removed"]["request"];
    assert_eq!(request["action"], "sqs:SendMessage");
    assert!(sides.allows("old.json", request) && !sides.allows("new.json", request));
    assert_eq!(code(&sides.review(&["--fail-on", "note"])), 1);
    let back = Sides::of(&new, &estate()).review(&["-f", "json"]);
    assert_eq!(code(&back), 1, "{}", err(&back));
    assert_eq!(changes(&back), limited.map(|arn| change(&arn, "identity", "changed", "wider")));
    // Of an account whose principals are not known the account is told.
    let [mut old, mut new] = [estate(), new];
    for side in [&mut old, &mut new] {
        side["accounts"].as_object_mut().unwrap().remove(OWN);
        side["users"] = json!([]);
        side["resources"] = json!([]);
        side["roles"].as_array_mut().unwrap().retain(|role| role.to_string().contains(OTHER));
    }
    let output = Sides::of(&old, &new).review(&["-f", "json"]);
    assert_eq!(changes(&output), [change(OWN, "scp", "changed", "narrower")]);
}

/// An RCP keeps out those who are not of the organization, which is no principal's business.
#[test]
fn an_rcp_that_goes_lets_in_outsiders() {
    let perimeter = json!([{
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorg1"}},
    }]);
    let mut old = estate();
    old["organization"] = organization(json!([]), json!([named("perimeter", policy(perimeter))]));
    let output = Sides::of(&old, &estate()).review(&["-f", "json"]);
    assert_eq!(code(&output), 1, "{}{}", out(&output), err(&output));
    let all = changes(&output);
    assert_eq!(all[0], change(OWN, "rcp", "changed", "wider"));
    let principals = all[1..].iter().map(|[_, kind, _, relation]| (&**kind, &**relation));
    assert_eq!(principals.collect::<Vec<_>>(), [("identity", "equivalent"); 4]);
    let caller = lines(&output)[0]["added"]["request"]["principal"].to_string();
    assert!(![OWN, OTHER].iter().any(|account| caller.contains(account)), "{caller}");
}

#[test]
fn who_may_assume_a_role_is_a_line_of_its_own() {
    let mut new = estate();
    let outsider = trust(json!({"AWS": "arn:aws:iam::777788889999:root"}));
    new["roles"][1]["trust"] = named("b", outsider);
    let sides = Sides::of(&estate(), &new);
    let output = sides.review(&["-f", "json"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert_eq!(changes(&output), [change(&role(OWN, "b"), "trust", "changed", "incomparable")]);
    let line = &lines(&output)[0];
    assert_eq!(line["added"]["request"]["resource"], role(OWN, "b"));
    assert_eq!(line["removed"]["request"]["principal"], "ec2.amazonaws.com");
    let text = fs::read_to_string(sides.path("new.json")).unwrap();
    let at = usize::try_from(line["line"].as_u64().unwrap()).unwrap();
    let shown: Vec<&str> = text.lines().skip(at - 1).take(2).collect();
    assert!(shown.join("\n").contains(&role(OWN, "b")), "{shown:?}");
}

/// Whoever comes had nothing, and whoever goes has nothing.
#[test]
fn who_is_new_or_gone_is_compared_with_nothing() {
    let mut new = estate();
    let idle = json!({"arn": user("idle"), "policies": []});
    let more = json!({"arn": user("more"), "policies": ["data"]});
    new["users"].as_array_mut().unwrap().extend([idle, more]);
    new["roles"].as_array_mut().unwrap().remove(2);
    let sides = Sides::of(&estate(), &new);
    let output = sides.review(&["-f", "json"]);
    assert_eq!(code(&output), 1, "{}{}", out(&output), err(&output));
    let told = [
        change(&role(OWN, "c"), "identity", "removed", "narrower"),
        change(&role(OWN, "c"), "trust", "removed", "narrower"),
        change(&user("idle"), "identity", "added", "equivalent"),
        change(&user("more"), "identity", "added", "wider"),
    ];
    assert_eq!(changes(&output), told);
    // A side that does not have all users does not say that one was not there.
    let mut old = estate();
    old["accounts"][OWN]["principals"] = json!(false);
    let output = Sides::of(&old, &new).review(&["-f", "json"]);
    let of_more: Vec<[String; 4]> =
        changes(&output).into_iter().filter(|[address, ..]| *address == user("more")).collect();
    assert_eq!(of_more, [change(&user("more"), "identity", "added", "unknown")]);
    let line = lines(&output).into_iter().find(|line| line["address"] == user("more")).unwrap();
    assert_eq!(line["reason"]["code"], "side-says-nothing");
    assert_eq!((line["added"].clone(), line["removed"].clone()), (Value::Null, Value::Null));
    new["roles"] = estate()["roles"].clone();
    assert_eq!(code(&Sides::of(&old, &new).review(&[])), 3);
}

#[test]
fn policies_of_resources_count_as_far_as_they_are_let() {
    let public = |action: &str| {
        let statement = json!({
            "Effect": "Allow", "Principal": "*", "Action": action, "Resource": "arn:aws:s3:::data/*",
        });
        named("bucket data", policy(json!([statement])))
    };
    let with = |policy: Value, blocked: bool| {
        let mut estate = estate();
        estate["resources"] = json!([bucket(policy, blocked)]);
        estate["accounts"][OWN]["blockPublicAccess"] = json!({
            "BlockPublicAcls": false, "IgnorePublicAcls": false,
            "BlockPublicPolicy": false, "RestrictPublicBuckets": false,
        });
        estate
    };
    let relation = |old: &Value, new: &Value| {
        let output = Sides::of(old, new).review(&["-f", "json"]);
        let changes = changes(&output);
        let [[address, kind, revision, relation]] = &changes[..] else {
            panic!("{changes:?} {}", err(&output))
        };
        assert_eq!(
            [&**address, &**kind, &**revision],
            ["arn:aws:s3:::data", "resource", "changed"]
        );
        let caller = lines(&output)[0]["added"]["request"]["principal"].clone();
        (relation.clone(), caller.as_str().unwrap_or_default().to_owned())
    };
    let (get, all) = (public("s3:GetObject"), public("s3:*"));
    assert_eq!(relation(&with(get.clone(), false), &with(all.clone(), false)).0, "wider");
    // To outsiders a public policy is none while Block Public Access restricts it.
    let (word, caller) = relation(&with(get.clone(), true), &with(all, true));
    assert_eq!(word, "wider");
    assert!(caller.contains(OWN) || caller.ends_with(".amazonaws.com"), "{caller}");
    let (word, caller) = relation(&with(get.clone(), true), &with(get.clone(), false));
    assert_eq!(word, "wider");
    assert!(!caller.contains(OWN) && !caller.ends_with(".amazonaws.com"), "{caller}");
    assert_eq!(relation(&with(get.clone(), false), &with(get.clone(), true)).0, "narrower");
    assert_eq!(relation(&with(Value::Null, false), &with(get.clone(), false)).0, "wider");
    // Of a bucket that one side alone has, the other may just say nothing.
    let mut without = with(Value::Null, false);
    without["resources"] = json!([]);
    let output = Sides::of(&without, &with(get.clone(), false)).review(&["-f", "json"]);
    assert_eq!(changes(&output), [change("arn:aws:s3:::data", "resource", "added", "wider")]);
    without["accounts"][OWN]["resources"] = json!(false);
    let output = Sides::of(&without, &with(get, false)).review(&["-f", "json"]);
    assert_eq!(changes(&output), [change("arn:aws:s3:::data", "resource", "added", "unknown")]);
    assert_eq!(code(&output), 3);
    let caveats = summary(&output)["caveats"].to_string();
    assert!(caveats.contains("estate-resources") && caveats.contains(OWN), "{caveats}");
}

/// What listings print: documents as objects, or percent-encoded.
fn dump(encoded: bool, action: &str) -> Value {
    let document = policy(json!([allow(action, "arn:aws:s3:::data/*")]));
    let document = match encoded {
        true => {
            let text = document.to_string();
            let hex = |byte: u8| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            };
            Value::String(text.bytes().map(hex).collect())
        }
        false => document,
    };
    let inline = json!([{"PolicyName": "own", "PolicyDocument": document}]);
    json!({
        "UserDetailList": [{
            "Path": "/", "UserName": "dev", "UserId": "AIDAEXAMPLEEXAMPLE001", "Arn": user("dev"),
            "UserPolicyList": inline, "GroupList": [], "AttachedManagedPolicies": [], "Tags": [],
        }],
        "GroupDetailList": [], "RoleDetailList": [], "Policies": [], "IsTruncated": false,
    })
}

#[test]
fn the_same_estate_in_another_encoding_is_the_same() {
    let sides = Sides::of(&dump(false, "s3:GetObject"), &dump(true, "s3:GetObject"));
    let output = sides.review(&["-f", "json"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    let told = summary(&output);
    assert_eq!((&told["changed"], &told["unchanged"]), (&json!(0), &json!(1)), "{told}");
    // Keyaki's own form of a folder, against the folder.
    let own = sides.path("own.json");
    let folder = "proofs/estates/example";
    assert_eq!(code(&keyaki(&["import", folder, "-o", &own])), 0);
    let output = keyaki(&["review", folder, &own, "-f", "json"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    let told = summary(&output);
    assert_eq!(told["changed"], 0, "{told}");
    assert!(told["unchanged"].as_u64().unwrap() > 60, "{told}");
}

#[test]
fn an_estate_in_a_revision_is_a_side() {
    let folder = TempDir::new().unwrap();
    let estate = folder.path().join("estate");
    fs::create_dir_all(&estate).unwrap();
    let file = estate.join(format!("details.{OWN}.json"));
    fs::write(&file, dump(false, "s3:*").to_string()).unwrap();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "first"]);
    fs::write(&file, dump(false, "s3:GetObject").to_string()).unwrap();
    for side in [&estate, &file] {
        let side = side.to_str().unwrap();
        let review = |format| keyaki(&["review", "--git", "HEAD", side, "-f", format]);
        let output = review("json");
        assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
        let told = changes(&output);
        assert_eq!(told, [change(&user("dev"), "identity", "changed", "narrower")]);
        let statement = &lines(&output)[0]["removed"]["statements"][0];
        assert!(statement["file"].as_str().unwrap().starts_with("HEAD:"), "{statement}");
        for format in ["json", "human", "sarif", "markdown", "github", "junit"] {
            assert_eq!(out(&review(format)), out(&review(format)), "{format}");
        }
    }
    // A file that is new was nothing, which says nothing of the account.
    let new = estate.join("new.json");
    fs::write(&new, dump(false, "s3:GetObject").to_string()).unwrap();
    let output = keyaki(&["review", "--git", "HEAD", new.to_str().unwrap(), "-f", "json"]);
    assert_eq!(code(&output), 3, "{}{}", out(&output), err(&output));
    assert_eq!(changes(&output), [change(&user("dev"), "identity", "added", "unknown")]);
}

#[test]
fn every_form_tells_of_principals() {
    let mut new = estate();
    let more = json!({"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"});
    new["documents"]["data"]["Statement"].as_array_mut().unwrap().push(more);
    let sides = Sides::of(&estate(), &new);
    for format in ["human", "sarif", "markdown", "github", "junit"] {
        let output = sides.review(&["-f", format]);
        assert_eq!(code(&output), 1, "{format}: {}", err(&output));
        for name in ["a", "b", "c"] {
            assert!(out(&output).contains(&role(OWN, name)), "{format}: {}", out(&output));
        }
    }
    let sarif: Value = serde_json::from_str(&out(&sides.review(&["-f", "sarif"]))).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 5, "{sarif:#}");
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(result["ruleId"], "access-added");
        assert!(place.to_string().contains("new.json"), "{place}");
    }
    let baseline = sides.path("baseline.json");
    assert_eq!(code(&sides.review(&["--write-baseline", &baseline])), 1);
    assert_eq!(code(&sides.review(&["--baseline", &baseline])), 0);
}

/// What one side does not say of the organization is not a change.
#[test]
fn an_organization_that_one_side_does_not_have_is_no_change() {
    let deny = json!([{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]);
    let mut old = estate();
    old["organization"] = organization(json!([named("no queues", policy(deny))]), json!([]));
    let mut new = estate();
    new.as_object_mut().unwrap().remove("organization");
    let more = json!([
        {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
        allow("s3:*", "arn:aws:s3:::data/*"),
    ]);
    new["documents"]["data"]["Statement"] = more;
    let sides = Sides::of(&old, &new);
    let output = sides.review(&["-f", "json"]);
    // What is added is refused by the SCP that the other side has.
    let manager = role(OTHER, "manager");
    for [address, _, _, relation] in changes(&output) {
        assert_eq!(relation, if address == manager { "wider" } else { "equivalent" }, "{address}");
    }
    let caveats = summary(&output)["caveats"].to_string();
    assert!(caveats.contains("estate-organization-of-other"), "{caveats}");
    let human = out(&sides.review(&[]));
    assert!(human.contains("new.json` has no organization"), "{human}");
}

#[test]
fn an_estate_is_compared_with_an_estate() {
    let sides = Sides::of(&estate(), &estate());
    let policies = sides.folder.path().join("policies");
    fs::create_dir_all(&policies).unwrap();
    fs::write(policies.join("p.json"), policy(json!([allow("s3:*", "*")])).to_string()).unwrap();
    let (estate, folder) = (sides.path("old.json"), policies.to_str().unwrap().to_owned());
    for (old, new) in [(&estate, &folder), (&folder, &estate)] {
        let output = keyaki(&["review", old, new]);
        assert_eq!(code(&output), 2);
        let told = err(&output);
        assert!(told.contains(&format!("`{estate}` is an estate")), "{told}");
        assert!(told.contains(&format!("`{folder}` is a folder of policies")), "{told}");
    }
    let single = policies.join("p.json");
    let output = keyaki(&["review", &estate, single.to_str().unwrap()]);
    assert!(err(&output).contains("is a policy, a template or a plan"), "{}", err(&output));
    let output = keyaki(&["review", &folder, &folder, "--managed", &estate]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("is not a file of managed policies"), "{}", err(&output));
    // What AWS manages is for both sides.
    let attached = |arn: &str| {
        let mut page = dump(false, "s3:GetObject");
        let managed = json!([{"PolicyName": "ReadOnlyAccess", "PolicyArn": arn}]);
        page["UserDetailList"][0]["AttachedManagedPolicies"] = managed;
        page
    };
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let sides = Sides::of(&dump(false, "s3:GetObject"), &attached(arn));
    assert_eq!(code(&sides.review(&[])), 2);
    let known = json!({"keyaki": "managed-policies", "version": 1, "policies": {arn: policy(json!([allow("s3:Get*", "*")]))}});
    let managed = sides.path("managed.txt");
    fs::write(&managed, known.to_string()).unwrap();
    let output = sides.review(&["--managed", &managed, "-f", "json"]);
    assert_eq!(code(&output), 1, "{}{}", out(&output), err(&output));
    assert_eq!(changes(&output), [change(&user("dev"), "identity", "changed", "wider")]);
}

/// Folders that only look like those of an estate are reviewed as what they are.
#[test]
fn a_folder_of_policies_is_none_of_an_estate() {
    let folder = TempDir::new().unwrap();
    let [old, new] = ["old", "new"].map(|side| folder.path().join(side));
    for (side, action) in [(&old, "s3:GetObject"), (&new, "s3:*")] {
        let within = side.join("accounts").join(OWN).join("iam/role/app");
        fs::create_dir_all(&within).unwrap();
        let text = policy(json!([allow(action, "*")])).to_string();
        fs::write(within.join("policy.json"), &text).unwrap();
        // What `describe-policy` prints is an SCP here.
        let scp = json!({"Policy": {
            "PolicySummary": {"Id": "p-1", "Arn": "a", "Name": "n", "Type": "SERVICE_CONTROL_POLICY"},
            "Content": text,
        }});
        fs::write(side.join("scp.json"), scp.to_string()).unwrap();
    }
    let [old, new] = [&old, &new].map(|side| side.to_str().unwrap());
    let output = keyaki(&["review", old, new, "-f", "json"]);
    assert_eq!(code(&output), 1, "{}{}", out(&output), err(&output));
    let address = format!("accounts/{OWN}/iam/role/app/policy.json");
    assert!(changes(&output).contains(&change(&address, "identity", "changed", "wider")));
}

/// One file that cannot be read does not keep the others from being reviewed, and whoever it told of
/// is not gone.
#[test]
fn what_cannot_be_read_of_an_estate_is_not_gone() {
    let folder = TempDir::new().unwrap();
    let [old, new] = ["old", "new"].map(|side| folder.path().join(side));
    let of = |account: &str, action: &str| {
        dump(false, action).to_string().replace(OWN, account).replace("user/dev", "user/x")
    };
    for (side, action) in [(&old, "s3:GetObject"), (&new, "s3:*")] {
        fs::create_dir_all(side).unwrap();
        fs::write(side.join("details.1.json"), of(OWN, action)).unwrap();
        fs::write(side.join("details.2.json"), of(OTHER, action)).unwrap();
    }
    fs::write(new.join("details.2.json"), of(OTHER, "s3:*").replace("Effect", "Efect")).unwrap();
    let [old, new] = [&old, &new].map(|side| side.to_str().unwrap());
    let output = keyaki(&["review", old, new, "-f", "json"]);
    assert_eq!(code(&output), 2, "{}{}", out(&output), err(&output));
    assert!(err(&output).contains("details.2.json:1"), "{}", err(&output));
    let told = [(OWN, "changed", "wider"), (OTHER, "removed", "unknown")];
    let told = told.map(|(account, revision, relation)| {
        change(&format!("arn:aws:iam::{account}:user/x"), "identity", revision, relation)
    });
    assert_eq!(changes(&output), told);
    fs::write(Path::new(new).join("details.2.json"), "{").unwrap();
    let output = keyaki(&["review", old, new, "-f", "json"]);
    assert_eq!((code(&output), changes(&output)), (2, told.to_vec()), "{}", err(&output));
}

/// What iam-collect writes of an account is left out as a whole where a part of it cannot be read: what
/// a role has is in several files.
#[test]
fn of_what_iam_collect_writes_an_account_is_left_out() {
    let folder = TempDir::new().unwrap();
    let [old, new] = ["old", "new"].map(|side| folder.path().join(side));
    let write = |side: &Path, account: &str, name: &str, action: &str| {
        let within = side.join("aws/aws/accounts").join(account).join("iam/role").join(name);
        fs::create_dir_all(&within).unwrap();
        let metadata =
            json!({"arn": role(account, name), "name": name, "path": "/", "id": "AROA1"});
        let inline =
            json!([{"PolicyName": "own", "PolicyDocument": policy(json!([allow(action, "*")]))}]);
        let service = trust(json!({"Service": "ec2.amazonaws.com"}));
        for (file, value) in
            [("metadata", metadata), ("inline-policies", inline), ("trust-policy", service)]
        {
            fs::write(within.join(format!("{file}.json")), value.to_string()).unwrap();
        }
        within.join("inline-policies.json")
    };
    for (side, action) in [(&old, "sqs:SendMessage"), (&new, "sqs:*")] {
        write(side, OWN, "a", action);
        write(side, OTHER, "b", action);
    }
    let broken = write(&new, OTHER, "c", "sqs:*");
    let [old, new] = [&old, &new].map(|side| side.to_str().unwrap());
    let of = |name: &str, kind: &str| (role(OTHER, name), kind.to_owned());
    let review = || keyaki(&["review", old, new, "-f", "json"]);
    let output = review();
    assert_eq!(code(&output), 1, "{}{}", out(&output), err(&output));
    let told: Vec<(String, String)> =
        changes(&output).into_iter().map(|[address, kind, ..]| (address, kind)).collect();
    let own = (role(OWN, "a"), "identity".to_owned());
    assert_eq!(told, [own, of("b", "identity"), of("c", "identity"), of("c", "trust")]);
    fs::write(&broken, "[{]").unwrap();
    let output = review();
    assert_eq!(code(&output), 2, "{}{}", out(&output), err(&output));
    let told = [
        change(&role(OWN, "a"), "identity", "changed", "wider"),
        change(&role(OTHER, "b"), "identity", "removed", "unknown"),
    ];
    assert_eq!(changes(&output), told, "{}", err(&output));
}

/// Claims are read relative to their file, and one that the change breaks is told.
#[test]
fn claims_about_an_estate_are_checked() {
    let folder = TempDir::new().unwrap();
    let [old, new] = ["old", "new"].map(|side| folder.path().join(side));
    let claims = "[[claim]]\nname = \"dev deletes nothing\"\nestate = \"details.json\"\nas = \"arn:aws:iam::111122223333:user/dev\"\nclaim = \"never\"\nstatement = { Action = \"s3:DeleteObject\", Resource = \"arn:aws:s3:::data/*\" }\nexpect = \"holds\"\n";
    for (side, action) in [(&old, "s3:GetObject"), (&new, "s3:*")] {
        fs::create_dir_all(side).unwrap();
        fs::write(side.join("details.json"), dump(false, action).to_string()).unwrap();
        fs::write(side.join("claims.toml"), claims).unwrap();
    }
    let file = new.join("claims.toml");
    let [old, new, file] = [&old, &new, &file].map(|side| side.to_str().unwrap());
    let output = keyaki(&["review", old, new, "--claims", file, "-f", "json"]);
    assert_eq!(code(&output), 1, "{}{}", out(&output), err(&output));
    let told = summary(&output);
    assert_eq!((&told["failed"], &told["broken"]), (&json!(1), &json!(1)), "{told}");
}

/// What policies ask for and is not in a policy is told where it changes: one request has one value of
/// it. Where no policy asks, nothing changes.
#[test]
fn what_policies_ask_for_beside_them_is_told() {
    let asking = |key: &str| {
        let mut estate = estate();
        let condition = json!({"StringEquals": {key: "x"}});
        estate["documents"]["data"]["Statement"][0]["Condition"] = condition;
        estate["users"][0]["tags"] = json!({});
        estate["resources"][0]["tags"] = json!({});
        estate
    };
    // Where an account stands, its SCPs are those of another unit, too, which say the same.
    let settings = |output: &Output| -> Vec<[String; 4]> {
        changes(output).into_iter().filter(|[_, kind, ..]| kind == "setting").collect()
    };
    let tagged = |estate: &mut Value, of: &str| estate[of][0]["tags"] = json!({"team": "x"});
    type Change<'a> = (&'a str, &'a dyn Fn(&mut Value), String);
    let all: [Change<'_>; 5] = [
        ("aws:PrincipalTag/team", &|estate| tagged(estate, "users"), user("dev")),
        ("aws:ResourceTag/team", &|estate| tagged(estate, "resources"), "arn:aws:s3:::data".into()),
        (
            "aws:PrincipalOrgID",
            &|estate| estate["organization"]["id"] = json!("o-exampleorg2"),
            "o-exampleorg2".into(),
        ),
        (
            "aws:PrincipalOrgPaths",
            &|estate| {
                let unit = json!({"id": "ou-ab12-11111111", "parent": "r-ab12", "scps": ["full"], "rcps": ["rcp"]});
                estate["organization"]["units"].as_array_mut().unwrap().push(unit);
                estate["organization"]["members"][OWN]["unit"] = json!("ou-ab12-11111111");
            },
            OWN.into(),
        ),
        (
            "",
            &|estate| estate["resources"][0]["account"] = json!(OTHER),
            "arn:aws:s3:::data".into(),
        ),
    ];
    for (key, edit, address) in all {
        let base = if key.is_empty() { asking("aws:SourceVpce") } else { asking(key) };
        let mut head = base.clone();
        edit(&mut head);
        let output = Sides::of(&base, &head).review(&["-f", "json"]);
        let told = change(&address, "setting", "changed", "unknown");
        assert_eq!(settings(&output), [told], "{key}: {}", err(&output));
        assert_eq!(code(&output), 3, "{key}");
        if !key.is_empty() {
            let base = asking("aws:SourceVpce");
            let mut head = base.clone();
            edit(&mut head);
            let output = Sides::of(&base, &head).review(&["-f", "json"]);
            assert_eq!((settings(&output), code(&output)), (Vec::new(), 0), "{key}");
        }
    }
}
