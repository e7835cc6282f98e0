#!/bin/sh
# Who can, over an estate of so many roles with ten of AWS's managed policies each:
# `benches/who-can.sh ROLES SETS`, where SETS is how many different sets of policies there are, first
# `benches/managed-policies.sh`. Prints CPU time and memory of one question, and of four.
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
head -n 1 "$folder/four.jsonl" > "$folder/one.jsonl"
for questions in one four; do
    python3 - "$keyaki" "$folder" "$questions" <<'PYTHON'
import json, resource, subprocess, sys

keyaki, folder, questions = sys.argv[1:]
said = subprocess.run([keyaki, "who-can", f"{folder}/estate.json", "--questions", f"{folder}/{questions}.jsonl",
                       "-q", "-o", f"{folder}/said.jsonl", "-f", "json"])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
last = json.loads(open(f"{folder}/said.jsonl").read().splitlines()[-1])
print(f"{questions}: {used.ru_utime + used.ru_stime:.2f} s of CPU, {used.ru_maxrss // 1024} MiB; "
      f"the last: {last['yes']} of {last['asked']} can, {last['unknown']} unknown")
PYTHON
done
