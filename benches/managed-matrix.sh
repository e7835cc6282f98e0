#!/bin/sh
# Decides every ordered pair of AWS's managed policies and prints rows of the table in benches/README.md, with the CPU time (user and system)
# of the process beside the seconds that it took. Needs jq and GNU time. The engine is the first argument, or `auto`. KEYAKI is the program,
# `target/release/keyaki` unless set.
set -eu
cd "$(dirname "$0")/.."
[ -d target/managed/policies ] || sh benches/managed-policies.sh
[ -n "${KEYAKI:-}" ] || cargo build --release --quiet
for requests in any feasible; do
    # Exit code 1 says that some policy is not contained in some other.
    /usr/bin/time -f '%M %U %S' -o target/managed/peak "${KEYAKI:-target/release/keyaki}" matrix target/managed/policies \
        --engine "${1:-auto}" --requests "$requests" --format json >target/managed/matrix.jsonl 2>target/managed/warnings || [ $? -eq 1 ]
    head -n 1 target/managed/matrix.jsonl | jq -r --argjson used "[$(tail -n 1 target/managed/peak | tr ' ' ,)]" '
        "| \(.requests) | \(.pairs) | \(.holds) | \(.fails) | \(.unknown) | \(.seconds * 10 | round / 10) | \(($used[1] + $used[2]) * 10 | round / 10) | \($used[0] / 1024 | floor) | \(.effort.samples), \(.effort.questions) | \(.effort.byLaw) | \(.effort.evaluations) |"'
done
