#!/bin/sh
# Asks solvers about some of the scripts of a folder, spread evenly over it, with a limit of so many
# seconds each: `sh benches/export-check.sh target/scripts 200 5`. Prints for each solver how often it
# agrees with `:status`, does not know in time, says something else, or rejects a script; ends with 1
# where there is a script of one of the last two kinds.
#
# CVC5 and Z3 name the programs, unless set cvc5 and z3; one that is not there is left out.
set -eu
folder="${1:-target/scripts}"
count="${2:-200}"
limit="${3:-5}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
ls "$folder" | grep '\.smt2$' | awk -v count="$count" '
    { name[NR] = $0 }
    END {
        if (count > NR) count = NR
        for (i = 0; i < count; i++) print name[int(i * NR / count) + 1]
    }' >"$work/sample"
echo "$(wc -l <"$work/sample") of $(ls "$folder" | grep -c '\.smt2$') scripts, $limit s each"
wrong=0
check() {
    name="$1"
    shift
    if ! command -v "$1" >/dev/null; then
        echo "$name: not there"
        return
    fi
    agree=0 unknown=0 differ=0 rejected=0
    while read -r file; do
        status=$(sed -n 's/^(set-info :status \(.*\))$/\1/p' "$folder/$file")
        "$@" "$folder/$file" >"$work/said" 2>&1 || true
        verdict=$(grep -m 1 -x -e sat -e unsat "$work/said" || echo unknown)
        # An error, or a command that is not supported.
        if grep -q -i -e '(error' -e unsupported -e 'parse error' "$work/said"; then
            rejected=$((rejected + 1))
            echo "  rejected: $file: $(head -c 200 "$work/said")"
        elif [ "$verdict" = unknown ] || [ "$status" = unknown ]; then
            unknown=$((unknown + 1))
        elif [ "$verdict" = "$status" ]; then
            agree=$((agree + 1))
        else
            differ=$((differ + 1))
            echo "  differs: $file: $verdict"
        fi
    done <"$work/sample"
    echo "$name: $agree agree, $unknown unknown, $differ differ, $rejected rejected"
    wrong=$((wrong + differ + rejected))
}
check cvc5 "${CVC5:-cvc5}" "--tlimit=${limit}000"
check z3 "${Z3:-z3}" "-T:$limit"
[ "$wrong" -eq 0 ]
