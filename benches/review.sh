#!/bin/sh
# `keyaki review` on a pull request of fifty policies, of which ten change, with thirty claims; and on
# a plan of Terraform of 20 MB with 2,000 policies, a tenth of which change, every statement of them.
# A second plan names ARNs that most of the services do not have: there a review looks through the
# services one by one. Everything is made up by this script. Prints CPU time (user and system) and memory of one process each, RUNS runs, 5 unless
# set; needs GNU time; `benches/yardstick.sh` says how fast the machine is.
set -eu
keyaki="${KEYAKI:-target/release/keyaki}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 - "$keyaki" "$folder" "${RUNS:-5}" <<'PYTHON'
import json, os, pathlib, random, subprocess, sys

keyaki, folder, runs = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
random.seed(1)
ACTIONS = {
    "s3": ["GetObject", "PutObject", "ListBucket", "DeleteObject", "GetObjectTagging", "PutObjectAcl"],
    "dynamodb": ["GetItem", "PutItem", "Query", "UpdateItem", "DeleteItem", "BatchGetItem", "Scan"],
    "sqs": ["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "PurgeQueue"],
    "sns": ["Publish", "Subscribe", "GetTopicAttributes", "ListSubscriptionsByTopic"],
    "kms": ["Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey", "ReEncryptFrom"],
    "secretsmanager": ["GetSecretValue", "DescribeSecret", "PutSecretValue"],
    "logs": ["CreateLogStream", "PutLogEvents", "DescribeLogStreams"],
    "ssm": ["GetParameter", "GetParameters", "GetParametersByPath", "PutParameter"],
    "bedrock": ["InvokeModel", "InvokeModelWithResponseStream", "ApplyGuardrail"],
    "ecr": ["BatchGetImage", "GetDownloadUrlForLayer", "PutImage"],
}
FORMS = {
    "s3": "s3:::{name}-${{Stage}}/*", "dynamodb": "dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/{name}",
    "sqs": "sqs:${{AWS::Region}}:${{AWS::AccountId}}:{name}", "sns": "sns:${{AWS::Region}}:${{AWS::AccountId}}:{name}",
    "kms": "kms:${{AWS::Region}}:${{AWS::AccountId}}:key/*",
    "secretsmanager": "secretsmanager:${{AWS::Region}}:${{AWS::AccountId}}:secret:{name}-*",
    "logs": "logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:/{name}:*",
    "ssm": "ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter/{name}/*",
    "bedrock": "bedrock:${{AWS::Region}}::foundation-model/{name}-*",
    "ecr": "ecr:${{AWS::Region}}:${{AWS::AccountId}}:repository/{name}",
}


def statement(name):
    service = random.choice(sorted(ACTIONS))
    names = random.sample(ACTIONS[service], random.randint(1, 3))
    made = {"Effect": "Allow", "Action": [f"{service}:{one}" for one in names],
            "Resource": {"Fn::Sub": "arn:${AWS::Partition}:" + FORMS[service].format(name=name)}}
    if random.random() < 0.3:
        made["Condition"] = {"StringEquals": {"aws:ResourceTag/team": name}}
    return made


def document(name):
    return {"Version": "2012-10-17", "Statement": [statement(name) for _ in range(random.randint(2, 6))]}


trust = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
templates = []
for number in range(5):
    resources = {}
    for role in range(5):
        name = f"service{5 * number + role}"
        resources[f"Role{role}"] = {"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": trust,
            "Policies": [{"PolicyName": "own", "PolicyDocument": document(name)}]}}
        resources[f"More{role}"] = {"Type": "AWS::IAM::Policy", "Properties": {
            "PolicyName": "more", "Roles": [{"Ref": f"Role{role}"}], "PolicyDocument": document(name)}}
    templates.append({"Parameters": {"Stage": {"Type": "String"}}, "Resources": resources})


