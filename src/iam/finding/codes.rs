//! The names of all findings about JSON and policy documents.

macro_rules! codes {
    ($(#[$about:meta])* $list:ident; $($constant:ident $name:literal $meaning:literal;)*) => {
        $(#[doc = $meaning] pub const $constant: &str = $name;)*

        $(#[$about])*
        pub const $list: &[Code] = &[$(Code { code: $name, meaning: $meaning },)*];
    };
}

/// A code of a finding with its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The code: [`Finding::rule`](super::Finding::rule).
    pub code: &'static str,
    /// Its meaning, in one line.
    pub meaning: &'static str,
}

codes! {
    /// Every code of JSON and of policies with its meaning in one line, in the order of the
    /// reading. Codes are stable: they are never renamed or reused.
    CODES;
    // The text.
    NOT_UTF8 "not-utf8" "the file is not UTF-8 text";
    BYTE_ORDER_MARK "byte-order-mark" "the text begins with a byte order mark, which JSON does not allow";
    DOCUMENT_TOO_LARGE "document-too-large" "the document is longer than the limit";
    POLICY_SIZE "policy-size" "the document is longer than AWS's quota for its kind";
    MORE_FINDINGS "more-findings" "the document has more findings than are listed";
    // JSON.
    SYNTAX "syntax" "the text is not JSON";
    TRUNCATED "truncated" "the text ends before the JSON value does";
    TRAILING_TEXT "trailing-text" "something follows the JSON value";
    TRAILING_COMMA "trailing-comma" "a comma stands before a closing bracket";
    MISSING_COMMA "missing-comma" "two members or values stand side by side without a comma";
    COMMENT "comment" "JSON has no comments";
    WHITE_SPACE "white-space" "a character that is not JSON white space separates values, for example a no-break space";
    LINE_BREAK "line-break-in-string" "a string contains a raw line break";
    CONTROL_CHARACTER "control-character" "a string contains a raw control character";
    ESCAPE "invalid-escape" "a string contains an escape sequence that JSON does not know";
    LONE_SURROGATE "lone-surrogate" "a string contains half of a surrogate pair";
    NESTED_TOO_DEEPLY "nested-too-deeply" "lists and objects are nested more deeply than the limit";
    // Any element.
    WRONG_TYPE "wrong-type" "a value has the wrong JSON type";
    NULL_VALUE "null-value" "`null` is never a value in a policy";
    CHARACTER "character-not-allowed" "IAM does not accept this character in a policy document";
    TEXT_TOO_LONG "text-too-long" "a text is longer than the limit";
    DUPLICATE_MEMBER "duplicate-member" "an object has the same member twice";
    LEGACY_DUPLICATE "legacy-duplicate" "a duplicate member was read as IAM reads it in old documents";
    UNKNOWN_ELEMENT "unknown-element" "the policy language has no such element";
    FORBIDDEN_ELEMENT "forbidden-element" "this kind of policy must not have the element";
    MISSING_ELEMENT "missing-element" "a required element is missing";
    EXCLUSIVE_ELEMENTS "exclusive-elements" "an element and its negation stand in one statement";
    EMPTY_LIST "empty-list" "an empty list matches nothing";
    // Version, Id, Sid, Effect.
    INVALID_VERSION "invalid-version" "the version is neither `2012-10-17` nor `2008-10-17`";
    RCP_VERSION "rcp-version" "a resource control policy needs version `2012-10-17`";
    INVALID_SID "invalid-sid" "the statement id has characters other than letters and digits";
    DUPLICATE_SID "duplicate-sid" "two statements have the same id";
    INVALID_EFFECT "invalid-effect" "the effect is neither `Allow` nor `Deny`";
    RCP_EFFECT "rcp-effect" "a resource control policy can only deny";
    TOO_MANY_STATEMENTS "too-many-statements" "the document has more statements than the limit";
    // Principal.
    INVALID_PRINCIPAL "invalid-principal" "the text names no principal";
    PRINCIPAL_WILDCARD "principal-wildcard" "a wildcard stands inside the name of a principal";
    UNKNOWN_PRINCIPAL_TYPE "unknown-principal-type" "the principal element has no such member";
    RCP_PRINCIPAL "rcp-principal" "the principal of a resource control policy is not exactly `*`";
    TRUST_EVERYONE "trust-everyone" "a trust policy names everyone as principal";
    NOT_PRINCIPAL_ALLOW "not-principal-allow" "`NotPrincipal` in an Allow, which AWS does not support";
    NOT_PRINCIPAL_LEVELS "not-principal-levels" "a Deny with `NotPrincipal` lists a caller without its role or its account";
    // Action.
    INVALID_ACTION "invalid-action" "the text is neither `*` nor `prefix:name`";
    ACTION_PREFIX_WILDCARD "action-prefix-wildcard" "a wildcard stands in the service prefix of an action";
    UNMATCHABLE_ACTION "unmatchable-action" "the action name is empty or has white space, so it matches nothing";
    RCP_SERVICE "rcp-service" "a resource control policy names a service that such policies do not cover";
    RCP_ACTION "rcp-action" "an action of a resource control policy has no service prefix";
    // Resource.
    INVALID_RESOURCE "invalid-resource" "the text is neither `*` nor an ARN";
    SHORT_ARN "short-arn" "an ARN has fewer than six fields";
    ARN_WILDCARD "arn-wildcard" "a wildcard stands in the service or the resource type of an ARN";
    EARLY_VARIABLE "early-variable" "a variable stands before the fifth colon of an ARN";
    TOO_MANY_WILDCARDS "too-many-wildcards" "a pattern has more wildcards than the limit";
    // Variables.
    INVALID_VARIABLE "invalid-variable" "a policy variable is malformed";
    UNKNOWN_VARIABLE "unknown-variable" "the name in a policy variable has no prefix, so it is not a condition key";
    VARIABLE_WITHOUT_VERSION "variable-without-version" "`${` is plain text under this version of the policy language";
    PLACEHOLDER "placeholder" "a text is taken for a place-holder, and any value of its form is considered";
    PLACEHOLDER_CLASH "placeholder-clash" "place-holders of one document cannot each have one value";
    // Condition.
    UNKNOWN_OPERATOR "unknown-operator" "the policy language has no such condition operator";
    OPERATOR_CASE "operator-case" "a condition operator is not spelled in its canonical case";
    NULL_IF_EXISTS "null-if-exists" "`Null` takes no `IfExists`";
    INVALID_CONDITION_KEY "invalid-condition-key" "the text is not a condition key";
    DUPLICATE_CONDITION_KEY "duplicate-condition-key" "a condition operator has the same key twice";
    INVALID_VALUE "invalid-value" "the operator cannot read this value";
    SHORT_ARN_VALUE "short-arn-value" "an ARN operator compares with fewer than six fields, which match nothing";
}

codes! {
    /// The same of what is read besides policies, sets of policies, shapes, the lines of a batch and
    /// the project's file, and of files that are something else.
    OTHER_CODES;
    SEVERAL_POLICIES "several-policies" "a list of policies stands where there can be one";
    UNKNOWN_LAYER "unknown-layer" "a set of policies has no such layer";
    NO_SUCH_ACTION "no-such-action" "a question names an action that the service catalogue does not know";
    NO_SUCH_SERVICE "no-such-service" "a question names a service that the service catalogue does not know";
    NO_SUCH_KEY "no-such-key" "a question names a condition key that nobody knows";
    NO_SUCH_PARTITION "no-such-partition" "a question names a partition that does not exist";
    NO_SUCH_PRINCIPAL "no-such-principal" "a question names a caller of a form that no caller has, or a service or an identity provider that nobody knows";
    NO_SUCH_REGION "no-such-region" "a question names a Region that nobody knows, or a pattern of Regions that matches none";
    EMPTY_NAME "empty-name" "the name of a policy in a set is empty";
    BESIDE_DOCUMENT "beside-document" "something other than a name stands beside the document of a policy in a set";
    UNEXPECTED_EFFECT "unexpected-effect" "the shape of a question has an effect, which only statements of policies have";
    UNKNOWN_MEMBER "unknown-member" "a member of a batch line is spelled much like one that has a meaning, and has none";
    MISSING_MEMBER "missing-member" "a line of a batch lacks a member";
    UNKNOWN_KIND "unknown-kind" "a line of a batch asks for a kind of policy that there is not";
    UNKNOWN_WAY "unknown-way" "`through` is none of the ways `endpoint`, `past` and `both`";
    INVALID_ACCOUNT "invalid-account" "an account is not twelve digits";
    INVALID_PROJECT "invalid-project" "the project's file is not as it must be";
    EXPIRED_WAIVER "expired-waiver" "a waiver of the project's file has expired, and waives nothing any more";
    UNUSED_WAIVER "unused-waiver" "a waiver of the project's file matches nothing that was found";
    WRAPPED_DOCUMENT "wrapped-document" "the policy document was read from inside something: output of the AWS CLI, or a text";
    WRONG_KIND "wrong-kind" "what is around a policy document tells that it is of another kind than asked for";
    SET_OF_POLICIES "set-of-policies" "the file holds a set of policies, where one document is needed";
    EMPTY_FILE "empty-file" "the file is empty";
    COMPRESSED_FILE "compressed-file" "the file is an archive or is compressed";
    TERRAFORM_PLAN "terraform-plan" "the file is a Terraform plan, which may hold policy documents and is not one";
    TERRAFORM_STATE "terraform-state" "the file is a Terraform state, which may hold policy documents and is not one";
    TERRAFORM_SOURCE "terraform-source" "the file is Terraform configuration";
    CLOUDFORMATION_TEMPLATE "cloudformation-template" "the file is a CloudFormation or SAM template, which may hold policy documents and is not one";
    CDK_OUTPUT "cdk-output" "the file is a manifest that `cdk synth` wrote beside its templates";
    ACCOUNT_DUMP "account-dump" "the file is the output of `aws iam get-account-authorization-details`";
    AWS_OUTPUT "aws-output" "the file is output of the AWS CLI that is not about one policy document";
    ESTATE_FILE "estate-file" "the file is an estate, or one that iam-collect writes beside the policies";
    LIST_OF_POLICIES "list-of-policies" "the file is a list of policy documents, where one document is needed";
    LONE_STATEMENT "lone-statement" "the file has statements without the policy document around them";
    REQUEST_FILE "request-file" "the file is a request, or the shape of one";
    BATCH_LINE "batch-line" "the file is a line of a batch or of a library";
    ANSWER_FILE "answer-file" "the file is an answer of Keyaki";
    CLAIMS_FILE "claims-file" "the file is a file of claims";
    JSON_LINES "json-lines" "the file has a JSON object a line";
    DOCUMENT_INSIDE "document-inside" "the file is not a policy document, and holds one";
    YAML "yaml" "the file is YAML, which is not read";
    MARKUP "markup" "the file is HTML or XML";
    MERGE_CONFLICT "merge-conflict" "the file has the marks of a merge conflict";
    ONLY_AN_ARN "only-an-arn" "the file holds an ARN, not what it names";
    ERROR_TEXT "error-text" "the file holds an error message of the AWS CLI";
    LFS_POINTER "lfs-pointer" "the file is a pointer of Git LFS";
    NO_PART_OF_AN_ESTATE "no-part-of-an-estate" "the file is none of those that an estate is read from";
    ESTATE_MEMBER "estate-member" "a member of an estate's file is missing, unknown, or not of the form that it must have";
    PARTIAL_LISTING "partial-listing" "a listing of AWS says that there is more, and no file has the rest";
    DANGLING_REFERENCE "dangling-reference" "an estate's file names something that no file has";
    MISSING_MANAGED_POLICY "missing-managed-policy" "a managed policy is attached, and no file has its document";
    CONFLICTING_FILES "conflicting-files" "an estate's files say different things of one thing";
    ORGANIZATION_TREE "organization-tree" "the units of an organization are not one tree";
    INCOMPLETE_ORGANIZATION "incomplete-organization" "a part of an organization's description is missing";
    NOT_AN_ESTATE "not-an-estate" "the files have no account and no organization";
    YAML_SYNTAX "yaml-syntax" "the text is not YAML";
    YAML_TAG "yaml-tag" "a tag of YAML is none of those that templates have";
    SEVERAL_DOCUMENTS "several-documents" "a YAML file has several documents, where a template is one";
    NULL_KEY "null-key" "a member of a template in YAML has no name that is a text, such as `Null` without quotation marks";
    ALIAS "yaml-alias" "the template has an alias or a merge key of YAML";
    AMBIGUOUS_SCALAR "ambiguous-scalar" "readers of YAML differ about what a scalar without quotation marks is";
    UNKNOWN_REFERENCE "unknown-reference" "a template refers to something that it does not have";
    CIRCULAR_REFERENCE "circular-reference" "a template refers from a part of it to the same part";
    UNKNOWN_FUNCTION "unknown-function" "a template has a function that there is not, or that is not evaluated";
    INVALID_FUNCTION "invalid-function" "a function of a template has arguments that it cannot have";
    MACRO "macro" "a macro changes the template before it is deployed";
    PARAMETER_VALUE "parameter-value" "the value that is given for a parameter of a template is none that it may have";
    VALUE_NOT_KNOWN "value-not-known" "a part of a policy that must be known depends on a parameter";
    NOT_UNDERSTOOD "not-understood" "something that may give access stands where it is not read";
    TERRAFORM_FORM "terraform-form" "a Terraform plan or state is of a format that is not read, or not as it must be";
    TERRAFORM_EXPRESSION "terraform-expression" "Terraform configuration cannot be read or evaluated";
    TERRAFORM_UNKNOWN "terraform-unknown" "a plan does not tell a policy, or what it is attached to";
}
