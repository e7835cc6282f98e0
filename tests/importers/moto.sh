#!/bin/sh
# Makes an organization of three accounts with moto, an imitation of AWS's services, in target/moto: the dumps and listings that the AWS CLI
# would print, and what is in them as other calls tell it. The packages of Python go into target/moto/venv. For `cargo test --test importers
# moto`, with KEYAKI_MOTO=target/moto.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$here/../../target/moto
mkdir -p "$folder"
if ! cmp -s "$here/requirements.txt" "$folder/venv/done"; then
  rm -rf "$folder/venv"
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
  cp "$here/requirements.txt" "$folder/venv/done"
fi
rm -rf "$folder/estate"
MOTO_IAM_LOAD_MANAGED_POLICIES=true "$folder/venv/bin/python" "$here/make.py" "$folder"
