//! From `--requests`, `--catalogue`, `--assume`, `--no-assume` and `--unknown-actions` to what is taken to exist.

use super::args::{RequestsArg, WorldArgs};
use super::{Failure, read};
use crate::catalogue::Catalogue;
use crate::project::Project;
use crate::query::Requests;
use crate::world::{Assumptions, ModelChoice, World};
use std::path::Path;

/// The catalogue in that file, or the one that Keyaki carries. It lives as long as the process, which reads one.
pub fn catalogue(path: Option<&Path>) -> Result<&'static Catalogue, Failure> {
    let Some(path) = path else { return Ok(Catalogue::embedded()?) };
    let (name, bytes) = read::bytes(path)?;
    let catalogue = Catalogue::from_bytes(bytes).map_err(|error| Failure::new(format!("error: `{name}`: {error}")))?;
    Ok(Box::leak(Box::new(catalogue)))
}

/// What the flags say exists.
pub fn world(args: &WorldArgs, project: Option<&Project>) -> Result<World<'static>, Failure> {
    let assumptions = assumed(args, project)?;
    Ok(World { catalogue: catalogue(args.catalogue.as_deref())?, assumptions, unknown_actions: args.unknown_actions })
}

/// The model choices that are assumed: flags go before what a project says.
pub fn assumed(args: &WorldArgs, project: Option<&Project>) -> Result<Assumptions, Failure> {
    let usual = Assumptions::all();
    let mut assumptions = project.map_or(usual, |project| project.assumed(usual));
    for name in &args.no_assume {
        for choice in choices(name)? {
            assumptions = assumptions.without(choice);
        }
    }
    for name in &args.assume {
        for choice in choices(name)? {
            assumptions = assumptions.with(choice);
        }
    }
    Ok(assumptions)
}

/// The requests that a question is about.
pub fn requests(word: RequestsArg, args: &WorldArgs, project: Option<&Project>) -> Result<Requests<'static>, Failure> {
    let world = world(args, project)?;
    Ok(match word {
        RequestsArg::Feasible => Requests::Feasible(world),
        RequestsArg::Any => Requests::Any,
    })
}

/// The model choice of that id, or all of them.
fn choices(name: &str) -> Result<Vec<ModelChoice>, Failure> {
    ModelChoice::named(name).ok_or_else(|| {
        let wrong = Failure::new(format!("error: `{name}` is no model choice; these are, and `all`:"));
        ModelChoice::ALL.iter().fold(wrong, |wrong, choice| wrong.and_line(&format!("  {}: {}", choice.id(), choice.says())))
    })
}
