#!/bin/sh
# Asks a second judge about estates: iam-simulate, an evaluator by other people. Draws estates, and
# requests over them and over proofs/estates/example, and compares what `keyaki eval --estate` and
# iam-simulate say of each:
#
#     cargo build --release && sh tests/judges/iam-simulate.sh [REQUESTS] [SEED]
#
# 2,000 requests and the seed 1 unless given; iam-simulate allows half of them. Which policies bind
# a request is worked out by iam-simulate/layers.py, without Keyaki. It fails where the
# two differ and no rule of iam-simulate/known.py says why. KEYAKI is the program,
# target/release/keyaki unless set.
#
# The package comes from npm into target/iam-simulate, with the versions of package-lock.json. Its
# licence is AGPL-3.0-or-later: it is asked as a program of its own, and nothing of it is here.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
keyaki=${KEYAKI:-$root/target/release/keyaki}
folder=$root/target/iam-simulate
if [ ! -x "$keyaki" ]; then
  echo "iam-simulate.sh: there is no $keyaki: run \`cargo build --release\`" >&2
  exit 2
fi
mkdir -p "$folder"
if ! cmp -s "$here/iam-simulate/package-lock.json" "$folder/done"; then
  cp "$here/iam-simulate/package.json" "$here/iam-simulate/package-lock.json" "$folder"
  (cd "$folder" && npm ci --silent --no-fund --no-audit --ignore-scripts)
  cp "$here/iam-simulate/package-lock.json" "$folder/done"
fi
cp "$here/iam-simulate/ask.mjs" "$folder"
export PYTHONDONTWRITEBYTECODE=1
python3 "$here/iam-simulate/compare.py" "$keyaki" "$folder" "${1:-2000}" "${2:-1}"
