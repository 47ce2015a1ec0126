//! What an act requires, by name.

use std::collections::BTreeSet;

use crate::facts::policy::gate::Gate;
use crate::gate::case::Case;

/// Names that are no steps.
pub(super) const WORDS: &[&str] = &["rules", "merge"];

/// Says whether a release asks for all that a merge does.
pub(super) fn asks_for_merge(gate: &Gate) -> bool {
    gate.requires.iter().flatten().any(|name| name.value == "merge")
}

/// The names. Without a list they are the rules and every planned step; an empty list stays empty.
pub(super) fn names(case: &Case<'_>, gate: &Gate) -> BTreeSet<String> {
    if let Some(names) = &gate.requires {
        return names.iter().map(|name| name.value.clone()).collect();
    }
    let steps = case.plan.steps.iter().map(|step| step.name.clone());
    std::iter::once("rules".to_owned()).chain(steps).collect()
}
