#!/bin/sh
# Asks checkers of other people whether what the search learns follows from its clauses:
#
#     sh tests/judges/refutations.sh
#
# The tests of the engines and of the questions write their refutations, of random questions, of
# policies too; dratify (from PyPI) checks each, and drat-trim does where there is such a command.
# Everything is installed into target/refutations.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=$root/target/refutations
rm -rf "$folder/files"
mkdir -p "$folder/files"
if [ ! -x "$folder/python/bin/python" ]; then
  python3 -m venv "$folder/python"
  "$folder/python/bin/pip" install --quiet --disable-pip-version-check dratify==0.1.10
fi
cd "$root"
export KEYAKI_REFUTATIONS="$folder/files"
cargo test -q -p keyaki-engines --test engines refutations_are
cargo test -q --test questions what_policies_do_not
export PYTHONDONTWRITEBYTECODE=1
"$folder/python/bin/python" "$here/refutations/check.py" "$folder/files"
