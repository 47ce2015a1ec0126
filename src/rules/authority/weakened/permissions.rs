//! `permissions` of workflows: no token may do more.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Permissions;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;

/// Compares the workflows that both trees have.
pub fn compare(before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    for (file, now) in after.workflows() {
        let Some((_, then)) = before.workflows().find(|(other, _)| other.path == file.path) else { continue };
        sink.look();
        for job in &now.jobs {
            match then.job(&job.id.value) {
                Some(own) => of_job(&file.path, (then, own), (now, job), sink),
                None => of_new(&file.path, then, (now, job), sink),
            }
        }
    }
}

fn effective<'a>(workflow: &'a Workflow, job: &'a Job) -> Option<&'a Permissions> {
    job.permissions.as_ref().or(workflow.permissions.as_ref())
}

fn of_job(path: &str, then: (&Workflow, &Job), now: (&Workflow, &Job), sink: &mut Sink<'_>) {
    let (before, after) = (effective(then.0, then.1), effective(now.0, now.1));
    let name = &now.1.id.value;
    let Some(before) = before else { return };
    let against = vec![sink.of_base(path, before.span, "the token may do this")];
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
