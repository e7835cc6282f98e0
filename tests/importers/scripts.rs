//! The scripts of the guide, with a program in the place of the AWS CLI that prints what it would.

#![cfg(unix)]

use super::organizations::{listings, texts};
use super::{imported, program, written};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Prints the listing of a call.
const ORGANIZATIONS: &str = r#"#!/bin/sh
shift; command=$1; shift; target= filter=
while [ $# -gt 0 ]; do
  case $1 in --parent-id | --target-id | --policy-id) target=$2 ;; --filter) filter=$2 ;; esac
  shift 2
done
case $command in
  describe-organization) echo '{}' && exit ;;
  list-roots) file=roots ;;
  list-organizational-units-for-parent) file=units.$target ;;
  list-accounts-for-parent) file=accounts.$target ;;
  list-policies-for-target) [ $filter = SERVICE_CONTROL_POLICY ] && file=scps.$target ;;
  describe-policy) file=policy.$target ;;
esac
case $file in policy.p-FullAWSAccess) echo '{"Policy": null}' && exit ;; esac
cat "$LISTINGS/$file.json"
"#;

/// Two buckets, of which one has a policy, settings and no ACLs.
const BUCKETS: &str = r#"#!/bin/sh
case "$*" in
  *get-caller-identity*) echo 111122223333 ;;
  *list-buckets*) printf 'one\ttwo\n' ;;
  *"get-bucket-policy --bucket one"*) echo '"{\"Version\": \"2012-10-17\", \"Statement\": []}"' ;;
  *"get-public-access-block --bucket one"*) printf '{\n    "BlockPublicPolicy": true\n}\n' ;;
  *"get-bucket-ownership-controls --bucket one"*) echo '"BucketOwnerEnforced"' ;;
  *get-bucket-policy*) echo "An error occurred ($ERROR) when calling" >&2 && exit 254 ;;
  *get-public-access-block*) echo 'An error occurred (NoSuchPublicAccessBlockConfiguration)' >&2 && exit 254 ;;
  *) echo 'An error occurred (OwnershipControlsNotFoundError)' >&2 && exit 254 ;;
esac
"#;

/// Runs a script of the guide in a folder, with `aws` being this program.
fn run(folder: &Path, aws: &str, script: &str, variable: (&str, &str)) -> Output {
    let program = folder.join("aws");
    program::write(&program, aws);
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("papers/examples").join(script);
    Command::new("sh")
        .arg(script)
        .arg("made")
        .current_dir(folder)
        .env("PATH", path)
        .env(variable.0, variable.1)
        .output()
        .unwrap()
}

#[test]
fn an_organization_is_listed_by_the_script() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("organization")).unwrap();
    for (path, value) in listings() {
        fs::write(folder.path().join(path), format!("{value:#}")).unwrap();
    }
    let listed = folder.path().join("organization");
    let variable = ("LISTINGS", listed.to_str().unwrap());
    let output = run(folder.path(), ORGANIZATIONS, "dump-organization.sh", variable);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut made = Vec::new();
    for entry in fs::read_dir(folder.path().join("made")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // These say nothing more here.
        if !["organization.json", "policy.p-FullAWSAccess.json"].contains(&name.as_str()) {
            made.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    made.sort();
    assert_eq!(written(&made), written(&texts(&listings())));
    // A call that fails ends it.
    let wrong = run(folder.path(), "#!/bin/sh\nexit 254", "dump-organization.sh", variable);
    assert!(!wrong.status.success());
}

#[test]
fn buckets_are_listed_by_the_script() {
    let folder = tempfile::tempdir().unwrap();
    let variable = ("ERROR", "NoSuchBucketPolicy");
    let output = run(folder.path(), BUCKETS, "dump-buckets.sh", variable);
    let (text, error) = (String::from_utf8(output.stdout), String::from_utf8(output.stderr));
    assert!(output.status.success(), "{error:?}");
    let estate = imported(&[("buckets.jsonl", text.unwrap())]).unwrap().estate;
    assert_eq!(estate.resources.len(), 2);
    let (one, two) = (&estate.resources[0], &estate.resources[1]);
    assert!(one.policy.is_some() && one.bucket.acls_off == Some(true));
    assert!(one.bucket.block_public_access.unwrap().block_policy);
    assert!(two.policy.is_none() && two.bucket.acls_off == Some(false));
    assert_eq!(two.account, "111122223333");
    // What may not be read is not taken for nothing.
    let denied = run(folder.path(), BUCKETS, "dump-buckets.sh", ("ERROR", "AccessDenied"));
    assert!(!denied.status.success());
}
