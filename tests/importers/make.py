"""Has moto make an organization, writes what the AWS CLI would print of it, and what other calls say is in it: `make.py FOLDER`."""

import json
import os
import pathlib
import sys
import urllib.parse

import boto3
from moto import mock_aws

REGION = "us-east-1"
TYPES = {"scps": "SERVICE_CONTROL_POLICY", "rcps": "RESOURCE_CONTROL_POLICY"}
OF_AWS = ["ReadOnlyAccess", "AmazonBedrockLimitedAccess", "job-function/ViewOnlyAccess"]
os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION=REGION)

folder = pathlib.Path(sys.argv[1])
estate = folder / "estate"
estate.mkdir(parents=True)
truth = {"principals": {}, "accounts": {}}


def write(name, answer):
    """As the AWS CLI prints it: without what the HTTP answer said."""
    answer.pop("ResponseMetadata", None)
    (estate / f"{name}.json").write_text(json.dumps(answer, default=str, indent=4), encoding="utf-8")


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*"):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def client(service, account):
    keys = boto3.client("sts", region_name=REGION).assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/any", RoleSessionName="session")["Credentials"]
    return boto3.client(service, region_name=REGION, aws_access_key_id=keys["AccessKeyId"],
                        aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"])


def fill(iam, account):
    """Principals of every kind, with what moto can attach: no boundaries of users."""
    own = [iam.create_policy(PolicyName=f"own{at}", Path="/team/" if at % 2 else "/", PolicyDocument=document(
        allow(f"bedrock:Invoke{'*' if at else 'Model'}", f"arn:aws:bedrock:*::foundation-model/a+b%{at}*")))["Policy"]["Arn"]
        for at in range(4)]
    # A boundary that has two versions, of which the second counts.
    iam.create_policy_version(PolicyArn=own[0], PolicyDocument=document(allow("s3:*")), SetAsDefault=True)
    trust = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"})
    for at in range(3):
        iam.create_group(GroupName=f"group{at}", Path="/g/" if at else "/")
        iam.put_group_policy(GroupName=f"group{at}", PolicyName="inline", PolicyDocument=document(allow("s3:Get*", f"arn:aws:s3:::{at}/*")))
        iam.attach_group_policy(GroupName=f"group{at}", PolicyArn=own[at])
    for at in range(6):
        name = f"user{at}"
        iam.create_user(UserName=name, Path=f"/p{at % 2}/", Tags=[{"Key": "n", "Value": str(at)}] * (at % 2))
        iam.put_user_policy(UserName=name, PolicyName="own policy", PolicyDocument=document(allow("sqs:*", "arn:aws:sqs:*:*:${aws:username}")))
        iam.attach_user_policy(UserName=name, PolicyArn=f"arn:aws:iam::aws:policy/{OF_AWS[at % 3]}")
        for group in range(at % 4):
            iam.add_user_to_group(GroupName=f"group{group}", UserName=name)
    for at in range(8):
        name = f"role{at}"
        limit = {"PermissionsBoundary": own[0]} if at % 3 == 0 else {}
        iam.create_role(RoleName=name, Path="/r/" if at % 2 else "/", AssumeRolePolicyDocument=trust,
                        Tags=[{"Key": "team", "Value": "a b"}] * (at % 2), **limit)
        for inline in range(at % 3):
            iam.put_role_policy(RoleName=name, PolicyName=f"i{inline}", PolicyDocument=document(allow("kms:Decrypt"), allow("iam:Get*")))
        for policy in own[:at % 4]:
            iam.attach_role_policy(RoleName=name, PolicyArn=policy)


def arns(answer):
    return [policy["PolicyArn"] for policy in answer["AttachedPolicies"]]


def told(iam):
    """What calls about single principals say."""
    groups = {}
    for group in iam.list_groups()["Groups"]:
        name = group["GroupName"]
        groups[name] = [f"group {name}: {policy}" for policy in iam.list_group_policies(GroupName=name)["PolicyNames"]] \
            + arns(iam.list_attached_group_policies(GroupName=name))
    for user in iam.list_users()["Users"]:
        name = user["UserName"]
        policies = [f"user {name}: {policy}" for policy in iam.list_user_policies(UserName=name)["PolicyNames"]]
        policies += arns(iam.list_attached_user_policies(UserName=name))
        for group in iam.list_groups_for_user(UserName=name)["Groups"]:
            policies += groups[group["GroupName"]]
        keep(iam.get_user(UserName=name)["User"], policies, iam.list_user_tags(UserName=name)["Tags"])
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        policies = [f"role {name}: {policy}" for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]]
        policies += arns(iam.list_attached_role_policies(RoleName=name))
        keep(iam.get_role(RoleName=name)["Role"], policies, iam.list_role_tags(RoleName=name)["Tags"])


