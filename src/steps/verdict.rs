//! The verdict of a run: from what the rules came to and how each step ended. Pure, so that a replay can make it again.

use crate::judge::report::Verdict;
use crate::steps::event::Doubt;
use crate::steps::outcome::State;
use crate::steps::replaced::Replaced;

/// The code of the reason that the rules refuse the tree.
pub const CHECK_REFUSED: &str = "check-refused";
/// The code of what was stopped before it came to its end, or before it began.
pub const INTERRUPTED: &str = "interrupted";

/// How one step of the plan ended, as the verdict sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended<'a> {
    /// The name.
    pub step: &'a str,
    /// How it ended; of several attempts the one that counts.
    pub state: State,
    /// The exit code.
    pub exit: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Why it proves nothing though it passed, or why it never began.
    pub doubts: &'a [Doubt],
}

/// Doubts that refuse: they show that somebody replaced what the step is about, not that something is missing.
const REFUSING: &[&str] = &["canary-passed", "need-failed", "shard-contradicts", "machines-disagree", "claim-refuted"];

/// What a run comes to, and because of what. Accepted has no reasons.
///
/// `replaced` are checked-in settings that put other programs in cargo's hands without the policy's leave: then no step
/// proves what it seems to.
pub fn judge(check: Verdict, replaced: &[Replaced], steps: &[Ended<'_>]) -> (Verdict, Vec<Doubt>) {
    let mut because = Vec::new();
    let mut verdict = Verdict::Accepted;
    let mut add = |step: Verdict, doubt: Doubt| {
        verdict = worse(verdict, step);
        because.push((step, doubt));
    };
    match check {
        Verdict::Accepted => {}
        Verdict::Refused => add(Verdict::Refused, doubt(CHECK_REFUSED, "the rules refuse the tree".to_owned())),
        Verdict::Unproven => {
            add(Verdict::Unproven, doubt("check-unproven", "a demanded claim could not be judged".to_owned()));
        }
    }
    for setting in replaced {
        add(Verdict::Refused, doubt(&setting.rule, setting.message.clone()));
    }
    if steps.is_empty() {
        add(Verdict::Unproven, doubt("nothing-run", "the plan has no steps, so nothing was run".to_owned()));
    }
    for step in steps {
        for (verdict, doubt) in reasons(step) {
            add(verdict, doubt);
        }
    }
    because.sort_by_key(|(verdict, _)| *verdict != Verdict::Refused);
    (verdict, because.into_iter().map(|(_, doubt)| doubt).collect())
}

/// A verdict with what speaks against the run as a whole.
pub fn with(judged: (Verdict, Vec<Doubt>), doubts: &[Doubt]) -> (Verdict, Vec<Doubt>) {
    let (mut verdict, mut because) = judged;
    for told in doubts {
        let refuses = REFUSING.contains(&told.code.as_str());
        verdict = worse(verdict, if refuses { Verdict::Refused } else { Verdict::Unproven });
        let place = if refuses { 0 } else { because.len() };
        because.insert(place, told.clone());
    }
    (verdict, because)
}

/// The verdict of a part of a plan that holds no step: there are more machines than work.
pub fn of_empty_part(check: Verdict, replaced: &[Replaced]) -> (Verdict, Vec<Doubt>) {
    let (_, mut because) = judge(check, replaced, &[]);
    because.retain(|doubt| doubt.code != "nothing-run");
    (if replaced.is_empty() { check } else { Verdict::Refused }, because)
}

/// The worse of two verdicts: a refusal is certain, what is unproven is not.
fn worse(one: Verdict, other: Verdict) -> Verdict {
    match (one, other) {
        (Verdict::Refused, _) | (_, Verdict::Refused) => Verdict::Refused,
        (Verdict::Unproven, _) | (_, Verdict::Unproven) => Verdict::Unproven,
        (Verdict::Accepted, Verdict::Accepted) => Verdict::Accepted,
    }
}

fn reasons(step: &Ended<'_>) -> Vec<(Verdict, Doubt)> {
    let name = step.step;
    let mut found: Vec<(Verdict, Doubt)> = match (step.state, step.exit, step.signal) {
        (State::Failed, _, Some(signal)) => {
            vec![(Verdict::Refused, doubt("step-failed", format!("{name} was ended by signal {signal}")))]
        }
        (State::Failed, Some(exit), None) => {
            vec![(Verdict::Refused, doubt("step-failed", format!("{name} exited with {exit}")))]
        }
        (State::Failed, None, None) => vec![(Verdict::Refused, doubt("step-failed", format!("{name} failed")))],
        (State::TimedOut, ..) => {
            vec![(Verdict::Refused, doubt("step-timed-out", format!("{name} took longer than it may")))]
        }
        (State::Interrupted, ..) => {
            vec![(Verdict::Unproven, doubt(INTERRUPTED, format!("{name} was interrupted")))]
        }
        (State::NotRun, ..) if step.doubts.is_empty() => {
            vec![(Verdict::Unproven, doubt("not-run", format!("{name} never began")))]
        }
        // What never began says why in its doubts.
        (State::Passed | State::NotRun, ..) => Vec::new(),
    };
    for told in step.doubts {
        let verdict = if REFUSING.contains(&told.code.as_str()) { Verdict::Refused } else { Verdict::Unproven };
        found.push((verdict, doubt(&told.code, format!("{name}: {}", told.message))));
    }
    found
}

fn doubt(code: &str, message: String) -> Doubt {
    Doubt { code: code.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(state: State, doubts: &[Doubt]) -> Ended<'_> {
        Ended { step: "test", state, exit: Some(101), signal: None, doubts }
    }

    #[test]
    fn only_passed_steps_on_an_accepted_tree_are_accepted() {
        assert_eq!(judge(Verdict::Accepted, &[], &[ended(State::Passed, &[])]), (Verdict::Accepted, Vec::new()));
        assert_eq!(judge(Verdict::Refused, &[], &[ended(State::Passed, &[])]).0, Verdict::Refused);
        assert_eq!(judge(Verdict::Unproven, &[], &[ended(State::Passed, &[])]).0, Verdict::Unproven);
    }

    #[test]
    fn each_other_state_has_a_verdict_and_a_code() {
        let cases = [
            (State::Failed, Verdict::Refused, "step-failed"),
            (State::TimedOut, Verdict::Refused, "step-timed-out"),
            (State::Interrupted, Verdict::Unproven, INTERRUPTED),
            (State::NotRun, Verdict::Unproven, "not-run"),
        ];
        for (state, verdict, code) in cases {
            let (judged, because) = judge(Verdict::Accepted, &[], &[ended(state, &[])]);
            assert_eq!((judged, because[0].code.as_str()), (verdict, code));
        }
    }

    #[test]
    fn a_replaced_runner_refuses() {
        let message = "`target.x.runner` is \"true\"".to_owned();
        let replaced = [Replaced { rule: "cargo-runner-replaced".to_owned(), message }];
        let (verdict, because) = judge(Verdict::Accepted, &replaced, &[ended(State::Passed, &[])]);
        assert_eq!((verdict, because[0].code.as_str()), (Verdict::Refused, "cargo-runner-replaced"));
    }

    #[test]
    fn a_doubt_is_never_green() {
        let moved = [doubt("inputs-moved", "src/lib.rs changed while the step ran".to_owned())];
        assert_eq!(judge(Verdict::Accepted, &[], &[ended(State::Passed, &moved)]).0, Verdict::Unproven);
        let forged = [doubt("canary-passed", "the canary passed".to_owned())];
        assert_eq!(judge(Verdict::Accepted, &[], &[ended(State::Passed, &forged)]).0, Verdict::Refused);
    }

    #[test]
    fn nothing_run_is_unproven_and_refusals_are_told_first() {
        assert_eq!(judge(Verdict::Accepted, &[], &[]).0, Verdict::Unproven);
        let (verdict, because) = judge(Verdict::Unproven, &[], &[ended(State::Failed, &[])]);
        assert_eq!(verdict, Verdict::Refused);
        assert_eq!(
            because.iter().map(|doubt| doubt.code.as_str()).collect::<Vec<_>>(),
            ["step-failed", "check-unproven"]
        );
    }
}
