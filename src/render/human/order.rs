//! In which order findings are shown, and which of them in full.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::render::human::look::Detail;
use crate::rules::level::Level;

/// How many findings of one rule and level are shown in full before the rest becomes a list.
const IN_FULL: usize = 4;
/// How many lines that list has.
const LISTED: usize = 8;

/// The findings of one rule at one level.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    /// The rule.
    pub(crate) rule: &'static str,
    /// The level.
    pub(crate) level: Level,
    /// Those that are shown with their text.
    pub(crate) full: Vec<&'a Judged>,
    /// Those that are shown as one line each.
    pub(crate) listed: Vec<&'a Judged>,
    /// How many more there are.
    pub(crate) hidden: usize,
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

fn cut<'a>(rule: &'static str, level: Level, mut full: Vec<&'a Judged>, detail: Detail) -> Batch<'a> {
    let in_full = match (detail, level) {
        (Detail::Full, _) => full.len(),
        (_, Level::Note) => 0,
        // One more in full is shorter than a list of one.
        _ if full.len() <= IN_FULL + 1 => full.len(),
        _ => IN_FULL,
    };
    let mut listed = full.split_off(in_full);
    let hidden = if listed.len() > LISTED + 1 { listed.split_off(LISTED).len() } else { 0 };
    Batch { rule, level, full, listed, hidden }
}
