//! Joins what several machines did for one plan: whether their records belong together, and what speaks against the whole.
//!
//! Pure. What a service says of its jobs is never asked: a part that is not there is missing, whatever became of its job.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::facts::digest::Digest;
use crate::record::part::Part;
use crate::record::report::StepReport;
use crate::steps::event::CheckSummary;
use crate::steps::event::Doubt;
use crate::steps::outcome::State;

/// The most shards that one sentence names.
const NAMED: usize = 8;

/// Why parts are not of one run: then nothing is joined, because there is no one tree that a verdict could be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// A stable word: `shard-other-tree`.
    pub code: &'static str,
    /// A fragment that finishes "could not join".
    pub message: String,
}

/// Compares each part with the first.
pub fn strangers(parts: &[Part]) -> Vec<Stranger> {
    let Some((first, others)) = parts.split_first() else { return Vec::new() };
    let mut found = Vec::new();
    for other in others {
        let mut differs = |code, what: &str, one: &str, its: &str| {
            if one != its {
                let message = format!("{}: its {what} is {its}, and that of {} is {one}", other.name(), first.name());
                found.push(Stranger { code, message });
            }
        };
        let (one, its) = (&first.began, &other.began);
        let digest = |digest: &Digest| digest.short();
        let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        let commit = |part: &Part| word(&part.began.subject.revision);
        differs("shard-other-commit", "commit", &commit(first), &commit(other));
        differs("shard-other-tree", "tree", &digest(&one.subject.listing), &digest(&its.subject.listing));
        differs("shard-other-base", "base", &word(&one.base), &word(&its.base));
        let policy = |part: &Part| {
            let policy = &part.began.policy;
            format!("{} {}", policy.path.as_deref().unwrap_or("the built-in one"), word(&policy.sha256))
        };
        differs("shard-other-policy", "policy", &policy(first), &policy(other));
        differs("shard-other-plan", "plan", &digest(&one.plan), &digest(&its.plan));
        let total = |part: &Part| format!("of {}", part.shard().total);
        differs("shard-other-count", "number of shards", &total(first), &total(other));
    }
    found
}

/// What the parts come to together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    /// The part whose result counts, by step: the worst one.
    pub chosen: BTreeMap<String, usize>,
    /// What the rules came to: the worst of all.
    pub check: Option<CheckSummary>,
    /// What a reader must know of a step: machines that disagree where enough of them agree.
    pub notes: Vec<(String, Doubt)>,
    /// What speaks against the whole: shards that are missing, and results that contradict each other.
    pub doubts: Vec<Doubt>,
}

/// Joins parts of one run, in order of their shards. With a quorum a step has passed where so many of them say so; without
/// one, all that did it must agree.
pub fn join(parts: &[Part], quorum: Option<u32>) -> Joined {
    let mut by_step: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, part) in parts.iter().enumerate() {
        for step in &part.report.steps {
            by_step.entry(&step.step).or_default().push(at);
        }
    }
    let mut joined = Joined::default();
    joined.doubts.extend(missing(parts));
    if quorum.is_none() {
        joined.doubts.extend(contradictions(parts));
    }
    for (step, at) in by_step {
        let found: Vec<(usize, &StepReport)> =
            at.into_iter().filter_map(|at| Some((at, of(&parts[at], step)?))).collect();
        let passed: Vec<usize> = found.iter().filter(|(_, report)| rank(report) == 3).map(|(at, _)| *at).collect();
        let disagreement = disagreement(parts, step, &found, quorum.is_some());
        let enough = quorum.is_some_and(|quorum| passed.len() >= usize::try_from(quorum).unwrap_or(usize::MAX));
        if enough {
            joined.notes.extend(disagreement.map(|doubt| (step.to_owned(), doubt)));
            joined.chosen.extend(passed.first().map(|&at| (step.to_owned(), at)));
            continue;
        }
        if let (Some(quorum), true, true) = (quorum, disagreement.is_none(), passed.len() == found.len()) {
            let message = format!("{step} passed on {}, and {quorum} must agree", machines(passed.len()));
            joined.doubts.push(doubt("quorum-missing", message));
        }
        joined.doubts.extend(disagreement);
        if let Some((at, _)) = found.iter().min_by_key(|(at, report)| (rank(report), *at)) {
            joined.chosen.insert(step.to_owned(), *at);
        }
    }
    joined.doubts.extend(rules_disagree(parts));
    joined.check = parts.iter().filter_map(Part::check).min_by_key(|check| rank_of_check(check)).cloned();
    joined
}

