//! The forms of answers in JSON: what programs read. Each is published as a JSON Schema;
//! `keyaki schema` prints it.
//!
//! A member is there in every answer of its form, `null` where there is nothing to say. Indices
//! count from 0, lines and columns from 1.

use super::written::Written;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The form of a request.
pub(super) fn request_form(_: &mut SchemaGenerator) -> Schema {
    let values =
        json!({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]});
    let principal = json!({"oneOf": [
        {"type": "string"},
        {"type": "object", "required": ["arn"], "additionalProperties": false,
            "properties": {"arn": {"type": "string"}, "roleArn": {"type": "string"}, "userArn": {"type": "string"}}},
    ]});
    json_schema!({
        "description": "A request, as `keyaki eval` reads it.", "type": ["object", "null"],
        "required": ["principal", "action", "resource", "context"], "additionalProperties": false,
        "properties": {
            "principal": principal, "action": {"type": "string"}, "resource": {"type": "string"}, "resourceAccount": {"type": "string"},
            "principalInManagementAccount": {"type": "boolean"}, "context": {"type": "object", "additionalProperties": values},
        },
    })
}

/// The forms of several requests.
pub(super) fn requests_form(generator: &mut SchemaGenerator) -> Schema {
    let one = request_form(generator);
    json_schema!({"type": ["array", "null"], "items": one})
}

/// The version of the form: 2.
pub(super) fn version_form(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"const": super::SCHEMA})
}

/// Something that is said with a stable code, which `keyaki explain CODE` explains.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Coded {
    /// The code, for programs: never renamed.
    pub code: String,
    /// The words, for people.
    pub message: String,
}

impl Coded {
    /// A code and its words.
    pub fn new(code: &str, message: impl ToString) -> Self {
        Self { code: code.to_owned(), message: message.to_string() }
    }
}

/// A statement of a policy, and where it stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Statement {
    /// The policy: its file, or its name or place in a `policies` object.
    pub policy: String,
    /// `identity`, `boundary`, `session`, `resource`, `scp`, `rcp` or `endpoint`.
    pub layer: &'static str,
    /// Its index in the document, from 0.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// `Allow` or `Deny`.
    #[schemars(extend("enum" = ["Allow", "Deny"]))]
    pub effect: &'static str,
    /// The name of the text that it stands in.
    pub file: Option<String>,
    /// The line on which it begins, from 1.
    pub line: Option<usize>,
    /// The column at which it begins, in characters from 1.
    pub column: Option<usize>,
}

/// What a layer of policies says of a request.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LayerSays {
    /// The layer.
    pub layer: &'static str,
    /// The level of an organization policy, from 0 at the root.
    pub level: Option<usize>,
    /// What it says, as a clause.
    pub says: String,
}

/// A layer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LayerName {
    /// The layer.
    pub layer: &'static str,
    /// The level of an organization policy, from 0 at the root.
    pub level: Option<usize>,
}

/// A statement with what does not match the request in it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Explained {
    /// The statement.
    #[serde(flatten)]
    pub statement: Statement,
    /// Whether it applies to the request.
    pub applies: bool,
    /// What does not match, as clauses.
    pub failures: Vec<String>,
}

/// Which requests an answer is about.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// The partitions; `null` where everything that one can write down is considered.
    pub partitions: Option<Vec<&'static str>>,
    /// The accounts of callers that the question names.
    pub accounts: Vec<String>,
    /// The accounts of resources that the question names.
    pub resource_accounts: Vec<String>,
    /// The way past or through the VPC endpoint; `null` without an endpoint policy.
    #[schemars(extend("enum" = ["endpoint", "past", "both", null]))]
    pub through: Option<&'static str>,
    /// What is had of own accounts.
    pub own: Own,
    /// The project's file, where the answer used it.
    pub project: Option<Project>,
}

/// Own accounts, as far as the question is about them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Own {
    /// Of users and sessions only those of these accounts are considered.
    pub callers: Vec<String>,
    /// Only resources of these accounts are considered.
    pub resources: Vec<String>,
    /// The organization of the own accounts.
    pub organization: Option<String>,
}

