//! What is said on stderr while steps run: bars on a terminal, elsewhere a line when a step begins and one when it ends.

use std::env;
use std::io;
use std::io::IsTerminal;

use crate::commands::bars::Bars;
use crate::commands::cli::Shared;
use crate::commands::news;
use crate::commands::output;
use crate::commands::surroundings;
use crate::render::encode::terminal::Charset;
use crate::steps::execution::Progress;

/// Who is told, and how.
pub(crate) enum Live {
    /// Nobody.
    Quiet,
    /// A log: a line each.
    Lines(Charset),
    /// A person at a terminal.
    Bars(Box<Bars>),
}

impl Live {
    /// As stderr is: a terminal that can move its cursor gets bars, unless tracing writes between them.
    pub(crate) fn here(shared: &Shared, charset: Charset) -> Self {
        let is_dumb = env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        match (shared.quiet, io::stderr().is_terminal() && !is_dumb && shared.verbose < 2) {
            (true, _) => Self::Quiet,
            (false, true) => Self::Bars(Box::new(Bars::new(charset, surroundings::talks_in_colors(shared)))),
            (false, false) => Self::Lines(charset),
        }
    }

    /// Says what happens, as it happens.
    pub(crate) fn tell(&self, progress: Progress<'_>) {
        match self {
            Self::Quiet => {}
            Self::Lines(charset) => tell(progress, *charset),
            Self::Bars(bars) => bars.tell(progress),
        }
    }
}

/// Says it in a line.
fn tell(progress: Progress<'_>, charset: Charset) {
    if let Some(line) = news::line(progress) {
        output::talk(&charset.line(&line));
    }
}
