//! The lines in which two texts differ, by the shortest way from one to the other.

use similar::Algorithm;
use similar::DiffOp;

use crate::steps::compare::difference::About;
use crate::steps::compare::difference::Difference;

/// The most lines that are compared for the shortest way; longer texts are compared line by line.
const MOST_LINES: usize = 4_000;
/// The most differing lines that are told.
const MOST_TOLD: usize = 40;
/// The most letters of a line that are told.
const WIDEST: usize = 300;

/// The differing lines of a stream, named by it and the line's number in the older text, else in the newer one.
pub fn differences(stream: &str, old: &[u8], new: &[u8]) -> Vec<Difference> {
    let (old, new) = (split(old), split(new));
    let front = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let back = old[front..].iter().rev().zip(new[front..].iter().rev()).take_while(|(one, other)| one == other).count();
    let (one, other) = (&old[front..old.len() - back], &new[front..new.len() - back]);
    let pairs = if one.len().max(other.len()) > MOST_LINES { beside(one, other) } else { shortest(one, other) };
    let rest = pairs.len().saturating_sub(MOST_TOLD);
    let told = pairs.into_iter().take(MOST_TOLD).map(|(at, old, new)| {
        Difference::new(About::Line, format!("{stream}:{}", front + at + 1), old.map(shown), new.map(shown))
    });
    let mut told: Vec<Difference> = told.collect();
    if rest > 0 {
        told.push(Difference::new(About::Line, format!("{stream}: {rest} more lines"), None, None));
    }
    told
}

type Pair<'a> = (usize, Option<&'a [u8]>, Option<&'a [u8]>);

fn split(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\n").unwrap_or(line)).collect()
}

fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    if text.chars().count() > WIDEST {
        text.chars().take(WIDEST).chain(['\u{2026}']).collect()
    } else {
        text.into_owned()
    }
}

fn beside<'a>(old: &[&'a [u8]], new: &[&'a [u8]]) -> Vec<Pair<'a>> {
    let all = (0..old.len().max(new.len())).map(|at| (at, old.get(at).copied(), new.get(at).copied()));
    all.filter(|(_, old, new)| old != new).collect()
}

fn shortest<'a>(old: &[&'a [u8]], new: &[&'a [u8]]) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for step in similar::capture_diff_slices(Algorithm::Myers, old, new) {
        if matches!(step, DiffOp::Equal { .. }) {
            continue;
        }
        let (before, after) = (step.old_range(), step.new_range());
        let at = if before.is_empty() { after.start } else { before.start };
        let part = beside(&old[before], &new[after]);
        pairs.extend(part.into_iter().map(|(offset, old, new)| (at + offset, old, new)));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expected: &[&str]) {
        let lines: Vec<String> =
            differences("out", old.as_bytes(), new.as_bytes()).iter().map(Difference::line).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn lines_that_differ_are_named() {
        check("a\nb\n", "a\nb\n", &[]);
        check("a\nb\nc\n", "a\nX\nc\n", &["out:2: b -> X"]);
        check("a\nb\nc\nd\n", "a\nc\nd\n", &["out:2: b, now gone"]);
        check("a\nc\n", "a\nb\nc\n", &["out:2: b, not there before"]);
        check("", "x", &["out:1: x, not there before"]);
    }

    #[test]
    fn long_texts_are_compared_in_bounded_time() {
        let text = |word: &str| (0..200_000).map(|number| format!("{word}{number}\n")).collect::<String>();
        let told = differences("out", text("a").as_bytes(), text("b").as_bytes());
        assert_eq!(told.len(), MOST_TOLD + 1);
        assert_eq!(told.last().expect("a rest").line(), "out: 199960 more lines");
    }
}