/// A project's file and what an answer used of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Project {
    /// The file.
    pub path: String,
    /// Its members.
    pub members: Vec<&'static str>,
}

/// What the service catalogue was made from.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CatalogueName {
    /// The source.
    pub source: String,
    /// The day of its data.
    pub date: Option<String>,
}

/// A question, restated: exact enough to ask it once more.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// What was asked: `eval`, `can`, `compare`, `call`, `never`, `some`, `equivalent`,
    /// `no_new_access`, `who-can`, `paths`, `lint`, `matrix` or `guardrails`.
    pub ask: &'static str,
    /// The shape of the requests, in the policy language; `null` where it is about all of them.
    pub shape: Option<Value>,
    /// The request of `eval`.
    #[schemars(schema_with = "request_form")]
    pub request: Option<Value>,
    /// The call, of questions about one.
    pub call: Option<String>,
    /// What the variables of the call are like.
    pub filters: Vec<String>,
    /// The direction, where one was asked.
    pub only: Option<&'static str>,
    /// Over which values of parameters it is asked, where that was said.
    #[serde(rename = "for")]
    #[schemars(extend("enum" = ["every", "some", null]))]
    pub values: Option<&'static str>,
    /// The files of the estate, in the order in which they were read; empty where the question is
    /// about no estate.
    pub estate: Vec<QuestionFile>,
    /// The policies, in the order of their numbers; those of an estate are in its files.
    pub policies: Vec<QuestionPolicy>,
    /// Which requests are considered; `null` where that is not a question.
    #[schemars(extend("enum" = ["feasible", "any", null]))]
    pub requests: Option<&'static str>,
    /// Whether actions are considered that the catalogue does not know.
    pub unknown_actions: bool,
    /// Whether keys are considered that nobody knows.
    pub unknown_keys: bool,
    /// The model choices that are not assumed.
    pub without: Vec<&'static str>,
    /// The catalogue that says what exists.
    pub catalogue: Option<CatalogueName>,
    /// The engine; `null` where none is asked.
    pub engine: Option<String>,
    /// The most that one question may take, in seconds.
    pub timeout: Option<f64>,
    /// The version of Keyaki.
    pub keyaki: &'static str,
    /// The words of the command line; `null` where the question came otherwise.
    pub arguments: Option<Vec<String>>,
    /// The line of a batch, from 1.
    pub line: Option<usize>,
    /// What the policies are written in.
    #[serde(skip)]
    pub written: Vec<Written>,
}

/// A policy of a question.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QuestionPolicy {
    /// Its name in answers: its file, or its place in a `policies` object.
    pub name: String,
    /// Of a comparison `old` or `new`; `serviceRole` for a policy of the service's role.
    #[schemars(extend("enum" = ["old", "new", "serviceRole", null]))]
    pub side: Option<&'static str>,
    /// Its layer.
    pub layer: &'static str,
    /// The level of an organization policy, from 0 at the root.
    pub level: Option<usize>,
    /// The text that it stands in.
    pub file: Option<String>,
    /// The SHA-256 of that text's bytes.
    pub sha256: Option<String>,
}

/// A file of the estate of a question.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QuestionFile {
    /// Its name.
    pub file: String,
    /// The SHA-256 of its bytes.
    pub sha256: String,
}

/// Why a question says nothing about its policies.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Vacuous {
    /// The code, for programs: never renamed.
    pub code: &'static str,
    /// The words, for people.
    pub message: String,
    /// The model choices without which there might be such a request.
    pub rests_on: Vec<Coded>,
}

/// The result of `eval`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Evaluated {
    /// The id of a batch's line.
    pub id: Value,
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// What was asked.
    pub question: Question,
    /// What the request gets.
    #[schemars(extend("enum" = ["allowed", "explicitDeny", "implicitDeny"]))]
    pub decision: &'static str,
    /// The statements that decided.
    pub statements: Vec<Statement>,
    /// What decided, in one sentence.
    pub conclusion: String,
    /// What each layer says.
    pub layers: Vec<LayerSays>,
    /// Every statement.
    pub explanation: Vec<Explained>,
    /// What in the request or the policies is probably not what was meant.
    pub warnings: Vec<String>,
}

