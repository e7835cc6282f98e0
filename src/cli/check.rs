//! `check`: claims files and the table of their verdicts.

use super::args::CheckArgs;
use super::setup::Setup;
use super::{Ending, Failure, Io, read};
use keyaki_questions::claims::{Claim, LoadError, Loader};
use keyaki_service::Question;
use std::collections::BTreeSet;

/// `keyaki check`
pub fn check(args: CheckArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let mut setup = Setup::of(&args, Some(&args.project))?;
    let own = std::mem::take(&mut setup.own);
    let mut loader =
        Loader::new(setup.world, args.read.into(), args.decision.into(), &read::text).of(own);
    let mut claims: Vec<Claim<'_>> = Vec::new();
    for file in read::in_folders(&args.files, "toml")? {
        claims.extend(loader.claims(&file).map_err(unreadable)?);
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = claims.iter().find(|claim| !names.insert(claim.name.as_str())) {
        return Err(Failure::new(format!(
            "error: `{}`: there are two claims `{}`; give each a name of its own",
            twice.source.name(),
            twice.name
        )));
    }
    claims.retain(|claim| {
        args.filter.as_ref().is_none_or(|filter| claim.name.contains(filter.as_str()))
    });
    if claims.is_empty() {
        return Err(Failure::new("error: there is no claim to check"));
    }
    setup.answer(&Question::Check(claims), Some(args.format), io)
}

/// Why a claims file, or what it names, cannot be read.
fn unreadable(error: LoadError<Failure>) -> Failure {
    match error {
        LoadError::Text(failure) => failure,
        LoadError::Rejected(findings) => Failure::findings(&findings),
        LoadError::Calls(error) => error.into(),
    }
}
