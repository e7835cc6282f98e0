//! API calls that need several authorizations (SEMANTICS 6.7, 7.1, 7.4).
//!
//! A [`Call`] is what a person makes: "invoke this model". AWS authorizes it as one or more
//! (action, resource) pairs, each with a context of its own, and allows the call when it allows
//! every one of them. There may be several ways to make a call, and each [`Path`] is one. What
//! calls there are is data: `calls.toml`, which says how it is written. [`Instance`] is one
//! concrete call.

mod extra;
mod file;
mod instance;
mod listing;
mod profile;
mod scope;
mod template;
mod variable;

pub use extra::Extra;
pub use instance::{Caller, Instance, Own};
pub use listing::Target;
pub use scope::{Scope, scope};
pub use template::{Piece, Template};
pub use variable::{Patterns, Shape, Variable};

use crate::policy::ContextKey;
use crate::policy::read::closest;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The variable that stands for the caller's account.
pub const CALLER_ACCOUNT: &str = "CallerAccount";
/// The variable that stands for the account of the service role.
pub const ROLE_ACCOUNT: &str = "RoleAccount";

/// The variable that stands for the account of a resource that need not be the caller's.
const ACCOUNT: &str = "Account";

/// The file that Keyaki carries.
const EMBEDDED: &str = include_str!("calls.toml");

/// How many names are suggested for one that is not known.
const NEAREST: usize = 3;

/// The calls that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// In the order of the file.
    pub calls: Vec<Call>,
}

/// An API call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The API operation, written as an action is: `bedrock:InvokeModel`.
    pub name: String,
    /// Other API operations that are authorized in the same way: `bedrock:Converse`.
    pub api: Vec<String>,
    /// What it does, as a clause in lower case.
    pub summary: String,
    /// Pages of AWS documentation that say so.
    pub sources: Vec<String>,
    /// What is not documented or depends on more than Keyaki knows, as clauses in lower case.
    pub notes: Vec<String>,
    /// The ways to make it, in the order in which they are asked about.
    pub paths: Vec<Path>,
    /// The keys of the whole call.
    pub whole: Vec<Whole>,
    /// What a call may have besides; each belongs to some paths only.
    pub extras: Arc<[Extra]>,
}

/// A key of which all authorizations of an inference have the same value, or none (SEMANTICS 6.7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// What filters call it: `Guardrail`.
    pub name: String,
    /// The key.
    pub key: ContextKey,
    /// The actions whose authorizations have it.
    pub actions: Vec<String>,
}

/// A row of the table of where profiles route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What stands in the names of paths.
    pub name: String,
    /// What stands in their ids.
    pub id: String,
    /// What the ids of the profiles begin with.
    pub prefix: String,
    /// The partition of all its Regions.
    pub partition: String,
    /// The Regions in which calls are made.
    pub sources: Vec<String>,
    /// All Regions in which they may be carried out; the empty text stands for a model without a
    /// Region.
    pub destinations: Vec<String>,
    /// The values of some variables: what is known of one profile. None in rows about all models.
    pub fixed: BTreeMap<String, String>,
    /// Whether it is an application profile and no other.
    pub application: bool,
}

/// One way to make a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// A short name, unique among the paths of the call: `direct`.
    pub id: String,
    /// Unique among the paths of the call.
    pub name: String,
    /// What must be allowed, all of it.
    pub authorizations: Vec<Authorization>,
    /// The variables of the path.
    pub variables: BTreeMap<String, Variable>,
    /// Variables that no authorization shows: IAM does not check them.
    pub unchecked: Vec<String>,
    /// A path of which this one and others are cases: where no call by it is allowed, none is by
    /// this one. It stands for no way of its own.
    pub general: Option<Arc<Path>>,
}

/// Who is authorized.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// Whoever makes the call.
    Caller,
    /// A role that a service assumed to do its part of the work.
    ServiceRole,
}

/// What an authorization is in the inference that a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// On a model, in a Region in which the inference may be carried out.
    Model,
    /// On an application inference profile, whose tags are those of the call's profile.
    Profile,
    /// On a system-defined profile, or on a router.
    Route,
}

/// Which tags an authorization carries (`aws:RequestTag/...` and `aws:TagKeys`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tags {
    /// Nothing is known of it.
    Open,
    /// None.
    Without,
    /// Those that the call passes, which are some.
    Passed,
}

/// One authorization that a path needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// Who is authorized.
    pub who: Who,
    /// What it is in the inference that the call is about; `None` for what is not part of it.
    pub part: Option<Part>,
    /// The action, as the catalogue spells it.
    pub action: String,
    /// The resource: `*`, or an ARN.
    pub resource: Template,
    /// The keys whose values are known.
    pub keys: BTreeMap<ContextKey, Template>,
    /// The keys that are absent.
    pub absent: Vec<KeyPattern>,
    /// The keys of the whole call that it has, with the same value as the others of its caller, or
    /// without one as they.
    pub shared: Vec<ContextKey>,
    /// Which tags are passed.
    pub tags: Tags,
    /// Whether the request creates the resource, which then has the tags that are passed (SEMANTICS
    /// F16).
    pub created: bool,
    /// The service that asks on behalf of the caller, in a forward access session.
    pub via: Option<String>,
    /// Whether the service asks from its own network, through no VPC endpoint of the customer
    /// (SEMANTICS F33).
    pub service_network: bool,
}

/// One context key, or all that begin in a certain way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPattern(String);

impl KeyPattern {
    /// `aws:TagKeys`, or with a star at the end `aws:RequestTag/*`.
    pub fn new(text: &str) -> Self {
        Self(text.to_ascii_lowercase())
    }