/// What in one layer refuses a request.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Refusal {
    /// The layer.
    #[serde(flatten)]
    pub layer: LayerName,
    /// Whether the policies give the layer. One that they do not give may be missed.
    pub given: bool,
    /// The Deny statements that apply.
    pub denies: Vec<Statement>,
    /// Whether the layer would have to allow the request and no Allow statement of it applies.
    pub silent: bool,
    /// Of a silent layer: its Allow statements about the action of the request, at most ten, the
    /// nearest first, with what does not match in them. None: no Allow statement of it is about the
    /// action.
    pub nearest: Vec<Explained>,
}

/// What in one layer stands in the way, on a request that nothing else refuses.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Why {
    /// What refuses. If all of it were changed, the request would be allowed; with less changed, no
    /// request of the shape would be.
    #[serde(flatten)]
    pub refusal: Refusal,
    /// Whether it was not decided if all of it has to be changed.
    pub undecided: bool,
    /// The request.
    #[schemars(schema_with = "request_form")]
    pub request: Value,
    /// What it gets.
    pub decision: &'static str,
    /// What decided, in one sentence.
    pub conclusion: String,
    /// What each layer says.
    pub layers: Vec<LayerSays>,
}

/// What in several layers, or in one that is not given, stands in the way, on a request that
/// nothing else refuses.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Together {
    /// What refuses, layer by layer. If all of it were changed, the request would be allowed; with
    /// less changed, no request of the shape would be.
    pub refusals: Vec<Refusal>,
    /// Whether it was not decided if all of it has to be changed.
    pub undecided: bool,
    /// The request.
    #[schemars(schema_with = "request_form")]
    pub request: Value,
    /// What it gets.
    pub decision: &'static str,
    /// What decided, in one sentence.
    pub conclusion: String,
    /// What each layer says.
    pub layers: Vec<LayerSays>,
}

/// A request that cannot exist, and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Impossible {
    /// The request.
    #[schemars(schema_with = "request_form")]
    pub request: Value,
    /// The statements that would allow it.
    pub statements: Vec<Statement>,
    /// What it breaks.
    pub violations: Vec<Violation>,
}

/// A constraint of requests that can exist, which one breaks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Violation {
    /// The row of SEMANTICS 5.6.
    pub constraint: String,
    /// How the request breaks it.
    pub message: String,
}

/// The answer of `can`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Can {
    /// The id of a batch's line.
    pub id: Value,
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// What was asked.
    pub question: Question,
    /// Why the question says nothing about the policies; `null` if it does.
    pub vacuous: Option<Vacuous>,
    /// Whether there is such a request.
    #[schemars(extend("enum" = ["yes", "no", "unknown"]))]
    pub answer: &'static str,
    /// The request of a "yes", which the evaluator confirmed.
    #[schemars(schema_with = "request_form")]
    pub request: Option<Value>,
    /// What in the request is made up: accounts, names and ids that neither the policies nor the
    /// question name.
    pub made_up: Option<Vec<String>>,
    /// The statements that allow it.
    pub statements: Option<Vec<Statement>>,
    /// What decided, in one sentence.
    pub conclusion: Option<String>,
    /// What each layer says of it.
    pub layers: Option<Vec<LayerSays>>,
    /// Whether the action is one that the catalogue does not list.
    pub unlisted_action: Option<bool>,
    /// With `--why`: what refuses in one layer alone, each on a request; a layer may come several
    /// times.
    pub why: Option<Vec<Why>>,
    /// With `--why`: the layers of which no engine could tell whether they refuse alone.
    pub why_undecided: Option<Vec<LayerName>>,
    /// With `--why`, where no layer is known to refuse alone: what refuses together.
    pub together: Option<Together>,
    /// With `--why`: whether no policy would help, since nobody can make such a request; `null`
    /// where that was not asked or is unknown.
    pub no_policy_helps: Option<bool>,
    /// With `--why`: a request that would be allowed and cannot exist.
    pub beyond: Option<Impossible>,
    /// Why the answer, or a part of what `--why` asks, is unknown.
    pub reason: Option<Coded>,
    /// The model choices that a "no" rests on.
    pub rests_on: Vec<Coded>,
    /// Whether some of these were not tried, and may not be needed.
    pub rests_on_undecided: bool,
    /// Which requests are considered.
    #[schemars(extend("enum" = ["feasible", "any"]))]
    pub requests: &'static str,
    /// The catalogue that says what exists; `null` where none is asked.
    pub catalogue: Option<CatalogueName>,
    /// Assumptions, approximations, and what is left out.
    pub caveats: Vec<Coded>,
    /// Which requests it is about.
    #[serde(flatten)]
    pub about: About,
}

