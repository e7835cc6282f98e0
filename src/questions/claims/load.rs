//! From claims files, and the policy files that they name, to claims.

use super::{
    Accounts, Asserted, Claim, ClaimText, Files, Kind, LayerPaths, OfEstate, PolicyPaths, Subject,
    Vacuity, parse,
};
use crate::estates::{listed, named};
use crate::names;
use crate::query::{CallError, CallQuery, Filter, Requests, find_call};
use keyaki_iam::calls::{Calls, CallsError};
use keyaki_iam::catalogue::CatalogueError;
use keyaki_iam::estate::Estate;
use keyaki_iam::finding::{Finding, Level};
use keyaki_iam::input::{self, Rejected};
use keyaki_iam::layers::{self, NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::Kind as PolicyKind;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::{Own, Scope, Shape};
use keyaki_iam::source::{Place, Source, Span};
use keyaki_iam::value;
use keyaki_iam::world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why claims cannot be read; `E` is why a text cannot.
#[derive(Debug)]
pub enum LoadError<E> {
    /// The text of a file, and the claim that names it, if one does.
    Text(E, Option<OfClaim>),
    /// A claims file, or a policy that one names.
    Rejected(Rejected),
    /// The calls that Keyaki knows.
    Calls(CallsError),
    /// The service catalogue.
    Catalogue(CatalogueError),
    /// A policy that was told to be wrong before: another claim names it, too.
    Again,
}

/// A claim that cannot be read.
#[derive(Debug)]
pub struct OfClaim {
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub place: Place,
}

/// What was read of a claims file.
#[derive(Debug)]
pub struct Read<'w, E> {
    /// The claims that can be checked, in order.
    pub claims: Vec<Claim<'w>>,
    /// What is wrong with the file and with its other claims, in order.
    pub errors: Vec<LoadError<E>>,
}

/// Gives the text of the file at a path.
type Texts<'t, E> = &'t dyn Fn(&Path) -> Result<Source, E>;

/// Gives the estate in files and folders.
type Estates<'t, E> = &'t dyn Fn(&[PathBuf]) -> Result<Estate, E>;

/// Reads claims files; each policy file is read once.
pub struct Loader<'t, 'w, E> {
    world: World<'w>,
    options: ReadOptions,
    not_principal: NotPrincipalReading,
    own: Own,
    text: Texts<'t, E>,
    estates: Option<Estates<'t, E>>,
    allow_vacuous: bool,
    /// The estates that were read; none of one that cannot be.
    known: BTreeMap<Vec<PathBuf>, Option<Arc<Estate>>>,
    /// The policies that were read; none of one that cannot be.
    policies: BTreeMap<(PathBuf, PolicyKind), Option<NamedPolicy>>,
}

impl<'t, 'w, E> Loader<'t, 'w, E> {
    /// Reads claims about this world. `text` gives the text of each file; paths in a claims file
    /// count from its folder.
    pub fn new(
        world: World<'w>,
        options: ReadOptions,
        not_principal: NotPrincipalReading,
        text: Texts<'t, E>,
    ) -> Self {
        Self {
            world,
            options,
            not_principal,
            own: Own::default(),
            text,
            estates: None,
            allow_vacuous: false,
            known: BTreeMap::new(),
            policies: BTreeMap::new(),
        }
    }

    /// Reads claims about estates, too; `estates` gives the estate in files and folders.
    #[must_use]
    pub fn with_estates(self, estates: Estates<'t, E>) -> Self {
        Self { estates: Some(estates), ..self }
    }

    /// Lets claims be that say nothing, where they do not expect to say something.
    #[must_use]
    pub fn allowing_vacuous(self, allow: bool) -> Self {
        Self { allow_vacuous: allow, ..self }
    }

    /// Reads claims of somebody who has these accounts.
    #[must_use]
    pub fn of(self, own: Own) -> Self {
        Self { own, ..self }
    }

