//! Workflows under another name: what a workflow of the tree goes on from.

use crate::facts::Facts;
use crate::facts::workflow::document::Workflow;

/// The workflow of the base that one of the tree goes on from: that of its path, else of those that are gone the one most
/// like it.
pub(super) fn before<'a>(
    before: &'a Facts,
    after: &Facts,
    path: &str,
    now: &Workflow,
) -> Option<(&'a str, &'a Workflow)> {
    let mut all = before.workflows().map(|(file, workflow)| (file.path.as_ref(), workflow));
    if let Some(same) = all.find(|(own, _)| *own == path) {
        return Some(same);
    }
    let gone = before.workflows().map(|(file, workflow)| (file.path.as_ref(), workflow));
    let gone = gone.filter(|(own, _)| !after.tree.has_file(own));
    gone.map(|found| (likeness(found.1, now), found))
        .filter(|(like, _)| *like > 0)
        .max_by_key(|(like, _)| *like)
        .map(|(_, found)| found)
}

/// How much two workflows have in common: their name, and the names of their jobs.
fn likeness(then: &Workflow, now: &Workflow) -> usize {
    let name = |workflow: &Workflow| workflow.name.as_ref().map(|name| name.value.clone());
    let same_name = name(then).is_some() && name(then) == name(now);
    let shared = now.jobs.iter().filter(|job| then.job(&job.id.value).is_some()).count();
    shared + 10 * usize::from(same_name)
}
