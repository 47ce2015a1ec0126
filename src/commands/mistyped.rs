//! A command line that could not be understood: clap's words for people, our document for programs.

use std::ffi::OsString;

use clap::error::ErrorKind;

use crate::commands::exit;
use crate::commands::output;
use crate::error;
use crate::error::Error;
use crate::render::format::Format;
use crate::render::json;

/// Answers a command line that is no command: help, version, or what is wrong with it.
pub fn answer(mistake: &clap::Error, arguments: &[OsString]) -> u8 {
    if matches!(mistake.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let shown = if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
            mistake.render().ansi().to_string()
        } else {
            mistake.render().to_string()
        };
        return output::answer(&shown).map_or_else(|error| error.exit, |()| exit::ACCEPTED);
    }
    let _ = mistake.print();
    let ours = as_ours(mistake);
    let _ = output::answer(&match named(arguments) {
        Some("jsonl") => json::render_error_line(&ours),
        name => name.and_then(Format::named).unwrap_or_default().render_error(&ours),
    });
    error::USAGE
}

/// The format that was asked for, as far as it can be told from arguments that were not understood.
fn named(arguments: &[OsString]) -> Option<&str> {
    let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let mut named = texts.iter().enumerate().filter_map(|(index, text)| match text.strip_prefix("--format")? {
        "" => texts.get(index + 1).copied(),
        rest => rest.strip_prefix('='),
    });
    named.next_back()
}

fn as_ours(error: &clap::Error) -> Error {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let tip = lines.find_map(|line| line.strip_prefix("tip: "));
    let message = first.strip_prefix("error: ").unwrap_or(first);
    Error::usage("usage", format!("understand the command line: {message}"))
        .help(tip.unwrap_or("run `cargo governed --help`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_told_from_arguments_that_were_not_understood() {
        let told = |text: &str| named(&text.split(' ').map(OsString::from).collect::<Vec<_>>()).map(str::to_owned);
        assert_eq!(told("x check --nope --format json").as_deref(), Some("json"));
        assert_eq!(told("x check --format=sarif --nope").as_deref(), Some("sarif"));
        assert_eq!(told("x run --format jsonl --nope").as_deref(), Some("jsonl"));
        assert_eq!(told("x check --format"), None);
    }
}