/// A request that one side allows and the other does not.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The request, which the evaluator confirmed.
    #[schemars(schema_with = "request_form")]
    pub request: Value,
    /// What in the request is made up: accounts, names and ids that neither the policies nor the
    /// question name.
    pub made_up: Vec<String>,
    /// Whether the action is one that the catalogue does not list.
    pub unlisted_action: bool,
    /// The statements of the side that allows it.
    pub statements: Vec<Statement>,
    /// What decided there, in one sentence.
    pub conclusion: String,
    /// What each layer of that side says.
    pub layers: Vec<LayerSays>,
    /// Every statement of the other side.
    pub refusal: Vec<Explained>,
    /// What decided on the other side.
    pub refusal_conclusion: String,
    /// What each layer of the other side says.
    pub refusal_layers: Vec<LayerSays>,
    /// With `--why`: what refuses the request there, all of which would have to be changed to allow
    /// it.
    pub why: Option<Vec<Refusal>>,
}

/// The answer of `compare`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Compared {
    /// The id of a batch's line.
    pub id: Value,
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// What was asked.
    pub question: Question,
    /// Why the question says nothing about the policies; `null` if it does.
    pub vacuous: Option<Vacuous>,
    /// How the new policies relate to the old; `null` where one direction was asked.
    #[schemars(extend("enum" = ["equivalent", "narrower", "wider", "incomparable", "unknown", null]))]
    pub relation: Option<&'static str>,
    /// The direction, where one was asked.
    #[schemars(extend("enum" = ["added", "removed", null]))]
    pub only: Option<&'static str>,
    /// What the new policies allow and the old do not.
    pub added: Option<Difference>,
    /// What the old policies allow and the new do not.
    pub removed: Option<Difference>,
    /// Why an answer is unknown.
    pub reason: Option<Coded>,
    /// With `--why`: for each direction a request that would be a difference and cannot exist.
    pub beyond: BTreeMap<&'static str, Impossible>,
    /// The model choices that "nothing more" rests on.
    pub rests_on: Vec<Coded>,
    /// Whether some of these were not tried, and may not be needed.
    pub rests_on_undecided: bool,
    /// Which requests are considered.
    #[schemars(extend("enum" = ["feasible", "any"]))]
    pub requests: &'static str,
    /// The catalogue that says what exists; `null` where none is asked.
    pub catalogue: Option<CatalogueName>,
    /// Assumptions, approximations, and what is left out.
    pub caveats: Vec<Coded>,
    /// Which requests it is about.
    #[serde(flatten)]
    pub about: About,
}

/// A call that was found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FoundCall {
    /// The path.
    pub path: String,
    /// What its variables stand for.
    pub variables: BTreeMap<String, String>,
    /// The variables that IAM does not check.
    pub unchecked: Vec<String>,
    /// Every request, in order.
    #[schemars(schema_with = "requests_form")]
    pub requests: Value,
}

/// One authorization of a call.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Authorization {
    /// Who is authorized.
    #[schemars(extend("enum" = ["caller", "service-role"]))]
    pub who: &'static str,
    /// The request, which the evaluator confirmed.
    #[schemars(schema_with = "request_form")]
    pub request: Value,
    /// The statements that allow it.
    pub statements: Vec<Statement>,
    /// What decided, in one sentence.
    pub conclusion: String,
    /// What each layer says.
    pub layers: Vec<LayerSays>,
}

/// What became of a path of a call.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AskedPath {
    /// The path.
    pub path: String,
    /// Its short name.
    pub id: String,
    /// Whether a call by it is allowed.
    #[schemars(extend("enum" = ["yes", "no", "unknown", "not asked"]))]
    pub answer: &'static str,
    /// Why it is unknown, or was not asked.
    pub reason: Option<Coded>,
    /// With `--paths all`: the call that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<FoundCall>,
    /// With `--why`, of a path by which no call is allowed: what refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<PathWhy>,
}

