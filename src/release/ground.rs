//! All that a plan is made of: plain values, so that the same ones always make the same plan.

use std::collections::BTreeMap;

use semver::Version;

use crate::facts::Facts;
use crate::facts::commit_log::CommitLog;
use crate::facts::commit_log::Differing;
use crate::facts::history::History;
use crate::facts::history::ObjectId;
use crate::facts::policy::Policy;
use crate::facts::releases::Releases;
use crate::facts::tag_line::Line;
use crate::release::baseline::Found;
use crate::release::baseline::View;
use crate::release::step::Stage;
use crate::release::step::Weight;

/// What a tool says of the public API of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Api {
    /// What the difference asks for, and the tool's own words.
    Asks(Weight, String),
    /// It was not there to be asked, and why.
    Unproven(String),
    /// It was asked and gave no answer, and why: that is never taken for one.
    Failed(String),
}

/// What the caller wants of a package, or of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This very version.
    Version(Version),
    /// At least this step.
    Step(Weight),
}

/// What the caller wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// What becomes of pre-releases.
    pub stage: Stage,
    /// Versions and steps by package.
    pub set: BTreeMap<String, Wanted>,
    /// The packages that are planned; empty means all.
    pub packages: Vec<String>,
}

/// The ground of a plan.
pub struct Ground<'a> {
    /// The facts of the tree.
    pub facts: &'a Facts,
    /// The history behind it.
    pub history: &'a dyn History,
    /// The policy.
    pub policy: &'a Policy,
    /// The changelogs with the packages that they speak for.
    pub releases: &'a Releases<'a>,
    /// The tags of each package.
    pub lines: &'a [Line<'a>],
    /// The packages that are planned.
    pub candidates: &'a [usize],
    /// What each of them is compared with, in their order.
    pub baselines: &'a [Found],
    /// The commits since the baselines.
    pub log: &'a CommitLog,
    /// The paths that differ from each baseline.
    pub differences: &'a BTreeMap<ObjectId, Vec<Differing>>,
    /// Whether the commits follow the convention.
    pub conventional: bool,
    /// What a tool says of the APIs.
    pub api: &'a BTreeMap<usize, Api>,
    /// What the caller wants.
    pub wish: &'a Wish,
    /// From when the tags are seen.
    pub view: View,
}
