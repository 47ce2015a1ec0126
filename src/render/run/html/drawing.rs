//! The step graph as a drawing; the list of needs stands with each step, too, for whoever does not see it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;
use unicode_width::UnicodeWidthStr;

use crate::record::report::StepReport;
use crate::render::encode::invisible;
use crate::render::run::Shown;
use crate::render::run::html::graph;
use crate::render::run::html::graph::Cell;
use crate::render::run::html::graph::Layout;
use crate::render::run::html::look;
use crate::render::run::html::writer::Writer;

/// The height of a row and of a box, in pixels.
const ROW: i64 = 42;
const BOX: i64 = 30;
/// The room between two columns.
const GAP: i64 = 54;
/// The most columns of text in a box; the whole name is in its title.
const NAME: usize = 24;
/// How wide one column of text is.
const LETTER: i64 = 8;

/// Says whether there is a drawing.
pub(super) fn is_drawn(shown: &Shown) -> bool {
    graph::layout(shown.report.steps.len(), &edges(shown)).is_some()
}

/// Writes the section; nothing where no step needs another.
pub(super) fn write(writer: &mut Writer, shown: &Shown) {
    let steps = &shown.report.steps;
    let Some(layout) = graph::layout(steps.len(), &edges(shown)) else { return };
    writer.within("section", &[("id", "graph"), ("aria-labelledby", "graph-title")], |writer| {
        writer.leaf("h2", &[("id", "graph-title")], "Which step needs which");
        let region = [("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-labelledby", "graph-title")];
        writer.within("div", &region, |writer| drawing(writer, steps, &layout));
    });
}

/// From the need to the step, by index.
fn edges(shown: &Shown) -> BTreeSet<(usize, usize)> {
    let steps = &shown.report.steps;
    let index: BTreeMap<&str, usize> =
        steps.iter().enumerate().map(|(index, step)| (step.step.as_str(), index)).collect();
    let of = |(step, needs): (&String, &Vec<String>)| {
        let step = index.get(step.as_str()).copied();
        let needs: Vec<usize> = needs.iter().filter_map(|need| index.get(need.as_str()).copied()).collect();
        needs.into_iter().filter_map(move |need| Some((need, step?))).collect::<Vec<_>>()
    };
    shown.needs.iter().flat_map(of).collect()
}

fn drawing(writer: &mut Writer, steps: &[StepReport], layout: &Layout) {
    let names: Vec<String> = steps.iter().map(|step| fitted(&step.step)).collect();
    let wide = names.iter().map(|name| name.width()).max().unwrap_or(0).max(4);
    let wide = i64::try_from(wide).unwrap_or(0) * LETTER + 40;
    let columns = i64::try_from(layout.columns).unwrap_or(0);
    let (width, height) = (columns * (wide + GAP) - GAP + 2, layout.height * ROW / 1_000 + 2);
    let of = |cell: usize| {
        let column = i64::try_from(layout.column[cell]).unwrap_or(0);
        (column * (wide + GAP) + 1, layout.y[cell] * ROW / 1_000 + 1)
    };
    let (width, height) = (width.to_string(), height.to_string());
    let attributes = [
        ("class", "graph"),
        ("viewBox", &*format!("0 0 {width} {height}")),
        ("width", &*width),
        ("height", &*height),
        ("role", "group"),
        ("aria-label", "Steps from left to right, each behind what it needs"),
    ];
    writer.within("svg", &attributes, |writer| {
        for line in lines(layout) {
            let path = path(&line, layout, wide, &of);
            writer.void("path", &[("class", "edge"), ("d", &path)]);
        }
        for (index, step) in steps.iter().enumerate() {
            node(writer, step, (index, &names[index]), of(index), wide);
        }
    });
}

/// The cells from a need over all bends to the step.
fn lines(layout: &Layout) -> Vec<Vec<usize>> {
    let onward: BTreeMap<usize, usize> =
        layout.lines.iter().filter(|(from, _)| layout.cells[*from] == Cell::Bend).copied().collect();
    let begin = |(from, to): &&(usize, usize)| (layout.cells[*from] != Cell::Bend).then_some((*from, *to));
    let mut found = Vec::new();
    for (from, to) in layout.lines.iter().filter_map(|line| begin(&line)) {
        let mut line = vec![from, to];
        let mut last = to;
        while let Some(next) = onward.get(&last) {
            line.push(*next);
            last = *next;
        }
        found.push(line);
    }
    found
}

/// From the right border of the need, in a soft S over each gap and straight past the boxes, to the left border of the
/// step.
fn path(line: &[usize], layout: &Layout, wide: i64, of: &dyn Fn(usize) -> (i64, i64)) -> String {
    let (x, mut last) = of(line[0]);
    let mut path = format!("M{} {last}", x + wide);
    for cell in &line[1..] {
        let (x, y) = of(*cell);
        let middle = x - GAP / 2;
        let bends = layout.cells[*cell] == Cell::Bend;
        let end = if bends { x } else { x - 2 };
        let _ = write!(path, "C{middle} {last} {middle} {y} {end} {y}");
        if bends {
            let _ = write!(path, "H{}", x + wide);
        }
        last = y;
    }
    path
}

/// A box with icon and name that leads to the details of the step.
fn node(writer: &mut Writer, step: &StepReport, (index, name): (usize, &str), (x, y): (i64, i64), wide: i64) {
    let look = look::of_step(step);
    let number = |number: i64| number.to_string();
    writer.within("a", &[("href", &format!("#step-{index}")), ("class", &format!("node {}", look.class))], |writer| {
        writer.leaf("title", &[], &format!("{}: {}", step.step, look.word));
        let top = number(y - BOX / 2);
        let frame = [("width", &*number(wide)), ("height", &*number(BOX)), ("rx", "6")]
            .map(|(name, value)| (name, value.to_owned()));
        let frame: Vec<(&'static str, &str)> = frame.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (left, icon, text) = (number(x), number(x + 9), number(x + 31));
        writer.void("rect", &[&[("x", left.as_str()), ("y", &top)], frame.as_slice()].concat());
        let at = [("x", icon.as_str()), ("y", &number(y - 7)), ("width", "14"), ("height", "14")];
        writer.void("use", &[&[("href", look.icon)], at.as_slice()].concat());
        writer.leaf("text", &[("x", &text), ("y", &number(y + 4))], name);
    });
}

/// A name that fits into its box: the end is kept, too, because names differ there.
fn fitted(name: &str) -> String {
    let name = invisible::shown(name, |_| false);
    if name.width() <= NAME {
        return name;
    }
    let taken = |characters: &mut dyn Iterator<Item = char>, most: usize| {
        let mut width = 0;
        let fits = |character: &char| {
            width += character.width().unwrap_or(0);
            width <= most
        };
        characters.take_while(fits).collect::<String>()
    };
    let head = taken(&mut name.chars(), NAME - 8);
    let tail: String = taken(&mut name.chars().rev(), 7).chars().rev().collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(fitted("test"), "test");
        assert_eq!(fitted("test-every-feature-of-the-workspace"), "test-every-featu…rkspace");
        assert_eq!(fitted("\u{202e}a"), "\\u{202e}a");
    }
}