/// What stands in the way of a path of a call.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PathWhy {
    /// The number of the first authorization that cannot be allowed alone, from 1; `null` where
    /// there is none, or none is known.
    pub authorization: Option<usize>,
    /// Who would have to be authorized.
    #[schemars(extend("enum" = ["caller", "service-role", null]))]
    pub who: Option<&'static str>,
    /// The action of the authorization.
    pub action: Option<String>,
    /// What its resource is like; `*` and `?` are wildcards.
    pub resources: Vec<String>,
    /// Whether each authorization could be allowed alone, but not all of them in one call.
    pub only_together: bool,
    /// What refuses the authorization in one layer alone, each on a request; a layer may come
    /// several times.
    pub why: Vec<Why>,
    /// The layers of which no engine could tell whether they refuse alone.
    pub why_undecided: Vec<LayerName>,
    /// Where no layer is known to refuse alone: what refuses together.
    pub together: Option<Together>,
    /// Whether no policy would help, since nobody can make such a request.
    pub no_policy_helps: bool,
    /// Why a part of this is unknown.
    pub reason: Option<Coded>,
}

/// The answer of `can --call`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanCall {
    /// Always `null`.
    pub id: Value,
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// What was asked.
    pub question: Question,
    /// Why the question says nothing about the policies; `null` if it does.
    pub vacuous: Option<Vacuous>,
    /// Whether such a call is allowed.
    #[schemars(extend("enum" = ["yes", "no", "unknown"]))]
    pub answer: &'static str,
    /// Why the answer is unknown.
    pub reason: Option<Coded>,
    /// The call that was asked about.
    pub call: String,
    /// What the question says of its variables.
    #[serde(rename = "where")]
    pub filters: Vec<String>,
    /// The path of the call that was found.
    pub path: Option<String>,
    /// Its short name.
    pub path_id: Option<String>,
    /// What its variables stand for.
    pub variables: Option<BTreeMap<String, String>>,
    /// The variables that IAM does not check.
    pub unchecked: Option<Vec<String>>,
    /// Every request, in order.
    #[schemars(schema_with = "requests_form")]
    pub requests: Option<Value>,
    /// What in the requests is made up: accounts, names and ids that neither the policies nor the
    /// question name.
    pub made_up: Option<Vec<String>>,
    /// Every authorization, in the same order.
    pub authorizations: Option<Vec<Authorization>>,
    /// Every path that was asked, in order.
    pub paths: Vec<AskedPath>,
    /// The model choices that a "no" rests on.
    pub rests_on: Vec<Coded>,
    /// Whether some of these were not tried, and may not be needed.
    pub rests_on_undecided: bool,
    /// Which requests are considered.
    #[schemars(extend("enum" = ["feasible", "any"]))]
    pub considered: &'static str,
    /// The catalogue that says what exists; `null` where none is asked.
    pub catalogue: Option<CatalogueName>,
    /// Assumptions, approximations, and what is left out.
    pub caveats: Vec<Coded>,
    /// Which calls it is about.
    #[serde(flatten)]
    pub about: About,
}

