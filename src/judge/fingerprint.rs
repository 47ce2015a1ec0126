//! The fingerprint of a finding: the same after lines moved, another one after the contradiction changed.

use std::collections::BTreeMap;

use sha2::Digest;
use sha2::Sha256;

use crate::rules::finding::Finding;

/// Fingerprints for the findings of all rules, in their order.
///
/// It covers the rule, the message, the stale path and its line's text without white space at the ends, and the paths it
/// contradicts; the n-th of several equal ones counts its n. Line numbers are left out on purpose.
pub fn fingerprints<'a>(findings: impl IntoIterator<Item = (&'static str, &'a Finding)>) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    findings
        .into_iter()
        .map(|(rule, finding)| {
            let mut plain = format!("{rule}\0{}\0{}\0{}", finding.message, finding.at.path, finding.at.excerpt.trim());
            for place in &finding.against {
                plain.push('\0');
                plain.push_str(&place.path);
            }
            let count = seen.entry(plain.clone()).or_default();
            *count += 1;
            let digest = Sha256::digest(format!("{plain}\0{count}").as_bytes());
            digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
        })
        .collect()
}
