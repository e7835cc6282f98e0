//! From `--requests`, `--catalogue`, `--assume`, `--no-assume`, `--unknown-actions` and `--unknown-keys` to what is taken to exist.

use super::args::{RequestsArg, WorldArgs};
use super::{Failure, read};
use crate::catalogue::Catalogue;
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
pub fn world(args: &WorldArgs) -> Result<World<'static>, Failure> {
    let mut assumptions = Assumptions::all();
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
    let WorldArgs { unknown_actions, unknown_keys, .. } = *args;
    Ok(World { catalogue: catalogue(args.catalogue.as_deref())?, assumptions, unknown_actions, unknown_keys })
}

/// The requests that a question is about.
pub fn requests(word: RequestsArg, args: &WorldArgs) -> Result<Requests<'static>, Failure> {
    let world = world(args)?;
    Ok(match word {
        RequestsArg::Feasible => Requests::Feasible(world),
        RequestsArg::Any => Requests::Any,
    })
}

/// The model choice of that id, or all of them.
fn choices(name: &str) -> Result<Vec<ModelChoice>, Failure> {
    if name == "all" {
        return Ok(ModelChoice::ALL.to_vec());
    }
    ModelChoice::of(name).map(|choice| vec![choice]).ok_or_else(|| {
        let wrong = Failure::new(format!("error: `{name}` is no model choice; these are, and `all`:"));
        ModelChoice::ALL.iter().fold(wrong, |wrong, choice| wrong.and_line(&format!("  {}: {}", choice.id(), choice.says())))
    })
}
