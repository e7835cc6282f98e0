//! From `--requests`, `--catalogue`, `--assume`, `--no-assume`, `--unknown-actions`,
//! `--unknown-keys` and `--partition` to what is taken to exist.

use super::args::{RequestsArg, WorldArgs};
use super::{Failure, Io, read};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use keyaki_iam::catalogue::Catalogue;
use keyaki_iam::partitions::Partitions;
use keyaki_iam::project::Project;
use keyaki_iam::world::{Assumptions, ModelChoice, World};
use keyaki_questions::query::Requests;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The catalogue in that file, or the one that Keyaki carries.
pub fn catalogue(path: Option<&Path>) -> Result<&'static Catalogue, Failure> {
    or_embedded(path.map(of_file).transpose()?)
}

/// The given catalogue, or the one that Keyaki carries, which is read here.
fn or_embedded(given: Option<&'static Catalogue>) -> Result<&'static Catalogue, Failure> {
    given.map_or_else(|| Ok(Catalogue::embedded()?), Ok)
}

/// The catalogue in that file. It lives as long as the process, which reads one.
fn of_file(path: &Path) -> Result<&'static Catalogue, Failure> {
    let (name, bytes) = read::bytes(path)?;
    let catalogue = Catalogue::from_bytes(bytes)
        .map_err(|error| Failure::new(format!("error: `{name}`: {error}")))?;
    Ok(Box::leak(Box::new(catalogue)))
}

/// Warns, once, of a catalogue that is more than six months old.
pub fn warn_if_old(catalogue: &Catalogue, io: &mut Io<'_>) {
    static WARNED: AtomicBool = AtomicBool::new(false);
    let Some(date) =
        catalogue.date().filter(|date| today().is_some_and(|today| is_old(*date, today)))
    else {
        return;
    };
    if !WARNED.swap(true, Ordering::Relaxed) {
        let help = "AWS adds actions every week; `keyaki catalogue --update` makes a new one";
        io.warn(&format!(
            "warning: the service catalogue is of {date}, more than six months old: {help}"
        ));
    }
}

fn is_old(date: Date, today: Date) -> bool {
    date.checked_add(Span::new().months(6)).is_ok_and(|limit| limit < today)
}

/// The day, in UTC. `SOURCE_DATE_EPOCH`, as everywhere, replaces the clock, so that a run can be
/// repeated.
pub fn today() -> Option<Date> {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let now = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|passed| i64::try_from(passed.as_secs()).ok())
    };
    let instant = Timestamp::from_second(fixed.or_else(now)?).ok()?;
    Some(Offset::UTC.to_datetime(instant).date())
}

/// What the flags say exists. The catalogue that Keyaki carries is read when it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Exists {
    /// Of a file.
    catalogue: Option<&'static Catalogue>,
    assumptions: Assumptions,
    unknown_actions: bool,
    unknown_keys: bool,
    partitions: Option<Partitions>,
}

impl Exists {
    /// What exists.
    ///
    /// # Errors
    /// When Keyaki carries no catalogue that can be read: a defect.
    pub fn world(self) -> Result<World<'static>, Failure> {
        let Self { catalogue, assumptions, unknown_actions, unknown_keys, partitions } = self;
        let catalogue = or_embedded(catalogue)?;
        Ok(World { catalogue, assumptions, unknown_actions, unknown_keys, partitions })
    }
}

/// What the flags say exists.
pub fn exists(args: &WorldArgs, project: Option<&Project>) -> Result<Exists, Failure> {
    let assumptions = assumed(args, project)?;
    let named = |names: &[String]| {
        Partitions::named(names).map_err(|wrong| Failure::new(format!("error: {wrong}")))
    };
    let own = if args.partition.is_empty() { None } else { Some(named(&args.partition)?) };
    let partitions = own.or(project.and_then(|project| project.partitions));
    let WorldArgs { unknown_actions, unknown_keys, .. } = *args;
    Ok(Exists {
        catalogue: args.catalogue.as_deref().map(of_file).transpose()?,
        assumptions,
        unknown_actions,
        unknown_keys,
        partitions,
    })
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

/// The requests that a question is about; warns of a catalogue that is old, where they depend on it.
pub fn requests(
    word: RequestsArg,
    exists: Exists,
    io: &mut Io<'_>,
) -> Result<Requests<'static>, Failure> {
    Ok(match word {
        RequestsArg::Feasible => {
            let world = exists.world()?;
            warn_if_old(world.catalogue, io);
            Requests::Feasible(world)
        }
        RequestsArg::Any => Requests::Any,
    })
}

/// The model choice of that id, or all of them.
fn choices(name: &str) -> Result<Vec<ModelChoice>, Failure> {
    ModelChoice::named(name).ok_or_else(|| {
        let wrong =
            Failure::new(format!("error: `{name}` is not a model choice; these are, and `all`:"));
        ModelChoice::ALL.iter().fold(wrong, |wrong, choice| {
            wrong.and_line(&format!("  {}: {}", choice.id(), choice.says()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_catalogue_is_old_after_six_months() {
        let day = date(2026, 9, 26);
        assert!(
            !is_old(day, date(2026, 9, 26))
                && !is_old(day, date(2027, 3, 26))
                && !is_old(day, date(2020, 1, 1))
        );
        assert!(is_old(day, date(2027, 3, 27)) && is_old(day, date(2030, 1, 1)));
    }
}
