//! `check`: claims files and the table of their verdicts.

use super::args::{CheckArgs, DecisionArgs, EstateArgs, ReadArgs};
use super::documents::Unread;
use super::setup::Setup;
use super::{Ending, Failure, Io, estates, forms, read, templates};
use keyaki_iam::finding::Level;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::Own;
use keyaki_iam::world::World;
use keyaki_questions::claims::{Claim, LoadError, Loader, OfClaim};
use keyaki_reports::review_items::Review;
use keyaki_service::Question;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// `keyaki check`
pub fn check(args: CheckArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let mut setup = Setup::of(&args, Some(&args.project), io)?;
    let sifting = &mut setup.service.sifting;
    forms::fail_on(sifting, args.fail_on, Level::Note);
    forms::baseline(sifting, &args.baseline)?;
    sifting.whole = args.filter.is_none();
    let own = std::mem::take(&mut setup.own);
    let loading = Loading {
        world: setup.exists.world()?,
        read: args.read,
        decision: args.decision,
        managed: args.managed.clone(),
        own,
        allow_vacuous: args.vacuous.allow_vacuous,
    };
    let (mut claims, failures) = loading.claims(&args.files);
    claims.retain(|claim| {
        args.filter.as_ref().is_none_or(|filter| claim.name.contains(filter.as_str()))
    });
    if claims.is_empty() && failures.is_empty() {
        return Err(Failure::new("error: there is no claim to check"));
    }
    // What cannot be read does not keep the other claims from being checked.
    let mut review = Review { command: "check", cases: Vec::new() };
    let sieve = &setup.service.sifting.sieve();
    let mut ending = Ending::NothingFound;
    for (name, wrong) in failures {
        ending = Ending::WrongInput;
        review.cases.push(forms::unread(&name, &wrong, sieve));
        _ = writeln!(io.err, "{}", wrong.told().trim_end());
    }
    if !claims.is_empty() {
        let question = Question::Check(claims);
        ending = ending.and(setup.review(&question, args.format, &mut review, io)?);
    }
    forms::print(&review, args.format, io)?;
    forms::write_baseline(&review, &args.baseline, ending, io)?;
    Ok(ending)
}

/// How claims are loaded.
pub struct Loading {
    /// What exists.
    pub world: World<'static>,
    /// How documents are read.
    pub read: ReadArgs,
    /// How policies decide.
    pub decision: DecisionArgs,
    /// AWS's managed policies, for estates.
    pub managed: Option<PathBuf>,
    /// What is had of own accounts.
    pub own: Own,
    /// Whether claims may say nothing.
    pub allow_vacuous: bool,
}

impl Loading {
    /// The claims of files and folders, and what cannot be read of them, each with its file.
    pub fn claims(&self, paths: &[PathBuf]) -> (Vec<Claim<'static>>, Vec<(String, Unread)>) {
        let options: ReadOptions = self.read.into();
        let estate = |paths: &[PathBuf]| {
            let named = EstateArgs { estates: paths.to_vec(), managed: self.managed.clone() };
            Ok(estates::estate(&named, &options)?.estate)
        };
        let mut loader =
            Loader::new(self.world, self.read.into(), self.decision.into(), &templates::text)
                .of(self.own.clone())
                .with_estates(&estate)
                .allowing_vacuous(self.allow_vacuous);
        let (mut claims, mut failures) = (Vec::new(), Vec::new());
        for path in paths {
            let files = read::in_folders(std::slice::from_ref(path), "toml").and_then(|files| {
                let none = format!("error: no claims file (*.toml) in `{}`", path.display());
                if files.is_empty() { Err(Failure::new(none)) } else { Ok(files) }
            });
            let files = files.unwrap_or_else(|wrong| {
                failures.push((path.display().to_string(), Unread::Failed(wrong)));
                Vec::new()
            });
            for file in files {
                let read = loader.claims(&file);
                claims.extend(read.claims);
                let name = file.display().to_string();
                let wrong = read.errors.into_iter().filter_map(unreadable);
                failures.extend(wrong.map(|wrong| (name.clone(), wrong)));
            }
        }
        let mut names = BTreeSet::new();
        claims.retain(|claim: &Claim<'_>| {
            let new = names.insert(claim.name.clone());
            if !new {
                let name = claim.source.name();
                let twice = Failure::new(format!(
                    "error: `{name}`: there are two claims `{}`; give each a name of its own",
                    claim.name
                ));
                failures.push((name.to_owned(), Unread::Failed(twice)));
            }
            new
        });
        (claims, failures)
    }
}

/// Why a claims file, or what it names, cannot be read.
fn unreadable(error: LoadError<Failure>) -> Option<Unread> {
    match error {
        LoadError::Text(failure, None) => Some(Unread::Failed(failure)),
        LoadError::Text(Failure(told), Some(OfClaim { name, place })) => {
            let (file, start) = (place.file, place.start);
            let of = format!("  = claim `{name}` ({file}:{}:{})", start.line, start.column);
            Some(Unread::Failed(Failure(format!("{}\n{of}\n", told.trim_end()))))
        }
        LoadError::Rejected(findings) => Some(Unread::Other(findings)),
        LoadError::Calls(error) => Some(Unread::Failed(error.into())),
        LoadError::Catalogue(error) => Some(Unread::Failed(error.into())),
        LoadError::Again => None,
    }
}
