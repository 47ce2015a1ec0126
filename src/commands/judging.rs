//! The verdict of a run from its report: what `run` records and what `replay` makes again.

use crate::judge::report::Verdict;
use crate::record::report::RunReport;
use crate::steps::event::Doubt;
use crate::steps::outcome::State;
use crate::steps::replaced::Replaced;
use crate::steps::verdict;
use crate::steps::verdict::Ended;

/// Judges a run.
pub(crate) fn of(check: Verdict, replaced: &[Replaced], report: &RunReport) -> (Verdict, Vec<Doubt>) {
    let ended: Vec<Ended<'_>> = report
        .steps
        .iter()
        .map(|step| Ended {
            step: &step.step,
            // What began and did not end was interrupted; what never began was not run.
            state: step.state.unwrap_or(if step.in_flight() { State::Interrupted } else { State::NotRun }),
            exit: step.exit,
            signal: step.signal,
            doubts: &step.doubts,
        })
        .collect();
    if report.began.shard.is_some() && ended.is_empty() {
        return verdict::of_empty_part(check, replaced);
    }
    verdict::with(verdict::judge(check, replaced, &ended), &report.doubts)
}

/// The verdict that a word of the record names; an unknown word proves nothing.
pub(crate) fn verdict(word: &str) -> Verdict {
    match word {
        "accepted" => Verdict::Accepted,
        "refused" => Verdict::Refused,
        _ => Verdict::Unproven,
    }
}
