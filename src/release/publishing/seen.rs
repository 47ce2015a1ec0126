//! What is known of each package before anything is done: how it was packed here, and what each witness says now.

use semver::Version;

use crate::release::publishing::journal::Journal;
use crate::release::witness::Asked;
use crate::release::witness::ForgeRelease;
use crate::release::witness::Published;

/// A package that may come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The package, as an index into the packages of the tree.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// The version in its manifest.
    pub version: Version,
    /// The registry, where one is demanded and may take it.
    pub registry: Option<OnRegistry>,
    /// The tag, where one is demanded.
    pub tag: Option<OnTag>,
    /// The release on the forge, where one is demanded.
    pub forge: Option<Asked<Option<ForgeRelease>>>,
    /// What the changelog says against it, where it is demanded and does not agree.
    pub unwritten: Option<String>,
    /// Whether the caller named it.
    pub named: bool,
}

/// A package and its registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnRegistry {
    /// The name of the registry.
    pub registry: String,
    /// The SHA-256 of the crate as it was packed here.
    pub checksum: String,
    /// This version on the index.
    pub index: Asked<Option<Published>>,
    /// The checksum of the file that the registry hands out; asked where the index does not know the version.
    pub stored: Asked<Option<String>>,
    /// Whether cargo has a token, or another program that may have one.
    pub has_token: bool,
}

/// A package and its tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnTag {
    /// The name; none where nothing says how tags are called.
    pub name: Option<String>,
    /// Where it is here.
    pub here: Asked<Option<TagAt>>,
    /// The commit that it names on the remote; none where there is no remote.
    pub there: Option<Asked<Option<String>>>,
}

/// Where a tag is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagAt {
    /// The commit.
    pub commit: String,
    /// Whether it lies behind the commit that comes out, or is it.
    pub behind: bool,
    /// Whether the manifest states this version there.
    pub states_version: bool,
}

/// All that acts are decided from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene<'a> {
    /// The commit that comes out.
    pub commit: &'a str,
    /// The remote that tags go to.
    pub remote: Option<&'a str>,
    /// Whether the forge can be asked for more than reading.
    pub forge_token: bool,
    /// The packages, in the order in which they come out.
    pub packages: &'a [Package],
    /// What the record says.
    pub journal: &'a Journal,
}
