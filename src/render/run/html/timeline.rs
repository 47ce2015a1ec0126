//! The steps as a table with a bar each: when it ran, how long, how it ended.

use jiff::Timestamp;

use crate::record::report::RunReport;
use crate::record::report::Source;
use crate::record::report::StepReport;
use crate::render::run::Shown;
use crate::render::run::html::look;
use crate::render::run::html::look::Look;
use crate::render::run::html::writer::Writer;
use crate::render::run::words;
use crate::render::text::count;
use crate::steps::event::CheckSummary;

/// The time that the bars share, in milliseconds: from the beginning of the run to its end, or to the last that is known.
struct Lane {
    begin: Option<Timestamp>,
    length: u64,
}

impl Lane {
    fn of(report: &RunReport) -> Self {
        let mut lane = Self { begin: time(&report.at), length: 0 };
        let last = lane.since(&report.last.1).unwrap_or(0);
        let ends = report.steps.iter().filter_map(|step| Some(lane.since(step.began.as_deref()?)? + step.duration_ms));
        lane.length = ends.chain([last, report.duration_ms.unwrap_or(0)]).max().unwrap_or(0);
        lane
    }

    /// The milliseconds from the beginning to a time; a clock that went back gives none.
    fn since(&self, at: &str) -> Option<u64> {
        u64::try_from(time(at)?.as_millisecond() - self.begin?.as_millisecond()).ok()
    }

    /// A part of the lane in per cent, with two digits.
    fn percent(&self, milliseconds: u64) -> String {
        let hundredths = u128::from(milliseconds.min(self.length)) * 10_000 / u128::from(self.length.max(1));
        format!("{}.{:02}%", hundredths / 100, hundredths % 100)
    }
}

fn time(at: &str) -> Option<Timestamp> {
    at.parse().ok()
}

/// Writes the section.
pub(super) fn write(writer: &mut Writer, shown: &Shown) {
    let report = &shown.report;
    let lane = Lane::of(report);
    writer.within("section", &[("id", "steps"), ("aria-labelledby", "steps-title")], |writer| {
        writer.leaf("h2", &[("id", "steps-title")], "Steps");
        writer.leaf("p", &[("class", "sum")], &sum(report));
        if report.steps.is_empty() && report.check.is_none() {
            return;
        }
        writer.within("table", &[("class", "steps"), ("role", "table")], |writer| {
            writer.within("thead", &[("role", "rowgroup")], |writer| head(writer, &lane));
            writer.within("tbody", &[("role", "rowgroup")], |writer| {
                if let Some(check) = &report.check {
                    rules(writer, check);
                }
                for (index, step) in report.steps.iter().enumerate() {
                    row(writer, (index, step), &lane, report);
                }
            });
        });
        legend(writer, report);
    });
}

fn sum(report: &RunReport) -> String {
    let with = |source| report.steps.iter().filter(|step| step.source == Some(source)).count();
    let mut text = count(report.steps.len(), "step");
    for (number, word) in [(with(Source::Executed), "executed"), (with(Source::Reused), "reused")] {
        if number > 0 {
            text = format!("{text}, {number} {word}");
        }
    }
    match report.duration_ms {
        Some(duration) => format!("{text}, in {}", words::duration(duration)),
        None => text,
    }
}

fn head(writer: &mut Writer, lane: &Lane) {
    writer.within("tr", &[("role", "row")], |writer| {
        for (class, name) in [("name", "Step"), ("state", "Outcome"), ("took", "Time"), ("left", "Evidence")] {
            if class == "left" {
                bar_head(writer, lane);
            }
            writer.leaf("th", &[("scope", "col"), ("role", "columnheader"), ("class", class)], name);
        }
    });
}

fn bar_head(writer: &mut Writer, lane: &Lane) {
    writer.within("th", &[("scope", "col"), ("role", "columnheader"), ("class", "lane")], |writer| {
        writer.within("span", &[("class", "axis")], |writer| {
            writer.leaf("span", &[], "0");
            writer.leaf("span", &[], &words::duration(lane.length / 2));
            writer.leaf("span", &[], &words::duration(lane.length));
        });
    });
}