    /// The claims of a file, in order, with their policies; a claim that cannot be read does not
    /// keep the others from it.
    pub fn claims(&mut self, file: &Path) -> Read<'w, E> {
        let source = match self.source(file) {
            Ok(source) => source,
            Err(error) => return Read { claims: Vec::new(), errors: vec![error] },
        };
        let parsed = parse(source.text());
        let mut read = Read { claims: Vec::new(), errors: Vec::new() };
        for error in parsed.errors {
            read.errors.push(wrong(&source, error.span, error.message));
        }
        if parsed.claims.is_empty() && read.errors.is_empty() {
            let message = "there is no claim in this file".to_owned();
            read.errors.push(wrong(&source, 0..0, message));
        }
        for spanned in parsed.claims {
            let (span, text) = (spanned.span(), spanned.into_inner());
            let name = text.name.clone();
            match self.claim(file, &source, span.clone(), text) {
                Ok(claim) => read.claims.push(claim),
                Err(LoadError::Text(error, _)) => {
                    let place = source.place(Span { start: span.start, end: span.end });
                    read.errors.push(LoadError::Text(error, Some(OfClaim { name, place })));
                }
                Err(error) => read.errors.push(error),
            }
        }
        read
    }

    fn claim(
        &mut self,
        file: &Path,
        source: &Source,
        span: std::ops::Range<usize>,
        text: ClaimText,
    ) -> Result<Claim<'w>, LoadError<E>> {
        let complain = |message: &str| {
            wrong(source, span.clone(), format!("claim `{}`: {message}", text.name))
        };
        let about_calls = !text.filters.is_empty()
            || text.service_role.is_some()
            || !text.profile.is_empty()
            || !text.calls.is_empty();
        if text.call.is_none() && about_calls {
            return Err(complain(
                "`where`, `service_role`, `profile` and `calls` belong to a `call`",
            ));
        }
        let at_values = text.call.is_none() && text.estate.is_none();
        if text.values.is_some() && !at_values {
            return Err(complain(
                "`for` belongs to claims about policies, not about a `call` or an `estate`",
            ));
        }
        let scope = scope(&text, &self.own).map_err(|message| complain(&message))?;
        let own = text
            .partitions
            .as_ref()
            .map(|names| Partitions::named(names))
            .transpose()
            .map_err(|wrong| complain(&wrong))?;
        let world = World {
            unknown_actions: self.world.unknown_actions || text.unknown_actions,
            unknown_keys: self.world.unknown_keys || text.unknown_keys,
            partitions: own.or(self.world.partitions),
            ..self.world
        };
        let requests = text.requests.about(world);
        let of_estate = [
            (text.estate.is_some(), "estate"),
            (text.principal.is_some(), "as"),
            (text.only.is_some(), "only"),
            (text.everybody.is_some(), "in"),
        ];
        let subject = match text.claim {
            Kind::Only | Kind::Nobody | Kind::EverybodyIn => {
                self.estate(file, source, &text, scope, requests, &complain)?
            }
            Kind::Never | Kind::Some if text.estate.is_some() => {
                self.estate(file, source, &text, scope, requests, &complain)?
            }
            Kind::Never | Kind::Some | Kind::Equivalent | Kind::NoNewAccess
                if of_estate.iter().any(|(given, _)| *given) =>
            {
                let (_, name) = of_estate.into_iter().find(|(given, _)| *given).unwrap_or_default();
                return Err(complain(&format!(
                    "`{name}` belongs to claims about an estate: `only`, `nobody`, `everybody_in`, and `never` and `some` with `estate` and `as`"
                )));
            }
            Kind::Never | Kind::Some if text.call.is_some() => {
                self.call(file, source, &text, scope, &complain)?
            }
            Kind::Never | Kind::Some => {
                let (Some(policies), None, None) = (&text.policies, &text.old, &text.new) else {
                    return Err(complain(
                        "`never` and `some` have `policies` and maybe `statement`, and neither `old` nor `new`",
                    ));
                };
                let mut shape = self.shape(source, &text, scope, requests)?;
                let mut policies = Box::new(self.set(file, policies)?);
                one_form(&mut [&mut policies], Some(&mut shape))
                    .map_err(|wrong| complain(&wrong))?;
                Subject::Shape { some: text.claim == Kind::Some, shape: Box::new(shape), policies }
            }
            Kind::Equivalent | Kind::NoNewAccess => {
                let (Some(old), Some(new), None, None) =
                    (&text.old, &text.new, &text.policies, &text.call)
                else {
                    return Err(complain(
                        "`equivalent` and `no_new_access` have `old`, `new` and maybe `statement`, and neither `policies` nor `call`",
                    ));
                };
                let all = text.statement.is_none() && scope == Scope::default();
                let mut shape = if all {
                    None
                } else {
                    Some(Box::new(self.shape(source, &text, scope, requests)?))
                };
                let [mut old, mut new] = [self.set(file, old)?, self.set(file, new)?].map(Box::new);
                one_form(&mut [&mut old, &mut new], shape.as_deref_mut())
                    .map_err(|wrong| complain(&wrong))?;
                Subject::Pair { equivalent: text.claim == Kind::Equivalent, old, new, shape }
            }
        };
        Ok(Claim {
            source: source.clone(),
            span: Span { start: span.start, end: span.end },
            name: text.name,
            subject,
            values: text.values,
            requests,
            expect: text.expect,
            vacuity: match text.vacuous {
                Some(word) => word.into(),
                None if self.allow_vacuous => Vacuity::Allowed,
                None => Vacuity::Refused,
            },
            why: text.why,
        })
    }

    /// A claim about an estate.
    fn estate(
        &mut self,
        file: &Path,
        source: &Source,
        text: &ClaimText,
        scope: Scope,
        requests: Requests<'_>,
        complain: &dyn Fn(&str) -> LoadError<E>,
    ) -> Result<Subject, LoadError<E>> {
        let alone = text.policies.is_none()
            && text.old.is_none()
            && text.new.is_none()
            && text.call.is_none();
        let Some(files) = text.estate.as_ref().filter(|_| alone) else {
            return Err(complain(
                "a claim about an estate has `estate` and maybe `statement`, and neither `policies`, `old`, `new` nor `call`",
            ));
        };
        let estate = self.read_estate(file, files, complain)?;
        let list = |entries: &[String]| {
            listed(&estate, entries).map_err(|error| complain(&error.to_string()))
        };
        let asserted = match (text.claim, &text.principal, &text.only, &text.everybody) {
            (Kind::Only, None, Some(only), None) if !only.is_empty() => Asserted::Only(list(only)?),
            (Kind::Nobody, None, None, None) => Asserted::Only(BTreeSet::new()),
            (Kind::EverybodyIn, None, None, Some(everybody)) if !everybody.is_empty() => {
                Asserted::Everybody(list(everybody)?)
            }
            (Kind::Never | Kind::Some, Some(name), None, None) => {
                named(&estate, name).map_err(|error| complain(&format!("`as`: {error}")))?;
                Asserted::One { some: text.claim == Kind::Some, name: name.clone() }
            }
            _ => {
                return Err(complain(
                    "about an estate, `only` has a list `only = [...]`, `everybody_in` a list `in = [...]`, `never` and `some` have `as`, and `nobody` has none of these",
                ));
            }
        };
        let shape = Box::new(self.shape(source, text, scope, requests)?);
        let files = files.paths().to_vec();
        let not_principal = self.not_principal;
        let claim = OfEstate { files, estate, asserted, shape, not_principal };
        match claim.mistake() {
            Some(mistake) => Err(complain(&mistake)),
            None => Ok(Subject::Estate(claim)),
        }
    }

    /// The estate in files and folders, which is read once.
    fn read_estate(
        &mut self,
        file: &Path,
        files: &Files,
        complain: &dyn Fn(&str) -> LoadError<E>,
    ) -> Result<Arc<Estate>, LoadError<E>> {
        let folder = file.parent().unwrap_or(Path::new(""));
        let paths: Vec<PathBuf> = files.paths().iter().map(|path| folder.join(path)).collect();
        if let Some(known) = self.known.get(&paths) {
            return known.clone().ok_or(LoadError::Again);
        }
        let Some(estates) = self.estates else {
            return Err(complain("claims about estates are not read here"));
        };
        self.known.insert(paths.clone(), None);
        let estate = Arc::new(estates(&paths).map_err(|error| LoadError::Text(error, None))?);
        self.known.insert(paths, Some(Arc::clone(&estate)));
        Ok(estate)
    }

    /// The shape of the requests that a claim is about.
    fn shape(
        &self,
        source: &Source,
        text: &ClaimText,
        scope: Scope,
        requests: Requests<'_>,
    ) -> Result<Shape, LoadError<E>> {
        let statement = text.statement.clone().unwrap_or_else(|| serde_json::json!({}));
        let shape_source = Source::new(
            format!("{}, statement of claim `{}`", source.name(), text.name),
            statement.to_string(),
        );
        let value = input::parse(&shape_source, &self.options).map_err(LoadError::Rejected)?;
        let shape = input::shape(&value, &shape_source, &self.options, "statement")
            .map_err(LoadError::Rejected)?
            .value;
        if let Some(world) = requests.world() {
            let unlisted = names::in_shape(&shape, &value, &shape_source, "statement", &world)
                .map_err(LoadError::Catalogue)?;
            if !unlisted.is_empty() {
                return Err(LoadError::Rejected(unlisted));
            }
        }
        Ok(Shape { scope, ..shape })
    }

    /// A claim about an API call.
    fn call(
        &mut self,
        file: &Path,
        source: &Source,
        text: &ClaimText,
        scope: Scope,
        complain: &dyn Fn(&str) -> LoadError<E>,
    ) -> Result<Subject, LoadError<E>> {
        let plain = |error: CallError| complain(&error.to_string());
        let (Some(policies), None, None, None) =
            (&text.policies, &text.old, &text.new, &text.statement)
        else {
            return Err(complain(
                "a claim about a `call` has `policies`, maybe `where` and `service_role`, and no `statement`",
            ));
        };
        let name = text.call.as_deref().unwrap_or_default();
        let call = if text.profile.is_empty() && text.calls.is_empty() {
            find_call(Calls::embedded().map_err(LoadError::Calls)?, name).map_err(plain)?.clone()
        } else {
            find_call(&self.known(file, text, name, complain)?, name).map_err(plain)?.clone()
        };
        let call = Arc::new(call);
        let filters = text
            .filters
            .iter()
            .map(|filter| Filter::parse(filter))
            .collect::<Result<Vec<Filter>, _>>()
            .map_err(plain)?;
        let mut policies = self.set(file, policies)?;
        let role = text
            .service_role
            .as_ref()
            .map(|paths| self.set(file, &PolicyPaths::Identity(paths.clone())))
            .transpose()?;
        let mut role = role.map(|role| {
            Box::new(CallQuery::service_role(role.identity.unwrap_or_default(), &policies))
        });
        let requests = text.requests.about(self.world);
        if !scope.resource_accounts.is_empty() {
            return Err(complain(
                "`resource_account` cannot be used with a `call`, whose authorizations are on resources of several accounts",
            ));
        }
        let mut shape = if scope == Scope::default() {
            None
        } else {
            Some(Box::new(self.shape(source, text, scope, requests)?))
        };
        let mut sets: Vec<&mut Policies> =
            [&mut policies].into_iter().chain(role.as_deref_mut()).collect();
        one_form(&mut sets, shape.as_deref_mut()).map_err(|wrong| complain(&wrong))?;
        let query = CallQuery {
            call: &call,
            policies: &policies,
            role: role.as_deref(),
            shape: shape.as_deref(),
            filters: &filters,
            spots: &[],
            requests,
        };
        query.check().map_err(plain)?;
        Ok(Subject::Call {
            some: text.claim == Kind::Some,
            call,
            filters,
            shape,
            policies: Box::new(policies),
            role,
        })
    }

    /// The calls that are known with the files that a claim names.
    fn known(
        &self,
        file: &Path,
        text: &ClaimText,
        name: &str,
        complain: &dyn Fn(&str) -> LoadError<E>,
    ) -> Result<Calls, LoadError<E>> {
        let folder = file.parent().unwrap_or(Path::new(""));
        let read = |paths: &[String]| {
            paths
                .iter()
                .map(|path| self.source(&folder.join(path)))
                .collect::<Result<Vec<Source>, LoadError<E>>>()
        };
        let mut profiles = Vec::new();
        for source in read(&text.profile)? {
            profiles
                .extend(input::profiles(&source).map_err(|error| complain(&error.to_string()))?);
        }
        input::calls(&read(&text.calls)?, profiles, Some(name))
            .map_err(|error| complain(&error.to_string()))
    }

    fn set(&mut self, file: &Path, paths: &PolicyPaths) -> Result<Policies, LoadError<E>> {
        let mut read =
            |paths: &[String], kind: PolicyKind| -> Result<Vec<NamedPolicy>, LoadError<E>> {
                paths
                    .iter()
                    .map(|path| {
                        self.policy(&file.parent().unwrap_or(Path::new("")).join(path), path, kind)
                    })
                    .collect()
            };
        let LayerPaths { identity, boundary, session, resource, scp, rcp, endpoint } = match paths {
            PolicyPaths::Identity(paths) => {
                return Ok(Policies::identity(read(paths, PolicyKind::Identity)?));
            }
            PolicyPaths::Layers(layers) => layers,
        };
        let mut levels = |levels: &[Vec<String>], kind: PolicyKind| {
            levels.iter().map(|level| read(level, kind)).collect::<Result<Vec<_>, LoadError<E>>>()
        };
        let (scp, rcp) = (levels(scp, PolicyKind::Scp)?, levels(rcp, PolicyKind::Rcp)?);
        Ok(Policies {
            identity: identity
                .as_ref()
                .map(|paths| read(paths, PolicyKind::Identity))
                .transpose()?,
            boundary: read(boundary.as_slice(), PolicyKind::Boundary)?.pop(),
            session: read(session, PolicyKind::Session)?,
            resource: read(resource.as_slice(), PolicyKind::Resource)?.pop(),
            scp,
            rcp,
            endpoint: read(endpoint, PolicyKind::Endpoint)?,
            not_principal: self.not_principal,
        })
    }

    fn source(&self, path: &Path) -> Result<Source, LoadError<E>> {
        (self.text)(path).map_err(|error| LoadError::Text(error, None))
    }

    fn policy(
        &mut self,
        path: &Path,
        name: &str,
        kind: PolicyKind,
    ) -> Result<NamedPolicy, LoadError<E>> {
        if let Some(known) = self.policies.get(&(path.to_owned(), kind)) {
            return known.clone().ok_or(LoadError::Again);
        }
        self.policies.insert((path.to_owned(), kind), None);
        let source = self.source(path)?;
        // Warnings about a document are `validate`'s business; here they would hide the verdicts.
        let loaded = input::document(&source, &self.options, kind).map_err(LoadError::Rejected)?;
        let short = Path::new(name)
            .file_name()
            .map_or_else(|| name.to_owned(), |name| name.to_string_lossy().into_owned());
        let named = NamedPolicy { name: short, ..loaded.value };
        self.policies.insert((path.to_owned(), kind), Some(named.clone()));
        Ok(named)
    }
}

