//! The decision for people: what was judged, each reason with its remedy, and what it rests on.

use std::fmt::Write as _;

use crate::render::gate::Shown;

/// The text.
pub fn render(shown: &Shown<'_>) -> String {
    let decision = shown.decision;
    let mut text = String::new();
    let commit = shown.commit.map_or("no commit", short);
    let dirty = if shown.dirty { ", with changes that are in no commit" } else { "" };
    let _ = writeln!(text, "{} of {commit}{dirty} into {} ({})", shown.act.as_str(), shown.base, short(shown.tip));
    if shown.tip != shown.parted {
        let _ = writeln!(text, "  parted   {}: findings that were there are inherited", short(shown.parted));
    }
    let policy = shown
        .policy
        .map_or_else(|| "the built-in defaults: the base has none".to_owned(), |path| format!("{path} of the base"));
    let _ = writeln!(text, "  policy   {policy}");
    let _ = writeln!(text, "  proof    {}", shown.proof.unwrap_or("none"));
    for refusal in &decision.because {
        let claim = refusal.claim.as_ref().map(|claim| format!(" [{claim}]")).unwrap_or_default();
        let _ = writeln!(text, "{}{claim}: {}", refusal.code.as_str(), refusal.message);
        let _ = writeln!(text, "  remedy: {}", refusal.code.remedy());
    }
    for unchecked in &decision.unchecked {
        let _ = writeln!(text, "not checked, or left to others: {unchecked}");
    }
    let count = |basis: &str| decision.rests_on.iter().filter(|rested| rested.basis == basis).count();
    if decision.allows() {
        let _ = writeln!(
            text,
            "rests on {} derived, {} observed and {} reported claims",
            count("derived"),
            count("observed"),
            count("reported")
        );
        let _ = writeln!(text, "allow: nothing that is required speaks against it (exit 0)");
    } else {
        let reasons = decision.because.len();
        let reasons = if reasons == 1 { "1 reason".to_owned() } else { format!("{reasons} reasons") };
        let _ = writeln!(text, "deny: {reasons} (exit 1)");
    }
    text
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
