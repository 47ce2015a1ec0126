//! What the run stands on: tree, policy, base, machine, record, with the digests by which each can be found again.

use crate::render::run::Shown;
use crate::render::run::html::writer::Writer;
use crate::render::run::words;

/// Writes what a reader asks first.
pub(super) fn summary(writer: &mut Writer, shown: &Shown) {
    let began = &shown.report.began;
    let subject = &began.subject;
    let mut rows = Vec::new();
    let revision = subject.revision.as_deref().unwrap_or("no commit");
    let dirty = if subject.dirty { ", with changes that no commit has" } else { "" };
    rows.push(("subject", format!("{} at {revision}{dirty}", subject.source)));
    rows.push(("policy", began.policy.path.clone().unwrap_or_else(|| "the built-in defaults".to_owned())));
    rows.push(("base", began.base.clone().unwrap_or_else(|| "none: no gate takes this run".to_owned())));
    let machine = &began.machine;
    rows.push(("machine", format!("{} {}, {} threads", machine.os, machine.arch, machine.threads)));
    rows.push(("began", shown.report.at.clone()));
    if let Some(shard) = began.shard {
        rows.push(("shard", format!("{} of {}: only a part of the plan ran here", shard.index, shard.total)));
    }
    if let Some(resumes) = &began.resumes {
        rows.push(("goes on from", resumes.clone()));
    }
    pairs(writer, &rows);
}

fn pairs(writer: &mut Writer, rows: &[(&'static str, String)]) {
    writer.within("dl", &[("class", "ground")], |writer| {
        for (name, text) in rows {
            writer.leaf("dt", &[], name);
            writer.leaf("dd", &[], text);
        }
    });
}

/// Writes the section on the record, with the digests.
pub(super) fn record(writer: &mut Writer, shown: &Shown) {
    let began = &shown.report.began;
    let mut rows = vec![
        ("ledger", format!("{} lines when this page was made, head {}", shown.ledger.0, shown.ledger.1)),
        ("last event of the run", format!("line {} of {}", shown.report.last.0, shown.report.last.1)),
        ("listing of the tree", began.subject.listing.to_string()),
    ];
    rows.extend(began.subject.tree.clone().map(|tree| ("git tree of the commit", tree)));
    rows.extend(began.policy.sha256.clone().map(|sha256| ("policy", sha256)));
    rows.push(("plan", began.plan.to_string()));
    rows.extend(shown.report.check.as_ref().map(|check| ("report of the check", check.report.to_string())));
    rows.extend(shown.proof.clone().map(|proof| ("proof", proof)));
    rows.push(("made by", format!("cargo-governed {}", began.version)));
    writer.within("section", &[("id", "record"), ("aria-labelledby", "record-title")], |writer| {
        writer.leaf("h2", &[("id", "record-title")], "Record");
        pairs(writer, &rows);
        writer.within("p", &[("class", "next")], |writer| {
            writer.text("This page is a copy. Whether the record still says so: ");
            writer.leaf("code", &[], &words::verb("replay", &began.run));
        });
    });
}
