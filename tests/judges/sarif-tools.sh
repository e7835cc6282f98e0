#!/bin/sh
# Asks readers of other people what is in the files that `--format sarif` and `--format junit` write:
#
#     cargo build && sh tests/judges/sarif-tools.sh
#
# sarif-tools must count as many errors, warnings and notes as are meant, of no other rules; lxml
# holds the XML to the form in tests/cases/cli/forms. KEYAKI is the program, target/debug/keyaki
# unless set. The packages come from PyPI into target/sarif-tools, with the versions of
# sarif-tools/requirements.txt.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
keyaki=${KEYAKI:-$root/target/debug/keyaki}
folder=$root/target/sarif-tools
if [ ! -x "$keyaki" ]; then
  echo "sarif-tools.sh: there is no $keyaki: run \`cargo build\`" >&2
  exit 2
fi
mkdir -p "$folder"
if ! cmp -s "$here/sarif-tools/requirements.txt" "$folder/done"; then
  rm -rf "$folder/python"
  python3 -m venv "$folder/python"
  "$folder/python/bin/pip" install --quiet --disable-pip-version-check -r "$here/sarif-tools/requirements.txt"
  cp "$here/sarif-tools/requirements.txt" "$folder/done"
fi
export PYTHONDONTWRITEBYTECODE=1
"$folder/python/bin/python" "$here/sarif-tools/count.py" "$(realpath "$keyaki")" "$root/tests/cases/cli/forms/junit.xsd"
