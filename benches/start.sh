#!/bin/sh
# What a process costs before there is anything to decide: CPU time (user and system) of `keyaki compare` on two small policies, and of
# `keyaki --version`, over that of /bin/true, RUNS runs each in turn, 200 unless set. KEYAKI is the program, `target/release/keyaki` unless set.
set -eu
cd "$(dirname "$0")/.."
[ -n "${KEYAKI:-}" ] || cargo build --release --quiet
python3 - "${KEYAKI:-target/release/keyaki}" "${RUNS:-200}" <<'PYTHON'
import os, sys

keyaki, runs = sys.argv[1], int(sys.argv[2])
compare = [keyaki, "compare", "proofs/policies/S2-P1.json", "proofs/policies/S2-P2.json", "--no-project", "--requests"]
commands = {"/bin/true": ["/bin/true"], "--version": [keyaki, "--version"],
            "compare, any": compare + ["any"], "compare, feasible": compare + ["feasible"]}
nowhere = os.open(os.devnull, os.O_RDWR)
quiet = [(os.POSIX_SPAWN_DUP2, nowhere, 1), (os.POSIX_SPAWN_DUP2, nowhere, 2)]
times = dict.fromkeys(commands, 0.0)
for _ in range(runs):
    for name, command in commands.items():
        _, _, used = os.wait4(os.posix_spawn(command[0], command, os.environ, file_actions=quiet), 0)
        times[name] += used.ru_utime + used.ru_stime
for name, seconds in times.items():
    print(f"{name}: {1000 * seconds / runs:.2f} ms, {seconds / times['/bin/true']:.1f} times /bin/true")
PYTHON
