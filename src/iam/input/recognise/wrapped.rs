//! Output of AWS that wraps a policy document, and the way to the document in it.

use super::path::{find, is_document};
use crate::json::{JsonData, JsonValue};
use crate::policy::Kind;
use crate::source::Span;

/// A form of output.
struct Form {
    /// What it is, with its article.
    what: &'static str,
    /// Members that it has besides the document, so that it is not taken for another one.
    signs: &'static [&'static str],
    /// The way to the document: names between dots.
    document: &'static str,
    kind: Told,
}

/// What the output tells of the kind of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Kind(Kind),
    /// The text there tells it; a policy of any other type is not written in the language of IAM.
    Type(&'static str),
    Nothing,
}

/// The forms; the first that fits counts.
const FORMS: &[Form] = &[
    Form {
        what: "the output of `aws iam get-policy-version`",
        signs: &[],
        document: "PolicyVersion.Document",
        kind: Told::Kind(Kind::Identity),
    },
    Form {
        what: "the output of `aws iam get-role-policy`",
        signs: &["RoleName", "PolicyName"],
        document: "PolicyDocument",
        kind: Told::Kind(Kind::Identity),
    },
    Form {
        what: "the output of `aws iam get-user-policy`",
        signs: &["UserName", "PolicyName"],
        document: "PolicyDocument",
        kind: Told::Kind(Kind::Identity),
    },
    Form {
        what: "the output of `aws iam get-group-policy`",
        signs: &["GroupName", "PolicyName"],
        document: "PolicyDocument",
        kind: Told::Kind(Kind::Identity),
    },
    Form {
        what: "the output of `aws iam get-role`",
        signs: &[],
        document: "Role.AssumeRolePolicyDocument",
        kind: Told::Kind(Kind::Trust),
    },
    Form {
        what: "the output of `aws organizations describe-policy`",
        signs: &[],
        document: "Policy.Content",
        kind: Told::Type("Policy.PolicySummary.Type"),
    },
    Form {
        what: "the output of `aws ecr get-repository-policy`",
        signs: &[],
        document: "policyText",
        kind: Told::Kind(Kind::Resource),
    },
    Form {
        what: "the output of `aws secretsmanager get-resource-policy`",
        signs: &[],
        document: "ResourcePolicy",
        kind: Told::Kind(Kind::Resource),
    },
    Form {
        what: "the output of `aws glue get-resource-policy`",
        signs: &[],
        document: "PolicyInJson",
        kind: Told::Kind(Kind::Resource),
    },
    Form {
        what: "the output of `aws sns get-topic-attributes`",
        signs: &["Attributes.TopicArn"],
        document: "Attributes.Policy",
        kind: Told::Kind(Kind::Resource),
    },
    Form {
        what: "output like that of `aws sqs get-queue-attributes`",
        signs: &[],
        document: "Attributes.Policy",
        kind: Told::Kind(Kind::Resource),
    },
    Form {
        what: "the output of `aws sso-admin get-inline-policy-for-permission-set`",
        signs: &[],
        document: "InlinePolicy",
        kind: Told::Kind(Kind::Identity),
    },
    Form {
        what: "the output of `aws kms get-key-policy`",
        signs: &["PolicyName"],
        document: "Policy",
        kind: Told::Kind(Kind::Resource),
    },
    Form {
        what: "the output of `aws lambda get-policy`",
        signs: &["RevisionId"],
        document: "Policy",
        kind: Told::Kind(Kind::Resource),
    },
    Form {
        what: "output like that of `aws s3api get-bucket-policy`",
        signs: &[],
        document: "Policy",
        kind: Told::Kind(Kind::Resource),
    },
    Form {
        what: "the `PolicyVersion` of `aws iam get-policy-version`",
        signs: &["VersionId"],
        document: "Document",
        kind: Told::Kind(Kind::Identity),
    },
    Form {
        what: "the `Policy` of `aws organizations describe-policy`",
        signs: &[],
        document: "Content",
        kind: Told::Type("PolicySummary.Type"),
    },
    Form {
        what: "an object around it",
        signs: &[],
        document: "PolicyDocument",
        kind: Told::Nothing,
    },
    Form {
        what: "an object around it",
        signs: &[],
        document: "AssumeRolePolicyDocument",
        kind: Told::Kind(Kind::Trust),
    },
];

/// A document inside an output.
pub(super) struct Inner<'v> {
    pub value: &'v JsonValue,
    /// The member that holds it, or the value itself.
    pub place: Span,
    /// The way to it.
    pub route: &'static str,
    /// What is around it.
    pub what: &'static str,
    pub kind: Option<Kind>,
}

/// The document inside a value that is one of the outputs, or a JSON string.
pub(super) fn recognise(value: &JsonValue) -> Option<Inner<'_>> {
    if let (JsonData::String(_), true) = (&value.data, is_document(value)) {
        let what = "a JSON string";
        return Some(Inner { value, place: value.span, route: "", what, kind: None });
    }
    FORMS.iter().find_map(|form| {
        let (place, inner) = find(value, form.document).filter(|(_, inner)| is_document(inner))?;
        form.signs.iter().try_for_each(|sign| find(value, sign).map(|_| ()))?;
        let kind = match form.kind {
            Told::Kind(kind) => Some(kind),
            Told::Nothing => None,
            Told::Type(way) => match find(value, way).map(|(_, text)| text.as_str()) {
                None => None,
                Some(Some("SERVICE_CONTROL_POLICY")) => Some(Kind::Scp),
                Some(Some("RESOURCE_CONTROL_POLICY")) => Some(Kind::Rcp),
                Some(_) => return None,
            },
        };
        Some(Inner { value: inner, place, route: form.document, what: form.what, kind })
    })
}
