#!/bin/sh
# Compares 100 random pairs of AWS's managed policies by cvc5, by Z3 and by Keyaki, each inside a
# process, and prints how long they take: see benches/peers/solvers.py, and the encoding that cvc5
# and Z3 get, benches/peers/plain.py. Both come from PyPI into a folder that is removed at the end.
set -eu
cd "$(dirname "$0")/../.."
[ -d target/managed/policies ] || sh benches/managed-policies.sh
cargo bench --quiet --locked --bench pairs --no-run
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check cvc5==1.4.2 z3-solver==5.4.1
"$folder/bin/python" -B benches/peers/solvers.py
