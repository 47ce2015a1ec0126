//! What happens to a step, in one line.

use crate::render::run::words;
use crate::steps::execution::Progress;
use crate::steps::outcome::State;

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
