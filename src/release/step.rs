//! How far a version moves: the weight of a change, and the version after another one.

use semver::BuildMetadata;
use semver::Prerelease;
use semver::Version;

/// What a change asks of those who depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Nothing that is built differs.
    #[default]
    Nothing,
    /// Something differs that nobody has to adapt to.
    Fix,
    /// Something can be used that was not there.
    Feature,
    /// Something that was there is gone or means something else.
    Breaking,
}

impl Weight {
    /// The word in documents: that of the number it moves from 1.0 on.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Fix => "patch",
            Self::Feature => "minor",
            Self::Breaking => "major",
        }
    }
}

/// What becomes of the part behind the `-`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// A pre-release is followed by the next one of its kind, a release by a release.
    #[default]
    Keep,
    /// A pre-release of this kind: `alpha`, `beta`, `rc`.
    Pre(String),
    /// A release: out of the pre-releases.
    Final,
}

/// Which number of a version moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// None: the version stays.
    None,
    /// The first version that is released.
    First,
    /// The part behind the `-`, or from a pre-release to its release.
    Pre,
    /// The third number.
    Patch,
    /// The second number.
    Minor,
    /// The first number.
    Major,
}

impl Bump {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::First => "first",
            Self::Pre => "pre",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// What moved between two versions.
    pub fn between(from: &Version, to: &Version) -> Self {
        if from.major != to.major {
            Self::Major
        } else if from.minor != to.minor {
            Self::Minor
        } else if from.patch != to.patch {
            Self::Patch
        } else if from.pre != to.pre {
            Self::Pre
        } else {
            Self::None
        }
    }
}

/// The version after another one, as cargo reads versions: below 1.0 the second number says that something broke. None
/// where the pre-release would be older than the one before it, or a number has no successor.
pub fn next(base: &Version, weight: Weight, stage: &Stage) -> Option<Version> {
    if weight == Weight::Nothing {
        return Some(base.clone());
    }
    if base.pre.is_empty() {
        let core = raised(base, weight)?;
        return match stage {
            Stage::Pre(label) => Some(Version { pre: Prerelease::new(&format!("{label}.1")).ok()?, ..core }),
            _ => Some(core),
        };
    }
    let core = Version::new(base.major, base.minor, base.patch);
    match stage {
        Stage::Final => Some(core),
        Stage::Keep => Some(Version { pre: following(&base.pre)?, ..core }),
        Stage::Pre(label) if label_of(&base.pre) == label => Some(Version { pre: following(&base.pre)?, ..core }),
        Stage::Pre(label) => {
            let version = Version { pre: Prerelease::new(&format!("{label}.1")).ok()?, ..core };
            (version > *base).then_some(version)
        }
    }
}

/// The release after a release.
pub fn raised(base: &Version, weight: Weight) -> Option<Version> {
    let (major, minor, patch) = (base.major, base.minor, base.patch);
    let core = match (weight, major, minor) {
        (Weight::Nothing, ..) => (major, minor, patch),
        (Weight::Breaking, 1.., _) => (major.checked_add(1)?, 0, 0),
        (Weight::Feature, 1.., _) | (Weight::Breaking, 0, 1..) => (major, minor.checked_add(1)?, 0),
        _ => (major, minor, patch.checked_add(1)?),
    };
    Some(Version { pre: Prerelease::EMPTY, build: BuildMetadata::EMPTY, ..Version::new(core.0, core.1, core.2) })
}

/// The kind of a pre-release: its letters in front.
fn label_of(pre: &Prerelease) -> &str {
    let first = pre.as_str().split('.').next().unwrap_or_default();
    first.trim_end_matches(|character: char| character.is_ascii_digit())
}

/// The pre-release after one: its last number raised, `.1` added where it has none.
fn following(pre: &Prerelease) -> Option<Prerelease> {
    let text = pre.as_str();
    let digits = text.len() - text.trim_end_matches(|character: char| character.is_ascii_digit()).len();
    let (front, number) = text.split_at(text.len() - digits);
    if number.is_empty() {
        return Prerelease::new(&format!("{text}.1")).ok();
    }
    let raised = number.parse::<u64>().ok()?.checked_add(1)?;
    Prerelease::new(&format!("{front}{raised:0width$}", width = number.len())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(base: &str, weight: Weight, stage: &Stage) -> String {
        next(&Version::parse(base).unwrap(), weight, stage).map_or("none".to_owned(), |next| next.to_string())
    }

    #[test]
    fn numbers_move_as_cargo_reads_them() {
        for (base, fix, feature, breaking) in [
            ("1.2.3", "1.2.4", "1.3.0", "2.0.0"),
            ("0.4.2", "0.4.3", "0.4.3", "0.5.0"),
            ("0.0.7", "0.0.8", "0.0.8", "0.0.8"),
            ("1.0.0+build", "1.0.1", "1.1.0", "2.0.0"),
        ] {
            assert_eq!(after(base, Weight::Nothing, &Stage::Keep), base);
            assert_eq!(after(base, Weight::Fix, &Stage::Keep), fix);
            assert_eq!(after(base, Weight::Feature, &Stage::Keep), feature);
            assert_eq!(after(base, Weight::Breaking, &Stage::Keep), breaking);
        }
        assert_eq!(after("18446744073709551615.0.0", Weight::Breaking, &Stage::Keep), "none");
    }

    #[test]
    fn pre_releases_follow_one_another_and_end() {
        let pre = |label: &str| Stage::Pre(label.to_owned());
        for (base, stage, expected) in [
            ("1.0.0-rc.1", Stage::Keep, "1.0.0-rc.2"),
            ("1.0.0-rc1", Stage::Keep, "1.0.0-rc2"),
            ("1.0.0-rc.09x", Stage::Keep, "1.0.0-rc.09x.1"),
            ("1.0.0-alpha", Stage::Keep, "1.0.0-alpha.1"),
            ("1.0.0-rc.9", Stage::Final, "1.0.0"),
            ("1.0.0-alpha.3", pre("beta"), "1.0.0-beta.1"),
            ("1.0.0-rc.3", pre("beta"), "none"),
            ("1.0.0-beta.3", pre("beta"), "1.0.0-beta.4"),
            ("1.2.3", pre("rc"), "1.3.0-rc.1"),
            ("1.2.3", Stage::Final, "1.3.0"),
            ("1.2.3", pre("no good"), "none"),
        ] {
            assert_eq!(after(base, Weight::Feature, &stage), expected, "{base}");
        }
    }

    #[test]
    fn what_moved_is_named() {
        let between =
            |from: &str, to: &str| Bump::between(&Version::parse(from).unwrap(), &Version::parse(to).unwrap()).as_str();
        assert_eq!(between("1.0.0", "2.0.0"), "major");
        assert_eq!(between("0.1.9", "0.2.0"), "minor");
        assert_eq!(between("0.1.9", "0.1.10"), "patch");
        assert_eq!(between("1.0.0-rc.1", "1.0.0"), "pre");
        assert_eq!(between("1.0.0", "1.0.0"), "none");
    }
}
