//! Links to docs.rs that named the version that a package leaves: they follow it. A rule that only looks does not move them,
//! because it can't know that the documentation of the new version comes out; a release makes it come out.

use std::collections::BTreeMap;

use semver::Version;

use crate::facts::Facts;
use crate::facts::place::Span;
use crate::release::edit::set::Edits;
use crate::release::edit::versions::Moved;
use crate::rules::finding::Finding;
use crate::rules::versions::doc_url;

/// Moves all links of a file that are as stale as the one of a finding. Says whether the finding was about such a link.
pub(super) fn fix(facts: &Facts, finding: &Finding, moved: &BTreeMap<usize, Moved>, edits: &mut Edits) -> bool {
    let (path, span) = (finding.at.path.as_str(), finding.at.span);
    let Some(text) = facts.text(path).filter(|_| finding.fix.is_none()) else { return false };
    let Some((before, stated)) = text.get(..span.start).zip(text.get(span.start..span.end)) else { return false };
    let Some(at) = before.rfind("docs.rs/").filter(|_| !stated.is_empty()) else { return false };
    let Some(name) = before[at + "docs.rs/".len()..].strip_suffix('/') else { return false };
    let is_it = |index: usize| facts.cargo.packages[index].name.value.replace('-', "_") == name.replace('-', "_");
    let Some((index, one)) = moved.iter().find(|(index, _)| is_it(**index)) else { return false };
    let parts = stated.split('.').count();
    if shortened(&one.from, parts) != stated {
        return false;
    }
    let folder = &facts.cargo.packages[*index].folder;
    let prefix = format!("docs.rs/{name}/");
    let mut any = false;
    for (found, _) in text.match_indices(&format!("{prefix}{stated}")) {
        let start = found + prefix.len();
        let rest = &text[start + stated.len()..];
        let goes_on = rest.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '+');
        let longer =
            goes_on || rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(|one: char| one.is_ascii_digit()));
        let line_start = text[..found].rfind('\n').map_or(0, |at| at + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        // A link whose text names the version is about that version, and one to an item that is gone stays with it.
        let is_about = line.matches(stated).count() > line.matches(&prefix).count();
        if !longer && !is_about && !doc_url::is_of_a_removed_item(facts, folder, &text[found + "docs.rs/".len()..]) {
            any |= edits.add(path, Span::new(start, start + stated.len()), shortened(&one.to, parts));
        }
    }
    any
}

/// The first parts of a version; one that is no release is written whole.
fn shortened(version: &Version, parts: usize) -> String {
    match parts {
        _ if !version.pre.is_empty() => version.to_string(),
        1 => version.major.to_string(),
        2 => format!("{}.{}", version.major, version.minor),
        _ => version.to_string(),
    }
}