    /// The one key that is meant, in lower case; `None` where several are.
    pub fn exact(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|text| !text.ends_with('*'))
    }

    /// Whether the key is meant.
    pub fn matches(&self, key: &ContextKey) -> bool {
        match self.0.strip_suffix('*') {
            Some(start) => key.lower().starts_with(start),
            None => key.lower() == self.0,
        }
    }
}

/// What is wrong with a file of calls or of inference profiles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CallsError(String);

impl CallsError {
    pub(crate) fn new(message: String) -> Self {
        Self(message)
    }
}

impl Calls {
    /// The calls that Keyaki carries.
    ///
    /// # Errors
    ///
    /// None in a build that passes its tests.
    pub fn embedded() -> Result<&'static Self, CallsError> {
        static CALLS: OnceLock<Result<Calls, CallsError>> = OnceLock::new();
        CALLS.get_or_init(|| Self::parse(EMBEDDED)).as_ref().map_err(Clone::clone)
    }

    /// Reads a file of calls.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, CallsError> {
        file::parse(&[text], Vec::new(), None)
    }

    /// The calls that Keyaki carries with those of more files, each of which may use the variables,
    /// geographies and calls of those before it and put a call in the place of one of the same
    /// name; and, if there are any `profiles`, through these inference profiles and no others.
    ///
    /// `only` is an API operation whose call is enough; where there is none of that name, all are
    /// there.
    ///
    /// # Errors
    ///
    /// What is wrong with a file.
    pub fn with(
        files: &[&str],
        profiles: Vec<Row>,
        only: Option<&str>,
    ) -> Result<Self, CallsError> {
        let texts: Vec<&str> = std::iter::once(EMBEDDED).chain(files.iter().copied()).collect();
        file::parse(&texts, profiles, only)
    }

    /// The inference profiles in what `aws bedrock get-inference-profile` or
    /// `list-inference-profiles` printed.
    ///
    /// # Errors
    ///
    /// What is wrong with the text.
    pub fn profiles(text: &str) -> Result<Vec<Row>, CallsError> {
        profile::read(text)
    }

    /// The call that this API operation makes, without regard to case.
    pub fn find(&self, name: &str) -> Option<&Call> {
        self.calls.iter().find(|call| call.names().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// The names that were probably meant by one that is not known, the nearest first.
    pub fn nearest(&self, name: &str) -> Vec<&str> {
        let names: Vec<&str> = self.calls.iter().flat_map(Call::names).collect();
        let near = closest(name, names.iter().copied(), NEAREST);
        if !near.is_empty() {
            return near;
        }
        // The name of the operation, with another service or with none.
        let operation =
            |name: &str| name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        names
            .into_iter()
            .filter(|known| operation(known) == operation(name))
            .take(NEAREST)
            .collect()
    }
}

impl Call {
    /// Its own name, and those of the API operations that are authorized like it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.api).map(String::as_str)
    }

    /// The variables of all paths.
    pub fn variables(&self) -> BTreeMap<&str, &Variable> {
        self.paths
            .iter()
            .flat_map(|path| &path.variables)
            .map(|(name, variable)| (name.as_str(), variable))
            .collect()
    }

    /// The extras that some path may have.
    pub fn possible_extras(&self) -> impl Iterator<Item = &Extra> {
        self.extras.iter().filter(|extra| self.paths.iter().any(|path| extra.belongs_to(path)))
    }

    /// The keys of the whole call that some path has.
    pub fn whole_keys(&self) -> impl Iterator<Item = &Whole> {
        let has = |key: &ContextKey| {
            self.paths
                .iter()
                .flat_map(|path| &path.authorizations)
                .any(|needed| needed.shared.contains(key))
        };
        self.whole.iter().filter(move |whole| has(&whole.key))
    }

    /// Whether some path has this part.
    pub fn has_part(&self, part: Part) -> bool {
        self.paths
            .iter()
            .flat_map(|path| &path.authorizations)
            .any(|needed| needed.part == Some(part))
    }

    /// Whether some path needs a service role.
    pub fn needs_role(&self) -> bool {
        self.paths.iter().any(Path::needs_role)
    }
}

impl Path {
    /// Whether it needs a service role.
    pub fn needs_role(&self) -> bool {
        self.authorizations.iter().any(|needed| needed.who == Who::ServiceRole)
    }

    /// The path without what a service role needs.
    #[must_use]
    pub fn without_role(&self) -> Self {
        let mut path = self.clone();
        path.authorizations.retain(|needed| needed.who == Who::Caller);
        path
    }
}

impl Authorization {
    /// The same, asked of a service role, for resources of its account.
    fn of_service_role(&self, service_network: bool) -> Self {
        let renamed =
            |template: &Template| template.renamed(&[CALLER_ACCOUNT, ACCOUNT], ROLE_ACCOUNT);
        let mut keys: BTreeMap<ContextKey, Template> =
            self.keys.iter().map(|(key, value)| (key.clone(), renamed(value))).collect();
        keys.insert(ContextKey::new("aws:ViaAWSService"), Template::of("false"));
        Self {
            who: Who::ServiceRole,
            resource: renamed(&self.resource),
            keys,
            service_network,
            ..self.clone()
        }
    }

    /// Whether the key is known to be absent.
    pub fn lacks(&self, key: &ContextKey) -> bool {
        let tag = key.lower() == "aws:tagkeys" || key.lower().starts_with("aws:requesttag/");
        (tag && self.tags == Tags::Without)
            || self.absent.iter().any(|pattern| pattern.matches(key))
    }
}

#[cfg(test)]
mod tests;
