//! The difference of files as `git diff` shows it, so that it can be read, kept and applied.

use std::fmt::Write as _;

use similar::Algorithm;
use similar::DiffOp;
use similar::DiffTag;

use crate::release::edit::set::Change;
use crate::render::human::look::Look;

/// The lines around a difference that are shown.
const AROUND: usize = 3;

/// Renders the changes of files, in their order.
pub fn render(changes: &[Change], look: Look) -> String {
    let mut text = String::new();
    for change in changes {
        file(&mut text, change, look);
    }
    text
}

fn file(text: &mut String, change: &Change, look: Look) {
    let path = look.charset.line(&change.path);
    let _ = writeln!(text, "--- a/{path}\n+++ b/{path}");
    let (old, new): (Vec<&str>, Vec<&str>) =
        (change.before.split_inclusive('\n').collect(), change.after.split_inclusive('\n').collect());
    let steps = similar::capture_diff_slices(Algorithm::Myers, &old, &new);
    for group in similar::group_diff_ops(steps, AROUND) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let (from, to) = (first.old_range().start..last.old_range().end, first.new_range().start..last.new_range().end);
        let _ = writeln!(text, "@@ -{},{} +{},{} @@", from.start + 1, from.len(), to.start + 1, to.len());
        for step in &group {
            lines(text, step, &old, &new, look);
        }
    }
}

fn lines(text: &mut String, step: &DiffOp, old: &[&str], new: &[&str], look: Look) {
    let mut put = |mark: char, line: &str| {
        let shown = look.charset.line(line.trim_end_matches(['\n', '\r']));
        let _ = writeln!(text, "{mark}{shown}");
        if !line.ends_with('\n') {
            text.push_str("\\ No newline at end of file\n");
        }
    };
    if step.tag() == DiffTag::Equal {
        old[step.old_range()].iter().for_each(|line| put(' ', line));
        return;
    }
    old[step.old_range()].iter().for_each(|line| put('-', line));
    new[step.new_range()].iter().for_each(|line| put('+', line));
}
