//! What the rules came to: the claims in a table, and each finding with the text of both sides.

use crate::render::run::Shown;
use crate::render::run::checked::Checked;
use crate::render::run::checked::Claim;
use crate::render::run::checked::Found;
use crate::render::run::declared::Declared;
use crate::render::run::html::excerpt;
use crate::render::run::html::look;
use crate::render::run::html::writer::Writer;
use crate::render::text::count;

/// The most findings that are laid out; the recorded report has all.
const FINDINGS: usize = 400;
/// The most contradicted places of one finding that are laid out.
const PLACES: usize = 4;

/// Writes the section.
pub(super) fn write(writer: &mut Writer, shown: &Shown) {
    writer.within("section", &[("id", "claims"), ("aria-labelledby", "claims-title")], |writer| {
        writer.leaf("h2", &[("id", "claims-title")], "Claims and findings");
        if !shown.declared.is_empty() {
            declared(writer, &shown.declared);
        }
        match (&shown.check, &shown.report.check) {
            (Some(checked), _) => both(writer, checked),
            (None, Some(summary)) => {
                writer.within("p", &[], |writer| {
                    writer.text("The recorded report of the check could not be read. Its digest is ");
                    writer.leaf("code", &[("class", "digest")], &summary.report.to_string());
                    writer.text(".");
                });
            }
            (None, None) => writer.leaf("p", &[], "This run has no report of a check: nothing is known of the claims."),
        }
    });
}

/// What the maintainers declare: few, and said to readers, so those that hold are told as well.
fn declared(writer: &mut Writer, claims: &[Declared]) {
    writer.within("table", &[("class", "claims"), ("id", "declared")], |writer| {
        writer.leaf("caption", &[], "Declared claims");
        writer.within("thead", &[], |writer| {
            writer.within("tr", &[], |writer| {
                for name in ["Claim", "Standing", "Said and rests on", "Basis"] {
                    writer.leaf("th", &[("scope", "col")], name);
                }
            });
        });
        writer.within("tbody", &[], |writer| {
            for claim in claims {
                writer.within("tr", &[], |writer| {
                    writer.within("th", &[("scope", "row")], |writer| writer.leaf("code", &[], &claim.name));
                    writer.within("td", &[], |writer| look::write(writer, look::of_standing(claim.standing)));
                    writer.within("td", &[], |writer| {
                        let said = if claim.said.is_empty() { "nowhere".to_owned() } else { claim.said.join(", ") };
                        writer.text(&format!("said {said}; rests on {}", claim.evidence));
                        for why in &claim.why {
                            writer.leaf("p", &[("class", "why")], why);
                        }
                    });
                    writer.leaf("td", &[], claim.basis);
                });
            }
        });
    });
}

fn both(writer: &mut Writer, checked: &Checked) {
    let (told, silent): (Vec<&Claim>, Vec<&Claim>) =
        checked.rules.iter().partition(|claim| !matches!(claim.standing.as_str(), "absent" | "holds"));
    let (held, absent): (Vec<&Claim>, Vec<&Claim>) = silent.into_iter().partition(|claim| claim.standing == "holds");
    if !told.is_empty() {
        table(writer, "Claims not held", &told);
    }
    for (title, claims) in [("held", &held), ("without anything to look at", &absent)] {
        if !claims.is_empty() {
            writer.within("details", &[], |writer| {
                writer.leaf("summary", &[], &format!("{} {title}", count(claims.len(), "claim")));
                table(writer, &format!("Claims {title}"), claims);
            });
        }
    }
    findings(writer, checked);
}

fn table(writer: &mut Writer, caption: &str, claims: &[&Claim]) {
    writer.within("table", &[("class", "claims")], |writer| {
        writer.leaf("caption", &[], caption);
        writer.within("thead", &[], |writer| {
            writer.within("tr", &[], |writer| {
                for (class, name) in
                    [("", "Rule"), ("", "Standing"), ("", "Claim"), ("number", "Compared"), ("number", "Findings")]
                {
                    writer.leaf("th", &[("scope", "col"), ("class", class)], name);
                }
            });
        });
        writer.within("tbody", &[], |writer| {
            for claim in claims {
                writer.within("tr", &[], |writer| row(writer, claim));
            }
        });
    });
}

