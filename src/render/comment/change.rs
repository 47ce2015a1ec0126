//! A mechanical fix as the difference that it makes to the lines that a finding shows.

use std::fmt::Write as _;

use crate::facts::place::Place;
use crate::judge::report::Judged;
use crate::render::text;
use crate::rules::finding::Edit;

/// The most characters of a line.
const CUT: usize = 300;

/// The difference in the form of `diff -U0`; none where an edit lies outside the lines that the finding carries.
pub(crate) fn difference(judged: &Judged) -> Option<String> {
    let finding = &judged.finding;
    let fix = finding.fix.as_ref()?;
    let places: Vec<&Place> = std::iter::once(&finding.at).chain(&finding.against).collect();
    let mut out = String::new();
    let mut told = 0;
    for (index, place) in places.iter().enumerate() {
        if places[..index].iter().any(|other| (&other.path, other.line) == (&place.path, place.line)) {
            continue;
        }
        let Some(start) = start(place) else { continue };
        let mut edits: Vec<&Edit> = fix.edits.iter().filter(|edit| is_in(edit, place, start)).collect();
        if edits.is_empty() {
            continue;
        }
        told += edits.len();
        edits.sort();
        hunk(&mut out, place, &edited(place, start, &edits)?);
    }
    (told == fix.edits.len()).then_some(out)
}

/// The one place that a fix changes, and its lines afterwards; none where it changes several.
pub(crate) fn only(judged: &Judged) -> Option<(&Place, String)> {
    let finding = &judged.finding;
    let fix = finding.fix.as_ref()?;
    let places = std::iter::once(&finding.at).chain(&finding.against);
    places.filter(|place| !fix.edits.is_empty() && !place.path.starts_with("git:")).find_map(|place| {
        let start = start(place)?;
        let mut edits: Vec<&Edit> = fix.edits.iter().filter(|edit| is_in(edit, place, start)).collect();
        edits.sort();
        let whole = edits.len() == fix.edits.len();
        if whole { edited(place, start, &edits).map(|changed| (place, changed)) } else { None }
    })
}

/// How many lines two texts share at their beginning, and at their end.
pub(crate) fn common(old: &[&str], new: &[&str]) -> (usize, usize) {
    let front = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let back = old[front..].iter().rev().zip(new[front..].iter().rev()).take_while(|(one, other)| one == other).count();
    (front, back)
}

/// The byte of the file at which the excerpt begins.
fn start(place: &Place) -> Option<usize> {
    if place.line == 0 {
        return None;
    }
    let before: usize = place.excerpt.lines().next()?.chars().take(place.column - 1).map(char::len_utf8).sum();
    place.span.start.checked_sub(before)
}

fn is_in(edit: &Edit, place: &Place, start: usize) -> bool {
    edit.path == place.path && edit.span.start >= start && edit.span.end <= start + place.excerpt.len()
}

fn edited(place: &Place, start: usize, edits: &[&Edit]) -> Option<String> {
    let mut text = String::new();
    let mut done = 0;
    for edit in edits {
        text.push_str(place.excerpt.get(done..edit.span.start - start)?);
        text.push_str(&edit.text);
        done = edit.span.end - start;
    }
    text.push_str(place.excerpt.get(done..)?);
    Some(text)
}

fn hunk(out: &mut String, place: &Place, new: &str) {
    let (old, new): (Vec<&str>, Vec<&str>) = (place.excerpt.lines().collect(), new.lines().collect());
    let (front, back) = common(&old, &new);
    let (old, new) = (&old[front..old.len() - back], &new[front..new.len() - back]);
    let path = place.path.replace(['\n', '\r'], " ");
    let span = |lines: usize| if lines == 1 { String::new() } else { format!(",{lines}") };
    let line = place.line + front;
    let _ = writeln!(out, "--- a/{path}\n+++ b/{path}\n@@ -{line}{} +{line}{} @@", span(old.len()), span(new.len()));
    for (sign, lines) in [('-', old), ('+', new)] {
        for line in lines {
            let _ = writeln!(out, "{sign}{}", text::shortened(line, CUT));
        }
    }
}
