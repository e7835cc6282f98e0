//! `check`: claims files and the table of their verdicts.

use super::args::{CheckArgs, DecisionArgs, EstateArgs, ReadArgs};
use super::setup::Setup;
use super::{Ending, Failure, Io, estates, read, templates};
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::Own;
use keyaki_iam::world::World;
use keyaki_questions::claims::{Claim, LoadError, Loader};
use keyaki_service::Question;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// `keyaki check`
pub fn check(args: CheckArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let mut setup = Setup::of(&args, Some(&args.project), io)?;
    let own = std::mem::take(&mut setup.own);
    let loading = Loading {
        world: setup.world,
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
    let wrong = failures.iter().fold(Ending::NothingFound, |_, Failure(message)| {
        _ = writeln!(io.err, "{}", message.trim_end());
        Ending::WrongInput
    });
    if claims.is_empty() {
        return Ok(wrong);
    }
    Ok(wrong.and(setup.answer(&Question::Check(claims), Some(args.format), io)?))
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
    /// The claims of files and folders, and what cannot be read of them.
    pub fn claims(&self, paths: &[PathBuf]) -> (Vec<Claim<'static>>, Vec<Failure>) {
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
                failures.push(wrong);
                Vec::new()
            });
            for file in files {
                let read = loader.claims(&file);
                claims.extend(read.claims);
                failures.extend(read.errors.into_iter().filter_map(unreadable));
            }
        }
        let mut names = BTreeSet::new();
        claims.retain(|claim: &Claim<'_>| {
            let new = names.insert(claim.name.clone());
            if !new {
                failures.push(Failure::new(format!(
                    "error: `{}`: there are two claims `{}`; give each a name of its own",
                    claim.source.name(),
                    claim.name
                )));
            }
            new
        });
        (claims, failures)
    }
}

/// Why a claims file, or what it names, cannot be read.
fn unreadable(error: LoadError<Failure>) -> Option<Failure> {
    match error {
        LoadError::Text(failure) => Some(failure),
        LoadError::Rejected(findings) => Some(Failure::findings(&findings)),
        LoadError::Calls(error) => Some(error.into()),
        LoadError::Catalogue(error) => Some(error.into()),
        LoadError::Again => None,
    }
}
