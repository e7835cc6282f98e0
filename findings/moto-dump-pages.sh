#!/bin/sh
# moto 5.2.5 answers GetAccountAuthorizationDetails in one page whatever `MaxItems` says: three roles with
# MaxItems=1 come at once, with `IsTruncated` false, while ListRoles does cut its list. So code that
# reads pages of dumps is never asked for a second page by moto.
#
# Seen with moto 5.2.5 and boto3 1.44.8:
#   GetAccountAuthorizationDetails, MaxItems 1: 3 roles, truncated: False
#   ListRoles, MaxItems 1: 1 roles, truncated: True
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

trust = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
with mock_aws():
    iam = boto3.client("iam")
    for name in ["one", "three", "two"]:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    for name, page in [
        ("GetAccountAuthorizationDetails", iam.get_account_authorization_details(MaxItems=1)),
        ("ListRoles", iam.list_roles(MaxItems=1)),
    ]:
        roles = page.get("RoleDetailList", page.get("Roles"))
        print(f"{name}, MaxItems 1: {len(roles)} roles, truncated: {page['IsTruncated']}")
PYTHON
"$folder/venv/bin/python" "$folder/ask.py" | tee "$folder/seen"
cat > "$folder/expected" <<'TEXT'
GetAccountAuthorizationDetails, MaxItems 1: 3 roles, truncated: False
ListRoles, MaxItems 1: 1 roles, truncated: True
TEXT
diff "$folder/expected" "$folder/seen"