def keep(entity, policies, tags):
    boundary = entity.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    truth["principals"][entity["Arn"]] = {
        "policies": policies, "boundary": boundary, "tags": {tag["Key"]: tag["Value"] for tag in tags}}


def as_sdk(value):
    """The same details with documents as texts, percent-encoded."""
    if isinstance(value, list):
        return [as_sdk(item) for item in value]
    if not isinstance(value, dict):
        return value
    documents = ("PolicyDocument", "AssumeRolePolicyDocument", "Document")
    return {name: urllib.parse.quote(json.dumps(inner), safe="") if name in documents else as_sdk(inner) for name, inner in value.items()}


def used(details):
    """Without AWS's policies that nobody has, which moto lists, too."""
    attached = json.dumps({name: value for name, value in details.items() if name != "Policies"}, default=str)
    details["Policies"] = [policy for policy in details["Policies"] if policy["Arn"] in attached or ":iam::aws:" not in policy["Arn"]]
    return details


def organization():
    """A root, two units one in the other, three accounts, policies of both types, and the listings of all of it."""
    organizations = boto3.client("organizations", region_name=REGION)
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    for kind in TYPES.values():
        organizations.enable_policy_type(RootId=root, PolicyType=kind)
    outer = organizations.create_organizational_unit(ParentId=root, Name="outer")["OrganizationalUnit"]["Id"]
    inner = organizations.create_organizational_unit(ParentId=outer, Name="inner")["OrganizationalUnit"]["Id"]
    accounts = [organizations.list_accounts()["Accounts"][0]["Id"]]
    for at, unit in enumerate((outer, inner)):
        account = organizations.create_account(Email=f"a{at}@example.com", AccountName=f"a{at}")["CreateAccountStatus"]["AccountId"]
        organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)
        accounts.append(account)
    deny = {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}
    contents = [("scps", outer, document(deny)), ("scps", accounts[2], document(deny, allow("*"))),
                ("rcps", inner, document({"Principal": "*", **deny}))]
    for at, (kind, target, content) in enumerate(contents):
        policy = organizations.create_policy(Content=content, Description="d", Name=f"policy {at}", Type=TYPES[kind])
        organizations.attach_policy(PolicyId=policy["Policy"]["PolicySummary"]["Id"], TargetId=target)
    list_all(organizations, root, accounts, {accounts[0]: [root], accounts[1]: [root, outer], accounts[2]: [root, outer, inner]})
    return accounts


def list_all(organizations, root, accounts, above):
    write("organization", organizations.describe_organization())
    write("roots", organizations.list_roots())
    units = [root]
    for unit in units:
        listing = organizations.list_organizational_units_for_parent(ParentId=unit)
        units += [child["Id"] for child in listing["OrganizationalUnits"]]
        write(f"units.{unit}", listing)
        write(f"accounts.{unit}", organizations.list_accounts_for_parent(ParentId=unit))
    attached = {}
    for name, kind in TYPES.items():
        for target in units + accounts:
            listing = organizations.list_policies_for_target(TargetId=target, Filter=kind)
            attached[name, target] = [f"{policy['Name']} ({policy['Id']})" for policy in listing["Policies"]]
            write(f"{name}.{target}", listing)
        for policy in organizations.list_policies(Filter=kind)["Policies"]:
            write(f"policy.{policy['Id']}", organizations.describe_policy(PolicyId=policy["Id"]))
    organization = organizations.describe_organization()["Organization"]
    for account in accounts:
        levels = [*above[account], account]
        limited = account != organization["MasterAccountId"]
        truth["accounts"][account] = {
            "path": "/".join([organization["Id"], *above[account], ""]),
            **{name: [attached[name, target] for target in levels] if limited else [] for name in TYPES}}


def main():
    mock_aws().start()
    for number, account in enumerate(organization()):
        iam = client("iam", account)
        fill(iam, account)
        told(iam)
        details = used(iam.get_account_authorization_details())
        # One account comes from another SDK, in two pages.
        if number == 1:
            details = as_sdk(details)
            first = {**details, "RoleDetailList": [], "IsTruncated": True, "Marker": "m"}
            write("details1-1", first)
            details = {**details, "UserDetailList": [], "GroupDetailList": [], "Policies": []}
        write(f"details{number}", details)
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    print(f"{len(truth['principals'])} principals in {len(truth['accounts'])} accounts in {estate}")


main()