/// What the rules came to is the first row: it decides like a step.
fn rules(writer: &mut Writer, check: &CheckSummary) {
    let look = look::of_verdict(&check.verdict);
    writer.within("tr", &[("role", "row"), ("class", look.class)], |writer| {
        writer.within("th", &[("scope", "row"), ("role", "rowheader"), ("class", "name")], |writer| {
            writer.leaf("a", &[("href", "#claims")], "rules");
        });
        writer.within("td", &[("role", "cell"), ("class", "state")], |writer| look::write(writer, look));
        cell(writer, "took", "");
        writer.within("td", &[("role", "cell"), ("class", "lane")], |_| {});
        let counts = [(check.deny, "deny"), (check.warn, "warn"), (check.note, "note"), (check.waived, "waived")];
        let counts: Vec<String> =
            counts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
        cell(writer, "left", &if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") });
    });
}

fn cell(writer: &mut Writer, class: &'static str, text: &str) {
    writer.leaf("td", &[("role", "cell"), ("class", class)], text);
}

fn row(writer: &mut Writer, (index, step): (usize, &StepReport), lane: &Lane, report: &RunReport) {
    let look = look::of_step(step);
    writer.within("tr", &[("role", "row"), ("class", look.class)], |writer| {
        writer.within("th", &[("scope", "row"), ("role", "rowheader"), ("class", "name")], |writer| {
            writer.leaf("a", &[("href", &format!("#step-{index}"))], &step.step);
        });
        writer.within("td", &[("role", "cell"), ("class", "state")], |writer| look::write(writer, look));
        cell(writer, "took", &took(step));
        writer.within("td", &[("role", "cell"), ("class", "lane")], |writer| bar(writer, step, lane, report));
        cell(writer, "left", &left(step));
    });
}

fn took(step: &StepReport) -> String {
    match step.source {
        Some(Source::Executed) => words::duration(step.duration_ms),
        _ => String::new(),
    }
}

fn left(step: &StepReport) -> String {
    let mut parts = vec![words::evidence(step)];
    parts.extend(step.reused_from.as_ref().map(|from| format!("from {} of {}", from.run, words::minute(&from.at))));
    parts.extend(step.doubts.iter().map(|doubt| doubt.message.clone()));
    parts.retain(|part| !part.is_empty());
    parts.join("; ")
}

/// The bar: where it stands is when, its length is how long, its pattern is how it ended. The words stand beside it.
fn bar(writer: &mut Writer, step: &StepReport, lane: &Lane, report: &RunReport) {
    if step.source == Some(Source::Reused) {
        // It took no time; the mark at the border says that it is there.
        return lane_with(writer, look::of_step(step).bar, "0", "14");
    }
    let executed = matches!(step.source, Some(Source::Executed)) || step.in_flight();
    let Some(began) = step.began.as_deref().filter(|_| executed).and_then(|began| lane.since(began)) else { return };
    let duration = match step.state {
        Some(_) => step.duration_ms,
        None => lane.since(&report.last.1).unwrap_or(began).saturating_sub(began),
    };
    lane_with(writer, look::of_step(step).bar, &lane.percent(began), &lane.percent(duration));
}

fn lane_with(writer: &mut Writer, class: &str, x: &str, width: &str) {
    writer.within("svg", &[("class", "lane"), ("aria-hidden", "true"), ("focusable", "false")], |writer| {
        writer.void("rect", &[("class", class), ("x", x), ("y", "2"), ("width", width), ("height", "12")]);
    });
}

/// The patterns that occur, each with its word.
fn legend(writer: &mut Writer, report: &RunReport) {
    let occurs = |look: &Look| report.steps.iter().any(|step| look::of_step(step) == *look);
    writer.within("ul", &[("class", "legend"), ("aria-label", "Legend")], |writer| {
        for look in look::STEPS.iter().filter(|look| look.bar != "bar" && occurs(look)) {
            writer.within("li", &[], |writer| {
                writer.within("svg", &[("class", "key"), ("aria-hidden", "true")], |writer| {
                    let place = [("x", "1"), ("y", "1"), ("width", "26"), ("height", "12")];
                    writer.void("rect", &[&[("class", look.bar)], place.as_slice()].concat());
                });
                look::write(writer, *look);
            });
        }
    });
}
