#!/bin/sh
# Reads templates that other people's programs print or publish, and tells how many of their
# policies are read:
#
#     sh tests/judges/templates.sh [--compare]
#
# CDK (aws-cdk-lib, from npm) prints stacks of twenty services in which everything grants
# whatever it can to roles, services, accounts and organizations; the tests of cfn-lint (from PyPI)
# have templates of all kinds, wrong ones among them. It fails if a policy of CDK is not read. With
# `--compare`, each policy is compared with what cfn-policy-validator (from PyPI) makes of the
# template of CDK.
#
# Everything is installed into target/templates.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
folder=$root/target/templates
mkdir -p "$folder/lint"
cd "$root"
cargo build -q -p keyaki-templates --example read_templates
read_templates=$root/target/debug/examples/read_templates
if [ ! -d "$folder/node_modules" ]; then
  packages="aws-cdk-lib@2.276.0 constructs@10"
  # shellcheck disable=SC2086
  (cd "$folder" && npm install --silent --no-fund --no-audit --ignore-scripts $packages)
fi
if [ ! -x "$folder/venv/bin/pip" ]; then
  python3 -m venv "$folder/venv"
fi
if [ ! -d "$folder/lint/cfn_lint-1.58.0" ]; then
  (cd "$folder" && venv/bin/pip download -q --no-deps --no-binary :all: cfn-lint==1.58.0)
  tar xzf "$folder/cfn_lint-1.58.0.tar.gz" -C "$folder/lint"
fi
rm -rf "$folder/cdk" "$folder/tmp"
mkdir "$folder/tmp"
TMPDIR=$folder/tmp node "$here/templates/synth.mjs" "$folder/cdk" "$folder" 2>"$folder/synth.log"
rm -rf "$folder/tmp"
echo "cfn-lint:"
"$read_templates" "$folder/lint" >"$folder/lint.out"
grep '^[0-9]' "$folder/lint.out"
echo "CDK:"
"$read_templates" "$folder/cdk" >"$folder/cdk.out"
grep '^[0-9]' "$folder/cdk.out"
if grep ' error\[' "$folder/cdk.out"; then
  echo "templates.sh: a policy of CDK is not read" >&2
  exit 1
fi
if [ "${1:-}" = --compare ]; then
  "$folder/venv/bin/pip" install -q cfn-policy-validator==0.0.37
  export PYTHONDONTWRITEBYTECODE=1
  "$folder/venv/bin/python" "$here/templates/compare.py" "$read_templates" "$folder/cdk"
fi
