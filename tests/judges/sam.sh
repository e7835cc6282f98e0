#!/bin/sh
# Compares each policy template of SAM, as Keyaki reads it, with what aws-sam-translator (PyPI) makes
# of it:
#
#     cargo build && sh tests/judges/sam.sh
#
# A function of SAM has one of them each, and its role must have the same policies in both templates.
# KEYAKI is the program, target/debug/keyaki unless set. The package comes into target/sam.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
keyaki=${KEYAKI:-$root/target/debug/keyaki}
folder=$root/target/sam
if [ ! -x "$keyaki" ]; then
  echo "sam.sh: there is no $keyaki: run \`cargo build\`" >&2
  exit 2
fi
mkdir -p "$folder"
if [ ! -x "$folder/venv/bin/pip" ]; then
  python3 -m venv "$folder/venv"
fi
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aws-sam-translator==1.110.0
export PYTHONDONTWRITEBYTECODE=1
templates=$("$folder/venv/bin/python" "$here/sam/write.py" "$folder/base.json" "$folder/head.json")
"$keyaki" review "$folder/base.json" "$folder/head.json" --no-project --format json \
  >"$folder/review.jsonl" 2>"$folder/review.log" || true
# What SAM writes of who may assume the roles is new in the second one.
same=$(sed -n 's/.*"unchanged":\([0-9]*\).*/\1/p' "$folder/review.jsonl")
echo "$templates policy templates, $same of them the same"
if [ -s "$folder/review.log" ]; then
  cat "$folder/review.log"
fi
if grep '"kind":"identity"' "$folder/review.jsonl" || [ "$same" != "$templates" ]; then
  echo "sam.sh: a policy template is read otherwise" >&2
  exit 1
fi