def write(side):
    (folder / side).mkdir(exist_ok=True)
    for number, template in enumerate(templates):
        (folder / side / f"stack{number}.json").write_text(json.dumps(template, indent=2))


write("base")
for change in range(10):
    resources = templates[change % 5]["Resources"]
    resources[f"More{change // 2}"]["Properties"]["PolicyDocument"]["Statement"].append(statement("new"))
write("head")
claims = []
for number in range(30):
    stack, role = number % 5, number // 6
    claims.append(f'''[[claim]]
name = "claim {number}"
policies = ["stack{stack}.json#Role{role}.Policies.own", "stack{stack}.json#More{role}"]
claim = "never"
expect = "holds"
statement = {{ Action = {json.dumps(["iam:PassRole", "s3:DeleteBucket", "kms:ScheduleKeyDeletion", "sqs:DeleteQueue", "ecr:DeleteRepository", "ssm:DeleteParameter"][number % 6])} }}
''')
(folder / "head" / "claims.toml").write_text("\n".join(claims))


def arn(service, name):
    form = FORMS[service].replace("${{Stage}}", "{name}").replace("${{AWS::Region}}", "us-east-1")
    return "arn:aws:" + form.replace("${{AWS::AccountId}}", "111122223333").format(name=name)


def no_arn(service, name):
    return f"arn:aws:{service}:us-east-1:111122223333:{name}/*"


def text(name, count, arn):
    statements = []
    for number in range(count):
        service = random.choice(sorted(ACTIONS))
        statements.append({"Sid": f"Part{number}", "Effect": "Allow",
                           "Action": [f"{service}:{one}" for one in ACTIONS[service]],
                           "Resource": [arn(service, f"{name}-{number}-{part}") for part in range(4)]})
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def write_plan(name, arn):
    changes = []
    for number in range(2000):
        called = f"policy-{number}"
        after = {"name": called, "path": "/", "policy": text(called, 11, arn)}
        if number % 10:
            actions, before = ["no-op"], after
        else:
            actions, before = ["update"], {**after, "policy": text(called, 11, arn)}
        changes.append({"address": f"aws_iam_policy.p{number}", "mode": "managed", "type": "aws_iam_policy",
                        "name": f"p{number}", "provider_name": "registry.terraform.io/hashicorp/aws",
                        "change": {"actions": actions, "before": before, "after": after, "after_unknown": {}}})
    plan = folder / name
    plan.write_text(json.dumps({"format_version": "1.2", "terraform_version": "1.9.0",
                                "planned_values": {"root_module": {"resources": []}}, "resource_changes": changes}))
    return f"{plan.stat().st_size / 1e6:.1f} MB, 2,000 policies"


def measure(what, command):
    seconds, memory = [], 0
    for _ in range(runs):
        with open(folder / "said.json", "w") as said:
            # Not by `wait4`: Linux counts what the parent has when it makes the process, too.
            subprocess.run(["/usr/bin/time", "-f", "%U %S %M", "-o", folder / "used", keyaki, *command, "-f", "json"], stdout=said, cwd=folder)
        user, system, peak = (folder / "used").read_text().split()[-3:]
        seconds.append(float(user) + float(system))
        memory = max(memory, int(peak) // 1024)
    last = json.loads((folder / "said.json").read_text().splitlines()[-1])
    last = {name: last[name] for name in last if isinstance(last[name], int)}
    print(f"{what}: {min(seconds):.2f} s of CPU ({sorted(seconds)[len(seconds) // 2]:.2f} s at the median), {memory} MiB; {last}", flush=True)


keyaki = os.path.abspath(keyaki)
measure("fifty policies, thirty claims", ["review", "base", "head", "--claims", "head/claims.toml"])
measure("a plan of " + write_plan("plan.json", arn), ["review", "plan.json"])
measure("the same with ARNs that most services do not have, " + write_plan("none.json", no_arn), ["review", "none.json"])
PYTHON
