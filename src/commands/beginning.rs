//! How a run begins in the record: the tree, the policy and the plan that it has, and which steps need no execution.

use std::collections::BTreeSet;

use crate::commands::governed;
use crate::commands::governed::Ruling;
use crate::error::Error;
use crate::judge::report::Source;
use crate::judge::report::Subject;
use crate::record::store::Store;
use crate::steps::environment::Environment;
use crate::steps::event::Doubt;
use crate::steps::event::Event;
use crate::steps::event::RunBegan;
use crate::steps::event::RunPolicy;
use crate::steps::event::RunSubject;
use crate::steps::event::Shard;
use crate::steps::event::StepNotRun;
use crate::steps::event::StepReused;
use crate::steps::execution::Planned;
use crate::steps::forecast::Foreseen;
use crate::steps::lease;
use crate::steps::prepare::Prepared;
use crate::steps::reuse::Decision;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;

/// What the first line of a run says beside its plan.
pub(crate) struct Beginning<'a> {
    /// The tree.
    pub(crate) subject: Subject,
    /// The policy.
    pub(crate) ruling: &'a Ruling,
    /// The plan and its keys.
    pub(crate) prepared: &'a Prepared,
    /// The part that this machine does.
    pub(crate) shard: Option<Shard>,
    /// The torn run that it goes on from.
    pub(crate) resumes: Option<String>,
    /// The reason of `--override`.
    pub(crate) overridden: Option<String>,
    /// The run that it does again.
    pub(crate) replays: Option<String>,
}

/// The steps that stand on kept results.
pub(crate) fn standing(steps: &[Foreseen], mine: &BTreeSet<String>) -> BTreeSet<String> {
    let reused = steps.iter().filter(|foreseen| matches!(foreseen.decision, Decision::Reuse(_)));
    reused.map(|foreseen| foreseen.step.name.clone()).filter(|step| mine.contains(step)).collect()
}

/// Records that a run begins, with all that its keys name, and gives its name.
///
/// Nobody waits for its line: the first that something hangs on, the beginning of a step or the end of the run, makes it
/// durable with itself. The keys of steps that stand on kept results (`standing`) are kept with those.
pub(crate) fn begin(beginning: Beginning<'_>, standing: &BTreeSet<String>, store: &Store) -> Result<String, Error> {
    let Beginning { subject, ruling, prepared, shard, resumes, overridden, replays } = beginning;
    let run = governed::new_name();
    // What runs in a fresh folder is in nobody's way.
    let is_here = subject.source != Source::Revision && replays.is_none();
    for bytes in prepared.keys.objects.values() {
        store.object(bytes)?;
    }
    for (step, keyed) in &prepared.keys.steps {
        if !standing.contains(step) || !store.objects().stands_with(&keyed.key, keyed.bytes.len()) {
            store.object(&keyed.bytes)?;
        }
    }
    let began = RunBegan {
        run: run.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        subject: RunSubject {
            source: subject.source.as_str().to_owned(),
            revision: subject.revision,
            tree: subject.tree,
            dirty: subject.dirty,
            listing: store.object(&prepared.subject.bytes)?,
        },
        base: ruling.base.clone(),
        policy: RunPolicy {
            path: ruling.policy.path.as_deref().map(str::to_owned),
            sha256: ruling.policy.sha256.clone(),
        },
        plan: store.object(&prepared.plan.bytes())?,
        machine: governed::machine(),
        lease: lease::engine(),
        shard,
        chosen_of: prepared.chosen_of.and_then(|all| u64::try_from(all).ok()),
        resumes,
        joins: Vec::new(),
        quorum: None,
        overridden,
        replays,
        place: is_here.then(|| prepared.place()),
    };
    if began.policy.sha256.is_some() {
        // A replay judges by the levels of this policy, wherever it came from.
        store.object(ruling.text.as_bytes())?;
    }
    store.append(&Event::RunBegan(began), Durability::Soon)?;
    Ok(run)
}

/// The steps of these names, ready to be executed; those that stand on kept results need no environment.
pub(crate) fn planned(prepared: &Prepared, mine: &BTreeSet<String>, standing: &BTreeSet<String>) -> Vec<Planned> {
    let steps = prepared.plan.steps.iter().filter(|step| mine.contains(&step.name));
    let planned = steps.filter_map(|step| {
        let keyed = prepared.keys.steps.get(&step.name)?;
        let environment = prepared.environments.get(&step.name).filter(|_| !standing.contains(&step.name));
        let environment = environment.map(|seen| governed::readable(Environment::clone(seen))).unwrap_or_default();
        Some(Planned { step: step.clone(), key: keyed.key, program: None, environment })
    });
    planned.collect()
}

/// Records which steps stand on kept results.
pub(crate) fn reuse(
    run: &str,
    steps: &[Foreseen],
    mine: &BTreeSet<String>,
    store: &Store,
) -> Result<BTreeSet<String>, Error> {
    let mut reused = BTreeSet::new();
    let mut events = Vec::new();
    for foreseen in steps.iter().filter(|foreseen| mine.contains(&foreseen.step.name)) {
        let Decision::Reuse(accepted) = &foreseen.decision else { continue };
        let step = foreseen.step.name.clone();
        let event = StepReused {
            run: run.to_owned(),
            step: step.clone(),
            key: foreseen.key,
            from: accepted.run.clone(),
            line: accepted.line,
            executed_at: accepted.at.clone(),
        };
        events.push(Event::StepReused(event));
        reused.insert(step);
    }
    store.append_all(&events)?;
    Ok(reused)
}

/// Records which steps can't run because a tool is missing, and with them those that need them.
pub(crate) fn leave_out(
    run: &str,
    prepared: &Prepared,
    mine: &BTreeSet<String>,
    decided: &BTreeSet<String>,
    store: &Store,
) -> Result<BTreeSet<String>, Error> {
    let mut left = BTreeSet::new();
    let open = prepared.plan.steps.iter().filter(|step| mine.contains(&step.name) && !decided.contains(&step.name));
    for step in open {
        let missing = prepared.keys.steps.get(&step.name).map_or(&[][..], |keyed| &keyed.missing);
        let why = if missing.is_empty() {
            let Some(need) = step.needs.iter().find(|need| left.contains(*need)) else { continue };
            Doubt { code: "need-not-run".to_owned(), message: format!("it needs {need}, which did not run") }
        } else {
            Doubt { code: "tool-missing".to_owned(), message: missing.join("; ") }
        };
        let event = StepNotRun { run: run.to_owned(), step: step.name.clone(), why };
        store.append(&Event::StepNotRun(event), Durability::Soon)?;
        left.insert(step.name.clone());
    }
    Ok(left)
}
