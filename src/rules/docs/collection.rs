//! Collections of pages that were put together from elsewhere: the READMEs of themes or plugins on a site.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::source::Parsed;
use crate::rules::outcome::Outcome;

/// So many pages of one name in sibling folders are a collection.
const COLLECTION: usize = 4;

/// Leaves out the findings in pages of one name in sibling folders, where many of them lead nowhere.
pub(super) fn leave_out(facts: &Facts, outcome: &mut Outcome) {
    let mut pages: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let of = |path: &str| (path::parent(path::parent(path)).to_owned(), path::file_name(path).to_owned());
    for finding in &outcome.findings {
        pages.entry(of(&finding.at.path)).or_default().insert(finding.at.path.clone());
    }
    let headed = |path: &str| match facts.file(path).map(|file| &file.content.parsed) {
        Some(Parsed::Markdown(markdown)) => markdown.front_matter.is_some(),
        _ => false,
    };
    outcome.findings.retain(|finding| {
        let many = pages.get(&of(&finding.at.path)).is_some_and(|pages| pages.len() >= COLLECTION);
        !many || !headed(&finding.at.path)
    });
}
