//! Actions that are pinned to a commit: none may be taken from a branch or a tag instead, which others can move.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::job::Uses;
use crate::rules::authority::weakened::renamed;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;

/// Compares the actions that both trees use.
pub fn compare(before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    let then = uses(before);
    let earlier: BTreeMap<String, &str> = after
        .workflows()
        .filter_map(|(file, now)| Some((file.path.to_string(), renamed::before(before, after, &file.path, now)?.0)))
        .collect();
    for (path, uses) in uses(after) {
        let base_path = earlier.get(&path).map_or_else(|| path.clone(), |path| (*path).to_owned());
        let own = |target: &str| -> Vec<&(String, &Uses)> {
            then.get(&base_path).into_iter().flatten().filter(|(other, _)| other == target).collect()
        };
        let everywhere = |target: &str| -> Vec<&(String, &Uses)> {
            then.values().flatten().filter(|(other, _)| other == target).collect()
        };
        for (target, now) in uses {
            let here = own(&target);
            let is_of_file = !here.is_empty();
            let known = if is_of_file { here } else { everywhere(&target) };
            if known.is_empty() {
                continue;
            }
            sink.look();
            if now.pin().is_some() || known.iter().any(|(_, then)| then.pin().is_none()) {
                continue;
            }
            let reference = now.reference.as_ref();
            let word = reference.map_or("nothing", |reference| reference.value.as_str());
            let span = reference.map_or(now.text.span, |reference| reference.span);
            let at = sink.of_head(&path, span, "others can move it");
            let message = format!("the action {target} was pinned to a commit, and is now taken from `{word}`");
            if is_of_file {
                let against = vec![sink.of_base(&base_path, known[0].1.text.span, "a commit")];
                sink.add(Of::Policy, message, at, against);
            } else {
                sink.suspect(Of::Policy, message, at, Vec::new());
            }
        }
    }
}

/// The actions of other repositories, file by file.
fn uses(facts: &Facts) -> BTreeMap<String, Vec<(String, &Uses)>> {
    let mut found: BTreeMap<String, Vec<(String, &Uses)>> = BTreeMap::new();
    for (file, workflow) in facts.workflows() {
        let of_jobs = workflow.jobs.iter().filter_map(|job| job.uses.as_ref());
        let of_steps = workflow.jobs.iter().flat_map(|job| &job.steps).filter_map(|step| step.uses.as_ref());
        let all = of_jobs.chain(of_steps).filter(|uses| is_foreign(uses));
        found
            .entry(file.path.to_string())
            .or_default()
            .extend(all.map(|uses| (uses.target.to_ascii_lowercase(), uses)));
    }
    for (file, action) in facts.actions() {
        let all = action.steps.iter().filter_map(|step: &Step| step.uses.as_ref()).filter(|uses| is_foreign(uses));
        found
            .entry(file.path.to_string())
            .or_default()
            .extend(all.map(|uses| (uses.target.to_ascii_lowercase(), uses)));
    }
    found
}

fn is_foreign(uses: &Uses) -> bool {
    uses.local().is_none() && !uses.target.starts_with("docker://") && uses.target.contains('/')
}