fn of<'p>(part: &'p Part, step: &str) -> Option<&'p StepReport> {
    part.report.steps.iter().find(|report| report.step == step)
}

/// The order of results from bad to good.
fn rank(step: &StepReport) -> u8 {
    match step.state {
        Some(State::Failed | State::TimedOut) => 0,
        None | Some(State::NotRun | State::Interrupted) => 1,
        Some(State::Passed) if !step.doubts.is_empty() => 2,
        Some(State::Passed) => 3,
    }
}

fn rank_of_check(check: &CheckSummary) -> u8 {
    match check.verdict.as_str() {
        "refused" => 0,
        "accepted" => 2,
        _ => 1,
    }
}

fn machines(count: usize) -> String {
    if count == 1 { "1 machine".to_owned() } else { format!("{count} machines") }
}

/// The rules accept the tree on one machine and refuse it on another: they did not look at the same.
fn rules_disagree(parts: &[Part]) -> Option<Doubt> {
    let of = |word: &str| parts.iter().find(|part| part.check().is_some_and(|check| check.verdict == word));
    let (bad, good) = (of("refused")?, of("accepted")?);
    let message = format!("the rules refuse the tree in {} and accept it in {}", bad.name(), good.name());
    Some(doubt("machines-disagree", message))
}

fn missing(parts: &[Part]) -> Option<Doubt> {
    let total = parts.first()?.shard().total;
    let there: BTreeSet<u32> = parts.iter().map(|part| part.shard().index).collect();
    let absent: Vec<u32> = (1..=total).filter(|index| !there.contains(index)).collect();
    if absent.is_empty() {
        return None;
    }
    let named = absent.iter().take(NAMED).map(|index| format!("{index}/{total}")).collect::<Vec<_>>().join(", ");
    let more = absent.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(doubt("shard-missing", format!("no record of shard {named}{more} is there")))
}

/// One shard that was done twice on machines of one kind, with other results.
fn contradictions(parts: &[Part]) -> Vec<Doubt> {
    let mut first: BTreeMap<(u32, &str, &str), &Part> = BTreeMap::new();
    let mut found = Vec::new();
    for part in parts {
        let machine = &part.began.machine;
        let Some(before) = first.insert((part.shard().index, &machine.os, &machine.arch), part) else { continue };
        let names: BTreeSet<&str> =
            before.report.steps.iter().chain(&part.report.steps).map(|step| step.step.as_str()).collect();
        let differs = names.into_iter().find(|name| outcome(of(before, name)) != outcome(of(part, name)));
        if let Some(step) = differs {
            let told = |part: &Part| outcome(of(part, step));
            let message = format!(
                "{} was done again as {}, with another result: {step} {}, then {}",
                before.name(),
                part.name(),
                told(before),
                told(part)
            );
            found.push(doubt("shard-contradicts", message));
        }
    }
    found
}

/// What came of a step, in words that are equal where the results are.
fn outcome(step: Option<&StepReport>) -> String {
    let Some(step) = step else { return "is not in it".to_owned() };
    let mut text = step.state.map_or("did not end", State::as_str).to_owned();
    if let Some(exit) = step.exit.filter(|&exit| exit != 0) {
        let _ = write!(text, " with exit {exit}");
    }
    if let Some(signal) = step.signal {
        let _ = write!(text, " by signal {signal}");
    }
    if let Some(tests) = step.evidence.tests {
        let _ = write!(text, " ({} tests executed, {} failed)", tests.executed, tests.failed);
    }
    if !step.doubts.is_empty() {
        let codes: Vec<&str> = step.doubts.iter().map(|doubt| doubt.code.as_str()).collect();
        let _ = write!(text, " but for {}", codes.join(", "));
    }
    text
}

/// A step that several parts needed, and that passed in one and failed in another.
fn disagreement(parts: &[Part], step: &str, found: &[(usize, &StepReport)], votes: bool) -> Option<Doubt> {
    let of_rank = |wanted: u8| found.iter().find(|(_, report)| rank(report) == wanted);
    let ((bad, _), (good, _)) = (of_rank(0)?, of_rank(3)?);
    let same = parts[*bad].shard() == parts[*good].shard() && parts[*bad].began.machine == parts[*good].began.machine;
    if same && !votes {
        // That one shard contradicts itself is told already.
        return None;
    }
    let message = format!("{step} failed in {} and passed in {}", parts[*bad].name(), parts[*good].name());
    Some(doubt("machines-disagree", message))
}

fn doubt(code: &str, message: String) -> Doubt {
    Doubt { code: code.to_owned(), message }
}
