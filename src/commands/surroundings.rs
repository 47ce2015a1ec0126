//! What the environment says about how to print: colours, width, characters.

use std::env;
use std::io;
use std::io::IsTerminal;

use anstream::AutoStream;
use anstream::ColorChoice;

use crate::commands::cli::Shared;
use crate::render::encode::terminal::Charset;
use crate::render::human::look::Detail;
use crate::render::human::look::Look;

/// Columns where the terminal does not say how many it has.
const DEFAULT_WIDTH: usize = 80;

/// The look of what goes to stdout.
pub fn look(shared: &Shared) -> Look {
    let terminal = io::stdout().is_terminal();
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    let colors = wish(shared).unwrap_or_else(|| is_colorful(AutoStream::choice(&io::stdout())));
    let detail = match (shared.quiet, shared.verbose) {
        (true, _) => Detail::Quiet,
        (false, 0) => Detail::Normal,
        _ => Detail::Full,
    };
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let columns = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Look {
        width: if terminal { width.or(columns).unwrap_or(DEFAULT_WIDTH).max(20) } else { Look::plain().width },
        colors,
        links: colors && terminal && supports_hyperlinks::supports_hyperlinks(),
        charset: Charset {
            ascii: terminal && (dumb || !speaks_utf8()),
            workflow_log: env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
        },
        detail,
    }
}

/// Whether what is said on stderr is coloured.
pub fn talks_in_colors(shared: &Shared) -> bool {
    wish(shared).unwrap_or_else(|| is_colorful(AutoStream::choice(&io::stderr())))
}

/// `--color`, else cargo's own variable; nothing where the stream decides.
fn wish(shared: &Shared) -> Option<bool> {
    let wish = shared.color.clone().or_else(|| env::var("CARGO_TERM_COLOR").ok());
    match wish.as_deref() {
        Some("always") => Some(true),
        Some("never") => Some(false),
        _ => None,
    }
}

fn is_colorful(choice: ColorChoice) -> bool {
    choice != ColorChoice::Never
}

/// Whether the locale says UTF-8 (Windows consoles always can). The first variable that is set decides.
fn speaks_utf8() -> bool {
    if cfg!(windows) {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
        .to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}
