#!/bin/sh
# One question about many roles of ten of AWS's managed policies each (`managed-policies.sh` fetches them): may the role read an object of one
# bucket? Prints the CPU time (user and system), the answers, and how many questions the engine `finite` leaves to others. ROLES roles, 300 unless set. Needs GNU time.
set -eu
keyaki="${KEYAKI:-target/release/keyaki}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 - "$keyaki" "$folder" "$(dirname "$0")/../target/managed/policies" "${ROLES:-300}" <<'PYTHON'
import collections, json, pathlib, random, subprocess, sys

keyaki, folder, policies, roles = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), int(sys.argv[4])
random.seed(1)
documents = [json.loads(path.read_text()) for path in sorted(policies.iterdir())]
statement = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::payroll-data/*"}
with open(folder / "roles.jsonl", "w") as lines:
    for number in range(roles):
        lines.write(json.dumps({"id": number, "policies": {"identity": random.sample(documents, 10)}, "statement": statement}) + "\n")
with open(folder / "said.jsonl", "w") as said:
    # Not by `wait4`: Linux counts what the parent has when it makes the process, too.
    subprocess.run(["/usr/bin/time", "-f", "%U %S %M", "-o", folder / "used", keyaki, "can", "--batch", folder / "roles.jsonl",
                    "--engine", "finite"], stdout=said)
user, system, peak = (folder / "used").read_text().split()[-3:]
lines = [json.loads(line) for line in open(folder / "said.jsonl")]
answers = collections.Counter(line.get("answer", "error") for line in lines)
print(f"{roles} roles: {float(user) + float(system):.2f} s of CPU, {int(peak) // 1024} MiB; {dict(answers)}; left to others: {answers['unknown']}")
for line in lines:
    if line.get("answer") not in ("yes", "no"):
        print(line["id"], line.get("reason") or line.get("error"))
PYTHON
