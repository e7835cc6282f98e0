//! JSON that is not a policy document: the forms that people have at hand, and what to do with
//! each.

use super::Found;
use super::path::{Step, find, first_document, is_plain, jq};
use crate::finding::codes;
use crate::json::JsonValue;
use crate::source::Span;

/// A form of JSON.
pub(super) struct Form {
    code: &'static str,
    /// What it is, with its article.
    what: &'static str,
    /// How it is known: by all signs of one of these lists.
    pub(super) signs: &'static [&'static [&'static str]],
    /// What to do. `{WAY|WORD}` is the text that the way leads to, or else the word, and `FILE`
    /// stands for the file.
    help: &'static str,
}

/// What is said of forms that hold policy documents.
const TAKE_OUT: &str = "take the policy document out";

/// The forms; the first that fits counts.
pub(super) const FORMS: &[Form] = &[
    Form {
        code: codes::TERRAFORM_PLAN,
        what: "a Terraform plan",
        signs: &[&["format_version", "planned_values"], &["format_version", "resource_changes"]],
        help: TAKE_OUT,
    },
    Form {
        code: codes::TERRAFORM_PLAN,
        what: "the log of `terraform plan -json`",
        signs: &[&["@level", "@message"]],
        help: "`terraform show -json PLAN` prints the plan itself; take the policy document out of it",
    },
    Form {
        code: codes::TERRAFORM_STATE,
        what: "a Terraform state",
        signs: &[
            &["terraform_version", "resources"],
            &["format_version", "values"],
            &["lineage", "serial"],
        ],
        help: TAKE_OUT,
    },
    Form {
        code: codes::TERRAFORM_SOURCE,
        what: "Terraform configuration in JSON",
        signs: &[&["resource.aws_*"], &["data.aws_iam_policy_document"]],
        help: TAKE_OUT,
    },
    Form {
        code: codes::CLOUDFORMATION_TEMPLATE,
        what: "a CloudFormation template",
        signs: &[&["AWSTemplateFormatVersion"], &["Resources.*.Type=AWS::"], &["TemplateBody"]],
        help: "take the policy document out, and put values in the place of functions such as `Fn::Sub`",
    },
    Form {
        code: codes::CDK_OUTPUT,
        what: "a manifest of `cdk synth`",
        signs: &[&["artifacts", "version"], &["tree.id"], &["files", "dockerImages"]],
        help: "the templates are the files `*.template.json` beside it; take the policy document out of one",
    },
    Form {
        code: codes::ACCOUNT_DUMP,
        what: "the output of `aws iam get-account-authorization-details`",
        signs: &[
            &["UserDetailList"],
            &["RoleDetailList"],
            &["GroupDetailList"],
            &["Policies.[].PolicyVersionList"],
        ],
        help: "`jq '.Policies[] | select(.PolicyName == \"NAME\").PolicyVersionList[] | select(.IsDefaultVersion).Document' FILE > NEW` takes a managed policy out",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "the output of `aws iam get-policy`, which has no policy document",
        signs: &[&["Policy.DefaultVersionId"]],
        help: "`aws iam get-policy-version --policy-arn {Policy.Arn|ARN} --version-id {Policy.DefaultVersionId|VERSION}` prints it",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "the output of `aws iam list-policies`, which has no policy documents",
        signs: &[&["Policies.[].DefaultVersionId"]],
        help: "`aws iam get-policy-version --policy-arn {Policies.[].Arn|ARN} --version-id {Policies.[].DefaultVersionId|VERSION}` prints one",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "the output of `aws iam list-policy-versions`, which has no policy documents",
        signs: &[&["Versions.[].IsDefaultVersion"]],
        help: "`aws iam get-policy-version --policy-arn ARN --version-id {Versions.[].VersionId|VERSION}` prints one",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "the output of `aws organizations list-policies`, which has no policy documents",
        signs: &[&["Policies.[].AwsManaged"]],
        help: "`aws organizations describe-policy --policy-id {Policies.[].Id|ID}` prints one",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "a list of attached policies, which has no policy documents",
        signs: &[&["AttachedPolicies"]],
        help: "`aws iam get-policy --policy-arn {AttachedPolicies.[].PolicyArn|ARN}` tells the default version, and `aws iam get-policy-version` prints its document",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "a list of the names of policies, which has no policy documents",
        signs: &[&["PolicyNames"]],
        help: "`aws iam get-role-policy --role-name ROLE --policy-name {PolicyNames.[]|NAME}` prints one; `get-user-policy` and `get-group-policy` likewise",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "a list of roles",
        signs: &[&["Roles.[].RoleId"]],
        help: "take the trust policy of one out, and give it with `--resource-policy FILE`",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "a description of users, which has no policy documents",
        signs: &[&["User.UserId"], &["Users.[].UserId"]],
        help: "`aws iam list-user-policies` and `aws iam list-attached-user-policies` tell which policies a user has",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "the output of `aws ec2 describe-vpc-endpoints`",
        signs: &[&["VpcEndpoints"]],
        help: "take the policy of one out, and give it with `--endpoint FILE`",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "an effective policy of an organization, which is not written in the language of IAM policies",
        signs: &[&["EffectivePolicy"]],
        help: "`keyaki guardrails FILE POLICY...` reads the effective policy of the type `BEDROCK_POLICY`",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "a declarative policy of an organization, which is not written in the language of IAM policies",
        signs: &[&["Policy.PolicySummary", "Policy.Content"]],
        help: "of the policies of an organization, those of the types `SERVICE_CONTROL_POLICY` and `RESOURCE_CONTROL_POLICY` are read",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "the attributes of a queue or a topic without its policy",
        signs: &[&["Attributes.QueueArn"], &["Attributes.TopicArn"]],
        help: "without a policy, leave the file out; `aws sqs get-queue-attributes --attribute-names Policy` prints the policy of a queue",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "an answer of the policy simulator",
        signs: &[&["EvaluationResults"]],
        help: "give the policy that it was asked about",
    },
    Form {
        code: codes::AWS_OUTPUT,
        what: "a list of findings of IAM Access Analyzer",
        signs: &[&["findings.[].findingType"]],
        help: "give the policy that the findings are about",
    },
    Form {
        code: codes::ESTATE_FILE,
        what: "an estate",
        signs: &[&["keyaki=estate"]],
        help: "`keyaki import FILE --report` says what it has; questions about one principal take policies",
    },
    Form {
        code: codes::ESTATE_FILE,
        what: "a description of a resource, as iam-collect writes it",
        signs: &[&["arn=arn:", "name"], &["arn=arn:", "id"], &["arn=arn:", "created"]],
        help: "the policies are files beside it, such as `policy.json`, `current-policy.json` or `trust-policy.json`; give one of these",
    },
    Form {
        code: codes::ESTATE_FILE,
        what: "a description of an organization, as iam-collect writes it",
        signs: &[&["rootOu"], &["*.ou", "*.scps"], &["*.scps", "*.rcps"]],
        help: "the policies are files `policy.json` in the folders `scps` and `rcps` beside it; give one of these",
    },
    Form {
        code: codes::ESTATE_FILE,
        what: "a list of ARNs, which has no policy documents",
        signs: &[&["[]=arn:"]],
        help: "`aws iam get-policy --policy-arn {[]|ARN}` tells the default version, and `aws iam get-policy-version` prints its document",
    },
    Form {
        code: codes::LIST_OF_POLICIES,
        what: "a list of policy documents",
        signs: &[&["[].Statement"]],
        help: "`jq '{identity: .}' FILE > NEW` makes a set of identity-based policies of it, which is one file",
    },
    Form {
        code: codes::LIST_OF_POLICIES,
        what: "a list of policies with their names",
        signs: &[&["[].PolicyDocument"]],
        help: "`jq '{identity: map(.PolicyDocument)}' FILE > NEW` makes a set of identity-based policies of it, which is one file",
    },
    Form {
        code: codes::LONE_STATEMENT,
        what: "a list of statements without the document around it",
        signs: &[&["[].Effect"]],
        help: "`jq '{Version: \"2012-10-17\", Statement: .}' FILE > NEW` makes a policy document of it",
    },
    Form {
        code: codes::LONE_STATEMENT,
        what: "a statement without the document around it",
        signs: &[&["Effect"]],
        help: "`jq '{Version: \"2012-10-17\", Statement: [del(.Version, .Id)]}' FILE > NEW` makes a policy document of it",
    },
    Form {
        code: codes::REQUEST_FILE,
        what: "a request",
        signs: &[&["principal", "action"], &["action", "resource", "context"]],
        help: "`keyaki eval POLICY --request FILE` asks what it gets",
    },
    Form {
        code: codes::REQUEST_FILE,
        what: "the shape of a request",
        signs: &[&["Action"], &["NotAction"]],
        help: "`keyaki can POLICY --statement @FILE` asks about it",
    },
    Form {
        code: codes::BATCH_LINE,
        what: "a line of a batch",
        signs: &[&["policies", "request"], &["policies", "statement"], &["old", "new"]],
        help: "the commands `eval`, `can` and `compare` read such lines with `--batch FILE`",
    },
    Form {
        code: codes::BATCH_LINE,
        what: "a line of a library",
        signs: &[&["id", "policy"]],
        help: "`keyaki matrix` reads such lines from files whose names end in `.jsonl`",
    },
    Form {
        code: codes::ANSWER_FILE,
        what: "an answer of Keyaki",
        signs: &[&["schema", "answer"], &["schema", "relation"], &["schema", "decision"]],
        help: "give the policy that the answer is about",
    },
];

/// What a value is, where it is something else than a policy document; `file` is its name.
pub(super) fn recognise(value: &JsonValue, file: &str) -> Option<Found> {
    FORMS.iter().find_map(|form| {
        let span = form.signs.iter().find_map(|signs| {
            let places = signs.iter().map(|sign| find(value, sign).map(|(place, _)| place));
            places.collect::<Option<Vec<Span>>>()?.first().copied()
        })?;
        Some(Found {
            code: form.code,
            message: format!("this is {}, not a policy document", form.what),
            span,
            help: help(form.help, value, file),
        })
    })
}

/// A value that is of no known form and holds a policy document.
pub(super) fn holder(value: &JsonValue, file: &str) -> Option<Found> {
    let (way, _) = first_document(value)?;
    let [Step::Member(_) | Step::Index(_), ..] = way.as_slice() else { return None };
    Some(Found {
        code: codes::DOCUMENT_INSIDE,
        message: "this is not a policy document, but one stands inside it".to_owned(),
        span: value.span,
        help: help(TAKE_OUT, value, file),
    })
}

/// A help with its places filled, and, where a document is inside, how to take it out.
fn help(text: &str, value: &JsonValue, file: &str) -> String {
    let file = if is_word(file) { file } else { "FILE" };
    let mut parts = text.split('{');
    let mut help = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            Some((place, rest)) if place.contains('|') => {
                let (way, word) = place.split_once('|').unwrap_or_default();
                let found = find(value, way).and_then(|(_, found)| found.as_str());
                help.push_str(found.filter(|text| is_word(text)).unwrap_or(word));
                help.push_str(rest);
            }
            _ => {
                help.push('{');
                help.push_str(part);
            }
        }
    }
    // Not the file itself, which the shell would empty before it is read.
    let new =
        if file.ends_with("extracted.json") { "extracted-again.json" } else { "extracted.json" };
    let help = help
        .replace("FILE > NEW", &format!("{file} > {new}"))
        .replace("@FILE", &format!("@{file}"));
    let way = first_document(value).filter(|(way, _)| !way.is_empty());
    match way.and_then(|(way, in_text)| Some((jq(&way)?, in_text))) {
        Some((way, in_text)) => {
            let raw = if in_text { "-r " } else { "" };
            format!("{help}; for example `jq {raw}'{way}' {file} > {new}`")
        }
        None => help,
    }
}

/// Whether a text is one word of a command line.
fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('-') && text.chars().all(|c| is_plain(c) && c != ' ')
}