fn row(writer: &mut Writer, claim: &Claim) {
    writer.within("th", &[("scope", "row")], |writer| writer.leaf("code", &[], &claim.rule));
    writer.within("td", &[], |writer| look::write(writer, look::of_standing(&claim.standing)));
    writer.within("td", &[], |writer| {
        writer.text(&claim.claim);
        if claim.demanded {
            writer.text(" ");
            writer.leaf("span", &[("class", "tag")], "demanded");
        }
        for unproven in &claim.unproven {
            writer.leaf("p", &[("class", "why")], &format!("not judged: {}", unproven.why));
        }
    });
    for number in [claim.looked_at, claim.findings] {
        writer.leaf("td", &[("class", "number")], &number.to_string());
    }
}

/// The findings: those that decide first, those that are waived last, else in the order of the report.
fn findings(writer: &mut Writer, checked: &Checked) {
    let mut found: Vec<&Found> = checked.findings.iter().collect();
    let loudness = |found: &Found| ["deny", "warn"].iter().position(|level| *level == found.level).unwrap_or(2);
    found.sort_by_key(|found| (found.waiver.is_some(), !found.decides, !found.new, loudness(found)));
    for found in found.iter().take(FINDINGS) {
        finding(writer, found);
    }
    if let Some(rest) = found.len().checked_sub(FINDINGS).filter(|rest| *rest > 0) {
        writer.leaf("p", &[], &format!("{} more: the recorded report of the check has all.", count(rest, "finding")));
    }
}

fn finding(writer: &mut Writer, found: &Found) {
    let class = match (found.waiver.is_some(), found.level.as_str()) {
        (true, _) => "kept",
        (false, "deny") => "bad",
        (false, "warn") => "doubt",
        _ => "none",
    };
    writer.within("article", &[("class", &format!("finding {class}"))], |writer| {
        writer.within("h3", &[], |writer| {
            writer.leaf("span", &[("class", "level")], &found.level);
            writer.text(" ");
            writer.text(&found.message);
        });
        writer.within("p", &[("class", "meta")], |writer| meta(writer, found));
        writer.within("div", &[("class", "sides")], |writer| {
            excerpt::write(writer, "stale", &found.at);
            if found.against.is_empty() {
                return;
            }
            writer.within("div", &[], |writer| {
                for spot in found.against.iter().take(PLACES) {
                    excerpt::write(writer, "contradicts", spot);
                }
                if let Some(rest) = found.against.get(PLACES..).filter(|rest| !rest.is_empty()) {
                    let named: Vec<String> = rest.iter().take(PLACES).map(excerpt::named).collect();
                    let more = rest.len() - named.len();
                    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                    writer.leaf("p", &[("class", "why")], &format!("also {}{more}", named.join(", ")));
                }
            });
        });
        for (name, text) in [("why", found.why.as_deref()), ("fix", found.fix.as_ref().map(|fix| fix.title.as_str()))] {
            if let Some(text) = text {
                writer.leaf("p", &[("class", "why")], &format!("{name}: {text}"));
            }
        }
    });
}

fn meta(writer: &mut Writer, found: &Found) {
    writer.leaf("code", &[], &found.rule);
    let mut tags = Vec::new();
    if found.decides {
        tags.push("decides".to_owned());
    }
    if !found.new {
        tags.push("the base has it, too".to_owned());
    }
    if let Some(waiver) = &found.waiver {
        let until = waiver.until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
        tags.push(format!("waived{until}: {}", waiver.reason));
    }
    for tag in tags {
        writer.text(" ");
        writer.leaf("span", &[("class", "tag")], &tag);
    }
}
