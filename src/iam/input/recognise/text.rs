//! Texts that are not JSON: the forms that people have at hand, and what to do with each.

use super::Found;
use crate::finding::codes;
use crate::source::Span;

/// A form of text.
pub(super) struct Form {
    code: &'static str,
    pub(super) message: &'static str,
    /// What the text begins with, blanks apart: one of these,
    pub(super) begins: &'static [&'static str],
    /// or what a line begins with, without a blank before it.
    pub(super) lines: &'static [&'static str],
    /// What stands anywhere in the text, too: one of these, if there are any.
    also: &'static [&'static str],
    help: &'static str,
}

const NOT_JSON: &str = "only JSON is read: convert it, with `yq -o=json FILE > NEW` for instance";

/// The forms; the first that fits counts.
pub(super) const FORMS: &[Form] = &[
    Form {
        code: codes::NOT_UTF8,
        message: "the file is UTF-16 text",
        begins: &["{\0", "\0{", "[\0", "\0[", "\"\0", "\0\""],
        lines: &[],
        also: &[],
        help: "save it as UTF-8, with `iconv -f UTF-16LE -t UTF-8 FILE > NEW` for instance",
    },
    Form {
        code: codes::MERGE_CONFLICT,
        message: "the file has a merge conflict",
        begins: &[],
        lines: &["<<<<<<< "],
        also: &["\n>>>>>>> "],
        help: "resolve the conflict: keep one side, and remove the three lines that mark it",
    },
    Form {
        code: codes::MARKUP,
        message: "this is HTML or XML, not a policy document",
        begins: &["<"],
        lines: &[],
        also: &[],
        help: "save the policy itself: a download from a web page often saves the page, or its error message, in place of the file",
    },
    Form {
        code: codes::TERRAFORM_SOURCE,
        message: "this is Terraform configuration, not a policy document",
        begins: &[],
        lines: &[
            "resource \"",
            "data \"",
            "module \"",
            "variable \"",
            "provider \"",
            "output \"",
            "terraform {",
            "locals {",
        ],
        also: &[],
        help: "write the plan as JSON, with `terraform plan -out PLAN && terraform show -json PLAN > plan.json`, and take the policy document out of it",
    },
    Form {
        code: codes::CLOUDFORMATION_TEMPLATE,
        message: "this is a CloudFormation template, not a policy document",
        begins: &[],
        lines: &["AWSTemplateFormatVersion:", "\"AWSTemplateFormatVersion\":", "Transform: AWS::"],
        also: &[],
        help: CLOUDFORMATION,
    },
    Form {
        code: codes::CLOUDFORMATION_TEMPLATE,
        message: "this is a CloudFormation template, not a policy document",
        begins: &[],
        lines: &["Resources:"],
        also: &["AWS::"],
        help: CLOUDFORMATION,
    },
    Form {
        code: codes::CLAIMS_FILE,
        message: "this is a file of claims, not a policy document",
        begins: &[],
        lines: &["[[claim]]"],
        also: &[],
        help: "`keyaki check FILE` checks claims",
    },
    Form {
        code: codes::ACCOUNT_DUMP,
        message: "this is the output of `aws iam get-account-authorization-details` as YAML, not a policy document",
        begins: &[],
        lines: &["UserDetailList:", "RoleDetailList:", "GroupDetailList:"],
        also: &[],
        help: "have it printed as JSON with `--output json`, and take the policy document out",
    },
    Form {
        code: codes::YAML,
        message: "this looks like YAML, not JSON",
        begins: &["---", "%YAML"],
        lines: &[
            "Version:",
            "\"Version\":",
            "'Version':",
            "Statement:",
            "\"Statement\":",
            "'Statement':",
            "- Effect:",
            "- Sid:",
            "Effect:",
            "PolicyVersion:",
            "PolicyDocument:",
            "Policy:",
            "Role:",
            "AssumeRolePolicyDocument:",
            "identity:",
            "policies:",
        ],
        also: &[],
        help: NOT_JSON,
    },
    Form {
        code: codes::ONLY_AN_ARN,
        message: "this is an ARN, not a policy document",
        begins: &["arn:"],
        lines: &[],
        also: &[],
        help: "`aws iam get-policy --policy-arn ARN` tells the default version of a managed policy, and `aws iam get-policy-version` prints its document",
    },
    Form {
        code: codes::ERROR_TEXT,
        message: "this is an error message of the AWS CLI, not a policy document",
        begins: &[
            "An error occurred (",
            "aws: error",
            "usage: aws",
            "Unable to locate credentials",
        ],
        lines: &[],
        also: &[],
        help: "run the command again, and look at its exit code",
    },
    Form {
        code: codes::LFS_POINTER,
        message: "this is a pointer of Git LFS, not the file itself",
        begins: &["version https://git-lfs"],
        lines: &[],
        also: &[],
        help: "`git lfs pull` fetches the file",
    },
];

