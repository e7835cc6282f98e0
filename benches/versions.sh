#!/bin/sh
# Compares the 4,600 versions of AWS's managed policies with the ones before, reading included, as one process: CPU time (user and system) of
# RUNS runs each, 5 unless set, in seconds and in yardsticks, what node needs to parse the lines of the file (benches/yardstick.sh), measured
# before and after. KEYAKI is the program, `target/release/keyaki` unless set.
set -eu
cd "$(dirname "$0")/.."
[ -f target/managed/versions.jsonl ] || sh benches/managed-policies.sh
[ -n "${KEYAKI:-}" ] || cargo build --release --quiet
yardstick() { sh benches/yardstick.sh | sed 's/^yardstick: [0-9.]* s, \([0-9.]*\) s .*/\1/'; }
before="$(yardstick)"
python3 - "${KEYAKI:-target/release/keyaki}" "${RUNS:-5}" "$before" <<'PYTHON'
import json, os, statistics, subprocess, sys, tempfile

keyaki, runs, before = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
measured = {}
for requests in ("any", "feasible"):
    times, most = [], 0
    for _ in range(runs):
        with tempfile.TemporaryFile() as answers:
            child = subprocess.Popen([keyaki, "compare", "--batch", "target/managed/versions.jsonl",
                                      "--requests", requests, "--format", "json"], stdout=answers, stderr=subprocess.DEVNULL)
            _, _, used = os.wait4(child.pid, 0)
            answers.seek(0)
            said = [json.loads(line).get("relation", "error") for line in answers]
        times.append(used.ru_utime + used.ru_stime)
        most = max(most, used.ru_maxrss)
    measured[requests] = (min(times), statistics.median(times), most / 1024, {word: said.count(word) for word in sorted(set(said))})
after = subprocess.run(["sh", "benches/yardstick.sh"], capture_output=True, text=True, check=True).stdout
after = float(after.split(" at the median")[0].rsplit(", ", 1)[1].removesuffix(" s"))
node = (before + after) / 2
print(f"yardstick: {before:.2f} s before, {after:.2f} s after")
for requests, (least, median, most, said) in measured.items():
    print(f"{requests}: {least:.2f} s, {median:.2f} s at the median of {runs} runs, {median / node:.1f} yardsticks; {most:.0f} MiB; {said}")
PYTHON
