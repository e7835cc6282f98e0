#!/bin/sh
# What the action does: installs Keyaki, reviews the change, and writes what a pull request shows:
# annotations in the log, the comment in the summary of the job, and both files. The inputs of
# action.yml come as INPUT_... in the environment; the other variables are GitHub's.
#
# The exit code is that of `keyaki review`; it is 2 where an input is wrong or nothing is installed.
set -eu

wrong() {
  echo "::error title=keyaki review::$1"
  echo "exit-code=2" >>"$GITHUB_OUTPUT"
  exit 2
}

[ -n "$INPUT_HEAD" ] ||
  wrong "the input \`head\` is missing: it is what there is now, for example a folder"
[ -z "$INPUT_BASE" ] || [ -z "$INPUT_GIT" ] || wrong "give \`base\` or \`git\`, not both"

folder=$(mktemp -d "$RUNNER_TEMP/keyaki-review-XXXXXX")
python3 -m venv "$folder/python" || wrong "python3 cannot make a virtual environment here"
"$folder/python/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: \
  -- "$INPUT_PACKAGE" ||
  wrong "pip cannot install the input \`package\`: see the log of this step"

# Flags first, then `--`, then the sides: what begins with `-` is no flag there.
set --
while read -r word; do
  [ -z "$word" ] || set -- "$@" "$word"
done <<LINES
$INPUT_FLAGS
LINES
while read -r claims; do
  [ -z "$claims" ] || set -- "$@" "--claims=$claims"
done <<LINES
$INPUT_CLAIMS
LINES
[ -z "$INPUT_FAIL_ON" ] || set -- "$@" "--fail-on=$INPUT_FAIL_ON"
if [ -n "$INPUT_BASE" ]; then
  set -- "$@" -- "$INPUT_BASE" "$INPUT_HEAD"
elif [ -n "$INPUT_GIT" ]; then
  set -- "$@" "--git=$INPUT_GIT" -- "$INPUT_HEAD"
else
  set -- "$@" -- "$INPUT_HEAD"
fi

# Where the answers differ, since one came too late, the code that outweighs the others is the one.
weight() {
  case $1 in
  0) echo 0 ;;
  3) echo 1 ;;
  1) echo 2 ;;
  *) echo 3 ;;
  esac
}
code=0
review() {
  own=0
  "$folder/python/bin/keyaki" review "$@" || own=$?
  if [ "$(weight "$own")" -gt "$(weight "$code")" ]; then
    code=$own
  fi
}

# What is wrong is told once, beside the annotations.
review --format=github "$@"
review --format=sarif "--output=$folder/review.sarif" "$@" 2>"$folder/log"
review --format=markdown "--output=$folder/comment.md" "$@" 2>"$folder/log"

echo "exit-code=$code" >>"$GITHUB_OUTPUT"
if [ -f "$folder/review.sarif" ]; then
  echo "sarif=$folder/review.sarif" >>"$GITHUB_OUTPUT"
fi
if [ -f "$folder/comment.md" ]; then
  echo "comment=$folder/comment.md" >>"$GITHUB_OUTPUT"
  cat "$folder/comment.md" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$code"
