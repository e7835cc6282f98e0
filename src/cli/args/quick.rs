//! The command line without its help. To tell the parser the flags of every command takes longer than
//! many an answer, so it is told those of the command that the words name. Whatever it does not
//! accept is parsed once more with all there is to say.

use super::{
    AgainArgs, CanArgs, CatalogueArgs, CheckArgs, Cli, CompareArgs, CompletionsArgs, EncodeCommand,
    EvalArgs, ExplainArgs, GuardrailsArgs, ImportArgs, LintArgs, ManArgs, MatrixArgs, PathsArgs,
    PrintArgs, ReviewArgs, SchemaArgs, ValidateArgs, WhoCanArgs,
};
use clap::{Args, Command, FromArgMatches, Subcommand};
use std::ffi::OsString;

/// Adds the flags of a command.
type Augment = fn(Command) -> Command;

/// The commands, and what adds their flags.
const COMMANDS: [(&str, Augment); 19] = [
    ("again", AgainArgs::augment_args),
    ("can", CanArgs::augment_args),
    ("catalogue", CatalogueArgs::augment_args),
    ("check", CheckArgs::augment_args),
    ("compare", CompareArgs::augment_args),
    ("completions", CompletionsArgs::augment_args),
    ("encode", EncodeCommand::augment_subcommands),
    ("eval", EvalArgs::augment_args),
    ("explain", ExplainArgs::augment_args),
    ("guardrails", GuardrailsArgs::augment_args),
    ("import", ImportArgs::augment_args),
    ("lint", LintArgs::augment_args),
    ("man", ManArgs::augment_args),
    ("matrix", MatrixArgs::augment_args),
    ("paths", PathsArgs::augment_args),
    ("review", ReviewArgs::augment_args),
    ("schema", SchemaArgs::augment_args),
    ("validate", ValidateArgs::augment_args),
    ("who-can", WhoCanArgs::augment_args),
];

/// What the words of a command line say, if nothing is wrong with them and they ask for no help.
///
/// # Errors
/// The version, where they ask for it. Anything else; what is told of it is for the whole command line
/// to say.
pub fn parse(words: &[OsString]) -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&command().try_get_matches_from(words)?)
}

fn command() -> Command {
    let commands = COMMANDS.map(|(name, augment)| Command::new(name).defer(augment));
    let version = env!("CARGO_PKG_VERSION");
    let keyaki = Command::new("keyaki").version(version).propagate_version(true);
    PrintArgs::augment_args(keyaki).subcommands(commands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use std::collections::BTreeSet;

    /// The flags of a command and of those below it, as far as what they accept goes.
    fn flags(command: &Command, above: &str) -> BTreeSet<String> {
        let path = format!("{above} {}", command.get_name());
        let own = command
            .get_arguments()
            .filter(|arg| !["help", "version"].contains(&arg.get_id().as_str()));
        let own = own.map(|arg| format!("{path}: {arg:?}"));
        let below = command.get_subcommands().filter(|command| command.get_name() != "help");
        own.chain(below.flat_map(|command| flags(command, &path))).collect()
    }

    #[test]
    fn all_commands_are_there_with_all_their_flags() {
        let [mut quick, mut whole] = [command(), Cli::command()];
        quick.build();
        whole.build();
        assert_eq!(flags(&quick, ""), flags(&whole, ""));
    }

    #[test]
    fn what_is_wrong_or_asks_for_help_is_not_accepted() {
        let accepted =
            |line: &str| parse(&line.split(' ').map(OsString::from).collect::<Vec<_>>()).is_ok();
        for line in ["keyaki compare a b", "keyaki encode can -q --policies a", "keyaki -q lint a"]
        {
            assert!(accepted(line), "{line}");
        }
        for line in [
            "keyaki",
            "keyaki encode",
            "keyaki nosuch",
            "keyaki compare",
            "keyaki compare a b --nosuch",
            "keyaki -V",
            "keyaki compare -h",
            "keyaki help",
            "keyaki help compare",
        ] {
            assert!(!accepted(line), "{line}");
        }
    }
}
