//! A live replay for people: each step with its standing and the first layer that differs, then the verdict.

use std::fmt::Write as _;

use crate::render::replay::Live;
use crate::render::replay::LiveStep;
use crate::render::replay::Verdict;
use crate::steps::compare::replayed::NONDETERMINISM;
use crate::steps::compare::replayed::Standing;

/// The most differences that are told of one step.
const MOST: usize = 20;

/// The report. Text of the repository in it is not encoded yet.
pub fn render(live: &Live) -> String {
    let mut text = String::new();
    for fault in &live.altered {
        let _ = writeln!(text, "altered: {}: {} [{}]", fault.place, fault.message, fault.code);
    }
    for step in &live.steps {
        told(step, &mut text);
    }
    if let Some(why) = &live.checkout_unread {
        let _ = writeln!(text, "note: the checkout was not compared with the run: {why}");
    }
    if let Some(replay) = &live.replay {
        let _ = writeln!(text, "replayed: run {} on {}, recorded as {replay}", live.run, tree(live));
        let _ = writeln!(text, "accepted: {}{}", live.accept, budget(live));
        let normalised = normalised(live);
        if !normalised.is_empty() {
            let _ = writeln!(text, "normalised: {}", normalised.join(", "));
        }
    }
    let _ = writeln!(text, "{}", last(live));
    text
}

fn told(step: &LiveStep, text: &mut String) {
    let judged = &step.judged;
    let standing = match judged.standing {
        Standing::Same => "same",
        Standing::Drifted => "drifted",
        Standing::NotComparable => "not comparable",
    };
    let layer = match step.layer.as_deref() {
        Some(NONDETERMINISM) if judged.healed_by.is_empty() => format!(": {NONDETERMINISM}"),
        Some(NONDETERMINISM) => format!(": {NONDETERMINISM} ({})", judged.healed_by.join(", ")),
        Some(layer) => format!(": {layer}"),
        None => String::new(),
    };
    let _ = writeln!(text, "{standing}: {}{layer}", judged.step);
    for difference in judged.differences.iter().take(MOST) {
        let _ = writeln!(text, "  {}", difference.line());
    }
    let more = judged.differences.len().saturating_sub(MOST);
    if more > 0 {
        let _ = writeln!(text, "  and {more} more");
    }
    for difference in step.checkout.iter().take(MOST) {
        let _ = writeln!(text, "  checkout: {}", difference.line());
    }
    let more = step.checkout.len().saturating_sub(MOST);
    if more > 0 {
        let _ = writeln!(text, "  checkout: and {more} more");
    }
}

fn tree(live: &Live) -> String {
    let commit = live.tree.revision.as_deref().map_or("no commit", |revision| revision.get(..12).unwrap_or(revision));
    match (live.tree.source, live.tree.dirty) {
        ("recorded", true) => format!("its own tree, {commit} with changes"),
        ("recorded", false) => format!("its own tree, {commit}"),
        _ => format!("the tree of {commit}"),
    }
}

fn budget(live: &Live) -> String {
    match live.flaky_tests {
        (0, _) => String::new(),
        (budget, used) => format!(", {used} of {budget} flaky tests"),
    }
}

/// The normalisers by the steps that they were used on.
fn normalised(live: &Live) -> Vec<String> {
    let named = live.steps.iter().filter_map(|step| Some((step.normaliser.as_deref()?, step.judged.step.as_str())));
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for (normaliser, step) in named {
        match all.iter_mut().find(|(name, _)| *name == normaliser) {
            Some((_, steps)) => steps.push(step),
            None => all.push((normaliser, vec![step])),
        }
    }
    all.into_iter().map(|(name, steps)| format!("{} by {name}", steps.join(", "))).collect()
}

fn last(live: &Live) -> String {
    let exit = live.verdict.exit();
    let count = |standing| live.steps.iter().filter(|step| step.judged.standing == standing).count();
    match live.verdict {
        Verdict::Stands => {
            let all = live.steps.len();
            let steps = if all == 1 { "the step".to_owned() } else { format!("all {all} steps") };
            format!("stands: {steps} came to the same (exit {exit})")
        }
        Verdict::Differs if !live.altered.is_empty() => {
            format!("does not stand: the record was altered; nothing was executed (exit {exit})")
        }
        Verdict::Differs => {
            let drifted = live.steps.iter().filter(|step| step.judged.standing == Standing::Drifted);
            let names: Vec<&str> = drifted.map(|step| step.judged.step.as_str()).collect();
            format!("does not stand: {} came to something else (exit {exit})", names.join(", "))
        }
        Verdict::NotComparable => {
            let some = format!("{} of {} steps", count(Standing::NotComparable), live.steps.len());
            let why = live.why.clone().unwrap_or_else(|| format!("{some} have no results to compare"));
            format!("not comparable: {why} (exit {exit})")
        }
    }
}
