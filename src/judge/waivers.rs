//! Which waiver covers which finding, and what becomes of each waiver.
//!
//! A waiver covers a finding by the place said to be stale (`at`), never by the places that it contradicts:
//! who accepts that a README is old has not accepted that the manifest is.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use globset::GlobMatcher;
use jiff::civil::Date;

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::policy::Policy;
use crate::facts::policy::inline::InlineWaiver;
use crate::facts::policy::pattern;
use crate::facts::policy::vocabulary::Vocabulary;
use crate::facts::policy::waiver::UNWAIVABLE;
use crate::facts::text::Text;
use crate::facts::zone::Zone;
use crate::judge::report::WaiverReport;
use crate::judge::report::WaiverState;
use crate::judge::report::WaiverUsed;
use crate::rules::finding::Finding;
use crate::rules::rule::Rule;

/// What a waiver covers, beside its rules.
enum Reach {
    /// Stale places whose path matches; none for all.
    Paths(Option<GlobMatcher>),
    /// Stale places that touch these lines of a file.
    Lines(Arc<str>, usize, usize),
}

struct Held {
    rules: Vec<String>,
    reach: Reach,
    until: Option<Date>,
    reason: String,
    path: Option<String>,
    at: Place,
    fault: Option<String>,
    covers: usize,
}

/// All waivers of a tree.
pub struct Waivers {
    held: Vec<Held>,
    /// The waivers that are in force, by rule.
    by_rule: BTreeMap<String, Vec<usize>>,
    today: Date,
}

impl Waivers {
    /// Gathers the waivers of the policy and those that stand in the files; the latter are asked first.
    ///
    /// With a base, one in a file counts only if the base has it as well: who adds a waiver does not decide about it.
    pub fn gather(facts: &Facts, base: Option<&Facts>, policy: &Policy, vocabulary: &Vocabulary, today: Date) -> Self {
        let mut held = inline(facts, base, policy, vocabulary);
        held.extend(declared(facts, policy));
        let mut by_rule: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, waiver) in held.iter().enumerate() {
            if waiver.fault.is_none() && waiver.until.is_none_or(|until| today <= until) {
                for rule in &waiver.rules {
                    by_rule.entry(rule.clone()).or_default().push(index);
                }
            }
        }
        Self { held, by_rule, today }
    }

    /// The waiver that covers a finding of a rule. Every waiver that would do is counted as used.
    pub fn cover(&mut self, rule: &Rule, finding: &Finding) -> Option<WaiverUsed> {
        if rule.group == UNWAIVABLE {
            return None;
        }
        let mut first = None;
        for &index in self.by_rule.get(rule.name)? {
            let waiver = &mut self.held[index];
            if waiver.reach.touches(&finding.at) {
                waiver.covers += 1;
                first = first.or(Some(index));
            }
        }
        let waiver = &self.held[first?];
        let until = waiver.until.map(|until| until.to_string());
        Some(WaiverUsed { reason: waiver.reason.clone(), until, at: waiver.at.clone() })
    }

    /// What became of each waiver. `judged` holds the rules that were judged in full: only their waivers can be unused.
    pub fn into_reports(self, judged: &BTreeSet<&str>) -> Vec<WaiverReport> {
        let today = self.today;
        let report = |waiver: Held| {
            let state = if let Some(fault) = waiver.fault {
                WaiverState::Unreadable(fault)
            } else if waiver.until.is_some_and(|until| until < today) {
                WaiverState::Expired
            } else if waiver.covers > 0 {
                WaiverState::Covers
            } else if waiver.rules.iter().all(|rule| judged.contains(rule.as_str())) {
                WaiverState::Unused
            } else {
                WaiverState::Unknown
            };
            WaiverReport {
                rules: waiver.rules,
                path: waiver.path,
                reason: waiver.reason,
                until: waiver.until.map(|until| until.to_string()),
                at: waiver.at,
                covers: waiver.covers,
                state,
            }
        };
        self.held.into_iter().map(report).collect()
    }
}

impl Reach {
    fn touches(&self, at: &Place) -> bool {
        match self {
            Self::Paths(glob) => glob.as_ref().is_none_or(|glob| glob.is_match(&at.path)),
            Self::Lines(path, first, last) => {
                at.line > 0 && at.path.as_str() == path.as_ref() && at.line <= *last && *first <= at.end_line
            }
        }
    }
}

/// The waivers in comments. Fixtures, copies and archives have none of their own.
fn inline(facts: &Facts, base: Option<&Facts>, policy: &Policy, vocabulary: &Vocabulary) -> Vec<Held> {
    let mut held = Vec::new();
    let mut standing = base.map(standing);
    for file in facts.files.values() {
        if file.content.marks.waivers.is_empty() || facts.zone(&file.path) != Zone::Own {
            continue;
        }
        for waiver in &file.content.marks.waivers {
            let is_new =
                standing.as_mut().is_some_and(|standing| !takes(standing, &file.path, &file.content.text, waiver));
            let is_new = is_new.then(|| "the base does not have it, and who adds a waiver does not decide".to_owned());
            held.push(Held {
                rules: waiver.rules.clone(),
                reach: Reach::Lines(Arc::clone(&file.path), waiver.first_line, waiver.last_line),
                until: waiver.until,
                reason: waiver.reason.clone(),
                path: None,
                at: facts.place(&file.path, waiver.span, "the waiver"),
                fault: waiver.fault(vocabulary, policy.check.require_until).or(is_new),
                covers: 0,
            });
        }
    }
    held
}

/// The waivers in comments of a base: how often each stands there, by path, words and the text of the lines it covers.
type Standing = BTreeMap<(Arc<str>, String), usize>;

fn standing(base: &Facts) -> Standing {
    let mut standing = Standing::new();
    for file in base.files.values() {
        for waiver in &file.content.marks.waivers {
            *standing.entry((Arc::clone(&file.path), words(&file.content.text, waiver))).or_default() += 1;
        }
    }
    standing
}

/// Takes one of the waivers of the base that has the same words over the same lines; false where none is left.
fn takes(standing: &mut Standing, path: &Arc<str>, text: &Text, waiver: &InlineWaiver) -> bool {
    match standing.get_mut(&(Arc::clone(path), words(text, waiver))) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    }
}

/// The lines that a waiver stands in and covers, without the white space around them.
fn words(text: &Text, waiver: &InlineWaiver) -> String {
    let covered = waiver.last_line.saturating_sub(waiver.first_line) + 1;
    let lines = text.as_str().lines().skip(waiver.first_line.saturating_sub(1)).take(covered);
    lines.map(str::trim).collect::<Vec<_>>().join("\n")
}

/// The waivers of the policy file.
fn declared(facts: &Facts, policy: &Policy) -> Vec<Held> {
    let file = policy.path.as_deref().unwrap_or_default();
    let hold = |waiver: &crate::facts::policy::waiver::Waiver| Held {
        rules: vec![waiver.rule.value.clone()],
        // The glob was checked when the policy was read; one that fails now must cover nothing.
        reach: match waiver.path.as_ref().map(|path| pattern::glob(&path.value)) {
            None => Reach::Paths(None),
            Some(Ok(glob)) => Reach::Paths(Some(glob)),
            Some(Err(_)) => Reach::Lines(Arc::from(""), 0, 0),
        },
        until: waiver.until.as_ref().map(|until| until.value),
        reason: waiver.reason.value.clone(),
        path: waiver.path.as_ref().map(|path| path.value.clone()),
        at: facts.place(file, waiver.rule.span, "the waiver"),
        fault: None,
        covers: 0,
    };
    policy.waivers.iter().map(hold).collect()
}
