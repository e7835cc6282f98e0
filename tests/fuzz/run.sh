#!/usr/bin/env bash
# Builds the fuzz targets and runs them: `tests/fuzz/run.sh [TARGET|all|build] [SECONDS]`, all of them for 5 seconds each unless it says so.
# What breaks a property is kept in target/fuzz/found, and the exit code is not 0.
set -euo pipefail
cd "$(dirname "$0")"

target=${1:-all}
seconds=${2:-5}
host=$(rustc -vV | sed -n 's/^host: //p')
place=../../target/fuzz
mapfile -t targets < <(cd fuzz_targets && printf '%s\n' *.rs | sed 's/\.rs$//')

# libFuzzer is C++.
if ! command -v "${CXX:-c++}" >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  (apt-get update -qq && apt-get install -y -qq g++) >/dev/null 2>&1 || true
fi
if ! command -v "${CXX:-c++}" >/dev/null; then
  echo "no C++ compiler: the fuzz targets are NOT built and NOT run"
  exit 0
fi

# What cargo-fuzz passes, without the sanitizers of memory, which need a nightly compiler: there is no unsafe code here.
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
coverage="$coverage -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
RUSTFLAGS="${KEYAKI_FUZZ_RUSTFLAGS:-$coverage --cfg fuzzing}" cargo build --quiet --locked --target "$host"
python3 seeds.py "$place/seeds"

# How long inputs may be: as long as the longest seed needs.
longest() {
  case $1 in
    calls) echo 16384 ;;
    estate | plan | policy | policies | catalogue) echo 8192 ;;
    filters) echo 512 ;;
    *) echo 4096 ;;
  esac
}

words() {
  case $1 in
    claims | calls | estate | plan | smtlib | messages | catalogue) echo "$1" ;;
    filters) echo calls ;;
    *) echo policy ;;
  esac
}

run() {
  mkdir -p "$place/corpus/$1" "$place/found"
  # Threads of Keyaki have stacks of 2 MiB; the fuzzer runs in the first thread, which must not have more.
  (ulimit -s 2048 && exec "$place/$host/debug/$1" "$place/corpus/$1" "$place/seeds/$1" -dict="dictionaries/$(words "$1").dict" \
    -max_len="$(longest "$1")" -timeout=30 -rss_limit_mb=1024 -max_total_time="$seconds" -artifact_prefix="$place/found/$1-" \
    -print_final_stats=1 "${@:2}")
}

case $target in
  build) ;;
  all)
    for one in "${targets[@]}"; do
      if ! run "$one" >"$place/$one.log" 2>&1; then
        tail -n 60 "$place/$one.log"
        echo "fuzz target $one: a property is broken; the input is in target/fuzz/found"
        exit 1
      fi
      echo "$one: $(sed -n 's/^stat::number_of_executed_units: *//p' "$place/$one.log") inputs in $seconds s, nothing found"
    done
    ;;
  *) run "$target" "${@:3}" ;;
esac
