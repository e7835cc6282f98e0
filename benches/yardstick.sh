#!/bin/sh
# Prints the CPU time (user and system) that node needs to read the 59 MB of target/managed/versions.jsonl as JSON, line by line: how fast this
# machine is at this moment. Figures in seconds are reported beside it. The least and the median of RUNS runs, 7 unless set:
#
#     sh benches/managed-policies.sh && sh benches/yardstick.sh
set -eu
cd "$(dirname "$0")/.."
python3 - target/managed/versions.jsonl "${RUNS:-7}" <<'PYTHON'
import os, resource, statistics, subprocess, sys

file, runs = sys.argv[1], sys.argv[2]
if not runs.isascii() or not runs.isdigit() or int(runs) == 0:
    sys.exit(f"yardstick: `RUNS` is a number of runs, 1 or more, not `{runs}`")
if not os.path.isfile(file):
    sys.exit(f"yardstick: there is no {file}: run `sh benches/managed-policies.sh` first")
work = "for(const l of require('fs').readFileSync(process.argv[1],'utf8').split('\\n'))if(l)JSON.parse(l)"

def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime

times = []
for _ in range(int(runs)):
    before = used()
    try:
        subprocess.run(["node", "-e", work, file], check=True)
    except FileNotFoundError:
        sys.exit("yardstick: node is needed (Debian: apt-get install nodejs)")
    except subprocess.CalledProcessError as error:
        sys.exit(f"yardstick: {error}")
    times.append(used() - before)
print(f"yardstick: {min(times):.2f} s, {statistics.median(times):.2f} s at the median of {runs} runs (CPU, versions.jsonl as JSON)")
PYTHON
