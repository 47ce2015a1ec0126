//! An act outside of the repository: its words are always the same for the same act, so that the record finds it again.

use semver::Version;

/// An act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A packed crate goes to its registry.
    Upload {
        /// The package, as an index into the packages of the tree.
        index: usize,
        /// Its name.
        name: String,
        /// Its version.
        version: Version,
        /// The name of the registry.
        registry: String,
        /// The SHA-256 of the packed crate.
        checksum: String,
    },
    /// A tag is made here.
    Tag {
        /// The name.
        name: String,
    },
    /// A tag that the remote has is taken over.
    Fetch {
        /// The name.
        name: String,
        /// The remote.
        remote: String,
    },
    /// A tag goes to the remote.
    Push {
        /// The name.
        name: String,
        /// The remote.
        remote: String,
    },
    /// The forge gets the release of a tag.
    ForgeRelease {
        /// The tag.
        tag: String,
        /// The packages that come out under it.
        packages: Vec<usize>,
    },
}

impl Act {
    /// Its kind in documents.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Upload { .. } => "upload",
            Self::Tag { .. } => "tag",
            Self::Fetch { .. } => "fetch",
            Self::Push { .. } => "push",
            Self::ForgeRelease { .. } => "forge-release",
        }
    }

    /// The act in words.
    pub fn told(&self) -> String {
        match self {
            Self::Upload { name, version, registry, .. } => format!("upload {name} {version} to {registry}"),
            Self::Tag { name } => format!("make the tag {name}"),
            Self::Fetch { name, remote } => format!("fetch the tag {name} from {remote}"),
            Self::Push { name, remote } => format!("push the tag {name} to {remote}"),
            Self::ForgeRelease { tag, .. } => format!("make the forge release of {tag}"),
        }
    }
}
