#!/bin/sh
# Whether a busy machine changes an answer: the obligations, and every tenth pair of versions of AWS's managed policies (`managed-policies.sh`
# fetches them), decided alone and then while sixteen other processes keep the cores busy. Prints how many lines differ, and fails if one does.
# Only what is left of a time (`seconds`) is left out.
set -eu
keyaki="${KEYAKI:-target/release/keyaki}"
versions="$(dirname "$0")/../target/managed/versions.jsonl"
folder="$(mktemp -d)"
busy=""
trap 'kill $busy 2>/dev/null || true; rm -rf "$folder"' EXIT
awk 'NR % 10 == 1' "$versions" >"$folder/pairs.jsonl"

ask() {
  "$keyaki" check proofs/obligations -f json | sed 's/"seconds":[0-9.e-]*//g' >"$folder/$1" || true
  "$keyaki" compare --batch "$folder/pairs.jsonl" | sed 's/"seconds":[0-9.e-]*//g' >>"$folder/$1" || true
}

ask alone
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
  sh -c 'while :; do :; done' &
  busy="$busy $!"
done
ask beside
lines="$(wc -l <"$folder/alone")"
differ="$(diff "$folder/alone" "$folder/beside" | grep -c '^<' || true)"
echo "$lines lines, $differ of them differ beside sixteen busy processes"
[ "$differ" = 0 ] && [ "$lines" -gt 400 ]
