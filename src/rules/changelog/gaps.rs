//! Versions that one list has and the other lacks, where the versions around them are in both.

use std::collections::BTreeSet;

use semver::Version;

use crate::facts::Facts;
use crate::facts::loose_version;
use crate::facts::source::Parsed;
use crate::facts::tag_line::Line;
use crate::facts::tag_line::Tagged;
use crate::rules::outcome::Outcome;

/// The texts of all headings of a Markdown file.
pub fn heading_texts(facts: &Facts, path: &str) -> Vec<String> {
    match facts.file(path).map(|file| &file.content.parsed) {
        Some(Parsed::Markdown(markdown)) => markdown.headings.iter().map(|heading| heading.text.clone()).collect(),
        _ => Vec::new(),
    }
}

/// The tags of a line, oldest first, that have no section although the nearest tags before and after them have one.
///
/// Pre-releases are passed over, as changelogs do; so are tags of one commit with another, and versions that any heading names.
/// Where many tags have no section and most of those stand in runs, the changelog leaves out releases by habit, and none is missing.
pub fn missing<'l, 'a>(line: &'l Line<'a>, stated: &[&Version], headings: &[String]) -> Vec<&'l Tagged<'a>> {
    let full: Vec<&Tagged<'a>> = line.tags.iter().filter(|tagged| tagged.version.pre.is_empty()).collect();
    let has = |tagged: &Tagged<'_>| stated.iter().any(|version| loose_version::same(version, &tagged.version));
    let mut found = Vec::new();
    let range = stated.iter().copied().min().zip(stated.iter().copied().max());
    let within = |tagged: &Tagged<'_>| range.is_some_and(|(old, new)| tagged.version > *old && tagged.version < *new);
    let whole = full.iter().filter(|tagged| within(tagged)).count();
    let absent = full.iter().filter(|tagged| within(tagged) && !has(tagged)).count();
    for (at, tagged) in full.iter().enumerate() {
        let Some((before, after)) = at.checked_sub(1).and_then(|before| Some((full[before], full.get(at + 1)?))) else {
            continue;
        };
        let twin = before.tag.commit == tagged.tag.commit || after.tag.commit == tagged.tag.commit;
        if !twin && !has(tagged) && has(before) && has(after) && !is_named(headings, &tagged.version) {
            found.push(*tagged);
        }
    }
    if absent > found.len() * 2 && absent * 8 > whole { Vec::new() } else { found }
}

/// Packages that share a changelog share its faults: of the findings at one place the first stays.
pub fn once_a_heading(outcome: &mut Outcome) {
    let mut seen = BTreeSet::new();
    outcome.findings.retain(|finding| seen.insert((finding.at.path.clone(), finding.at.span)));
}

fn is_named(headings: &[String], version: &Version) -> bool {
    let text = format!("{}.{}.{}", version.major, version.minor, version.patch);
    headings.iter().any(|heading| heading.contains(&text))
}
