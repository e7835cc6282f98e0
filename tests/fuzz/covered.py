"""Counts covered lines: `covered.py TARGET LCOV PART...`, of the files with one of the parts in their paths. COVERAGE_LINES=1 names the rest."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def lines(report):
    """For each file: line to count."""
    found, file = {}, None
    for line in pathlib.Path(report).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key == "SF":
            file = found.setdefault(os.path.relpath(value, ROOT), {})
        elif key == "DA":
            number, count = map(int, value.split(",")[:2])
            file[number] = file.get(number, 0) + count
    return found


def main(target, report, *parts):
    covered = total = 0
    for file, counts in sorted(lines(report).items()):
        if not any(file.startswith(part) for part in parts) or not counts:
            continue
        missed = sorted(number for number, count in counts.items() if not count)
        covered, total = covered + len(counts) - len(missed), total + len(counts)
        print(f"{target:10} {100 * (1 - len(missed) / len(counts)):5.1f} %  {len(counts) - len(missed):5} of {len(counts):5}  {file}")
        if os.environ.get("COVERAGE_LINES") and missed:
            print("           not:", *missed)
    print(f"{target:10} {100 * covered / max(total, 1):5.1f} %  {covered:5} of {total:5}  all that it aims at")


main(*sys.argv[1:])
