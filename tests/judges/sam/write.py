"""Writes a template of SAM with every policy template, a function each, and what SAM makes of it.

    python write.py BASE.json HEAD.json

The trust policies and the events of functions are not what is judged, so the functions have none.
"""

import json
import os
import sys
from importlib.resources import files

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

TEMPLATES = json.loads(
    files("samtranslator").joinpath("policy_templates_data/policy_templates.json").read_text()
)["Templates"]


def value(name):
    """A text for a parameter, with what CloudFormation knows only later in it."""
    arn = "arn:aws:some:::" if name.endswith("Arn") else ""
    return {"Fn::Sub": f"{arn}value-of-{name}-in-${{AWS::Region}}"}


def function(name, template):
    policy = {name: {parameter: value(parameter) for parameter in template["Parameters"]}}
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "h.h",
            "CodeUri": "s3://bucket/key",
            "Policies": [policy],
        },
    }


def main():
    base, head = sys.argv[1:]
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    resources = {name.replace("_", ""): function(name, TEMPLATES[name]) for name in TEMPLATES}
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}
    with open(base, "w") as file:
        json.dump(template, file, indent=1)
    made = Translator({}, Parser()).translate(template, {}, {})
    for resource in made["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            # What SAM attaches to every role is not of the policy template.
            del resource["Properties"]["ManagedPolicyArns"]
    with open(head, "w") as file:
        json.dump(made, file, indent=1)
    print(len(resources))


main()
