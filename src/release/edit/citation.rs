//! The version and the day of the release in a citation file: they move together, so no rule moves one of them.

use jiff::civil::Date;

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Span;
use crate::release::edit::set::Edits;
use crate::rules::finding::Finding;

/// The name of citation files.
const NAME: &str = "CITATION.cff";

/// Writes the version that a finding in a citation file says is stale, and the day. Says whether it was such a finding.
pub(super) fn fix(facts: &Facts, finding: &Finding, day: Date, edits: &mut Edits) -> bool {
    let path = finding.at.path.as_str();
    let truth =
        finding.against.first().and_then(|place| facts.text(&place.path)?.get(place.span.start..place.span.end));
    let (Some(text), Some(truth), None) = (facts.text(path), truth, &finding.fix) else { return false };
    if path::file_name(path) != NAME || !edits.add(path, finding.at.span, truth) {
        return false;
    }
    if let Some((span, day)) = date(text, day) {
        edits.add(path, span, day);
    }
    true
}

/// Where `date-released` stands in a citation file, without its quotes, and what shall stand there.
fn date(text: &str, date: Date) -> Option<(Span, String)> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(value) = line.strip_prefix("date-released:") {
            let bare = value.trim().trim_matches(['"', '\'']);
            let at = start + line.find(bare).filter(|_| !bare.is_empty())?;
            return Some((Span::new(at, at + bare.len()), date.to_string()));
        }
        start += line.len();
    }
    None
}
