//! In which order findings are shown, and which of them in full.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::render::human::look::Detail;
use crate::rules::level::Level;

/// How many findings of one rule and level are shown in full before the rest becomes a list.
const IN_FULL: usize = 4;
/// How many lines that list has.
const LISTED: usize = 8;

/// How many line numbers stand in a line.
const LINES: usize = 30;
/// From how many findings of one cause on only the first is shown in full.
const ALIKE: usize = 3;

/// The findings of one rule at one level.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    /// The rule.
    pub(crate) rule: &'static str,
    /// The level.
    pub(crate) level: Level,
    /// Those that are shown with their text.
    pub(crate) full: Vec<Shown<'a>>,
    /// Those that are shown as one line each.
    pub(crate) listed: List<'a>,
}

/// A finding that is shown with its text, and those that are like it.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    /// The finding.
    pub(crate) judged: &'a Judged,
    /// Those of the same cause: a line each.
    pub(crate) alike: List<'a>,
}

impl<'a> Shown<'a> {
    fn of(judged: &'a Judged, alike: Vec<&'a Judged>) -> Self {
        let mut shown = Self { judged, alike: List { findings: alike, hidden: 0 } };
        let most = if shown.says_the_same() { LINES } else { LISTED };
        shown.alike = List::of(shown.alike.findings, most);
        shown
    }

    /// Whether all that are like it say the very same, so that their lines tell everything.
    pub(crate) fn says_the_same(&self) -> bool {
        let message = &self.judged.finding.message;
        self.alike.findings.iter().all(|other| other.finding.message == *message && other.finding.at.line > 0)
    }
}

/// Findings that are shown as one line each.
#[derive(Debug, Default)]
pub(crate) struct List<'a> {
    /// The findings.
    pub(crate) findings: Vec<&'a Judged>,
    /// How many more there are.
    pub(crate) hidden: usize,
}

impl<'a> List<'a> {
    fn of(mut findings: Vec<&'a Judged>, most: usize) -> Self {
        // One more line is as short as the line that says that there is one more.
        let hidden = if findings.len() > most + 1 { findings.split_off(most).len() } else { 0 };
        Self { findings, hidden }
    }

    /// How many findings it stands for.
    pub(crate) fn count(&self) -> usize {
        self.findings.len() + self.hidden
    }
}

/// Sorts what is neither waived nor inherited into batches, the loudest level first, rules in the report's order.
pub(crate) fn batches(report: &Report, detail: Detail) -> Vec<Batch<'_>> {
    let order: BTreeMap<&str, usize> = report.rules.iter().enumerate().map(|(at, rule)| (rule.rule, at)).collect();
    let mut batches: BTreeMap<(Reverse<Level>, usize, &'static str), Vec<&Judged>> = BTreeMap::new();
    for judged in report.findings.iter().filter(|judged| judged.new && judged.waiver.is_none()) {
        if detail == Detail::Quiet && !report.decides(judged) {
            continue;
        }
        let rank = order.get(judged.rule).copied().unwrap_or(usize::MAX);
        batches.entry((Reverse(judged.level), rank, judged.rule)).or_default().push(judged);
    }
    batches.into_iter().map(|((Reverse(level), _, rule), findings)| cut(rule, level, findings, detail)).collect()
}

fn cut<'a>(rule: &'static str, level: Level, findings: Vec<&'a Judged>, detail: Detail) -> Batch<'a> {
    if detail == Detail::Full {
        let alone = |judged| Shown { judged, alike: List::default() };
        return Batch { rule, level, full: findings.into_iter().map(alone).collect(), listed: List::default() };
    }
    let mut full = match level {
        Level::Note => Vec::new(),
        _ => by_cause(&findings),
    };
    if full.len() > IN_FULL + 1 {
        full.truncate(IN_FULL);
    }
    // Bounded by the few that are shown in full, and by those that are like them.
    let shown: BTreeSet<*const Judged> = full
        .iter()
        .flat_map(|(first, alike)| alike.iter().chain([first]))
        .map(|judged| std::ptr::from_ref(*judged))
        .collect();
    let listed = findings.into_iter().filter(|judged| !shown.contains(&std::ptr::from_ref(*judged))).collect();
    let full = full.into_iter().map(|(judged, alike)| Shown::of(judged, alike));
    Batch { rule, level, full: full.collect(), listed: List::of(listed, LISTED) }
}

/// Puts the findings of one cause behind the first of them, where there are enough: the same file, against the same files.
/// What is not there has no file, so all that a file misses is one cause.
fn by_cause<'a>(findings: &[&'a Judged]) -> Vec<(&'a Judged, Vec<&'a Judged>)> {
    fn cause(judged: &Judged) -> (&str, BTreeSet<&str>) {
        let there = judged.finding.against.iter().filter(|place| place.line > 0);
        (&judged.finding.at.path, there.map(|place| &*place.path).collect())
    }
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for judged in findings {
        *counts.entry(cause(judged)).or_default() += 1;
    }
    let mut first: BTreeMap<_, usize> = BTreeMap::new();
    let mut shown: Vec<(&Judged, Vec<&Judged>)> = Vec::new();
    for judged in findings {
        let cause = cause(judged);
        let is_folded = counts.get(&cause).is_some_and(|&count| count >= ALIKE);
        if let Some(&index) = first.get(&cause).filter(|_| is_folded) {
            shown[index].1.push(judged);
        } else {
            first.insert(cause, shown.len());
            shown.push((judged, Vec::new()));
        }
    }
    shown
}
