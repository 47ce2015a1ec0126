//! A page as a whole: what stands around every one, and the report of a run.

use crate::render::run::Shown;
use crate::render::run::html::claims;
use crate::render::run::html::details;
use crate::render::run::html::drawing;
use crate::render::run::html::ground;
use crate::render::run::html::icons;
use crate::render::run::html::look;
use crate::render::run::html::style;
use crate::render::run::html::tails;
use crate::render::run::html::timeline;
use crate::render::run::html::top;
use crate::render::run::html::writer::Writer;

/// What the page may load: nothing, and no script runs whatever stands in it.
const ALLOWED: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Renders a run as one page.
pub fn render(shown: &Shown) -> String {
    let word = look::of_run(&shown.report).word;
    of(&format!("{word}: run {}", shown.report.began.run), |writer| {
        top::write(writer, shown);
        top::navigation(writer, &sections(shown));
        writer.within("main", &[], |writer| {
            tails::write(writer, shown);
            timeline::write(writer, shown);
            drawing::write(writer, shown);
            claims::write(writer, shown);
            details::write(writer, shown);
            ground::record(writer, shown);
        });
    })
}

/// A page with this title, and what the closure writes into its body.
pub(super) fn of(title: &str, body: impl FnOnce(&mut Writer)) -> String {
    let mut writer = Writer::default();
    writer.constant("<!DOCTYPE html>\n");
    writer.within("html", &[("lang", "en")], |writer| {
        writer.within("head", &[], |writer| head(writer, title));
        writer.within("body", &[], |writer| {
            writer.constant(icons::DEFINITIONS);
            body(writer);
        });
    });
    writer.finish()
}

fn head(writer: &mut Writer, title: &str) {
    writer.void("meta", &[("charset", "utf-8")]);
    writer.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", ALLOWED)]);
    writer.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    writer.void("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    writer.void("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    writer.leaf("title", &[], title);
    writer.within("style", &[], |writer| writer.constant(style::STYLE));
}

fn sections(shown: &Shown) -> Vec<(&'static str, &'static str)> {
    let mut sections = vec![("#steps", "Steps")];
    if !shown.tails.is_empty() {
        sections.insert(0, ("#output", "Output"));
    }
    if drawing::is_drawn(shown) {
        sections.push(("#graph", "Graph"));
    }
    sections.push(("#claims", "Claims"));
    if !shown.report.steps.is_empty() {
        sections.push(("#details", "Details"));
    }
    sections.push(("#record", "Record"));
    sections
}
