//! Asks whether a policy allows anything but one model, and says what a "no" depends on.
//!
//!     cargo run --example branch_on_a_caveat -- POLICY.json

#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use keyaki::{Answer, Caveat, Keyaki, policies_with_warnings, shape};
use std::error::Error;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("usage: branch_on_a_caveat POLICY.json")?;
    let read = policies_with_warnings(&file, &fs::read_to_string(&file)?)?;
    for warning in &read.warnings {
        println!("{warning}");
    }
    let others = shape(
        r#"{"Action": "bedrock:InvokeModel*", "NotResource": "arn:aws:bedrock:*::foundation-model/*haiku*"}"#,
    )?;
    let verdict = Keyaki::new().can(&read.value, &others)?;
    match &verdict.answer {
        Answer::Yes(found) => println!("yes: {}", found.request.to_json()),
        Answer::No => println!("no"),
        Answer::Unknown(reason) => println!("unknown ({}): {reason}", reason.code()),
    }
    for caveat in &verdict.caveats {
        if matches!(caveat, Caveat::NoResourcePolicy) {
            println!("  give the policies of the resources, too: {caveat}");
        } else {
            println!("  {}: {caveat}", caveat.code());
        }
    }
    Ok(())
}
