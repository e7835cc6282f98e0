"""Writes seeds for every fuzz target from the repository's own policies, claims, cases, calls and catalogue: `seeds.py FOLDER`."""

import itertools
import json
import pathlib
import re
import sys
import tomllib
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SERVICES = 40  # of the catalogue, the smallest


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def files(folder, pattern):
    return sorted((ROOT / folder).rglob(pattern))


def conformance():
    return [json.loads(line) for line in text("tests/cases/evaluator/conformance.jsonl").splitlines()]


def policies():
    return [path.read_text(encoding="utf-8") for path in files("proofs/policies", "*.json")]


def reading():
    """The documents of `tests/cases/iam/reading`; a case that gives elements stands for a document with them."""
    for path in files("tests/cases/iam/reading", "*.toml"):
        for case in tomllib.loads(path.read_text(encoding="utf-8")).get("case", []):
            elements = {name.capitalize(): case[name] for name in ("effect", "principal", "action", "resource", "condition") if name in case}
            defaults = {"Effect": '"Allow"', "Action": '"s3:GetObject"', "Resource": '"*"'}
            body = ", ".join(f'"{name}": {value}' for name, value in {**defaults, **elements}.items() if value)
            yield case.get("document") or f'{{"Version": "2012-10-17", "Statement": {{{body}}}}}'


def conditions():
    """The conditions of `tests/cases/evaluator/conditions.toml`, each with its contexts."""
    for case in tomllib.loads(text("tests/cases/evaluator/conditions.toml")).get("condition", []):
        for context in case.get("holds", []) + case.get("fails", []):
            yield case["json"], context


