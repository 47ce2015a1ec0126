//! The report of a check as plain data: what the renderers know, and all that they know.

use crate::facts::place::Place;
use crate::rules::claims::bound::Bound;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Unproven;

/// How a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Facts were compared and agree.
    Holds,
    /// At least one finding is not waived.
    Refuted,
    /// Every finding is waived.
    Waived,
    /// The tree has no fact of this kind, and nothing demands the claim.
    Absent,
    /// Facts exist, or the claim is demanded, and it could not be judged.
    Unproven,
}

impl Standing {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Refuted => "refuted",
            Self::Waived => "waived",
            Self::Absent => "absent",
            Self::Unproven => "unproven",
        }
    }
}

/// The verdict of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Nothing decides against the tree.
    Accepted,
    /// A finding decides against the tree.
    Refused,
    /// A demanded claim could not be judged.
    Unproven,
}

impl Verdict {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unproven => "unproven",
        }
    }
}

/// Where the examined tree comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The work tree of a git repository.
    Worktree,
    /// A revision, read from git objects.
    Revision,
    /// A plain folder.
    Folder,
}

impl Source {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Worktree => "worktree",
            Self::Revision => "revision",
            Self::Folder => "folder",
        }
    }
}

/// What was examined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Where the tree comes from.
    pub source: Source,
    /// The commit, where there is one.
    pub revision: Option<String>,
    /// The git tree id of the commit.
    pub tree: Option<String>,
    /// Whether the work tree differs from the commit.
    pub dirty: bool,
    /// What a reader must know about the reading: attributes that change bytes, files that could not be listed.
    pub notes: Vec<String>,
}

/// The policy that was applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyUsed {
    /// The file; none for the built-in defaults.
    pub path: Option<String>,
    /// The digest of its bytes.
    pub sha256: Option<String>,
}

/// The waiver that covers a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverUsed {
    /// The reason that it gives.
    pub reason: String,
    /// The day it ends, as `YYYY-MM-DD`.
    pub until: Option<String>,
    /// Where it stands.
    pub at: Place,
}

/// What became of a waiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaiverState {
    /// It covers findings.
    Covers,
    /// It covers nothing.
    Unused,
    /// Its last day is over: it covers nothing any more.
    Expired,
    /// It can't be read, and so it covers nothing; the fragment says why.
    Unreadable(String),
    /// Its rule was not run or could not judge, so nothing can be said.
    Unknown,
}

impl WaiverState {
    /// The word in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Covers => "covers",
            Self::Unused => "unused",
            Self::Expired => "expired",
            Self::Unreadable(_) => "unreadable",
            Self::Unknown => "unknown",
        }
    }
}

/// One waiver, whatever became of it. One without `until` is open-ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverReport {
    /// The rules.
    pub rules: Vec<String>,
    /// The glob over paths; none for the whole tree, and for a waiver that stands beside what it covers.
    pub path: Option<String>,
    /// The reason that it gives.
    pub reason: String,
    /// The last day, as `YYYY-MM-DD`.
    pub until: Option<String>,
    /// Where it stands.
    pub at: Place,
    /// How many findings it covers.
    pub covers: usize,
    /// What became of it.
    pub state: WaiverState,
}

/// A finding with all that the policy and the base say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The rule.
    pub rule: &'static str,
    /// Its level after policy and certainty.
    pub level: Level,
    /// The finding.
    pub finding: Finding,
    /// A digest that survives moved lines.
    pub fingerprint: String,
    /// False where the base of `--since` has the same finding.
    pub new: bool,
    /// The waiver that covers it.
    pub waiver: Option<WaiverUsed>,
}

/// How one rule ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleReport {
    /// The rule.
    pub rule: &'static str,
    /// Its group.
    pub group: &'static str,
    /// The level that it has after policy, before the certainty of a finding lowers it.
    pub level: Level,
    /// Its claim.
    pub claim: &'static str,
    /// Its page, in Markdown: SARIF hands it to whoever shows the results.
    pub page: &'static str,
    /// How the claim stands.
    pub standing: Standing,
    /// How many facts were compared.
    pub looked_at: usize,
    /// How many findings there are, waived ones too.
    pub findings: usize,
    /// What could not be judged.
    pub unproven: Vec<Unproven>,
    /// Whether the policy demands the claim: then it may not stay unproven.
    pub demanded: bool,
}

/// The whole report of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was examined.
    pub subject: Subject,
    /// The policy that was applied.
    pub policy: PolicyUsed,
    /// The revision of `--since`.
    pub since: Option<String>,
    /// The quietest level that decides: deny, or warn with `--deny warn` or `fail-on = "warn"`.
    pub fail_on: Level,
    /// How many files were read.
    pub files_read: usize,
    /// The rules in the order of the documentation.
    pub rules: Vec<RuleReport>,
    /// The waivers, those in files first, then those of the policy in order.
    pub waivers: Vec<WaiverReport>,
    /// The findings in order of path, line and rule.
    pub findings: Vec<Judged>,
    /// The declared claims in the order of the policy, as far as the tree tells how they stand.
    pub claims: Vec<Bound>,
    /// The fingerprints of findings that the base has and the examined tree has no more.
    pub fixed: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
}
