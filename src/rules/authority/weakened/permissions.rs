//! `permissions` of workflows: no token may do more.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Permissions;
use crate::rules::authority::weakened::renamed;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;

/// The event that runs with the secrets of the base for whoever opens a pull request.
const TARGET: &str = "pull_request_target";
/// What such a workflow is there for: to label and to answer.
const TALK: &[&str] = &["pull-requests", "issues", "statuses", "checks", "discussions"];

/// Compares the workflows that both trees have, under whatever name, and looks at new ones that run for strangers.
pub fn compare(before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    for (file, now) in after.workflows() {
        let then = renamed::before(before, after, &file.path, now);
        if now.has_trigger(TARGET) && then.is_none_or(|(_, then)| !then.has_trigger(TARGET)) {
            sink.look();
            for_strangers(&file.path, now, sink);
        }
        let Some((path, then)) = then else { continue };
        sink.look();
        for job in &now.jobs {
            match then.job(&job.id.value) {
                Some(own) => of_job((path, &file.path), (then, own), (now, job), sink),
                None => of_new(&file.path, then, (now, job), sink),
            }
        }
    }
}

/// A workflow that runs for strangers from now on: what its token may do beyond talking.
fn for_strangers(path: &str, now: &Workflow, sink: &mut Sink<'_>) {
    for job in &now.jobs {
        let name = &job.id.value;
        let Some(own) = effective(now, job) else {
            let at = sink.of_head(path, job.id.span, "takes what the repository's settings give");
            let message = format!("the job `{name}` runs on {TARGET} now, and does not say what its token may do");
            sink.suspect(Of::Policy, message, at, Vec::new());
            continue;
        };
        let writes = |scope: &str| rank(own, scope) > 1;
        let scopes = own.scopes.iter().map(|(scope, _)| scope.value.as_str()).chain(["contents"]);
        if let Some(scope) = scopes.into_iter().find(|scope| writes(scope) && !TALK.contains(scope)) {
            let at = sink.of_head(path, own.span, "the token may do this");
            let message = format!("the job `{name}` runs on {TARGET} now, and its token may write {scope}");
            sink.add(Of::Policy, message, at, Vec::new());
        }
    }
}

fn effective<'a>(workflow: &'a Workflow, job: &'a Job) -> Option<&'a Permissions> {
    job.permissions.as_ref().or(workflow.permissions.as_ref())
}

fn of_job(paths: (&str, &str), then: (&Workflow, &Job), now: (&Workflow, &Job), sink: &mut Sink<'_>) {
    let (before, after) = (effective(then.0, then.1), effective(now.0, now.1));
    let (name, path) = (&now.1.id.value, paths.1);
    let Some(before) = before else { return of_unsaid(path, name, after, sink) };
    let against = vec![sink.of_base(paths.0, before.span, "the token may do this")];
    let Some(after) = after else {
        let at = sink.of_head(path, now.1.id.span, "takes what the repository's settings give");
        let message = format!("the job `{name}` does not say any more what its token may do");
        return sink.suspect(Of::Policy, message, at, against);
    };
    if let Some((scope, then, now)) = wider(before, after) {
        let at = sink.of_head(path, after.span, "the token may do this");
        let message = format!("the token of the job `{name}` goes from {scope}: {then} to {scope}: {now}");
        sink.add(Of::Policy, message, at, against);
    }
}

/// A job of which the base said nothing, so that its token did what the settings of the repository give. All of it is the
/// most that they can; to name some scopes takes the others away.
fn of_unsaid(path: &str, name: &str, after: Option<&Permissions>, sink: &mut Sink<'_>) {
    let Some(after) = after else { return };
    if after.all.as_ref().is_some_and(|all| all.value.trim() == "write-all") {
        let at = sink.of_head(path, after.span, "the token may do this");
        let message = format!("the token of the job `{name}` may write everything, where the base does not say so");
        sink.add(Of::Policy, message, at, Vec::new());
    }
}

/// A new job beside others: what none of them may do is worth a look.
fn of_new(path: &str, then: &Workflow, now: (&Workflow, &Job), sink: &mut Sink<'_>) {
    let Some(after) = effective(now.0, now.1) else { return };
    let others: Vec<&Permissions> = then.jobs.iter().filter_map(|job| effective(then, job)).collect();
    if others.is_empty() || others.len() < then.jobs.len() {
        return;
    }
    if others.iter().all(|before| wider(before, after).is_some()) {
        let at = sink.of_head(path, after.span, "the token may do this");
        let message = format!("the new job `{}` may do more than any job of the base", now.1.id.value);
        sink.suspect(Of::Policy, message, at, Vec::new());
    }
}

/// The first scope that is wider.
fn wider(before: &Permissions, after: &Permissions) -> Option<(String, &'static str, &'static str)> {
    let scopes = before.scopes.iter().chain(&after.scopes).map(|(scope, _)| scope.value.as_str());
    let mut scopes: BTreeSet<&str> = scopes.collect();
    scopes.insert("contents");
    let words = ["none", "read", "write"];
    scopes.into_iter().find_map(|scope| {
        let (then, now) = (rank(before, scope), rank(after, scope));
        (now > then).then(|| (scope.to_owned(), words[then], words[now]))
    })
}

fn rank(permissions: &Permissions, scope: &str) -> usize {
    let of = |word: &str| match word {
        "none" => 0,
        "read" | "read-all" => 1,
        _ => 2,
    };
    match &permissions.all {
        Some(all) if !all.value.trim().is_empty() => of(all.value.trim()),
        _ => permissions.scopes.iter().find(|(own, _)| own.value == scope).map_or(0, |(_, word)| of(word.value.trim())),
    }
}
