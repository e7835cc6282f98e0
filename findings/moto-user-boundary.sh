#!/bin/sh
# moto 5.2.5 takes `PermissionsBoundary` in CreateUser and forgets it, without an error: neither GetUser
# nor GetAccountAuthorizationDetails tells of it. Of a role the same call is remembered. So a test of
# boundaries of users that is built on moto tests nothing.
#
# Seen with moto 5.2.5 and boto3 1.44.8, of a user and a role made with the same boundary:
#   user in the dump: no boundary; by GetUser: no boundary
#   role in the dump: arn:aws:iam::123456789012:policy/limit
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[iam]==5.2.5' 'boto3==1.44.8'
cat > "$folder/ask.py" <<'PYTHON'
import json, os

os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_DEFAULT_REGION="us-east-1")
import boto3
from moto import mock_aws

def document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})

def boundary(entity):
    return entity.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", "no boundary")

with mock_aws():
    iam = boto3.client("iam")
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=document(Action="s3:*", Resource="*"))["Policy"]["Arn"]
    iam.create_user(UserName="ann", PermissionsBoundary=limit)
    trust = document(Action="sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust, PermissionsBoundary=limit)
    dump = iam.get_account_authorization_details()
    print(f"user in the dump: {boundary(dump['UserDetailList'][0])}; by GetUser: {boundary(iam.get_user(UserName='ann')['User'])}")
    print(f"role in the dump: {boundary(dump['RoleDetailList'][0])}")
PYTHON
"$folder/venv/bin/python" "$folder/ask.py" | tee "$folder/seen"
cat > "$folder/expected" <<'TEXT'
user in the dump: no boundary; by GetUser: no boundary
role in the dump: arn:aws:iam::123456789012:policy/limit
TEXT
diff "$folder/expected" "$folder/seen"
