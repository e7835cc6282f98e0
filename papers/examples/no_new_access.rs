//! Fails where a new policy allows something that the old one does not.
//!
//!     cargo run --example no_new_access -- OLD.json NEW.json

#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use keyaki::compare::Found;
use keyaki::{Keyaki, policies};
use std::error::Error;
use std::process::ExitCode;
use std::{env, fs};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let files: Vec<String> = env::args().skip(1).collect();
    let [old, new] = files.as_slice() else {
        return Err("usage: no_new_access OLD.json NEW.json".into());
    };
    let read = |file: &String| -> Result<_, Box<dyn Error>> {
        Ok(policies(file, &fs::read_to_string(file)?)?)
    };
    let comparison = Keyaki::new().compare(&read(old)?, &read(new)?)?;
    match &comparison.added {
        Found::Nothing => {
            println!("nothing new is allowed");
            for choice in &comparison.rests_on.choices {
                println!("  as long as {}", choice.says());
            }
            return Ok(ExitCode::SUCCESS);
        }
        Found::Difference(added) => println!("new: {}", added.witness.request.to_json()),
        Found::Unknown(reason) => println!("unknown ({}): {reason}", reason.code()),
        Found::NotAsked => println!("not asked"),
    }
    Ok(ExitCode::FAILURE)
}
