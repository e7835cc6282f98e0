"""Rules of AWS that iam-simulate does not have, each with its source.

A rule rewrites what iam-simulate was asked, so that a policy says what the rule says. A difference
is explained when iam-simulate, asked again, agrees: so a rule explains no other difference.
"""

import copy
import re

# An ARN and a text that no request has.
NOBODY = "arn:aws:iam::000000000000:user/nobody"
VARIABLE = re.compile(r"\$\{([^}]*)\}")


def statements(policy):
    found = policy["Statement"]
    return found if isinstance(found, list) else [found]


def root_assumes_no_role(asked):
    """A root user cannot assume roles, whatever the trust policy says, nor pass tags in doing so.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    request = asked["request"]
    if is_root(request) and request["action"] in ("sts:AssumeRole", "sts:TagSession"):
        asked["identityPolicies"] = []
        asked.pop("resourcePolicy", None)


def root_and_its_bucket_policy(asked):
    """The policy of a bucket does not deny its owner's root user what is done with that policy.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
    """
    request, policy = asked["request"], asked.get("resourcePolicy")
    if (
        policy
        and is_root(request)
        and request["action"].endswith("BucketPolicy")
        and account_of(request) == request["resource"]["accountId"]
    ):
        policy["Statement"] = [one for one in statements(policy) if one["Effect"] == "Allow"]


def variable_without_value(asked):
    """Under a negated operator a variable without a value hinders nothing.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    present = {key.lower() for key in asked["request"]["contextVariables"]}
    for policy in policies(asked):
        for statement in statements(policy):
            for operator, pairs in statement.get("Condition", {}).items():
                if "Not" in operator:
                    for key, values in pairs.items():
                        values = values if isinstance(values, list) else [values]
                        pairs[key] = [one if has_values(one, present) else NOBODY for one in values]


def any_value_if_exists(asked):
    """`IfExists` is true of an absent key after `ForAnyValue`, too.

    IAM User Guide, reference_policies_elements_condition_operators.html, "IfExists"
    """
    present = {key.lower() for key in asked["request"]["contextVariables"]}
    for policy in policies(asked):
        for statement in statements(policy):
            for operator, pairs in statement.get("Condition", {}).items():
                if operator.startswith("ForAnyValue:") and operator.endswith("IfExists"):
                    statement["Condition"][operator] = {
                        key: values for key, values in pairs.items() if key.lower() in present
                    }
            if "Condition" in statement:
                statement["Condition"] = {
                    one: pairs for one, pairs in statement["Condition"].items() if pairs
                }


def has_values(text, present):
    return all(key.lower() in present for key in VARIABLE.findall(text))


def is_root(request):
    return isinstance(request["principal"], str) and request["principal"].endswith(":root")


def account_of(request):
    return request["principal"].split(":")[4]


def policies(asked):
    """Every policy that was given."""
    yield from (one["policy"] for one in asked["identityPolicies"])
    yield from (one["policy"] for one in asked.get("permissionBoundaryPolicies", []))
    for which in ("serviceControlPolicies", "resourceControlPolicies"):
        yield from (one["policy"] for level in asked[which] for one in level["policies"])
    if "resourcePolicy" in asked:
        yield asked["resourcePolicy"]


RULES = [
    root_assumes_no_role,
    root_and_its_bucket_policy,
    variable_without_value,
    any_value_if_exists,
]


def rewritten(asked):
    """What to ask instead, with the rules that changed something: each alone, then all."""
    alone = []
    for rule in RULES:
        changed = copy.deepcopy(asked)
        rule(changed)
        if changed != asked:
            alone.append((rule.__name__, changed))
    if len(alone) > 1:
        changed = copy.deepcopy(asked)
        for rule in RULES:
            rule(changed)
        alone.append((" and ".join(name for name, _ in alone), changed))
    return alone
