//! Findings of one cause in one document, told once: the first place, and the others beside it.

use std::collections::BTreeMap;

use crate::rules::finding::Finding;

/// More places of one cause tell nothing new.
const SHOWN: usize = 3;

/// Puts findings with the same path and message together, in the order of their first.
pub(super) fn join(findings: Vec<Finding>) -> Vec<Finding> {
    let mut first: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut joined: Vec<(Finding, Vec<Finding>)> = Vec::new();
    for finding in findings {
        let key = (finding.at.path.clone(), finding.message.clone());
        if let Some(&index) = first.get(&key) {
            joined[index].1.push(finding);
        } else {
            first.insert(key, joined.len());
            joined.push((finding, Vec::new()));
        }
    }
    joined.into_iter().map(|(finding, others)| with_others(finding, others)).collect()
}

fn with_others(mut finding: Finding, others: Vec<Finding>) -> Finding {
    if others.is_empty() {
        return finding;
    }
    finding.message = format!("{} ({} times in this file)", finding.message, others.len() + 1);
    for mut other in others.into_iter().take(SHOWN) {
        "here too".clone_into(&mut other.at.label);
        finding.against.push(other.at);
    }
    finding
}
