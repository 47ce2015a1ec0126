//! A place with the lines that stand there: numbered, what is meant marked, what is said of it below.

use crate::render::run::checked::Spot;
use crate::render::run::html::writer::Writer;
use crate::render::text::shortened;

/// The most characters of what is said of a place.
const LABEL: usize = 160;

/// Writes a place as a figure; `role` says which side it is.
pub(super) fn write(writer: &mut Writer, role: &'static str, spot: &Spot) {
    writer.within("figure", &[("class", "place")], |writer| {
        writer.within("figcaption", &[], |writer| {
            writer.leaf("span", &[("class", "role")], role);
            writer.text(" ");
            writer.leaf("code", &[], &named(spot));
            if !spot.label.is_empty() {
                writer.text(" ");
                writer.leaf("span", &[("class", "label")], &shortened(&spot.label, LABEL));
            }
        });
        if spot.line > 0 {
            lines(writer, spot);
        }
    });
}

/// The place as `path:line`.
pub(super) fn named(spot: &Spot) -> String {
    if spot.line == 0 { spot.path.clone() } else { format!("{}:{}", spot.path, spot.line) }
}

fn lines(writer: &mut Writer, spot: &Spot) {
    let excerpt = spot.excerpt.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    writer.within("pre", &[("class", "excerpt")], |writer| {
        for (index, text) in excerpt.trim_end_matches('\r').split('\n').enumerate() {
            let number = spot.line.saturating_add(index);
            writer.within("span", &[("class", "line")], |writer| {
                writer.leaf("span", &[("class", "number")], &number.to_string());
                writer.within("span", &[("class", "text")], |writer| line(writer, spot, number, text));
            });
        }
    });
}

/// One line, the part between the two columns marked.
fn line(writer: &mut Writer, spot: &Spot, number: usize, text: &str) {
    let offset = |column: usize| text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    let start = if number == spot.line { offset(spot.column) } else { 0 };
    let end = match number {
        number if number < spot.end_line => text.len(),
        number if number == spot.end_line => offset(spot.end_column),
        _ => start,
    };
    let end = end.max(start);
    writer.lines(&text[..start]);
    if end > start {
        writer.within("mark", &[], |writer| writer.lines(&text[start..end]));
    }
    writer.lines(&text[end..]);
    writer.lines("\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(spot: &Spot, expected: &[&str]) {
        let mut writer = Writer::default();
        for (index, text) in spot.excerpt.split('\n').enumerate() {
            line(&mut writer, spot, spot.line + index, text);
        }
        assert_eq!(writer.finish().lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_meant_is_marked_over_lines() {
        let excerpt = "äb<c\nde\nfg".to_owned();
        let spot = Spot { line: 3, column: 2, end_line: 4, end_column: 2, excerpt, ..Spot::default() };
        check(&spot, &["ä<mark>b&lt;c</mark>", "<mark>d</mark>e", "fg"]);
    }

    #[test]
    fn columns_that_nobody_has_mark_nothing() {
        let excerpt = "ab".to_owned();
        check(&Spot { line: 1, column: 9, end_line: 1, end_column: 3, excerpt, ..Spot::default() }, &["ab"]);
        check(&Spot { line: 1, excerpt: "ab".to_owned(), ..Spot::default() }, &["ab"]);
    }
}
