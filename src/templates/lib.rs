//! Policies in what makes infrastructure, as it is reviewed: templates of CloudFormation and plans of
//! Terraform. What is not known before something is made is a parameter of the policy
//! ([`keyaki_iam::parameter`]), never a guess.

mod compose;
pub mod terraform;

use keyaki_iam::finding::Finding;
use keyaki_iam::policy::Kind;
use keyaki_iam::source::{Source, Span};

pub use terraform::{Plan, plan};

/// What a file says.
#[derive(Debug, Default)]
pub struct Template {
    /// Its policies, in the order of the file.
    pub documents: Vec<Document>,
    /// What is attached by a reference: managed policies, those of the file too, and boundaries.
    /// The holders of a document of the file have it, too, where it is no boundary.
    pub attachments: Vec<Attachment>,
    /// What could not be read, each with its place; what could be is among the documents all the
    /// same. Warnings stand here, too.
    pub findings: Vec<Finding>,
}

/// A policy of a template or a plan.
#[derive(Debug, Clone)]
pub struct Document {
    /// What a claim names it by: the address of the resource, and, where that has several policies,
    /// which of them it is: `AppRole.AssumeRolePolicyDocument`, `aws_iam_policy.p.policy`.
    pub address: String,
    /// What it is attached to.
    pub kind: Kind,
    /// To whom or to what: the address of each, as often as the file says so. Empty where another
    /// file attaches it.
    pub holders: Vec<Holder>,
    /// Its text as JSON, with parameters for what is not known; its places are places of the file.
    pub source: Source,
    /// Where it stands in the file.
    pub span: Span,
}

/// A principal or a resource that has policies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// Its address in the file, or, for what the file does not make, its ARN or name as it is
    /// referred to.
    pub address: String,
    /// The type that the file gives it: `AWS::IAM::Role`, `aws_iam_role`.
    pub resource_type: String,
    /// Its ARN, with parameters for what is not known; `None` where nothing tells it.
    pub arn: Option<String>,
}

/// A policy that a principal has by a reference to it.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Who has it.
    pub holder: Holder,
    /// The address of the document where the file has it, otherwise its ARN, with parameters for
    /// what is not known.
    pub policy: String,
    /// Whether it is the permissions boundary.
    pub boundary: bool,
    /// The text in which the reference stands.
    pub source: Source,
    /// Where it stands there.
    pub span: Span,
}
