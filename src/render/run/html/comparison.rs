//! Two runs beside each other, as a page: how each step ended in either, and what its key differs by.

use crate::render::run::comparison::Compared;
use crate::render::run::comparison::Comparison;
use crate::render::run::comparison::NOWHERE;
use crate::render::run::html::look;
use crate::render::run::html::page;
use crate::render::run::html::writer::Writer;

/// Renders two runs as one page.
pub fn render(comparison: &Comparison) -> String {
    let (old, new) = &comparison.runs;
    page::of(&format!("runs {old} and {new}"), |writer| {
        writer.within("header", &[], |writer| {
            writer.leaf("p", &[("class", "over")], "cargo governed: two runs beside each other");
            writer.leaf("h1", &[], &format!("Runs {old} and {new}"));
        });
        writer.within("main", &[], |writer| table(writer, comparison));
    })
}

fn table(writer: &mut Writer, comparison: &Comparison) {
    let (old, new) = &comparison.runs;
    writer.within("table", &[("class", "compared"), ("role", "table")], |writer| {
        writer.within("thead", &[("role", "rowgroup")], |writer| {
            writer.within("tr", &[("role", "row")], |writer| {
                for name in ["Step", old, new, "What differs in the key"] {
                    writer.leaf("th", &[("scope", "col"), ("role", "columnheader")], name);
                }
            });
        });
        writer.within("tbody", &[("role", "rowgroup")], |writer| {
            for compared in &comparison.steps {
                row(writer, compared);
            }
        });
    });
}

fn row(writer: &mut Writer, compared: &Compared) {
    writer.within("tr", &[("role", "row")], |writer| {
        writer.leaf("th", &[("scope", "row"), ("role", "rowheader"), ("class", "name")], &compared.step);
        for word in [compared.words.0, compared.words.1] {
            writer.within("td", &[("role", "cell")], |writer| {
                look::write(writer, look::of_word(word.unwrap_or(NOWHERE)));
            });
        }
        writer.within("td", &[("role", "cell")], |writer| {
            if compared.differences.is_empty() {
                return;
            }
            writer.within("ul", &[("class", "because")], |writer| {
                for difference in &compared.differences {
                    writer.leaf("li", &[], &difference.line());
                }
            });
        });
    });
}
