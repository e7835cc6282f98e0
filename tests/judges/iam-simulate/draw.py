"""Draws estates and requests over them, in Keyaki's own forms."""

import json
import random

ACCOUNTS = ["111122223333", "222233334444", "333344445555"]
MANAGEMENT = "555566667777"
ORGANIZATION = "o-aaaaaaaaaa"
PATHS = {
    unit: f"{ORGANIZATION}/r-a1b2/{path}"
    for unit, path in [
        ("r-a1b2", ""),
        ("ou-a1b2-work", "ou-a1b2-work/"),
        ("ou-a1b2-prod", "ou-a1b2-work/ou-a1b2-prod/"),
    ]
}
TEAMS = ["blue", "green"]
ADDRESSES = ["203.0.113.7", "198.51.100.20", "192.0.2.1"]
REGIONS = ["us-east-1", "eu-west-1"]
SERVICES = ["lambda.amazonaws.com", "cloudtrail.amazonaws.com", "sns.amazonaws.com"]
KEY = "1234abcd-12ab-34cd-56ef-1234567890a"

# Kinds of resources: the ARN of the one of an account, the endings of what is in it that requests
# are about, and the actions on them.
KINDS = {
    "bucket": (
        "arn:aws:s3:::data-{n}",
        {
            "": [
                "s3:ListBucket",
                "s3:GetBucketPolicy",
                "s3:PutBucketPolicy",
                "s3:DeleteBucketPolicy",
            ],
            "/blue/a.csv": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            "/ann/c.csv": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        },
    ),
    "key": (
        "arn:aws:kms:us-east-1:{a}:key/" + KEY + "{n}",
        {
            "": ["kms:Decrypt", "kms:Encrypt", "kms:DescribeKey", "kms:PutKeyPolicy"],
        },
    ),
    "queue": (
        "arn:aws:sqs:us-east-1:{a}:queue-{n}",
        {
            "": ["sqs:SendMessage", "sqs:ReceiveMessage"],
        },
    ),
    "secret": (
        "arn:aws:secretsmanager:us-east-1:{a}:secret:db-{n}-a1B2c3",
        {
            "": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        },
    ),
    "topic": ("arn:aws:sns:us-east-1:{a}:topic-{n}", {"": ["sns:Publish", "sns:Subscribe"]}),
    "table": (
        "arn:aws:dynamodb:us-east-1:{a}:table/table-{n}",
        {
            "": ["dynamodb:GetItem", "dynamodb:PutItem"],
        },
    ),
    "function": ("arn:aws:lambda:us-east-1:{a}:function:fn-{n}", {"": ["lambda:InvokeFunction"]}),
}
# Resources without policies, and actions on nothing in particular.
BARE = [
    ("ec2:StartInstances", "arn:aws:ec2:us-east-1:{a}:instance/i-0123456789abcdef0"),
    (
        "bedrock:InvokeModel",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5",
    ),
    ("logs:PutLogEvents", "arn:aws:logs:us-east-1:{a}:log-group:app:log-stream:one"),
    ("ec2:DescribeInstances", "*"),
    ("s3:ListAllMyBuckets", "*"),
    ("sts:GetCallerIdentity", "*"),
]


