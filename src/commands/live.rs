//! What is said on stderr while steps run: bars on a terminal, elsewhere a line when a step begins and one when it ends.

use std::env;
use std::io;
use std::io::IsTerminal;

use crate::commands::bars::Bars;
use crate::commands::cli::Shared;
use crate::commands::output;
use crate::commands::surroundings;
use crate::render::encode::terminal::Charset;
use crate::render::run::words;
use crate::steps::execution::Progress;
use crate::steps::outcome::State;

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
    if let Some(line) = line(progress) {
        output::talk(&charset.line(&line));
    }
}

/// The line; none for what is no news in a log.
pub(crate) fn line(progress: Progress<'_>) -> Option<String> {
    Some(match progress {
        Progress::Began { step, attempt: 1 } => format!("{}: begins: {}", step.name, step.argv.join(" ")),
        Progress::Began { step, attempt } => format!("{}: begins attempt {attempt}", step.name),
        Progress::Ended { step, ended } => {
            let word = match ended.state {
                State::Passed if !ended.unproven.is_empty() => "unproven",
                state => state.as_str(),
            };
            format!("{}: {word} after {}", step.name, words::duration(ended.duration_ms))
        }
        Progress::NotRun { step, why } => format!("{}: not run: {}", step.name, why.message),
        Progress::Planned { .. } | Progress::Wrote { .. } => return None,
    })
}
