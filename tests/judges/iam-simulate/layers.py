"""Which policies of an estate bind a request: without code of Keyaki.

The result is what iam-simulate takes: identity-based policies, boundary, SCPs and RCPs level by
level, the policy of the resource.
"""

# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
UNDER_RCPS = {"s3", "sts", "kms", "sqs", "secretsmanager", "dynamodb", "logs"}

# A root user has no policies and may do everything in its account. iam-simulate knows of no root
# users, so it is told with a policy.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
EVERYTHING = {
    "name": "root",
    "policy": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    },
}


class Layers:
    """Of one estate."""

    def __init__(self, estate):
        self.documents = estate.get("documents", {})
        self.entities = {
            one["arn"]: one for one in estate.get("users", []) + estate.get("roles", [])
        }
        self.groups = {one["arn"]: one for one in estate.get("groups", [])}
        self.resources = estate.get("resources", [])
        self.organization = estate.get("organization")

    def named(self, policy):
        if isinstance(policy, str):
            return {"name": policy, "policy": self.documents[policy]}
        return {"name": policy["name"], "policy": policy["document"]}

    def levels(self, account, which):
        """The policies from the root to an account, by level; of the management account none."""
        of = self.organization
        if (
            not of
            or not of[which]
            or account not in of["members"]
            or account == of["managementAccount"]
        ):
            return []
        units = {unit["id"]: unit for unit in of["units"]}
        member = of["members"][account]
        levels, unit = [(account, member)], member["unit"]
        while unit:
            levels.insert(0, (unit, units[unit]))
            unit = units[unit].get("parent")
        return [
            {"orgIdentifier": name, "policies": [self.named(one) for one in level.get(which, [])]}
            for name, level in levels
        ]

    def resource_policy(self, request):
        """The policy of the resource or of its bucket; of a role to assume its trust policy."""
        arn = request["resource"]
        if arn in self.entities:
            return self.entities[arn].get("trust") if request["action"].startswith("sts:") else None
        of = [
            one for one in self.resources if arn == one["arn"] or arn.startswith(one["arn"] + "/")
        ]
        return of[0].get("policy") if of else None

    def simulation(self, request):
        """The request with what binds it."""
        principal = request["principal"]
        role = principal.get("roleArn") if isinstance(principal, dict) else None
        arn = principal["arn"] if role else principal
        entity = self.entities.get(role or arn)
        account = arn.split(":")[4] if arn.startswith("arn:") else None
        is_linked = bool(role) and ":role/aws-service-role/" in role
        identity, boundary = [], None
        if entity:
            of = [*entity.get("policies", [])]
            for group in entity.get("groups", []):
                of += self.groups[group].get("policies", [])
            identity = [self.named(one) for one in of]
            boundary = entity.get("boundary")
        elif arn.endswith(":root"):
            identity = [EVERYTHING]
        # A role that is linked to a service is bound by neither; services, identities of providers
        # and whoever does not sign are in no account.
        is_of_account = account and ":oidc-provider/" not in arn
        scps = self.levels(account, "scps") if is_of_account and not is_linked else []
        covered = request["action"].split(":")[0] in UNDER_RCPS and not is_linked
        rcps = self.levels(request["resourceAccount"], "rcps") if covered else []
        # iam-simulate adds this one to every level, and refuses it where it is given.
        for level in rcps:
            level["policies"] = [
                one for one in level["policies"] if "RCPFullAWSAccess" not in one["name"]
            ]
        made = {
            "request": {
                "principal": {"type": "Anonymous"} if arn == "anonymous" else arn,
                "action": request["action"],
                "resource": {
                    "resource": request["resource"],
                    "accountId": request["resourceAccount"],
                },
                "contextVariables": request["context"],
            },
            "identityPolicies": numbered(identity),
            "serviceControlPolicies": [
                {**level, "policies": numbered(level["policies"])} for level in scps
            ],
            "resourceControlPolicies": [
                {**level, "policies": numbered(level["policies"])} for level in rcps
            ],
        }
        if boundary:
            made["permissionBoundaryPolicies"] = [self.named(boundary)]
        policy = self.resource_policy(request)
        if policy:
            made["resourcePolicy"] = self.named(policy)["policy"]
        return made


def numbered(policies):
    """The policies with names that differ."""
    return [{**one, "name": f"{number} {one['name']}"} for number, one in enumerate(policies)]
