//! Reads one tree and runs rules over it: what the examined tree and the base of `--since` share.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use rayon::prelude::*;
use tracing::debug;
use tracing::trace;

use crate::commands::authority_files;
use crate::facts::Facts;
use crate::facts::history::History;
use crate::facts::history::NoHistory;
use crate::facts::kind::Kind;
use crate::facts::policy::Policy;
use crate::facts::policy::change::Change;
use crate::facts::retagged::Retagged;
use crate::judge::judging::Outcomes;
use crate::judge::report::Source;
use crate::judge::report::Subject;
use crate::rules::changelog::changelog_link_broken;
use crate::rules::changelog::changelog_missing_version;
use crate::rules::changelog::changelog_not_updated;
use crate::rules::changelog::changelog_out_of_order;
use crate::rules::docs::doc_command_unknown;
use crate::rules::docs::doc_feature_unknown;
use crate::rules::docs::doc_link_broken;
use crate::rules::manifests::publish_blocked;
use crate::rules::msrv::msrv_below_dependency;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;
use crate::rules::tests::package_untested_in_ci;
use crate::rules::tests::source_unreachable;
use crate::rules::tests::test_never_runs;
use crate::rules::versions::snippet_outdated;
use crate::rules::versions::tag_disagrees;
use crate::rules::versions::version_copy_outdated;
use crate::rules::versions::version_untagged;
use crate::world::checkout::Checkout;
use crate::world::checkout::Origin;
use crate::world::clock;
use crate::world::memo::Memo;
use crate::world::reading;

/// A tree that was read.
pub(crate) struct Examined {
    /// What it says.
    pub(crate) facts: Facts,
    /// The root on the disk; none for a revision.
    pub(crate) root: Option<PathBuf>,
    /// The files that say who may sign, and the signatures over checked-in files: their bytes, by path.
    pub(crate) authority: BTreeMap<String, Vec<u8>>,
    history: Box<dyn History>,
    subject: Subject,
}

impl Examined {
    /// Reads a tree.
    pub(crate) fn read(mut checkout: Checkout, memo: Option<&Memo>) -> Self {
        Self::take(&mut checkout, memo)
    }

    /// Reads a tree, and takes all of the checkout but its bytes.
    pub(crate) fn take(checkout: &mut Checkout, memo: Option<&Memo>) -> Self {
        Self::take_some(checkout, memo, Kind::is_read)
    }

    /// Reads what stands in files of some kinds.
    pub(crate) fn take_some(checkout: &mut Checkout, memo: Option<&Memo>, wanted: fn(Kind) -> bool) -> Self {
        let tree = std::mem::take(&mut checkout.tree);
        let unlisted = std::mem::take(&mut checkout.unlisted);
        debug!(entries = tree.entries().len(), "listed");
        let facts =
            reading::read_some(tree, |entry, limit| checkout.read(entry, limit), memo, wanted).with_unread(unlisted);
        debug!(files = facts.files.len(), "parsed");
        let authority = authority_files::read(checkout, &facts);
        let subject = Subject {
            source: match checkout.origin {
                Origin::Worktree => Source::Worktree,
                Origin::Revision => Source::Revision,
                Origin::Folder => Source::Folder,
            },
            revision: checkout.commit.as_ref().map(|commit| commit.0.to_string()),
            tree: checkout.commit_tree.as_ref().map(|tree| tree.0.to_string()),
            dirty: checkout.dirty,
            notes: std::mem::take(&mut checkout.notes),
        };
        let history = std::mem::replace(&mut checkout.history, Box::new(NoHistory));
        Self { facts, root: checkout.root.clone(), authority, history, subject }
    }

    /// The same tree, where what a folder of the base holds only now does not make its text somebody else's.
    pub(crate) fn since(self, base: Option<&Self>) -> Self {
        match base {
            Some(base) => Self { facts: self.facts.since(&base.facts.tree), ..self },
            None => self,
        }
    }

    /// The history behind the tree.
    pub(crate) fn history(&self) -> &dyn History {
        self.history.as_ref()
    }

    /// Leaves the tags of a commit, and those of these names, out of account.
    pub(crate) fn without_tags(&mut self, commit: &str, names: &[String]) {
        let history = std::mem::replace(&mut self.history, Box::new(NoHistory));
        self.history = Box::new(Retagged::without(history, commit, names));
    }

    /// Lets every question about the history go unanswered.
    pub(crate) fn forget_history(&mut self) {
        self.history = Box::new(NoHistory);
    }

    /// What was examined, for the report.
    pub(crate) fn subject(&self) -> Subject {
        self.subject.clone()
    }

    /// The day that the rules take for today where the caller names none: that of the commit for a revision, else the clock's.
    pub(crate) fn date(&self) -> Date {
        match (self.subject.source, self.history.head()) {
            (Source::Revision, Some(commit)) => clock::date_of(commit.time),
            _ => clock::today(),
        }
    }

    /// What each rule says of the tree, in the order of the rules.
    pub(crate) fn outcomes(
        &self,
        rules: &[&'static Rule],
        policy: &Policy,
        base: Option<(&Facts, Option<&Change>)>,
        today: Date,
    ) -> Outcomes {
        let (base, change) = base.map_or((None, None), |(base, change)| (Some(base), change));
        let context = Context { facts: &self.facts, history: self.history.as_ref(), policy, base, change, today };
        let mut order: Vec<usize> = (0..rules.len()).collect();
        order.sort_by_key(|&index| turn(rules[index]));
        // One by one in this order, each to the thread that is free: what begins last is never the longest.
        let judged = order.into_iter().par_bridge().map(|index| {
            let rule = rules[index];
            trace!(rule = rule.name, "begins");
            let outcome = (rule.check)(&context);
            trace!(rule = rule.name, "ends");
            (index, rule, outcome)
        });
        let mut judged: Vec<_> = judged.collect();
        judged.sort_by_key(|&(index, ..)| index);
        judged.into_iter().map(|(_, rule, outcome)| (rule, outcome)).collect()
    }
}

/// When a rule has its turn: first those that find out what others wait for (the walk through the history, the
/// changelogs, the modules), then the longest, so that what begins last is short, and last those that would have waited.
fn turn(rule: &Rule) -> u8 {
    const FIRST: &[&Rule] = &[&tag_disagrees::RULE, &test_never_runs::RULE];
    const LONG: &[&Rule] = &[
        &version_copy_outdated::RULE,
        &snippet_outdated::RULE,
        &doc_feature_unknown::RULE,
        &doc_command_unknown::RULE,
        &doc_link_broken::RULE,
        &publish_blocked::RULE,
        &msrv_below_dependency::RULE,
    ];
    const WAITING: &[&Rule] = &[
        &source_unreachable::RULE,
        &package_untested_in_ci::RULE,
        &changelog_out_of_order::RULE,
        &changelog_link_broken::RULE,
        &changelog_not_updated::RULE,
        &changelog_missing_version::RULE,
        &version_untagged::RULE,
    ];
    let of = |rules: &[&Rule]| rules.iter().any(|other| other.name == rule.name);
    if of(FIRST) {
        0
    } else if of(LONG) {
        1
    } else if of(WAITING) {
        3
    } else {
        2
    }
}
