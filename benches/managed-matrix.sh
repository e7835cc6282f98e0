#!/bin/sh
# Decides every ordered pair of AWS's managed policies and prints rows of the table in benches/README.md. Needs jq and GNU time. The engine
# is the first argument, or `finite`.
set -eu
cd "$(dirname "$0")/.."
[ -d target/managed/policies ] || sh benches/managed-policies.sh
cargo build --release --quiet
for requests in any feasible; do
    # Exit code 1 says that some policy is not contained in some other.
    /usr/bin/time -f %M -o target/managed/peak target/release/keyaki matrix target/managed/policies \
        --engine "${1:-finite}" --requests "$requests" --format json >target/managed/matrix.jsonl 2>target/managed/warnings || [ $? -eq 1 ]
    head -n 1 target/managed/matrix.jsonl | jq -r --argjson peak "$(tail -n 1 target/managed/peak)" '
        "| \(.requests) | \(.pairs) | \(.holds) | \(.fails) | \(.unknown) | \(.seconds * 10 | round / 10) | \($peak / 1024 | floor) | \(.effort.samples), \(.effort.questions) | \(.effort.byLaw) | \(.effort.evaluations) |"'
done
