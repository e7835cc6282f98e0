"""Writes files by `keyaki`, and compares what others read in them with what is meant."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from lxml import etree
from sarif import loader

KEYAKI, XSD = sys.argv[1:]
STATEMENTS = """{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject", "s3:GetObjct"], "Resource": "*"},
  {"Sid": "Again", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}]}
"""
INVALID = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allowed", "Action": "s3:*", "Resource": "*"}]}"""
CLAIM = """
[[claim]]
name = "{name}"
policies = ["p.json"]
claim = "never"
statement.Action = "{action}"
expect = "holds"
"""
CLAIMS = (CLAIM.format(name="holds", action="s3:DeleteObject")
          + CLAIM.format(name="read & <listed>", action="s3:GetObject")
          + CLAIM.format(name="accepted", action="s3:GetObjectAcl"))
WAIVERS = """
[[waiver]]
claim = "accepted"
reason = "as it is"

[[waiver]]
rule = "contained-entry"
file = "p.json"
sid = "Again"
reason = "as it is"
"""
# The command; errors, warnings and notes; cases, failures, errors and skipped ones.
ROWS = [
    ("lint p.json", (1, 0, 1), (1, 1, 0, 0)),
    ("lint p.json --no-project", (1, 0, 2), (1, 1, 0, 0)),
    ("lint p.json --baseline b.json", (0, 0, 0), (1, 0, 0, 1)),
    ("lint p.json --rule contained-entry --fail-on warning", (0, 0, 2), (1, 0, 0, 0)),
    ("check c.toml", (1, 0, 0), (3, 1, 0, 1)),
    ("check c.toml --no-project", (2, 0, 0), (3, 2, 0, 0)),
    ("check c.toml --timeout 0.000001", (0, 3, 0), (3, 0, 3, 0)),
    ("validate p.json q.json", (1, 0, 0), (2, 1, 0, 0)),
]
# Attributes that are younger than the form, and that readers know.
YOUNGER = [("testsuites", "skipped"), ("skipped", "message")]


def run(folder, line, form):
    words = [KEYAKI, *line.split(), "--format", form]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False).stdout


def sarif_counts(folder, line):
    path = folder / "out.sarif"
    path.write_bytes(run(folder, line, "sarif"))
    told = loader.load_sarif_file(str(path))
    counts = told.get_report()
    meant = {result["ruleId"] for result in json.loads(path.read_text())["runs"][0]["results"]}
    read = {record["Code"] for record in told.get_records()}
    if read - meant or len(read) != len(meant):
        sys.exit(f"{line}: the rules {read} are read, and {meant} are meant")
    return tuple(counts.get_issue_count_for_severity(level) for level in ("error", "warning", "note"))


def junit_counts(folder, line, form):
    tree = etree.fromstring(run(folder, line, "junit"))
    counts = tuple(int(tree.get(name)) for name in ("tests", "failures", "errors", "skipped"))
    found = tuple(len(tree.findall(f".//{name}")) for name in ("testcase", "failure", "error", "skipped"))
    if counts != found:
        sys.exit(f"{line}: {counts} are said to be there, and {found} are")
    for name, attribute in YOUNGER:
        for element in [tree, *tree.iter(name)]:
            if element.tag == name:
                element.attrib.pop(attribute, None)
    form.assertValid(tree)
    return counts


def main():
    form = etree.XMLSchema(etree.parse(XSD))
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in [("p.json", STATEMENTS), ("q.json", INVALID), ("c.toml", CLAIMS),
                           ("keyaki.toml", WAIVERS)]:
            (folder / path).write_text(text)
        run(folder, "lint p.json --write-baseline b.json", "json")
        for line, sarif, junit in ROWS:
            read = sarif_counts(folder, line), junit_counts(folder, line, form)
            same = read == (sarif, junit)
            wrong += not same
            print(f"{'ok  ' if same else 'FAIL'} {line}: {read[0]} {read[1]}")
            if not same:
                print(f"     meant: {sarif} {junit}")
    sys.exit(1 if wrong else 0)


main()
