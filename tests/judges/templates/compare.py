"""Compares the policies that Keyaki and cfn-policy-validator read from the same templates.

    python compare.py READ_TEMPLATES FOLDER

READ_TEMPLATES is the example of keyaki-templates. Both are given the same account, Region and
partition, and use the defaults of parameters. cfn-policy-validator takes the logical id of a
resource for its name; so do the parameters of Keyaki here. A template that either refuses is
counted, and not compared.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

from cfn_policy_validator import client
from cfn_policy_validator import main as validator
from cfn_policy_validator.parsers.account_config import AccountConfig


class Nobody:
    """A client of AWS that makes no calls."""

    def __getattr__(self, name):
        def refuse(*_, **__):
            raise RuntimeError(f"{name} would ask AWS")

        return refuse


client.build = lambda *_, **__: Nobody()

ACCOUNT, REGION, PARTITION = "123456789012", "us-east-1", "aws"

# Types whose policies cfn-policy-validator does not read.
NOT_READ = {
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::Kinesis::Stream",
    "AWS::Logs::ResourcePolicy",
}

# ARNs in which they differ, each with what both become; by the reference of the resource types.
KNOWN = [
    # The ARN of a log group ends in `:*`.
    (re.compile(r"(:log-group:[^:*\"]+):\*"), r"\1"),
    # An event bus has the name that the template gives it.
    (re.compile(r":event-bus/\w+"), ":event-bus/NAME"),
    # The ARN of a global table is that of the table in the Region of the stack.
    (re.compile(r":dynamodb::(\d+):global-table/"), r":dynamodb:us-east-1:\1:table/"),
    # The last part of the ARN of a task definition has a colon.
    (re.compile(r"(:task-definition/\w+):\w+"), r"\1"),
]
REFERENCE = re.compile(r"\$\{keyaki:parameter/[^/]*/([^}]*)\}")


def named(match):
    """What cfn-policy-validator takes a resource's name to be."""
    return unquote(match.group(1)).split(".")[0]


def normal(value):
    """A policy as both can say it: scalars as texts, lists of one as their item."""
    if isinstance(value, dict):
        return {name: normal(one) for name, one in sorted(value.items())}
    if isinstance(value, list):
        items = [normal(one) for one in value]
        return items[0] if len(items) == 1 else items
    return str(value).lower() if isinstance(value, bool) else str(value)


def text(policy):
    said = json.dumps(normal(policy), sort_keys=True)
    for pattern, both in KNOWN:
        said = pattern.sub(both, said)
    return said


def theirs(path):
    config = AccountConfig(PARTITION, REGION, ACCOUNT)
    template = validator._parse_template_file(str(path), config, {}, False)
    output = validator._parse_template_output(template, config, set())
    output = output.to_json()
    found = []

    def walk(value):
        if isinstance(value, dict):
            for name in ("Policy", "policy", "TrustPolicy", "trust_policy"):
                policy = value.get(name)
                if isinstance(policy, dict) and "Statement" in policy:
                    found.append(text(policy))
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(output)
    return found


def main():
    program, folder = sys.argv[1:]
    given = [f"AWS::AccountId={ACCOUNT}", f"AWS::Region={REGION}", f"AWS::Partition={PARTITION}"]
    command = [program, "--documents", "--defaults", *given, folder]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    ours, refused = {}, set()
    for line in lines:
        if line.startswith("{"):
            one = json.loads(line)
            policy = json.loads(REFERENCE.sub(named, one["text"]))
            ours.setdefault(one["file"], []).append((one, text(policy)))
        elif ": error[" in line:
            refused.add(line.removeprefix("refused: ").split(": error[")[0])
    compared = same = different = other = more = 0
    for file, policies in sorted(ours.items()):
        if any(file in line for line in refused):
            other += 1
            continue
        try:
            known = theirs(Path(file))
        except BaseException as error:  # It ends the process where it cannot go on.
            other += 1
            print(f"not compared: {file}: {type(error).__name__}: {str(error)[:150]}")
            continue
        compared += 1
        # It has a policy once for each principal that has it.
        unmet = set(known)
        for one, policy in policies:
            if policy in known:
                unmet.discard(policy)
                same += 1
            elif NOT_READ.intersection(one["to"]):
                more += 1
            else:
                different += 1
                print(f"{file}: {one['address']}: only Keyaki reads {policy[:600]}")
        for policy in sorted(unmet):
            print(f"{file}: only cfn-policy-validator reads {policy[:600]}")
            different += 1
    print(
        f"{compared} templates compared, {other} not; {same} policies the same, {different} not,"
        f" and {more} of types that only Keyaki reads"
    )
    sys.exit(1 if different else 0)


main()