class Draw:
    """Draws one estate, and requests over it."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.one = self.random.choice
        accounts = [*ACCOUNTS, MANAGEMENT]
        self.in_organization = self.chance(0.85)
        units = list(PATHS)
        self.units = {account: self.one(units) for account in accounts}
        self.units[MANAGEMENT] = "r-a1b2"
        self.accounts = accounts
        self.resources = [
            {"arn": arn.format(a=account, n=number), "account": account, "kind": kind}
            for number, account in enumerate(accounts)
            for kind, (arn, _) in KINDS.items()
        ]
        self.users, self.roles, self.groups = [], [], []
        for number, account in enumerate(accounts):
            iam = f"arn:aws:iam::{account}:"
            self.groups.append({"arn": f"{iam}group/staff"})
            for name, path in [("ann", ""), ("bob", "people/")]:
                self.users.append(
                    {"arn": f"{iam}user/{path}{name}", "id": f"AIDA{name.upper()}{number:013d}"}
                )
            for name, path in [
                ("app", ""),
                ("etl", "data/"),
                ("ops", ""),
                ("AWSServiceRoleForSupport", "aws-service-role/support.amazonaws.com/"),
            ]:
                made = {
                    "arn": f"{iam}role/{path}{name}",
                    "id": f"AROA{name.upper()[:3]}{number:014d}",
                }
                self.roles.append(made)
        for entity in self.users + self.roles:
            entity["tags"] = {"team": self.one(TEAMS)} if self.chance(0.6) else {}

    def chance(self, probability):
        return self.random.random() < probability

    def some(self, of, least, most):
        return self.random.sample(of, min(len(of), self.random.randint(least, most)))

    # Policies

    def action(self):
        """An action, or a pattern of actions."""
        actions = [
            action for _, ends in KINDS.values() for some in ends.values() for action in some
        ]
        actions += [action for action, _ in BARE] + ["sts:AssumeRole", "sts:TagSession"]
        action = self.one(actions)
        prefix, name = action.split(":")
        return self.one(
            [
                action,
                action,
                action.upper(),
                f"{prefix}:*",
                f"{prefix}:{name[:3]}*",
                f"{prefix}:?{name[1:]}",
                "*",
            ]
        )

    def pattern(self, arn):
        """A pattern that may mean a resource, or what is in it."""
        head = arn.rsplit("-", 1)[0]
        cases = [arn, f"{arn}*", f"{head}*", "*"]
        if ":s3:" in arn:
            cases += [
                f"{arn}/*",
                f"{arn}/blue/*",
                f"{arn}/${{aws:username}}/*",
                f"{arn}/${{aws:PrincipalTag/team}}/*",
                f"{arn}/?lue/a.csv",
                "arn:aws:s3:::*/*",
            ]
        return self.one(cases)

    def named(self):
        """The ARN of something, of any account."""
        cases = [one["arn"] for one in self.resources] + [one["arn"] for one in self.roles]
        return self.pattern(self.one(cases))

    def condition(self, is_resource):
        """A condition of one or two pairs."""
        account, unit = self.one(self.accounts), self.one(list(PATHS))
        role = self.one(self.roles)["arn"]
        if_exists = self.one(["", "IfExists"])
        cases = [
            ("StringEquals", "aws:PrincipalTag/team", self.one(TEAMS)),
            ("StringNotEquals", "aws:PrincipalTag/team", self.some(TEAMS, 1, 2)),
            ("StringEqualsIgnoreCase", "aws:PrincipalTag/team", self.one(TEAMS).upper()),
            ("StringLike", "aws:PrincipalTag/team", "b*"),
            ("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}"),
            ("StringNotEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}"),
            ("StringEquals", "aws:PrincipalAccount", self.some(self.accounts, 1, 3)),
            ("StringEquals", "aws:PrincipalOrgID", ORGANIZATION),
            ("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION),
            ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", PATHS[unit] + "*"),
            ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", PATHS[unit] + "*"),
            ("StringEquals", "aws:ResourceAccount", account),
            ("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
            ("StringNotEquals", "aws:ResourceOrgID", "${aws:PrincipalOrgID}"),
            ("StringNotLike", "aws:ResourceAccount", ["${aws:PrincipalTag/team}", account]),
            ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:user/${aws:username}"),
            ("ForAnyValue:StringNotLike", "aws:PrincipalOrgPaths", PATHS[unit] + "*"),
            ("StringLike", "sts:RoleSessionName", "${aws:username}*"),
            ("ForAllValues:StringEquals", "aws:TagKeys", ["team"]),
            ("StringEquals", "aws:RequestTag/team", self.some(TEAMS, 1, 2)),
            (
                "ArnLike",
                "aws:PrincipalArn",
                self.one(
                    [
                        role,
                        f"arn:aws:iam::{account}:role/*",
                        "arn:aws:iam::*:user/*",
                        "arn:*:iam::*:*/app",
                    ]
                ),
            ),
            ("ArnNotLike", "aws:PrincipalArn", f"arn:aws:iam::{account}:*"),
            ("ArnEquals", "aws:PrincipalArn", role),
            (
                "StringEquals",
                "aws:PrincipalType",
                self.some(["User", "AssumedRole", "Account"], 1, 2),
            ),
            ("StringLike", "aws:userid", self.one(["AROA*:one", "AIDA*", "*:*"])),
            ("StringEquals", "aws:username", self.some(["ann", "bob"], 1, 2)),
            (
                "IpAddress",
                "aws:SourceIp",
                self.some(["203.0.113.0/24", "198.51.100.0/25", "192.0.2.1"], 1, 2),
            ),
            ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"),
            ("Bool", "aws:SecureTransport", self.one(["true", "false"])),
            ("Bool", "aws:MultiFactorAuthPresent", self.one(["true", "false"])),
            ("Bool", "aws:PrincipalIsAWSService", self.one(["true", "false"])),
            ("Bool", "aws:ViaAWSService", "false"),
            ("Null", "aws:PrincipalTag/team", self.one(["true", "false"])),
            ("Null", "aws:MultiFactorAuthPresent", self.one(["true", "false"])),
            ("Null", "aws:PrincipalOrgID", self.one(["true", "false"])),
            ("StringEquals", "aws:RequestedRegion", self.some(REGIONS, 1, 2)),
            (
                "DateLessThan",
                "aws:CurrentTime",
                self.one(["2026-06-01T00:00:00Z", "2027-06-01T00:00:00Z"]),
            ),
            ("DateGreaterThanEquals", "aws:CurrentTime", "2026-06-01T00:00:00Z"),
            ("NumericLessThanEquals", "aws:MultiFactorAuthAge", self.one(["60", "3600"])),
            ("StringLike", "s3:prefix", self.one(["", "blue/*", "${aws:username}/*"])),
            ("NumericLessThan", "s3:max-keys", "100"),
            ("StringEquals", "s3:x-amz-server-side-encryption", "aws:kms"),
            ("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com"),
            ("StringEquals", "sts:ExternalId", "Example"),
        ]
        if is_resource:
            cases += [
                ("StringEquals", "aws:SourceAccount", self.some(self.accounts, 1, 2)),
                ("ArnLike", "aws:SourceArn", f"arn:aws:*:us-east-1:{account}:*"),
                ("StringEquals", "aws:PrincipalServiceName", self.one(SERVICES)),
            ]
        made = {}
        for operator, key, value in self.some(cases, 1, 2):
            made.setdefault(operator + ("" if operator == "Null" else if_exists), {})[key] = value
        return made

    def statement(self, arn=None, likely=None, effect=None):
        """A statement; of the policy of a resource, its ARN and who may do what."""
        effect = effect or ("Deny" if self.chance(0.2) else "Allow")
        made = {"Effect": effect}
        if arn is None:
            actions = [self.action() for _ in range(self.random.randint(1, 4))]
            resources = [self.named() for _ in range(self.random.randint(1, 3))]
            if self.chance(0.4):
                resources = ["*"]
        else:
            service = arn.split(":")[2] if not likely else "sts"
            actions = (
                likely or [f"{service}:*"] if self.chance(0.6) else self.some(self.of(arn), 1, 2)
            )
            inside = [f"{arn}/*"] if service == "s3" else []
            resources = self.one([[arn, *inside], [self.pattern(arn)], [arn, *inside]])
            if "*" in resources and service == "s3" and self.chance(0.5):
                resources = [arn, *inside]
        made["NotAction" if self.chance(0.1) and not likely else "Action"] = actions
        if not likely:
            made["NotResource" if self.chance(0.08) and arn is None else "Resource"] = resources
        if self.chance(0.3 if effect == "Allow" else 0.75):
            made["Condition"] = self.condition(arn is not None)
        return made

    def of(self, arn):
        """The actions on a resource, and on what is in it."""
        for one in self.resources:
            if one["arn"] == arn:
                return [action for some in KINDS[one["kind"]][1].values() for action in some]
        return ["sts:AssumeRole"]

    def document(self, least=1, most=3):
        count = self.random.randint(least, most)
        return {"Version": "2012-10-17", "Statement": [self.statement() for _ in range(count)]}

    def principal(self, account):
        """Who is meant by a statement of a resource of an account."""
        entities = [one["arn"] for one in self.users + self.roles]
        own = [arn for arn in entities if account in arn]
        role = self.one(self.roles)["arn"].split(":")
        session = f"arn:aws:sts::{role[4]}:assumed-role/{role[5].rsplit('/', 1)[1]}/one"
        return self.one(
            [
                "*",
                {"AWS": "*"},
                {"AWS": account},
                {"AWS": f"arn:aws:iam::{account}:root"},
                {"AWS": [f"arn:aws:iam::{one}:root" for one in self.some(self.accounts, 1, 2)]},
                {"AWS": self.some(own, 1, 3)},
                {"AWS": self.some(entities, 1, 4)},
                {"AWS": session},
                {"Service": self.some(SERVICES, 1, 2)},
                {"AWS": self.some(entities, 1, 2), "Service": self.one(SERVICES)},
            ]
        )

    def trust(self, arn, account):
        """The trust policy of a role; some let in an identity provider."""
        made = self.resource_policy(arn, account, ["sts:AssumeRole"])
        if self.chance(0.4):
            made["Statement"].append(
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": provider(account)},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                }
            )
            if self.chance(0.5):
                made["Statement"][-1]["Condition"] = self.condition(True)
        return made

    def resource_policy(self, arn, account, likely=None):
        statements = []
        if arn.split(":")[2] == "kms" and self.chance(0.8):
            statements.append(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                }
            )
        for _ in range(self.random.randint(1, 3)):
            made = self.statement(arn, likely)
            named = self.principal(account)
            not_principal = made["Effect"] == "Deny" and not likely and self.chance(0.25)
            if not_principal:
                named = {"AWS": self.some([one["arn"] for one in self.users], 1, 2)}
            made["NotPrincipal" if not_principal else "Principal"] = named
            statements.append(made)
        return {"Version": "2012-10-17", "Statement": statements}

    # Organizations

    def scps(self):
        """What is attached at one level: mostly everything is allowed and something denied."""
        some = []
        if self.chance(0.9):
            everything = {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
            }
            some.append({"name": "FullAWSAccess", "document": everything})
        else:
            actions = ["s3:*", "kms:*", "sqs:*", "sts:*", "lambda:*", "secretsmanager:*"]
            some.append(
                {
                    "name": "allowed",
                    "document": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {"Effect": "Allow", "Action": self.some(actions, 3, 6), "Resource": "*"}
                        ],
                    },
                }
            )
        if self.chance(0.3):
            made = self.statement(effect="Deny")
            made.setdefault("Condition", self.condition(False))
            some.append(
                {"name": "denied", "document": {"Version": "2012-10-17", "Statement": [made]}}
            )
        return some

    def rcps(self):
        everything = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
        }
        some = [{"name": "RCPFullAWSAccess", "document": everything}]
        if self.chance(0.25):
            actions = self.some(
                [
                    "s3:*",
                    "kms:*",
                    "sqs:*",
                    "secretsmanager:*",
                    "sts:AssumeRole",
                    "logs:*",
                    "dynamodb:*",
                ],
                1,
                4,
            )
            made = {
                "Effect": "Deny",
                "Principal": "*",
                "Action": actions,
                "Resource": "*",
                "Condition": self.condition(True),
            }
            some.append(
                {"name": "perimeter", "document": {"Version": "2012-10-17", "Statement": [made]}}
            )
        return some

    # Estates

    def estate(self):
        documents = {f"managed-{number}": self.document() for number in range(6)}
        documents |= {f"boundary-{number}": self.boundary() for number in range(3)}
        managed = [name for name in documents if name.startswith("managed")]
        boundaries = [name for name in documents if name.startswith("boundary")]
        for group in self.groups:
            group["policies"] = self.some(managed, 0, 1)
        for entity in self.users + self.roles:
            entity["policies"] = self.some(managed, 0, 2)
            if self.chance(0.8):
                entity["policies"].append({"name": "inline", "document": self.document()})
            if self.chance(0.25) and "aws-service-role" not in entity["arn"]:
                entity["boundary"] = self.one(boundaries)
        for user in self.users:
            account = user["arn"].split(":")[4]
            user["groups"] = [f"arn:aws:iam::{account}:group/staff"] if self.chance(0.6) else []
        for role in self.roles:
            account = role["arn"].split(":")[4]
            role["trust"] = {"name": "trust", "document": self.trust(role["arn"], account)}
        resources = []
        for one in self.resources:
            arn, account = one["arn"], one["account"]
            made = {"arn": arn, "account": account, "tags": {"team": self.one(TEAMS)}}
            if one["kind"] == "key" or self.chance(0.75) and one["kind"] != "table":
                made["policy"] = {"name": "policy", "document": self.resource_policy(arn, account)}
            resources.append(made)
        made = {
            "keyaki": "estate",
            "version": 1,
            "documents": documents,
            "accounts": {
                account: {"principals": True, "resources": True} for account in self.accounts
            },
            "groups": self.groups,
            "users": self.users,
            "roles": self.roles,
            "resources": resources,
        }
        if self.in_organization:
            units = [
                {"id": "r-a1b2"},
                {"id": "ou-a1b2-work", "parent": "r-a1b2"},
                {"id": "ou-a1b2-prod", "parent": "ou-a1b2-work"},
            ]
            for unit in units:
                unit |= {"scps": self.scps(), "rcps": self.rcps()}
            members = {
                account: {"unit": unit, "scps": self.scps(), "rcps": self.rcps()}
                for account, unit in self.units.items()
            }
            made["organization"] = {
                "id": ORGANIZATION,
                "managementAccount": MANAGEMENT,
                "scps": True,
                "rcps": True,
                "units": units,
                "members": members,
            }
        return made

    def boundary(self):
        wide = {
            "Effect": "Allow",
            "Action": self.some(
                ["s3:*", "kms:*", "sqs:*", "sts:*", "lambda:*", "ec2:*", "dynamodb:*", "sns:*"],
                4,
                8,
            ),
            "Resource": "*",
        }
        return {"Version": "2012-10-17", "Statement": [wide, self.statement()]}


def provider(account):
    """An identity provider of an account."""
    return f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"


def requests_over(estate, seed):
    """Requests over an estate, without end."""
    draw = random.Random(seed)
    users, roles = estate.get("users", []), estate.get("roles", [])
    organization = estate.get("organization")
    targets = list(targets_of(estate))
    tags = {one["arn"]: one.get("tags") or {} for one in estate.get("resources", [])}
    while True:
        caller = draw.choice(
            ["user", "user", "role", "role", "role", "root", "service", "anonymous", "identity"]
        )
        entity = draw.choice(users if caller == "user" else roles)
        account = entity["arn"].split(":")[4]
        action, resource, owner = draw.choice(targets)
        if draw.random() < 0.5:
            # Half of the requests stay in one account.
            own = [one for one in targets if one[2] in (account, None)]
            action, resource, owner = draw.choice(own)
        owner = owner or account
        if caller == "identity":
            action, resource, owner = "sts:AssumeRoleWithWebIdentity", entity["arn"], account
        context = {
            "aws:SourceIp": draw.choice(ADDRESSES),
            "aws:RequestedRegion": draw.choice(REGIONS),
            "aws:SecureTransport": draw.choice(["true", "true", "true", "false"]),
            "aws:CurrentTime": "2026-11-29T06:00:00Z",
            "aws:ViaAWSService": "false",
            "aws:ResourceAccount": owner,
        }
        context |= of_organization(organization, owner, "Resource")
        name = entity["arn"].rsplit("/", 1)[1]
        if caller == "user":
            principal = entity["arn"]
            context |= {
                "aws:PrincipalArn": principal,
                "aws:PrincipalType": "User",
                "aws:username": name,
            }
            context |= {"aws:userid": entity["id"]} if entity.get("id") else {}
        elif caller == "role":
            session = draw.choice(["one", "two"])
            arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
            principal = {"arn": arn, "roleArn": entity["arn"]}
            context |= {"aws:PrincipalArn": entity["arn"], "aws:PrincipalType": "AssumedRole"}
            context |= {"aws:userid": f"{entity['id']}:{session}"} if entity.get("id") else {}
        elif caller == "root":
            principal = f"arn:aws:iam::{account}:root"
            context |= {
                "aws:PrincipalArn": principal,
                "aws:PrincipalType": "Account",
                "aws:userid": account,
            }
        elif caller == "service":
            principal = draw.choice(SERVICES)
            context |= {
                "aws:PrincipalIsAWSService": "true",
                "aws:PrincipalServiceName": principal,
                "aws:SourceAccount": account,
                "aws:SourceArn": f"arn:aws:{principal.split('.')[0]}:us-east-1:{account}:it",
            }
        elif caller == "identity":
            principal = provider(account)
        else:
            principal = "anonymous"
            context |= {"aws:PrincipalType": "Anonymous", "aws:PrincipalAccount": "anonymous"}
        if caller in ("user", "role", "root"):
            context |= {"aws:PrincipalAccount": account, "aws:PrincipalIsAWSService": "false"}
            context |= of_organization(organization, account, "Principal")
        if caller in ("user", "role"):
            context |= {
                f"aws:PrincipalTag/{key}": value
                for key, value in (entity.get("tags") or {}).items()
            }
            if draw.random() < 0.3:
                context |= {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "120"}
        context |= of_action(action, draw)
        if action.split(":")[0] in ("kms", "secretsmanager", "sqs"):
            context |= {
                f"aws:ResourceTag/{key}": value for key, value in tags.get(resource, {}).items()
            }
        if draw.random() < 0.2:
            del context[draw.choice(sorted(context))]
        yield {
            "principal": principal,
            "action": action,
            "resource": resource,
            "resourceAccount": owner,
            "context": context,
        }


def of_organization(organization, account, whose):
    """The keys of the organization that a request shows of an account."""
    if not organization or account not in organization["members"]:
        return {}
    parents = {unit["id"]: unit.get("parent") for unit in organization["units"]}
    unit, path = organization["members"][account]["unit"], []
    while unit:
        path.insert(0, unit)
        unit = parents[unit]
    full = "/".join([organization["id"], *path]) + "/"
    return {f"aws:{whose}OrgID": organization["id"], f"aws:{whose}OrgPaths": [full]}


def of_action(action, draw):
    """The keys that requests for one action show."""
    cases = {
        "s3:ListBucket": {"s3:prefix": ["", "blue/x", "ann/y"], "s3:max-keys": ["10", "1000"]},
        "s3:PutObject": {"s3:x-amz-server-side-encryption": ["aws:kms", "AES256"]},
        "kms:Decrypt": {
            "kms:ViaService": ["s3.us-east-1.amazonaws.com", "sqs.us-east-1.amazonaws.com"]
        },
        "sts:AssumeRole": {
            "sts:ExternalId": ["Example", "other"],
            "sts:RoleSessionName": ["ann", "one"],
        },
        "sts:TagSession": {
            "aws:RequestTag/team": TEAMS,
            "aws:TagKeys": [["team"], ["team", "stage"]],
        },
    }
    drawn = {key: draw.choice(values) for key, values in cases.get(action, {}).items()}
    return {key: value for key, value in drawn.items() if draw.random() < 0.7}


def targets_of(estate):
    """Actions with resources of the estate and their owners; `None` is the caller's account."""
    kinds = {
        "s3": "bucket",
        "kms": "key",
        "sqs": "queue",
        "secretsmanager": "secret",
        "sns": "topic",
        "dynamodb": "table",
        "lambda": "function",
    }
    for one in estate.get("resources", []):
        arn = one["arn"]
        kind = kinds.get(arn.split(":")[2])
        for end, actions in KINDS[kind][1].items() if kind else ():
            for action in actions:
                yield action, arn + end, one.get("account") or arn.split(":")[4]
    for role in estate.get("roles", []):
        account = role["arn"].split(":")[4]
        for action in ["sts:AssumeRole", "sts:AssumeRole", "sts:TagSession", "iam:GetRole"]:
            yield action, role["arn"], account
    for account in estate["accounts"]:
        for action, arn in BARE:
            if "{a}" in arn:
                yield action, arn.format(a=account), account
    for action, arn in BARE:
        if "{a}" not in arn:
            yield action, arn, None


def drawn(seed):
    """An estate."""
    return json.loads(json.dumps(Draw(seed).estate()))
