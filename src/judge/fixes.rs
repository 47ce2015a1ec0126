//! Which of the fixes of a report can be written together.

use std::collections::BTreeMap;

use crate::facts::place::Span;
use crate::judge::report::Judged;
use crate::rules::finding::Edit;
use crate::rules::finding::Fix;

/// The fixes of a report, put together by file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The edits of each file in order of their spans; they do not overlap.
    pub files: BTreeMap<String, BTreeMap<Span, String>>,
    /// What the plan does, one line a fix: `README.md:3: write 1.85`.
    pub lines: Vec<String>,
    /// The fixes that are left alone, one line each with the reason.
    pub left: Vec<String>,
}

/// Plans the fixes of findings that are new and not waived. Of two fixes that overlap the first one is taken.
pub fn plan(findings: &[Judged]) -> Plan {
    let mut plan = Plan::default();
    for judged in findings.iter().filter(|judged| judged.new && judged.waiver.is_none()) {
        let Some(fix) = &judged.finding.fix else { continue };
        let at = &judged.finding.at;
        let line = format!("{}:{}: {}", at.path, at.line, fix.title);
        if fix.edits.iter().all(|edit| plan.admits(edit)) && !overlaps_itself(fix) {
            for edit in &fix.edits {
                plan.files.entry(edit.path.clone()).or_default().insert(edit.span, edit.text.clone());
            }
            plan.lines.push(line);
        } else {
            plan.left.push(format!("{line}: it overlaps a fix that was taken before"));
        }
    }
    plan
}

impl Plan {
    /// Says whether an edit touches no other one of its file; the very same one may be there already.
    fn admits(&self, edit: &Edit) -> bool {
        let Some(taken) = self.files.get(&edit.path) else { return true };
        if taken.get(&edit.span) == Some(&edit.text) {
            return true;
        }
        let before = taken.range(..=edit.span).next_back();
        let after = taken.range(edit.span..).next();
        before.into_iter().chain(after).all(|(span, _)| !touch(*span, edit.span))
    }
}

/// Two spans that share a byte, or two insertions at one place: their order would decide what comes out.
fn touch(one: Span, other: Span) -> bool {
    one == other || (one.start < other.end && other.start < one.end)
}

fn overlaps_itself(fix: &Fix) -> bool {
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort();
    edits.windows(2).any(|pair| pair[0].path == pair[1].path && touch(pair[0].span, pair[1].span))
}

/// A text after edits in order of their spans; none where a span does not lie on character borders inside it.
pub fn applied(text: &str, edits: &BTreeMap<Span, String>) -> Option<String> {
    let mut edited = String::with_capacity(text.len());
    let mut done = 0;
    for (span, new) in edits {
        edited.push_str(text.get(done..span.start)?);
        text.get(span.start..span.end)?;
        edited.push_str(new);
        done = span.end;
    }
    edited.push_str(text.get(done..)?);
    Some(edited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::place::Place;
    use crate::rules::finding::Finding;
    use crate::rules::level::Level;

    fn judged(edits: &[(&str, usize, usize, &str)]) -> Judged {
        let edit = |&(path, start, end, text): &(&str, usize, usize, &str)| Edit {
            path: path.to_owned(),
            span: Span::new(start, end),
            text: text.to_owned(),
        };
        let fix = Fix { title: "write it".to_owned(), edits: edits.iter().map(edit).collect() };
        let finding = Finding::new("", Place::whole(edits[0].0, "")).fix(fix);
        Judged { rule: "rule", level: Level::Deny, finding, fingerprint: String::new(), new: true, waiver: None }
    }

    #[test]
    fn of_two_fixes_that_overlap_the_first_one_is_taken_whole() {
        let one = judged(&[("a", 0, 4, "x")]);
        let across = judged(&[("b", 0, 1, "y"), ("a", 3, 5, "y")]);
        let beside = judged(&[("a", 4, 6, "z")]);
        let plan = plan(&[one.clone(), across, beside, one]);
        assert_eq!((plan.lines.len(), plan.left.len()), (3, 1));
        assert!(!plan.files.contains_key("b"));
        assert_eq!(applied("aaaabbcc", &plan.files["a"]).as_deref(), Some("xzcc"));
    }

    #[test]
    fn what_contains_another_edit_overlaps_it() {
        let plan = plan(&[judged(&[("a", 5, 6, "x")]), judged(&[("a", 0, 9, "y")]), judged(&[("a", 2, 5, "z")])]);
        assert_eq!(plan.files["a"].len(), 2);
        assert_eq!(plan.left.len(), 1);
    }

    #[test]
    fn spans_outside_the_text_or_inside_a_character_apply_nothing() {
        for span in [Span::new(1, 2), Span::new(0, 9), Span::new(9, 9)] {
            assert_eq!(applied("é", &BTreeMap::from([(span, String::new())])), None);
        }
    }
}