/// Something that a change touches: a line of `review`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewChange {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// What it is called: an address in a template or a plan, an ARN, or a file.
    pub address: String,
    /// What its policies are; `setting`: what it has beside policies.
    #[schemars(extend("enum" = ["identity", "boundary", "session", "trust", "resource", "scp", "rcp", "endpoint", "setting"]))]
    pub kind: &'static str,
    /// What became of it.
    #[schemars(extend("enum" = ["added", "removed", "changed"]))]
    pub revision: &'static str,
    /// How the new side relates to the old one.
    #[schemars(extend("enum" = ["equivalent", "narrower", "wider", "incomparable", "unknown"]))]
    pub relation: &'static str,
    /// A request that the new side allows and the old one does not; `null` if none was found.
    pub added: Option<Difference>,
    /// A request that the old side allows and the new one does not; `null` if none was found.
    pub removed: Option<Difference>,
    /// The file.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column, in characters from 1.
    pub column: Option<usize>,
    /// What is attached on one side only and whose text is not known.
    pub untold: Vec<String>,
    /// Parameters of its policies that may have other values than before. What is found is found for
    /// values that are the same on both sides.
    pub other_values: Vec<String>,
    /// The waivers that accept what was found, each by the rule of that: `access-added`,
    /// `access-removed`. What is waived does not count.
    pub waived: BTreeMap<String, WaivedBy>,
    /// Why a direction is unknown.
    pub reason: Option<Coded>,
    /// The model choices on which it rests that one side allows nothing more than the other.
    pub rests_on: Vec<Coded>,
    /// Which requests are considered.
    #[schemars(extend("enum" = ["feasible", "any"]))]
    pub requests: &'static str,
    /// What a reader must know.
    pub caveats: Vec<Coded>,
}

/// A claim after a change: a line of `review`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewClaim {
    /// The claim, as `check` tells it.
    #[serde(flatten)]
    pub claim: CheckedClaim,
    /// Whether the claim of that name was as expected on the old side; `null` where there is none.
    pub as_expected_before: Option<bool>,
}

/// What a change comes to: the last line of `review`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewSummary {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// Always true.
    pub summary: bool,
    /// What was asked.
    pub question: Question,
    /// Things that changed.
    pub changed: usize,
    /// Things that are the same on both sides.
    pub unchanged: usize,
    /// Things that allow something that was not allowed.
    pub added: usize,
    /// Things that no longer allow something.
    pub removed: usize,
    /// Things of which it is unknown.
    pub unknown: usize,
    /// Claims.
    pub claims: usize,
    /// Claims that are not as expected.
    pub failed: usize,
    /// Those of them that were on the old side.
    pub broken: usize,
    /// What a reader must know of two estates: what one of them does not say, or both.
    pub caveats: Vec<Coded>,
}

/// A checked claim: a line of `check`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckedClaim {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// What was asked.
    pub question: Question,
    /// Why the question says nothing about the policies; `null` if it does.
    pub vacuous: Option<Vacuous>,
    /// The claims file.
    pub file: String,
    /// The line on which the claim begins, from 1.
    pub line: usize,
    /// The column at which it begins, in characters from 1.
    pub column: usize,
    /// The claim.
    pub name: String,
    /// What it claims: `never`, `some`, `equivalent`, `no_new_access`, `only`, `nobody` or
    /// `everybody_in`.
    pub claim: &'static str,
    /// What became of it; `null` where an internal error kept it from being decided.
    #[schemars(extend("enum" = ["holds", "violated", "unknown", null]))]
    pub verdict: Option<&'static str>,
    /// The verdict that the file expects.
    #[schemars(extend("enum" = ["holds", "violated"]))]
    pub expect: &'static str,
    /// Whether the verdict is that.
    pub as_expected: bool,
    /// Why the claim is made, where the file says it.
    pub why: Option<String>,
    /// The request that shows it.
    #[schemars(schema_with = "request_form")]
    pub request: Option<Value>,
    /// The statements that allow that request.
    pub statements: Option<Vec<Statement>>,
    /// Of a claim about an estate: the principals that show it, who are allowed a request and are
    /// not listed, or are listed and are not allowed one.
    pub principals: Option<Vec<String>>,
    /// The call that shows it.
    pub call: Option<FoundCall>,
    /// Why the verdict is unknown.
    pub reason: Option<Coded>,
    /// What is the matter, where the verdict is not the expected one or unknown.
    pub finding: Option<DocumentFinding>,
    /// The waiver that accepts it; what is waived does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<WaivedBy>,
    /// Whether the finding is in the baseline, so that it does not count.
    pub known: bool,
    /// The internal error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Coded>,
    /// The model choices that it rests on that there is no such request.
    pub rests_on: Vec<Coded>,
    /// Whether some of these were not tried, and may not be needed.
    pub rests_on_undecided: bool,
    /// Which requests are considered.
    #[schemars(extend("enum" = ["feasible", "any"]))]
    pub requests: &'static str,
    /// Assumptions, approximations, and what is left out.
    pub caveats: Vec<Coded>,
    /// Which requests it is about; not told with an internal error.
    #[serde(flatten)]
    pub about: Option<About>,
}

