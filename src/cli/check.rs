//! `check`: claims files and the table of their verdicts.

use super::args::{CheckArgs, EstateArgs};
use super::setup::Setup;
use super::{Ending, Failure, Io, estates, read};
use keyaki_iam::policy::read::ReadOptions;
use keyaki_questions::claims::{Claim, LoadError, Loader};
use keyaki_service::Question;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// `keyaki check`
pub fn check(args: CheckArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let mut setup = Setup::of(&args, Some(&args.project), io)?;
    let own = std::mem::take(&mut setup.own);
    let options: ReadOptions = args.read.into();
    let estate = |paths: &[PathBuf]| {
        let named = EstateArgs { estates: paths.to_vec(), managed: args.managed.clone() };
        Ok(estates::estate(&named, &options)?.estate)
    };
    let mut loader = Loader::new(setup.world, args.read.into(), args.decision.into(), &read::text)
        .of(own)
        .with_estates(&estate)
        .allowing_vacuous(args.vacuous.allow_vacuous);
    let (mut claims, mut failures) = (Vec::new(), Vec::new());
    for path in &args.files {
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
