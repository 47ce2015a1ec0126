//! What no edit can do: the name of a tag that nothing tells, and the words of a section that nobody wrote.

use crate::facts::Facts;
use crate::facts::history::History;
use crate::facts::policy::Policy;
use crate::facts::releases::Releases;
use crate::release::dependents;
use crate::release::entries;
use crate::release::notes;
use crate::release::plan::Kind;
use crate::release::plan::Plan;
use crate::release::plan::Planned;
use crate::release::tags;

/// The packages that nothing names a tag for.
pub(super) fn unnamed(plan: &Plan, policy: &Policy) -> Option<String> {
    let unnamed = plan.released().filter(|planned| planned.tag.is_none() && tags::is_demanded(policy));
    let names: Vec<&str> = unnamed.map(|planned| planned.name.as_str()).collect();
    (!names.is_empty()).then(|| format!("governed.toml: {}: {}", names.join(", "), tags::UNNAMED))
}

/// The sections without a word, in a tree that reads as it was prepared.
pub(super) fn unwritten(plan: &Plan, facts: &Facts, history: &dyn History) -> Vec<String> {
    let releases = Releases::of(facts, history);
    let mut found = Vec::new();
    for empty in plan.released().filter_map(|planned| empty(facts, &releases, plan, planned)) {
        // Several packages may share a section.
        if !found.contains(&empty) {
            found.push(empty);
        }
    }
    found
}

/// Says that the section of a release has no words: they are not made up, and nobody else would miss them.
fn empty(facts: &Facts, releases: &Releases<'_>, plan: &Plan, planned: &Planned) -> Option<String> {
    let version = planned.next.as_ref()?;
    let kept = entries::of_package(&releases.changelogs, facts, planned.index)?;
    let section = kept.section_of(&facts.cargo, planned.index, version)?;
    let file = facts.file(&kept.path)?;
    notes::written(file.text(), section).trim().is_empty().then(|| {
        let line = file.content.text.line_of(section.heading.start);
        let told = format!("{}:{line}: nobody wrote what {version} brings", kept.path);
        let needs = dependents::coming(facts, plan, planned.index);
        let has_commits = planned.because.iter().any(|because| because.kind == Kind::Commit);
        match needs.as_slice() {
            _ if has_commits => format!("{told}: `cargo governed release notes --from-commits` prints the commits"),
            [] => told,
            needs => format!("{told}: it comes out with {}, which it needs", needs.join(", ")),
        }
    })
}
