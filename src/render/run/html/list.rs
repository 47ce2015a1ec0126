//! All runs of a record, as a page.

use crate::record::runs::Run;
use crate::record::runs::Standing;
use crate::render::run::html::look;
use crate::render::run::html::page;
use crate::render::run::html::writer::Writer;
use crate::render::run::words;
use crate::render::text::count;

/// Renders the list as one page, the oldest run first.
pub fn render(runs: &[Run]) -> String {
    page::of("runs", |writer| {
        writer.within("header", &[], |writer| {
            writer.leaf("p", &[("class", "over")], "cargo governed: the runs of a record");
            writer.leaf("h1", &[], &count(runs.len(), "run"));
        });
        writer.within("main", &[], |writer| {
            writer.within("table", &[("class", "runs"), ("role", "table")], |writer| {
                writer.within("thead", &[("role", "rowgroup")], |writer| {
                    writer.within("tr", &[("role", "row")], |writer| {
                        for name in ["Run", "Began", "Commit", "Outcome", "Time", "Beside it"] {
                            writer.leaf("th", &[("scope", "col"), ("role", "columnheader")], name);
                        }
                    });
                });
                writer.within("tbody", &[("role", "rowgroup")], |writer| {
                    for run in runs {
                        row(writer, run);
                    }
                });
            });
        });
    })
}

fn row(writer: &mut Writer, run: &Run) {
    let subject = &run.began.subject;
    let revision = subject.revision.as_deref().map_or("no commit", |revision| revision.get(..12).unwrap_or(revision));
    let revision = if subject.dirty { format!("{revision} with changes") } else { revision.to_owned() };
    let (word, took) = match &run.standing {
        Standing::Finished { verdict, duration_ms, .. } => (verdict.as_str(), words::duration(*duration_ms)),
        Standing::Unfinished { alive: true, .. } => ("goes on", String::new()),
        Standing::Unfinished { .. } => ("unfinished", String::new()),
    };
    writer.within("tr", &[("role", "row")], |writer| {
        writer.leaf("th", &[("scope", "row"), ("role", "rowheader")], &run.began.run);
        writer.leaf("td", &[("role", "cell")], &words::minute(&run.at));
        writer.leaf("td", &[("role", "cell")], &revision);
        writer.within("td", &[("role", "cell")], |writer| look::write(writer, look::of_word(word)));
        writer.leaf("td", &[("role", "cell")], &took);
        writer.leaf("td", &[("role", "cell")], &beside(run));
    });
}

fn beside(run: &Run) -> String {
    let mut parts = Vec::new();
    if let Some(of) = &run.began.replays {
        parts.push(format!("a replay of {of}"));
    }
    if let Some(reason) = &run.began.overridden {
        parts.push(format!("overridden: {reason}"));
    }
    if let Standing::Unfinished { in_flight, .. } = &run.standing {
        parts.extend(in_flight.iter().map(|open| format!("in flight: {}", open.step)));
    }
    parts.join("; ")
}
