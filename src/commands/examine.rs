//! Reads one tree and runs rules over it: what the examined tree and the base of `--since` share.

use std::path::PathBuf;

use jiff::civil::Date;
use rayon::prelude::*;
use tracing::debug;
use tracing::trace;

use crate::facts::Facts;
use crate::facts::history::History;
use crate::facts::history::NoHistory;
use crate::facts::policy::Policy;
use crate::judge::judging::Outcomes;
use crate::judge::report::Source;
use crate::judge::report::Subject;
use crate::rules::changelog::changelog_missing_version;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;
use crate::rules::versions::tag_disagrees;
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
        let tree = std::mem::take(&mut checkout.tree);
        let unlisted = std::mem::take(&mut checkout.unlisted);
        debug!(entries = tree.entries().len(), "listed");
        let facts = reading::read_facts(tree, |entry, limit| checkout.read(entry, limit), memo).with_unread(unlisted);
        debug!(files = facts.files.len(), "parsed");
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
        Self { facts, root: checkout.root.clone(), history, subject }
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
        base: Option<&Facts>,
        today: Date,
    ) -> Outcomes {
        let context = Context { facts: &self.facts, history: self.history.as_ref(), policy, base, today };
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

/// When a rule has its turn. One of those that walk the history begins at once; the others would wait for it, so they come last.
fn turn(rule: &Rule) -> u8 {
    match rule.name {
        name if name == tag_disagrees::RULE.name => 0,
        name if [changelog_missing_version::RULE.name, version_untagged::RULE.name].contains(&name) => 2,
        _ => 1,
    }
}