def layers():
    """The sets of `tests/cases/evaluator/layers.toml`, each with the callers that it decides about."""
    for case in tomllib.loads(text("tests/cases/evaluator/layers.toml"))["set"]:
        usual = {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", **json.loads(case.get("request", "{}"))}
        for caller in (caller for callers in case["decisions"].values() for caller in callers):
            own = json.loads(caller) if caller.startswith("{") else {"principal": caller}
            yield json.dumps({"policies": json.loads(case["policies"]), "request": {**usual, **own}, "statement": next(SHAPES)})


def decisions():
    yield from layers()
    yield from (json.dumps({"policies": case["policies"], "request": case["request"]}) for case in conformance())
    request = '{"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "context": %s}'
    statement = '{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": %s}'
    for condition, context in conditions():
        set_ = '{"identity": [{"Version": "2012-10-17", "Statement": %s}]}' % (statement % condition)
        yield '{"policies": %s, "request": %s}' % (set_, request % context)


def requests():
    yield from (json.dumps(case["request"]) for case in conformance())
    yield '{"principal": {"arn": "arn:aws:sts::1:assumed-role/a/s", "roleArn": "arn:aws:iam::1:role/p/a"}, "action": "s3:GetObject", ' \
          '"resource": "*", "resourceAccount": "111122223333", "principalInManagementAccount": true, "context": {"a:b": [1, true, "x"]}}'


def shapes():
    for path in files("proofs/obligations", "*.toml"):
        for claim in tomllib.loads(path.read_text(encoding="utf-8")).get("claim", []):
            if "statement" in claim:
                yield json.dumps(claim["statement"])
    for caller in ("*", "anonymous", "111122223333", "arn:aws:iam::*:role/app", "arn:aws:iam::*:root", "*.amazonaws.com", "nobody",
                   "arn:aws:iam::*:role/aws-service-role/*", "arn:aws:sts::*:assumed-role/app/*"):
        yield json.dumps({"Principal": caller, "NotPrincipal": {"AWS": [caller]}})


SHAPES = itertools.cycle(map(json.loads, shapes()))


def sets():
    yield from (json.dumps(case["policies"]) for case in conformance())
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    yield json.dumps({"identity": [{"name": "a", "document": document}, {"name": "a", **document}]})
    yield json.dumps({"identity": [document], "boundary": document, "session": [document], "scp": [[document], document], "rcp": None,
                      "endpoint": document})


def lines():
    for case in conformance():
        yield json.dumps(case)
        identity = case["policies"].get("identity") or [{}]
        yield json.dumps({"id": case["id"], "policy": identity[0]})
    yield '{"id": [1, {"a": 1e5}], "policies": {"identity": []}, "statement": {"Action": "s3:*"}}\n{"id": "x"}\n{"id": "x", "id": 1}'


def tables(path, head):
    """A file of TOML, table by table."""
    return re.split(r"(?m)^(?=\[\[%s\]\])" % head, text(path))


def claims():
    for path in files("proofs/obligations", "*.toml"):
        yield from tables(path.relative_to(ROOT), "claim")[1:]
    yield '[[claim]]\nname = "x"\nclaim = "some"\nexpect = "holds"\nwhy = "y"\npolicies = { identity = ["a"], boundary = "b", session = [' \
          '"c"], scp = [["dddd"], ["eeee"]], endpoint = [] }\nrequests = "any"\nunknown_actions = true\nunknown_keys = true\n'
    for kind in ("equivalent", "no_new_access"):
        for old, new in (("a", "aa"), ("aa", "aaaa"), ("aaaa", "aaaa")):
            yield f'[[claim]]\nname = "x"\nclaim = "{kind}"\nexpect = "holds"\nwhy = "y"\nold = ["{old}"]\nnew = ["{new}"]\n'


def effective():
    content = text("proofs/policies/bedrock/effective-policy.json")
    yield content
    plain = json.loads(json.loads(content)["EffectivePolicy"]["PolicyContent"])
    yield json.dumps(plain)
    for configuration in plain["bedrock"]["guardrail_inference"]["us-east-1"].values():
        configuration["identifier"] = {"@@assign": configuration["identifier"]}
        configuration["model_enforcement"] = {"included_models": ["ALL"], "excluded_models": {"@@assign": ["cohere.embed-english-v3"]}}
    yield json.dumps(plain)


def estates():
    """A file is a path, a line break and a text; files are apart by form feeds."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]}
    arn, managed = "arn:aws:iam::111122223333:", "arn:aws:iam::111122223333:policy/p"
    attached = {"AttachedManagedPolicies": [{"PolicyName": "p", "PolicyArn": managed}],
                "PermissionsBoundary": {"PermissionsBoundaryArn": managed}, "Tags": [{"Key": "k", "Value": "v"}]}
    policies = [{"Arn": managed, "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": document}]}]
    users = [{"Arn": arn + "user/u", "UserId": "AIDA1", "GroupList": ["g"], "UserPolicyList": [{"PolicyName": "i", "PolicyDocument": document}], **attached}]
    roles = [{"Arn": arn + "role/r", "RoleId": "AROA1", "AssumeRolePolicyDocument": trust, "RolePolicyList": [], **attached}]
    details = {"UserDetailList": users, "RoleDetailList": roles, "GroupDetailList": [{"Arn": arn + "group/g", "GroupPolicyList": []}], "Policies": policies}
    yield json.dumps(details)
    yield json.dumps([{**details, "IsTruncated": False}])
    quoted = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D"
    yield json.dumps({"RoleDetailList": [{**roles[0], "AssumeRolePolicyDocument": quoted}], "Policies": policies})
    named = {"name": "n", "document": document}
    yield json.dumps({"keyaki": "estate", "version": 1, "accounts": {"111122223333": {"name": "a", "partition": "aws", "blockPublicAccess": {}, "principals": True}},
                      "organization": {"id": "o-1", "managementAccount": "111122223333", "scps": True, "rcps": True, "units": [
                          {"id": "r-1", "scps": ["n"]}, {"id": "ou-1", "parent": "r-1", "name": "u"}], "members": {"111122223333": {"unit": "ou-1", "rcps": []}}},
                      "documents": {"n": document}, "groups": [{"arn": arn + "group/g", "policies": ["n"]}],
                      "users": [{"arn": arn + "user/u", "id": "AIDA1", "groups": [arn + "group/g"], "policies": [named], "boundary": "n", "tags": {"k": "v"}}],
                      "roles": [{"arn": arn + "role/r", "trust": {"name": "t", "document": trust}, "policies": ["n", named]}],
                      "resources": [{"arn": "arn:aws:s3:::b", "account": "111122223333", "aclsOff": True, "blockPublicAccess": {"blockPublicAcls": True}}],
                      "endpoints": [{"id": "vpce-1", "account": "111122223333", "vpc": "vpc-1", "service": "s"}]})
    organization = "arn:aws:organizations::111122223333:root/o-1/r-1"
    scp = {"Id": "p-FullAWSAccess", "Name": "FullAWSAccess", "Type": "SERVICE_CONTROL_POLICY"}
    files = {"roots.json": {"Roots": [{"Id": "r-1", "Arn": organization, "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}]},
             "units.r-1.json": {"OrganizationalUnits": []}, "accounts.r-1.json": {"Accounts": [{"Id": "111122223333", "Name": "a"}]},
             "scps.r-1.json": {"Policies": [scp]}, "scps.111122223333.json": {"Policies": [scp]}}
    yield "\f".join(f"{path}\n{json.dumps(value)}" for path, value in files.items())
    store = "s/aws/aws/accounts/111122223333/"
    files = {store + "iam/role/r/metadata.json": {"arn": arn + "role/r", "id": "AROA1"}, store + "iam/role/r/trust-policy.json": trust,
             store + "s3/b/metadata.json": {"arn": "arn:aws:s3:::b"}, store + "s3/b/bpa.json": {"BlockPublicAcls": True}}
    yield "\f".join(f"{path}\n{json.dumps(value)}" for path, value in files.items())
    yield 'r.jsonl\n{"arn": "arn:aws:sns:us-east-1:111122223333:t", "policy": null}\n{"account": "111122223333", "resources": true}'


def calls():
    head, *parts = tables("src/iam/calls/calls.toml", "call")
    head = "\n".join(line for line in head.splitlines() if not line.startswith("#"))
    yield from (head + part for part in parts)


def filters():
    for call in tomllib.loads(text("src/iam/calls/calls.toml"))["call"]:
        for one in ("Model=anthropic.*", "Model!=amazon.*", "Path=*profile*", "Path!=*", "Region=us-*\nRegion!=us-west-?", "x=y", ""):
            yield f"{call['name']}\n{one}"
    yield "bedrock:invokemodl\nModel=x"
    yield "s3:Converse"


def smtlib():
    values = ['(b true) (s "a\\u{48}""b") (r (- (/ 1.0 3.0))) (w #x00000005) (a (_ bv5 128))', "(|b| false)", "(r 1.25)", "(r -1/3)",
              "(r (to_real 5)) (r (/ (- 1) 3))", '(s "\\u0048\\u{d800}\\")', "(w #b101) (w (_ bv5 32))"]
    for verdict in ("sat", "unsat", "unknown", "timeout", "unsupported\nsuccess\nsat", '(error "line 1: no")', "garbage", ""):
        yield from (f"{verdict}\n({value}) ; said\n" for value in values)
        yield verdict
    yield '(error "use --strings-exp")'
    yield 'unsat\f(error "but no")'
    model = '((b true) (b2 true) (s "a") (s2 "a") (r (/ 1 3)) (r2 0.5) (w #x00000005) (w2 #x00000005) (a (_ bv5 128)) (a2 (_ bv5 128)))'
    yield from (f"sat\n{answer}" for answer in (model, model.replace("true", "maybe"), model.replace("(w2 ", "w2 "), "((b true) (b2 true))"))
    yield from (path.read_text(encoding="utf-8")[:3_000] for path in files("encodings/reference", "*.smt2"))


def messages():
    yield '{"program":"keyaki-z3","release":"0.1.0","protocol":1,"z3":"5.3.3.0"}\n{"program":"a","release":"","protocol":0,"z3":"","refusal":"no"}'
    constants = ",".join(f'{{"name":"{name}","sort":{sort}}}' for name, sort in (("b", '"bool"'), ("s", '"string"'), ("r", '"real"'), ("w", '{"bitVec":8}')))
    script = f'{{"script":{{"body":"(assert true)\\n","assertions":1,"constants":[{constants}],"effort":'
    clauses = '{"clauses":{"begin":true,"variables":2,"clauses":[[1,-2],[]],"assumptions":[2]}}'
    for question in (script + "null}}", script + "5}}", clauses):
        yield f'{{"number":1,"microseconds":1000,"question":{question}}}'
    for answer in ('{"values":["\\"a\\"",""]}', '{"true":[1,2]}', '"unsatisfiable"', '"timeout"', '{"resource":"a"}', '{"incomplete":"a"}', '{"failed":"\\u0000"}'):
        yield f'{{"number":1,"answer":{answer}}}'


def catalogue():
    """The file itself is too large: some of its services, as the target packs them."""
    data = (ROOT / "src/iam/catalogue/services.bin").read_bytes()
    at = data.index(b"\n") + 1
    start = at + 4 + int.from_bytes(data[at:at + 4], "little")
    source, *index = zlib.decompress(data[at + 4:start]).decode().splitlines()
    services = []
    for line in index:
        fields = line.split("\t")
        end = start + int(fields[-1])
        services.append(("\t".join(fields[:-1]), zlib.decompress(data[start:end]).decode()))
        start = end
    services.sort(key=lambda service: len(service[1]))
    yield from (f"{source}\n{line}\f{block}" for line, block in services[:SERVICES])
    for construct in ("+\n", "!:", ":0", "\tP\t", "/${"):
        line, block = next(service for service in services if construct in service[1])
        yield f"{source}\n{line}\f{block}"
    some = sorted(services[SERVICES:SERVICES + 3])
    yield "\n".join([source] + [line for line, _ in some]) + "".join(f"\f{block}" for _, block in some)
    yield data[:at + 4].decode("latin-1")


def plans():
    """A plan, a form feed, and a file of configuration."""
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]})
    main = """locals { names = { a = "x", b = aws_s3_bucket.b.id } }
resource "aws_s3_bucket" "b" {}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:*"]
    resources = [for k, v in local.names : "${v}/&{aws:username}"]
    dynamic "condition" {
      for_each = local.names
      content {
        test     = "StringEquals"
        variable = "aws:PrincipalTag/${condition.key}"
        values   = [condition.value]
      }
    }
  }
}
resource "aws_iam_policy" "p" {
  policy = jsonencode({ Version = "2012-10-17", Statement = concat([{ Effect = "Allow", Action = "s3:*", Resource = "${aws_s3_bucket.b.arn}/*" }], []) })
}
resource "aws_iam_policy" "d" { policy = data.aws_iam_policy_document.d.json }
resource "aws_iam_role_policy" "h" {
  role   = aws_iam_role.r.name
  policy = <<-EOT
    {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "${length(local.names) > 1 ? "*" : "s3:*"}", "Resource": "$${a}"}}
  EOT
}
"""

    def change(address, before, after, unknown):
        mode, rest = ("data", address[5:]) if address.startswith("data.") else ("managed", address)
        kind, name = rest.split(".")
        return {"address": address, "mode": mode, "type": kind, "name": name, "change": {"actions": ["update"], "before": before, "after": after, "after_unknown": unknown}}

    def block(address, **expressions):
        kind, name = address.removeprefix("data.").split(".")
        return {"address": address, "mode": "managed", "type": kind, "name": name, "provider_config_key": "aws", "expressions": expressions}

    role = {"name": "r", "path": "/", "assume_role_policy": trust, "inline_policy": [{"name": "i", "policy": document}], "permissions_boundary": "arn:aws:iam::aws:policy/P"}
    statement = [{"actions": ["s3:*"], "resources": [None, None], "condition": [
        {"test": "StringEquals", "variable": "aws:PrincipalTag/a", "values": ["x"]}, {"test": "StringEquals", "variable": "aws:PrincipalTag/b", "values": [None]}]}]
    changes = [change("aws_s3_bucket.b", None, {}, {"arn": True, "id": True, "bucket": True}),
               change("data.aws_iam_policy_document.d", None, {"statement": statement}, {"json": True, "statement": [{"resources": [True, True], "condition": [{}, {"values": [True]}]}]}),
               change("aws_iam_policy.p", {"policy": document}, {"path": "/", "name": "p"}, {"policy": True, "arn": True}),
               change("aws_iam_policy.d", None, {}, {"policy": True}),
               change("aws_iam_role.r", role, role, {"arn": True}),
               change("aws_iam_role_policy.h", None, {"role": "r"}, {"policy": True}),
               change("aws_lambda_permission.l", None, {"function_name": "f", "principal": "s3.amazonaws.com", "action": "lambda:InvokeFunction"}, {"source_arn": True}),
               change("aws_organizations_policy.o", None, {"type": "SERVICE_CONTROL_POLICY", "content": document}, {})]
    reference = {"references": ["data.aws_iam_policy_document.d.json"]}
    blocks = [block("aws_s3_bucket.b"), block("aws_iam_policy.d", policy=reference), block("aws_iam_role.r", inline_policy=[{}]), block("aws_iam_role_policy.h", policy={})]
    plan = {"format_version": "1.2", "resource_changes": changes, "configuration": {"root_module": {"resources": blocks}},
            "prior_state": {"values": {"root_module": {"resources": [{"address": "data.aws_region.r", "mode": "data", "type": "aws_region", "name": "r", "values": {"name": "us-east-1"}}]}}}}
    yield json.dumps(plan) + "\f" + main
    yield json.dumps(plan)


SEEDS = {
    "policy": lambda: [*policies(), *reading()], "policies": lambda: [*sets(), *policies()], "request": requests, "shape": shapes,
    "lines": lines, "decision": decisions, "claims": claims, "effective": effective, "estate": estates, "plan": plans, "calls": calls, "filters": filters, "smtlib": smtlib, "messages": messages,
    "catalogue": catalogue,
}


def main(folder):
    for target, seeds in SEEDS.items():
        place = pathlib.Path(folder) / target
        place.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds()):
            (place / f"{number:04}").write_bytes(seed.encode("utf-8"))


main(sys.argv[1])
