//! How a step or a verdict looks: its word, its class and its icon. Never told by colour alone.

use crate::record::report::RunReport;
use crate::record::report::StepReport;
use crate::render::run::comparison::NOWHERE;
use crate::render::run::html::writer::Writer;
use crate::render::run::words;

/// The look of one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// The word.
    pub(super) word: &'static str,
    /// The class of the element: the colour.
    pub(super) class: &'static str,
    /// The class of the bar: colour and pattern.
    pub(super) bar: &'static str,
    /// The reference of the icon: the shape.
    pub(super) icon: &'static str,
}

const fn look(word: &'static str, class: &'static str, bar: &'static str, icon: &'static str) -> Look {
    Look { word, class, bar, icon }
}

/// All outcomes of steps, in the order of the legend.
pub(super) const STEPS: &[Look] = &[
    look("passed", "good", "bar solid", "#i-good"),
    look("reused", "kept", "bar dotted", "#i-kept"),
    look("failed", "bad", "bar hatched", "#i-bad"),
    look("timed-out", "bad", "bar crossed", "#i-late"),
    look("unproven", "doubt", "bar slashed", "#i-doubt"),
    look("interrupted", "doubt", "bar broken", "#i-cut"),
    look("in flight", "doubt", "bar open", "#i-open"),
    look("not-run", "none", "bar", "#i-none"),
    look("not begun", "none", "bar", "#i-none"),
];

/// The look of a step.
pub(super) fn of_step(step: &StepReport) -> Look {
    let word = words::state(step);
    STEPS.iter().copied().find(|look| look.word == word).unwrap_or(look(word, "none", "bar", "#i-none"))
}

/// The look of what a step or a run is said to be.
pub(super) fn of_word(word: &str) -> Look {
    let known = STEPS.iter().copied().find(|look| look.word == word);
    known.unwrap_or_else(|| match word {
        "stands" => look("stands", "good", "bar", "#i-good"),
        "differs" => look("differs", "bad", "bar", "#i-bad"),
        "goes on" => look("goes on", "doubt", "bar open", "#i-open"),
        "unfinished" => UNFINISHED,
        NOWHERE => look(NOWHERE, "none", "bar", "#i-none"),
        verdict => of_verdict(verdict),
    })
}

/// The look of a run without an end.
const UNFINISHED: Look = look("unfinished", "doubt", "bar open", "#i-open");

/// The look of a verdict; every word that is not known is unproven.
pub(super) fn of_verdict(verdict: &str) -> Look {
    match verdict {
        "accepted" => look("accepted", "good", "bar solid", "#i-good"),
        "refused" => look("refused", "bad", "bar hatched", "#i-bad"),
        _ => look("unproven", "doubt", "bar slashed", "#i-doubt"),
    }
}

/// The look of a run: one without an end is unfinished, whatever it says.
pub(super) fn of_run(report: &RunReport) -> Look {
    match report.verdict.as_deref().filter(|_| report.has_ended()) {
        Some(verdict) => of_verdict(verdict),
        None => UNFINISHED,
    }
}

/// The look of the standing of a claim.
pub(super) fn of_standing(standing: &str) -> Look {
    match standing {
        "holds" => look("holds", "good", "bar", "#i-good"),
        "refuted" => look("refuted", "bad", "bar", "#i-bad"),
        "waived" => look("waived", "kept", "bar", "#i-kept"),
        "absent" => look("absent", "none", "bar", "#i-none"),
        _ => look("unproven", "doubt", "bar", "#i-doubt"),
    }
}

/// Writes the icon and the word.
pub(super) fn write(writer: &mut Writer, look: Look) {
    writer.within("span", &[("class", &format!("is {}", look.class))], |writer| {
        icon(writer, look);
        writer.text(look.word);
    });
}

/// Writes the icon alone.
pub(super) fn icon(writer: &mut Writer, look: Look) {
    writer.within("span", &[("class", &format!("icon {}", look.class))], |writer| {
        writer.constant("<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\">");
        writer.void("use", &[("href", look.icon)]);
        writer.constant("</svg>");
    });
}
