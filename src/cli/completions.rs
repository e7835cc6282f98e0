//! `completions` and `man`: what shells and manuals get from the command line's own description.

use super::args::{self, CompletionsArgs, ManArgs};
use super::{Ending, Failure, Io};
use clap_mangen::Man;
use std::io::Write;

/// `keyaki completions`
pub fn completions(args: &CompletionsArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    // Into memory: what writes scripts takes an output that cannot be written to for a bug.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut args::command(), "keyaki", &mut script);
    io.out.write_all(&script)?;
    Ok(Ending::NothingFound)
}

/// `keyaki man`
pub fn man(args: &ManArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let mut command = args::command();
    // Commands below get the flags of those above, and their whole names.
    command.build();
    for name in &args.command {
        let found = command.find_subcommand(name).cloned();
        command = found.ok_or_else(|| {
            Failure::new(format!(
                "error: there is no command `{}`; `keyaki --help` lists the commands",
                args.command.join(" ")
            ))
        })?;
    }
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let words = ["keyaki"].into_iter().chain(args.command.iter().map(String::as_str));
    let closing = args::closing(&words.collect::<Vec<_>>().join(" "));
    let has_commands = command.has_subcommands();
    let page = Man::new(command.display_name(&name));
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    if has_commands {
        page.render_subcommands_section(&mut text)?;
    }
    for (heading, lines) in closing {
        let lines = lines.replace('\\', "\\e").replace('-', "\\-");
        writeln!(text, ".SH \"{}\"\n.nf\n{lines}\n.fi", heading.to_uppercase())?;
    }
    page.render_version_section(&mut text)?;
    io.out.write_all(&text)?;
    Ok(Ending::NothingFound)
}
