//! Jobs that let nothing through: those that call this tool, and those that wait for all others. None may go or be skipped.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::trigger::Trigger;
use crate::rules::authority::weakened::guard;
use crate::rules::authority::weakened::guard::Guard;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;
use crate::rules::ci::ci_gate_skippable;

/// Compares the required jobs of both trees.
pub fn compare(before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    let (then, now) = (guard::of(before), guard::of(after));
    for guard in &then {
        sink.look();
        let same = |own: &&Guard<'_>| own.verb == guard.verb && own.trigger.event.value == guard.trigger.event.value;
        let found: Vec<&Guard<'_>> = now.iter().filter(same).collect();
        let event = &guard.trigger.event.value;
        let against = vec![sink.of_base(guard.path, guard.span, "the base calls it here")];
        let Some(first) = found.first() else {
            let message = format!("no workflow calls `cargo governed {}` on {event} any more", guard.verb);
            sink.add(Of::Policy, message, gone(after, guard.path), against);
            continue;
        };
        let decides = |own: &Guard<'_>| own.escapes.is_subset(&guard.escapes) && covers(own.trigger, guard.trigger);
        let Some(like) = found.iter().filter(|own| decides(own)).min_by_key(|own| differences(guard, own).len()) else {
            let at = sink.of_head(first.path, first.span, "may be skipped, or pass in vain");
            let message = format!("`cargo governed {}` decides less on {event} than in the base", guard.verb);
            sink.add(Of::Policy, message, at, against);
            continue;
        };
        if let Some(what) = differences(guard, like).first() {
            let at = sink.of_head(like.path, like.span, "is called so now");
            let message = format!("`cargo governed {}` is called otherwise on {event}: {what} differs", guard.verb);
            sink.add(Of::Policy, message, at, against);
        }
    }
    gates(before, after, sink);
}

/// What of a call is not as it was.
fn differences(then: &Guard<'_>, now: &Guard<'_>) -> Vec<&'static str> {
    let keys: BTreeSet<&'static str> = then.made.keys().chain(now.made.keys()).copied().collect();
    keys.into_iter().filter(|key| then.made.get(key) != now.made.get(key)).collect()
}

fn gone(after: &Facts, path: &str) -> Place {
    Place::whole(path, if after.tree.has_file(path) { "does not call it any more" } else { "is not there any more" })
}

/// Whether a trigger fires wherever another one does.
fn covers(now: &Trigger, then: &Trigger) -> bool {
    let words = |list: &[crate::facts::place::Spanned<String>]| -> BTreeSet<String> {
        list.iter().map(|word| word.value.clone()).collect()
    };
    let wide = |now: &[crate::facts::place::Spanned<String>], then: &[crate::facts::place::Spanned<String>]| {
        now.is_empty() || (!then.is_empty() && words(then).is_subset(&words(now)))
    };
    let narrow = |now: &[crate::facts::place::Spanned<String>], then: &[crate::facts::place::Spanned<String>]| {
        words(now).is_subset(&words(then))
    };
    wide(&now.branches, &then.branches)
        && wide(&now.paths, &then.paths)
        && wide(&now.types, &then.types)
        && narrow(&now.branches_ignore, &then.branches_ignore)
        && narrow(&now.paths_ignore, &then.paths_ignore)
}

/// Jobs that wait for all others, and are the one check that a forge requires.
fn gates(before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    let all = |facts: &'_ Facts| -> Vec<(String, Workflow)> {
        facts.workflows().map(|(file, workflow)| (file.path.to_string(), workflow.clone())).collect()
    };
    let now = all(after);
    for (path, workflow) in all(before) {
        for gate in workflow.jobs.iter().filter(|job| ci_gate_skippable::is_gate(&workflow, job)) {
            sink.look();
            let named = |job: &&Job| job.title().value == gate.title().value;
            let own = now.iter().find_map(|(path, workflow)| Some((path, workflow, workflow.jobs.iter().find(named)?)));
            let against = vec![sink.of_base(&path, gate.id.span, "the gate of the base")];
            let Some((own_path, own_workflow, own)) = own else {
                let message = format!("the gate `{}` is gone", gate.title().value);
                sink.add(Of::Policy, message, gone(after, &path), against);
                continue;
            };
            waits(gate, own, (own_path, own_workflow), against, sink);
        }
    }
}

fn waits(gate: &Job, own: &Job, of: (&str, &Workflow), against: Vec<Place>, sink: &mut Sink<'_>) {
    let (path, workflow) = of;
    let name = &gate.title().value;
    let at = sink.of_head(path, own.needs.first().map_or(own.id.span, |need| need.span), "waits for these");
    let missing: Vec<&str> = gate
        .needs
        .iter()
        .map(|need| need.value.as_str())
        .filter(|need| !own.needs.iter().any(|other| other.value == *need))
        .collect();
    if let Some(first) = missing.first() {
        let message = format!("the gate `{name}` does not wait for `{first}` any more");
        // A job that was renamed is waited for under its new name.
        let renamed = own.needs.len() >= gate.needs.len() && missing.iter().all(|need| workflow.job(need).is_none());
        if renamed {
            sink.suspect(Of::Policy, message, at, against);
        } else {
            sink.add(Of::Policy, message, at, against);
        }
        return;
    }
    let condition = |job: &Job| job.condition.as_ref().map(|text| text.value.trim().to_owned());
    let skips = own.steps.len() < gate.steps.len()
        || own.continue_on_error.as_ref().is_some_and(|flag| flag.value.trim() != "false")
        || (condition(own) != condition(gate) && !condition(own).is_some_and(|text| text.contains("always()")));
    if skips {
        sink.add(Of::Policy, format!("the gate `{name}` decides less than in the base"), at, against);
        return;
    }
    if works(own) != works(gate) {
        let message = format!("the gate `{name}` asks otherwise than in the base");
        // What asked how the others ended, and does not any more, lets everything pass.
        if asks(gate) && !asks(own) {
            sink.add(Of::Policy, message, at, against);
        } else {
            sink.suspect(Of::Policy, message, at, against);
        }
    }
}

/// What the steps of a job do.
fn works(job: &Job) -> Vec<String> {
    let work = |step: &Step| {
        let run = step.run.as_ref().map_or("", |run| run.value.trim());
        let uses = step.uses.as_ref().map_or("", |uses| uses.target.as_str());
        let inputs = step.with.iter().chain(&step.env).map(|(key, value)| format!(" {}={}", key.value, value.value));
        format!("{uses} {run}{}", inputs.collect::<String>())
    };
    job.steps.iter().map(work).collect()
}

/// Whether a job looks at how those ended that it waits for.
fn asks(job: &Job) -> bool {
    let conditions = job.steps.iter().filter_map(|step| Some(step.condition.as_ref()?.value.clone()));
    works(job).into_iter().chain(conditions).any(|text| text.contains("needs") || text.contains("failure()"))
}
