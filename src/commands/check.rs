//! `check`: facts, rules, findings.

use std::path::PathBuf;

use jiff::civil::Date;
use jiff::civil::date;
use rayon::prelude::*;

use crate::error::Error;
use crate::facts::history::History;
use crate::facts::history::NoHistory;
use crate::facts::policy::Policy;
use crate::judge::judging;
use crate::judge::judging::Case;
use crate::judge::report::Report;
use crate::judge::report::Source;
use crate::judge::report::Subject;
use crate::rules;
use crate::rules::rule::Context;
use crate::world::git::history::GitHistory;
use crate::world::git::repository::Repository;
use crate::world::reading;
use crate::world::worktree;

/// What is checked, and how: the arguments of the verb, resolved.
#[derive(Clone, Debug)]
pub struct Options {
    /// A folder inside what is checked: that of `--manifest-path`, or of `-C`, or the current one.
    pub folder: PathBuf,
    /// `--rev`: the revision that is checked instead of the work tree.
    pub rev: Option<String>,
    /// `--since`: the revision whose findings are inherited.
    pub since: Option<String>,
    /// `--fix`: whether mechanical fixes are written into the work tree.
    pub fix: bool,
    /// `--allow-dirty`: whether `--fix` may edit a work tree that differs from its commit.
    pub allow_dirty: bool,
    /// `--rule`: the rules or groups that are run; empty means all.
    pub rules: Vec<String>,
    /// `-p`: the packages whose findings are kept; empty means all of the tree.
    pub packages: Vec<String>,
    /// `--deny warn`: whether warnings decide, too.
    pub deny_warn: bool,
    /// `--today`; without it the system's date, or that of the commit with `--rev`.
    pub today: Option<Date>,
    /// `--config`: the policy file that stands in for the one of the tree.
    pub config: Option<PathBuf>,
}

impl Options {
    /// The options of a plain `check` in a folder.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            rev: None,
            since: None,
            fix: false,
            allow_dirty: false,
            rules: Vec::new(),
            packages: Vec::new(),
            deny_warn: false,
            today: None,
            config: None,
        }
    }
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The report on the tree as it is now, after the fixes if any were written.
    pub report: Report,
    /// What `--fix` wrote, one title a fix with its path: `README.md:3: write 1.85`.
    pub written: Vec<String>,
    /// The fixes that were left alone, with the reason: they overlap another one, the file is a link.
    pub left: Vec<String>,
}

/// Checks a tree.
pub fn check(options: &Options) -> Result<Checked, Error> {
    let (root, tree) = worktree::list(&options.folder)?;
    let history: Box<dyn History> = match Repository::discover(&options.folder)? {
        Some(repository) => Box::new(GitHistory::new(&repository, repository.head()?.as_ref())?),
        None => Box::new(NoHistory),
    };
    let facts = reading::read_facts(tree, |entry| std::fs::read(root.join(entry.path.as_ref())));
    let policy = Policy::default();
    let today = options.today.unwrap_or(date(2026, 11, 22));
    let context = Context { facts: &facts, history: &*history, policy: &policy, base: None, today };
    let rules: Vec<_> = rules::all().collect();
    let outcomes = rules.into_par_iter().map(|rule| (rule, (rule.check)(&context))).collect();
    let subject = Subject { source: Source::Worktree, revision: None, tree: None, dirty: false, notes: Vec::new() };
    let report = judging::judge(Case {
        subject,
        facts: &facts,
        policy: &policy,
        outcomes,
        base: None,
        today,
        deny_warn: options.deny_warn,
    });
    Ok(Checked { report, written: Vec::new(), left: Vec::new() })
}
