//! The changelogs and the tags of a tree, side by side with the packages that they speak for.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;

use jiff::civil::Date;
use semver::BuildMetadata;
use semver::Version;

use crate::facts::Facts;
use crate::facts::history::History;
use crate::facts::history::Tag;
use crate::facts::history::Unavailable;
use crate::facts::kept_changelog::Kept;
use crate::facts::path;
use crate::facts::tag_line;
use crate::facts::tag_line::Line;
use crate::facts::tag_line::Tagged;
use crate::facts::workspace::Package;

/// All changelogs and tags.
pub struct Releases<'a> {
    /// The facts of the tree.
    pub facts: &'a Facts,
    /// The changelogs.
    pub changelogs: Vec<Cow<'a, Kept>>,
    history: &'a dyn History,
    lines: Result<Vec<Line<'a>>, Unavailable>,
    tagged: bool,
    unowned: OnceCell<BTreeSet<Version>>,
}

impl<'a> Releases<'a> {
    /// Puts them together.
    pub fn of(facts: &'a Facts, history: &'a dyn History) -> Self {
        let tags = history.tags();
        let tagged = tags.as_ref().is_ok_and(|tags| !tags.is_empty());
        let lines = tags.map(|tags| tag_line::lines(&facts.cargo, tags));
        let mut changelogs: Vec<Cow<'a, Kept>> = facts.changelogs().iter().map(Cow::Borrowed).collect();
        for kept in changelogs.iter_mut().filter(|kept| kept.owners.is_empty()) {
            let owners = released_together(facts, lines.as_deref().unwrap_or_default(), path::parent(&kept.path));
            if !owners.is_empty() {
                kept.to_mut().owners = owners;
            }
        }
        Self { facts, changelogs, history, lines, tagged, unowned: OnceCell::new() }
    }

    /// The tags of a package, as an index into the packages.
    pub fn line(&self, index: usize) -> Option<&Line<'a>> {
        self.lines.as_ref().ok().and_then(|lines| lines.get(index)).filter(|line| !line.tags.is_empty())
    }

    /// The packages that a changelog speaks for, those with tags of their own first, then the shortest name: of packages that
    /// share their sections it is the one to speak of.
    pub fn packages_of(&self, kept: &Kept) -> Vec<usize> {
        let mut packages = kept.packages(&self.facts.cargo);
        packages.sort_by_key(|&index| {
            let shared = self.line(index).is_none_or(|line| line.shared);
            (shared, self.package(index).name.value.len(), index)
        });
        packages
    }

    /// How to speak of a version of a package: without a name where several packages of the changelog share their tags.
    pub fn called(&self, kept: &Kept, index: usize, version: &Version) -> String {
        let shared = |index: usize| self.line(index).is_some_and(|line| line.shared);
        let several = shared(index) && kept.owners.iter().filter(|&&owner| shared(owner)).count() > 1;
        if several { format!("version {version}") } else { format!("{} {version}", self.package(index).name.value) }
    }

    /// The versions of the tags that bear no package name, or that of none in the tree: packages are renamed, and tags are not.
    pub fn unowned_versions(&self) -> &BTreeSet<Version> {
        self.unowned.get_or_init(|| {
            let packages = &self.facts.cargo.packages;
            let owners: BTreeSet<&str> = packages
                .iter()
                .flat_map(|package| [package.name.value.as_str(), path::file_name(&package.folder)])
                .filter(|name| !name.is_empty())
                .collect();
            let tags = self.history.tags().unwrap_or_default();
            let named = tags.iter().filter_map(|tag| tag_line::version_in(&tag.name));
            let unowned = named.filter(|(name, _)| !owners.contains(name));
            unowned.map(|(_, version)| Version { build: BuildMetadata::EMPTY, ..version }).collect()
        })
    }

    /// Why there are no tags to look at, as a fragment; none where there are some.
    pub fn no_tags(&self) -> Option<&'static str> {
        match &self.lines {
            Ok(_) if self.tagged => None,
            Ok(_) if self.history.is_shallow() => Some("the clone is shallow and holds no tags"),
            Ok(_) => Some("the repository holds no tags"),
            Err(Unavailable::NoHistory) => Some("there is no git history"),
            Err(Unavailable::Shallow) => Some("the clone is shallow"),
            Err(Unavailable::Broken(_)) => Some("the tags can't be read"),
        }
    }

    /// Says whether there is a history at all: without one nothing suggests that tags are missing.
    pub fn has_history(&self) -> bool {
        self.lines.as_ref().err() != Some(&Unavailable::NoHistory)
    }

    /// Says whether a tag is in the history of the examined commit.
    pub fn is_in_head(&self, tag: &Tag) -> Result<bool, Unavailable> {
        self.history.is_in_head(&tag.commit)
    }

    /// The tags of a package that are in the examined history, the newest version first, asked one by one.
    pub fn in_head(&self, index: usize) -> impl Iterator<Item = Result<&Tagged<'a>, Unavailable>> {
        let tags = self.line(index).map_or(&[][..], |line| line.tags.as_slice());
        tags.iter().rev().filter_map(|tagged| match self.is_in_head(tagged.tag) {
            Ok(true) => Some(Ok(tagged)),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        })
    }

    /// The day of the examined commit; none without one.
    pub fn head_day(&self) -> Option<Date> {
        self.history.head().map(|head| day(head.time))
    }

    /// The package of an index.
    pub fn package(&self, index: usize) -> &'a Package {
        &self.facts.cargo.packages[index]
    }
}

/// The members of the workspace of a folder that are released under tags without a name.
fn released_together(facts: &Facts, lines: &[Line<'_>], folder: &str) -> Vec<usize> {
    let Some(workspace) = facts.cargo.workspaces.iter().find(|workspace| workspace.folder == folder) else {
        return Vec::new();
    };
    let shares = |index: &usize| lines.get(*index).is_some_and(|line| line.shared);
    workspace.members.iter().copied().filter(shares).collect()
}

/// The day of a time in seconds since 1970-01-01 UTC.
pub fn day(time: i64) -> Date {
    let days = i32::try_from(time.div_euclid(86_400)).unwrap_or_default();
    Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().try_days(days).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_times() {
        assert_eq!(day(0).to_string(), "1970-01-01");
        assert_eq!(day(1_795_305_600).to_string(), "2026-11-22");
        assert_eq!(day(-1).to_string(), "1969-12-31");
        assert_eq!(day(i64::MAX).year(), 1970);
    }
}
