//! Which changelog speaks for which package, and what it says of it.

use std::sync::Arc;

use semver::Version;

use crate::facts::changelog;
use crate::facts::changelog::Changelog;
use crate::facts::changelog::Section;
use crate::facts::changelog_title::Release;
use crate::facts::loose_version;
use crate::facts::path;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::tree::Tree;
use crate::facts::workspace::Cargo;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;

/// A changelog of the maintainers' own.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The file.
    pub path: Arc<str>,
    /// What it says.
    pub changelog: Changelog,
    /// The packages that the headings without a name speak for, as indices into [`Cargo::packages`].
    pub owners: Vec<usize>,
}

impl Kept {
    /// The releases that the changelog states for a package, in order of the text.
    pub fn releases<'a>(&'a self, cargo: &'a Cargo, index: usize) -> impl Iterator<Item = (&'a Section, &'a Release)> {
        let package = &cargo.packages[index];
        let owns = self.owners.contains(&index);
        self.changelog.sections.iter().flat_map(move |section| {
            section.title.releases.iter().filter_map(move |release| {
                let name = release.package.as_deref().or(section.under.as_deref());
                let fits =
                    name.map_or(owns, |name| is_named(package, name) || (owns && !self.names_a_stranger(cargo, name)));
                fits.then_some((section, release))
            })
        })
    }

    /// The packages that the changelog speaks for: its own; where it has none, those that its headings name.
    pub fn packages(&self, cargo: &Cargo) -> Vec<usize> {
        let names = self.changelog.sections.iter().flat_map(|section| {
            section.title.releases.iter().filter_map(|release| release.package.as_deref().or(section.under.as_deref()))
        });
        let mut names: Vec<&str> = names.collect();
        let mut found = self.owners.clone();
        // Where the file belongs to a package, or most headings name none, they may well be about all of them.
        let stated = self.changelog.sections.iter().flat_map(|section| &section.title.releases).count();
        if !found.is_empty() || names.len() * 5 < stated * 4 {
            return found;
        }
        names.sort_unstable();
        names.dedup();
        for name in names {
            found
                .extend((0..cargo.packages.len()).filter(|&index| {
                    cargo.packages[index].zone == Zone::Own && is_named(&cargo.packages[index], name)
                }));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Says whether a name is that of a package for which the changelog does not speak as a whole.
    fn names_a_stranger(&self, cargo: &Cargo, name: &str) -> bool {
        let mut named = (0..cargo.packages.len()).filter(|&index| is_named(&cargo.packages[index], name)).peekable();
        named.peek().is_some() && !named.any(|index| self.owners.contains(&index))
    }

    /// Says whether a section tells, in its heading or below, that the version was yanked; `text` is that of the changelog.
    pub fn says_yanked(&self, text: &str, section: &Section, version: &Version) -> bool {
        let body = text.get(section.body.start..section.body.end).unwrap_or_default();
        let lower = body.to_ascii_lowercase();
        let skipped = ["was skipped", "never released", "never published", "not published", "was not released"];
        section.title.yanked
            || lower.contains("yanked")
            || skipped.iter().any(|words| lower.contains(words))
            || takes_back(text, &version.to_string())
    }

    /// The section that states a version of a package.
    pub fn section_of<'a>(&'a self, cargo: &'a Cargo, index: usize, version: &Version) -> Option<&'a Section> {
        self.releases(cargo, index)
            .find(|(_, release)| loose_version::same(&release.version.value, version))
            .map(|(section, _)| section)
    }
}

/// Says whether a line, in whatever section, tells that a version was yanked: `we are yanking 0.8.1`.
fn takes_back(text: &str, version: &str) -> bool {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let names = |line: &str| {
        line.match_indices(version).any(|(at, _)| {
            let bytes = line.as_bytes();
            !digit(at.checked_sub(1).and_then(|before| bytes.get(before))) && !digit(bytes.get(at + version.len()))
        })
    };
    text.lines().any(|line| names(line) && line.to_ascii_lowercase().contains("yank"))
}

/// What the changelogs say that are the maintainers' own, in order of the files, those without any section left out.
pub fn all<'a>(files: impl Iterator<Item = &'a SourceFile>, tree: &Tree, cargo: &Cargo) -> Vec<Kept> {
    let mut kept = Vec::new();
    for file in files {
        let Parsed::Markdown(markdown) = &file.content.parsed else { continue };
        let changelog = changelog::read(file.text(), markdown);
        if !changelog.sections.is_empty() {
            kept.push(Kept { path: Arc::clone(&file.path), owners: owners(tree, cargo, &file.path), changelog });
        }
    }
    kept
}

fn owners(tree: &Tree, cargo: &Cargo, path: &str) -> Vec<usize> {
    let folder = path::parent(path);
    // A changelog of the documentation is the one of the repository where there is no other.
    let folder = if matches!(folder, "doc" | "docs") && !has_changelog(tree, "") { "" } else { folder };
    if let Some(index) = cargo.packages.iter().position(|package| package.folder == folder) {
        return vec![index];
    }
    let Some(workspace) = cargo.workspaces.iter().find(|workspace| workspace.declared && workspace.folder == folder)
    else {
        return Vec::new();
    };
    let members = || {
        workspace.members.iter().copied().filter(|&index| {
            let package = &cargo.packages[index];
            package.zone == Zone::Own && package.is_publishable() && !has_changelog(tree, &package.folder)
        })
    };
    // In lockstep: the packages that take their version from the workspace, or that all have the same one.
    let inherits = |index: &usize| {
        let version = cargo.packages[*index].version.as_ref();
        version.is_some_and(|version| version.path == workspace.manifest)
    };
    let lockstep: Vec<usize> = members().filter(inherits).collect();
    let mut versions: Vec<_> = members().filter_map(|index| cargo.packages[index].version.as_ref()).collect();
    versions.sort_by(|one, other| one.value.cmp(&other.value));
    versions.dedup_by(|one, other| one.value == other.value);
    match (lockstep.is_empty(), versions.len()) {
        (false, _) => lockstep,
        (true, 1) => members().collect(),
        _ => Vec::new(),
    }
}

fn has_changelog(tree: &Tree, folder: &str) -> bool {
    ["CHANGELOG.md", "CHANGES.md", "RELEASES.md", "HISTORY.md", "NEWS.md", "changelog.md", "Changelog.md"]
        .iter()
        .any(|name| tree.has_file(&path::child(folder, name)))
}

fn is_named(package: &Package, name: &str) -> bool {
    let plain = |text: &str| text.to_ascii_lowercase().replace('_', "-");
    plain(&package.name.value) == plain(name)
}
