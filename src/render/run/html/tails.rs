//! The end of the output of each step that did not pass.

use crate::render::run::Shown;
use crate::render::run::html::look;
use crate::render::run::html::writer::Writer;
use crate::render::run::words;

/// Writes the section; nothing where there is no tail.
pub(super) fn write(writer: &mut Writer, shown: &Shown) {
    let failed: Vec<_> = shown
        .report
        .steps
        .iter()
        .enumerate()
        .filter_map(|(index, step)| Some((index, step, shown.tails.get(&step.step)?)))
        .collect();
    if failed.is_empty() {
        return;
    }
    writer.within("section", &[("id", "output"), ("aria-labelledby", "output-title")], |writer| {
        writer.leaf("h2", &[("id", "output-title")], "What they printed at their end");
        for (index, step, tail) in failed {
            let look = look::of_step(step);
            writer.within("article", &[("class", &format!("tail {}", look.class))], |writer| {
                writer.within("h3", &[], |writer| {
                    look::write(writer, look);
                    writer.text(" ");
                    writer.leaf("a", &[("href", &format!("#step-{index}"))], &step.step);
                });
                let name = format!("The end of the output of {}", step.step);
                let region = [("class", "output"), ("tabindex", "0"), ("role", "region"), ("aria-label", &*name)];
                writer.within("pre", &region, |writer| writer.lines(&uncoloured(tail)));
                writer.within("p", &[("class", "next")], |writer| {
                    writer.text("All of it: ");
                    writer.leaf("code", &[], &words::inspect_step(&shown.report.began.run, &step.step));
                });
            });
        }
    });
}

/// Takes the colours of a terminal out: they mean nothing here, and without them nothing is hidden.
fn uncoloured(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..at]);
        let code = &rest[at + 2..];
        let end = code.find(|character: char| !character.is_ascii_digit() && character != ';').unwrap_or(code.len());
        if code[end..].starts_with('m') {
            rest = &code[end + 1..];
        } else {
            plain.push_str("\u{1b}[");
            rest = code;
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_are_taken_out() {
        assert_eq!(uncoloured("a\u{1b}[1;31mred\u{1b}[0m b\u{1b}[m"), "ared b");
        assert_eq!(uncoloured("\u{1b}[2K\u{1b}[1;\u{1b}"), "\u{1b}[2K\u{1b}[1;\u{1b}");
    }
}
