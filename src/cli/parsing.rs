//! What the parser of the command line has to say: help, the version, and what is wrong.

use super::args::{self, ColourArg};
use super::output::Output;
use super::{Ending, Failure, engines};
use clap::error::{Error, ErrorKind};
use keyaki_iam::visible;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

/// Prints help, and the version with the engines that can be asked, to standard output, and errors
/// to standard error.
///
/// # Errors
/// When help or the version cannot be written.
pub fn tell(
    error: Error,
    colour: ColourArg,
    words: &[OsString],
    out: &mut Output,
) -> Result<Ending, Failure> {
    if error.use_stderr() {
        _ = shown(error, words).print();
        return Ok(Ending::WrongInput);
    }
    match colour {
        ColourArg::Auto if io::stdout().is_terminal() => error.print()?,
        ColourArg::Always => write!(out, "{}", error.render().ansi())?,
        ColourArg::Auto | ColourArg::Never => write!(out, "{}", error.render())?,
    }
    if error.kind() == ErrorKind::DisplayVersion {
        write!(out, "{}", engines::available())?;
    }
    Ok(Ending::NothingFound)
}

/// The same error about arguments whose every character shows; a message quotes them as they are.
fn shown(error: Error, words: &[OsString]) -> Error {
    let arguments: Vec<String> =
        words.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    if !arguments.iter().any(|argument| argument.chars().any(visible::is_unseen)) {
        return error;
    }
    let seen: Vec<OsString> =
        arguments.iter().map(|argument| visible::visible(argument).into_owned().into()).collect();
    args::parse(&seen).err().unwrap_or_else(|| {
        let kind = error.kind();
        Error::raw(kind, format!("{}\n", visible::message(&error.render().to_string())))
    })
}
