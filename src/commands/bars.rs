//! What a person at a terminal sees while steps run: a bar for all, a line for each in flight with the last it wrote.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use indicatif::MultiProgress;
use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressState;
use indicatif::ProgressStyle;

use crate::commands::news;
use crate::render::encode::terminal::Charset;
use crate::steps::evidence::escapes;
use crate::steps::execution::Progress;

/// How often the times move on.
const TICK: Duration = Duration::from_millis(250);
/// How often a second at most the terminal is drawn.
const DRAWS: u8 = 10;
/// The most bytes of one write that are looked at for its last line.
const LOOKED_AT: usize = 4096;

/// Bars on stderr. They go away with the value.
pub(crate) struct Bars {
    all: MultiProgress,
    total: ProgressBar,
    charset: Charset,
    colors: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    in_flight: BTreeMap<String, ProgressBar>,
    ended: BTreeSet<String>,
}

impl Bars {
    /// Bars that show nothing before the first step is planned.
    pub(crate) fn new(charset: Charset, colors: bool) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWS));
        let total = ProgressBar::hidden();
        Self { all, total, charset, colors, state: Mutex::default() }
    }

    /// Shows what happens.
    pub(crate) fn tell(&self, progress: Progress<'_>) {
        let mut state = self.state();
        match progress {
            Progress::Planned { steps: 0 } => {}
            Progress::Planned { steps } => {
                self.total.set_style(self.style("{word} [{bar:16}] {pos}/{len}  {took}"));
                self.total.set_length(u64::try_from(steps).unwrap_or(u64::MAX));
                // The bar is drawn from the moment it is among the others.
                self.total.set_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWS));
                let shown = self.all.add(self.total.clone());
                shown.enable_steady_tick(TICK);
            }
            Progress::Began { step, attempt } => {
                state.ended.remove(&step.name);
                let bar = self.all.insert_before(&self.total, ProgressBar::new_spinner());
                bar.set_style(self.style("  {prefix}  {took}  {wide_msg}"));
                let again = if attempt > 1 { format!(" (attempt {attempt})") } else { String::new() };
                bar.set_prefix(self.charset.line(&format!("{}{again}", step.name)));
                bar.enable_steady_tick(TICK);
                state.in_flight.insert(step.name.clone(), bar);
            }
            Progress::Wrote { step, bytes, .. } => {
                if let Some((bar, line)) = state.in_flight.get(&step.name).zip(last_line(bytes)) {
                    bar.set_message(self.charset.line(&line));
                }
            }
            Progress::Ended { step, .. } | Progress::NotRun { step, .. } => {
                if let Some(bar) = state.in_flight.remove(&step.name) {
                    bar.finish_and_clear();
                    self.all.remove(&bar);
                }
                state.ended.insert(step.name.clone());
                self.total.set_position(u64::try_from(state.ended.len()).unwrap_or(u64::MAX));
                if let Some(line) = news::line(progress) {
                    let _ = self.all.println(self.charset.line(&line));
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn style(&self, template: &str) -> ProgressStyle {
        let word = if self.colors { "\u{1b}[1;36mrunning\u{1b}[0m" } else { "running" };
        let template = template.replace("{word}", word);
        let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
        style.progress_chars("=> ").with_key("took", |state: &ProgressState, text: &mut dyn std::fmt::Write| {
            let _ = write!(text, "{}", took(state.elapsed()));
        })
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        for bar in std::mem::take(&mut self.state().in_flight).into_values() {
            bar.finish_and_clear();
        }
        self.total.finish_and_clear();
        let _ = self.all.clear();
    }
}

/// A time that moves on by seconds: `7 s`, `2 min 05 s`.
fn took(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min {:02} s", seconds / 60, seconds % 60) }
}

/// The last line of what was written that is not empty, without escapes.
fn last_line(bytes: &[u8]) -> Option<String> {
    let plain = escapes::strip(&bytes[bytes.len().saturating_sub(LOOKED_AT)..]);
    let text = String::from_utf8_lossy(&plain);
    let mut lines = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
    lines.next_back().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_plain() {
        assert_eq!(last_line(b"one\n\x1b[32mtwo\x1b[0m  \n\n").as_deref(), Some("two"));
        assert_eq!(last_line(b"50%\r 60%\r").as_deref(), Some("60%"));
        assert_eq!(last_line(b"\n\r\n"), None);
    }

    #[test]
    fn times_move_on_by_seconds() {
        assert_eq!([took(Duration::from_millis(7_999)), took(Duration::from_secs(125))], ["7 s", "2 min 05 s"]);
    }
}
