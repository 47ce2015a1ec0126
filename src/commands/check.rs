//! `check`: facts, rules, findings.

use std::path::Path;

use jiff::civil::date;
use rayon::prelude::*;

use crate::facts::history::NoHistory;
use crate::facts::policy::Policy;
use crate::judge::judging;
use crate::judge::report::Report;
use crate::judge::report::Source;
use crate::judge::report::Subject;
use crate::rules;
use crate::rules::rule::Context;
use crate::world::reading;
use crate::world::worktree;

/// Checks the work tree around a folder.
pub fn check(folder: &Path) -> Result<Report, git2::Error> {
    let (root, tree) = worktree::list(folder)?;
    let facts = reading::read_facts(tree, |entry| std::fs::read(root.join(entry.path.as_ref())));
    let policy = Policy::default();
    let context =
        Context { facts: &facts, history: &NoHistory, policy: &policy, base: None, today: date(2026, 11, 22) };
    let rules: Vec<_> = rules::all().collect();
    let outcomes = rules.into_par_iter().map(|rule| (rule, (rule.check)(&context))).collect();
    let subject = Subject { source: Source::Worktree, revision: None, tree: None, dirty: false, notes: Vec::new() };
    Ok(judging::judge(subject, facts.files.len(), outcomes))
}
