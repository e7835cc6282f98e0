#!/bin/sh
# What a batch keeps: memory after 8,000 pairs of policies, each with patterns of its own, over that after 1,000. Everything is made up by this
# script. Needs GNU time. Prints the memory of both, at the
# median of five runs, and the ratio.
set -eu
keyaki="${KEYAKI:-target/release/keyaki}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 - "$keyaki" "$folder" <<'PYTHON'
import json, pathlib, random, statistics, subprocess, sys

keyaki, folder = sys.argv[1], pathlib.Path(sys.argv[2])
random.seed(3)


def pattern(number):
    return f"arn:aws:s3:::bucket-{number}-{random.getrandbits(40):x}/*{random.getrandbits(20):x}*"


def pair(number):
    allow = [pattern(number) for _ in range(6)]
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": pattern(number)}
    side = lambda resources: {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Put*"], "Resource": resources}, deny]}
    return {"id": number, "old": side(allow), "new": side([pattern(number)] + allow[1:])}


def memory(lines):
    (folder / "pairs.jsonl").write_text("".join(lines))
    # Not by `wait4`: Linux counts what the parent has when it makes the process, too.
    subprocess.run(["/usr/bin/time", "-f", "%M", "-o", folder / "peak", keyaki, "compare", "--batch", folder / "pairs.jsonl",
                    "--requests", "any"], stdout=subprocess.DEVNULL)
    return int((folder / "peak").read_text().split()[-1]) / 1024


lines = [json.dumps(pair(number)) + "\n" for number in range(8000)]
few, many = (statistics.median(memory(some) for _ in range(5)) for some in (lines[:1000], lines))
print(f"{few:.1f} MiB after 1,000 pairs, {many:.1f} MiB after 8,000: {many / few:.2f} times")
PYTHON