const CLOUDFORMATION: &str = "it is not read as one: no resource has a type of AWS, such as `AWS::IAM::Role`, or it is no sound JSON or YAML; mend it, or write the value of `PolicyDocument` as JSON into a file, with values in the place of functions such as `!Sub`";

/// What a text is that is not JSON.
pub(super) fn recognise(text: &str) -> Option<Found> {
    let start = text.len() - text.trim_start().len();
    let known = FORMS.iter().find_map(|form| {
        let at = if form.begins.iter().any(|begin| text.trim_start().starts_with(begin)) {
            start
        } else {
            line(text, form.lines)?
        };
        let also = form.also.is_empty() || form.also.iter().any(|also| text.contains(also));
        also.then(|| found(form.code, form.message, form.help, text, at))
    });
    known.or_else(|| {
        let yaml = FORMS.iter().find(|form| form.code == codes::YAML)?;
        Some(found(yaml.code, yaml.message, yaml.help, text, key(text)?))
    })
}

fn found(code: &'static str, message: &str, help: &str, text: &str, at: usize) -> Found {
    let span = Span { start: at, end: end_of_line(text, at) };
    Found { code, message: message.to_owned(), span, help: help.to_owned() }
}

/// Where the first line that is not a comment begins, if it begins with a name and a colon, as a
/// member does in YAML.
fn key(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() && !line.starts_with('#') {
            let (name, rest) = line.trim_end().split_once(':')?;
            let named = name.chars().next()?.is_ascii_alphabetic()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
            return (named && (rest.is_empty() || rest.starts_with(' '))).then_some(at);
        }
        at += line.len();
    }
    None
}

/// Where the first line begins that begins so.
fn line(text: &str, begins: &[&str]) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if begins.iter().any(|begin| line.starts_with(begin)) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

fn end_of_line(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.lines().next().unwrap_or_default().trim_end().len()
}

/// An empty text.
pub(super) fn empty(text: &str) -> Option<Found> {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty().then(|| Found {
        code: codes::EMPTY_FILE,
        message: "the file is empty".to_owned(),
        span: Span::default(),
        help: "a policy document is a JSON object; a command that fails leaves an empty file behind `> FILE`".to_owned(),
    })
}

/// A JSON value on each line; `first` is the place of the first value.
pub(super) fn lines(text: &str, first: Span) -> Option<Found> {
    let (before, rest) = (text.get(first.start..first.end)?, text.get(first.end..)?);
    let next = rest.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n')?.trim_start();
    (!before.contains('\n') && next.starts_with('{')).then(|| Found {
        code: codes::JSON_LINES,
        message: "this is a JSON object a line, not a policy document".to_owned(),
        span: Span { start: text.len() - next.len(), end: end_of_line(text, text.len() - next.len()) },
        help: "give each policy as a file of its own; `keyaki matrix` reads lines `{\"id\", \"policy\"}` from `.jsonl` files, and `eval`, `can` and `compare` read questions with `--batch FILE`".to_owned(),
    })
}
