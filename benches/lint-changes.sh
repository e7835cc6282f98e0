#!/bin/sh
# What two builds of Keyaki find in the same policies, by rule and severity, and which findings went and which came:
#
#     sh benches/lint-changes.sh OLD NEW FILE|FOLDER...
#
# OLD and NEW are binaries; of a folder every .json file is linted, of a .jsonl file the member `policy` (or `document`) of every line. The
# findings that changed go to target/lint-went.txt and target/lint-came.txt, one a line. benches/managed-policies.sh fetches the managed
# policies. Needs python3.
set -eu
exec python3 - "$@" <<'PYTHON'
import collections, concurrent.futures, json, os, pathlib, subprocess, sys, tempfile

old, new, *places = sys.argv[1:]
work = tempfile.TemporaryDirectory()
files = []
for place in map(pathlib.Path, places):
    if place.is_dir():
        files += sorted(place.rglob("*.json"))
    elif place.suffix == ".jsonl":
        for number, line in enumerate(filter(str.strip, place.read_text().splitlines())):
            record = json.loads(line)
            document = record.get("policy") or record.get("document")
            if document is None:
                continue
            path = pathlib.Path(work.name, f"{place.stem}-{number}.json")
            path.write_text(document if isinstance(document, str) else json.dumps(document))
            files.append(path)
    else:
        files.append(place)


def kind(path):
    try:
        statements = json.loads(path.read_text())["Statement"]
    except (ValueError, KeyError, TypeError):
        return "identity"
    statements = statements if isinstance(statements, list) else [statements]
    principals = any("Principal" in one or "NotPrincipal" in one for one in statements)
    if not principals:
        return "scp" if "scp" in path.name else "identity"
    if "rcp" in path.name:
        return "rcp"
    return "resource" if any("Resource" in one or "NotResource" in one for one in statements) else "trust"


def findings(binary, path):
    command = [binary, "lint", "--timeout", "2", "--kind", kind(path), "--format", "json", str(path)]
    run = subprocess.run(command, capture_output=True, text=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    found = {(path.stem, one["rule"], one["route"]): one for one in lines if "route" in one}
    if run.returncode == 2:
        found[(path.stem, "error", "")] = {"severity": "error", "message": run.stderr.strip().splitlines()[-1] if run.stderr else ""}
    return found


with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    both = []
    for binary in (old, new):
        merged = {}
        for found in pool.map(lambda path: findings(binary, path), files):
            merged.update(found)
        both.append(merged)
counts = [collections.Counter((key[1], one["severity"]) for key, one in found.items()) for found in both]
print(f"{len(files)} policies\n{'rule':28} {'severity':10} {'old':>6} {'new':>6}")
for rule, severity in sorted(set(counts[0]) | set(counts[1])):
    print(f"{rule:28} {severity:10} {counts[0][rule, severity]:6} {counts[1][rule, severity]:6}")
for name, here, there in (("went", *both), ("came", both[1], both[0])):
    with open(f"target/lint-{name}.txt", "w") as file:
        changed = [key for key in sorted(here) if key not in there or there[key]["severity"] != here[key]["severity"]]
        for key in changed:
            now = f" (now {there[key]['severity']})" if key in there and name == "went" else ""
            print(f"{key[1]} {here[key]['severity']}{now} {key[0]} {key[2]}: {here[key].get('message') or here[key].get('reason')}", file=file)
    print(f"{len(changed)} findings {name}, of another severity among them: target/lint-{name}.txt")
PYTHON
