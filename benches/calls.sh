#!/bin/sh
# Prints the CPU time (user and system) of the command, question by question, over the cases of calls: the median and the slowest. The least of
# RUNS runs counts for each, 3 unless set. Each line of a file of cases has a policy, perhaps layers, and the flags of `can`.
#
#     sh benches/calls.sh [FILE]
set -eu
cd "$(dirname "$0")/.."
cargo build --release --quiet
python3 - "${1:-tests/cases/cli/calls.jsonl}" "${RUNS:-3}" <<'PYTHON'
import json, os, resource, statistics, subprocess, sys, tempfile

file, runs = sys.argv[1], sys.argv[2]
if not runs.isascii() or not runs.isdigit() or int(runs) == 0:
    sys.exit(f"calls: `RUNS` is a number of runs, 1 or more, not `{runs}`")

def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime

times = []
with open(file) as cases, tempfile.TemporaryDirectory() as folder:
    for case in map(json.loads, filter(str.strip, cases)):
        if "--call" not in case.get("flags", []):
            continue
        arguments = ["target/release/keyaki", "can"]
        for name, policy in [("policy", case["policy"]), *case.get("layers", {}).items()]:
            path = os.path.join(folder, f"{name}.json")
            with open(path, "w") as out:
                out.write(policy if isinstance(policy, str) else json.dumps(policy))
            arguments += [path] if name == "policy" else [f"--{name}", path]
        least = None
        for _ in range(int(runs)):
            before = used()
            done = subprocess.run(arguments + case["flags"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            took = used() - before
            if done.returncode not in (0, 1):
                sys.exit(f"calls: {case['id']}: {done.stderr.decode().strip()}")
            least = took if least is None else min(least, took)
        times.append((least, case["id"]))
if not times:
    sys.exit(f"calls: {file} has no question about a call")
slowest, name = max(times)
median = statistics.median(time for time, _ in times)
print(f"calls: {len(times)} questions, {1000 * median:.1f} ms at the median, {1000 * slowest:.1f} ms the slowest ({name}), CPU of the command")
PYTHON
