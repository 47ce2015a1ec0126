//! Which versions a text may state of a package: that of its manifest, and the newest published one where the manifest
//! is one release ahead.

use std::collections::BTreeMap;

use semver::Comparator;
use semver::Version;
use semver::VersionReq;

use crate::facts::history::Unavailable;
use crate::facts::place::Located;
use crate::facts::place::Place;
use crate::facts::tag_line;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::rule::Context;

/// How a stated version stands to a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is the package's version, or admits it.
    Current,
    /// It is not.
    Stale,
    /// The manifest is ahead of what is published, and what is published can't be told.
    Unknown,
}

/// The versions of one package.
pub(super) struct Current<'a> {
    /// The package.
    pub(super) package: &'a Package,
    /// What its manifest says.
    pub(super) manifest: &'a Located<Version>,
    /// What its tags say, oldest first, pre-releases left out.
    tags: Vec<Version>,
    /// Whether tags of it may be missing: they could not be read, or were not fetched.
    hidden: bool,
}

/// The packages of a tree that texts may speak of, by name.
pub(super) struct Currents<'a> {
    by_name: BTreeMap<&'a str, Vec<Current<'a>>>,
}

impl<'a> Currents<'a> {
    /// Puts them together from manifests and tags. Where nothing was ever tagged the manifests stand alone.
    pub(super) fn of(context: &Context<'a>) -> Self {
        let cargo = &context.facts.cargo;
        let (tags, unreadable) = match context.history.tags() {
            Ok(tags) => (tags, false),
            Err(Unavailable::NoHistory) => (&[][..], false),
            Err(Unavailable::Shallow | Unavailable::Broken(_)) => (&[][..], true),
        };
        let lines = tag_line::lines(cargo, tags);
        let mut by_name: BTreeMap<&str, Vec<Current<'_>>> = BTreeMap::new();
        for (package, line) in cargo.packages.iter().zip(lines) {
            let Some(manifest) = &package.version else { continue };
            if package.zone != Zone::Own || manifest.value == Version::new(0, 0, 0) {
                continue;
            }
            let hidden = unreadable || line.tags.is_empty() && context.history.is_shallow();
            let tags = line
                .tags
                .iter()
                .map(|tagged| tagged.version.clone())
                .filter(|version| version.pre.is_empty())
                .collect();
            by_name.entry(&package.name.value).or_default().push(Current { package, manifest, tags, hidden });
        }
        Self { by_name }
    }

    /// The one package of a name that is published. None where there is none, or several workspaces have one each.
    pub(super) fn published(&self, name: &str) -> Option<&Current<'a>> {
        match self.by_name.get(name).map(Vec::as_slice) {
            Some([current]) if current.package.is_publishable() => Some(current),
            _ => None,
        }
    }

    /// The one package of a name.
    pub(super) fn named(&self, name: &str) -> Option<&Current<'a>> {
        match self.by_name.get(name).map(Vec::as_slice) {
            Some([current]) => Some(current),
            _ => None,
        }
    }

    /// All packages that are alone with their name.
    pub(super) fn all(&self) -> impl Iterator<Item = &Current<'a>> {
        self.by_name.values().filter_map(|same| match same.as_slice() {
            [current] => Some(current),
            _ => None,
        })
    }
}

impl Current<'_> {
    /// The place of the version in the manifest.
    pub(super) fn place(&self, context: &Context<'_>) -> Place {
        context.facts.place(&self.manifest.path, self.manifest.span, format!("is at {}", self.manifest.value))
    }

    /// The newest tag that is no newer than the manifest.
    fn newest_tag(&self) -> Option<&Version> {
        self.tags.iter().rev().find(|tag| **tag <= self.manifest.value)
    }

    /// What is published while the manifest is one release ahead of it; none where the manifest is what is published.
    fn before(&self) -> Option<&Version> {
        self.newest_tag().filter(|tag| is_next(tag, &self.manifest.value))
    }

    /// Judges by a test of single versions. `stated` are the versions that were written: a tag of one may be hidden.
    fn judge(&self, stated: impl IntoIterator<Item = Version>, fits: impl Fn(&Version) -> bool) -> Standing {
        let version = &self.manifest.value;
        let released = Version::new(version.major, version.minor, version.patch);
        let ahead = self.tags.iter().rev().take_while(|tag| *tag > version);
        if fits(version) || fits(&released) || self.before().is_some_and(&fits) || ahead.into_iter().any(&fits) {
            Standing::Current
        } else if !version.pre.is_empty() && self.before().is_none()
            || self.hidden && stated.into_iter().any(|stated| fits(&stated) && self.may_be_published(&stated))
        {
            Standing::Unknown
        } else {
            Standing::Stale
        }
    }

    /// Says whether a tag of a version would make it current: the manifest is one release ahead of it, or behind it.
    fn may_be_published(&self, stated: &Version) -> bool {
        let version = &self.manifest.value;
        stated.pre.is_empty() && (is_next(stated, version) || stated > version)
    }

    /// How a requirement stands.
    pub(super) fn admitted_by(&self, requirement: &VersionReq) -> Standing {
        let lowest = |comparator: &Comparator| Version {
            pre: comparator.pre.clone(),
            ..Version::new(comparator.major, comparator.minor.unwrap_or(0), comparator.patch.unwrap_or(0))
        };
        self.judge(requirement.comparators.iter().map(lowest), |version| requirement.matches(version))
    }

    /// How a stated version stands that must be the very one.
    pub(super) fn stated_as(&self, stated: &Version) -> Standing {
        self.judge([stated.clone()], |version| version == stated)
    }
}

/// Says whether a version is a next release after another: one step of one number (or a pre-release of it).
fn is_next(from: &Version, to: &Version) -> bool {
    let step = (to.major, to.minor, to.patch);
    from < to
        && [
            (from.major, from.minor, from.patch),
            (from.major, from.minor, from.patch.saturating_add(1)),
            (from.major, from.minor.saturating_add(1), 0),
            (from.major.saturating_add(1), 0, 0),
        ]
        .contains(&step)
}

/// The version of a package, written as exactly as a stated one: `0.4` for `0.2`, `0.4.1` for `0.2.0`.
pub(super) fn written_like(stated: &str, version: &Version) -> Option<String> {
    if !version.pre.is_empty() {
        return None;
    }
    let numbers = stated.trim_start_matches(|character: char| !character.is_ascii_digit());
    let operator = &stated[..stated.len() - numbers.len()];
    let plain = numbers.chars().all(|character| character.is_ascii_digit() || character == '.');
    match numbers.split('.').count() {
        _ if !plain => None,
        1 => Some(format!("{operator}{}", version.major)),
        2 => Some(format!("{operator}{}.{}", version.major, version.minor)),
        3 => Some(format!("{operator}{}.{}.{}", version.major, version.minor, version.patch)),
        _ => None,
    }
}