/// The first line of `matrix`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatrixHead {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// What was asked.
    pub question: Question,
    /// The ids of the policies, in order.
    pub policies: Vec<String>,
    /// The ordered pairs.
    pub pairs: usize,
    /// Those in which the second contains the first.
    pub holds: usize,
    /// Those in which it does not.
    pub fails: usize,
    /// Those that are unknown.
    pub unknown: usize,
    /// The time that it took, in seconds.
    pub seconds: f64,
    /// Which requests are considered.
    #[schemars(extend("enum" = ["feasible", "any"]))]
    pub requests: &'static str,
    /// The catalogue that says what exists; `null` where none is asked.
    pub catalogue: Option<CatalogueName>,
    /// The partitions; `null` where everything that one can write down is considered.
    pub partitions: Option<Vec<&'static str>>,
    /// The model choices that containment may rest on.
    pub rests_on: Vec<Coded>,
    /// Whether some of these were not tried, and may not be needed.
    pub rests_on_undecided: bool,
    /// Assumptions, approximations, and what is left out.
    pub caveats: Vec<Coded>,
    /// What was done.
    pub effort: Effort,
}

/// What a matrix took.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Effort {
    /// Requests that were tried on every policy.
    pub samples: usize,
    /// Questions to the engine.
    pub questions: usize,
    /// Pairs that a law settles.
    pub by_law: usize,
    /// Requests that the evaluator decided.
    pub evaluations: usize,
}

/// A policy of `matrix`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatrixRow {
    /// The policy's id.
    pub id: String,
    /// The indices of the policies that contain it, from 0.
    pub contained_in: Vec<usize>,
    /// The policies of which nobody knows.
    pub unknown: Vec<MatrixUnknown>,
}

/// A pair that is unknown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MatrixUnknown {
    /// The index of the other policy, from 0.
    pub index: usize,
    /// Why.
    pub reason: Coded,
}

/// A finding of `lint`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LintFinding {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// The rule.
    pub rule: &'static str,
    /// How bad it is.
    #[schemars(extend("enum" = ["error", "warning", "note"]))]
    pub severity: &'static str,
    /// How it was decided.
    #[schemars(extend("enum" = ["solver", "catalogue", "evaluator"]))]
    pub decided_by: &'static str,
    /// The document.
    pub policy: String,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The column at which it begins, in characters from 1.
    pub column: usize,
    /// The line on which it ends.
    pub end_line: usize,
    /// The column after its last character.
    pub end_column: usize,
    /// The place inside the document, for example `Statement[2].Action[0]`, from 0.
    pub route: String,
    /// What is the matter.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// A request that shows it.
    #[schemars(schema_with = "request_form")]
    pub request: Option<Value>,
    /// The model choices that it rests on.
    pub rests_on: Vec<Coded>,
    /// Whether some of these were not tried, and may not be needed.
    pub rests_on_undecided: bool,
    /// The caveats of the questions that decided it.
    pub caveats: Vec<Coded>,
    /// The waiver that accepts it; a finding that is waived is not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<WaivedBy>,
}

/// The waiver that accepts a finding.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaivedBy {
    /// Why the finding is accepted.
    pub reason: String,
    /// The last day on which it is, as YYYY-MM-DD; `null` if there is none.
    pub expires: Option<String>,
    /// The project's file.
    pub file: String,
    /// The line there on which the waiver begins, from 1.
    pub line: usize,
}

/// A question of `lint` that has no answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LintUndecided {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// The rule.
    pub rule: &'static str,
    /// Always `undecided`.
    #[schemars(extend("const" = "undecided"))]
    pub severity: &'static str,
    /// The document.
    pub policy: String,
    /// The line on which the part in question begins, from 1.
    pub line: usize,
    /// The column at which it begins, in characters from 1.
    pub column: usize,
    /// The line on which it ends.
    pub end_line: usize,
    /// The column after its last character.
    pub end_column: usize,
    /// The place inside the document, from 0.
    pub route: String,
    /// Why.
    pub reason: Coded,
}

