//! A forecast for people: a step a line with what becomes of it, why, and how long it takes.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use crate::render::human::look::Detail;
use crate::render::human::look::Look;
use crate::render::text::count;
use crate::steps::forecast::Forecast;
use crate::steps::forecast::Foreseen;
use crate::steps::reuse::Decision;
use crate::steps::reuse::Why;

/// Renders a forecast.
pub(super) fn render(forecast: &Forecast, look: Look) -> String {
    let mut text = String::new();
    let planned = forecast.steps.iter().map(|step| step.step.name.as_str());
    let names = planned.chain(forecast.left_out.iter().map(|left| left.step.as_str()));
    let width = names.map(UnicodeWidthStr::width).max().unwrap_or_default();
    for foreseen in &forecast.steps {
        step(&mut text, foreseen, width, look);
    }
    for left in forecast.left_out.iter().filter(|_| look.detail != Detail::Quiet) {
        let _ = writeln!(text, "  -      {:width$}  not planned: {}", left.step, look.charset.line(&left.why));
    }
    for part in &forecast.parts {
        let steps = look.charset.line(&part.steps.join(", "));
        let shard = format!("{}/{}", part.shard.index, part.shard.total);
        let time = match forecast.timings.known {
            0 => "time unknown".to_owned(),
            _ => duration(part.expected_ms),
        };
        let _ = writeln!(text, "  shard {shard}: {steps} ({time})");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    closing(&mut text, forecast, look);
    text
}

fn step(text: &mut String, foreseen: &Foreseen, width: usize, look: Look) {
    let action = match &foreseen.decision {
        Decision::Run(_) => "run",
        Decision::Reuse(_) => "reuse",
        Decision::Missing(_) => "can't",
    };
    let name = look.charset.line(&foreseen.step.name);
    let pad = " ".repeat(width.saturating_sub(name.width()));
    let time = match (&foreseen.decision, foreseen.expected_ms) {
        (Decision::Run(_), Some(ms)) => format!(" ({})", duration(ms)),
        (Decision::Run(_), None) => " (time unknown)".to_owned(),
        _ => String::new(),
    };
    let _ = writeln!(text, "  {action:5}  {name}{pad}  {}{time}", look.charset.line(&foreseen.decision.line()));
    if look.detail != Detail::Full {
        return;
    }
    let indent = " ".repeat(11 + width);
    let _ = writeln!(text, "{indent}{}", look.charset.line(&foreseen.step.argv.join(" ")));
    let _ = writeln!(text, "{indent}key {}", foreseen.key);
    if let Decision::Run(Why::Changed(differences)) = &foreseen.decision {
        for difference in differences {
            let _ = writeln!(text, "{indent}{}", look.charset.line(&difference.line()));
        }
    }
}

fn closing(text: &mut String, forecast: &Forecast, look: Look) {
    let total = forecast.steps.len();
    let _ = write!(text, "plan {}: {}", forecast.plan.short(), count(total, "step"));
    let _ = write!(text, ", {} to run, {} reused", forecast.runs(), forecast.reused());
    if forecast.missing() > 0 {
        let _ = write!(text, ", {} without their tools", forecast.missing());
    }
    let time = match forecast.expected_ms() {
        (0, unknown) if unknown > 0 => "time unknown".to_owned(),
        (known, 0) => format!("about {}", duration(known)),
        (known, unknown) => format!("about {} and {} of unknown length", duration(known), count(unknown, "step")),
    };
    let _ = writeln!(text, "; {time}, {}", forecast.timings.line());
    match forecast.queries.as_slice() {
        [] => text.push_str("identity queries: none, everything was remembered\n"),
        queries => {
            let _ = writeln!(text, "identity queries: {}: {}", queries.len(), look.charset.line(&queries.join(", ")));
        }
    }
}

/// A length of time for people: `0.4 s`, `12 s`, `3 min 20 s`.
fn duration(ms: u64) -> String {
    match ms {
        0..=9_999 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        10_000..=119_999 => format!("{} s", ms / 1_000),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}
