//! What a person sees while steps run: on stderr, a line when a step begins and one when it ends.

use crate::commands::output;
use crate::render::encode::terminal::Charset;
use crate::render::run::words;
use crate::steps::execution::Progress;
use crate::steps::outcome::State;

/// Says what happens, as it happens.
pub(crate) fn tell(progress: Progress<'_>, charset: Charset) {
    let line = match progress {
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
        Progress::Wrote { .. } => return,
    };
    output::talk(&charset.line(&line));
}
