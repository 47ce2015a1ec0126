//! `check`: facts, rules, findings.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::commands::authority;
use crate::commands::examine::Examined;
use crate::commands::fixing;
use crate::commands::policy;
use crate::commands::selection;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::policy::Policy;
use crate::judge::judging;
use crate::judge::judging::Base;
use crate::judge::judging::Case;
use crate::judge::report::Report;
use crate::rules::rule::Rule;
use crate::world::checkout::Checkout;
use crate::world::given;
use crate::world::memo::Memo;

/// What the rules may ask beside the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// The tree and the history behind it.
    #[default]
    History,
    /// The tree alone, as if it were a plain folder. No flag says so: the bench does, to tell what history costs.
    TreeAlone,
}

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
    /// What the rules may ask beside the tree.
    pub reach: Reach,
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
            reach: Reach::History,
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

/// Checks a tree; with `--fix` it writes what can be fixed and checks again.
pub fn check(options: &Options) -> Result<Checked, Error> {
    check_once(options).map(|(checked, _)| checked)
}

/// Checks a tree as [`check`] does, and gives what was read back beside: a process that ends then need not free it.
pub(crate) fn check_once(options: &Options) -> Result<(Checked, Examined), Error> {
    let rules = selection::rules(&options.rules)?;
    let (report, head) = examine(options, &rules)?;
    if !options.fix {
        return Ok((Checked { report, written: Vec::new(), left: Vec::new() }, head));
    }
    fixing::admit(&report, options.allow_dirty)?;
    let Some(root) = &head.root else {
        return Ok((Checked { report, written: Vec::new(), left: Vec::new() }, head));
    };
    let fixed = fixing::write(root, &head.facts, &report);
    let report = if fixed.written.is_empty() { report } else { examine(options, &rules)?.0 };
    Ok((Checked { report, written: fixed.written, left: fixed.left }, head))
}

fn examine(options: &Options, rules: &[&'static Rule]) -> Result<(Report, Examined), Error> {
    let memo = options.since.is_some().then(Memo::default);
    let since = options.since.as_deref();
    let base = since.map(|since| Checkout::open_base(&options.folder, since, options.rev.as_deref())).transpose()?;
    let base = base.map(|base| Examined::read(base, memo.as_ref()));
    let head = Examined::read(Checkout::open(&options.folder, options.rev.as_deref())?, memo.as_ref());
    let mut head = head.since(base.as_ref());
    if options.reach == Reach::TreeAlone {
        head.forget_history();
    }
    let today = options.today.unwrap_or_else(|| head.date());
    let policy = policy(options, &head.facts)?;
    let change = base.as_ref().and_then(|base| authority::change(&head, base, None, today));
    let compared = base.as_ref().map(|base| (&base.facts, change.as_ref()));
    let outcomes = head.outcomes(rules, &policy, compared, today);
    let base = base
        .zip(since)
        .map(|(base, since)| Base { revision: since.to_owned(), outcomes: base.outcomes(rules, &policy, None, today) });
    let (mut subject, facts, deny_warn) = (head.subject(), &head.facts, options.deny_warn);
    let demanded = selection::note_of_demanded(&policy, rules);
    subject.notes.extend(demanded.into_iter().chain(policy::note_of_unread(facts, &policy)));
    let mut report =
        judging::judge(Case { subject, facts, policy: &policy, outcomes, base, today, deny_warn, waivers_of: None });
    selection::keep_packages(&mut report, &head.facts, &options.packages)?;
    Ok((report, head))
}

/// The policy that `--config` names, else that of the tree.
fn policy(options: &Options, facts: &Facts) -> Result<Policy, Error> {
    match &options.config {
        Some(path) => policy::of_text(&path.display().to_string(), &given::read(path)?),
        None => policy::of_tree(facts),
    }
}