/// The last line of `lint`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LintSummary {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// What was asked.
    pub question: Question,
    /// How many findings there are, those left out that are waived or in the baseline.
    pub findings: usize,
    /// Those that are errors.
    pub errors: usize,
    /// Those that are warnings.
    pub warnings: usize,
    /// Those that are notes.
    pub notes: usize,
    /// Findings that the project's file waives.
    pub waived: usize,
    /// Findings of the baseline, which are not told.
    pub known: usize,
    /// Questions without an answer.
    pub undecided: usize,
    /// Findings of each rule.
    pub rules: BTreeMap<&'static str, usize>,
    /// Which requests are considered.
    #[schemars(extend("enum" = ["feasible", "any"]))]
    pub requests: &'static str,
    /// The catalogue that says what exists; `null` where none is asked.
    pub catalogue: Option<CatalogueName>,
    /// How many questions were asked.
    pub queries: usize,
    /// The project's file, where the answer used it.
    pub project: Option<Project>,
}

/// What an enforced guardrail does: a line of `guardrails`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuardrailEffect {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// The Region.
    pub region: String,
    /// The configuration that enforces it.
    pub configuration: String,
    /// The guardrail.
    pub guardrail: String,
    /// Its version.
    pub version: String,
    /// What it does.
    #[schemars(extend("enum" = ["breaks", "works", "nothing", "unknown"]))]
    pub outcome: &'static str,
    /// Whether some inference is allowed there.
    pub inference: Short,
    /// Whether some request to apply it is allowed.
    pub application: Short,
}

/// A way on which no guardrail is enforced: a line of `guardrails`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OpenWay {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// The way.
    pub way: String,
    /// Whether some request on it is allowed.
    pub open: Short,
}

/// An answer about requests, inside of another.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Short {
    /// Whether there is such a request.
    #[schemars(extend("enum" = ["yes", "no", "unknown"]))]
    pub answer: &'static str,
    /// The request.
    #[schemars(schema_with = "request_form")]
    pub request: Option<Value>,
    /// Why the answer is unknown.
    pub reason: Option<Coded>,
    /// The model choices that a "no" rests on.
    pub rests_on: Vec<Coded>,
    /// Whether some of these were not tried, and may not be needed.
    pub rests_on_undecided: bool,
    /// Assumptions, approximations, and what is left out.
    pub caveats: Vec<Coded>,
}

/// A finding: of `validate`, or of `check` inside of its claim.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentFinding {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// The rule.
    pub code: &'static str,
    /// How bad it is.
    #[schemars(extend("enum" = ["error", "warning", "note"]))]
    pub severity: &'static str,
    /// What is the matter.
    pub message: String,
    /// The document.
    pub file: String,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The column at which it begins, in characters from 1.
    pub column: usize,
    /// The line on which it ends.
    pub end_line: usize,
    /// The column after its last character.
    pub end_column: usize,
    /// The place inside the document, from 0.
    pub route: String,
    /// What to do.
    pub help: Option<String>,
}

/// A line of a batch without an answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BatchError {
    /// The id of the line.
    pub id: Value,
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// The number of the line, from 1.
    pub line: usize,
    /// Why.
    pub error: Coded,
}

/// A code and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Meaning {
    /// The version of this form.
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: u32,
    /// The code.
    pub code: &'static str,
    /// Where it is met.
    pub kind: &'static str,
    /// What it means, as a clause, and what to do.
    pub meaning: String,
    /// Where papers/semantics.md, or the documentation of the rule, has the reason.
    pub source: Option<String>,
}

/// A form as JSON. Every form is made of texts, numbers and lists, so that there is one.
/// An answer as a line of JSON, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(String);

impl Json {
    /// That of a form.
    pub(super) fn of(form: &impl Serialize) -> Self {
        Self(serde_json::to_string(form).unwrap_or_default())
    }

    /// The line.
    pub fn into_text(self) -> String {
        self.0
    }

    /// What it says.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self(value.to_string())
    }
}

pub(super) fn value(form: &impl Serialize) -> Value {
    serde_json::to_value(form).unwrap_or_default()
}
