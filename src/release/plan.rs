//! What a plan says: the next version of each package, with its reasons, and what stands against it.

use semver::Version;

use crate::facts::history::ObjectId;
use crate::release::step::Bump;
use crate::release::step::Weight;

/// Where the version comes from that a package is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A tag.
    Tag,
    /// The revision that the caller named.
    Given,
    /// A registry: the commit that the packed crate names.
    Registry,
}

impl Source {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Given => "given",
            Self::Registry => "registry",
        }
    }
}

/// The version that a package is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The version that was released there.
    pub version: Version,
    /// Where it comes from.
    pub source: Source,
    /// The name of the tag, the revision as it was given, or the package with its version on a registry.
    pub reference: String,
    /// The commit.
    pub commit: ObjectId,
    /// Why this one: a fragment.
    pub why: String,
}

/// What a reason rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The policy, the caller or the maintainers' own habit.
    Policy,
    /// What the changelog says.
    Changelog,
    /// The public API.
    Api,
    /// What a registry has.
    Registry,
    /// Another package.
    Dependency,
    /// The files that are packaged.
    Files,
    /// A commit.
    Commit,
}

impl Kind {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Changelog => "changelog",
            Self::Api => "api",
            Self::Registry => "registry",
            Self::Dependency => "dependency",
            Self::Files => "files",
            Self::Commit => "commit",
        }
    }
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// What it rests on.
    pub kind: Kind,
    /// What it asks for.
    pub weight: Weight,
    /// What was seen: a sentence without the stop.
    pub detail: String,
    /// The commit, where it is one.
    pub commit: Option<ObjectId>,
}

impl Because {
    /// A reason that is no commit.
    pub fn new(kind: Kind, weight: Weight, detail: impl Into<String>) -> Self {
        Self { kind, weight, detail: detail.into(), commit: None }
    }
}

/// Something that keeps a plan from being carried out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Blocker {
    /// A stable word for programs.
    pub code: &'static str,
    /// The package that it is about; none where it is about all.
    pub package: Option<String>,
    /// What is wrong: a sentence without the stop.
    pub message: String,
    /// What to do about it, as an imperative.
    pub remedy: String,
    /// Whether something could not be established, and nothing is known to be wrong.
    pub unproven: bool,
}

impl Blocker {
    /// A blocker that says that something is wrong.
    pub fn new(code: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, package: None, message: message.into(), remedy: remedy.into(), unproven: false }
    }

    /// Says which package it is about.
    #[must_use]
    pub fn of(mut self, package: &str) -> Self {
        self.package = Some(package.to_owned());
        self
    }

    /// Says that nothing is wrong, but something could not be established.
    #[must_use]
    pub fn unproven(mut self) -> Self {
        self.unproven = true;
        self
    }
}

/// What becomes of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The package, as an index into the packages of the tree.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// The version in its manifest.
    pub current: Version,
    /// The version that is released next; none where nothing is to be released.
    pub next: Option<Version>,
    /// Which number moves from the baseline to the next version.
    pub bump: Bump,
    /// What it is compared with; none where it was never released, or nothing could be found.
    pub baseline: Option<Baseline>,
    /// The reasons, those that decide first.
    pub because: Vec<Because>,
    /// What could not be established: sentences without the stop.
    pub unproven: Vec<String>,
    /// The name of the tag of the next version.
    pub tag: Option<String>,
}

impl Planned {
    /// Says whether the manifest must be edited.
    pub fn moves(&self) -> bool {
        self.next.as_ref().is_some_and(|next| *next != self.current)
    }
}

/// A whole plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The packages that are released under versions of their own, in order of their manifests.
    pub packages: Vec<Planned>,
    /// What stands against it.
    pub blockers: Vec<Blocker>,
    /// What a reader should know: packages that are left out, and why.
    pub notes: Vec<String>,
}

impl Plan {
    /// The packages that are released, in order of their manifests.
    pub fn released(&self) -> impl Iterator<Item = &Planned> {
        self.packages.iter().filter(|package| package.next.is_some())
    }

    /// The package of a name.
    pub fn package(&self, name: &str) -> Option<&Planned> {
        self.packages.iter().find(|package| package.name == name)
    }
}
