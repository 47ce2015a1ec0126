//! `completions` and `man`: made from the command tree.

use std::path::Path;

use clap::Command;
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::commands::cli::Cli;
use crate::error::Error;
use crate::world::outfile;

/// The completions of a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut out = Vec::new();
    let mut command = Cli::command().bin_name("cargo-governed");
    clap_complete::generate(shell, &mut command, "cargo-governed", &mut out);
    out
}

/// The man page of the command.
pub fn page() -> Result<Vec<u8>, Error> {
    render(Cli::command())
}

/// Writes the pages of the command and of every verb; gives their names.
pub fn pages(folder: &Path) -> Result<Vec<String>, Error> {
    let mut written = Vec::new();
    let command = Cli::command();
    for verb in command.get_subcommands() {
        let name = format!("cargo-governed-{}", verb.get_name());
        let usage = format!("cargo governed {}", verb.get_name());
        let page = render(verb.clone().display_name(name.clone()).bin_name(usage).version(env!("CARGO_PKG_VERSION")))?;
        outfile::write(&folder.join(format!("{name}.1")), &page)?;
        written.push(format!("{name}.1"));
    }
    outfile::write(&folder.join("cargo-governed.1"), &page()?)?;
    written.push("cargo-governed.1".to_owned());
    Ok(written)
}

fn render(command: Command) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    // The pages have room for what the short help leaves out; hidden there, an option would lose its text here.
    Man::new(command.mut_args(|argument| argument.hide_short_help(false)))
        .source(concat!("cargo-governed ", env!("CARGO_PKG_VERSION")))
        .render(&mut out)
        .map_err(|error| Error::failed("man-unwritable", format!("make the man page: {error}")))?;
    Ok(out)
}
