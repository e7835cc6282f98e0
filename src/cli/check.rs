//! `check`: claims files and the table of their verdicts.

use super::args::{CheckArgs, Format};
use super::{Ending, Failure, Io, engines, files, world};
use crate::calls::Calls;
use crate::claims::{self, Checked, Claim, ClaimText, Kind as ClaimKind, LayerPaths, Outcome, PolicyPaths, Subject};
use crate::diagnostic::{Diagnostic, Severity};
use crate::environment::{NamedPolicy, NotPrincipalReading, Policies};
use crate::input;
use crate::policy::Kind;
use crate::policy::read::ReadOptions;
use crate::query::{CallError, CallQuery, Filter, find_call};
use crate::report::{human, json};
use crate::source::{Source, Span};
use crate::world::World;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// `keyaki check`
pub fn check(args: CheckArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = args.read.into();
    let (solver, limits) = engines::solver(&args.engine, args.timeout)?;
    let world = world::world(&args.world)?;
    let mut loader = Loader { world, options, policies: BTreeMap::new(), not_principal: args.decision.into() };
    let mut claims: Vec<Claim<'_>> = Vec::new();
    for file in files::in_folders(&args.files, "toml")? {
        claims.extend(loader.claims(&file)?);
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = claims.iter().find(|claim| !names.insert(claim.name.as_str())) {
        return Err(Failure(format!("error: `{}`: there are two claims `{}`; give each a name of its own", twice.file, twice.name)));
    }
    claims.retain(|claim| args.filter.as_ref().is_none_or(|filter| claim.name.contains(filter.as_str())));
    if claims.is_empty() {
        return Err(Failure("error: there is no claim to check".to_owned()));
    }
    let checked: Vec<Checked> = claims
        .par_iter()
        .map(|claim| claims::check(claim, &solver, &limits).map_err(|error| (claim, error)))
        .collect::<Result<_, _>>()
        .map_err(|(claim, error)| Failure(format!("claim `{}`: {}", claim.name, engines::report(&error).0)))?;
    print(&claims, &checked, args.format, io)?;
    engines::statistics(args.stats, &solver, io)?;
    Ok(ending(&claims, &checked))
}

/// A claim whose verdict is not the expected one is a finding.
fn ending(claims: &[Claim<'_>], checked: &[Checked]) -> Ending {
    let pairs = claims.iter().zip(checked);
    pairs.fold(Ending::NothingFound, |ending, (claim, checked)| match checked.outcome {
        Outcome::Unknown => ending.and(Ending::Unknown),
        _ if checked.as_expected(claim.expect) => ending,
        Outcome::Holds | Outcome::Violated => ending.and(Ending::Found),
    })
}

fn print(claims: &[Claim<'_>], checked: &[Checked], format: Format, io: &mut Io<'_>) -> Result<(), Failure> {
    let pairs = || claims.iter().zip(checked);
    if format == Format::Json {
        for (claim, checked) in pairs() {
            writeln!(io.out, "{}", json::claim(claim, checked))?;
        }
        return Ok(());
    }
    let mut file = "";
    for (claim, checked) in pairs() {
        if claim.file != file {
            file = &claim.file;
            writeln!(io.out, "\n{file}")?;
        }
        write!(io.out, "{}", human::claim(claim, checked))?;
    }
    let count = |outcome: Outcome| checked.iter().filter(|checked| checked.outcome == outcome).count();
    let expected = pairs().filter(|(claim, checked)| checked.as_expected(claim.expect)).count();
    let confirmed = checked.iter().filter(|checked| checked.witness.is_some() || checked.call.is_some()).count();
    let (holds, violated, unknown) = (count(Outcome::Holds), count(Outcome::Violated), count(Outcome::Unknown));
    writeln!(
        io.out,
        "\n{} claims: {holds} hold, {violated} violated, {unknown} unknown; {expected} as expected; {confirmed} confirmed requests",
        claims.len()
    )?;
    let caveats: BTreeSet<&String> = checked.iter().flat_map(|checked| &checked.caveats).collect();
    for caveat in caveats {
        writeln!(io.out, "caveat: {caveat}")?;
    }
    Ok(())
}

/// Reads claims files; each policy file is read once.
struct Loader<'a> {
    world: World<'a>,
    options: ReadOptions,
    policies: BTreeMap<(PathBuf, Kind), NamedPolicy>,
    not_principal: NotPrincipalReading,
}

impl<'a> Loader<'a> {
    fn claims(&mut self, file: &Path) -> Result<Vec<Claim<'a>>, Failure> {
        let source = files::text(file)?;
        let parsed = claims::parse(source.text()).map_err(|(message, span)| wrong(&source, span.unwrap_or_default(), message))?;
        let mut read = Vec::new();
        for spanned in parsed.claims {
            let span = spanned.span();
            read.push(self.claim(file, &source, span, spanned.into_inner())?);
        }
        Ok(read)
    }

    fn claim(&mut self, file: &Path, source: &Source, span: std::ops::Range<usize>, text: ClaimText) -> Result<Claim<'a>, Failure> {
        let complain = |message: &str| wrong(source, span.clone(), format!("claim `{}`: {message}", text.name));
        if text.call.is_none() && (!text.filters.is_empty() || text.service_role.is_some()) {
            return Err(complain("`where` and `service_role` belong to a `call`"));
        }
        let subject = match text.claim {
            ClaimKind::Never | ClaimKind::Some if text.call.is_some() => self.call(file, &text, &complain)?,
            ClaimKind::Never | ClaimKind::Some => {
                let (Some(policies), None, None) = (&text.policies, &text.old, &text.new) else {
                    return Err(complain("`never` and `some` have `policies` and maybe `statement`, and neither `old` nor `new`"));
                };
                let statement = text.statement.clone().unwrap_or_else(|| serde_json::json!({}));
                let name = format!("{}, statement of claim `{}`", source.name(), text.name);
                let shape_source = Source::new(name, statement.to_string());
                let shape = input::parse(&shape_source, &self.options)
                    .and_then(|value| input::shape(&value, &shape_source, &self.options, "statement"))
                    .map_err(|findings| Failure(files::rendered(&findings)))?;
                let policies = Box::new(self.set(file, policies)?);
                Subject::Shape { some: text.claim == ClaimKind::Some, shape: Box::new(shape.value), policies }
            }
            ClaimKind::Equivalent | ClaimKind::NoNewAccess => {
                let (Some(old), Some(new), None, None) = (&text.old, &text.new, &text.policies, &text.statement) else {
                    return Err(complain("`equivalent` and `no_new_access` have `old` and `new`, and neither `policies` nor `statement`"));
                };
                let [old, new] = [self.set(file, old)?, self.set(file, new)?].map(Box::new);
                Subject::Pair { equivalent: text.claim == ClaimKind::Equivalent, old, new }
            }
        };
        let world = World { unknown_actions: self.world.unknown_actions || text.unknown_actions, ..self.world };
        Ok(Claim {
            file: source.name().to_owned(),
            name: text.name,
            subject,
            requests: text.requests.about(world),
            expect: text.expect,
            why: text.why,
        })
    }

    /// A claim about an API call.
    fn call(&mut self, file: &Path, text: &ClaimText, complain: &dyn Fn(&str) -> Failure) -> Result<Subject, Failure> {
        let plain = |error: CallError| complain(&error.to_string());
        let (Some(policies), None, None, None) = (&text.policies, &text.old, &text.new, &text.statement) else {
            return Err(complain("a claim about a `call` has `policies`, maybe `where` and `service_role`, and no `statement`"));
        };
        let call = find_call(Calls::embedded()?, text.call.as_deref().unwrap_or_default()).map_err(plain)?;
        let filters = text.filters.iter().map(|filter| Filter::parse(filter)).collect::<Result<Vec<Filter>, _>>().map_err(plain)?;
        let policies = self.set(file, policies)?;
        let role = text.service_role.as_ref().map(|paths| self.set(file, &PolicyPaths::Identity(paths.clone()))).transpose()?;
        let role = role.map(|role| Box::new(CallQuery::service_role(role.identity.unwrap_or_default(), &policies)));
        let requests = text.requests.about(self.world);
        CallQuery { call, policies: &policies, role: role.as_deref(), shape: None, filters: &filters, requests }.check().map_err(plain)?;
        Ok(Subject::Call { some: text.claim == ClaimKind::Some, call, filters, policies: Box::new(policies), role })
    }

    fn set(&mut self, file: &Path, paths: &PolicyPaths) -> Result<Policies, Failure> {
        let mut read = |paths: &[String], kind: Kind| -> Result<Vec<NamedPolicy>, Failure> {
            paths.iter().map(|path| self.policy(&file.parent().unwrap_or(Path::new("")).join(path), path, kind)).collect()
        };
        let LayerPaths { identity, boundary, session, resource, scp, rcp, endpoint } = match paths {
            PolicyPaths::Identity(paths) => return Ok(Policies::identity(read(paths, Kind::Identity)?)),
            PolicyPaths::Layers(layers) => layers,
        };
        let mut levels =
            |levels: &[Vec<String>], kind: Kind| levels.iter().map(|level| read(level, kind)).collect::<Result<Vec<_>, Failure>>();
        let (scp, rcp) = (levels(scp, Kind::Scp)?, levels(rcp, Kind::Rcp)?);
        Ok(Policies {
            identity: identity.as_ref().map(|paths| read(paths, Kind::Identity)).transpose()?,
            boundary: read(boundary.as_slice(), Kind::Boundary)?.pop(),
            session: read(session, Kind::Session)?,
            resource: read(resource.as_slice(), Kind::Resource)?.pop(),
            scp,
            rcp,
            endpoint: read(endpoint, Kind::Endpoint)?,
            not_principal: self.not_principal,
        })
    }

    fn policy(&mut self, path: &Path, name: &str, kind: Kind) -> Result<NamedPolicy, Failure> {
        if let Some(known) = self.policies.get(&(path.to_owned(), kind)) {
            return Ok(known.clone());
        }
        let source = files::text(path)?;
        // Warnings about a document are `validate`'s business; here they would hide the verdicts.
        let loaded = input::document(&source, &self.options, kind).map_err(|findings| Failure(files::rendered(&findings)))?;
        let short = Path::new(name).file_name().map_or_else(|| name.to_owned(), |name| name.to_string_lossy().into_owned());
        let named = NamedPolicy { name: short, ..loaded.value };
        self.policies.insert((path.to_owned(), kind), named.clone());
        Ok(named)
    }
}

fn wrong(source: &Source, span: std::ops::Range<usize>, message: String) -> Failure {
    let finding = Diagnostic {
        code: "invalid-claim",
        severity: Severity::Error,
        message,
        source: source.clone(),
        span: Span { start: span.start, end: span.end },
        route: String::new(),
        help: Some("`papers/guide.md` shows a claims file".to_owned()),
    };
    Failure(files::rendered(&[finding]))
}
