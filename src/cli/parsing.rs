//! What the parser of the command line has to say: help, the version, and what is wrong.

use super::args::Cli;
use super::{Ending, Failure, Io, engines};
use clap::Parser;
use clap::error::{Error, ErrorKind};
use keyaki_iam::visible;
use std::env;
use std::io::{self, IsTerminal, Write};

/// Prints help, and the version with the engines that can be asked, to standard output, and errors
/// to standard error.
///
/// # Errors
/// When help or the version cannot be written.
pub fn tell(error: Error, io: &mut Io<'_>) -> Result<Ending, Failure> {
    if error.use_stderr() {
        _ = shown(error).print();
        return Ok(Ending::WrongInput);
    }
    if io::stdout().is_terminal() {
        error.print()?;
    } else {
        write!(io.out, "{}", error.render())?;
    }
    if error.kind() == ErrorKind::DisplayVersion {
        write!(io.out, "{}", engines::available())?;
    }
    Ok(Ending::NothingFound)
}

/// The same error about arguments whose every character shows; a message quotes them as they are.
fn shown(error: Error) -> Error {
    let arguments: Vec<String> =
        env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    if !arguments.iter().any(|argument| argument.chars().any(visible::is_unseen)) {
        return error;
    }
    let seen = arguments.iter().map(|argument| visible::visible(argument).into_owned());
    Cli::try_parse_from(seen).err().unwrap_or_else(|| {
        let kind = error.kind();
        Error::raw(kind, format!("{}\n", visible::message(&error.render().to_string())))
    })
}
