//! The program `keyaki-z3`: answers the questions that come on standard input, see the crate
//! `keyaki-z3`.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let (mut out, mut err) = (io::stdout().lock(), io::stderr());
    let done = match arguments.as_slice() {
        [] => keyaki_z3::serve(io::stdin().lock(), &mut out),
        [only] if only == "--version" || only == "-V" => version(&mut out),
        _ => {
            _ = writeln!(
                err,
                "keyaki-z3 answers what `keyaki` asks on its standard input; it takes `--version`, and nothing else"
            );
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            _ = writeln!(err, "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn version(out: &mut impl Write) -> io::Result<()> {
    let greeting = keyaki_z3::greeting();
    writeln!(
        out,
        "{} {} (Z3 {}, protocol {})",
        greeting.program, greeting.release, greeting.z3, greeting.protocol
    )?;
    greeting.refusal.map_or(Ok(()), |refusal| Err(io::Error::other(refusal)))
}
