//! Jobs that let nothing through: those that call this tool, and those that wait for all others. None may go or be skipped.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::shell::script::Command;
use crate::facts::shell::script::Join;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::scripts;
use crate::facts::workflow::trigger::Trigger;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;
use crate::rules::ci::ci_gate_skippable;

/// Events that stand before a merge.
const EVENTS: &[&str] = &["pull_request", "merge_group", "push"];
/// Conditions that skip less than none at all.
const ALWAYS: &[&str] = &["always()", "!cancelled()", "success() || failure()"];
/// Verbs that decide.
const VERBS: &[&str] = &["check", "run", "verify", "gate", "action"];

/// A call of this tool in a workflow.
struct Guard<'a> {
    path: &'a str,
    span: Span,
    trigger: &'a Trigger,
    verb: String,
    /// What may keep it from running, or from failing.
    escapes: BTreeSet<String>,
}

/// Compares the required jobs of both trees.
pub fn compare(before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    let (then, now) = (guards(before), guards(after));
    for guard in &then {
        sink.look();
        let same = |own: &&Guard<'_>| own.verb == guard.verb && own.trigger.event.value == guard.trigger.event.value;
        let mut found = now.iter().filter(same).peekable();
        let event = &guard.trigger.event.value;
        let against = vec![sink.of_base(guard.path, guard.span, "the base calls it here")];
        let Some(first) = found.peek() else {
            let message = format!("no workflow calls `cargo governed {}` on {event} any more", guard.verb);
            sink.add(Of::Policy, message, gone(after, guard.path), against);
            continue;
        };
        let at = sink.of_head(first.path, first.span, "may be skipped, or pass in vain");
        if !found.any(|own| own.escapes.is_subset(&guard.escapes) && covers(own.trigger, guard.trigger)) {
            let message = format!("`cargo governed {}` decides less on {event} than in the base", guard.verb);
            sink.add(Of::Policy, message, at, against);
        }
    }
    gates(before, after, sink);
}

fn gone(after: &Facts, path: &str) -> Place {
    Place::whole(path, if after.tree.has_file(path) { "does not call it any more" } else { "is not there any more" })
}

fn guards(facts: &Facts) -> Vec<Guard<'_>> {
    let mut found = Vec::new();
    for (file, workflow) in facts.workflows() {
        let triggers: Vec<&Trigger> =
            workflow.triggers.iter().filter(|trigger| EVENTS.contains(&trigger.event.value.as_str())).collect();
        let mut add = |span: Span, verb: &str, escapes: &BTreeSet<String>| {
            let verb = verb.to_owned();
            let guard =
                |trigger| Guard { path: &file.path, span, trigger, verb: verb.clone(), escapes: escapes.clone() };
            found.extend(triggers.iter().copied().map(guard));
        };
        for script in scripts::of(file, workflow) {
            let commands = script.commands();
            for (index, command) in commands.iter().enumerate() {
                let Some(verb) = verb(command) else { continue };
                let mut escapes = escapes(script.job, script.step);
                if command.depth > 0 {
                    escapes.insert("inside a condition of the script".to_owned());
                }
                if commands.get(index + 1).is_some_and(|next| matches!(next.join, Join::Or | Join::Pipe)) {
                    escapes.insert("another command decides behind it".to_owned());
                }
                add(script.span(command.span), verb, &escapes);
            }
        }
        for (job, step) in workflow.jobs.iter().flat_map(|job| job.steps.iter().map(move |step| (job, step))) {
            let Some(uses) = step.uses.as_ref().filter(|uses| uses.target.contains("cargo-governed")) else { continue };
            add(uses.text.span, "action", &escapes(job, step));
        }
    }
    found
}

/// The verb of a call of this tool that decides.
fn verb(command: &Command) -> Option<&str> {
    let mut words = command.words.iter().map(|word| word.text.as_str()).skip(1).peekable();
    match command.program() {
        "cargo" => {
            let _ = words.next_if(|word| word.starts_with('+'));
            words.next().filter(|word| *word == "governed")?;
        }
        "cargo-governed" => {
            let _ = words.next_if(|word| *word == "governed");
        }
        _ => return None,
    }
    words.find(|word| VERBS.contains(word))
}

/// What may keep a step from running, or its failure from counting.
fn escapes(job: &Job, step: &Step) -> BTreeSet<String> {
    let conditions = [&job.condition, &step.condition].into_iter().flatten();
    let condition = |text: &str| {
        let text = text.trim();
        text.strip_prefix("${{").and_then(|text| text.strip_suffix("}}")).unwrap_or(text).trim().to_owned()
    };
    let mut found: BTreeSet<String> = conditions.map(|text| condition(&text.value)).collect();
    found.retain(|text| !ALWAYS.contains(&text.as_str()));
    let goes_on = [&job.continue_on_error, &step.continue_on_error].into_iter().flatten();
    found.extend(goes_on.filter(|flag| flag.value.trim() != "false").map(|_| "continue-on-error".to_owned()));
    found
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
    let scripts = |job: &Job| -> Vec<String> {
        job.steps.iter().filter_map(|step| Some(step.run.as_ref()?.value.trim().to_owned())).collect()
    };
    if scripts(own) != scripts(gate) {
        sink.suspect(Of::Policy, format!("the gate `{name}` asks otherwise than in the base"), at, against);
    }
}