/// Gives parameters of one name one form in all that a claim is about; the error is what is wrong.
fn one_form(sets: &mut [&mut Policies], shape: Option<&mut Shape>) -> Result<(), String> {
    layers::one_form(sets, shape).map_err(|clash| clash.to_string())
}

/// What a claim says of requests beyond the policy language; the error is what is wrong with it.
fn scope(text: &ClaimText, own: &Own) -> Result<Scope, String> {
    let read = |name: &str, accounts: &Accounts| match accounts
        .ids()
        .iter()
        .find(|id| !value::is_account(id))
    {
        Some(wrong) => Err(format!("`{name}` is `{wrong}`, but an account has twelve digits")),
        None => Ok(accounts.ids().to_vec()),
    };
    Ok(Scope {
        accounts: read("account", &text.account)?,
        resource_accounts: read("resource_account", &text.resource_account)?,
        through: text.through,
        own: own.clone(),
        management: None,
    })
}

fn wrong<E>(source: &Source, span: std::ops::Range<usize>, message: String) -> LoadError<E> {
    let finding = Finding {
        rule: "invalid-claim",
        level: Level::Error,
        message,
        source: source.clone(),
        span: Span { start: span.start, end: span.end },
        route: String::new(),
        help: Some(
            "a claim is `[[claim]]` with `name`, `claim`, `policies` (or `old` and `new`), `statement`, `expect` and maybe `why`; papers/guide.md explains them"
                .to_owned(),
        ),
    };
    LoadError::Rejected(vec![finding])
}
