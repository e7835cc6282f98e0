#!/bin/sh
# Who can, over an estate of so many roles with ten of AWS's managed policies each:
# `benches/who-can.sh ROLES SETS`, where SETS is how many different sets of policies there are, first
# `benches/managed-policies.sh`. Prints CPU time and memory of one question, of two, three and four in
# one file, and what each further question costs of the first one, the reading of the estate included.
set -eu
roles="${1:-1000}" sets="${2:-$1}"
keyaki="${KEYAKI:-target/release/keyaki}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 - "$roles" "$sets" "$folder/estate.json" <<'PYTHON'
import json, pathlib, random, sys

roles, sets, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
random.seed(1)
files = sorted(pathlib.Path("target/managed/policies").glob("*.json"))
documents = {file.stem: json.loads(file.read_text()) for file in files}
documents["trust"] = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
names = [file.stem for file in files]
drawn = [random.sample(names, 10) for _ in range(sets)]
made = [{"arn": f"arn:aws:iam::111122223333:role/r{number:06d}", "policies": drawn[number % sets],
         "trust": "trust", "tags": {}} for number in range(roles)]
json.dump({"keyaki": "estate", "version": 1, "documents": documents, "roles": made,
           "accounts": {"111122223333": {"principals": True, "resources": True}}}, open(path, "w"))
PYTHON
cat > "$folder/four.jsonl" <<'JSONL'
{"id": "models", "statement": {"Action": "bedrock:InvokeModel*", "NotResource": "arn:aws:bedrock:*::foundation-model/*haiku*"}}
{"id": "bucket", "statement": {"Action": "s3:DeleteBucket"}}
{"id": "user", "statement": {"Action": "iam:CreateUser"}}
{"id": "key", "statement": {"Action": "kms:Decrypt"}}
JSONL
python3 - "$keyaki" "$folder" <<'PYTHON'
import json, os, subprocess, sys

keyaki, folder = sys.argv[1:]
NAMES = ["one", "two", "three", "four"]
lines = open(f"{folder}/four.jsonl").read().splitlines(keepends=True)


def measure(count):
    """CPU seconds of the first so many questions, told in a line."""
    asked, said = f"{folder}/asked.jsonl", f"{folder}/said.jsonl"
    with open(asked, "w") as file:
        file.writelines(lines[:count])
    command = [keyaki, "who-can", f"{folder}/estate.json", "--questions", asked, "-q"]
    child = subprocess.Popen([*command, "-o", said, "-f", "json"])
    _, _, used = os.wait4(child.pid, 0)
    seconds = used.ru_utime + used.ru_stime
    last = json.loads(open(said).read().splitlines()[-1])
    print(f"{NAMES[count - 1]}: {seconds:.2f} s of CPU, {used.ru_maxrss // 1024} MiB; "
          f"the last: {last['yes']} of {last['asked']} can, {last['unknown']} unknown", flush=True)
    return seconds


known = [measure(count + 1) for count in range(len(lines))]
further = [after - before for before, after in zip(known, known[1:])]
shares = ", ".join(f"{100 * more / known[0]:.0f} %" for more in further)
print(f"each further question, of the first one: {shares}")
PYTHON
